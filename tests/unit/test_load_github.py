"""GitHub's REST answers: pull requests, their commits, issues, releases and reviews."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime

import pytest

from tests.exports import json_lines
from tests.work_exports import SHA, github_issue, pull, pull_commit, release, review, sha
from tests.zone import Zone

_FOLDER = "github/Acme/Shop"
_PULL = (
    "plain(repository_key)", "pull_request", "state", "title_key", "plain(author_key)", "is_bot",
    "plain(merged_by_key)", "is_draft", "labels", "plain(head_branch_key)", "head_sha", "plain(head_repository_key)",
    "plain(base_branch_key)", "plain(default_branch_key)", "merge_commit_sha", "added_lines", "deleted_lines",
    "changed_files", "closed_issues", "title_issue_keys", "body_issue_keys", "says_revert", "created_at", "updated_at",
    "closed_at", "merged_at",
)  # fmt: skip


def test_a_pull_request_is_kept_field_by_field(zone: Zone) -> None:
    detail = pull(
        1,
        body="Fixes #7, closes acme/web#8 and fixes WEB-9",
        merged_by={"login": "Ben-K"},
        additions=10,
        deletions=2,
        changed_files=3,
        created_at="2026-02-01T10:00:00+01:00",
    )
    zone.put(f"{_FOLDER}/pulls/1.json", json.dumps(detail, indent=2))

    zone.load()

    assert zone.row("github_pulls", *_PULL) == (
        "github.com/acme/shop", 1, "closed", None, "ada-q", False,
        "ben-k", False, ["bug", "cart"], "ada-q/SHOP-1-cart", sha(5), "github.com/acme/shop",
        "main", "main", SHA, 10, 2,
        3, ["#7", "acme/web#8"], ["SHOP-1"], ["WEB-9"], False, datetime(2026, 2, 1, 9), datetime(2026, 2, 2, 10),
        datetime(2026, 2, 2, 10), datetime(2026, 2, 2, 10),
    )  # fmt: skip
    assert "confidential" not in str(zone.everything())


@pytest.fixture(scope="module")
def forms(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Zone]:
    """The pull requests 1 and 2 in every form."""
    zone = Zone(tmp_path_factory.mktemp("forms"))
    both = [pull(1), pull(2)]
    for name, content in {
        "page.json": json.dumps(both),
        "printed.json": json.dumps(both, indent=2),
        "lines.jsonl": json_lines(both),
        "lines.json": json_lines(both),
        "search.json": json.dumps({"total_count": 2, "incomplete_results": False, "items": both}),
        "marked.json": "\ufeff" + json.dumps(both),
        "last.json": "[]",
    }.items():
        zone.put(f"github/acme/{name.replace('.', '-')}/pulls/{name}", content)
    for entry in both:
        zone.put(f"github/acme/single/pulls/{entry['number']}.json", json.dumps(entry))
    zone.load()
    yield zone
    zone.close()


@pytest.mark.parametrize(
    "form", ["page-json", "printed-json", "lines-jsonl", "lines-json", "search-json", "marked-json", "single"]
)
def test_pull_requests_come_as_arrays_pages_single_objects_or_lines(forms: Zone, form: str) -> None:
    of_form = f"plain(repository_key) = 'github.com/acme/{form}'"

    assert forms.rows("github_pulls", "pull_request", "title_issue_keys", where=of_form) == [
        (1, ["SHOP-1"]),
        (2, ["SHOP-2"]),
    ]


def test_the_last_page_may_be_empty(forms: Zone) -> None:
    assert forms.ledger("github/acme/last-json/pulls/last.json") == [(0, 0, 0, 0, 0)]
    assert forms.quarantine() == []
    forms.assert_balanced()


def test_missing_people_branches_and_repositories_are_null(zone: Zone) -> None:
    ghost = pull(
        1, user=None, head={"ref": None, "sha": None, "repo": None}, labels=None, body=None, merged_at=None,
        merge_commit_sha=None, closed_at=None, state="open", title=None,
    )  # fmt: skip
    zone.put(f"{_FOLDER}/pulls/1.json", json.dumps(ghost))

    zone.load()

    columns = (
        "state",
        "author_key",
        "is_bot",
        "head_branch_key",
        "head_repository_key",
        "labels",
        "merged_at",
        "says_revert",
    )
    assert zone.row("github_pulls", *columns) == ("open", None, None, None, None, None, None, None)


def test_bots_are_known_by_their_type_or_name(zone: Zone) -> None:
    users = [
        {"login": "dependabot[bot]", "type": "Bot"},
        {"login": "renovate[bot]"},
        {"login": "ada-q", "type": "User"},
    ]
    zone.put(f"{_FOLDER}/pulls/p.json", json.dumps([pull(n, user=user) for n, user in enumerate(users, start=1)]))

    zone.load()

    assert zone.rows("github_pulls", "pull_request", "is_bot") == [(1, True), (2, True), (3, False)]


def test_reverts_name_what_they_take_back(zone: Zone) -> None:
    body = f"Reverts acme/shop#12\n\nThis reverts commit {SHA}."
    zone.put(f"{_FOLDER}/pulls/p.json", json.dumps([pull(1, title='Revert "The cart"', body=body)]))

    zone.load()

    columns = ("says_revert", "reverted_pull_requests", "reverted_commits")
    assert zone.row("github_pulls", *columns) == (True, ["acme/shop#12"], [SHA])


def test_the_host_of_a_github_of_one_s_own_is_in_its_links(zone: Zone) -> None:
    zone.put(f"{_FOLDER}/pulls/1.json", json.dumps(pull(1, html_url="https://git.acme.example/Acme/Shop/pull/1")))
    zone.put(f"{_FOLDER}/pulls/2.json", json.dumps(pull(2, html_url=None)))

    zone.load()

    assert zone.rows("github_pulls", "plain(repository_key)") == [
        ("git.acme.example/acme/shop",),
        ("github.com/acme/shop",),
    ]


def test_commits_of_a_pull_request_are_kept_under_the_number_in_the_file_s_name(zone: Zone) -> None:
    zone.put(f"{_FOLDER}/pull_commits/34.json", json.dumps([pull_commit(2)]))
    zone.put(f"{_FOLDER}/pull_commits/34_2.json", json.dumps([pull_commit(3)]))

    zone.load()

    columns = (
        "plain(repository_key)", "pull_request", "sha", "parents", "plain(author_login_key)", "plain(author_key)",
        "issue_keys", "closed_issues", "entire_checkpoints", "authored_at", "committed_at",
    )  # fmt: skip
    assert zone.row("github_pull_commits", *columns) == (
        "github.com/acme/shop", 34, sha(2), [sha(1)], "ada-q", "ada.quill@acme.example",
        ["SHOP-3"], ["#8"], ["0123456789ab"], datetime(2026, 2, 1, 10), datetime(2026, 2, 1, 10, 5),
    )  # fmt: skip
    assert zone.reasons() == [(1, "pull_request is not a number of a row from 0 to 9,007,199,254,740,992")]


def test_a_commit_of_a_pull_request_has_a_committer_unless_somebody_pressed_a_button(zone: Zone) -> None:
    author = pull_commit(2)["commit"]["author"]
    own = {**pull_commit(2)["commit"], "committer": {**author, "email": "Ben@acme.example"}}
    commits = [
        pull_commit(1, committer={"login": "web-flow"}),
        pull_commit(2, commit=own, committer={"login": "ben"}, parents=[{"sha": sha(1)}, {"sha": sha(9)}]),
        pull_commit(3, author={"login": "updater[bot]", "type": "Bot"}),
    ]
    zone.put(f"{_FOLDER}/pull_commits/34.json", json.dumps(commits))

    zone.load()

    columns = ("sha", "plain(committer_key)", "plain(committer_login_key)", "is_merge", "is_bot")
    assert zone.rows("github_pull_commits", *columns) == [
        (sha(1), None, None, False, False),
        (sha(2), "ben@acme.example", "ben", True, False),
        (sha(3), None, None, False, True),
    ]


def test_an_issue_is_kept_and_a_pull_request_in_the_list_of_issues_is_not(zone: Zone) -> None:
    listed = [github_issue(7), github_issue(8, pull_request={"url": "https://api.github.com/x"})]
    zone.put(f"{_FOLDER}/issues/page.json", json.dumps(listed))

    zone.load()

    columns = (
        "plain(repository_key)", "issue", "state", "state_reason", "title_key", "issue_type", "labels",
        "plain(author_key)", "is_bot", "plain(assignee_key)", "created_at", "updated_at", "closed_at",
    )  # fmt: skip
    assert zone.row("github_issues", *columns) == (
        "github.com/acme/shop", 7, "closed", "completed", None, "Bug", ["bug"],
        "ben-k", False, "ada-q", datetime(2026, 2, 1, 8), datetime(2026, 2, 3, 8), datetime(2026, 2, 3, 8),
    )  # fmt: skip
    assert zone.ledger() == [(2, 1, 0, 1, 0)]
    assert "confidential" not in str(zone.everything())


def test_a_release_and_a_review_are_kept(zone: Zone) -> None:
    zone.put(f"{_FOLDER}/releases/page.json", json.dumps([release(1)]))
    unnamed = review(2, pull_request_url=None)
    zone.put(f"{_FOLDER}/reviews/34.json", json.dumps([review(1), unnamed]))

    zone.load()

    columns = (
        "plain(repository_key)", "release_id", "tag", "title_key", "is_draft", "is_prerelease", "plain(author_key)",
        "is_bot", "created_at", "published_at",
    )  # fmt: skip
    assert zone.row("github_releases", *columns) == (
        "github.com/acme/shop", 501, "v1.1.0", None, False, True, "release-please[bot]",
        True, datetime(2026, 2, 3, 8), datetime(2026, 2, 4, 8),
    )  # fmt: skip
    of_review = ("review_id", "pull_request", "plain(reviewer_key)", "is_bot", "state", "commit_sha", "submitted_at")
    at = datetime(2026, 2, 2, 9)
    assert zone.rows("github_reviews", *of_review) == [
        (701, 1, "ben-k", False, "APPROVED", SHA, at),
        (702, 34, "ben-k", False, "APPROVED", SHA, at),
    ]
    assert "onfidential" not in str(zone.everything())


def test_titles_are_kept_where_they_are_wanted(zone: Zone) -> None:
    zone.set(keep_titles=True)
    zone.put(f"{_FOLDER}/pulls/1.json", json.dumps(pull(1, title="Let ada-q's cart keep items")))
    zone.put(f"{_FOLDER}/releases/1.json", json.dumps(release(1)))

    zone.load()

    assert zone.row("github_releases", "masked(title_key)") == "The cart release"
    title = zone.row("github_pulls", "masked(title_key)")
    assert title.startswith("Let person-")
    assert title.endswith("'s cart keep items")


def test_answers_that_are_errors_and_wrong_entries_are_quarantined(zone: Zone) -> None:
    zone.put(f"{_FOLDER}/pulls/error.json", json.dumps({"message": "Not Found", "status": "404"}))
    page = [
        pull(1),
        pull(2, number="two"),
        pull(3, created_at=None),
        github_issue(4),
        "text",
        None,
        5,
        [pull(6)],
        pull(7),
    ]
    zone.put(f"{_FOLDER}/pulls/page.json", json.dumps(page))

    zone.load()

    assert zone.rows("github_pulls", "pull_request") == [(1,), (7,)]
    none = "it is no JSON object"
    assert zone.reasons(f"{_FOLDER}/pulls/page.json") == [
        (2, "pull_request is not a number of a row from 0 to 9,007,199,254,740,992"),
        (3, "created_at is missing"),
        (4, "it is no GitHub pull request"),
        (5, none), (6, none), (7, none), (8, none),
    ]  # fmt: skip
    assert zone.ledger(f"{_FOLDER}/pulls/page.json") == [(9, 2, 0, 0, 7)]
    assert zone.ledger(f"{_FOLDER}/pulls/error.json") == [(1, 0, 0, 0, 1)]
    zone.assert_balanced()


def test_a_page_of_graphql_tells_which_issues_a_pull_request_closes(zone: Zone) -> None:
    node = {
        "number": 1, "title": "SHOP-1 keep items", "body": "Confidential", "state": "MERGED", "isDraft": False,
        "url": "https://github.com/Acme/Shop/pull/1", "author": {"login": "Ada-Q", "__typename": "User"},
        "createdAt": "2026-02-01T10:00:00Z", "updatedAt": "2026-02-02T10:00:00Z", "mergedAt": "2026-02-02T10:00:00Z",
        "closedAt": "2026-02-02T10:00:00Z", "headRefName": "ada-q/cart", "headRefOid": sha(5),
        "headRepository": {"nameWithOwner": "acme/shop"}, "baseRefName": "main", "mergeCommit": {"oid": SHA},
        "additions": 10, "deletions": 2, "changedFiles": 3,
        "closingIssuesReferences": {"nodes": [
            {"number": 7, "repository": {"nameWithOwner": "Acme/Shop"}},
            {"number": 8, "repository": {"nameWithOwner": "acme/web"}},
        ]},
    }  # fmt: skip
    answer = {"data": {"repository": {"pullRequests": {"nodes": [node], "pageInfo": {"hasNextPage": False}}}}}
    zone.put(f"{_FOLDER}/pulls/graphql.json", json.dumps(answer))

    zone.load()

    assert zone.row("github_pulls", *_PULL) == (
        "github.com/acme/shop", 1, "MERGED", None, "ada-q", False,
        None, False, None, "ada-q/cart", sha(5), "github.com/acme/shop",
        "main", None, SHA, 10, 2,
        3, [], ["SHOP-1"], [], False, datetime(2026, 2, 1, 10), datetime(2026, 2, 2, 10),
        datetime(2026, 2, 2, 10), datetime(2026, 2, 2, 10),
    )  # fmt: skip
    columns = ("plain(repository_key)", "pull_request", "plain(issue_repository_key)", "issue")
    assert zone.rows("github_closing_references", *columns) == [
        ("github.com/acme/shop", 1, "github.com/acme/shop", 7),
        ("github.com/acme/shop", 1, "github.com/acme/web", 8),
    ]
    assert "onfidential" not in str(zone.everything())


def test_deployments_come_with_their_statuses_beside_or_in_them(zone: Zone) -> None:
    api = "https://api.github.com/repos/acme/shop/deployments"
    rest = {"id": 1, "url": f"{api}/1", "sha": SHA, "environment": "production", "production_environment": True,
            "created_at": "2026-02-03T09:00:00Z", "payload": "Confidential"}  # fmt: skip
    status = {"id": 5, "state": "success", "deployment_url": f"{api}/1", "environment": "production",
              "created_at": "2026-02-03T10:00:00Z"}  # fmt: skip
    node = {"id": "DE_x", "databaseId": 2, "commitOid": SHA, "latestEnvironment": "staging", "state": "INACTIVE",
            "createdAt": "2026-02-03T09:00:00Z",
            "latestStatus": {"state": "INACTIVE", "createdAt": "2026-02-04T10:00:00Z"},
            "statuses": {"nodes": [{"state": "SUCCESS", "createdAt": "2026-02-03T10:00:00Z"}]}}  # fmt: skip
    zone.put(f"{_FOLDER}/deployments/page.json", json.dumps([rest]))
    zone.put(f"{_FOLDER}/deployments/1-statuses.json", json.dumps([status]))
    graphql = {"data": {"repository": {"deployments": {"nodes": [node]}}}}
    zone.put(f"{_FOLDER}/deployments/graphql.json", json.dumps(graphql))

    zone.load()

    columns = ("plain(repository_key)", "deployment_id", "sha", "environment", "is_production", "created_at")
    began, ended = datetime(2026, 2, 3, 9), datetime(2026, 2, 3, 10)
    assert zone.rows("github_deployments", *columns) == [
        ("github.com/acme/shop", 1, SHA, "production", True, began),
        ("github.com/acme/shop", 2, SHA, "staging", None, began),
    ]
    assert sorted(zone.rows("github_deployment_statuses", "deployment_id", "state", "said_at")) == [
        (1, "success", ended),
        (2, "inactive", datetime(2026, 2, 4, 10)),
        (2, "success", ended),
    ]
    assert "onfidential" not in str(zone.everything())
    zone.assert_balanced()
