"""Searches what a run leaves behind for what only the exports may say."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

import duckdb

from tokenworth.warehouse import literal

# The two files that are there to tell who is who.
_MAY_TELL = ("identities.duckdb", "pseudonym.key")


def secrets_of(private: dict[str, list[str]]) -> dict[str, str]:
    """What may stand nowhere, in lower case, with what it is; of an organisation's `private.json`."""
    found = {
        secret.lower(): kind
        for kind, secrets in private.items()
        for secret in secrets
        if kind != "prompts" and len(secret) > 3
    }
    # Prompts and answers are long; a beginning or an end of one would be a leak as well.
    return found | {piece.lower(): "prompts" for text in private["prompts"] for piece in (text[:40], text[-40:])}


def left_behind(folder: Path) -> list[Path]:
    """All files of a warehouse or another folder, but those that are there to tell."""
    files = [path for path in sorted(folder.rglob("*")) if path.is_file() and not path.is_symlink()]
    return [path for path in files if not path.name.startswith(_MAY_TELL)]


def texts_of(database: Path) -> Iterator[tuple[str, str]]:
    """What stands in every column of texts of a database, with where that is."""
    with duckdb.connect() as connection:
        connection.execute(f"attach {literal(database)} as warehouse (read_only)")
        connection.execute("use warehouse")
        columns = connection.execute(
            "select table_schema, table_name, column_name from information_schema.columns"
            " where table_catalog = 'warehouse' and (data_type like '%VARCHAR%' or data_type like '%JSON%')"
        ).fetchall()
        for schema, table, column in columns:
            place = f"{database.name}: {schema}.{table}.{column}"
            texts = connection.execute(
                f'select distinct cast("{column}" as varchar) from {schema}."{table}" where "{column}" is not null'
            ).fetchall()
            yield place, "\n".join(text for (text,) in texts)


def words_in(path: Path) -> str:
    """What is in a file, as far as it can be read: its bytes, and what is packed in them."""
    said = path.read_bytes().decode("latin-1")
    if path.suffix == ".parquet":
        said += str(duckdb.execute(f"from read_parquet({literal(path)})").fetchall())
    return said


def leaks_in(folder: Path, secrets: Iterable[str]) -> dict[str, set[str]]:
    """The secrets that stand in the files of a folder, and in their names, by file."""
    files = left_behind(folder)
    found = {path.relative_to(folder).as_posix(): found_in(f"{path.name}\n{words_in(path)}", secrets) for path in files}
    return {name: leaks for name, leaks in found.items() if leaks}


def found_in(said: str, secrets: Iterable[str]) -> set[str]:
    """The secrets that stand in a text."""
    said = said.lower()
    return {secret for secret in secrets if stands_in(said, secret)}


def stands_in(said: str, secret: str) -> bool:
    """Whether it stands there alone, not as a part of a longer word. A pattern would take minutes."""
    at = said.find(secret)
    while at >= 0:
        end = at + len(secret)
        if not (said[at - 1 : at].isalnum() or said[end : end + 1].isalnum()):
            return True
        at = said.find(secret, at + 1)
    return False
