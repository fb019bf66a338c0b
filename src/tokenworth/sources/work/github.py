"""GitHub's answers: of REST arrays (pages), single objects or JSON lines, of GraphQL pages.

The list of issues holds pull requests too, and only the detail call knows sizes; which issues a pull
request closes only GraphQL tells. Bodies are read for what they close or revert, and left behind.
"""

from tokenworth.sources.declare import Column, Export, Record, Source, T
from tokenworth.sources.types import (
    ACCOUNT,
    BRANCH,
    CONTAINER,
    COUNT,
    FLAG,
    INSTANT,
    NUMBER,
    SHA,
    TEXT,
    TEXTS,
    TITLE,
)

_PERSON = {"login": T, "type": T}


def _host(url: str) -> str:
    # Folders name owner and repository; only a link names the host of a GitHub of one's own.
    return f"coalesce(nullif(regexp_extract({url}, '^https?://(?:api\\.)?([^/]+)/', 1), ''), 'github.com')"


def _repository(url: str) -> Column:
    return Column("repository_key", CONTAINER, f"lower({_host(url)} || '/' || f.owner || '/' || f.repo)", required=True)


def _account(name: str, value: str) -> Column:
    return Column(name, ACCOUNT, value, system="github")


def _is_bot(person: str) -> Column:
    return Column("is_bot", FLAG, f"({person}.type = 'Bot' or lower({person}.login) like '%[bot]')::VARCHAR")


# What REST calls `merged_at` GraphQL calls `mergedAt`.
_GRAPHQL = {
    "url": T,
    "isDraft": T,
    "author": {"login": T, "__typename": T},
    "mergedBy": {"login": T},
    "createdAt": T,
    "updatedAt": T,
    "closedAt": T,
    "mergedAt": T,
    "headRefName": T,
    "headRefOid": T,
    "headRepository": {"nameWithOwner": T},
    "baseRefName": T,
    "mergeCommit": {"oid": T},
    "changedFiles": T,
    "closingIssuesReferences": {"nodes": [{"number": T, "repository": {"nameWithOwner": T}}]},
}
# A REST answer has a link to its page and one of the API, both on the host.
_LINK = "coalesce(r.html_url, r.url)"

