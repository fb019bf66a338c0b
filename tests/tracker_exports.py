"""Exports of GitLab, Linear and Azure DevOps, in small; see `work_exports` for those of GitHub and Jira."""

from __future__ import annotations

from typing import Any

from tests.work_exports import SHA, Json, sha

_PROJECT = "https://gitlab.com/acme/platform/shop"


def gitlab_issue(number: int = 1, /, **more: Any) -> Json:
    return {
        "id": 5000 + number,
        "iid": number,
        "project_id": 77,
        "title": "The cart forgets its items",
        "description": "The confidential complaint of a customer.",
        "state": "closed",
        "issue_type": "incident",
        "labels": ["bug"],
        "author": {"username": "ben-k", "name": "Ben Kestrel"},
        "assignees": [{"username": "Ada-Q", "name": "Ada Quill"}],
        "web_url": f"{_PROJECT}/-/issues/{number}",
        "moved_to_id": None,
        "_links": {"closed_as_duplicate_of": None},
        "created_at": "2026-02-01T08:00:00.000+01:00",
        "updated_at": "2026-02-03T08:00:00.000Z",
        "closed_at": "2026-02-03T08:00:00.000Z",
        **more,
    }


def merge_request(number: int = 1, /, **more: Any) -> Json:
    return {
        "id": 6000 + number,
        "iid": number,
        "project_id": 77,
        "source_project_id": 77,
        "target_project_id": 77,
        "title": f"SHOP-{number}: let the cart keep its items",
        "description": "Closes #7, #8 and acme/web#9\n\nThe confidential reason stands here.",
        "state": "merged",
        "draft": False,
        "author": {"username": "Ada-Q", "name": "Ada Quill"},
        "labels": ["bug"],
        "source_branch": "ada-q/SHOP-1-cart",
        "target_branch": "main",
        "sha": sha(5),
        "merge_commit_sha": SHA,
        "squash_commit_sha": None,
        "web_url": f"{_PROJECT}/-/merge_requests/{number}",
        "created_at": "2026-02-01T10:00:00.000Z",
        "updated_at": "2026-02-02T10:00:00.000Z",
        "closed_at": None,
        "merged_at": "2026-02-02T10:00:00.000Z",
        **more,
    }


def merge_request_commit(number: int = 1, /, **more: Any) -> Json:
    return {
        "id": sha(number),
        "parent_ids": [sha(number - 1)],
        "title": "SHOP-3 keep items",
        "message": "SHOP-3 keep items\n\nCloses #8\nEntire-Checkpoint: 0123456789ab",
        "author_name": "Ada Quill",
        "author_email": "Ada.Quill@acme.example",
        "authored_date": "2026-02-01T10:00:00.000+01:00",
        "committer_email": "ada.quill@acme.example",
        "committed_date": "2026-02-01T10:05:00.000+01:00",
        "web_url": f"{_PROJECT}/-/commit/{sha(number)}",
        **more,
    }


def gitlab_deployment(number: int = 1, /, **more: Any) -> Json:
    return {
        "id": 300 + number,
        "iid": number,
        "ref": "main",
        "sha": SHA,
        "status": "success",
        "environment": {"name": "prod/eu", "tier": "production", "external_url": "https://shop.acme.example"},
        "user": {"username": "ada-q"},
        "deployable": {
            "status": "success",
            "finished_at": "2026-02-03T10:00:00.000Z",
            "commit": {"web_url": f"{_PROJECT}/-/commit/{SHA}", "author_email": "ada.quill@acme.example"},
        },
        "created_at": "2026-02-03T09:50:00.000Z",
        "updated_at": "2026-02-03T10:00:01.000Z",
        **more,
    }


def linear_issue(number: int = 1, /, **more: Any) -> Json:
    return {
        "id": f"uuid-{number}",
        "identifier": f"ENG-{number}",
        "title": "The cart forgets its items",
        "description": "The confidential complaint of a customer.",
        "state": {"name": "Shipped", "type": "completed"},
        "parent": {"identifier": "ENG-100"},
        "labels": {"nodes": [{"name": "bug"}]},
        "assignee": {"id": "u-1", "email": "Ada@acme.example", "name": "Ada Quill"},
        "creator": {"id": "u-2", "email": None},
        "createdAt": "2026-02-01T08:00:00.000Z",
        "updatedAt": "2026-02-03T08:00:00.000Z",
        "completedAt": "2026-02-03T08:00:00.000Z",
        "canceledAt": None,
        **more,
    }


def work_item(number: int = 1, /, **of_fields: Any) -> Json:
    person = {"displayName": "Ada Quill", "uniqueName": "Ada@acme.example", "id": "x"}
    return {
        "id": number,
        "rev": 3,
        "fields": {
            "System.TeamProject": "Shop",
            "System.WorkItemType": "User Story",
            "System.State": "Closed",
            "System.Reason": "Acceptance tests pass",
            "System.AssignedTo": person,
            "System.CreatedBy": "Ben Kestrel <ben@acme.example>",
            "System.Title": "The cart forgets its items",
            "System.Description": "The confidential complaint of a customer.",
            "System.Tags": "bug; cart",
            "System.Parent": 250,
            "System.CreatedDate": "2026-02-01T08:00:00Z",
            "System.ChangedDate": "2026-02-03T08:00:00Z",
            "Microsoft.VSTS.Common.ClosedDate": "2026-02-03T08:00:00Z",
            "Microsoft.VSTS.Common.StateChangeDate": "2026-02-03T08:00:00Z",
            **of_fields,
        },
    }


def azure_pull(number: int = 1, /, **more: Any) -> Json:
    person = {"displayName": "Ada Quill", "uniqueName": "Ada@acme.example"}
    return {
        "pullRequestId": number,
        "status": "completed",
        "repository": {"name": "cart", "project": {"name": "Shop Front"}},
        "createdBy": person,
        "title": "Keep items, AB#12",
        "description": "For #13, after !9.\n\nThe confidential reason stands here.",
        "sourceRefName": "refs/heads/ada/keep-items",
        "targetRefName": "refs/heads/main",
        "isDraft": False,
        "lastMergeSourceCommit": {"commitId": sha(5)},
        "lastMergeCommit": {"commitId": SHA},
        "reviewers": [
            {"displayName": "Ben Kestrel", "uniqueName": "ben@acme.example", "vote": 10},
            {"displayName": "Cyd Rook", "uniqueName": "cyd@acme.example", "vote": 0},
        ],
        "workItemRefs": [{"id": "14", "url": "https://dev.azure.com/acme/_apis/wit/workItems/14"}],
        "creationDate": "2026-02-01T10:00:00.1234567Z",
        "closedDate": "2026-02-02T10:00:00Z",
        **more,
    }
