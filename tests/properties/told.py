"""A small organisation, what the publication models tell of it, and a reader who subtracts.

The models' SQL is compiled by dbt once and run in memory. The reader has every row of every publication, knows who
works where, and looks for sums and differences of rows in which fewer people are left than may be told of.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections import defaultdict
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import combinations
from pathlib import Path
from statistics import median
from typing import Any

import duckdb
import numpy as np

from tokenworth.build import project_dir
from tokenworth.publish import keep_told
from tokenworth.warehouse import _SCHEMA

MONDAY = date(2026, 1, 5)

# Each after those that it reads.
_MODELS = (
    "int_usage_untold int_usage_teams_to_tell int_usage_days_to_tell int_usage_day_nodes int_usage_to_tell"
    " int_requests_to_tell int_usage_told int_outcomes_now int_outcomes_new_to_tell int_outcomes_settled"
    " int_outcomes_to_tell"
    " int_outcomes_told int_team_week_lead_times int_container_cells int_container_usage_placed"
    " int_container_months_with_tiers int_container_usage_to_tell int_container_outcomes int_container_outcomes_placed"
    " int_container_months_with_costs int_container_outcomes_to_tell int_containers_to_tell int_containers_told"
    " int_team_week_spending int_team_week_shipping int_org_weeks_to_tell published_fct_team_usage_daily"
    " published_fct_team_week published_fct_container_month"
).split()
_COUNTERS = ("input_uncached_tokens", "cache_read_tokens", "cache_write_tokens", "output_tokens")
_TIERS = ("exact", "strong", "probable", "allocated", "unattributed")
_TABLES = f"""
create schema marts; create schema intermediate; create schema publication;
create table marts.fct_usage (usage_id varchar, usage_date date, person_key varchar, team_id varchar, tool varchar,
    provider varchar, model varchar, repository varchar, requests bigint,
    {", ".join(f"{c} bigint" for c in _COUNTERS)}, total_tokens bigint, unpriced_tokens bigint,
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
create table intermediate.int_usage_placed (usage_id varchar, request_key varchar, person_key varchar,
    usage_date date, tool varchar, model_key varchar, is_aggregate boolean);
create view intermediate.int_circumstances_placed as select * exclude (request_key) from intermediate.int_usage_placed;
create table intermediate.int_outcome_projects (outcome_id varchar, project varchar);
create table intermediate.int_leaderboard_overlap (week_start date, leaderboard_overlap double);
create table intermediate.int_outcomes_of_weeks (outcome_id varchar, lead_time_hours double);
create table intermediate.int_bearer_costs (outcome_id varchar, cost_usd decimal(20, 10));
"""


@dataclass(frozen=True)
class Piece:
    """A share of a use in the ledger."""

    tier: str
    project: str | None
    tokens: int
    cost_usd: float | None


@dataclass(frozen=True)
class Use:
    usage_id: str
    day: date
    person: str | None
    team: str | None
    tool: str = "claude_code"
    model: str = "sonnet"
    repository: str | None = "shop"
    counters: tuple[int, int, int, int] = (100, 0, 0, 10)
    pieces: tuple[Piece, ...] = ()  # their tokens add up to the counters


@dataclass(frozen=True)
class Outcome:
    outcome_id: str
    person: str | None
    team: str | None
    shipped: date
    container: str | None = "shop"
    container_type: str = "repository"
    kind: str = "change"
    carries_value: bool = True
    survival: str | None = "pending"  # None: it was given up on that day
    value_units: float = 1.0
    cost_usd: float | None = 1.0
    lead_time: float | None = None


@dataclass(frozen=True)
class World:
    """What the warehouse holds when the exports of a day have been loaded."""

    exported: date
    uses: tuple[Use, ...] = ()
    outcomes: tuple[Outcome, ...] = ()
    parents: tuple[tuple[str, str | None], ...] = ()  # teams and their parents


class Models(dict[str, str]):
    """The publication models as dbt writes them for the engine, by name."""

    def __repr__(self) -> str:
        return "Models()"


def compiled(folder: Path, min_group: int) -> Models:
    places = ["--project-dir", str(project_dir()), "--profiles-dir", str(project_dir())]
    places += ["--target-path", str(folder), "--log-path", str(folder)]
    dbt = str(Path(sys.executable).with_name("dbt"))
    ran = subprocess.run(
        [dbt, "--no-use-colors", "--no-version-check", "compile", "--select", *_MODELS, *places,
         "--vars", f"{{min_group: {min_group}}}"],
        env=os.environ | {"TOKENWORTH_DBT_DATABASE": ":memory:", "TOKENWORTH_DBT_SPILL": str(folder / "spill")},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert ran.returncode == 0, ran.stdout[-5000:]
    found = {path.stem: path.read_text() for path in (folder / "compiled").rglob("*.sql") if path.stem in _MODELS}
    assert sorted(found) == sorted(_MODELS)
    return Models(found)


@dataclass
class Equations:
    """Sums that a reader knows: of each, the unknowns in it. An unknown is a person's, of one measure."""

    people: dict[Hashable, str]
    rows: dict[str, set[frozenset[Hashable]]]

    def people_left(self, min_group: int) -> dict[str, list[tuple[str, ...]]]:
        """The groups below `min_group` of whom something can be computed, by measure."""
        return {m: found for m, rows in self.rows.items() if (found := self._isolated(rows, min_group))}

    def _isolated(self, rows: Iterable[frozenset[Hashable]], min_group: int) -> list[tuple[str, ...]]:
        unknowns = sorted({unknown for row in rows for unknown in row}, key=str)
        if not unknowns:
            return []
        place = {unknown: n for n, unknown in enumerate(unknowns)}
        matrix = np.zeros((len(set(rows)), len(unknowns)))
        for n, row in enumerate(rows):
            matrix[n, [place[unknown] for unknown in row]] = 1
        # Columns that stand in the same rows and are one person's are one unknown to the reader.
        _, sizes, basis = np.linalg.svd(matrix, full_matrices=False)
        basis = basis[sizes > 1e-8 * sizes[0]]
        of: dict[str, list[int]] = defaultdict(list)
        for unknown in unknowns:
            of[self.people[unknown]].append(place[unknown])
        found = []
        size = min(min_group - 1, len(of))
        for group in combinations(sorted(of), size):
            block = basis[:, [column for person in group for column in of[person]]]
            # A sum of rows that is left with this group's unknowns alone has its whole length in their columns.
            gram = block @ block.T if block.shape[0] < block.shape[1] else block.T @ block
            if np.linalg.eigvalsh(gram)[-1] > 1 - 1e-7:
                found.append(group)
        return found


class Reader:
    """Publishes one world after another, and keeps every row that was ever published."""

    def __init__(self, models: Models) -> None:
        self.models = models
        self.connection = duckdb.connect(config={"threads": 1})
        self.connection.execute("create schema raw; create schema audit; create schema told")
        self.connection.execute(_SCHEMA)
        self.connection.execute(_TABLES)
        self.equations = Equations({}, defaultdict(set))
        self._uses: dict[str, Use] = {}  # as they were when they were told
        self._outcomes: dict[str, Outcome] = {}
        self._months: dict[tuple[Any, ...], Any] = {}  # figures of containers' months, as they were published first

    def publish(self, world: World) -> None:
        self._fill(world)
        c = self.connection
        for model in _MODELS:
            schema, name = ("publication", model[10:]) if model.startswith("published_") else ("intermediate", model)
            kind = "view" if model.endswith("_told") else "table"
            c.execute(f"create or replace {kind} {schema}.{name} as {self.models[model]}")
        self._learn(world)
        keep_told(c)

    def ask(self, query: str) -> list[tuple[Any, ...]]:
        return self.connection.execute(query).fetchall()

    def _fill(self, world: World) -> None:
        c = self.connection
        for table in (
            "marts.fct_usage marts.fct_attribution marts.fct_outcomes marts.dim_team marts.fct_team_week audit.loads"
            " marts.fct_container_month intermediate.int_usage_placed intermediate.int_outcome_projects"
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
             sum(u.counters), 0 if _cost(u) is not None else sum(u.counters), _cost(u), False]
            for u in world.uses
        ])  # fmt: skip
        _insert(
            c,
            "intermediate.int_usage_placed",
            [[u.usage_id, u.usage_id, u.person, u.day, u.tool, u.model, False] for u in world.uses],
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

    def _learn(self, world: World) -> None:
        self._compare_months()
        self._learn_usage({use.usage_id: use for use in world.uses} | self._uses)
        self._learn_outcomes({outcome.outcome_id: outcome for outcome in world.outcomes} | self._outcomes)

    def _compare_months(self) -> None:
        """A month of a container is told once: no figure of it is ever another."""
        *keys, _ = names = ("container_type", "container", "month_start", "figure", "value")
        measures = "people, total_tokens, cost_usd, people_shipping, outcomes_shipped, value_units, cohort_cost_usd"
        for *key, value in self.ask(
            f"select {', '.join(names)} from (unpivot (select {', '.join(keys[:3])},"
            f" columns(c -> c in {tuple(measures.split(', '))})::decimal(38, 10)"
            " from publication.fct_container_month) on columns(* exclude (container_type, container, month_start))"
            " into name figure value value) where value > 0"
        ):
            assert self._months.setdefault(tuple(key), value) == value, key

    def _learn_usage(self, uses: dict[str, Use]) -> None:
        people = self.equations.people
        cells: dict[tuple[Any, ...], list[tuple[Any, ...]]] = defaultdict(list)
        for usage, piece, tier, project, person, week, team, day, group, told, *label in self.ask(
            "select usage_id, piece, tier, project, person_key, week_start, published_team_id, usage_date, day_group,"
            " day_is_told, published_tool, published_provider, published_model from intermediate.int_usage_told"
        ):
            cell = (usage, piece, tier, project)
            self._uses[usage] = uses[usage]
            people[usage] = people[cell] = uses[usage].person or "nobody"
            for counter in _COUNTERS:
                people[usage, counter] = uses[usage].person or "nobody"
            assert person in (uses[usage].person, None)
            cells["week", team, week].append(cell)
            if told:
                cells["day", day, group, *label].append(cell)
        for team, week, tokens, unpriced, cost, requests, *tiers in self.ask(
            "select team_id, week_start, total_tokens, unpriced_tokens, cost_usd, requests,"
            f" {', '.join(f'cost_{t}_usd' for t in _TIERS)} from publication.fct_team_week where people_active > 0"
        ):
            its = cells["week", team, week]
            self._sum("tokens", its, uses, tokens)
            self._sum("requests", its, uses, requests)
            self._sum("cost", its, uses, cost)
            if unpriced is not None:
                self._sum("tokens", [cell for cell in its if _cost(uses[cell[0]]) is None], uses, unpriced)
            for tier, amount in zip(_TIERS, tiers, strict=True):
                if amount is not None:
                    self._sum("cost", [cell for cell in its if cell[2] == tier], uses, amount)
        for day, team, tool, provider, model, people_, requests, tokens, cost, *counters in self.ask(
            "select usage_date, team_id, tool, provider, model, people, requests, total_tokens, cost_usd,"
            f" {', '.join(_COUNTERS)} from publication.fct_team_usage_daily"
        ):
            its = cells["day", day, team, tool, provider, model]
            self._sum("tokens", its, uses, tokens)
            self._sum("requests", its, uses, requests)
            self._sum("cost", its, uses, cost)
            assert people_ > 0
            for counter, amount in zip(_COUNTERS, counters, strict=True):
                if amount is not None:
                    self._sum(counter, its, uses, amount)
        self._learn_containers(uses)

    def _learn_containers(self, uses: dict[str, Use]) -> None:
        cells: dict[tuple[Any, ...], list[tuple[Any, ...]]] = defaultdict(list)
        pieces = {
            (cell[0], cell[1]): cell for cell in self.equations.people if isinstance(cell, tuple) and len(cell) == 4
        }
        for kind, container, month, usage, piece in self.ask(
            "select container_type, container, month_start, cell_id, piece from intermediate.int_containers_told"
            " where kind = 'spent'"
        ):
            cells[kind, container, month].append(pieces[usage, piece])
        for kind, container, month, tokens, cost, *tiers in self.ask(
            "select container_type, container, month_start, total_tokens, cost_usd,"
            f" {', '.join(f'cost_{t}_usd' for t in _TIERS)} from publication.fct_container_month where people > 0"
        ):
            its = cells[kind, container, month]
            self._sum("tokens", its, uses, tokens)
            self._sum("cost", its, uses, cost)
            for tier, amount in zip(_TIERS, tiers, strict=True):
                if amount is not None:
                    self._sum("cost", [cell for cell in its if cell[2] == tier], uses, amount)

    def _sum(self, measure: str, cells: Sequence[tuple[Any, ...]], uses: dict[str, Use], published: Any) -> None:
        """A published figure as an equation; that it is the sum of these cells is checked first."""
        if measure in ("tokens", *_COUNTERS):
            unknowns = {
                (usage, counter): amount
                for usage in {cell[0] for cell in cells}
                for counter, amount in zip(_COUNTERS, uses[usage].counters, strict=True)
                if amount and measure in ("tokens", counter)
            }
            parts = {cell: _piece(uses, cell).tokens for cell in cells}
            whole = sum(parts.values()) == sum(sum(uses[usage].counters) for usage in {cell[0] for cell in cells})
            if measure == "tokens" and not whole:  # a project's share of it
                assert published == sum(parts.values())
                self._know("tokens of projects", parts)
                return
            assert published == sum(unknowns.values()), (measure, published, unknowns)
            self._know("tokens", unknowns)
            if measure == "tokens":
                self._know("tokens of projects", parts)
        elif measure == "requests":
            assert published == len({cell[0] for cell in cells})
            self._know("requests", {cell[0]: 1 for cell in cells})
        else:
            costs = {cell: _piece(uses, cell).cost_usd or 0 for cell in cells}
            assert abs(float(published or 0) - sum(costs.values())) < 1e-6, (published, costs)
            self._know("cost", {cell: cost for cell, cost in costs.items() if cost})

    def _know(self, measure: str, amounts: dict[Any, Any]) -> None:
        row = frozenset(unknown for unknown, amount in amounts.items() if amount)
        if row:
            self.equations.rows[measure].add(row)

    def _learn_outcomes(self, outcomes: dict[str, Outcome]) -> None:
        cells: dict[tuple[Any, ...], list[tuple[Any, ...]]] = defaultdict(list)
        began: dict[tuple[Any, ...], list[tuple[Any, ...]]] = defaultdict(list)
        for outcome, team, week, shipped, abandoned, fate, value, cost, lead_time in self.ask(
            "select outcome_id, published_team_id, week_start, is_shipped, is_abandoned, fate, value_units, cost_usd,"
            " case when is_shipped and lead_time_is_told then lead_time_hours end from intermediate.int_outcomes_told"
        ):
            self._outcomes[outcome] = outcomes[outcome]
            person = outcomes[outcome].person or "nobody"
            if lead_time is not None:
                began[team, week].append((outcome, lead_time))
            for unknown in (outcome, (outcome, "value", value), (outcome, "cost", cost), (outcome, "lead time")):
                self.equations.people[unknown] = person
            kind = "shipped" if shipped else "abandoned" if abandoned else "other"
            cells[kind, team, week].append((outcome, fate, value, cost or 0))
        for team, week, shipped, undone, abandoned, value, cost, undone_cost, attempted, timed, lead_time in self.ask(
            "select team_id, week_start, outcomes_shipped, outcomes_undone, outcomes_abandoned, value_units,"
            " cohort_cost_usd, cohort_cost_undone_usd, attempted_cost_usd, outcomes_with_lead_time, lead_time_hours"
            " from publication.fct_team_week where people_shipping > 0"
        ):
            self._count("outcomes", began[team, week], timed, 0)
            if lead_time is not None:
                # A median is no sum; but whoever has two that differ in one outcome learns as much of it.
                assert lead_time == median(hours for _, hours in began[team, week])
                self._know("lead time", {(outcome, "lead time"): 1 for outcome, _ in began[team, week]})
            its, given_up = cells["shipped", team, week], cells["abandoned", team, week]
            bad = [cell for cell in its if cell[1] == "undone"]
            self._count("outcomes", its, shipped, 0)
            self._count("outcomes", bad, undone, 0)
            self._count("outcomes", given_up, abandoned, 0)
            self._count("value", its, value, 2)
            self._count("cost of outcomes", its, cost, 3)
            self._count("cost of outcomes", bad, undone_cost, 3)
            self._count("cost of outcomes", [*its, *given_up], attempted, 3)
        for kind, container, month, count, value, cost, lead_time in self.ask(
            "select container_type, container, month_start, outcomes_shipped, value_units, cohort_cost_usd,"
            " lead_time_hours from publication.fct_container_month where people_shipping > 0"
        ):
            told = self.ask(
                "select told.cell_id, fate, told.value_units, coalesce(told.cost_usd, 0), told.is_counted,"
                " told.lead_time_hours"
                " from intermediate.int_containers_told as told"
                " join intermediate.int_outcomes_told on outcome_id = cell_id where told.kind = 'shipped'"
                f" and told.container = {_literal(container)} and told.container_type = {_literal(kind)}"
                f" and told.month_start = {_literal(month)}"
            )
            self._count("outcomes", [cell[:4] for cell in told if cell[4]], count, 0)
            self._count("value", [cell[:4] for cell in told], value, 2)
            self._count("cost of outcomes", [cell[:4] for cell in told], cost, 3)
            if lead_time is not None:
                timed = {cell[0]: cell[5] for cell in told if cell[5] is not None}
                assert lead_time == median(timed.values())
                self._know("lead time", {(outcome, "lead time"): 1 for outcome in timed})

    def _count(self, measure: str, cells: Sequence[tuple[Any, ...]], published: Any, column: int) -> None:
        if published is None:
            return
        amounts = {
            cell[0] if column == 0 else (cell[0], "value" if column == 2 else "cost", cell[column]): (
                1 if column == 0 else cell[column]
            )
            for cell in cells
        }
        assert abs(float(published) - float(sum(amounts.values()))) < 1e-6, (measure, published, amounts)
        self._know(measure, amounts)


def _cost(use: Use) -> float | None:
    known = [piece.cost_usd for piece in use.pieces if piece.cost_usd is not None]
    return sum(known) if known else None


def _piece(uses: dict[str, Use], cell: tuple[Any, ...]) -> Piece:
    usage, piece, *_ = cell
    ordered = sorted(
        enumerate(uses[usage].pieces),
        key=lambda p: (-p[1].tokens, f"for {p[1].project}" if p[1].project else "~", p[1].tier, str(p[0])),
    )
    return ordered[piece - 1][1]


def _literal(value: object) -> str:
    return f"date '{value}'" if isinstance(value, date) else "'" + str(value).replace("'", "''") + "'"


def _insert(connection: duckdb.DuckDBPyConnection, table: str, rows: Sequence[Sequence[Any]]) -> None:
    if rows:
        marks = ", ".join("(" + ", ".join("?" * len(row)) + ")" for row in rows)
        connection.execute(f"insert into {table} values {marks}", [cell for row in rows for cell in row])


def day(week: int, weekday: int = 0) -> date:
    return MONDAY + timedelta(days=7 * week + weekday)
