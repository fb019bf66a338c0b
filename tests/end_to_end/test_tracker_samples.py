"""Real exports of trackers and of people: what was counted of them without the pipeline is what was read.

Where a sample holds the rows of another program's raw tables, its lines are the vendor's records; those of GraphQL
have the names of that program's structures, and are given the vendor's again.
"""

from __future__ import annotations

import csv
import json
import shutil
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest

from tests.end_to_end.warehouses import nothing_from_outside, skip_without
from tests.zone import Zone

_PLACES = {
    "gitlab/devlake_issues.jsonl": "gitlab/gitlab-data/snowflake_spend/issues/all.jsonl",
    "gitlab/devlake_merge_requests.jsonl": "gitlab/gitlab-data/snowflake_spend/merge_requests/all.jsonl",
    "gitlab/devlake_merge_request_commits.jsonl": "gitlab/gitlab-data/snowflake_spend/merge_request_commits/1.jsonl",
    "gitlab/devlake_deployments.jsonl": "gitlab/merico-dev/ee/vdev.co/deployments/all.jsonl",
    "linear/shortcut-repl_linear-export.csv": "linear/export.csv",
    "azure_devops/CONSTRUCTED_workitems_batch.json": "azure_devops/acme/Fabrikam/work_items/batch.json",
    "azure_devops/devlake_pull_requests.jsonl": "azure_devops/johndoe/test-project/pull_requests/all.jsonl",
    "azure_devops/devlake_pull_request_commits.jsonl": "azure_devops/johndoe/test-project/pull_request_commits/1.jsonl",
    "jira/devlake_cloud_search_page.json": "jira/cloud.example/search/page.json",
    "people/CONSTRUCTED_scim2_list_response.json": "people/scim/2026-05-14.json",
}
_GRAPHQL = {
    "linear/devlake_graphql_issues.jsonl": ("linear/issues/page.json", ("data", "issues")),
    "github/devlake_graphql_deployments.jsonl": (
        "github/facebook/OpenBIC/deployments/page.json",
        ("data", "repository", "deployments"),
    ),
}


def _records(path: str) -> list[dict[str, Any]]:
    text = (skip_without() / path).read_text("utf-8")
    return [json.loads(line) for line in text.splitlines() if line.strip()]


def _as_the_vendor_names_it(value: Any) -> Any:
    if isinstance(value, dict):
        return {name[0].lower() + name[1:]: _as_the_vendor_names_it(inner) for name, inner in value.items()}
    return [_as_the_vendor_names_it(inner) for inner in value] if isinstance(value, list) else value


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Zone]:
    samples = skip_without(*_PLACES, *_GRAPHQL)
    with nothing_from_outside():
        zone = Zone(tmp_path_factory.mktemp("trackers"))
        for path, place in _PLACES.items():
            (zone.landing / place).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(samples / path, zone.landing / place)
        for path, (place, around) in _GRAPHQL.items():
            page: Any = {"nodes": [_as_the_vendor_names_it(record) for record in _records(path)]}
            for name in reversed(around):
                page = {name: page}
            zone.put(place, json.dumps(page))
        zone.load()
    yield zone
    zone.close()


def test_every_file_is_read_and_no_record_is_refused(loaded: Zone) -> None:
    loaded.assert_balanced()
    assert (loaded.unread(), loaded.messages(), loaded.quarantine()) == ([], [], [])


def test_gitlab_s_issues_and_merge_requests_are_those_of_the_sample(loaded: Zone) -> None:
    issues = _records("gitlab/devlake_issues.jsonl")
    states = Counter((issue["state"], issue["closed_at"] is not None) for issue in issues)
    found = loaded.ask("select state, closed_at is not null, count(*) from raw.gitlab_issues group by all order by all")
    assert found == sorted((*state, count) for state, count in states.items())

    requests = _records("gitlab/devlake_merge_requests.jsonl")
    columns = ("merge_request", "state", "is_from_fork", "closed_issues", "merge_commit_sha")
    assert loaded.rows("gitlab_merge_requests", *columns) == [
        (
            said["iid"],
            said["state"],
            said["source_project_id"] != said["target_project_id"],
            [word for word in said["description"].split() if word.startswith("#")],
            said["merge_commit_sha"],
        )
        for said in sorted(requests, key=lambda said: said["iid"])
    ]
    assert loaded.ask("select distinct plain(repository_key) from raw.gitlab_merge_requests") == [
        ("gitlab.com/gitlab-data/snowflake_spend",)
    ]
    commits = _records("gitlab/devlake_merge_request_commits.jsonl")
    assert {sha for (sha,) in loaded.rows("gitlab_merge_request_commits", "sha")} == {said["id"] for said in commits}
    deployments = Counter(said["status"] for said in _records("gitlab/devlake_deployments.jsonl"))
    assert dict(loaded.ask("select status, count(*) from raw.gitlab_deployments group by all")) == deployments


