"""Tables of dbt's that grow by what was loaded since: by which models they were made, and up to where."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import duckdb

from tokenworth.remembered import forget_built, note_containers_asked
from tokenworth.sources import usage_evidence
from tokenworth.warehouse import literal

# Each is the same when it is made from the start.
GROWING = (
    "stg_codex__requests_said",
    "stg_gemini_cli__messages",
    "int_usage_matched",
    "int_requests_told_again",
    "int_usage_requests",
    "int_circumstance_days",
    "int_usage_circumstances",
    "int_circumstances_placed",
    "int_usage_priced",
    "int_usage_summed",
    "int_signal_sessions",
    "int_signal_hours",
    "int_request_stretches",
    "int_session_stretches",
    "int_links_by_moment",
    "int_links_by_branch",
    "int_links_by_noted_pull_request",
    "int_request_links",
    "int_divided_usage",
    "fct_usage",
)


def forget_what_others_made(connection: duckdb.DuckDBPyConnection, digest: str | None) -> None:
    """Drops the tables that grow where the models that made them, of an older version of this program, are not those
    of `digest`: half by their rules and half by ours would be neither. None: drops them in any case, because a rebuild
    that was killed would leave some made anew beside others that have yet to learn from what these forgot. Also where
    it is not known up to which load they were made."""
    made_by = connection.execute("select digest from audit.built_by where exists (from audit.built_up_to)").fetchall()
    if digest is not None and made_by == [(digest,)]:
        return
    connection.begin()
    # Until a build has come to its end they are nobody's: whoever goes back to the older version starts anew as well.
    connection.execute("update audit.built_by set digest = null")
    forget_built(connection)
    named = ", ".join(map(literal, GROWING))
    for table, kind in connection.execute(
        "select table_schema || '.' || table_name, table_type from information_schema.tables"
        f" where table_schema in ('staging', 'intermediate', 'marts') and table_name in ({named})"
    ).fetchall():
        connection.execute(f"drop {'view' if kind == 'VIEW' else 'table'} {table}")
    connection.commit()


def remember_what_was_built(connection: duckdb.DuckDBPyConnection, digest: str) -> None:
    """Notes by which models the tables that grow were made, up to which load, and of which days: the next build goes on
    from there."""
    connection.begin()
    forget_built(connection)
    connection.execute(f"update audit.built_by set digest = {literal(digest)}")
    connection.execute("insert into audit.built_up_to select coalesce(max(load_id), 0) from audit.loads")
    for marks in ("int_request_day_marks", "int_usage_day_marks"):
        connection.execute(f"insert into audit.built_days select usage_date, mark from intermediate.{marks}")
    note_containers_asked(connection)
    connection.commit()


def models_digest(project: Path) -> str:
    """Of all that says how the models of a dbt project are made and tested: the files, the ranks of sources, and the
    engine, whose hashes they keep. A test that looks at what changed would else not look at what another version of it
    found good."""
    digest = hashlib.sha256(json.dumps([duckdb.__version__, usage_evidence()]).encode())
    for folder in ("macros", "models", "seeds", "tests"):
        for path in sorted((project / folder).rglob("*.*")):
            if path.is_file():
                digest.update(f"{path.relative_to(project)}\0".encode() + path.read_bytes())
    return digest.hexdigest()
