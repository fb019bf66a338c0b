"""From exports of a scenario to verdicts: teams that game are found, and nobody else is."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from benchmarks.divergence import judge, score
from tests.end_to_end.warehouses import nothing_from_outside

_SIZES: dict[str, Any] = {"people": 140, "teams": 20, "weeks": 18}


@pytest.mark.nightly
@pytest.mark.parametrize(("scenario", "seed", "recall"), [("mixed", 7001, 0.5), ("clean", 7002, None)])
def test_verdicts_on_exports_are_right(scenario: str, seed: int, recall: float | None, tmp_path: Path) -> None:
    with nothing_from_outside():
        weeks = judge(scenario, seed, tmp_path, **_SIZES, exports=True)
    found = score(weeks, "tokenworth")
    assert weeks["diverges"].any() == (recall is not None)
    if recall is None:
        assert found["weeks with any flag"] <= 0.1
    else:
        assert found["precision, all weeks"] >= 0.85
        assert found["recall"] >= recall
        assert found["recall of twofold"] >= 0.9
