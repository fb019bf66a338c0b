"""Remembers what was said of a week when it was published first, so that a restatement can be explained.

Before the link moves, a publication leaves here the weeks that are over and that none before it showed; they
count from when the link points to it. So a run that is stopped in between leaves nothing that was not published.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime

import duckdb

from tokenworth.settings import Settings


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
