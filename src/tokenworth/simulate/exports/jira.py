"""Jira: projects as search pages with histories, and one as a CSV export, which has none.

Of one issue the search page cuts the history short and says so; the rest is in a page of its own.
"""

from __future__ import annotations

import zlib
from datetime import datetime, timedelta

from tokenworth.simulate.issues import JIRA, STATUSES, Issue
from tokenworth.simulate.organisation import COMPANY, Person
from tokenworth.simulate.work import Work
from tokenworth.simulate.zone import Zone

SEARCH, CHANGELOG, CSV = "jira_search", "jira_changelog", "jira_csv"
_SITE = f"{COMPANY}.atlassian.net"
_PAGE, _HISTORIES_SHOWN = 50, 2
_TENANT_OFFSET = 1  # hours: the site writes its own zone's times
_AS_CSV = "DATA"
_RESOLUTIONS = {"Done": "10000", "Won't Do": "10001", "Duplicate": "10002"}
_TYPES = {"Epic": 1, "Story": 0, "Bug": 0, "Task": 0, "Sub-task": -1}
_CATEGORIES = {"new": "To Do", "indeterminate": "In Progress", "done": "Done"}
_MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()
_HEADER = """Summary|Issue key|Issue id|Issue Type|Status|Project key|Project name|Priority|Resolution|Assignee
|Assignee Id|Reporter|Reporter Id|Creator|Creator Id|Created|Updated|Last Viewed|Resolved|Due date|Labels|Labels|Labels
|Description|Sprint|Sprint|Parent|Parent key|Custom field (Story Points)|Comment|Comment|Status Category
|Status Category Changed""".replace("\n", "").split("|")


def write(zone: Zone, work: Work) -> None:
    issues = sorted((issue for issue in work.issues if issue.tracker == JIRA), key=lambda i: -i.number)
    searched = [issue for issue in issues if issue.container != _AS_CSV]
    longest = max(searched, key=lambda issue: len(issue.moves), default=None)
    for project in sorted({issue.container for issue in searched}):
        _write_pages(zone, project, [issue for issue in searched if issue.container == project], longest)
    if longest:
        histories = _histories(longest)
        page_of_one = {
            "self": f"https://{_SITE}/rest/api/3/issue/{_issue_id(longest)}/changelog?maxResults=100&startAt=0",
            "maxResults": 100,
            "startAt": 0,
            "total": len(histories),
            "isLast": True,
            "values": histories[::-1],
        }
        zone.document(CHANGELOG, f"jira/{_SITE}/changelog/{longest.external_id}.json", page_of_one)
    if exported := [issue for issue in issues if issue.container == _AS_CSV]:
        zone.table(CSV, f"jira/{_SITE}/csv/{_AS_CSV}.csv", _HEADER, [_row(issue) for issue in exported])


def _write_pages(zone: Zone, project: str, issues: list[Issue], longest: Issue | None) -> None:
    for start in range(0, len(issues), _PAGE):
        page = [_issue(issue, cut=issue is longest) for issue in issues[start : start + _PAGE]]
        is_last = start + _PAGE >= len(issues)
        body: dict[str, object] = {"issues": page, "isLast": is_last}
        if not is_last:
            body["nextPageToken"] = f"Ch0jU3RyaW5nJlUwaE9VQT09{start:04d}"
        zone.document(SEARCH, f"jira/{_SITE}/search/{project}-page-{start // _PAGE + 1}.json", body, len(page))


def _project_id(key: str) -> int:
    """A number that follows from the project's key."""
    return 10_000 + zlib.crc32(key.encode()) % 90_000


def _issue_id(issue: Issue) -> str:
    return str(_project_id(issue.container) * 100_000 + issue.number)


def _time(at: datetime | None) -> str | None:
    if at is None:
        return None
    return f"{(at + timedelta(hours=_TENANT_OFFSET)).isoformat()}.000+0{_TENANT_OFFSET}00"


def _person(person: Person | None) -> dict[str, object] | None:
    if person is None:
        return None
    return {"accountId": person.jira_account, "displayName": person.name, "active": True, "timeZone": "Europe/Berlin"}


