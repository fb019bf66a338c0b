"""dbt's own unit tests, run once for all: against a small warehouse, in a dbt of its own."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest

from tests import small_warehouses
from tokenworth.build import run_dbt
from tokenworth.prices import refresh_prices
from tokenworth.warehouse import open_warehouse

_WITHOUT_TESTS = ("--exclude-resource-type", "test", "--exclude-resource-type", "unit_test")


@dataclass
class Results:
    """What dbt read and ran."""

    manifest: Mapping[str, Any] = field(repr=False)
    statuses: Mapping[str, str] = field(repr=False)  # by `model::name of the unit test`
    messages: Mapping[str, str] = field(repr=False)


def _in_silence(done: int, to_do: int, what: str) -> None:
    """Nobody watches."""


@pytest.fixture(scope="session")
def results(tmp_path_factory: pytest.TempPathFactory) -> Results:
    """All unit tests of the project, after everything that they stand on was built without rows."""
    folder = tmp_path_factory.mktemp("dbt")
    settings = small_warehouses.loaded(folder, {})
    with open_warehouse(settings) as connection:
        refresh_prices(connection)
    # A unit test takes the types of its inputs from tables that are there; of an incremental model
    # it takes the model's own, too.
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("TOKENWORTH_DBT_THREADS", "2")
        built = run_dbt(settings, ["build", "--empty", *_WITHOUT_TESTS], _in_silence)
        assert not built.errors, built.errors
        tested = run_dbt(settings, ["test", "--select", "test_type:unit"], _in_silence)
    target = settings.warehouse / "dbt" / "target"
    ran = target / "run_results.json"
    found = json.loads(ran.read_text())["results"] if ran.exists() else []
    names = {result["unique_id"]: "::".join(result["unique_id"].split(".")[2:]) for result in found}
    unit_tests = [result for result in found if result["unique_id"].startswith("unit_test.")]
    assert unit_tests, f"dbt ran no unit test: {tested.errors}"
    return Results(
        manifest=json.loads((target / "manifest.json").read_text()),
        statuses={names[result["unique_id"]]: result["status"] for result in unit_tests},
        messages={names[result["unique_id"]]: str(result["message"]) for result in unit_tests},
    )
