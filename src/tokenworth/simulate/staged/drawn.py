"""One organisation, drawn: what `stage` writes as tables and `planted` as exports."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import pandas as pd

from tokenworth.errors import UsageError
from tokenworth.simulate.chance import stream
from tokenworth.simulate.staged.gamed_usage import game
from tokenworth.simulate.staged.people import Organisation, autocorrelated, draw_people
from tokenworth.simulate.staged.requests import draw_requests
from tokenworth.simulate.staged.scenarios import Plan, Scenario, draw_plan
from tokenworth.simulate.staged.sessions import draw_sessions
from tokenworth.simulate.staged.work import Work, draw_work


@dataclass
class Drawn:
    """People, what is planted among them, and all that they did: `sessions` and `requests` a row each."""

    org: Organisation
    scenario: Scenario
    plan: Plan
    work: Work
    sessions: pd.DataFrame
    requests: pd.DataFrame


def draw(
    scenario: Scenario, *, seed: int, people: int, teams: int, weeks: int, sessions_a_day: float, end: date
) -> Drawn:
    """The organisation of a scenario whose weeks end on `end`.

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
    return Drawn(org, scenario, plan, work, sessions, draw_requests(sessions, org.days, stream(seed, "requests")))


def vendor_days(drawn: Drawn, rng: np.random.Generator) -> pd.DataFrame:
    """What the vendor reports of Claude Code: a row a person, day and model, tokens and dollars.

    Some people's accounts are not in its report, and some days are missing.
    """
    sessions, requests = drawn.sessions, drawn.requests
    tool = sessions["tool"].to_numpy()[requests["session"]]
    reported = requests[requests["is_at_vendor"] & (tool == "claude_code")]
    reported = reported.assign(person=sessions["person"].to_numpy()[reported["session"]])
    tokens = ["input_uncached", "cache_read", "cache_write", "output"]
    by_model = reported.groupby(["person", "day", "model"], as_index=False)
    rows = by_model.agg(**{name: (name, "sum") for name in (*tokens, "cost_usd")}, sessions=("session", "nunique"))
    days = rows[["person", "day"]].drop_duplicates()
    elsewhere = rng.random(drawn.org.people) < 0.05
    told = days[~elsewhere[days["person"]] & (rng.random(len(days)) > 0.015)]
    return rows.merge(told, on=["person", "day"])
