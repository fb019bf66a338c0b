"""Builds the models: brings the price book up to date and runs dbt in this process."""

from __future__ import annotations

import json
import logging
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tokenworth.errors import PublicationRefusedError, TokenworthError, UsageError
from tokenworth.first_published import settle
from tokenworth.growing import forget_what_others_made, models_digest, remember_what_was_built
from tokenworth.kept import keep
from tokenworth.parsed import Parsed
from tokenworth.prices import refresh_prices
from tokenworth.remembered import begin, end
from tokenworth.settings import Settings
from tokenworth.sources import usage_evidence
from tokenworth.standing import REST, note_standing, standing
from tokenworth.uncollected import uncollected
from tokenworth.warehouse import open_warehouse
from tokenworth.writer import disk_full, disk_is_full, sole_writer

log = logging.getLogger(__name__)

Progress = Callable[[int, int, str], None]  # nodes done, nodes to do, the node done last


# What dbt is asked for; unit tests are for who changes the models.
BUILD = ("build", "--exclude-resource-type", "unit_test")


@dataclass
class BuildReport:
    """What dbt did: nodes by their outcome, and what did not work."""

    seconds: float = 0.0
    models: int = 0
    tests: int = 0
    stands: bool = False  # whether views and seeds were left as they were
    failed_tests: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)


def project_dir() -> Path:
    """The dbt project: in the checkout, or inside the package where it was installed from a wheel."""
    inside = Path(__file__).parent / "dbt_project"
    return inside if inside.exists() else Path(__file__).parents[2] / "dbt_project"


def build(
    settings: Settings,
    *,
    full_refresh: bool = False,
    progress: Progress = lambda done, to_do, what: None,
) -> BuildReport:
    """Builds every model and runs the tests inside; incremental models grow unless `full_refresh`.

    Raises PublicationRefusedError where a test on the data fails, TokenworthError where a model
    cannot be built, UsageError without a warehouse.
    """
    if not settings.database.exists():
        raise UsageError(f"there is no warehouse in {settings.warehouse}", todo="Run: tokenworth load")
    with sole_writer(settings, "build"):
        return build_held(settings, full_refresh=full_refresh, progress=progress)


def build_held(
    settings: Settings,
    *,
    full_refresh: bool = False,
    progress: Progress = lambda done, to_do, what: None,
) -> BuildReport:
    """Builds as `build` does, for whoever holds the warehouse already."""
    began = time.monotonic()
    with open_warehouse(settings) as connection:
        refresh_prices(connection, begin(connection, "build"))
        settle(connection, settings)
        digest = models_digest(project_dir())
        forget_what_others_made(connection, None if full_refresh else digest)
        parsed = _parsed(settings)
        rest = REST if not full_refresh and standing(connection, project_dir(), parsed.name) else ()
    report = run_dbt(settings, [*BUILD, *(["--full-refresh"] if full_refresh else rest)], progress, parsed=parsed)
    report.seconds, report.stands = time.monotonic() - began, bool(rest)
    assert_built(report, settings)
    with open_warehouse(settings) as connection:
        remember_what_was_built(connection, digest)
        note_standing(connection, project_dir(), parsed.name)
        end(connection, "build")
        keep(connection, settings)
    return report


def assert_built(report: BuildReport, settings: Settings) -> BuildReport:
    """The report of a build that worked. Raises as `build` says where it did not."""
    if any(map(disk_is_full, report.errors)):
        raise disk_full(settings)
    if report.errors:
        raise TokenworthError(
            "the models could not be built:\n  " + "\n  ".join(report.errors),
            todo=f"The full log is {settings.warehouse / 'dbt' / 'logs' / 'dbt.log'}; nothing was published.",
        )
    if report.failed_tests:
        raise PublicationRefusedError(
            "the models contradict themselves:\n  " + "\n  ".join(report.failed_tests),
            todo="The old publication stays. Rebuild with --full-refresh; if it persists, please report it.",
        )
    return report


def generate_docs(settings: Settings) -> Path:
    """dbt's documentation of the models in one page that needs no server; returns the page."""
    if not settings.database.exists():
        raise UsageError(f"there is no warehouse in {settings.warehouse}", todo="Run: tokenworth run")
    with sole_writer(settings, "docs"):
        report = run_dbt(settings, ["docs", "generate", "--static"], lambda done, to_do, what: None)
    if report.errors:
        raise TokenworthError("dbt could not write its documentation: " + "; ".join(report.errors))
    return settings.warehouse / "dbt" / "target" / "static_index.html"


