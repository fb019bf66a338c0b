"""Views and seeds say the same as long as the project does: a build after one of the same project leaves them standing.

They are a quarter of dbt's nodes, and an eighth of the time of a build that has little else to do.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

import duckdb

from tokenworth.warehouse import listed

# In dbt_project/selectors.yml: all but what stands.
REST = ("--selector", "what_may_be_another")


def standing(connection: duckdb.DuckDBPyConnection, project: Path, read_as: str) -> bool:
    """Whether views and seeds are what the last build left, and what one of this project would make. `read_as` says all
    that dbt makes them from: files, variables, versions."""
    return connection.execute("from audit.standing").fetchall() == [(_state(connection, project, read_as),)]


def note_standing(connection: duckdb.DuckDBPyConnection, project: Path, read_as: str) -> None:
    """To be called when a build has come to its end."""
    connection.execute(f"update audit.standing set state = '{_state(connection, project, read_as)}'")


def _state(connection: duckdb.DuckDBPyConnection, project: Path, read_as: str) -> str:
    """Of all views as they are defined, of the columns that they can read, and of what seeds hold: the engine refuses a
    view over columns of other types than it was made for, and somebody may have changed one by hand."""
    ours = listed(("raw", "audit", "told", "retained", "staging", "intermediate", "marts", "publication"))
    here = f"database_name = current_database() and list_contains({ours}, schema_name)"
    said = connection.execute(
        f"select schema_name, view_name, sql from duckdb_views() where {here}"
        f" union all select schema_name, table_name, sql from duckdb_tables() where {here} order by all"
    ).fetchall()
    seeds = {path.stem for path in (project / "seeds").rglob("*.csv")}
    for schema, name, _ in [row for row in said if row[1] in seeds]:
        said += connection.execute(f"select count(*), sum(hash(t)::hugeint), '' from {schema}.{name} as t").fetchall()
    return hashlib.sha256(repr([read_as, said]).encode()).hexdigest()
