"""Small warehouses in which every check passes, for tests to break."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import duckdb

from tests.zone import Zone
from tokenworth.settings import Settings
from tokenworth.warehouse import open_warehouse

Files = Mapping[str, str | bytes | None]  # None: the file is not there

MEMBERS = "person_id,display_name,email,team_id,valid_from,valid_to\n" + "".join(
    f"{p},{p.title()} Byron,{p}@acme.example,core,2024-01-01,\n" for p in "ada ben cyd dee eve fay".split()
)
ACCOUNTS = "person_id,system,account,valid_from,valid_to\nada,litellm,dev-ada,,\nben,litellm,dev-ben,,\n"
TEAMS = "team_id,team_name,parent_team_id\ncore,Core,all\nall,All,\n"
# When the exports were made.
_EXPORTED = 1_741_000_000  # 2025-03-03 11:06:40


def requests(count: int, *, user: str = "dev-ada", at: str = "2025-03-03T10:00:00Z", first: int = 0) -> str:
    """Lines of a gateway's spend log."""
    said = {"startTime": at, "model": "claude-sonnet-4-5", "user": user, "prompt_tokens": 100, "completion_tokens": 10}
    return "".join(json.dumps({"request_id": f"r{n}", **said}) + "\n" for n in range(first, first + count))


ZONE: Files = {
    "people/members.csv": MEMBERS,
    "people/accounts.csv": ACCOUNTS,
    "people/teams.csv": TEAMS,
    "litellm/spend.jsonl": requests(200),
}


def loaded(folder: Path, changes: Files) -> Settings:
    """A warehouse that was loaded from the zone above with `changes`."""
    zone = Zone(folder)
    for name, content in {**ZONE, **changes}.items():
        if content is not None:
            zone.put(name, content, at=_EXPORTED)
    zone.load()
    return zone.settings


# What the models build of two teams of six people, in a day, a week and a month of theirs.
_COUNTERS = "requests bigint, total_tokens bigint, unpriced_tokens bigint, cost_usd decimal(20, 10)"
_COSTS = ", ".join(
    f"cost_{tier}_usd decimal(20, 10)" for tier in "exact strong probable allocated unattributed".split()
)
_WEEK = f"""team_id varchar, week_start date, people_active bigint, {_COUNTERS}, {_COSTS}, outcomes_shipped bigint,
    outcomes_survived bigint, outcomes_undone bigint, outcomes_pending bigint, value_units decimal(20, 4)"""
_MONTH = """container varchar, container_type varchar, month_start date, people bigint, total_tokens bigint,
    cost_usd decimal(20, 10), outcomes_shipped bigint, value_units decimal(20, 4)"""
_TOTALS = "unit varchar, ours decimal(38, 10), theirs decimal(38, 10), difference decimal(38, 10)"

