"""How much each person's usage has grown beyond the organisation's movement, in spreads of its own noise.

Usage is heavy-tailed and leans on the week before: the logarithm is taken, single weeks are held to two
spreads, and how far a window wanders without any cause is learned from the people whose usage went down.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import stats

from tokenworth.divergence.panel import Bools, Floats, Ints, Snapshot, median_of_teams, totals

# Lengths of the windows, in weeks, that are held against all that was before: a jump shows in the short one
# first, a slow drift in the long one.
WINDOWS = (3, 6, 12)
# Weeks with usage that a person must have before the window, and the share of the window's.
LEAST_BEFORE = 4
LEAST_OF_WINDOW = 0.5
# A newcomer's first weeks are learning, not a past to be held against.
LEARNING_WEEKS = 4
# Shares of a usual week that are added to every week: where chance is judged, and where dollars are counted.
LEAST_SHARE, LEAST_DOLLARS = 0.2, 0.02
_HELD_TO = 2.0  # spreads
_MOST = 4.0  # log units: a week of more than fifty times the usual is a slip of the export
# People whose spread is assumed, beside what a person's own weeks tell.
_ASSUMED_WEEKS = 8
_NORMAL_MAD = 1.4826
# How far scores wander where too few tell, and how many are enough.
_ASSUMED_WANDERING, _ENOUGH_TO_TELL = 1.5, 20


@dataclass(frozen=True)
class Growth:
    """Of one window, by person; NaN where a person has no past or no present to compare."""

    window: int
    shift: Floats  # log growth beyond the organisation's, single weeks held to two spreads
    free: Floats  # log growth of the sum, without holding: what happened to the dollars
    error: Floats  # its spread under nothing but noise
    before: Floats  # usual dollars of a week before the window


def residuals(amount: Floats, whole: Floats, snapshot: Snapshot, least: float = LEAST_SHARE) -> tuple[Floats, Floats]:
    """Log amounts of people's active weeks without their own level and the organisation's week; and spreads.

    `least`, a share of the whole of the person's usual week, is added to each week, so that one of almost nothing is
    no collapse. It scales with all amounts.
    """
    active = (snapshot.volume + snapshot.set_aside > 0) & ~_learning(snapshot)
    usual = _usual(np.where(active, whole, np.nan))[:, None]
    with np.errstate(divide="ignore", invalid="ignore"):
        logs = np.where(active & (usual > 0), np.log(amount + least * usual), np.nan)
    left = logs - _usual(logs)[:, None]
    left = left - _of_week(left, snapshot.team)
    left = left - _usual(left)[:, None]
    left = left - _of_week(left, snapshot.team)
    return left, _spreads(left)


def growth_of(left: Floats, spread: Floats, snapshot: Snapshot, window: int) -> Growth:
    """The last `window` weeks against all before."""
    held = np.clip(left, -_HELD_TO * spread[:, None], _HELD_TO * spread[:, None])
    known = ~np.isnan(left)
    now, before = known[:, -window:].sum(axis=1), known[:, :-window].sum(axis=1)
    told = (now >= LEAST_OF_WINDOW * window) & (before >= LEAST_BEFORE)
    shift = np.where(told, _difference(held, window), np.nan)
    multiples = np.exp(np.clip(left, -_MOST, _MOST))
    with np.errstate(divide="ignore"):
        ratio = mean_of_weeks(multiples[:, -window:]) / mean_of_weeks(multiples[:, :-window])
        free = np.where(told, np.log(ratio), np.nan)
    with np.errstate(divide="ignore"):
        error = np.where(told, spread * np.sqrt(1 / now + 1 / before), np.nan)
    shift = shift - _centre(shift, snapshot.team)
    return Growth(
        window=window,
        shift=shift,
        free=free - _centre(free, snapshot.team),
        error=error * wandering(shift / error),
        before=np.where(told, mean_of_weeks(np.where(known, snapshot.spent, np.nan)[:, :-window]), np.nan),
    )


def wandering(scores: Floats) -> float:
    """By how much scores spread more than 1, told by those below their centre alone: gaming only adds above.

    The widest of what three quantiles say, so that a heavy tail is not taken for evidence.
    """
    known = scores[~np.isnan(scores)]
    if not len(known):
        return _ASSUMED_WANDERING
    said = float(max(np.quantile(known, level) / stats.norm.ppf(level) for level in (0.16, 0.07, 0.03)))
    told = min(len(known) / _ENOUGH_TO_TELL, 1)
    return max(1.0, told * said + (1 - told) * _ASSUMED_WANDERING)


def _learning(snapshot: Snapshot) -> Bools:
    """Weeks in which a person who came later than the data was new."""
    weeks = np.arange(snapshot.week + 1)
    came = snapshot.week + 1 - snapshot.tenure
    return (came[:, None] > 0) & (weeks < came[:, None] + LEARNING_WEEKS)


def _spreads(left: Floats) -> Floats:
    """A person's spread from week to week, which a lasting change of level does not widen, shrunk to all people's."""
    steps = np.abs(np.diff(left, axis=1))
    count = np.sum(~np.isnan(steps), axis=1)
    own = _NORMAL_MAD / np.sqrt(2) * _usual(steps)
    common = float(np.median(own[count >= 3])) if np.any(count >= 3) else 0.5
    own = np.where(count >= 3, own, common)
    spread: Floats = np.sqrt((count * own**2 + _ASSUMED_WEEKS * common**2) / (count + _ASSUMED_WEEKS))
    return np.maximum(spread, 0.05)


def _difference(left: Floats, window: int) -> Floats:
    return mean_of_weeks(left[:, -window:]) - mean_of_weeks(left[:, :-window])


def _centre(figures: Floats, team: Ints) -> float:
    """The organisation's movement: the median of teams' means, so that no large team makes it."""
    return float(median_of_teams(team_means(figures[:, None], team))[0])


def _of_week(left: Floats, team: Ints) -> Floats:
    return median_of_teams(team_means(left, team))


def team_means(figures: Floats, team: Ints) -> Floats:
    """Means over the people of each team of whom a figure is known."""
    known = ~np.isnan(figures)
    count = totals(known.astype(float), team)
    with np.errstate(invalid="ignore"):
        return np.where(count > 0, totals(np.where(known, figures, 0), team) / np.maximum(count, 1), np.nan)


def _usual(figures: Floats) -> Floats:
    """The median along the weeks; NaN where none is known."""
    ordered = np.sort(figures, axis=1)  # NaN last
    count = np.sum(~np.isnan(figures), axis=1)
    rows = np.arange(len(figures))
    low, high = np.maximum(count - 1, 0) // 2, count // 2
    high = np.minimum(high, figures.shape[1] - 1)
    found: Floats = np.where(count > 0, (ordered[rows, low] + ordered[rows, np.where(count > 0, high, 0)]) / 2, np.nan)
    return found


def mean_of_weeks(figures: Floats) -> Floats:
    known = ~np.isnan(figures)
    count = known.sum(axis=1)
    found: Floats = np.where(count > 0, np.where(known, figures, 0).sum(axis=1) / np.maximum(count, 1), np.nan)
    return found