def dbt_vars(settings: Settings) -> dict[str, object]:
    """What the models take from the settings, and which of them bring usage, which the sources declare."""
    return {
        "min_group": settings.min_group,
        "close_after_days": settings.close_after_days,
        "usage_evidence": usage_evidence(),
    }


@uncollected()
def run_dbt(
    settings: Settings,
    arguments: list[str],
    progress: Progress,
    *,
    beside: Path | None = None,
    parsed: Parsed | None = None,
) -> BuildReport:
    """Runs dbt over the warehouse, or over the database `beside` it, whose views read the warehouse. `parsed` is the
    project, from whoever looked at all of its files already.

    To be called by whoever holds the warehouse's lock.
    """
    # Imported here: it takes seconds, which `tokenworth --help` should not.
    from dbt.adapters.duckdb.connections import DuckDBConnectionManager
    from dbt.cli.main import dbtRunner

    folder = _folder(settings)
    report = BuildReport()
    watch = _Watch(report, progress)
    parsed = parsed or _parsed(settings, beside)
    manifest = parsed.kept()
    # Where its log cannot be written, Python would print a traceback for each line of it.
    raises, logging.raiseExceptions = logging.raiseExceptions, False
    with _environment(settings, beside):
        try:
            result = dbtRunner(manifest, callbacks=[watch]).invoke(
                [
                    *arguments,
                    "--project-dir", str(project_dir()), "--profiles-dir", str(project_dir()),
                    "--target", _target(beside),
                    "--target-path", str(_written(settings, beside)), "--log-path", str(folder / "logs"),
                    "--vars", json.dumps(dbt_vars(settings)),
                    # Its errors are told below, in our words; on its own it prints tracebacks.
                    # What each node ran stands in target/run; to log it as well takes a tenth of a small build.
                    "--log-level", "none", "--log-level-file", "info",
                    "--quiet", "--no-use-colors", "--no-version-check", "--no-send-anonymous-usage-stats",
                ]
            )  # fmt: skip
        finally:
            # dbt keeps the database open for the next command of its process; the checks open the
            # file in another way, which the engine refuses while it is open in this one.
            DuckDBConnectionManager.close_all_connections()
            logging.raiseExceptions = raises
    if manifest is None:
        parsed.keep()
    if not result.success and not (report.errors or report.failed_tests):
        report.errors.append(str(result.exception or "dbt failed without saying why").splitlines()[0])
    return report


def _folder(settings: Settings) -> Path:
    return (settings.warehouse / "dbt").resolve()  # dbt would take it as a folder of its project


def _target(beside: Path | None) -> str:
    return "beside" if beside else "duckdb"


def _written(settings: Settings, beside: Path | None) -> Path:
    # Apart, because what dbt remembers of its last run holds for the same database only.
    return _folder(settings) / ("target-beside" if beside else "target")


def _parsed(settings: Settings, beside: Path | None = None) -> Parsed:
    database, written = beside or settings.database, _written(settings, beside) / "partial_parse.msgpack"
    return Parsed(project_dir(), _target(beside), database.stem, dbt_vars(settings), written)


class _Watch:
    """Counts dbt's nodes as they finish, and keeps what went wrong in its words."""

    def __init__(self, report: BuildReport, progress: Progress) -> None:
        self.report = report
        self.progress = progress
        self.done = 0
        self.to_do = 0

    def __call__(self, event: Any) -> None:
        name = event.info.name
        if name == "LogStartLine":
            self.to_do = event.data.total
        elif name == "NodeFinished":
            self._finished(event.data)

    def _finished(self, data: Any) -> None:
        node, result = data.node_info, data.run_result
        self.done += 1
        self.report.tests += node.resource_type == "test"
        self.report.models += node.resource_type in {"model", "seed"}
        if result.status == "fail":
            self.report.failed_tests.append(f"{node.node_name}: {int(result.num_failures):,} rows")
        elif result.status == "error":
            said = " ".join(str(result.message).split())
            self.report.errors.append(f"{node.node_name}: {said[:500]}")
        self.progress(self.done, max(self.to_do, self.done), node.node_name)


@contextmanager
def _environment(settings: Settings, beside: Path | None) -> Iterator[None]:
    """What profiles.yml asks for, for as long as dbt runs."""
    given = {
        "TOKENWORTH_DBT_DATABASE": str((beside or settings.database).resolve()),
        "TOKENWORTH_DBT_WAREHOUSE": str(settings.database.resolve()),
        "TOKENWORTH_DBT_ENGINE_THREADS": str(settings.threads),
        "TOKENWORTH_DBT_MEMORY": settings.memory_limit,
        "TOKENWORTH_DBT_SPILL": str((settings.work / "spill").resolve()),
    }
    before = {name: os.environ.get(name) for name in given}
    os.environ.update(given)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value
