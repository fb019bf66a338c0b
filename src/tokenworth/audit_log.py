"""Who asked for what about people, in a chain: a line that was removed or changed is found.

The lines stand in `identities.duckdb`, because a reason may name somebody. Each is signed, with the one before it,
under a key made of the secret of the pseudonyms; how many there are, and the last signature, stand in `audit.head`
beside it, so that lines missing at the end are found as well.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import os
from datetime import UTC, datetime

import duckdb

from tokenworth.settings import Settings

SCHEMA = """
create table if not exists ids.audit_log (
    line bigint primary key, asked_at timestamp not null, who varchar not null, action varchar not null,
    subject varchar not null, reason varchar not null, signature varchar not null
);
"""
_START = "0" * 64


class AuditLog:
    """The log in the attached `ids`; `secret` signs it."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, settings: Settings, secret: bytes) -> None:
        self._c = connection
        self._head = settings.identities.with_name("audit.head")
        self._key = hmac.new(secret, b"audit log", hashlib.sha256).digest()

    def append(self, *, who: str, action: str, subject: str, reason: str) -> None:
        """Adds a line; to be called before what it tells of is done, so that nothing is done without one."""
        last = self._c.execute("select line, signature from ids.audit_log order by line desc limit 1").fetchall()
        line, before = (int(last[0][0]) + 1, str(last[0][1])) if last else (1, _START)
        at = datetime.now(UTC).replace(tzinfo=None)
        signature = self._sign(before, line, at, who, action, subject, reason)
        self._c.execute(
            "insert into ids.audit_log values (?, ?, ?, ?, ?, ?, ?)",
            [line, at, who, action, subject, reason, signature],
        )
        # Afterwards: a kill between the two leaves a head that is one behind, and no line can be added without the key.
        self._write_head(line, signature)

    def problems(self) -> list[str]:
        """What is wrong with the log, in order; empty where every line is as it was written."""
        found: list[str] = []
        before, expected = _START, 1
        signatures: dict[int, str] = {}
        for line, at, who, action, subject, reason, signature in self._c.execute(
            "select line, asked_at, who, action, subject, reason, signature from ids.audit_log order by line"
        ).fetchall():
            if line > expected:
                found.append(_missing(expected, line - 1))
            elif signature != self._sign(before, line, at, who, action, subject, reason):
                found.append(f"line {line} was changed, or the one before it")
            before, expected = signature, line + 1
            signatures[line] = signature
        count, last = self._read_head()
        if count >= expected:
            found.append(_missing(expected, count))
        elif count < expected - 2 or signatures.get(count, _START) != last:
            found.append(f"{self._head.name} does not belong to this log: it was put back or taken away")
        return found

    def lines(self) -> list[tuple[object, ...]]:
        """Line, time, who, what, about whom and why, the oldest first."""
        return self._c.execute(
            "select line, asked_at, who, action, subject, reason from ids.audit_log order by line"
        ).fetchall()

    def sign_anew(self, secret: bytes) -> None:
        """Signs every line with a new secret; only for a log without problems."""
        self._key = hmac.new(secret, b"audit log", hashlib.sha256).digest()
        before = _START
        for line, at, who, action, subject, reason in self.lines():
            before = self._sign(before, line, at, who, action, subject, reason)
            self._c.execute("update ids.audit_log set signature = ? where line = ?", [before, line])
        self._write_head(len(self.lines()), before)

    def _sign(self, before: str, *said: object) -> str:
        return hmac.new(self._key, json.dumps([before, *map(str, said)]).encode(), hashlib.sha256).hexdigest()

    def _write_head(self, count: int, signature: str) -> None:
        scratch = self._head.with_suffix(".new")
        handle = os.open(scratch, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "w", encoding="ascii") as file:
            file.write(f"{count} {signature}\n")
            file.flush()
            os.fsync(file.fileno())
        scratch.replace(self._head)

    def _read_head(self) -> tuple[int, str]:
        try:
            count, _, signature = self._head.read_text("ascii").strip().partition(" ")
            return int(count), signature
        except (OSError, ValueError):
            return 0, _START


def _missing(first: int, last: int) -> str:
    return f"line {first} was removed" if first == last else f"lines {first} to {last} were removed"
