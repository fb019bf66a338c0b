"""Linear: pages of its GraphQL API, and the CSV of its export, old (25 columns) and new.

An identifier such as `ENG-12` changes when the issue moves to another team; `id`, which newer CSV calls
`UUID`, stays. GraphQL is asked for what one wants: what a page leaves out is unknown.
"""

from tokenworth.sources.declare import Column, Export, Record, Source, T
from tokenworth.sources.types import (
    ACCOUNT,
    CONTAINER,
    INSTANT,
    NUMBER,
    TEXT,
    TEXTS,
    TITLE,
)

_PERSON = {"id": T, "email": T}
_STATE = {"name": T, "type": T}


def _account(name: str, *values: str) -> Column:
    looks = ", ".join(f"nullif({value}, '')" for value in values)
    return Column(name, ACCOUNT, f"coalesce({looks})", system="linear")


def _issue_columns(v: dict[str, str], assignee: Column, creator: Column) -> list[Column]:
    return [
        Column("issue_id", TEXT, v["id"]),
        Column("identifier", TEXT, v["identifier"], required=True),
        Column("former_identifiers", TEXTS, v["former"]),
        Column("title_key", TITLE, f"kept_title({v['title']})"),
        Column("state_name", TEXT, v["state"]),
        Column("state_type", TEXT, v["state_type"]),
        Column("labels", TEXTS, v["labels"]),
        Column("parent_identifier", TEXT, v["parent"]),
        Column("duplicate_of", TEXT, v["duplicate_of"]),
        assignee,
        creator,
        Column("created_at", INSTANT, v["created"], required=True),
        Column("updated_at", INSTANT, v["updated"]),
        Column("completed_at", INSTANT, v["completed"]),
        Column("canceled_at", INSTANT, v["canceled"]),
    ]


_PAGES = Export(
    files="linear/issues/*.{json,jsonl}",
    noun="Linear issue",
    unwrap=["data.issues.nodes", "issues.nodes", "nodes"],
    fields={
        "id": T,
        "identifier": T,
        "previousIdentifiers": [T],
        "title": T,
        "state": _STATE,
        "parent": {"identifier": T},
        "labels": {"nodes": [{"name": T}]},
        "assignee": _PERSON,
        "creator": _PERSON,
        "createdAt": T,
        "updatedAt": T,
        "completedAt": T,
        "canceledAt": T,
        "attachments": {"nodes": [{"url": T}]},
        "history": {"nodes": [{"id": T, "createdAt": T, "fromState": _STATE, "toState": _STATE}]},
    },
    recognised="(r.identifier is not null)",
    records=[
        Record(
            table="linear_issues",
            key=["issue_id", "identifier"],
            columns=_issue_columns(
                {
                    "id": "r.id",
                    "identifier": "r.identifier",
                    "former": 'r."previousIdentifiers"',
                    "title": "r.title",
                    "state": "r.state.name",
                    "state_type": "r.state.type",
                    "labels": "list_transform(r.labels.nodes, lambda l: l.name)",
                    "parent": "r.parent.identifier",
                    "duplicate_of": "null::VARCHAR",
                    "created": 'r."createdAt"',
                    "updated": 'r."updatedAt"',
                    "completed": 'r."completedAt"',
                    "canceled": 'r."canceledAt"',
                },
                _account("assignee_key", "r.assignee.email", "r.assignee.id"),
                _account("creator_key", "r.creator.email", "r.creator.id"),
            ),
        ),
        Record(
            table="linear_issue_changes",
            key=["issue_id", "change_id"],
            # Most entries are of other things than the state.
            each='list_filter(r.history.nodes, lambda h: h."toState" is not null)',
            columns=[
                Column("issue_id", TEXT, "r.id", required=True),
                Column("change_id", TEXT, "c.id", required=True),
                Column("from_type", TEXT, 'c."fromState".type'),
                Column("to_type", TEXT, 'c."toState".type', required=True),
                Column("to_name", TEXT, 'c."toState".name'),
                Column("changed_at", INSTANT, 'c."createdAt"', required=True),
            ],
        ),
        # Pull requests arrive as attachments.
        Record(
            table="linear_attachments",
            key=["issue_id", "repository_key", "pull_request"],
            each=r"""list_filter(r.attachments.nodes,
                lambda a: regexp_matches(a.url, '/(?:pull|(?:-/)?merge_requests)/[0-9]+'))""",
            columns=[
                Column("issue_id", TEXT, "r.id", required=True),
                Column(
                    "repository_key",
                    CONTAINER,
                    "repository_name(regexp_extract(c.url, '^(https?://.+?)/(?:pull|(?:-/)?merge_requests)/', 1))",
                    required=True,
                ),
                Column(
                    "pull_request",
                    NUMBER,
                    "regexp_extract(c.url, '/(?:pull|(?:-/)?merge_requests)/([0-9]+)', 1)",
                    required=True,
                ),
            ],
        ),
    ],
)

_HEADERS = """
ID,UUID,Title,Status,Creator,Assignee,Labels,Created,Updated,Completed,Canceled,Parent issue,Duplicate of
""".strip().split(",")
_KEY = "^([A-Z][A-Z0-9]*-[0-9]+)"

_CSV = Export(
    files="linear/*.csv",
    noun="issue of a Linear CSV export",
    fields=dict.fromkeys(_HEADERS, T),
    recognised='(r."ID" is not null and r."Title" is not null)',
    records=[
        Record(
            table="linear_issues",
            key=["issue_id", "identifier"],
            columns=_issue_columns(
                {
                    "id": 'r."UUID"',
                    "identifier": 'r."ID"',
                    "former": "null::VARCHAR[]",
                    "title": 'r."Title"',
                    "state": 'r."Status"',
                    # A company names its states itself; only the dates say what one is.
                    "state_type": "null::VARCHAR",
                    "labels": "list_transform(string_split(r.\"Labels\", ','), lambda l: trim(l))",
                    "parent": f"regexp_extract(r.\"Parent issue\", '{_KEY}', 1)",
                    "duplicate_of": f"regexp_extract(r.\"Duplicate of\", '{_KEY}', 1)",
                    "created": 'linear_time(r."Created")',
                    "updated": 'linear_time(r."Updated")',
                    "completed": 'linear_time(r."Completed")',
                    "canceled": 'linear_time(r."Canceled")',
                },
                _account("assignee_key", 'r."Assignee"'),
                _account("creator_key", 'r."Creator"'),
            ),
        )
    ],
)

SOURCE = Source(name="linear", exports=[_PAGES, _CSV])
