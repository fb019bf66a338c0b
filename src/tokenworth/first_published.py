"""Remembers what was said of a week when it was published first, so that a restatement can be explained.

Before the link moves, a publication leaves here the weeks that are over and that none before it showed; they
count from when the link points to it. So a run that is stopped in between leaves nothing that was not published.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime

import duckdb

from tokenworth.settings import Settings

TABLES = """
-- What was said of a week of teams when it was published first, and what that was made of. Rows of a
-- publication that is not in the list were written by a run that was stopped before it published.
create table if not exists audit.publications (publication varchar primary key, published_at timestamp not null);
create table if not exists audit.first_published_weeks (
    publication varchar not null, week_start date not null, team_id varchar not null, figure varchar not null,
    value decimal(38, 10)
);
create table if not exists audit.first_published_usage (
    publication varchar not null, week_start date not null, team_id varchar not null, person_key varchar,
    requests bigint not null, total_tokens bigint not null, unpriced_tokens bigint not null,
    cost_usd decimal(20, 10), cost_exact_usd decimal(20, 10), cost_strong_usd decimal(20, 10),
    cost_probable_usd decimal(20, 10), cost_allocated_usd decimal(20, 10), cost_unattributed_usd decimal(20, 10)
);
create table if not exists audit.first_published_outcomes (
    publication varchar not null, week_start date not null, team_id varchar not null, outcome_id varchar not null,
    container varchar, survival varchar, value_units decimal(12, 4), tokens bigint, cost_usd decimal(20, 10)
);
"""


def settle(connection: duckdb.DuckDBPyConnection, settings: Settings) -> None:
    """Counts the publication behind the link, and forgets what was remembered of one that never came there."""
    try:
        manifest = json.loads((settings.published / "manifest.json").read_text("utf-8"))
        published_at = datetime.fromisoformat(manifest["published_at"]).astimezone(UTC).replace(tzinfo=None)
        there = [[manifest["publication"], published_at]]
    except (OSError, ValueError, KeyError):
        there = []
    connection.begin()
    if there:
        connection.executemany("insert or ignore into audit.publications values (?, ?)", there)
    settled = "select publication from audit.publications"
    for table in ("weeks", "usage", "outcomes"):
        connection.execute(f"delete from audit.first_published_{table} where publication not in ({settled})")
    connection.commit()


def remember(connection: duckdb.DuckDBPyConnection, publication: str, now: datetime) -> None:
    """Keeps the weeks that `publication` is about to show first, and what their figures were made of."""
    connection.begin()
    # A week counts from when it is over: until then every figure of it grows.
    connection.execute(
        """
        create or replace temp table new_weeks as
        select distinct week_start from publication.fct_team_week
        where week_start + 7 <= least((select max(date_day) from marts.dim_date), ?::date)
            and week_start not in (select week_start from audit.first_published_weeks)
        """,
        [now],
    )
    connection.execute(
        """
        insert into audit.first_published_weeks by name
        select ? as publication, week_start, team_id, figure, value from (
            select week_start, team_id, columns(* exclude (week_start, team_id))::decimal(38, 10)
            from publication.fct_team_week where week_start in (from new_weeks)
        ) unpivot include nulls (value for figure in (columns(* exclude (week_start, team_id))))
        """,
        [publication],
    )
    for table, model in (("usage", "int_usage_by_person_week"), ("outcomes", "int_outcomes_of_weeks")):
        kept = connection.execute(f"describe audit.first_published_{table}").fetchall()
        columns = ", ".join(column for column, *_ in kept if column != "publication")
        connection.execute(
            f"insert into audit.first_published_{table} by name select ? as publication, {columns}"
            f" from intermediate.{model} where week_start in (from new_weeks)",
            [publication],
        )
    connection.commit()
