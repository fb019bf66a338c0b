"""Models as dbt writes them for an engine in memory."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from tokenworth.build import dbt_vars, project_dir
from tokenworth.parsed import Parsed
from tokenworth.settings import Settings


def manifest(folder: Path, *select: str, **settings: object) -> dict[str, Any]:
    """What dbt says of the project, with the SQL of what is selected; `folder` takes what it writes."""
    from dbt.adapters.duckdb.connections import DuckDBConnectionManager
    from dbt.cli.main import dbtRunner

    variables = dbt_vars(Settings(warehouse=folder, **settings))  # type: ignore[arg-type]
    parsed = Parsed(project_dir(), "duckdb", "memory", variables, folder / "partial_parse.msgpack")
    kept = parsed.kept()
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("TOKENWORTH_DBT_DATABASE", ":memory:")
        environment.setenv("TOKENWORTH_DBT_SPILL", str(folder / "spill"))
        try:
            ran = dbtRunner(kept).invoke(
                [
                    "compile", "--select", *select, "--vars", json.dumps(variables),
                    "--project-dir", str(project_dir()), "--profiles-dir", str(project_dir()), "--target", "duckdb",
                    "--target-path", str(folder), "--log-path", str(folder),
                    "--quiet", "--no-use-colors", "--no-version-check", "--no-send-anonymous-usage-stats",
                ]
            )  # fmt: skip
        finally:
            DuckDBConnectionManager.close_all_connections()
    assert ran.success, ran.exception or ran.result
    if kept is None:
        parsed.keep()
    found: dict[str, Any] = json.loads((folder / "manifest.json").read_text())
    return found


def sql(folder: Path, models: Sequence[str], **settings: object) -> dict[str, str]:
    """The SQL of these models, by name and in their order."""
    nodes = manifest(folder, *models, **settings)["nodes"]
    return {model: nodes[f"model.tokenworth.{model}"]["compiled_code"] for model in models}
