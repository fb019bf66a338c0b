"""Copilot's bill before and after it changed, what people did, and seats."""

from __future__ import annotations

import json
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from tests.exports import csv_text, json_lines
from tests.zone import Zone

_HEADER = (
    "date username product sku model quantity unit_type applied_cost_per_quantity gross_amount discount_amount"
    " net_amount total_monthly_quota organization repository cost_center_name aic_quantity aic_gross_amount"
).split()
_LINE = [
    "2026-06-01", "Ada", "copilot", "copilot_ai_credit", "Claude Opus 4.6", "0.8999999999999999", "ai-credits", "0.01",
    "0.036000000000000004", "0.026", "0.01", "0", "acme", "acme/shop", "Web", "9.352494", "0.09352494",
]  # fmt: skip


def _bill(*lines: list[str], header: list[str] = _HEADER) -> str:
    return "\ufeff" + csv_text(header, *lines)


def test_a_line_is_dollars_and_float_noise_is_rounded_off(zone: Zone) -> None:
    zone.put("copilot/billing/a.csv", _bill(_LINE))

    zone.load()

    columns = (
        "used_on", "plain(account_key)", "sku", "model", "quantity", "unit_type", "unit_cost_usd", "gross_usd",
        "discount_usd", "net_usd", "organization", "plain(repository_key)", "cost_center", "aic_quantity",
        "aic_gross_usd",
    )  # fmt: skip
    assert zone.rows("copilot_billing", *columns) == [
        (date(2026, 6, 1), "ada", "copilot_ai_credit", "Claude Opus 4.6", Decimal("0.9"), "ai-credits",
         Decimal("0.01"), Decimal("0.036"), Decimal("0.026"), Decimal("0.01"), "acme", "acme/shop", "Web",
         Decimal("9.352494"), Decimal("0.09352494"))
    ]  # fmt: skip


def test_equal_lines_are_two(zone: Zone) -> None:
    zone.put("copilot/billing/a.csv", _bill(_LINE, _LINE))

    zone.load()

    assert zone.ask("select count(*), sum(net_usd) from raw.copilot_billing") == [(2, Decimal("0.02"))]
    assert zone.ledger() == [(2, 2, 0, 0, 0)]


def test_a_newer_bill_has_tokens_and_columns_in_another_order(zone: Zone) -> None:
    header = ["Input Tokens", "output_tokens", "CACHE_READ_TOKENS", "cache_write_tokens", *reversed(_HEADER)]
    zone.put("copilot/billing/a.csv", _bill(["10", "20", "30", "40", *reversed(_LINE)], header=header))

    zone.load()

    columns = ("input_tokens", "output_tokens", "cache_read_tokens", "cache_write_tokens", "net_usd")
    assert zone.row("copilot_billing", *columns) == (10, 20, 30, 40, Decimal("0.01"))


def test_the_api_says_the_same(zone: Zone) -> None:
    item = {"sku": "copilot_ai_credit", "model": "GPT-5", "unitType": "ai-credits", "pricePerUnit": 0.01,
            "grossQuantity": 351.13242, "grossAmount": 3.511325, "discountAmount": 2.282362,
            "netAmount": 1.228963}  # fmt: skip
    page = {"timePeriod": {"year": 2026, "month": 6}, "organization": "acme", "user": "Ada", "usageItems": [item]}
    zone.put("copilot/billing/a.json", json.dumps(page))

    zone.load()

    columns = ("used_on", "plain(account_key)", "organization", "quantity", "gross_usd", "net_usd")
    assert zone.row("copilot_billing", *columns) == (
        date(2026, 6, 1), "ada", "acme", Decimal("351.13242"), Decimal("3.511325"), Decimal("1.228963"),
    )  # fmt: skip


def _person(login: str | None = "Ada", **more: Any) -> dict[str, Any]:
    cli = {"session_count": 2, "request_count": 187, "prompt_count": 24,
           "token_usage": {"output_tokens_sum": 121157, "prompt_tokens_sum": 23229028}}  # fmt: skip
    return {"user_login": login, "day": "2026-04-25", "totals_by_cli": cli, "ai_credits_used": 2.5, **more}


def test_people_stand_on_lines_or_on_a_page(zone: Zone) -> None:
    zone.put("copilot/users_1_day/lines.ndjson", json_lines([_person(), _person("ben", totals_by_cli=None)]))
    zone.put("copilot/users_1_day/page.json", json.dumps({"day_totals": [_person("cyd")]}, indent=1))
    zone.put(
        "copilot/users_1_day/day.json",
        json.dumps({"report_day": "2026-04-26", "user_totals": [_person("dee", day=None)]}),
    )

    zone.load()

    columns = ("plain(account_key)", "used_on", "cli_requests", "cli_prompt_tokens", "cli_output_tokens")
    used = (187, 23229028, 121157)
    assert zone.rows("copilot_user_days", *columns) == [
        ("ada", date(2026, 4, 25), *used),
        ("ben", date(2026, 4, 25), None, None, None),
        ("cyd", date(2026, 4, 25), *used),
        ("dee", date(2026, 4, 26), *used),
    ]


def test_totals_of_28_days_have_no_day_and_are_not_read(zone: Zone) -> None:
    zone.put("copilot/users_28_day/a.json", json.dumps({"user_totals": [_person(day=None), _person()]}))

    zone.load()

    assert zone.rows("copilot_user_days", "used_on", "report_days") == [(date(2026, 4, 25), 28)]
    assert zone.ledger() == [(2, 1, 0, 1, 0)]


def test_a_record_of_nobody_is_refused(zone: Zone) -> None:
    zone.put("copilot/users_1_day/a.ndjson", json_lines([{"day": "2026-04-25", "daily_active_users": 9}, _person()]))

    zone.load()

    assert zone.reasons() == [(1, "it is no record of a person's use of Copilot")]


def test_seats_without_a_holder_stay(zone: Zone) -> None:
    seat = {"created_at": "2026-01-03T18:00:00-06:00", "plan_type": "business", "pending_cancellation_date": None}
    seats = [
        {**seat, "assignee": {"login": "Ada"}},
        {**seat, "assignee": None, "pending_cancellation_date": "2026-02-01"},
    ]
    zone.put("copilot/seats/a.json", json.dumps({"total_seats": 2, "seats": seats}))

    zone.load()

    assert zone.rows("copilot_seats", "plain(account_key)", "began_at", "plan", "ends_on") == [
        ("ada", datetime(2026, 1, 4), "business", None),
        (None, datetime(2026, 1, 4), "business", date(2026, 2, 1)),
    ]
