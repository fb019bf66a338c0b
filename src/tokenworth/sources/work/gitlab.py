"""GitLab's REST answers, version 4: arrays (pages), single objects or JSON lines.

Numbers (`iid`) are a project's own. What its answers link to says which project that is, with all its
groups; where they link to nothing the folders do. Descriptions and notes are read for what they close,
revert or approve, and left behind.
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

_PERSON = {"username": T, "bot": T}


def _folder(rest: str) -> str:
    return "gitlab/{*group}/{project}/" + rest


def _repository(*urls: str) -> Column:
    links = [
        f"nullif(regexp_extract({url}, '^https?://([^/]+/.+?)/(?:-/)?"
        "(?:issues|work_items|merge_requests|releases|commit|pipelines|jobs)/', 1), '')"
        for url in urls
    ]
    named = ", ".join([*links, "'gitlab.com/' || f.group || '/' || f.project"])
    return Column("repository_key", CONTAINER, f"lower(coalesce({named}))", required=True)


def _account(name: str, value: str) -> Column:
    return Column(name, ACCOUNT, value, system="gitlab")


def _is_bot(person: str) -> Column:
    # Access tokens of a project or a group act as users with such names.
    named = f"regexp_matches({person}.username, '^(?:project|group)_[0-9]+_bot')"
    return Column("is_bot", FLAG, f"coalesce({person}.bot, {named}::VARCHAR)")


# With details, a label is an object.
_LABELS = "list_transform(r.labels, lambda l: case when l[1] = '{' then l->>'$.name' else l end)"

_ISSUES = Export(
    files=_folder("issues/*.{json,jsonl}"),
    noun="GitLab issue",
    fields={
        "id": T,
        "iid": T,
        "state": T,
        "title": T,
        "web_url": T,
        "issue_type": T,
        "labels": [T],
        "author": _PERSON,
        "assignee": _PERSON,
        "assignees": [_PERSON],
        "moved_to_id": T,
        "_links": {"closed_as_duplicate_of": T},
        "created_at": T,
        "updated_at": T,
        "closed_at": T,
    },
    recognised="(r.iid is not null and r.state is not null)",
    records=[
        Record(
            table="gitlab_issues",
            key=["repository_key", "issue"],
            columns=[
                _repository("r.web_url"),
                Column("issue", NUMBER, "r.iid", required=True),
                Column("global_id", NUMBER, "r.id"),
                Column("state", TEXT, "r.state", required=True),
                # Neither delivers anything here.
                Column(
                    "closed_as",
                    TEXT,
                    "case when r.moved_to_id is not null then 'moved'"
                    " when r._links.closed_as_duplicate_of is not null then 'duplicate' end",
                ),
                Column("title_key", TITLE, "kept_title(r.title)"),
                Column("issue_type", TEXT, "r.issue_type"),
                Column("labels", TEXTS, _LABELS),
                _account("author_key", "r.author.username"),
                _is_bot("r.author"),
                _account("assignee_key", "coalesce(r.assignees[1].username, r.assignee.username)"),
                Column("created_at", INSTANT, "r.created_at", required=True),
                Column("updated_at", INSTANT, "r.updated_at"),
                Column("closed_at", INSTANT, "r.closed_at"),
            ],
        )
    ],
)

_ISSUE_EVENTS = Export(
    files=_folder("issue_events/{issue}.{json,jsonl}"),
    noun="state event of a GitLab issue",
    fields={"id": T, "state": T, "resource_type": T, "resource_id": T, "created_at": T},
    recognised="(r.state is not null and r.resource_id is not null)",
    records=[
        Record(
            table="gitlab_issue_events",
            key=["event_id"],
            where="r.resource_type = 'Issue'",
            columns=[
                Column("event_id", NUMBER, "r.id", required=True),
                Column("issue_global_id", NUMBER, "r.resource_id", required=True),
                Column("state", TEXT, "r.state", required=True),
                Column("happened_at", INSTANT, "r.created_at", required=True),
            ],
        )
    ],
)

_TEXT = "concat_ws(chr(10), r.title, r.description)"
_MERGE_REQUESTS = Export(
    files=_folder("merge_requests/*.{json,jsonl}"),
    noun="GitLab merge request",
    fields={
        "iid": T,
        "project_id": T,
        "source_project_id": T,
        "target_project_id": T,
        "state": T,
        "title": T,
        "description": T,
        "web_url": T,
        "draft": T,
        "author": _PERSON,
        "labels": [T],
        "source_branch": T,
        "target_branch": T,
        "sha": T,
        "merge_commit_sha": T,
        "squash_commit_sha": T,
        "created_at": T,
        "updated_at": T,
        "closed_at": T,
        "merged_at": T,
    },
    recognised="(r.iid is not null and r.source_branch is not null)",
    records=[
        Record(
            table="gitlab_merge_requests",
            key=["repository_key", "merge_request"],
            columns=[
                _repository("r.web_url"),
                Column("merge_request", NUMBER, "r.iid", required=True),
                Column("project_id", NUMBER, "r.project_id"),
                Column("state", TEXT, "r.state", required=True),
                Column("title_key", TITLE, "kept_title(r.title)"),
                _account("author_key", "r.author.username"),
                _is_bot("r.author"),
                Column("is_draft", FLAG, "r.draft"),
                Column("labels", TEXTS, _LABELS),
                Column("source_branch_key", BRANCH, "r.source_branch"),
                Column("target_branch_key", BRANCH, "r.target_branch"),
                Column("is_from_fork", FLAG, "(r.source_project_id <> r.target_project_id)::VARCHAR"),
                Column("head_sha", SHA, "r.sha"),
                Column("merge_commit_sha", SHA, "r.merge_commit_sha"),
                Column("squash_commit_sha", SHA, "r.squash_commit_sha"),
                Column("closed_issues", TEXTS, f"closed_issues_of_gitlab({_TEXT})"),
                Column("title_issue_keys", TEXTS, "issue_keys(r.title)"),
                Column("body_issue_keys", TEXTS, "closed_issue_keys(r.description)"),
                Column("reverted_commits", TEXTS, "reverted_commits(r.description)"),
                Column("reverted_merge_requests", TEXTS, "reverted_pull_requests(r.description)"),
                Column("created_at", INSTANT, "r.created_at", required=True),
                Column("updated_at", INSTANT, "r.updated_at"),
                Column("closed_at", INSTANT, "r.closed_at"),
                Column("merged_at", INSTANT, "r.merged_at"),
            ],
        )
    ],
)

_MERGE_REQUEST_COMMITS = Export(
    files=_folder("merge_request_commits/{merge_request}.{json,jsonl}"),
    noun="commit of a GitLab merge request",
    fields={
        "id": T,
        "parent_ids": [T],
        "message": T,
        "web_url": T,
        "author_email": T,
        "authored_date": T,
        "committer_email": T,
        "committed_date": T,
    },
    recognised="(r.id is not null and r.committed_date is not null)",
    records=[
        Record(
            table="gitlab_merge_request_commits",
            key=["repository_key", "merge_request", "sha"],
            columns=[
                _repository("r.web_url"),
                Column("merge_request", NUMBER, "f.merge_request", required=True),
                Column("sha", SHA, "r.id", required=True),
                Column("author_key", ACCOUNT, "r.author_email", system="git"),
                _account("author_login_key", "login_in_address(r.author_email)"),
                Column("committer_key", ACCOUNT, "r.committer_email", system="git"),
                _account("committer_login_key", "login_in_address(r.committer_email)"),
                Column(
                    "is_bot", FLAG, r"regexp_matches(lower(r.author_email), '\[bot\]@|^bot@|[-.]bot@|_bot_')::VARCHAR"
                ),
                Column("is_merge", FLAG, "(len(r.parent_ids) > 1)::VARCHAR"),
                # The same as of a commit that git exports, so that a rebase is found again.
                Column(
                    "change_fingerprint",
                    TEXT,
                    "sha256(concat_ws(chr(0), lower(r.author_email), try_cast(r.authored_date as TIMESTAMPTZ),"
                    " first_line(r.message)))",
                ),
                Column("issue_keys", TEXTS, "issue_keys(r.message)"),
                Column("closed_issues", TEXTS, "closed_issues_of_gitlab(r.message)"),
                Column(
                    "entire_checkpoints",
                    TEXTS,
                    "regexp_extract_all(r.message, '(?m)^Entire-Checkpoint: ([0-9a-f]{12})', 1)",
                ),
                Column("authored_at", INSTANT, "r.authored_date"),
                Column("committed_at", INSTANT, "r.committed_date"),
            ],
        )
    ],
)

_APPROVALS = Export(
    files=_folder("approvals/{merge_request}.{json,jsonl}"),
    noun="GitLab answer on the approvals of a merge request",
    fields={
        "iid": T,
        "project_id": T,
        "updated_at": T,
        "approved_by": [{"user": _PERSON, "approved_at": T}],
    },
    recognised="(r.iid is not null and r.approved_by is not null)",
    records=[
        Record(
            table="gitlab_approvals",
            key=["project_id", "merge_request", "approver_key"],
            each="r.approved_by",
            columns=[
                Column("project_id", NUMBER, "r.project_id", required=True),
                Column("merge_request", NUMBER, "r.iid", required=True),
                _account("approver_key", "c.user.username"),
                _is_bot("c.user"),
                # Only newer answers say when; till then it is before the answer changed last.
                Column("approved_at", INSTANT, "coalesce(c.approved_at, r.updated_at)"),
            ],
        )
    ],
)

_NOTES = Export(
    files=_folder("notes/{merge_request}.{json,jsonl}"),
    noun="GitLab note on a merge request",
    fields={
        "id": T,
        "body": T,
        "system": T,
        "author": _PERSON,
        "project_id": T,
        "noteable_type": T,
        "noteable_iid": T,
        "created_at": T,
    },
    recognised="(r.id is not null and r.noteable_type is not null)",
    records=[
        Record(
            table="gitlab_notes",
            key=["note_id"],
            # Of what GitLab notes itself only approvals tell of somebody who looked.
            where="r.noteable_type = 'MergeRequest'"
            " and (r.system = 'false' or starts_with(r.body, 'approved this merge request'))",
            columns=[
                Column("note_id", NUMBER, "r.id", required=True),
                Column("project_id", NUMBER, "r.project_id", required=True),
                Column("merge_request", NUMBER, "r.noteable_iid", required=True),
                _account("author_key", "r.author.username"),
                _is_bot("r.author"),
                Column("state", TEXT, "case when r.system = 'true' then 'approved' else 'commented' end"),
                Column("created_at", INSTANT, "r.created_at", required=True),
            ],
        )
    ],
)

_CLOSES = Export(
    files=_folder("closes_issues/{merge_request}.{json,jsonl}"),
    noun="issue that a GitLab merge request closes",
    fields={"iid": T, "web_url": T},
    recognised="(r.iid is not null)",
    records=[
        Record(
            table="gitlab_closed_issues",
            key=["repository_key", "merge_request", "issue_repository_key", "issue"],
            columns=[
                # An issue of another project is on the same host.
                Column(
                    "repository_key",
                    CONTAINER,
                    "lower(coalesce(nullif(regexp_extract(r.web_url, '^https?://([^/]+)/', 1), ''), 'gitlab.com')"
                    " || '/' || f.group || '/' || f.project)",
                    required=True,
                ),
                Column("merge_request", NUMBER, "f.merge_request", required=True),
                Column("issue_repository_key", CONTAINER, _repository("r.web_url").value, required=True),
                Column("issue", NUMBER, "r.iid", required=True),
            ],
        )
    ],
)

_RELEASES = Export(
    files=_folder("releases/*.{json,jsonl}"),
    noun="GitLab release",
    fields={
        "tag_name": T,
        "name": T,
        "author": _PERSON,
        "upcoming_release": T,
        "created_at": T,
        "released_at": T,
        "_links": {"self": T},
    },
    recognised="(r.tag_name is not null)",
    records=[
        Record(
            table="gitlab_releases",
            key=["repository_key", "tag"],
            columns=[
                _repository("r._links.self"),
                Column("tag", TEXT, "r.tag_name", required=True),
                Column("title_key", TITLE, "kept_title(r.name)"),
                Column("is_upcoming", FLAG, "r.upcoming_release"),
                _account("author_key", "r.author.username"),
                _is_bot("r.author"),
                Column("created_at", INSTANT, "r.created_at", required=True),
                Column("released_at", INSTANT, "r.released_at"),
            ],
        )
    ],
)

_DEPLOYMENTS = Export(
    files=_folder("deployments/*.{json,jsonl}"),
    noun="GitLab deployment",
    fields={
        "id": T,
        "sha": T,
        "status": T,
        "environment": {"name": T, "tier": T},
        "deployable": {"status": T, "finished_at": T, "commit": {"web_url": T}, "pipeline": {"web_url": T}},
        "created_at": T,
        "updated_at": T,
    },
    recognised="(r.sha is not null and r.environment is not null)",
    records=[
        Record(
            table="gitlab_deployments",
            key=["repository_key", "deployment_id"],
            columns=[
                _repository("r.deployable.commit.web_url", "r.deployable.pipeline.web_url"),
                Column("deployment_id", NUMBER, "r.id", required=True),
                Column("sha", SHA, "r.sha", required=True),
                Column("environment", TEXT, "r.environment.name"),
                Column("tier", TEXT, "r.environment.tier"),
                # Before 2018 only the job that deployed had a status.
                Column("status", TEXT, "coalesce(r.status, r.deployable.status)"),
                Column("created_at", INSTANT, "r.created_at", required=True),
                Column("updated_at", INSTANT, "r.updated_at"),
                Column("finished_at", INSTANT, "r.deployable.finished_at"),
            ],
        )
    ],
)

SOURCE = Source(
    name="gitlab",
    exports=[
        _ISSUES,
        _ISSUE_EVENTS,
        _MERGE_REQUESTS,
        _MERGE_REQUEST_COMMITS,
        _APPROVALS,
        _NOTES,
        _CLOSES,
        _RELEASES,
        _DEPLOYMENTS,
    ],
)
