"""A small world of usage, and what the ledger makes of it.

The models' SQL is compiled by dbt once and run in memory, from the statements of all exports down to the ledger.
"""

from __future__ import annotations

import hashlib
import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb

from tests.compiled import sql, table_of
from tokenworth.build import project_dir

MONDAY = datetime(2026, 2, 2, 9)

# Each after those that it reads.
MODELS = (
    "int_usage_statements int_requests_told_again int_usage_requests int_request_day_marks int_circumstance_days"
    " int_usage_circumstances"
    " int_placing_day_marks int_circumstances_placed int_usage_day_marks int_usage_priced int_usage_placed"
    " int_usage_summed fct_usage"
    " int_signal_session_marks int_signal_sessions int_signal_hours int_session_circumstances int_session_marks"
    " int_request_stretches int_session_requests int_session_stretches int_changes_on_branches int_noted_pull_requests"
    " int_links_by_tag int_links_by_issue_key int_link_marks int_requests_to_link int_links_by_moment"
    " int_links_by_branch int_links_by_noted_pull_request int_request_links int_divided_usage fct_attribution"
).split()
_TABLES = {
    "audit.loads": "load_id integer, extracted_at timestamp, superseded_at timestamp",
    "raw.models": "said_provider varchar, said_model varchar, provider varchar, model varchar, price_model varchar",
    "raw.prices": """provider varchar, price_model varchar, terms varchar, valid_from date, valid_to date,
        input_above bigint, input_usd_per_mtok decimal(20, 10), cache_read_usd_per_mtok decimal(20, 10),
        cache_write_5m_usd_per_mtok decimal(20, 10), cache_write_1h_usd_per_mtok decimal(20, 10),
        output_usd_per_mtok decimal(20, 10), web_search_usd_per_k decimal(20, 10), origin varchar""",
    "staging.stg_names": "kind varchar, name_key varchar, name varchar",
    "intermediate.int_usage_evidence": """load_id integer, source varchar, said_tool varchar, response_id varchar,
        request_id varchar, record_id varchar, session_id varchar, account_system varchar, account_key varchar,
        branch_key varchar, folder_key varchar, repository_key varchar, said_provider varchar, said_model varchar,
        terms varchar, input_uncached_tokens bigint, cache_read_tokens bigint, cache_write_5m_tokens bigint,
        cache_write_1h_tokens bigint, cache_writes_are_split boolean, output_tokens bigint, web_searches bigint,
        vendor_cost_usd decimal(20, 10), vendor_cost_basis varchar, record_rank integer, output_quality varchar,
        tag_issue varchar, tag_pull_request bigint, tag_commit varchar, occurred_at timestamp, total_tokens bigint,
        source_rank integer""",
    "intermediate.int_usage_matched": """request_id varchar, response_id varchar, is_matched boolean,
        since_load_id integer""",
    "intermediate.int_vendor_counted": """request_key varchar, request_number bigint, source varchar,
        report varchar, said_tool varchar, account_system varchar, account_key varchar, provider varchar,
        model varchar, price_model varchar, terms varchar, is_long_context boolean, requests bigint,
        input_uncached_tokens bigint, cache_read_tokens bigint, cache_write_5m_tokens bigint,
        cache_write_1h_tokens bigint, cache_writes_are_split boolean, output_tokens bigint, total_tokens bigint,
        vendor_cost_usd decimal(20, 10), vendor_cost_basis varchar, usage_date date, occurred_at timestamp""",
    "intermediate.int_account_days": """system varchar, account_key varchar, day date, person_key varchar,
        team_id varchar""",
    "intermediate.int_repositories": "repository_key varchar, known_as_key varchar, repository varchar",
    "intermediate.int_folders": "folder_key varchar, repository_key varchar",
    "intermediate.int_learned_people": "person_key varchar, author_person_key varchar",
    "intermediate.int_pull_requests": """outcome_id varchar, repository_key varchar, pull_request bigint,
        created_at timestamp, merged_at timestamp, closed_at timestamp""",
    "intermediate.int_change_commits": "outcome_id varchar, sha varchar",
    "intermediate.int_issue_targets": "issue_key varchar, repository_key varchar, issue bigint, outcome_id varchar",
    "intermediate.int_branch_issue_keys": "branch_key varchar, issue_key varchar",
    "intermediate.int_session_moments": "session_id varchar, happened_at timestamp, outcome_id varchar, method varchar",
    "intermediate.int_change_branches": "outcome_id varchar, repository_key varchar, branch_key varchar",
    "intermediate.int_commit_moments": "outcome_id varchar",
    "intermediate.int_outcomes": "outcome_id varchar, person_key varchar",
    "intermediate.int_stretches_before_branch": "session_id varchar, stretch bigint, outcome_id varchar",
    "staging.stg_claude_code__pull_requests": "session_id varchar, repository_key varchar, pull_request bigint",
}  # fmt: skip


