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

from tokenworth.errors import TokenworthError
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
        self._write_heads((line, signature))

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
        ends = [self._problem_of_head(*head, expected, signatures) for head in self._read_heads()]
        return found if "" in ends else [*found, ends[0]]

    def _problem_of_head(self, count: int, last: str, expected: int, signatures: dict[int, str]) -> str:
        if count >= expected:
            return _missing(expected, count)
        if count < expected - 2 or signatures.get(count, _START) != last:
            return f"{self._head.name} does not belong to this log: it was put back or taken away"
        return ""

    def assert_whole(self) -> None:
        """Raises TokenworthError where something is wrong with the log: signed anew, it would pass for whole."""
        if problems := self.problems():
            raise TokenworthError(
                "the audit log is not whole, and would be signed anew: " + "; ".join(problems),
                todo="Find out who changed it, and put identities.duckdb and audit.head back first.",
            )

    def lines(self) -> list[tuple[object, ...]]:
        """Line, time, who, what, about whom and why, the oldest first."""
        return self._c.execute(
            "select line, asked_at, who, action, subject, reason from ids.audit_log order by line"
        ).fetchall()

    def sign_anew(self, secret: bytes) -> None:
        """Signs every line with a new secret; only for a log without problems."""
        self._key = hmac.new(secret, b"audit log", hashlib.sha256).digest()
        self._write_heads((len(self.lines()), self._sign_all()))

    def forget(self, keys: dict[str, str]) -> None:
        """Puts other keys in place of those of an erased person, and signs anew; only for a log without problems."""
        lines = self.lines()
        before = self._read_heads()
        self._c.begin()
        for line, *_, subject, _reason in lines:
            if str(subject) in keys:
                self._c.execute("update ids.audit_log set subject = ? where line = ?", [keys[str(subject)], line])
        after = len(lines), self._sign_all()
        self._write_heads(*before, after)  # both are right until it is known which
        self._c.commit()
        self._write_heads(after)

    def _sign_all(self) -> str:
        """Signs every line; the last signature."""
        before = _START
        for line, at, who, action, subject, reason in self.lines():
            before = self._sign(before, line, at, who, action, subject, reason)
            self._c.execute("update ids.audit_log set signature = ? where line = ?", [before, line])
        return before

    def _sign(self, before: str, *said: object) -> str:
        return hmac.new(self._key, json.dumps([before, *map(str, said)]).encode(), hashlib.sha256).hexdigest()

    def _write_heads(self, *heads: tuple[int, str]) -> None:
        scratch = self._head.with_suffix(".new")
        handle = os.open(scratch, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "w", encoding="ascii") as file:
            file.writelines(f"{count} {signature}\n" for count, signature in heads)
            file.flush()
            os.fsync(file.fileno())
        scratch.replace(self._head)

    def _read_heads(self) -> list[tuple[int, str]]:
        """How many lines there are, and the last one's signature; two of it while the log is signed anew."""
        try:
            said = [line.partition(" ") for line in self._head.read_text("ascii").splitlines()]
            return [(int(count), signature) for count, _, signature in said] or [(0, _START)]
        except (OSError, ValueError):
            return [(0, _START)]


def _missing(first: int, last: int) -> str:
    return f"line {first} was removed" if first == last else f"lines {first} to {last} were removed"
