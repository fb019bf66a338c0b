"""What speaks for a team's usage having grown away from its value: three readings of its people's growth.

`broad` hears all of its people a little, `carried` the dollars, `mixture` a few of many. No one of them is best
against every way of gaming, so all are asked, and what asking them costs is paid (`together`).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from scipy import special, stats

from tokenworth.divergence.growth import Growth, wandering
from tokenworth.divergence.panel import SIGNAL_WEEKS, Bools, Floats, Ints, Snapshot, totals
from tokenworth.divergence.worth import WorthGrowth

# A few of a team: a quarter of its people, two and a half spreads up. One person counts no more than this.
_FEW, _UP, _AT_MOST = 0.25, 2.5, 30.0
# Scores of a signal that are looked at, and the share of people who reach them by chance in any case, however few the
# organisation shows. Of any signal at all, there are so many times more.
_LOUDNESS = {0.4: 0.002, 0.6: 0.001, 0.8: 0.0005}
_ANY_SIGNAL = 10
# Where teams are plainly of two kinds (so much more likely than of one, in logarithms), how usual a signal is those do
# not say in which a quarter of the people or more give it, if these are a third of all teams or fewer.
_GIVEN_THERE, _MOST_MAY_GAME, _PLAINLY, _ROUNDS = 0.25, 1 / 3, 2, 30
# How the error rate is shared among growth alone, growth and signals together, and signals alone: growth without any
# signal is most often a look-alike, or a heavier tail than it says. Where nobody gives any, growth has half.
_SHARES, _GROWTH_ALONE = (0.02, 0.48, 0.5), 0.5
# A reader looks at one week after the other, and organisations are full of look-alikes: a third is kept back.
_KEPT_BACK = 1.5
_SIZES = (1, 2, 3, 4, 5, 6, 8, 10, 13, 17, 25, 40, 80)
# What people of a team share of the noise, because they share its value: the next of these above is taken.
_SHARED = (0.0, 0.1, 0.2, 0.3, 0.45, 0.6, 0.8, 1.0)
_DRAWS = 50_000


@dataclass(frozen=True)
class Readings:
    """Of one window, by team."""

    p_values: list[Floats]  # against growth away from value, by each of the three
    opposite: list[Floats]  # the same asked the other way round, where there is nothing but chance: gaming only adds
    gap: Floats  # log ratio of the dollars' growth to the value's
    error: Floats  # its spread
    people: Floats  # of whom a past and a present are known


def readings(growth: Growth, worth: WorthGrowth, team: Ints) -> Readings:
    """What a window says of each team."""
    at = np.unique(team, return_inverse=True)[1]
    told = ~np.isnan(growth.shift)
    error = np.where(told, growth.error, 1.0)
    apart = np.where(told, growth.shift - worth.growth[at], 0.0)
    people = totals(told.astype(float), team)

    weight = np.where(told, 1 / error, 0)
    share = weight / np.maximum(totals(weight, team), 1e-12)[at]
    spread = np.sqrt(totals(share**2 * error**2, team) + worth.error**2)
    broad = _scores(totals(share * apart, team), spread, people > 0)

    dollars = np.where(told, growth.before, 0)
    share = dollars / np.maximum(totals(dollars, team), 1e-300)[at]
    grown = share * np.exp(np.clip(np.where(told, growth.free, 0), -5, 5))
    multiple = np.where(people > 0, totals(grown, team), 1)
    usage = np.log(np.maximum(multiple, 1e-6))
    usage = usage - np.median(usage[people > 0]) if np.any(people > 0) else usage
    gap = usage - worth.growth
    weighted = grown / np.maximum(multiple, 1e-300)[at]
    spread = np.sqrt(totals(weighted**2 * error**2, team) + worth.error**2)
    carried = _scores(gap, spread, people > 0)
    wide = wandering(np.where(people > 0, gap / np.maximum(spread, 1e-9), np.nan))

    noise = error**2 + worth.error[at] ** 2
    alone = np.where(told, apart / np.sqrt(noise), np.nan)
    alone = np.nan_to_num(alone / wandering(alone))
    shared = totals(np.where(told, worth.error[at] ** 2 / noise, 0), team) / np.maximum(people, 1)
    few, few_down = (_mixture(score, told, team, shared) for score in (alone, -alone))
    # People of a team move together a little, which the draws do not know.
    together = wandering(np.where(people > 0, -few_down, np.nan))
    freedom = _freedom(people)
    return Readings(
        p_values=[stats.t.sf(score, freedom) for score in (broad, carried, few / together)],
        opposite=[stats.t.sf(score, freedom) for score in (-broad, -carried, few_down / together)],
        gap=np.where(people > 0, gap, np.nan),
        error=np.where(people > 0, spread * wide, np.nan),
        people=people,
    )


def heard(snapshot: Snapshot) -> Floats:
    """By team: p-values against so many of its people giving the same signal, where few people of other teams do.

    Somebody gives some signal in every team; that two of six give the same one, and did not always, is no chance.
    """
    team = snapshot.team
    used = (snapshot.volume + snapshot.set_aside)[:, -SIGNAL_WEEKS:].any(axis=1)
    people = totals(used.astype(float), team).astype(int)
    loudest = snapshot.shown.max(axis=0, initial=0)
    counts, least = [], []
    for score, rare in _LOUDNESS.items():
        for shown, rate in (*((row, rare) for row in snapshot.shown), (loudest, rare * _ANY_SIGNAL)):
            counts.append(np.minimum(totals((shown >= score).astype(float), team).astype(int), people))
            least.append(rate)
    given = np.stack(counts)
    found = np.ones(len(people))
    if not people.any():
        return found
    rates = _usual_rates(given[:, people > 0], people[people > 0], np.array(least))
    for size in np.unique(people[people > 0]):
        here = people == size
        # By signal and loudness, the chance that so many people or more of a team of this size give it.
        chance = stats.binom.sf(np.arange(-1, size), size, rates[:, None])
        least_likely = np.take_along_axis(chance, given[:, here], axis=1).min(axis=0)
        # That any of them is as rare by chance: the sum over all of what each can reach.
        as_rare = np.where(chance[:, None, :] <= least_likely[None, :, None], chance[:, None, :], 0).max(axis=2)
        found[here] = np.minimum(as_rare.sum(axis=0), 1)
    return found


def _usual_rates(count: Ints, people: Ints, least: Floats) -> Floats:
    """The share of people who give each signal (a row each) where nobody games.

    Those of teams that game would pass for usual, and hide each other. To leave out the loudest would call rare what
    chance has spread over many teams, and a signal that is common everywhere makes no two kinds of teams.
    """
    everywhere = np.maximum(count.sum(axis=1) / people.sum(), least)
    order = np.argsort(count / people, axis=1, kind="stable")[:, : int(np.ceil(len(people) * (1 - _MOST_MAY_GAME)))]
    rate = np.maximum(np.take_along_axis(count, order, axis=1).sum(axis=1) / people[order].sum(axis=1), least)
    loud, share = np.maximum(rate, 0.5), np.full(len(count), 0.1)  # to begin with

    pairs, at = np.unique(people * (people.max() + 1) + count, return_inverse=True)
    size, giving = np.divmod(pairs, people.max() + 1)
    row = np.repeat(np.arange(len(count)), count.shape[1])
    teams = np.bincount(row * len(pairs) + at.ravel(), minlength=len(count) * len(pairs)).reshape(len(count), -1)

    def likelihood(rate: Floats) -> Floats:
        rate = np.clip(rate, 1e-9, 1 - 1e-9)[:, None]
        found: Floats = giving * np.log(rate) + (size - giving) * np.log(1 - rate)
        return found

    for _ in range(_ROUNDS):
        usual = likelihood(rate) + np.log(1 - share)[:, None]
        either = np.logaddexp(usual, likelihood(loud) + np.log(share)[:, None])
        of_usual = teams * np.exp(usual - either)
        of_loud = teams - of_usual
        rate = np.maximum(of_usual @ giving / np.maximum(of_usual @ size, 1e-9), least)
        loud = np.maximum(of_loud @ giving / np.maximum(of_loud @ size, 1e-9), np.maximum(rate, _GIVEN_THERE))
        share = np.clip(of_loud.sum(axis=1) / len(people), 1e-6, _MOST_MAY_GAME)
    evidence = (teams * (either - likelihood(everywhere))).sum(axis=1)
    playing = np.where(of_loud > of_usual, teams, 0).sum(axis=1)
    two_kinds = (evidence > _PLAINLY) & (playing <= _MOST_MAY_GAME * len(people))
    found: Floats = np.where(two_kinds, rate, everywhere)
    return found


def _freedom(people: Floats) -> float:
    """How far teams wander by chance is itself learned, from the half of them that is below the middle."""
    return max(float(np.sum(people > 0)) / 2, 3)


def _scores(figure: Floats, spread: Floats, known: Bools) -> Floats:
    scores = np.where(known, figure / np.maximum(spread, 1e-9), np.nan)
    return np.nan_to_num(scores / wandering(scores))


def _likelihood(score: Floats) -> Floats:
    """How much more likely a few who went up make a person's score, in logarithms."""
    ratio = np.minimum(np.exp(_UP * score - _UP**2 / 2), _AT_MOST)
    found: Floats = np.log1p(_FEW * (ratio - 1))
    return found


