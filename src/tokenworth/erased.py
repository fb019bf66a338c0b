"""Who was erased stays erased: their accounts and names are recognised in what is loaded later, by hashes alone.

An erased account gets the key that stands in its place, and its text is not kept. Names of branches, folders, files
and titles that hold an erased login are kept with the login replaced.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable, Iterable
from typing import NamedTuple

import duckdb

from tokenworth.keys import NAMES, key_of

# Runs of letters and digits, and what stands between them.
_WORDS = re.compile(r"[^\W_]+|[\W_]+")
_LONGEST = 9  # words and separators of a login


class Recognised(NamedTuple):
    """A text of an erased person: its key, and for a name the text to keep where it is new."""

    vocabulary: str
    plain: str
    key: str
    kept: str | None


def logins_of(vocabulary: str, plain: str) -> set[str]:
    """The ways in which an account, an id or a name of a person may stand in other names."""
    text = plain.lower().rpartition("\\")[2]
    if "@" in text:
        text = re.sub(r"^[0-9]+\+", "", text.partition("@")[0])
    words = re.findall(r"[^\W_]+", text)
    found = {text.strip("._- "), *(separator.join(words) for separator in " .-_")}
    if vocabulary == "person_name":
        found.add("".join(words))
    return {login for login in found if len(login) >= 3 and not login.isdigit()}


class Erased:
    """The erased in the attached `ids`."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self._c = connection
        found = connection.execute("select vocabulary, hash, replacement from ids.erased").fetchall()
        self._salt: bytes | None = None
        self._known: dict[tuple[str, str], str] = {
            (vocabulary, hashed): replacement for vocabulary, hashed, replacement in found
        }

    def hash(self, vocabulary: str, plain: str) -> str:
        if self._salt is None:
            salts = self._c.execute("select salt from ids.salt").fetchall()
            if not salts:
                salts = [(secrets.token_hex(32),)]
                self._c.execute("insert into ids.salt values (?)", list(salts[0]))
            self._salt = bytes.fromhex(salts[0][0])
        return key_of(self._salt, vocabulary, plain)

    def add(self, vocabulary: str, plain: str, replacement: str) -> str:
        """Notes that a text is erased; the key that stands in its place, the earlier one where it has one."""
        hashed = self.hash(vocabulary, plain)
        kept: str = self._known.setdefault((vocabulary, hashed), replacement)
        self._c.execute("insert or ignore into ids.erased values (?, ?, ?)", [vocabulary, hashed, kept])
        return kept

    def has(self, vocabulary: str, plain: str) -> bool:
        """Whether a text is of somebody erased."""
        return bool(self._known) and (vocabulary, self.hash(vocabulary, plain)) in self._known

    def recognise(self, texts: Iterable[tuple[str, str]], key: Callable[[str, str], str]) -> list[Recognised]:
        """Those of the texts that are of somebody erased."""
        found: list[Recognised] = []
        if not self._known:
            return found
        for vocabulary, plain in texts:
            replacement = self._known.get((vocabulary, self.hash(vocabulary, plain)))
            if replacement is not None:
                found.append(Recognised(vocabulary, plain, replacement, None))
            elif vocabulary in NAMES and (masked := self.masked(plain)) != plain:
                found.append(Recognised(vocabulary, plain, key(vocabulary, plain), masked))
        return found

    def remember(self, recognised: Iterable[Recognised]) -> None:
        """Keeps new names that hold an erased login, without it."""
        for r in recognised:
            if r.kept is not None:
                self.add(r.vocabulary, r.plain, r.key)
                self._c.execute("insert or ignore into ids.pseudonyms values (?, ?, ?)", [r.vocabulary, r.key, r.kept])

    def masked(self, name: str) -> str:
        """`name` with every erased login replaced, the longest first."""
        words, at, said = _WORDS.findall(name), 0, ""
        while at < len(words):
            for length in range(min(_LONGEST, len(words) - at), 0, -1):
                login = "".join(words[at : at + length]).lower()
                mask = self._known.get(("login", self.hash("login", login))) if len(login) >= 3 else None
                if mask is not None:
                    said, at = f"{said}person-{mask[:10]}", at + length
                    break
            else:
                said, at = said + words[at], at + 1
        return said
