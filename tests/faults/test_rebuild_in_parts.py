"""Files that came in parts: a rebuild reads them in the same parts, and its ledger is what it was to the last cell."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import date
from pathlib import Path

import duckdb
import pytest

from tests.exports import json_lines, spend_log
from tests.faults.conftest import copy_of
from tests.faults.held import assert_same, held
from tests.faults.runs import Place, Runs
from tests.zone import Row, Zone
from tokenworth.closed_days import delete_usage
from tokenworth.kept import keep, path_of
from tokenworth.landing import LandedFile
from tokenworth.rebuild import restore
from tokenworth.status import read_status
from tokenworth.warehouse import literal, open_warehouse

_GROWS, _GROWS_TOO, _STAYS = "litellm/grows.jsonl", "litellm/grows_too.jsonl", "litellm/stays.jsonl"
_START = 1_700_000_000
# Each repeats a line of the part before it and one of its own, and has one that cannot be read.
_PARTS = [
    json_lines([spend_log(1), spend_log(2), spend_log(1)]) + "garbage\n",
    json_lines([spend_log(2), spend_log(3), spend_log(3)]) + "more garbage\n",
    json_lines([spend_log(1), spend_log(4)]),
]


def _put(zone: Zone, parts: int, *, then: str = "", at: int | None = None) -> None:
    content = "".join(_PARTS[:parts]) + then
    for name in (_GROWS, _GROWS_TOO):
        zone.put(name, content.replace("chatcmpl-", name), at=_START + 100 * parts if at is None else at)


@pytest.fixture
def grown(keyed: Zone) -> Zone:
    """A warehouse that read two files in three parts each."""
    keyed.put(_STAYS, json_lines([spend_log(9)]), at=_START)
    for parts in (1, 2, 3):
        _put(keyed, parts)
        keyed.load()
    return keyed


def _ledger(zone: Zone) -> list[Row]:
    return zone.ask("from audit.loads order by all")


def _damage(zone: Zone) -> None:
    zone.close()
    os.truncate(zone.settings.database, zone.settings.database.stat().st_size // 3)


def _quarantined(zone: Zone) -> list[Row]:
    return zone.ask("from raw.quarantine order by all")


def test_the_ledger_and_the_rows_are_what_they_were(grown: Zone) -> None:
    before, ledger, refused = held(grown.settings), _ledger(grown), _quarantined(grown)
    assert grown.ledger(_GROWS) == [(4, 2, 1, 0, 1), (4, 2, 1, 0, 1), (2, 2, 0, 0, 0)]
    _damage(grown)

    restored = restore(grown.settings)

    assert restored.loaded.counts() == {
        "files": 3, "lines": 21, "loaded": 13, "duplicates": 4, "ignored": 0, "quarantined": 4
    }  # fmt: skip
    assert (_ledger(grown), _quarantined(grown)) == (ledger, refused)
    assert_same(held(grown.settings), before)
    assert grown.ask("from audit.former_loads") == []
    assert grown.load().readings == []


@pytest.mark.parametrize("damaged_again", [False, True])
def test_a_file_that_goes_on_growing_afterwards_goes_on_where_it_was(grown: Zone, damaged_again: bool) -> None:
    _damage(grown)
    restore(grown.settings)
    before = _ledger(grown)
    _put(grown, 3, then=json_lines([spend_log(5)]), at=_START + 400)
    grown.load()
    if damaged_again:
        _damage(grown)
        restore(grown.settings)
    assert grown.ledger(_GROWS) == [(4, 2, 1, 0, 1), (4, 2, 1, 0, 1), (2, 2, 0, 0, 0), (1, 1, 0, 0, 0)]
    assert set(before) < set(_ledger(grown))


_SINCE: dict[str, Callable[[Zone], None]] = {
    "it has grown": lambda zone: _put(zone, 3, then=json_lines([spend_log(4), spend_log(5)]), at=_START + 400),
    "it was touched": lambda zone: _put(zone, 3, at=_START + 400),
    "it was replaced by a longer one": lambda zone: _put(zone, 0, then=json_lines(map(spend_log, range(20)))),
    "its second part is another": lambda zone: _put(zone, 1, then=json_lines(map(spend_log, range(20)))),
    "it is its first part again": lambda zone: _put(zone, 1, at=_START + 400),
    "it is empty": lambda zone: _put(zone, 0),
    "it ends within a line": lambda zone: _put(zone, 3, then='{"request_id": "cut', at=_START + 400),
}


@pytest.mark.parametrize("since", _SINCE)
def test_what_changed_since_the_last_load_is_read_as_without_damage(grown: Zone, tmp_path: Path, since: str) -> None:
    _SINCE[since](grown)
    (tmp_path / "twin").mkdir()
    grown.close()
    copy_of(grown.settings, tmp_path / "twin")
    twin = Zone(tmp_path / "twin", key=grown.settings.key)
    twin.load()
    _damage(grown)

    restore(grown.settings)

    current = (
        "select name, part, status, size_bytes, modified_ns, digest, lines, loaded, duplicates, ignored, quarantined,"
        " extracted_at, row_number() over (partition by file_key order by load_id) from audit.loads"
        " join raw.names on name_key = file_key where superseded_at is null order by all"
    )
    assert grown.ask(current) == twin.ask(current)
    assert (grown.everything(), grown.quarantine()) == (twin.everything(), twin.quarantine())
    replaced = "select load_id, digest, loaded from audit.loads where superseded_at is not null order by all"
    assert grown.ask(replaced) == twin.ask(replaced)
    assert grown.ask("select count(*) from audit.loads where superseded_at is not null and forgotten_at is null") == [
        (0,)
    ], "rows of what was replaced are gone, and the ledger says so"
    seen = "select load_id, first_seen_at from audit.loads where load_id < 4 order by all"
    assert grown.ask(seen) == twin.ask(seen) != []
    assert grown.ask("from audit.former_loads") == []
    twin.close()


@pytest.mark.parametrize(("call", "built_meanwhile"), [(1, False), (2, True), (4, False)])
def test_one_that_is_killed_between_two_parts_is_finished_by_a_plain_load(
    grown: Zone, runs: Runs, call: int, built_meanwhile: bool
) -> None:
    """Also where something was built of the first parts: the others have higher numbers then, or would not be seen."""
    grown.set(key=grown.settings.key, batch_bytes=1)  # each file is a batch of its own
    before, ledger = held(grown.settings), _ledger(grown)
    _damage(grown)
    runs.kill(grown.settings, "rebuild", at=Place("tokenworth.intake:Intake.commit", "after", call))
    ((read,),) = grown.ask("select max(load_id) from audit.loads")
    assert len(_ledger(grown)) == call
    assert any("files" in step or "run" in step for step in read_status(grown.settings).next)
    grown.close()
    if built_meanwhile:
        with open_warehouse(grown.settings) as connection:
            connection.execute("create schema intermediate")
            connection.execute("create table intermediate.int_usage_requests as select 1 as load_id")

    grown.load()

    if built_meanwhile:
        last = max(number for number, *_ in ledger)
        assert [number for number, *_ in _ledger(grown) if read < number <= last] == []
        assert [row[1:] for row in sorted(_ledger(grown), key=_in_order)] == [
            row[1:] for row in sorted(ledger, key=_in_order)
        ]
    else:
        assert _ledger(grown) == ledger
    assert_same(held(grown.settings), before)


def _in_order(row: Row) -> tuple[str, int]:
    """By file and length."""
    return row[2], row[6]


def test_a_part_that_is_not_read_holds_back_what_came_after_it(grown: Zone, monkeypatch: pytest.MonkeyPatch) -> None:
    ledger = _ledger(grown)
    _damage(grown)
    asked: list[str] = []

    def for_a_moment(self: LandedFile) -> bool:
        asked.append(self.name)
        return self.name == _GROWS and asked.count(_GROWS) == 2

    with monkeypatch.context() as patched:
        patched.setattr(LandedFile, "has_changed", for_a_moment)
        restored = restore(grown.settings)
    assert restored.loaded.postponed == 1
    assert grown.ledger(_GROWS) == []
    grown.load()
    assert _ledger(grown) == ledger


def test_what_is_read_in_another_way_now_is_read_at_once(grown: Zone) -> None:
    before = grown.everything()
    grown.set(key=grown.settings.key, max_line_bytes=10_000_000)
    _damage(grown)
    restore(grown.settings)
    assert grown.ledger(_GROWS) == [(10, 4, 4, 0, 2)]
    assert {table: set(rows) for table, rows in grown.everything().items()} == {
        table: set(rows) for table, rows in before.items()
    }
    assert len(grown.quarantine()) == 4
    assert grown.ask("from audit.former_loads") == []


def test_where_it_is_not_known_what_a_part_began_with_a_file_is_read_at_once(grown: Zone) -> None:
    """As a version of this program might have kept it that took another digest."""
    grown.close()
    with duckdb.connect() as connection:
        connection.execute(f"attach {literal(path_of(grown.settings))} as kept")
        connection.execute("update kept.audit.loads set digest = 'another' where load_id = 4")
    _damage(grown)
    restore(grown.settings)
    assert sorted([grown.ledger(_GROWS), grown.ledger(_GROWS_TOO)]) == [
        [(4, 2, 1, 0, 1), (4, 2, 1, 0, 1), (2, 2, 0, 0, 0)],
        [(10, 4, 4, 0, 2)],
    ]
    assert grown.ask("from audit.former_loads") == []
    assert grown.load().readings == []


def test_the_ledger_still_says_what_was_read_of_days_that_were_rolled_up_since(grown: Zone) -> None:
    ledger = _ledger(grown)
    grown.close()
    with open_warehouse(grown.settings) as connection:
        connection.execute("insert into retained.horizons values (now()::timestamp, '2099-01-01', '2099-01-01')")
        delete_usage(connection, date(2099, 1, 1))
        keep(connection, grown.settings)
    _damage(grown)
    restore(grown.settings)
    assert grown.rows("litellm_requests", "request_id") == []
    assert _ledger(grown) == ledger
    grown.put("litellm/late.jsonl", json_lines([spend_log(1), spend_log(2)]))
    grown.load()
    assert grown.ledger("litellm/late.jsonl") == [(2, 0, 0, 2, 0)], "what was not read before is not said to have been"
