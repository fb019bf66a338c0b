"""What people worked on: changes, issues, reviews, and the lines in each file. Times are days since the first."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from tokenworth.simulate.behaviours import OUTCOME_GAMING
from tokenworth.simulate.staged.gamed_work import add_fakes, split_changes, split_issues
from tokenworth.simulate.staged.people import DAYS_A_WEEK, Floats, Ints, Organisation
from tokenworth.simulate.staged.scenarios import Plan, Scenario

_FILES_A_REPOSITORY = 500
_WEEKS_BEFORE = 4


@dataclass
class Work:
    """`changes` and `issues` a row each; `files`: lines of a change in a file; `reviews` a row each."""

    changes: pd.DataFrame
    issues: pd.DataFrame
    closes: pd.DataFrame  # change, issue
    files: pd.DataFrame
    reviews: pd.DataFrame


def draw_work(
    organisation: Organisation, plan: Plan, scenario: Scenario, activity: Floats, rng: np.random.Generator
) -> Work:
    changes = _changes(organisation, plan, scenario, activity, rng)
    changes = split_changes(changes, organisation, plan, rng)
    changes = add_fakes(changes, organisation, plan, rng)
    changes = _end(changes, organisation, plan, rng)
    changes = _reverts(changes, organisation, rng)
    changes["change"] = np.arange(len(changes))
    issues, closes = _issues(changes, organisation, rng)
    issues, closes = split_issues(changes, issues, closes, organisation, plan, rng)
    return Work(changes, issues, closes, _files(changes, rng), _reviews(changes, organisation, plan, rng))


def working_moments(days: Floats, utc_offset: Ints, rng: np.random.Generator) -> Floats:
    """The same days in working hours; what falls on a weekend waits until Monday."""
    whole = np.floor(days)
    weekday = whole % DAYS_A_WEEK
    whole += np.where(weekday == 5, 2, np.where(weekday == 6, 1, 0))
    # The order within a day stays.
    part = np.clip(days - np.floor(days) + rng.normal(0, 0.02, len(days)), 0, 0.999)
    found: Floats = whole + (9 + 9 * part - utc_offset) / 24
    return found


def _changes(
    org: Organisation, plan: Plan, scenario: Scenario, activity: Floats, rng: np.random.Generator
) -> pd.DataFrame:
    """Honest pieces of work by week; busy weeks hold more of them, and larger ones take longer."""
    effects = plan.effects
    week_present = org.present.reshape(org.people, org.weeks, DAYS_A_WEEK)[:, :, :5].mean(axis=2)
    calendar = org.calendar().reshape(org.weeks, DAYS_A_WEEK)[:, :5].mean(axis=1)
    rate = org.work_rate[:, None] * np.exp(0.5 * activity) * effects.work * week_present * calendar
    for behaviour, strength in plan.strengths.items():
        if behaviour in OUTCOME_GAMING and behaviour != "unreviewed_merges":
            rate = rate * np.where(strength > 1, 1 - scenario.displaced, 1)
    rate[org.is_service] = 0
    rate[org.untracked[np.maximum(org.week_team, 0)]] = 0
    # What was under way before the first day ships after it.
    counts = rng.poisson(np.hstack([np.repeat(rate[:, :1], _WEEKS_BEFORE, axis=1), rate]))
    person, begun = (np.repeat(index.ravel(), counts.ravel()) for index in np.indices(counts.shape))
    size, week = len(person), np.maximum(begun - _WEEKS_BEFORE, 0)
    effort = rng.normal(0, 1, size)  # shared by lines and lead time
    lead = np.exp(np.log(4.0) + 0.7 * effort + rng.normal(0, 0.6, size)) * effects.lead[person, week]
    breadth = effects.breadth[person, week]
    lines = np.exp(np.log(60) + 0.9 * effort + rng.normal(0, 0.7, size)) * np.sqrt(breadth)
    return pd.DataFrame(
        {
            "person": person,
            "start": (begun - _WEEKS_BEFORE) * DAYS_A_WEEK + rng.uniform(0, 5, size),
            "lead": np.minimum(lead, 90.0),
            "added": np.maximum(lines.astype(np.int64), 1),
            "deleted": (lines * rng.lognormal(-1.0, 0.9, size)).astype(np.int64),
            "files": 1 + rng.poisson(1.5 * breadth),
            "group": np.arange(size),
            "behaviour": "",
            "fate": np.where(rng.random(size) < 0.05, "abandoned", "shipped"),
        }
    )


def _end(changes: pd.DataFrame, org: Organisation, plan: Plan, rng: np.random.Generator) -> pd.DataFrame:
    """When each was opened, and when it shipped or was given up; what ends after the last day is open."""
    effects = plan.effects
    person, size = changes["person"].to_numpy(), len(changes)
    start = changes["start"].to_numpy()
    offset = org.utc_offset[person]
    # People are away on some days, and so is what they do.
    changes["opened"] = working_moments(start + 0.7 * changes["lead"].to_numpy(), offset, rng)
    ended = working_moments(start + changes["lead"].to_numpy(), offset, rng)
    ended = np.maximum(ended, changes["opened"].to_numpy() + rng.uniform(0.01, 0.1, size))
    changes["began"] = working_moments(start, offset, rng)
    day = np.clip(np.floor(ended).astype(np.int64), 0, org.days - 1)
    changes["team"] = org.team[person, day]
    week = np.clip(np.floor(start / DAYS_A_WEEK).astype(np.int64), 0, org.weeks - 1)
    home = org.team[person, np.clip(start.astype(np.int64), 0, org.days - 1)]
    changes["repository"] = org.repository[np.maximum(home, 0)]
    direct = org.trunk_based[np.maximum(changes["team"].to_numpy(), 0)] & (changes["fate"] == "shipped")
    changes["direct"] = direct
    rubber = plan.strength("unreviewed_merges", org)[person, week]
    # The stronger, the more is merged without anybody, and the sooner.
    hurried = rng.random(size) < 1 - 1 / np.maximum(rubber, 1) ** 1.5
    changes["rubber"] = hurried & ~changes["direct"]
    ended = np.where(changes["rubber"], changes["opened"] + rng.uniform(0.001, 0.01, size), ended)
    changes.loc[changes["rubber"] & (changes["behaviour"] == ""), "behaviour"] = "unreviewed_merges"
    changes["unreviewed"] = rng.random(size) < effects.unreviewed[person, week]
    known = ended < org.days
    shipped = known & (changes["fate"] == "shipped")
    changes["shipped"] = np.where(shipped, ended, np.nan)
    changes["given_up"] = np.where(known & (changes["fate"] == "abandoned"), ended, np.nan)
    changes["undone"] = np.nan
    changes["reverts"] = -1
    changes["is_bot"] = False
    return changes[(changes["opened"] < org.days) & (ended >= 0)].reset_index(drop=True)


def _reverts(changes: pd.DataFrame, org: Organisation, rng: np.random.Generator) -> pd.DataFrame:
    """Some of what shipped is taken back within three weeks, mostly by its author; and bots ship a little."""
    taken = changes.index[changes["shipped"].notna() & (rng.random(len(changes)) < 0.03)]
    when = changes.loc[taken, "shipped"] + rng.exponential(4, len(taken)) + 0.05
    taken, when = taken[when < org.days], when[when < org.days]
    changes.loc[taken, "undone"] = when
    back = changes.loc[taken].assign(
        reverts=taken, began=when - 0.04, opened=when - 0.02, shipped=when, undone=np.nan, behaviour="", fate="shipped"
    )
    bots = changes.sample(len(changes) // 25, random_state=int(rng.integers(0, 2**31))).assign(
        is_bot=True, person=-1, team=-1, behaviour="", undone=np.nan, added=2, deleted=2, files=1, rubber=False
    )
    bots = bots[bots["shipped"].notna()]
    bots["group"] = changes["group"].max() + 1 + np.arange(len(bots))
    return pd.concat([changes, back, bots], ignore_index=True)


def _issues(changes: pd.DataFrame, org: Organisation, rng: np.random.Generator) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Much of the work has an issue, opened days or weeks before by somebody who may be somebody else."""
    team = np.maximum(changes["team"].to_numpy(), 0)
    can = (changes["reverts"] < 0) & ~changes["is_bot"] & (changes["team"] >= 0) & (changes["behaviour"] != "rework")
    for_show = changes["behaviour"].isin(["trivial_changes", "empty_ship", "unmerged_changes"])
    chosen = can & (rng.random(len(changes)) < org.issue_share[team] * np.where(for_show, 0.3, 1))
    # Parts of one change are for one issue.
    rows = changes[chosen]
    firsts = rows.drop_duplicates("group")
    size = len(firsts)
    last = rows.groupby("group")["shipped"].max().reindex(firsts["group"]).to_numpy()
    issues = pd.DataFrame(
        {
            "issue": np.arange(size),
            "person": firsts["person"].to_numpy(),
            "team": firsts["team"].to_numpy(),
            "opened": firsts["began"].to_numpy() - rng.exponential(8, size),
            "shipped": last + rng.exponential(0.3, size),
            "given_up": np.where(firsts["fate"] == "abandoned", firsts["given_up"].to_numpy(), np.nan),
            "undone": firsts["undone"].to_numpy(),
            "is_own": rng.random(size) < 0.3,
            "behaviour": "",
        }
    )
    issues.loc[issues["shipped"] >= org.days, "shipped"] = np.nan
    reopened = issues["shipped"].notna() & issues["undone"].isna() & (rng.random(size) < 0.015)
    again = issues["shipped"] + rng.exponential(5, size)
    issues["undone"] = np.where(reopened & (again < org.days), again, issues["undone"])
    number = pd.Series(np.arange(size), index=firsts["group"].to_numpy())
    closes = pd.DataFrame({"change": rows["change"].to_numpy(), "issue": number.loc[rows["group"]].to_numpy()})
    return issues, closes


