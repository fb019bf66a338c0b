"""Models run over a loaded warehouse in memory: compiled by dbt once, each landing zone then takes a second.

A whole build takes many times as long, most of it for what a test of usage does not ask for.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import duckdb

from tests.compiled import manifest
from tests.zone import Zone
from tokenworth.build import project_dir
from tokenworth.prices import refresh_prices
from tokenworth.warehouse import literal, open_warehouse


@dataclass(frozen=True)
class Compiled:
    """Seeds and models with their SQL, each after those that it reads."""

    nodes: list[dict[str, Any]] = field(repr=False)


def compiled(folder: Path, *models: str) -> Compiled:
    """These models and all that they stand on."""
    read = manifest(folder, *(f"+{model}" for model in models))
    found: dict[str, dict[str, Any]] = {}

    def add(name: str) -> None:
        for parent in read["parent_map"].get(name, []):
            if parent not in found and parent in read["nodes"]:
                add(parent)
        node = read["nodes"][name]
        if node["resource_type"] in ("model", "seed"):
            found[name] = node

    for model in models:
        add(f"model.tokenworth.{model}")
    return Compiled(list(found.values()))


def run(models: Compiled, zone: Zone) -> duckdb.DuckDBPyConnection:
    """Loads the zone and runs the models over it; the caller closes the connection."""
    zone.load()
    with open_warehouse(zone.settings) as warehouse:
        refresh_prices(warehouse)
    connection = duckdb.connect()
    connection.execute("set TimeZone = 'UTC'")
    connection.execute("set disabled_optimizers = 'top_n_window_elimination'")  # as in profiles.yml
    connection.execute(f"attach {literal(zone.settings.database)} as warehouse (read_only)")
    tables = connection.execute(
        "select table_schema, table_name from information_schema.tables where table_catalog = 'warehouse'"
    ).fetchall()
    for schema in {schema for schema, _ in tables} | {node["schema"] for node in models.nodes}:
        connection.execute(f"create schema if not exists {schema}")
    for schema, table in tables:
        connection.execute(f"create view {schema}.{table} as from warehouse.{schema}.{table}")
    for node in models.nodes:
        name = f"{node['schema']}.{node['alias']}"
        if node["resource_type"] == "seed":
            types = dict(node["config"].get("column_types", {}))
            _seed(connection, name, project_dir() / node["original_file_path"], types)
        else:
            connection.execute(f"create table {name} as {node['compiled_code']}")
    return connection


def _seed(connection: duckdb.DuckDBPyConnection, name: str, path: Path, types: dict[str, str]) -> None:
    listed = ", ".join(f"{literal(column)}: {literal(kind)}" for column, kind in types.items())
    given = f", types={{{listed}}}" if listed else ""
    connection.execute(f"create table {name} as from read_csv({literal(path)}, header=true{given})")


def rows(connection: duckdb.DuckDBPyConnection, query: str) -> list[tuple[Any, ...]]:
    found: Iterable[tuple[Any, ...]] = connection.execute(query).fetchall()
    return list(found)
