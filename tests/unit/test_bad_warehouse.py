"""A warehouse folder that cannot be used as it is: what is wrong, and what to do about it."""

from __future__ import annotations

import gzip
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from tests.exports import json_lines, spend_log, transcript_line
from tests.zone import Zone
from tokenworth.errors import TokenworthError, UsageError, WarehouseBusyError
from tokenworth.intake import Intake
from tokenworth.settings import read_settings
from tokenworth.warehouse import open_warehouse
from tokenworth.writer import sole_writer


@pytest.fixture
def filled(zone: Zone) -> Zone:
    zone.put("litellm/a.jsonl", json_lines([spend_log(1)]))
    return zone


def _warehouse(zone: Zone) -> Path:
    zone.settings.warehouse.mkdir(exist_ok=True)
    return zone.settings.database


def test_a_database_of_somebody_else_is_left_alone(filled: Zone) -> None:
    path = _warehouse(filled)
    with duckdb.connect(str(path)) as foreign:
        foreign.execute("create table budget as select 42 as euros")

    with pytest.raises(TokenworthError, match="not a Tokenworth warehouse; it was left alone"):
        filled.load()

    with duckdb.connect(str(path)) as foreign:
        assert foreign.execute("from budget").fetchall() == [(42,)]
        assert foreign.execute("select count(*) from duckdb_tables()").fetchall() == [(1,)]


@pytest.mark.parametrize("content", [b"garbage", b"SQLite format 3\x00" + b"\0" * 4096, b"\0" * 100_000])
@pytest.mark.parametrize("name", ["warehouse.duckdb", "identities.duckdb"])
def test_garbage_in_place_of_a_database_is_left_alone(filled: Zone, name: str, content: bytes) -> None:
    path = _warehouse(filled).with_name(name)
    path.write_bytes(content)
    path.with_name("pseudonym.key").write_text("k" * 64)

    with pytest.raises(TokenworthError, match=f"{name} is damaged, or is no DuckDB database") as refusal:
        filled.load()

    assert "Move its folder away" in refusal.value.todo
    assert path.read_bytes() == content


def test_a_folder_in_place_of_a_database_is_named(filled: Zone) -> None:
    _warehouse(filled).mkdir()

    with pytest.raises(TokenworthError, match=r"warehouse\.duckdb"):
        filled.load()


def test_a_warehouse_of_a_newer_layout_is_left_alone(filled: Zone) -> None:
    filled.load()
    filled.close()
    with duckdb.connect(str(filled.settings.database)) as newer:
        newer.execute("update audit.warehouse set layout = 99")
        newer.execute("drop table raw.litellm_requests")

    with pytest.raises(TokenworthError, match="has layout 99, this version writes layout 2; it was left alone"):
        filled.load()

    with duckdb.connect(str(filled.settings.database)) as newer:
        query = "select count(*) from duckdb_tables() where table_name = 'litellm_requests'"
        assert newer.execute(query).fetchall() == [(0,)]


def test_a_warehouse_of_an_older_layout_is_not_opened_by_the_older_version_again(filled: Zone) -> None:
    """It would not know what was told since, and tell it once more."""
    owned = f"{'0' * 32}:event"
    filled.load()
    filled.close()
    with duckdb.connect(str(filled.settings.database)) as older:
        older.execute("update audit.warehouse set layout = 1")
        older.execute(f"insert into told.requests values ('{owned}', now()::timestamp), ('id', now()::timestamp)")
    filled.load()
    assert filled.ask("select layout from audit.warehouse") == [(2,)]
    assert filled.ask("select request_key from told.requests") == [(owned,)]
    assert filled.ask("select request_digest = md5_number('id') from told.request_ids") == [(True,)]


def test_a_second_run_is_told_who_holds_the_warehouse(filled: Zone) -> None:
    with (
        sole_writer(filled.settings),
        pytest.raises(WarehouseBusyError, match=f"another run is writing to .*process {os.getpid()} since"),
    ):
        filled.load()

    filled.load()
    assert len(filled.rows("litellm_requests", "*")) == 1


