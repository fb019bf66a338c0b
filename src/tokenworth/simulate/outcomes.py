"""The true outcomes: every pull request, direct commit, issue and release, how it ended, and what hangs together."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from tokenworth.simulate.history import Release
from tokenworth.simulate.issues import Issue
from tokenworth.simulate.organisation import Person
from tokenworth.simulate.tasks import Task
from tokenworth.simulate.work import Work


@dataclass(frozen=True)
class Outcome:
    """A row of `outcomes.csv`. Times are UTC, empty where nothing of the kind happened."""

    outcome: str  # tracker:container:external_id
    outcome_type: str
    tracker: str
    container: str
    external_id: str
    person_id: str  # the author; of an issue who took it, else who reported it; empty for bots and bare tags
    account: str  # at GitHub
    team_id: str  # of the person on the day it was shipped, else opened
    opened_at: str
    shipped_at: str
    state: str
    undone_at: str
    undone_by: str


def change_ids(task: Task) -> list[str]:
    """The pull request, or every commit where there was none."""
    if task.has_pull_request:
        return [f"github:{task.repository.name}:{task.number}"]
    return [f"git:{task.repository.name}:{commit.sha}" for commit in task.landed]


def issue_id(issue: Issue) -> str:
    return f"{issue.tracker}:{issue.container}:{issue.external_id}"


def _release_id(release: Release) -> str:
    """A release of GitHub, or the tag alone."""
    tracker = "github" if release.published_at or release.is_draft else "git"
    return f"{tracker}:{release.repository.name}:{release.tag}"


def _outcome(
    outcome_type: str,
    outcome: str,
    person: Person | None,
    state: str,
    opened: datetime,
    shipped: datetime | None,
    undone: datetime | None = None,
) -> Outcome:
    tracker, container, external_id = outcome.split(":", 2)
    return Outcome(
        outcome,
        outcome_type,
        tracker,
        container,
        external_id,
        person.person_id if person else "",
        person.login if person else "",
        person.team_on((shipped or opened).date()) if person else "",
        opened.isoformat(),
        shipped.isoformat() if shipped else "",
        state,
        undone.isoformat() if undone else "",
        ("revert" if outcome_type == "change" else "reopen") if undone else "",
    )


def outcomes(work: Work) -> list[Outcome]:
    found = []
    for task in work.tasks:
        if task.opened_at:
            (name,) = change_ids(task)
            times = (task.opened_at, task.shipped_at, task.undone_at)
            found.append(_outcome("change", name, task.author, task.state, *times))
        elif task.ending == "direct":
            for name, commit in zip(change_ids(task), task.landed, strict=True):
                at = commit.committed_at
                found.append(_outcome("change", name, task.author, task.state, at, at, task.undone_at))
    for issue in work.issues:
        moments = (issue.created_at, issue.shipped_at, issue.undone_at)
        person = issue.assignee or issue.reporter
        found.append(_outcome("issue", issue_id(issue), person, issue.state, *moments))
    for release in work.releases:
        state = "shipped" if release.shipped_at else "open"
        # A tag names nobody.
        author = release.author if release.published_at or release.is_draft else None
        found.append(_outcome("release", _release_id(release), author, state, release.tagged_at, release.shipped_at))
    return found


def links(work: Work) -> list[tuple[str, str, str]]:
    """An outcome, a related one, and the relation, as in the contract's `fct_outcome_links`."""
    published = [release for release in work.releases if release.shipped_at]
    found = [(issue_id(issue), issue_id(issue.parent), "part_of") for issue in work.issues if issue.parent]
    for task in work.tasks:
        arrived = [task.shipped_at] if task.has_pull_request else [commit.committed_at for commit in task.landed]
        for change, shipped in zip(change_ids(task), arrived, strict=True):
            found += [(change, issue_id(issue), "closes") for issue in task.issues]
            if shipped and task.reverts:
                found += [(change, undone, "reverts") for undone in change_ids(task.reverts)]
            if shipped and (release := _first_release(published, task, shipped)):
                found.append((change, _release_id(release), "released_in"))
    return found


def _first_release(published: list[Release], task: Task, shipped: datetime) -> Release | None:
    later = [r for r in published if r.repository is task.repository and r.tagged_at >= shipped]
    return min(later, key=lambda release: release.tagged_at, default=None)
