"""
### Load what is new in the landing zone

Looks which sources have new or changed files and loads each of them in a task of its own. A file is
all in or not in at all; what cannot be read is in `raw.quarantine` with file, line and reason, and
everything beside it is loaded. Loading again changes nothing.

| | |
|---|---|
| reads | the folder `TOKENWORTH_LANDING` |
| writes | `raw` and `audit` in `TOKENWORTH_WAREHOUSE`/warehouse.duckdb, `identities.duckdb`, `kept.duckdb` |
| starts | every day at 05:00 UTC |
| tells | at its end, the assets `tokenworth_raw_<source>` of what was loaded; `tokenworth_build` follows once |
| when it fails | nothing is half loaded, and nothing is built: correct what the log names and clear the task |
| when files are gone that a rebuild had yet to read | `find_sources` fails once: put them back, or clear the task |
| a second run at the same time | waits: there is one slot in the pool `tokenworth_warehouse` |
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

from airflow.sdk import AssetAlias, dag, task

from tokenworth_airflow.tasks import DEFAULTS, RAW, in_tenths, step

LOADED = AssetAlias("tokenworth_raw")


@dag(
    schedule="0 5 * * *",
    start_date=datetime(2026, 1, 1, tzinfo=UTC),
    # The landing zone holds all that ever arrived; a missed day is in the next run.
    catchup=False,
    max_active_runs=1,
    dagrun_timeout=timedelta(hours=6),
    default_args=DEFAULTS,
    tags=["tokenworth", "load"],
    doc_md=__doc__,
)
def tokenworth_load() -> None:
    @task
    def find_sources() -> list[str]:
        """Names of the sources with new or changed files."""
        from tokenworth.load import sources_to_load

        with step("looking for new and changed files") as settings:
            return sources_to_load(settings)

    @task(map_index_template="{{ source }}")
    def load_source(source: str) -> dict[str, Any]:
        """Loads one source; the counts it returns are those of the ledger."""
        from tokenworth.load import load

        with step(f"loading {source}") as settings:
            report = load(settings, sources=[source], progress=in_tenths(source))
        return {"source": source} | report.counts()

    @task(outlets=[LOADED])
    def announce(loads: Iterable[dict[str, Any]], *, outlet_events: Any) -> None:
        """Tells what was loaded. The loading tasks do not: the first of them would start a build of half of it."""
        for counts in loads:
            if counts["files"]:
                outlet_events[LOADED].add(RAW[counts["source"]])

    announce(load_source.expand(source=find_sources()))


tokenworth_load()
