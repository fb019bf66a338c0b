"""Who asked is kept in a chain, an erased person stays erased, and a new secret is in force wholly or not at all."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

from tests.small_warehouses import ACCOUNTS, MEMBERS, TEAMS, requests
from tests.zone import Zone
from tokenworth import leftovers, rotation
from tokenworth.audit_log import AuditLog
from tokenworth.erasure import erase
from tokenworth.errors import TokenworthError, UsageError
from tokenworth.identities import read_audit_log, unmask
from tokenworth.rebuild import rebuild
from tokenworth.rotation import rotate
from tokenworth.settings import Settings
from tokenworth.warehouse import literal

ASKED = {"reason": "she asked for it", "who": "dpo"}
BRANCH = '{"request_id": "b1", "startTime": "2025-03-03T10:00:00Z", "model": "claude-sonnet-4-5", "user": "dev-ada",'
BRANCH += ' "prompt_tokens": 1, "completion_tokens": 1, "request_tags": ["branch:ada-byron/fix"]}\n'


@pytest.fixture
def loaded(zone: Zone) -> Zone:
    zone.put("people/members.csv", MEMBERS)
    zone.put("people/accounts.csv", ACCOUNTS)
    zone.put("people/teams.csv", TEAMS)
    zone.put("litellm/ada.jsonl", requests(3))
    zone.put("litellm/ben.jsonl", requests(2, user="dev-ben", first=10))
    zone.load()
    return zone


def _key(zone: Zone, person: str) -> str:
    ((key,),) = zone.ask(f"select distinct person_key from ids.identities where person_id = '{person}'")
    zone.close()
    return str(key)


def _change_log(zone: Zone, sql: str) -> None:
    with duckdb.connect(zone.settings.identities) as connection:
        connection.execute(sql)


def _everything(zone: Zone) -> str:
    """All that the two databases say, and what is in their files."""
    zone.close()
    said = ""
    for path in (zone.settings.database, zone.settings.identities):
        said += path.read_bytes().decode("latin-1")
        with duckdb.connect() as connection:
            connection.execute(f"attach {literal(path)} as db (read_only)")
            for schema, table in connection.execute(
                "select schema_name, table_name from duckdb_tables() where database_name = 'db'"
            ).fetchall():
                said += str(connection.execute(f'from db.{schema}."{table}"').fetchall())
    return said.lower()


def test_a_look_up_is_kept_with_who_and_why(loaded: Zone) -> None:
    key = _key(loaded, "ada")
    assert unmask(loaded.settings, key, reason="fraud", who="hr") == [
        "ada (Ada Byron): email ada@acme.example from 2024-01-01 to now",
        "ada: litellm dev-ada from ever to now",
    ]
    lines, problems = read_audit_log(loaded.settings)
    assert [(line[0], *line[2:]) for line in lines] == [(1, "hr", "unmask", key, "fraud")]
    assert problems == []


def test_an_erasure_that_is_killed_behind_its_last_commit_is_finished_by_the_next_command(
    loaded: Zone, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = _key(loaded, "ada")
    restricted = loaded.settings.warehouse / "restricted"
    restricted.mkdir()
    with monkeypatch.context() as killed, pytest.raises(KeyboardInterrupt):
        killed.setattr(leftovers, "write_anew", _killed)
        erase(loaded.settings, "ada", **ASKED)
    assert restricted.exists()

    loaded.load()

    assert key not in _everything(loaded)
    assert not restricted.exists()
    with pytest.raises(UsageError, match="nobody"):
        erase(loaded.settings, "ada", **ASKED)
    assert not (loaded.settings.warehouse / ".leftovers").exists()


def _killed(path: Path) -> None:
    raise KeyboardInterrupt


def test_what_is_left_stays_due_where_a_database_cannot_be_read(loaded: Zone, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as killed, pytest.raises(KeyboardInterrupt):
        killed.setattr(leftovers, "write_anew", _killed)
        erase(loaded.settings, "ada", **ASKED)
    loaded.close()
    whole = loaded.settings.database.read_bytes()
    loaded.settings.database.write_bytes(b"damaged")
    with pytest.raises(TokenworthError, match="damaged"):
        loaded.load()
    loaded.settings.database.write_bytes(whole)
    loaded.load()
    assert not (loaded.settings.warehouse / ".leftovers").exists()


def test_a_look_up_without_a_reason_is_refused(loaded: Zone) -> None:
    with pytest.raises(UsageError, match="reason"):
        unmask(loaded.settings, _key(loaded, "ada"), reason=" ", who="hr")


def test_a_look_up_of_nobody_is_kept_as_well(loaded: Zone) -> None:
    with pytest.raises(UsageError, match="nobody"):
        unmask(loaded.settings, "f" * 32, reason="a try", who="hr")
    assert len(read_audit_log(loaded.settings)[0]) == 1


@pytest.mark.parametrize(
    ("sql", "found"),
    [
        ("update audit_log set reason = 'holiday' where line = 2", "line 2 was changed"),
        ("update audit_log set who = 'x' where line = 1", "line 1 was changed"),
        ("delete from audit_log where line = 2", "line 2 was removed"),
        ("delete from audit_log where line = 1", "line 1 was removed"),
        ("delete from audit_log where line = 3", "line 3 was removed"),
        ("delete from audit_log where line > 1", "lines 2 to 3 were removed"),
        ("delete from audit_log", "lines 1 to 3 were removed"),
        ("insert into audit_log select 4, * exclude (line) from audit_log where line = 3", "line 4 was changed"),
    ],
)  # fmt: skip
def test_a_line_that_was_removed_or_changed_is_found(loaded: Zone, sql: str, found: str) -> None:
    for reason in ("one", "two", "three"):
        unmask(loaded.settings, _key(loaded, "ada"), reason=reason, who="hr")
    _change_log(loaded, sql)
    assert any(found in problem for problem in read_audit_log(loaded.settings)[1])


def test_a_head_that_was_taken_away_is_found(loaded: Zone) -> None:
    for reason in ("one", "two", "three"):
        unmask(loaded.settings, _key(loaded, "ada"), reason=reason, who="hr")
    (loaded.settings.warehouse / "audit.head").unlink()
    assert any("audit.head" in problem for problem in read_audit_log(loaded.settings)[1])


def test_an_erased_person_is_nowhere_and_the_usage_stays(loaded: Zone) -> None:
    loaded.put("litellm/branch.jsonl", BRANCH)
    loaded.load()
    key = _key(loaded, "ada")
    before = loaded.ask("select count(*), sum(prompt_tokens) from raw.litellm_requests")
    loaded.close()
    erase(loaded.settings, "ada", **ASKED)
    said = _everything(loaded)
    for gone in ("dev-ada", "ada@acme.example", "ada byron", "ada-byron"):
        assert gone not in said
    assert loaded.ask(f"select count(*) from raw.people_members where person_key = '{key}'") == [(0,)]
    assert loaded.ask("select count(*), sum(prompt_tokens) from raw.litellm_requests") == before
    assert loaded.ask("select count(distinct person_key) from raw.people_members") == [(6,)]
    assert loaded.ask("select count(*) from ids.identities where person_id = 'ben'") != [(0,)]


def test_old_files_do_not_bring_an_erased_person_back(loaded: Zone) -> None:
    erase(loaded.settings, "ada", **ASKED)
    ((replaced,),) = loaded.ask(
        "select distinct account_key from raw.litellm_requests where account_key not in"
        " (select key from ids.pseudonyms where vocabulary = 'account')"
    )
    loaded.close()
    loaded.put("litellm/ada.jsonl", requests(5), at=1_741_000_000)
    loaded.put("litellm/more.jsonl", requests(2, first=40) + BRANCH, at=1_741_000_000)
    loaded.put("people/members.csv", MEMBERS + "gus,Gus Kay,gus@acme.example,core,2024-01-01,\n", at=1_741_000_000)
    loaded.load()
    said = _everything(loaded)
    for gone in ("dev-ada", "ada@acme.example", "ada byron", "ada-byron"):
        assert gone not in said
    rows = loaded.ask("select count(*) from raw.litellm_requests where account_key = '" + str(replaced) + "'")
    assert rows[0][0] >= 8
    assert loaded.ask("select count(*) from raw.names where name like '%byron%'") == [(0,)]
    assert loaded.ask("select count(*) from raw.names where name like 'person-%/fix'") == [(1,)]


@pytest.mark.parametrize(
    "ask",
    [
        lambda settings: unmask(settings, "f" * 32, **ASKED),
        lambda settings: erase(settings, "ada", **ASKED),
        lambda settings: rotate(settings, **ASKED),
        read_audit_log,
        rebuild,
    ],
    ids=["unmask", "erase", "rotate", "audit", "rebuild"],
)
def test_where_there_is_no_warehouse_that_is_said_and_nothing_is_made(
    zone: Zone, ask: Callable[[Settings], object]
) -> None:
    with pytest.raises(UsageError, match="there is no warehouse in") as refusal:
        ask(zone.settings)
    assert "--warehouse" in refusal.value.todo
    assert not zone.settings.warehouse.exists()


@pytest.mark.parametrize("others_came", [False, True])
def test_an_erasure_that_was_killed_is_done_again(
    loaded: Zone, monkeypatch: pytest.MonkeyPatch, others_came: bool
) -> None:
    """When only the warehouse knew of it; also where a load has made who is who anew since."""
    with monkeypatch.context() as patched, pytest.raises(KeyboardInterrupt):
        patched.setattr(AuditLog, "forget", _killed)
        erase(loaded.settings, "ada", **ASKED)
    if others_came:
        loaded.put("litellm/gus.jsonl", requests(2, user="dev-gus", first=50))
    loaded.load()
    erase(loaded.settings, "ada", **ASKED)
    said = _everything(loaded)
    for gone in ("dev-ada", "ada@acme.example", "ada byron"):
        assert gone not in said
    assert loaded.ask("select count(*) from ids.pseudonyms where plain in ('ben', 'dev-ben', 'Ben Byron')") == [(3,)]
    loaded.close()
    with pytest.raises(UsageError, match="erased before"):
        erase(loaded.settings, "ada", **ASKED)


def _killed(*_: object) -> None:
    raise KeyboardInterrupt


def test_erasing_twice_says_that_nobody_is_there(loaded: Zone) -> None:
    erase(loaded.settings, "ada", **ASKED)
    with pytest.raises(UsageError, match="erased before"):
        erase(loaded.settings, "ada", **ASKED)


def test_a_new_secret_gives_everybody_a_new_key(loaded: Zone) -> None:
    unmask(loaded.settings, _key(loaded, "ada"), reason="one", who="hr")
    before, secret = _key(loaded, "ada"), (loaded.settings.warehouse / "pseudonym.key").read_bytes()
    rotate(loaded.settings, reason="yearly", who="ops")
    after = _key(loaded, "ada")
    assert before != after
    assert (loaded.settings.warehouse / "pseudonym.key").read_bytes() != secret
    assert (loaded.settings.warehouse / "pseudonym.key").stat().st_mode & 0o777 == 0o600
    assert loaded.ask(f"select count(*) from raw.people_members where person_key = '{after}'") == [(1,)]
    assert loaded.ask("select count(*) from raw.litellm_requests join ids.pseudonyms on key = account_key") == [(5,)]
    loaded.close()
    lines, problems = read_audit_log(loaded.settings)
    assert ([line[3] for line in lines], problems) == (["unmask", "rotate"], [])
    assert loaded.load().readings == []  # every file is known under its new key
    erase(loaded.settings, "ben", **ASKED)


def test_of_old_keys_nothing_is_left_in_any_file(loaded: Zone) -> None:
    """Not in what was deleted, nor in the copy for analysts, which the next publication makes anew."""
    old = [str(key).encode() for (key,) in loaded.ask("select key from ids.pseudonyms")]
    loaded.close()
    copy = loaded.settings.warehouse / "restricted" / "marts.duckdb"
    copy.parent.mkdir()
    copy.write_bytes(b"as they were known: " + old[0])
    rotate(loaded.settings, reason="yearly", who="ops")
    for path in filter(Path.is_file, loaded.settings.warehouse.rglob("*")):
        content = path.read_bytes()
        assert [key for key in old if key in content] == [], path
    assert not copy.exists()


def test_an_erased_person_stays_erased_under_a_new_secret(loaded: Zone) -> None:
    erase(loaded.settings, "ada", **ASKED)
    rotate(loaded.settings, reason="yearly", who="ops")
    loaded.put("litellm/ada.jsonl", requests(5), at=1_741_000_000)
    loaded.load()
    assert "dev-ada" not in _everything(loaded)


class _KilledError(Exception):
    pass


@pytest.mark.parametrize("moment", range(14))
def test_a_kill_leaves_the_old_secret_or_the_new_one(
    loaded: Zone, monkeypatch: pytest.MonkeyPatch, moment: int
) -> None:
    """At every copy, write to disk, move and removal on the way; what comes next finishes or undoes it."""
    before, count = _key(loaded, "ada"), 0

    def killing(function):  # type: ignore[no-untyped-def]
        def call(*arguments, **named):  # type: ignore[no-untyped-def]
            nonlocal count
            count += 1
            if count == moment + 1:
                raise _KilledError
            return function(*arguments, **named)

        return call

    with monkeypatch.context() as patch:
        patch.setattr(rotation, "write_json", killing(rotation.write_json))
        patch.setattr(rotation, "_sync", killing(rotation._sync))
        patch.setattr(shutil, "copy2", killing(shutil.copy2))
        patch.setattr(Path, "replace", killing(Path.replace))
        patch.setattr(rotation.shutil, "rmtree", killing(shutil.rmtree))
        killed = False
        try:
            rotate(loaded.settings, reason="yearly", who="ops")
        except _KilledError:
            killed = True
    assert killed or moment > 10
    loaded.load()  # under the secret that is in force, or it would say that it is not the right one
    after = _key(loaded, "ada")
    assert loaded.ask(f"select count(*) from raw.people_members where person_key = '{after}'") == [(1,)]
    loaded.close()
    assert read_audit_log(loaded.settings)[1] == []
    assert not (loaded.settings.warehouse / "rotation").exists()
    assert (after == before) == (len(read_audit_log(loaded.settings)[0]) == 0)


def test_a_secret_from_the_environment_needs_a_new_one_from_there(zone: Zone) -> None:
    zone.set(key="a secret of many characters")
    zone.put("people/members.csv", MEMBERS)
    zone.load()
    with pytest.raises(UsageError, match="TOKENWORTH_KEY"):
        rotate(zone.settings, reason="yearly", who="ops")
    zone.set(key="a secret of many characters", new_key="another secret of many characters")
    rotate(zone.settings, reason="yearly", who="ops")
    with pytest.raises(TokenworthError, match="not the one"):
        zone.load()
    zone.set(key="another secret of many characters")
    zone.load()
    assert not os.path.exists(zone.settings.warehouse / "pseudonym.key")  # noqa: PTH110
