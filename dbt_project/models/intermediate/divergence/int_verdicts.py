"""Verdicts on teams, from what was known at the end of each week.

A week's verdict is not rewritten: a later build adds weeks. A full rebuild tells what was known from the dates in the
data, and comes to the same, but for what was exported late.
"""

from __future__ import annotations

from typing import Any

from tokenworth.divergence import verdicts


def model(dbt: Any, session: Any) -> Any:
    dbt.config(materialized="incremental", incremental_strategy="append")
    after = None
    if dbt.is_incremental:
        after = session.execute(f"select cast(max(week_start) as date) from {dbt.this}").fetchone()[0]
    return verdicts(
        usage=dbt.ref("int_person_week_costs").df(),
        outcomes=dbt.ref("int_lasting_worth").df(),
        members=dbt.ref("int_team_week_members").df(),
        signals=dbt.ref("int_person_week_signals").df(),
        rate=float(dbt.config.meta_get("false_discovery_rate")),
        after=after,
    )
