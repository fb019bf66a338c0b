"""Rolls up what people did long ago: of closed days only what teams did is kept, and it stays what it was.

The marts of closed weeks and months are kept in the schema `retained` as they were built, usage by team instead of by
person, and everything that says who it was is removed: raw rows, what publications were made of, signals. Every build
puts the kept rows back in place of its own (`put_back_retained` in dbt_project/macros). All of it is one transaction:
a run that is killed before leaves everything, one that is killed after needs a build and nothing else.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import duckdb

from tokenworth.build import Progress, build_held
from tokenworth.closed_days import ClosedDays, delete_usage
from tokenworth.errors import UsageError
from tokenworth.kept import forget_kept, keep
from tokenworth.leftovers import nothing_left
from tokenworth.publish import keep_told
from tokenworth.settings import Settings
from tokenworth.unchanged import forget_what_is_known
from tokenworth.warehouse import drop_built, open_warehouse
from tokenworth.writer import sole_writer

# By what usage of a day is added up. A week's and a month's rows are kept beside, with how many people were active.
_OF_A_TEAM = (
    "usage_date, team_id, source, tool, provider, model, repository, vendor_cost_basis, output_quality,"
    " is_aggregate, cost_usd is null"
)
_ROLLED_KEY = "::varchar, ".join(_OF_A_TEAM.split(", ")) + "::varchar"
_COUNTS = (
    "requests input_uncached_tokens cache_read_tokens cache_write_tokens output_tokens total_tokens unpriced_tokens"
).split()

# What is kept of every mart: of weeks and days before $closed, of months before $month. Usage of the days between
# is kept by person until the month is closed as well, or who was active in it could not be counted.
_KEPT = {
    "marts.fct_usage": f"""
        select any_value(rolled_id) as usage_id, usage_date, null as person_key, team_id, source, tool, provider, model,
            repository, null as branch, null as session_id, usage_date::timestamp as first_at,
            usage_date::timestamp as last_at, {", ".join(f"sum({c})::bigint as {c}" for c in _COUNTS)},
            sum(cost_usd)::decimal(20, 10) as cost_usd, sum(vendor_cost_usd)::decimal(20, 10) as vendor_cost_usd,
            vendor_cost_basis, output_quality, is_aggregate,
            list_sort(list_distinct(flatten(list(price_ids)))) as price_ids
        from marts.fct_usage join rolled using (usage_id)
        group by {_OF_A_TEAM}
        union all by name
        select * exclude (made_of) from marts.fct_usage where usage_date >= $month and usage_date < $closed""",
    "marts.fct_attribution": """
        select rolled_id as usage_id, case when outcome_id in (from live) then outcome_id end as outcome_id, tier,
            method, max(probability) as probability, sum(tokens)::bigint as tokens,
            sum(cost_usd)::decimal(20, 10) as cost_usd
        from marts.fct_attribution join rolled using (usage_id)
        group by rolled_id, case when outcome_id in (from live) then outcome_id end, tier, method
        union all by name
        select ledger.* from marts.fct_attribution as ledger join marts.fct_usage using (usage_id)
        where usage_date >= $month and usage_date < $closed""",
    "marts.fct_outcomes": """
        select * replace (case when is_bot then person_key end as person_key) from marts.fct_outcomes
        where coalesce(shipped_at, abandoned_at) < $closed""",
    "marts.fct_signals": "from marts.fct_signals limit 0",
    # What was paid for usage whose models nobody uses any more.
    "marts.dim_price": "from marts.dim_price",
    "marts.fct_seat_days": """
        select * replace (md5(gen_random_uuid()::varchar) as seat_day_id, null as person_key) from marts.fct_seat_days
        where seat_date < $closed""",
    "marts.fct_vendor_costs": "from marts.fct_vendor_costs where usage_date < $closed",
    "marts.fct_invoice_months": "from marts.fct_invoice_months where month_start < $month",
    "marts.fct_team_usage_daily": "from marts.fct_team_usage_daily where usage_date < $closed",
    "marts.fct_team_week": "from marts.fct_team_week where week_start < $closed",
    "marts.fct_container_month": "from marts.fct_container_month where month_start < $month",
    # A verdict was said once, of the weeks up to it: none is said anew because the past is gone.
    "marts.fct_divergence": "from marts.fct_divergence",
    "marts.fct_org_week": "from marts.fct_org_week where week_start < $closed",
    "marts.audit_restatements": "from marts.audit_restatements where week_start < $closed",
    "marts.audit_reconciliation": "from marts.audit_reconciliation where usage_date < $closed",
    "publication.fct_team_usage_daily": "from publication.fct_team_usage_daily where usage_date < $closed",
    "publication.fct_team_week": "from publication.fct_team_week where week_start < $closed",
    "publication.fct_container_month": "from publication.fct_container_month where month_start < $month",
    "publication.fct_divergence": "from publication.fct_divergence where week_start < $closed",
    "publication.fct_org_week": "from publication.fct_org_week where week_start < $closed",
    "publication.audit_restatements": "from publication.audit_restatements where week_start < $closed",
    "publication.dim_team": "from publication.dim_team where team_id not in (select team_id from marts.dim_team)",
    "intermediate.int_surviving_work": "from intermediate.int_surviving_work where shipped_on < $closed",
    "intermediate.int_judged_days": "from intermediate.int_judged_days where judged_on < $closed",
    # Of work that is not settled yet: how long it took will be asked when it ships.
    "intermediate.int_bearer_starts": """
        from intermediate.int_bearer_starts where first_used_at < $closed
            and outcome_id not in (select outcome_id from marts.fct_outcomes
                where coalesce(shipped_at, abandoned_at) < $closed)""",
}

# What says of closed days who it was, beside raw rows and marts.
_FORGOTTEN = (
    # What was used is older than what tells of it: also what no longer has a key, because its file is gone.
    "delete from told.requests where told_at < $closed",
    "delete from told.request_ids where told_at < $closed",
    # By their digest, whichever way they are kept.
    "delete from told.requests where md5_number(request_key) in"
    " (select request_digest from intermediate.int_usage_keys where usage_date < $closed)",
    # What only a report told of is known by its person, day, tool and model as well (int_requests_to_tell).
    "delete from told.requests where request_key in"
    " (select person_key || ':' || md5(concat(usage_date, '|', coalesce(tool, '<null>'), '|',"
    " coalesce(model_key, '<null>'))) from intermediate.int_circumstances_placed"
    " where is_aggregate and usage_date < $closed)",
    "delete from told.request_ids where request_digest in"
    " (select request_digest from intermediate.int_usage_keys where usage_date < $closed)",
    "delete from told.usage where week_start < $closed",
    "delete from told.outcomes where week_start < $closed",
    "delete from told.containers where month_start < $month",
    "delete from audit.first_published_usage where week_start < $closed",
    "delete from audit.first_published_outcomes where week_start < $closed",
    "update audit.checks set example = null, detail = null where checked_at < $closed",
)


@dataclass(frozen=True)
class Retained:
    """Days before `closed_before` are rolled up; `rows` of usage by person became `rolled` by team."""

    closed_before: date
    rows: int = 0
    rolled: int = 0

    def told(self) -> str:
        """What was done, for whoever asked for it."""
        if not self.rows:
            return f"days before {self.closed_before} were rolled up before; nothing else is old enough"
        return (
            f"days before {self.closed_before} are rolled up: {self.rows:,} rows of usage by person became"
            f" {self.rolled:,} by team. Run: tokenworth publish"
        )


def horizon(today: date, days: int) -> tuple[date, date]:
    """The first month, and the first week in it, of which everything is younger than `days`: the last ones to close
    before `today`. Months and weeks close together, so that no period is half rolled up."""
    latest = today - timedelta(days=days)
    month = latest.replace(day=1)
    if (closed := _first_monday(month)) > latest:
        month = (month - timedelta(days=1)).replace(day=1)
        closed = _first_monday(month)
    return month, closed


def retain(settings: Settings, *, today: date, progress: Progress = lambda done, to_do, what: None) -> Retained | None:
    """Rolls up what is older than `retain_days`, and builds; None where that is switched off.

    Raises as `build` does, and UsageError where nothing was loaded. Publish afterwards.
    """
    if not settings.retain_days:
        return None
    if not settings.database.exists():
        raise UsageError(f"there is no warehouse in {settings.warehouse}", todo="Run: tokenworth load")
    month, closed = horizon(today, settings.retain_days)
    with sole_writer(settings, "retain"):
        with open_warehouse(settings) as connection:
            before, built = ClosedDays(connection).before, _is_built(connection)
        done = Retained(before or closed)
        if before is None or before < closed:
            build_held(settings, progress=progress)  # what was loaded last belongs to the totals
            # The copy for analysts, and examples of checks, say who it was.
            with nothing_left(settings), open_warehouse(settings) as connection:
                if settings.min_group > 1:
                    keep_told(connection)
                saved = forget_kept(settings)
                done = _roll_up(connection, month, closed)
                keep(connection, settings, saved=saved)
        elif built:
            return done
        # Also after a run that was killed when all was rolled up, and nothing built yet.
        build_held(settings, progress=progress)
    return done


def _is_built(connection: duckdb.DuckDBPyConnection) -> bool:
    query = "select table_name from information_schema.tables where table_schema = 'publication' limit 1"
    return bool(connection.execute(query).fetchall())


def _roll_up(connection: duckdb.DuckDBPyConnection, month: date, closed: date) -> Retained:
    def dated(sql: str) -> str:
        return sql.replace("$month", f"date '{month}'").replace("$closed", f"date '{closed}'")

    connection.begin()
    connection.execute(
        dated(f"""
        create or replace temp table rolled as
        select usage_id, md5(to_json([{_ROLLED_KEY}])::varchar) as rolled_id
        from marts.fct_usage where usage_date < $month
    """)
    )
    # Work that is not settled, and what its value stands on: its costs are still asked for.
    connection.execute(
        dated("""
        create or replace temp table live as
        with unsettled as (
            select outcome_id from marts.fct_outcomes
            where coalesce(shipped_at, abandoned_at) >= $month or coalesce(shipped_at, abandoned_at) is null
        )
        from unsettled
        union select outcome_id from intermediate.int_value_bearers where bearer_id in (from unsettled)
    """)
    )
    for table, query in _KEPT.items():
        connection.execute(dated(f"create or replace table retained.{table.replace('.', '__')} as {query}"))
    ((rows,),) = connection.execute("select count(*) from rolled").fetchall()
    ((rolled,),) = connection.execute("select count(distinct rolled_id) from rolled").fetchall()
    for statement in _FORGOTTEN:
        connection.execute(dated(statement))
    connection.execute(dated("insert into retained.horizons values (now()::timestamp, $closed, $month)"))
    delete_usage(connection, closed)
    ClosedDays(connection).hide_authors()
    forget_what_is_known(connection)
    drop_built(connection)
    connection.commit()
    return Retained(closed, rows, rolled)


def _first_monday(month: date) -> date:
    return month + timedelta(days=-month.weekday() % 7)
