"""Outcomes, their lines, links and reviews, as the models of value and signals read them."""

from __future__ import annotations

import duckdb
import numpy as np
import pandas as pd

from tokenworth.simulate.staged.columns import moments, people_keys, table, team_ids
from tokenworth.simulate.staged.people import Organisation
from tokenworth.simulate.staged.work import Work

SURVIVAL_DAYS = 21


def write_outcomes(connection: duckdb.DuckDBPyConnection, org: Organisation, work: Work) -> None:
    changes, issues, closes = work.changes, work.issues, work.closes
    closing = set(closes["change"])
    reverts = changes["reverts"].to_numpy()
    bears = ~changes["change"].isin(closing) & (reverts < 0)
    rows = [
        pd.DataFrame(
            {
                "outcome_id": "c" + changes["change"].astype(str),
                "outcome_type": "change",
                "tracker": np.where(changes["direct"], "git", "github"),
                "repository_key": "r" + changes["repository"].astype(str),
                "project": None,
                "external_id": changes["change"].astype(str),
                "person": changes["person"], "team": changes["team"], "is_bot": changes["is_bot"],
                "opened": changes["opened"], "shipped": changes["shipped"], "given_up": changes["given_up"],
                "undone": changes["undone"], "undone_by": "revert", "carries_value": bears,
            }
        ),
        pd.DataFrame(
            {
                "outcome_id": "i" + issues["issue"].astype(str),
                "outcome_type": "issue",
                "tracker": "jira",
                "repository_key": None,
                "project": "T" + issues["team"].astype(str),
                "external_id": "T" + issues["team"].astype(str) + "-" + issues["issue"].astype(str),
                "person": issues["person"], "team": issues["team"], "is_bot": False,
                "opened": issues["opened"], "shipped": issues["shipped"], "given_up": issues["given_up"],
                "undone": issues["undone"], "undone_by": "reopen", "carries_value": True,
            }
        ),
    ]  # fmt: skip
    outcomes = pd.concat(rows, ignore_index=True)
    outcomes["person_key"] = people_keys(outcomes["person"])
    outcomes.loc[outcomes["is_bot"], "person_key"] = "bot"
    outcomes["team_id"] = team_ids(outcomes["team"])
    for name in ("opened", "shipped", "given_up", "undone"):
        outcomes[name] = moments(org, outcomes[name])
    table(
        connection,
        "intermediate.int_outcomes",
        f"""
        with dated as (
            select *, case when undone is not null and shipped is not null then 'undone'
                when shipped is not null then 'shipped'
                when given_up is not null then 'abandoned' else 'open' end as state
            from outcomes
        )
        select outcome_id, outcome_type, tracker, repository_key, project, external_id,
            cast(null as varchar) as title_key,
            case outcome_type when 'issue' then 'jira' else 'github' end as account_system,
            person_key as account_key, cast(null as varchar) as login_system,
            cast(null as varchar) as login_key, is_bot,
            opened::timestamp as opened_at, shipped::timestamp as shipped_at,
            cast(null as timestamp) as deployed_at, given_up::timestamp as abandoned_at,
            case when state = 'undone' then undone::timestamp end as undone_at,
            case when state = 'undone' then undone_by end as undone_by, state, person_key, team_id,
            case when state = 'undone' then 'undone' when state <> 'shipped' then null
                when shipped + interval {SURVIVAL_DAYS} day <= date '{org.first_day}' + {org.days} then 'survived'
                else 'pending' end as survival, carries_value
        from dated
        """,
        outcomes=outcomes,
    )
    places = closes.assign(place=closes.groupby("change").cumcount() + 1)
    places["places"] = closes.groupby("change")["change"].transform("size")
    table(
        connection,
        "intermediate.int_value_bearers",
        """
        select 'c' || change as outcome_id, 'i' || issue as bearer_id, place, places from places
        union all
        select outcome_id, outcome_id, 1, 1 from intermediate.int_outcomes where carries_value
        union all
        select 'c' || reverting.change, coalesce('i' || places.issue, 'c' || reverting.reverts), 1, 1
        from reverting left join places on reverting.reverts = places.change and places.place = 1
        """,
        places=places,
        reverting=changes.loc[reverts >= 0, ["change", "reverts"]],
    )
    table(
        connection,
        "intermediate.int_issue_traits",
        "select 'i' || issue as outcome_id, is_own, 'other' as kind_of_work from issues",
        issues=issues[["issue", "is_own"]].astype({"is_own": bool}),
    )
    table(
        connection,
        "intermediate.int_outcome_links",
        """
        select 'c' || change as outcome_id, 'i' || issue as related_outcome_id, 'closes' as relation from closes
        union all
        select 'c' || change, 'c' || reverts, 'reverts' from reverting
        """,
        closes=closes,
        reverting=changes.loc[reverts >= 0, ["change", "reverts"]],
    )


def write_changes(connection: duckdb.DuckDBPyConnection, org: Organisation, work: Work) -> None:
    changes = work.changes
    reverting = changes.loc[changes["reverts"] >= 0, ["change", "reverts", "shipped"]].copy()
    reverting["shipped"] = moments(org, reverting["shipped"]).to_numpy()
    table(
        connection,
        "intermediate.int_revert_lines",
        """
        select 'c' || reverts as outcome_id, 'c' || change as reverting_id,
            shipped::timestamp as reverted_at, 1 as steps
        from reverting
        """,
        reverting=reverting,
    )
    table(
        connection,
        "intermediate.int_change_lines",
        """
        select 'c' || change as outcome_id, path as path_key, added::double as added_lines,
            deleted::double as deleted_lines
        from files
        """,
        files=work.files,
    )
    table(
        connection,
        "intermediate.int_path_kinds",
        "select distinct path as path_key, 'generated' as kind from files where generated",
        files=work.files,
    )
    connection.execute(
        """
        create or replace table intermediate.int_change_commits as
        select outcome_id, repository_key, md5(outcome_id) as sha, 'on_branch' as basis,
            shipped_at is not null as on_default_branch
        from intermediate.int_outcomes where outcome_type = 'change';
        create or replace table intermediate.int_commits as
        select repository_key, md5(outcome_id) as sha, false as is_merge, is_bot,
            shipped_at is not null as on_default_branch, opened_at as authored_at, opened_at as committed_at
        from intermediate.int_outcomes where outcome_type = 'change';
        create or replace table intermediate.int_commit_lines as
        select changes.repository_key, md5(changes.outcome_id) as sha, lines.path_key, lines.added_lines,
            lines.deleted_lines
        from intermediate.int_change_lines as lines
        inner join intermediate.int_outcomes as changes on lines.outcome_id = changes.outcome_id;
        create or replace table intermediate.int_changes as
        select outcome_id, tracker, repository_key, external_id, is_bot, opened_at, shipped_at, abandoned_at,
            undone_at, state
        from intermediate.int_outcomes where outcome_type = 'change';
        """
    )
    reviews = work.reviews.assign(person_key=people_keys(work.reviews["person"]).to_numpy())
    reviews["at"] = moments(org, reviews["at"]).to_numpy()
    table(
        connection,
        "intermediate.int_reviews",
        """
        select 'c' || change as outcome_id, case when is_bot then 'bot' else person_key end as person_key, is_bot,
            lower(state) as state, cast("at" as timestamp) as submitted_at
        from reviews
        """,
        reviews=reviews,
    )
