"""What `benchmarks/day.py` measures works on a tiny size: a benchmark is no test, but a broken one measures nothing."""

from __future__ import annotations

import json
from pathlib import Path

import duckdb
import pytest
from rich.console import Console

from benchmarks import day, steps
from tokenworth.simulate.day import simulate_days


def test_the_floor_finds_what_was_simulated(tmp_path: Path) -> None:
    written = simulate_days(tmp_path / "l", truth=tmp_path / "t", people=30, requests=300, kind="both", packed="zst")

    found = steps.floor(tmp_path / "l", tmp_path / "floor.duckdb")

    assert [step.name for step in found] == ["load", "sum"]
    with duckdb.connect(str(tmp_path / "floor.duckdb"), read_only=True) as c:
        sums = c.execute("""
            select sum(requests), (select count(*) from requests), (select count(*) from events),
                (select sum(prompt_tokens + completion_tokens) from requests)
                + (select sum(prompt_tokens + completion_tokens + cache_read_tokens + cache_write_tokens) from events)
            from used
        """).fetchall()[0]
    assert sums[0] == sums[1] + sums[2] == 300
    assert sums[1] and sums[2]
    assert sums[3] == written.total_tokens


def test_known_files_and_the_start_are_measured_and_shown(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    bench = day.Bench(tmp_path, "gateway", "none", memory=None)

    bench.unchanged(15)
    bench.start()
    day.show(bench, Console(width=150))

    assert [cost.run for cost in bench.costs] == ["15 new files", "15 unchanged files", "start"]
    assert all(cost.step.wall_seconds > 0 and cost.step.cpu_seconds > 0 for cost in bench.costs)
    shown = capsys.readouterr().out
    assert "15 unchanged files" in shown and "--help" in shown
    assert not list(tmp_path.iterdir())


@pytest.mark.nightly
def test_sizes_a_history_and_a_late_file_are_measured_and_right(tmp_path: Path) -> None:
    figures = tmp_path / "figures.json"

    day.main(requests=[300, 600], history=[1, 2], history_requests=300, late=True, scratch=tmp_path, as_json=figures)

    found = json.loads(figures.read_text())
    runs = list(dict.fromkeys(cost["run"] for cost in found["costs"]))
    assert runs == [
        "300 requests", "600 requests", "day 1 of 300 requests", "day 2 of 300 requests",
        "day 3, a Sunday: a week is told", "late file of 1,000 lines, 2 days ago", "start",
    ]  # fmt: skip
    whole = next(cost for cost in found["costs"] if cost["run"] == "300 requests" and cost["name"] == "whole")
    assert whole["wall_ratio"] > 1 and whole["cpu_ratio"] > 1
    assert any("what a full rebuild makes of them" in line for line in found["said"])
