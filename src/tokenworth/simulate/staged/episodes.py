"""Benign episodes: what each does to people's usage and work while it lasts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tokenworth.simulate.staged.people import DAYS_A_WEEK, Organisation

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Episode:
    """One that was planted; `last_week` is included."""

    kind: str
    team: int
    first_week: int
    last_week: int
    people: tuple[int, ...] = ()


@dataclass
class Effects:
    """Matrices of people and weeks."""

    usage: Floats  # factor on sessions
    work: Floats  # factor on work begun
    lead: Floats  # factor on lead times
    wander: Floats  # added share of sessions that serve nothing
    context: Floats  # factor on context
    breadth: Floats  # factor on files a change
    night: Floats  # share of sessions out of hours
    unreviewed: Floats  # share of changes merged without review
    dear: Floats  # share of sessions moved to the newest model
    reviews: Floats  # share of sessions that look at others' work
    batch: Floats  # batch jobs a day

    @classmethod
    def none(cls, organisation: Organisation) -> Effects:
        shape = (organisation.people, organisation.weeks)
        one = ("usage", "work", "lead", "context", "breadth")
        return cls(**{name: np.ones(shape) if name in one else np.zeros(shape) for name in cls.__dataclass_fields__})

    def grow(self, people: int) -> None:
        """Rows for newcomers."""
        one = ("usage", "work", "lead", "context", "breadth")
        for name in self.__dataclass_fields__:
            old: Floats = getattr(self, name)
            fresh = np.full((people, old.shape[1]), 1.0 if name in one else 0.0)
            setattr(self, name, np.vstack([old, fresh]))


Draw = Callable[[Organisation, Effects, int, int, np.random.Generator], Episode]


def _weeks(organisation: Organisation, first: int, length: int) -> slice:
    return slice(first, min(first + length, organisation.weeks))


def _span(kind: str, team: int, weeks: slice, people: tuple[int, ...] = ()) -> Episode:
    return Episode(kind, team, weeks.start, weeks.stop - 1, people)


def _research_spike(org: Organisation, effects: Effects, team: int, week: int, rng: np.random.Generator) -> Episode:
    weeks = _weeks(org, week, int(rng.integers(2, 5)))
    members = org.members_of(team, week)
    effects.usage[members, weeks] *= rng.uniform(1.4, 2.0)
    effects.work[members, weeks] *= 0.75
    effects.wander[members, weeks] += 0.3
    return _span("research_spike", team, weeks)


def _migration(org: Organisation, effects: Effects, team: int, week: int, rng: np.random.Generator) -> Episode:
    weeks = _weeks(org, week, int(rng.integers(3, 6)))
    members = org.members_of(team, week)
    effects.usage[members, weeks] *= rng.uniform(1.2, 1.6)
    effects.context[members, weeks] *= rng.uniform(1.1, 1.5)
    effects.work[members, weeks] *= rng.uniform(1.2, 1.6)
    effects.breadth[members, weeks] *= 4
    return _span("migration", team, weeks)


def _incident_week(org: Organisation, effects: Effects, team: int, week: int, rng: np.random.Generator) -> Episode:
    weeks = _weeks(org, week, 1)
    members = org.members_of(team, week)
    effects.usage[members, weeks] *= rng.uniform(1.5, 2.2)
    effects.night[members, weeks] = 0.4
    effects.unreviewed[members, weeks] = 0.6
    effects.lead[members, weeks] *= 0.4
    return _span("incident_week", team, weeks)


def _onboarding(org: Organisation, effects: Effects, team: int, week: int, rng: np.random.Generator) -> Episode:
    members = org.members_of(team, week)
    if not len(members):
        return Episode("onboarding", team, week, week)
    new = org.add(max(1, len(members) // 3), team, week * DAYS_A_WEEK, members, rng)
    effects.grow(len(new))
    weeks = _weeks(org, week, 6)
    effects.usage[new, weeks] *= 1.4
    effects.work[new, weeks] *= np.linspace(0.15, 0.9, 6)[: weeks.stop - weeks.start]
    return _span("onboarding", team, weeks, tuple(new.tolist()))


def _long_lead_work(org: Organisation, effects: Effects, team: int, week: int, rng: np.random.Generator) -> Episode:
    weeks = _weeks(org, max(0, week - 2), int(rng.integers(6, 11)))
    members = org.members_of(team, week)
    effects.lead[members, weeks] *= rng.uniform(4, 7)
    effects.work[members, weeks] *= 0.7  # fewer, and larger
    effects.breadth[members, weeks] *= 2
    return _span("long_lead_work", team, weeks)


def _team_doubles(org: Organisation, effects: Effects, team: int, week: int, rng: np.random.Generator) -> Episode:
    members = org.members_of(team, week)
    if not len(members):
        return Episode("team_doubles", team, week, week)
    new = org.add(len(members), team, week * DAYS_A_WEEK, members, rng)
    effects.grow(len(new))
    return _span("team_doubles", team, _weeks(org, week, 8), tuple(new.tolist()))


def _reorganisation(org: Organisation, effects: Effects, team: int, week: int, rng: np.random.Generator) -> Episode:
    other = int((team + 1 + rng.integers(0, org.teams - 1)) % org.teams)
    ours, theirs = (rng.permutation(org.members_of(t, week)) for t in (team, other))
    moved = (ours[: len(ours) // 2], theirs[: len(theirs) // 2])
    day = week * DAYS_A_WEEK
    for group, to, home in ((moved[0], other, team), (moved[1], team, other)):
        later = org.team[group, day:]
        org.team[group, day:] = np.where(later == home, to, later)
    people = tuple(np.concatenate(moved).tolist())
    return _span("reorganisation", team, _weeks(org, week, 8), people)


def _model_change(org: Organisation, effects: Effects, team: int, week: int, rng: np.random.Generator) -> Episode:
    weeks = slice(week, org.weeks)
    effects.dear[org.members_of(team, week), weeks] = rng.uniform(0.7, 1.0)
    return _span("model_change", team, weeks)


def _heavy_reviewer(org: Organisation, effects: Effects, team: int, week: int, rng: np.random.Generator) -> Episode:
    members = org.members_of(team, week)
    if not len(members):
        return Episode("heavy_reviewer", team, week, week)
    one = int(rng.choice(members))
    weeks = slice(week, org.weeks)
    effects.usage[one, weeks] *= rng.uniform(1.8, 3.0)
    effects.work[one, weeks] *= 0.4
    effects.reviews[one, weeks] = 0.8
    return _span("heavy_reviewer", team, weeks, (one,))


def _service_batch(org: Organisation, effects: Effects, team: int, week: int, rng: np.random.Generator) -> Episode:
    members = org.members_of(team, week)
    if not len(members):
        return Episode("service_batch", team, week, week)
    # Most have run for ever; some begin in the middle.
    begins = 0 if rng.random() < 0.6 else week
    new = org.add(1, team, begins * DAYS_A_WEEK, members, rng, service=True)
    effects.grow(1)
    effects.batch[new, begins:] = rng.uniform(1, 4)
    return _span("service_batch", team, slice(begins, org.weeks), tuple(new.tolist()))


# A change of price is common to the whole organisation, and in every scenario.
EPISODES: dict[str, Draw] = {
    "research_spike": _research_spike,
    "migration": _migration,
    "incident_week": _incident_week,
    "onboarding": _onboarding,
    "long_lead_work": _long_lead_work,
    "team_doubles": _team_doubles,
    "reorganisation": _reorganisation,
    "model_change": _model_change,
    "heavy_reviewer": _heavy_reviewer,
    "service_batch": _service_batch,
}
