"""
### Build the marts and publish them

Checks what came in, builds every model with dbt, checks what goes out, and publishes: a new folder is
written, verified, and one link moved to it.

| | |
|---|---|
| reads | `raw` and `audit` in `TOKENWORTH_WAREHOUSE`/warehouse.duckdb |
| writes | `staging`, `intermediate`, `marts`, `publication`; `published/`, `restricted/`, `data_docs/` |
| starts | when any source was loaded |
| when a check refuses | the old publication stays; the log names the rule, the table, how many rows and one of them |
| when a model fails | the old publication stays; `TOKENWORTH_WAREHOUSE`/dbt/logs/dbt.log has the whole story |
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from airflow.sdk import chain, dag

from tokenworth_airflow.tasks import ANY_RAW, DEFAULTS, build, check_what_came_in, check_what_goes_out, publish


@dag(
    schedule=ANY_RAW,
    start_date=datetime(2026, 1, 1, tzinfo=UTC),
    catchup=False,
    max_active_runs=1,
    dagrun_timeout=timedelta(hours=6),
    default_args=DEFAULTS,
    tags=["tokenworth", "build"],
    doc_md=__doc__,
)
def tokenworth_build() -> None:
    chain(check_what_came_in(), build(), check_what_goes_out(), publish())


tokenworth_build()
