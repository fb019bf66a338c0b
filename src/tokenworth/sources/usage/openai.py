"""OpenAI's organisation reports: what was used by day, of every kind, and what it cost.

Input holds cached input and cache writes as well, output the reasoning. Costs are dollars, a number or a text, and
name their model in the words of a line of the bill only. What was not grouped by is null.
"""

from collections.abc import Mapping, Sequence

from tokenworth.sources.declare import Column, Export, Record, Source, T
from tokenworth.sources.types import ACCOUNT, COUNT, DOLLARS, FLAG, INSTANT_SECONDS, QUANTITY, TEXT

# The folder of each kind, and what it is counted in beside tokens and requests.
_KINDS: Mapping[str, str] = {
    "completions": "null",
    "embeddings": "null",
    "moderations": "null",
    "images": "u.images",
    "audio_speeches": "u.characters",
    "audio_transcriptions": "u.seconds",
    "vector_stores": "u.usage_bytes",
    "code_interpreter_sessions": "u.num_sessions",
    "file_search_calls": "u.num_requests",
    "web_search_calls": "u.num_requests",
}
_DIMENSIONS = dict.fromkeys(
    ("project_id", "user_id", "api_key_id", "model", "batch", "service_tier", "size", "source", "vector_store_id",
     "context_level"),
    T,
)  # fmt: skip
_COUNTERS = dict.fromkeys(
    ("input_tokens", "input_cached_tokens", "input_cache_write_tokens", "output_tokens", "num_model_requests",
     "num_requests", "num_sessions", "images", "characters", "seconds", "usage_bytes"),
    T,
)  # fmt: skip
_UNITS = "select origin, r.start_time as began, r.end_time as ended, unnest(each(r.results)) as u from records"
_WHEN_AND_WHOSE = [
    Column("began_at", INSTANT_SECONDS, "began", required=True),
    Column("ended_at", INSTANT_SECONDS, "ended"),
    Column("user_key", ACCOUNT, "u.user_id", system="openai"),
    Column("api_key_key", ACCOUNT, "u.api_key_id", system="openai"),
    Column("project_id", TEXT, "u.project_id"),
]


def _export(kind: str, fields: Mapping[str, object], record: Record) -> Export:
    return Export(
        files=f"openai/{kind}/*.json",
        noun=f"bucket of OpenAI's {kind.replace('_', ' ')}",
        unwrap=["data"],
        fields={"start_time": T, "end_time": T, "results": [fields]},
        units=_UNITS,
        recognised="(r.start_time is not null and r.results is not null)",
        records=[record],
    )


def _usage(kind: str, others: str) -> Export:
    # Kinds that are made of tokens say how many; a row without them is damage.
    has_input = kind in ("completions", "embeddings", "moderations")
    named = ("model", "service_tier", "size", "source", "vector_store_id", "context_level")
    columns: Sequence[Column] = [
        *_WHEN_AND_WHOSE,
        Column("kind", TEXT, f"'{kind}'", required=True),
        *(Column(name, TEXT, f"u.{name}") for name in named),
        Column("is_batch", FLAG, "u.batch"),
        Column("input_tokens", COUNT, "u.input_tokens", required=has_input),
        Column("cached_tokens", COUNT, "u.input_cached_tokens"),
        Column("cache_write_tokens", COUNT, "u.input_cache_write_tokens"),
        Column("output_tokens", COUNT, "u.output_tokens", required=kind == "completions"),
        Column("requests", COUNT, "coalesce(u.num_model_requests, u.num_requests)"),
        Column("quantity", QUANTITY, others),
    ]
    dimensions = ["began_at", "ended_at", "user_key", "api_key_key", "project_id", "kind", *named, "is_batch"]
    return _export(
        kind,
        _DIMENSIONS | _COUNTERS,
        Record(table="openai_usage", key=dimensions, where="u is not null", columns=columns),
    )


_COSTS = _export(
    "costs",
    {
        "amount": {"value": T, "currency": T},
        "line_item": T,
        "project_id": T,
        "user_id": T,
        "api_key_id": T,
        "quantity": T,
        "quantity_unit": T,
    },
    Record(
        table="openai_costs",
        key=["began_at", "ended_at", "user_key", "api_key_key", "project_id", "line_item"],
        where="u is not null",
        columns=[
            *_WHEN_AND_WHOSE,
            Column("line_item", TEXT, "u.line_item"),
            # `gpt-5.6-2026-08-28, cached input`: what stands before the comma, where there is one.
            Column("model", TEXT, "nullif(regexp_extract(u.line_item, '^([^,]+),', 1), '')"),
            Column("cost_usd", DOLLARS, "u.amount.value"),
            Column("currency", TEXT, "u.amount.currency"),
            Column("quantity", QUANTITY, "u.quantity"),
            Column("quantity_unit", TEXT, "u.quantity_unit"),
        ],
    ),
)

SOURCE = Source(name="openai", exports=[*(_usage(*kind) for kind in _KINDS.items()), _COSTS])
