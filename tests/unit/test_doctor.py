"""What `tokenworth doctor` says of a landing zone, in counts and keys."""

from __future__ import annotations

import json
from datetime import date

import pytest

from tests.exports import csv_text, json_lines, spend_log, transcript_line
from tests.tracker_exports import gitlab_issue, linear_issue, merge_request
from tests.work_exports import pull, pull_commit, review
from tests.zone import Zone
from tokenworth.doctor import Diagnosis, Patient, examine
from tokenworth.errors import UsageError
from tokenworth.settings import Settings
from tokenworth.sources import all_sources
from tokenworth.summary import print_diagnosis


def _patient(diagnosis: Diagnosis, source: str) -> Patient:
    (found,) = (patient for patient in diagnosis.patients if patient.source == source)
    return found


def test_an_empty_landing_zone_is_told_where_to_begin(zone: Zone) -> None:
    found = examine(zone.settings)

    assert (found.patients, found.strangers) == ([], [])
    words = [step.split(":")[0] for step in found.next_steps]
    assert words[0].startswith("List who is who")
    assert any("export-git" in step for step in words)
    assert not zone.settings.database.exists()


def test_without_a_landing_zone_there_is_nothing_to_look_at(zone: Zone) -> None:
    nowhere = Settings(landing=zone.folder / "nowhere", warehouse=zone.folder / "none")

    with pytest.raises(UsageError, match="nowhere"):
        examine(nowhere)


def test_days_without_usage_and_joins_that_lack_are_seen(zone: Zone) -> None:
    days = ["02", "03", "06", "09"]  # Monday, Tuesday, Friday, Monday
    lines = [transcript_line(n, timestamp=f"2026-02-{day}T10:00:00.000Z") for n, day in enumerate(days, 1)]
    lines += [transcript_line(9, timestamp="2026-02-09T11:00:00.000Z", gitBranch="", cwd=None)]
    zone.put("claude_code/ada/projects/s/1.jsonl", json_lines(lines))
    tagged = spend_log(1, request_tags=["ticket:SHOP-1", "repo:shop", "branch:fix"])
    zone.put("litellm/spend.jsonl", json_lines([tagged, spend_log(2, request_tags=[], metadata={})]) + "no line\n")

    found = examine(zone.settings)

    claude = _patient(found, "claude_code")
    assert (claude.rows, claude.first_day, claude.last_day) == (5, date(2026, 2, 2), date(2026, 2, 9))
    assert claude.missing_days == [date(2026, 2, 4), date(2026, 2, 5)]
    assert claude.lacks == []  # four of five have both
    assert _patient(found, "litellm").refused == 1
    assert _patient(found, "litellm").lacks == [
        "branch (50% have one)",
        "repository or folder (50% have one)",
        "ticket, pull request or commit (50% have one)",
    ]
    assert any(step.startswith("litellm: send request_tags") for step in found.next_steps)
    assert any("2 working days" in step and "2026-02-04" in step for step in found.next_steps)
    assert not any("claude_code: " in step for step in found.next_steps)


def test_accounts_that_nobody_claims_are_keys_and_counts(zone: Zone, capsys: pytest.CaptureFixture[str]) -> None:
    zone.put("people/accounts.csv", csv_text(["person_id", "system", "account"], ["p1", "claude_code", "ada"]))
    zone.put("people/members.csv", csv_text(["person_id", "email", "team_id"], ["p2", "ben@acme.example", "web"]))
    for number, account in enumerate(("ada", "stranger"), 1):
        zone.put(f"claude_code/{account}/projects/s/{account}.jsonl", json_lines([transcript_line(number)]))
    zone.put("litellm/spend.jsonl", json_lines([spend_log(1, user="Ben@acme.example"), spend_log(2, user="nobody")]))

    found = examine(zone.settings)

    (claude,) = (s for s in found.strangers if s.system == "claude_code")
    assert (claude.accounts, claude.unclaimed, claude.rows_unclaimed) == (2, 1, 1)
    (gateway,) = (s for s in found.strangers if s.system == "litellm")
    assert (gateway.accounts, gateway.unclaimed, gateway.rows) == (2, 1, 2)
    print_diagnosis(found)
    shown = capsys.readouterr().out
    assert gateway.keys[0] in shown
    assert "stranger" not in shown
    assert "nobody@" not in shown


def test_what_trackers_did_not_export_is_seen(zone: Zone) -> None:
    zone.put("github/acme/shop/pulls/page.json", json.dumps([pull(1), pull(2)]))
    zone.put("github/acme/shop/pull_commits/1.json", json.dumps([pull_commit(1)]))
    zone.put("github/acme/shop/reviews/1.json", json.dumps([review(1)]))
    zone.put("gitlab/acme/shop/merge_requests/page.json", json.dumps([merge_request(1)]))
    zone.put("gitlab/acme/shop/issues/page.json", json.dumps([gitlab_issue(1)]))
    zone.put("linear/issues/page.json", json.dumps([linear_issue(1)]))

    found = examine(zone.settings)

    assert _patient(found, "github").lacks == ["commits of 1 of 2 pull requests", "closing references", "deployments"]
    assert _patient(found, "gitlab").lacks == [
        "commits of 1 of 1 merge requests",
        "reviews",
        "deployments",
        "history of 1 of 1 closed issues",
    ]
    assert _patient(found, "linear").lacks == ["history of 1 of 1 issues that are done"]
    assert any(step.startswith("gitlab: export merge_requests/:iid/notes") for step in found.next_steps)


def test_a_loaded_warehouse_is_asked_and_left_as_it_is(zone: Zone) -> None:
    zone.put("litellm/spend.jsonl", json_lines([spend_log(1)]))
    zone.load()
    zone.put("litellm/later.jsonl", json_lines([spend_log(2)]))

    assert _patient(examine(zone.settings), "litellm").rows == 1
    assert _patient(examine(zone.settings, afresh=True), "litellm").rows == 2


def test_the_manual_says_how_every_source_is_collected() -> None:
    from tokenworth.build import project_dir

    manual = (project_dir().parent / "docs" / "collect.md").read_text("utf-8")

    assert [name for name in all_sources() if f"**{name}**" not in manual] == []
