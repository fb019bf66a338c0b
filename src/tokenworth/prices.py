"""The price book: list prices, with the days on which they held, of every model that was used.

`genai-prices` carries the catalogue and brings it along; nothing is fetched. It is asked once per
model as exports spell it, and its answers become rows that SQL can join: one per model, terms,
span of days, and tier of input length. A company's own rates (`price_overrides`) are laid over them.
A model that neither knows has no row, and so no cost.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from decimal import Decimal
from itertools import pairwise, product
from typing import Any

import duckdb
from genai_prices.data_snapshot import get_snapshot
from genai_prices.types import ModelInfo, ModelPrice, Provider, StartDateConstraint, TieredPrices

from tokenworth.price_overrides import Override, overlaid, read_overrides
from tokenworth.sources import all_sources
from tokenworth.sources.types import UNREADABLE
from tokenworth.warehouse import given

# The terms under which a request can be bought, as the catalogue words them.
TERMS = {
    "standard": {},
    "batch": {"processing": "batch"},
    "fast": {"speed": "fast"},
    "flex": {"service_tier": "flex"},
    "priority": {"service_tier": "priority"},
}

# What the catalogue does not know: inference in the United States alone costs a tenth more, whatever the terms.
REGIONS = {"us": {"anthropic": Decimal("1.1")}}
# A model's name is published as it was said, but for what cannot be seen in it.
_SHOWN = dict.fromkeys(map(ord, UNREADABLE), "\ufffd")

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
_BY_TOKEN = {column for column in _COUNTERS if column.endswith("_mtok")}
_KINDS = (
    ("cache_read_usd_per_mtok", "input_usd_per_mtok"),
    ("cache_write_5m_usd_per_mtok", "input_usd_per_mtok"),
    ("cache_write_1h_usd_per_mtok", "cache_write_5m_usd_per_mtok"),
)
# What the tables of the price book hold, and as what.
_MODEL = dict.fromkeys(("said_provider", "said_model", "provider", "model", "price_model"), "VARCHAR")
_PRICE = {
    **dict.fromkeys(("provider", "price_model", "terms"), "VARCHAR"),
    "valid_from": "DATE",
    "valid_to": "DATE",
    "input_above": "BIGINT",
    **dict.fromkeys(_COUNTERS, "DECIMAL(20,10)"),
    "origin": "VARCHAR",
}
# The tables of the price book, and the columns that name whom a row is about.
_TABLES = {"models": ("said_provider", "said_model"), "prices": ("provider", "price_model")}
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
    said_provider, said_model = (said.translate(_SHOWN) for said in (said_provider, said_model))
    provider, model = said_provider.lower(), said_model
    prefix, slash, rest = said_model.partition("/")
    known = {p.id for p in snapshot.providers}
    if slash and _PROVIDERS.get(prefix.lower(), prefix.lower()) in known:
        # LiteLLM's own column names the protocol that was spoken; the prefix, who served it.
        provider, model = prefix.lower(), rest
    provider = _PROVIDERS.get(provider, provider)
    hints = [provider, None] if provider in known else [None]
    for spelling, hint in product(dict.fromkeys([model, plain_name(model), _respelled(model)]), hints):
        try:
            catalogue, info = snapshot.find_provider_model(spelling, None, hint, None)
        except LookupError:
            continue
        return Named(provider if provider in known else catalogue.id, model, catalogue, info)
    return Named(provider or "unknown", model)


def plain_name(model: str) -> str:
    """A name as it stands on a bill or a page (`Auto: Claude Opus 4.6`, `claude-4.5-sonnet`), as an API's id."""
    name = re.sub(r"[\s_]+", "-", model.lower().removeprefix("auto:").strip())
    return re.sub(r"^claude-([\d.]+)-(opus|sonnet|haiku)", r"claude-\2-\1", name)


def terms_and_prices(named: Named, overrides: list[Override]) -> Iterator[dict[str, object]]:
    """All rows of the price book for a model: under all terms, in all regions, the company's own rates laid over."""
    model = named.info.id if named.info else named.model
    for terms in TERMS:
        rows = list(price_rows(named.info, terms)) if named.info else []
        listed = {terms: rows}
        for region, factors in REGIONS.items():
            if factor := factors.get(named.provider):
                name = region if terms == "standard" else f"{region}_{terms}"
                listed[name] = [row | {c: _times(row[c], factor) for c in _COUNTERS if c in _BY_TOKEN} for row in rows]
        for name, list_rows in listed.items():
            own = [o for o in overrides if o.is_for(named.provider, [model, named.model], name)]
            for row in overlaid(list_rows, own):
                yield {"provider": named.provider, "price_model": model, "terms": name, **_as_their_kinds(row)}


