"""A clock that jumps: what came later stays later, whatever the clock says."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from tests.exports import json_lines, spend_log
from tests.small_warehouses import change
from tests.zone import Zone
from tokenworth.publish import publish
from tokenworth.remembered import moment
from tokenworth.settings import Settings
from tokenworth.status import read_status
from tokenworth.warehouse import open_warehouse

_AHEAD = datetime.now(UTC).replace(tzinfo=None) + timedelta(days=2)


def test_a_load_after_the_clock_was_set_back_is_a_later_one(keyed: Zone) -> None:
    keyed.put("litellm/a.jsonl", json_lines([spend_log(1)]))
    keyed.load()
    keyed.close()
    # As if the clock had been two days ahead, and was put right now.
    change(keyed.settings, f"update audit.loads set first_seen_at = '{_AHEAD}'")
    assert read_status(keyed.settings).clock_was_set_back

    keyed.put("litellm/a.jsonl", json_lines([spend_log(2)]), at=1_700_000_000)
    keyed.put("litellm/b.jsonl", json_lines([spend_log(3)]))
    keyed.load()

    assert keyed.rows("litellm_requests", "request_id") == [("chatcmpl-2",), ("chatcmpl-3",)]
    assert keyed.ask("select count(*) from audit.loads where superseded_at <= first_seen_at") == [(0,)]
    in_order = "select array_agg(first_seen_at order by load_id) = array_agg(first_seen_at order by first_seen_at)"
    assert keyed.ask(f"{in_order} from audit.loads") == [(True,)]


@pytest.mark.parametrize(
    "remembered",
    [
        "insert into audit.checks by name select 'r' as run_id, {at} as checked_at, 's' as suite, '' as rule,"
        " '' as sentence, '' as severity, '' as subject, 'passed' as outcome",
        "insert into audit.publications values ('p', {at})",
        "insert or replace into audit.steps values ('load', {at}, null)",
        "update audit.loads set superseded_at = {at}",
    ],
)
def test_every_step_comes_after_all_that_is_remembered(keyed: Zone, remembered: str) -> None:
    keyed.put("litellm/a.jsonl", json_lines([spend_log(1)]))
    keyed.load()
    with open_warehouse(keyed.settings) as connection:
        assert moment(connection) < _AHEAD
        connection.execute(remembered.format(at=f"TIMESTAMP '{_AHEAD}'"))
        assert moment(connection) > _AHEAD


def test_the_publication_of_before_is_there_for_its_readers_even_if_its_name_is_a_later_one(
    published: Settings,
) -> None:
    with open_warehouse(published) as connection:
        connection.execute(f"insert into audit.publications values ('of a clock that was ahead', '{_AHEAD}')")
    folders = published.warehouse / "publications"
    for year in (2096, 2097, 2098, 2099):
        (folders / f"{year}0101T000000Z-0000000000000000").mkdir()
    for _ in range(5):
        before = published.published.resolve()
        change(published, "update publication.fct_team_week set cost_usd = cost_usd + 1")
        publish(published)
        assert (before / "marts.duckdb").exists()
    assert len(list(folders.iterdir())) == 4
