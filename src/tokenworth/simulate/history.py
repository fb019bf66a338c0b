"""Replays planned tasks in order of time: numbers, branches, commits with their ids, merges, tags.

What a commit is called follows from what it holds and what came before it, as in git, so the
same plan always gives the same ids.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np

from tokenworth.simulate import messages
from tokenworth.simulate.issues import GITHUB, Issue
from tokenworth.simulate.organisation import Organisation, Person, Repository
from tokenworth.simulate.tasks import MERGED, Commit, FileChange, Step, Task

_SUFFIXES = (".py", ".ts", ".sql", ".go", ".md")


@dataclass(eq=False)
class Release:
    """A tag and, where `published_at` or `is_draft` says so, a GitHub release."""

    repository: Repository
    tag: str
    author: Person
    tagged_at: datetime
    published_at: datetime | None = None
    is_draft: bool = False
    is_prerelease: bool = False
    sha: str = ""

    @property
    def shipped_at(self) -> datetime | None:
        """When it was published, or tagged where tags are all there is; never for a draft."""
        return None if self.is_draft else self.published_at or self.tagged_at


def replay(
    tasks: list[Task],
    issues: list[Issue],
    releases: list[Release],
    organisation: Organisation,
    rng: np.random.Generator,
) -> dict[str, list[Commit]]:
    """Fills in what became of every task and release; the commits of each repository by its name."""
    for repository in organisation.repositories:
        _number(repository, tasks, issues)
    return {
        repository.name: _Repository(repository, organisation, rng).replay(
            [task for task in tasks if task.repository is repository and task.ending != "unshared"],
            [release for release in releases if release.repository is repository],
        )
        for repository in organisation.repositories
    }


def _number(repository: Repository, tasks: list[Task], issues: list[Issue]) -> None:
    """Pull requests and GitHub issues share one sequence of numbers; names of branches are given once."""
    here = [task for task in tasks if task.repository is repository]
    created: list[tuple[datetime, int, Task | Issue]] = [
        (task.opened_at, i, task) for i, task in enumerate(here) if task.opened_at
    ]
    created += [
        (issue.created_at, -i, issue)
        for i, issue in enumerate(issues)
        if issue.tracker == GITHUB and issue.container == repository.name
    ]
    for number, (_, _, item) in enumerate(sorted(created, key=lambda c: c[:2]), start=1):
        item.number = number
    taken: dict[str, int] = {}
    for task in sorted(here, key=lambda task: task.steps[0].at):
        if task.ending == "direct":
            continue
        branch = messages.name_branch(task)
        taken[branch] = taken.get(branch, 0) + 1
        task.branch = branch if taken[branch] == 1 else f"{branch}-{taken[branch]}"
        task.headline, task.body = messages.headline(task), messages.describe(task)


class _Repository:
    """One repository while its history is replayed."""

    def __init__(self, repository: Repository, organisation: Organisation, rng: np.random.Generator) -> None:
        self.repository = repository
        self.organisation = organisation
        self.rng = rng
        self.stacked: list[Task] = []  # merged into another one's branch
        self.commits: list[Commit] = []
        self.head = ""  # of the default branch

    def replay(self, tasks: list[Task], releases: list[Release]) -> list[Commit]:
        self.stacked = [task for task in tasks if task.onto]
        events: list[tuple[datetime, int, Task | Release, Step | None]] = []
        for task in tasks:
            events += [(step.at, 0, task, step) for step in task.steps]
            if task.closed_at and task.ending in MERGED:
                events.append((task.closed_at, 1, task, None))
        events += [(release.tagged_at, 2, release, None) for release in releases]
        for at, _, item, step in sorted(events, key=lambda e: e[:2]):
            if isinstance(item, Release):
                item.sha = self.head
            elif step:
                self._commit(item, step)
            else:
                self._merge(item, at)
        for task in tasks:
            deleted = task.ending in ("squash", "rebase")
            for commit in task.pushed:
                commit.branch_deleted = deleted and not commit.on_default_branch
        return sorted(self.commits, key=lambda c: c.committed_at)

    def _add(
        self,
        parents: list[str],
        author: Person,
        authored_at: datetime,
        message: str,
        files: list[FileChange],
        *,
        committed_at: datetime | None = None,
    ) -> Commit:
        """A new commit; one that a button on the site made has a time of its own."""
        at = committed_at or authored_at
        content = f"{self.repository.name}\n{parents}\n{author.git_email}\n{authored_at}\n{at}\n{message}\n{files}"
        sha = hashlib.sha1(content.encode(), usedforsecurity=False).hexdigest()
        commit = Commit(
            self.repository, sha, parents, author, authored_at, at, committed_at is not None, message, files
        )
        self.commits.append(commit)
        return commit

    def _commit(self, task: Task, step: Step) -> None:
        reverted = messages.reverted_commits(task, step)
        message = messages.commit_message(task, step, reverted)
        if reverted:
            files = _inverse(self._undone_files(task, reverted))
        else:
            files = self._files(task) if step.files is None else step.files
        if task.ending == "direct":
            commit = self._add(self._parents(self.head), task.author, step.at, message, files)
            task.landed.append(commit)
            self._advance(task, [commit], step.at)
            return
        base = task.onto.pushed[-1].sha if task.onto and task.onto.pushed else self.head
        parent = task.pushed[-1].sha if task.pushed else base
        task.pushed.append(self._add([parent], task.author, step.at, message, files))

    @staticmethod
    def _parents(head: str) -> list[str]:
        return [head] if head else []

    def _merge(self, task: Task, at: datetime) -> None:
        merger = task.reviews[-1].reviewer if task.reviews else task.author
        if task.author.is_bot:
            merger = self.organisation.steady[task.number % len(self.organisation.steady)]
        if task.onto:
            parents = [task.onto.pushed[-1].sha, task.pushed[-1].sha]
            task.landed = [self._add(parents, merger, at, messages.merge_message(task), [], committed_at=at)]
            task.onto.pushed += [*task.pushed, *task.landed]
            return
        if task.ending == "merge":
            parents = [self.head, task.pushed[-1].sha]
            task.landed = [self._add(parents, merger, at, messages.merge_message(task), [], committed_at=at)]
            self._advance(task, [*task.pushed, *task.landed], at)
        elif task.ending == "squash":
            files = _together(task.pushed)
            message = messages.squash_message(task)
            task.landed = [self._add([self.head], task.author, at, message, files, committed_at=at)]
            self._advance(task, task.landed, at)
        else:
            parent = self.head
            for i, old in enumerate(task.pushed):
                moment = at + timedelta(seconds=i - len(task.pushed) + 1)
                new = self._add([parent], old.author, old.authored_at, old.message, old.files, committed_at=moment)
                task.landed.append(new)
                parent = new.sha
            self._advance(task, task.landed, at)

    def _advance(self, task: Task, reached: list[Commit], at: datetime) -> None:
        """The default branch moves on: the task is shipped, and what it reverts is undone."""
        self.head = reached[-1].sha
        for commit in reached:
            commit.on_default_branch = True
        for shipped in (task, *(t for t in self.stacked if t.onto is task and t.landed)):
            shipped.shipped_at = shipped.shipped_at or at
        if task.reverts:
            task.reverts.undone_at = at
            if task.reverts.reverts:  # a revert of a revert: the change is back
                task.reverts.reverts.undone_at = None

    @staticmethod
    def _undone_files(task: Task, reverted: list[Commit]) -> list[FileChange]:
        """What the reverted commits brought; a merge brought what was on its branch."""
        return _together(reverted) or _together(task.reverts.pushed if task.reverts else [])

    def _files(self, task: Task) -> list[FileChange]:
        """Files that a commit touched; few lines mostly, sometimes very many."""
        rng, folders = self.rng, self.repository.folders
        count = 1 + min(int(rng.poisson(1.4)), 5)
        added, deleted = rng.lognormal(2.8, 1.1, count).astype(int), rng.lognormal(1.8, 1.2, count).astype(int)
        stem = task.title.split()[1].lower().strip('"')
        changes = {}
        for i in range(count):
            path = f"{folders[int(rng.integers(0, len(folders)))]}/{stem}_{i}{_SUFFIXES[task.naming % len(_SUFFIXES)]}"
            changes[path] = FileChange(path, int(added[i]) + 1, int(deleted[i]))
        if rng.random() < 0.02:
            changes["docs/screenshot.png"] = FileChange("docs/screenshot.png", None, None)
        return list(changes.values())


def _inverse(files: list[FileChange]) -> list[FileChange]:
    return [FileChange(f.path, f.deleted, f.added) for f in files]


def _together(commits: list[Commit]) -> list[FileChange]:
    """The changes of several commits as one: a file stands once."""
    sums: dict[str, FileChange] = {}
    for change in (change for commit in commits for change in commit.files):
        known = sums.get(change.path)
        if known is None or known.added is None or known.deleted is None:
            sums[change.path] = change
        else:
            sums[change.path] = FileChange(
                change.path, known.added + (change.added or 0), known.deleted + (change.deleted or 0)
            )
    return list(sums.values())
