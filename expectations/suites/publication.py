"""How the rules on what goes out are checked: on the tables that will be published, against the marts behind them."""

from __future__ import annotations

from collections.abc import Mapping

from great_expectations.core import ExpectationSuite
from great_expectations.expectations import ExpectColumnPairValuesToBeEqual

from expectations.custom import Way, no_rows, share, suite_of
from expectations.rules import RULES

# The batch of the suite: the published weeks of teams, with what must agree side by side; a NULL
# would agree with anything. A week in which nothing has a known price has no cost, and no parts; parts of which
# one comes from too few people are all left out.
BATCH = """
select team_id, week_start, coalesce(outcomes_shipped, 0) as outcomes_shipped,
    coalesce(
        outcomes_survived + outcomes_undone + outcomes_pending,
        case when coalesce(outcomes_survived, outcomes_undone, outcomes_pending) is null then outcomes_shipped end, 0
    ) as outcomes_by_fate,
    coalesce(cost_usd, 0) as cost_usd,
    coalesce(
        cost_exact_usd + cost_strong_usd + cost_probable_usd + cost_allocated_usd + cost_unattributed_usd, cost_usd, 0
    ) as cost_by_evidence_usd
from publication.fct_team_week
"""
NAMES = ["team_id", "week_start"]

# What a row of a published table stands for.
GRAINS = {
    "dim_team": "team_id",
    "dim_date": "date_day",
    "fct_team_usage_daily": "usage_date, team_id, tool, provider, model",
    "fct_team_week": "team_id, week_start",
    "fct_container_month": "container, container_type, month_start",
    "audit_loads": "source, status",
    "audit_quarantine": "source, reason",
    "audit_checks": "suite, rule",
    "audit_reconciliation": "reconciliation, unit",
    "audit_restatements": "team_id, week_start, figure",
}

# Words of a column's name that speak of a person, of what is theirs, or of one piece of work.
_PERSONAL = """
person account accounts user users login logins email emails mail member owner author assignee reporter reviewer
session sessions branch title file excerpt example identity usage_id outcome_id external_id name_key
""".split()


def publication_suite(tables: Mapping[str, Mapping[str, str]], min_group: int) -> ExpectationSuite:
    """The suite for a warehouse that holds `tables`: each `schema.table` with its columns and their types."""
    limit = {rule.code: rule.limit for rule in RULES}
    return suite_of(
        "publication",
        {
            "OUTCOMES_ADD_UP": (
                ExpectColumnPairValuesToBeEqual,
                {"column_A": "outcomes_shipped", "column_B": "outcomes_by_fate"},
            ),
            "COSTS_ADD_UP": (
                ExpectColumnPairValuesToBeEqual,
                {"column_A": "cost_usd", "column_B": "cost_by_evidence_usd"},
            ),
            "GROUPS_LARGE_ENOUGH": _groups_large_enough(min_group),
            "TEAM_WEEKS_LARGE_ENOUGH": no_rows(
                "select team_id, week_start, people_active, people_shipping from publication.fct_team_week"
                f" where (coalesce(people_active, 0) < {min_group} and (requests > 0 or total_tokens > 0))"
                f" or (coalesce(people_shipping, 0) < {min_group} and outcomes_shipped > 0)",
                "publication.fct_team_week",
            ),
            "NO_PERSONAL_COLUMNS": _no_personal_columns(),
            "ROWS_UNIQUE": _rows_unique(tables),
            "WITHIN_WAREHOUSE": _within_warehouse(),
            "TOTALS_RECONCILE": no_rows(
                "select reconciliation, unit, ours, theirs from marts.audit_reconciliation"
                " where source is null and (coalesce(ours, 0) <> coalesce(theirs, 0) or difference <> 0)",
                "(select * from marts.audit_reconciliation where source is null)",
            ),
            "ATTRIBUTION_BALANCES": _attribution_balances(),
            "TEAMS_KNOWN": _teams_known(),
            "USAGE_PRICED": share("unpriced_tokens", "total_tokens", "marts.fct_usage", limit["USAGE_PRICED"]),
            "COST_ATTRIBUTED": share(
                "case when tier = 'unattributed' then cost_usd else 0 end",
                "cost_usd",
                "marts.fct_attribution",
                limit["COST_ATTRIBUTED"],
            ),
            "OUTPUT_COUNTED": share(
                "case when output_quality = 'placeholder' then requests else 0 end",
                "requests",
                "marts.fct_usage",
                limit["OUTPUT_COUNTED"],
            ),
            "PEOPLE_KNOWN": _people_known(limit["PEOPLE_KNOWN"]),
            "SOMETHING_PUBLISHED": no_rows(
                "select 'nothing' as found where not exists (select * from publication.fct_team_usage_daily)"
                " and not exists (select * from publication.fct_team_week)"
                " and not exists (select * from publication.fct_container_month)",
                "publication.fct_team_usage_daily",
                "publication.fct_team_week",
                "publication.fct_container_month",
            ),
        },
    )


