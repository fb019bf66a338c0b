"""OpenAI's organisation reports: pages of buckets of every kind, and costs in dollars."""

from __future__ import annotations

import json
from datetime import datetime
from decimal import Decimal

from tests.exports import Json
from tests.zone import Zone


def _page(*results: Json, start: object = 1730419200) -> str:
    bucket = {"object": "bucket", "start_time": start, "end_time": 1730505600, "results": list(results)}
    return json.dumps({"object": "page", "data": [bucket], "has_more": False, "next_page": None})


def test_every_counter_of_completions_is_read_as_it_stands(zone: Zone) -> None:
    row = {
        "input_tokens": 1000, "input_cached_tokens": 400, "input_cache_write_tokens": 100, "output_tokens": 500,
        "num_model_requests": 5, "project_id": "proj", "user_id": "User-1", "api_key_id": "key_1", "model": "gpt-5",
        "batch": True, "service_tier": "flex",
    }  # fmt: skip
    zone.put("openai/completions/a.json", _page(row))

    zone.load()

    columns = (
        "kind", "began_at", "plain(user_key)", "plain(api_key_key)", "model", "is_batch", "service_tier",
        "input_tokens", "cached_tokens", "cache_write_tokens", "output_tokens", "requests",
    )  # fmt: skip
    assert zone.rows("openai_usage", *columns) == [
        ("completions", datetime(2024, 11, 1), "user-1", "key_1", "gpt-5", True, "flex", 1000, 400, 100, 500, 5)
    ]


def test_each_kind_is_counted_in_what_it_is_made_of(zone: Zone) -> None:
    kinds: dict[str, tuple[Json, object, object]] = {
        "embeddings": ({"input_tokens": 16, "num_model_requests": 2}, 2, None),
        "images": ({"images": 3, "num_model_requests": 2, "size": "1024"}, 2, Decimal(3)),
        "audio_speeches": ({"characters": 45, "num_model_requests": 1}, 1, Decimal(45)),
        "audio_transcriptions": ({"seconds": 20, "num_model_requests": 1}, 1, Decimal(20)),
        "vector_stores": ({"usage_bytes": 1024}, None, Decimal(1024)),
        "code_interpreter_sessions": ({"num_sessions": 1}, None, Decimal(1)),
        "file_search_calls": ({"num_requests": 4}, 4, Decimal(4)),
        "web_search_calls": ({"num_requests": 5, "num_model_requests": 2}, 2, Decimal(5)),
    }
    for kind, (row, _, _) in kinds.items():
        zone.put(f"openai/{kind}/a.json", _page(row))

    zone.load()

    assert zone.rows("openai_usage", "kind", "requests", "quantity") == sorted(
        (kind, requests, quantity) for kind, (_, requests, quantity) in kinds.items()
    )


def test_costs_are_dollars_as_numbers_or_texts_or_nothing(zone: Zone) -> None:
    said: list[object] = [
        {"value": 0.06, "currency": "usd"},
        {"value": "0.060000000000000001", "currency": "usd"},
        None,
    ]
    zone.put("openai/costs/a.json", _page(*({"amount": a, "line_item": f"gpt-5, {n}"} for n, a in enumerate(said))))

    zone.load()

    assert zone.rows("openai_costs", "line_item", "model", "cost_usd") == [
        ("gpt-5, 0", "gpt-5", Decimal("0.06")),
        ("gpt-5, 1", "gpt-5", Decimal("0.06")),
        ("gpt-5, 2", "gpt-5", None),
    ]


def test_a_wrong_row_costs_that_row_only(zone: Zone) -> None:
    good = {"input_tokens": 1, "output_tokens": 1}
    zone.put("openai/completions/a.json", _page({"input_tokens": 1}, {**good, "output_tokens": "many"}, good))
    zone.put("openai/completions/b.json", _page(good, start="yesterday"))
    zone.put("openai/completions/c.json", json.dumps({"error": {"message": "no key"}}))

    zone.load()

    assert zone.rows("openai_usage", "input_tokens", "output_tokens") == [(1, 1)]
    assert sorted(reason for _, reason in zone.reasons()) == [
        "began_at is not a time in seconds between the years 2000 and 2099",
        "it is no bucket of OpenAI's completions",
        "output_tokens is missing",
        "output_tokens is not a number of things from 0 to 1,000,000,000,000",
    ]
    zone.assert_balanced()