_PULLS = Export(
    files="github/{owner}/{repo}/pulls/*.{json,jsonl}",
    noun="GitHub pull request",
    # As the search call answers, and GraphQL.
    unwrap=["items", "data.repository.pullRequests.nodes", "repository.pullRequests.nodes"],
    fields={
        "number": T,
        "state": T,
        "title": T,
        "body": T,
        "html_url": T,
        "draft": T,
        "user": _PERSON,
        "merged_by": _PERSON,
        "labels": [{"name": T}],
        "created_at": T,
        "updated_at": T,
        "closed_at": T,
        "merged_at": T,
        "merge_commit_sha": T,
        "head": {"ref": T, "sha": T, "repo": {"full_name": T}},
        "base": {"ref": T, "repo": {"full_name": T, "default_branch": T}},
        "additions": T,
        "deletions": T,
        "changed_files": T,
        **_GRAPHQL,
    },
    recognised='(r.number is not null and (r.head is not null or r.base is not null or r."headRefName" is not null))',
    records=[
        Record(
            table="github_pulls",
            key=["repository_key", "pull_request"],
            columns=[
                _repository(_LINK),
                Column("pull_request", NUMBER, "r.number", required=True),
                Column("state", TEXT, "r.state", required=True),
                Column("title_key", TITLE, "kept_title(r.title)"),
                _account("author_key", "coalesce(r.user.login, r.author.login)"),
                Column(
                    "is_bot",
                    FLAG,
                    "coalesce(r.user.type = 'Bot' or lower(r.user.login) like '%[bot]',"
                    " r.author.__typename = 'Bot')::VARCHAR",
                ),
                _account("merged_by_key", 'coalesce(r.merged_by.login, r."mergedBy".login)'),
                Column("is_draft", FLAG, 'coalesce(r.draft, r."isDraft")'),
                Column("labels", TEXTS, "list_transform(r.labels, lambda l: l.name)"),
                Column("head_branch_key", BRANCH, 'coalesce(r.head.ref, r."headRefName")'),
                Column("head_sha", SHA, 'coalesce(r.head.sha, r."headRefOid")'),
                Column(
                    "head_repository_key",
                    CONTAINER,
                    '\'github.com/\' || coalesce(r.head.repo.full_name, r."headRepository"."nameWithOwner")',
                ),
                Column("base_branch_key", BRANCH, 'coalesce(r.base.ref, r."baseRefName")'),
                Column("default_branch_key", BRANCH, "r.base.repo.default_branch"),
                Column("merge_commit_sha", SHA, 'coalesce(r.merge_commit_sha, r."mergeCommit".oid)'),
                Column("added_lines", COUNT, "r.additions"),
                Column("deleted_lines", COUNT, "r.deletions"),
                Column("changed_files", COUNT, 'coalesce(r.changed_files, r."changedFiles")'),
                Column("closed_issues", TEXTS, "closed_issues(concat_ws(chr(10), r.title, r.body))"),
                Column("title_issue_keys", TEXTS, "issue_keys(r.title)"),
                Column("body_issue_keys", TEXTS, "closed_issue_keys(r.body)"),
                Column("says_revert", FLAG, "regexp_matches(r.title, '(?i)^revert\\b')::VARCHAR"),
                Column("reverted_commits", TEXTS, "reverted_commits(r.body)"),
                Column("reverted_pull_requests", TEXTS, "reverted_pull_requests(r.body)"),
                Column("created_at", INSTANT, 'coalesce(r.created_at, r."createdAt")', required=True),
                Column("updated_at", INSTANT, 'coalesce(r.updated_at, r."updatedAt")'),
                Column("closed_at", INSTANT, 'coalesce(r.closed_at, r."closedAt")'),
                Column("merged_at", INSTANT, 'coalesce(r.merged_at, r."mergedAt")'),
            ],
        ),
        Record(
            table="github_closing_references",
            key=["repository_key", "pull_request", "issue_repository_key", "issue"],
            each='r."closingIssuesReferences".nodes',
            columns=[
                _repository(_LINK),
                Column("pull_request", NUMBER, "r.number", required=True),
                Column(
                    "issue_repository_key",
                    CONTAINER,
                    f"lower({_host(_LINK)} || '/' ||"
                    " coalesce(c.repository.\"nameWithOwner\", f.owner || '/' || f.repo))",
                    required=True,
                ),
                Column("issue", NUMBER, "c.number", required=True),
            ],
        ),
    ],
)

