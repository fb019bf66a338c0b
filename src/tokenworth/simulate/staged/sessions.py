"""Who sat down with which tool, when and what for: one row a session, and how its requests will look."""

from __future__ import annotations

import numpy as np
import pandas as pd

from tokenworth.simulate.behaviours import OUTCOME_GAMING
from tokenworth.simulate.staged.people import DAYS_A_WEEK, Floats, Ints, Organisation
from tokenworth.simulate.staged.prices import BIG, MIDDLE, NEWEST, OTHERS, SMALL
from tokenworth.simulate.staged.scenarios import Plan
from tokenworth.simulate.staged.work import Work

CLAUDE_CODE, COPILOT, API = "claude_code", "copilot", "api"
_LAUNCH_WEEK = 0.55  # of the weeks: the newest model comes out, and spreads over some weeks

# How the requests of a session look: gaps in seconds and tokens, as logarithms with their spread.
PACE = {
    "gap": 3.9, "gap_sd": 1.1, "growth": 6.2, "base": 24_000.0, "busting": 0.0, "output": 5.6, "context": 1.0,
    "output_sd": 1.2,
}  # fmt: skip


def draw_sessions(
    org: Organisation, plan: Plan, work: Work, activity: Floats, sessions_a_day: float, rng: np.random.Generator
) -> pd.DataFrame:
    """Honest sessions, including those of episodes; `job` is the row of a change, -1 for none."""
    effects = plan.effects
    factor = effects.usage.copy()
    # Outcomes made for show cost tokens too, and hide what they cost.
    for behaviour in OUTCOME_GAMING:
        factor *= plan.strength(behaviour, org)
    expected = sessions_a_day * np.exp(org.level[:, None] + activity) * factor
    daily = np.repeat(expected, DAYS_A_WEEK, axis=1) * org.calendar() * org.present * (org.team >= 0)
    daily *= rng.random(daily.shape) < org.busy[:, None]
    daily[org.is_service] = 0
    counts = rng.poisson(daily * rng.gamma(2.0, 0.5, daily.shape))
    person, day = (np.repeat(index.ravel(), counts.ravel()) for index in np.indices(counts.shape))
    sessions = new_sessions(person, day, org, rng)
    week = day // DAYS_A_WEEK
    night = rng.random(len(person)) < effects.night[person, week]
    sessions["at"] = np.where(night, day + rng.random(len(person)), sessions["at"])
    sessions["context"] *= effects.context[person, week]
    _models(sessions, org, plan, rng)
    wander = org.wander[person] + effects.wander[person, week]
    sessions["job"] = np.where(rng.random(len(person)) < wander, -1, jobs_of(sessions, work, rng))
    reviews = rng.random(len(person)) < effects.reviews[person, week]
    sessions["job"] = np.where(reviews, others_jobs(sessions, work, org, rng), sessions["job"])
    sessions["length"] = np.where(reviews, np.minimum(sessions["length"], 4), sessions["length"])
    return pd.concat([sessions, _batches(org, plan, rng)], ignore_index=True)


def new_sessions(person: Ints, day: Ints, org: Organisation, rng: np.random.Generator) -> pd.DataFrame:
    """Sessions in working hours, of usual length; `at` in days since the first, UTC."""
    size = len(person)
    local = np.where(rng.random(size) < 0.5, rng.normal(10.7, 1.1, size), rng.normal(15.2, 1.5, size))
    at = day + (np.clip(local, 7, 21) - org.utc_offset[person]) / 24
    frame = pd.DataFrame({"person": person, "day": day, "at": at})
    frame["length"] = np.clip(rng.lognormal(2.0, 0.95, size), 1, 200).astype(np.int64)
    frame["job"] = -1
    frame["behaviour"] = ""
    frame["twin"] = -1  # the session whose prompts it repeats
    frame["dropped"] = False  # would have been there, had it not been replaced
    frame["tool"] = np.where(rng.random(size) < 0.85, CLAUDE_CODE, COPILOT)
    frame["model"] = MIDDLE
    for name, usual in PACE.items():
        frame[name] = usual
    frame["growth"] += rng.normal(0, 0.5, size)
    frame["output"] += rng.normal(0, 0.4, size)
    frame["gap"] += rng.normal(0, 0.4, size)
    return frame


