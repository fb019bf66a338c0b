"""GitHub's REST answers: pages of pull requests, issues and releases; commits and reviews by pull request.

One page of pull requests is here twice, the older copy from when some of them were still open.
"""

from __future__ import annotations

import hashlib
from datetime import datetime

from tokenworth.simulate.history import Release
from tokenworth.simulate.issues import GITHUB, Issue
from tokenworth.simulate.organisation import Person, Repository
from tokenworth.simulate.tasks import Commit, Task
from tokenworth.simulate.work import Work
from tokenworth.simulate.zone import Zone

PULLS, PULL_COMMITS, ISSUES = "github_pulls", "github_pull_commits", "github_issues"
RELEASES, REVIEWS = "github_releases", "github_reviews"
_PAGE = 50


def write(zone: Zone, work: Work, earlier: datetime, now: datetime) -> None:
    """`now` is when the pages were fetched, `earlier` when the older copy was."""
    for position, repository in enumerate(work.repositories):
        base = f"github/{repository.name.partition('/')[2]}"
        tasks = [task for task in work.pull_requests if task.repository is repository]
        tasks.sort(key=lambda task: -task.number)
        pulls = [_pull(task, now) for task in tasks]
        for number, page in enumerate(_pages(pulls), start=1):
            zone.document(PULLS, f"{base}/pulls/page-{number}.json", page, len(page))
        if position == 0:
            older = [_pull(task, earlier) for task in tasks if task.opened_at and task.opened_at < earlier][:_PAGE]
            name = f"{base}/pulls/{earlier:%Y-%m-%d}-page-1.json"
            zone.document(PULLS, name, older, len(older))
            zone.document("sidecar", f"{name}.meta.json", {"extracted_at": _time(earlier)})
        for task in tasks:
            commits = [_pull_commit(commit) for commit in task.pushed]
            zone.document(PULL_COMMITS, f"{base}/pull_commits/{task.number}.json", commits, len(commits))
            reviews = [_review(task, position, nth) for nth in range(len(task.reviews))]
            if reviews:
                zone.document(REVIEWS, f"{base}/reviews/{task.number}.json", reviews, len(reviews))
        issues = [i for i in work.issues if i.tracker == GITHUB and i.container == repository.name]
        if issues:
            # The list of issues holds the pull requests too.
            listed = [(i.number, _issue(i, repository)) for i in issues]
            listed += [(task.number, _pull_as_issue(task, now)) for task in tasks]
            listed.sort(key=lambda item: -item[0])
            for number, page in enumerate(_pages([item for _, item in listed]), start=1):
                zone.document(ISSUES, f"{base}/issues/page-{number}.json", page, len(page))
        releases = [
            _release(release, position)
            for position, release in enumerate(work.releases)
            if release.repository is repository and (release.published_at or release.is_draft)
        ]
        if releases:
            zone.document(RELEASES, f"{base}/releases/page-1.json", releases[::-1], len(releases))


def _pages(items: list[dict[str, object]]) -> list[list[dict[str, object]]]:
    return [items[start : start + _PAGE] for start in range(0, len(items), _PAGE)]


def _time(at: datetime | None) -> str | None:
    return f"{at.isoformat()}Z" if at else None


def _user(person: Person) -> dict[str, object]:
    kind = "Bot" if person.is_bot else "User"
    return {"login": person.login, "id": 700_000 + person.index, "type": kind, "site_admin": False}


def _pull(task: Task, seen: datetime) -> dict[str, object]:
    """A pull request of the list, as it stood at `seen`."""
    closed = task.closed_at if task.closed_at and task.closed_at <= seen else None
    merged = closed if task.landed else None
    pushed = [commit for commit in task.pushed if commit.committed_at <= seen]
    events = [task.opened_at, *(review.at for review in task.reviews)]
    changed = [at for at in events if at and at <= seen]
    # Until it is merged GitHub shows the commit with which it tried the merge.
    trial = hashlib.sha1(f"{task.branch}{len(pushed)}".encode(), usedforsecurity=False).hexdigest()
    where = task.repository.name.partition("/")[2]
    place = {"full_name": where, "default_branch": "main"}
    return {
        "id": 2_100_000_000 + task.number,
        "number": task.number,
        "html_url": f"https://github.com/{where}/pull/{task.number}",
        "state": "closed" if closed else "open",
        "locked": False,
        "title": task.headline,
        "user": _user(task.author),
        "body": task.body,
        "labels": [{"name": "dependencies"}] if task.author.is_bot else [],
        "created_at": _time(task.opened_at),
        "updated_at": _time(closed or max(changed)),
        "closed_at": _time(closed),
        "merged_at": _time(merged),
        "merge_commit_sha": task.landed[-1].sha if merged else trial,
        "assignees": [],
        "draft": task.ending == "open" and task.number % 3 == 0,
        "head": {"ref": task.branch, "sha": pushed[-1].sha, "repo": place},
        "base": {"ref": task.onto.branch if task.onto else "main", "repo": place},
        "author_association": "CONTRIBUTOR" if task.author.is_bot else "MEMBER",
    }


