"""Gives the pseudonyms a new secret, so that a kill at any moment leaves either the old or the new one in force.

Copies of the warehouse and the identities get the new keys, in a folder of their own. When they are complete, a journal
says so, and they are moved into place one after another; whoever next holds the warehouse finishes what a kill
interrupted, or removes copies that were never completed.
"""

from __future__ import annotations

import json
import os
import secrets
import shutil
from pathlib import Path

import duckdb

from tokenworth.audit_log import AuditLog
from tokenworth.errors import UsageError
from tokenworth.identities import Pseudonyms, assert_there, attach_identities, pseudonym_key
from tokenworth.kept import forget_kept, keep
from tokenworth.keys import key_of
from tokenworth.leftovers import nothing_left
from tokenworth.masking import refresh_names
from tokenworth.rekeying import replace_keys
from tokenworth.settings import Settings
from tokenworth.warehouse import drop_built, given, open_warehouse, write_json
from tokenworth.who_is_who import rebuild_identities
from tokenworth.writer import sole_writer

_JOURNAL = "ready.json"
_NAMES = ("warehouse.duckdb", "identities.duckdb", "audit.head", "pseudonym.key")


def rotate(settings: Settings, *, reason: str, who: str) -> None:
    """Makes a new secret, or takes TOKENWORTH_NEW_KEY where the old one came from TOKENWORTH_KEY.

    The marts are gone until the next build. Raises UsageError without a reason or a new key.
    """
    if not reason.strip() or not who.strip():
        raise UsageError("this needs a reason and who asks", todo="Give both: --reason and --who.")
    assert_there(settings)
    folder = settings.warehouse / "rotation"
    with sole_writer(settings, "rotate the key"), nothing_left(settings):
        old, new = pseudonym_key(settings), _new_secret(settings)
        folder.mkdir(mode=0o700)
        key = None if settings.key is None else settings.new_key
        copy = settings.model_copy(update={"warehouse": folder, "key": key})
        for name in _NAMES:
            if (settings.warehouse / name).exists():
                shutil.copy2(settings.warehouse / name, folder / name)
                (folder / name).chmod(0o600)
        with open_warehouse(copy) as connection:
            attach_identities(connection, copy)
            log = AuditLog(connection, copy, old)
            log.assert_whole()
            log.append(who=who.strip(), action="rotate", subject="key", reason=reason.strip())
            _rekey(connection, new)
            log.sign_anew(new)
            connection.execute("detach ids")
            if settings.key is None:
                _write_secret(folder / "pseudonym.key", new)
            refresh_names(connection, Pseudonyms(connection, copy), titles=settings.keep_titles)
            connection.execute("detach ids")
        shutil.rmtree(copy.work, ignore_errors=True)
        saved = forget_kept(settings)
        write_json(folder / _JOURNAL, {"files": [name for name in _NAMES if (folder / name).exists()]})
        _to_disk(folder)
        finish_rotation(settings)
        with open_warehouse(settings) as connection:
            keep(connection, settings, saved=saved)


def finish_rotation(settings: Settings) -> None:
    """Moves complete copies into place, and removes others; to be called by whoever holds the warehouse."""
    folder = settings.warehouse / "rotation"
    if not folder.exists():
        return
    journal = folder / _JOURNAL
    if journal.exists():
        for name in json.loads(journal.read_text("utf-8"))["files"]:
            if (folder / name).exists():
                (settings.warehouse / f"{name}.wal").unlink(missing_ok=True)
                (folder / name).replace(settings.warehouse / name)
        _sync(settings.warehouse)
    shutil.rmtree(folder)


def _new_secret(settings: Settings) -> bytes:
    if settings.key is None:
        return secrets.token_hex(32).encode()
    if settings.new_key is None or len(settings.new_key.get_secret_value()) < 16:
        raise UsageError(
            "the key comes from TOKENWORTH_KEY, and there is no new one of at least 16 characters",
            todo="Set TOKENWORTH_NEW_KEY for this command, and TOKENWORTH_KEY to the same from then on.",
        )
    return settings.new_key.get_secret_value().encode()


def _rekey(connection: duckdb.DuckDBPyConnection, new: bytes) -> None:
    """New keys for all texts; those of names with an erased login follow the text that is kept."""
    known = connection.execute("select vocabulary, key, plain from ids.pseudonyms").fetchall()
    rekeyed = given(
        dict.fromkeys(("vocabulary", "old", "new"), "VARCHAR"),
        [(vocabulary, key, key_of(new, vocabulary, plain)) for vocabulary, key, plain in known],
    )
    connection.execute(f"create or replace temp table rekeyed as from {rekeyed}")
    connection.begin()
    replace_keys(
        connection,
        "select old, new from rekeyed union select md5(system || ':' || old), md5(system || ':' || new)"
        " from ids.accounts_seen join rekeyed on old = account_key and vocabulary = 'account'",
    )
    connection.execute("update audit.checks set example = null, detail = null")
    connection.execute("delete from raw.names")
    drop_built(connection)
    connection.commit()
    connection.begin()
    for table, column in (("pseudonyms", "key"), ("accounts_seen", "account_key"), ("erased", "replacement")):
        connection.execute(f"update ids.{table} set {column} = new from rekeyed where {column} = old")
    connection.commit()
    rebuild_identities(connection)


def _write_secret(path: Path, secret: bytes) -> None:
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(secret)


def _to_disk(folder: Path) -> None:
    for path in folder.iterdir():
        if path.is_file():
            _sync(path)
    _sync(folder)


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