def _files(changes: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """Lines by file. What belongs to one group touches the same files; well-known files are touched most."""
    groups = changes.drop_duplicates("group").sort_values("group")
    counts = groups["files"].to_numpy()
    group = np.repeat(groups["group"].to_numpy(), counts)
    number = (_FILES_A_REPOSITORY * rng.random(len(group)) ** 2.2).astype(np.int64)
    weight = rng.gamma(0.8, 1, len(group)) + 0.02
    table = pd.DataFrame({"group": group, "file": number, "weight": weight})
    table = table.groupby(["group", "file"], as_index=False)["weight"].sum()
    table["weight"] /= table.groupby("group")["weight"].transform("sum")
    writes = changes[(changes["reverts"] < 0) & (changes["added"] + changes["deleted"] > 0)]
    files = writes[["change", "group", "repository", "added", "deleted", "behaviour"]].merge(table, on="group")
    for column in ("added", "deleted"):
        files[column] = np.ceil(files[column] * files["weight"] - 0.3).astype(np.int64)
    generated = files["behaviour"] == "empty_ship"
    files["path"] = np.where(
        generated,
        "r" + files["repository"].astype(str) + "-lock" + (files["file"] % 3).astype(str),
        "r" + files["repository"].astype(str) + "-" + files["file"].astype(str),
    )
    files["generated"] = generated
    kept = files[(files["added"] + files["deleted"]) > 0]
    return kept.drop_duplicates(["change", "path"])[["change", "path", "added", "deleted", "generated"]]


def _reviews(changes: pd.DataFrame, org: Organisation, plan: Plan, rng: np.random.Generator) -> pd.DataFrame:
    """Reviews by people of the same team, some rounds a change; a rubber stamp comes at once or not at all."""
    pulls = changes[~changes["direct"] & (changes["reverts"] < 0) & (changes["team"] >= 0)]
    share = org.review_share[pulls["team"].to_numpy()]
    reviewed = (rng.random(len(pulls)) < share) & ~pulls["unreviewed"].to_numpy()
    rubber = pulls["rubber"].to_numpy()
    reviewed = np.where(rubber, rng.random(len(pulls)) < 0.4, reviewed)
    pulls, rubber = pulls[reviewed], rubber[reviewed]
    rounds = np.where(rubber, 1, 1 + rng.binomial(3, 0.3, len(pulls)))
    row = np.repeat(np.arange(len(pulls)), rounds)
    opened = pulls["opened"].to_numpy()[row]
    ended = pulls["shipped"].fillna(pulls["given_up"]).fillna(float(org.days)).to_numpy()[row]
    chance = np.where(rubber[row], rng.uniform(0.2, 0.9, len(row)), rng.beta(2, 1.2, len(row)))
    team, author = pulls["team"].to_numpy()[row], pulls["person"].to_numpy()[row]
    reviews = pd.DataFrame(
        {
            "change": pulls["change"].to_numpy()[row],
            "person": _colleagues(team, author, org, plan, rng),
            "at": opened + chance * (ended - opened),
            "is_bot": rng.random(len(row)) < 0.1,
        }
    )
    reviews["state"] = np.where(rng.random(len(row)) < 0.3, "COMMENTED", "APPROVED")
    return reviews[reviews["person"] >= 0]


def _colleagues(team: Ints, author: Ints, org: Organisation, plan: Plan, rng: np.random.Generator) -> Ints:
    """Somebody of the team other than the author; whoever reviews most in it comes up most."""
    effects = plan.effects
    home = org.week_team[:, org.weeks // 2]
    weight = np.where(org.is_service, 0, 1 + 12 * (effects.reviews.max(axis=1) > 0))
    people = np.repeat(np.arange(org.people), weight)
    people = people[np.argsort(home[people], kind="stable")]
    first = np.searchsorted(home[people], team)
    count = np.searchsorted(home[people], team, side="right") - first
    found = people[np.minimum(first + (rng.random(len(team)) * count).astype(np.int64), len(people) - 1)]
    return np.where((count > 0) & (found != author), found, -1)
