"""Builds the models that stand on a staged organisation: value, ledger, marts, signals; many times in one process."""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path
from typing import Any

from tokenworth.build import project_dir
from tokenworth.settings import Settings

VALUE = (
    "value_rules", "attribution_methods", "tools", "int_change_sizes", "int_work_lines", "int_cluster_worth",
    "int_change_worth", "int_unlinked_issues", "int_unlinked_issue_worth", "int_surviving_work", "int_survival_rate",
    "int_outcome_value", "int_usage_summed", "int_divided_usage", "fct_usage", "fct_outcomes", "fct_attribution",
)  # fmt: skip
SIGNALS = ("path:models/intermediate/signals", "fct_signals")
VERDICTS = (
    "dim_date", "int_constant_cost", "int_outcome_fates", "int_person_week_costs", "int_lasting_worth",
    "int_team_week_members", "int_person_week_signals", "int_verdicts", "int_verdict_signals",
    "int_verdict_explanations", "fct_divergence",
)  # fmt: skip


@cache
def _manifest(target: Path) -> Any:
    from dbt.cli.main import dbtRunner

    return dbtRunner().invoke(["parse", *_places(target)]).result


def _places(target: Path) -> list[str]:
    return [
        "--project-dir", str(project_dir()), "--profiles-dir", str(project_dir()),
        "--target-path", str(target), "--log-path", str(target), "--quiet", "--no-use-colors",
        "--no-version-check", "--no-send-anonymous-usage-stats",
    ]  # fmt: skip


def build_staged(settings: Settings, target: Path, select: tuple[str, ...] = (*VALUE, *SIGNALS)) -> None:
    """Runs those models on the settings' warehouse; dbt reads the project once for all warehouses of a `target`."""
    from dbt.adapters.duckdb.connections import DuckDBConnectionManager
    from dbt.cli.main import dbtRunner

    os.environ |= {
        "TOKENWORTH_DBT_DATABASE": str(settings.database.resolve()),
        "TOKENWORTH_DBT_MEMORY": settings.memory_limit,
        "TOKENWORTH_DBT_SPILL": str((settings.work / "spill").resolve()),
        "TOKENWORTH_DBT_THREADS": str(settings.threads),
    }
    kinds = [argument for kind in ("test", "unit_test") for argument in ("--exclude-resource-type", kind)]
    try:
        runner = dbtRunner(manifest=_manifest(target))
        result = runner.invoke(["build", *kinds, "--select", *select, *_places(target)])
    finally:
        DuckDBConnectionManager.close_all_connections()
    if not result.success:
        failed = [r for r in getattr(result.result, "results", []) if r.status not in ("success", "pass")]
        raise RuntimeError("; ".join(f"{r.node.name}: {r.message}" for r in failed) or str(result.exception))
