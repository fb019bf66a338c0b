"""Views and seeds stand as long as they are what the last build left, and what one of the same project would make."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from tokenworth.remembered import TABLES
from tokenworth.standing import note_standing, standing


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "seeds").mkdir()
    (tmp_path / "seeds" / "tools.csv").write_text("said,tool\n")
    return tmp_path


@pytest.fixture
def built(project: Path) -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect()
    connection.execute("create schema audit; create schema raw; create schema staging; create schema marts")
    connection.execute(TABLES)
    connection.execute("create table raw.requests (id varchar, tokens bigint)")
    connection.execute("create table staging.tools as select 'claude-cli' as said, 'claude_code' as tool")
    connection.execute("create view staging.stg_requests as select id, tokens from raw.requests")
    connection.execute("create table marts.fct_usage as from staging.stg_requests")
    assert not standing(connection, project, "as read")
    note_standing(connection, project, "as read")
    return connection


def test_what_is_in_tables_lets_views_stand(built: duckdb.DuckDBPyConnection, project: Path) -> None:
    built.execute("insert into raw.requests values ('a', 1); insert into audit.built_up_to values (7)")
    built.execute("create or replace table marts.fct_usage as from staging.stg_requests")
    assert standing(built, project, "as read")
    note_standing(built, project, "as read")
    assert standing(built, project, "as read")


def test_what_somebody_keeps_beside_them_is_nothing_to_us(built: duckdb.DuckDBPyConnection, project: Path) -> None:
    built.execute('create schema "backup-2026"; create table "backup-2026".tools as from staging.tools')
    assert standing(built, project, "as read")


def test_another_project_makes_them_anew(built: duckdb.DuckDBPyConnection, project: Path) -> None:
    assert not standing(built, project, "as others read it")


@pytest.mark.parametrize(
    "change",
    [
        "drop view staging.stg_requests",
        "create or replace view staging.stg_requests as select id, tokens + 1 as tokens from raw.requests",
        "alter table raw.requests add column session_id varchar",
        "create or replace table raw.requests (id varchar, tokens decimal(20, 0))",
        "drop table staging.tools",
        "update staging.tools set tool = 'codex'",
        "insert into staging.tools select * from staging.tools",
    ],
)
def test_what_was_changed_since_is_made_anew(built: duckdb.DuckDBPyConnection, project: Path, change: str) -> None:
    built.execute(change)
    assert not standing(built, project, "as read")