@dataclass(frozen=True)
class Statement:
    """What one line of an export says of a request."""

    request: int
    session: int  # 0: none
    person: int
    minute: int
    tokens: tuple[int, int, int, int, int]  # uncached, read, written for 5 minutes, for an hour, output
    branch: int
    issue: int  # 0: no tag
    priced: bool
    by_gateway: bool


@dataclass(frozen=True)
class Pull:
    """A change's pull request, on its branch."""

    change: int
    person: int
    branch: int
    opened: int  # minute
    merged: int | None
    has_moments: bool


@dataclass(frozen=True)
class World:
    """Statements by the file that holds them, changes by the issue that they close, and moments of sessions."""

    files: tuple[tuple[Statement, ...], ...]
    closing: tuple[tuple[int, int], ...] = ()  # issue, change
    moments: tuple[tuple[int, int, int], ...] = ()  # session, minute, change
    pulls: tuple[Pull, ...] = ()
    noted: tuple[tuple[int, int], ...] = ()  # session, change
    before: tuple[tuple[int, int, int], ...] = ()  # session, stretch, change
    learned: tuple[tuple[int, int], ...] = ()  # person, the author behind the account
    moved: int = 0  # by how many teams people moved
    repository: str = "acme/shop"
    branch: str = "fix"  # what each is called, with its number
    price: str = "4.7"  # of uncached input


Row = tuple[Any, ...]


class Models(dict[str, str]):
    """The models as dbt writes them for the engine, by name."""

    def __repr__(self) -> str:
        return "Models()"


def compiled(folder: Path) -> Models:
    return Models(sql(folder, MODELS))


@dataclass(frozen=True)
class Ledger:
    rows: list[Row]
    unbalanced: list[Row]  # of usage_id: tokens, dollars, and what the ledger has of them
    requested: Row  # tokens and dollars of all distinct requests
    used: Row
    attributed: Row


def ledger(models: Models, world: World, order: int = 0) -> Ledger:
    """The ledger of `world`, whose rows arrive in the given order."""
    with duckdb.connect(config={"threads": 1}) as connection:
        given(connection, world, order)
        for model, made in models.items():
            connection.execute(f"create table {table_of(model)} as {made}")

        def ask(query: str) -> list[Row]:
            return connection.execute(query).fetchall()

        return Ledger(
            ask("from marts.fct_attribution order by all"),
            ask(
                "select usage_id, total_tokens, cost_usd, tokens, dollars from marts.fct_usage full join ("
                " select usage_id, sum(tokens) as tokens, sum(cost_usd) as dollars from marts.fct_attribution"
                " group by usage_id) using (usage_id)"
                " where total_tokens is distinct from tokens or cost_usd is distinct from dollars"
            ),
            ask(
                "select sum(total_tokens), sum(cost_units)::decimal(28, 0) * 0.0000000001::decimal(10, 10)"
                " from intermediate.int_usage_priced"
            )[0],
            ask("select sum(total_tokens), sum(cost_usd) from marts.fct_usage")[0],
            ask("select sum(tokens), sum(cost_usd) from marts.fct_attribution")[0],
        )


