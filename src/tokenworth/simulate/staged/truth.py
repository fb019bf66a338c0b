"""What is true of a staged organisation: who did what, what it did to a team's cost, and what was benign."""

from __future__ import annotations

import duckdb
import numpy as np
import pandas as pd

from tokenworth.simulate.behaviours import OUTCOME_GAMING
from tokenworth.simulate.staged.columns import people_keys, team_ids
from tokenworth.simulate.staged.drawn import Drawn
from tokenworth.simulate.staged.people import DAYS_A_WEEK, Organisation
from tokenworth.simulate.staged.scenarios import Plan
from tokenworth.simulate.staged.work import Work


def write_truth(connection: duckdb.DuckDBPyConnection, drawn: Drawn) -> None:
    """Four tables in the schema `truth`: gaming, person_weeks, team_weeks, episodes."""
    org, plan, work, sessions = drawn.org, drawn.plan, drawn.work, drawn.sessions
    gaming = _gaming(org, plan, work, sessions)
    people = _person_weeks(org, plan, sessions, drawn.requests)
    tables = {
        "gaming": gaming,
        "person_weeks": people,
        "team_weeks": _team_weeks(people, work),
        "episodes": pd.DataFrame(
            [
                (e.kind, f"team-{e.team:02d}", e.first_week, e.last_week, [f"p{p:04d}" for p in e.people])
                for e in plan.episodes
            ],
            columns=["kind", "team_id", "first_week", "last_week", "people"],
        ).astype({"people": object}),
    }
    monday = f"date '{org.first_day}' + 7 * cast({{}} as integer)"
    for name, frame in tables.items():
        connection.register("frame", frame)
        if name == "episodes":
            dates = f"{monday.format('first_week')} as first_week, {monday.format('last_week')} as last_week"
            query = f"select kind, team_id, {dates}, cast(people as varchar[]) as people from frame"
        else:
            query = f"select * exclude (week), {monday.format('week')} as week_start from frame"
        connection.execute(f"create or replace table truth.{name} as {query}")
        connection.unregister("frame")


def _gaming(org: Organisation, plan: Plan, work: Work, sessions: pd.DataFrame) -> pd.DataFrame:
    """A row a person, week and behaviour that goes on, with how many sessions, changes or issues were of it."""
    found = [
        pd.DataFrame({"person": person, "week": week, "behaviour": behaviour, "strength": strength[person, week]})
        for behaviour, strength in plan.strengths.items()
        for person, week in [np.nonzero((strength > 1) & (org.week_team >= 0))]
    ]
    if not found:
        found = [pd.DataFrame({"person": [], "week": [], "behaviour": [], "strength": []}, dtype=np.int64)]
    gaming = pd.concat(found, ignore_index=True).astype({"person": np.int64, "week": np.int64, "behaviour": "str"})
    done = sessions[~sessions["dropped"]].assign(week=sessions["day"] // DAYS_A_WEEK)
    done.loc[done["is_hidden"], "behaviour"] = "log_mismatch"
    ended = [
        frame.assign(week=np.floor(frame["shipped"].fillna(frame["given_up"]) / DAYS_A_WEEK))
        for frame in (work.changes, work.issues)
    ]
    columns = ["person", "week", "behaviour"]
    events = pd.concat([frame.loc[frame["week"].notna(), columns] for frame in (done, *ended)])
    events = events.astype({"week": np.int64}).groupby(columns, as_index=False).size()
    gaming = gaming.merge(events.rename(columns={"size": "events"}), on=columns, how="left").fillna({"events": 0})
    gaming["person_key"] = people_keys(gaming["person"])
    gaming["team_id"] = team_ids(org.week_team[gaming["person"], gaming["week"]])
    return gaming.drop(columns=["person"]).astype({"events": np.int64})


def _person_weeks(org: Organisation, plan: Plan, sessions: pd.DataFrame, requests: pd.DataFrame) -> pd.DataFrame:
    """What each person cost in a week, and would have cost without gaming.

    Whoever makes outcomes for show spends tokens on them in proportion, so that the honest part is
    what is left after dividing by the strength.
    """
    person = sessions["person"].to_numpy()[requests["session"]]
    week = (requests["day"] // DAYS_A_WEEK).to_numpy()
    show = np.ones((org.people, org.weeks))
    for behaviour in OUTCOME_GAMING:
        show *= plan.strength(behaviour, org)
    frame = pd.DataFrame(
        {
            "person": person,
            "week": week,
            "cost_usd": np.where(requests["is_seen"], requests["cost_usd"], 0.0),
            "honest_cost_usd": requests["honest_cost_usd"] / show[person, week],
        }
    )
    frame = frame.groupby(["person", "week"], as_index=False).sum()
    frame["team"] = org.week_team[frame["person"], frame["week"]]
    gamed = np.ones((org.people, org.weeks))
    for strength in plan.strengths.values():
        gamed = np.maximum(gamed, strength)
    frame["is_gaming"] = gamed[frame["person"], frame["week"]] > 1
    frame["person_key"], frame["team_id"] = people_keys(frame["person"]), team_ids(frame["team"])
    return frame.drop(columns=["person", "team"])


def _team_weeks(people: pd.DataFrame, work: Work) -> pd.DataFrame:
    """By what factor gaming raised a team's cost, and its count of shipped changes and issues."""
    in_teams = people[people["team_id"].notna()]
    teams = in_teams.groupby(["team_id", "week"], as_index=False).agg(
        cost_usd=("cost_usd", "sum"), honest_cost_usd=("honest_cost_usd", "sum"), people_gaming=("is_gaming", "sum")
    )
    teams["usage_factor"] = teams["cost_usd"] / teams["honest_cost_usd"].where(teams["honest_cost_usd"] > 0)
    shipped = pd.concat(
        [
            frame.loc[frame["shipped"].notna() & (frame["team"] >= 0), ["team", "shipped", "behaviour", "group"]]
            for frame in (work.changes, work.issues.assign(group=-1))
        ]
    )
    shipped["week"] = (shipped["shipped"] // DAYS_A_WEEK).astype(int)
    shipped["team_id"] = team_ids(shipped["team"].to_numpy()).to_numpy()
    parts = shipped["behaviour"] == "change_splitting"
    once = ~shipped.duplicated(["team", "group"]) & parts
    honest = shipped["behaviour"].isin(["", "unreviewed_merges"]) | once
    counted = shipped.assign(honest=honest).groupby(["team_id", "week"])["honest"].agg(["size", "sum"]).reset_index()
    counted.columns = pd.Index(["team_id", "week", "outcomes", "honest_outcomes"])
    found = teams.merge(counted, on=["team_id", "week"], how="left").fillna({"outcomes": 0, "honest_outcomes": 0})
    found["outcome_factor"] = found["outcomes"] / found["honest_outcomes"].where(found["honest_outcomes"] > 0)
    return found
