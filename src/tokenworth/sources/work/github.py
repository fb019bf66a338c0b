"""GitHub's REST answers: arrays (pages), single objects or JSON lines.

The list of issues holds pull requests too, and only the detail call knows sizes. Bodies are read
for what they close or revert, and left behind.
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


def _repository(url: str) -> Column:
    # Folders name owner and repository; only a link names the host of a GitHub of one's own.
    host = f"coalesce(nullif(regexp_extract({url}, '^https?://(?:api\\.)?([^/]+)/', 1), ''), 'github.com')"
    return Column("repository_key", CONTAINER, f"lower({host} || '/' || f.owner || '/' || f.repo)", required=True)


def _account(name: str, value: str) -> Column:
    return Column(name, ACCOUNT, value, system="github")


def _is_bot(person: str) -> Column:
    return Column("is_bot", FLAG, f"({person}.type = 'Bot' or lower({person}.login) like '%[bot]')::VARCHAR")


_PULLS = Export(
    files="github/{owner}/{repo}/pulls/*.{json,jsonl}",
    noun="GitHub pull request",
    unwrap=["items"],  # as the search call answers
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
    },
    recognised="(r.number is not null and (r.head is not null or r.base is not null))",
    records=[
        Record(
            table="github_pulls",
            key=["repository_key", "pull_request"],
            columns=[
                _repository("r.html_url"),
                Column("pull_request", NUMBER, "r.number", required=True),
                Column("state", TEXT, "r.state", required=True),
                Column("title_key", TITLE, "kept_title(r.title)"),
                _account("author_key", "r.user.login"),
                _is_bot("r.user"),
                _account("merged_by_key", "r.merged_by.login"),
                Column("is_draft", FLAG, "r.draft"),
                Column("labels", TEXTS, "list_transform(r.labels, lambda l: l.name)"),
                Column("head_branch_key", BRANCH, "r.head.ref"),
                Column("head_sha", SHA, "r.head.sha"),
                Column("head_repository_key", CONTAINER, "'github.com/' || r.head.repo.full_name"),
                Column("base_branch_key", BRANCH, "r.base.ref"),
                Column("default_branch_key", BRANCH, "r.base.repo.default_branch"),
                Column("merge_commit_sha", SHA, "r.merge_commit_sha"),
                Column("added_lines", COUNT, "r.additions"),
                Column("deleted_lines", COUNT, "r.deletions"),
                Column("changed_files", COUNT, "r.changed_files"),
                Column("closed_issues", TEXTS, "closed_issues(concat_ws(chr(10), r.title, r.body))"),
                Column("title_issue_keys", TEXTS, "issue_keys(r.title)"),
                Column("body_issue_keys", TEXTS, "closed_issue_keys(r.body)"),
                Column("says_revert", FLAG, "regexp_matches(r.title, '(?i)^revert\\b')::VARCHAR"),
                Column("reverted_commits", TEXTS, "reverted_commits(r.body)"),
                Column("reverted_pull_requests", TEXTS, "reverted_pull_requests(r.body)"),
                Column("created_at", INSTANT, "r.created_at", required=True),
                Column("updated_at", INSTANT, "r.updated_at"),
                Column("closed_at", INSTANT, "r.closed_at"),
                Column("merged_at", INSTANT, "r.merged_at"),
            ],
        )
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

SOURCE = Source(name="github", exports=[_PULLS, _PULL_COMMITS, _ISSUES, _RELEASES, _REVIEWS])