def test_linear_s_issues_are_those_of_both_forms(loaded: Zone) -> None:
    with (skip_without() / "linear/shortcut-repl_linear-export.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    nodes = _records("linear/devlake_graphql_issues.jsonl")

    found = loaded.rows("linear_issues", "identifier", "completed_at is not null", "canceled_at is not null")

    assert found == sorted(
        [(row["ID"], bool(row["Completed"]), bool(row["Canceled"])) for row in rows]
        + [(node["Identifier"], bool(node["CompletedAt"]), bool(node["CanceledAt"])) for node in nodes]
    )
    assert loaded.row("linear_issues", "created_at::varchar", where="identifier = 'CLA-1'") == "2022-08-23 13:54:01"


def test_azure_devops_is_read(loaded: Zone) -> None:
    columns = ("work_item", "state", "parent", "tags", "closed_at::varchar")
    at = "2026-10-02 10:04:12.34"
    assert loaded.row("azure_devops_work_items", *columns) == (299, "Closed", 250, ["ai", "payments"], at)
    assert loaded.row("azure_devops_links", "work_item", "pull_request") == (299, 42)
    columns = ("pull_request", "plain(repository_key)", "status", "plain(source_branch_key)", "is_bot")
    assert loaded.row("azure_devops_pull_requests", *columns) == (
        1, "dev.azure.com/johndoe/test-project/test-repo2", "active", "ticket-2", False,
    )  # fmt: skip
    (commit,) = _records("azure_devops/devlake_pull_request_commits.jsonl")
    assert loaded.row("azure_devops_pull_request_commits", "sha") == commit["commitId"]


def test_github_s_deployments_succeeded_when_a_status_says_so(loaded: Zone) -> None:
    nodes = _records("github/devlake_graphql_deployments.jsonl")
    succeeded: dict[int, str] = {}
    for node in nodes:
        said = [*(node.get("Statuses") or {"nodes": []})["nodes"], node.get("LatestStatus") or {"State": None}]
        at = [one["updatedAt"] for one in said if one.get("state", one.get("State")) == "SUCCESS"]
        if at:
            succeeded[node["DatabaseId"]] = min(at)

    found = loaded.ask(
        "select deployment_id, strftime(min(said_at), '%Y-%m-%dT%H:%M:%SZ') from raw.github_deployment_statuses"
        " where state = 'success' group by all"
    )

    assert dict(found) == succeeded
    assert loaded.ask("select count(*) from raw.github_deployments") == [(len(nodes),)]


def test_jira_tells_which_keys_an_issue_had(loaded: Zone) -> None:
    issues = json.loads((skip_without() / "jira/devlake_cloud_search_page.json").read_text("utf-8"))["issues"]
    moves = {
        (issue["id"], item["fromString"], item["toString"])
        for issue in issues
        for history in issue.get("changelog", {}).get("histories", [])
        for item in history["items"]
        if item["field"].lower() == "key"
    }

    found = set(loaded.rows("jira_changes", "issue_id", "from_name", "to_name", where="field = 'key'"))

    assert found == moves


def test_scim_tells_who_is_who(loaded: Zone) -> None:
    columns = ("plain(person_key)", "team_id", "parent_team_id", "cost_center", "is_active")
    assert loaded.row("people_scim_users", *columns) == ("E0001", "Platform", "Eng", "CC-10", True)
    assert sorted(loaded.rows("people_scim_accounts", "plain(account_key)")) == [
        ("u-1.old@example.invalid",),
        ("u-1@example.invalid",),
    ]
