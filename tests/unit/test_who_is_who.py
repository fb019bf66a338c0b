"""Who has which account is made anew when anything of it changed, and only then."""

from __future__ import annotations

import pytest

from tests.small_warehouses import ACCOUNTS, MEMBERS, requests
from tests.zone import Row, Zone
from tokenworth import who_is_who
from tokenworth.erasure import erase
from tokenworth.identities import Pseudonyms
from tokenworth.kept import path_of
from tokenworth.warehouse import open_warehouse
from tokenworth.who_is_who import rebuild_identities


@pytest.fixture
def known(zone: Zone) -> Zone:
    zone.set(key="a key for tests only")
    zone.put("people/members.csv", MEMBERS)
    zone.put("people/accounts.csv", ACCOUNTS)
    zone.put("litellm/a.jsonl", requests(3))
    zone.load()
    return zone


def _held(zone: Zone) -> list[Row]:
    held = zone.ask("from ids.identities order by all")
    zone.close()
    return held


def _made_anew(zone: Zone) -> list[Row]:
    """What they are when they are made anew whatever is known of them."""
    with open_warehouse(zone.settings) as connection:
        Pseudonyms(connection, zone.settings)
        rebuild_identities(connection)
    return _held(zone)


def test_what_did_not_change_is_not_made_anew(known: Zone, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(who_is_who, "rebuild_identities", lambda connection: pytest.fail("made anew"))
    known.load()
    known.put("litellm/more.jsonl", requests(3, first=10))
    assert known.load().counts()["loaded"] == 3


def test_an_account_that_nobody_claims_is_added(known: Zone, monkeypatch: pytest.MonkeyPatch) -> None:
    before = _held(known)
    with monkeypatch.context() as patched:
        patched.setattr(who_is_who, "rebuild_identities", lambda connection: pytest.fail("made anew"))
        for number, user in enumerate(("stranger", "dev-ada", "ada@acme.example", "stranger")):
            known.put(f"litellm/more-{number}.jsonl", requests(1, user=user, first=10 + number))
            known.load()
    (added,) = set(_held(known)) - set(before)
    assert added[1:4] == (None, "litellm", "stranger")
    assert _held(known) == _made_anew(known)


def test_an_address_that_nobody_claims_any_more_claims_no_account(known: Zone) -> None:
    known.put("people/members.csv", MEMBERS.rpartition("fay")[0], at=1_700_000_000)
    known.load()
    known.put("litellm/more.jsonl", requests(1, user="fay@acme.example", first=10))
    known.load()
    assert {row[2] for row in _held(known) if row[3] == "fay@acme.example"} == {"email", "litellm"}
    assert _held(known) == _made_anew(known)


def test_an_account_that_an_erased_person_claims_later_is_nobodys(known: Zone) -> None:
    known.put("litellm/b.jsonl", requests(1, user="dev-new", first=20))
    known.load()
    erase(known.settings, "ada", reason="she asked for it", who="dpo")
    known.put("people/accounts.csv", ACCOUNTS + "ada,litellm,dev-new,,\n", at=1_700_000_000)
    known.load()
    assert "dev-new" not in {row[3] for row in _held(known)}


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("people/members.csv", MEMBERS.replace("core,2024-01-01", "core,2024-02-01")),
        ("people/members.csv", MEMBERS.rpartition("fay")[0]),
        ("people/accounts.csv", ACCOUNTS.replace("dev-ben,,", "dev-ben,,2025-01-01")),
        ("people/accounts.csv", ACCOUNTS + "cyd,litellm,dev-ada,,\n"),
        ("litellm/a.jsonl", requests(3, user="stranger")),
        ("litellm/b.jsonl", requests(3, user="ben@acme.example")),
        ("anthropic/claude_code/x.json", '{"data": [{"date": "2026-02-01T00:00:00Z", "actor": {"type": "user_actor",'
         ' "email_address": "dev-ada"}}]}'),
    ],
)  # fmt: skip
def test_whatever_changes_is_in_them(known: Zone, name: str, content: str) -> None:
    known.put(name, content, at=1_700_000_000)
    known.load()
    assert _held(known) == _made_anew(known)


def test_a_warehouse_that_is_begun_anew_beside_old_identities_has_its_own(known: Zone) -> None:
    before = _held(known)
    for path in (known.settings.database, path_of(known.settings)):
        path.unlink()
    known.put("people/accounts.csv", ACCOUNTS.replace("dev-ada,,", "dev-ada,2024-01-01,"))
    known.load()
    assert _held(known) == _made_anew(known) != before


def test_after_an_erasure_that_was_killed_nobody_is_left_in_them(known: Zone, monkeypatch: pytest.MonkeyPatch) -> None:
    def be_killed(_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched, pytest.raises(KeyboardInterrupt):
        patched.setattr("tokenworth.erasure.rebuild_identities", be_killed)
        erase(known.settings, "ada", reason="asked", who="dpo")
    assert known.ask("from ids.made_of") == []  # whatever is loaded next, they are made anew
    known.load()
    assert "dev-ada" not in str(_held(known))
