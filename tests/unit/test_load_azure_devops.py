"""Azure DevOps: work items with their updates and links, pull requests with votes and commits, CSV."""

from __future__ import annotations

import json
from datetime import datetime

from tests.exports import csv_text
from tests.tracker_exports import azure_pull, work_item
from tests.work_exports import SHA, sha
from tests.zone import Zone

_FOLDER = "azure_devops/Acme/Shop"
_ITEM = (
    "organisation", "work_item", "project", "work_item_type", "state", "reason", "tags", "parent",
    "plain(assignee_key)", "plain(creator_key)", "created_at", "changed_at", "closed_at",
)  # fmt: skip
_OPENED, _DONE = datetime(2026, 2, 1, 8), datetime(2026, 2, 3, 8)


def test_a_work_item_is_kept_with_its_pull_requests(zone: Zone) -> None:
    relations = [
        {"rel": "ArtifactLink", "url": "vstfs:///Git/PullRequestId/proj-guid%2Frepo-guid%2F42"},
        {"rel": "ArtifactLink", "url": "vstfs:///Git/Commit/proj-guid%2Frepo-guid%2Fabc"},
    ]
    batch = {"count": 2, "value": [{**work_item(12), "relations": relations}, work_item(13, **{"System.Tags": None})]}
    zone.put(f"{_FOLDER}/work_items/batch.json", json.dumps(batch, indent=2))

    zone.load()

    people = ("ada@acme.example", "ben@acme.example")
    assert zone.rows("azure_devops_work_items", *_ITEM) == [
        ("acme", 12, "Shop", "User Story", "Closed", "Acceptance tests pass", ["bug", "cart"], 250, *people,
         _OPENED, _DONE, _DONE),
        ("acme", 13, "Shop", "User Story", "Closed", "Acceptance tests pass", None, 250, *people,
         _OPENED, _DONE, _DONE),
    ]  # fmt: skip
    assert zone.rows("azure_devops_links", "organisation", "work_item", "pull_request") == [("acme", 12, 42)]
    raw = str(zone.everything())
    assert "onfidential" not in raw
    assert "Quill" not in raw


def test_updates_of_the_state_are_kept_at_the_time_they_were_made(zone: Zone) -> None:
    current = "9999-01-01T00:00:00Z"  # of the last one
    updates = [
        {"id": 2, "workItemId": 12, "rev": 2, "revisedDate": current,
         "fields": {"System.State": {"oldValue": "Active", "newValue": "Closed"},
                    "System.Reason": {"newValue": "Duplicate"},
                    "System.ChangedDate": {"oldValue": "2026-02-01T08:00:00Z", "newValue": "2026-02-03T08:00:00Z"}}},
        {"id": 1, "workItemId": 12, "rev": 1, "revisedDate": "2026-02-03T08:00:00Z",
         "fields": {"System.Title": {"newValue": "Confidential"}}},
    ]  # fmt: skip
    zone.put(f"{_FOLDER}/updates/12.json", json.dumps({"count": 2, "value": updates}))

    zone.load()

    columns = ("organisation", "work_item", "update_id", "from_state", "to_state", "reason", "changed_at")
    assert zone.rows("azure_devops_updates", *columns) == [("acme", 12, 2, "Active", "Closed", "Duplicate", _DONE)]
    assert zone.ledger() == [(2, 1, 0, 1, 0)]


def test_a_pull_request_is_kept_with_its_votes(zone: Zone) -> None:
    revert = azure_pull(
        43, title='Revert "Keep items"', description=f"Reverts !42\n\nThis reverts commit {SHA}", status="active",
        workItemRefs=None, reviewers=[], closedDate=None, forkSource={"repository": {"name": "fork"}},
    )  # fmt: skip
    zone.put(f"{_FOLDER}/pull_requests/page.json", json.dumps({"value": [azure_pull(42), revert], "count": 2}))

    zone.load()

    columns = (
        "organisation", "pull_request", "plain(repository_key)", "status", "plain(author_key)", "is_bot",
        "plain(source_branch_key)", "plain(target_branch_key)", "is_from_fork", "head_sha", "merge_commit_sha",
        "title_issue_keys", "body_issue_keys", "reverted_commits", "reverted_pull_requests", "created_at", "closed_at",
    )  # fmt: skip
    shared = ("dev.azure.com/acme/shop%20front/cart",)
    opened = datetime(2026, 2, 1, 10, 0, 0, 123456)
    assert zone.rows("azure_devops_pull_requests", *columns) == [
        ("acme", 42, *shared, "completed", "ada@acme.example", False, "ada/keep-items", "main", False, sha(5), SHA,
         ["AB#12"], ["AB#13", "AB#14"], [], [], opened, datetime(2026, 2, 2, 10)),
        ("acme", 43, *shared, "active", "ada@acme.example", False, "ada/keep-items", "main", True, sha(5), SHA,
         [], [], [SHA], ["#42"], opened, None),
    ]  # fmt: skip
    assert zone.rows("azure_devops_votes", "pull_request", "plain(reviewer_key)", "state", "closed_at") == [
        (42, "ben@acme.example", "approved", datetime(2026, 2, 2, 10))
    ]
    assert "onfidential" not in str(zone.everything())


def test_commits_of_a_pull_request_are_kept_under_its_number(zone: Zone) -> None:
    person = {"name": "Ada Quill", "email": "Ada@acme.example", "date": "2026-02-01T10:00:00Z"}
    commit = {"commitId": sha(2), "author": person, "committer": person, "comment": "Keep items AB#12"}
    zone.put(f"{_FOLDER}/pull_request_commits/42.json", json.dumps({"count": 1, "value": [commit]}))

    zone.load()

    columns = ("organisation", "pull_request", "sha", "plain(author_key)", "issue_keys", "committed_at")
    assert zone.row("azure_devops_pull_request_commits", *columns) == (
        "acme", 42, sha(2), "ada@acme.example", ["AB#12"], datetime(2026, 2, 1, 10),
    )  # fmt: skip


def test_a_csv_of_a_tree_is_read_in_the_configured_zone(zone: Zone) -> None:
    zone.set(azure_devops_csv_timezone="Europe/Berlin")
    header = ["ID", "Work Item Type", "Title 1", "Title 2", "Assigned To", "State", "Tags", "Parent", "Created Date",
              "Closed Date"]  # fmt: skip
    rows = [
        ["12", "Epic", "The cart", "", "", "New", "", "", "2/1/2026 9:00:00 AM", ""],
        ["13", "Task", "", "Keep items", "Ada Quill <Ada@acme.example>", "Closed", "bug; cart", "12",
         "2/1/2026 9:00:00 AM", "2/3/2026 9:00:00 AM"],
        ["14", "Task", "", "Lose items", "", "New", "", "12", "2026-02-01", ""],
    ]  # fmt: skip
    zone.put(f"{_FOLDER}/backlog.csv", csv_text(header, *rows))

    zone.load()

    columns = ("work_item", "project", "state", "tags", "parent", "plain(assignee_key)", "created_at", "closed_at")
    assert zone.rows("azure_devops_work_items", *columns) == [
        (12, "Shop", "New", None, None, None, _OPENED, None),
        (13, "Shop", "Closed", ["bug", "cart"], 12, "ada@acme.example", _OPENED, _DONE),
    ]
    assert zone.reasons() == [(4, "created_at is not a time between the years 2000 and 2099")]
    zone.assert_balanced()
