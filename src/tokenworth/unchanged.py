"""What is known of rows that stay as they are, so that no run reads all of them again because there were days before.

Rows of what was told and of what was loaded are only added; of a load that is committed none changes any more. They
are written anew, or deleted, where a person is erased, the secret changes, or days are rolled up: whoever does so
forgets here what is known of them, in the same transaction. What nobody knows is found out by reading all.
"""

from __future__ import annotations

from collections.abc import Mapping

import duckdb

from tokenworth.warehouse import given, literal


def forget_what_is_known(connection: duckdb.DuckDBPyConnection) -> None:
    """To be called in the transaction that changes rows which were loaded or told before it."""
    connection.execute("delete from audit.told_sums; delete from audit.checked_up_to")


def sum_of(connection: duckdb.DuckDBPyConnection, rows: str) -> tuple[int, int]:
    """How many rows a relation has, and the sum of their hashes, whatever their order; both add up."""
    query = f"select count(*), coalesce(sum(hash(t)::hugeint), 0) from {rows} as t"
    ((count, hashes),) = connection.execute(query).fetchall()
    return count, hashes


def note_told(connection: duckdb.DuckDBPyConnection, table: str) -> None:
    """Adds up what was told in this transaction, of which `told_at` says so; all of it, where nobody did before."""
    told_now = sum_of(connection, f"(from {table} where told_at = now()::timestamp)")
    before = _noted(connection, table) or (0, 0)
    count, hashes = before[0] + told_now[0], before[1] + told_now[1]
    if count != _rows(connection, table):
        count, hashes = sum_of(connection, table)
    connection.execute(f"insert or replace into audit.told_sums values ({literal(table)}, {count}, {hashes})")


def told_sum(connection: duckdb.DuckDBPyConnection, table: str) -> tuple[int, int]:
    """The same as `sum_of` of a table of what was told, from what was noted where it has as many rows as that."""
    noted = _noted(connection, table)
    return noted if noted and noted[0] == _rows(connection, table) else sum_of(connection, table)


def _rows(connection: duckdb.DuckDBPyConnection, table: str) -> int:
    ((count,),) = connection.execute(f"select count(*) from {table}").fetchall()
    return int(count)


def _noted(connection: duckdb.DuckDBPyConnection, table: str) -> tuple[int, int] | None:
    found = connection.execute(f"select rows, hashes from audit.told_sums where name = {literal(table)}").fetchall()
    return found[0] if found else None


def last_load(connection: duckdb.DuckDBPyConnection) -> int | None:
    """The last load there is, where those to come have higher numbers: what a rebuild has still to read may not."""
    query = "select max(load_id) from audit.loads where not exists (from audit.former_loads)"
    ((last,),) = connection.execute(query).fetchall()
    return None if last is None else int(last)


def checked_up_to(connection: duckdb.DuckDBPyConnection) -> dict[str, tuple[str, int]]:
    """By rule, how it looked when it last found nothing wrong, and up to which load."""
    return {rule: (way, load_id) for rule, way, load_id in connection.execute("from audit.checked_up_to").fetchall()}


def note_checked(connection: duckdb.DuckDBPyConnection, ways: Mapping[str, str], last: int | None) -> None:
    """Notes which rules found nothing wrong up to a load, and how they looked; all others will look at everything."""
    connection.execute("delete from audit.checked_up_to")
    if last is not None:
        rows = given({"rule": "VARCHAR", "way": "VARCHAR"}, ways.items())
        connection.execute(f"insert into audit.checked_up_to select rule, way, {last} from {rows}")
