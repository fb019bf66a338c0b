"""Airflow on this machine, for `make run` and `make airflow`: embedded defaults, no server to set up.

Airflow is started as a program and never imported, so the package runs without it.
"""

from __future__ import annotations

import json
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Annotated, Any

import typer

from tokenworth.errors import TokenworthError, UsageError
from tokenworth.settings import Settings, read_settings
from tokenworth.writer import sole_writer

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False, help=__doc__)

_PROJECT = Path(__file__).parents[2]
_BIN = Path(sys.executable).parent
DAGS = ("tokenworth_load", "tokenworth_build", "tokenworth_divergence")
_READY_SECONDS = 300
_WEEKS = 16  # of the invented organisation: verdicts need a past and a present

Landing = Annotated[str, typer.Option(help="Your exports; empty: an invented organisation.")]
Warehouse = Annotated[str, typer.Option(help="Folder of the warehouse; empty: warehouse.")]
Port = Annotated[int, typer.Option(help="Of Airflow's web page.", min=1, max=65535)]


@app.command()
def run(landing: Landing = "", warehouse: Warehouse = "") -> None:
    """Run the DAGs once, one after the other, and show what came of it."""
    settings = _settings(landing, warehouse)
    with _airflow(settings, {"AIRFLOW__CORE__DEFAULT_TASK_RETRY_DELAY": "0"}, *DAGS):
        _write_organisation(settings, invented=not landing)
    from tokenworth.summary import print_summary

    print_summary(settings)


@app.command()
def serve(landing: Landing = "", warehouse: Warehouse = "", port: Port = 8080) -> None:
    """Start Airflow's web page, scheduler and workers; Ctrl-C stops them all."""
    settings = _settings(landing, warehouse)
    _require_free(port)
    with _airflow(settings, {}):
        _write_organisation(settings, invented=not landing)
    environment = _environment(settings) | {
        "AIRFLOW__API__PORT": str(port),
        "AIRFLOW__API__BASE_URL": f"http://localhost:{port}",
        "AIRFLOW__CORE__DEFAULT_TASK_RETRY_DELAY": "20",
        # On a busy machine the web page is up later than the first task, which then knocks for so long.
        "AIRFLOW__WORKERS__EXECUTION_API_RETRIES": "60",
        "AIRFLOW__WORKERS__EXECUTION_API_RETRY_WAIT_MAX": "5",
        # Its parts know each other by these.
        "AIRFLOW__API__SECRET_KEY": secrets.token_urlsafe(64),
        "AIRFLOW__API_AUTH__JWT_SECRET": secrets.token_urlsafe(64),
        # It starts its parts by the name `airflow`, which is on the path of an activated environment only.
        "PATH": f"{_BIN}{os.pathsep}{os.environ.get('PATH', '')}",
    }
    # Also Ctrl-C's: a shell that starts this in the background has it ignored.
    for sign in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(sign, signal.default_int_handler)
    with _log().open("ab") as log:
        # In a session of its own: stopping the parent alone would leave its children running.
        server = subprocess.Popen(
            [_BIN / "airflow", "standalone"], env=environment, stdout=log, stderr=log, start_new_session=True
        )
    try:
        _wait_until_ready(server, port)
        _print_login(port)
        server.wait()
        raise TokenworthError("Airflow stopped by itself", todo=f"The whole log is {_log()}")
    except KeyboardInterrupt:
        typer.echo("\nstopping ...")
    finally:
        _stop(server)
    typer.echo("stopped")


def _settings(landing: str, warehouse: str) -> Settings:
    """The settings, looked at before anything is started. Raises UsageError."""
    if landing and not warehouse:
        raise UsageError(
            "your own exports need a warehouse of their own; the folder warehouse/ is the invented organisation's",
            todo=f"Name it: make run LANDING={landing} WAREHOUSE=path/to/warehouse",
        )
    folder = Path(landing or "landing").resolve()
    if landing and not folder.is_dir():
        raise UsageError(f"there is no folder {folder}", todo="Name one: make run LANDING=path/to/exports")
    settings = read_settings(landing=folder, warehouse=Path(warehouse or "warehouse").resolve())
    if landing and not settings.database.exists() and not any(path.is_file() for path in folder.rglob("*")):
        raise UsageError(f"there is no file in {folder}", todo="Put exports there; the README says where each belongs.")
    with sole_writer(settings):  # raises where the folder cannot be written, or another run is in it
        return settings


def _write_organisation(settings: Settings, *, invented: bool) -> None:
    """An organisation where no exports were named; the one of an earlier run is used again."""
    if not invented or settings.landing.exists():
        typer.echo(f"reading the exports in {settings.landing}")
        return
    from tokenworth.simulate import simulate

    typer.echo(f"writing the exports of an invented organisation to {settings.landing}")
    truth = settings.landing.with_name("landing-truth")
    # Under another name until it is whole: half an organisation would be used again as one.
    unfinished = settings.landing.with_name("landing.unfinished")
    for folder in (unfinished, truth):
        shutil.rmtree(folder, ignore_errors=True)
    simulate(unfinished, truth=truth, weeks=_WEEKS, gaming=True)
    unfinished.rename(settings.landing)


def _log() -> Path:
    home = Path(os.environ.get("AIRFLOW_HOME", ".airflow")).resolve()
    home.mkdir(parents=True, exist_ok=True)
    return home / "local.log"


