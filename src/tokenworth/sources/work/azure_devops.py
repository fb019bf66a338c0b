"""Azure DevOps: work items with their updates, pull requests with their commits, and the CSV of a query.

Work items and pull requests are numbered through the whole organisation. A person is an object or
`Name <e-mail>`. The CSV of a tree of work items spreads titles over several columns, and its dates have
no zone.
"""

from tokenworth.sources.declare import Column, Export, Record, Source, T
from tokenworth.sources.types import (
    ACCOUNT,
    BRANCH,
    CONTAINER,
    FLAG,
    INSTANT,
    NUMBER,
    SHA,
    TEXT,
    TEXTS,
    TITLE,
)

_PERSON = {"uniqueName": T, "displayName": T}


def _folder(rest: str) -> str:
    return "azure_devops/{organisation}/{project}/" + rest


_ORGANISATION = Column("organisation", TEXT, "lower(f.organisation)", required=True)


def _account(name: str, value: str) -> Column:
    return Column(name, ACCOUNT, value, system="azure_devops")


def _is_bot(person: str) -> Column:
    # Builds and services act under accounts of these names.
    named = f"regexp_matches({person}, '(?i)(?:^build\\\\| build service|^vstfs:)')"
    return Column("is_bot", FLAG, f"coalesce({named}, false)::VARCHAR")


def _item_columns(v: dict[str, str]) -> list[Column]:
    return [
        _ORGANISATION,
        Column("work_item", NUMBER, v["id"], required=True),
        Column("project", TEXT, v["project"], required=True),
        Column("title_key", TITLE, f"kept_title({v['title']})"),
        Column("work_item_type", TEXT, v["type"]),
        Column("state", TEXT, v["state"], required=True),
        Column("reason", TEXT, v["reason"]),
        Column("tags", TEXTS, f"list_transform(string_split({v['tags']}, ';'), lambda t: trim(t))"),
        Column("parent", NUMBER, v["parent"]),
        _account("assignee_key", f"azure_account({v['assignee']})"),
        _account("creator_key", f"azure_account({v['creator']})"),
        Column("created_at", INSTANT, v["created"]),
        Column("changed_at", INSTANT, v["changed"]),
        Column("closed_at", INSTANT, v["closed"]),
        Column("state_changed_at", INSTANT, v["state_changed"]),
    ]


_FIELDS = {
    "id": "System.Id",
    "project": "System.TeamProject",
    "title": "System.Title",
    "type": "System.WorkItemType",
    "state": "System.State",
    "reason": "System.Reason",
    "tags": "System.Tags",
    "parent": "System.Parent",
    "assignee": "System.AssignedTo",
    "creator": "System.CreatedBy",
    "created": "System.CreatedDate",
    "changed": "System.ChangedDate",
    "closed": "Microsoft.VSTS.Common.ClosedDate",
    "state_changed": "Microsoft.VSTS.Common.StateChangeDate",
}

_WORK_ITEMS = Export(
    files=_folder("work_items/*.{json,jsonl}"),
    noun="Azure DevOps work item",
    unwrap=["value"],
    fields={"id": T, "fields": dict.fromkeys(_FIELDS.values(), T), "relations": [{"rel": T, "url": T}]},
    recognised="(r.id is not null and r.fields is not null)",
    records=[
        Record(
            table="azure_devops_work_items",
            key=["organisation", "work_item"],
            columns=_item_columns(
                {
                    **{word: f'r.fields."{field}"' for word, field in _FIELDS.items()},
                    "id": "r.id",
                    "project": 'coalesce(r.fields."System.TeamProject", f.project)',
                }
            ),
        ),
        # Ids in such links are of the project and the repository, and the pull request's number.
        Record(
            table="azure_devops_links",
            key=["organisation", "work_item", "pull_request"],
            each="list_filter(r.relations, lambda l: starts_with(lower(l.url), 'vstfs:///git/pullrequestid/'))",
            columns=[
                _ORGANISATION,
                Column("work_item", NUMBER, "r.id", required=True),
                Column("pull_request", NUMBER, "regexp_extract(c.url, '(?:%2[fF]|/)([0-9]+)$', 1)", required=True),
            ],
        ),
    ],
)

