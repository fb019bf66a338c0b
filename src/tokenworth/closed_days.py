"""Days that are rolled up: what is loaded of them later does not bring back who did what.

Usage of such a day is left out, because the day's totals stand already. Commits, pull requests and issues are kept,
since later ones refer to them, with a key that nobody can compute in place of who made them.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from datetime import date, timedelta

import duckdb

from tokenworth.sources import all_sources
from tokenworth.sources.declare import Column

# What somebody wrote in a file within three weeks is worth less than the same of several, so whoever made work of the
# last days that are closed must be told apart for as long.
_AUTHORS_KEPT = timedelta(days=31)
# Which session made a commit tells of usage, though it is kept beside the work.
_ALSO_USAGE = ("entire_sessions",)


class ClosedDays:
    """The days before `before` (UTC), of which only totals are kept; none where it is None."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self._c = connection
        ((self.before,),) = connection.execute("select max(closed_before) from retained.horizons").fetchall()

    def is_left_out(self, table: str) -> str:
        """SQL for whether a row of a raw table is usage of a closed day."""
        last_moment = dict(_usage_tables()).get(table)
        return f"{last_moment} < {_literal(self.before)}" if self.before and last_moment else "false"

    def hide_authors(self, tables: Collection[str] | None = None, where: str = "true") -> None:
        """Gives authors of work other keys, a month after its days are closed; one a person and week.

        In all raw tables, or in `tables` only.
        """
        work = [found for found in _work_tables() if tables is None or found[0] in tables]
        if self.before is None or not work:
            return
        closed = f"{{moment}} < {_literal(self.before - _AUTHORS_KEPT)} and {where}"
        accounts = [
            f"select {column} as key, date_trunc('week', {moment}) as week from raw.{table}"
            f" where {column} is not null and {closed.format(moment=moment)}"
            for table, moment, columns in work
            for column in columns
        ]
        self._c.execute(f"""
            create or replace temp table stand_ins as
            with people as (
                select account_key as key, min(person_key) as person_key
                from (
                    select account_key, person_key from raw.people_accounts
                    union all select email_key, person_key from raw.people_members
                ) group by account_key
            ),
            known as (
                select distinct key, week, coalesce(person_key, key) as person
                from ({" union all ".join(accounts)}) left join people using (key)
            ),
            chosen as (select person, week, md5(gen_random_uuid()::varchar) as stand_in from known group by all)
            select key, week, stand_in from known join chosen using (person, week)
        """)
        for table, moment, columns in work:
            for column in columns:
                self._c.execute(
                    f"update raw.{table} set {column} = stand_in from stand_ins"
                    f" where key = {column} and week = date_trunc('week', {moment})"
                    f" and {closed.format(moment=moment)}"
                )
        self._c.execute("drop table stand_ins")


def delete_usage(connection: duckdb.DuckDBPyConnection, before: date) -> None:
    """Removes every row of usage before a day."""
    for table, last_moment in _usage_tables():
        connection.execute(f"delete from raw.{table} where {last_moment} < {_literal(before)}")


def _usage_tables() -> Iterator[tuple[str, str]]:
    """Tables of somebody's usage, with SQL for the last moment that a row names."""
    for source in all_sources().values():
        for table, columns in source.tables.items():
            of_somebody = any(c.type.secret == "account" or c.name == "session_id" for c in columns)
            if of_somebody and (source.group == "usage" or table in _ALSO_USAGE) and (moment := _last_moment(columns)):
                yield table, moment


def _work_tables() -> Iterator[tuple[str, str, list[str]]]:
    """Tables of work, with SQL for the last moment that a row names, and their columns of accounts."""
    for source in all_sources().values():
        for table, columns in source.tables.items():
            accounts = [c.name for c in columns if c.type.secret == "account"]
            if source.group == "work" and accounts and (moment := _last_moment(columns)):
                yield table, moment, accounts


def _last_moment(columns: Sequence[Column]) -> str:
    """Empty for a list of how things stand now, whose rows name no moment."""
    moments = [f"{c.name}::timestamp" for c in columns if c.type.sql in ("TIMESTAMP", "DATE")]
    return f"greatest({', '.join(moments)})" if moments else ""


def _literal(day: date | None) -> str:
    return f"date '{day}'"
