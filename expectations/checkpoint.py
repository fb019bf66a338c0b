"""Runs a suite of checks over a warehouse, read-only, and stores what it found.

Great Expectations takes seconds to import, so that is done when a check is asked for. Its context
lives for one run: what is checked stands in this folder, and what was found in `audit.checks`.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any, get_args
from uuid import uuid4

from expectations.findings import keep
from expectations.results import CheckReport, CheckResult, read_result, store
from expectations.rules import RULES, SuiteName
from tokenworth.errors import UsageError
from tokenworth.remembered import assert_built_whole, moment
from tokenworth.settings import Settings
from tokenworth.unchanged import checked_up_to, last_load, note_checked
from tokenworth.uncollected import uncollected
from tokenworth.warehouse import open_warehouse
from tokenworth.writer import sole_writer

SUITES: tuple[SuiteName, ...] = get_args(SuiteName)

Progress = Callable[[int, int, str], None]  # steps done, steps to do, what was done last
_STEPS = 4


@uncollected()
def check(settings: Settings, suite: SuiteName, *, progress: Progress = lambda done, to_do, what: None) -> CheckReport:
    """Checks what came in, what goes out, or what the figures say; what it finds is reported, and not raised.

    Raises UsageError where there is nothing to check yet, TokenworthError where the warehouse
    cannot be read or written.
    """
    if not settings.database.exists():
        raise UsageError(f"there is no warehouse in {settings.warehouse}", todo="Run: tokenworth run")
    with sole_writer(settings, "check"):
        tables = _tables(settings)
        if suite == "publication" and not any(table.startswith("publication.") for table in tables):
            raise UsageError("nothing has been built yet", todo="Run: tokenworth build")
        if suite == "divergence" and "publication.fct_divergence" not in tables:
            raise UsageError("no verdicts have been built yet", todo="Run: tokenworth build")
        with open_warehouse(settings) as connection:
            if suite != "border":
                assert_built_whole(connection)
            now, last, checked = moment(connection), last_load(connection), checked_up_to(connection)
        progress(0, _STEPS, "reading the rule book")
        context = _context()
        progress(1, _STEPS, "checking")
        validation = _validate(context, settings, suite, tables, checked)
        rank = {rule.code: position for position, rule in enumerate(RULES)}
        results = sorted(map(read_result, validation.results), key=lambda r: rank[r.rule])
        report = CheckReport(suite, uuid4().hex, now, results)
        progress(2, _STEPS, "storing the results")
        with open_warehouse(settings) as connection:
            connection.begin()
            store(connection, report)
            if suite == "border":
                note_checked(connection, _passed(results, tables), last)
            connection.commit()
        if suite == "divergence":
            keep(settings, report)
        progress(3, _STEPS, "writing Data Docs")
        from expectations.data_docs import write_data_docs

        write_data_docs(settings, report, validation)
        progress(4, _STEPS, "done")
    return report


def _tables(settings: Settings) -> dict[str, dict[str, str]]:
    """What the warehouse holds: each `schema.table` with its columns and their types."""
    tables: dict[str, dict[str, str]] = {}
    with open_warehouse(settings, read_only=True) as connection:
        for schema, table, column, kind in connection.execute(
            "select table_schema, table_name, column_name, data_type from information_schema.columns"
            " where table_catalog = current_database() order by all"
        ).fetchall():
            tables.setdefault(f"{schema}.{table}", {})[column] = kind
    return tables


def _passed(results: list[CheckResult], tables: dict[str, dict[str, str]]) -> dict[str, str]:
    """Rules on single rows that found nothing wrong, and how they looked."""
    from expectations.suites.border import ways_of_looking

    passed = {r.rule for r in results if r.outcome == "passed"}
    return {rule: way for rule, way in ways_of_looking(tables).items() if rule in passed}


def _context() -> Any:
    """A context of Great Expectations that lives in memory, writes nowhere and reports to nobody."""
    os.environ["GX_ANALYTICS_ENABLED"] = "false"  # looked at when it is imported
    import great_expectations as gx
    from great_expectations.data_context.types import base

    config = base.DataContextConfig(
        store_backend_defaults=base.InMemoryStoreBackendDefaults(init_temp_docs_sites=False),
        progress_bars=base.ProgressBarsConfig(globally=False),
        analytics_enabled=False,
    )
    # The mode keeps it from a cloud that the environment may speak of.
    return gx.get_context(mode="ephemeral", project_config=config)


def _validate(
    context: Any,
    settings: Settings,
    name: SuiteName,
    tables: dict[str, dict[str, str]],
    checked: dict[str, tuple[str, int]],
) -> Any:
    import great_expectations as gx

    from expectations.datasource import read_only_warehouse
    from expectations.suites import border, divergence, publication

    if name == "border":
        suite, batch, names = border.border_suite(tables, checked), border.BATCH, border.NAMES
    elif name == "divergence":
        suite, batch, names = divergence.divergence_suite(settings.min_group), divergence.BATCH, divergence.NAMES
    else:
        suite = publication.publication_suite(tables, settings.min_group)
        batch, names = publication.BATCH, publication.NAMES
    with read_only_warehouse(context, settings) as warehouse:
        data = warehouse.add_query_asset(name=name, query=batch.strip()).add_batch_definition_whole_table("all of it")
        definition = context.validation_definitions.add(
            gx.ValidationDefinition(name=name, data=data, suite=context.suites.add(suite))
        )
        checkpoint = gx.Checkpoint(
            name=name,
            validation_definitions=[definition],
            result_format={"result_format": "COMPLETE", "unexpected_index_column_names": names},
        )
        (validation,) = checkpoint.run().run_results.values()
    return validation
