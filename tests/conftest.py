"""What tests of every kind share: a landing zone of one's own, and no settings from outside."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.zone import Zone

TESTS = Path(__file__).parent


@pytest.hookimpl(tryfirst=True)  # before the plugin reads the groups
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Keeps in one process what shares something that takes long to build: a folder's warehouses, a file's tables."""
    for item in items:
        kind = item.path.relative_to(TESTS).parts[0]
        item.add_marker(pytest.mark.xdist_group(str(item.path) if kind == "unit" else kind))


@pytest.fixture(autouse=True)
def _no_settings_from_outside(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Neither the environment nor a tokenworth.toml of the developer may decide a test."""
    for name in [name for name in os.environ if name.startswith("TOKENWORTH_")]:
        if name != "TOKENWORTH_SAMPLES":
            monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def zone(tmp_path: Path) -> Iterator[Zone]:
    """An empty landing zone with a warehouse beside it."""
    zone = Zone(tmp_path)
    yield zone
    zone.close()
