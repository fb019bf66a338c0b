"""Everything that a warehouse holds and publishes, so that two of them can be compared row for row."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

import duckdb

from tests.zone import Row
from tokenworth.settings import Settings
from tokenworth.warehouse import literal

# What says when, or in which run, and so differs between two runs over the same files. A publication's name has both.
_CLOCKS = (
    "run_id checked_at first_seen_at superseded_at forgotten_at told_at found_at ended_at began_at known_from"
    " known_until created_at published_at publication load_id newest_load_id"
).split()
_SCHEMAS = ("raw", "audit", "told", "marts", "publication")
# Only the last results of a check count: a run that was killed behind it checks again. Which load was the last that a
# build has seen is a number of a run: files come in another order after a kill.
_NOT_COMPARED = (
    "audit.checks", "audit.steps", "audit.publications", "audit.built_up_to", "audit.told_sums", "audit.checked_up_to",
    "audit.standing",
)  # fmt: skip

Held = dict[str, Counter[Row]]


def held(settings: Settings) -> Held:
    """Every row of the warehouse's tables, of the publication, and who is who; without clocks and numbers of runs."""
    with duckdb.connect() as connection:
        connection.execute("set TimeZone = 'UTC'")
        connection.execute(f"attach {literal(settings.database)} as warehouse (read_only)")
        found = {
            f"{schema}.{table}": _rows(connection, schema, table)
            for schema, table in connection.execute(
                "select schema_name, table_name from duckdb_tables() where database_name = 'warehouse'"
                f" and schema_name in {_SCHEMAS} order by all"
            ).fetchall()
            if f"{schema}.{table}" not in _NOT_COMPARED
        }
        if settings.identities.exists():  # a warehouse that was made up has none
            connection.execute(f"attach {literal(settings.identities)} as ids (read_only)")
            for table in ("identities", "pseudonyms", "accounts_seen"):
                found[f"ids.{table}"] = Counter(connection.execute(f"from ids.{table}").fetchall())
    return found | published(settings)


def published(settings: Settings) -> Held:
    """What a reader finds behind the link."""
    if not settings.published.exists():
        return {}
    manifest = json.loads((settings.published / "manifest.json").read_text("utf-8"))
    found: Held = {"published: content": Counter([(manifest["content"], manifest["contract_version"])])}
    with duckdb.connect() as connection:
        connection.execute(f"attach {literal(settings.published / 'marts.duckdb')} as warehouse (read_only)")
        for table in manifest["tables"]:
            found[f"published: {table}"] = _rows(connection, "marts", table)
    return found


def _rows(connection: duckdb.DuckDBPyConnection, schema: str, table: str) -> Counter[Row]:
    """Rows of a table; numbers of loads give way to the file and to whether it is the current version."""
    columns = [name for name, *_ in connection.execute(f"describe warehouse.{schema}.{table}").fetchall()]
    kept = ", ".join(f"rows.{name}" for name in columns if name not in _CLOCKS)
    relation = f"warehouse.{schema}.{table} as rows"
    if "load_id" in columns:
        kept = f"loads.file_key, loads.part, loads.superseded_at is null, {kept}"
        relation += " left join warehouse.audit.loads as loads on loads.load_id = rows.load_id"
    rows = connection.execute(f"select {kept} from {relation}").fetchall()
    return Counter(tuple(map(_comparable, row)) for row in rows)


def _comparable(cell: Any) -> Any:
    """Sums of floating numbers differ in their last digits between any two runs: the engine adds in two threads."""
    if isinstance(cell, list):
        return tuple(cell)
    return float(f"{cell:.9g}") if isinstance(cell, float) else cell


def assert_same(ours: Held, theirs: Held) -> None:
    """Equal row for row; where not, the first rows that only one of them has."""
    assert ours.keys() == theirs.keys()
    for table, rows in ours.items():
        only_ours, only_theirs = rows - theirs[table], theirs[table] - rows
        assert not (only_ours or only_theirs), (
            f"{table}: {only_ours.total()} rows of the one only, {only_theirs.total()} of the other only, for example"
            f"\n{min(map(str, only_ours), default='')}\n{min(map(str, only_theirs), default='')}"
        )
