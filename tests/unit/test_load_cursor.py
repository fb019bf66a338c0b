"""Cursor's usage events: pages in cents, the dashboard's CSV in dollars."""

from __future__ import annotations

import json
from datetime import datetime
from decimal import Decimal

from tests.exports import CURSOR_CSV, csv_text, cursor_event, cursor_page
from tests.zone import Zone

_COLUMNS = (
    "plain(account_key)", "model", "kind", "is_max_mode", "input_tokens", "cache_write_tokens", "cache_read_tokens",
    "output_tokens", "is_from_dashboard", "occurred_at",
)  # fmt: skip
_AT = datetime(2026, 2, 1, 10, 0, 1, 123_000)


def test_an_event_is_kept_field_by_field(zone: Zone) -> None:
    zone.put("cursor/usage_events/1.json", json.dumps(cursor_page(cursor_event()), indent=2))
    zone.load()
    assert zone.row("cursor_usage_events", *_COLUMNS) == (
        "ada@acme.example", "claude-4.5-sonnet", "Usage-based", True, 126, 6112, 11964, 450, False, _AT,
    )  # fmt: skip


def test_a_row_of_the_dashboard_is_kept_field_by_field(zone: Zone) -> None:
    row = ("2026-02-01T10:00:01.123Z", "ada@acme.example", "On-Demand", "auto", "No", 6112, 126, 11964, 450, 18652, 1)
    zone.put("cursor/usage_events/usage.csv", csv_text(CURSOR_CSV, row))
    zone.load()
    # What the pages call `default` is `auto` in the CSV.
    assert zone.row("cursor_usage_events", *_COLUMNS) == (
        "ada@acme.example", "default", "On-Demand", False, 126, 6112, 11964, 450, True, _AT,
    )  # fmt: skip


def test_what_tokens_cost_is_in_cents(zone: Zone) -> None:
    zone.put("cursor/usage_events/1.json", json.dumps(cursor_page(cursor_event())))
    zone.load()
    assert zone.row("cursor_usage_events", "token_cost_usd") == Decimal("0.2018232")


def test_what_was_charged_is_in_cents(zone: Zone) -> None:
    zone.put("cursor/usage_events/1.json", json.dumps(cursor_page(cursor_event())))
    zone.load()
    assert zone.row("cursor_usage_events", "charged_usd") == Decimal("0.2136232")


def test_the_fee_is_in_cents(zone: Zone) -> None:
    zone.put("cursor/usage_events/1.json", json.dumps(cursor_page(cursor_event())))
    zone.load()
    assert zone.row("cursor_usage_events", "fee_usd") == Decimal("0.0118")


def test_the_dashboard_tells_dollars_or_says_that_nothing_was_charged(zone: Zone) -> None:
    def row(second: int, cost: str) -> tuple[object, ...]:
        return (f"2026-02-01T10:00:0{second}Z", "a@acme.example", "x", "m", "No", 0, 1, 0, 1, 2, cost)

    rows = [row(n, cost) for n, cost in enumerate(("0.21", "$0.21", "Included", "-", "", "1.x"))]
    zone.put("cursor/usage_events/usage.csv", csv_text(CURSOR_CSV, *rows))

    zone.load()

    found = zone.ask("select charged_usd from raw.cursor_usage_events order by occurred_at")
    assert found == [(Decimal("0.21"),), (Decimal("0.21"),), (None,), (None,), (None,)]
    assert [reason for _, reason in zone.reasons()] == ["charged_usd is not an amount of dollars up to a million"]


def test_a_call_that_is_not_counted_in_tokens_is_kept_without_any(zone: Zone) -> None:
    event = cursor_event()
    del event["tokenUsage"]
    zone.put("cursor/usage_events/1.json", json.dumps(cursor_page(event, cursor_event(2, timestamp="yesterday"))))
    zone.load()
    assert zone.row("cursor_usage_events", "input_tokens", "output_tokens") == (None, None)
    assert [reason for _, reason in zone.reasons()] == ["occurred_at is not a time between the years 2000 and 2099"]
