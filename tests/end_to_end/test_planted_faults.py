"""What joins on the way from requests to usage could do wrong, the tests inside of a build find: it is planted here."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import duckdb
import pytest

from tests.end_to_end.conftest import Company

_REQUESTS, _PRICED = "intermediate.int_usage_requests", "intermediate.int_usage_priced"
_FIRST = "(select min(request_key) from {})"
_TWO = """
    create temp table two as
    select a.request_key as one, b.request_key as other, b.circumstance_id
    from intermediate.int_usage_priced as a
    join intermediate.int_usage_priced as b on a.usage_date = b.usage_date and a.circumstance_id <> b.circumstance_id
    join intermediate.int_usage_requests as known on b.request_key = known.request_key
    where a.cost_usd > 1e-6 and b.cost_usd > 1e-6 and a.request_key in (select request_key from {})
    order by all limit 1
"""
_UNDER_ANOTHER = (
    "update {} set circumstance_id = (select circumstance_id from two) where request_key = (select one from two)"
)
_PLANTED = {
    "a request twice": [f"insert into {_REQUESTS} from {_REQUESTS} where request_key = {_FIRST.format(_REQUESTS)}"],
    "a request less": [f"delete from {_REQUESTS} where request_key = {_FIRST.format(_REQUESTS)}"],
    "a request priced twice": [f"insert into {_PRICED} from {_PRICED} where request_key = {_FIRST.format(_PRICED)}"],
    "a request not priced": [f"delete from {_PRICED} where request_key = {_FIRST.format(_PRICED)}"],
    "a request under others' circumstances": [_TWO.format(_REQUESTS), _UNDER_ANOTHER.format(_REQUESTS)],
    "a price under others' circumstances": [_TWO.format(_PRICED), _UNDER_ANOTHER.format(_PRICED)],
    "a cost that moved": [
        _TWO.format(_PRICED),
        f"update {_PRICED} set cost_usd = cost_usd"
        " + case request_key when (select one from two) then -1e-6 else 1e-6 end"
        " where request_key in (select unnest([one, other]) from two)",
    ],
    "one priced for another": [
        _TWO.format(_PRICED),
        f"update {_PRICED} set request_key = (select other from two) where request_key = (select one from two)",
    ],
}


@pytest.fixture(scope="module")
def tests(company: Company) -> list[str]:
    """The SQL of the tests that look at usage as a whole; of a first build, which look at every request."""
    company.zone.close()
    compiled = company.zone.settings.warehouse / "dbt" / "target" / "manifest.json"
    nodes = json.loads(compiled.read_text())["nodes"].values()
    named = ("assert_no_request_is_dropped", "assert_no_statement_is_dropped", "assert_requests_stand_once")
    found = [node["compiled_code"] for node in nodes if node["name"] in named]
    assert len(found) == len(named)
    return found


@pytest.mark.parametrize("fault", [None, *_PLANTED])
def test_a_planted_fault_is_found(company: Company, tests: list[str], tmp_path: Path, fault: str | None) -> None:
    copy = tmp_path / "warehouse.duckdb"
    shutil.copy(company.zone.settings.database, copy)
    with duckdb.connect(str(copy)) as connection:
        connection.execute("delete from audit.built_up_to")
        for statement in _PLANTED.get(fault or "", []):
            (changed,) = connection.execute(statement).fetchone() or (0,)
            assert changed, "the fault was not planted"
        found = [row for test in tests for row in connection.execute(test).fetchall()]
    assert bool(found) == (fault is not None), found