def _models(sessions: pd.DataFrame, org: Organisation, plan: Plan, rng: np.random.Generator) -> None:
    """Everybody leans on one model; when a new one comes out, some move to it within weeks."""
    effects = plan.effects
    person, week = sessions["person"].to_numpy(), sessions["day"].to_numpy() // DAYS_A_WEEK
    usual = rng.choice([SMALL, MIDDLE, BIG], org.people, p=[0.15, 0.5, 0.35])
    strays = rng.choice([SMALL, MIDDLE, BIG], len(sessions), p=[0.3, 0.4, 0.3])
    model = np.where(rng.random(len(sessions)) < 0.75, usual[person], strays)
    moves = np.floor(org.weeks * _LAUNCH_WEEK) + rng.exponential(3, org.people)
    moves = np.where(rng.random(org.people) < 0.5, moves, np.inf)
    model = np.where((model == BIG) & (week >= moves[person]), NEWEST, model)
    dear = rng.random(len(sessions)) < effects.dear[person, week]
    model = np.where(dear, np.where(week >= org.weeks * _LAUNCH_WEEK, NEWEST, BIG), model)
    sessions["output"] = sessions["output"] + 0.2 * dear + 0.15 * (model == NEWEST)
    sessions["context"] = sessions["context"] * np.where(dear, 1.15, 1.0)
    sessions["model"] = np.where(sessions["tool"] == CLAUDE_CODE, model, rng.choice(OTHERS, len(sessions)))


def jobs_of(sessions: pd.DataFrame, work: Work, rng: np.random.Generator) -> Ints:
    """For each session a piece of work that its person had under way on that day, -1 where there is none."""
    jobs = work.changes[(work.changes["person"] >= 0) & (work.changes["reverts"] < 0)]
    ends = jobs["shipped"].fillna(jobs["given_up"]).fillna(1e9).to_numpy()
    owner, change, begins = (jobs[name].to_numpy() for name in ("person", "change", "began"))
    found = _picked(sessions, owner, change, begins, ends, rng)
    # Where nothing is under way, most of what people do is for what comes next.
    ahead = _picked(sessions, owner, change, begins - 8, ends, rng)
    return np.where((found < 0) & (rng.random(len(sessions)) < 0.7), ahead, found)


def others_jobs(sessions: pd.DataFrame, work: Work, org: Organisation, rng: np.random.Generator) -> Ints:
    """For each session a piece of work of the same team, whoever does it."""
    jobs = work.changes[(work.changes["team"] >= 0) & (work.changes["reverts"] < 0)]
    ends = jobs["shipped"].fillna(jobs["given_up"]).fillna(1e9).to_numpy()
    teams = sessions.assign(person=org.team[sessions["person"], sessions["day"]])
    return _picked(teams, jobs["team"].to_numpy(), jobs["change"].to_numpy(), jobs["opened"].to_numpy(), ends, rng)


def _picked(
    sessions: pd.DataFrame, owner: Ints, change: Ints, begins: Floats, ends: Floats, rng: np.random.Generator
) -> Ints:
    last = int(sessions["day"].max()) if len(sessions) else 0
    first_day = np.clip(np.floor(begins) - 1, 0, last + 1).astype(np.int64)
    last_day = np.clip(np.floor(ends), -1, last).astype(np.int64)
    # Nobody works on a hundred days on what took a hundred days to be merged.
    length = np.clip(last_day - first_day + 1, 0, 45)
    row = np.repeat(np.arange(len(owner)), length)
    day = np.repeat(first_day, length) + np.arange(len(row)) - np.repeat(np.cumsum(length) - length, length)
    key = owner[row] * 10_000 + day
    order = np.argsort(key, kind="stable")
    key, row = key[order], row[order]
    asked = sessions["person"].to_numpy() * 10_000 + sessions["day"].to_numpy()
    left, right = np.searchsorted(key, asked), np.searchsorted(key, asked, side="right")
    if not len(key):
        return np.full(len(sessions), -1)
    at = np.minimum(left + (rng.random(len(asked)) * (right - left)).astype(np.int64), len(key) - 1)
    return np.where(right > left, change[row[at]], -1)


def _batches(org: Organisation, plan: Plan, rng: np.random.Generator) -> pd.DataFrame:
    """Jobs of service accounts: every day, at the same hours, even, through the gateway."""
    effects = plan.effects
    daily = np.repeat(effects.batch, DAYS_A_WEEK, axis=1)
    counts = np.ceil(daily).astype(np.int64)
    person, day = (np.repeat(index.ravel(), counts.ravel()) for index in np.indices(counts.shape))
    frame = new_sessions(person, day, org, rng)
    nth = frame.groupby(["person", "day"]).cumcount()
    frame["at"] = frame["day"] + (nth * 6 + 1.25) / 24
    frame["length"] = 40
    frame["tool"], frame["model"], frame["gap"], frame["gap_sd"] = API, SMALL, 4.6, 0.08
    frame["output_sd"] = 0.3
    return frame
