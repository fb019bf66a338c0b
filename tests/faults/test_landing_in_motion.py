"""A landing zone that others write to meanwhile, and what in it is no file."""

from __future__ import annotations

import os
import socket
import threading
import time

from tests.exports import json_lines, spend_log
from tests.faults.runs import Runs
from tests.zone import Zone
from tokenworth.status import read_status


def test_a_file_that_is_written_during_many_loads_is_loaded_whole_and_once(keyed: Zone) -> None:
    """Torn lines, and lines that come while it is read: what was not whole is left for the next load."""
    path = keyed.put("litellm/growing.jsonl", "")
    lines, stop = 3000, threading.Event()

    def write() -> None:
        with path.open("ab", buffering=0) as file:
            for number in range(lines):
                said = json_lines([spend_log(number)]).encode()
                file.write(said[:50])
                file.write(said[50:])
                if number % 20 == 0:
                    time.sleep(0.005)
        stop.set()

    writer = threading.Thread(target=write)
    writer.start()
    reports = []
    while not stop.is_set():
        reports.append(keyed.load())
    writer.join()
    os.utime(path)
    keyed.load()

    assert len(keyed.rows("litellm_requests", "request_id")) == lines
    assert keyed.ask("select count(distinct request_id) from raw.litellm_requests") >= [(lines,)]
    assert keyed.reasons() == []
    keyed.assert_balanced()
    keyed.close()
    assert read_status(keyed.settings).waiting == 0


def test_what_is_no_file_is_named_and_not_waited_for(keyed: Zone, runs: Runs) -> None:
    """Whoever opens a pipe waits for somebody to write into it, for ever."""
    keyed.put("litellm/a.jsonl", json_lines([spend_log(1)]))
    keyed.put("people/teams.csv", "team_id,team_name,parent_team_id\ncore,Core,\n")
    os.mkfifo(keyed.landing / "litellm/pipe.jsonl")
    os.mkfifo(keyed.landing / "litellm/a.jsonl.meta.json")
    os.mkfifo(keyed.landing / "people/members.csv")
    with socket.socket(socket.AF_UNIX) as listening:
        folder = os.open(keyed.landing, os.O_RDONLY)
        listening.bind(f"/proc/self/fd/{folder}/litellm/socket.jsonl")

    ended = runs(keyed.settings, "load", kill_after=120)

    assert (ended.killed, ended.code) == (False, 0), ended.said
    assert "left for the next run, 4 that no source reads" in " ".join(ended.said.split())
    assert {reason for _, reason in keyed.unread()} == {"not a file"}
    assert len(keyed.rows("litellm_requests", "*")) == 1
