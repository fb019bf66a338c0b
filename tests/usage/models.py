"""What the models count of a landing zone: dbt compiles them once, and they run in memory over the zone's warehouse.

A build looks at everything and takes most of a minute; these are the models from staging to single requests.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

import duckdb

from tests.zone import Row, Zone
from tokenworth.build import dbt_vars, project_dir
from tokenworth.warehouse import literal

# Of all that is compiled, in the order in which each finds what it reads.
_LAST = ("int_usage_evidence", "int_usage_matched", "int_usage_statements", "int_usage_requests")
COUNTERS = (
    "input_uncached_tokens",
    "cache_read_tokens",
    "cache_write_5m_tokens",
    "cache_write_1h_tokens",
    "output_tokens",
)


@dataclass(frozen=True)
class Models:
    """The models' SQL by name, in order."""

    compiled: dict[str, str] = field(repr=False)

    def ask(self, zone: Zone, query: str) -> list[Row]:
        """An answer from what the models make of what the zone has loaded."""
        zone.close()
        with duckdb.connect(config={"threads": 2}) as connection:
            connection.execute(f"attach {literal(zone.settings.database)} as warehouse (read_only)")
            tables = connection.execute(
                "select schema_name, table_name from duckdb_tables() where database_name = 'warehouse'"
            ).fetchall()
            for schema in ("raw", "audit", "staging", "intermediate"):
                connection.execute(f"create schema memory.{schema}")
            for schema, table in tables:
                if schema in ("raw", "audit"):
                    connection.execute(f"create view memory.{schema}.{table} as from warehouse.{schema}.{table}")
            for name, sql in self.compiled.items():
                schema, kind = ("intermediate", "table") if name in _LAST else ("staging", "view")
                connection.execute(f"create {kind} memory.{schema}.{name} as {sql}")
            connection.execute("use memory.intermediate")
            return connection.execute(query).fetchall()

    def totals(self, zone: Zone, where: str = "true") -> Row:
        """Requests and their five counters."""
        sums = ", ".join(f"coalesce(sum({counter}), 0)::bigint" for counter in COUNTERS)
        (found,) = self.ask(zone, f"select count(*), {sums} from int_usage_requests where {where}")
        return found


def compiled(folder: Path, zone: Zone) -> Models:
    """The models of every source, compiled as our command has them built, and what telemetry's metrics make."""
    ran = subprocess.run(
        [
            str(Path(sys.executable).with_name("dbt")), "--no-use-colors", "--no-version-check", "compile",
            "--select", "+int_usage_requests", "+stg_otel__reported_usage",
            "--vars", json.dumps(dbt_vars(zone.settings)),
            "--project-dir", str(project_dir()), "--profiles-dir", str(project_dir()),
            "--target-path", str(folder), "--log-path", str(folder),
        ],
        env=os.environ | {"TOKENWORTH_DBT_DATABASE": ":memory:", "TOKENWORTH_DBT_SPILL": str(folder / "spill")},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert ran.returncode == 0, ran.stdout[-5000:]
    manifest = json.loads((folder / "manifest.json").read_text())
    found = {path.stem: path.read_text() for path in (folder / "compiled").rglob("*.sql")}
    nodes = {node["name"]: node for node in manifest["nodes"].values() if node["resource_type"] == "model"}
    ordered: dict[str, str] = {}

    def place(name: str) -> None:
        for needed in nodes[name]["depends_on"]["nodes"]:
            if needed.startswith("model."):
                place(needed.rpartition(".")[2])
        ordered.setdefault(name, found[name])

    for name in ("int_usage_requests", "stg_otel__reported_usage"):
        place(name)
    return Models(ordered)
