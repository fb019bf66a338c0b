"""Special cases that real histories hold and that a warehouse gets wrong: each stands here once, on purpose.

They happen in the first days, so that even a simulation of two weeks sees how each of them ends.
"""

from __future__ import annotations

from datetime import timedelta

from tokenworth.simulate.issues import Issue
from tokenworth.simulate.organisation import REPOSITORIES, Person, Repository
from tokenworth.simulate.tasks import Planner, Task

_STOREFRONT, _PAYMENTS, _DATA, _TOOLS = REPOSITORIES


def stage_episodes(planner: Planner) -> None:
    # All in one time zone: what comes later in working hours must come later on the clock.
    people = [person for person in planner.organisation.steady if person.utc_offset == 1] * 2
    begins = planner.time.begins
    _stack(planner, people[1], people[3], begins)
    _reverts(planner, people, begins)
    _shared_issues(planner, people, begins)
    _reopened(planner, people, begins)
    _epic(planner, people, begins)


def _stack(planner: Planner, author: Person, other: Person, begins: float) -> None:
    """A pull request that is merged into another one's branch, and reaches the default branch with it."""
    base = planner.task(author, _PAYMENTS, begins + 2, [2, 3, 9], "merge", latency=10, late_fix=True)
    child = planner.task(other, _PAYMENTS, begins + 6, [3, 2], "merge", latency=1.5, onto=base)
    planner.issue_for(base)
    planner.issue_for(child)


def _reverts(planner: Planner, people: list[Person], begins: float) -> None:
    def change(author: Person, start: float, repository: Repository = _STOREFRONT) -> Task:
        return planner.task(author, repository, begins + start, [2, 2], repository.merging, latency=2)

    def revert(of: Task, author: Person, start: float, ending: str, again: str = "Revert") -> Task:
        title = f'{again} "{of.title}"'
        return planner.task(author, of.repository, begins + start, [0.5], ending, latency=1, title=title, reverts=of)

    # Undone for good, its issue reopened.
    undone = change(people[4], 3)
    issue = planner.issue_for(undone, kind="Bug")
    back = revert(undone, people[5], 14, "squash")
    if back.closed_at:
        issue.reopen(back.closed_at + timedelta(minutes=10))
    # Undone, and then done again.
    contested = change(people[0], 2, _PAYMENTS)
    planner.issue_for(contested)
    taken_back = revert(contested, people[2], 12, "merge")
    revert(taken_back, people[0], 20, "merge")
    # A revert that was proposed, and refused.
    revert(change(people[6], 4), people[1], 16, "abandoned")
    # Undone by a commit straight on the default branch.
    revert(change(people[7], 5, _DATA), people[3], 18, "direct")
    # A branch that took its own first step back: its squash commit speaks of a commit that is nowhere.
    wavering = planner.task(people[8], _STOREFRONT, begins + 3, [2, 1, 2], "squash", latency=3)
    wavering.steps[1].takes_back = True
    planner.issue_for(wavering)


def _shared_issues(planner: Planner, people: list[Person], begins: float) -> None:
    """Two pull requests for one issue, and two issues closed by one pull request."""
    first = planner.task(people[2], _TOOLS, begins + 3, [2, 1], "merge", latency=3)
    second = planner.task(people[2], _TOOLS, begins + 10, [2, 2], "merge", latency=3)
    planner.issue_for(first, second)
    broad = planner.task(people[4], _STOREFRONT, begins + 8, [3, 3], "squash", latency=3)
    planner.issue_for(broad, kind="Bug")
    planner.issue_for(broad, kind="Bug").title = planner.title(_STOREFRONT)


def _reopened(planner: Planner, people: list[Person], begins: float) -> None:
    """Delivered and reopened, in both trackers: once for good, once delivered again; and two refusals."""
    for repository in (_STOREFRONT, _TOOLS):
        for again in (False, True):
            author = people[5 + again]
            task = planner.task(author, repository, begins + 6 + again, [2], repository.merging, latency=2)
            issue = planner.issue_for(task, kind="Bug")
            back = planner.time.moment(begins + 22, author.utc_offset)
            issue.reopen(back)
            if again:
                issue.close(back + timedelta(days=1, hours=2))
        refused = planner.issue(repository, people[3], planner.time.moment(begins + 1, 0), "Task")
        refused.close(planner.time.moment(begins + 9, 0), delivered=False)


def _epic(planner: Planner, people: list[Person], begins: float) -> None:
    """An epic with finished and unfinished children, one of them with a sub-task."""
    created = planner.time.moment(begins, 0) - timedelta(days=20)
    epic = planner.issue(_STOREFRONT, people[1], created, "Epic")
    epic.move(planner.time.moment(begins + 1, 0), "In Progress")
    children: list[Issue] = []
    for i, ending in enumerate(("squash", "squash", "open")):
        task = planner.task(people[i + 2], _STOREFRONT, begins + 4 + 3 * i, [2, 3], ending, latency=3)
        children.append(planner.issue_for(task))
        children[-1].parent = epic
    part = planner.task(people[2], _STOREFRONT, begins + 9, [2], "squash", latency=2)
    sub_task = planner.issue_for(part, kind="Sub-task")
    sub_task.parent = children[0]
