"""A reader who subtracts: has every row of every publication, and knows who works where and who used what on which day.

Looks for sums and differences of rows in which fewer people are left than may be told of.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import combinations
from statistics import median
from typing import Any

import numpy as np

from tests.properties.publisher import COUNTERS, TIERS, Models, Publisher
from tests.properties.worlds import Outcome, Piece, Use, World, cost_of


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
    """Has one world after another published, and keeps every row that ever was."""

    def __init__(self, models: Models) -> None:
        self._publisher = Publisher(models)
        self.ask = self._publisher.ask
        self.equations = Equations({}, defaultdict(set))
        self._uses: dict[str, Use] = {}  # as they were when they were told
        self._outcomes: dict[str, Outcome] = {}
        self._months: dict[tuple[Any, ...], Any] = {}  # figures of containers' months, as they were published first

    def publish(self, world: World) -> None:
        self._publisher.build(world)
        self._learn(world)
        self._publisher.keep()

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
            for counter in COUNTERS:
                people[usage, counter] = uses[usage].person or "nobody"
            assert person in (uses[usage].person, None)
            cells["week", team, week].append(cell)
            if told:
                cells["day", day, group, *label].append(cell)
        for team, week, tokens, unpriced, cost, requests, *tiers in self.ask(
            "select team_id, week_start, total_tokens, unpriced_tokens, cost_usd, requests,"
            f" {', '.join(f'cost_{t}_usd' for t in TIERS)} from publication.fct_team_week where people_active > 0"
        ):
            its = cells["week", team, week]
            self._sum("tokens", its, uses, tokens)
            self._sum("requests", its, uses, requests)
            self._sum("cost", its, uses, cost)
            if unpriced is not None:
                self._sum("tokens", [cell for cell in its if cost_of(uses[cell[0]]) is None], uses, unpriced)
            for tier, amount in zip(TIERS, tiers, strict=True):
                if amount is not None:
                    self._sum("cost", [cell for cell in its if cell[2] == tier], uses, amount)
        for day, team, tool, provider, model, people_, requests, tokens, cost, *counters in self.ask(
            "select usage_date, team_id, tool, provider, model, people, requests, total_tokens, cost_usd,"
            f" {', '.join(COUNTERS)} from publication.fct_team_usage_daily"
        ):
            its = cells["day", day, team, tool, provider, model]
            self._sum("tokens", its, uses, tokens)
            self._sum("requests", its, uses, requests)
            self._sum("cost", its, uses, cost)
            assert people_ > 0
            for counter, amount in zip(COUNTERS, counters, strict=True):
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
            f" {', '.join(f'cost_{t}_usd' for t in TIERS)} from publication.fct_container_month where people > 0"
        ):
            its = cells[kind, container, month]
            self._sum("tokens", its, uses, tokens)
            self._sum("cost", its, uses, cost)
            for tier, amount in zip(TIERS, tiers, strict=True):
                if amount is not None:
                    self._sum("cost", [cell for cell in its if cell[2] == tier], uses, amount)

    def _sum(self, measure: str, cells: Sequence[tuple[Any, ...]], uses: dict[str, Use], published: Any) -> None:
        """A published figure as an equation; that it is the sum of these cells is checked first."""
        if measure in ("tokens", *COUNTERS):
            unknowns = {
                (usage, counter): amount
                for usage in {cell[0] for cell in cells}
                for counter, amount in zip(COUNTERS, uses[usage].counters, strict=True)
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


def _piece(uses: dict[str, Use], cell: tuple[Any, ...]) -> Piece:
    usage, piece, *_ = cell
    ordered = sorted(
        enumerate(uses[usage].pieces),
        key=lambda p: (-p[1].tokens, f"for {p[1].project}" if p[1].project else "~", p[1].tier, str(p[0])),
    )
    return ordered[piece - 1][1]


def _literal(value: object) -> str:
    return f"date '{value}'" if isinstance(value, date) else "'" + str(value).replace("'", "''") + "'"
