"""What was told is in the copy beside the warehouse, by whatever it changed, and is not read again where it did not."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

from tests.small_warehouses import MEMBERS, change
from tests.zone import Row, Zone
from tokenworth import kept
from tokenworth.erasure import erase
from tokenworth.kept import keep, path_of
from tokenworth.publish import keep_told
from tokenworth.rotation import rotate
from tokenworth.warehouse import literal, open_warehouse
from tokenworth.writer import sole_writer

_TOLD = ("usage", "requests", "request_ids", "outcomes", "containers", "org_weeks")
_USAGE = (
    "insert into intermediate.int_usage_to_tell by name select '{0}' as usage_id, 1 as piece, 1 as batch,"
    " date '2026-02-02' as week_start, date '2026-02-02' as usage_date, '{0}' as person_key, '' as published_team_id,"
    " '' as team_part, true as day_is_told, true as is_priced, true as is_unpriced, true as tiers_are_told,"
    " true as unpriced_is_told, true as counters_are_told, now()::timestamp as told_at"
)


@pytest.fixture
def lived(zone: Zone) -> Zone:
    """A warehouse that has told of Ada's usage."""
    zone.put("people/members.csv", MEMBERS)
    zone.load()
    (ada,) = zone.ask("select key from ids.pseudonyms where vocabulary = 'account' and plain like 'ada@%'")[0]
    zone.close()
    _tell(zone, str(ada))
    zone.load()
    assert _kept(zone) == _told(zone)
    assert _kept(zone)["usage"] == _kept(zone)["requests"] == [(ada,)]
    return zone


def _tell(zone: Zone, key: str) -> None:
    """Tells of one more request, as `publish` does before it is killed."""
    with sole_writer(zone.settings), open_warehouse(zone.settings) as connection:
        connection.execute("create schema if not exists intermediate")
        for table in _TOLD:
            connection.execute(f"create or replace table intermediate.int_{table}_to_tell as from told.{table} limit 0")
        connection.execute(f"insert into intermediate.int_requests_to_tell values ('{key}', now()::timestamp)")
        digest = f"md5_number('id of {key}')"
        connection.execute(f"insert into intermediate.int_request_ids_to_tell values ({digest}, now()::timestamp)")
        connection.execute(_USAGE.format(key))
        keep_told(connection)


def _rows(path: Path) -> dict[str, list[Row]]:
    with duckdb.connect() as connection:
        connection.execute(f"attach {literal(path)} as it (read_only)")
        key = {"requests": "request_key", "usage": "usage_id"}
        return {
            table: connection.execute(f"select {key.get(table, '*')} from it.told.{table} order by all").fetchall()
            for table in _TOLD
        }


def _told(zone: Zone) -> dict[str, list[Row]]:
    return _rows(zone.settings.database)


def _kept(zone: Zone) -> dict[str, list[Row]]:
    return _rows(path_of(zone.settings))


