"""A synthetic organisation written straight into a warehouse, past the exports: for scoring over many seeds.

    scenarios     what is planted where; `episodes` are the benign ones
    people        teams of different sizes and rhythms, people who join, leave and move
    work          changes, issues, reviews and lines; `gamed_work` those made for show
    sessions      who sat down when and what for; `gamed_usage` what was made for show
    requests      the requests of every session, drawn at once; `prices` what they cost
    tables        the tables that dbt's models of value, ledger, signals and verdicts read
    truth         what is true, in a schema of its own that no model reads

The same seed gives the same rows.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from tokenworth.errors import UsageError
from tokenworth.settings import Settings
from tokenworth.simulate.chance import stream
from tokenworth.simulate.staged.gamed_usage import game
from tokenworth.simulate.staged.people import autocorrelated, draw_people
from tokenworth.simulate.staged.requests import draw_requests
from tokenworth.simulate.staged.scenarios import SCENARIOS, Scenario, draw_plan, scenario_named
from tokenworth.simulate.staged.sessions import draw_sessions
from tokenworth.simulate.staged.tables import write_tables
from tokenworth.simulate.staged.truth import write_truth
from tokenworth.simulate.staged.work import draw_work
from tokenworth.warehouse import open_warehouse

__all__ = ["SCENARIOS", "Scenario", "Staged", "scenario_named", "stage"]


@dataclass(frozen=True)
class Staged:
    """What was written."""

    database: Path
    people: int
    requests: int
    changes: int
    issues: int


def stage(
    settings: Settings,
    scenario: Scenario,
    *,
    seed: int = 7,
    people: int = 400,
    teams: int = 60,
    weeks: int = 26,
    sessions_a_day: float = 1.5,
    end: date = date(2026, 3, 1),
) -> Staged:
    """Writes the organisation of a scenario and its truth into the settings' warehouse, whose weeks end on `end`.

    `sessions_a_day` is what a person of middling use has; each is some ten requests.
    Raises UsageError where the teams could not have three people each, or `end` is no Sunday.
    """
    if people < 3 * teams:
        raise UsageError(f"{people} people are too few for {teams} teams", todo="Three people a team are the least.")
    if end.weekday() != 6:
        raise UsageError(f"{end} is no Sunday, and weeks end on Sundays")
    first_day = end - timedelta(days=7 * weeks - 1)
    org = draw_people(people, teams, weeks, first_day, stream(seed, "people"))
    plan = draw_plan(scenario, org, stream(seed, "plan"))
    moods = stream(seed, "activity")
    # How busy people are, they share partly with their team.
    of_teams = autocorrelated(teams, weeks, 0.7, 0.2, moods)[org.week_team.clip(0)[:, weeks // 2]]
    activity = autocorrelated(org.people, weeks, 0.6, 0.4, moods) + of_teams
    work = draw_work(org, plan, scenario, activity, stream(seed, "work"))
    sessions = draw_sessions(org, plan, work, activity, sessions_a_day, stream(seed, "sessions"))
    sessions = game(sessions, org, plan, work, stream(seed, "gaming"))
    requests = draw_requests(sessions, org.days, stream(seed, "requests"))
    settings.warehouse.mkdir(parents=True, exist_ok=True)
    with open_warehouse(settings) as connection:
        write_tables(connection, org, work, sessions, requests, stream(seed, "tables"))
        write_truth(connection, org, plan, scenario, work, sessions, requests)
    return Staged(settings.database, org.people, int(requests["is_seen"].sum()), len(work.changes), len(work.issues))
