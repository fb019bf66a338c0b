"""What was worked on, as a plan that `history` replays: pull requests, direct commits, reviews, reverts, issues."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import numpy as np
import pandas as pd

from tokenworth.simulate import words
from tokenworth.simulate.history import replay
from tokenworth.simulate.issues import JIRA, Issue, number_issues, whole_minute
from tokenworth.simulate.organisation import Organisation, Person
from tokenworth.simulate.staged.drawn import Drawn
from tokenworth.simulate.tasks import FileChange, Review, Step, Task
from tokenworth.simulate.work import Work

_IMPORTED = timedelta(days=60)  # before the first day
_TYPING = timedelta(minutes=3)  # from a session to its commit, and from a commit to the pull request
_MOST_COMMITS = 6


def plan_work(drawn: Drawn, organisation: Organisation, rng: np.random.Generator) -> tuple[Work, list[Task]]:
    """All work, and the task of each change by its position."""
    tasks = _Planner(drawn, organisation, rng).tasks()
    imports = [_import(organisation, position, drawn) for position in range(len(organisation.repositories))]
    issues = _issues(drawn, organisation, tasks)
    number_issues(issues)
    everything = [*imports, *tasks]
    commits = replay(everything, issues, [], organisation, rng)
    return Work(everything, issues, commits, [], organisation.repositories), tasks


def moments(drawn: Drawn, days: pd.Series) -> list[datetime | None]:
    """UTC, to the second; None for never."""
    since = pd.Timestamp(drawn.org.first_day) + pd.to_timedelta(days, unit="D").dt.round("s")
    return [None if at is pd.NaT else at.to_pydatetime() for at in since]


def _import(organisation: Organisation, position: int, drawn: Drawn) -> Task:
    """The first commit of a repository, long before."""
    author = organisation.employees[position % len(organisation.employees)]
    at = datetime.combine(drawn.org.first_day, datetime.min.time()) - _IMPORTED
    title = "Import from the old repository"
    step = Step(at, 0.0, title, files=[FileChange("src/main.py", 900, 0)])
    return Task(author, organisation.repositories[position], title, "direct", [step], closed_at=at)


class _Planner:
    """Makes a task of every change."""

    def __init__(self, drawn: Drawn, organisation: Organisation, rng: np.random.Generator) -> None:
        self.drawn, self.organisation, self.rng = drawn, organisation, rng
        subjects = list(words.SUBJECTS)
        self.titles: list[Iterator[str]] = [
            words.titles(rng, subjects[i % len(subjects)]) for i in range(len(organisation.repositories))
        ]

    def tasks(self) -> list[Task]:
        changes = self.drawn.work.changes
        times = {name: moments(self.drawn, changes[name]) for name in ("opened", "shipped", "given_up")}
        files, reviews, sat = self._files(), self._reviews(), self._sat()
        naming = self.rng.integers(0, 8, len(changes)).tolist()
        found: list[Task] = []
        for i, row in enumerate(changes.itertuples()):
            opened, shipped, given_up = (times[name][i] for name in ("opened", "shipped", "given_up"))
            task = self._task(row, opened, shipped, given_up)
            task.naming = naming[i]
            if task.opened_at:
                task.reviews = sorted(reviews[row.change], key=lambda review: review.at)
                task.steps = _steps(task, sat[row.change])
            _share_out(files[row.change], task.steps)
            found.append(task)
        for task, reverts in zip(found, changes["reverts"].tolist(), strict=True):
            if reverts >= 0:
                task.reverts = found[reverts]
                task.title = f'Revert "{task.reverts.title}"'
                task.steps[0].subject = task.title
                task.steps[0].files = None  # the inverse of what it takes back
        return found

    def _task(
        self,
        row: Any,  # of the changes
        opened: datetime | None,
        shipped: datetime | None,
        given_up: datetime | None,
    ) -> Task:
        repository = self.organisation.repositories[row.repository]
        author = self._author(row.person)
        if row.direct:
            ending, opened = ("direct" if shipped else "unshared"), None
        else:
            ending = repository.merging if shipped else "abandoned" if given_up else "open"
        title = next(self.titles[row.repository])
        at = opened - _TYPING if opened else shipped
        if at is None:  # nothing was pushed yet
            at = datetime.combine(self.drawn.org.first_day, datetime.min.time())
        return Task(
            author,
            repository,
            title,
            ending,
            [Step(at, 0.0, title)],
            opened_at=opened,
            closed_at=shipped or given_up,
        )

    def _author(self, person: int) -> Person:
        return self.organisation.employees[person] if person >= 0 else self.organisation.dependabot

    def _sat(self) -> dict[int, list[datetime]]:
        """When the author of each change stopped working on it with an assistant, day by day."""
        requests, sessions, changes = self.drawn.requests, self.drawn.sessions, self.drawn.work.changes
        last = requests.groupby("session")["at"].max().rename("last")
        ended = sessions.loc[~sessions["dropped"] & (sessions["job"] >= 0), ["person", "job", "day"]].join(
            last, how="inner"
        )
        ended = ended[ended["person"].to_numpy() == changes["person"].to_numpy()[ended["job"]]]
        days = ended.groupby(["job", "day"], as_index=False)["last"].max()
        found: dict[int, list[datetime]] = defaultdict(list)
        for job, at in zip(days["job"].tolist(), moments(self.drawn, days["last"]), strict=True):
            if at:
                found[job].append(at)
        return found

    def _files(self) -> dict[int, list[FileChange]]:
        found: dict[int, list[FileChange]] = defaultdict(list)
        files = self.drawn.work.files
        number = files["path"].str.rpartition("-")[2]
        paths = np.where(files["generated"], "web/" + number + "/package-lock.json", "src/module_" + number + ".py")
        rows = zip(files["change"].tolist(), paths, files["added"].tolist(), files["deleted"].tolist(), strict=True)
        for change, path, added, deleted in rows:
            found[change].append(FileChange(path, added, deleted))
        return found

    def _reviews(self) -> dict[int, list[Review]]:
        found: dict[int, list[Review]] = defaultdict(list)
        reviews = self.drawn.work.reviews
        for row, at in zip(reviews.itertuples(), moments(self.drawn, reviews["at"]), strict=True):
            if at:
                reviewer = self.organisation.dependabot if row.is_bot else self.organisation.employees[row.person]
                found[row.change].append(Review(reviewer, row.state, at))
        return found


def _steps(task: Task, sat: list[datetime]) -> list[Step]:
    """A commit behind each day's sessions, before the work was closed; one at least before it was proposed."""
    opening = task.steps[0]
    times = [at + _TYPING for at in sat if task.closed_at is None or at + 2 * _TYPING < task.closed_at]
    if not times or times[0] > opening.at:
        times.insert(0, opening.at)
    kept = times if len(times) <= _MOST_COMMITS else [times[0], *times[1 - _MOST_COMMITS :]]
    return [Step(at, 0.0, task.title if nth == 0 else words.FOLLOW_UPS[nth]) for nth, at in enumerate(kept)]


