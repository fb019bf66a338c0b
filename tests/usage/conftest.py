"""Models that are compiled once for all."""

from __future__ import annotations

import pytest

from tests.end_to_end.warehouses import nothing_from_outside
from tests.usage.models import Models, compiled


@pytest.fixture(scope="session")
def models(tmp_path_factory: pytest.TempPathFactory) -> Models:
    folder = tmp_path_factory.mktemp("compiled")
    with nothing_from_outside():
        return compiled(folder)
