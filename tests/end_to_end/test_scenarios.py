"""From exports of a scenario to verdicts: teams that game are found, and nobody else is."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from benchmarks.divergence import FIRST_WEEK, judge, score
from tests.end_to_end.warehouses import nothing_from_outside

_SIZES: dict[str, Any] = {"people": 140, "teams": 20, "weeks": 18}


@pytest.mark.nightly
@pytest.mark.parametrize(("scenario", "seed", "weeks_flagged"), [("clean", 7002, 0.10), ("look_alikes", 7004, 0.15)])
def test_verdicts_on_exports_accuse_nobody(scenario: str, seed: int, weeks_flagged: float, tmp_path: Path) -> None:
    with nothing_from_outside():
        weeks = judge(scenario, seed, tmp_path, **_SIZES, exports=True)
    assert not weeks["diverges"].any()
    assert weeks["look_alike"].notna().any() == (scenario == "look_alikes")
    assert set(weeks["week"]) == set(range(FIRST_WEEK, _SIZES["weeks"]))
    assert score(weeks, "tokenworth")["weeks with any flag"] <= weeks_flagged


@pytest.mark.nightly
@pytest.mark.parametrize(
    ("scenario", "seed", "precision", "recall"),
    [
        ("usage_gaming", 7003, 0.90, 0.60),
        ("outcome_gaming", 7005, 0.90, 0.50),
        ("mixed", 7001, 0.85, 0.50),
        ("subtle", 7006, 0.60, None),  # one team by 7%: too little for a verdict
    ],
)
def test_verdicts_on_exports_are_right(
    scenario: str, seed: int, precision: float, recall: float | None, tmp_path: Path
) -> None:
    with nothing_from_outside():
        weeks = judge(scenario, seed, tmp_path, **_SIZES, exports=True)
    found = score(weeks, "tokenworth")
    assert weeks["diverges"].any()
    if found["precision, all weeks"] is not None:
        assert found["precision, all weeks"] >= precision
    if recall is not None:
        assert found["recall"] >= recall
        assert found["recall of twofold"] >= 0.9
