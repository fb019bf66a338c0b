"""The staged organisation: repeatable, realistic in what matters, and true to its truth."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb
import pytest

from tokenworth.errors import UsageError
from tokenworth.settings import Settings
from tokenworth.simulate.behaviours import CATALOGUE, OUTCOME_GAMING, USAGE_GAMING
from tokenworth.simulate.staged import SCENARIOS, scenario_named, stage

_SMALL: dict[str, Any] = {"people": 60, "teams": 10, "weeks": 16}


def _staged(folder: Path, scenario: str = "mixed", seed: int = 3, **changes: Any) -> duckdb.DuckDBPyConnection:
    settings = Settings(warehouse=folder, threads=2, memory_limit="1GB")
    stage(settings, scenario_named(scenario, **changes), seed=seed, **_SMALL)
    return duckdb.connect(str(settings.database), read_only=True)


@pytest.fixture(scope="module")
def every_behaviour(tmp_path_factory: pytest.TempPathFactory) -> duckdb.DuckDBPyConnection:
    folder = tmp_path_factory.mktemp("staged")
    changes = {"each_behaviour": 1, "begins": (0.3, 0.5), "strength": (2.5, 3.5)}
    return _staged(folder, "every_signal", **changes)


def _one(connection: duckdb.DuckDBPyConnection, query: str) -> Any:
    (row,) = connection.sql(query).fetchall()
    return row[0] if len(row) == 1 else row


def test_the_same_seed_gives_the_same_rows(tmp_path: Path) -> None:
    sums = []
    for name, seed in (("one", 3), ("again", 3), ("other", 4)):
        with _staged(tmp_path / name, seed=seed) as connection:
            tables = ("int_usage_placed", "int_request_links", "int_outcomes", "int_change_lines", "int_reviews")
            sums.append([_one(connection, f"select sum(hash(t)) from intermediate.{table} as t") for table in tables])
    assert sums[0] == sums[1]
    assert sums[0] != sums[2]


@pytest.mark.parametrize("behaviour", [*USAGE_GAMING, *OUTCOME_GAMING])
def test_what_is_planted_is_done(behaviour: str, every_behaviour: duckdb.DuckDBPyConnection) -> None:
    people, events = _one(
        every_behaviour,
        f"select count(distinct person_key), sum(events) from truth.gaming where behaviour = '{behaviour}'",
    )
    assert people == 1
    assert events > 0


def test_gaming_of_usage_costs_what_the_truth_says(every_behaviour: duckdb.DuckDBPyConnection) -> None:
    warehouse, truth = _one(
        every_behaviour,
        "select (select sum(cost_units) / 1e10 from intermediate.int_usage_placed),"
        " (select sum(cost_usd) from truth.person_weeks)",
    )
    assert float(warehouse) == pytest.approx(truth, rel=1e-6)
    honest, gaming = every_behaviour.sql(
        "select sum(cost_usd) / sum(honest_cost_usd) from truth.person_weeks group by is_gaming order by is_gaming"
    ).fetchall()
    assert honest[0] == pytest.approx(1)
    assert gaming[0] > 1.5


def test_without_gaming_nothing_is_gamed(tmp_path: Path) -> None:
    with _staged(tmp_path, "clean") as connection:
        assert _one(connection, "select count(*) from truth.gaming") == 0
        assert _one(connection, "select max(abs(usage_factor - 1)) from truth.team_weeks") < 1e-9


def test_usage_and_work_fit_together(every_behaviour: duckdb.DuckDBPyConnection) -> None:
    # Whoever uses more in a week tends to ship more; most of what is linked belongs to one's own work.
    weekly = "date_trunc('week', {})"
    correlation = _one(
        every_behaviour,
        f"""
        with used as (select person_key, {weekly.format("usage_date")} as week, ln(sum(total_tokens)) as used
            from intermediate.int_usage_placed group by all),
        shipped as (select person_key, {weekly.format("shipped_at")} as week, count(*) as shipped
            from intermediate.int_outcomes where outcome_type = 'change' and not is_bot group by all)
        select corr(used, coalesce(shipped, 0)) from used left join shipped using (person_key, week)
        """,
    )
    assert correlation > 0.05
    own = _one(
        every_behaviour,
        """
        select avg(case when placed.person_key = outcomes.person_key then 1 else 0 end)
        from intermediate.int_request_links join intermediate.int_usage_placed as placed using (request_number)
        join intermediate.int_outcomes as outcomes using (outcome_id)
        """,
    )
    assert own > 0.9


def test_every_look_alike_can_be_planted(tmp_path: Path) -> None:
    with _staged(tmp_path, "look_alikes", look_alikes=1.0) as connection:
        kinds = {kind for (kind,) in connection.sql("select distinct kind from truth.episodes").fetchall()}
    # A change of price is common to everybody, and in every scenario.
    assert kinds == {b.name for b in CATALOGUE if b.kind == "benign"} - {"price_change"}


def test_names_and_sizes_that_cannot_be_are_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="there is no scenario calm"):
        scenario_named("calm")
    with pytest.raises(UsageError, match="too few"):
        stage(Settings(warehouse=tmp_path), SCENARIOS["clean"], people=5, teams=2)