def _share_out(files: list[FileChange], steps: list[Step]) -> None:
    """The lines of each file over the commits, as evenly as they can be."""

    def part(lines: int | None, nth: int) -> int:
        whole = lines or 0
        return whole * (nth + 1) // len(steps) - whole * nth // len(steps)

    for nth, step in enumerate(steps):
        parts = [FileChange(file.path, part(file.added, nth), part(file.deleted, nth)) for file in files]
        step.files = [file for file in parts if file.added or file.deleted]


def _issues(drawn: Drawn, organisation: Organisation, tasks: list[Task]) -> list[Issue]:
    """Every issue with what happened to it, and the tasks that close it told so."""
    issues, closes = drawn.work.issues, drawn.work.closes
    closing: dict[int, list[Task]] = defaultdict(list)
    for row in closes.itertuples():
        closing[row.issue].append(tasks[row.change])
    colleagues: dict[int, list[Person]] = defaultdict(list)
    for person, team in enumerate(drawn.org.week_team[:, drawn.org.weeks // 2].tolist()):
        if not drawn.org.is_service[person]:
            colleagues[team].append(organisation.employees[person])
    times = {name: moments(drawn, issues[name]) for name in ("opened", "shipped", "given_up", "undone")}
    found = []
    for i, row in enumerate(issues.itertuples()):
        opened, shipped, given_up, undone = (times[name][i] for name in ("opened", "shipped", "given_up", "undone"))
        if opened is None:
            raise ValueError(f"issue {row.issue} was never opened")
        assignee = organisation.employees[row.person]
        others = [person for person in colleagues[row.team] if person is not assignee]
        reporter = assignee if row.is_own or not others else others[i % len(others)]
        done_by = closing[row.issue]
        title = done_by[0].title if done_by else f"Look after request {i}"
        kind = ("Story", "Bug", "Task")[i % 3]
        issue = Issue(JIRA, f"T{max(row.team, 0):02d}", kind, title, reporter, assignee, whole_minute(opened))
        if done_by:
            issue.move(max(opened, min(task.steps[0].at for task in done_by)), "In Progress")
        if shipped or given_up:
            issue.close(shipped or given_up or opened, delivered=shipped is not None)
        if undone and shipped:
            issue.reopen(undone)
        for task in done_by:
            task.issues.append(issue)
        found.append(issue)
    return found
