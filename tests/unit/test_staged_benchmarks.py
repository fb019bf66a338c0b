"""The models that the benchmarks of verdicts and signals build find in a staged organisation all that they read."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from benchmarks.staged import SIGNALS, VALUE, VERDICTS, build_staged
from tokenworth.settings import Settings
from tokenworth.simulate.staged import SCENARIOS, stage


@pytest.mark.parametrize(
    "select", [VALUE, pytest.param((*VALUE, *SIGNALS, *VERDICTS), marks=pytest.mark.nightly)], ids=["worth", "verdicts"]
)
def test_models_stand_on_a_staged_organisation(select: tuple[str, ...], tmp_path: Path) -> None:
    settings = Settings(warehouse=tmp_path)
    stage(settings, SCENARIOS["clean"], seed=1, people=12, teams=2, weeks=8)
    build_staged(settings, tmp_path / "dbt", select)
    with duckdb.connect(str(settings.database), read_only=True) as connection:
        used, told, attributed = connection.execute("""
            select (select sum(total_tokens) from intermediate.int_usage_placed),
                (select sum(total_tokens) from marts.fct_usage), (select sum(tokens) from marts.fct_attribution)
        """).fetchall()[0]
    assert used == told == attributed > 0
