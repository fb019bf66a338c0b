"""The price book says what the catalogue says, on every day and for every length of input."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Any

import pytest
from genai_prices import Usage, calc_price

from tokenworth.prices import TERMS, price_rows, recognise

MODELS = [
    "claude-opus-4-5-20251101",
    "claude-opus-4-6",  # its long-context surcharge ended on 2026-03-13
    "claude-sonnet-4-5-20250929",  # a tier above 200,000 tokens
    "claude-haiku-4-5-20251001",
    "gpt-4o",  # no price of its own for cache writes
    "gemini-2.5-pro",
    "gpt-5.5",  # a tier above 272,000 tokens
]
DAYS = [date(2026, 1, 20), date(2026, 3, 12), date(2026, 3, 13), date(2026, 6, 1), date(2026, 11, 1)]
LENGTHS = [(1_000, 90_000), (1_000, 199_000), (1_001, 199_000), (50_000, 250_000)]  # uncached, read from the cache


def ours(model: str, day: date, tokens: dict[str, int], terms: str = "standard") -> Decimal | None:
    """Dollars of a request by our rows: the row of the day and of the highest tier that its input exceeds."""
    info = recognise("", model).info
    assert info is not None
    length = tokens["input"] + tokens["cache_read"] + tokens["cache_write_5m"] + tokens["cache_write_1h"]
    rows = [
        row
        for row in price_rows(info, terms)
        if _day(row["valid_from"]) <= day < _day(row["valid_to"]) and length > int(str(row["input_above"]))
    ]
    if not rows:
        return None
    row = max(rows, key=lambda r: int(str(r["input_above"])))
    return (
        sum((Decimal(count) * Decimal(str(row[f"{kind}_usd_per_mtok"])) for kind, count in tokens.items()), Decimal(0))
        / 10**6
    )


def _day(value: object) -> date:
    assert isinstance(value, date)
    return value


def theirs(model: str, day: date, tokens: dict[str, int], **context: Any) -> Decimal:
    usage = Usage(
        input_tokens=tokens["input"] + tokens["cache_read"] + tokens["cache_write_5m"] + tokens["cache_write_1h"],
        cache_read_tokens=tokens["cache_read"],
        cache_write_tokens=tokens["cache_write_5m"] + tokens["cache_write_1h"],
        cache_write_1h_tokens=tokens["cache_write_1h"],
        output_tokens=tokens["output"],
    )
    at = datetime.combine(day, time(12), UTC)
    return calc_price(usage, model, genai_request_timestamp=at, price_context=context or None).total_price


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("day", DAYS)
def test_a_request_costs_what_the_catalogue_says(model: str, day: date) -> None:
    writes = (400, 300) if model.startswith("claude") else (0, 0)
    for uncached, read in LENGTHS:
        tokens = {
            "input": uncached,
            "cache_read": read,
            "cache_write_5m": writes[0],
            "cache_write_1h": writes[1],
            "output": 700,
        }
        assert ours(model, day, tokens) == theirs(model, day, tokens), (model, day, uncached, read)


def test_every_day_has_exactly_one_price_per_tier() -> None:
    info = recognise("", "claude-opus-4-6").info
    assert info is not None
    spans = sorted({(_day(r["valid_from"]), _day(r["valid_to"])) for r in price_rows(info, "standard")})
    assert spans[0][0] == date(1970, 1, 1)
    assert spans[-1][1] == date(9999, 12, 31)
    for (_, ended), (began, _) in pairwise(spans):
        assert ended == began


def test_a_batch_costs_half() -> None:
    tokens = {"input": 10_000, "cache_read": 0, "cache_write_5m": 0, "cache_write_1h": 0, "output": 1_000}
    day = date(2026, 11, 1)
    batch, standard = ours("claude-opus-5-5", day, tokens, "batch"), ours("claude-opus-5-5", day, tokens)
    assert batch is not None
    assert standard is not None
    assert batch == standard / 2 == theirs("claude-opus-5-5", day, tokens, processing="batch")


def test_fast_mode_has_no_price_where_the_catalogue_knows_none() -> None:
    tokens = {"input": 10, "cache_read": 0, "cache_write_5m": 0, "cache_write_1h": 0, "output": 1}
    assert ours("claude-sonnet-4-5-20250929", date(2026, 2, 1), tokens, "fast") is None
    assert ours("claude-opus-5-5", date(2026, 11, 1), tokens, "fast") is not None


@pytest.mark.parametrize(
    ("provider", "model", "meant", "name"),
    [
        ("", "claude-opus-4-5-20251101", "anthropic", "claude-opus-4-5-20251101"),
        ("openai", "anthropic/claude-opus-5", "anthropic", "claude-opus-5"),
        (
            "bedrock",
            "us.anthropic.claude-sonnet-4-5-20250929-v1:0",
            "aws",
            "us.anthropic.claude-sonnet-4-5-20250929-v1:0",
        ),
        (
            "",
            "bedrock/us.anthropic.claude-sonnet-4-5-20250929-v1:0",
            "aws",
            "us.anthropic.claude-sonnet-4-5-20250929-v1:0",
        ),
        ("vertex_ai", "claude-sonnet-4-5@20250929", "google", "claude-sonnet-4-5@20250929"),
        ("github", "gpt-4o", "openai", "gpt-4o"),
        ("azure", "gpt-4o", "azure", "gpt-4o"),
    ],
)
def test_models_are_recognised_as_exports_spell_them(provider: str, model: str, meant: str, name: str) -> None:
    found = recognise(provider, model)
    assert (found.provider, found.model) == (meant, name)
    assert found.info is not None


def test_an_unknown_model_is_named_and_not_priced() -> None:
    found = recognise("", "in-house-7b")
    assert (found.provider, found.model, found.info) == ("unknown", "in-house-7b", None)
    assert recognise("acme", "acme-large").provider == "acme"


def test_all_terms_can_be_asked_for_any_model() -> None:
    for model in MODELS:
        info = recognise("", model).info
        assert info is not None
        for terms in TERMS:
            for row in price_rows(info, terms):
                assert _day(row["valid_to"]) - _day(row["valid_from"]) > timedelta(0)


@pytest.mark.parametrize(
    ("provider", "said", "price_model"),
    [
        ("", "gpt-5.3-codex", "gpt-5.3-codex"),
        ("", "openai/gpt-5.5", "gpt-5.5"),
        ("", "gemini-2.5-flash", "gemini-2.5-flash"),
        ("github", "gpt-4.1-2025-04-14", "gpt-4.1"),
        ("github", "claude-sonnet-4.5", "claude-sonnet-4-5"),
        ("bedrock", "amazon.nova-lite-v1:0", "amazon.nova-lite-v1:0"),
        ("", "claude-4.5-sonnet", "claude-sonnet-4-5"),
        ("", "claude-4.5-sonnet-thinking", "claude-sonnet-4-5"),
    ],
)
def test_models_are_recognised_as_codex_copilot_bedrock_and_cursor_spell_them(
    provider: str, said: str, price_model: str
) -> None:
    found = recognise(provider, said)
    assert found.info is not None
    assert (found.info.id, found.model) == (price_model, said.rpartition("/")[2])


@pytest.mark.parametrize("said", ["codex-auto-review", "default", "cursor-small", "claude-9.9-sonnet"])
def test_what_is_no_model_of_the_catalogue_has_no_price(said: str) -> None:
    assert recognise("", said).info is None
