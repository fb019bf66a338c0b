"""Replaces keys by others wherever the warehouse holds them: when a person is erased, and when the secret changes."""

from __future__ import annotations

import duckdb

from tokenworth.unchanged import forget_what_is_known

_LENGTH = 32  # of a key


def replace_keys(connection: duckdb.DuckDBPyConnection, pairs: str) -> None:
    """In every column of texts of what was loaded and what was told; `pairs` yields keys and what replaces them.

    Also where a text begins with the key (`key_under` in dbt_project/macros): what was told is known by such texts.
    To be called inside a transaction. A key is as long as no other text, so that nothing else can be taken for one.
    """
    connection.execute(f"create or replace temp table replaced_keys as select * from ({pairs}) as p(old, new)")
    columns = connection.execute(
        "select table_schema, table_name, column_name, data_type from information_schema.columns"
        " join information_schema.tables using (table_catalog, table_schema, table_name)"
        " where table_catalog = current_database() and table_schema in ('raw', 'audit', 'told', 'retained')"
        " and table_type = 'BASE TABLE' and data_type in ('VARCHAR', 'VARCHAR[]') order by all"
    ).fetchall()
    for schema, table, column, kind in columns:
        place, name = f'{schema}."{table}"', f'"{column}"'
        if kind == "VARCHAR":
            connection.execute(
                f"update {place} set {name} = new || substr({name}, {_LENGTH + 1}) from replaced_keys"
                f" where left({name}, {_LENGTH}) = old"
            )
        else:
            connection.execute(
                f"update {place} set {name} = list_transform({name}, lambda k: coalesce(map_extract_value(m, k), k))"
                " from (select list(old) as olds, map(list(old), list(new)) as m from replaced_keys)"
                f" where list_has_any({name}, olds)"
            )
    connection.execute("drop table replaced_keys")
    forget_what_is_known(connection)
