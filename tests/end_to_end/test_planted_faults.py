"""What joins on the way from requests to usage could do wrong, the tests inside of a build find: it is planted here."""

from __future__ import annotations

import shutil
from pathlib import Path

import duckdb
import pytest

from tests.end_to_end.conftest import Company
from tokenworth.build import run_dbt
from tokenworth.settings import Settings

_REQUESTS, _PRICED = "intermediate.int_usage_requests", "intermediate.int_usage_priced"
_FIRST = "(select min(request_number) from {})"
_TWO = """
    create temp table two as
    select a.request_number as one, b.request_number as other, b.circumstance_id
    from intermediate.int_usage_priced as a
    join intermediate.int_usage_priced as b on a.usage_date = b.usage_date and a.circumstance_id <> b.circumstance_id
    join intermediate.int_usage_requests as known on b.request_number = known.request_number
    where a.cost_units > 10000 and b.cost_units > 10000 and a.request_number in (select request_number from {})
    order by all limit 1
"""
_UNDER_ANOTHER = (
    "update {} set circumstance_id = (select circumstance_id from two) where request_number = (select one from two)"
)
_PLANTED = {
    "a request twice": [f"insert into {_REQUESTS} from {_REQUESTS} where request_number = {_FIRST.format(_REQUESTS)}"],
    "a request less": [f"delete from {_REQUESTS} where request_number = {_FIRST.format(_REQUESTS)}"],
    "a request priced twice": [f"insert into {_PRICED} from {_PRICED} where request_number = {_FIRST.format(_PRICED)}"],
    "a request not priced": [f"delete from {_PRICED} where request_number = {_FIRST.format(_PRICED)}"],
    "a request under others' circumstances": [_TWO.format(_REQUESTS), _UNDER_ANOTHER.format(_REQUESTS)],
    "a price under others' circumstances": [_TWO.format(_PRICED), _UNDER_ANOTHER.format(_PRICED)],
    "a cost that moved": [
        _TWO.format(_PRICED),
        f"update {_PRICED} set cost_units = cost_units"
        " + case request_number when (select one from two) then -10000 else 10000 end"
        " where request_number in (select unnest([one, other]) from two)",
    ],
    "one priced for another": [
        _TWO.format(_PRICED),
        f"update {_PRICED} set request_number = (select other from two) where request_number = (select one from two)",
    ],
}


_UNHEARD = {
    "a request that is not taken for changed": [
        "delete from intermediate.int_changed_requests where request_number in"
        f" (select request_number from {_REQUESTS} limit 1)"
    ],
    "a request of a file that was replaced": [
        "update audit.loads set superseded_at = first_seen_at where load_id ="
        f" (select max(newest_load_id) from {_REQUESTS})",
    ],
}
# Makes a warehouse forget that it was tested, and look as if all of its requests had changed since the last build.
_NEVER_TESTED = "delete from audit.built_up_to; delete from audit.built_days"
_ALL_CHANGED = """
    update audit.built_up_to set load_id = 0;
    delete from audit.built_days;
    delete from intermediate.int_changed_requests;
    insert into intermediate.int_changed_requests
    select distinct (hash(request_key) >> 1)::bigint from intermediate.int_usage_statements;
    delete from intermediate.int_changed_loads;
    insert into intermediate.int_changed_loads select load_id from audit.loads where superseded_at is null
"""
_TESTS = ("assert_no_request_is_dropped", "assert_no_statement_is_dropped", "assert_requests_stand_once")


@pytest.fixture(scope="module")
def tests(company: Company, tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[str]]:
    """The SQL of the tests that look at usage as a whole, by what makes a warehouse one for them: of a first build, and
    of one that comes after another, where they look at what changed."""
    company.zone.close()
    found = {}
    for before in (_NEVER_TESTED, _ALL_CHANGED):
        folder = tmp_path_factory.mktemp("compiled")
        shutil.copy(company.zone.settings.database, folder)
        settings = Settings(landing=company.zone.landing, warehouse=folder, threads=2, memory_limit="2GB")
        with duckdb.connect(str(settings.database)) as connection:
            connection.execute(before)
        assert not run_dbt(settings, ["compile", "--select", *_TESTS], lambda *_: None).errors
        compiled = folder / "dbt" / "target" / "compiled" / "tokenworth" / "tests"
        found[before] = [(compiled / f"{name}.sql").read_text() for name in _TESTS]
    assert found[_NEVER_TESTED] != found[_ALL_CHANGED]
    return found


@pytest.mark.parametrize("before", [_NEVER_TESTED, _ALL_CHANGED], ids=["first", "again"])
@pytest.mark.parametrize("fault", [None, *_PLANTED])
def test_a_planted_fault_is_found(
    company: Company, tests: dict[str, list[str]], tmp_path: Path, fault: str | None, before: str
) -> None:
    copy = tmp_path / "warehouse.duckdb"
    shutil.copy(company.zone.settings.database, copy)
    with duckdb.connect(str(copy)) as connection:
        connection.execute(before)
        for statement in _PLANTED.get(fault or "", []):
            (changed,) = connection.execute(statement).fetchone() or (0,)
            assert changed, "the fault was not planted"
        found = [row for test in tests[before] for row in connection.execute(test).fetchall()]
    assert bool(found) == (fault is not None), found


@pytest.mark.parametrize("fault", _UNHEARD)
def test_what_would_not_be_looked_at_is_found(
    company: Company, tests: dict[str, list[str]], tmp_path: Path, fault: str
) -> None:
    copy = tmp_path / "warehouse.duckdb"
    shutil.copy(company.zone.settings.database, copy)
    with duckdb.connect(str(copy)) as connection:
        connection.execute(_ALL_CHANGED)
        for statement in _UNHEARD[fault]:
            connection.execute(statement)
        assert any(connection.execute(test).fetchall() for test in tests[_ALL_CHANGED])
