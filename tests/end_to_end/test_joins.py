"""No model compares all rows of one table with all of another: what takes a second today would take a day in a year.

The engine does so where a join has no equality, or an outer join asks for more than equalities: `left join b on
a.id = b.id and a.is_open` looked each of 40,000 rows up in each of 40,000, 8 s instead of 0.04.

And whoever asks a view for keys reads keys: a part that is named twice in it is written down by the engine, which then
reads every column of the exports, four times as long.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import duckdb
import pytest

from tests.end_to_end.conftest import Company

# Where one side stays small whatever is loaded, or all pairs are what is asked for.
_MAY = {
    "fct_team_week": "people of a team in each week",
    "int_path_kinds": "patterns of paths that are nobody's work",
}
# The engine may well compare a few rows with a few: it knows how many there are.
_FEW = 20
_ALL_WITH_ALL = re.compile("NESTED_LOOP|BLOCKWISE_NL|CROSS_PRODUCT|IE_JOIN|PIECEWISE_MERGE")


def _joins(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    if _ALL_WITH_ALL.search(plan["name"]) and all(_rows(side) >= _FEW for side in plan["children"]):
        yield plan
    for side in plan["children"]:
        yield from _joins(side)


def _rows(plan: dict[str, Any]) -> int:
    """As the engine expects; it says nothing of some steps, which have as many as they are given at the most."""
    if "UNGROUPED_AGGREGATE" in plan["name"]:
        return 1
    if said := plan.get("extra_info", {}).get("Estimated Cardinality"):
        return int(said)
    return max(map(_rows, plan["children"]), default=_FEW)


def _scans(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    if "SCAN" in plan["name"]:
        yield plan.get("extra_info", {})
    for side in plan["children"]:
        yield from _scans(side)


@pytest.fixture(scope="module")
def found(company: Company) -> dict[str, list[str]]:
    """By model or test: what it compares with what."""
    target = company.zone.settings.warehouse / "dbt" / "target"
    nodes = json.loads((target / "manifest.json").read_text())["nodes"].values()
    company.zone.close()
    found: dict[str, list[str]] = {}
    with duckdb.connect(str(company.zone.settings.database), read_only=True) as connection:
        for node in nodes:
            if node["resource_type"] in ("model", "test") and node["language"] == "sql" and node.get("compiled_code"):
                ((_, plan),) = connection.execute(f"explain (format json) {node['compiled_code']}").fetchall()
                joins = [join for whole in json.loads(plan) for join in _joins(whole)]
                found[node["name"]] = [f"{join['name']}: {join.get('extra_info')}" for join in joins]
    return found


def test_no_model_compares_everything_with_everything(found: dict[str, list[str]]) -> None:
    assert len(found) > 400
    not_named = [f"{name}: {join}" for name, joins in found.items() for join in joins if name not in _MAY]
    assert not not_named, "\n".join(not_named)


def test_who_asks_statements_for_keys_reads_no_other_column(company: Company) -> None:
    company.zone.close()
    with duckdb.connect(str(company.zone.settings.database), read_only=True) as connection:
        asked = "explain (format json) select load_id, request_key from intermediate.int_usage_statements"
        ((_, plan),) = connection.execute(asked).fetchall()
    read = [
        scan.get("Projections", [])
        for whole in json.loads(plan)
        for scan in _scans(whole)
        if scan.get("Table", "").endswith("raw.litellm_requests")
    ]
    assert read
    assert not [columns for columns in read if {"session_id", "model", "completion_tokens"} & {*columns}]