def _read(zone: Zone, monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """Which tables of what was told are read from one end to the other as the copy is brought up."""
    read: set[str] = set()

    def sum_of(connection: duckdb.DuckDBPyConnection, rows: str) -> tuple[int, int]:
        read.add(rows)
        return whole(connection, rows)

    whole = kept.sum_of
    with monkeypatch.context() as patched, open_warehouse(zone.settings) as connection:
        patched.setattr("tokenworth.kept.sum_of", sum_of)
        patched.setattr("tokenworth.unchanged.sum_of", sum_of)
        keep(connection, zone.settings)
    return {table for table in read if table.startswith("told.")}


def test_what_did_not_change_is_not_read_again(lived: Zone, monkeypatch: pytest.MonkeyPatch) -> None:
    assert _read(lived, monkeypatch) == set()
    _tell(lived, "another")
    assert _read(lived, monkeypatch) == set()
    assert _kept(lived) == _told(lived)
    assert len(_kept(lived)["requests"]) == 2


@pytest.mark.parametrize(
    "give_way",
    [
        lambda zone: erase(zone.settings, "ada", reason="asked", who="dpo"),
        lambda zone: rotate(zone.settings, reason="yearly", who="ops"),
    ],
    ids=["erased", "a new secret"],
)
@pytest.mark.parametrize("came_back", [False, True], ids=["", "though the copy of before is put back"])
def test_keys_that_gave_way_are_in_no_copy(lived: Zone, give_way: Callable[[Zone], object], came_back: bool) -> None:
    before, copy = _told(lived), path_of(lived.settings).read_bytes()
    give_way(lived)
    assert _kept(lived) == _told(lived) != before
    if came_back:  # also after the power failed, and the file that was removed is there again
        path_of(lived.settings).write_bytes(copy)
        lived.load()
        assert _kept(lived) == _told(lived) != before


def test_what_was_told_before_a_key_gave_way_and_after_is_kept(lived: Zone, monkeypatch: pytest.MonkeyPatch) -> None:
    erase(lived.settings, "ada", reason="asked", who="dpo")
    assert "told.requests" in _read(lived, monkeypatch)  # until somebody tells of more, nobody has counted
    _tell(lived, "another")
    assert _read(lived, monkeypatch) == set()
    assert _kept(lived) == _told(lived)
    assert len(_kept(lived)["usage"]) == 2


def test_files_that_are_older_than_each_other_are_brought_together(lived: Zone, tmp_path: Path) -> None:
    files = {path: tmp_path / path.name for path in (lived.settings.database, path_of(lived.settings))}
    for path, aside in files.items():
        shutil.copy(path, aside)
    _tell(lived, "another")
    for path, aside in files.items():
        lived.load()
        shutil.copy(aside, path)
        _tell(lived, "a third")
        lived.load()
        assert _kept(lived) == _told(lived)
        assert ("a third",) in _told(lived)["requests"]
        assert ("another",) not in _told(lived)["requests"]


def test_what_an_older_version_has_built_is_told_by_this_one(lived: Zone) -> None:
    """There all requests were told by one table; whoever publishes after an update need not build first."""
    with sole_writer(lived.settings), open_warehouse(lived.settings) as connection:
        connection.execute("insert into intermediate.int_requests_to_tell values ('built before', now()::timestamp)")
        connection.execute("drop table intermediate.int_request_ids_to_tell")
        keep_told(connection)
    known = _told(lived)
    assert ("built before",) not in known["requests"]
    digests = [digest for digest, _ in known["request_ids"]]
    assert lived.ask("select md5_number('built before')")[0][0] in digests


@pytest.mark.parametrize("changed", ["delete from told.requests", "insert into told.requests values ('x', now())"])
def test_rows_that_somebody_adds_or_deletes_without_a_word_are_noticed(lived: Zone, changed: str) -> None:
    change(lived.settings, changed)
    lived.load()
    assert _kept(lived) == _told(lived)


def test_damage_in_the_copy_is_mended_when_more_is_told(lived: Zone) -> None:
    """It shows only where it is read; nobody else reads the copy before the warehouse is damaged as well."""
    more = "insert into told.requests select md5(n::varchar), now()::timestamp from range(150_000) as numbers(n)"
    change(lived.settings, more)
    lived.load()
    copy = path_of(lived.settings)
    with duckdb.connect() as connection:
        connection.execute(f"attach {literal(copy)} as kept (read_only); use kept")
        (block,) = connection.execute(
            "select min(block_id) from pragma_storage_info('told.requests')"
            " where column_name = 'request_key' and block_id > 0"
        ).fetchall()[0]
    content = bytearray(copy.read_bytes())
    content[3 * 4096 + block * 256 * 1024 + 1000] ^= 0xFF
    copy.write_bytes(content)
    with pytest.raises(duckdb.Error):
        _rows(copy)

    _tell(lived, "more")
    lived.load()
    assert _rows(copy) == _told(lived)
