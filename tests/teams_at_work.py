"""An organisation as the verdicts read it: frames of people's weeks, drawn once, for tests to change."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta

import numpy as np
import pandas as pd

from tokenworth.divergence import verdicts

MONDAY = date(2026, 1, 5)


def monday(week: int) -> pd.Timestamp:
    return pd.Timestamp(MONDAY + timedelta(weeks=week))


@dataclass(frozen=True)
class Organisation:
    """The frames of `tokenworth.divergence.verdicts`."""

    usage: pd.DataFrame
    outcomes: pd.DataFrame
    members: pd.DataFrame
    signals: pd.DataFrame

    def spending(self, factor: float, *, team: str, since: int, people: int | None = None) -> Organisation:
        """With what a team's people spend from a week on multiplied; of some of them only, if said."""
        members = self.members.loc[self.members["team_id"] == team, "person_key"].unique()[:people]
        chosen = self.usage["person_key"].isin(members) & (self.usage["week_start"] >= monday(since))
        usage = self.usage.copy()
        usage.loc[chosen, ["cost_usd", "volume"]] *= factor
        return replace(self, usage=usage)

    def until(self, week: int) -> Organisation:
        """What had happened by the end of a week, with nothing of what came later."""
        end = monday(week + 1)
        usage, outcomes = self.usage[self.usage["week_start"] < end].copy(), self.outcomes.copy()
        for name in ("settled_week", "undone_week"):
            usage[name] = usage[name].where(usage[name] < end)
        outcomes = outcomes[outcomes["shipped_on"] < end].copy()
        outcomes["undone_on"] = outcomes["undone_on"].where(outcomes["undone_on"] < end)
        return Organisation(
            usage,
            outcomes,
            self.members[self.members["week_start"] < end],
            self.signals[self.signals["week_start"] < end],
        )

    def verdicts(self, after: int | None = None) -> pd.DataFrame:
        """By team and week; only of the weeks after one, if said."""
        since = None if after is None else monday(after).date()
        return verdicts(self.usage, self.outcomes, self.members, self.signals, after=since)

    def last_week(self) -> pd.DataFrame:
        """The verdicts of the last week, by team."""
        weeks = self.members["week_start"].nunique()
        return self.verdicts(after=weeks - 2).set_index("team_id")


def organisation(teams: int = 24, size: int = 6, weeks: int = 18, seed: int = 1, spread: float = 0.5) -> Organisation:
    """Teams whose people spend and ship about as much in every week, each at a level of their own."""
    rng = np.random.default_rng(seed)
    people = teams * size
    team = np.repeat([f"team-{n:02d}" for n in range(teams)], size)
    names = np.array([f"person-{n:03d}" for n in range(people)])
    person, week = (index.ravel() for index in np.indices((people, weeks)))
    level = rng.lognormal(3, 0.7, people)
    spent = level[person] * rng.lognormal(0, spread, len(person))
    start = np.array([monday(n) for n in range(weeks)], dtype="datetime64[s]")
    parts = []
    for share, served in ((0.7, True), (0.3, False)):
        parts.append(
            pd.DataFrame(
                {
                    "person_key": names[person],
                    "week_start": start[week],
                    "opened_week": start[week] if served else pd.NaT,
                    "settled_week": start[week],
                    "undone_week": pd.NaT,
                    "has_worth": served,
                    "is_explained": False,
                    "cost_usd": spent * share,
                    "volume": spent * share * 1e5,
                }
            )
        )
    shipped = np.repeat(np.arange(len(person)), rng.poisson(1.0, len(person)))
    outcomes = pd.DataFrame(
        {
            "person_key": names[person[shipped]],
            "shipped_on": start[week[shipped]] + rng.integers(0, 5, len(shipped)).astype("timedelta64[D]"),
            "undone_on": pd.NaT,
            "worth": rng.lognormal(0, 0.7, len(shipped)),
        }
    )
    members = pd.DataFrame({"person_key": names[person], "team_id": team[person], "week_start": start[week]})
    signals = pd.DataFrame(
        {"person_key": names[:0], "week_start": start[:0], "signal": names[:0], "score": np.zeros(0)}
    )
    dates = ["week_start", "opened_week", "settled_week", "undone_week"]
    usage = pd.concat(parts, ignore_index=True)
    usage[dates] = usage[dates].apply(pd.to_datetime)
    outcomes["undone_on"] = pd.to_datetime(outcomes["undone_on"])
    signals["week_start"] = pd.to_datetime(signals["week_start"])
    return Organisation(usage, outcomes, members, signals)


def signalled(org: Organisation, team: str, since: int, people: int, score: float = 0.8) -> Organisation:
    """With the same signal of some people of a team in every week from one on."""
    rows = org.members[(org.members["team_id"] == team) & (org.members["week_start"] >= monday(since))]
    rows = rows[rows["person_key"].isin(rows["person_key"].unique()[:people])]
    signals = rows[["person_key", "week_start"]].assign(signal="scripted_cadence", score=score)
    return replace(org, signals=pd.concat([org.signals, signals], ignore_index=True))
