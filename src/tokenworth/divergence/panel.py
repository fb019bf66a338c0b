"""What was known of people's spending and shipping at the end of a week, as matrices of people and weeks.

The frames that come in say when each dollar's and each outcome's fate was settled, so any week's knowledge
can be rebuilt from later data: an outcome undone next month is not yet undone today.
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import sparse

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

NEVER = 1_000_000  # a week that does not come
# After the point of what is told, and of dollars: the last ones that a number of eight bytes has depend on the order in
# which a sum was made, which is another each time.
DIGITS, DIGITS_OF_DOLLARS = 12, 4
# Of what a person spent in a week at most so much is set aside as open or explained: neither a branch that is
# never finished nor a label may hide more.
MOST_SET_ASIDE = 0.5
# Survival before any is known, and how many outcomes it weighs; as in the seed `value_rules`.
SURVIVAL, SURVIVAL_WEIGHT = 0.95, 20
HORIZON_DAYS = 21
# A signal looks back over weeks itself: so many after it, it has been said.
SIGNAL_WEEKS = 6
# Whoever comes from another team ships what was begun there for so many weeks.
WEEKS_BROUGHT_ALONG = 4
# More likely than not: from here on the volume of a person's week counts as being behind a signal.
_LIKELY = 0.5


@dataclass(frozen=True)
class Snapshot:
    """People's weeks up to and with week `week`, as known at its end. Only people who are in a team then."""

    week: int
    team: Ints  # by person, position in the panel's teams
    spent: Floats  # people by weeks, dollars whose work is neither open nor explained beyond what is usual
    volume: Floats  # the same in tokens, each kind at its proportion of a price, whatever the model
    fruitless: Floats  # of this volume, what has bought nothing that stands
    worth: Floats  # people by weeks, value of what shipped, as far as it stands
    pieces: Floats  # people by weeks, outcomes that carry value
    stayed: Bools  # people by weeks, whether what the person shipped then is of the team of today
    set_aside: Floats  # people by weeks, volume left out because its work is open or explained
    explained: Floats  # people by weeks, of these for kinds of work that ship little
    signalled: Floats  # people by weeks, the highest score of a signal that is more likely than not, 0 without any
    shown: Floats  # signals by people, the highest score of late, 0 where the person always showed the signal
    tenure: Ints  # by person, weeks since the first week in any team


