"""Models of the staged organisation and their list prices, which change once while time goes on."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from tokenworth.simulate.staged.people import Floats, Ints


@dataclass(frozen=True)
class Listed:
    """Dollars a million tokens."""

    name: str
    provider: str
    input_usd: float
    output_usd: float
    cache_read_usd: float
    cache_write_usd: float


MODELS = (
    Listed("claude-haiku-4-5-20251001", "anthropic", 1.0, 5.0, 0.1, 1.25),
    Listed("claude-sonnet-4-5-20250929", "anthropic", 3.0, 15.0, 0.3, 3.75),
    Listed("claude-opus-4-5-20251101", "anthropic", 5.0, 25.0, 0.5, 6.25),
    Listed("claude-opus-4-6", "anthropic", 5.0, 25.0, 0.5, 6.25),
    Listed("claude-opus-4-1-20250805", "anthropic", 15.0, 75.0, 1.5, 18.75),
    Listed("gpt-4.1-2025-04-14", "openai", 2.0, 8.0, 0.5, 2.0),
    Listed("gpt-5-2025-08-07", "openai", 1.25, 10.0, 0.125, 1.25),
)
SMALL, MIDDLE, BIG, NEWEST, DEAREST, _GPT_41, _GPT_5 = range(len(MODELS))
OTHERS = [_GPT_41, _GPT_5]
_CHANGED, _FACTOR, _AT = MIDDLE, 0.8, 0.3  # from that part of the days on, that model costs so much less


def change_day(days: int) -> int:
    return round(days * _AT)


def cost_usd(model: Ints, day: Ints, days: int, counters: dict[str, Ints]) -> Floats:
    """List price of each request's own day."""
    table = np.array([[m.input_usd, m.cache_read_usd, m.cache_write_usd, m.output_usd] for m in MODELS])[model]
    amounts = np.column_stack([counters[name] for name in ("input_uncached", "cache_read", "cache_write", "output")])
    found: Floats = (table * amounts).sum(axis=1) / 1e6
    return np.where((model == _CHANGED) & (day >= change_day(days)), found * _FACTOR, found)


def price_table(first_day: pd.Timestamp, days: int) -> pd.DataFrame:
    """The price book's rows: one a model and span of days."""
    rows = []
    change = first_day + pd.Timedelta(days=change_day(days))
    for i, model in enumerate(MODELS):
        factors = [(1.0, "1970-01-01", change), (_FACTOR, change, "9999-12-31")]
        for factor, begins, ends in factors if i == _CHANGED else [(1.0, "1970-01-01", "9999-12-31")]:
            rows.append(
                {
                    "provider": model.provider,
                    "price_model": model.name,
                    "terms": "standard",
                    "valid_from": str(begins)[:10],
                    "valid_to": str(ends)[:10],
                    "input_above": -1,
                    "input_usd_per_mtok": model.input_usd * factor,
                    "cache_read_usd_per_mtok": model.cache_read_usd * factor,
                    "cache_write_5m_usd_per_mtok": model.cache_write_usd * factor,
                    "cache_write_1h_usd_per_mtok": model.cache_write_usd * factor,
                    "output_usd_per_mtok": model.output_usd * factor,
                    "web_search_usd_per_k": 0.0,
                }
            )
    return pd.DataFrame(rows)
