"""Commits and tags as export-git writes them: who, when, what files, and what a message says of other work."""

from __future__ import annotations

from datetime import datetime

import pytest

from tests.exports import json_lines
from tests.work_exports import SHA, commit, sha
from tests.zone import Zone

_FOLDER = "git/github.com/acme/shop"


def test_a_commit_is_kept_field_by_field_and_its_files_apart(zone: Zone) -> None:
    files = [
        {"path": "src/cart.py", "old_path": "cart.py", "added": 10, "deleted": 2, "effective_added": 8,
         "effective_deleted": 1, "moved": 3},
        {"path": "logo.png", "added": None, "deleted": None},
    ]  # fmt: skip
    zone.put(f"{_FOLDER}/commits.jsonl", json_lines([commit(2, files=files, patch_id="p-1")]))

    zone.load()

    columns = (
        "plain(repository_key)", "sha", "parents", "plain(author_key)", "author_login_key",
        "plain(committer_key)", "committer_login_key", "is_bot",
        "on_default_branch", "is_merge", "patch_id", "subject_key", "authored_at", "committed_at",
    )  # fmt: skip
    assert zone.row("git_commits", *columns) == (
        "github.com/acme/shop", sha(2), [sha(1)], "ada.quill@acme.example", None,
        "ada.quill@acme.example", None, False,
        True, False, "p-1", None, datetime(2026, 2, 1, 9), datetime(2026, 2, 1, 9, 5),
    )  # fmt: skip
    of_file = (
        "plain(repository_key)", "sha", "plain(path_key)", "plain(old_path_key)", "added_lines", "deleted_lines",
        "effective_added_lines", "effective_deleted_lines", "moved_lines",
    )  # fmt: skip
    assert zone.rows("git_commit_files", *of_file) == [
        ("github.com/acme/shop", sha(2), "logo.png", None, None, None, None, None, None),
        ("github.com/acme/shop", sha(2), "src/cart.py", "cart.py", 10, 2, 8, 1, 3),
    ]
    assert zone.ledger() == [(1, 1, 0, 0, 0)]
    assert "confidential" not in str(zone.everything())


@pytest.fixture(scope="module")
def messages(tmp_path_factory: pytest.TempPathFactory) -> Zone:
    """Commits of which each one's message says something else."""
    zone = Zone(tmp_path_factory.mktemp("messages"), keep_titles=True)
    said = {
        1: "Merge pull request #325 from ada-q/feature/cart\n\nThe cart",
        2: "Let the cart keep its items (#123)",
        3: f'Revert "Let the cart keep its items (#123)"\n\nThis reverts commit {SHA}.',
        4: "SHOP-3 and WEB-4: a change\n\nFixes #12, closes acme/other#13\nSHOP-3 again",
        5: "A change\n\nEntire-Checkpoint: 0123456789ab\nEntire-Checkpoint: ba9876543210",
        6: "A change\n\nCo-Authored-By: Claude Opus 4.6 <noreply@anthropic.com>",
        7: "A change\n\nCo-authored-by: Cursor <cursoragent@cursor.com>",
        8: "A change\n\nCo-authored-by: Copilot <175728472+Copilot@users.noreply.github.com>",
        9: "A change\n\nCo-authored-by: Claude Monet <claude@acme.example>",
        10: "Reverts acme/shop#12 for now",
        11: "Reverting is hard (see #5)",
        12: "Merge branch 'fix' into 'main'\n\nKeep items\n\nSee merge request acme/platform/shop!34",
        13: "Merged PR 35: Keep items\n\nRelated work items: #12",
        14: "A change",
    }
    of_author = {
        1: "12345+ada-q@users.noreply.github.com",
        2: "49699333+dependabot[bot]@users.noreply.github.com",
        14: "77-ada-q@users.noreply.gitlab.com",
    }
    commits = [
        commit(n, message=message, author_email=of_author.get(n, "ada.quill@acme.example"))
        for n, message in said.items()
    ]
    commits[0]["parents"] = [sha(50), sha(51)]
    zone.put(f"{_FOLDER}/commits.jsonl", json_lines(commits))
    zone.load()
    return zone


