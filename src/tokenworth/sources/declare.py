"""What a source is: a declaration of its files, the records in them, their columns and keys.

A module in `usage/`, `work/` or `people/` assigns one `Source` to `SOURCE`; that is all the
loader needs. Values are SQL over the record `r` and what the file's path says, `f`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import IntEnum
from functools import cached_property

from tokenworth.sources.types import Type

# What is read of a record: a name to TEXT_FIELD (text, or JSON as text), to a mapping (an object)
# or to a one-element list (a list of such). Whatever is not named is never read into a column. In a table a
# name such as `*_messages` with the value OF_EACH stands for every other column that is called so.
Fields = Mapping[str, object]
T = "VARCHAR"
OF_EACH = [{"name": T, "cell": T}]


def duckdb_type(field_: object) -> str:
    """The engine's type for a field of `Fields`."""
    if isinstance(field_, Mapping):
        return "STRUCT(" + ", ".join(f'"{n}" {duckdb_type(f)}' for n, f in field_.items()) + ")"
    if isinstance(field_, list):
        return duckdb_type(field_[0]) + "[]"
    return str(field_)


@dataclass(frozen=True)
class Column:
    """A column of a raw table. `value` is SQL that yields text (a list of texts for TEXTS)."""

    name: str
    type: Type
    value: str
    required: bool = False
    system: str = ""  # for accounts: whose account it is, as in accounts.csv


@dataclass(frozen=True)
class Record:
    """Rows of one raw table: one per unit that satisfies `where`, or one per item `c` of `each`."""

    table: str
    columns: Sequence[Column]
    key: Sequence[str]
    where: str = "true"
    each: str = ""


@dataclass(frozen=True)
class Look:
    """What the text of a line says of it before it is parsed, for exports of which most lines are of no interest.

    All is SQL over `line`. `matters` holds at least wherever a record's `where` does; other lines are only
    counted, if `recognised`, which must parse the line, and fail on what is no JSON. `texts` is whether the
    texts that are looked through can hold what is looked for.
    """

    matters: str
    recognised: str
    texts: str


@dataclass(frozen=True)
class Export:
    """One kind of file. `files` is a pattern in which `{name}` captures a path segment for `f`, `{*name}` several.

    A *unit* is what the ledger counts: a JSON line, a CSV record, an element of an array or page;
    `units` takes a record apart where it is a batch of smaller ones: SQL over `records(origin, r)`
    that yields `origin` and whatever the columns are made of, at least one row a record.
    `recognised` must hold for a unit of this export; one for which it does not is quarantined as
    not being `noun`. `kept` is SQL for what is kept of a record `r` as read, where a text in it is
    only looked through; conditions and columns then see that. The names of such texts are
    `looked_through`; in a line of unusual length they are not read at all. `repeats` is whether a unit may
    stand in a file twice and mean twice: a bill has no ids.
    """

    files: str
    noun: str
    fields: Fields
    records: Sequence[Record]
    recognised: str
    unwrap: Sequence[str] = ()
    units: str = ""
    kept: str = "r"
    looked_through: Sequence[str] = ()
    look: Look | None = None
    repeats: bool = False

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        parts = re.split(r"(\{\*?\w+\}|\{[\w,]+\}|\*\*/|\*)", self.files)
        regex = "".join(
            f"(?P<{part[1:-1]}>[^/]+)"
            if re.fullmatch(r"\{\w+\}", part)
            else f"(?P<{part[2:-1]}>[^/]+(?:/[^/]+)*)"
            if part.startswith("{*")
            else f"(?:{part[1:-1].replace(',', '|')})"
            if part.startswith("{")
            else {"**/": "(?:.*/)?", "*": "[^/]*"}.get(part, re.escape(part))
            for part in parts
        )
        return re.compile(regex + r"(?:\.gz|\.zst)?", re.DOTALL)

    @property
    def captures(self) -> list[str]:
        return list(self.pattern.groupindex)


class Evidence(IntEnum):
    """Whose word of a request it is. Where several tell of the same one, the first of these is believed."""

    CLIENT_RECORD = 1  # what the client keeps for itself: it knows session, folder and branch
    CLIENT_REPORT = 2  # what the client sends elsewhere, telemetry
    VENDOR_LOG = 3  # what whoever answered the request wrote down of it
    GATEWAY = 4  # what something between them saw pass


@dataclass(frozen=True)
class Source:
    """A system whose exports arrive in a folder of its own, named like the source.

    `usage` names the staging models whose rows are statements about requests, and whose word they are.
    """

    name: str
    exports: Sequence[Export]
    usage: Mapping[str, Evidence] = field(default_factory=dict)
    group: str = field(default="", compare=False)  # usage, work or people: the package it lives in

    @property
    def tables(self) -> dict[str, list[Column]]:
        """Raw tables and their columns, in order of declaration; several exports may fill one table."""
        found: dict[str, dict[str, Column]] = {}
        for record in (r for e in self.exports for r in e.records):
            columns = found.setdefault(record.table, {})
            columns.update({c.name: c for c in record.columns if c.name not in columns})
        return {table: list(columns.values()) for table, columns in found.items()}
