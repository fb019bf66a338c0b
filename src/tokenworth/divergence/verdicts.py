"""The verdict on each team as of the end of a week."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd

from tokenworth.divergence.evidence import Readings, both, calibrated, heard, q_values, readings, together
from tokenworth.divergence.growth import LEAST_BEFORE, LEAST_DOLLARS, LEAST_SHARE, WINDOWS, growth_of, residuals
from tokenworth.divergence.panel import DIGITS, DIGITS_OF_DOLLARS, Floats, Panel, Snapshot, totals
from tokenworth.divergence.worth import worth_growth

# Before so many weeks there is no past to speak of.
LEAST_WEEKS = 8
LEAST_PEOPLE = 2
LEAST_OUTCOMES = 5
# A gap known no better than to a factor of three either way tells nothing.
WIDEST = float(np.log(3))
# Over which the circumstances of a verdict are told; its own window may be shorter or longer.
_RECENT_WEEKS = 6
_TYPICAL_WINDOW = 6
_NINETY = 1.645  # spreads of a 90% interval

# Texts come as they are; of figures NaN, and of texts "", is what is not known.
COLUMNS = {
    "team_id": "str", "week_start": "datetime64[s]", "window_weeks": "float64", "verdict": "str", "direction": "str",
    "gap": "float64", "gap_low": "float64", "gap_high": "float64", "p_value": "float64", "q_value": "float64",
    "excess_cost_usd": "float64", "excess_cost_low_usd": "float64", "excess_cost_high_usd": "float64",
    "outcomes": "int64", "authors": "int64", "people": "int64", "why": "str",
    "signal_share": "float64", "set_aside_share": "float64", "explained_share": "float64", "newcomer_share": "float64",
}  # fmt: skip
_DIGITS = {
    name: DIGITS_OF_DOLLARS if name.endswith("_usd") else DIGITS for name, kind in COLUMNS.items() if kind == "float64"
}


def verdicts(
    usage: pd.DataFrame,
    outcomes: pd.DataFrame,
    members: pd.DataFrame,
    signals: pd.DataFrame,
    *,
    rate: float = 0.1,
    after: date | None = None,
) -> pd.DataFrame:
    """One row a team and week, of the weeks later than `after`. The frames are those of `Panel`.

    `rate` bounds the share of weeks in which any team is divergent of an organisation in which none is.
    """
    if members.empty:
        return _table([])
    panel = Panel(usage, outcomes, members, signals)
    since = np.datetime64(after or date.min, "D")
    found = [_week(panel, week, rate) for week in range(len(panel.weeks)) if panel.weeks[week] > since]
    return _table(found)


def _table(weeks: list[pd.DataFrame]) -> pd.DataFrame:
    found = pd.concat(weeks, ignore_index=True) if weeks else pd.DataFrame(columns=list(COLUMNS))
    return found[list(COLUMNS)].astype(COLUMNS).round(_DIGITS)


def _week(panel: Panel, week: int, rate: float) -> pd.DataFrame:
    snapshot = panel.as_of(week)
    teams = np.unique(snapshot.team)
    # Whether this team's work can be seen at all, what its people shipped or began elsewhere does not tell.
    shipped = np.where(snapshot.stayed, snapshot.pieces, 0).sum(axis=1)
    outcomes = totals(shipped, snapshot.team)
    authors = totals((shipped > 0).astype(float), snapshot.team)
    circumstances = _circumstances(snapshot)
    frame = pd.DataFrame(
        {
            **dict.fromkeys(COLUMNS, np.nan),
            **{"team_id": panel.teams[teams], "week_start": panel.weeks[week], "direction": ""},
            **{"outcomes": outcomes, "authors": authors, **circumstances},
        }
    )
    windows = [w for w in WINDOWS if week + 1 - w > LEAST_BEFORE]
    if week + 1 < LEAST_WEEKS or not windows:
        return frame.assign(verdict="insufficient_evidence", why="few_weeks", people=0)

    # Dollars tell the gap; whether it is more than chance is asked of volume, which a dearer model does not raise.
    spent = _read(snapshot, snapshot.spent, snapshot.spent, windows, LEAST_DOLLARS)
    volume = _read(snapshot, snapshot.volume, snapshot.volume, windows)
    fruitless = _read(snapshot, snapshot.fruitless, snapshot.volume, windows)
    asked = [p for reading in (*volume, *fruitless) for p in reading.p_values]
    opposite = [p for reading in (*volume, *fruitless) for p in reading.opposite]
    people = np.max([reading.people for reading in spent], axis=0)
    why = np.select(
        [np.full(len(teams), not snapshot.pieces.any()), outcomes < LEAST_OUTCOMES, people < LEAST_PEOPLE],
        ["no_tracker", "few_outcomes", "few_people"],
        "",
    )
    told = why == ""
    of_growth = calibrated(together(asked), together(opposite)[told])
    p_value = both(of_growth, heard(snapshot))
    q_value = np.full(len(teams), np.nan)
    clear = np.nan_to_num([reading.gap / reading.error for reading in spent], nan=-np.inf)
    q_value[told] = q_values(p_value[told], clear.max(axis=0)[told] > 0, rate)
    typical = windows.index(_TYPICAL_WINDOW) if _TYPICAL_WINDOW in windows else len(windows) - 1
    chosen = np.where((q_value <= rate) | np.isinf(clear[typical]), np.argmax(clear, axis=0), typical)

    def of_window(name: str) -> Floats:
        return np.choose(chosen, [getattr(reading, name) for reading in spent])

    gap, error = of_window("gap"), of_window("error")
    low, high = gap - _NINETY * error, gap + _NINETY * error
    cost = np.choose(chosen, [_cost(snapshot, window) for window in windows])
    divergent = told & (q_value <= rate) & (gap > 0)
    wide = told & ~divergent & ~(_NINETY * error <= WIDEST)
    why = np.select([divergent, wide, told], ["divergent", "wide", "consistent"], why)
    verdict = np.select([divergent, why == "consistent"], ["divergent", "consistent"], "insufficient_evidence")
    unknown = np.where(told, 1.0, np.nan)
    return frame.assign(
        window_weeks=np.take(windows, chosen), verdict=verdict, why=why, people=people,
        direction=np.select(
            [divergent | (told & (low > 0)), told & (high < 0)], ["usage_above_value", "value_above_usage"], ""
        ),
        gap=gap * unknown, gap_low=low * unknown, gap_high=high * unknown,
        p_value=p_value * unknown, q_value=q_value,
        excess_cost_usd=cost * -np.expm1(-gap) * unknown, excess_cost_low_usd=cost * -np.expm1(-low) * unknown,
        excess_cost_high_usd=cost * -np.expm1(-high) * unknown,
    )  # fmt: skip


def _read(
    snapshot: Snapshot, amount: Floats, whole: Floats, windows: list[int], least: float = LEAST_SHARE
) -> list[Readings]:
    """What each window says."""
    left, spread = residuals(amount, whole, snapshot, least)
    found = []
    for window in windows:
        growth = growth_of(left, spread, snapshot, window)
        worth = worth_growth(snapshot, ~np.isnan(growth.shift), window)
        found.append(readings(growth, worth, snapshot.team))
    return found


def _cost(snapshot: Snapshot, window: int) -> Floats:
    return totals(snapshot.spent[:, -window:].sum(axis=1), snapshot.team)


def _circumstances(snapshot: Snapshot) -> dict[str, Floats]:
    """Shares of a team's recent volume behind signals, set aside and explained; of its people who are new."""
    recent = slice(-_RECENT_WEEKS, None)
    whole = snapshot.volume + snapshot.set_aside
    used = np.maximum(totals(whole[:, recent].sum(axis=1), snapshot.team), np.finfo(float).tiny)
    parts = {
        "signal_share": snapshot.signalled * whole,
        "set_aside_share": snapshot.set_aside - snapshot.explained,
        "explained_share": snapshot.explained,
    }
    shares = {name: totals(part[:, recent].sum(axis=1), snapshot.team) / used for name, part in parts.items()}
    new = (snapshot.tenure <= _RECENT_WEEKS * 2) & (snapshot.tenure < snapshot.week + 1)
    people = totals(np.ones(len(new)), snapshot.team)
    return shares | {"newcomer_share": totals(new.astype(float), snapshot.team) / people}
