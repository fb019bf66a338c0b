"""Who is who: `ids.identities`, of every account whose it is, also of those that nobody claims."""

from __future__ import annotations

import duckdb

from tokenworth.sources import all_sources
from tokenworth.warehouse import given, listed

_CURRENT = "load_id in (select load_id from audit.loads where superseded_at is null)"


def refresh_identities(connection: duckdb.DuckDBPyConnection) -> None:
    """Makes `identities` anew where a name or a list of people came, went or changed; accounts that nobody claims are
    added as they are seen."""
    claims, seen = _made_of(connection)
    known = {text for (text,) in connection.execute("from ids.made_of").fetchall()}
    if claims not in known:
        rebuild_identities(connection)
    elif seen not in known:
        connection.begin()
        _add_unclaimed(connection)
        _note_made_of(connection)
        connection.commit()


def rebuild_identities(connection: duckdb.DuckDBPyConnection) -> None:
    """Makes `identities` anew: who has which account, and the accounts that nobody claims."""
    connection.begin()
    connection.execute("delete from ids.identities")
    connection.execute(f"""
        insert into ids.identities
        with people as (select key as person_key, plain as person_id from ids.pseudonyms where vocabulary = 'person'),
        accounts as (select key as account_key, plain as account from ids.pseudonyms where vocabulary = 'account'),
        names as (select key as display_name_key, plain as display_name
            from ids.pseudonyms where vocabulary = 'person_name'),
        claims as (
            select person_key, system, account_key, valid_from, valid_to, null as display_name_key
            from raw.people_accounts where {_CURRENT}
            union
            select person_key, 'email', email_key, valid_from, valid_to, display_name_key
            from raw.people_members where {_CURRENT} and email_key is not null
        )
        select person_key, person_id, system, account, valid_from, valid_to, display_name
        from claims
        join people using (person_key) join accounts using (account_key) left join names using (display_name_key)
    """)
    _add_unclaimed(connection)
    _note_made_of(connection)
    connection.commit()


def _add_unclaimed(connection: duckdb.DuckDBPyConnection) -> None:
    """An account that nobody claims is a person of its own; dbt makes the same key of it.

    Claims are asked for, and not what is known of them: of who was erased nothing is, and an address that nobody
    claims any more claims nothing.
    """
    connection.execute(f"""
        insert into ids.identities
        with accounts as (select key as account_key, plain as account from ids.pseudonyms where vocabulary = 'account'),
        claims as (
            select system, account_key from raw.people_accounts where {_CURRENT}
            union all
            select 'email', email_key from raw.people_members where {_CURRENT} and email_key is not null
        )
        select md5(seen.system || ':' || seen.account_key), null, seen.system, accounts.account, null, null, null
        from ids.accounts_seen as seen join accounts using (account_key)
        where not exists (
            select * from ids.identities as known
            where known.account = accounts.account and known.system = seen.system
        )
        and not exists (
            select * from claims
            where claims.account_key = seen.account_key and claims.system in (seen.system, 'email')
        )
    """)


def _made_of(connection: duckdb.DuckDBPyConnection) -> tuple[str, str]:
    """What tells whether claims, and the accounts that were seen, are as they were: texts and accounts are only added,
    but where a person is erased, and a file of people that is read in the same way has the same rows."""
    people = listed(source.name for source in all_sources().values() if source.group == "people")
    ((named, accounts, seen, files),) = connection.execute(
        "select (select count(*) from ids.pseudonyms where vocabulary in ('person', 'person_name')),"
        " (select count(*) from ids.pseudonyms where vocabulary = 'account'), (select count(*) from ids.accounts_seen),"
        " (select sum(hash(load_id, file_key, digest, reader)::hugeint) from audit.loads"
        f" where superseded_at is null and list_contains({people}, source))"
    ).fetchall()
    return f"{named} names in claims {files}", f"{seen} seen of {accounts} accounts"


def _note_made_of(connection: duckdb.DuckDBPyConnection) -> None:
    made_of = given({"known": "VARCHAR"}, [(known,) for known in _made_of(connection)])
    connection.execute(f"delete from ids.made_of; insert into ids.made_of from {made_of}")
