"""Warehouses that were built the whole way, and what is read of them."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import pytest

from tests.end_to_end.network import Ran
from tests.zone import Row, Zone
from tokenworth.build import build
from tokenworth.load import load
from tokenworth.settings import Settings
from tokenworth.warehouse import literal

SAMPLES = Path(os.environ.get("TOKENWORTH_SAMPLES") or Path(__file__).parents[3] / "shared" / "samples")
# The same in all warehouses, so that the keys of people can be compared.
KEY = "a key that every warehouse of these tests has"

# What tells of files and of runs, and so differs where the same things arrive in other files.
OF_FILES = ("audit_loads", "audit_quarantine", "audit_checks")
_OF_RUNS = ("run_id", "checked_at")


@dataclass(frozen=True)
class Company:
    """A simulated organisation, its warehouse, how the run went that built it, and what is true."""

    zone: Zone
    ran: Ran
    truth: Path
    expected: dict[str, Any]
    private: dict[str, list[str]]


def zone_over(landing: Path, folder: Path) -> Zone:
    """A zone whose landing folder is `landing`, which is left as it is; its warehouse is in `folder`."""
    zone = Zone(folder)
    zone.landing = landing
    zone.set(key=KEY)
    return zone


def load_and_build(settings: Settings) -> None:
    load(settings)
    build(settings)


@contextmanager
def nothing_from_outside() -> Iterator[None]:
    """For fixtures that outlive a test: without settings of whoever runs the tests."""
    with pytest.MonkeyPatch.context() as patch:
        for name in [name for name in os.environ if name.startswith("TOKENWORTH_")]:
            patch.delenv(name)
        yield


def skip_without(*folders: str) -> Path:
    """The samples, or a skipped test where they are not on this machine."""
    for folder in folders or (".",):
        if not (SAMPLES / folder).exists():
            pytest.skip(f"the samples are not here (no {folder} in TOKENWORTH_SAMPLES or ../shared/samples)")
    return SAMPLES


def marts(settings: Settings, *, but: tuple[str, ...] = (), schema: str = "marts") -> dict[str, list[Row]]:
    """Every row of every mart, sorted; without what says in which run it was written."""
    with duckdb.connect() as connection:
        connection.execute(f"attach {literal(settings.database)} as warehouse (read_only)")
        tables = connection.execute(
            "select table_name from information_schema.tables where table_catalog = 'warehouse'"
            f" and table_schema = {literal(schema)} order by all"
        ).fetchall()
        connection.execute("use warehouse")
        return {
            table: connection.execute(
                f"select columns(c -> c not in {_OF_RUNS}) from {schema}.{table} order by all"
            ).fetchall()
            for (table,) in tables
            if table not in but
        }


def assert_same_marts(ours: dict[str, list[Row]], theirs: dict[str, list[Row]]) -> None:
    """Equal row for row; where not, the first rows that only one of them has."""
    assert list(ours) == list(theirs)
    for table, rows in ours.items():
        of_ours, of_theirs = ({_hashable(row) for row in side[table]} for side in (ours, theirs))
        only_ours, only_theirs = of_ours - of_theirs, of_theirs - of_ours
        assert not (only_ours or only_theirs), (
            f"{table}: {len(only_ours)} rows of the one only, {len(only_theirs)} of the other only, for example"
            f"\n{min(map(str, only_ours), default='')}\n{min(map(str, only_theirs), default='')}"
        )
        assert len(rows) == len(theirs[table]), table


def _hashable(row: Row) -> Row:
    return tuple(tuple(cell) if isinstance(cell, list) else cell for cell in row)
