"""Nothing phones home: a whole run opens no connection beyond this machine."""

from __future__ import annotations

import sys
from pathlib import Path

from tests.end_to_end.network import run_without_network
from tests.end_to_end.warehouses import Company


def test_a_run_reaches_for_no_other_machine_and_needs_none(company: Company) -> None:
    assert company.ran.code == 0, company.ran.err
    assert company.ran.attempts == []


def test_whoever_does_reach_for_another_machine_is_caught(tmp_path: Path) -> None:
    calls = (
        "import socket, urllib.request\n"
        "try: urllib.request.urlopen('http://tokenworth.invalid/')\n"
        "except OSError: pass\n"
        "try: socket.create_connection(('192.0.2.1', 443), timeout=1)\n"
        "except OSError: pass\n"
    )
    ran = run_without_network([sys.executable, "-c", calls], tmp_path)
    assert ran.code == 0, ran.err
    assert ran.attempts is not None
    assert [attempt.split(" by ")[0] for attempt in ran.attempts] == [
        "socket.getaddrinfo tokenworth.invalid",
        "socket.getaddrinfo 192.0.2.1",
    ]
