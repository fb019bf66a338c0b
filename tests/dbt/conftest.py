"""dbt's own unit tests, run once for all: against a small warehouse, in a dbt of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from tests import small_warehouses
from tokenworth.build import dbt_vars, project_dir
from tokenworth.prices import refresh_prices
from tokenworth.warehouse import open_warehouse

DBT = str(Path(sys.executable).with_name("dbt"))


@dataclass
class Results:
    """What dbt read and ran."""

    manifest: Mapping[str, Any] = field(repr=False)
    statuses: Mapping[str, str] = field(repr=False)  # by `model::name of the unit test`
    messages: Mapping[str, str] = field(repr=False)


@pytest.fixture(scope="session")
def results(tmp_path_factory: pytest.TempPathFactory) -> Results:
    """All unit tests of the project, after everything that they stand on was built without rows."""
    folder = tmp_path_factory.mktemp("dbt")
    settings = small_warehouses.loaded(folder, {})
    with open_warehouse(settings) as connection:
        refresh_prices(connection)
    environment = os.environ | {
        "TOKENWORTH_DBT_DATABASE": str(settings.database),
        "TOKENWORTH_DBT_SPILL": str(folder / "spill"),
        "TOKENWORTH_DBT_MEMORY": "1GiB",
        "TOKENWORTH_DBT_THREADS": "2",
        "DBT_SEND_ANONYMOUS_USAGE_STATS": "False",
    }

    def dbt(*arguments: str) -> subprocess.CompletedProcess[str]:
        places = ["--project-dir", str(project_dir()), "--profiles-dir", str(project_dir())]
        places += ["--target-path", str(folder / "target"), "--log-path", str(folder / "logs")]
        places += ["--vars", json.dumps(dbt_vars(settings))]
        return subprocess.run(
            [DBT, "--no-use-colors", "--no-version-check", *arguments, *places],
            env=environment, capture_output=True, text=True, check=False,
        )  # fmt: skip

    # A unit test takes the types of its inputs from tables that are there; of an incremental model
    # it takes the model's own, too.
    built = dbt("build", "--empty", "--exclude-resource-type", "test", "--exclude-resource-type", "unit_test")
    assert built.returncode == 0, built.stdout[-5000:]
    tested = dbt("test", "--select", "test_type:unit")
    ran = folder / "target" / "run_results.json"
    found = json.loads(ran.read_text())["results"] if ran.exists() else []
    names = {result["unique_id"]: "::".join(result["unique_id"].split(".")[2:]) for result in found}
    unit_tests = [result for result in found if result["unique_id"].startswith("unit_test.")]
    assert unit_tests, "dbt ran no unit test:\n" + tested.stdout[-5000:]
    return Results(
        manifest=json.loads((folder / "target" / "manifest.json").read_text()),
        statuses={names[result["unique_id"]]: result["status"] for result in unit_tests},
        messages={names[result["unique_id"]]: str(result["message"]) for result in unit_tests},
    )