def test_who_keeps_the_database_open_in_the_same_program_is_not_told_that_it_is_damaged(filled: Zone) -> None:
    filled.load()
    with duckdb.connect() as reader:
        reader.execute(f"attach '{filled.settings.database}' as warehouse (read_only)")
        with (
            pytest.raises(WarehouseBusyError, match=r"warehouse\.duckdb is held open by this program"),
            open_warehouse(filled.settings),
        ):
            pass


def test_a_program_that_keeps_the_database_open_is_waited_for_by_no_one(filled: Zone) -> None:
    filled.load()
    for path in (filled.settings.database, filled.settings.identities):
        filled.close()
        program = "import duckdb, sys; c = duckdb.connect(sys.argv[1], read_only=True); print(flush=True); input()"
        with subprocess.Popen(
            [sys.executable, "-c", program, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
        ) as holder:
            assert holder.stdout is not None
            holder.stdout.readline()
            with pytest.raises(WarehouseBusyError, match=f"{path.name} is held open by another program"):
                filled.load()
            holder.communicate(b"\n")
        filled.load()


def test_a_place_that_cannot_hold_a_warehouse_is_named(filled: Zone) -> None:
    (filled.folder / "file").write_text("x")
    filled.settings = filled.settings.model_copy(update={"warehouse": filled.folder / "file" / "warehouse"})

    with pytest.raises(UsageError, match="cannot write to the warehouse folder"):
        filled.load()


@pytest.mark.parametrize("folder", ["wh [1]", "**", "it's", "user=bob/prompt_tokens=7", "new\nline", "größe {a,b}"])
def test_the_warehouse_may_lie_in_a_folder_of_any_name(filled: Zone, folder: str) -> None:
    filled.put("litellm/a.csv", "request_id,startTime,prompt_tokens,completion_tokens,user\nr,2026-02-01,1,1,ada\n")
    filled.put("litellm/b.csv", "request_id,startTime,prompt_tokens,completion_tokens,user\nr,2026-02-01,1,x,ada\n")
    filled.put("litellm/c.jsonl", json_lines([spend_log(2)]) + "garbage\n")
    filled.settings = filled.settings.model_copy(update={"warehouse": filled.folder / folder})

    filled.load()

    assert filled.rows("litellm_requests", "plain(account_key)", "prompt_tokens") == [
        ("ada", 1), ("ada@acme.example", 100), ("ada@acme.example", 100),
    ]  # fmt: skip
    assert len(filled.quarantine()) == 2


def test_without_its_key_or_with_another_one_a_warehouse_is_not_written(filled: Zone) -> None:
    filled.load()
    key = filled.settings.warehouse / "pseudonym.key"
    kept = key.read_text()

    key.write_text("k" * 64)
    with pytest.raises(TokenworthError, match=r"not the one that identities\.duckdb was written with"):
        filled.load()
    key.write_text("")
    with pytest.raises(TokenworthError, match=r"pseudonym\.key is damaged"):
        filled.load()
    key.unlink()
    with pytest.raises(TokenworthError, match=r"pseudonym\.key is missing"):
        filled.load()
    filled.set(key="short")
    with pytest.raises(UsageError, match="shorter than 16 characters"):
        filled.load()

    key.write_text(kept)
    filled.set()
    assert filled.load().unchanged == 1


def test_without_its_identities_a_warehouse_is_not_written(filled: Zone) -> None:
    filled.load()
    filled.close()
    filled.settings.identities.unlink()

    with pytest.raises(TokenworthError, match=r"identities\.duckdb was lost"):
        filled.load()


def test_words_for_tags_must_be_of_a_known_kind() -> None:
    with pytest.raises(UsageError, match="tag_words"):
        read_settings(tag_words={"tickets": ["story"]})


def test_what_the_engine_says_of_the_data_reaches_no_message(filled: Zone, monkeypatch: pytest.MonkeyPatch) -> None:
    def stumble(intake: Intake, *_: object) -> None:
        intake.c.execute("select cast('ada.quill@acme.example' as integer)")

    monkeypatch.setattr(Intake, "refuse", stumble)
    filled.put("litellm/b.csv", "")

    with pytest.raises(TokenworthError, match="the engine failed: Conversion Error") as failure:
        filled.load()

    assert "ada" not in str(failure.value)
    assert failure.value.__cause__ is None
    assert failure.value.__suppress_context__


def test_what_was_prepared_in_plain_is_gone_after_each_batch(filled: Zone, monkeypatch: pytest.MonkeyPatch) -> None:
    filled.put("claude_code/ada/projects/s/a.jsonl", json_lines([transcript_line(1)]) + "garbage\n")
    filled.put("people/members.csv", "person_id,email\np-1,ada@acme.example\n")
    filled.put("litellm/cut.json", '[{"request_id": ')
    left: list[object] = []
    forget = Intake.forget

    def look(intake: Intake) -> None:
        forget(intake)
        left.extend(intake.c.execute("select table_name from duckdb_tables() where temporary").fetchall())

    monkeypatch.setattr(Intake, "forget", look)

    filled.load()

    assert left == []
    assert list(filled.settings.work.iterdir()) == []


def test_a_killed_run_s_scratch_is_emptied_by_the_next(filled: Zone) -> None:
    filled.settings.work.mkdir(parents=True)
    (filled.settings.work / "1.in").write_text("an unpacked transcript")

    filled.load()

    assert list(filled.settings.work.iterdir()) == []
    assert filled.settings.work.stat().st_mode & 0o777 == 0o700


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A folder on a disk of a few megabytes, where this user may mount one."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = shutil.which("mount")
    if mount is None or os.geteuid() != 0:
        pytest.skip("only root can mount a small disk")
    arguments = [mount, "-t", "tmpfs", "-o", "size=6m", "tmpfs", str(folder)]
    done = subprocess.run(arguments, capture_output=True, check=False)
    if done.returncode != 0:
        pytest.skip("no small disk can be mounted here")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


@pytest.mark.parametrize("packed", [True, False])
def test_a_full_disk_loses_nothing_and_the_next_run_goes_on(zone: Zone, small_disk: Path, packed: bool) -> None:

    zone.put("litellm/a.jsonl", json_lines([spend_log(1)]))
    zone.settings = zone.settings.model_copy(update={"warehouse": small_disk / "warehouse"})
    zone.load()
    many = json_lines(spend_log(n, request_id=os.urandom(300).hex(), model=os.urandom(400).hex()) for n in range(6000))
    zone.put("litellm/b.jsonl" + ".gz" * packed, gzip.compress(many.encode(), 1) if packed else many)

    with pytest.raises(TokenworthError, match=r"the disk is full: that of .* MB left\. Files that were complete"):
        zone.load()
    assert zone.rows("litellm_requests", "request_id") == [("chatcmpl-1",)]
    assert zone.ask("select count(*) from audit.loads") == [(1,)]
    zone.close()

    subprocess.run(["mount", "-o", "remount,size=200m", str(small_disk)], check=True)
    zone.load()
    assert len(zone.rows("litellm_requests", "*")) == 6001
    zone.assert_balanced()
    zone.close()


@pytest.mark.skipif(os.geteuid() == 0, reason="nothing is closed to root")
def test_a_file_that_may_not_be_read_is_tried_again_and_keeps_its_rows(filled: Zone) -> None:
    closed = filled.put("litellm/closed.jsonl", json_lines([spend_log(2)]))
    closed.chmod(0)
    filled.load()
    assert filled.reasons() == [(None, "the file: cannot be opened: Permission denied")]
    filled.load()
    assert filled.reasons() == [(None, "the file: cannot be opened: Permission denied")]

    closed.chmod(0o600)
    filled.load()
    assert len(filled.rows("litellm_requests", "*")) == 2
    assert filled.reasons() == []

    filled.put("litellm/closed.jsonl", json_lines([spend_log(2), spend_log(3)]), at=1_700_000_000).chmod(0)
    assert filled.load().postponed == 1
    assert len(filled.rows("litellm_requests", "*")) == 2


def test_reading_needs_a_warehouse(zone: Zone) -> None:
    with pytest.raises(UsageError, match="there is no warehouse"), open_warehouse(zone.settings, read_only=True):
        pass
