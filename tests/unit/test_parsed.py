"""What dbt made of the project is kept for the next warehouse, and for no other version of the project."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from dbt.contracts.graph.manifest import Manifest
from dbt.parser.manifest import extended_mashumaro_encoder

from tokenworth import build
from tokenworth.parsed import Parsed
from tokenworth.settings import Settings


@pytest.fixture
def project(tmp_path: Path) -> Path:
    folder = tmp_path / "project"
    (folder / "models").mkdir(parents=True)
    (folder / "models" / "one.sql").write_text("select 1")
    return folder


def _parsed(project: Path, target: str = "duckdb", database: str = "warehouse", **variables: Any) -> Parsed:
    return Parsed(project, target, database, variables, project.parent / "partial_parse.msgpack")


def _read(project: Path, **asked: Any) -> None:
    """As dbt does it, and leaves it."""
    parsed = _parsed(project, **asked)
    (project.parent / "partial_parse.msgpack").write_bytes(Manifest().to_msgpack(extended_mashumaro_encoder))
    parsed.keep()


def test_what_was_read_once_is_not_read_again(project: Path) -> None:
    assert _parsed(project).kept() is None
    _read(project)
    kept = _parsed(project).kept()
    assert kept is not None
    assert kept.flat_graph["nodes"] == {}  # without it, models that look at `graph` would fail


@pytest.mark.parametrize("other", [{"target": "beside"}, {"database": "memory"}, {"min_group": 6}], ids=str)
def test_another_target_database_or_variable_is_read_apart(project: Path, other: dict[str, Any]) -> None:
    _read(project)
    assert _parsed(project, **other).kept() is None
    _read(project, **other)
    assert _parsed(project).kept() is not None


def test_a_copy_of_the_project_is_read_anew_because_seeds_are_read_from_its_place(project: Path) -> None:
    _read(project)
    shutil.copytree(project, copy := project.with_name("copy"))
    assert _parsed(copy).kept() is None


def test_a_change_of_the_project_is_read_and_takes_the_place_of_what_was(project: Path) -> None:
    _read(project)
    (project / "models" / "one.sql").write_text("select 2")
    assert _parsed(project).kept() is None
    _read(project)
    assert len(list((project / "target").iterdir())) == 1


def test_what_was_edited_while_dbt_read_is_not_kept(project: Path) -> None:
    parsed = _parsed(project)
    (project / "models" / "one.sql").write_text("select 2")
    (project.parent / "partial_parse.msgpack").write_bytes(Manifest().to_msgpack(extended_mashumaro_encoder))
    parsed.keep()
    assert not (project / "target").exists()


@pytest.mark.parametrize(
    "damage",
    [lambda c: b"", lambda c: c[:-1], lambda c: c[:100] + bytes([c[100] ^ 1]) + c[101:], lambda c: b"\n\x80"],
    ids=["empty", "torn", "a bit", "no project"],
)
def test_a_damaged_file_is_as_good_as_none(project: Path, damage: Callable[[bytes], bytes]) -> None:
    _read(project)
    (file,) = (project / "target").iterdir()
    file.write_bytes(damage(file.read_bytes()))
    assert _parsed(project).kept() is None


@pytest.mark.parametrize("length", [0, 1, 100, -1])
def test_what_a_full_disk_cut_off_is_not_kept(project: Path, length: int) -> None:
    """Nor read where an earlier version of this program kept it: every build of every warehouse stopped at it."""
    written, whole = project.parent / "partial_parse.msgpack", Manifest().to_msgpack(extended_mashumaro_encoder)
    parsed = _parsed(project)
    written.write_bytes(whole[:length])
    parsed.keep()
    assert not (project / "target").exists()

    _read(project)
    (file,) = (project / "target").iterdir()
    file.write_bytes(hashlib.sha256(whole[:length]).hexdigest().encode() + b"\n" + whole[:length])
    assert _parsed(project).kept() is None
    _read(project)
    assert _parsed(project).kept() is not None


def test_where_nothing_can_be_kept_nothing_is(project: Path) -> None:
    (project / "target").write_text("a file where the folder would be")
    _read(project)
    assert _parsed(project).kept() is None


def test_a_project_that_dbt_cannot_read_is_refused_again_and_again(
    project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What an earlier run wrote still stands there when dbt gives up."""
    shutil.copy(build.project_dir() / "profiles.yml", project)
    (project / "dbt_project.yml").write_text("name: tokenworth\nversion: 1.0.0\nprofile: tokenworth\n")
    monkeypatch.setattr(build, "project_dir", lambda: project)
    settings = Settings(warehouse=tmp_path / "warehouse")

    def parse() -> list[str]:
        return build.run_dbt(settings, ["parse"], lambda done, to_do, what: None).errors

    assert parse() == []
    assert len(list((project / "target").glob("parsed-*"))) == 1
    (project / "models" / "one.sql").write_text("select 1 {% if %}")
    for _ in range(2):
        assert parse() != []
    (project / "models" / "one.sql").write_text("select 2")
    assert parse() == []
