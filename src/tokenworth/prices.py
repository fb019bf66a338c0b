"""The price book: list prices, with the days on which they held, of every model that was used.

`genai-prices` carries the catalogue and brings it along; nothing is fetched. It is asked once per
model as exports spell it, and its answers become rows that SQL can join: one per model, terms,
span of days, and tier of input length. A model it does not know has no row, and so no cost.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from decimal import Decimal
from itertools import pairwise

import duckdb
from genai_prices.data_snapshot import get_snapshot
from genai_prices.types import ModelInfo, ModelPrice, Provider, StartDateConstraint, TieredPrices

from tokenworth.sources import all_sources
from tokenworth.warehouse import given

# The terms under which a request can be bought, as the catalogue words them.
TERMS = {
    "standard": {},
    "batch": {"processing": "batch"},
    "fast": {"speed": "fast"},
    "flex": {"service_tier": "flex"},
    "priority": {"service_tier": "priority"},
}

# Where gateways and clouds word a provider otherwise than the catalogue does.
_PROVIDERS = {
    "anthropic": "anthropic", "bedrock": "aws", "aws.bedrock": "aws", "bedrock_converse": "aws",
    "vertex_ai": "google", "gemini": "google", "gcp.vertex_ai": "google", "gcp.gemini": "google",
    "azure_ai": "azure", "az.ai.openai": "azure", "xai": "x-ai", "mistral_ai": "mistral",
}  # fmt: skip

_COUNTERS = {
    "input_usd_per_mtok": "input_mtok",
    "cache_read_usd_per_mtok": "cache_read_mtok",
    "cache_write_5m_usd_per_mtok": "cache_write_mtok",
    "cache_write_1h_usd_per_mtok": "cache_write_1h_mtok",
    "output_usd_per_mtok": "output_mtok",
    "web_search_usd_per_k": "web_searches_kcount",
}
_KINDS = (
    ("cache_read_usd_per_mtok", "input_usd_per_mtok"),
    ("cache_write_5m_usd_per_mtok", "input_usd_per_mtok"),
    ("cache_write_1h_usd_per_mtok", "cache_write_5m_usd_per_mtok"),
)
# What the two tables hold, and as what.
_MODEL = dict.fromkeys(("said_provider", "said_model", "provider", "model", "price_model"), "VARCHAR")
_PRICE = {
    **dict.fromkeys(("provider", "price_model", "terms"), "VARCHAR"),
    "valid_from": "DATE",
    "valid_to": "DATE",
    "input_above": "BIGINT",
    **dict.fromkeys(_COUNTERS, "DECIMAL(20,10)"),
}
_BEGINNING, _END = date(1970, 1, 1), date(9999, 12, 31)


@dataclass(frozen=True)
class Named:
    """A model as an export names it, and as the catalogue does; `info` is None where it does not."""

    provider: str
    model: str
    catalogue: Provider | None = None
    info: ModelInfo | None = None


def recognise(said_provider: str, said_model: str) -> Named:
    """Which model is meant by what an export says, such as `bedrock/us.anthropic.claude-…-v1:0`."""
    snapshot = get_snapshot()
    provider, model = said_provider.lower(), said_model
    prefix, slash, rest = said_model.partition("/")
    known = {p.id for p in snapshot.providers}
    if slash and _PROVIDERS.get(prefix.lower(), prefix.lower()) in known:
        # LiteLLM's own column names the protocol that was spoken; the prefix, who served it.
        provider, model = prefix.lower(), rest
    provider = _PROVIDERS.get(provider, provider)
    for hint in [provider, None] if provider in known else [None]:
        try:
            catalogue, info = snapshot.find_provider_model(model, None, hint, None)
        except LookupError:
            continue
        return Named(provider if provider in known else catalogue.id, model, catalogue, info)
    return Named(provider or "unknown", model)


def price_rows(info: ModelInfo, terms: str) -> Iterator[dict[str, object]]:
    """Rows of the price book for one model under `terms`: dollars per million tokens.

    Nothing where the model is not sold under these terms. A tier applies to a whole request
    whose input, cached tokens and cache writes included, exceeds `input_above`.
    """
    context = TERMS[terms]
    variants = info.price_variants or []
    if terms == "fast" and not any(variant.when == context for variant in variants):
        return  # sold at several times the price, which the catalogue does not know
    dated = [] if isinstance(info.prices, ModelPrice) else [price.constraint for price in info.prices]
    dated += [variant.constraint for variant in variants]
    starts = {constraint.start_date for constraint in dated if isinstance(constraint, StartDateConstraint)}
    days = [_BEGINNING, *sorted(starts), _END]
    for first, after in pairwise(days):
        price = info.get_prices(datetime.combine(first, time(12), UTC), context or None)
        prices = {column: getattr(price, key) for column, key in _COUNTERS.items()}
        tiers = {t.start for p in prices.values() if isinstance(p, TieredPrices) for t in p.tiers}
        for above in [-1, *sorted(tiers)]:
            reached = {column: _at(p, above) for column, p in prices.items()}
            # What has no price of its own is sold as what it is a kind of.
            for kind, of in _KINDS:
                reached[kind] = reached[of] if reached[kind] is None else reached[kind]
            yield {"valid_from": first, "valid_to": after, "input_above": above, **reached}


def _at(price: Decimal | TieredPrices | None, above: int) -> Decimal | None:
    if not isinstance(price, TieredPrices):
        return price
    reached = [t.price for t in price.tiers if t.start <= above]
    return reached[-1] if reached else price.base


def refresh_prices(connection: duckdb.DuckDBPyConnection) -> None:
    """Makes `raw.models` and `raw.prices` anew from the models that any loaded request names."""
    said = connection.execute(f"select distinct provider, model from ({_models_in_use()})").fetchall()
    models, prices, seen = [], [], set()
    for said_provider, said_model in said:
        named = recognise(said_provider, said_model)
        price_model = named.info.id if named.info else None
        models.append((said_provider, said_model, named.provider, named.model, price_model))
        if named.info and (named.provider, price_model) not in seen:
            seen.add((named.provider, price_model))
            for terms in TERMS:
                for row in price_rows(named.info, terms):
                    prices.append({"provider": named.provider, "price_model": price_model, "terms": terms, **row})
    connection.begin()
    for table, columns, rows in (
        ("models", _MODEL, models),
        ("prices", _PRICE, [[price[c] for c in _PRICE] for price in prices]),
    ):
        connection.execute(f"delete from raw.{table}")
        connection.execute(f"insert into raw.{table} by name from {given(columns, rows)}")
    connection.commit()


def _models_in_use() -> str:
    """Every raw table of usage names its model in `model`; some say who served it, in `provider`."""
    queries = []
    for source in all_sources().values():
        for table, columns in source.tables.items():
            names = {column.name for column in columns}
            if source.group == "usage" and "model" in names:
                provider = "coalesce(provider, '')" if "provider" in names else "''"
                queries.append(f"select {provider} as provider, coalesce(model, '') as model from raw.{table}")
    return " union ".join(queries)
