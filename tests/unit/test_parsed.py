"""What dbt made of the project is kept for the next warehouse, and for no other version of the project."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from dbt.contracts.graph.manifest import Manifest
from dbt.parser.manifest import extended_mashumaro_encoder

from tokenworth.parsed import Parsed


@pytest.fixture
def project(tmp_path: Path) -> Path:
    folder = tmp_path / "project"
    (folder / "models").mkdir(parents=True)
    (folder / "models" / "one.sql").write_text("select 1")
    return folder


@pytest.fixture
def written(tmp_path: Path) -> Path:
    """As dbt leaves it."""
    path = tmp_path / "partial_parse.msgpack"
    path.write_bytes(Manifest().to_msgpack(extended_mashumaro_encoder))
    return path


def _parsed(project: Path, target: str = "duckdb", database: str = "warehouse", **variables: Any) -> Parsed:
    return Parsed(project, target, database, variables)


def test_what_was_read_once_is_not_read_again(project: Path, written: Path) -> None:
    assert _parsed(project).kept() is None
    _parsed(project).keep(written)
    kept = _parsed(project).kept()
    assert kept is not None
    assert kept.flat_graph["nodes"] == {}  # without it, models that look at `graph` would fail


@pytest.mark.parametrize("other", [{"target": "beside"}, {"database": "memory"}, {"min_group": 6}], ids=str)
def test_another_target_database_or_variable_is_read_apart(project: Path, written: Path, other: dict[str, Any]) -> None:
    _parsed(project).keep(written)
    assert _parsed(project, **other).kept() is None
    _parsed(project, **other).keep(written)
    assert _parsed(project).kept() is not None


def test_a_change_of_the_project_is_read_and_takes_the_place_of_what_was(project: Path, written: Path) -> None:
    _parsed(project).keep(written)
    (project / "models" / "one.sql").write_text("select 2")
    assert _parsed(project).kept() is None
    _parsed(project).keep(written)
    assert len(list((project / "target").iterdir())) == 1


@pytest.mark.parametrize(
    "content", [b"", b"\xc1", b"\x01", b"\x81\xa5nodes\x01"], ids=["empty", "torn", "no project", "wrong"]
)
def test_a_damaged_file_is_as_good_as_none(project: Path, written: Path, content: bytes) -> None:
    _parsed(project).keep(written)
    (file,) = (project / "target").iterdir()
    file.write_bytes(content)
    assert _parsed(project).kept() is None


def test_where_nothing_can_be_kept_nothing_is(project: Path, written: Path) -> None:
    (project / "target").write_text("a file where the folder would be")
    _parsed(project).keep(written)
    assert _parsed(project).kept() is None


def test_where_dbt_wrote_nothing_nothing_is_kept(project: Path, tmp_path: Path) -> None:
    _parsed(project).keep(tmp_path / "missing")
    assert not (project / "target").exists()
