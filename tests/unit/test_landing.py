"""Which files of a landing zone are read, as what, and what is said of the others."""

from __future__ import annotations

import os
from datetime import datetime
from pathlib import Path

import pytest

from tests.zone import Zone
from tokenworth.errors import UsageError
from tokenworth.landing import folder_accounts, list_files
from tokenworth.sources import all_sources


@pytest.mark.parametrize(
    ("name", "table", "captures"),
    [
        ("claude_code/ada/projects/-home-ada-shop/s.jsonl", "claude_code_requests", {"account": "ada"}),
        ("claude_code/ada/projects/s/one/subagents/agent-1.jsonl.gz", "claude_code_requests", {"account": "ada"}),
        ("claude_code/ada/projects/s.jsonl.zst", "claude_code_requests", {"account": "ada"}),
        ("gemini_cli/ada/ff/chats/session-2026.json", "gemini_cli_messages", {"account": "ada", "chat": "2026"}),
        ("otel/a.jsonl", "otel_api_requests", {}),
        ("litellm/a.parquet", "litellm_requests", {}),
        ("litellm/a.csv.gz", "litellm_requests", {}),
        ("git/github.com/acme/shop/commits-2026.jsonl", "git_commits", {}),
        ("git/github.com/acme/shop/tags.jsonl", "git_tags", {}),
        ("github/acme/shop/pulls/page-1.json", "github_pulls", {"owner": "acme", "repo": "shop"}),
        (
            "github/acme/shop/pull_commits/12.json",
            "github_pull_commits",
            {"owner": "acme", "repo": "shop", "pull": "12"},
        ),
        ("github/acme/shop/issues/7.json", "github_issues", {"owner": "acme", "repo": "shop"}),
        ("github/acme/shop/releases/1.jsonl", "github_releases", {"owner": "acme", "repo": "shop"}),
        ("github/acme/shop/reviews/12.json", "github_reviews", {"owner": "acme", "repo": "shop", "pull": "12"}),
        ("jira/acme/search/1.json", "jira_issues", {"site": "acme"}),
        ("jira/acme/changelog/SHOP-1.jsonl", "jira_changelogs", {"site": "acme", "issue": "SHOP-1"}),
        ("jira/acme/csv/all.csv", "jira_issues", {"site": "acme"}),
        ("entire/acme/shop/ab/cd/0/metadata.json", "entire_sessions", {"owner": "acme", "repo": "shop"}),
        ("people/members.csv", "people_members", {}),
        ("people/accounts.csv", "people_accounts", {}),
        ("people/teams.csv.gz", "people_teams", {}),
        ("repositories.csv", "repositories_aliases", {}),
    ],
)
def test_every_place_of_the_landing_zone_is_read_as_what_arrives_there(
    zone: Zone, name: str, table: str, captures: dict[str, str]
) -> None:
    zone.put(name, "x")

    (file,) = list_files(zone.landing).files

    assert table in [record.table for record in file.export.records]
    assert file.captures == captures


@pytest.mark.parametrize(
    "name",
    [
        "notes.txt",
        "claude_code/ada/history.jsonl",
        "claude_code/projects/s.jsonl",
        "litellm/deeper/a.jsonl",
        "otel/a.txt",
        "github/acme/shop/pulls/1.csv",
        "people/members.csv.bak",
        "repositories.csv/nested.csv",
        "litellm/a.jsonl.bz2",
    ],
)
def test_a_file_that_nobody_reads_is_listed_as_such(zone: Zone, name: str) -> None:
    zone.put(name, "x")

    listing = list_files(zone.landing)

    assert listing.files == []
    assert [(u.name, u.reason) for u in listing.unread] == [(name, "no source reads a file of this name")]