_CHANGE = {"oldValue": T, "newValue": T}
_UPDATES = Export(
    files=_folder("updates/*.{json,jsonl}"),
    noun="update of an Azure DevOps work item",
    unwrap=["value"],
    fields={
        "id": T,
        "workItemId": T,
        "revisedDate": T,
        "fields": {"System.State": _CHANGE, "System.Reason": _CHANGE, "System.ChangedDate": _CHANGE},
    },
    recognised='(r.id is not null and r."workItemId" is not null)',
    records=[
        Record(
            table="azure_devops_updates",
            key=["organisation", "work_item", "update_id"],
            where='r.fields."System.State"."newValue" is not null',
            columns=[
                _ORGANISATION,
                Column("work_item", NUMBER, 'r."workItemId"', required=True),
                Column("update_id", NUMBER, "r.id", required=True),
                Column("from_state", TEXT, 'r.fields."System.State"."oldValue"'),
                Column("to_state", TEXT, 'r.fields."System.State"."newValue"', required=True),
                Column("reason", TEXT, 'r.fields."System.Reason"."newValue"'),
                # `revisedDate` is when the update was superseded, in the year 9999 for the last one.
                Column("changed_at", INSTANT, 'r.fields."System.ChangedDate"."newValue"', required=True),
            ],
        )
    ],
)

_CSV_HEADERS = """
ID,Work Item Type,Title,Title 1,Title 2,Title 3,Title 4,Title 5,State,Reason,Tags,Parent,Assigned To,Created By,
Created Date,Changed Date,Closed Date,State Change Date,Team Project
""".replace("\n", "").split(",")
_TITLES = ", ".join(f"nullif(r.\"{name}\", '')" for name in _CSV_HEADERS if name.startswith("Title"))

_CSV = Export(
    files=_folder("*.csv"),
    noun="work item of an Azure DevOps CSV export",
    fields=dict.fromkeys(_CSV_HEADERS, T),
    recognised='(r."ID" is not null and r."Work Item Type" is not null)',
    records=[
        Record(
            table="azure_devops_work_items",
            key=["organisation", "work_item"],
            columns=_item_columns(
                {
                    "id": 'r."ID"',
                    "project": "coalesce(nullif(r.\"Team Project\", ''), f.project)",
                    "title": f"coalesce({_TITLES})",
                    "type": 'r."Work Item Type"',
                    "state": 'r."State"',
                    "reason": 'r."Reason"',
                    "tags": 'r."Tags"',
                    "parent": 'r."Parent"',
                    "assignee": 'r."Assigned To"',
                    "creator": 'r."Created By"',
                    "created": 'azure_time(r."Created Date")',
                    "changed": 'azure_time(r."Changed Date")',
                    "closed": 'azure_time(r."Closed Date")',
                    "state_changed": 'azure_time(r."State Change Date")',
                }
            ),
        )
    ],
)

# `#12` is a work item here, `!12` a pull request.
_MENTIONS = (
    r"list_transform(regexp_extract_all(concat_ws(chr(10), r.title, r.description), '(?:^|[^\w&])#([1-9][0-9]*)\b', 1),"
    " lambda n: 'AB#' || n)"
)
_NAMED = "list_transform(r.\"workItemRefs\", lambda w: 'AB#' || w.id)"

