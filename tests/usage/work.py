"""The same items of work as each tracker's and repository's exports tell them, side by side.

An item has a number, and is done or not. A writer makes files from items; beside it stands what is asked of staging,
and what it has to answer of each item.
"""

from __future__ import annotations

import json
from collections.abc import Sequence

from tests.tracker_exports import linear_issue
from tests.usage.items import Item, Told, array_of, lines_of
from tests.usage.reported import csv_file, entry
from tests.usage.roads import File
from tests.usage.work_in_repositories import (
    azure_pulls,
    azure_work_items,
    github_deployments,
    github_issues,
    github_pull_commits,
    github_pulls,
    github_releases,
    github_reviews,
    gitlab_commits,
    gitlab_deployments,
    gitlab_issues,
    gitlab_merge_requests,
    gitlab_releases,
)
from tests.work_exports import checkpoint, commit, jira_history, jira_issue, sha
from tests.zone import Row


def _jira_search(items: Sequence[Item]) -> list[File]:
    """The issue as it is, and its changelog: what has happened stays."""
    said = []
    for i in items:
        status = {"id": "3", "name": "Done", "statusCategory": {"key": "done"}} if i.done else {
            "id": "1", "name": "To Do", "statusCategory": {"key": "new"}}  # fmt: skip
        fields = {"status": status, "resolutiondate": i.at, "updated": i.updated}
        histories = [jira_history(1, id=f"{i.number}")] if i.done else []
        said.append(jira_issue(i.number, histories=histories, **fields))
    return [array_of("jira/acme/search/page.json", said, "issues")]


_JIRA_CSV = "Issue key,Issue id,Issue Type,Status,Status Category,Labels,Labels,Created,Updated,Resolved"


def _jira_csv(items: Sequence[Item]) -> list[File]:
    """Cells may hold line breaks in this export, headers repeat, and days are of its own zone."""
    rows = [
        (f"WEB-{i.number}", 20000 + i.number, "Bug", *(("Done", "Done") if i.done else ("To Do", "To Do")), "a", "b",
         "01/Feb/26 10:00 AM", f"0{i.updated[9]}/Feb/26 9:00 AM", "04/Feb/26 9:00 AM" if i.done else "")
        for i in items
    ]  # fmt: skip
    return [csv_file("jira/web/csv/all.csv", _JIRA_CSV.split(","), rows)]


def _linear_pages(items: Sequence[Item]) -> list[File]:
    said = [
        linear_issue(
            i.number, state={"name": "x", "type": "completed" if i.done else "started"}, updatedAt=i.updated,
            completedAt=i.at,
        )
        for i in items
    ]  # fmt: skip
    return [array_of("linear/issues/page.json", said, "data", "issues", "nodes")]


_LINEAR_CSV = "ID,Team,Title,Status,Creator,Labels,Created,Updated,Completed,Canceled"


def _linear_csv(items: Sequence[Item]) -> list[File]:
    rows = [
        (f"OPS-{i.number}", "Ops", "The cart", "x", "ada@acme.example", "bug", "2026-02-01T08:00:00.000Z", i.updated,
         i.at or "", "")
        for i in items
    ]  # fmt: skip
    return [csv_file("linear/export.csv", _LINEAR_CSV.split(","), rows)]


def _commits(items: Sequence[Item]) -> list[File]:
    """Work that has not arrived yet is not on the default branch."""
    said = [commit(i.number, on_default_branch=i.done) for i in items]
    return [lines_of("git/github.com/acme/shop/commits.jsonl", said)]


def _tags(items: Sequence[Item]) -> list[File]:
    """A tag that is moved points elsewhere."""
    said = [
        {"repository": "github.com/acme/shop", "tag": f"v{i.number}", "sha": sha(90 + i.done), "created_at": i.updated}
        for i in items
    ]
    return [lines_of("git/github.com/acme/shop/tags.jsonl", said)]


def _checkpoints(items: Sequence[Item]) -> list[File]:
    return [
        File(
            f"entire/acme/shop/{i.number:02}/metadata.json",
            [entry(checkpoint(checkpoint_id=f"c{i.number}", session_id=f"session-{i.number}"))],
            whole=lambda texts: "".join(texts[:1]),
            are_apart=False,
            name_tells=True,
        )
        for i in items
    ]


def _notes(items: Sequence[Item]) -> list[File]:
    said = []
    for i in items:
        prompts = {"0123456789abcdef": {"agent_id": {"tool": "claude", "id": f"session-{i.number}"}}}
        said.append({"sha": sha(i.number), "note": "src/cart.py\n---\n" + json.dumps({"prompts": prompts})})
    return [lines_of("git_ai/acme/shop/notes.jsonl", said)]


