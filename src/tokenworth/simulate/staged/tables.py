"""Writes a staged organisation into a warehouse, under the names that the models behind signals and verdicts read.

What dbt would build from exports stands there ready; what is built on it (value, ledger, marts) is dbt's.
"""

from __future__ import annotations

import duckdb
import numpy as np
import pandas as pd

from tokenworth.simulate.staged.columns import moments, people_keys, table, team_ids
from tokenworth.simulate.staged.drawn import Drawn, vendor_days
from tokenworth.simulate.staged.outcome_tables import write_changes, write_outcomes
from tokenworth.simulate.staged.people import Organisation
from tokenworth.simulate.staged.prices import MODELS, price_table

_METHODS = ("branch_at_commit", "first_commit", "entire_checkpoint", "branch_until_merge")


def write_tables(connection: duckdb.DuckDBPyConnection, drawn: Drawn, rng: np.random.Generator) -> None:
    org, sessions, work = drawn.org, drawn.sessions, drawn.work
    for schema in ("intermediate", "staging", "marts", "truth"):
        connection.execute(f"create schema if not exists {schema}")
    _people(connection, org)
    _usage(connection, org, sessions, drawn.requests, rng)
    _vendor(connection, org, vendor_days(drawn, rng))
    write_outcomes(connection, org, work)
    write_changes(connection, org, work)


def _people(connection: duckdb.DuckDBPyConnection, org: Organisation) -> None:
    spans = org.memberships()
    spans["person_key"], spans["team_id"] = people_keys(spans["person"]), team_ids(spans["team"])
    table(
        connection,
        "intermediate.int_memberships",
        f"""
        select person_key, team_id, date '{org.first_day}' - (from_day = 0)::int * 400 + from_day::int as valid_from,
            case when to_day = {org.days} then date '9999-12-31'
                else date '{org.first_day}' + to_day::int end as valid_to
        from spans
        """,
        spans=spans,
    )
    connection.execute(
        f"""
        create or replace table intermediate.int_teams as
        select printf('team-%02d', i) as team_id, printf('Team %02d', i) as team_name,
            cast(null as varchar) as parent_team_id, false as is_in_circle
        from range({org.teams}) as numbers(i);
        create or replace table intermediate.int_repositories as
        select 'r' || i as repository_key, 'r' || i as known_as_key, 'github.com/acme/r' || i as repository,
            'github.com/acme/r' || i as written_as
        from range({org.teams + 1}) as numbers(i);
        create or replace table staging.stg_names (name_key varchar, kind varchar, name varchar);
        create or replace table intermediate.int_default_branches (repository_key varchar, branch_key varchar);
        """
    )


def _usage(
    connection: duckdb.DuckDBPyConnection,
    org: Organisation,
    sessions: pd.DataFrame,
    requests: pd.DataFrame,
    rng: np.random.Generator,
) -> None:
    about = sessions[["tool", "job"]].copy()
    about["session"] = np.arange(len(sessions))
    about["person_key"] = people_keys(sessions["person"])
    about["team_id"] = team_ids(org.team[sessions["person"], sessions["day"]])
    home = org.team[sessions["person"], sessions["day"]]
    on_work = sessions["job"] != -1
    about["repository_key"] = np.where(on_work, "r" + pd.Series(org.repository[np.maximum(home, 0)]).astype(str), None)
    about["branch_key"] = np.where(on_work, "b" + sessions["job"].astype(str), None)
    # What is known of a session leads to its change more often than not.
    about["is_linked"] = (sessions["job"] >= 0) & (rng.random(len(sessions)) < 0.85)
    about["method"] = rng.choice(_METHODS, len(sessions), p=[0.4, 0.3, 0.2, 0.1])
    seen = requests[requests["is_seen"]].copy()
    seen["occurred_at"] = moments(org, seen["at"]).to_numpy()
    models = pd.DataFrame([(i, m.provider, m.name) for i, m in enumerate(MODELS)], columns=["id", "provider", "model"])
    columns = "usage_date, person_key, team_id, tool, provider, model, repository_key, branch_key, session"
    table(
        connection,
        "intermediate.int_usage_placed",
        f"""
        with requests as (
            select row_number() over () as request_number, cast(occurred_at as date) as usage_date,
                input_uncached + cache_read + cache_write + output as total_tokens, seen.*, about.* exclude (session),
                models.provider, models.model as model_name
            from seen
            inner join about on seen.session = about.session
            inner join models on seen.model = models.id
        )
        select request_number, md5(concat_ws('|', {columns.replace(', model,', ', model_name,')})) as usage_id,
            usage_date, person_key, team_id,
            case tool when 'api' then 'litellm' when 'copilot' then 'otel' else tool end as source, tool, provider,
            model_name as model, repository_key, branch_key, 's' || session as session_id,
            cast(occurred_at as timestamp) as occurred_at, false as is_aggregate, 1 as requests,
            model_name as model_key, cast(null as bigint) as price_number,
            cast(input_uncached as bigint) as input_uncached_tokens, cast(cache_read as bigint) as cache_read_tokens,
            cast(cache_write as bigint) as cache_write_tokens, cast(output as bigint) as output_tokens,
            cast(total_tokens as bigint) as total_tokens, cast(0 as bigint) as unpriced_tokens,
            cast(round(cost_usd * 1e10) as bigint) as cost_units, cast(null as decimal(20, 10)) as vendor_cost_usd,
            cast(null as varchar) as vendor_cost_basis, 'final' as output_quality, cast(null as varchar) as tag_issue,
            cast(null as bigint) as tag_pull_request, cast(null as varchar) as tag_commit
        from requests
        """,
        seen=seen, about=about, models=models,
    )  # fmt: skip
    table(
        connection,
        "intermediate.int_request_links",
        """
        select placed.request_number, 'c' || about.job as outcome_id, about.method, cast(1 as bigint) as place,
            cast(1 as bigint) as places
        from intermediate.int_usage_placed as placed
        inner join about on placed.session_id = 's' || about.session
        where about.is_linked
        """,
        about=about,
    )
    _halves(connection)
    table(
        connection,
        "raw.prices",
        "select * replace (cast(valid_from as date) as valid_from, cast(valid_to as date) as valid_to),"
        " cast(null as varchar) as origin from prices",
        prices=price_table(pd.Timestamp(org.first_day), org.days),
    )
    connection.execute(
        """
        create or replace table intermediate.int_method_reliability as
        select method, probability as default_probability, 0 as judged, cast(0 as bigint) as hits,
            cast(probability as decimal(5, 4)) as probability
        from (values ('branch_at_commit', 0.96), ('first_commit', 0.93), ('entire_checkpoint', 0.99),
            ('branch_until_merge', 0.88), ('none', null)) as methods(method, probability)
        """
    )


