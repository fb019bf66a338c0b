"""What tests of every kind share: a landing zone of one's own, and no settings from outside."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from xdist.scheduler import LoadScopeScheduling

from tests.zone import Zone


class ByWhatIsShared(LoadScopeScheduling):
    """Keeps in one process what shares something that takes long to build: a folder's warehouses, a file's tables."""

    def _split_scope(self, nodeid: str) -> str:
        file = nodeid.partition("::")[0]
        folder = file.split("/")[1]
        return file if folder == "unit" else folder


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> ByWhatIsShared:
    return ByWhatIsShared(config, log)


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
