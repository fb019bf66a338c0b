"""A warehouse file that is damaged: what says so, and that it is made anew to the same rows."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import duckdb
import pytest

from tests.exports import csv_text, json_lines, spend_log, transcript_line
from tests.faults.conftest import copy_of
from tests.faults.held import assert_same, held
from tests.faults.runs import Place, Runs
from tests.zone import Zone
from tokenworth.erasure import erase
from tokenworth.errors import DamagedError, TokenworthError, UsageError, WarehouseBusyError
from tokenworth.kept import path_of
from tokenworth.landing import Listing, UnreadFile, list_files
from tokenworth.load import sources_to_load
from tokenworth.rebuild import restore
from tokenworth.rotation import rotate
from tokenworth.status import read_status
from tokenworth.warehouse import open_warehouse

_EARLY, _LATE = 1_700_000_000, 1_700_000_500
_OWNED = f"{'0' * 32}:event"  # a key of a request that begins with somebody's


def _cut(path: Path) -> None:
    os.truncate(path, path.stat().st_size // 3)


def _overwritten(path: Path) -> None:
    with path.open("r+b") as file:
        file.write(os.urandom(12_288))


def _overwritten_within(path: Path) -> None:
    """Where the engine does not look as it opens a file."""
    with path.open("r+b") as file:
        file.seek(path.stat().st_size // 3)
        file.write(os.urandom(path.stat().st_size // 2))


def _emptied(path: Path) -> None:
    path.write_bytes(b"")


def _gone(path: Path) -> None:
    path.unlink()


@pytest.fixture
def lived(keyed: Zone) -> Zone:
    """A warehouse with a history: files that were replaced or vanished, and what was told of them."""
    keyed.put("claude_code/ada/projects/-home-ada-shop/a.jsonl", json_lines([transcript_line(1)]), at=_EARLY)
    keyed.put("litellm/replaced.jsonl", json_lines([spend_log(1), spend_log(2)]), at=_EARLY)
    keyed.put("litellm/vanishes.jsonl", json_lines([spend_log(3)]) + "garbage\n", at=_EARLY)
    keyed.put("people/members.csv", csv_text(["person_id", "email"], ["p-1", "ada@acme.example"]), at=_EARLY)
    keyed.load()
    keyed.put("litellm/replaced.jsonl", json_lines([spend_log(4)]), at=_LATE)
    (keyed.landing / "litellm/vanishes.jsonl").unlink()
    with open_warehouse(keyed.settings) as connection:
        connection.execute(f"insert into told.requests values ('{_OWNED}', now()::timestamp)")
        connection.execute("insert into audit.publications values ('first', now()::timestamp)")
        connection.execute(
            "insert into audit.findings values ('A_RULE', 'core', 'found', now()::timestamp, null, null)"
        )
    keyed.load()
    return keyed


def test_damage_that_is_met_only_as_it_is_read_is_called_so(lived: Zone) -> None:
    lived.close()
    _overwritten_within(lived.settings.database)
    kept = path_of(lived.settings).read_bytes()
    with pytest.raises(DamagedError, match=r"warehouse\.duckdb.* is damaged") as refusal:
        lived.load(reload=True)
    assert "tokenworth rebuild" in refusal.value.todo
    assert path_of(lived.settings).read_bytes() == kept


@pytest.mark.parametrize("damage", [_cut, _overwritten, _emptied, _gone])
def test_a_damaged_warehouse_is_made_anew_to_the_same_rows(lived: Zone, damage: Callable[[Path], None]) -> None:
    before = held(lived.settings)
    times = lived.ask("select file_key, min(first_seen_at), min(load_id) from audit.loads group by all order by all")
    lived.close()
    damage(lived.settings.database)
    if damage is not _emptied:  # which the engine takes for a new database
        with pytest.raises(DamagedError) as refusal:
            lived.load()
        assert "tokenworth rebuild" in refusal.value.todo
        assert read_status(lived.settings).next[0].startswith("tokenworth rebuild")

    restored = restore(lived.settings)

    assert restored.loaded.lost == []
    assert (restored.put_aside is not None) == (damage is not _gone)
    assert_same(held(lived.settings), before)
    assert times == lived.ask(
        "select file_key, min(first_seen_at), min(load_id) from audit.loads group by all order by all"
    )
    assert lived.ask("from audit.former_loads") == []
    assert lived.load().readings == []


def test_what_was_replaced_and_what_vanished_is_there_again(lived: Zone) -> None:
    _cut(lived.settings.database)
    restore(lived.settings)
    assert lived.rows("litellm_requests", "request_id") == [("chatcmpl-3",), ("chatcmpl-4",)]
    former = "select request_id from raw.litellm_requests join audit.loads using (load_id) where superseded_at < now()"
    assert sorted(lived.ask(former)) == [("chatcmpl-1",), ("chatcmpl-2",)]
    assert len(lived.reasons()) == 1


def test_a_file_that_vanished_after_the_last_load_is_named(lived: Zone) -> None:
    (lived.landing / "litellm/replaced.jsonl").unlink()
    _cut(lived.settings.database)
    restored = restore(lived.settings)
    assert restored.loaded.lost == ["litellm/replaced.jsonl"]
    with pytest.raises(TokenworthError, match=r"1 files had vanished .* alone: litellm/replaced\.jsonl") as said:
        restored.loaded.assert_nothing_lost()
    assert "Put these files back" in said.value.todo


@pytest.mark.parametrize(
    "look", [lambda zone: zone.load().assert_nothing_lost(), lambda zone: sources_to_load(zone.settings)]
)
def test_a_file_that_vanished_after_a_rebuild_was_killed_is_named_by_the_next_run(
    lived: Zone, runs: Runs, look: Callable[[Zone], object]
) -> None:
    lived.close()
    _cut(lived.settings.database)
    runs.kill(lived.settings, "rebuild", at=Place("tokenworth.rebuild:_take_place", "after"))
    (lived.landing / "litellm/replaced.jsonl").unlink()
    with pytest.raises(TokenworthError, match=r"1 files had vanished .* alone: litellm/replaced\.jsonl"):
        look(lived)
    lived.load()
    assert lived.ask("from audit.former_loads") == []
    over = "select part, loaded, forgotten_at is not null from audit.loads join raw.names on name_key = file_key"
    assert lived.ask(f"{over} where name = 'litellm/replaced.jsonl' and loaded = 1") == [("whole", 1, True)]


def test_what_a_killed_rebuild_did_not_read_yet_is_known_after_the_next_damage(lived: Zone, runs: Runs) -> None:
    before, ledger = held(lived.settings), lived.ask("from audit.loads order by all")
    lived.close()
    _cut(lived.settings.database)
    runs.kill(lived.settings, "rebuild", at=Place("tokenworth.rebuild:_take_place", "after"))
    lived.load(sources=["people"])
    lived.close()
    _cut(lived.settings.database)
    restore(lived.settings)
    assert lived.ask("from audit.loads order by all") == ledger
    assert_same(held(lived.settings), before)


def test_what_cannot_be_seen_is_not_given_up(lived: Zone, runs: Runs, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder that may not be opened for a day, or a landing zone that is not mounted; root may open everything."""
    lived.close()
    _cut(lived.settings.database)
    runs.kill(lived.settings, "rebuild", at=Place("tokenworth.rebuild:_take_place", "after"))
    folder, elsewhere = lived.landing / "litellm", lived.folder / "litellm"
    folder.rename(elsewhere)
    closed = UnreadFile("litellm", "cannot be opened: Permission denied")
    listings = [Listing(files=[], unread=[]), replace(list_files(lived.landing), unread=[closed])]
    for listing in listings:
        with monkeypatch.context() as patched:
            patched.setattr("tokenworth.load.list_files", lambda *_, listing=listing: listing)
            sources_to_load(lived.settings)
            assert lived.load().lost == []
    elsewhere.rename(folder)
    assert lived.load().lost == []
    assert lived.rows("litellm_requests", "request_id") == [("chatcmpl-3",), ("chatcmpl-4",)]
    assert lived.ask("from audit.former_loads") == []


