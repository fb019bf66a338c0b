"""The same days of use as each vendor's report or bill tells them, side by side.

A row is what a person used of a model on a day. A writer makes files from rows; beside it stands what each row comes
to in the words that all reports share.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from decimal import Decimal

from tests.exports import Json, attributes, metric_batch
from tests.usage.reported import MODELS, Report, Said, Used, by, csv_file, entry, page, summed
from tests.usage.reports_of_models import (
    analytics,
    claude_code,
    completions,
    cost_report,
    openai_costs,
    usage_report,
    user_cost_report,
    user_usage_report,
)
from tests.usage.roads import File

# Copilot: a bill whose lines have no id, so that equal ones are several.

_BILL = "date,username,product,sku,model,quantity,unit_type,gross_amount,discount_amount,net_amount,organization"


def _copilot_bill(rows: Sequence[Used]) -> list[File]:
    """Each line twice over: so it was used twice."""
    lines = [
        (r.date, f"person-{r.person}", "copilot", "copilot_ai_credit", r.name, r.cents / 2, "ai-credits",
         r.dollars / 2, r.dollars / 4, r.dollars / 4, "acme")
        for r in rows for _ in range(2)
    ]  # fmt: skip
    return [csv_file("copilot/billing/report.csv", _BILL.split(","), lines, is_bill=True)]


def _copilot_days(rows: Sequence[Used]) -> list[File]:
    """Days, and the rolling report over them, which was not yet final."""

    def record(row: Used, of_day: Sequence[Used], more: int) -> Json:
        tokens = {"prompt_tokens_sum": summed(of_day, "uncached") + more, "output_tokens_sum": summed(of_day, "output")}
        cli = {"session_count": 1, "request_count": 5 * len(of_day), "token_usage": tokens}
        return {"day": row.date, "user_login": f"person-{row.person}", "totals_by_cli": cli}

    people = by(rows, "day", "person")
    return [
        File("copilot/users_1_day/days.ndjson", [entry(record(*each, 0)) for each in people]),
        File("copilot/users_28_day/rolling.ndjson", [entry(record(*each, 9), spare=True) for each in people]),
    ]


# Cursor, Kiro and Q Developer count requests; Cursor's money is cents of a cycle so far.


def _cursor_days(rows: Sequence[Used]) -> list[File]:
    lines = [
        {"day": row.date, "email": row.email.upper(), "subscriptionIncludedReqs": summed(of_day, "output"),
         "apiKeyReqs": 0, "usageBasedReqs": summed(of_day, "read")}
        for row, of_day in by(rows, "day", "person")
    ]  # fmt: skip
    return [page("cursor/daily_usage/page.json", [entry(line) for line in lines])]


def _cursor_spend(rows: Sequence[Used]) -> list[File]:
    """A page a cycle: a cycle begins each day here."""
    files = []
    for row, of_cycle in by(rows, "day"):
        lines = [
            {"email": person.email, "spendCents": float(cents), "includedSpendCents": float(cents / 2)}
            for person, of_person in by(of_cycle, "person")
            for cents in [sum((r.cents for r in of_person), Decimal(0))]
        ]
        around = {"subscriptionCycleStart": row.seconds * 1000, "totalMembers": len(lines)}
        files.append(
            page(f"cursor/spend/{row.date}.json", [entry(line) for line in lines], "teamMemberSpend", **around)
        )
    return files


def _kiro(rows: Sequence[Used]) -> list[File]:
    """A column a model; ten messages of each day are of none."""
    header = ["UserId", "Date", "Client_Type", "Overage_Credits_Used", "Subscription_Tier", "Total_Messages"]
    lines = []
    for row, of_day in by(rows, "day", "person"):
        messages = [summed([r for r in of_day if r.model == n], "output") for n in range(len(MODELS))]
        over = sum((r.dollars for r in of_day), Decimal(0))
        said = (f"d-1.{row.person}", row.date, "KIRO_CLI", over, "PRO", sum(messages) + 10 * len(of_day))
        lines.append((*said, *messages))
    return [csv_file("kiro/us-east-1/report.csv", [*header, *(f"{name}_messages" for name in MODELS)], lines)]


def _q_developer(rows: Sequence[Used]) -> list[File]:
    header = ["UserId", "Date", "Chat_MessagesSent", "Chat_AICodeLines", "Inline_SuggestionsCount"]
    lines = [
        (f"d-1.{row.person}", row.date, summed(of_day, "output"), 900, summed(of_day, "read"))
        for row, of_day in by(rows, "day", "person")
    ]
    return [csv_file("q_developer/report.csv", header, lines)]


# The invoice: dollars of the billing account, in rows that may repeat; a later export replaces the period.

_FOCUS = (
    "BillingAccountId,BillingPeriodStart,ChargePeriodStart,ChargePeriodEnd,ChargeCategory,ChargeClass,BilledCost,"
    "ListCost,ContractedCost,BillingCurrency,ProviderName,ServiceCategory,SkuMeter"
)


def _focus(rows: Sequence[Used]) -> list[File]:
    lines = [
        ("acme", f"2026-{r.month:02}-01 00:00:00", r.time, r.until, "Usage", "NULL", r.dollars / 2, r.dollars, "NULL",
         "USD", "AWS", "AI and Machine Learning", f"USE1-{r.name} tokens")
        for r in rows for _ in range(2)
    ]  # fmt: skip
    return [csv_file("focus/invoice.csv", _FOCUS.split(","), lines, is_bill=True)]


# Metrics of clients: what was added since, or a count that grows.


def _point(row: Used, kind: str, value: int, began: int) -> Json:
    said = {"type": kind, "model": row.name, "user.email": row.email}
    at = {"startTimeUnixNano": f"{began}000000000", "timeUnixNano": f"{row.seconds + 3600}000000000"}
    return {**at, "attributes": attributes(said), "asInt": str(value)}


def _metric(name: str, temporality: int, points: Sequence[Json]) -> Json:
    return metric_batch({name: {"sum": {"dataPoints": list(points), "aggregationTemporality": temporality}}})


_KINDS = {"input": "uncached", "cacheRead": "read", "cacheCreation": "written", "output": "output"}


def _deltas(rows: Sequence[Used]) -> list[File]:
    lines = [
        entry(_metric("claude_code.token.usage", 1, [_point(r, kind, getattr(r, name), r.seconds)]))
        for r in rows
        for kind, name in _KINDS.items()
    ]
    return [File("otel/deltas.jsonl", lines)]


def _counts(rows: Sequence[Used]) -> list[File]:
    """Since one start all the month; what Gemini CLI calls input holds the cache."""
    so_far: Counter[tuple[int, int, str]] = Counter()
    lines = []
    for r in sorted(rows, key=lambda r: r.day):
        for kind, value in (("input", r.uncached + r.read), ("cache", r.read), ("output", r.output)):
            so_far[r.person, r.model, kind] += value
            point = _point(r, kind, so_far[r.person, r.model, kind], 1_769_900_000 + r.month)
            lines.append(entry(_metric("gemini_cli.token.usage", 2, [point])))
    return [File("otel/counts.jsonl", lines)]


def _tokens(r: Used, *, for_an_hour: bool = False, requests: int = 0) -> Said:
    written = (0, r.written) if for_an_hour else (r.written, 0)
    return Said(r.name, None, requests, (r.uncached, r.read, *written, r.output))


def _money(basis: str, dollars: Decimal, model: str | None = None, requests: int = 0) -> Said:
    return Said(model, basis, requests, dollars=dollars)


REPORTS = [
    Report(
        "anthropic", "claude_code", claude_code,
        lambda r: [Said(r.name, "list", 0, (r.uncached, r.read, r.written, 0, r.output), r.dollars)],
    ),
    Report("anthropic", "usage_report", usage_report, lambda r: [_tokens(r, for_an_hour=True)]),
    Report("anthropic", "cost_report", cost_report, lambda r: [_money("billed", r.dollars, r.name)]),
    Report(
        "anthropic", "user_usage_report", user_usage_report, lambda r: [_tokens(r, for_an_hour=True, requests=3)]
    ),
    Report(
        "anthropic", "user_cost_report", user_cost_report,
        lambda r: [_money("contracted", r.dollars, r.name), _money("list", 2 * r.dollars, r.name)],
    ),
    Report(
        "anthropic", "usage_cost_analytics", analytics,
        lambda r: [_tokens(r, for_an_hour=True, requests=2), _money("contracted", r.dollars, r.name)],
    ),
    Report("openai", "completions", completions, lambda r: [_tokens(r, requests=4)]),
    Report("openai", "costs", openai_costs, lambda r: [_money("billed", r.dollars, r.name)]),
    Report(
        "copilot", "billing", _copilot_bill,
        lambda r: [_money("list", r.dollars, r.name), _money("billed", r.dollars / 2, r.name)],
    ),
    Report(
        "copilot", "user_days", _copilot_days,
        lambda r: [Said(requests=5, counters=(r.uncached, 0, 0, 0, r.output))],
    ),
    Report("cursor", "daily_usage", _cursor_days, lambda r: [Said(requests=r.output + r.read)]),
    Report(
        "cursor", "spend", _cursor_spend,
        lambda r: [_money("list", r.dollars), _money("billed", r.dollars / 2)],
    ),
    Report(
        "kiro", "user_report", _kiro,
        lambda r: [Said(r.name, requests=r.output), _money("billed", r.dollars * Decimal("0.04"), requests=10)],
    ),
    Report("q_developer", "by_user_analytic", _q_developer, lambda r: [Said(requests=r.output + r.read)]),
    Report(
        "focus", "invoice", _focus,
        lambda r: [_money("billed", r.dollars, r.name), _money("list", 2 * r.dollars, r.name)],
    ),
    Report("otel", "claude_code.usage", _deltas, lambda r: [_tokens(r)]),
    Report(
        "otel", "gemini_cli.token.usage", _counts,
        lambda r: [Said(r.name, counters=(r.uncached, r.read, 0, 0, r.output))],
    ),
]  # fmt: skip
