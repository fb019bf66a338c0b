"""The DAG that looks at a publication, at work: who is told of what, and how often."""

from __future__ import annotations

import email
import email.policy
import http.server
import json
import socketserver
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from expectations.findings import lasting
from tests.small_warehouses import built, change
from tokenworth.settings import Settings

_DIVERGES = "update publication.fct_divergence set verdict = 'divergent', reason = 'Usage grew.' where team_id = '{}'"


class _Mailbox(socketserver.ThreadingTCPServer):
    """A mail server that keeps what it is given."""

    allow_reuse_address = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Smtp)
        self.letters: list[email.message.EmailMessage] = []


class _Smtp(socketserver.StreamRequestHandler):
    server: _Mailbox

    def handle(self) -> None:
        self._say("220 here")
        for line in self.rfile:
            word = line.strip().split(b" ")[0].upper()
            if word == b"DATA":
                self._say("354 go on")
                text = b"".join(iter(self.rfile.readline, b".\r\n"))
                letter = email.message_from_bytes(text, policy=email.policy.default)
                assert isinstance(letter, email.message.EmailMessage)
                self.server.letters.append(letter)
            self._say("221 bye" if word == b"QUIT" else "250 ok")
            if word == b"QUIT":
                return

    def _say(self, words: str) -> None:
        self.wfile.write(words.encode() + b"\r\n")


class _Slack(http.server.ThreadingHTTPServer):
    """A webhook that keeps what it is told, or is out of order."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Hook)
        self.messages: list[str] = []
        self.answer = 200


class _Hook(http.server.BaseHTTPRequestHandler):
    server: _Slack

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if self.server.answer == 200:
            self.server.messages.append(json.loads(body)["text"])
        self.send_response(self.server.answer)
        self.end_headers()

    def log_message(self, *given: Any) -> None:
        pass


@pytest.fixture
def servers() -> Iterator[tuple[_Mailbox, _Slack]]:
    with _Mailbox() as mailbox, _Slack() as slack:
        for server in (mailbox, slack):
            threading.Thread(target=server.serve_forever, daemon=True).start()
        yield mailbox, slack
        for server in (mailbox, slack):
            server.shutdown()


def _look(settings: Settings, airflow: dict[str, str], mailbox: _Mailbox, slack: _Slack, log: Path) -> str:
    mail = {
        "conn_type": "smtp",
        "host": "127.0.0.1",
        "port": mailbox.server_address[1],
        "extra": {"disable_ssl": True, "disable_tls": True, "from_email": "tokenworth@acme.example"},
    }
    environment = airflow | {
        "TOKENWORTH_LANDING": str(settings.landing),
        "TOKENWORTH_WAREHOUSE": str(settings.warehouse),
        "TOKENWORTH_NOTIFY_EMAIL": '["analytics@acme.example"]',
        "TOKENWORTH_NOTIFY_SLACK_WEBHOOK": f"http://127.0.0.1:{slack.server_address[1]}/services/secret-path",
        "AIRFLOW_CONN_SMTP_DEFAULT": json.dumps(mail),
    }
    command = [sys.executable, "-m", "tokenworth_airflow.once", str(log), "tokenworth_divergence"]
    done = subprocess.run(command, env=environment, input="\n", check=False, capture_output=True, text=True)
    return f"{done.returncode} {done.stdout} {done.stderr}"


def test_a_finding_is_told_once_by_every_way_and_never_the_way_itself(
    tmp_path: Path, airflow: dict[str, str], servers: tuple[_Mailbox, _Slack]
) -> None:
    mailbox, slack = servers
    settings, log = built(tmp_path), tmp_path / "airflow.log"
    change(settings, _DIVERGES.format("core"))

    slack.answer = 500
    said = _look(settings, airflow, mailbox, slack, log)
    assert "Slack could not be told (HTTP 500)" in said
    assert [f.about for f in lasting(settings, untold=True)] == ["Core"]

    slack.answer = 200
    mailbox.letters.clear()
    assert _look(settings, airflow, mailbox, slack, log).startswith("0 ")
    assert lasting(settings, untold=True) == []
    assert _look(settings, airflow, mailbox, slack, log).startswith("0 ")

    (message,) = slack.messages
    assert message.startswith("Tokenworth: 1 new finding\n*Core*: Usage grew.")
    (letter,) = mailbox.letters
    assert (letter["To"], letter["Subject"]) == ("analytics@acme.example", "Tokenworth: 1 new finding")
    body = letter.get_body(("html",))
    assert body is not None
    assert "<b>Core</b>: Usage grew." in body.get_content()
    written = log.read_text(errors="replace")
    assert "TEAMS_CONSISTENT of Core: Usage grew." in written
    assert "secret-path" not in written + said