def _status(name: str) -> dict[str, object]:
    status_id, category = STATUSES[name]
    return {"id": status_id, "name": name, "statusCategory": {"key": category, "name": _CATEGORIES[category]}}


def _ended_at(issue: Issue) -> datetime | None:
    return issue.updated_at if issue.resolution else None


def _issue(issue: Issue, *, cut: bool) -> dict[str, object]:
    histories = _histories(issue)
    shown = histories[:_HISTORIES_SHOWN] if cut else histories
    return {
        "id": _issue_id(issue),
        "key": issue.external_id,
        "fields": {
            "summary": issue.title,
            "issuetype": {
                "name": issue.kind,
                "subtask": issue.kind == "Sub-task",
                "hierarchyLevel": _TYPES[issue.kind],
            },
            "project": {
                "id": str(_project_id(issue.container)),
                "key": issue.container,
                "name": issue.container.title(),
            },
            "parent": {"id": _issue_id(issue.parent), "key": issue.parent.external_id} if issue.parent else None,
            "status": _status(issue.status),
            "resolution": {"name": issue.resolution} if issue.resolution else None,
            "resolutiondate": _time(_ended_at(issue)),
            "labels": list(issue.labels),
            "assignee": _person(issue.assignee),
            "reporter": _person(issue.reporter),
            "created": _time(issue.created_at),
            "updated": _time(issue.updated_at),
            "statuscategorychangedate": _time(issue.updated_at),
            "description": f"{issue.reporter.name} asked for this: {issue.title}.",
            "customfield_10016": 3.0,
        },
        "changelog": {"startAt": 0, "maxResults": len(shown), "total": len(histories), "histories": shown},
    }


def _histories(issue: Issue) -> list[dict[str, object]]:
    """Changes of status and resolution, the most recent first."""
    histories: list[dict[str, object]] = []
    status, resolution = "To Do", ""
    for nth, move in enumerate(issue.moves):
        items = []
        if move.status != status:
            items.append(_item("status", STATUSES[status][0], status, STATUSES[move.status][0], move.status))
        if move.resolution != resolution:
            old, new = _RESOLUTIONS.get(resolution), _RESOLUTIONS.get(move.resolution)
            items.append(_item("resolution", old, resolution or None, new, move.resolution or None))
        histories.append(
            {
                "id": str(int(_issue_id(issue)) * 10 + nth),
                "author": _person(issue.assignee or issue.reporter),
                "created": _time(move.at),
                "items": items,
            }
        )
        status, resolution = move.status, move.resolution
    return histories[::-1]


def _item(field: str, old_id: str | None, old: str | None, new_id: str | None, new: str | None) -> dict[str, object]:
    named = {"from": old_id, "fromString": old, "to": new_id, "toString": new}
    return {"field": field, "fieldtype": "jira", "fieldId": field, **named}


def _csv_time(at: datetime | None) -> str:
    """As Jira's default setting prints it, in the exporting person's zone, which here is UTC: 22/Sep/25 9:26 AM."""
    if at is None:
        return ""
    half = "AM" if at.hour < 12 else "PM"
    return f"{at.day:02d}/{_MONTHS[at.month - 1]}/{at:%y} {at.hour % 12 or 12}:{at:%M} {half}"


def _row(issue: Issue) -> list[object]:
    assignee, reporter = issue.assignee, issue.reporter
    labels = [*issue.labels, "", ""]
    category = _CATEGORIES[STATUSES[issue.status][1]]
    who = [assignee.name, assignee.jira_account] if assignee else ["", ""]
    return [
        *(issue.title, issue.external_id, _issue_id(issue), issue.kind, issue.status),
        *("DATA", "Data", "Medium", issue.resolution, *who),
        *(reporter.name, reporter.jira_account, reporter.name, reporter.jira_account),
        *(_csv_time(issue.created_at), _csv_time(issue.updated_at), "", _csv_time(_ended_at(issue)), "", *labels[:3]),
        f'{reporter.name} writes:\n"{issue.title}", please.\nCall me at extension 4471.',
        *("DATA Sprint 1", "DATA Sprint 2", "", "", "3.0"),
        *(f"{_csv_time(issue.updated_at)};{reporter.jira_account};Thank you, {reporter.name.split()[0]}", ""),
        *(category, _csv_time(issue.updated_at)),
    ]
