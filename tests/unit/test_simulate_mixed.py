"""The small organisation in which two teams game and a third only looks like it."""

from __future__ import annotations

import csv
from collections import Counter
from datetime import date
from pathlib import Path

import numpy as np
import pytest
import typer.testing

from tokenworth.cli import app
from tokenworth.errors import UsageError
from tokenworth.simulate import FEWEST_WITH_GAMING, simulate
from tokenworth.simulate.planted.among import draw_planted


def _table(path: Path) -> list[dict[str, str]]:
    with path.open() as file:
        return list(csv.DictReader(file))


def test_the_truth_says_where_what_was_planted(tmp_path: Path) -> None:
    simulate(tmp_path / "l", truth=tmp_path / "t", people=40, weeks=6, gaming=True)
    gaming, (look_alike,) = _table(tmp_path / "t/gaming.csv"), _table(tmp_path / "t/episodes.csv")
    doing: dict[str, Counter[str]] = {}
    for row in gaming:
        doing.setdefault(row["behaviour"], Counter())[row["team_id"]] += 1
    assert doing.keys() == {"scripted_cadence", "change_splitting"}
    assert look_alike["kind"] == "migration"
    teams = [counts.most_common(1)[0][0] for counts in doing.values()]
    assert len({*teams, look_alike["team_id"]}) == 3
    members = {(row["person_id"], row["team_id"]) for row in _table(tmp_path / "l/people/members.csv")}
    assert {(row["person_key"], row["team_id"]) for row in gaming} <= members
    assert len({person for person, _ in members if person}) == 40 + 1  # and an agent


def test_nobody_is_another_one(tmp_path: Path) -> None:
    simulate(tmp_path / "l", truth=tmp_path / "t", people=150, weeks=2, gaming=True)
    accounts = _table(tmp_path / "l/people/accounts.csv")
    owners: dict[tuple[str, str], set[str]] = {}
    for row in accounts:
        owners.setdefault((row["system"], row["account"]), set()).add(row["person_id"])
    shared = [account for account, people in owners.items() if len(people) > 1]
    assert len(shared) == 1, "the laptop that was handed on"
    people = {row["person_id"]: row for row in _table(tmp_path / "l/people/members.csv")}
    for name in ("email", "display_name"):
        said = [row[name] for row in people.values() if row[name]]
        assert len(said) == len(set(said))
    teams = {row["team_id"]: row["team_name"] for row in _table(tmp_path / "l/people/teams.csv")}
    assert len(teams) == len(set(teams.values()))


def test_without_gaming_nothing_is_planted(tmp_path: Path) -> None:
    simulate(tmp_path / "l", truth=tmp_path / "t", people=12, weeks=2)
    assert not (tmp_path / "t/gaming.csv").exists()


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize(("people", "weeks"), [(21, 2), (24, 6), (36, 16)])
def test_what_is_planted_is_large_and_late_enough_to_be_judged(people: int, weeks: int, seed: int) -> None:
    drawn = draw_planted(seed, people, weeks, date(2026, 3, 1))
    org, plan = drawn.org, drawn.plan
    (episode,) = plan.episodes
    doing = {kind: Counter(org.week_team[s[:, -1] > 1, -1].tolist()) for kind, s in plan.strengths.items()}
    teams = [episode.team, *(counts.most_common(1)[0][0] for counts in doing.values())]
    assert len(set(teams)) == 3
    assert min(len(org.members_of(team, week)) for team in teams for week in range(weeks)) >= 6
    assert episode.first_week >= min(weeks // 2, weeks - 5)
    assert all(np.flatnonzero((s > 1).any(axis=0))[0] == weeks // 2 for s in plan.strengths.values())


def test_too_few_people_cannot_game(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="at least 35 people"):
        simulate(tmp_path / "l", truth=tmp_path / "t", people=FEWEST_WITH_GAMING - 1, weeks=2, gaming=True)
    assert not (tmp_path / "l").exists()


@pytest.mark.parametrize(
    ("options", "games"),
    [(["--people", "35"], True), (["--people", "35", "--clean"], False), (["--people", "34"], False)],
)
def test_from_the_command_line_they_game_where_they_can(tmp_path: Path, options: list[str], games: bool) -> None:
    command = ["simulate", "--landing", str(tmp_path / "l"), "--weeks", "2", *options]
    result = typer.testing.CliRunner().invoke(app, command)
    assert result.exit_code == 0, result.output
    assert (tmp_path / "l-truth/gaming.csv").exists() == games
