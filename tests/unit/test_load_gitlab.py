"""GitLab's REST answers: issues, merge requests with what belongs to them, releases, deployments."""

from __future__ import annotations

import json
from datetime import datetime

from tests.exports import json_lines
from tests.tracker_exports import gitlab_deployment, gitlab_issue, merge_request, merge_request_commit
from tests.work_exports import SHA, sha
from tests.zone import Zone

_FOLDER = "gitlab/acme/platform/shop"
_SHOP = "gitlab.com/acme/platform/shop"


def test_a_merge_request_is_kept_field_by_field(zone: Zone) -> None:
    zone.put(f"{_FOLDER}/merge_requests/1.json", json.dumps(merge_request(1), indent=2))

    zone.load()

    columns = (
        "plain(repository_key)", "merge_request", "project_id", "state", "title_key", "plain(author_key)", "is_bot",
        "is_draft", "labels", "plain(source_branch_key)", "plain(target_branch_key)", "is_from_fork", "head_sha",
        "merge_commit_sha", "squash_commit_sha", "closed_issues", "title_issue_keys", "body_issue_keys", "created_at",
        "closed_at", "merged_at",
    )  # fmt: skip
    assert zone.row("gitlab_merge_requests", *columns) == (
        _SHOP, 1, 77, "merged", None, "ada-q", False,
        False, ["bug"], "ada-q/SHOP-1-cart", "main", False, sha(5),
        SHA, None, ["#7", "#8", "acme/web#9"], ["SHOP-1"], [], datetime(2026, 2, 1, 10),
        None, datetime(2026, 2, 2, 10),
    )  # fmt: skip
    assert "onfidential" not in str(zone.everything())
    assert "Quill" not in str(zone.everything())


def test_links_say_which_project_it_is_and_folders_where_there_are_none(zone: Zone) -> None:
    own_host = merge_request(2, web_url="https://git.acme.example/acme/shop/-/merge_requests/2")
    zone.put(f"{_FOLDER}/merge_requests/page.json", json.dumps([merge_request(1, web_url=None), own_host]))
    zone.put(f"{_FOLDER}/issues/page.json", json.dumps([gitlab_issue(1, web_url=None)]))

    zone.load()

    assert zone.rows("gitlab_merge_requests", "plain(repository_key)", "merge_request") == [
        ("git.acme.example/acme/shop", 2),
        (_SHOP, 1),
    ]
    assert zone.rows("gitlab_issues", "plain(repository_key)") == [(_SHOP,)]


def test_closing_words_and_reverts_are_read_as_gitlab_does(zone: Zone) -> None:
    said = [
        "Closes #4, #6, and group/sub/project#7",
        "Implements https://gitlab.com/acme/web/-/issues/12 and resolves: #3",
        "Related to #5, fixes nothing",
        f"This reverts merge request !9\n\nThis reverts commit {SHA}",
    ]
    listed = [merge_request(n, description=text) for n, text in enumerate(said, start=1)]
    zone.put(f"{_FOLDER}/merge_requests/page.json", json.dumps(listed))

    zone.load()

    columns = ("merge_request", "closed_issues", "reverted_commits", "reverted_merge_requests")
    assert zone.rows("gitlab_merge_requests", *columns) == [
        (1, ["#4", "#6", "group/sub/project#7"], [], []),
        (2, ["#3", "acme/web#12"], [], []),
        (3, [], [], []),
        (4, [], [SHA], ["#9"]),
    ]


def test_an_issue_is_kept_with_how_it_was_closed(zone: Zone) -> None:
    duplicate = gitlab_issue(2, _links={"closed_as_duplicate_of": "https://gitlab.com/api/v4/projects/77/issues/1"})
    bot = gitlab_issue(3, moved_to_id=9, author={"username": "project_77_bot_1"}, assignees=[], assignee=None)
    zone.put(f"{_FOLDER}/issues/page.jsonl", json_lines([gitlab_issue(1), duplicate, bot]))
    events = [
        {"id": 1, "created_at": "2026-02-03T08:00:00Z", "resource_type": kind, "resource_id": 5001, "state": "closed"}
        for kind in ("Issue", "MergeRequest")
    ]
    zone.put(f"{_FOLDER}/issue_events/1.json", json.dumps(events))

    zone.load()

    columns = (
        "issue", "global_id", "state", "closed_as", "issue_type", "labels", "plain(author_key)", "is_bot",
        "plain(assignee_key)", "created_at", "closed_at",
    )  # fmt: skip
    opened, closed = datetime(2026, 2, 1, 7), datetime(2026, 2, 3, 8)
    assert zone.rows("gitlab_issues", *columns) == [
        (1, 5001, "closed", None, "incident", ["bug"], "ben-k", False, "ada-q", opened, closed),
        (2, 5002, "closed", "duplicate", "incident", ["bug"], "ben-k", False, "ada-q", opened, closed),
        (3, 5003, "closed", "moved", "incident", ["bug"], "project_77_bot_1", True, None, opened, closed),
    ]
    assert zone.rows("gitlab_issue_events", "event_id", "issue_global_id", "state", "happened_at") == [
        (1, 5001, "closed", closed)
    ]
    zone.assert_balanced()


