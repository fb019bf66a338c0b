"""An Airflow of its own for the tests of the DAGs: SQLite, in a temporary folder."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[2]
AIRFLOW = str(Path(sys.executable).with_name("airflow"))

# Says in a file which address beyond this machine a Python process asks for, and forbids it. Python runs it by its
# name in every process that finds it on its path.
_WATCH = """
import ipaddress, os, socket, sys

def watch(event, arguments):
    if event not in ("socket.connect", "socket.sendto", "socket.getaddrinfo", "socket.gethostbyname"):
        return
    address = arguments[0] if event.startswith("socket.get") else arguments[1]
    host = address[0] if isinstance(address, tuple) else address
    if event in ("socket.connect", "socket.sendto") and not isinstance(address, tuple):
        return  # a socket in the file system
    if host in (None, "", "localhost", socket.gethostname()):
        return
    try:
        if ipaddress.ip_address(str(host).split("%")[0]).is_loopback:
            return
    except ValueError:
        pass
    with open(os.environ["TOKENWORTH_TEST_CONNECTIONS"], "a") as found:
        found.write(f"{event} {address} by {sys.argv[:3]}\\n")
    raise OSError(f"{event} {address} leaves this machine")

sys.addaudithook(watch)
"""


@pytest.fixture(scope="session")
def airflow(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The environment of Airflow's programs; none of them may leave this machine."""
    watch = tmp_path_factory.mktemp("watch")
    (watch / "sitecustomize.py").write_text(_WATCH)
    (watch / "connections").touch()
    given = {name: value for name, value in os.environ.items() if not name.startswith(("AIRFLOW_", "TOKENWORTH_"))}
    return given | {
        "PYTHONPATH": str(watch),
        "TOKENWORTH_TEST_CONNECTIONS": str(watch / "connections"),
        "TMPDIR": str(tmp_path_factory.mktemp("temporary")),
        "AIRFLOW_HOME": str(tmp_path_factory.mktemp("airflow")),
        "AIRFLOW__CORE__DAGS_FOLDER": str(PROJECT / "dags"),
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
        "AIRFLOW__CORE__PARALLELISM": "4",
        "AIRFLOW__CORE__DEFAULT_TASK_RETRY_DELAY": "0",
        "AIRFLOW__USAGE_DATA_COLLECTION__ENABLED": "False",
    }


@pytest.fixture(scope="session")
def exports(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The exports of the smallest organisation there is; to be copied, not changed."""
    from tokenworth.simulate import simulate

    folder = tmp_path_factory.mktemp("organisation")
    simulate(folder / "landing", truth=folder / "truth", people=12, weeks=2)
    return folder / "landing"