_PULL_COMMITS = Export(
    files="github/{owner}/{repo}/pull_commits/{pull}.{json,jsonl}",
    noun="commit of a GitHub pull request",
    fields={
        "sha": T,
        "html_url": T,
        "parents": [{"sha": T}],
        "author": _PERSON,
        "committer": _PERSON,
        "commit": {"message": T, "author": {"email": T, "date": T}, "committer": {"email": T, "date": T}},
    },
    recognised="(r.sha is not null and r.commit is not null)",
    records=[
        Record(
            table="github_pull_commits",
            key=["repository_key", "pull_request", "sha"],
            columns=[
                _repository("r.html_url"),
                Column("pull_request", NUMBER, "f.pull", required=True),
                Column("sha", SHA, "r.sha", required=True),
                Column("parents", TEXTS, "list_transform(r.parents, lambda p: p.sha)"),
                _account("author_login_key", "r.author.login"),
                Column("author_key", ACCOUNT, "r.commit.author.email", system="git"),
                # GitHub's own account stands where somebody pressed a button there.
                _account(
                    "committer_login_key",
                    "case when own_address(r.commit.committer.email) is not null then r.committer.login end",
                ),
                Column("committer_key", ACCOUNT, "own_address(r.commit.committer.email)", system="git"),
                Column(
                    "is_bot",
                    FLAG,
                    "(coalesce(r.author.type = 'Bot' or lower(r.author.login) like '%[bot]', false)"
                    r" or regexp_matches(lower(r.commit.author.email), '\[bot\]@|^bot@|[-.]bot@'))::VARCHAR",
                ),
                Column("is_merge", FLAG, "(len(r.parents) > 1)::VARCHAR"),
                Column(
                    "change_fingerprint",
                    TEXT,
                    "sha256(concat_ws(chr(0), lower(r.commit.author.email), try_cast(r.commit.author.date as"
                    " TIMESTAMPTZ), first_line(r.commit.message)))",
                ),
                Column("issue_keys", TEXTS, "issue_keys(r.commit.message)"),
                Column("closed_issues", TEXTS, "closed_issues(r.commit.message)"),
                Column(
                    "entire_checkpoints",
                    TEXTS,
                    "regexp_extract_all(r.commit.message, '(?m)^Entire-Checkpoint: ([0-9a-f]{12})', 1)",
                ),
                Column("authored_at", INSTANT, "r.commit.author.date"),
                Column("committed_at", INSTANT, "r.commit.committer.date"),
            ],
        )
    ],
)

_ISSUES = Export(
    files="github/{owner}/{repo}/issues/*.{json,jsonl}",
    noun="GitHub issue",
    unwrap=["items"],
    fields={
        "number": T,
        "state": T,
        "state_reason": T,
        "title": T,
        "html_url": T,
        "user": _PERSON,
        "assignees": [_PERSON],
        "labels": [{"name": T}],
        "type": {"name": T},
        "pull_request": T,
        "created_at": T,
        "updated_at": T,
        "closed_at": T,
    },
    recognised="(r.number is not null and r.state is not null)",
    records=[
        Record(
            table="github_issues",
            key=["repository_key", "issue"],
            where="r.pull_request is null",
            columns=[
                _repository("r.html_url"),
                Column("issue", NUMBER, "r.number", required=True),
                Column("state", TEXT, "r.state", required=True),
                Column("state_reason", TEXT, "r.state_reason"),
                Column("title_key", TITLE, "kept_title(r.title)"),
                Column("issue_type", TEXT, "r.type.name"),
                Column("labels", TEXTS, "list_transform(r.labels, lambda l: l.name)"),
                _account("author_key", "r.user.login"),
                _is_bot("r.user"),
                _account("assignee_key", "r.assignees[1].login"),
                Column("created_at", INSTANT, "r.created_at", required=True),
                Column("updated_at", INSTANT, "r.updated_at"),
                Column("closed_at", INSTANT, "r.closed_at"),
            ],
        )
    ],
)

_RELEASES = Export(
    files="github/{owner}/{repo}/releases/*.{json,jsonl}",
    noun="GitHub release",
    fields={
        "id": T,
        "tag_name": T,
        "name": T,
        "html_url": T,
        "target_commitish": T,
        "draft": T,
        "prerelease": T,
        "author": _PERSON,
        "created_at": T,
        "published_at": T,
    },
    recognised="(r.tag_name is not null)",
    records=[
        Record(
            table="github_releases",
            key=["repository_key", "release_id"],
            columns=[
                _repository("r.html_url"),
                Column("release_id", NUMBER, "r.id", required=True),
                Column("tag", TEXT, "r.tag_name", required=True),
                Column("title_key", TITLE, "kept_title(r.name)"),
                Column("is_draft", FLAG, "r.draft"),
                Column("is_prerelease", FLAG, "r.prerelease"),
                _account("author_key", "r.author.login"),
                _is_bot("r.author"),
                Column("created_at", INSTANT, "r.created_at", required=True),
                Column("published_at", INSTANT, "r.published_at"),
            ],
        )
    ],
)

