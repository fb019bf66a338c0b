"""Usage that was made for show: sessions added, altered, or replaced."""

from __future__ import annotations

from datetime import timedelta

import numpy as np
import pandas as pd

from tokenworth.simulate.behaviours import USAGE_GAMING
from tokenworth.simulate.staged.people import DAYS_A_WEEK, Floats, Organisation
from tokenworth.simulate.staged.prices import DEAREST, MODELS
from tokenworth.simulate.staged.scenarios import Plan
from tokenworth.simulate.staged.sessions import CLAUDE_CODE, jobs_of, new_sessions
from tokenworth.simulate.staged.work import Work

_ADDING = (*USAGE_GAMING[:4], "duplicate_work", "log_mismatch")
ALTERED = ("model", "context", "busting")


def game(sessions: pd.DataFrame, org: Organisation, plan: Plan, work: Work, rng: np.random.Generator) -> pd.DataFrame:
    """All sessions, gamed ones with their behaviour; `honest_*` is what would have been without, NaN for nothing."""
    for name in ALTERED:
        sessions[f"honest_{name}"] = sessions[name]
    sessions["is_extra"] = False
    sessions["is_hidden"] = False
    added = []
    for behaviour in USAGE_GAMING:
        strength = plan.strength(behaviour, org)
        if strength.max() <= 1:
            continue
        of_session = strength[sessions["person"], sessions["day"] // DAYS_A_WEEK]
        if behaviour in _ADDING:
            added.append(_added(behaviour, sessions, of_session, org, work, rng))
        elif behaviour == "session_splitting":
            added.append(_split(sessions, of_session, rng))
        elif behaviour == "threshold_bunching":
            added.append(_topped_up(sessions, strength, org, rng))
        else:
            _alter(behaviour, sessions, of_session, rng)
    found = pd.concat([sessions, *added], ignore_index=True)
    return found[(found["day"] >= 0) & (found["day"] < org.days)].reset_index(drop=True)


def _habit(person: pd.Series, low: float, high: float, rng: np.random.Generator) -> Floats:
    """One number a person, the same for all their sessions."""
    drawn: Floats = rng.uniform(low, high, int(person.max()) + 1 if len(person) else 0)[person]
    return drawn


def _added(
    behaviour: str, sessions: pd.DataFrame, strength: Floats, org: Organisation, work: Work, rng: np.random.Generator
) -> pd.DataFrame:
    """More sessions in proportion to those that are there; for forged logs in half of the people, else hidden ones."""
    if behaviour == "log_mismatch":
        hides = (sessions["person"] % 2 == 1).to_numpy()
        sessions.loc[hides & (rng.random(len(sessions)) > 1 / strength), "is_hidden"] = True
        strength = np.where(hides, 1.0, strength)
    extra = sessions.loc[np.repeat(sessions.index, rng.poisson(np.maximum(strength - 1, 0)))].copy()
    origin = extra.index.to_numpy()
    size = len(extra)
    extra["behaviour"], extra["is_extra"], extra["is_hidden"] = behaviour, True, False
    person, at = extra["person"], extra["at"]
    if behaviour == "scripted_cadence":
        # Some loops are told to wait a little longer or shorter each time, some run at night.
        extra["gap"] = np.log(_habit(person, 20, 400, rng))
        extra["gap_sd"] = _habit(person, 0.01, 0.25, rng)
        extra["output_sd"] = _habit(person, 0.1, 0.6, rng)
        extra["growth"], extra["length"] = 4.0, np.maximum(extra["length"] * 2, 20)
        anytime = _habit(person, 0, 1, rng) < 0.5
        extra["at"] = np.where(anytime, extra["day"] + rng.random(size), at + rng.uniform(-0.1, 0.1, size))
        extra["job"] = np.where(rng.random(size) < _habit(person, 0, 1, rng), -1, extra["job"])
    elif behaviour == "round_the_clock":
        extra["day"] = extra["day"] // DAYS_A_WEEK * DAYS_A_WEEK + rng.integers(0, DAYS_A_WEEK, size)
        extra["at"] = extra["day"] + rng.random(size)
        extra["gap"] += 0.5
    elif behaviour == "unattributed_burn":
        extra["job"], extra["at"] = -1, at + rng.uniform(-0.06, 0.06, size)
    elif behaviour == "abandoned_work":
        thrown = work.changes[work.changes["behaviour"] == behaviour]
        mine = jobs_of(extra, Work(thrown, work.issues, work.closes, work.files, work.reviews), rng)
        prototype = -2 - (person.to_numpy() * 1000 + extra["day"].to_numpy() // 10)
        extra["job"] = np.where(mine >= 0, mine, prototype)
        extra["at"] = at + rng.uniform(-0.06, 0.06, size)
    elif behaviour == "duplicate_work":
        extra["twin"] = origin
        at_once = _habit(person, 0, 1, rng) < 0.5
        extra["at"] = at + np.where(at_once, rng.uniform(0, 0.01, size), rng.uniform(0.02, 0.2, size))
    return extra


def _split(sessions: pd.DataFrame, strength: Floats, rng: np.random.Generator) -> pd.DataFrame:
    """Sessions are replaced by short ones, each of which carries the context along."""
    chosen = (rng.random(len(sessions)) < np.clip((strength - 1) / 2.5, 0, 1)) & (sessions["length"] > 2)
    sessions.loc[chosen, "dropped"] = True
    old = sessions[chosen]
    each = rng.integers(1, 4, len(old))
    pieces = np.ceil(old["length"].to_numpy() / each).astype(np.int64)
    extra = old.loc[np.repeat(old.index, pieces)].copy()
    waits = pd.Series(rng.exponential(0.004, len(extra)) + 0.001, index=extra.index)
    extra["length"] = np.repeat(each, pieces)
    extra["at"] += waits.groupby(level=0).cumsum()
    extra["base"] += rng.lognormal(9.0, 0.5, len(extra))
    extra["behaviour"], extra["is_extra"], extra["dropped"] = "session_splitting", True, False
    return extra.reset_index(drop=True)


def _topped_up(sessions: pd.DataFrame, strength: Floats, org: Organisation, rng: np.random.Generator) -> pd.DataFrame:
    """Filler until a quota of requests a week is just passed, on the last workdays of the week or of the month."""
    people = np.flatnonzero(strength.max(axis=1) > 1)
    daily = np.zeros((org.people, org.days))
    np.add.at(daily, (sessions["person"], sessions["day"]), sessions["length"])
    weekly = daily.reshape(org.people, org.weeks, DAYS_A_WEEK).sum(axis=2)
    usual = np.array([np.median(row[row > 0]) if (row > 0).any() else 0 for row in weekly[people]])
    quota = np.maximum(np.ceil(usual * strength[people].max(axis=1) / 10) * 10, 20)
    by_month = rng.random(len(people)) < 0.3
    rows_person, rows_day, rows_count = [], [], []
    for person, needed, monthly in zip(people.tolist(), quota.tolist(), by_month.tolist(), strict=True):
        for first, last in _months(org) if monthly else [(w * 7, w * 7 + 4) for w in range(org.weeks)]:
            if strength[person, last // DAYS_A_WEEK] > 1 and org.present[person, last]:
                needed_here = needed * (last - first + 3) / DAYS_A_WEEK
                missing = needed_here * rng.uniform(1.0, 1.06) - daily[person, first : last + 1].sum()
                if missing >= 1:
                    rows_person.append(person)
                    rows_day.append(last - int(rng.random() < 0.3))
                    rows_count.append(round(missing))
    count = np.array(rows_count, dtype=np.int64)
    pieces = np.ceil(count / 15).astype(np.int64)
    each = np.repeat(count / np.maximum(pieces, 1), pieces)
    person_of, day_of = (np.repeat(np.array(rows, dtype=np.int64), pieces) for rows in (rows_person, rows_day))
    extra = new_sessions(person_of, day_of, org, rng)
    extra["length"] = np.maximum(np.round(each), 1).astype(np.int64)
    extra["at"] += 0.1
    extra["tool"], extra["behaviour"], extra["is_extra"] = CLAUDE_CODE, "threshold_bunching", True
    extra["growth"] -= 1.0
    extra["is_hidden"] = False
    for name in ALTERED:
        extra[f"honest_{name}"] = extra[name]
    return extra


def _months(org: Organisation) -> list[tuple[int, int]]:
    """First day and last workday of each whole month."""
    days = np.array([org.first_day + timedelta(days=d) for d in range(org.days)])
    ends = [d for d in range(org.days) if (days[d] + timedelta(days=1)).day == 1]
    begins = [d for d in range(org.days) if days[d].day == 1]
    return [(b, e - max(0, e % DAYS_A_WEEK - 4)) for b in begins for e in ends if 0 < e - b < 31]


def _alter(behaviour: str, sessions: pd.DataFrame, strength: Floats, rng: np.random.Generator) -> None:
    """Sessions that are there, but cost more than they need."""
    claude = (sessions["tool"] == CLAUDE_CODE).to_numpy()
    chosen = claude & (strength > 1)
    if behaviour == "oversized_model":
        price = np.array([model.input_usd for model in MODELS])[sessions["model"].to_numpy(dtype=np.int64)]
        ratio = MODELS[DEAREST].input_usd / price
        chosen &= rng.random(len(sessions)) < np.clip((strength - 1) / np.maximum(ratio - 1, 0.1), 0, 1)
        sessions.loc[chosen, "model"] = DEAREST
    elif behaviour == "context_stuffing":
        sessions["context"] *= np.where(chosen, strength, 1)
    else:
        sessions["busting"] = np.where(chosen, np.clip((strength - 1) / 6, 0, 0.9), sessions["busting"])
    sessions.loc[chosen, "behaviour"] = behaviour
