"""Jira, Cloud or Server: search pages old and new, single issues, JSON lines, changelogs, CSV.

An issue's `id` stays when its key changes. A page may cut a long changelog short and say so in
`changelog.total`; the rest comes from the changelog call, beside. What a custom field is, each site's
list of fields says. The CSV has no history, its dates have no zone, and its repeated headers belong
together.
"""

import json

from tokenworth.sources.declare import Column, Export, Record, Source, T
from tokenworth.sources.types import (
    ACCOUNT,
    COUNT,
    FLAG,
    INSTANT,
    NUMBER,
    TEXT,
    TEXTS,
    TITLE,
)

_PERSON = {"accountId": T, "name": T, "key": T, "emailAddress": T}
_HISTORY = {
    "id": T,
    "created": T,
    "items": [{"field": T, "fieldId": T, "from": T, "fromString": T, "to": T, "toString": T}],
}
_STATUS = {"id": T, "name": T, "statusCategory": {"key": T}}


def _account(name: str, person: str) -> Column:
    looks = [f"nullif({person}.\"{field}\", '')" for field in _PERSON]
    value = f"coalesce({', '.join(looks)})"
    return Column(name, ACCOUNT, value, system="jira")


def _changes(issue_id: str, issue_key: str, each: str) -> Record:
    """Changes of status and resolution, which say whether work was done, and of the key."""
    return Record(
        table="jira_changes",
        key=["site", "issue_id", "issue_key", "history_id", "field"],
        each=f"""list_filter(flatten(list_transform({each}, lambda h: list_transform(h.items, lambda i: {{
            'history_id': h.id, 'created': h.created, 'field': i.field, 'from_id': i."from",
            'from_name': i."fromString", 'to_id': i."to", 'to_name': i."toString"}}))),
            lambda i: lower(i.field) in ('status', 'resolution', 'key'))""",
        columns=[
            Column("site", TEXT, "f.site", required=True),
            Column("issue_id", TEXT, issue_id),
            Column("issue_key", TEXT, issue_key),
            Column("history_id", TEXT, "c.history_id", required=True),
            Column("field", TEXT, "lower(c.field)", required=True),
            Column("from_id", TEXT, "c.from_id"),
            Column("from_name", TEXT, "c.from_name"),
            Column("to_id", TEXT, "c.to_id"),
            Column("to_name", TEXT, "c.to_name"),
            # The bulk call writes milliseconds since 1970, the others a time with its offset.
            Column(
                "changed_at",
                INSTANT,
                "case when regexp_full_match(c.created, '[0-9]{12,14}')"
                " then make_timestamp(try_cast(c.created as BIGINT) * 1000)::VARCHAR else c.created end",
                required=True,
            ),
        ],
    )


def _issue_columns(v: dict[str, str], assignee: Column, reporter: Column) -> list[Column]:
    return [
        Column("site", TEXT, "f.site", required=True),
        Column("issue_id", TEXT, v["id"], required=True),
        Column("issue_key", TEXT, v["key"], required=True),
        Column("project_key", TEXT, v["project"]),
        Column("title_key", TITLE, f"kept_title({v['summary']})"),
        Column("issue_type", TEXT, v["type"]),
        Column("is_subtask", FLAG, v["subtask"]),
        Column("hierarchy_level", TEXT, v["level"]),
        Column("parent_key", TEXT, v["parent"]),
        Column("epic_key", TEXT, v["epic"]),
        Column("status_id", TEXT, v["status_id"]),
        Column("status_name", TEXT, v["status"]),
        Column("status_category", TEXT, v["category"]),
        Column("resolution", TEXT, v["resolution"]),
        Column("labels", TEXTS, v["labels"]),
        assignee,
        reporter,
        Column("changes_listed", COUNT, v["listed"]),
        Column("changes_total", COUNT, v["total"]),
        Column("created_at", INSTANT, v["created"], required=True),
        Column("updated_at", INSTANT, v["updated"]),
        Column("resolved_at", INSTANT, v["resolved"]),
        Column("status_changed_at", INSTANT, v["status_changed"]),
    ]


_KEY = "^[A-Z][A-Z0-9_]*-[0-9]+$"
_FIELDS = {
    "summary": T,
    "issuetype": {"name": T, "subtask": T, "hierarchyLevel": T},
    "project": {"key": T},
    "parent": {"key": T},
    "epic": {"key": T},
    "status": _STATUS,
    "resolution": {"name": T},
    "labels": [T],
    "assignee": _PERSON,
    "reporter": _PERSON,
    "created": T,
    "updated": T,
    "resolutiondate": T,
    "statuscategorychangedate": T,
}
# Custom fields have numbers for names; of their values only numbers, keys of issues and sprints are of use.
_CUSTOM = """list_filter(map_entries(json_transform(r.fields, '"MAP(VARCHAR, JSON)"')),
    lambda e: starts_with(e.key, 'customfield_') and e.value is not null)"""