_PULL_REQUESTS = Export(
    files=_folder("pull_requests/*.{json,jsonl}"),
    noun="Azure DevOps pull request",
    unwrap=["value"],
    fields={
        "pullRequestId": T,
        "status": T,
        "title": T,
        "description": T,
        "repository": {"name": T, "project": {"name": T}, "defaultBranch": T},
        "createdBy": _PERSON,
        "isDraft": T,
        "labels": [{"name": T}],
        "sourceRefName": T,
        "targetRefName": T,
        "forkSource": {"repository": {"name": T}},
        "lastMergeSourceCommit": {"commitId": T},
        "lastMergeCommit": {"commitId": T},
        "reviewers": [{**_PERSON, "vote": T}],
        "workItemRefs": [{"id": T}],
        "creationDate": T,
        "closedDate": T,
    },
    recognised='(r."pullRequestId" is not null and r."sourceRefName" is not null)',
    records=[
        Record(
            table="azure_devops_pull_requests",
            key=["organisation", "pull_request"],
            columns=[
                _ORGANISATION,
                Column("pull_request", NUMBER, 'r."pullRequestId"', required=True),
                Column(
                    "repository_key",
                    CONTAINER,
                    "lower('dev.azure.com/' || replace(f.organisation || '/' || coalesce(r.repository.project.name,"
                    " f.project) || '/' || r.repository.name, ' ', '%20'))",
                    required=True,
                ),
                Column("status", TEXT, "r.status", required=True),
                Column("title_key", TITLE, "kept_title(r.title)"),
                _account(
                    "author_key", 'coalesce(nullif(r."createdBy"."uniqueName", \'\'), r."createdBy"."displayName")'
                ),
                _is_bot('r."createdBy"."displayName"'),
                Column("is_draft", FLAG, 'r."isDraft"'),
                Column("labels", TEXTS, "list_transform(r.labels, lambda l: l.name)"),
                Column("source_branch_key", BRANCH, "regexp_replace(r.\"sourceRefName\", '^refs/heads/', '')"),
                Column("target_branch_key", BRANCH, "regexp_replace(r.\"targetRefName\", '^refs/heads/', '')"),
                Column(
                    "default_branch_key", BRANCH, "regexp_replace(r.repository.\"defaultBranch\", '^refs/heads/', '')"
                ),
                Column("is_from_fork", FLAG, '(r."forkSource".repository.name is not null)::VARCHAR'),
                Column("head_sha", SHA, 'r."lastMergeSourceCommit"."commitId"'),
                Column("merge_commit_sha", SHA, 'r."lastMergeCommit"."commitId"'),
                Column("title_issue_keys", TEXTS, "issue_keys(r.title)"),
                Column(
                    "body_issue_keys",
                    TEXTS,
                    f"each_once(list_concat(list_concat(closed_issue_keys(r.description), {_MENTIONS}), {_NAMED}))",
                ),
                Column("reverted_commits", TEXTS, "reverted_commits(r.description)"),
                Column("reverted_pull_requests", TEXTS, "reverted_pull_requests(r.description)"),
                Column("created_at", INSTANT, 'r."creationDate"', required=True),
                Column("closed_at", INSTANT, 'r."closedDate"'),
            ],
        ),
        Record(
            table="azure_devops_votes",
            key=["organisation", "pull_request", "reviewer_key"],
            each="list_filter(r.reviewers, lambda v: try_cast(v.vote as INTEGER) <> 0)",
            columns=[
                _ORGANISATION,
                Column("pull_request", NUMBER, 'r."pullRequestId"', required=True),
                _account("reviewer_key", 'coalesce(nullif(c."uniqueName", \'\'), c."displayName")'),
                _is_bot('c."displayName"'),
                Column("state", TEXT, "case when try_cast(c.vote as INTEGER) > 0 then 'approved' else 'commented' end"),
                # A vote has no date. It was cast by then at the latest, and it goes with the pull request's author.
                Column("closed_at", INSTANT, 'r."closedDate"'),
            ],
        ),
    ],
)

_PULL_REQUEST_COMMITS = Export(
    files=_folder("pull_request_commits/{pull_request}.{json,jsonl}"),
    noun="commit of an Azure DevOps pull request",
    unwrap=["value"],
    fields={
        "commitId": T,
        "parents": [T],
        "comment": T,
        "author": {"email": T, "date": T},
        "committer": {"email": T, "date": T},
    },
    recognised='(r."commitId" is not null)',
    records=[
        Record(
            table="azure_devops_pull_request_commits",
            key=["organisation", "pull_request", "sha"],
            columns=[
                _ORGANISATION,
                Column("pull_request", NUMBER, "f.pull_request", required=True),
                Column("sha", SHA, 'r."commitId"', required=True),
                Column("author_key", ACCOUNT, "r.author.email", system="git"),
                Column("committer_key", ACCOUNT, "r.committer.email", system="git"),
                Column("is_bot", FLAG, r"regexp_matches(lower(r.author.email), '\[bot\]@|^bot@|[-.]bot@')::VARCHAR"),
                Column("is_merge", FLAG, "(len(r.parents) > 1)::VARCHAR"),
                Column(
                    "change_fingerprint",
                    TEXT,
                    "sha256(concat_ws(chr(0), lower(r.author.email), try_cast(r.author.date as TIMESTAMPTZ),"
                    " first_line(r.comment)))",
                ),
                Column("issue_keys", TEXTS, "issue_keys(r.comment)"),
                Column("authored_at", INSTANT, "r.author.date"),
                Column("committed_at", INSTANT, "r.committer.date"),
            ],
        )
    ],
)

SOURCE = Source(name="azure_devops", exports=[_WORK_ITEMS, _UPDATES, _PULL_REQUESTS, _PULL_REQUEST_COMMITS, _CSV])
