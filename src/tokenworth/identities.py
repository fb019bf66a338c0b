"""Pseudonyms at the door: accounts, people and names that hold a login never enter as themselves.

Each distinct text of a vocabulary (account, person, branch, folder ...) gets a key, the
HMAC-SHA-256 of the text under a secret. `identities.duckdb` keeps text and key; the warehouse
keeps keys, and for branches, folders, files and repositories the text with every known login
replaced. Which logins are known grows over time, so those texts are made anew from the originals
whenever a login is learned: the result does not depend on what arrived first.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress

import duckdb

from tokenworth.audit_log import SCHEMA as AUDIT_SCHEMA
from tokenworth.audit_log import AuditLog
from tokenworth.erased import Erased
from tokenworth.errors import TokenworthError, UsageError
from tokenworth.keys import key_of
from tokenworth.settings import Settings
from tokenworth.warehouse import cannot_open, given, literal, open_warehouse
from tokenworth.writer import sole_writer

_SCHEMA = """
create table if not exists ids.pseudonyms (
    vocabulary varchar not null, key varchar not null, plain varchar not null, primary key (vocabulary, plain)
);
create table if not exists ids.accounts_seen (
    system varchar not null, account_key varchar not null, primary key (system, account_key)
);
create table if not exists ids.identities (
    person_key varchar not null, person_id varchar, system varchar not null, account varchar not null,
    valid_from date, valid_to date, display_name varchar
);
-- Of who was erased: hashes of what was known of them, and the keys that stand in its place. They have a salt of
-- their own, so that they outlive the secret of the pseudonyms.
create table if not exists ids.erased (
    vocabulary varchar not null, hash varchar not null, replacement varchar not null, primary key (vocabulary, hash)
);
create table if not exists ids.salt (salt varchar not null);
-- What `identities` were made of; nothing where they have to be made anew.
create table if not exists ids.made_of (known varchar not null);
"""


def pseudonym_key(settings: Settings) -> bytes:
    """The secret of all pseudonyms: from the environment, else a file made once with mode 0600."""
    if settings.key is not None:
        secret = settings.key.get_secret_value()
        if len(secret) < 16:
            raise UsageError("TOKENWORTH_KEY is shorter than 16 characters", todo="Use 32 random ones.")
        return secret.encode()
    path = settings.warehouse / "pseudonym.key"
    if not path.exists():
        if settings.identities.exists():
            raise TokenworthError(
                f"{path} is missing, but {settings.identities.name} was written with it",
                todo="Put the key back, or set TOKENWORTH_KEY; without it nobody can be matched again.",
            )
        handle = os.open(path.with_suffix(".new"), os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "w", encoding="ascii") as file:
            file.write(secrets.token_hex(32))
            file.flush()
            os.fsync(file.fileno())
        path.with_suffix(".new").rename(path)
    with suppress(OSError):  # of somebody else's, which this user may read
        path.chmod(0o600)
    secret_bytes = path.read_bytes().strip()
    if len(secret_bytes) < 16:
        raise TokenworthError(f"{path} is damaged", todo="Put the key back; nobody can be matched without it.")
    return secret_bytes


def attach_identities(connection: duckdb.DuckDBPyConnection, settings: Settings) -> None:
    """Attaches `identities.duckdb` as `ids`, readable by its owner only."""
    path = settings.identities
    try:
        connection.execute(f"attach {literal(path)} as ids")
    except duckdb.Error as error:
        raise cannot_open(path, error, settings) from None
    path.chmod(0o600)
    connection.execute(_SCHEMA + AUDIT_SCHEMA)


class Pseudonyms:
    """Gives keys to texts, and remembers both. Identities are written before what refers to them."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, settings: Settings) -> None:
        self._connection = connection
        self._secret = pseudonym_key(settings)
        attach_identities(connection, settings)
        self.erased = Erased(connection)
        self._check_that_nothing_was_lost(settings)

    def key(self, vocabulary: str, plain: str) -> str:
        return key_of(self._secret, vocabulary, plain)

    def _check_that_nothing_was_lost(self, settings: Settings) -> None:
        """With another key every file would be new, and without identities no login known and hidden."""
        known = self._connection.execute(
            "select vocabulary, plain, key from ids.pseudonyms"
            " where key not in (select replacement from ids.erased) limit 1"
        ).fetchall()
        loaded = self._connection.execute("select load_id from audit.loads limit 1").fetchall()
        if known and self.key(known[0][0], known[0][1]) != known[0][2]:
            raise TokenworthError(
                f"the key of the pseudonyms is not the one that {settings.identities.name} was written with",
                todo="Use the old TOKENWORTH_KEY or pseudonym.key again.",
            )
        if loaded and not known:
            raise TokenworthError(
                f"{settings.identities} was lost, though {settings.database.name} was written with it",
                todo="Put it back, or move the folder away and run again: all is rebuilt from the landing zone.",
            )

    def learn(self, texts_query: str) -> None:
        """Learns what `texts_query` yields (vocabulary, system, plain), into the temporary table `keys`.

        Only texts never met before are hashed. Idempotent: a kill after it harms nothing.
        """
        c = self._connection
        c.execute(f"create or replace temp table texts as {texts_query}")
        unknown = c.execute(
            "select distinct t.vocabulary, t.plain from texts as t"
            " anti join ids.pseudonyms as p on p.vocabulary = t.vocabulary and p.plain = t.plain"
        ).fetchall()
        unseen = (
            "select distinct t.system, p.key from texts as t"
            " join ids.pseudonyms as p on p.vocabulary = t.vocabulary and p.plain = t.plain"
            " anti join ids.accounts_seen as s on s.system = t.system and s.account_key = p.key where t.system <> ''"
        )
        erased = self.erased.recognise(unknown, self.key)
        if unknown or c.execute(f"{unseen} limit 1").fetchall():  # a commit waits for the disk
            known = {(e.vocabulary, e.plain) for e in erased}
            c.begin()
            self.erased.remember(erased)
            if fresh := [text for text in unknown if text not in known]:
                self._remember(fresh)
            c.execute(f"insert into ids.accounts_seen {unseen}")
            c.commit()
        c.execute(
            "create or replace temp table keys as select distinct p.vocabulary, p.key, p.plain"
            " from texts as t join ids.pseudonyms as p on p.vocabulary = t.vocabulary and p.plain = t.plain"
        )
        if erased:
            c.executemany("insert into keys values (?, ?, ?)", [[e.vocabulary, e.key, e.plain] for e in erased])
        c.execute("drop table texts")

    def learn_names(self, vocabulary: str, texts: Iterable[str]) -> dict[str, str]:
        """Learns a few names given from Python; their keys by name."""
        found = {name: self.key(vocabulary, name) for name in texts}
        names = given({"plain": "VARCHAR"}, [(name,) for name in found])
        self.learn(f"select '{vocabulary}' as vocabulary, '' as system, plain from {names}")
        return found

    def _remember(self, unknown: list[tuple[str, str]]) -> None:
        fresh = given(
            {"vocabulary": "VARCHAR", "key": "VARCHAR", "plain": "VARCHAR"},
            [(vocabulary, self.key(vocabulary, plain), plain) for vocabulary, plain in unknown],
        )
        self._connection.execute(f"insert into ids.pseudonyms from {fresh}")


