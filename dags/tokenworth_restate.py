"""
### Read again, rebuild, publish

For the day on which the past changes: a setting that decides how exports are read, a price list, a
version of Tokenworth. Started by hand.

| parameter | what it does |
|---|---|
| `sources` | reads all files of these sources again, changed or not; empty: none |
| `full_refresh` | builds every model from the start instead of from what changed |

Files that have vanished from the landing zone keep the rows they have. Running it twice changes nothing.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from airflow.sdk import Param, chain, dag, task

from tokenworth.sources import all_sources
from tokenworth_airflow.tasks import (
    DEFAULTS,
    build,
    check_what_came_in,
    check_what_goes_out,
    in_tenths,
    publish,
    step,
)


@dag(
    schedule=None,
    start_date=datetime(2026, 1, 1, tzinfo=UTC),
    catchup=False,
    max_active_runs=1,
    dagrun_timeout=timedelta(hours=12),
    default_args=DEFAULTS,
    params={
        "sources": Param(
            [],
            type="array",
            items={"type": "string", "enum": list(all_sources())},
            description="Sources whose files are read again; empty: none.",
        ),
        "full_refresh": Param(True, type="boolean", description="Build every model from the start."),
    },
    render_template_as_native_obj=True,
    tags=["tokenworth", "restate"],
    doc_md=__doc__,
)
def tokenworth_restate() -> None:
    @task
    def read_again(sources: list[str]) -> dict[str, int]:
        from tokenworth.load import load

        with step("reading again") as settings:
            return load(settings, sources=sources, reload=True, progress=in_tenths("read again")).counts()

    chain(
        read_again("{{ params.sources }}"),
        check_what_came_in(),
        build(full_refresh="{{ params.full_refresh }}"),
        check_what_goes_out(),
        publish(),
    )


tokenworth_restate()