def _halves(connection: duckdb.DuckDBPyConnection) -> None:
    """The halves of which the warehouse puts usage together: what many requests share, and what each has for itself;
    with the marks of what they are made of."""
    connection.execute(
        """
        create or replace table intermediate.int_usage_day_marks as
        select usage_date, (hash(usage_date, sum(hash(placed)::hugeint)) >> 1)::bigint as mark, mark as placed_mark,
            mark as named_mark
        from intermediate.int_usage_placed as placed
        group by usage_date;
        create or replace table intermediate.int_circumstances_placed as
        select *, (hash(circumstances) >> 1)::bigint as mark
        from (
            select distinct (hash(usage_id) >> 1)::bigint as circumstance_id, usage_date, usage_id, person_key,
                team_id, source, tool, provider, model, model_key, repository_key, branch_key, session_id,
                is_aggregate, vendor_cost_basis, output_quality
            from intermediate.int_usage_placed
        ) as circumstances;
        create or replace table intermediate.int_usage_priced as
        select request_number, (hash(usage_id) >> 1)::bigint as circumstance_id, usage_date, occurred_at, requests,
            input_uncached_tokens, cache_read_tokens, cache_write_tokens, output_tokens, total_tokens,
            unpriced_tokens, cost_units, price_number, vendor_cost_usd, marks.mark as made_of
        from intermediate.int_usage_placed
        inner join intermediate.int_usage_day_marks as marks using (usage_date);
        create or replace table intermediate.int_link_marks as
        select circumstance_id, usage_date,
            (hash(circumstance_id, any_value(made_of), sum(hash(links)::hugeint)) >> 1)::bigint as mark
        from intermediate.int_usage_priced
        inner join intermediate.int_request_links as links using (request_number)
        group by circumstance_id, usage_date;
        create or replace table intermediate.int_request_links as
        select links.*, marks.mark as made_of
        from intermediate.int_request_links as links
        inner join intermediate.int_usage_priced using (request_number)
        inner join intermediate.int_link_marks as marks using (circumstance_id, usage_date)
        """
    )


def _vendor(connection: duckdb.DuckDBPyConnection, org: Organisation, reported: pd.DataFrame) -> None:
    """What the vendor reports of Claude Code by person and day."""
    reported["tokens"] = reported[["input_uncached", "cache_read", "cache_write", "output"]].sum(axis=1)
    days = reported.groupby(["person", "day"], as_index=False)[["tokens", "cost_usd"]].sum()
    days["person_key"] = people_keys(days["person"]).to_numpy()
    table(
        connection,
        "intermediate.int_vendor_days",
        f"""
        select person_key, date '{org.first_day}' + day::int as usage_date, 'claude_code' as tool,
            cast(tokens as bigint) as vendor_tokens, cast(cost_usd as decimal(20, 10)) as vendor_cost_usd
        from days
        """,
        days=days,
    )
