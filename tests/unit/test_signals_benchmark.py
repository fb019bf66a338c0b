"""The measure that `benchmarks/signals.py` takes of the signals, on a few people who can be counted by hand."""

from __future__ import annotations

import pandas as pd
import pytest

from benchmarks.signals import score_signals


def _person(score: float, **told: bool) -> dict[str, object]:
    return {"signal": "rework", "score": score, "planted": False, "does_it": False, "does_other": False, **told}


def test_precision_recall_and_area_are_those_of_the_definition() -> None:
    people = pd.DataFrame(
        [
            _person(0.9, planted=True, does_it=True),
            _person(0.3, planted=True, does_it=True),
            _person(0.8),
            _person(0.2),
            _person(0.0),
        ]
    )
    (found,) = score_signals(people).to_dict("records")
    assert (found["precision"], found["recall"], found["flagged"]) == (0.5, 0.5, 2)
    # Of six pairs of one who does it and one who does not, five are in the right order.
    assert found["auc"] == pytest.approx(5 / 6)
    assert found["false_rate"] == pytest.approx(1 / 3)


def test_who_does_something_else_is_no_negative_but_crosstalk() -> None:
    people = pd.DataFrame(
        [
            _person(0.9, planted=True, does_it=True),
            _person(0.1, planted=True),  # too little of it to count either way
            _person(0.7, does_other=True),
            _person(0.1, does_other=True),
            _person(0.0),
        ]
    )
    (found,) = score_signals(people).to_dict("records")
    assert (found["people"], found["precision"], found["auc"]) == (1, 1.0, 1.0)
    assert found["crosstalk"] == 0.5
