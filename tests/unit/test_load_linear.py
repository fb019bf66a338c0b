"""Linear: GraphQL pages with history and attachments, CSV of the old form and the new."""

from __future__ import annotations

import json
from datetime import datetime

import pytest

from tests.exports import csv_text, json_lines
from tests.tracker_exports import linear_issue
from tests.zone import Zone

_ISSUE = (
    "issue_id", "identifier", "former_identifiers", "title_key", "state_name", "state_type", "labels",
    "parent_identifier", "duplicate_of", "plain(assignee_key)", "plain(creator_key)", "created_at", "updated_at",
    "completed_at", "canceled_at",
)  # fmt: skip
_OPENED, _DONE = datetime(2026, 2, 1, 8), datetime(2026, 2, 3, 8)


@pytest.mark.parametrize("form", ["whole answer", "answer's data", "nodes alone", "array", "lines"])
def test_issues_come_as_pages_with_more_or_less_around_them(zone: Zone, form: str) -> None:
    nodes = [linear_issue(1), linear_issue(2)]
    page = {"nodes": nodes, "pageInfo": {"hasNextPage": False, "endCursor": "x"}}
    content = {
        "whole answer": json.dumps({"data": {"issues": page}}),
        "answer's data": json.dumps({"issues": page}, indent=2),
        "nodes alone": json.dumps(page),
        "array": json.dumps(nodes),
        "lines": json_lines(nodes),
    }[form]
    zone.put("linear/issues/page.json", content)

    zone.load()

    assert zone.rows("linear_issues", "identifier") == [("ENG-1",), ("ENG-2",)]
    zone.assert_balanced()


def test_an_issue_is_kept_with_its_history_and_its_pull_requests(zone: Zone) -> None:
    history = [
        {"id": "h1", "createdAt": "2026-02-02T00:00:00Z", "fromState": {"type": "unstarted", "name": "Todo"},
         "toState": {"type": "completed", "name": "Shipped"}},
        {"id": "h2", "createdAt": "2026-02-02T01:00:00Z", "fromState": None, "toState": None},
    ]  # fmt: skip
    attachments = [
        {"url": "https://github.com/Acme/Shop/pull/34", "sourceType": "github"},
        {"url": "https://gitlab.com/acme/platform/shop/-/merge_requests/35"},
        {"url": "https://docs.acme.example/the-cart"},
    ]
    issue = linear_issue(
        1, previousIdentifiers=["OPS-9"], history={"nodes": history}, attachments={"nodes": attachments}
    )
    zone.put("linear/issues/1.json", json.dumps(issue))

    zone.load()

    assert zone.row("linear_issues", *_ISSUE) == (
        "uuid-1", "ENG-1", ["OPS-9"], None, "Shipped", "completed", ["bug"],
        "ENG-100", None, "ada@acme.example", "u-2", _OPENED, _DONE,
        _DONE, None,
    )  # fmt: skip
    assert zone.rows("linear_issue_changes", "issue_id", "change_id", "from_type", "to_type", "changed_at") == [
        ("uuid-1", "h1", "unstarted", "completed", datetime(2026, 2, 2))
    ]
    assert sorted(zone.rows("linear_attachments", "issue_id", "plain(repository_key)", "pull_request")) == [
        ("uuid-1", "github.com/acme/shop", 34),
        ("uuid-1", "gitlab.com/acme/platform/shop", 35),
    ]
    assert "onfidential" not in str(zone.everything())


def test_csv_of_the_old_form_writes_times_as_javascript_does(zone: Zone) -> None:
    header = ["ID", "Team", "Title", "Description", "Status", "Creator", "Assignee", "Labels", "Created", "Updated",
              "Completed", "Canceled", "Parent issue"]  # fmt: skip
    row = ["ENG-1", "Engineering", "The cart", "Confidential", "Live", "ben@acme.example", "Ada@acme.example",
           "bug, cart", "Sun Feb 01 2026 09:00:00 GMT+0100 (CET)", "Tue Feb 03 2026 08:00:00 GMT+0000 (GMT)",
           "Tue Feb 03 2026 08:00:00 GMT+0000 (GMT)", "", "ENG-100"]  # fmt: skip
    zone.put("linear/export.csv", csv_text(header, row, [*row[:8], "soon", *row[9:]]))

    zone.load()

    assert zone.row("linear_issues", *_ISSUE) == (
        None, "ENG-1", None, None, "Live", None, ["bug", "cart"],
        "ENG-100", None, "ada@acme.example", "ben@acme.example", _OPENED, _DONE,
        _DONE, None,
    )  # fmt: skip
    assert zone.reasons() == [(3, "created_at is not a time between the years 2000 and 2099")]
    assert "onfidential" not in str(zone.everything())
    zone.assert_balanced()


def test_csv_of_the_new_form_knows_ids_and_duplicates(zone: Zone) -> None:
    header = ["ID", "UUID", "Title", "Status", "Created", "Completed", "Canceled", "Duplicate of", "Parent issue",
              "SLA Status", "Time in status (minutes)"]  # fmt: skip
    row = ["ENG-1", "uuid-1", "The cart", "Duplicate", "2026-02-01T08:00:00.000Z", "", "2026-02-03T08:00:00.000Z",
           "ENG-7: The other cart", "ENG-100", "", "7"]  # fmt: skip
    zone.put("linear/export.csv", csv_text(header, row))

    zone.load()

    columns = ("issue_id", "duplicate_of", "parent_identifier", "created_at", "completed_at", "canceled_at")
    assert zone.row("linear_issues", *columns) == ("uuid-1", "ENG-7", "ENG-100", _OPENED, None, _DONE)
    assert zone.ask("select unread_columns from audit.loads") == [(["SLA Status", "Time in status (minutes)"],)]
