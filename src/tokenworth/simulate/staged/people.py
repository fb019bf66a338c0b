"""Who is in the organisation, in which team on which day, and when they work."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import pandas as pd
from numpy.typing import NDArray

DAYS_A_WEEK = 7
Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
_FEWEST_IN_TEAM = 3
_NOBODY = -1
# Days off that much of the organisation shares, as month and day; they come once a year.
_HOLIDAYS = {(12, d): 0.25 for d in range(24, 32)} | {(1, 1): 0.05, (1, 2): 0.4, (5, 1): 0.2, (11, 27): 0.5}


@dataclass
class Organisation:
    """People by position: `team` and `present` are matrices of people and days, the rest is one value a person."""

    first_day: date
    weeks: int
    teams: int
    team: Ints  # -1 where in none
    present: NDArray[np.bool_]
    utc_offset: Ints
    level: Floats  # log of usual usage
    work_rate: Floats  # pieces of work begun in a usual week
    wander: Floats  # share of sessions that serve no piece of work
    busy: Floats  # chance that a workday has any session
    is_service: NDArray[np.bool_]
    trunk_based: NDArray[np.bool_]  # by team: ships without pull requests
    untracked: NDArray[np.bool_]  # by team: no tracker in the landing zone
    issue_share: Floats  # by team: share of work that has an issue
    review_share: Floats  # by team: share of changes that somebody else reviews
    repository: Ints  # by team

    @property
    def people(self) -> int:
        return len(self.level)

    @property
    def days(self) -> int:
        return self.weeks * DAYS_A_WEEK

    @property
    def week_team(self) -> Ints:
        """The team in which each person is on the last workday of each week."""
        return self.team[:, 4::DAYS_A_WEEK]

    def calendar(self) -> Floats:
        """How much of a usual workday's work is done on each day by people who are there."""
        found = np.array([1.0, 1.05, 1.05, 1.0, 0.8, 0.04, 0.03] * self.weeks)
        for day in range(self.days):
            on = self.first_day + timedelta(days=day)
            found[day] *= _HOLIDAYS.get((on.month, on.day), 1.0)
        return found

    def members_of(self, team: int, week: int) -> Ints:
        """People of a team in a week; service accounts are none."""
        found: Ints = np.flatnonzero((self.week_team[:, week] == team) & ~self.is_service)
        return found

    def add(
        self, count: int, team: int, from_day: int, like: Ints, rng: np.random.Generator, *, service: bool = False
    ) -> Ints:
        """New people in a team from a day on, much like others."""
        chosen = rng.choice(like, count)
        first = self.people
        for name in ("utc_offset", "level", "work_rate", "wander", "busy"):
            setattr(self, name, np.concatenate([getattr(self, name), getattr(self, name)[chosen]]))
        self.is_service = np.concatenate([self.is_service, np.full(count, service)])
        there = np.arange(self.days) >= from_day
        self.team = np.vstack([self.team, np.tile(np.where(there, team, _NOBODY), (count, 1))])
        self.present = np.vstack([self.present, np.tile(there, (count, 1))])
        return np.arange(first, self.people)

    def memberships(self) -> pd.DataFrame:
        """Spans of people in teams; the last of each is open."""
        spans = []
        for person in range(self.people):  # of people, not of their requests
            row = self.team[person]
            edges = np.flatnonzero(np.diff(row)) + 1
            starts, ends = np.concatenate([[0], edges]), np.concatenate([edges, [self.days]])
            spans += [(person, row[s], s, e) for s, e in zip(starts, ends, strict=True) if row[s] != _NOBODY]
        return pd.DataFrame(spans, columns=["person", "team", "from_day", "to_day"])


def _sizes(people: int, teams: int, rng: np.random.Generator) -> Ints:
    """Sizes of teams: some large, many small, none below three where there are enough people."""
    least = min(_FEWEST_IN_TEAM, people // teams)
    weights = rng.lognormal(0, 0.6, teams)
    extra = rng.multinomial(people - least * teams, weights / weights.sum())
    sizes: Ints = least + extra
    return sizes


def draw_people(people: int, teams: int, weeks: int, first_day: date, rng: np.random.Generator) -> Organisation:
    home = np.repeat(np.arange(teams), _sizes(people, teams, rng))
    days = weeks * DAYS_A_WEEK
    team = np.tile(home[:, None], (1, days))
    present = np.ones((people, days), dtype=bool)
    day = np.arange(days)
    fate = rng.random(people)
    moment = rng.integers(0, days, people)
    for person in np.flatnonzero(fate < 0.20).tolist():
        at = day >= moment[person]
        if fate[person] < 0.08:  # joins
            team[person, ~at], present[person, ~at] = _NOBODY, False
        elif fate[person] < 0.16:  # leaves
            team[person, at], present[person, at] = _NOBODY, False
        else:  # moves
            team[person, at] = rng.integers(0, teams)
    for person, begins, length in zip(
        rng.integers(0, people, people * weeks // 14),
        rng.integers(0, days, people * weeks // 14),
        rng.integers(3, 15, people * weeks // 14),
        strict=True,
    ):  # holidays of one's own
        present[person, begins : begins + length] = False
    zone_of_team = rng.choice([-8, -5, 0, 1, 1, 1, 5], teams)
    elsewhere = rng.random(people) < 0.12
    team_level = rng.normal(0, 0.4, teams)
    role = rng.random(people)
    rate = np.where(role < 0.78, rng.lognormal(0.45, 0.45, people), np.where(role < 0.9, 0.35, 0.05))
    return Organisation(
        first_day=first_day,
        weeks=weeks,
        teams=teams,
        team=team,
        present=present,
        utc_offset=np.where(elsewhere, rng.choice([-8, 0, 1, 8], people), zone_of_team[home]),
        level=rng.normal(0, 0.8, people) + team_level[home],
        work_rate=rate * rng.lognormal(0, 0.25, teams)[home],
        wander=np.where(rate < 0.1, 0.9, rng.beta(2, 7, people)),
        busy=rng.beta(6, 2, people),
        is_service=np.zeros(people, dtype=bool),
        trunk_based=rng.random(teams) < 0.1,
        untracked=rng.random(teams) < 0.03,
        issue_share=np.where(rng.random(teams) < 0.2, 0.0, rng.uniform(0.4, 0.95, teams)),
        review_share=rng.beta(9, 1.5, teams),
        repository=np.where(rng.random(teams) < 0.3, teams, np.arange(teams)),  # some share the large one
    )


def autocorrelated(rows: int, weeks: int, rho: float, sd: float, rng: np.random.Generator) -> Floats:
    """Rows of numbers whose spread stays `sd` and in which each leans on the one before."""
    shocks = rng.normal(0, sd, (rows, weeks))
    found = shocks.copy()
    for week in range(1, weeks):
        found[:, week] = rho * found[:, week - 1] + np.sqrt(1 - rho**2) * shocks[:, week]
    return found
