"""How much the value has grown that a team's people ship, beyond the organisation's movement.

Outcomes are few, of uneven worth and come in bursts: the growth of a small team is mostly chance, and is drawn
towards the organisation's by as much as chance explains.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tokenworth.divergence.panel import Bools, Floats, Snapshot, totals

# Worth that is added to both sides of the ratio, in mean pieces of work, so that nothing shipped is no infinity.
_PIECES_ADDED = 2.0
# Of the bursts' size as all teams tell it, in weeks, beside what a team's own weeks tell.
_ASSUMED_WEEKS = 12


@dataclass(frozen=True)
class WorthGrowth:
    """Of one window, by team."""

    growth: Floats  # log growth beyond the organisation's, drawn towards it
    error: Floats  # what is left of chance in it
    pieces: Floats  # outcomes that it rests on, before and in the window
    now: Floats  # worth shipped in the window


def worth_growth(snapshot: Snapshot, told: Bools, window: int) -> WorthGrowth:
    """The last `window` weeks against all before, of the people in `told`, whose usage is compared as well."""
    team, here = snapshot.team, told[:, None]
    worth, pieces = np.where(here, snapshot.worth, 0), np.where(here, snapshot.pieces, 0)
    weeks_before = np.maximum(np.minimum(snapshot.tenure, snapshot.week + 1) - window, 1)
    now = totals(worth[:, -window:].sum(axis=1), team)
    before = totals(worth[:, :-window].sum(axis=1), team)
    expected = totals(worth[:, :-window].sum(axis=1) * window / weeks_before, team)
    counted = totals(pieces.sum(axis=1), team)

    mean_piece = snapshot.worth.sum() / max(snapshot.pieces.sum(), 1)
    if mean_piece <= 0:
        nothing = np.zeros(len(now))
        return WorthGrowth(nothing, nothing, counted, now)
    bursts = _bursts(totals(worth, team), mean_piece)
    added = _PIECES_ADDED * mean_piece
    movement = _weighted_median(now / np.maximum(expected, mean_piece * 1e-6 + 1e-300), expected)
    expected = expected * movement
    with np.errstate(divide="ignore", invalid="ignore"):
        growth = np.log((now + added) / (expected + added))
        chance = bursts * (expected + added) / (expected + added) ** 2 + bursts / (before + added)
    known = counted >= 5
    if not known.any():
        nothing = np.zeros(len(now))
        return WorthGrowth(nothing, nothing, counted, now)
    spread = _variance(growth[known])
    truly = max(spread - float(np.median(chance[known])), 0.1 * spread)
    apart = growth - float(np.median(growth[known]))
    # What is far beyond chance is not drawn back as what is common would be.
    kept = np.maximum(truly / (truly + chance), 1 - 2 * chance / np.maximum(apart**2, chance))
    return WorthGrowth(kept * apart, np.sqrt(kept * chance), counted, now)


def _bursts(weekly: Floats, mean_piece: float) -> Floats:
    """Variance over mean of the worth of a team's weeks, in units of worth, shrunk to all teams' median."""
    mean = weekly.mean(axis=1)
    steps = np.diff(weekly, axis=1)
    own = (steps**2).mean(axis=1) / 2 / np.maximum(mean, mean_piece / 10) if steps.shape[1] else mean * 0
    common = max(float(np.median(own[mean > 0])) if np.any(mean > 0) else 0.0, mean_piece)
    weeks = weekly.shape[1]
    shrunk: Floats = (weeks * own + _ASSUMED_WEEKS * common) / (weeks + _ASSUMED_WEEKS)
    return shrunk


def _variance(figures: Floats) -> float:
    """Robustly, from the quartiles."""
    low, high = np.quantile(figures, [0.25, 0.75])
    return float(((high - low) / 1.349) ** 2)


def _weighted_median(figures: Floats, weights: Floats) -> float:
    order = np.argsort(figures, kind="stable")
    running = np.cumsum(weights[order])
    if not len(running) or running[-1] <= 0:
        return 1.0
    found = float(figures[order][np.searchsorted(running, running[-1] / 2)])
    return found if found > 0 else 1.0
