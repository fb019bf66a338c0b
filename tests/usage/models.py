"""What the models count of a landing zone: dbt compiles them once, and they run in memory over the zone's warehouse.

A build looks at everything and takes most of a minute; these are the models from staging to single requests, and what
staging makes of reports, bills and trackers.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

from tests.compiled import manifest
from tests.zone import Row, Zone
from tokenworth.warehouse import literal

# What is asked of where nothing else is named.
_REQUESTS = ("int_usage_requests", "int_usage_circumstances", "stg_otel__reported_usage")
# Whatever else staging says that users are told: of vendors' reports, and of work.
STAGED_REPORTS = (
    *(f"stg_{source}__reported_usage" for source in "anthropic openai copilot cursor kiro q_developer focus".split()),
    "stg_otel__reported_usage",
)
STAGED_WORK = (
    *(f"stg_trackers__{shape}" for shape in "pull_requests pull_commits reviews closing_links issues".split()),
    *(f"stg_trackers__{shape}" for shape in "issue_changes releases deployments".split()),
    *("stg_git__commits", "stg_git__commit_files", "stg_git__tags"),
    *(f"stg_{source}__sessions" for source in "entire git_ai agent_trace".split()),
)
# Read more than once, so made once; all others are views.
_TABLES = (
    "int_usage_matched",
    "int_usage_statements",
    "int_requests_told_again",
    "int_usage_requests",
    *STAGED_WORK,
)
COUNTERS = (
    "input_uncached_tokens",
    "cache_read_tokens",
    "cache_write_5m_tokens",
    "cache_write_1h_tokens",
    "output_tokens",
)


class Models:
    """The models' SQL by name, and which models each reads."""

    def __init__(self, compiled: dict[str, str], reads: dict[str, list[str]]) -> None:
        self.compiled, self.reads = compiled, reads

    def ask(self, zone: Zone, query: str, *of: str) -> list[Row]:
        """An answer from what the models make of what the zone has loaded."""
        with self.over(zone, *of) as connection:
            return connection.execute(query).fetchall()

    @contextmanager
    def over(self, zone: Zone, *of: str) -> Iterator[duckdb.DuckDBPyConnection]:
        """These models, and all that they read, over what the zone has loaded."""
        zone.close()
        with duckdb.connect(config={"threads": 2}) as connection:
            connection.execute("set disabled_optimizers = 'top_n_window_elimination'")  # as in profiles.yml
            connection.execute(f"attach {literal(zone.settings.database)} as warehouse (read_only)")
            tables = connection.execute(
                "select schema_name, table_name from duckdb_tables() where database_name = 'warehouse'"
            ).fetchall()
            for schema in ("raw", "audit", "staging", "intermediate"):
                connection.execute(f"create schema memory.{schema}")
            for schema, table in tables:
                if schema in ("raw", "audit"):
                    connection.execute(f"create view memory.{schema}.{table} as from warehouse.{schema}.{table}")
            for name in self._in_order(of or _REQUESTS):
                schema = "intermediate" if name.startswith("int_") else "staging"
                kind = "table" if name in _TABLES else "view"
                connection.execute(f"create {kind} memory.{schema}.{name} as {self.compiled[name]}")
            connection.execute("set search_path = 'memory.intermediate,memory.staging'")
            yield connection

    def totals(self, zone: Zone, where: str = "true") -> Row:
        """Requests and their five counters."""
        sums = ", ".join(f"coalesce(sum({counter}), 0)::bigint" for counter in COUNTERS)
        (found,) = self.ask(zone, f"select count(*), {sums} from int_usage_requests where {where}")
        return found

    def _in_order(self, names: Iterable[str]) -> list[str]:
        """Each after those that it reads."""
        ordered: dict[str, None] = {}

        def place(name: str) -> None:
            for read in self.reads[name]:
                place(read)
            ordered.setdefault(name)

        for name in names:
            place(name)
        return list(ordered)


def compiled(folder: Path) -> Models:
    """The models of every source, compiled as our command has them built."""
    nodes = manifest(folder, *(f"+{name}" for name in (*_REQUESTS, *STAGED_REPORTS, *STAGED_WORK)))["nodes"].values()
    models = [node for node in nodes if node["resource_type"] == "model"]
    found = {node["name"]: node["compiled_code"] for node in models if node.get("compiled")}
    reads = {
        node["name"]: [name.rpartition(".")[2] for name in node["depends_on"]["nodes"] if name.startswith("model.")]
        for node in models
    }
    return Models(found, reads)
