"""Cursor's reports: requests by day, spend in cents, members, and commits without their messages."""

from __future__ import annotations

import json
from datetime import date, datetime
from decimal import Decimal

from tests.zone import Zone


def test_a_day_is_known_by_its_name_or_its_milliseconds(zone: Zone) -> None:
    row = {"email": " Ada@acme.example ", "subscriptionIncludedReqs": 180, "apiKeyReqs": 0, "usageBasedReqs": 5}
    rows = [{**row, "day": "2026-10-08", "date": 1}, {**row, "date": 1791417600000}, {**row, "date": "soon"}]
    zone.put("cursor/daily_usage/a.json", json.dumps({"period": {}, "data": rows, "pagination": {}}))

    zone.load()

    columns = ("used_on", "plain(account_key)", "included_requests", "usage_based_requests")
    assert zone.rows("cursor_days", *columns) == [(date(2026, 10, 8), "ada@acme.example", 180, 5)]
    assert zone.ledger() == [(3, 1, 1, 0, 1)]  # the same day in two spellings is one
    assert zone.reasons() == [(3, "used_on is not a day written YYYY-MM-DD")]


def test_spend_is_cents_and_holds_what_the_plan_covers(zone: Zone) -> None:
    spend = [{"email": "ada@acme.example", "spendCents": 2450.5, "includedSpendCents": 2000}]
    page = {"teamMemberSpend": spend, "subscriptionCycleStart": 1790812800000, "totalMembers": 1}
    zone.put("cursor/spend/a.json", json.dumps(page))

    zone.load()

    assert zone.rows("cursor_spend", "cycle_began_at", "spend_usd", "included_usd") == [
        (datetime(2026, 10, 1), Decimal("24.505"), Decimal(20))
    ]


def test_members_and_commits_are_keys(zone: Zone) -> None:
    zone.put(
        "cursor/members/a.json", json.dumps({"teamMembers": [{"id": 1, "email": "Ada@acme.example", "name": "Ada"}]})
    )
    commit = {"commitHash": "a1b2c3d4e5f60718", "userEmail": "ada@acme.example", "repoName": "acme/shop",
              "branchName": "main", "totalLinesAdded": 9, "message": "the secret launch",
              "commitTs": "2026-10-07T14:12:03.000Z"}  # fmt: skip
    zone.put("cursor/commits/a.json", json.dumps({"items": [commit], "totalCount": 1, "page": 1, "pageSize": 100}))

    zone.load()

    assert zone.row("cursor_members", "plain(account_key)") == "ada@acme.example"
    assert zone.row("cursor_commits", "plain(repository_key)", "lines_added") == ("acme/shop", 9)
    for words in ("acme.example", "secret launch"):
        assert words not in str(zone.everything())
