"""From exports through Airflow to a finding: the team that games is found, and no other."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from expectations.findings import lasting
from tokenworth.settings import Settings
from tokenworth.simulate import simulate
from tokenworth.warehouse import open_warehouse
from tokenworth_airflow.local import DAGS


def test_the_team_that_runs_prompt_loops_stands_out_and_no_other(tmp_path: Path, airflow: dict[str, str]) -> None:
    simulate(tmp_path / "landing", truth=tmp_path / "truth", weeks=16, gaming=True)
    planted = json.loads((tmp_path / "truth" / "gaming.json").read_text())
    settings = Settings(landing=tmp_path / "landing", warehouse=tmp_path / "warehouse")
    environment = airflow | {
        "TOKENWORTH_LANDING": str(settings.landing),
        "TOKENWORTH_WAREHOUSE": str(settings.warehouse),
    }
    command = [sys.executable, "-m", "tokenworth_airflow.once", str(tmp_path / "log"), *DAGS]
    done = subprocess.run(command, env=environment, input="\n", check=False, capture_output=True, text=True)

    assert done.returncode == 0, done.stdout + done.stderr
    (verdict,) = [f for f in lasting(settings) if f.rule == "TEAMS_CONSISTENT"]
    with open_warehouse(settings, read_only=True) as connection:
        team = connection.execute("select team_id from marts.dim_team where team_name = ?", [verdict.about]).fetchall()
        gamers = connection.execute(
            "select count(distinct person_key) from marts.fct_signals where signal = 'scripted_cadence'"
            " and score >= 0.5 and team_id <> ?",
            [planted["scripted_cadence"]],
        ).fetchall()
    assert team == [(planted["scripted_cadence"],)]
    assert gamers == [(0,)], "somebody else is taken for a script"
    assert "scripted_cadence" in verdict.finding