def test_what_stops_a_load_hides_no_loss(lived: Zone, runs: Runs, monkeypatch: pytest.MonkeyPatch) -> None:
    lived.close()
    _cut(lived.settings.database)
    runs.kill(lived.settings, "rebuild", at=Place("tokenworth.rebuild:_take_place", "after"))
    (lived.landing / "litellm/replaced.jsonl").unlink()

    def full(*_: object, **__: object) -> None:
        raise TokenworthError("the disk is full")

    with monkeypatch.context() as patched:
        patched.setattr("tokenworth.load.keep", full)
        with pytest.raises(TokenworthError, match="the disk is full"):
            lived.load()
    assert lived.load().lost == ["litellm/replaced.jsonl"]


def test_a_file_that_is_put_back_after_a_rebuild_named_it_is_loaded(keyed: Zone) -> None:
    """Also where the last that was read of it held nothing of use, so that no rows of that are missing."""
    name, head = "claude_code/ada/projects/-home-ada-shop/a.jsonl", json_lines([transcript_line(1)])
    content = head + json_lines([{"type": "summary", "summary": "x"}])
    keyed.put("litellm/other.jsonl", json_lines([spend_log(3)]), at=_EARLY)
    keyed.put(name, head, at=_EARLY)
    keyed.load()
    keyed.put(name, content, at=_LATE)
    keyed.load()
    before = keyed.everything()
    keyed.close()
    (keyed.landing / name).unlink()
    _cut(keyed.settings.database)
    assert len(restore(keyed.settings).loaded.lost) == 1
    keyed.put(name, content, at=_LATE)
    keyed.load()
    assert keyed.everything() == before


