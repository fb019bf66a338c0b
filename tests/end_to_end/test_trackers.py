"""The same work gives the same figures, whichever trackers it is kept in."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests import tracked_twice
from tests.end_to_end.warehouses import nothing_from_outside
from tests.tracked_twice import LEFT, RIGHT, World
from tests.zone import Row, Zone
from tokenworth.build import assert_built, run_dbt
from tokenworth.first_published import settle
from tokenworth.prices import refresh_prices
from tokenworth.settings import Settings
from tokenworth.warehouse import open_warehouse
from tokenworth.writer import sole_writer

_WORLDS = {"left": (LEFT, "github", "jira"), "right": (RIGHT, "gitlab", "linear")}


@pytest.fixture(scope="module")
def twice(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Zone]:
    with nothing_from_outside():
        zone = Zone(tmp_path_factory.mktemp("twice"))
        tracked_twice.write(zone)
        zone.load()
        _build_what_is_compared(zone.settings)
    yield zone
    zone.close()


def _build_what_is_compared(settings: Settings) -> None:
    compared = ("fct_outcomes", "fct_outcome_links", "fct_attribution", "fct_team_week", "int_reviews")
    with sole_writer(settings):
        with open_warehouse(settings) as connection:
            refresh_prices(connection)
            settle(connection, settings)
        report = run_dbt(
            settings,
            ["build", "--select", *(f"+{model}" for model in compared), "--exclude-resource-type", "test",
             "--exclude-resource-type", "unit_test"],
            lambda done, to_do, what: None,
        )  # fmt: skip
    assert_built(report, settings)


def _both(zone: Zone, query: str) -> tuple[list[Row], list[Row]]:
    """The answers for one world and the other; `$name`, `$shop` and `$key` are how each calls itself."""
    return tuple(_of(zone, query, world) for world, *_ in _WORLDS.values())  # type: ignore[return-value]


def _of(zone: Zone, query: str, world: World) -> list[Row]:
    said = query.replace("$name", world.name).replace("$shop", world.repository).replace("$key", world.key)
    return zone.ask(said)


# What an outcome is called in both: its number, or what follows the key; a commit by its place in the history.
_CALLED = "outcome_type || ' ' || replace(external_id, '$key-', 'key ')"
_IN_WORLD = "container in ('$shop', '$key')"


def test_every_line_is_read(twice: Zone) -> None:
    assert (twice.quarantine(), twice.unread()) == ([], [])
    twice.assert_balanced()


def test_outcomes_have_the_same_lives_and_worth(twice: Zone) -> None:
    left, right = _both(
        twice,
        f"select {_CALLED} as called, container_type, state, opened_at, shipped_at, abandoned_at, undone_at, undone_by,"
        " deployed_at, survival, kind_of_work, carries_value, value_units, value_rule, value_is_provisional, is_bot,"
        f" team_id is not null from marts.fct_outcomes where {_IN_WORLD} order by all",
    )

    assert left == right
    lives = {row[0]: row[2] for row in left}
    assert lives == {
        "change 1": "shipped", "change 2": "shipped", "change 3": "undone", "change 4": "shipped", "change 5": "open",
        "issue 7": "shipped", "issue 8": "undone", "issue 9": "abandoned",
        "issue key 1": "shipped", "issue key 2": "undone", "issue key 3": "abandoned", "issue key 4": "shipped",
        "release v1.1.0": "shipped",
    }  # fmt: skip
    assert sum(row[12] for row in left) > 0


def test_outcomes_hang_together_in_the_same_way(twice: Zone) -> None:
    left, right = _both(
        twice,
        "with called as (select outcome_id, container, "
        f"{_CALLED} as called from marts.fct_outcomes where {_IN_WORLD})"
        " select a.called, relation, b.called from marts.fct_outcome_links as links"
        " join called as a using (outcome_id) join called as b on links.related_outcome_id = b.outcome_id order by all",
    )

    assert left == right
    assert set(left) == {
        ("change 1", "closes", "issue key 1"),
        ("change 2", "closes", "issue 7"),
        ("change 4", "reverts", "change 3"),
        ("issue key 4", "part_of", "issue key 1"),
        *((f"change {n}", "released_in", "release v1.1.0") for n in (1, 2, 3)),
    }


def test_a_change_is_deployed_where_a_production_deployment_contains_it(twice: Zone) -> None:
    left, right = _both(
        twice,
        "select external_id, deployed_at::varchar from marts.fct_outcomes"
        " where container = '$shop' and deployed_at is not null order by all",
    )

    assert left == right == [("1", "2026-02-04 09:00:00"), ("2", "2026-02-04 09:00:00")]


def test_usage_buys_the_same_by_the_same_evidence(twice: Zone) -> None:
    left, right = _both(
        twice,
        f"select {_CALLED} as called, tier, method, probability, sum(ledger.tokens), sum(ledger.cost_usd)"
        " from marts.fct_attribution as ledger join marts.fct_usage as used using (usage_id)"
        " left join marts.fct_outcomes as bought using (outcome_id)"
        " where used.team_id = '$name' group by all order by all",
    )

    assert left == right
    bought = {(row[0], row[1]) for row in left}
    assert {("change 1", "exact"), ("change 2", "exact"), (None, "unattributed")} <= bought


def test_teams_have_the_same_weeks(twice: Zone) -> None:
    left, right = _both(
        twice, "select * exclude (team_id) from marts.fct_team_week where team_id = '$name' order by week_start"
    )

    assert left == right
    assert len(left) > 1


def test_reviews_count_alike(twice: Zone) -> None:
    left, right = _both(
        twice,
        "select external_id, reviews.state, submitted_at from intermediate.int_reviews as reviews"
        " join marts.fct_outcomes using (outcome_id) where container = '$shop' order by all",
    )

    assert left == right
    assert [row[:2] for row in left] == [("1", "approved")]
