"""Writes a repository's commits and tags for the landing zone, in the format the source `git` reads."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import IO
from urllib.parse import urlsplit

from tokenworth.errors import UsageError
from tokenworth.git_history import Commit, Lines, commits, tags
from tokenworth.git_program import Git, readable


@dataclass
class ExportReport:
    """What was written. Of `boundary` commits, at which a shallow clone ends, no changes are known."""

    repository: str
    folder: Path
    default_branch: str  # empty in a repository without commits
    commits: int = 0
    commits_on_default_branch: int = 0
    files: int = 0
    tags: int = 0
    shallow: bool = False
    boundary: int = 0

    def __str__(self) -> str:
        on = f" ({self.commits_on_default_branch:,} on {self.default_branch})" if self.default_branch else ""
        said = f"{self.repository}: {self.commits:,} commits{on}, {self.files:,} changed files, {self.tags:,} tags"
        said += f" in {self.folder}"
        if self.shallow:
            said += f"\nThe clone is shallow: of {self.boundary:,} commits where it ends the changes are not known,"
            said += " and older commits are missing. To export them all: git fetch --unshallow"
        return said


def export_git(
    path: Path,
    landing: Path,
    *,
    repository: str | None = None,
    since: date | None = None,
    progress: Callable[[int], None] = lambda done: None,
) -> ExportReport:
    """Writes `commits.jsonl` and `tags.jsonl` of the repository at `path` below `landing`/git.

    They replace earlier ones, so `since` (a UTC day; what was committed or tagged before it is left
    out) is a limit and no increment. `repository` (host/owner/repo, or a remote in any spelling) is
    by default what the remote `origin` says. `progress` hears every few hundred commits how many
    are done. Raises UsageError where that cannot be done, TokenworthError where git fails midway.
    """
    git = Git(path)
    asked = ["--is-bare-repository", "--is-shallow-repository", "--git-path", "shallow"]
    bare, shallow, boundary_file = git.text("rev-parse", *asked).split("\n", 2)
    boundary = set((path / boundary_file).read_text().split()) if shallow == "true" else set[str]()
    branch, tip = _default_branch(git, bare == "true")
    start = datetime.combine(since, time(), UTC).timestamp() if since else 0
    name = _repository(git, repository)
    folder = landing.joinpath("git", *name.split("/"))
    report = ExportReport(name, folder, branch, shallow=shallow == "true")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with _replaced(folder / "commits.jsonl") as commits_file, _replaced(folder / "tags.jsonl") as tags_file:
            for commit in commits(git, start, tip, boundary):
                _write(commits_file, {"repository": name, **_commit(commit)})
                report.commits += 1
                report.commits_on_default_branch += bool(commit.said["on_default_branch"])
                report.files += len(commit.files)
                report.boundary += commit.said["sha"] in boundary
                if report.commits % 500 == 0:
                    progress(report.commits)
            for tag in tags(git, start):
                _write(tags_file, {"repository": name, **tag})
                report.tags += 1
    except OSError as error:
        raise UsageError(f"cannot write to {folder}: {error.strerror}", todo="Use another --landing.") from error
    progress(report.commits)
    return report


def repository_of(remote: str) -> str | None:
    """`host/owner/repo` of a remote in any spelling, without credentials; None for a mere path."""
    if "://" in remote:
        try:
            url = urlsplit(remote.strip())
        except ValueError:
            return None
        host, below = url.hostname or "", url.path
    else:  # user@host:path; a single letter before the colon is a drive
        found = re.fullmatch(r"(?:[^@/]*@)?([^/:@]{2,}):(?!:)(.*)", remote.strip())
        host, below = found.groups() if found else ("", "")
    segments = [segment for segment in below.rstrip("/").removesuffix(".git").split("/") if segment]
    if len(segments) < 2 or not re.fullmatch(r"[\w.-]+", host):
        return None
    # The name becomes a folder, which may not lead out of the landing zone.
    if not all(re.fullmatch(r"(?!\.\.?$)[^\\\x00-\x1f]+", name) for name in (host, *segments)):
        return None
    return "/".join([host.lower(), *segments])


def _repository(git: Git, given: str | None) -> str:
    if given is not None:
        name, what = repository_of(given) or repository_of(f"https://{given}"), "the name of the repository"
    else:  # what the remote does say is not shown: there may be a password in it
        name = repository_of(git.text("remote", "get-url", "origin", optional=True))
        what = f"the remote 'origin' of {git.path}"
    if not name:
        todo = "Say what the repository is called, for example: --repository github.com/acme/shop"
        raise UsageError(f"{what} does not say host/owner/repo", todo=todo)
    return name


def _default_branch(git: Git, bare: bool) -> tuple[str, str]:
    """The default branch and the commit at its tip; both empty in a repository without commits."""
    usual = [f"refs/{where}/{name}" for name in ("main", "master") for where in ("heads", "remotes/origin")]
    # HEAD is where a person happens to be; in a bare repository it is what a clone would check out.
    for ref in ["refs/remotes/origin/HEAD", *(["HEAD"] if bare else []), *usual, "HEAD"]:
        if tip := git.text("rev-parse", "--verify", "--quiet", f"{ref}^{{commit}}", optional=True):
            return git.text("rev-parse", "--abbrev-ref", ref), tip
    return "", ""


def _commit(commit: Commit) -> dict[str, object]:
    files = []
    for file in commit.files:
        said: dict[str, object] = {"path": readable(file.path)}
        if file.old_path:
            said["old_path"] = readable(file.old_path)
        said |= {"added": file.added, "deleted": file.deleted}
        if file.added is not None:
            lines = commit.lines.get(file.path) or Lines()
            # Git gives up early on the shortest diff of files that differ much, so that one in which
            # less differs may still come out longer.
            effective, deleted = min(lines.added, file.added), min(lines.deleted, file.deleted or 0)
            moved = min(lines.moved, effective)
            said |= {"effective_added": effective, "effective_deleted": deleted, "moved": moved}
        files.append(said)
    return commit.said | {"files": files}


@contextmanager
def _replaced(path: Path) -> Iterator[IO[str]]:
    """A file that takes its place once it is whole, so that no reader sees half of it."""
    partial = path.with_name(f".{path.name}.{os.getpid()}.partial")
    try:
        with partial.open("w", encoding="utf-8", newline="\n") as file:
            yield file
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)


def _write(file: IO[str], record: dict[str, object]) -> None:
    file.write(json.dumps(record, ensure_ascii=False, separators=(",", ":")) + "\n")
