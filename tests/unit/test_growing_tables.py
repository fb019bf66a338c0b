"""Tables that grow by what was loaded since, when the models that made them are not those of today."""

import re
import shutil
from pathlib import Path

import duckdb
import pytest

from tokenworth.build import project_dir
from tokenworth.growing import GROWING, forget_what_others_made, models_digest
from tokenworth.remembered import TABLES


@pytest.fixture
def warehouse() -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect()
    connection.execute("create schema audit; create schema intermediate")
    connection.execute(TABLES)
    for table in (*GROWING, "int_outcomes"):
        connection.execute(f"create table intermediate.{table} as select 1 as x")
    connection.execute("update audit.built_by set digest = 'these'")
    return connection


def _tables(connection: duckdb.DuckDBPyConnection) -> set[str]:
    found = connection.execute("select table_name from duckdb_tables() where schema_name = 'intermediate'").fetchall()
    return {name for (name,) in found}


def test_the_same_models_go_on_where_they_ended(warehouse: duckdb.DuckDBPyConnection) -> None:
    warehouse.execute("insert into audit.built_up_to values (7)")
    forget_what_others_made(warehouse, "these")
    assert _tables(warehouse) == {*GROWING, "int_outcomes"}


def test_where_it_is_not_known_up_to_which_load_all_begins_from_the_start(
    warehouse: duckdb.DuckDBPyConnection,
) -> None:
    forget_what_others_made(warehouse, "these")
    assert _tables(warehouse) == {"int_outcomes"}


@pytest.mark.parametrize("before", ["'others'", "null"])
def test_other_models_begin_from_the_start(warehouse: duckdb.DuckDBPyConnection, before: str) -> None:
    warehouse.execute(f"update audit.built_by set digest = {before}")
    forget_what_others_made(warehouse, "these")
    assert _tables(warehouse) == {"int_outcomes"}


def test_a_rebuild_begins_from_the_start_and_knows_of_no_load_until_it_ended(
    warehouse: duckdb.DuckDBPyConnection,
) -> None:
    warehouse.execute("insert into audit.built_up_to values (7)")
    forget_what_others_made(warehouse, None)
    assert _tables(warehouse) == {"int_outcomes"}
    assert warehouse.execute("select digest from audit.built_by").fetchall() == [(None,)]
    assert warehouse.execute("from audit.built_up_to").fetchall() == []


@pytest.mark.parametrize("folder", ["macros", "models", "seeds", "tests"])
def test_another_version_of_any_file_is_other_models(tmp_path: Path, folder: str) -> None:
    """Also of a test: it looks at what changed, and another version of it found the rest good."""
    for each in ("macros", "models", "seeds", "tests"):
        shutil.copytree(project_dir() / each, tmp_path / each)
    before = models_digest(tmp_path)
    next((tmp_path / folder).rglob("*.*")).write_text("something else")
    assert models_digest(tmp_path) != before


def test_what_was_a_view_before_gives_way(warehouse: duckdb.DuckDBPyConnection) -> None:
    warehouse.execute("drop table intermediate.int_usage_priced; create view intermediate.int_usage_priced as select 1")
    forget_what_others_made(warehouse, "others")
    assert not warehouse.execute("from information_schema.tables where table_name = 'int_usage_priced'").fetchall()


def test_what_an_update_left_half_made_is_not_the_older_versions(warehouse: duckdb.DuckDBPyConnection) -> None:
    forget_what_others_made(warehouse, "others")  # and the build is killed after it filled the tables
    for table in GROWING:
        warehouse.execute(f"create table intermediate.{table} as select 2 as x")
    forget_what_others_made(warehouse, "these")
    assert _tables(warehouse) == {"int_outcomes"}


def test_every_model_that_grows_is_named() -> None:
    grows = re.compile(r"materialized='incremental' if target.type == 'duckdb'")
    growing = {path.stem for path in (project_dir() / "models").rglob("*.sql") if grows.search(path.read_text("utf-8"))}
    assert growing == set(GROWING)


def test_the_digest_is_that_of_the_models() -> None:
    digest = models_digest(project_dir())
    assert re.fullmatch(r"[0-9a-f]{64}", digest)
    assert models_digest(project_dir()) == digest