def _traces(items: Sequence[Item]) -> list[File]:
    said = []
    for i in items:
        spoke = {"url": f"https://x.example/c/session-{i.number}", "contributor": {"type": "ai"}, "ranges": []}
        revision = {"type": "git", "revision": sha(i.number)}
        said.append({"id": f"t{i.number}", "vcs": revision, "files": [{"conversations": [spoke]}]})
    return [lines_of("agent_trace/records.jsonl", said)]


def _of(shape: str, tracker: str, columns: str, where: str = "true") -> str:
    return f"select {columns} from stg_trackers__{shape} where tracker = '{tracker}' and {where}"


def _one(item: Item, *more: object) -> list[Row]:
    return [(item.number, *more)]


_PULLS, _ISSUES = "pull_request, merged_at is not null", "issue_number, is_done"

WORK = [
    Told("github pulls", github_pulls, _of("pull_requests", "github", _PULLS), lambda i: _one(i, i.done)),
    Told("github issues", github_issues, _of("issues", "github", _ISSUES), lambda i: _one(i, i.done)),
    Told(
        "github releases", github_releases,
        _of("releases", "github", "release_id::int - 500, published_at is not null"), lambda i: _one(i, i.done),
    ),
    Told(
        "github reviews", github_reviews, _of("reviews", "github", "review_id::int - 700, state = 'APPROVED'"),
        lambda i: _one(i, i.done),
    ),
    Told(
        "github commits", github_pull_commits, _of("pull_commits", "github", "pull_request, sha"),
        lambda i: [(1, sha(i.number))], is_revised=False,
    ),
    Told(
        "github deployments", github_deployments, _of("deployments", "github", "deployment_id::int, sha"),
        lambda i: _one(i, sha(i.number)) if i.done else [],
    ),
    Told("gitlab pulls", gitlab_merge_requests, _of("pull_requests", "gitlab", _PULLS), lambda i: _one(i, i.done)),
    Told("gitlab issues", gitlab_issues, _of("issues", "gitlab", _ISSUES), lambda i: _one(i, i.done)),
    Told(
        "gitlab commits", gitlab_commits, _of("pull_commits", "gitlab", "pull_request, sha"),
        lambda i: [(1, sha(i.number))], is_revised=False,
    ),
    Told("gitlab releases", gitlab_releases, _of("releases", "gitlab", "tag"), lambda i: [(f"v1.{i.number}.0",)]),
    Told(
        "gitlab deployments", gitlab_deployments, _of("deployments", "gitlab", "deployment_id::int - 300"),
        lambda i: _one(i) if i.done else [],
    ),
    Told("azure items", azure_work_items, _of("issues", "azure_devops", _ISSUES), lambda i: _one(i, i.done)),
    Told("azure pulls", azure_pulls, _of("pull_requests", "azure_devops", _PULLS), lambda i: _one(i, i.done)),
    Told(
        "jira issues", _jira_search, _of("issues", "jira", "issue_key, is_done", "site = 'acme'"),
        lambda i: [(f"SHOP-{i.number}", i.done)],
        also=(
            (_of("issue_changes", "jira", "issue_id::int - 10000", "site = 'acme'"),
             lambda i: _one(i) if i.done else []),
        ),
    ),
    Told(
        "jira rows", _jira_csv, _of("issues", "jira", "issue_key, is_done", "site = 'web'"),
        lambda i: [(f"WEB-{i.number}", i.done)],
    ),
    Told(
        "linear pages", _linear_pages, _of("issues", "linear", "issue_key, is_done", "project = 'ENG'"),
        lambda i: [(f"ENG-{i.number}", i.done)],
    ),
    Told(
        "linear rows", _linear_csv, _of("issues", "linear", "issue_key, is_done", "project = 'OPS'"),
        lambda i: [(f"OPS-{i.number}", i.done)],
    ),
    Told(
        "commits", _commits, "select sha, on_default_branch from stg_git__commits",
        lambda i: [(sha(i.number), i.done)],
        also=(
            ("select sha, count(*) from stg_git__commit_files group by all", lambda i: [(sha(i.number), 2)]),
        ),
    ),
    Told("tags", _tags, "select tag, sha from stg_git__tags", lambda i: [(f"v{i.number}", sha(90 + i.done))]),
    Told(
        "checkpoints", _checkpoints, "select checkpoint_id, session_id from stg_entire__sessions",
        lambda i: [(f"c{i.number}", f"session-{i.number}")], is_revised=False,
    ),
    Told(
        "notes", _notes, "select sha, session_id from stg_git_ai__sessions",
        lambda i: [(sha(i.number), f"session-{i.number}")], is_revised=False,
    ),
    Told(
        "traces", _traces, "select sha, session_id from stg_agent_trace__sessions",
        lambda i: [(sha(i.number), f"session-{i.number}")], is_revised=False,
    ),
]  # fmt: skip