@pytest.mark.parametrize(
    "name",
    [
        'it\'s "quoted".jsonl',
        "two words.jsonl",
        "two\nlines.jsonl",
        "ret\rurn.jsonl",
        "[a-z]*?.jsonl",
        "{a,b}.jsonl",
        "back\\slash.jsonl",
        "semi;colon--.jsonl",
        "größe ☃.jsonl",
        "-.jsonl",
        "a" * 200 + ".jsonl",
    ],
)
def test_a_file_may_have_any_name(zone: Zone, name: str) -> None:
    zone.put(f"otel/{name}", "x")

    assert [file.name for file in list_files(zone.landing).files] == [f"otel/{name}"]


def test_names_that_are_not_utf8_are_shown_byte_by_byte(zone: Zone) -> None:
    zone.put(b"otel/caf\xe9.jsonl", "x")

    (file,) = list_files(zone.landing).files

    assert file.name == r"otel/caf\xe9.jsonl"
    assert file.path.read_bytes() == b"x"


def test_of_two_names_that_read_the_same_one_is_left_alone_and_said_to_be(zone: Zone) -> None:
    zone.put(b"otel/caf\xe9.jsonl", "x")
    zone.put(rb"otel/caf\xe9.jsonl", "y")

    listing = list_files(zone.landing)

    assert len(listing.files) == 1
    assert [u.reason for u in listing.unread] == ["another file's name reads the same"]


def test_links_out_of_the_zone_and_to_folders_are_refused(zone: Zone, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "secret.jsonl").write_text("x")
    inside = zone.put("otel/real.jsonl", "x")
    (zone.landing / "otel/out.jsonl").symlink_to(outside / "secret.jsonl")
    (zone.landing / "otel/up.jsonl").symlink_to("../../outside/secret.jsonl")
    (zone.landing / "otel/nowhere.jsonl").symlink_to(outside / "nothing")
    (zone.landing / "otel/circle.jsonl").symlink_to("circle.jsonl")
    (zone.landing / "litellm").symlink_to(outside)
    (zone.landing / "people").symlink_to("otel")
    (zone.landing / "otel/inner.jsonl").symlink_to(inside)

    listing = list_files(zone.landing)

    assert [file.name for file in listing.files] == ["otel/inner.jsonl", "otel/real.jsonl"]
    out, folder = "a link that leads out of the landing zone, or nowhere", "a link that leads to a folder"
    assert [(u.name, u.reason) for u in listing.unread] == [
        ("litellm", folder),
        ("otel/circle.jsonl", out),
        ("otel/nowhere.jsonl", out),
        ("otel/out.jsonl", out),
        ("otel/up.jsonl", out),
        ("people", folder),
    ]


def test_a_landing_zone_may_itself_be_a_link(zone: Zone, tmp_path: Path) -> None:
    zone.put("otel/a.jsonl", "x")
    (tmp_path / "link").symlink_to(zone.landing)

    assert [file.name for file in list_files(tmp_path / "link").files] == ["otel/a.jsonl"]


def test_what_is_no_file_is_not_waited_for(zone: Zone) -> None:
    (zone.landing / "otel").mkdir()
    os.mkfifo(zone.landing / "otel/pipe.jsonl")
    zone.put("otel/a.jsonl", "x")
    os.mkfifo(zone.landing / "otel/a.jsonl.meta.json")

    listing = list_files(zone.landing)

    assert [file.name for file in listing.files] == ["otel/a.jsonl"]
    assert {u.reason for u in listing.unread} == {"not a file"}


def test_an_empty_zone_is_fine_and_a_missing_one_is_not(zone: Zone, tmp_path: Path) -> None:
    (zone.landing / "otel").mkdir()

    assert list_files(zone.landing).files == []
    with pytest.raises(UsageError, match="there is no landing zone"):
        list_files(tmp_path / "nothing")


def test_people_come_first_because_they_decide_what_is_hidden_elsewhere(zone: Zone) -> None:
    for name in ("claude_code/ada/projects/s.jsonl", "otel/a.jsonl", "people/members.csv", "github/a/b/pulls/1.json"):
        zone.put(name, "x")

    assert [file.source.name for file in list_files(zone.landing).files] == ["people", "github", "claude_code", "otel"]
    assert next(iter(all_sources())) == "people"


