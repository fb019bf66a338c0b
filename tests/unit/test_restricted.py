"""The restricted copy is what the marts are, however much of the last one is carried on."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from tests.zone import Row, Zone
from tokenworth.restricted import restrict
from tokenworth.warehouse import beside_warehouse, literal, open_warehouse
from tokenworth.writer import sole_writer

# Two days of usage, each row with the mark of its day; and a mart that does not grow.
_MARTS = """
    create schema if not exists marts;
    create or replace table marts.fct_usage as
        select 'usage-' || i as usage_id, 'a-key-of-a-person-' || i % 5 as person_key,
            date '2026-02-02' + (i // 50)::integer as usage_date, i as total_tokens, [i::varchar] as price_ids,
            100 + i // 50 as made_of
        from range(100) as r(i);
    create or replace table marts.dim_team as select 'platform' as team_id;
"""


@pytest.fixture
def marts(zone: Zone) -> Zone:
    zone.load()
    _change(zone, _MARTS)
    return zone


def _change(zone: Zone, sql: str) -> None:
    with sole_writer(zone.settings), open_warehouse(zone.settings) as connection:
        connection.execute(sql)


def _copy(zone: Zone) -> Path:
    return zone.settings.warehouse / "restricted" / "marts.duckdb"


def _restrict(zone: Zone) -> Path:
    with sole_writer(zone.settings), beside_warehouse(zone.settings) as connection:
        restrict(zone.settings, connection)
    assert _rows(_copy(zone)) == _rows(zone.settings.database)
    return _copy(zone)


def _rows(path: Path) -> dict[str, list[Row]]:
    with duckdb.connect() as connection:
        connection.execute(f"attach {literal(path)} as it (read_only)")
        tables = connection.execute("select table_name from duckdb_tables() where schema_name = 'marts'").fetchall()
        return {name: connection.execute(f"from it.marts.{name} order by all").fetchall() for (name,) in tables}


@pytest.mark.parametrize(
    "change",
    [
        pytest.param("select 1", id="nothing"),
        pytest.param("update marts.fct_usage set total_tokens = 7, made_of = 102 where made_of = 101", id="a-day"),
        pytest.param("delete from marts.fct_usage where made_of = 100", id="a-day-less"),
        pytest.param("insert into marts.fct_usage values ('x', 'y', '2026-02-09', 3, null, 109)", id="a-day-more"),
        pytest.param("update marts.fct_usage set total_tokens = 7 where made_of = 101", id="under-the-same-mark"),
        pytest.param("insert into marts.fct_usage values ('x', 'y', '2026-02-09', 3, null, null)", id="no-mark"),
        pytest.param("delete from marts.fct_usage", id="no-usage"),
        pytest.param("alter table marts.fct_usage add column tool varchar default 'cli'", id="a-column-more"),
        pytest.param("alter table marts.fct_usage drop column made_of", id="no-marks"),
        pytest.param("insert into marts.dim_team values ('data')", id="another-team"),
        pytest.param("drop table marts.dim_team; create table marts.fct_new as select 1 as n", id="other-tables"),
    ],
)
def test_a_copy_after_a_change_is_what_the_marts_are(marts: Zone, change: str) -> None:
    _restrict(marts)
    _change(marts, change)
    assert _restrict(marts).stat().st_mode & 0o777 == 0o640
    _restrict(marts)


def test_days_that_are_what_they_were_are_not_written_again(marts: Zone, monkeypatch: pytest.MonkeyPatch) -> None:
    _restrict(marts)
    _change(marts, "update marts.fct_usage set total_tokens = 7, made_of = 102 where made_of = 101")
    statements: list[str] = []

    class Listening:
        def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
            self.connection = connection

        def execute(self, sql: str) -> duckdb.DuckDBPyConnection:
            statements.append(sql)
            return self.connection.execute(sql)

    with sole_writer(marts.settings), beside_warehouse(marts.settings) as connection:
        restrict(marts.settings, Listening(connection))  # type: ignore[arg-type]
    written = [sql for sql in statements if sql.startswith(("create or replace", "insert", "delete"))]
    assert written == [
        "delete from restricted.marts.fct_usage where made_of is null or made_of not in (100)",
        "insert into restricted.marts.fct_usage from warehouse.marts.fct_usage"
        " where made_of is null or made_of not in (100)",
    ]
    assert _rows(_copy(marts)) == _rows(marts.settings.database)


def test_what_someone_changed_in_the_copy_is_set_right(marts: Zone) -> None:
    path = _restrict(marts)
    with duckdb.connect() as connection:
        connection.execute(f"attach {literal(path)} as it")
        connection.execute("update it.marts.fct_usage set total_tokens = 0 where usage_id = 'usage-1'")
    _restrict(marts)


@pytest.mark.parametrize("kept", [0, 4096, 200_000])
def test_a_copy_that_is_damaged_is_made_anew(marts: Zone, kept: int) -> None:
    path = _restrict(marts)
    whole = path.read_bytes()
    path.write_bytes(whole[:kept] + bytes(max(len(whole) - kept - 4096, 0)))
    _restrict(marts)


def test_nothing_of_the_last_copy_stays_in_the_file_when_all_keys_are_others(marts: Zone) -> None:
    assert b"a-key-of-a-person" in _restrict(marts).read_bytes()
    _change(marts, "update marts.fct_usage set person_key = 'another', made_of = made_of + 1000")
    assert b"a-key-of-a-person" not in _restrict(marts).read_bytes()
