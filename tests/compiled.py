"""Models as dbt writes them for an engine in memory."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Any

import duckdb
import pytest

from tokenworth.build import dbt_vars, project_dir
from tokenworth.parsed import Parsed
from tokenworth.settings import Settings


def manifest(folder: Path, *select: str, grown: Collection[str] = (), **settings: object) -> dict[str, Any]:
    """What dbt says of the project, with the SQL of what is selected; `folder` takes what it writes.

    Of `grown` models there are tables already, so that their SQL is that of a later build.
    """
    from dbt.adapters.duckdb.connections import DuckDBConnectionManager
    from dbt.cli.main import dbtRunner

    variables = dbt_vars(Settings(warehouse=folder, **settings))  # type: ignore[arg-type]
    parsed = Parsed(project_dir(), "duckdb", "memory", variables, folder / "partial_parse.msgpack")
    kept = parsed.kept()
    database = ":memory:"
    if grown:
        # The engine calls a database by the name of its file.
        database = str(folder / "memory.duckdb")
        with duckdb.connect(database) as connection:
            connection.execute("create schema intermediate; create schema marts")
            for model in grown:
                connection.execute(f"create table {table_of(model)} (made_of bigint)")
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("TOKENWORTH_DBT_DATABASE", database)
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


def table_of(model: str) -> str:
    """Where a model stands, of those behind publication."""
    return f"{'marts' if model.startswith('fct_') else 'intermediate'}.{model}"


def sql(folder: Path, models: Sequence[str], **settings: object) -> dict[str, str]:
    """The SQL of these models, by name and in their order."""
    nodes = manifest(folder, *models, **settings)["nodes"]
    return {model: nodes[f"model.tokenworth.{model}"]["compiled_code"] for model in models}
