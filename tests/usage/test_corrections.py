"""What a vendor says of a request is corrected later, also downwards: the latest extraction is right."""

from __future__ import annotations

import json
from decimal import Decimal

import pytest

from tests.exports import cursor_event, cursor_page
from tests.usage.models import Models
from tests.zone import Zone

_OLD, _NEW = 1_770_000_000, 1_770_100_000


@pytest.mark.parametrize("first", ["old", "new"])
def test_the_latest_extraction_holds_whichever_was_loaded_first(zone: Zone, models: Models, first: str) -> None:
    pages = [
        ("old", _OLD, cursor_page(cursor_event(chargedCents=21.5))),
        ("new", _NEW, cursor_page(cursor_event(chargedCents=15))),
    ]
    for name, at, page in sorted(pages, key=lambda each: each[0] != first):
        zone.put(f"cursor/usage_events/{name}.json", json.dumps(page), at=at)
        zone.load()
    found = models.ask(
        zone,
        "select statements, vendor_cost_usd, vendor_cost_basis"
        " from int_usage_requests natural join int_usage_circumstances",
    )
    assert found == [(2, Decimal("0.15"), "contracted")]