def _groups_large_enough(min_group: int) -> Way:
    # Where a container saw no usage there are no people and no tokens of theirs to be recognised.
    return no_rows(
        "select 'publication.fct_team_usage_daily' as found_in, usage_date as since, team_id as name, people"
        f" from publication.fct_team_usage_daily where coalesce(people, 0) < {min_group}"
        " union all select 'publication.fct_container_month', month_start, container, least(people, people_shipping)"
        " from publication.fct_container_month"
        f" where (coalesce(people, 0) < {min_group} and (people > 0 or total_tokens > 0))"
        f" or (coalesce(people_shipping, 0) < {min_group} and outcomes_shipped > 0)",
        "publication.fct_team_usage_daily",
        "publication.fct_container_month",
    )


def _no_personal_columns() -> Way:
    columns = (
        "(select table_name, column_name from information_schema.columns"
        " where table_catalog = current_database() and table_schema = 'publication')"
    )
    words = ", ".join(f"'{word}'" for word in _PERSONAL)
    return no_rows(
        f"select 'publication.' || table_name as found_in, column_name from {columns}"
        f" where list_has_any(list_append(string_split(lower(column_name), '_'), lower(column_name)), [{words}])",
        columns,
    )


def _rows_unique(tables: Mapping[str, Mapping[str, str]]) -> Way:
    """A published table that is not among GRAINS must at least not hold a row twice."""
    published = {t.removeprefix("publication."): list(c) for t, c in tables.items() if t.startswith("publication.")}
    grains = {table: ", ".join(f'"{column}"' for column in columns) for table, columns in published.items()} | GRAINS
    return no_rows(
        " union all ".join(
            f"select 'publication.{table}' as found_in, concat_ws(', ', {grain}) as row, count(*) as times"
            f" from publication.{table} group by {grain} having count(*) > 1"
            for table, grain in grains.items()
        ),
        # The results of the checks before these are none of the figures, and another number on a first run.
        *(f"publication.{table}" for table in grains if table != "audit_checks"),
    )


# What was told stays told: of usage what the warehouse has lost or lowered since, of outcomes whatever was told.
_LOST = """
(select usage_date, sum(greatest(told.requests - coalesce(used.requests, 0), 0)) as requests,
    sum(greatest(told.total_tokens - coalesce(used.total_tokens, 0), 0)) as total_tokens,
    sum(greatest(told.cost_usd - coalesce(used.cost_usd, 0), 0)) as cost_usd
from (select usage_id, usage_date, sum(requests) as requests, sum(total_tokens) as total_tokens,
    coalesce(sum(piece_cost_usd), 0) as cost_usd from told.usage group by all) as told
left join marts.fct_usage as used using (usage_id, usage_date) group by usage_date)
"""
_TOLD = """
(select week_start, container_type, month_start, 1 as outcomes_shipped, value_units
from told.outcomes where is_shipped or is_counted)
"""