def _times(price: object, factor: Decimal) -> Decimal | None:
    return price * factor if isinstance(price, Decimal) else None


def _respelled(model: str) -> str:
    """Anthropic's spelling of what Cursor calls `claude-4.5-sonnet-thinking`."""
    return re.sub(r"^claude-(\d+)\.(\d+)-(opus|sonnet|haiku)(?:-.*)?$", r"claude-\3-\1-\2", model)


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
            yield {"valid_from": first, "valid_to": after, "input_above": above, **_as_their_kinds(reached)}


def _as_their_kinds(prices: dict[str, Any]) -> dict[str, Any]:
    """What has no price of its own is sold as what it is a kind of."""
    filled = dict(prices)
    for kind, of in _KINDS:
        filled[kind] = filled.get(of) if filled.get(kind) is None else filled[kind]
    return filled


def _at(price: Decimal | TieredPrices | None, above: int) -> Decimal | None:
    if not isinstance(price, TieredPrices):
        return price
    reached = [t.price for t in price.tiers if t.start <= above]
    return reached[-1] if reached else price.base


def refresh_prices(connection: duckdb.DuckDBPyConnection, now: datetime | None = None) -> None:
    """Brings `raw.models` and `raw.prices` up to what the catalogue says of the models that any request names.

    What it said before `now` (UTC) and says no longer goes to `audit.former_models` and `audit.former_prices`.
    """
    now = now or datetime.now(UTC).replace(tzinfo=None)
    connection.begin()
    _look_up(connection, _models_in_use())
    for table, of_whom in _TABLES.items():
        _bring_up(connection, table, of_whom, now)
    connection.commit()


def add_prices(connection: duckdb.DuckDBPyConnection) -> None:
    """Adds what the catalogue says of models that requests name and `raw.models` does not know yet."""
    _look_up(connection, f"{_models_in_use()} except select said_provider, said_model from raw.models")
    for table, of_whom in _TABLES.items():
        whom = ", ".join(of_whom)
        new = f"from said_{table} where ({whom}) not in (select ({whom}) from raw.{table})"
        connection.execute(f"insert into raw.{table} by name {new}")


def _look_up(connection: duckdb.DuckDBPyConnection, wanted: str) -> None:
    """What the catalogue says of the `wanted` models (provider, model), in temporary tables."""
    said = connection.execute(f"select distinct provider, model from ({wanted}) order by all").fetchall()
    overrides = read_overrides(connection)
    models, prices, seen = [], [], set()
    for said_provider, said_model in said:
        named = recognise(said_provider, said_model)
        rows = list(terms_and_prices(named, overrides))
        price_model = named.info.id if named.info else (named.model if rows else None)
        models.append(
            {"said_provider": said_provider, "said_model": said_model, "provider": named.provider,
             "model": named.model, "price_model": price_model}
        )  # fmt: skip
        if (named.provider, price_model) not in seen:
            seen.add((named.provider, price_model))
            prices += rows
    for table, columns, rows in (("models", _MODEL, models), ("prices", _PRICE, prices)):
        connection.execute(f"create or replace temp table said_{table} as from raw.{table} limit 0")
        made = given(columns, [[row[column] for column in columns] for row in rows])
        connection.execute(f"insert into said_{table} by name from {made}")


def _bring_up(connection: duckdb.DuckDBPyConnection, table: str, of_whom: tuple[str, str], now: datetime) -> None:
    """Changes in `raw.<table>` only what the catalogue says otherwise by now."""
    known, said, whom = f"from raw.{table}", f"said_{table}", ", ".join(of_whom)
    columns = [column for column, *_ in connection.execute(f"describe {said}").fetchall() if column != "known_from"]
    # By hash: prices may be NULL, which a comparison would have to spell out.
    row = f"hash({', '.join(columns)})"
    gone = f"{known} where {row} not in (select {row} from {said})"
    connection.execute(
        f"create or replace temp table come as select * replace (case when ({whom}) in (select ({whom}) {known})"
        f" then TIMESTAMP '{now}' end as known_from) from {said} where {row} not in (select {row} {known})"
    )
    connection.execute(f"insert into audit.former_{table} by name select *, TIMESTAMP '{now}' as known_until {gone}")
    connection.execute(f"delete {gone}")
    connection.execute(f"insert into raw.{table} by name from come")


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