def _environment(settings: Settings) -> dict[str, str]:
    """The environment of Airflow's programs.

    What is said there for another Airflow (a database, an executor) is left out: it is not to be touched
    from here. What should hold for this one can be said in airflow.cfg in its folder.
    """
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("AIRFLOW_")}
    return inherited | {
        "TOKENWORTH_LANDING": str(settings.landing),
        "TOKENWORTH_WAREHOUSE": str(settings.warehouse),
        "AIRFLOW_HOME": str(_log().parent),
        "AIRFLOW__CORE__DAGS_FOLDER": str(_PROJECT / "dags"),
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
        # Whoever starts Airflow here wants to see the DAGs run.
        "AIRFLOW__CORE__DAGS_ARE_PAUSED_AT_CREATION": "False",
        # One machine, one warehouse, one writer: more workers would only hold memory.
        "AIRFLOW__CORE__PARALLELISM": "4",
        # Three files that seldom change need not be read every half minute.
        "AIRFLOW__DAG_PROCESSOR__MIN_FILE_PROCESS_INTERVAL": "300",
        "AIRFLOW__API__HOST": "127.0.0.1",
        # Nothing phones home.
        "AIRFLOW__USAGE_DATA_COLLECTION__ENABLED": "False",
    }


@contextmanager
def _airflow(settings: Settings, also: dict[str, str], *dags: str) -> Iterator[None]:
    """Prepares Airflow while the caller does something else, and then runs the DAGs.

    Leaves with the exit code of what failed; that program has then said what and why.
    """
    typer.echo(f"starting Airflow; its log is {_log()}")
    program = subprocess.Popen(
        [sys.executable, "-m", "tokenworth_airflow.once", str(_log()), *dags],
        env=_environment(settings) | also,
        stdin=subprocess.PIPE,
    )
    try:
        yield
        with suppress(BrokenPipeError):
            program.communicate(b"go\n")
        code = program.wait()
    except KeyboardInterrupt:
        # The same Ctrl-C has ended it; a run that is cut off leaves nothing half done.
        typer.echo("\ninterrupted; what was published before stays, and the next run goes on from here")
        raise typer.Exit(130) from None
    finally:
        program.kill()
        program.wait()
    if code in (1, 2, 3):
        raise typer.Exit(code)
    if code != 0:
        raise TokenworthError(f"Airflow ended unexpectedly (exit code {code})", todo=f"The whole log is {_log()}")


def _require_free(port: int) -> None:
    """Raises UsageError where another program answers on the port."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            raise UsageError(
                f"port {port} cannot be used: {error.strerror}", todo="Name another: make airflow PORT=8081"
            ) from error


def _wait_until_ready(server: subprocess.Popen[bytes], port: int) -> None:
    """Waits until the web page, the scheduler and the reader of the DAGs say that they are well."""
    typer.echo(f"starting Airflow's server on port {port} ...")
    deadline = time.monotonic() + _READY_SECONDS
    while time.monotonic() < deadline:
        if server.poll() is not None:
            raise TokenworthError("Airflow stopped while it was starting", todo=f"The whole log is {_log()}")
        with suppress(OSError, urllib.error.URLError, ValueError):
            with urllib.request.urlopen(f"http://localhost:{port}/api/v2/monitor/health", timeout=5) as answer:
                health: dict[str, Any] = json.load(answer)
            if all(health[part]["status"] == "healthy" for part in ("metadatabase", "scheduler", "dag_processor")):
                return
        time.sleep(0.5)
    raise TokenworthError(f"Airflow was not ready after {_READY_SECONDS} s", todo=f"The whole log is {_log()}")


def _print_login(port: int) -> None:
    passwords = _log().with_name("simple_auth_manager_passwords.json.generated")
    login = "".join(
        f", user {user}, password {password}" for user, password in json.loads(passwords.read_text("utf-8")).items()
    )
    typer.echo(f"Airflow is at http://localhost:{port}{login}")
    typer.echo(
        "tokenworth_load runs now and at 05:00 UTC every day while this is up, and tokenworth_build after it;\n"
        "tokenworth_restate waits for you. Ctrl-C stops it all."
    )


def _stop(server: subprocess.Popen[bytes]) -> None:
    """Stops the whole session: as Ctrl-C would, then by force. A task that is cut off leaves nothing half done."""
    for sign, seconds in ((signal.SIGINT, 15), (signal.SIGTERM, 5), (signal.SIGKILL, 5)):
        for pid in [server.pid] if sign is signal.SIGINT else _session(server.pid):
            with suppress(ProcessLookupError):
                os.kill(pid, sign)
        deadline = time.monotonic() + seconds
        with suppress(KeyboardInterrupt):  # pressed again: go on with more force
            while time.monotonic() < deadline:
                server.poll()
                if not _session(server.pid):
                    return
                time.sleep(0.2)


def _session(leader: int) -> list[int]:
    """Processes of the session. Tasks have process groups of their own, but none leaves the session."""
    import psutil  # type: ignore[import-untyped]  # comes with Airflow

    members = []
    for pid in psutil.pids():
        with suppress(ProcessLookupError, PermissionError, psutil.Error):
            if os.getsid(pid) == leader and psutil.Process(pid).status() != psutil.STATUS_ZOMBIE:
                members.append(pid)
    return members


def main() -> None:
    """Errors become a message and the exit codes of the command line."""
    try:
        app()
    except TokenworthError as error:
        typer.secho(error.what, fg="red", err=True)
        if error.todo:
            typer.echo(error.todo, err=True)
        sys.exit(error.exit_code)


if __name__ == "__main__":
    main()
