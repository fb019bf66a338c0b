"""The models that people use, since when, and what they cost on their vendors' lists."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time

import numpy as np
from numpy.typing import NDArray

LONG_CONTEXT_ABOVE = 200_000  # input tokens of a request, of all kinds together


@dataclass(frozen=True)
class Model:
    """A model; prices in dollars a million tokens, None where nobody publishes any."""

    name: str
    provider: str
    input_usd: float | None
    output_usd: float | None
    cache_read_usd: float | None
    # Above the threshold the whole request costs so many times more: input of all kinds, output.
    long_context: tuple[float, float] = (1.0, 1.0)


OPUS_45 = Model("claude-opus-4-5-20251101", "anthropic", 5.0, 25.0, 0.5)
OPUS_46 = Model("claude-opus-4-6", "anthropic", 5.0, 25.0, 0.5, (2.0, 1.5))
SONNET = Model("claude-sonnet-4-5-20250929", "anthropic", 3.0, 15.0, 0.3, (2.0, 1.5))
HAIKU = Model("claude-haiku-4-5-20251001", "anthropic", 1.0, 5.0, 0.1)
OPUS_41 = Model("claude-opus-4-1-20250805", "anthropic", 15.0, 75.0, 1.5)
GPT_4O = Model("gpt-4o", "openai", 2.5, 10.0, 1.25)
GPT_41 = Model("gpt-4.1-2025-04-14", "openai", 2.0, 8.0, 0.5)
GPT_5 = Model("gpt-5-2025-08-07", "openai", 1.25, 10.0, 0.125)
GEMINI_PRO = Model("gemini-2.5-pro", "google", 1.25, 10.0, 0.31)
GEMINI_FLASH = Model("gemini-2.5-flash", "google", 0.3, 2.5, 0.075)
# Run by the company itself: no catalogue knows it, and its tokens stay unpriced.
OWN_MODEL = Model("hosted_vllm/acme-coder-13b", "hosted_vllm", None, None, None)

MODELS = (OPUS_45, OPUS_46, SONNET, HAIKU, GPT_4O, GPT_41, GPT_5, GEMINI_PRO, GEMINI_FLASH, OWN_MODEL, OPUS_41)
OPUS_46_SINCE = datetime.combine(date(2026, 2, 5), time())  # UTC without zone, as everywhere here


def index_of(model: Model) -> int:
    return MODELS.index(model)


def list_cost_usd(
    model: NDArray[np.int64],
    input_uncached: NDArray[np.int64],
    cache_read: NDArray[np.int64],
    cache_write_5m: NDArray[np.int64],
    cache_write_1h: NDArray[np.int64],
    output: NDArray[np.int64],
) -> NDArray[np.float64]:
    """Dollars by the list for requests of `model` (positions in MODELS); 0 where there is no price."""
    prices = np.array([[m.input_usd or 0, m.output_usd or 0, m.cache_read_usd or 0] for m in MODELS])[model]
    tiers = np.array([m.long_context for m in MODELS])[model]
    long = input_uncached + cache_read + cache_write_5m + cache_write_1h > LONG_CONTEXT_ABOVE
    dear = np.where(long[:, None], tiers, 1.0)
    inputs = (
        input_uncached * prices[:, 0]
        + cache_read * prices[:, 2]
        + cache_write_5m * prices[:, 0] * 1.25
        + cache_write_1h * prices[:, 0] * 2.0
    )
    cost: NDArray[np.float64] = (inputs * dear[:, 0] + output * prices[:, 1] * dear[:, 1]) / 1e6
    return cost