def _mixture(score: Floats, told: Bools, team: Ints, shared: Floats) -> Floats:
    """How far a team's sum stands above what chance draws, in spreads of a normal.

    `shared` of the noise is the same for all people of a team: where few outcomes make the value uncertain, they all
    seem to go up together.
    """
    people = totals(told.astype(float), team)
    said = totals(np.where(told, _likelihood(score), 0), team)
    mean, spread, tables = _chance()
    sums = (said - people * mean) / (np.sqrt(np.maximum(people, 1)) * spread)
    found = np.zeros(len(sums))
    size = np.searchsorted(_SIZES, people, side="right") - 1
    level = np.minimum(np.searchsorted(_SHARED, shared, side="left"), len(_SHARED) - 1)
    for of_size, of_level in np.unique(np.column_stack([size, level])[people > 0], axis=0):
        here, chance = (size == of_size) & (level == of_level) & (people > 0), tables[of_level][of_size]
        above = len(chance) - np.searchsorted(chance, sums[here], side="left")
        found[here] = stats.norm.isf((above + 0.5) / (len(chance) + 1))
    return found


@lru_cache(maxsize=1)
def _chance() -> tuple[float, float, list[list[Floats]]]:
    """What the sums look like by chance, by how much is shared and by the number of people.

    Drawn once, and the same in every run.
    """
    rng = np.random.default_rng(20)
    own, common = rng.standard_normal((_SIZES[-1], _DRAWS)), rng.standard_normal(_DRAWS)
    draws = _likelihood(own)
    mean, spread = float(draws.mean()), float(draws.std())
    tables = []
    for shared in _SHARED:
        running = np.cumsum(_likelihood(np.sqrt(1 - shared) * own + np.sqrt(shared) * common), axis=0)
        tables.append([np.sort((running[n - 1] - n * mean) / (np.sqrt(n) * spread)) for n in _SIZES])
    return mean, spread, tables


