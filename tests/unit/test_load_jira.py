"""Jira, Cloud or Server: search pages old and new, single issues, lines, changelogs, and CSV."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime

import pytest

from tests.exports import csv_text, json_lines
from tests.work_exports import jira_history, jira_issue
from tests.zone import Zone
from tokenworth.errors import UsageError

_ISSUE = (
    "site", "issue_id", "issue_key", "project_key", "title_key", "issue_type", "is_subtask", "hierarchy_level",
    "parent_key", "epic_key", "status_id", "status_name", "status_category", "resolution", "labels",
    "plain(assignee_key)", "plain(reporter_key)", "changes_listed", "changes_total", "created_at", "updated_at",
    "resolved_at", "status_changed_at",
)  # fmt: skip
_CHANGE = ("issue_id", "issue_key", "history_id", "field", "from_name", "to_name", "changed_at")


def test_an_issue_is_kept_field_by_field_with_its_changes_of_status(zone: Zone) -> None:
    histories = [jira_history(2), jira_history(1, to="In Progress")]
    issue = jira_issue(1, histories=histories)
    issue["changelog"]["total"] = 5
    zone.put("jira/acme/search/SHOP-1.json", json.dumps(issue, indent=2))

    zone.load()

    assert zone.row("jira_issues", *_ISSUE) == (
        "acme", "10001", "SHOP-1", "SHOP", None, "Bug", False, "0",
        "SHOP-100", None, "3", "Done", "done", "Fixed", ["cart", "checkout"],
        "jira-ada", "jira-ben", 2, 5, datetime(2026, 2, 1, 8), datetime(2026, 2, 3, 14),
        datetime(2026, 2, 3, 9), datetime(2026, 2, 3, 9),
    )  # fmt: skip
    assert zone.rows("jira_changes", *_CHANGE) == [
        ("10001", "SHOP-1", "101", "status", "To Do", "In Progress", datetime(2026, 2, 1, 9)),
        ("10001", "SHOP-1", "102", "status", "To Do", "Done", datetime(2026, 2, 2, 9)),
    ]
    raw = str(zone.everything())
    assert "onfidential" not in raw
    assert "Quill" not in raw


@pytest.fixture(scope="module")
def forms(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Zone]:
    """The issues 1 and 2 in every form, each on a site of its own."""
    zone = Zone(tmp_path_factory.mktemp("forms"))
    both = [jira_issue(1, histories=[]), jira_issue(2, histories=[])]
    for name, content in {
        "old_page.json": json.dumps({"expand": "schema", "startAt": 0, "maxResults": 50, "total": 2, "issues": both}),
        "new_page.json": json.dumps({"issues": both, "nextPageToken": "x", "isLast": False}, indent=2),
        "array.json": json.dumps(both),
        "lines.jsonl": json_lines(both),
        "lines.json": json_lines(both),
    }.items():
        zone.put(f"jira/{name.replace('.', '-')}/search/{name}", content)
    for issue in both:
        zone.put(f"jira/single/search/{issue['key']}.json", json.dumps(issue))
    zone.put("jira/done/search/last.json", json.dumps({"issues": [], "isLast": True}))
    zone.load()
    yield zone
    zone.close()


@pytest.mark.parametrize(
    "form", ["old_page-json", "new_page-json", "array-json", "lines-jsonl", "lines-json", "single"]
)
def test_issues_come_as_pages_old_and_new_arrays_lines_or_one_by_one(forms: Zone, form: str) -> None:
    assert forms.rows("jira_issues", "issue_id", "issue_key", where=f"site = '{form}'") == [
        ("10001", "SHOP-1"),
        ("10002", "SHOP-2"),
    ]


def test_all_forms_balance(forms: Zone) -> None:
    assert forms.quarantine() == []
    assert forms.ledger("jira/done/search/last.json") == [(0, 0, 0, 0, 0)]
    forms.assert_balanced()


def test_a_server_knows_people_by_name_and_some_fields_not_at_all(zone: Zone) -> None:
    server = jira_issue(
        1, assignee={"name": "Ada-Q", "key": "JIRAUSER1"}, reporter={"accountId": "", "key": "JIRAUSER2"},
        resolution=None, parent=None, labels=[], statuscategorychangedate=None,
    )  # fmt: skip
    zone.put("jira/acme/search/1.json", json.dumps(server))

    zone.load()

    columns = ("plain(assignee_key)", "plain(reporter_key)", "resolution", "parent_key", "labels", "changes_listed")
    assert zone.row("jira_issues", *columns) == ("ada-q", "jirauser2", None, None, [], None)


def test_what_is_no_issue_is_quarantined(zone: Zone) -> None:
    page = {
        "issues": [{"id": "1"}, jira_issue(2, created="soon"), jira_issue(3), {**jira_issue(4), "fields": "none"}],
        "isLast": True,
    }
    zone.put("jira/acme/search/1.json", json.dumps(page))
    zone.put("jira/acme/search/error.json", json.dumps({"errorMessages": ["gone"], "errors": {}}))

    zone.load()

    assert zone.rows("jira_issues", "issue_key") == [("SHOP-3",)]
    assert zone.reasons() == [
        (1, "it is no Jira issue"),
        (2, "created_at is not a time between the years 2000 and 2099"),
        (4, "created_at is missing"),
        (1, "it is no Jira issue"),
    ]
    zone.assert_balanced()


def test_changelogs_beside_the_issues_are_read_in_every_form(zone: Zone) -> None:
    page = {
        "self": "https://acme.atlassian.net/rest/api/3/issue/10001/changelog?maxResults=2",
        "isLast": True,
        "values": [jira_history(1)],
    }
    bulk = {
        "issueChangeLogs": [
            {"issueId": "10002", "changeHistories": [{**jira_history(2), "created": 1770022800000}]},
            {"issueId": "10003", "changeHistories": []},
        ],
        "nextPageToken": "x",
    }
    zone.put("jira/acme/changelog/page-1.json", json.dumps(page, indent=2))
    zone.put("jira/acme/changelog/bulk.json", json.dumps(bulk))
    zone.put("jira/acme/changelog/SHOP-4.jsonl", json_lines([jira_history(3), jira_history(4)]))
    zone.put("jira/acme/changelog/10005.page-2.json", json.dumps({"values": [jira_history(5)]}))

    zone.load()

    assert sorted(zone.rows("jira_changes", *_CHANGE), key=lambda row: str(row[2])) == [
        ("10001", None, "101", "status", "To Do", "Done", datetime(2026, 2, 1, 9)),
        ("10002", None, "102", "status", "To Do", "Done", datetime(2026, 2, 2, 9)),
        (None, "SHOP-4", "103", "status", "To Do", "Done", datetime(2026, 2, 3, 9)),
        (None, "SHOP-4", "104", "status", "To Do", "Done", datetime(2026, 2, 4, 9)),
        ("10005", None, "105", "status", "To Do", "Done", datetime(2026, 2, 5, 9)),
    ]
    assert zone.rows("jira_changelogs", "issue", "changes_listed") == [
        ("10001", 1), ("10002", 1), ("10003", 0), ("10005", 1), ("SHOP-4", 1), ("SHOP-4", 1),
    ]  # fmt: skip
    zone.assert_balanced()


def test_a_changelog_of_no_known_issue_is_quarantined(zone: Zone) -> None:
    zone.put("jira/acme/changelog/page-1.json", json.dumps({"values": [jira_history(1)]}))
    zone.put("jira/acme/changelog/SHOP-2.json", json.dumps({"values": [jira_history(1, created="soon")]}))
    zone.put("jira/acme/changelog/SHOP-3.json", json.dumps({"hello": "world"}))

    zone.load()

    assert sorted(zone.reasons()) == [
        (1, "changed_at is not a time between the years 2000 and 2099"),
        (1, "issue is missing"),
        (1, "it is no page of a Jira changelog"),
    ]
    assert zone.rows("jira_changes", "*") == []


_HEADER = [
    "Summary", "Issue key", "Issue id", "Issue Type", "Status", "Project key", "Resolution", "Assignee", "Assignee Id",
    "Reporter", "Created", "Updated", "Resolved", "Labels", "Labels", "Labels", "Sprint", "Sprint", "Parent",
    "Status Category", "Status Category Changed", "Custom field (Epic Link)",
]  # fmt: skip
_ROW = [
    'The cart, "forgets"\nits items', "SHOP-1", "10001", "Sub-task", "Done", "SHOP", "Fixed", "Ada Quill", "jira-ada",
    "Ben Kestrel", "01/Feb/26 10:00 AM", "01/Feb/26 11:30 PM", "", "cart", "", "checkout", "S1", "S2", "SHOP-100",
    "In Progress", "01/Feb/26 12:00 PM", "SHOP-50",
]  # fmt: skip


def test_a_csv_with_repeated_headers_is_read_in_the_configured_zone(zone: Zone) -> None:
    zone.set(jira_csv_timezone="Europe/Berlin")
    zone.put("jira/acme/csv/all.csv", "\ufeff" + csv_text(_HEADER, _ROW))

    zone.load()

    assert zone.row("jira_issues", *_ISSUE) == (
        "acme", "10001", "SHOP-1", "SHOP", None, "Sub-task", True, None,
        "SHOP-100", "SHOP-50", None, "Done", "indeterminate", "Fixed", ["cart", "checkout"],
        "jira-ada", "ben kestrel", None, None, datetime(2026, 2, 1, 9), datetime(2026, 2, 1, 22, 30),
        None, datetime(2026, 2, 1, 11),
    )  # fmt: skip
    assert zone.ask("select unread_columns from audit.loads") == [(["Sprint"],)]


def test_dates_in_another_format_are_refused_and_read_when_it_is_configured(zone: Zone) -> None:
    header = ["Issue key", "Issue id", "Created"]
    rows = [["SHOP-1", "1", "6/21/2025 16:14"], ["SHOP-2", "2", "21/Jun/25 4:14 PM"], ["SHOP-3", "3", ""]]
    zone.put("jira/acme/csv/all.csv", csv_text(header, *rows))

    zone.load()
    assert zone.rows("jira_issues", "issue_key") == [("SHOP-2",)]
    assert zone.reasons() == [
        (2, "created_at is not a time between the years 2000 and 2099"),
        (4, "created_at is missing"),
    ]

    zone.set(jira_csv_date_format="%m/%d/%Y %H:%M", jira_csv_timezone="America/New_York")
    zone.load()
    assert zone.rows("jira_issues", "issue_key", "created_at") == [("SHOP-1", datetime(2025, 6, 21, 20, 14))]
    zone.assert_balanced()


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("jira_csv_timezone", "Europe/Nowhere"),
        ("jira_csv_timezone", "it's"),
        ("jira_csv_date_format", "%Q"),
        ("jira_csv_date_format", "'%"),
    ],
)
def test_a_setting_that_no_date_can_be_read_with_is_said_at_once(zone: Zone, setting: str, value: str) -> None:
    zone.set(**{setting: value})

    with pytest.raises(UsageError, match=setting):
        zone.load()


def test_custom_fields_are_numbers_keys_and_sprints(zone: Zone) -> None:
    sprint = {"id": 7, "name": "Sprint 7", "state": "closed", "boardId": 8, "goal": "Confidential",
              "startDate": "2026-02-01T08:00:00.000Z", "endDate": "2026-02-14T08:00:00.000Z"}  # fmt: skip
    older = (
        "com.atlassian.greenhopper.service.sprint.Sprint@1[id=6,rapidViewId=8,state=CLOSED,name=Sprint 6,"
        "startDate=2026-01-18T08:00:00.000Z,endDate=<null>,completeDate=2026-02-01T08:00:00.000Z]"
    )
    issue = jira_issue(
        1, customfield_10024=3.5, customfield_10014="SHOP-50", customfield_10020=[sprint, older],
        customfield_10030="a confidential note", customfield_10031=None, customfield_10032=[{"value": "confidential"}],
    )  # fmt: skip
    zone.put("jira/acme/search/1.json", json.dumps({"issues": [issue]}))
    fields = [
        {
            "id": "customfield_10014",
            "name": "Epic Link",
            "schema": {"custom": "com.pyxis.greenhopper.jira:gh-epic-link"},
        },
        {"id": "summary", "name": "Summary", "custom": False, "schema": {"type": "string"}},
    ]
    zone.put("jira/acme/fields/all.json", json.dumps(fields))

    zone.load()

    assert zone.rows("jira_custom_values", "site", "issue_id", "field_id", "value") == [
        ("acme", "10001", "customfield_10014", "SHOP-50"),
        ("acme", "10001", "customfield_10024", "3.5"),
    ]
    columns = ("sprint_id", "name", "state", "starts_at", "ends_at", "completed_at")
    assert zone.rows("jira_issue_sprints", *columns) == [
        (6, "Sprint 6", "closed", datetime(2026, 1, 18, 8), None, datetime(2026, 2, 1, 8)),
        (7, "Sprint 7", "closed", datetime(2026, 2, 1, 8), datetime(2026, 2, 14, 8), None),
    ]
    assert zone.rows("jira_fields", "field_id", "name", "custom_type") == [
        ("customfield_10014", "Epic Link", "com.pyxis.greenhopper.jira:gh-epic-link"),
        ("summary", "Summary", None),
    ]
    assert "onfidential" not in str(zone.everything())
    zone.assert_balanced()


def test_an_issue_that_moved_tells_its_old_key(zone: Zone) -> None:
    moved = {"id": "9", "created": "2026-02-02T10:00:00.000+0000", "items": [
        {"field": "Key", "from": None, "fromString": "OLD-7", "to": None, "toString": "SHOP-1"},
        {"field": "project", "from": "1", "fromString": "Old", "to": "2", "toString": "Shop"},
    ]}  # fmt: skip
    zone.put("jira/acme/search/1.json", json.dumps(jira_issue(1, histories=[moved])))

    zone.load()

    assert zone.row("jira_changes", "issue_id", "field", "from_name", "to_name") == ("10001", "key", "OLD-7", "SHOP-1")
