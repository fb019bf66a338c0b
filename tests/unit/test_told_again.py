"""What was told is known again when a key gave way: who was erased, or a new secret, has nothing told twice."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from tests.exports import cursor_event, cursor_page
from tests.models import Compiled, compiled, run
from tests.small_warehouses import ACCOUNTS, MEMBERS, change
from tests.work_exports import commit, github_issue, pull, release
from tests.zone import Row, Zone
from tokenworth.erasure import erase
from tokenworth.rotation import rotate
from tokenworth.warehouse import listed

_DAY = {
    "date": "2026-02-01T00:00:00Z",
    "actor": {"type": "user_actor", "email_address": "ada@acme.example"},
    "model_breakdown": [{"model": "claude-opus-5", "tokens": {"input": 100, "output": 35}}],
}
_FILES = {
    "people/members.csv": MEMBERS,
    "people/accounts.csv": ACCOUNTS,
    "anthropic/claude_code/2026-02-01.json": json.dumps({"data": [_DAY]}),
    "cursor/usage_events/1.json": json.dumps(cursor_page(cursor_event())),
    "github/acme/shop/pulls/1.json": json.dumps(pull(1)),
    "github/acme/shop/issues/1.json": json.dumps([github_issue(12)]),
    "github/acme/shop/releases/1.json": json.dumps([release(1)]),
    "git/github.com/acme/shop/commits.jsonl": json.dumps(commit(1)) + "\n",
}
_REQUESTS = """
    select owned_key from intermediate.int_usage_keys
    union all
    select person_key || ':' || md5(concat(usage_date, '|', tool, '|', model_key)) from intermediate.int_usage_keys
"""
_OUTCOMES = " union ".join(
    f"select outcome_id from intermediate.{model}"
    for model in ("int_pull_requests", "int_issues", "int_releases", "int_change_commits")
)


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> Compiled:
    wanted = ("int_usage_keys", "int_pull_requests", "int_issues", "int_releases", "int_change_commits")
    return compiled(tmp_path_factory.mktemp("dbt"), *wanted)


def _keys(models: Compiled, zone: Zone) -> tuple[list[Row], list[Row]]:
    """What is kept of told requests and outcomes, as the models make it now."""
    with run(models, zone) as connection:
        found = (
            connection.execute(f"{_REQUESTS} order by all").fetchall(),
            connection.execute(f"{_OUTCOMES} order by all").fetchall(),
        )
    zone.close()
    return found


@pytest.mark.parametrize(
    ("give_way", "outcomes_change"),
    [
        (lambda zone: erase(zone.settings, "ada", reason="asked", who="dpo"), False),
        (lambda zone: rotate(zone.settings, reason="yearly", who="ops"), True),
    ],
    ids=["erased", "a new secret"],
)
def test_what_was_told_is_known_under_its_new_key(
    models: Compiled, zone: Zone, give_way: Callable[[Zone], object], outcomes_change: bool
) -> None:
    for name, content in _FILES.items():
        zone.put(name, content)
    requests, outcomes = _keys(models, zone)
    assert len(requests) == 4
    assert len(outcomes) == 4
    keep = "insert into told.requests select unnest({}), now()::timestamp; insert into audit.first_published_outcomes"
    keep += (
        " by name select 'p' as publication, date '2026-02-02' as week_start, '' as team_id, unnest({}) as outcome_id"
    )
    change(zone.settings, keep.format(*(listed(key for (key,) in keys) for keys in (requests, outcomes))))

    give_way(zone)

    requests_now, outcomes_now = _keys(models, zone)
    assert (requests_now != requests, outcomes_now != outcomes) == (True, outcomes_change)
    assert zone.ask("select request_key from told.requests order by all") == requests_now
    assert zone.ask("select outcome_id from audit.first_published_outcomes order by all") == outcomes_now