_REVIEWS = Export(
    files="github/{owner}/{repo}/reviews/{pull}.{json,jsonl}",
    noun="GitHub review",
    fields={
        "id": T,
        "user": _PERSON,
        "state": T,
        "html_url": T,
        "pull_request_url": T,
        "commit_id": T,
        "submitted_at": T,
    },
    recognised="(r.id is not null and r.state is not null)",
    records=[
        Record(
            table="github_reviews",
            key=["repository_key", "review_id"],
            columns=[
                _repository("r.html_url"),
                Column("review_id", NUMBER, "r.id", required=True),
                Column(
                    "pull_request",
                    NUMBER,
                    "coalesce(nullif(regexp_extract(r.pull_request_url, '/pulls/([0-9]+)$', 1), ''),"
                    " regexp_extract(f.pull, '^[0-9]+$'))",
                    required=True,
                ),
                _account("reviewer_key", "r.user.login"),
                _is_bot("r.user"),
                Column("state", TEXT, "r.state", required=True),
                Column("commit_sha", SHA, "r.commit_id"),
                Column("submitted_at", INSTANT, "r.submitted_at"),
            ],
        )
    ],
)

_MOMENT = {"state": T, "createdAt": T, "updatedAt": T}

_DEPLOYMENTS = Export(
    files="github/{owner}/{repo}/deployments/*.{json,jsonl}",
    noun="GitHub deployment, or status of one",
    unwrap=["data.repository.deployments.nodes", "repository.deployments.nodes"],
    fields={
        "id": T,
        "url": T,
        "sha": T,
        "environment": T,
        "production_environment": T,
        "created_at": T,
        # Of a status, which is an answer of its own.
        "state": T,
        "deployment_url": T,
        # Of GraphQL.
        "databaseId": T,
        "commitOid": T,
        "latestEnvironment": T,
        "createdAt": T,
        "latestStatus": _MOMENT,
        "statuses": {"nodes": [_MOMENT]},
    },
    recognised='(coalesce(r.sha, r."commitOid", r.deployment_url) is not null)',
    records=[
        Record(
            table="github_deployments",
            key=["repository_key", "deployment_id"],
            where="r.deployment_url is null",
            columns=[
                _repository("r.url"),
                Column("deployment_id", NUMBER, 'coalesce(r."databaseId", r.id)', required=True),
                Column("sha", SHA, 'coalesce(r.sha, r."commitOid")', required=True),
                Column("environment", TEXT, 'coalesce(r.environment, r."latestEnvironment")'),
                Column("is_production", FLAG, "r.production_environment"),
                Column("created_at", INSTANT, 'coalesce(r.created_at, r."createdAt")', required=True),
            ],
        ),
        Record(
            table="github_deployment_statuses",
            key=["repository_key", "deployment_id", "state", "said_at"],
            each="""case when r.deployment_url is not null then [{'state': r.state, 'createdAt': r.created_at,
                    'updatedAt': r.created_at}]
                else list_filter(list_append(coalesce(r.statuses.nodes, []), r."latestStatus"),
                    lambda s: s.state is not null) end""",
            columns=[
                _repository("coalesce(r.deployment_url, r.url)"),
                Column(
                    "deployment_id",
                    NUMBER,
                    "coalesce(nullif(regexp_extract(r.deployment_url, '/deployments/([0-9]+)$', 1), ''),"
                    ' r."databaseId", r.id)',
                    required=True,
                ),
                Column("state", TEXT, "lower(c.state)", required=True),
                Column("said_at", INSTANT, 'coalesce(c."createdAt", c."updatedAt")', required=True),
            ],
        ),
    ],
)

SOURCE = Source(name="github", exports=[_PULLS, _PULL_COMMITS, _ISSUES, _RELEASES, _REVIEWS, _DEPLOYMENTS])
