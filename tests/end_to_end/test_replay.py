"""A history that arrives day by day: what is rebuilt as of a day is what those files alone give.

Files grow, are replaced, and come late. In the shuffled history the versions of a file arrive in any order, so
that one may lose what it had: what arrived last is what the landing zone says.
"""

from __future__ import annotations

import os
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

import duckdb
import pytest

from tests.end_to_end.shuffling import taken_apart
from tests.end_to_end.warehouses import KEY, assert_same_marts, zone_over
from tests.zone import Row, Zone
from tokenworth.as_of import build_as_of
from tokenworth.build import build
from tokenworth.load import load
from tokenworth.simulate import simulate
from tokenworth.warehouse import literal

_DAYS = [datetime(2026, 6, day) for day in (1, 2, 3)]
# Which files, in what shape and order, and when they were seen: that is what differs.
_OF_LOADING = ("audit_loads", "audit_quarantine", "audit_checks", "audit_restatements")


def _history(landing: Path, chance: Random, *, in_order: bool) -> list[dict[str, bytes]]:
    """What arrives on each day: of most files a beginning first, and the whole last."""
    days: list[dict[str, bytes]] = [{} for _ in _DAYS]
    for path in sorted(path for path in landing.rglob("*") if path.is_file()):
        name, content = path.relative_to(landing).as_posix(), path.read_bytes()
        versions = [content]
        # Half of the packed ones and of single documents come once, on any day.
        if not name.endswith((".gz", ".zst", ".meta.json")) and chance.random() < 0.7:
            versions = [_beginning(name, content, 0.4), _beginning(name, content, 0.7), content]
        on = sorted(chance.sample(range(len(_DAYS)), len(versions)))
        if name.startswith("people/") or name == "repositories.csv":
            versions, on = [content], [0]
        if not in_order:
            chance.shuffle(versions)
        for day, version in zip(on, versions, strict=True):
            days[day][name] = version
    return days


def _beginning(name: str, content: bytes, share: float) -> bytes:
    if name.endswith(".jsonl"):
        lines = content.splitlines(keepends=True)
        return b"".join(lines[: max(1, int(len(lines) * share))])
    items, join = taken_apart(name, content)
    return join(items[: max(1, int(len(items) * share))])


def _arrive(landing: Path, files: dict[str, bytes], at: datetime) -> None:
    for name, content in files.items():
        path = landing / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        os.utime(path, (at.replace(tzinfo=UTC).timestamp(),) * 2)


def _published(database: Path, schema: str = "marts") -> dict[str, list[Row]]:
    with duckdb.connect() as connection:
        connection.execute(f"attach {literal(database)} as warehouse (read_only)")
        tables = connection.execute(
            "select table_name from information_schema.tables where table_catalog = 'warehouse'"
            " and table_schema = ? order by all",
            [schema],
        ).fetchall()
        return {
            table: connection.execute(f"from warehouse.{schema}.{table} order by all").fetchall()
            for (table,) in tables
            if table not in _OF_LOADING
        }


@pytest.fixture(scope="module")
def exports(tmp_path_factory: pytest.TempPathFactory) -> Path:
    landing = tmp_path_factory.mktemp("history") / "landing"
    simulate(landing, truth=landing.with_name("truth"), people=12, weeks=2)
    return landing


@pytest.mark.parametrize(
    ("order", "compared"),
    [
        # Of the day in the middle some files had been replaced by then, and others were yet to come or to grow.
        ("in order", _DAYS[1:2]),
        pytest.param("in order", _DAYS, marks=pytest.mark.nightly, id="in order, each day"),
        pytest.param("shuffled", _DAYS, marks=pytest.mark.nightly, id="shuffled, each day"),
    ],
)
def test_what_is_rebuilt_as_of_a_day_is_what_the_files_of_then_give(
    exports: Path, order: str, compared: list[datetime]
) -> None:
    history = _history(exports, Random(5), in_order=order == "in order")
    zone = _zone(exports.with_name("growing"))
    snapshots = {}
    for day, files in zip(_DAYS, history, strict=True):
        _arrive(zone.landing, files, day)
        load(zone.settings, seen_at=day)
        snapshots[day] = shutil.copytree(zone.landing, zone.folder / f"{day:%d}")
    before = zone.settings.database.read_bytes()

    for day in compared:
        rebuilt = build_as_of(zone.settings, day + timedelta(hours=1))

        assert zone.settings.database.read_bytes() == before
        alone = _zone(exports.with_name("alone"))
        snapshots[day].rename(alone.landing)
        load(alone.settings)
        build(alone.settings)
        theirs = _published(alone.settings.database, "publication")
        assert_same_marts(_published(rebuilt.database), theirs)

    # So few people may be told by week and by month, and not by day.
    assert {table for table, rows in theirs.items() if not rows} <= {"fct_team_usage_daily"}


def _zone(folder: Path) -> Zone:
    """An empty zone in which every figure is published, so that all of them are compared.

    What dbt remembers of the project stays from the zone that was there before: reading it anew takes longer than
    building.
    """
    if folder.exists():
        (folder / "warehouse" / "dbt").rename(folder.with_name("dbt"))
        shutil.rmtree(folder)
        (folder / "warehouse").mkdir(parents=True)
        folder.with_name("dbt").rename(folder / "warehouse" / "dbt")
    folder.mkdir(exist_ok=True)
    zone = zone_over(folder / "landing", folder)
    shutil.rmtree(zone.landing)
    zone.set(key=KEY, min_group=1)
    return zone
