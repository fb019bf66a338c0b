"""How the order of published teams by tokens agrees with their order by value in each week."""

from __future__ import annotations

from typing import Any

from tokenworth.divergence import rank_correlations


def model(dbt: Any, session: Any) -> Any:
    dbt.config(materialized="table")
    weeks = dbt.ref("int_ranked_published_weeks").df()
    return rank_correlations(weeks)
