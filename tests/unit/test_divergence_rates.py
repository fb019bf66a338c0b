"""How the error rate is spent: what growth and signals say together, and what is asked of the other teams."""

from __future__ import annotations

import numpy as np
import pytest

from tokenworth.divergence.evidence import both, q_values

ABOVE = np.ones(20, dtype=bool)


def some(*smallest: float) -> np.ndarray:
    """P-values of twenty teams, most of them without anything to show."""
    return np.array([*smallest, *np.linspace(0.2, 1, 20 - len(smallest))])


def test_where_nobody_plainly_diverges_a_third_is_kept_back() -> None:
    found = q_values(some(0.004), ABOVE, 0.1)
    assert found[0] == pytest.approx(1.5 * 20 * 0.004)
    assert found[0] > 0.1  # though it would be 0.08 at the plain rate


def test_where_one_plainly_diverges_the_others_are_asked_at_the_plain_rate() -> None:
    found = q_values(some(0.0001, 0.009), ABOVE, 0.1)
    assert found[1] == pytest.approx(20 / 2 * 0.009 * 19 / 20)
    assert found[1] <= 0.1 < 1.5 * 20 / 2 * 0.009


def test_a_team_whose_value_grew_more_than_its_usage_opens_no_door() -> None:
    p_values = some(0.0001, 0.009)
    assert q_values(p_values, p_values > 0.0001, 0.1)[1] > 0.1


def test_a_week_without_a_divergent_team_does_not_get_one_by_the_plain_rate() -> None:
    rng = np.random.default_rng(3)
    for _ in range(500):
        p_values = rng.random(20) ** 2
        strict = q_values(p_values, ~ABOVE, 0.1)  # nobody opens the door
        assert (q_values(p_values, ABOVE, 0.1) <= 0.1).any() == (strict <= 0.1).any()


def test_no_team_is_no_error() -> None:
    assert len(q_values(np.zeros(0), np.zeros(0, dtype=bool), 0.1)) == 0


def test_growth_and_signals_by_chance_are_as_rare_together_as_they_say() -> None:
    rng = np.random.default_rng(1)
    together = both(rng.random(400_000), rng.random(400_000))
    for rate in (0.05, 0.01, 0.001):
        assert np.mean(together <= rate) < 1.1 * rate


def test_growth_without_a_signal_must_be_far_rarer_than_with_one() -> None:
    alone, beside = both(np.array([0.001, 0.001]), np.array([1.0, 0.02]))
    assert alone > 0.01
    assert beside < 0.001


def test_what_growth_and_signals_both_say_counts_more_than_either() -> None:
    little, much = both(np.array([0.9, 0.01]), np.array([0.001, 0.001]))
    assert much < little / 5


def test_without_any_signal_growth_has_half_of_the_rate() -> None:
    assert both(np.array([0.001, 0.4]), np.ones(2)) == pytest.approx([0.002, 0.8])
