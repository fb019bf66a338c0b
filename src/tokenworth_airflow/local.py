"""Airflow on this machine, for `make run` and `make airflow`: embedded defaults, no server to set up.

Airflow is started as a program and never imported, so the package runs without it.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from contextlib import suppress
from pathlib import Path
from typing import Annotated

import typer

from tokenworth.errors import TokenworthError, UsageError

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False, help=__doc__)

POOL = "tokenworth_warehouse"
_AIRFLOW = str(Path(sys.executable).with_name("airflow"))

Landing = Annotated[str, typer.Option(help="Your exports; empty: an invented organisation.")]
Warehouse = Annotated[str, typer.Option(help="Folder of the warehouse.")]


@app.command()
def run(landing: Landing = "", warehouse: Warehouse = "warehouse") -> None:
    """Run the DAGs once, one after the other, and show what came of it."""
    settings = _prepare(landing, warehouse)
    for dag, what in (("tokenworth_load", "loading"), ("tokenworth_build", "checking, building, publishing")):
        _airflow(["dags", "test", dag], f"{what} (DAG {dag})")
    from tokenworth.settings import read_settings
    from tokenworth.summary import print_summary

    print_summary(read_settings(**settings))


@app.command()
def serve(landing: Landing = "", warehouse: Warehouse = "warehouse", port: int = 8080) -> None:
    """Start Airflow's web page, scheduler and workers; Ctrl-C stops them all."""
    _prepare(landing, warehouse)
    environment = os.environ | {"AIRFLOW__API__PORT": str(port)}
    with _log().open("a") as log:
        # In a group of its own: stopping the parent alone would leave its children running.
        server = subprocess.Popen(
            [_AIRFLOW, "standalone"], env=environment, stdout=log, stderr=log, start_new_session=True
        )
    try:
        _wait_until_ready(server, port)
        _print_login(port)
        server.wait()
    except KeyboardInterrupt:
        print("\nstopping ...", flush=True)
    finally:
        _stop(server)


def _prepare(landing: str, warehouse: str) -> dict[str, Path]:
    """Settings for Airflow's tasks, an organisation where none was named, and Airflow's own database."""
    folders = {"landing": Path(landing or "landing").resolve(), "warehouse": Path(warehouse).resolve()}
    if not landing and not folders["landing"].exists():
        from tokenworth.simulate import simulate

        print("writing the exports of an invented organisation to landing/", flush=True)
        simulate(folders["landing"], truth=folders["landing"].with_name("landing-truth"))
    elif not folders["landing"].is_dir():
        raise UsageError(f"there is no folder {landing}", todo="Name one: make run LANDING=path/to/exports")
    os.environ.update({f"TOKENWORTH_{name.upper()}": str(path) for name, path in folders.items()})
    _airflow(["db", "migrate"], "preparing Airflow")
    _airflow(["pools", "set", POOL, "1", "The warehouse has one writer."], "")
    return folders


def _log() -> Path:
    home = Path(os.environ.get("AIRFLOW_HOME", ".airflow")).resolve()
    home.mkdir(parents=True, exist_ok=True)
    os.environ["AIRFLOW_HOME"] = str(home)
    return home / "local.log"


def _airflow(arguments: list[str], what: str) -> None:
    """Runs one command of Airflow with its output in the log; raises with the end of it where it fails."""
    began = time.monotonic()
    if what:
        print(f"{what} ... ", end="", flush=True)
    path = _log()
    with path.open("a") as log:
        start = log.tell()
        done = subprocess.run([_AIRFLOW, *arguments], stdout=log, stderr=log, check=False)
    said = path.read_bytes()[start:].decode(errors="replace")
    if what:
        print(f"{time.monotonic() - began:.0f} s" if done.returncode == 0 else "failed", flush=True)
    if done.returncode != 0:
        raise _failure(said, path)


def _failure(said: str, path: Path) -> TokenworthError:
    """What a failed command said, as far as a person needs it."""
    lines = [line for line in said.splitlines() if "AirflowFailException" in line or "TokenworthError" in line]
    said_last = lines[-1].strip() if lines else "\n".join(said.splitlines()[-15:])
    return TokenworthError(said_last, todo=f"The whole log is {path}")


def _wait_until_ready(server: subprocess.Popen[bytes], port: int) -> None:
    """Waits for the web page to answer, for at most three minutes."""
    print(f"starting Airflow on port {port} ...", flush=True)
    for _ in range(180):
        if server.poll() is not None:
            raise TokenworthError("Airflow stopped while it was starting", todo=f"The whole log is {_log()}")
        with suppress(OSError, urllib.error.URLError):
            urllib.request.urlopen(f"http://localhost:{port}/api/v2/version", timeout=2).close()
            return
        time.sleep(1)
    raise TokenworthError("Airflow did not answer within three minutes", todo=f"The whole log is {_log()}")


def _print_login(port: int) -> None:
    passwords = Path(os.environ["AIRFLOW_HOME"]) / "simple_auth_manager_passwords.json.generated"
    login = "".join(
        f", user {user}, password {password}" for user, password in json.loads(passwords.read_text("utf-8")).items()
    )
    print(f"Airflow is at http://localhost:{port}{login}", flush=True)
    print("Switch on tokenworth_load and tokenworth_build and start the first. Ctrl-C stops it all.", flush=True)


def _stop(server: subprocess.Popen[bytes]) -> None:
    """Stops the whole group: gently, then for good."""
    for sign, seconds in ((signal.SIGTERM, 15), (signal.SIGKILL, 5)):
        with suppress(ProcessLookupError):
            os.killpg(server.pid, sign)
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            server.poll()
            try:
                os.killpg(server.pid, 0)
            except ProcessLookupError:
                return
            time.sleep(0.2)


def main() -> None:
    """Errors become a message and the exit codes of the command line."""
    try:
        app()
    except TokenworthError as error:
        typer.secho(error.what, fg="red", err=True)
        typer.echo(error.todo, err=True)
        sys.exit(error.exit_code)


if __name__ == "__main__":
    main()
