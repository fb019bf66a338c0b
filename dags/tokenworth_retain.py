"""
### Roll up what people did long ago

What people did longer than `TOKENWORTH_RETAIN_DAYS` ago is kept by team only: the figures of teams stay what they
were, and who used what is removed. Whole months are closed, with the week that ends in the next one.

| | |
|---|---|
| reads and writes | `TOKENWORTH_WAREHOUSE`/warehouse.duckdb; `restricted/` is written anew |
| starts | on the second day of every month at 03:00 UTC |
| where nothing is old enough, or the setting is 0 | nothing is changed |
| when it fails | nothing or all is rolled up, and the old publication stays: clear the task |
| afterwards | usage of these days that is loaded late, or again, is left out: its totals stand already |

It cannot be undone. Take exports of these days out of the landing zone as well.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from airflow.sdk import chain, dag, task

from tokenworth_airflow.tasks import DEFAULTS, check_what_goes_out, in_tenths, log, publish, step


@dag(
    schedule="0 3 2 * *",
    start_date=datetime(2026, 1, 1, tzinfo=UTC),
    # What is old enough today is so whenever it is looked at.
    catchup=False,
    max_active_runs=1,
    dagrun_timeout=timedelta(hours=12),
    default_args=DEFAULTS,
    tags=["tokenworth", "retain"],
    doc_md=__doc__,
)
def tokenworth_retain() -> None:
    @task
    def roll_up() -> None:
        from tokenworth.retention import retain

        with step("rolling up what people did long ago") as settings:
            done = retain(settings, today=datetime.now(UTC).date(), progress=in_tenths("built"))
            log.info("%s", done.told() if done else "everything is kept, because TOKENWORTH_RETAIN_DAYS is 0")

    chain(roll_up(), check_what_goes_out(), publish())


tokenworth_retain()
