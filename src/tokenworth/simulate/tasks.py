"""Tasks: a piece of work by one person, from its first commit to the way it ended.

A task is planned before there is any commit id or number; `history` replays all of them in order
of time and fills in what became of each.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import numpy as np

from tokenworth.simulate import words
from tokenworth.simulate.chance import HEX, codes
from tokenworth.simulate.issues import GITHUB, JIRA, Issue, whole_minute
from tokenworth.simulate.organisation import Organisation, Person, Repository
from tokenworth.simulate.working_time import WorkingTime

MERGED = ("merge", "squash", "rebase")
# Sessions lie before the commit they led to; so early in the first day they would lie before it.
_FIRST_SESSIONS_AFTER = 5  # hours
_MINUTES = 1 / 60


@dataclass(frozen=True)
class FileChange:
    path: str
    added: int | None  # lines; None where git cannot count them
    deleted: int | None


@dataclass(eq=False)
class Commit:
    """A commit as git has it. Times are UTC; the zones stand apart."""

    repository: Repository
    sha: str
    parents: list[str]
    author: Person
    authored_at: datetime
    committed_at: datetime
    by_github: bool  # the committer, where a button on the site made it
    message: str
    files: list[FileChange]
    on_default_branch: bool = False
    branch_deleted: bool = False  # not to be found in a clone any more

    @property
    def subject(self) -> str:
        return self.message.partition("\n")[0]


@dataclass(eq=False)
class Step:
    """A commit that is planned, and the sessions with an assistant that led to it."""

    at: datetime
    hours: float  # the same on the line of working time
    subject: str
    sessions: int = 0
    signed: bool = False  # carries the assistant's trailer
    checkpoint: str = ""  # id of its Entire checkpoint
    takes_back: bool = False  # reverts the step before it
    files: list[FileChange] | None = None  # what it changes, where that is planned as well


@dataclass(frozen=True)
class Review:
    reviewer: Person
    state: str
    at: datetime


@dataclass(eq=False)
class Task:
    """`ending` is merge, squash, rebase, abandoned, open, direct (no pull request) or unshared (no change)."""

    author: Person
    repository: Repository
    title: str
    ending: str
    steps: list[Step]
    opened_at: datetime | None = None  # the pull request
    closed_at: datetime | None = None  # the pull request, or the work where there is none
    issues: list[Issue] = field(default_factory=list)
    onto: Task | None = None  # merged into this one's branch
    reverts: Task | None = None
    reviews: list[Review] = field(default_factory=list)
    naming: int = 0  # by which of eight habits the author names branches and writes messages
    branch: str = ""
    number: int = 0  # of the pull request
    headline: str = ""
    body: str = ""
    pushed: list[Commit] = field(default_factory=list)  # on the branch
    landed: list[Commit] = field(default_factory=list)  # what the merge, or a direct commit, made
    shipped_at: datetime | None = None
    undone_at: datetime | None = None

    @property
    def has_pull_request(self) -> bool:
        return self.opened_at is not None

    @property
    def state(self) -> str:
        if self.shipped_at:
            return "undone" if self.undone_at else "shipped"
        return "abandoned" if self.ending == "abandoned" else "open"


class Planner:
    """Plans tasks and issues; what has not happened by the last hour is left open."""

    def __init__(self, organisation: Organisation, time: WorkingTime, rng: np.random.Generator) -> None:
        self.organisation = organisation
        self.time = time
        self.rng = rng
        self.tasks: list[Task] = []
        self.issues: list[Issue] = []
        self._titles: dict[str, Iterator[str]] = {}
        # Some people use an assistant three times as much as others.
        self._zeal = rng.lognormal(0.2, 0.5, len(organisation.everybody))

    def title(self, repository: Repository) -> str:
        titles = self._titles.setdefault(repository.short, words.titles(self.rng, repository.short))
        return next(titles)

    def task(
        self,
        author: Person,
        repository: Repository,
        start: float,
        hours: list[float],
        ending: str,
        *,
        latency: float = 4.0,
        title: str = "",
        late_fix: bool = False,
        onto: Task | None = None,
        reverts: Task | None = None,
    ) -> Task:
        """Plans a task: `start` on the line of working time, then `hours` of work for each commit.

        The pull request opens minutes after the last commit (the one before it with `late_fix`)
        and is closed `latency` hours later.
        """
        at = start + np.cumsum(hours)
        opened = at[-2 if late_fix and len(at) > 1 else -1] + 5 * _MINUTES
        closed = max(opened, at[-1]) + latency
        if ending in (*MERGED, "abandoned") and closed >= self.time.ends:
            ending = "open"
        if ending in (*MERGED, "abandoned", "open") and opened >= self.time.ends:
            ending = "unshared"
        shared = ending not in ("direct", "unshared")
        title = title or self.title(repository)
        task = Task(
            author,
            repository,
            title,
            ending,
            [self._step(author, repository, float(h), i, title) for i, h in enumerate(at) if h < self.time.ends],
            opened_at=self.time.moment(float(opened), author.utc_offset) if shared else None,
            closed_at=self.time.moment(float(closed), author.utc_offset)
            if ending != "open" and closed < self.time.ends
            else None,
            onto=onto,
            reverts=reverts,
            naming=int(self.rng.integers(0, 8)),
        )
        if task.steps:
            self._review(task)
            self.tasks.append(task)
        return task

    def _step(self, author: Person, repository: Repository, hours: float, position: int, title: str) -> Step:
        subject = title if position == 0 else words.FOLLOW_UPS[int(self.rng.integers(0, len(words.FOLLOW_UPS)))]
        step = Step(self.time.moment(hours, author.utc_offset), hours, subject)
        tools = author.tools
        if hours >= self.time.begins + _FIRST_SESSIONS_AFTER and (tools.claude_code or tools.copilot):
            step.sessions = int(self.rng.poisson(self._zeal[author.index]))
        step.signed = step.sessions > 0 and self.rng.random() < 0.6
        if repository.entire and tools.transcripts and step.sessions and self.rng.random() < 0.7:
            step.checkpoint = codes(self.rng, 1, 12, HEX)[0]
        return step

    def _review(self, task: Task) -> None:
        if not task.opened_at or task.author.is_bot:
            return
        until = task.closed_at or task.opened_at + timedelta(hours=2)
        span = until - task.opened_at
        for share in np.sort(self.rng.uniform(0.2, 0.95, min(int(self.rng.poisson(1.3)), 4))):
            reviewer = self.anybody_but(task.author)
            state = ("COMMENTED", "CHANGES_REQUESTED", "APPROVED")[int(self.rng.integers(0, 3))]
            at = (task.opened_at + span * float(share)).replace(microsecond=0)
            task.reviews.append(Review(reviewer, state, at))
        if task.reviews and task.ending in MERGED:
            last = task.reviews[-1]
            task.reviews[-1] = Review(last.reviewer, "APPROVED", last.at)

    def anybody_but(self, person: Person) -> Person:
        steady = self.organisation.steady
        found = steady[int(self.rng.integers(0, len(steady)))]
        return found if found is not person else steady[(steady.index(found) + 1) % len(steady)]

    def issue(
        self, repository: Repository, assignee: Person | None, created_at: datetime, kind: str = "Story"
    ) -> Issue:
        tracker = JIRA if repository.project else GITHUB
        issue = Issue(
            tracker,
            repository.project or repository.name,
            kind,
            self.title(repository),
            self.anybody_but(assignee or self.organisation.reviewer),
            assignee,
            whole_minute(created_at),
            labels=(("customer", "tech-debt", "quick-win")[int(self.rng.integers(0, 3))],),
        )
        self.issues.append(issue)
        return issue

    def issue_for(self, *tasks: Task, kind: str = "Story") -> Issue:
        """An issue that these tasks work on, older than they are; it moves with them."""
        first = min(task.steps[0].at for task in tasks)
        days = float(self.rng.gamma(1.5, 4))
        issue = self.issue(tasks[0].repository, tasks[0].author, first - timedelta(days=1 + days), kind)
        issue.title = tasks[0].title
        for task in tasks:
            task.issues.append(issue)
        jira = issue.tracker == JIRA
        if jira:
            issue.move(first - timedelta(minutes=45), "In Progress")
        opened = [task.opened_at for task in tasks if task.opened_at]
        if jira and opened:
            issue.move(min(opened) + timedelta(minutes=2), "In Review")
        done = [task.closed_at for task in tasks if task.closed_at]
        if len(done) == len(tasks):
            if any(task.ending == "abandoned" for task in tasks):
                if self.rng.random() < 0.6:
                    issue.close(max(done) + timedelta(minutes=20), delivered=False)
            else:
                issue.close(max(done) + timedelta(minutes=3))
        return issue