def unmask(settings: Settings, person_key: str, *, reason: str, who: str) -> list[str]:
    """Who a pseudonym stands for, one line an account; the audit log keeps who asked, and why.

    Raises UsageError for an unknown pseudonym, or without a reason.
    """
    assert_there(settings)
    with sole_writer(settings, "unmask"), audited(settings, reason=reason, who=who) as (connection, log):
        found = connection.execute(
            "select person_id, display_name, system, account, valid_from, valid_to from ids.identities"
            " where person_key = ? order by all",
            [person_key],
        ).fetchall()
        log.append(who=who.strip(), action="unmask", subject=person_key[:64], reason=reason.strip())
        if not found:
            raise UsageError(
                f"nobody has the pseudonym {person_key}",
                todo="Ask with a person_key of the restricted marts. Of who was erased nothing is known, and since the"
                " secret changed everybody has another one.",
            )
    return [
        f"{person_id or 'unclaimed'}{f' ({name})' if name else ''}: {system} {account}"
        f" from {valid_from or 'ever'} to {valid_to or 'now'}"
        for person_id, name, system, account, valid_from, valid_to in found
    ]


def assert_there(settings: Settings) -> None:
    """Raises TokenworthError where there is nobody to ask about; before anything is made there."""
    if settings.identities.exists():
        return
    if settings.database.exists():
        raise TokenworthError(
            f"{settings.identities} was lost, though {settings.database.name} was written with it",
            todo="Put it back from a backup.",
        )
    raise UsageError(
        f"there is no warehouse in {settings.warehouse}",
        todo="Name its folder with --warehouse, or run: tokenworth load",
    )


@contextmanager
def audited(settings: Settings, *, reason: str, who: str) -> Iterator[tuple[duckdb.DuckDBPyConnection, AuditLog]]:
    """The warehouse with the identities as `ids`, for who says why. Raises UsageError where that is missing.

    To be called by whoever holds the warehouse.
    """
    if not reason.strip() or not who.strip():
        raise UsageError("this needs a reason and who asks", todo="Give both: --reason and --who.")
    with open_warehouse(settings) as connection:
        attach_identities(connection, settings)
        yield connection, AuditLog(connection, settings, pseudonym_key(settings))


def read_audit_log(settings: Settings) -> tuple[list[tuple[object, ...]], list[str]]:
    """The lines of the audit log, and what is wrong with them."""
    assert_there(settings)
    with sole_writer(settings, "read the audit log"), open_warehouse(settings) as connection:
        attach_identities(connection, settings)
        log = AuditLog(connection, settings, pseudonym_key(settings))
        return log.lines(), log.problems()
