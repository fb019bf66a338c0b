"""Scenarios as exports: the same gaming as in the tables, in files that are what their truth says."""

from __future__ import annotations

import csv
import hashlib
import json
from collections import Counter, defaultdict
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import typer.testing

from tokenworth.cli import app
from tokenworth.errors import UsageError
from tokenworth.simulate.behaviours import OUTCOME_GAMING, USAGE_GAMING
from tokenworth.simulate.planted import simulate_scenario
from tokenworth.simulate.staged import scenario_named
from tokenworth.simulate.staged.scenarios import scenario_of

_SMALL: dict[str, Any] = {"people": 70, "teams": 8, "weeks": 6, "sessions_a_day": 0.4}
_EVERY = replace(
    scenario_named("every_signal"),
    each_behaviour=1,
    look_alikes=0,
    begins=(0.1, 0.2),
    strength=(3.0, 3.5),
    ramp_weeks=(0, 0),
)


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with `landing` and `truth`, in which somebody does each behaviour."""
    folder = tmp_path_factory.mktemp("planted")
    simulate_scenario(folder / "landing", _EVERY, truth=folder / "truth", seed=11, **_SMALL)
    return folder


def _table(path: Path) -> list[dict[str, str]]:
    with path.open() as file:
        return list(csv.DictReader(file))


def _who(company: Path, behaviour: str) -> str:
    people = {row["person_key"] for row in _table(company / "truth/gaming.csv") if row["behaviour"] == behaviour}
    (one,) = people
    return one


def _digests(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def test_the_same_seed_gives_the_same_bytes(tmp_path: Path) -> None:
    found = []
    for name, seed in (("one", 3), ("again", 3), ("other", 4)):
        sizes = _SMALL | {"people": 18, "teams": 3, "weeks": 4}
        simulate_scenario(tmp_path / name / "l", _EVERY, truth=tmp_path / name / "t", seed=seed, **sizes)
        found.append(_digests(tmp_path / name))
    assert found[0] == found[1]
    assert found[0] != found[2]


@pytest.mark.parametrize("behaviour", [*USAGE_GAMING, *OUTCOME_GAMING])
def test_every_behaviour_is_in_the_exports(company: Path, behaviour: str) -> None:
    rows = [row for row in _table(company / "truth/gaming.csv") if row["behaviour"] == behaviour]
    assert sum(int(row["events"]) for row in rows) > 0


def test_transcripts_hold_the_requests_that_the_truth_ascribes_to_them(company: Path) -> None:
    tokens: dict[str, int] = {}
    for path in (company / "landing/claude_code").rglob("*.jsonl"):
        for line in map(json.loads, path.read_text().splitlines()):
            message = line.get("message", {})
            if "usage" in message and message["model"] != "<synthetic>":
                u = message["usage"]
                written = sum(u["cache_creation"].values())
                tokens[message["id"]] = u["input_tokens"] + u["cache_read_input_tokens"] + written + u["output_tokens"]
    counters = ("input_uncached", "cache_read", "cache_write_5m", "output")
    expected = {
        row["request"]: sum(int(row[counter]) for counter in counters)
        for row in _table(company / "truth/usage.csv")
        if row["exports"] == "claude_code"
    }
    assert tokens == expected


def test_the_vendor_reports_what_logs_hold_but_for_whoever_forges_them(company: Path) -> None:
    people = {row["email"]: row["person_id"] for row in _table(company / "landing/people/members.csv") if row["email"]}
    reported, logged = (defaultdict[tuple[str, str], int](int) for _ in range(2))
    for path in (company / "landing/anthropic/claude_code").glob("*.json"):
        for row in json.loads(path.read_text())["data"]:
            day = (people[row["actor"]["email_address"]], row["date"][:10])
            reported[day] += sum(sum(part["tokens"].values()) for part in row["model_breakdown"])
    for row in _table(company / "truth/usage.csv"):
        if row["tool"] == "claude_code":
            counters = ("input_uncached", "cache_read", "cache_write_5m", "output")
            logged[row["person_id"], row["started_at"][:10]] += sum(int(row[counter]) for counter in counters)
    differ = {person for (person, day), tokens in reported.items() if tokens != logged[person, day]}
    assert differ == {_who(company, "log_mismatch")}


def test_gamed_outcomes_are_commits_and_pull_requests(company: Path) -> None:
    accounts = {
        (row["person_id"], row["system"]): row["account"] for row in _table(company / "landing/people/accounts.csv")
    }
    empty, closed = Counter[str](), Counter[str]()
    for path in (company / "landing/git").rglob("commits.jsonl"):
        for commit in map(json.loads, path.read_text().splitlines()):
            written = any(not file["path"].endswith("package-lock.json") for file in commit["files"])
            empty[commit["author_email"]] += not written and len(commit["parents"]) == 1
    for path in (company / "landing/github").rglob("pulls/page-*.json"):
        for pull in json.loads(path.read_text()):
            closed[pull["user"]["login"]] += pull["state"] == "closed" and not pull["merged_at"]
    assert empty.most_common(1)[0][0] == accounts[_who(company, "empty_ship"), "git"]
    assert closed.most_common(1)[0][0] == accounts[_who(company, "unmerged_changes"), "github"]


def test_only_what_was_asked_for_is_planted(tmp_path: Path) -> None:
    chosen = scenario_of(["cache_busting", "migration"], strength=2.5, share=1.0)
    simulate_scenario(tmp_path / "l", chosen, truth=tmp_path / "t", seed=2, **_SMALL)
    gaming, episodes = _table(tmp_path / "t/gaming.csv"), _table(tmp_path / "t/episodes.csv")
    assert {row["behaviour"] for row in gaming} == {"cache_busting"}
    assert 2 < max(float(row["strength"]) for row in gaming) < 3.5
    assert {row["kind"] for row in episodes} == {"migration"}


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--plant", "laziness"], "nothing is called laziness"),
        (["--plant", "rework", "--strength", "0.5"], "a strength is a factor from 1 on"),
        (["--scenario", "calm"], "there is no scenario calm"),
        (["--scenario", "mixed", "--strength", "2"], "--scenario --strength cannot be said like this"),
        (["--plant", "rework", "--clean"], "--plant cannot be said like this"),
        (["--share", "0.5"], "--share cannot be said like this"),
        (["--plant", "rework", "--days", "2"], "--days is for days, --plant for weeks"),
    ],
)
def test_what_cannot_be_planted_is_refused(tmp_path: Path, options: list[str], said: str) -> None:
    result = typer.testing.CliRunner().invoke(app, ["simulate", "--landing", str(tmp_path / "l"), *options])
    assert isinstance(result.exception, UsageError)
    assert said in str(result.exception)
    assert not (tmp_path / "l").exists()


def test_a_scenario_is_written_from_the_command_line(tmp_path: Path) -> None:
    options = ["--plant", "oversized_model", "--people", "21", "--weeks", "3"]
    result = typer.testing.CliRunner().invoke(app, ["simulate", "--landing", str(tmp_path / "l"), *options])
    assert result.exit_code == 0, result.output
    assert "21 people" in result.output
    assert f"What is true of them: {tmp_path / 'l-truth'}" in result.output
    assert {row["behaviour"] for row in _table(tmp_path / "l-truth/gaming.csv")} == {"oversized_model"}
