"""The publication models, compiled by dbt once and run in memory over one world after another."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb

from tests.compiled import sql
from tests.properties.worlds import World, cost_of
from tokenworth.publish import keep_told
from tokenworth.remembered import TABLES as REMEMBERED
from tokenworth.remembered import forget_built, note_containers_asked
from tokenworth.tables import TABLES

# Each after those that it reads.
MODELS = (
    "int_usage_untold int_usage_teams_to_tell int_usage_days_to_tell int_usage_day_nodes int_usage_to_tell"
    " int_requests_to_tell int_request_ids_to_tell int_usage_told int_outcomes_now int_outcomes_new_to_tell"
    " int_outcomes_settled int_outcomes_to_tell"
    " int_outcomes_told int_team_week_lead_times int_container_marks int_container_cells int_container_usage_placed"
    " int_container_months_with_tiers int_container_usage_to_tell int_container_outcomes int_container_outcomes_placed"
    " int_container_months_with_costs int_container_outcomes_to_tell int_containers_to_tell int_containers_told"
    " int_team_week_spending int_team_week_shipping int_org_weeks_to_tell published_fct_team_usage_daily"
    " published_fct_team_week published_fct_container_month"
).split()
COUNTERS = ("input_uncached_tokens", "cache_read_tokens", "cache_write_tokens", "output_tokens")
TIERS = ("exact", "strong", "probable", "allocated", "unattributed")
_TABLES = f"""
create schema marts; create schema intermediate; create schema publication;
create table marts.fct_usage (usage_id varchar, usage_date date, person_key varchar, team_id varchar, tool varchar,
    provider varchar, model varchar, repository varchar, requests bigint,
    {", ".join(f"{c} bigint" for c in COUNTERS)}, total_tokens bigint, unpriced_tokens bigint,
    cost_usd decimal(20, 10), is_aggregate boolean);
create table marts.fct_attribution (usage_id varchar, outcome_id varchar, tier varchar, method varchar, tokens bigint,
    cost_usd decimal(20, 10));
create table marts.fct_outcomes (outcome_id varchar, outcome_type varchar, container varchar,
    container_type varchar,
    person_key varchar, team_id varchar, is_bot boolean, shipped_at timestamp, abandoned_at timestamp, state varchar,
    survival varchar, carries_value boolean, value_units decimal(12, 4));
create table marts.dim_team (team_id varchar, team_name varchar, parent_team_id varchar);
create table marts.fct_team_week (team_id varchar, week_start date, headcount bigint, requests bigint,
    outcomes_shipped bigint, outcomes_abandoned bigint);
create table marts.fct_container_month (container varchar, container_type varchar, month_start date, people bigint,
    total_tokens bigint, outcomes_shipped bigint, outcomes_abandoned bigint, value_units decimal(20, 4));
create table intermediate.int_usage_keys (usage_id varchar, request_digest uhugeint, owned_key varchar,
    person_key varchar, usage_date date, tool varchar, model_key varchar, is_aggregate boolean);
create view intermediate.int_circumstances_placed as
    select * exclude (request_digest, owned_key) from intermediate.int_usage_keys;
