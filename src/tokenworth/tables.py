"""The tables of the warehouse that no model makes: what was loaded, checked, found and told, and prices."""

from __future__ import annotations

TABLES = """
create schema if not exists raw;
create schema if not exists audit;
create schema if not exists told;
create schema if not exists retained;
create table if not exists audit.warehouse (
    layout integer not null, created_at timestamp not null, logins_known bigint not null
);
create sequence if not exists audit.load_ids;
-- One row each time (a part of) a file was read. Rows of raw tables carry its load_id, and are
-- current while superseded_at is null.
create table if not exists audit.loads (
    load_id integer primary key, source varchar not null, file_key varchar not null,
    part varchar not null, status varchar not null, message varchar,
    size_bytes bigint not null, modified_ns bigint not null, digest varchar not null,
    ends_with_newline boolean not null, reader varchar not null,
    lines bigint not null, loaded bigint not null, duplicates bigint not null,
    ignored bigint not null, quarantined bigint not null, unread_columns varchar[],
    extracted_at timestamp not null, first_seen_at timestamp not null, superseded_at timestamp
);
-- When the rows of a replaced version were removed; what was known before cannot be rebuilt then.
alter table audit.loads add column if not exists forgotten_at timestamp;
-- What a damaged warehouse knew of files that are there to be read again; `rebuild` leaves it here for the loader.
create table if not exists audit.former_loads as from audit.loads limit 0;
create table if not exists raw.quarantine (
    load_id integer not null, line bigint, reason varchar not null, excerpt varchar
);
-- Branches, folders, files and repositories by key, with logins replaced.
create table if not exists raw.names (name_key varchar primary key, kind varchar not null, name varchar not null);
create table if not exists audit.unrecognised_files (file_key varchar not null, reason varchar not null);
create table if not exists audit.checks (
    run_id varchar not null, checked_at timestamp not null, suite varchar not null, rule varchar not null,
    sentence varchar not null, severity varchar not null, subject varchar not null, outcome varchar not null,
    observed bigint, rows_checked bigint, example varchar, detail varchar
);
-- What rules of divergence found of a team or the organisation; it holds while ended_at is null.
create table if not exists audit.findings (
    rule varchar not null, about varchar not null, finding varchar not null, found_at timestamp not null,
    ended_at timestamp, told_at timestamp
);
-- What publications have told of, by the people behind it and under which names. It is never told otherwise
-- again: who compares two publications would else find out what a few people did.
create table if not exists told.usage (
    usage_id varchar not null, piece bigint not null, batch integer not null, week_start date not null,
    usage_date date not null, person_key varchar, team_id varchar, headcount bigint,
    published_team_id varchar not null, team_part varchar not null, day_group varchar, day_is_told boolean not null,
    published_tool varchar, published_provider varchar, published_model varchar, repository varchar,
    project varchar, tier varchar, is_priced boolean not null, is_unpriced boolean not null,
    tiers_are_told boolean not null, unpriced_is_told boolean not null, counters_are_told boolean not null,
    requests bigint, total_tokens bigint, unpriced_tokens bigint, input_uncached_tokens bigint,
    cache_read_tokens bigint, cache_write_tokens bigint, output_tokens bigint, piece_tokens bigint,
    piece_cost_usd decimal(20, 10), told_at timestamp not null, primary key (usage_id, piece)
);
-- Without a primary key: to keep its index up to date takes longer than all else that publishing does.
create table if not exists told.requests (request_key varchar not null, told_at timestamp not null);
-- Of what an export named, which gives way with nobody's key, a digest: half of the time to keep it.
create table if not exists told.request_ids (request_digest uhugeint not null, told_at timestamp not null);
create table if not exists told.outcomes (
    outcome_id varchar not null, version integer not null, batch integer not null, week_start date not null,
    month_start date not null, person_key varchar, published_team_id varchar not null, container varchar,
    container_type varchar, is_shipped boolean not null, is_abandoned boolean not null, is_counted boolean not null,
    fate varchar, fates_are_told boolean not null, value_is_told boolean not null, cost_is_told boolean not null,
    abandoned_is_told boolean not null, undone_cost_is_told boolean not null, value_units decimal(20, 4),
    cost_usd decimal(20, 10), told_at timestamp not null, primary key (outcome_id, version)
);
alter table told.outcomes add column if not exists lead_time_hours double;
alter table told.outcomes add column if not exists lead_time_is_told boolean;
create table if not exists told.containers (
    kind varchar not null, container_type varchar not null, container varchar not null, month_start date not null,
    person_key varchar, cell_id varchar not null, piece bigint not null, total_tokens bigint, cost_usd decimal(20, 10),
    is_counted boolean, value_is_told boolean, value_units decimal(20, 4), told_at timestamp not null,
    primary key (kind, container_type, cell_id, piece)
);
alter table told.containers add column if not exists tier varchar;
alter table told.containers add column if not exists tiers_are_told boolean;
alter table told.containers add column if not exists cost_is_told boolean;
alter table told.containers add column if not exists lead_time_is_told boolean;
alter table told.containers add column if not exists lead_time_hours double;
create table if not exists told.org_weeks (
    week_start date primary key, leaderboard_overlap double, told_at timestamp not null
);
-- How many rows a table of these has, and the sum of their hashes; where no row says so, nobody counted.
create table if not exists audit.told_sums (name varchar primary key, rows bigint not null, hashes hugeint not null);
-- The last load up to which a rule on what came in found nothing wrong, and how it looked.
create table if not exists audit.checked_up_to (
    rule varchar primary key, way varchar not null, load_id integer not null
);
-- Of days before closed_before only what teams did is kept, in tables of this schema named after the marts, and of
-- months before month_before. What is loaded of them later does not count any more.
create table if not exists retained.horizons (
    retained_at timestamp not null, closed_before date not null, month_before date not null
);
-- Models as exports name them, and what each cost on which day.
create table if not exists raw.models (
    said_provider varchar not null, said_model varchar not null, provider varchar not null, model varchar not null,
    price_model varchar
);
create table if not exists raw.prices (
    provider varchar not null, price_model varchar not null, terms varchar not null,
    valid_from date not null, valid_to date not null, input_above bigint not null,
    input_usd_per_mtok decimal(20, 10), cache_read_usd_per_mtok decimal(20, 10),
    cache_write_5m_usd_per_mtok decimal(20, 10), cache_write_1h_usd_per_mtok decimal(20, 10),
    output_usd_per_mtok decimal(20, 10), web_search_usd_per_k decimal(20, 10)
);
-- Since when the catalogue says so; NULL: since the model was first met. What it said before is kept
-- beside, because it is what was published then.
alter table raw.models add column if not exists known_from timestamp;
alter table raw.prices add column if not exists known_from timestamp;
-- Whether the catalogue says so or the company itself; NULL in what was written before it could.
alter table raw.prices add column if not exists origin varchar;
create table if not exists audit.former_models as select *, null::timestamp as known_until from raw.models limit 0;
create table if not exists audit.former_prices as select *, null::timestamp as known_until from raw.prices limit 0;
alter table audit.former_prices add column if not exists origin varchar;
"""

# Until layout 2 all requests that were told were known by texts. Those stay that begin with somebody's key.
TOLD_BY_DIGEST = """
insert into told.request_ids by name
select md5_number(request_key) as request_digest, told_at from told.requests
where substr(request_key, 33, 1) <> ':'
    and md5_number(request_key) not in (select request_digest from told.request_ids);
delete from told.requests where substr(request_key, 33, 1) <> ':';
delete from audit.told_sums where name in ('told.requests', 'told.request_ids');
"""