def test_what_belongs_to_a_merge_request_is_kept_under_its_number(zone: Zone) -> None:
    note = {"id": 1, "body": "Confidential remark", "system": False, "author": {"username": "ben-k"}, "project_id": 77,
            "noteable_type": "MergeRequest", "noteable_iid": 34, "created_at": "2026-02-02T09:00:00Z"}  # fmt: skip
    approval = {**note, "id": 2, "body": "approved this merge request", "system": True}
    push = {**note, "id": 3, "body": "added 2 commits", "system": True}
    zone.put(f"{_FOLDER}/notes/34.json", json.dumps([note, approval, push]))
    zone.put(f"{_FOLDER}/merge_request_commits/34.json", json.dumps([merge_request_commit(2)]))
    approvers = [{"user": {"username": "cyd"}}, {"user": {"username": "ben-k"}, "approved_at": "2026-02-02T09:00:00Z"}]
    answer = {"iid": 34, "project_id": 77, "updated_at": "2026-02-02T11:00:00Z", "approved_by": approvers}
    zone.put(f"{_FOLDER}/approvals/34.json", json.dumps(answer))
    zone.put(f"{_FOLDER}/closes_issues/34.json", json.dumps([gitlab_issue(7)]))

    zone.load()

    at = datetime(2026, 2, 2, 9)
    assert zone.rows("gitlab_notes", "note_id", "merge_request", "plain(author_key)", "state", "created_at") == [
        (1, 34, "ben-k", "commented", at),
        (2, 34, "ben-k", "approved", at),
    ]
    assert zone.rows("gitlab_approvals", "plain(approver_key)", "merge_request", "approved_at") == [
        ("ben-k", 34, at),
        ("cyd", 34, datetime(2026, 2, 2, 11)),
    ]
    columns = ("plain(repository_key)", "merge_request", "plain(issue_repository_key)", "issue")
    assert zone.rows("gitlab_closed_issues", *columns) == [(_SHOP, 34, _SHOP, 7)]
    columns = (
        "plain(repository_key)", "merge_request", "sha", "plain(author_key)", "is_merge", "issue_keys",
        "closed_issues", "entire_checkpoints", "authored_at",
    )  # fmt: skip
    assert zone.row("gitlab_merge_request_commits", *columns) == (
        _SHOP, 34, sha(2), "ada.quill@acme.example", False, ["SHOP-3"],
        ["#8"], ["0123456789ab"], datetime(2026, 2, 1, 9),
    )  # fmt: skip
    assert "onfidential" not in str(zone.everything())
    zone.assert_balanced()


def test_releases_and_deployments_are_kept(zone: Zone) -> None:
    release = {"tag_name": "v1.0", "name": "The cart", "author": {"username": "ada-q"}, "upcoming_release": False,
               "created_at": "2026-02-03T08:00:00Z", "released_at": "2026-02-04T08:00:00Z",
               "_links": {"self": "https://gitlab.com/acme/platform/shop/-/releases/v1.0"}}  # fmt: skip
    zone.put(f"{_FOLDER}/releases/page.json", json.dumps([release]))
    by_api = gitlab_deployment(2, deployable=None, status="failed", environment={"name": "staging"})
    zone.put(f"{_FOLDER}/deployments/page.json", json.dumps([gitlab_deployment(1), by_api, {"id": 3}]))

    zone.load()

    columns = ("plain(repository_key)", "tag", "is_upcoming", "plain(author_key)", "created_at", "released_at")
    assert zone.row("gitlab_releases", *columns) == (
        _SHOP, "v1.0", False, "ada-q", datetime(2026, 2, 3, 8), datetime(2026, 2, 4, 8),
    )  # fmt: skip
    columns = ("plain(repository_key)", "deployment_id", "sha", "environment", "tier", "status", "finished_at")
    assert zone.rows("gitlab_deployments", *columns) == [
        (_SHOP, 301, SHA, "prod/eu", "production", "success", datetime(2026, 2, 3, 10)),
        (_SHOP, 302, SHA, "staging", None, "failed", None),
    ]
    assert zone.reasons() == [(3, "it is no GitLab deployment")]
    zone.assert_balanced()