@pytest.mark.parametrize(
    ("number", "column", "value"),
    [
        (1, "merged_pull_request", 325),
        (1, "plain(merged_branch_key)", "feature/cart"),
        (1, "subject_pull_request", None),
        (1, "is_merge", True),
        (1, "plain(author_login_key)", "ada-q"),
        (1, "is_bot", False),
        (1, "login_system", "github"),
        (12, "merged_pull_request", 34),
        (13, "merged_pull_request", 35),
        (13, "issue_keys", ["AB#12"]),
        (14, "plain(author_login_key)", "ada-q"),
        (14, "login_system", "gitlab"),
        (2, "subject_pull_request", 123),
        (2, "merged_pull_request", None),
        (2, "subject_says_revert", False),
        (2, "is_bot", True),
        (2, "plain(subject_key)", "Let the cart keep its items (#123)"),
        (3, "subject_says_revert", True),
        (3, "reverted_commits", [SHA]),
        (3, "subject_pull_request", None),
        (4, "issue_keys", ["SHOP-3", "WEB-4"]),
        (4, "closed_issues", ["#12", "acme/other#13"]),
        (5, "entire_checkpoints", ["0123456789ab", "ba9876543210"]),
        (5, "assistant", None),
        (6, "assistant", "anthropic"),
        (7, "assistant", "cursor"),
        (8, "assistant", "copilot"),
        (9, "assistant", None),
        (10, "reverted_pull_requests", ["acme/shop#12"]),
        (10, "subject_says_revert", False),
        (11, "closed_issues", []),
    ],
)
def test_what_a_message_says_of_other_work(messages: Zone, number: int, column: str, value: object) -> None:
    assert messages.row("git_commits", column, where=f"sha = '{sha(number)}'") == value


def test_the_same_change_has_one_fingerprint_whatever_its_sha_became(zone: Zone) -> None:
    picked = commit(
        2, author_email="ADA.QUILL@acme.example", authored_at="2026-02-01T09:00:00Z", message="The cart\n\nx"
    )
    commits = [commit(1, message="The cart"), picked, commit(3, message="Another")]
    zone.put(f"{_FOLDER}/commits.jsonl", json_lines(commits))

    zone.load()

    (one, two, three) = [f for _, f in zone.rows("git_commits", "sha", "change_fingerprint")]
    assert one == two != three
    assert len(one) == 64


def test_a_commit_of_which_one_file_is_wrong_is_quarantined_whole(zone: Zone) -> None:
    wrong = [
        commit(2, files=[{"path": "a", "added": 1, "deleted": 0}, {"path": "b", "added": -1, "deleted": 0}]),
        commit(3, sha="not a sha"),
        commit(4, repository=""),
        commit(5, committed_at="yesterday"),
        {"hello": "world"},
    ]
    zone.put(f"{_FOLDER}/commits.jsonl", json_lines([commit(1), *wrong, commit(6, files=[])]))

    zone.load()

    assert zone.rows("git_commits", "sha") == [(sha(1),), (sha(6),)]
    assert zone.rows("git_commit_files", "distinct sha") == [(sha(1),)]
    assert zone.reasons() == [
        (2, "added_lines is not a number of things from 0 to 1,000,000,000,000"),
        (3, "sha is not the id of a commit"),
        (4, "repository_key is missing"),
        (5, "committed_at is not a time between the years 2000 and 2099"),
        (6, "it is no commit as export-git writes it"),
    ]
    assert zone.ledger() == [(7, 2, 0, 0, 5)]
    zone.assert_balanced()


def test_tags_are_kept(zone: Zone) -> None:
    tag = {
        "repository": "git@github.com:acme/shop.git",
        "tag": "v1.2.0",
        "sha": SHA.upper(),
        "created_at": "2026-02-01",
    }
    zone.put(f"{_FOLDER}/tags.jsonl", json_lines([tag, {**tag, "tag": None}]))

    zone.load()

    assert zone.row("git_tags", "plain(repository_key)", "tag", "sha", "created_at") == (
        "github.com/acme/shop", "v1.2.0", SHA, datetime(2026, 2, 1),
    )  # fmt: skip
    assert zone.reasons() == [(2, "it is no tag as export-git writes it")]
