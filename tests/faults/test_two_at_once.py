"""Two schedulers that start the same run, and programs that keep the warehouse open."""

from __future__ import annotations

import fcntl
import os
import subprocess
import sys
import threading

import pytest

from tests.exports import json_lines, spend_log
from tests.faults.runs import Runs
from tests.zone import Zone
from tokenworth.errors import WarehouseBusyError
from tokenworth.load import load
from tokenworth.writer import sole_writer, whole_run, writing_now


@pytest.fixture
def filled(keyed: Zone) -> Zone:
    keyed.put("litellm/a.jsonl", json_lines([spend_log(1)]))
    return keyed


def test_the_first_run_goes_on_and_the_second_is_told_who_holds_the_warehouse(filled: Zone, runs: Runs) -> None:
    with whole_run(filled.settings):
        between = runs(filled.settings, "load")
        load(filled.settings)
        again = runs(filled.settings, "build")
    for second in (between, again):
        assert second.code == 3
        assert f"(run, process {os.getpid()} since " in " ".join(second.said.split())
        assert "Wait until it ends" in second.said
    assert len(filled.rows("litellm_requests", "*")) == 1
    filled.close()
    assert runs(filled.settings, "load").code == 0


def test_who_writes_is_known_by_the_step_and_forgotten_behind_it(filled: Zone) -> None:
    filled.settings.warehouse.mkdir()
    assert writing_now(filled.settings) == (None, False)
    with whole_run(filled.settings), sole_writer(filled.settings, "build"):
        writer, now = writing_now(filled.settings)
        assert writer is not None
        assert (writer.doing, writer.process, now) == ("run: build", os.getpid(), True)
    assert writing_now(filled.settings) == (None, False)


def test_looking_who_writes_keeps_nobody_from_writing(filled: Zone) -> None:
    filled.load()
    with (filled.settings.warehouse / ".lock").open() as looked_at:
        fcntl.flock(looked_at, fcntl.LOCK_SH)  # as writing_now does, on a machine that is too busy to go on at once
        gone_on = threading.Timer(0.5, fcntl.flock, (looked_at, fcntl.LOCK_UN))
        gone_on.start()
        with sole_writer(filled.settings, "load"):
            assert writing_now(filled.settings)[1]
        gone_on.join()


def test_a_name_that_a_kill_cut_short_is_read(filled: Zone) -> None:
    filled.load()
    name = '{"doing": "load", "process": 7, "since": "2026-02-01T00:00:00+00:00"}'
    (filled.settings.warehouse / ".lock").write_text(name + '5:00:00+00:00"}')
    writer, now = writing_now(filled.settings)
    assert writer is not None
    assert (writer.doing, writer.process, now) == ("load", 7, False)


def test_who_keeps_the_warehouse_open_is_named(filled: Zone) -> None:
    filled.load()
    program = "import duckdb, sys; c = duckdb.connect(sys.argv[1], read_only=True); print(flush=True); input()"
    with subprocess.Popen(
        [sys.executable, "-c", program, str(filled.settings.database)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as holder:
        assert holder.stdout is not None
        holder.stdout.readline()
        with pytest.raises(
            WarehouseBusyError, match=rf"held open by another program \(python\S*, process {holder.pid}\)"
        ):
            filled.load()
        holder.communicate(b"\n")
    filled.load()