create table intermediate.int_outcome_projects (outcome_id varchar, project varchar);
create table intermediate.int_leaderboard_overlap (week_start date, leaderboard_overlap double);
create table intermediate.int_outcomes_of_weeks (outcome_id varchar, lead_time_hours double);
create table intermediate.int_bearer_costs (outcome_id varchar, cost_usd decimal(20, 10));
"""


class Models(dict[str, str]):
    """The publication models as dbt writes them for the engine, by name."""

    def __repr__(self) -> str:
        return "Models()"


def compiled(folder: Path, min_group: int) -> Models:
    return Models(sql(folder, MODELS, min_group=min_group))


class Publisher:
    """A warehouse in memory that holds one world after another, and remembers what was told of them."""

    def __init__(self, models: Models, *, asks_again: bool = False) -> None:
        """`asks_again`: with every build also what could not be told before."""
        self.models = models
        self.asks_again = asks_again
        self.connection = duckdb.connect(config={"threads": 1})
        self.connection.execute("create schema raw; create schema audit; create schema told")
        self.connection.execute(TABLES)
        self.connection.execute(REMEMBERED)
        self.connection.execute(_TABLES)

    def build(self, world: World) -> None:
        self._fill(world)
        for model in MODELS:
            schema, name = ("publication", model[10:]) if model.startswith("published_") else ("intermediate", model)
            is_view = model.endswith("_told") or model in ("int_requests_to_tell", "int_request_ids_to_tell")
            kind = "view" if is_view else "table"
            self.connection.execute(f"create or replace {kind} {schema}.{name} as {self.models[model]}")
        forget_built(self.connection)
        if not self.asks_again:
            note_containers_asked(self.connection)

    def keep(self) -> None:
        """What was built is published: it is told from now on."""
        keep_told(self.connection)
        # Half of what was told by digests stands there as an older version of the program kept it.
        self.connection.execute(
            "create or replace temp table texts as select usage_id, told_at from told.request_ids"
            " join (select distinct usage_id, request_digest from intermediate.int_usage_keys) using (request_digest)"
            " where request_digest % 2 = 0;"
            "insert into told.requests from texts;"
            "delete from told.request_ids where request_digest in (select md5_number(usage_id) from texts)"
        )

    def ask(self, query: str) -> list[tuple[Any, ...]]:
        return self.connection.execute(query).fetchall()

    def _fill(self, world: World) -> None:
        c = self.connection
        for table in (
            "marts.fct_usage marts.fct_attribution marts.fct_outcomes marts.dim_team marts.fct_team_week audit.loads"
            " marts.fct_container_month intermediate.int_usage_keys intermediate.int_outcome_projects"
            " intermediate.int_bearer_costs intermediate.int_outcomes_of_weeks"
        ).split():
            c.execute(f"delete from {table}")
        c.execute(
            "insert into audit.loads by name select 1 as load_id, 'x' as source, 'x' as file_key, 'whole' as part,"
            " 'loaded' as status, 1 as size_bytes, 1 as modified_ns, '' as digest, true as ends_with_newline,"
            " '' as reader, 1 as lines, 1 as loaded, 0 as duplicates, 0 as ignored, 0 as quarantined,"
            " ?::timestamp as extracted_at, now()::timestamp as first_seen_at",
            [datetime.combine(world.exported, datetime.min.time())],
        )
        _insert(c, "marts.dim_team", [[team, team, parent] for team, parent in world.parents])
        _insert(c, "marts.fct_usage", [
            [u.usage_id, u.day, u.person, u.team, u.tool, "vendor", u.model, u.repository, 1, *u.counters,
             sum(u.counters), 0 if cost_of(u) is not None else sum(u.counters), cost_of(u), False]
            for u in world.uses
        ])  # fmt: skip
        _insert(
            c,
            "intermediate.int_usage_keys",
            [[u.usage_id, 0, None, u.person, u.day, u.tool, u.model, False] for u in world.uses],
        )
        # Each usage is one request; the keys of half of them begin with somebody's.
        c.execute(
            "update intermediate.int_usage_keys set request_digest = md5_number(usage_id),"
            " owned_key = case when right(md5(usage_id), 1) < '8' then usage_id end"
        )
        _insert(c, "marts.fct_attribution", [
            [u.usage_id, f"for {p.project}" if p.project else None, p.tier, str(n), p.tokens, p.cost_usd]
            for u in world.uses for n, p in enumerate(u.pieces)
        ])  # fmt: skip
        projects = {p.project for u in world.uses for p in u.pieces if p.project}
        _insert(c, "intermediate.int_outcome_projects", [[f"for {p}", p] for p in sorted(projects)])
        _insert(c, "marts.fct_outcomes", [
            [o.outcome_id, o.kind, o.container, o.container_type, o.person, o.team, False,
             o.shipped if o.survival else None, None if o.survival else o.shipped,
             "shipped" if o.survival else "abandoned", o.survival, o.carries_value,
             o.value_units if o.carries_value and o.survival else 0]
            for o in world.outcomes
        ])  # fmt: skip
        times = [[o.outcome_id, o.lead_time] for o in world.outcomes if o.carries_value]
        _insert(c, "intermediate.int_outcomes_of_weeks", times)
        _insert(c, "intermediate.int_bearer_costs", [
            [o.outcome_id, o.cost_usd] for o in world.outcomes if o.carries_value and o.cost_usd is not None
        ])  # fmt: skip
        c.execute(
            "insert into marts.fct_team_week select team_id, date_trunc('week', usage_date), 9, sum(requests), 0, 0"
            " from marts.fct_usage group by all"
        )


def _insert(connection: duckdb.DuckDBPyConnection, table: str, rows: Sequence[Sequence[Any]]) -> None:
    if rows:
        marks = ", ".join("(" + ", ".join("?" * len(row)) + ")" for row in rows)
        connection.execute(f"insert into {table} values {marks}", [cell for row in rows for cell in row])