class Panel:
    """Frames as they come from the models, by position: people, teams and weeks.

    `usage`: person_key, week_start, opened_week, settled_week, undone_week, has_worth, is_explained, cost_usd, volume:
    dollars at constant prices, and tokens whatever the model, by the fate of the work they went into. NULL means that
    it has not happened, and an opened_week of NULL that there is no such work.
    `outcomes`: person_key, shipped_on, undone_on, worth (if it lasts).
    `members`: person_key, team_id, week_start. `signals`: person_key, week_start, signal, score.
    """

    def __init__(
        self, usage: pd.DataFrame, outcomes: pd.DataFrame, members: pd.DataFrame, signals: pd.DataFrame
    ) -> None:
        self.weeks = np.unique(_days(members["week_start"]))
        team, self.teams = pd.factorize(members["team_id"], sort=True)
        person, self.people = pd.factorize(members["person_key"], sort=True)
        self.team = np.full((len(self.people), len(self.weeks)), -1)
        self.team[person, self._week(members["week_start"])] = team

        person, kept = self._people(usage)
        spent_in = self._week(usage["week_start"])[kept]
        # In the order of weeks, so that what was spent up to a week is the beginning.
        order = np.argsort(spent_in, kind="stable")
        self._cell = (person * len(self.weeks) + spent_in)[order]
        self._rows_up_to = np.cumsum(np.bincount(spent_in, minlength=len(self.weeks)))
        self._opened = self._week(usage["opened_week"])[kept][order]
        self._settled = self._week(usage["settled_week"])[kept][order]
        self._undone = self._week(usage["undone_week"])[kept][order]
        self._has_worth = usage["has_worth"].to_numpy(dtype=bool)[kept][order]
        self._is_explained = usage["is_explained"].to_numpy(dtype=bool)[kept][order]
        self._cost = np.nan_to_num(usage["cost_usd"].to_numpy(dtype=float)[kept])[order]
        self._volume = np.nan_to_num(usage["volume"].to_numpy(dtype=float)[kept])[order]

        author, kept = self._people(outcomes)
        self._shipped_on = _days(outcomes["shipped_on"])[kept]
        self._undone_on = _days(outcomes["undone_on"])[kept]
        self._shipped_in = self._week(outcomes["shipped_on"])[kept]
        self._shipped_cell = author * len(self.weeks) + self._shipped_in
        self._worth = outcomes["worth"].to_numpy(dtype=float)[kept]

        self._suspect, kept = self._people(signals)
        self._seen_in = self._week(signals["week_start"])[kept]
        self._score = signals["score"].to_numpy(dtype=float)[kept]
        self._signal, names = pd.factorize(signals["signal"][kept], sort=True)
        self._signals = len(names)

    def _week(self, days: pd.Series) -> Ints:
        """Position of the week of a day; before the first -1, after the last or NULL NEVER."""
        found = _days(days)
        position = np.searchsorted(self.weeks, found, side="right") - 1
        late = np.isnat(found) | (found >= self.weeks[-1] + np.timedelta64(7, "D"))
        return np.where(late, NEVER, position)

    def _people(self, frame: pd.DataFrame) -> tuple[Ints, Bools]:
        """Positions of the rows' people, and which rows are of somebody who was ever in a team in a known week."""
        position = self.people.get_indexer(frame["person_key"])
        week = self._week(frame["week_start" if "week_start" in frame else "shipped_on"])
        kept = (position >= 0) & (week >= 0) & (week < NEVER)
        return position[kept], kept

    @cached_property
    def _first_week(self) -> Ints:
        return np.where((self.team >= 0).any(axis=1), (self.team >= 0).argmax(axis=1), NEVER)

    def as_of(self, week: int) -> Snapshot:
        """Everything up to a week, as it was known at its end."""
        here = self.team[:, week] >= 0
        last_day = self.weeks[week] + np.timedelta64(6, "D")

        def matrix(cells: Ints, amount: Floats) -> Floats:
            size = len(self.people) * len(self.weeks)
            flat: Floats = np.bincount(cells, weights=amount, minlength=size).astype(np.float64, copy=False)
            return flat.reshape(len(self.people), -1)[here, : week + 1]

        rows = slice(self._rows_up_to[week])
        cells, amount = self._cell[rows], self._volume[rows]
        # Work that nobody has opened yet is not known: its usage looks like any that serves nothing.
        settled = (self._settled[rows] <= week) | (self._opened[rows] > week)
        stands = self._has_worth[rows] & (self._undone[rows] > week) & (self._opened[rows] <= week)
        plain = ~self._is_explained[rows]
        cost, volume = matrix(cells, self._cost[rows]), matrix(cells, amount)
        explained, opened, fruitless = (
            matrix(cells, amount * chosen) for chosen in (~plain, plain & ~settled, plain & settled & ~stands)
        )
        usual = _usual_share(opened, volume, self.team[here, week])
        aside = np.minimum(np.maximum(opened - usual * volume, 0) + explained, MOST_SET_ASIDE * volume)
        kept = 1 - np.divide(aside, volume, out=np.zeros_like(aside), where=volume > 0)

        shipped = self._shipped_in <= week
        undone = shipped & (self._undone_on <= last_day)
        old = self._shipped_on + np.timedelta64(HORIZON_DAYS, "D") <= last_day
        told = shipped & old
        survival = (np.sum(told & ~undone) + SURVIVAL * SURVIVAL_WEIGHT) / (np.sum(told) + SURVIVAL_WEIGHT)
        worth = np.where(shipped & ~undone, self._worth * np.where(old, 1, survival), 0)
        signalled = np.zeros((len(self.people), week + 1))
        seen = (self._seen_in <= week) & (self._score >= _LIKELY)
        np.maximum.at(signalled, (self._suspect[seen], self._seen_in[seen]), self._score[seen])
        return Snapshot(
            week=week,
            team=self.team[here, week],
            spent=cost * kept,
            volume=volume - aside,
            # What is beyond the half that may be set aside has bought nothing yet, either.
            fruitless=np.minimum(
                fruitless + np.maximum(opened + explained - aside - usual * volume, 0), volume - aside
            ),
            worth=matrix(self._shipped_cell, worth),
            pieces=matrix(self._shipped_cell, shipped & (self._worth > 0)),
            stayed=self._stayed(week)[here],
            set_aside=aside,
            explained=np.minimum(explained, aside),
            signalled=signalled[here],
            shown=self._shown(week)[:, here],
            tenure=(week - self._first_week + 1)[here],
        )

    def _stayed(self, week: int) -> Bools:
        """Where what a person shipped is of the team of today: not in another one, nor some weeks after leaving it."""
        weeks = np.arange(week + 1)
        elsewhere = np.column_stack([self._elsewhere(then, week) for then in range(week + 1)])
        left = np.maximum.accumulate(np.where(elsewhere, weeks, -NEVER), axis=1)
        found: Bools = (self.team[:, : week + 1] >= 0) & (weeks - left > WEEKS_BROUGHT_ALONG)
        return found

    def _elsewhere(self, then: int, week: int) -> Bools:
        """Who was in another team then. A team that was renamed or merged is no other one.

        That is where a team is gone, or most of its people are in the team of today, and most of those in this one
        have come so.
        """
        before, today = self.team[:, then], self.team[:, week]
        moved: Bools = (before >= 0) & (today >= 0) & (before != today)
        if not moved.any():
            return moved
        teams = len(self.teams)
        size = np.bincount(today[today >= 0], minlength=teams)
        left = np.bincount(before[(before >= 0) & (today >= 0)], minlength=teams)
        _, way, together = np.unique(before[moved] * teams + today[moved], return_inverse=True, return_counts=True)
        gone_along = (size[before[moved]] == 0) | (2 * together[way] > left[before[moved]])
        came = np.bincount(today[moved], weights=gone_along, minlength=teams)
        moved[moved] = ~(gone_along & (2 * came > size)[today[moved]])
        return moved

    def _shown(self, week: int) -> Floats:
        """Signals by people: the highest score of the last weeks.

        What a person did in the first half of what was known before is a habit, and no news.
        """

        def highest(rows: Bools) -> Floats:
            found = np.zeros((self._signals, len(self.people)))
            np.maximum.at(found, (self._signal[rows], self._suspect[rows]), self._score[rows])
            return found

        began = week - SIGNAL_WEEKS
        late = highest((self._seen_in > began) & (self._seen_in <= week))
        return np.where(highest(self._seen_in <= began // 2) > 0, 0, late)


def _usual_share(part: Floats, whole: Floats, team: Ints) -> Floats:
    """The share of a week's volume whose work is still open, as the median of teams: one row of weeks."""
    shares = totals(part, team) / np.maximum(totals(whole, team), np.finfo(float).tiny)
    return median_of_teams(np.where(totals(whole, team) > 0, shares, np.nan))


def totals(matrix: Floats, team: Ints) -> Floats:
    """Sums over the people of each team, in rows of those teams that have any."""
    found: Floats = _members(team.tobytes(), len(team)) @ matrix
    return found


def median_of_teams(figures: Floats) -> Floats:
    """The median down the rows, of those that are known; 0 where none is."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # of a column without any
        found: Floats = np.nanmedian(figures, axis=0)
    return np.nan_to_num(found)


@lru_cache(maxsize=2)
def _members(team: bytes, people: int) -> sparse.csr_array:
    """Teams by people, 1 where a person is in the team; built once for the many sums of a week."""
    _, at = np.unique(np.frombuffer(team, dtype=np.int64), return_inverse=True)
    return sparse.csr_array((np.ones(people), (at, np.arange(people))))


def _days(values: pd.Series) -> NDArray[np.datetime64]:
    found: NDArray[np.datetime64] = values.to_numpy(dtype="datetime64[D]")
    return found
