"""The named cases of the models hold, all of them were run, and the models are described.

The cases themselves stand beside the models, in `dbt_project/models/**/*.yml`.
"""

from __future__ import annotations

from typing import Any

import pytest
import yaml

from tests.dbt.conftest import Results
from tokenworth.build import project_dir


def _named_cases() -> list[str]:
    """What the files say, without dbt, so that a file which dbt does not read is missed."""
    files = (yaml.safe_load(path.read_text()) or {} for path in sorted(project_dir().glob("models/**/*.yml")))
    return [f"{test['model']}::{test['name']}" for file in files for test in file.get("unit_tests", [])]


def _models(results: Results, layer: str) -> list[dict[str, Any]]:
    nodes = results.manifest["nodes"].values()
    return [node for node in nodes if node["resource_type"] == "model" and node["path"].split("/")[0] == layer]


@pytest.mark.parametrize("case", _named_cases())
def test_named_case(case: str, results: Results) -> None:
    assert case in results.statuses, "dbt did not run it"
    assert results.statuses[case] == "pass", results.messages[case]


def test_no_case_has_the_name_of_another(results: Results) -> None:
    assert sorted(_named_cases()) == sorted(results.statuses)


def test_every_intermediate_model_has_a_named_case(results: Results) -> None:
    tested = {case.split("::")[0] for case in results.statuses}
    # Those in Python are tested as Python: tests/unit/test_divergence.py.
    models = {model["name"] for model in _models(results, "intermediate") if model["language"] == "sql"}
    assert len(models) > 40
    assert sorted(models - tested) == []


@pytest.mark.parametrize("layer", ["staging", "intermediate", "marts", "publication"])
def test_every_model_is_described(layer: str, results: Results) -> None:
    models = _models(results, layer)
    assert models
    assert sorted(model["name"] for model in models if not model["description"].strip()) == []