# Days, weeks and months from which on it is known what they are made of; what is older is rolled up by team.
_OPEN = {
    "usage_date": "(select coalesce(max(closed_before), date '0001-01-01') from retained.horizons)",
    "week_start": "(select coalesce(max(closed_before), date '0001-01-01') from retained.horizons)",
    "month_start": "(select coalesce(max(month_before), date '0001-01-01') from retained.horizons)",
}


def _within_warehouse() -> Way:
    spent, shipped = ["requests", "total_tokens", "cost_usd"], ["outcomes_shipped", "value_units"]
    week, month = "cast(date_trunc('week', usage_date) as date)", "cast(date_trunc('month', usage_date) as date)"
    kind_and_month = "(container_type, month_start)"
    both = "(select * from lost cross join (values ('repository'), ('project')) as types(container_type))"
    # A published table and its periods, what stands behind it, what was told before, and what may be added up.
    pairs = [
        ("fct_team_usage_daily", "usage_date", "fct_usage", "usage_date", "lost", "usage_date", spent),
        ("fct_team_week", "week_start", "fct_usage", week, "lost", week, spent),
        ("fct_team_week", "week_start", "fct_team_week", "week_start", _TOLD, "week_start", shipped),
        *(
            ("fct_container_month", kind_and_month, "fct_container_month", kind_and_month, before, period, measures)
            for before, period, measures in (
                (both, f"(container_type, {month})", ["total_tokens", "cost_usd"]),
                (_TOLD, kind_and_month, shipped),
            )
        ),
    ]

    def totals(table: str, period: str, measures: list[str]) -> str:
        sums = ", ".join(f"cast(sum({measure}) as decimal(38, 10)) as {measure}" for measure in measures)
        where = next(f"{day} >= {since}" for day, since in _OPEN.items() if day in period)
        return f"(select cast({period} as varchar) as period, {sums} from {table} where {where} group by 1)"

    def each(of: str, measures: list[str]) -> str:
        return f"unnest([{', '.join(f'{of}.{measure}' for measure in measures)}]) as {of}"

    return no_rows(
        f"with lost as {_LOST} select * exclude (told) from ("
        + " union all ".join(
            f"select 'publication.{table}' as found_in, period, unnest({measures}) as measure,"
            f" {', '.join(each(of, measures) for of in ('published', 'ours', 'told'))}"
            f" from {totals(f'publication.{table}', period, measures)} as published"
            f" left join {totals(f'marts.{behind}', our_period, measures)} as ours using (period)"
            f" left join {totals(before, its_period, measures)} as told using (period)"
            for table, period, behind, our_period, before, its_period, measures in pairs
        )
        + ") where published > coalesce(ours, 0) + coalesce(told, 0)",
        *dict.fromkeys(f"publication.{table}" for table, *_ in pairs),
    )


def _attribution_balances() -> Way:
    return no_rows(
        "with ledger as ("
        " select usage_id, sum(tokens) as tokens, sum(cost_usd) as cost_usd from marts.fct_attribution group by 1"
        ") select usage_id, used.total_tokens, ledger.tokens, used.cost_usd, ledger.cost_usd as ledger_cost_usd"
        " from marts.fct_usage as used full join ledger using (usage_id)"
        " where used.total_tokens is distinct from ledger.tokens or used.cost_usd is distinct from ledger.cost_usd",
        "marts.fct_usage",
    )


def _teams_known() -> Way:
    figures = ["fct_team_usage_daily", "fct_team_week"]
    return no_rows(
        " union all ".join(
            f"select distinct 'publication.{table}' as found_in, team_id from publication.{table}"
            " anti join publication.dim_team using (team_id)"
            for table in figures
        ),
        *(f"publication.{table}" for table in figures),
    )


def _people_known(limit: float) -> Way:
    current = "load_id in (select load_id from audit.loads where superseded_at is null)"
    known = (
        f"select person_key from raw.people_members where {current}"
        f" union select person_key from raw.people_accounts where {current}"
    )
    return share(
        f"case when coalesce(person_key in ({known}), usage_date < {_OPEN['usage_date']}, false)"
        " then 0 else total_tokens end",
        "total_tokens",
        "marts.fct_usage",
        limit,
    )
