"""Commits and tags of a repository, in the format that `tokenworth export-git` writes.

Of a message only what it says of other work is kept: pull requests, reverts, issues, checkpoints,
and whether an assistant signed it.
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
    PATH,
    SHA,
    TEXT,
    TEXTS,
    TITLE,
)

_SUBJECT = "first_line(r.message)"
_MERGE = r"^Merge pull request #([0-9]+) from ([^/\s]+)/(\S+)"
# GitLab names the merge request at the end of a merge's or a squash's message, Azure DevOps in the subject.
_MERGE_REQUEST = r"(?m)^See merge request [^\s!]*!([0-9]+)\s*$"
_MERGED_PR = r"^Merged PR ([0-9]+): "
# Vendors sign with addresses of their own; a bare name would also match people called Claude.
_ASSISTANT = (
    r"(?im)^co-authored-by:.*<(?:noreply@(anthropic)\.com|(cursor)agent@cursor\.com"
    r"|[^>]*(copilot)@users\.noreply\.github\.com|noreply@(openai)\.com|[^>]*(gemini)[^>]*@google\.com)>"
)
_REPOSITORY = Column("repository_key", CONTAINER, "repository_name(r.repository)", required=True)

SOURCE = Source(
    name="git",
    exports=[
        Export(
            files="git/**/commits*.jsonl",
            noun="commit as export-git writes it",
            fields={
                "repository": T,
                "sha": T,
                "parents": [T],
                "author_email": T,
                "authored_at": T,
                "committer_email": T,
                "committed_at": T,
                "message": T,
                "on_default_branch": T,
                "patch_id": T,
                "files": [
                    {
                        "path": T,
                        "old_path": T,
                        "added": T,
                        "deleted": T,
                        "effective_added": T,
                        "effective_deleted": T,
                        "moved": T,
                    }
                ],
            },
            recognised="(r.sha is not null)",
            records=[
                Record(
                    table="git_commits",
                    key=["repository_key", "sha"],
                    columns=[
                        _REPOSITORY,
                        Column("sha", SHA, "r.sha", required=True),
                        Column("parents", TEXTS, "r.parents"),
                        Column("author_key", ACCOUNT, "r.author_email", system="git"),
                        # The stand-in addresses of GitHub and GitLab name the login.
                        Column(
                            "login_system",
                            TEXT,
                            "coalesce(host_of_address(r.author_email), host_of_address(r.committer_email))",
                        ),
                        Column("author_login_key", ACCOUNT, "login_in_address(r.author_email)", system="github"),
                        Column("committer_key", ACCOUNT, "own_address(r.committer_email)", system="git"),
                        Column("committer_login_key", ACCOUNT, "login_in_address(r.committer_email)", system="github"),
                        Column(
                            "is_bot",
                            FLAG,
                            r"regexp_matches(lower(r.author_email), '\[bot\]@|^bot@|[-.]bot@')::VARCHAR",
                        ),
                        Column("on_default_branch", FLAG, "r.on_default_branch"),
                        Column("is_merge", FLAG, "(len(r.parents) > 1)::VARCHAR"),
                        Column("patch_id", TEXT, "r.patch_id"),
                        # Same author, second and subject: the same change, whatever its sha became.
                        Column(
                            "change_fingerprint",
                            TEXT,
                            "sha256(concat_ws(chr(0), lower(r.author_email),"
                            f" try_cast(r.authored_at as TIMESTAMPTZ), {_SUBJECT}))",
                        ),
                        Column("subject_key", TITLE, f"kept_title({_SUBJECT})"),
                        Column(
                            "merged_pull_request",
                            NUMBER,
                            f"coalesce(nullif(regexp_extract({_SUBJECT}, '{_MERGE}', 1), ''),"
                            f" nullif(regexp_extract({_SUBJECT}, '{_MERGED_PR}', 1), ''),"
                            f" regexp_extract(r.message, '{_MERGE_REQUEST}', 1))",
                        ),
                        Column("merged_branch_key", BRANCH, f"regexp_extract({_SUBJECT}, '{_MERGE}', 3)"),
                        Column(
                            "subject_pull_request",
                            NUMBER,
                            rf"regexp_extract({_SUBJECT}, '\(#([0-9]+)\)\s*$', 1)",
                        ),
                        Column(
                            "subject_says_revert",
                            FLAG,
                            f"regexp_matches({_SUBJECT}, '(?i)^revert\\b')::VARCHAR",
                        ),
                        Column("reverted_commits", TEXTS, "reverted_commits(r.message)"),
                        Column("reverted_pull_requests", TEXTS, "reverted_pull_requests(r.message)"),
                        Column(
                            "closed_issues",
                            TEXTS,
                            "case when contains(split_part(repository_name(r.repository), '/', 1), 'gitlab')"
                            " then closed_issues_of_gitlab(r.message) else closed_issues(r.message) end",
                        ),
                        Column("issue_keys", TEXTS, "issue_keys(r.message)"),
                        Column(
                            "entire_checkpoints",
                            TEXTS,
                            "regexp_extract_all(r.message, '(?m)^Entire-Checkpoint: ([0-9a-f]{12})', 1)",
                        ),
                        Column(
                            "assistant",
                            TEXT,
                            f"lower(regexp_replace(regexp_extract(r.message, '{_ASSISTANT}'),"
                            rf" '{_ASSISTANT}', '\1\2\3\4\5'))",
                        ),
                        Column("authored_at", INSTANT, "r.authored_at", required=True),
                        Column("committed_at", INSTANT, "r.committed_at", required=True),
                    ],
                ),
                Record(
                    table="git_commit_files",
                    key=["repository_key", "sha", "path_key"],
                    each="r.files",
                    columns=[
                        _REPOSITORY,
                        Column("sha", SHA, "r.sha", required=True),
                        Column("path_key", PATH, "c.path", required=True),
                        Column("old_path_key", PATH, "c.old_path"),
                        Column("added_lines", COUNT, "c.added"),
                        Column("deleted_lines", COUNT, "c.deleted"),
                        Column("effective_added_lines", COUNT, "c.effective_added"),
                        Column("effective_deleted_lines", COUNT, "c.effective_deleted"),
                        Column("moved_lines", COUNT, "c.moved"),
                    ],
                ),
            ],
        ),
        Export(
            files="git/**/tags*.jsonl",
            noun="tag as export-git writes it",
            fields={"repository": T, "tag": T, "sha": T, "created_at": T},
            recognised="(r.tag is not null)",
            records=[
                Record(
                    table="git_tags",
                    key=["repository_key", "tag"],
                    columns=[
                        _REPOSITORY,
                        Column("tag", TEXT, "r.tag", required=True),
                        Column("sha", SHA, "r.sha", required=True),
                        Column("created_at", INSTANT, "r.created_at", required=True),
                    ],
                )
            ],
        ),
    ],
)