_TABLES = f"""
create schema marts;
create schema publication;
create table marts.fct_usage (
    usage_id varchar, usage_date date, person_key varchar, output_quality varchar, {_COUNTERS});
create table marts.fct_attribution (
    usage_id varchar, outcome_id varchar, tier varchar, tokens bigint, cost_usd decimal(20, 10));
create table marts.fct_team_week ({_WEEK});
create table marts.fct_container_month ({_MONTH});
create table marts.audit_reconciliation (reconciliation varchar, source varchar, {_TOTALS});
create table marts.dim_date (date_day date);
create schema intermediate;
create table intermediate.int_usage_by_person_week as
    select * exclude (publication) from audit.first_published_usage;
create table intermediate.int_outcomes_of_weeks as
    select * exclude (publication) from audit.first_published_outcomes;
create table publication.dim_team (team_id varchar, team_name varchar, parent_team_id varchar);
create table publication.dim_date (date_day date, week_start date, month_start date);
create table publication.fct_team_usage_daily (
    usage_date date, team_id varchar, tool varchar, provider varchar, model varchar, people bigint, {_COUNTERS});
create table publication.fct_team_week ({_WEEK}, people_shipping bigint);
create table publication.fct_container_month ({_MONTH}, people_shipping bigint);
create table publication.fct_divergence (team_id varchar, week_start date, verdict varchar, reason varchar,
    excess_cost_usd decimal(20, 10), signals varchar[], benign_explanations varchar[]);
create table publication.fct_org_week (week_start date, cost_usd decimal(20, 10), rank_correlation double,
    rank_correlation_low double, rank_correlation_high double, leaderboard_overlap double,
    cost_unattributed_usd decimal(20, 10), cost_undone_usd decimal(20, 10));
create table marts.fct_signals (person_key varchar, team_id varchar, week_start date, signal varchar, score double);
create table publication.audit_loads (source varchar, status varchar, files bigint);
create table publication.audit_quarantine (source varchar, reason varchar, lines bigint);
create table publication.audit_reconciliation (reconciliation varchar, {_TOTALS});
create table publication.audit_restatements (team_id varchar, week_start date, figure varchar);
create view publication.audit_checks as select suite, rule, outcome from audit.checks
    qualify rank() over (partition by suite order by checked_at desc) = 1;
"""
_ROWS = """
insert into audit.loads by name select 1 as load_id, 'people' as source, 'file' as file_key, 'whole' as part,
    'loaded' as status, 1 as size_bytes, 1 as modified_ns, '' as digest, true as ends_with_newline, '' as reader,
    12 as lines, 12 as loaded, 0 as duplicates, 0 as ignored, 0 as quarantined,
    date '2025-03-09' as extracted_at, date '2025-03-09' as first_seen_at;
insert into raw.people_members by name
    select 1 as load_id, 'p' || n as person_key, 'core' as team_id from range(12) as people(n);
insert into marts.fct_usage
    select 'u' || n, date '2025-03-03', 'p' || n, 'final', 10, 1000, 0, 1.5 from range(12) as u(n);
insert into marts.fct_attribution
    select 'u' || n, 'outcome', 'exact', 400, 0.5 from range(12) as u(n)
    union all select 'u' || n, case when n < 6 then 'another' end, case when n < 6 then 'exact' else 'unattributed' end,
        600, 1 from range(12) as u(n);
insert into marts.fct_team_week select team, date '2025-03-03', 6, 60, 6000, 0, 9, 1, 2, 3, 0, 3, 4, 2, 1, 1, 3
    from (values ('core'), ('apps')) as teams(team);
insert into publication.fct_team_week select *, 6 from marts.fct_team_week;
insert into marts.fct_container_month values
    ('host/acme/shop', 'repository', date '2025-03-01', 12, 12000, 18, 8, 6),
    ('SHOP', 'project', date '2025-03-01', 0, 0, 0, 6, 6);
insert into publication.fct_container_month select *, 12 from marts.fct_container_month;
insert into marts.audit_reconciliation values
    ('requests against usage', null, 'tokens', 12000, 12000, 0), ('requests against usage', null, 'dollars', 18, 18, 0),
    ('list price against the bill', 'litellm', 'dollars', 18, 17, 1);
insert into publication.audit_reconciliation
    select * exclude (source) from marts.audit_reconciliation where source is null;
insert into publication.dim_team values ('core', 'Core', null), ('apps', 'Apps', null);
insert into publication.dim_date values (date '2025-03-03', date '2025-03-03', date '2025-03-01');
insert into publication.fct_team_usage_daily
    select date '2025-03-03', team, 'gateway', 'anthropic', 'sonnet', 6, 60, 6000, 0, 9
    from (values ('core'), ('apps')) as teams(team);
insert into publication.fct_divergence
    select team, date '2025-03-03' - 7 * w::integer, 'consistent', 'As before.', 1, [], []
    from range(12) as weeks(w), (values ('core'), ('apps')) as teams(team);
insert into publication.fct_org_week
    select date '2025-03-03' - 7 * w::integer, 100, 0.6, 0.5, 0.7, 0.4, 30, 10 from range(12) as weeks(w);
insert into marts.fct_signals
    select 'p' || n, 'core', date '2025-03-03', signal, 0.9
    from range(4) as people(n), (values ('log_mismatch'), ('threshold_bunching')) as signals(signal);
insert into publication.audit_loads values ('litellm', 'loaded', 1);
"""


def built(folder: Path, *, rows: bool = True) -> Settings:
    """A warehouse as it is after a build, with its figures or without any."""
    settings = Zone(folder).settings
    settings.warehouse.mkdir(exist_ok=True)
    with open_warehouse(settings) as connection:
        connection.execute(_TABLES)
        if rows:
            connection.execute(_ROWS)
    return settings


def change(settings: Settings, sql: str) -> None:
    with duckdb.connect(settings.database) as connection:
        connection.execute(sql)