def _of_sprint(newer: str, older: str) -> str:
    """A word of a sprint, which is an object, or on an old server a text with `name=value` in brackets."""
    in_text = rf"nullif(nullif(regexp_extract(c->>'$', '[\[,]{older}=([^,\]]*)', 1), '<null>'), '')"
    return f"case when json_type(c) = 'OBJECT' then c->>'$.{newer}' else {in_text} end"


_SEARCH = Export(
    files="jira/{site}/search/*.{json,jsonl}",
    noun="Jira issue",
    unwrap=["issues"],
    fields={"id": T, "key": T, "fields": "JSON", "changelog": {"total": T, "histories": [_HISTORY]}},
    kept=f"struct_insert(struct_update(r, fields := json_transform(r.fields, '{json.dumps(_FIELDS)}')),"
    f" custom := {_CUSTOM})",
    recognised="(r.key is not null and r.fields is not null)",
    records=[
        Record(
            table="jira_issues",
            key=["site", "issue_id"],
            columns=_issue_columns(
                {
                    "id": "r.id",
                    "key": "r.key",
                    "project": "r.fields.project.key",
                    "summary": "r.fields.summary",
                    "type": "r.fields.issuetype.name",
                    "subtask": "r.fields.issuetype.subtask",
                    "level": 'r.fields.issuetype."hierarchyLevel"',
                    "parent": "r.fields.parent.key",
                    "epic": "r.fields.epic.key",
                    "status_id": "r.fields.status.id",
                    "status": "r.fields.status.name",
                    "category": 'r.fields.status."statusCategory".key',
                    "resolution": "r.fields.resolution.name",
                    "labels": "r.fields.labels",
                    "listed": "len(r.changelog.histories)::VARCHAR",
                    "total": "r.changelog.total",
                    "created": "r.fields.created",
                    "updated": "r.fields.updated",
                    "resolved": "r.fields.resolutiondate",
                    "status_changed": "r.fields.statuscategorychangedate",
                },
                _account("assignee_key", "r.fields.assignee"),
                _account("reporter_key", "r.fields.reporter"),
            ),
        ),
        Record(
            table="jira_custom_values",
            key=["site", "issue_id", "field_id"],
            each=f"""list_filter(r.custom, lambda e: json_type(e.value) in ('UBIGINT', 'BIGINT', 'DOUBLE')
                or json_type(e.value) = 'VARCHAR' and regexp_matches(json_extract_string(e.value, '$'), '{_KEY}'))""",
            columns=[
                Column("site", TEXT, "f.site", required=True),
                Column("issue_id", TEXT, "r.id", required=True),
                Column("field_id", TEXT, "c.key", required=True),
                Column("value", TEXT, "c.value->>'$'", required=True),
            ],
        ),
        Record(
            table="jira_issue_sprints",
            key=["site", "issue_id", "sprint_id"],
            each="""list_filter(flatten(list_transform(r.custom, lambda e: case when json_type(e.value) = 'ARRAY'
                then from_json(e.value, '["JSON"]') end)), lambda s: json_type(s) = 'OBJECT'
                and coalesce(json_extract(s, '$.boardId'), json_extract(s, '$.originBoardId')) is not null
                or json_type(s) = 'VARCHAR'
                and starts_with(json_extract_string(s, '$'), 'com.atlassian.greenhopper'))""",
            columns=[
                Column("site", TEXT, "f.site", required=True),
                Column("issue_id", TEXT, "r.id", required=True),
                Column("sprint_id", NUMBER, _of_sprint("id", "id"), required=True),
                Column("name", TEXT, _of_sprint("name", "name")),
                Column("state", TEXT, f"lower({_of_sprint('state', 'state')})"),
                Column("starts_at", INSTANT, _of_sprint("startDate", "startDate")),
                Column("ends_at", INSTANT, _of_sprint("endDate", "endDate")),
                Column("completed_at", INSTANT, _of_sprint("completeDate", "completeDate")),
            ],
        ),
        _changes("r.id", "r.key", "r.changelog.histories"),
    ],
)

