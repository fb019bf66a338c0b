"""Teams of a scenario among the others of a company: what they did and what they used, in the same exports."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pandas as pd

from tokenworth.errors import UsageError
from tokenworth.simulate.chance import stream
from tokenworth.simulate.organisation import Organisation
from tokenworth.simulate.planted.people import name_people
from tokenworth.simulate.planted.usage import write_down
from tokenworth.simulate.planted.work import plan_work
from tokenworth.simulate.staged import people as staged
from tokenworth.simulate.staged.drawn import Drawn, draw
from tokenworth.simulate.staged.people import draw_people
from tokenworth.simulate.staged.scenarios import Plan, Scenario, draw_plan
from tokenworth.simulate.usage import Usage
from tokenworth.simulate.work import Work

_IN_A_TEAM = 7
_FEWEST_IN_A_TEAM = 6  # of less than five that are at work nothing is published, and somebody is always away
_SESSIONS_A_DAY = 0.7  # about what the others have
_PLANTED = ("scripted_cadence", "change_splitting", "migration")
_LASTING = 5  # weeks, at the most, of what is planted last
_MOST_DRAWS = 5_000  # some dozens are enough


def draw_planted(seed: int, people: int, weeks: int, end: date) -> Drawn:
    """Ordinary teams, and three others: one lets loops send prompts, one splits its changes, one migrates.

    Drawn again until these three are so large and so late that something could be said of them.
    """
    teams = people // _IN_A_TEAM
    scenario = Scenario(
        "small",
        usage_teams=1 / teams,
        outcome_teams=1 / teams,
        look_alikes=1 / teams,
        strength=(2.5, 3.5),
        share=(1.0, 1.0),
        ramp_weeks=(0, 0),
        begins=(0.5, 0.5),
        behaviours=_PLANTED,
    )
    sizes = {"people": people, "teams": teams, "weeks": weeks}
    first_day = end - timedelta(days=7 * weeks - 1)
    for chosen in stream(seed, "planted").integers(0, 2**31, _MOST_DRAWS).tolist():
        org = draw_people(first_day=first_day, rng=stream(chosen, "people"), **sizes)
        if _can_be_judged(org, draw_plan(scenario, org, stream(chosen, "plan"))):
            return draw(scenario, seed=chosen, sessions_a_day=_SESSIONS_A_DAY, end=end, **sizes)
    raise UsageError(f"no teams that game fit into {people} people", todo="Ask for more people, or for another seed.")


def _can_be_judged(org: staged.Organisation, plan: Plan) -> bool:
    """Whether enough people are there in every week, and a past before it begins."""
    last = org.week_team[:, -1]
    doing = [np.unique(last[strength[:, -1] > 1]) for strength in plan.strengths.values()]
    found = {int(team) for team in np.concatenate(doing) if team >= 0} | {episode.team for episode in plan.episodes}
    late = all(episode.first_week >= min(org.weeks // 2, org.weeks - _LASTING) for episode in plan.episodes)
    weeks = range(org.weeks)
    large = all(len(org.members_of(team, week)) >= _FEWEST_IN_A_TEAM for team in found for week in weeks)
    return late and large and len(found) >= len(_PLANTED)


def add_planted(
    drawn: Drawn, seed: int, organisation: Organisation, work: Work, usage: Usage
) -> tuple[Organisation, Work, Usage]:
    """The company with the drawn teams in it; everything of both stays as it was."""
    theirs = name_people(drawn.org, stream(seed, "names"), beside=organisation)
    planned, tasks = plan_work(drawn, theirs, stream(seed, "history"))
    used, _ = write_down(drawn, theirs, tasks, stream(seed, "logs"))
    everybody = replace(
        organisation,
        employees=[*organisation.employees, *theirs.employees],
        teams=[*organisation.teams, *theirs.teams],
        repositories=organisation.repositories + theirs.repositories,
    )
    everything = Work(
        tasks=[*work.tasks, *planned.tasks],
        issues=[*work.issues, *planned.issues],
        commits=work.commits | planned.commits,
        releases=work.releases,
        repositories=everybody.repositories,
    )
    return everybody, everything, _together(usage, used)


def _together(usage: Usage, more: Usage) -> Usage:
    """Sessions of the one behind those of the other."""
    requests = more.requests.assign(session=more.requests["session"] + len(usage.sessions))
    return Usage(
        [*usage.sessions, *more.sessions],
        pd.concat([usage.requests, requests], ignore_index=True),
        np.concatenate([usage.first, usage.first[-1] + more.first[1:]]),
    )
