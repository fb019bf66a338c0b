"""Days that are rolled up: what is loaded of them later counts no more, and does not say who it was."""

from __future__ import annotations

import json
from datetime import date, datetime

import duckdb
import pytest

from tests.exports import api_request, json_lines, log_batch, spend_log, transcript_line
from tests.tracker_exports import azure_pull
from tests.work_exports import commit, pull
from tests.zone import Zone
from tokenworth.closed_days import ClosedDays
from tokenworth.retention import horizon
from tokenworth.warehouse import open_warehouse

OLD, NEW = "2026-01-05T10:00:00Z", "2026-03-05T10:00:00Z"


@pytest.fixture
def closed(zone: Zone) -> Zone:
    """A warehouse in which the days before 2 March are rolled up."""
    zone.load()
    with open_warehouse(zone.settings) as connection:
        connection.execute("insert into retained.horizons values (now()::timestamp, '2026-03-02', '2026-03-01')")
    return zone


def test_usage_of_a_closed_day_is_left_out_and_counted(closed: Zone) -> None:
    lines = [spend_log(1, startTime=OLD), spend_log(2, startTime=NEW), spend_log(3, startTime=OLD)]
    closed.put("litellm/a.jsonl", json_lines(lines))
    header = "request_id,startTime,model,prompt_tokens,completion_tokens"
    closed.put("litellm/b.csv", f"{header}\nx,{OLD},m,1,1\ny,{NEW},m,1,1\n")
    closed.put("claude_code/ada/projects/s/a.jsonl", json_lines([transcript_line(1, timestamp=OLD)]))
    closed.load()
    closed.assert_balanced()
    assert closed.ledger("litellm/a.jsonl") == [(3, 1, 0, 2, 0)]
    assert closed.ledger("litellm/b.csv") == [(3, 1, 0, 2, 0)]  # its header is ignored, too
    assert closed.ledger("claude_code/ada/projects/s/a.jsonl") == [(1, 0, 0, 1, 0)]
    assert closed.rows("litellm_requests", "distinct started_at::date") == [(date(2026, 3, 5),)]
    said = "usage of days before 2026-03-02, which are rolled up, was left out"
    assert [message for _, _, message in closed.messages()] == [said] * 3


def test_of_a_batch_only_what_is_old_is_left_out(closed: Zone) -> None:
    old, new = (str(int(datetime.fromisoformat(at).timestamp()) * 10**9) for at in (OLD, NEW))
    batch = log_batch(
        api_request(1, nanoseconds=old, **{"event.timestamp": OLD}),
        api_request(2, nanoseconds=new, **{"event.timestamp": NEW}),
    )
    closed.put("otel/a.jsonl", json_lines([batch]))
    closed.put("otel/b.jsonl", json_lines([log_batch(api_request(3, nanoseconds=old, **{"event.timestamp": OLD}))]))
    closed.load()
    closed.assert_balanced()
    assert closed.rows("otel_api_requests", "request_id") == [("req_2",)]
    assert [row[:2] for row in closed.ledger()] == [(2, 1), (1, 0)]


def test_work_of_closed_days_is_kept_and_nobody_made_it(closed: Zone) -> None:
    old, new = ({"committed_at": at, "authored_at": at} for at in (OLD, NEW))
    closed.put(
        "git/github.com/acme/shop/commits.jsonl", json_lines([commit(1, **old), commit(2, **old), commit(3, **new)])
    )
    merged = dict.fromkeys(("created_at", "updated_at", "closed_at", "merged_at"), OLD)
    closed.put("github/acme/shop/pulls/1.json", json.dumps(pull(1, **merged)))
    closed.put("github/acme/shop/pulls/2.json", json.dumps(pull(2, **merged | {"updated_at": NEW})))
    closed.load()
    known = "(select key from ids.pseudonyms where vocabulary = 'account')"
    assert closed.rows("git_commits", "committed_at::date", f"author_key in {known}") == [
        (date(2026, 1, 5), False), (date(2026, 1, 5), False), (date(2026, 3, 5), True),
    ]  # fmt: skip
    assert len(closed.rows("git_commits", "distinct author_key", where=f"author_key not in {known}")) == 1
    assert closed.rows("github_pulls", "pull_request", f"author_key in {known}") == [(1, False), (2, True)]


def test_who_voted_on_a_pull_request_is_known_as_long_as_who_wrote_it(closed: Zone) -> None:
    """A vote has no date of its own: it is as old as the pull request's end, and new while that is open."""
    pulls = [
        azure_pull(1, creationDate=OLD, closedDate=OLD),
        azure_pull(2, creationDate=OLD, closedDate=NEW),
        azure_pull(3, creationDate=OLD, closedDate=None, status="active"),
    ]
    closed.put("azure_devops/Acme/Shop/pull_requests/page.json", json.dumps({"value": pulls}))
    closed.load()
    known = "(select key from ids.pseudonyms where vocabulary = 'account')"
    assert closed.rows("azure_devops_votes", "pull_request", f"reviewer_key in {known}") == [
        (1, False), (2, True), (3, True),
    ]  # fmt: skip
    assert closed.rows("azure_devops_pull_requests", "author_key in " + known, where="pull_request = 1") == [(False,)]


def test_a_year_has_twelve_horizons_of_whole_weeks_and_months() -> None:
    days = [date.fromordinal(day) for day in range(date(2026, 1, 1).toordinal(), date(2027, 1, 1).toordinal())]
    horizons = {horizon(day, 200) for day in days}
    assert len(horizons) in (12, 13)
    assert all(
        month.day == 1 and closed.weekday() == 0 and 0 <= (closed - month).days < 7 for month, closed in horizons
    )
    assert all(horizon(day, 200)[1].toordinal() <= day.toordinal() - 200 for day in days)


def test_nothing_is_closed_before_anything_was_rolled_up(zone: Zone) -> None:
    zone.put("litellm/a.jsonl", json_lines([spend_log(1, startTime="2001-01-01T00:00:00Z")]))
    zone.load()
    assert zone.ledger() == [(1, 1, 0, 0, 0)]
    zone.close()
    with duckdb.connect(zone.settings.database) as connection:
        assert ClosedDays(connection).before is None