def test_rows_that_were_kept_are_not_given_up(lived: Zone, runs: Runs) -> None:
    """Of a file that vanished, was put back as it was, and vanishes again while a rebuild is under way."""
    before = lived.everything()
    lived.put("litellm/vanishes.jsonl", json_lines([spend_log(3)]) + "garbage\n", at=_EARLY)
    assert lived.load().readings == []
    lived.close()
    _cut(lived.settings.database)
    runs.kill(lived.settings, "rebuild", at=Place("tokenworth.rebuild:_take_place", "after"))
    (lived.landing / "litellm/vanishes.jsonl").unlink()
    assert lived.load().lost == []
    assert lived.everything() == before


def test_one_damaged_block_of_any_database_leads_to_a_way_out(lived: Zone, tmp_path: Path) -> None:
    """Wherever it is, and whichever file the engine means: what is kept is written anew, or a rebuild helps."""
    before = lived.everything()
    lived.close()
    for file in (lived.settings.database, path_of(lived.settings)):
        for at in range(12_288, file.stat().st_size, file.stat().st_size // 6):
            settings = copy_of(lived.settings, tmp_path / f"{file.stem}-{at}")
            with (settings.warehouse / file.name).open("r+b") as damaged:
                damaged.seek(at)
                damaged.write(os.urandom(64))
            copy = Zone(settings.warehouse.parent, key=settings.key)
            try:
                copy.load(reload=True)
            except DamagedError as error:
                assert "tokenworth rebuild" in error.todo, at
                restore(copy.settings)
            assert copy.everything() == before, (file.name, at)
            copy.close()


def test_what_is_kept_is_not_called_damaged_where_somebody_holds_it(lived: Zone, tmp_path: Path) -> None:
    lived.close()
    _cut(lived.settings.database)
    hold = "import sys, time, duckdb; c = duckdb.connect(sys.argv[1]); print(1, flush=True); time.sleep(60)"
    held_by = [sys.executable, "-c", hold, str(path_of(lived.settings))]
    with subprocess.Popen(held_by, stdout=subprocess.PIPE) as holder:
        assert holder.stdout.readline() == b"1\n"
        with pytest.raises(WarehouseBusyError, match=r"kept\.duckdb is held open"):
            restore(lived.settings)
        holder.kill()


def test_who_loads_source_by_source_keeps_what_vanished_too(keyed: Zone) -> None:
    """As the DAG does: none of its tasks but the first looks at the whole landing zone."""
    keyed.put("litellm/vanishes.jsonl", json_lines([spend_log(3)]), at=_EARLY)
    for _ in range(2):
        for source in sources_to_load(keyed.settings):
            keyed.load(sources=[source])
        (keyed.landing / "litellm/vanishes.jsonl").unlink(missing_ok=True)
    _cut(keyed.settings.database)
    assert restore(keyed.settings).loaded.lost == []
    assert keyed.rows("litellm_requests", "request_id") == [("chatcmpl-3",)]


def test_a_file_that_changed_after_the_last_load_is_loaded_as_it_is_now(lived: Zone) -> None:
    lived.put("litellm/replaced.jsonl", json_lines([spend_log(5)]), at=_LATE + 500)
    _cut(lived.settings.database)
    assert restore(lived.settings).loaded.lost == []
    assert lived.rows("litellm_requests", "request_id") == [("chatcmpl-3",), ("chatcmpl-5",)]


def test_a_file_that_had_grown_is_read_at_once_and_has_the_same_rows(lived: Zone) -> None:
    lived.put("claude_code/ada/projects/-home-ada-shop/a.jsonl", json_lines(map(transcript_line, (1, 2))), at=_LATE)
    lived.load()
    before, seen = lived.everything(), "select min(first_seen_at) from audit.loads where source = 'claude_code'"
    since = lived.ask(seen)
    lived.close()
    _cut(lived.settings.database)
    restore(lived.settings)
    assert (lived.everything(), lived.ask(seen)) == (before, since)


def test_without_what_was_kept_it_is_made_anew_only_when_that_is_said(lived: Zone) -> None:
    _cut(lived.settings.database)
    path_of(lived.settings).unlink()
    with pytest.raises(UsageError, match=r"kept\.duckdb is missing") as refusal:
        restore(lived.settings)
    assert "--without-kept" in refusal.value.todo
    assert lived.settings.database.exists()

    restore(lived.settings, without_kept=True)

    assert lived.rows("litellm_requests", "request_id") == [("chatcmpl-4",)]


def test_without_the_identities_nothing_is_made_anew(lived: Zone) -> None:
    """Or whoever was erased would come back, and nobody would know who was looked up."""
    lived.close()
    lived.settings.identities.unlink()
    before = lived.settings.database.read_bytes()
    with pytest.raises(UsageError, match="who was erased") as refusal:
        restore(lived.settings)
    assert "Put it back from a backup" in refusal.value.todo
    assert lived.settings.database.read_bytes() == before


@pytest.mark.parametrize("damage", [_cut, _overwritten, _overwritten_within])
def test_where_what_was_kept_is_damaged_as_well_that_is_said(lived: Zone, damage: Callable[[Path], None]) -> None:
    lived.close()
    damage(path_of(lived.settings))
    _cut(lived.settings.database)
    with pytest.raises(DamagedError, match=r"kept\.duckdb is damaged") as refusal:
        restore(lived.settings)
    assert "--without-kept" in refusal.value.todo


@pytest.mark.parametrize("damage", [_cut, _overwritten, _overwritten_within])
def test_what_was_kept_is_written_anew_where_it_is_damaged_itself(lived: Zone, damage: Callable[[Path], None]) -> None:
    lived.close()
    damage(path_of(lived.settings))
    lived.load()
    _cut(lived.settings.database)
    restore(lived.settings)
    assert lived.ask("select request_key from told.requests") == [(_OWNED,)]


def test_what_is_kept_cannot_be_restored_by_a_version_without_digests(lived: Zone) -> None:
    """It would tell again what it does not restore; it asks for the loads that are saved as one column."""
    lived.close()
    with duckdb.connect(str(path_of(lived.settings)), read_only=True) as kept, pytest.raises(duckdb.BinderException):
        kept.execute("select load_id in (from saved) from audit.loads")


def test_requests_that_an_older_version_kept_as_texts_are_known_by_their_digests(lived: Zone) -> None:
    lived.close()
    with duckdb.connect(str(path_of(lived.settings))) as kept:
        kept.execute("insert into told.requests values ('id', now()::timestamp)")
    _cut(lived.settings.database)
    restore(lived.settings)
    assert lived.ask("select request_key from told.requests") == [(_OWNED,)]
    assert lived.ask("select request_digest = md5_number('id') from told.request_ids") == [(True,)]


def test_a_killed_rebuild_is_finished_by_the_next(lived: Zone, runs: Runs) -> None:
    before = held(lived.settings)
    lived.close()
    _cut(lived.settings.database)
    runs.kill(lived.settings, "rebuild", at=Place("tokenworth.rebuild:_restore", "after"))
    runs.kill(lived.settings, "rebuild", at=Place("tokenworth.rebuild:_take_place", "before"))
    runs.kill(lived.settings, "rebuild", at=Place("pathlib:Path.rename", "after"))  # the old one is aside, no new one
    with pytest.raises(DamagedError, match=r"warehouse\.duckdb is missing"):
        lived.load()
    runs.kill(lived.settings, "rebuild", at=Place("tokenworth.intake:Intake.commit", "after"))
    lived.load()
    assert_same(held(lived.settings), before)


def test_keys_that_gave_way_are_not_kept(tmp_path: Path) -> None:
    zone = Zone(tmp_path)
    zone.put("people/members.csv", csv_text(["person_id", "email"], ["p-1", "ada@acme.example"]))
    zone.put("litellm/vanishes.jsonl", json_lines([spend_log(3)]))
    zone.load()
    (zone.landing / "litellm/vanishes.jsonl").unlink()
    zone.load()
    (before,) = zone.ask("select account_key from raw.litellm_requests")[0]
    zone.close()
    assert before.encode() in path_of(zone.settings).read_bytes()

    rotate(zone.settings, reason="yearly", who="ops")
    assert before.encode() not in path_of(zone.settings).read_bytes()
    (after,) = zone.ask("select account_key from raw.litellm_requests")[0]
    zone.close()
    erase(zone.settings, "p-1", reason="asked", who="hr")
    assert after.encode() not in path_of(zone.settings).read_bytes()

    _cut(zone.settings.database)
    restore(zone.settings)
    assert zone.ask("select count(*) from raw.litellm_requests") == [(1,)]
