"""Commits and tags as `tokenworth export-git` writes them from a clone of each repository.

Branches that were deleted after a squash or a rebase are in no clone any more.
"""

from __future__ import annotations

import hashlib
import json
from datetime import datetime, timedelta, timezone

from tokenworth.simulate.organisation import Person
from tokenworth.simulate.tasks import Commit
from tokenworth.simulate.work import Work
from tokenworth.simulate.zone import Zone

COMMITS, TAGS = "git_commits", "git_tags"


def write(zone: Zone, work: Work) -> None:
    for position, (repository, commits) in enumerate(work.commits.items()):
        packed = ".gz" if position == 0 else ""
        lines = [_line(commit) for commit in commits if not commit.branch_deleted]
        zone.lines(COMMITS, f"git/{repository}/commits.jsonl{packed}", lines)
        tags = [
            json.dumps(
                {
                    "repository": repository,
                    "tag": release.tag,
                    "sha": release.sha,
                    "created_at": _local(release.tagged_at, release.author),
                }
            )
            for release in work.releases
            if release.repository.name == repository
        ]
        zone.lines(TAGS, f"git/{repository}/tags.jsonl", tags)


def _local(at: datetime, person: Person) -> str:
    """A time as the person's own clock shows it, with its offset."""
    zone = timezone(timedelta(hours=person.utc_offset))
    return (at + timedelta(hours=person.utc_offset)).replace(tzinfo=zone).isoformat()


def _line(commit: Commit) -> str:
    author = commit.author
    files = [{"path": f.path, "added": f.added, "deleted": f.deleted} for f in commit.files]
    row: dict[str, object] = {
        "repository": commit.repository.name,
        "sha": commit.sha,
        "parents": commit.parents,
        "author_name": author.name,
        "author_email": author.git_email,
        "authored_at": _local(commit.authored_at, author),
        "committer_name": "GitHub" if commit.by_github else author.name,
        "committer_email": "noreply@github.com" if commit.by_github else author.git_email,
        "committed_at": f"{commit.committed_at.isoformat()}+00:00"
        if commit.by_github
        else _local(commit.committed_at, author),
        "message": commit.message,
        "on_default_branch": commit.on_default_branch,
        "files": files,
    }
    if files:
        content = f"{files}{commit.subject}"
        row["patch_id"] = hashlib.sha1(content.encode(), usedforsecurity=False).hexdigest()
    return json.dumps(row, ensure_ascii=False)
