"""Erased is erased: no table and no file of the warehouse holds a word or a key of the person any more."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.end_to_end.warehouses import KEY, Company
from tests.leaks import found_in, stands_in, texts_of, words_in
from tests.zone import Zone
from tokenworth.erasure import erase
from tokenworth.identities import read_audit_log, unmask


class Gone:
    """A warehouse from which somebody was erased, and all that was known of them before."""

    def __init__(self, zone: Zone, person: str) -> None:
        self.zone = zone
        keys = f"select distinct person_key from ids.identities where person_id = '{person}'"
        ((self.person_key,),) = zone.ask(keys)
        self.keys, self.words = {str(self.person_key)}, set[str]()
        for account, name in zone.ask(f"select account, display_name from ids.identities where person_id = '{person}'"):
            self.words |= {str(account).lower(), *([str(name).lower()] if name else [])}
        for vocabulary, key, plain in zone.ask("select vocabulary, key, plain from ids.pseudonyms"):
            is_theirs = plain.lower() in self.words if vocabulary in ("account", "person_name") else plain == person
            if is_theirs and vocabulary in ("account", "person_name", "person"):
                self.keys.add(key)
        nobody = "select system, account_key, md5(system || ':' || account_key) from ids.accounts_seen"
        self.keys |= {made for _, key, made in zone.ask(nobody) if key in self.keys}
        self.total = self._total()
        zone.close()
        unmask(zone.settings, str(self.person_key), reason="a question", who="hr")
        erase(zone.settings, person, reason="asked for", who="dpo")

    def _total(self) -> object:
        return self.zone.ask("select count(*), sum(prompt_tokens) from raw.litellm_requests")

    def files(self) -> list[Path]:
        return [path for path in sorted(self.zone.settings.warehouse.rglob("*")) if path.is_file()]


@pytest.fixture(scope="module")
def gone(company: Company, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gone]:
    """Somebody with an account, an address, a login in paths, usage, work, and what was told of them."""
    folder = tmp_path_factory.mktemp("erased")
    company.zone.close()
    shutil.copytree(company.zone.settings.warehouse, folder / "warehouse", symlinks=True)
    zone = Zone(folder)
    zone.set(key=KEY)
    # Whoever most is told of.
    ((person,),) = zone.ask(
        "select person_id from ids.identities"
        " left join (select person_key, count(*) as told from told.usage group by all) using (person_key) where"
        " display_name is not null and person_key in (select person_key from marts.fct_usage)"
        " group by person_id order by max(coalesce(told, 0)) desc, count(*) desc, person_id limit 1"
    )
    yield Gone(zone, str(person))
    zone.close()


def test_there_is_something_to_look_for(gone: Gone) -> None:
    assert len(gone.keys) >= 4
    assert any("@" in word for word in gone.words)
    assert any(" " in word for word in gone.words)


def test_no_table_holds_a_key_or_a_word_of_an_erased_person(gone: Gone) -> None:
    databases = [path for path in gone.files() if path.suffix == ".duckdb"]
    assert {path.name for path in databases} >= {"warehouse.duckdb", "identities.duckdb", "marts.duckdb"}
    looked_for = gone.keys | gone.words
    leaks = {
        place: found for path in databases for place, said in texts_of(path) if (found := found_in(said, looked_for))
    }
    assert leaks == {}


def test_no_file_holds_one_either_not_even_in_free_blocks(gone: Gone) -> None:
    leaks = {}
    for path in gone.files():
        said = words_in(path).lower()
        if found := {key for key in gone.keys if key in said} | {w for w in gone.words if stands_in(said, w)}:
            leaks[path.relative_to(gone.zone.settings.warehouse).as_posix()] = found
    assert leaks == {}


def test_the_usage_stays(gone: Gone) -> None:
    assert gone._total() == gone.total
    gone.zone.close()


def test_who_looked_the_person_up_is_still_known_and_the_log_is_whole(gone: Gone) -> None:
    lines, problems = read_audit_log(gone.zone.settings)
    assert problems == []
    assert [(line[2], line[3]) for line in lines] == [("hr", "unmask"), ("dpo", "erase")]
    assert len({line[4] for line in lines}) == 1, "both are about the same person, who has another key now"
