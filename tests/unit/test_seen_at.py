"""What the ledger says was seen when, and what of it can be rebuilt."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import duckdb
import pytest

from tests.zone import Zone
from tokenworth.as_of import build_as_of
from tokenworth.errors import UsageError, WarehouseBusyError
from tokenworth.prices import refresh_prices
from tokenworth.warehouse import open_warehouse

MONDAY, TUESDAY, WEDNESDAY = (datetime(2026, 6, day) for day in (1, 2, 3))
TEAMS = "team_id,team_name,parent_team_id\n"


@pytest.fixture
def zone(tmp_path: Path) -> Zone:
    return Zone(tmp_path)


def test_a_replaced_version_is_kept_with_the_span_in_which_it_was_current(zone: Zone) -> None:
    zone.put("people/teams.csv", TEAMS + "a,Search,\n", at=1)
    zone.load(seen_at=MONDAY)
    zone.put("people/teams.csv", TEAMS + "a,Finding,\n", at=2)
    zone.load(seen_at=WEDNESDAY)

    assert zone.ask(
        "select team_name, first_seen_at, superseded_at from raw.people_teams join audit.loads using (load_id)"
        " order by load_id"
    ) == [("Search", MONDAY, WEDNESDAY), ("Finding", WEDNESDAY, None)]


def test_versions_of_a_file_are_loaded_in_the_order_in_which_they_were_made(zone: Zone) -> None:
    zone.put("people/teams.csv", TEAMS + "a,Search,\n", at=1)
    zone.load(seen_at=WEDNESDAY)
    zone.put("people/teams.csv", TEAMS + "a,Finding,\n", at=2)

    with pytest.raises(UsageError, match=r"1 changed files were seen after .*people/teams.csv"):
        zone.load(seen_at=MONDAY)


def test_history_may_come_after_the_present_in_files_of_its_own(zone: Zone) -> None:
    zone.put("people/teams.csv", TEAMS + "a,Search,\n", at=1)
    zone.load(seen_at=WEDNESDAY)
    zone.put("repositories.csv", "path,repository\n/src/a,github.com/acme/a\n", at=2)

    zone.load(seen_at=MONDAY)

    assert zone.ask("select source, first_seen_at from audit.loads order by load_id") == [
        ("people", WEDNESDAY),
        ("repositories", MONDAY),
    ]


def test_nothing_was_seen_in_the_future(zone: Zone) -> None:
    with pytest.raises(UsageError, match="yet to come"):
        zone.load(seen_at=datetime.now(UTC).replace(tzinfo=None) + timedelta(hours=1))


def test_nothing_can_be_rebuilt_of_a_time_before_the_first_file(zone: Zone) -> None:
    zone.put("people/teams.csv", TEAMS + "a,Search,\n", at=1)
    zone.load(seen_at=TUESDAY)

    with pytest.raises(UsageError, match=f"nothing had been seen by .*first file was seen at {TUESDAY}"):
        build_as_of(zone.settings, MONDAY)


def test_a_warehouse_of_an_older_layout_is_raised_before_it_is_rebuilt_of_a_time(zone: Zone) -> None:
    zone.put("people/teams.csv", TEAMS + "a,Search,\n", at=1)
    zone.load(seen_at=TUESDAY)
    with duckdb.connect(str(zone.settings.database)) as older:
        older.execute("update audit.warehouse set layout = 1")

    with pytest.raises(UsageError, match="nothing had been seen"):
        build_as_of(zone.settings, MONDAY)

    assert zone.ask("select layout from audit.warehouse") == [(2,)]


@pytest.mark.parametrize("layout", [1, 99])
def test_one_that_is_held_open_is_not_read_in_another_layout(zone: Zone, layout: int) -> None:
    zone.put("people/teams.csv", TEAMS + "a,Search,\n", at=1)
    zone.load(seen_at=MONDAY)
    with duckdb.connect(str(zone.settings.database)) as other:
        other.execute(f"update audit.warehouse set layout = {layout}")
    zone.ask("select 1")  # and holds it

    with pytest.raises(WarehouseBusyError, match="is held open by this program"):
        build_as_of(zone.settings, TUESDAY)


def test_what_was_forgotten_is_not_rebuilt_as_if_it_had_never_been(zone: Zone) -> None:
    zone.set(retain_superseded_days=0)
    zone.put("people/teams.csv", TEAMS + "a,Search,\n", at=1)
    zone.load(seen_at=MONDAY)
    zone.put("people/teams.csv", TEAMS + "a,Finding,\n", at=2)
    zone.load(seen_at=TUESDAY)
    zone.load(seen_at=WEDNESDAY)

    assert zone.ask("select team_name from raw.people_teams") == [("Finding",)]
    with pytest.raises(UsageError, match=f"1 file versions of then were removed(.|\n)*from {TUESDAY} on"):
        build_as_of(zone.settings, MONDAY + timedelta(hours=1))


def test_a_corrected_price_is_kept_with_the_span_in_which_it_was_believed(zone: Zone) -> None:
    zone.put(
        "litellm/spend_logs.jsonl",
        '{"request_id": "1", "startTime": "2026-05-01T00:00:00Z", "model": "claude-opus-4-6", "spend": 1,'
        ' "custom_llm_provider": "anthropic", "prompt_tokens": 1, "completion_tokens": 1}\n',
    )
    zone.load(seen_at=MONDAY)
    with open_warehouse(zone.settings) as connection:
        refresh_prices(connection, MONDAY)
        (right,) = connection.execute("select distinct known_from from raw.prices").fetchall()
        # As if an older catalogue had been asked on Monday.
        connection.execute("update raw.prices set output_usd_per_mtok = 1 where terms = 'standard'")
        refresh_prices(connection, TUESDAY)
        refresh_prices(connection, WEDNESDAY)

        assert right == (None,)
        assert connection.execute(
            "select distinct output_usd_per_mtok, known_until from audit.former_prices"
        ).fetchall() == [(1, TUESDAY)]
        assert connection.execute(
            "select terms, known_from from raw.prices where terms in ('standard', 'batch') group by all order by all"
        ).fetchall() == [("batch", None), ("standard", TUESDAY)]
