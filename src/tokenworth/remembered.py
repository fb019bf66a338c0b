"""What the warehouse remembers of its own steps: when each began, and whether it came to its end.

A step that began and did not end was stopped, or failed. After a build that did not end, some marts are new and some
are old, and nothing may be published of them.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import duckdb

from tokenworth.errors import TokenworthError

TABLES = """
create table if not exists audit.steps (step varchar primary key, began_at timestamp not null, ended_at timestamp);
-- The models that made what stands in the tables that grow; NULL while nobody did.
create table if not exists audit.built_by (digest varchar);
insert into audit.built_by select null where not exists (from audit.built_by);
-- The newest load that they know; no row while nobody did.
create table if not exists audit.built_up_to (load_id integer);
-- The days that they hold, each with the marks of what its requests and its priced usage were made of.
create table if not exists audit.built_days (usage_date date not null, mark bigint not null);
-- How views and seeds were when the last build came to its end; NULL while nobody made them.
create table if not exists audit.standing (state varchar);
insert into audit.standing select null where not exists (from audit.standing);
-- Of what containers' months were asked when nothing could be told of them.
create table if not exists audit.containers_asked (mark bigint not null);
"""


def moment(connection: duckdb.DuckDBPyConnection) -> datetime:
    """Now (UTC), but always later than all that the warehouse remembers: a clock may be set back.

    What comes later would else look as if it had come first, and be taken for what was corrected since.
    """
    (latest,) = connection.execute(
        "select greatest((select max(first_seen_at) from audit.loads), (select max(superseded_at) from audit.loads),"
        " (select max(checked_at) from audit.checks), (select max(published_at) from audit.publications),"
        " (select max(began_at) from audit.steps))"
    ).fetchall()[0]
    now = datetime.now(UTC).replace(tzinfo=None)
    return now if latest is None or latest < now else latest + timedelta(microseconds=1)


def begin(connection: duckdb.DuckDBPyConnection, step: str) -> datetime:
    """Notes that a step begins; when, as the warehouse sees it."""
    now = moment(connection)
    connection.execute(f"insert or replace into audit.steps values ('{step}', TIMESTAMP '{now}', null)")
    return now


def end(connection: duckdb.DuckDBPyConnection, step: str) -> None:
    """Notes that a step did all that it had to."""
    connection.execute(f"update audit.steps set ended_at = TIMESTAMP '{moment(connection)}' where step = '{step}'")


def forget_built(connection: duckdb.DuckDBPyConnection) -> None:
    """Forgets what was built, for whoever drops it: the next build makes and tests all of it."""
    connection.execute(
        "delete from audit.built_up_to; delete from audit.built_days; delete from audit.containers_asked"
    )


def note_containers_asked(connection: duckdb.DuckDBPyConnection) -> None:
    """Notes of what containers' months were asked, where nothing could be told of any: it is not asked again. After a
    build that tells of some, the next one asks of all months."""
    connection.execute(
        "insert into audit.containers_asked select mark from intermediate.int_container_marks"
        " where not exists (from intermediate.int_container_usage_to_tell)"
    )


def assert_built_whole(connection: duckdb.DuckDBPyConnection, schema: str = "audit") -> None:
    """Raises TokenworthError where the last build did not come to its end. `schema`: where `steps` is."""
    unfinished = f"from {schema}.steps where step = 'build' and ended_at is null"
    if connection.execute(unfinished).fetchall():
        raise TokenworthError(
            "the last build was stopped, or failed: some tables are new and some are old, so nothing goes out",
            todo="Run: tokenworth build (or: tokenworth run). The publication of before stays until then.",
        )
