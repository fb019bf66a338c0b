"""What makes joins exact: per source what is often missing, how it is seen, and what to switch on.

The commands themselves stand in docs/collect.md.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Check:
    """A question to the raw tables of a source: `query` yields how many lack something, of how many."""

    source: str
    tables: Sequence[str]
    query: str
    says: str


@dataclass(frozen=True)
class Switch:
    """What to do where a source lacks one of `lacks`."""

    source: str
    lacks: Sequence[str]
    step: str


CHECKS = [
    Check(
        "github",
        ("github_pulls", "github_pull_commits"),
        "select count(*) filter (not exists (select 1 from {github_pull_commits} as c where"
        " c.repository_key = p.repository_key and c.pull_request = p.pull_request)), count(*) from {github_pulls} as p",
        "commits of {wrong:,} of {total:,} pull requests",
    ),
    Check(
        "github",
        ("github_pulls", "github_reviews"),
        "select case when (select count(*) from {github_reviews}) = 0 then count(*) else 0 end, count(*)"
        " from {github_pulls}",
        "reviews",
    ),
    Check(
        "github",
        ("github_pulls", "github_closing_references"),
        "select case when (select count(*) from {github_closing_references}) = 0 then count(*) else 0 end, count(*)"
        " from {github_pulls}",
        "closing references",
    ),
    Check(
        "github",
        ("github_pulls", "github_deployments"),
        "select case when (select count(*) from {github_deployments}) = 0 then count(*) else 0 end, count(*)"
        " from {github_pulls}",
        "deployments",
    ),
    Check(
        "gitlab",
        ("gitlab_merge_requests", "gitlab_merge_request_commits"),
        "select count(*) filter (not exists (select 1 from {gitlab_merge_request_commits} as c where"
        " c.repository_key = p.repository_key and c.merge_request = p.merge_request)), count(*)"
        " from {gitlab_merge_requests} as p",
        "commits of {wrong:,} of {total:,} merge requests",
    ),
    Check(
        "gitlab",
        ("gitlab_merge_requests", "gitlab_notes", "gitlab_approvals"),
        "select case when (select count(*) from {gitlab_notes}) + (select count(*) from {gitlab_approvals}) = 0"
        " then count(*) else 0 end, count(*) from {gitlab_merge_requests}",
        "reviews",
    ),
    Check(
        "gitlab",
        ("gitlab_merge_requests", "gitlab_deployments"),
        "select case when (select count(*) from {gitlab_deployments}) = 0 then count(*) else 0 end, count(*)"
        " from {gitlab_merge_requests}",
        "deployments",
    ),
    Check(
        "gitlab",
        ("gitlab_issues", "gitlab_issue_events"),
        "select count(*) filter (global_id not in (select issue_global_id from {gitlab_issue_events})), count(*)"
        " from {gitlab_issues} where state = 'closed'",
        "history of {wrong:,} of {total:,} closed issues",
    ),
    Check(
        "jira",
        ("jira_issues", "jira_changes"),
        "select count(*) filter (coalesce(changes_total > changes_listed, changes_total is null)"
        " and issue_id not in (select issue_id from {jira_changes} where issue_id is not null)"
        " and issue_key not in (select issue_key from {jira_changes} where issue_key is not null)), count(*)"
        " from {jira_issues}",
        "history of {wrong:,} of {total:,} issues",
    ),
    Check(
        "linear",
        ("linear_issues", "linear_issue_changes"),
        "select count(*) filter (coalesce(issue_id, '') not in (select issue_id from {linear_issue_changes})), count(*)"
        " from {linear_issues} where completed_at is not null or canceled_at is not null",
        "history of {wrong:,} of {total:,} issues that are done",
    ),
    Check(
        "azure_devops",
        ("azure_devops_work_items", "azure_devops_updates"),
        "select count(*) filter (work_item not in (select work_item from {azure_devops_updates})), count(*)"
        " from {azure_devops_work_items} where closed_at is not null",
        "history of {wrong:,} of {total:,} closed work items",
    ),
    Check(
        "azure_devops",
        ("azure_devops_pull_requests", "azure_devops_pull_request_commits"),
        "select count(*) filter (pull_request not in (select pull_request from {azure_devops_pull_request_commits})),"
        " count(*) from {azure_devops_pull_requests}",
        "commits of {wrong:,} of {total:,} pull requests",
    ),
    Check(
        "people",
        ("people_members",),
        "select count(*) filter (team_id is null), count(*) from {people_members}",
        "a team of {wrong:,} of {total:,} members",
    ),
]

# Where none of the sources, or groups of sources, is there.
MISSING_SOURCES: list[tuple[Sequence[str], str]] = [
    (["people"], "List who is who in people/members.csv and people/accounts.csv: without it nothing has a team."),
    (["usage"], "Collect usage from a first tool; docs/collect.md has the command for each."),
    (
        ["git"],
        "Export the repositories' commits with tokenworth export-git: without them nothing says when work arrived,"
        " how large it was and whether it was taken back.",
    ),
    (
        ["github", "gitlab", "azure_devops"],
        "Export pull requests (or merge requests): their branches are what most usage is joined by.",
    ),
    (
        ["jira", "linear", "azure_devops", "github", "gitlab"],
        "Export the issues of your tracker: value stands on them.",
    ),
]

_TAGGED = "so that every request names its ticket and repository"
SWITCHES = [
    Switch(
        "otel",
        ["branch", "repository", "ticket"],
        "otel: set OTEL_RESOURCE_ATTRIBUTES to vcs.repository.url.full=…,vcs.ref.head.name=…,ticket=… in the shell"
        f" that starts the tool, {_TAGGED}; and OTEL_LOG_TOOL_DETAILS=1, so that commits are reported.",
    ),
    Switch(
        "litellm",
        ["branch", "repository", "ticket"],
        f'litellm: send request_tags such as ["ticket:SHOP-1", "repo:github.com/acme/shop"], {_TAGGED}.',
    ),
    Switch(
        "bedrock",
        ["branch", "repository", "ticket"],
        f"bedrock: send requestMetadata with ticket, repository and branch, {_TAGGED}.",
    ),
    Switch(
        "claude_code",
        ["repository"],
        "claude_code: name the folders that people work in, in repositories.csv.",
    ),
    Switch(
        "claude_code",
        ["branch"],
        "claude_code: collect transcripts of sessions inside a checkout; those outside of git know no branch.",
    ),
    Switch("github", ["commits of"], "github: export GET /pulls/{number}/commits into pull_commits/."),
    Switch("github", ["reviews"], "github: export GET /pulls/{number}/reviews into reviews/."),
    Switch("github", ["closing references"], "github: ask GraphQL for closingIssuesReferences, into pulls/."),
    Switch("github", ["deployments"], "github: export deployments with their statuses into deployments/."),
    Switch("gitlab", ["commits of"], "gitlab: export merge_requests/:iid/commits into merge_request_commits/."),
    Switch(
        "gitlab", ["reviews"], "gitlab: export merge_requests/:iid/notes into notes/, or approvals into approvals/."
    ),
    Switch("gitlab", ["deployments"], "gitlab: export the project's deployments into deployments/."),
    Switch("gitlab", ["history of"], "gitlab: export issues/:iid/resource_state_events into issue_events/."),
    Switch("jira", ["history of"], "jira: export POST /changelog/bulkfetch into changelog/, or search with changelog."),
    Switch("linear", ["history of"], "linear: ask GraphQL for history; the CSV has none."),
    Switch("azure_devops", ["history of"], "azure_devops: export workItems/{id}/updates into updates/."),
    Switch(
        "azure_devops", ["commits of"], "azure_devops: export pullRequests/{id}/commits into pull_request_commits/."
    ),
    Switch("people", ["a team"], "people: give every member a team_id in members.csv."),
]
