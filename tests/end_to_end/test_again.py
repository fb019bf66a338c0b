"""The same things again: a second run changes nothing, and neither does another way of arriving."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.end_to_end.shuffling import shuffled_copy
from tests.end_to_end.warehouses import (
    OF_FILES,
    Company,
    assert_same_marts,
    load_and_build,
    marts,
    zone_over,
)
from tests.zone import Row, Zone
from tokenworth.build import build, project_dir
from tokenworth.pipeline import run
from tokenworth.warehouse import open_warehouse
from tokenworth.writer import sole_writer

# Models, and seeds.
_MODELS = sum(
    len(list((project_dir() / folder).rglob(f"*.{kind}")))
    for folder, kind in (("models", "sql"), ("models", "py"), ("seeds", "csv"))
)


def _ledger(zone: Zone) -> list[Row]:
    return zone.ask("select * from audit.loads order by all")


@contextmanager
def _unreadable(landing: Path) -> Iterator[None]:
    """While nothing but the names, sizes and times of the files can be learned: whoever reads one finds nonsense."""
    aside = landing.with_name(landing.name + "-aside")
    landing.rename(aside)
    for path in [aside, *sorted(aside.rglob("*"))]:
        stand_in, status = landing / path.relative_to(aside), path.stat()
        if path.is_dir():
            stand_in.mkdir()
        elif path.name.endswith(".meta.json"):
            stand_in.write_bytes(path.read_bytes())
        else:
            with stand_in.open("wb") as file:
                file.truncate(status.st_size)  # zeros
            os.utime(stand_in, ns=(status.st_atime_ns, status.st_mtime_ns))
    try:
        yield
    finally:
        shutil.rmtree(landing)
        aside.rename(landing)


def _views(zone: Zone) -> int:
    """Views and seeds, which a build leaves standing where the one before was of the same project."""
    seeds = ", ".join(f"'{path.stem}'" for path in (project_dir() / "seeds").glob("*.csv"))
    ((count,),) = zone.ask(
        "select (select count(*) from duckdb_views() where not internal)"
        f" + (select count(*) from duckdb_tables() where table_name in ({seeds}))"
    )
    zone.close()
    return int(str(count))


def _assert_a_second_run_changes_nothing(zone: Zone) -> None:
    before, ledger = marts(zone.settings), _ledger(zone)
    publication = zone.settings.published.readlink()
    manifest = json.loads((zone.settings.published / "manifest.json").read_text("utf-8"))
    zone.close()

    loaded, built, published = run(zone.settings)

    assert (loaded.readings, loaded.postponed) == ([], 0)
    assert built.stands
    assert built.models + _views(zone) == _MODELS
    assert loaded.unchanged == len({row[2] for row in ledger})
    assert _ledger(zone) == ledger
    assert_same_marts(before, marts(zone.settings))
    assert (published.changed, published.id) == (False, manifest["publication"])
    assert zone.settings.published.readlink() == publication


def test_a_second_run_over_a_simulated_organisation_changes_nothing_and_reads_no_file(company: Company) -> None:
    with _unreadable(company.zone.landing):
        _assert_a_second_run_changes_nothing(company.zone)


def test_a_second_run_over_real_exports_changes_nothing(entireio: Zone) -> None:
    _assert_a_second_run_changes_nothing(entireio)


def test_what_somebody_did_to_views_and_seeds_is_set_right(company: Company) -> None:
    zone = company.zone
    before = marts(zone.settings)
    zone.close()
    with sole_writer(zone.settings), open_warehouse(zone.settings) as connection:
        connection.execute("drop view intermediate.int_known_issues")
        connection.execute("create or replace view staging.stg_git__commits as from raw.git_commits limit 0")
        connection.execute("update intermediate.tools set tool = 'another'")
    assert build(zone.settings).models == _MODELS
    assert_same_marts(before, marts(zone.settings))


@pytest.mark.parametrize("which", ["company", "entireio"])
def test_shuffled_doubled_and_split_again_the_same_things_give_the_same_marts(
    which: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    found = request.getfixturevalue(which)
    zone = found.zone if isinstance(found, Company) else found
    shuffled_copy(zone.landing, tmp_path / "shuffled", seed=3)
    (tmp_path / "other").mkdir()
    other = zone_over(tmp_path / "shuffled", tmp_path / "other")

    load_and_build(other.settings)

    other.assert_balanced()
    assert other.unread() == []
    other.close()
    assert_same_marts(marts(zone.settings, but=OF_FILES), marts(other.settings, but=OF_FILES))