def _pull_as_issue(task: Task, seen: datetime) -> dict[str, object]:
    pull = _pull(task, seen)
    shared = ("number", "html_url", "state", "title", "user", "labels", "created_at", "updated_at", "closed_at", "body")
    link = {"html_url": pull["html_url"], "merged_at": pull["merged_at"]}
    return {**{name: pull[name] for name in shared}, "state_reason": None, "assignees": [], "pull_request": link}


def _pull_commit(commit: Commit) -> dict[str, object]:
    author = {"name": commit.author.name, "email": commit.author.git_email, "date": _time(commit.authored_at)}
    web = {"name": "GitHub", "email": "noreply@github.com", "date": _time(commit.committed_at)}
    return {
        "sha": commit.sha,
        "html_url": f"https://{commit.repository.name}/commit/{commit.sha}",
        "commit": {
            "author": author,
            "committer": web if commit.by_github else {**author, "date": _time(commit.committed_at)},
            "message": commit.message,
        },
        "author": _user(commit.author),
        "parents": [{"sha": parent} for parent in commit.parents],
    }


def _review(task: Task, repository: int, nth: int) -> dict[str, object]:
    review = task.reviews[nth]
    where = task.repository.name.partition("/")[2]
    position = repository * 1_000_000 + task.number * 10 + nth
    before = [commit for commit in task.pushed if commit.committed_at <= review.at]
    return {
        "id": 3_000_000_000 + position,
        "user": _user(review.reviewer),
        "body": f"Thanks {task.author.name.split()[0]}, looks good to me.",
        "state": review.state,
        "html_url": f"https://github.com/{where}/pull/{task.number}#pullrequestreview-{position}",
        "pull_request_url": f"https://api.github.com/repos/{where}/pulls/{task.number}",
        "submitted_at": _time(review.at),
        "commit_id": (before or task.pushed)[-1].sha,
    }


def _issue(issue: Issue, repository: Repository) -> dict[str, object]:
    where = repository.name.partition("/")[2]
    closed = bool(issue.resolution)
    reason = issue.resolution or ("reopened" if issue.moves else None)
    return {
        "id": 1_900_000_000 + issue.number,
        "number": issue.number,
        "html_url": f"https://github.com/{where}/issues/{issue.number}",
        "state": "closed" if closed else "open",
        "state_reason": reason,
        "title": issue.title,
        "user": _user(issue.reporter),
        "body": f"Seen by {issue.reporter.name}. {issue.title}.",
        "labels": [{"name": label} for label in issue.labels],
        "assignees": [_user(issue.assignee)] if issue.assignee else [],
        "created_at": _time(issue.created_at),
        "updated_at": _time(issue.updated_at),
        "closed_at": _time(issue.updated_at) if closed else None,
        "type": {"name": issue.kind},
        "sub_issues_summary": {"total": 0, "completed": 0, "percent_completed": 0},
    }


def _release(release: Release, position: int) -> dict[str, object]:
    where = release.repository.name
    return {
        "id": 250_000_000 + position,
        "tag_name": release.tag,
        "target_commitish": "main",
        "name": f"Release {release.tag.removeprefix('v')}",
        "html_url": f"https://{where}/releases/tag/{release.tag}",
        "draft": release.is_draft,
        "prerelease": release.is_prerelease,
        "author": _user(release.author),
        "created_at": _time(release.tagged_at),
        "published_at": _time(release.published_at),
        "body": "What changed is in the changelog.",
    }
