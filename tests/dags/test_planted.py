"""From exports through Airflow to findings: the teams that game are found, and no other."""

from __future__ import annotations

import csv
import json
import subprocess
import sys
from collections import Counter
from pathlib import Path

from expectations.findings import lasting
from tokenworth.settings import Settings
from tokenworth.simulate import simulate
from tokenworth.warehouse import open_warehouse
from tokenworth_airflow.local import DAGS


def _table(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _where(truth: Path, behaviour: str) -> str:
    """The team that does it; somebody may have taken it along to another one."""
    teams = Counter(row["team_id"] for row in _table(truth / "gaming.csv") if row["behaviour"] == behaviour)
    return teams.most_common(1)[0][0]


def test_the_teams_that_game_stand_out_and_no_other(tmp_path: Path, airflow: dict[str, str]) -> None:
    truth = tmp_path / "truth"
    simulate(tmp_path / "landing", truth=truth, weeks=16, gaming=True)
    of_usage, of_outcomes = _where(truth, "scripted_cadence"), _where(truth, "change_splitting")
    (look_alike,) = _table(truth / "episodes.csv")
    expected = json.loads((truth / "expected.json").read_text("utf-8"))["usage"]
    settings = Settings(landing=tmp_path / "landing", warehouse=tmp_path / "warehouse")
    environment = airflow | {
        "TOKENWORTH_LANDING": str(settings.landing),
        "TOKENWORTH_WAREHOUSE": str(settings.warehouse),
    }
    command = [sys.executable, "-m", "tokenworth_airflow.once", str(tmp_path / "log"), *DAGS]
    done = subprocess.run(command, env=environment, input="\n", check=False, capture_output=True, text=True)

    assert done.returncode == 0, done.stdout + done.stderr
    verdicts = {f.about: f.finding for f in lasting(settings) if f.rule == "TEAMS_CONSISTENT"}
    with open_warehouse(settings, read_only=True) as connection:
        names = dict(connection.execute("select team_id, team_name from marts.dim_team").fetchall())
        flagged = connection.execute(
            "select distinct team_id from marts.fct_divergence where verdict = 'divergent' order by team_id"
        ).fetchall()
        loops, parts = (
            connection.execute(
                "select distinct team_id from marts.fct_signals where signal = ? and score >= 0.5", [signal]
            ).fetchall()
            for signal in ("scripted_cadence", "change_splitting")
        )
        used = connection.execute("select sum(requests), sum(total_tokens) from marts.fct_usage").fetchall()
    assert used == [(expected["requests"], expected["total"])]
    assert flagged == [(team,) for team in sorted([of_usage, of_outcomes])], "in any week"
    assert look_alike["team_id"] not in (of_usage, of_outcomes)
    assert verdicts.keys() == {names[of_usage], names[of_outcomes]}
    assert "scripted_cadence" in verdicts[names[of_usage]]
    assert "change_splitting" in verdicts[names[of_outcomes]]
    assert loops == [(of_usage,)], "somebody else is taken for a script"
    assert parts == [(of_outcomes,)], "somebody else is taken for a splitter"
