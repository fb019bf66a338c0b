"""Exports of work trackers, repositories and people, in small; see `exports` for those of usage."""

from __future__ import annotations

from typing import Any

Json = dict[str, Any]
SHA = "0123456789abcdef0123456789abcdef01234567"


def sha(number: int) -> str:
    return f"{number:040x}"


def commit(number: int = 1, /, **more: Any) -> Json:
    """A commit as export-git writes it."""
    return {
        "repository": "https://github.com/acme/shop.git",
        "sha": sha(number),
        "parents": [sha(number - 1)] if number > 1 else [],
        "author_name": "Ada Quill",
        "author_email": "Ada.Quill@acme.example",
        "authored_at": "2026-02-01T10:00:00+01:00",
        "committer_name": "Ada Quill",
        "committer_email": "ada.quill@acme.example",
        "committed_at": "2026-02-01T10:05:00+01:00",
        "message": "Let the cart keep its items\n\nThe confidential reason stands here.",
        "on_default_branch": True,
        "files": [
            {"path": "src/cart.py", "added": 10, "deleted": 2},
            {"path": "logo.png", "added": None, "deleted": None},
        ],
        **more,
    }


def pull(number: int = 1, /, **more: Any) -> Json:
    return {
        "id": 9000 + number,
        "number": number,
        "state": "closed",
        "title": f"SHOP-{number}: let the cart keep its items",
        "body": "Fixes #7\n\nThe confidential reason stands here.",
        "html_url": f"https://github.com/acme/shop/pull/{number}",
        "draft": False,
        "user": {"login": "ada-q", "type": "User"},
        "labels": [{"name": "bug"}, {"name": "cart"}],
        "created_at": "2026-02-01T10:00:00Z",
        "updated_at": "2026-02-02T10:00:00Z",
        "closed_at": "2026-02-02T10:00:00Z",
        "merged_at": "2026-02-02T10:00:00Z",
        "merge_commit_sha": SHA,
        "head": {"ref": "ada-q/SHOP-1-cart", "sha": sha(5), "repo": {"full_name": "acme/shop"}},
        "base": {"ref": "main", "sha": sha(1), "repo": {"full_name": "acme/shop", "default_branch": "main"}},
        **more,
    }


def pull_commit(number: int = 1, /, **more: Any) -> Json:
    return {
        "sha": sha(number),
        "html_url": f"https://github.com/acme/shop/commit/{sha(number)}",
        "parents": [{"sha": sha(number - 1)}],
        "author": {"login": "ada-q", "type": "User"},
        "commit": {
            "message": "SHOP-3 keep items\n\nCloses #8\nEntire-Checkpoint: 0123456789ab",
            "author": {"name": "Ada Quill", "email": "ada.quill@acme.example", "date": "2026-02-01T10:00:00Z"},
            "committer": {"name": "GitHub", "email": "noreply@github.com", "date": "2026-02-01T10:05:00Z"},
        },
        **more,
    }


def github_issue(number: int = 1, /, **more: Any) -> Json:
    return {
        "number": number,
        "state": "closed",
        "state_reason": "completed",
        "title": "The cart forgets its items",
        "body": "The confidential complaint of a customer.",
        "html_url": f"https://github.com/acme/shop/issues/{number}",
        "user": {"login": "ben-k", "type": "User"},
        "assignees": [{"login": "ada-q", "type": "User"}],
        "labels": [{"name": "bug"}],
        "type": {"name": "Bug"},
        "created_at": "2026-02-01T08:00:00Z",
        "updated_at": "2026-02-03T08:00:00Z",
        "closed_at": "2026-02-03T08:00:00Z",
        **more,
    }


def release(number: int = 1, /, **more: Any) -> Json:
    return {
        "id": 500 + number,
        "tag_name": f"v1.{number}.0",
        "name": "The cart release",
        "body": "Confidential notes.",
        "html_url": f"https://github.com/acme/shop/releases/tag/v1.{number}.0",
        "draft": False,
        "prerelease": True,
        "author": {"login": "release-please[bot]", "type": "Bot"},
        "created_at": "2026-02-03T08:00:00Z",
        "published_at": "2026-02-04T08:00:00Z",
        **more,
    }


def review(number: int = 1, /, **more: Any) -> Json:
    return {
        "id": 700 + number,
        "user": {"login": "ben-k", "type": "User"},
        "body": "The confidential remark of a reviewer.",
        "state": "APPROVED",
        "html_url": "https://github.com/acme/shop/pull/1#pullrequestreview-1",
        "pull_request_url": "https://api.github.com/repos/acme/shop/pulls/1",
        "commit_id": SHA,
        "submitted_at": "2026-02-02T09:00:00Z",
        **more,
    }


def jira_history(number: int = 1, to: str = "Done", **more: Any) -> Json:
    return {
        "id": str(100 + number),
        "created": f"2026-02-0{number}T10:00:00.000+0100",
        "author": {"accountId": "jira-ada", "displayName": "Ada Quill"},
        "items": [
            {"field": "status", "from": "1", "fromString": "To Do", "to": "3", "toString": to},
            {"field": "assignee", "from": None, "fromString": None, "to": "jira-ada", "toString": "Ada Quill"},
        ],
        **more,
    }


def jira_issue(number: int = 1, *, histories: list[Json] | None = None, **of_fields: Any) -> Json:
    return {
        "id": str(10000 + number),
        "key": f"SHOP-{number}",
        "self": f"https://acme.atlassian.net/rest/api/3/issue/{10000 + number}",
        "fields": {
            "summary": "The cart forgets its items",
            "description": "The confidential complaint of a customer.",
            "issuetype": {"name": "Bug", "subtask": False, "hierarchyLevel": 0},
            "project": {"key": "SHOP"},
            "parent": {"key": "SHOP-100"},
            "status": {"id": "3", "name": "Done", "statusCategory": {"key": "done"}},
            "resolution": {"name": "Fixed"},
            "labels": ["cart", "checkout"],
            "assignee": {"accountId": "jira-ada", "displayName": "Ada Quill", "emailAddress": "ada.quill@acme.example"},
            "reporter": {"accountId": "jira-ben", "displayName": "Ben Kestrel"},
            "created": "2026-02-01T09:00:00.000+0100",
            "updated": "2026-02-03T09:00:00.000-0500",
            "resolutiondate": "2026-02-03T09:00:00.000+0000",
            "statuscategorychangedate": "2026-02-03T09:00:00.000+0000",
            **of_fields,
        },
        **({"changelog": {"total": len(histories), "histories": histories}} if histories is not None else {}),
    }


def checkpoint(**more: Any) -> Json:
    return {
        "checkpoint_id": "0123456789ab",
        "session_id": "session-1",
        "branch": "ada-q/SHOP-1-cart",
        "agent": "Claude Code",
        "created_at": "2026-02-01T10:00:00Z",
        "files_touched": ["src/cart.py"],
        "token_usage": {
            "input_tokens": 10,
            "cache_creation_tokens": 30,
            "cache_read_tokens": 40,
            "output_tokens": 20,
            "api_call_count": 2,
        },
        **more,
    }
