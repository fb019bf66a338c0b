"""Warehouses that take long to build: each is built once, and many tests look at it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.end_to_end.network import TOKENWORTH, run_without_network
from tests.end_to_end.warehouses import KEY, Company, nothing_from_outside, skip_without, zone_over
from tests.models import Compiled, compiled
from tests.zone import Zone
from tokenworth.pipeline import run
from tokenworth.simulate import simulate


@pytest.fixture(scope="session")
def entireio(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Zone]:
    """The landing zone of real exports, run the whole way once."""
    landing = skip_without("landing_entireio", "expected_landing_entireio.json") / "landing_entireio"
    with nothing_from_outside():
        zone = zone_over(landing, tmp_path_factory.mktemp("entireio"))
        run(zone.settings)
    yield zone
    zone.close()


@pytest.fixture(scope="session")
def company(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Company]:
    """A simulated organisation, run the whole way once, by the command line and without a network."""
    folder = tmp_path_factory.mktemp("company")
    truth = folder / "truth"
    simulate(folder / "landing", truth=truth, people=24, weeks=4)
    # Relative, as a person types it.
    command = [TOKENWORTH, "run", "--landing", "landing", "--warehouse", "warehouse"]
    ran = run_without_network(command, folder, TOKENWORTH_KEY=KEY)
    with nothing_from_outside():
        zone = zone_over(folder / "landing", folder)
    yield Company(zone, ran, truth, _json(truth / "expected.json"), _json(truth / "private.json"))
    zone.close()


@pytest.fixture(scope="session")
def models(tmp_path_factory: pytest.TempPathFactory) -> Compiled:
    """Usage and its reconciliation, compiled once for the tests of roads."""
    with nothing_from_outside():
        return compiled(tmp_path_factory.mktemp("roads"), "fct_usage", "int_reconciled_tokens")


def _json(path: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(path.read_text("utf-8"))
    return found
