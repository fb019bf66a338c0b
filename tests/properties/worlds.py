"""Small organisations that were made up: who uses what, what ships, and what the warehouse knows of it when."""

from __future__ import annotations

import random
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta

MONDAY = date(2026, 1, 5)


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


def cost_of(use: Use) -> float | None:
    known = [piece.cost_usd for piece in use.pieces if piece.cost_usd is not None]
    return sum(known) if known else None


def day(week: int, weekday: int = 0) -> date:
    return MONDAY + timedelta(days=7 * week + weekday)


class Company:
    """Draws what people do; every amount is of its own, so that a sum tells what it is of."""

    def __init__(self, seed: int) -> None:
        self.chance, self.times = random.Random(seed), random.Random(f"times {seed}")
        self._ids = 0

    def use(self, person: str | None, team: str | None, on: date, **said: object) -> Use:
        self._ids += 1
        chance = self.chance
        counters = (*tuple(chance.choice([0, chance.randrange(10**8)]) for _ in range(3)), chance.randrange(1, 10**8))
        total = sum(counters)
        tiers = chance.sample(["exact", "strong", "unattributed"], chance.choice([1, 1, 1, 2]))
        first = total if len(tiers) == 1 else chance.randrange(1, total)
        priced = chance.random() < 0.9
        pieces = tuple(
            Piece(
                tier,
                chance.choice(["SHOP", "DATA"]) if tier == "exact" else None,
                tokens,
                chance.randrange(1, 10**7) / 10**4 if priced else None,
            )
            for tier, tokens in zip(tiers, [first, total - first], strict=False)
        )
        given = {"tool": "claude_code", "model": chance.choice(["sonnet", "sonnet", "opus"]), **said}
        return Use(f"u{self._ids}", on, person, team, counters=counters, pieces=pieces, **given)  # type: ignore[arg-type]

    def outcome(self, person: str | None, team: str | None, on: date, **said: object) -> Outcome:
        self._ids += 1
        chance = self.chance
        given = {
            "container": chance.choice(["shop", "site"]),
            "survival": chance.choice(["pending", "pending", "pending", "undone", None]),
            "value_units": chance.choice([0, 1, 1]) * chance.randrange(1, 10**6) / 10**4,
            "lead_time": self.times.choice([None, *([self.times.randrange(1, 10**6) / 10**3] * 6)]),
            "cost_usd": chance.choice([None, *([chance.randrange(1, 10**7) / 10**4] * 4)]),
            **said,
        }
        return Outcome(f"o{self._ids}", person, team, on, **given)  # type: ignore[arg-type]

    def work(
        self,
        teams: dict[str, list[str]],
        weeks: Iterable[int],
        *,
        busy: float = 0.6,
        repositories: tuple[str | None, ...] = ("shop", "site", None),
    ) -> tuple[tuple[Use, ...], tuple[Outcome, ...]]:
        uses, outcomes = [], []
        for week in weeks:
            for team, people in teams.items():
                for person in people:
                    for weekday in range(6):
                        if self.chance.random() < (busy if weekday < 5 else busy / 6):
                            repository = self.chance.choice(repositories)
                            uses.append(self.use(person, team, day(week, weekday), repository=repository))
                        if self.chance.random() < busy / 2:
                            outcomes.append(self.outcome(person, team, day(week, weekday)))
        return tuple(uses), tuple(outcomes)


def people_of(team: str, count: int) -> list[str]:
    return [f"{team}{n}" for n in range(count)]


def tree_of(teams: Iterable[str], **parents: str) -> tuple[tuple[str, str | None], ...]:
    return (*tuple((team, parents.get(team, "all")) for team in teams), ("all", None))


def as_of(
    exported: date, uses: Iterable[Use], outcomes: Iterable[Outcome], tree: tuple[tuple[str, str | None], ...]
) -> World:
    """What the exports of a day hold; what shipped three weeks ago and is not undone has survived."""
    return World(
        exported,
        tuple(use for use in uses if use.day < exported),
        tuple(
            replace(o, survival="survived", value_units=o.value_units * 1.25)
            if o.survival == "pending" and o.shipped + timedelta(days=21) <= exported
            else o
            for o in outcomes
            if o.shipped < exported
        ),
        tree,
    )