def given(connection: duckdb.DuckDBPyConnection, world: World, order: int = 0) -> None:
    """What the models read of `world`, in place of what was there."""
    for schema in ("audit", "raw", "staging", "intermediate", "marts"):
        connection.execute(f"create schema if not exists {schema}")
    rows = _rows(world)
    for table, columns in _TABLES.items():
        connection.execute(f"create or replace table {table} ({columns})")
        of_table = rows.get(table.partition(".")[2], [])
        random.Random(order).shuffle(of_table)
        _insert(connection, table, of_table)
    for seed in ("attribution_methods", "tools"):
        connection.execute(f"drop table if exists intermediate.{seed}")
        connection.read_csv(str(project_dir() / "seeds" / f"{seed}.csv")).create(f"intermediate.{seed}")
    connection.execute(
        "create or replace table intermediate.int_method_reliability as from intermediate.attribution_methods"
    )


def _insert(connection: duckdb.DuckDBPyConnection, table: str, rows: Sequence[Sequence[Any]]) -> None:
    if rows:
        marks = ", ".join("(" + ", ".join("?" * len(row)) + ")" for row in rows)
        connection.execute(f"insert into {table} values {marks}", [cell for row in rows for cell in row])


def _rows(world: World) -> dict[str, list[list[Any]]]:
    statements = [(load, said) for load, file in enumerate(world.files) for said in file]
    prices = ["anthropic", "opus", "standard", datetime(1970, 1, 1), datetime(9999, 12, 31), -1]
    return {
        "loads": [[load, None, None] for load in range(len(world.files))],
        "models": [["", "opus", "anthropic", "opus", "opus"], ["", "homemade", "unknown", "homemade", None]],
        # No two of them divide by each other, and some need all ten places.
        "prices": [[*prices, *(Decimal(p) for p in (world.price, "0.4700001", "5.875", "9.4", "23.5", "10")), None]],
        "int_usage_evidence": [_evidence(load, said) for load, said in statements],
        "int_account_days": [
            [
                "litellm" if gateway else "claude_code",
                f"account {person}",
                day,
                f"person {person}",
                f"team {(person + world.moved) % 3}",
            ]
            for person in {said.person for _, said in statements}
            for day in {_at(said.minute).date() for _, said in statements}
            for gateway in (True, False)
        ],
        "int_repositories": [["shop", "shop", world.repository]],
        "stg_names": [["branch", f"branch {n}", f"{world.branch} {n}"] for n in range(1, 4)],
        "int_issue_targets": [[f"SHOP-{issue}", None, None, f"change {change}"] for issue, change in world.closing],
        "int_branch_issue_keys": [[f"branch {n}", f"SHOP-{n}"] for n in range(1, 3)],
        "int_session_moments": [
            [f"session {session}", _at(minute), f"change {change}", "commit_mark"]
            for session, minute, change in world.moments
        ],
        "int_pull_requests": [
            [f"change {p.change}", "shop", p.change, _at(p.opened), None if p.merged is None else _at(p.merged), None]
            for p in world.pulls
        ],
        "int_outcomes": [[f"change {p.change}", f"person {p.person}"] for p in world.pulls],
        "int_change_branches": [[f"change {p.change}", "shop", f"branch {p.branch}"] for p in world.pulls],
        "int_commit_moments": [[f"change {p.change}"] for p in world.pulls if p.has_moments],
        "stg_claude_code__pull_requests": [[f"session {session}", "shop", change] for session, change in world.noted],
        "int_stretches_before_branch": [
            [f"session {session}", stretch, f"change {change}"] for session, stretch, change in world.before
        ],
        "int_learned_people": [[f"person {person}", f"person {author}"] for person, author in world.learned],
    }


def _at(minute: int) -> datetime:
    return MONDAY + timedelta(minutes=minute)


def _evidence(load: int, said: Statement) -> list[Any]:
    uncached, read, short, long, output = said.tokens
    name, record = f"msg_{said.request}", hashlib.md5(repr(said).encode(), usedforsecurity=False).hexdigest()
    return [
        load, "litellm" if said.by_gateway else "claude_code", "claude_code", name, None, record,
        f"session {said.session}" if said.session else None, "litellm" if said.by_gateway else "claude_code",
        f"account {said.person}",
        f"branch {said.branch}", None, "shop", None, "opus" if said.priced else "homemade", "standard",
        uncached, read, short, long, not said.by_gateway, output, 0, None, None, 1, "final",
        f"SHOP-{said.issue}" if said.issue else None, None, None, _at(said.minute), sum(said.tokens),
        3 if said.by_gateway else 1,
    ]  # fmt: skip
