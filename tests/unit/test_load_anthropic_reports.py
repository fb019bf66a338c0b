"""Anthropic's other reports: pages of buckets or of rows, and amounts that are cents in texts."""

from __future__ import annotations

import json
from datetime import datetime
from decimal import Decimal

import pytest

from tests.exports import Json
from tests.zone import Zone

_SPAN = {"starting_at": "2026-10-01T00:00:00Z", "ending_at": "2026-10-02T00:00:00Z"}
_COUNTERS = {
    "uncached_input_tokens": 1500,
    "cache_creation": {"ephemeral_1h_input_tokens": 1000, "ephemeral_5m_input_tokens": 500},
    "cache_read_input_tokens": 200,
    "output_tokens": 7,
    "server_tool_use": {"web_search_requests": 10},
}
_ADA = {"type": "user_actor", "user_id": "user_1", "email_address": "Ada@acme.example", "name": "Ada", "deleted": False}


def _page(*rows: Json) -> str:
    return json.dumps({"data": rows, "has_more": False, "next_page": None})


def _bucket(*results: Json) -> Json:
    return {**_SPAN, "results": list(results)}


def test_each_result_of_a_bucket_is_a_row_and_an_empty_bucket_none(zone: Zone) -> None:
    row = {**_COUNTERS, "model": "claude-opus-5", "api_key_id": "apikey_1", "service_tier": "batch"}
    zone.put("anthropic/usage_report/a.json", _page(_bucket(row, _COUNTERS), _bucket()))

    zone.load()

    columns = (
        "began_at", "plain(account_key)", "model", "service_tier", "input_tokens", "cache_write_5m_tokens",
        "cache_write_1h_tokens", "cache_read_tokens", "output_tokens", "web_searches",
    )  # fmt: skip
    counters = (1500, 500, 1000, 200, 7, 10)
    assert zone.rows("anthropic_usage", *columns) == [
        (datetime(2026, 10, 1), "apikey_1", "claude-opus-5", "batch", *counters),
        (datetime(2026, 10, 1), None, None, None, *counters),
    ]
    assert zone.ledger() == [(3, 2, 0, 1, 0)]


@pytest.mark.parametrize(
    ("report", "row"),
    [
        ("cost_report", _bucket({"amount": "123.78912", "currency": "USD"})),
        ("user_cost_report", {"actor": _ADA, **_SPAN, "amount": "123.78912", "currency": "USD"}),
        ("usage_cost_analytics", {**_SPAN, "group": {"model": "m"}, "cost": {"amount": "123.78912"}}),
    ],
)
def test_amounts_are_fractional_cents(zone: Zone, report: str, row: Json) -> None:
    zone.put(f"anthropic/{report}/a.json", _page(row))

    zone.load()

    assert zone.rows("anthropic_costs", "report", "cost_usd") == [(report, Decimal("1.2378912000"))]


def test_an_amount_has_a_list_price_beside_it(zone: Zone) -> None:
    cost = {"amount": "10802.500000", "list_amount": "12000.000000", "currency": "USD", "requests": None}
    zone.put("anthropic/usage_cost_analytics/a.json", _page({**_SPAN, "group": {"model": "m"}, "cost": cost}))

    zone.load()

    assert zone.row("anthropic_costs", "cost_usd", "list_cost_usd") == (Decimal("108.0250000000"), Decimal(120))


def test_usage_and_costs_of_the_new_report_go_apart(zone: Zone) -> None:
    usage = {**_COUNTERS, "requests": 42, "total_tokens": 3207}
    zone.put(
        "anthropic/usage_cost_analytics/a.json",
        _page(
            {**_SPAN, "group": {"actor": _ADA, "model": "claude-opus-5", "session_id": "s"}, "usage": usage},
            {**_SPAN, "group": {"token_type": "output_tokens"}, "cost": {"amount": "1", "currency": "USD"}},
        ),
    )

    zone.load()

    assert zone.rows("anthropic_usage", "plain(user_key)", "plain(account_key)", "session_id", "requests") == [
        ("user_1", "ada@acme.example", "s", 42)
    ]
    assert zone.rows("anthropic_costs", "token_type", "cost_usd") == [("output_tokens", Decimal("0.01"))]
    assert "acme.example" not in str(zone.everything())


def test_a_report_without_days_takes_that_of_its_name(zone: Zone) -> None:
    row = {"actor": _ADA, **_COUNTERS, "product": "claude_code", "starting_at": None, "ending_at": None}
    zone.put("anthropic/user_usage_report/2026-10-05.json", _page(row))
    zone.put("anthropic/user_usage_report/all.json", _page(row))

    zone.load()

    assert zone.rows("anthropic_usage", "began_at") == [(datetime(2026, 10, 5),), (None,)]


def test_a_wrong_row_costs_that_row_only(zone: Zone) -> None:
    wrong = [{**_COUNTERS, "output_tokens": -1}, {**_COUNTERS, "uncached_input_tokens": None}]
    zone.put("anthropic/usage_report/a.json", _page(_bucket(*wrong, _COUNTERS), {"id": 1}))
    zone.put("anthropic/cost_report/a.json", _page(_bucket({"amount": "much"}, {"amount": "1"})))

    zone.load()

    assert len(zone.rows("anthropic_usage", "output_tokens")) == 1
    assert sorted(reason for _, reason in zone.reasons()) == [
        "cost_usd is not an amount of dollars up to a million",
        "input_tokens is missing",
        "it is no row of usage_report",
        "output_tokens is not a number of things from 0 to 1,000,000,000,000",
    ]
    zone.assert_balanced()


def test_who_was_active_is_known_by_key(zone: Zone) -> None:
    core = {"commit_count": 2, "pull_request_count": 1, "distinct_session_count": 5}
    row = {"date": "2026-10-01", "user": {"id": "user_1", "email_address": "Ada@acme.example"},
           "claude_code_metrics": {"core_metrics": core}, "web_search_count": 3}  # fmt: skip
    zone.put("anthropic/users/a.json", _page(row))

    zone.load()

    columns = ("plain(account_key)", "sessions", "commits", "pull_requests", "web_searches")
    assert zone.rows("anthropic_user_days", *columns) == [("ada@acme.example", 5, 2, 1, 3)]
