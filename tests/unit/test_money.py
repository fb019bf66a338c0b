"""One case for every amount that any export holds: what it is worth in dollars.

Vendors write cents as numbers or texts, dollars, and fractions of either. A new amount without a case fails here.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

import pytest

from tests.exports import (
    CURSOR_CSV,
    Json,
    api_request,
    attributes,
    csv_text,
    cursor_event,
    cursor_page,
    json_lines,
    log_batch,
    metric_batch,
    spend_log,
    transcript_line,
)
from tests.zone import Zone
from tokenworth.sources import all_sources


@dataclass(frozen=True)
class Case:
    """An amount as an export writes it, and what is kept of it."""

    file: str
    content: str
    table: str
    kept: dict[str, str]

    def __str__(self) -> str:
        return self.file


_SPAN = {"starting_at": "2026-02-01T00:00:00Z", "ending_at": "2026-02-02T00:00:00Z"}
_ACTOR = {"type": "user_actor", "email_address": "ada@acme.example"}
_CENTS = {"amount": "123.45", "list_amount": "250.5", "currency": "USD"}


def _page(*rows: Json, key: str = "data", **around: object) -> str:
    return json.dumps({key: rows, **around})


_CLAUDE_CODE = {
    "date": "2026-02-01T00:00:00Z", "actor": _ACTOR,
    "model_breakdown": [{"model": "m", "tokens": {"input": 1, "output": 1},
                         "estimated_cost": {"amount": 123.45, "currency": "USD"}}],
}  # fmt: skip
_OPENAI = {"start_time": 1769904000, "end_time": 1769990400,
           "results": [{"amount": {"value": 1.5, "currency": "usd"}, "line_item": "gpt-5, input"}]}  # fmt: skip
_BILL = {
    "date": "2026-06-01", "username": "ada", "sku": "copilot_ai_credit", "quantity": "150",
    "applied_cost_per_quantity": "0.01", "gross_amount": "1.5", "discount_amount": "1.25", "net_amount": "0.25",
    "aic_gross_amount": "0.75",
}  # fmt: skip
_CREDITS = {"sku": "copilot_ai_credit", "pricePerUnit": 0.01, "grossQuantity": 150, "grossAmount": 1.5,
            "discountAmount": 1.25, "netAmount": 0.25}  # fmt: skip
_BILLED = {"unit_cost_usd": "0.01", "gross_usd": "1.5", "discount_usd": "1.25", "net_usd": "0.25"}
_FOCUS = {
    "BillingPeriodStart": "2026-02-01", "ChargePeriodStart": "2026-02-01", "BilledCost": "1.5",
    "EffectiveCost": "1.25", "ListCost": "2.5", "ContractedCost": "1.75", "BillingCurrency": "USD",
}  # fmt: skip
_COST_POINT = {"timeUnixNano": "1769940000123456789", "startTimeUnixNano": "1769940000000000000",
               "attributes": attributes({"model": "m"}), "asDouble": 0.125}  # fmt: skip

CASES = [
    # Anthropic writes cents: fractions of them as texts, and as numbers in the Claude Code report.
    Case("anthropic/claude_code/a.json", _page(_CLAUDE_CODE), "anthropic_claude_code_days", {"cost_usd": "1.2345"}),
    Case(
        "anthropic/cost_report/a.json", _page({**_SPAN, "results": [_CENTS]}), "anthropic_costs",
        {"cost_usd": "1.2345", "list_cost_usd": "2.505"},
    ),
    Case(
        "anthropic/user_cost_report/a.json", _page({**_SPAN, **_CENTS, "actor": _ACTOR}), "anthropic_costs",
        {"cost_usd": "1.2345", "list_cost_usd": "2.505"},
    ),
    Case(
        "anthropic/usage_cost_analytics/a.json", _page({**_SPAN, "group": {"model": "m"}, "cost": _CENTS}),
        "anthropic_costs", {"cost_usd": "1.2345", "list_cost_usd": "2.505"},
    ),
    # Everybody else writes dollars, but for Cursor's pages.
    Case("openai/costs/a.json", _page(_OPENAI), "openai_costs", {"cost_usd": "1.5"}),
    Case("copilot/billing/a.csv", csv_text(list(_BILL), list(_BILL.values())), "copilot_billing",
         {**_BILLED, "aic_gross_usd": "0.75"}),
    Case(
        "copilot/billing/a.json",
        _page({**_CREDITS}, key="usageItems", timePeriod={"year": 2026, "month": 6, "day": 1}),
        "copilot_billing", _BILLED,
    ),
    Case(
        "cursor/usage_events/a.json", json.dumps(cursor_page(cursor_event(chargedCents=21.5, cursorTokenFee=1.25))),
        "cursor_usage_events", {"charged_usd": "0.215", "fee_usd": "0.0125", "token_cost_usd": "0.2018232"},
    ),
    Case(
        "cursor/usage_events/a.csv",
        csv_text(CURSOR_CSV, ("2026-02-01T10:00:00Z", "ada", "Usage", "m", "No", 0, 1, 0, 1, 2, "$0.25")),
        "cursor_usage_events", {"charged_usd": "0.25"},
    ),
    Case(
        "cursor/spend/a.json",
        _page({"email": "ada", "spendCents": 2450.5, "includedSpendCents": 2000}, key="teamMemberSpend",
              subscriptionCycleStart=1769904000000),
        "cursor_spend", {"spend_usd": "24.505", "included_usd": "20"},
    ),
    Case("focus/a.csv", csv_text(list(_FOCUS), list(_FOCUS.values())), "focus_charges",
         {"billed_cost": "1.5", "effective_cost": "1.25", "list_cost": "2.5", "contracted_cost": "1.75"}),
    Case("claude_code/ada/projects/s/a.jsonl", json_lines([transcript_line(costUSD=0.125)]), "claude_code_requests",
         {"vendor_cost_usd": "0.125"}),
    Case("litellm/a.jsonl", json_lines([spend_log(spend=0.0123)]), "litellm_requests", {"spend_usd": "0.0123"}),
    Case("otel/a.jsonl", json_lines([log_batch(api_request(cost_usd=0.125))]), "otel_api_requests",
         {"vendor_cost_usd": "0.125"}),
    Case(
        "otel/b.jsonl",
        json_lines([metric_batch({"claude_code.cost.usage": {
            "sum": {"dataPoints": [_COST_POINT], "aggregationTemporality": 1}}})]),
        "otel_metric_points", {"vendor_cost_usd": "0.125"},
    ),
    # A company's own: dollars per million tokens, and per month.
    Case("prices/overrides.csv", csv_text(["provider", "model_pattern", "token_class", "usd_per_million"],
                                          ["anthropic", "claude-*", "input", "4.5"]),
         "prices_overrides", {"usd_per_mtok": "4.5"}),
    Case("prices/seats.csv", csv_text(["system", "plan", "usd_per_month"], ["copilot", "business", "19"]),
         "prices_seats", {"usd_per_month": "19"}),
]  # fmt: skip


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Zone]:
    zone = Zone(tmp_path_factory.mktemp("money"))
    for case in CASES:
        zone.put(case.file, case.content)
    zone.load()
    assert (zone.unread(), zone.quarantine()) == ([], [])
    yield zone
    zone.close()


@pytest.mark.parametrize("case", CASES, ids=str)
def test_an_amount_is_kept_in_dollars(loaded: Zone, case: Case) -> None:
    found = loaded.rows(case.table, *case.kept, file=case.file)
    assert found == [tuple(map(Decimal, case.kept.values()))]


def test_every_amount_of_every_export_has_a_case() -> None:
    declared = {
        (export.files, record.table, column.name)
        for source in all_sources().values()
        for export in source.exports
        for record in export.records
        for column in record.columns
        if "is not an amount of" in column.type.complaint and column.value != "null::VARCHAR"
    }
    told = {
        (export.files, case.table, column)
        for case in CASES
        for source in all_sources().values()
        for export in source.exports
        if export.pattern.fullmatch(case.file)
        for column in case.kept
    }
    # What a bill would have been in credits stands in the CSV only.
    assert declared - told == {("copilot/billing/*.json", "copilot_billing", "aic_gross_usd")}
    assert told <= declared
