"""Anthropic's own report of Claude Code: a page a day, a row a person, with the tokens of each model."""

from __future__ import annotations

from datetime import date, timedelta

import pandas as pd

from tokenworth.simulate.organisation import Person
from tokenworth.simulate.zone import Zone

KIND = "anthropic_claude_code"
_NOTHING = {"accepted": 0, "rejected": 0}
_TOOLS = ("edit_tool", "multi_edit_tool", "write_tool", "notebook_edit_tool")


def write(zone: Zone, employees: list[Person], reported: pd.DataFrame, first_day: date) -> None:
    """`reported`: a row a person, day and model; person and day by their positions, the cost in dollars."""
    for day, rows in reported.groupby("day"):
        at = first_day + timedelta(days=int(day))
        data = [_row(employees[int(person)], at, models) for person, models in rows.groupby("person")]
        zone.document(
            KIND, f"anthropic/claude_code/{at}.json", {"data": data, "has_more": False, "next_page": None}, len(data)
        )


def _row(person: Person, day: date, models: pd.DataFrame) -> dict[str, object]:
    return {
        "date": f"{day}T00:00:00Z",
        "actor": {"type": "user_actor", "email_address": person.email},
        "organization_id": "3f1c8d52-6a7b-4f0e-9b1d-2a90c1f7e5d4",
        "customer_type": "api",
        "subscription_type": None,
        "terminal_type": "vscode",
        "is_remote": False,
        "core_metrics": {
            "num_sessions": int(models["sessions"].max()),
            "lines_of_code": {"added": 0, "removed": 0},
            "commits_by_claude_code": 0,
            "pull_requests_by_claude_code": 0,
        },
        "tool_actions": dict.fromkeys(_TOOLS, _NOTHING),
        "model_breakdown": [
            {
                "model": row.model_name,
                "tokens": {
                    "input": row.input_uncached,
                    "output": row.output,
                    "cache_read": row.cache_read,
                    "cache_creation": row.cache_write,
                },
                "estimated_cost": {"currency": "USD", "amount": round(row.cost_usd * 100, 6)},
            }
            for row in models.itertuples()
        ],
    }
