"""Erases a person: nothing is left that says who it was, and what teams did stays what it was.

Every key of the person gives way to a random one, in what was loaded and in what was told; names that hold a login of
theirs are kept without it. The figures of teams do not change, because the usage stays, of nobody who could be found.
Killed on its way it is done again: first the hashes by which the person is recognised are kept, last the identity goes.
Killed behind that, the next command removes what is left in free blocks.
"""

from __future__ import annotations

import secrets

import duckdb

from tokenworth.erased import Erased, logins_of
from tokenworth.errors import UsageError
from tokenworth.identities import Pseudonyms, assert_there, audited
from tokenworth.kept import forget_kept, keep
from tokenworth.keys import NAMES
from tokenworth.leftovers import nothing_left
from tokenworth.masking import refresh_names
from tokenworth.rekeying import replace_keys
from tokenworth.settings import Settings
from tokenworth.warehouse import drop_built
from tokenworth.who_is_who import rebuild_identities
from tokenworth.writer import sole_writer


def erase(settings: Settings, person: str, *, reason: str, who: str) -> int:
    """Erases a person, named by their id or pseudonym; how many of their accounts and names were known.

    Raises UsageError where nobody is called so. The marts are rebuilt and published by the next `build` and `publish`.
    """
    assert_there(settings)
    with sole_writer(settings, "erase"), nothing_left(settings):
        return _erase(settings, person, reason=reason, who=who)


def _erase(settings: Settings, person: str, *, reason: str, who: str) -> int:
    with audited(settings, reason=reason, who=who) as (connection, log):
        theirs = _of_person(connection, person) or _left_of_person(connection, person)
        if not theirs:
            raise UsageError(
                "nobody has this id or pseudonym; it may have been erased before",
                todo="Name the person by the person_id of people/members.csv, and whom nobody claims by the person_key"
                " of the restricted marts: not by a name, an address or an account.",
            )
        (person_key,) = {key for vocabulary, key, _ in theirs if vocabulary == "person"} or {theirs[0][1]}
        log.assert_whole()
        _recognise_later(connection, theirs)
        saved = forget_kept(settings)
        given_way = _given_way(connection)
        log.append(who=who.strip(), action="erase", subject=given_way[person_key], reason=reason.strip())
        connection.begin()
        replace_keys(connection, "from given_way")
        connection.execute("delete from raw.names where name_key in (select key from named)")
        connection.execute("update audit.checks set example = null, detail = null")
        drop_built(connection)
        connection.commit()
        log.forget(given_way)
        connection.begin()
        connection.execute(
            "update ids.pseudonyms as p set plain = named.masked from named"
            " where p.vocabulary = named.vocabulary and p.key = named.key"
        )
        connection.execute("delete from ids.pseudonyms where key in (select key from theirs)")
        connection.execute("delete from ids.accounts_seen where account_key in (select key from theirs)")
        connection.execute("delete from ids.made_of")  # killed from here on, the next load makes identities anew
        connection.commit()
        rebuild_identities(connection)
        connection.execute("detach ids")
        refresh_names(connection, Pseudonyms(connection, settings), titles=settings.keep_titles)
        keep(connection, settings, saved=saved)
    return len(theirs)


def _given_way(connection: duckdb.DuckDBPyConnection) -> dict[str, str]:
    """Every key of the person and what stands in its place; also as `given_way`. An account that nobody claimed for
    a while has been a person of its own, with a key made of its key."""
    connection.execute(
        "create or replace temp table given_way as select key, replacement from theirs union"
        " select md5(system || ':' || key), md5(system || ':' || replacement)"
        " from theirs join ids.accounts_seen on account_key = key"
    )
    return dict(connection.execute("from given_way").fetchall())


def _of_person(connection: duckdb.DuckDBPyConnection, person: str) -> list[tuple[str, str, str]]:
    """Vocabulary, key and text of all that is known of a person: the id, the accounts and the names."""
    found = connection.execute(
        "with them as (select * from ids.identities where person_id = $1 or person_key = $1)"
        " select distinct p.vocabulary, p.key, p.plain from ids.pseudonyms as p join them on"
        " (p.vocabulary = 'person' and p.plain = them.person_id)"
        " or (p.vocabulary = 'account' and p.plain = them.account)"
        " or (p.vocabulary = 'person_name' and p.plain = them.display_name) order by all",
        [person],
    ).fetchall()
    return [(str(vocabulary), str(key), str(plain)) for vocabulary, key, plain in found]


def _left_of_person(connection: duckdb.DuckDBPyConnection, person: str) -> list[tuple[str, str, str]]:
    """The same of a person whose erasure was killed when only the warehouse knew of it: a load since then has made who
    is who anew, where nobody has their accounts any more. Of several such people whatever is left goes at once."""
    erased = Erased(connection)
    found = connection.execute(
        "select vocabulary, key, plain from ids.pseudonyms where vocabulary in ('person', 'account', 'person_name')"
        " order by all"
    ).fetchall()
    left = [(vocabulary, key, plain) for vocabulary, key, plain in found if erased.has(vocabulary, plain)]
    ids = {key for vocabulary, key, plain in left if vocabulary == "person" and person in (key, plain)}
    return [text for text in left if text[0] != "person" or text[1] in ids] if ids else []


def _recognise_later(connection: duckdb.DuckDBPyConnection, theirs: list[tuple[str, str, str]]) -> None:
    """Keeps hashes of what is erased; `theirs` and `named` say what gives way to what."""
    erased = Erased(connection)
    connection.begin()
    replaced = [(key, erased.add(vocabulary, plain, secrets.token_hex(16))) for vocabulary, key, plain in theirs]
    mask = replaced[0][1]
    for vocabulary, _, plain in theirs:
        for login in logins_of(vocabulary, plain):
            erased.add("login", login, mask)
    connection.execute("create or replace temp table theirs (key varchar, replacement varchar)")
    connection.executemany("insert into theirs values (?, ?)", [list(pair) for pair in replaced])
    connection.execute("create or replace temp table named (vocabulary varchar, key varchar, masked varchar)")
    for vocabulary, key, plain in connection.execute(
        "select vocabulary, key, plain from ids.pseudonyms where list_contains(?, vocabulary)", [list(NAMES)]
    ).fetchall():
        if (masked := erased.masked(plain)) != plain:
            erased.add(vocabulary, plain, key)
            connection.execute("insert into named values (?, ?, ?)", [vocabulary, key, masked])
    connection.commit()
