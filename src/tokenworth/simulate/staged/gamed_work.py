"""Outcomes that were made for show."""

from __future__ import annotations

import numpy as np
import pandas as pd

from tokenworth.simulate.staged.people import DAYS_A_WEEK, Ints, Organisation
from tokenworth.simulate.staged.scenarios import Plan


def _week_of(days: pd.Series, org: Organisation) -> Ints:
    found: Ints = np.clip((days.to_numpy() // DAYS_A_WEEK).astype(np.int64), 0, org.weeks - 1)
    return found


def _extra(behaviour: str, org: Organisation, plan: Plan, rng: np.random.Generator) -> tuple[Ints, Ints]:
    """Person and week of every fake: so many that visible outcomes grow by the strength."""
    strength = plan.strength(behaviour, org)
    there = org.present.reshape(org.people, org.weeks, DAYS_A_WEEK)[:, :, :5].mean(axis=2)
    counts = rng.poisson((strength - 1) * np.maximum(org.work_rate, 0.8)[:, None] * there)
    person, week = (np.repeat(index.ravel(), counts.ravel()) for index in np.indices(counts.shape))
    return person, week


def split_changes(changes: pd.DataFrame, org: Organisation, plan: Plan, rng: np.random.Generator) -> pd.DataFrame:
    """One change as several of about its strength, hours apart, in the same files."""
    strength = plan.strength("change_splitting", org)[changes["person"], _week_of(changes["start"], org)]
    parts = np.where(strength > 1.15, np.maximum(rng.poisson(strength * 1.2), 2), 1)
    parts = np.where(changes["fate"] == "shipped", np.minimum(parts, np.maximum(changes["added"], 1)), 1)
    rows = changes.loc[np.repeat(changes.index, parts)].copy()
    of = np.repeat(parts, parts)
    nth = np.arange(len(rows)) - np.repeat(np.cumsum(parts) - parts, parts)
    for column in ("added", "deleted"):
        rows[column] = np.where(of > 1, np.ceil(rows[column] / of), rows[column]).astype(np.int64)
    rows["lead"] += nth * rng.uniform(0.02, 0.25, len(rows))
    rows.loc[of > 1, "behaviour"] = "change_splitting"
    return rows.reset_index(drop=True)


def add_fakes(changes: pd.DataFrame, org: Organisation, plan: Plan, rng: np.random.Generator) -> pd.DataFrame:
    """Trivial, empty, unmerged and reworked changes beside the real ones."""
    added = [changes]
    group = int(changes["group"].max()) + 1 if len(changes) else 0
    for behaviour in ("trivial_changes", "empty_ship", "unmerged_changes", "rework", "abandoned_work"):
        person, week = _extra(behaviour, org, plan, rng)
        if behaviour == "abandoned_work":  # few prototypes get as far as a pull request
            kept = rng.random(len(person)) < 0.25
            person, week = person[kept], week[kept]
        if not len(person):
            continue
        size = len(person)
        fakes = pd.DataFrame(
            {
                "person": person,
                "start": week * DAYS_A_WEEK + rng.uniform(0, 5, size),
                "lead": rng.exponential(0.5, size) + 0.05,
                "added": 0,
                "deleted": 0,
                "files": 1,
                "group": group + np.arange(size),
                "behaviour": behaviour,
                "fate": "abandoned" if behaviour in ("unmerged_changes", "abandoned_work") else "shipped",
            }
        )
        group += size
        if behaviour == "trivial_changes":
            fakes["added"] = rng.choice([1, 2, 3, 4, 5], size, p=[0.35, 0.3, 0.2, 0.1, 0.05])
            fakes["deleted"] = rng.integers(0, 3, size)
        elif behaviour == "empty_ship":  # a third is a lock file written anew
            fakes["added"] = np.where(rng.random(size) < 0.33, rng.integers(50, 3000, size), 0)
        elif behaviour in ("unmerged_changes", "abandoned_work"):
            fakes["added"] = rng.lognormal(4, 1, size).astype(np.int64)
            fakes["lead"] = rng.exponential(3 if behaviour == "unmerged_changes" else 9, size) + 0.1
        else:
            fakes = _reworked(fakes, changes, rng)
        added.append(fakes)
    return pd.concat(added, ignore_index=True)


def _reworked(fakes: pd.DataFrame, changes: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """The author's latest real change written again: its lines go and come back."""
    real = changes[changes["fate"] == "shipped"].assign(known=lambda f: f["start"] + f["lead"])
    latest = pd.merge_asof(
        fakes.sort_values("start"),
        real.sort_values("known")[["known", "person", "group", "added", "files"]],
        left_on="start",
        right_on="known",
        by="person",
        suffixes=("", "_of"),
    )
    again = latest[latest["group_of"].notna()].copy()
    again["added"] = np.maximum((again["added_of"] * rng.uniform(0.5, 1.0, len(again))).astype(np.int64), 4)
    again["deleted"] = (again["added"] * rng.uniform(0.8, 1.05, len(again))).astype(np.int64)
    again["group"] = again["group_of"].astype(np.int64)
    again["files"] = again["files_of"].astype(np.int64)
    return again.drop(columns=["known", "group_of", "added_of", "files_of"])


def split_issues(
    changes: pd.DataFrame,
    issues: pd.DataFrame,
    closes: pd.DataFrame,
    org: Organisation,
    plan: Plan,
    rng: np.random.Generator,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """More issues for the same work, opened by their author moments before; and issues closed in bulk for none."""
    strength = plan.strength("issue_splitting", org)
    chosen = changes[
        (changes["person"] >= 0) & changes["shipped"].notna() & (changes["reverts"] < 0) & (changes["behaviour"] == "")
    ]
    chosen = chosen[strength[chosen["person"], _week_of(chosen["shipped"], org)] > 1.15]
    more = rng.poisson(strength[chosen["person"], _week_of(chosen["shipped"], org)])
    cut = chosen.loc[np.repeat(chosen.index, more)]
    opened = np.repeat(rng.uniform(0, 0.4, len(chosen)), more) + rng.uniform(0, 0.02, len(cut))
    extra = pd.DataFrame(
        {
            "issue": len(issues) + np.arange(len(cut)),
            "person": cut["person"].to_numpy(),
            "team": cut["team"].to_numpy(),
            "opened": cut["shipped"].to_numpy() - opened - 0.02,
            "shipped": cut["shipped"].to_numpy() + rng.uniform(0, 0.02, len(cut)),
            "is_own": True,
            "behaviour": "issue_splitting",
        }
    )
    # Half of them name the change, half of them only look like work.
    linked = rng.random(len(cut)) < 0.5
    named = pd.DataFrame({"change": cut["change"].to_numpy(), "issue": extra["issue"].to_numpy()})[linked]

    person, week = _extra("bulk_closing", org, plan, rng)
    week = np.minimum(week // 2 * 2 + 1, org.weeks - 1)  # saved up for two weeks
    moment = np.floor(rng.uniform(0, 5, (org.people, org.weeks))) + 0.65
    count = len(person)
    bulk = pd.DataFrame(
        {
            "issue": len(issues) + len(extra) + np.arange(count),
            "person": person,
            "team": org.week_team[person, week],
            "opened": week * DAYS_A_WEEK + moment[person, week] - rng.exponential(6, count) - 0.1,
            "shipped": week * DAYS_A_WEEK + moment[person, week] + rng.uniform(0, 0.003, count),
            "is_own": rng.random(count) < 0.6,
            "behaviour": "bulk_closing",
        }
    )
    found = pd.concat([issues, extra, bulk], ignore_index=True)
    found = found[~(found["shipped"] >= org.days)]
    return found, pd.concat([closes, named[named["issue"].isin(found["issue"])]], ignore_index=True)
