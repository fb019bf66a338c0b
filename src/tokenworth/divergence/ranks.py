"""How the order of teams by tokens agrees with their order by value, and how sure that is."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy import stats

from tokenworth.divergence.panel import DIGITS

_DRAWS = 1_000
_FEWEST = 4


def rank_correlations(team_weeks: pd.DataFrame) -> pd.DataFrame:
    """Spearman's correlation over the teams of each week, with a bootstrap's 90% interval.

    `team_weeks` has team_id, week_start, total_tokens and value_units. NULL where fewer than four teams used
    or shipped anything, and where all are the same.
    """
    columns = ["week_start", "rank_correlation", "rank_correlation_low", "rank_correlation_high"]
    # In the order of the ids, so that the draws do not depend on the order of rows.
    ordered = team_weeks.sort_values(["week_start", "team_id"])
    rows = [(week, *_correlation(teams)) for week, teams in ordered.groupby("week_start")]
    found = pd.DataFrame(rows, columns=columns)
    return found.astype(dict.fromkeys(columns[1:], "float64")).round(dict.fromkeys(columns[1:], DIGITS))


def _correlation(teams: pd.DataFrame) -> tuple[float, float, float]:
    tokens = stats.rankdata(teams["total_tokens"].to_numpy(dtype=float))
    value = stats.rankdata(teams["value_units"].to_numpy(dtype=float))
    if len(teams) < _FEWEST or np.ptp(tokens) == 0 or np.ptp(value) == 0:
        return (np.nan, np.nan, np.nan)
    tokens, value = tokens - tokens.mean(), value - value.mean()
    # How often each team is drawn: weights on the ranks, so that no draw needs to be ranked anew.
    times = np.random.default_rng(len(teams)).multinomial(len(teams), np.full(len(teams), 1 / len(teams)), _DRAWS)
    drawn = times / len(teams)
    both, of_tokens, of_value = (drawn @ part for part in (tokens * value, tokens**2, value**2))
    middle_tokens, middle_value = drawn @ tokens, drawn @ value
    with np.errstate(invalid="ignore", divide="ignore"):
        correlations = (both - middle_tokens * middle_value) / np.sqrt(
            (of_tokens - middle_tokens**2) * (of_value - middle_value**2)
        )
    low, high = np.nanquantile(correlations, [0.05, 0.95])
    observed = float(np.corrcoef(tokens, value)[0, 1])
    return observed, float(low), float(high)
