"""How the rules on what the figures say are checked.

Teams stand here only as they are published: with enough people in them, and small ones merged. Signals are of
people, so of them only counts over the whole organisation are told, and none of fewer than min_group.
"""

from __future__ import annotations

from great_expectations.core import ExpectationSuite

from expectations.custom import Way, no_findings, suite_of
from expectations.rules import RULES

# The batch of the suite: the weeks of the organisation.
BATCH = "select * from publication.fct_org_week"
NAMES = ["week_start"]

# The last four weeks, and the eight before them, by whose standard they are judged.
_WEEKS = """
select *, week_start > (select max(week_start) from publication.fct_org_week) - interval 28 day as is_recent
from publication.fct_org_week
where week_start > (select max(week_start) from publication.fct_org_week) - interval 84 day
"""
_ORGANISATION = "'the organisation' as about"


def divergence_suite(min_group: int) -> ExpectationSuite:
    limit = {rule.code: rule.limit for rule in RULES}
    return suite_of(
        "divergence",
        {
            "TEAMS_CONSISTENT": _teams_consistent(),
            "COST_LASTS": _of_the_weeks(
                f"sum(cost_unattributed_usd + cost_undone_usd) filter (is_recent)"
                f" > {limit['COST_LASTS']} * sum(cost_usd) filter (is_recent)",
                _percent(
                    "sum(cost_unattributed_usd + cost_undone_usd) filter (is_recent) / sum(cost_usd) filter (is_recent)"
                )
                + " || ' of the cost reached no outcome that lasts'",
            ),
            "LEADERS_SHIP": _of_the_weeks(
                f"avg(leaderboard_overlap) filter (is_recent) < {limit['LEADERS_SHIP']}",
                _percent("avg(leaderboard_overlap) filter (is_recent)")
                + " || ' of the tenth of people who use most are in the tenth who ship most'",
            ),
            "RANKS_HOLD": _of_the_weeks(
                "avg(rank_correlation_high) filter (is_recent) < avg(rank_correlation_low) filter (not is_recent)",
                "'tokens and value of teams correlated by ' || round(avg(rank_correlation) filter (not is_recent), 2)"
                " || ', and by ' || round(avg(rank_correlation) filter (is_recent), 2) || ' since'",
            ),
            "ATTRIBUTION_HOLDS": _of_the_weeks(
                f"{_share('is_recent')} > {_share('not is_recent')} + {limit['ATTRIBUTION_HOLDS']}",
                f"{_percent(_share('not is_recent'))} || ' of the cost reached no outcome, and '"
                f" || {_percent(_share('is_recent'))} || ' since'",
            ),
            "LOGS_AGREE": _people_with(
                "log_mismatch", limit["LOGS_AGREE"], min_group, "have logs that disagree with the vendor''s report"
            ),
            "NO_BUNCHING": _people_with(
                "threshold_bunching", limit["NO_BUNCHING"], min_group, "stop just above a threshold"
            ),
        },
    )


def _percent(share: str) -> str:
    return f"round(100 * ({share}))::bigint || '%'"


def _share(weeks: str) -> str:
    return f"(sum(cost_unattributed_usd) filter ({weeks}) / sum(cost_usd) filter ({weeks}))"


def _teams_consistent() -> Way:
    return no_findings(
        "select coalesce(team_name, team_id) as about, reason"
        " || coalesce(' That is about $' || printf('%,d', round(excess_cost_usd)::bigint)"
        " || ' beyond what its value explains.', '')"
        " || case when len(signals) > 0 then ' Signals: ' || array_to_string(signals, ', ') || '.' else '' end"
        " || case when len(benign_explanations) > 0 then ' What else it could be: '"
        " || array_to_string(benign_explanations, ' ') else '' end as finding"
        " from publication.fct_divergence left join publication.dim_team using (team_id)"
        " where verdict = 'divergent'"
        " and week_start = (select max(week_start) from publication.fct_divergence)",
        "(select * from publication.fct_divergence"
        " where week_start = (select max(week_start) from publication.fct_divergence))",
    )


def _of_the_weeks(holds: str, finding: str) -> Way:
    return no_findings(f"select {_ORGANISATION}, {finding} as finding from ({_WEEKS}) having {holds}", f"({_WEEKS})")


def _people_with(signal: str, limit: float, min_group: int, what: str) -> Way:
    last = "(select max(week_start) from marts.fct_signals) - interval 28 day"
    seen = f"(select * from marts.fct_signals where signal = '{signal}' and score >= 0.5 and week_start > {last})"
    active = f"(select count(distinct person_key) from marts.fct_usage where usage_date > {last} + interval 6 day)"
    return no_findings(
        f"select {_ORGANISATION}, count(distinct person_key) || ' of ' || {active} || ' active people {what}'"
        f" as finding from {seen}"
        f" having count(distinct person_key) >= greatest({min_group}, {limit} * {active})",
        seen,
    )
