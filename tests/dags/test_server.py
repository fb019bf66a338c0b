"""`make airflow`: a real scheduler, in which assets start the build, and which stops without a trace."""

from __future__ import annotations

import os
import re
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import psutil
import pytest

# An idle machine needs a third of these.
_READY_SECONDS, _LOADED_SECONDS, _STOPPED_SECONDS = 240, 240, 60


@dataclass
class Server:
    process: subprocess.Popen[bytes]
    said: Path
    home: Path
    warehouse: Path
    port: int

    def wait(self, seconds: float, until: Callable[[], bool]) -> None:
        deadline = time.monotonic() + seconds
        while not until():
            assert self.process.poll() is None, self.told()
            assert time.monotonic() < deadline, self.told()
            time.sleep(0.5)

    def told(self) -> str:
        log = self.home / "local.log"
        return self.said.read_text() + "\n".join(log.read_text(errors="replace").splitlines()[-60:])

    def runs(self, dag: str) -> list[tuple[str, str]]:
        """Kind and state of each run of a DAG, from Airflow's own database."""
        with sqlite3.connect(f"file:{self.home / 'airflow.db'}?mode=ro", uri=True, timeout=10) as connection:
            return connection.execute("select run_type, state from dag_run where dag_id = ?", [dag]).fetchall()


def _free_ports(count: int) -> list[int]:
    probes = [socket.socket() for _ in range(count)]
    for probe in probes:
        probe.bind(("127.0.0.1", 0))
    ports = [int(probe.getsockname()[1]) for probe in probes]
    for probe in probes:
        probe.close()
    return ports


@pytest.fixture(scope="module")
def server(airflow: dict[str, str], exports: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("served")
    for source in ("people", "litellm"):
        shutil.copytree(exports / source, folder / "landing" / source)
    home = folder / "airflow"
    home.mkdir()
    port, logs, triggers = _free_ports(3)
    # Others may have an Airflow of theirs on this machine.
    (home / "airflow.cfg").write_text(
        f"[logging]\nworker_log_server_port = {logs}\ntrigger_log_server_port = {triggers}\n"
    )
    environment = airflow | {"AIRFLOW_HOME": str(home)}
    said = folder / "said"
    command = [sys.executable, "-m", "tokenworth_airflow.local", "serve", "--port", str(port)]
    with said.open("wb") as out:
        process = subprocess.Popen(
            [*command, "--landing", "landing", "--warehouse", "warehouse"],
            env=environment,
            cwd=folder,
            stdout=out,
            stderr=out,
            start_new_session=True,
        )
    server = Server(process, said, home, folder / "warehouse", port)
    try:
        yield server
    finally:
        family = _family(process.pid)
        for member in family:
            _kill(member)
        process.wait(10)


def _family(pid: int) -> list[psutil.Process]:
    try:
        parent = psutil.Process(pid)
        return [parent, *parent.children(recursive=True)]
    except psutil.NoSuchProcess:
        return []


def _kill(member: psutil.Process) -> None:
    with suppress(psutil.NoSuchProcess):
        member.kill()


def _lives(member: psutil.Process) -> bool:
    """Where nothing collects orphans, as in a container, what has ended stays listed."""
    with suppress(psutil.NoSuchProcess):
        return bool(member.status() != psutil.STATUS_ZOMBIE)
    return False


def test_it_starts_and_says_where_it_is_and_who_may_enter(server: Server) -> None:
    server.wait(_READY_SECONDS, lambda: "Ctrl-C stops it all" in server.said.read_text())
    said = server.said.read_text()
    assert f"Airflow is at http://localhost:{server.port}, user admin, password " in said
    assert re.search(r"password \S{8,}", said)
    assert "Traceback" not in said


def test_what_was_loaded_starts_one_build(server: Server) -> None:
    server.wait(_LOADED_SECONDS, lambda: bool(server.runs("tokenworth_build")))
    server.wait(_LOADED_SECONDS, lambda: server.runs("tokenworth_load") != [("scheduled", "running")])
    assert server.runs("tokenworth_load") == [("scheduled", "success")], server.told()
    ((kind, state),) = server.runs("tokenworth_build")
    assert kind == "asset_triggered"
    assert state in ("queued", "running", "success")


def test_it_stops_with_all_its_children_in_the_middle_of_a_build(server: Server) -> None:
    family = _family(server.process.pid)
    assert len(family) > 4, "the server, the scheduler, the reader of DAGs and the web page"
    os.kill(server.process.pid, signal.SIGINT)
    assert server.process.wait(_STOPPED_SECONDS) == 0, server.told()
    assert server.said.read_text().rstrip().endswith("stopped")
    assert [member for member in family if _lives(member)] == []
    with socket.socket() as probe:
        assert probe.connect_ex(("127.0.0.1", server.port)) != 0