# The changelog call names its issue in `self` only, the bulk call in `issueId`; a page saved
# without either is named after its issue.
_CHANGELOG = Export(
    files="jira/{site}/changelog/{issue}.{json,jsonl}",
    noun="page of a Jira changelog",
    fields={
        "self": T,
        "values": [_HISTORY],
        "issueChangeLogs": [{"issueId": T, "changeHistories": [_HISTORY]}],
        **_HISTORY,
    },
    recognised='(r."values" is not null or r."issueChangeLogs" is not null or r.items is not null)',
    units="""
        select origin,
            coalesce(nullif(regexp_extract(r.self, '/issue/([^/]+)/changelog', 1), ''),
                nullif(regexp_extract(origin.f.issue, '^([A-Z][A-Z0-9_]*-[0-9]+|[0-9]+)(?:[._-].*)?$', 1), '')
            ) as issue,
            unnest(each(list_concat(
                case when r."values" is not null then [{'issue_id': null::varchar, 'histories': r."values"}] end,
                case when r.items is not null then [{'issue_id': null::varchar,
                    'histories': [{'id': r.id, 'created': r.created, 'items': r.items}]}] end,
                list_transform(r."issueChangeLogs",
                    lambda l: {'issue_id': l."issueId", 'histories': l."changeHistories"})))) as l
        from records
    """,
    records=[
        Record(
            table="jira_changelogs",
            key=["site", "issue"],
            where="l is not null",
            columns=[
                Column("site", TEXT, "f.site", required=True),
                Column("issue", TEXT, "coalesce(l.issue_id, issue)", required=True),
                Column("changes_listed", COUNT, "len(l.histories)::VARCHAR"),
            ],
        ),
        _changes(
            "regexp_extract(coalesce(l.issue_id, issue), '^[0-9]+$')",
            "regexp_extract(coalesce(l.issue_id, issue), '^[A-Z].*$')",
            "l.histories",
        ),
    ],
)


def _csv(name: str, *others: str) -> str:
    looks = [f"nullif(r.\"{header}\", '')" for header in (name, *others)]
    return looks[0] if not others else f"coalesce({', '.join(looks)})"


_CSV_HEADERS = """
Issue id,Issue key,Project key,Summary,Issue Type,Parent,Parent key,Epic Link,Custom field (Epic Link),Status,
Status Category,Resolution,Assignee,Assignee Id,Reporter,Reporter Id,Created,Updated,Resolved,Status Category Changed
""".replace("\n", "").split(",")

_CSV = Export(
    files="jira/{site}/csv/*.csv",
    noun="issue of a Jira CSV export",
    fields={**dict.fromkeys(_CSV_HEADERS, T), "Labels": [T]},
    recognised='(r."Issue key" is not null)',
    records=[
        Record(
            table="jira_issues",
            key=["site", "issue_id"],
            columns=_issue_columns(
                {
                    "id": _csv("Issue id"),
                    "key": _csv("Issue key"),
                    "project": _csv("Project key"),
                    "summary": _csv("Summary"),
                    "type": _csv("Issue Type"),
                    "subtask": "(lower(r.\"Issue Type\") in ('sub-task', 'subtask'))::VARCHAR",
                    "level": "case lower(r.\"Issue Type\") when 'epic' then '1' end",
                    "parent": f"regexp_extract({_csv('Parent key', 'Parent')}, '{_KEY}')",
                    "epic": f"regexp_extract({_csv('Epic Link', 'Custom field (Epic Link)')}, '{_KEY}')",
                    "status_id": "null::VARCHAR",
                    "status": _csv("Status"),
                    # The CSV writes the category's English name where the API writes its key.
                    "category": "case lower(r.\"Status Category\") when 'to do' then 'new'"
                    " when 'in progress' then 'indeterminate' when 'done' then 'done' end",
                    "resolution": _csv("Resolution"),
                    "labels": 'r."Labels"',
                    "listed": "null::VARCHAR",
                    "total": "null::VARCHAR",
                    "created": f"jira_time({_csv('Created')})",
                    "updated": f"jira_time({_csv('Updated')})",
                    "resolved": f"jira_time({_csv('Resolved')})",
                    "status_changed": f"jira_time({_csv('Status Category Changed')})",
                },
                Column("assignee_key", ACCOUNT, _csv("Assignee Id", "Assignee"), system="jira"),
                Column("reporter_key", ACCOUNT, _csv("Reporter Id", "Reporter"), system="jira"),
            ),
        )
    ],
)

_FIELD_LIST = Export(
    files="jira/{site}/fields/*.{json,jsonl}",
    noun="field of a Jira site",
    fields={"id": T, "name": T, "schema": {"custom": T}},
    recognised="(r.id is not null and r.name is not null)",
    records=[
        Record(
            table="jira_fields",
            key=["site", "field_id"],
            columns=[
                Column("site", TEXT, "f.site", required=True),
                Column("field_id", TEXT, "r.id", required=True),
                Column("name", TEXT, "r.name", required=True),
                Column("custom_type", TEXT, "r.schema.custom"),
            ],
        )
    ],
)

SOURCE = Source(name="jira", exports=[_SEARCH, _CHANGELOG, _CSV, _FIELD_LIST])
