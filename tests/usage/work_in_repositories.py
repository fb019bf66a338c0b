"""Work as GitHub, GitLab and Azure DevOps export it: one writer an export."""

from __future__ import annotations

from collections.abc import Sequence

from tests.tracker_exports import (
    azure_pull,
    gitlab_deployment,
    gitlab_issue,
    merge_request,
    merge_request_commit,
    work_item,
)
from tests.usage.items import Item, array_of, lines_of
from tests.usage.roads import File
from tests.work_exports import Json, github_issue, pull, pull_commit, release, review, sha

_GITHUB = "github/acme/shop"
_GITLAB = "gitlab/acme/platform/shop"
_AZURE = "azure_devops/acme/Shop"


def github_pulls(items: Sequence[Item]) -> list[File]:
    said = [
        pull(i.number, state="closed" if i.done else "open", merged_at=i.at, closed_at=i.at, updated_at=i.updated)
        for i in items
    ]
    return [array_of(f"{_GITHUB}/pulls/page.json", said)]


def github_issues(items: Sequence[Item]) -> list[File]:
    said = [
        github_issue(i.number, state="closed" if i.done else "open", closed_at=i.at, updated_at=i.updated)
        for i in items
    ]
    return [array_of(f"{_GITHUB}/issues/page.json", said)]


def github_releases(items: Sequence[Item]) -> list[File]:
    return [array_of(f"{_GITHUB}/releases/page.json", [release(i.number, published_at=i.at) for i in items])]


def github_reviews(items: Sequence[Item]) -> list[File]:
    said = [review(i.number, state="APPROVED" if i.done else "COMMENTED") for i in items]
    return [lines_of(f"{_GITHUB}/reviews/1.jsonl", said)]


def github_pull_commits(items: Sequence[Item]) -> list[File]:
    return [lines_of(f"{_GITHUB}/pull_commits/1.jsonl", [pull_commit(i.number) for i in items], name_tells=True)]


def github_deployments(items: Sequence[Item]) -> list[File]:
    """A deployment says what was deployed, and a status of its own whether that worked."""
    said: list[Json] = []
    for i in items:
        url = f"https://api.github.com/repos/acme/shop/deployments/{i.number}"
        said.append({"id": i.number, "url": url, "sha": sha(i.number), "environment": "prod", "created_at": i.updated})
        states = ["in_progress", "success"] if i.done else ["in_progress"]
        said += [{"deployment_url": url, "state": state, "created_at": i.updated} for state in states]
    return [array_of(f"{_GITHUB}/deployments/page.json", said)]


def gitlab_merge_requests(items: Sequence[Item]) -> list[File]:
    said = [
        merge_request(i.number, state="merged" if i.done else "opened", merged_at=i.at, updated_at=i.updated)
        for i in items
    ]
    return [array_of(f"{_GITLAB}/merge_requests/page.json", said)]


def gitlab_issues(items: Sequence[Item]) -> list[File]:
    said = [
        gitlab_issue(i.number, state="closed" if i.done else "opened", closed_at=i.at, updated_at=i.updated)
        for i in items
    ]
    return [array_of(f"{_GITLAB}/issues/page.json", said)]


def gitlab_commits(items: Sequence[Item]) -> list[File]:
    said = [merge_request_commit(i.number) for i in items]
    return [lines_of(f"{_GITLAB}/merge_request_commits/1.jsonl", said, name_tells=True)]


def gitlab_releases(items: Sequence[Item]) -> list[File]:
    said = [{"tag_name": f"v1.{i.number}.0", "created_at": i.updated, "released_at": i.updated} for i in items]
    return [array_of(f"{_GITLAB}/releases/page.json", said)]


def gitlab_deployments(items: Sequence[Item]) -> list[File]:
    said = [gitlab_deployment(i.number, status="success" if i.done else "running", updated_at=i.updated) for i in items]
    return [array_of(f"{_GITLAB}/deployments/page.json", said)]


def azure_work_items(items: Sequence[Item]) -> list[File]:
    said = []
    for i in items:
        fields = {"System.State": "Closed" if i.done else "Active", "System.ChangedDate": i.updated}
        said.append(work_item(i.number, **fields, **{"Microsoft.VSTS.Common.ClosedDate": i.at}))
    return [array_of(f"{_AZURE}/work_items/page.json", said, "value")]


def azure_pulls(items: Sequence[Item]) -> list[File]:
    said = [azure_pull(i.number, status="completed" if i.done else "active", closedDate=i.at) for i in items]
    return [array_of(f"{_AZURE}/pull_requests/page.json", said, "value")]
