"""Reports of those who sell models, Anthropic and OpenAI: one writer a report."""

from __future__ import annotations

from collections.abc import Sequence

from tests.exports import Json
from tests.usage.reported import Used, buckets, by, entry, page, summed
from tests.usage.roads import File

# Anthropic: amounts are cents.


def _anthropic_counters(*rows: Used) -> Json:
    return {
        "uncached_input_tokens": summed(rows, "uncached"),
        "cache_creation": {"ephemeral_1h_input_tokens": summed(rows, "written"), "ephemeral_5m_input_tokens": 0},
        "cache_read_input_tokens": summed(rows, "read"),
        "output_tokens": summed(rows, "output"),
    }


def _actor(row: Used) -> Json:
    return {"type": "user_actor", "user_id": f"user_{row.person}", "email_address": row.email, "name": "Somebody"}


def _span(row: Used) -> Json:
    return {"starting_at": row.time, "ending_at": row.until}


def claude_code(rows: Sequence[Used]) -> list[File]:
    """A row a person, with all models in it."""
    lines = [
        {
            "date": row.time, "actor": _actor(row), "organization_id": "o-1", "customer_type": "api",
            "terminal_type": "vscode", "is_remote": False,
            "model_breakdown": [
                {"model": r.name,
                 "tokens": {"input": r.uncached, "output": r.output, "cache_read": r.read,
                            "cache_creation": r.written},
                 "estimated_cost": {"amount": float(r.cents), "currency": "USD"}}
                for r in of_person
            ],
        }
        for row, of_person in by(rows, "day", "person")
    ]  # fmt: skip
    return [page("anthropic/claude_code/page.json", [entry(line) for line in lines])]


def usage_report(rows: Sequence[Used]) -> list[File]:
    """By account and model, and again without any grouping, as somebody asked for the sum."""
    grouped = [
        (_span(r), {**_anthropic_counters(r), "model": r.name, "account_id": f"user_{r.person}", "api_key_id": None})
        for r in rows
    ]
    whole = [(_span(row), {**_anthropic_counters(*of_day), "model": None}) for row, of_day in by(rows, "day")]
    return [
        buckets("anthropic/usage_report/page.json", grouped),
        buckets("anthropic/usage_report/ungrouped.json", whole, spare=True),
    ]


def cost_report(rows: Sequence[Used]) -> list[File]:
    lines = [
        (_span(row), {"amount": str(sum(r.cents for r in of_model)), "currency": "USD", "model": row.name,
                      "cost_type": "tokens", "token_type": "output_tokens", "description": f"{row.name} output"})
        for row, of_model in by(rows, "day", "model")
    ]  # fmt: skip
    return [buckets("anthropic/cost_report/page.json", lines)]


def user_usage_report(rows: Sequence[Used]) -> list[File]:
    """A file a day, whose name says which; and again by groups of roles, in which people are twice."""

    def line(r: Used) -> Json:
        return {"actor": _actor(r), **_anthropic_counters(r), "requests": 3, "product": "chat", "model": r.name}

    files = [
        page(f"anthropic/user_usage_report/{row.date}.json", [entry(line(r)) for r in of_day])
        for row, of_day in by(rows, "day")
    ]
    groups = [
        page(
            f"anthropic/user_usage_report/{row.date}-groups.json",
            [entry({**line(r), "rbac_group_id": g}, spare=True) for r in of_day for g in ("g1", "g2")],
        )
        for row, of_day in by(rows, "day")
    ]
    return files + groups


def user_cost_report(rows: Sequence[Used]) -> list[File]:
    lines = [
        {"actor": _actor(r), **_span(r), "model": r.name, "product": "chat", "token_type": "output_tokens",
         "amount": str(r.cents), "list_amount": str(2 * r.cents), "currency": "USD"}
        for r in rows
    ]  # fmt: skip
    return [page("anthropic/user_cost_report/page.json", [entry(line) for line in lines])]


def analytics(rows: Sequence[Used]) -> list[File]:
    def group(r: Used) -> Json:
        return {**_span(r), "group": {"actor": _actor(r), "model": r.name, "product": "claude_code"}}

    used = [{**group(r), "usage": {**_anthropic_counters(r), "requests": 2}} for r in rows]
    costs = [{**group(r), "cost": {"amount": str(r.cents), "list_amount": None, "currency": "USD"}} for r in rows]
    return [
        page("anthropic/usage_cost_analytics/usage.json", [entry(line) for line in used]),
        page("anthropic/usage_cost_analytics/cost.json", [entry(line) for line in costs]),
    ]


# OpenAI: input holds what was cached and written; costs are dollars, whose model stands in the text of the line.


def _openai_bucket(row: Used) -> Json:
    return {"object": "bucket", "start_time": row.seconds, "end_time": row.seconds + 86400}


def _openai_counters(*rows: Used) -> Json:
    return {
        "input_tokens": sum(r.uncached + r.read + r.written for r in rows),
        "input_cached_tokens": summed(rows, "read"),
        "input_cache_write_tokens": summed(rows, "written"),
        "output_tokens": summed(rows, "output"),
        "num_model_requests": 4 * len(rows),
    }


def completions(rows: Sequence[Used]) -> list[File]:
    grouped = [
        (_openai_bucket(r), {**_openai_counters(r), "model": r.name, "user_id": f"user-{r.person}", "batch": False})
        for r in rows
    ]
    by_model = [
        (_openai_bucket(row), {**_openai_counters(*of_model), "model": row.name})
        for row, of_model in by(rows, "day", "model")
    ]
    return [
        buckets("openai/completions/page.json", grouped),
        buckets("openai/completions/by-model.json", by_model, spare=True),
    ]


def openai_costs(rows: Sequence[Used]) -> list[File]:
    """A number on even days, a text on others."""
    lines = []
    for row, of_model in by(rows, "day", "model"):
        dollars = sum(r.dollars for r in of_model)
        amount = {"value": float(dollars) if row.day % 2 == 0 else str(dollars), "currency": "usd"}
        lines.append((_openai_bucket(row), {"amount": amount, "line_item": f"{row.name}, output", "project_id": "p"}))
    return [buckets("openai/costs/page.json", lines)]