def together(p_values: list[Floats]) -> Floats:
    """One p-value of several that may depend on each other in any way (the Cauchy combination)."""
    stacked = np.clip(np.stack(p_values), 1e-12, 1 - 1e-3)
    found: Floats = stats.cauchy.sf(np.mean(1 / np.tan(np.pi * stacked), axis=0))
    return found


def both(of_growth: Floats, of_signals: Floats) -> Floats:
    """What growth and signals say: each alone, or Fisher's product of the two; the error rate is shared among them.

    The harmonic mean hears all three, which often say the same; the least of them would pay for each as for news. Where
    nobody gives a signal, as where the exports tell too little for any, growth is all there is.
    """
    if np.all(of_signals >= 1):
        return np.minimum(of_growth / _GROWTH_ALONE, 1)
    product = np.clip(of_growth * of_signals, 1e-300, 1)
    asked = np.clip([of_growth, product * (1 - np.log(product)), of_signals], 1e-300, 1)
    found: Floats = 1 / np.tensordot(_SHARES, 1 / asked, axes=1)
    return np.minimum(found, 1)


def calibrated(p_values: Floats, mirrored: Floats) -> Floats:
    """Widens p-values by as much as the mirrored ones, which hold nothing but chance, are too small."""
    told = -np.log(mirrored[mirrored < 0.5] * 2)
    # Beside twenty that are as they should be, so that few teams do not decide.
    factor = max(1.0, (float(told.sum()) + 20) / (len(told) + 20))
    found: Floats = special.exp10(np.log10(np.clip(p_values, 1e-300, 1)) / factor)
    return found


def q_values(p_values: Floats, above: Bools, rate: float) -> Floats:
    """Of each team, the share of false ones to expect among those that show as much (Benjamini and Hochberg).

    What is kept back saves weeks in which nobody diverges from a false verdict. Where somebody of those whose usage is
    `above` their value does all the same, the others are asked at the plain rate, and those found are no longer counted
    among the teams of which chance could make one (after Benjamini, Krieger and Yekutieli, whose steps ask at
    rate / (1 + rate); here the first step is stricter than that, and the second asks at the rate).
    """
    if not len(p_values):
        return p_values
    plain: Floats = stats.false_discovery_control(p_values)
    strict = _KEPT_BACK * plain
    found = np.sum(above & (strict <= rate))
    if found:
        strict = np.minimum(strict, plain * (1 - found / len(p_values)))
    return np.minimum(strict, 1)
