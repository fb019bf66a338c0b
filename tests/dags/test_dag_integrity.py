"""What holds of every DAG, and first that they are found at all: a wrong folder is silently empty."""

from __future__ import annotations

import json
import subprocess
import sys
from itertools import pairwise
from typing import Any

import pytest

from tests.dags.conftest import PROJECT
from tokenworth.sources import all_sources

DAGS = {
    "tokenworth_load": ["find_sources", "load_source", "announce"],
    "tokenworth_build": ["check_what_came_in", "build", "check_what_goes_out", "publish"],
    "tokenworth_divergence": ["look_at_divergence", "tell_what_is_new"],
    "tokenworth_retain": ["roll_up", "check_what_goes_out", "publish"],
    "tokenworth_restate": ["read_again", "check_what_came_in", "build", "check_what_goes_out", "publish"],
}

# Airflow reads its configuration when it is imported, so it is looked at from a process of its own.
_LOOK = """
import json, sys
from airflow.dag_processing.dagbag import DagBag

bag = DagBag(dag_folder=sys.argv[1])
found = {
    "errors": {name: text[-300:] for name, text in bag.import_errors.items()},
    "dags": {
        dag.dag_id: {
            "doc": dag.doc_md, "catchup": dag.catchup, "max_active_runs": dag.max_active_runs,
            "tags": sorted(dag.tags), "timeout": dag.dagrun_timeout is not None, "schedule": repr(dag.schedule),
            "start": dag.start_date is not None, "params": sorted(dag.params),
            "tasks": [
                {
                    "id": task.task_id, "owner": task.owner, "pool": task.pool,
                    "retries": (task.partial_kwargs if task.is_mapped else vars(task)).get("retries", None),
                    "timeout": task.execution_timeout is not None,
                    "callback": bool(task.on_failure_callback),
                    "rule": str(task.trigger_rule), "mapped": task.is_mapped,
                    "outlets": [repr(outlet) for outlet in task.outlets],
                    "after": sorted(task.upstream_task_ids),
                }
                for task in dag.topological_sort()
            ],
        }
        for dag in bag.dags.values()
    },
}
from airflow.sdk.exceptions import AirflowFailException
from tokenworth.errors import PublicationRefusedError, TokenworthError, UsageError, WarehouseBusyError
from tokenworth_airflow.tasks import step

found["at once"] = {}
for error in (
    UsageError("u"), PublicationRefusedError("r"), TokenworthError("t"), ImportError("i"), KeyError("k"),
    WarehouseBusyError("b"), OSError("o"),
):
    try:
        with step("trying"):
            raise error
    except Exception as raised:
        found["at once"][type(error).__name__] = isinstance(raised, AirflowFailException)
json.dump(found, open(sys.argv[2], "w"))
"""


@pytest.fixture(scope="module")
def found(airflow: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    answer = tmp_path_factory.mktemp("dags") / "found.json"
    command = [sys.executable, "-c", _LOOK, str(PROJECT / "dags"), str(answer)]
    subprocess.run(command, env=airflow, check=True, capture_output=True)
    looked: dict[str, Any] = json.loads(answer.read_text())
    return looked


def test_every_dag_is_found_and_none_is_broken(found: dict[str, Any]) -> None:
    assert found["errors"] == {}
    assert sorted(found["dags"]) == sorted(DAGS)
    assert {path.stem for path in (PROJECT / "dags").glob("*.py")} == set(DAGS)


@pytest.mark.parametrize("name", DAGS)
def test_a_dag_has_its_manual_and_its_limits(found: dict[str, Any], name: str) -> None:
    dag = found["dags"][name]
    assert dag["doc"].strip().startswith("### ")
    assert dag["catchup"] is False
    assert dag["max_active_runs"] == 1, "two runs of one DAG would wait for the same warehouse"
    assert dag["timeout"]
    assert dag["start"]
    assert "tokenworth" in dag["tags"]


@pytest.mark.parametrize("name", DAGS)
def test_a_task_retries_ends_and_says_when_it_failed(found: dict[str, Any], name: str) -> None:
    tasks = found["dags"][name]["tasks"]
    assert [task["id"] for task in tasks] == DAGS[name]
    for task in tasks:
        assert task["owner"] == "data-engineering"
        assert task["retries"] >= 1
        assert task["timeout"]
        assert task["callback"], "a failure that nobody is told of"
        assert task["pool"] == "tokenworth_warehouse", "the engine has one writer"
        assert "all_success" in task["rule"].lower(), "a task that runs after a failure hides it"


def test_only_what_time_may_mend_is_tried_again(found: dict[str, Any]) -> None:
    assert {name for name, at_once in found["at once"].items() if not at_once} == {"WarehouseBusyError", "OSError"}
    assert len(found["at once"]) == 7


@pytest.mark.parametrize("name", ["tokenworth_build", "tokenworth_restate"])
def test_nothing_is_published_unchecked(found: dict[str, Any], name: str) -> None:
    tasks = found["dags"][name]["tasks"]
    for before, after in pairwise(tasks):
        assert after["after"] == [before["id"]]
    assert tasks[-1]["id"] == "publish"
    assert "tokenworth_published" in str(tasks[-1]["outlets"])


def test_loading_is_one_task_a_source(found: dict[str, Any]) -> None:
    assert [task["mapped"] for task in found["dags"]["tokenworth_load"]["tasks"]] == [False, True, False]


def test_what_was_loaded_is_told_at_once_when_all_of_it_is_there(found: dict[str, Any]) -> None:
    _, load, announce = found["dags"]["tokenworth_load"]["tasks"]
    assert load["outlets"] == [], "the first source would start a build without the others"
    assert "tokenworth_raw" in str(announce["outlets"])
    assert announce["after"] == ["load_source"]


def test_building_follows_whichever_source_was_loaded(found: dict[str, Any]) -> None:
    schedule = found["dags"]["tokenworth_build"]["schedule"]
    assert "AssetAny" in schedule
    for source in all_sources():
        assert f"tokenworth_raw_{source}" in schedule


def test_what_was_published_is_looked_at(found: dict[str, Any]) -> None:
    assert "tokenworth_published" in found["dags"]["tokenworth_divergence"]["schedule"]


def test_restating_asks_what_to_restate(found: dict[str, Any]) -> None:
    assert found["dags"]["tokenworth_restate"]["params"] == ["full_refresh", "sources"]