def test_only_the_sources_asked_for_are_listed(zone: Zone) -> None:
    zone.put("otel/a.jsonl", "x")
    zone.put("litellm/a.jsonl", "x")

    assert [file.name for file in list_files(zone.landing, {"litellm"}).files] == ["litellm/a.jsonl"]


@pytest.mark.parametrize(
    ("sidecar", "expected"),
    [
        ('{"extracted_at": "2026-02-01T10:00:00+02:00"}', datetime(2026, 2, 1, 8)),
        ('{"extracted_at": "2026-02-01T10:00:00"}', datetime(2026, 2, 1, 10)),
        ('\ufeff{"extracted_at": "2026-02-01T10:00:00Z"}', datetime(2026, 2, 1, 10)),
        ('{"extracted_at": "yesterday"}', None),
        ('{"extracted_at": 5}', None),
        ('{"extracted_at": "0001-01-01T00:00:00+05:00"}', None),
        ('{"extracted_at": "2150-01-01T00:00:00Z"}', None),
        ('["extracted_at"]', None),
        ("", None),
        ("[" * 60_000, None),
        ("\x00\x01", None),
    ],
)
def test_a_sidecar_says_when_an_export_was_made_and_an_unreadable_one_says_nothing(
    zone: Zone, sidecar: str, expected: datetime | None
) -> None:
    zone.put("otel/a.jsonl", "x", at=1_700_000_000)
    zone.put("otel/a.jsonl.meta.json", sidecar)

    listing = list_files(zone.landing)

    assert [file.extracted_at for file in listing.files] == [expected or datetime(2023, 11, 14, 22, 13, 20)]
    assert listing.unread == []


def test_a_sidecar_that_leads_out_of_the_zone_is_not_followed(zone: Zone, tmp_path: Path) -> None:
    (tmp_path / "outside.json").write_text('{"extracted_at": "2026-02-01T10:00:00Z"}')
    zone.put("otel/a.jsonl", "x", at=1_700_000_000)
    (zone.landing / "otel/a.jsonl.meta.json").symlink_to(tmp_path / "outside.json")

    listing = list_files(zone.landing)

    assert listing.files[0].extracted_at == datetime(2023, 11, 14, 22, 13, 20)
    assert [u.name for u in listing.unread] == ["otel/a.jsonl.meta.json"]


def test_a_sidecar_without_its_file_is_no_export(zone: Zone) -> None:
    zone.put("litellm/a.jsonl.meta.json", "{}")

    listing = list_files(zone.landing)

    assert listing.files == []
    assert [u.reason for u in listing.unread] == ["it tells of a file that is not here"]


def test_a_clock_that_was_far_off_does_no_harm(zone: Zone) -> None:
    try:
        zone.put("otel/future.jsonl", "x", at=10_413_792_000)  # 2300
    except (OSError, OverflowError):
        pytest.skip("this file system cannot hold such a time")
    zone.put("otel/past.jsonl", "x", at=0)

    assert [file.extracted_at for file in list_files(zone.landing).files] == [
        datetime(2100, 1, 1),
        datetime(1970, 1, 1),
    ]


def test_accounts_are_known_from_the_folders_named_after_them(zone: Zone) -> None:
    for name in ("claude_code/Ada/projects/s.jsonl", "claude_code/ben/notes.txt", "gemini_cli/cy/session-1.json"):
        zone.put(name, "x")
    zone.put("otel/dora/a.jsonl", "x")

    assert folder_accounts(list_files(zone.landing)) == {"ada", "ben", "cy"}


@pytest.mark.skipif(os.geteuid() == 0, reason="nothing is closed to root")
def test_a_folder_that_cannot_be_opened_is_named(zone: Zone) -> None:
    closed = zone.put("otel/closed/a.jsonl", "x").parent
    closed.chmod(0)
    try:
        assert [u.reason for u in list_files(zone.landing).unread] == ["cannot be opened: Permission denied"]
    finally:
        closed.chmod(0o700)
