"""
### Look at what the published figures say, and tell what is new

Runs the checks of divergence over a new publication: verdicts on teams, cost that reached no lasting outcome,
what a leaderboard would have honoured, ranks and attribution over time, logs against the vendor's report,
thresholds met to the letter. They refuse nothing.

| | |
|---|---|
| reads | `publication` and `marts` in `TOKENWORTH_WAREHOUSE`/warehouse.duckdb |
| writes | `audit.checks`, `audit.findings`; `data_docs/divergence/` |
| starts | when something was published |
| tells | its own log, always; `TOKENWORTH_NOTIFY_EMAIL` over the connection `smtp_default`, and |
| | `TOKENWORTH_NOTIFY_SLACK_WEBHOOK`, where they are set |
| how often | once for each finding, for as long as it lasts; again when it went away and came back |
| of whom | teams as they are published, or the organisation; never of a person |
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from airflow.sdk import dag

from tokenworth_airflow.tasks import DEFAULTS, PUBLISHED, look_at_divergence, tell_what_is_new


@dag(
    schedule=PUBLISHED,
    start_date=datetime(2026, 1, 1, tzinfo=UTC),
    catchup=False,
    max_active_runs=1,
    dagrun_timeout=timedelta(hours=2),
    default_args=DEFAULTS,
    tags=["tokenworth", "divergence"],
    doc_md=__doc__,
)
def tokenworth_divergence() -> None:
    look_at_divergence() >> tell_what_is_new()


tokenworth_divergence()
