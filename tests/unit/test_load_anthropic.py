"""Anthropic's daily report of Claude Code: pages of rows, each with a few models."""

from __future__ import annotations

import json
from datetime import datetime
from decimal import Decimal

from tests.exports import Json
from tests.zone import Zone

_TABLE = "anthropic_claude_code_days"


def _model(model: str = "claude-opus-5", cents: object = 1025, **tokens: object) -> Json:
    counters = {"input": 100, "output": 35, "cache_read": 5_000_000_000, "cache_creation": 7, **tokens}
    return {"model": model, "tokens": counters, "estimated_cost": {"currency": "USD", "amount": cents}}


def _row(*models: Json, day: str = "2026-02-01", **actor: str) -> Json:
    return {
        "date": f"{day}T00:00:00Z",
        "actor": actor or {"type": "user_actor", "email_address": "Ada@acme.example"},
        "organization_id": "o-1",
        "customer_type": "api",
        "subscription_type": None,
        "terminal_type": "vscode",
        "is_remote": False,
        "core_metrics": {"num_sessions": 5},
        "model_breakdown": list(models),
    }


def _page(*rows: Json) -> str:
    return json.dumps({"data": rows, "has_more": False, "next_page": None})


def test_every_model_of_a_day_is_a_row_and_cents_become_dollars(zone: Zone) -> None:
    zone.put("anthropic/claude_code/2026-02-01.json", _page(_row(_model(), _model("claude-haiku-5-5", cents=0.25))))

    zone.load()

    columns = ("model", "began_at", "plain(account_key)", "input_tokens", "cache_read_tokens", "cost_usd", "is_remote")
    assert zone.rows(_TABLE, *columns) == [
        ("claude-haiku-5-5", datetime(2026, 2, 1), "ada@acme.example", 100, 5_000_000_000, Decimal("0.0025"), False),
        ("claude-opus-5", datetime(2026, 2, 1), "ada@acme.example", 100, 5_000_000_000, Decimal("10.25"), False),
    ]
    assert "acme.example" not in str(zone.everything())


def test_a_key_without_a_person_is_an_account(zone: Zone) -> None:
    row = _row(_model(), type="api_actor", api_key_name="ci-key")
    zone.put("anthropic/claude_code/2026-02-01.json", _page(row, _row()))

    zone.load()

    assert zone.row(_TABLE, "plain(account_key)") == "ci-key"


def test_a_wrong_row_costs_that_row_only(zone: Zone) -> None:
    nobody = _row(_model(), type="user_actor")
    zone.put("anthropic/claude_code/2026-02-01.json", _page(nobody, _row(_model(output=-1)), _row(_model())))

    zone.load()

    assert zone.row(_TABLE, "output_tokens") == 35
    assert len(zone.reasons()) == 2
