"""A company's own rates: `prices/overrides.csv`, laid over the price book, and `prices/seats.csv`.

Both are ours, because no vendor exports a contract. A rate holds from `valid_from` until the day before `valid_to`;
an empty cell is without end. `terms` may say `batch` or another of the price book's; without it, standard terms are
meant. A model is a pattern such as `claude-opus-*`.
"""

from tokenworth.sources.declare import Column, Export, Record, Source, T
from tokenworth.sources.types import DAY, DOLLARS, TEXT, Type

# The classes of token as an override names them, and the columns of the price book that each sets.
TOKEN_CLASSES: dict[str, list[str]] = {
    "input": ["input_usd_per_mtok"],
    "cache_read": ["cache_read_usd_per_mtok"],
    "cache_write": ["cache_write_5m_usd_per_mtok", "cache_write_1h_usd_per_mtok"],
    "cache_write_5m": ["cache_write_5m_usd_per_mtok"],
    "cache_write_1h": ["cache_write_1h_usd_per_mtok"],
    "output": ["output_usd_per_mtok"],
}
_CLASSES = ", ".join(f"'{name}'" for name in TOKEN_CLASSES)
_TOKEN_CLASS = Type(
    "VARCHAR", "lower({x})", f"lower({{x}}) not in ({_CLASSES})", f"is none of {', '.join(TOKEN_CLASSES)}"
)
_RATE = Type(DOLLARS.sql, DOLLARS.cast, f"{DOLLARS.wrong} or try_cast({{x}} as double) < 0", DOLLARS.complaint)
_SPAN = [Column("valid_from", DAY, "r.valid_from"), Column("valid_to", DAY, "r.valid_to")]

SOURCE = Source(
    name="prices",
    exports=[
        Export(
            files="prices/overrides*.csv",
            noun="rate of our own",
            fields=dict.fromkeys(
                ("provider", "model_pattern", "model", "terms", "token_class", "usd_per_million", "usd_per_mtok",
                 "dollars_per_million", "valid_from", "valid_to"),
                T,
            ),
            recognised="(r.token_class is not null)",
            records=[
                Record(
                    table="prices_overrides",
                    key=["provider", "model_pattern", "terms", "token_class", "valid_from"],
                    columns=[
                        Column("provider", TEXT, "lower(r.provider)"),
                        Column("model_pattern", TEXT, "lower(coalesce(r.model_pattern, r.model))", required=True),
                        Column("terms", TEXT, "lower(coalesce(r.terms, 'standard'))", required=True),
                        Column("token_class", _TOKEN_CLASS, "r.token_class", required=True),
                        Column(
                            "usd_per_mtok",
                            _RATE,
                            "coalesce(r.usd_per_million, r.usd_per_mtok, r.dollars_per_million)",
                            required=True,
                        ),
                        *_SPAN,
                    ],
                )
            ],
        ),
        Export(
            files="prices/seats*.csv",
            noun="price of a seat",
            fields=dict.fromkeys(("system", "plan", "usd_per_month", "valid_from", "valid_to"), T),
            recognised="(r.system is not null)",
            records=[
                Record(
                    table="prices_seats",
                    key=["system", "plan", "valid_from"],
                    columns=[
                        Column("system", TEXT, "lower(r.system)", required=True),
                        Column("plan", TEXT, "lower(r.plan)"),
                        Column("usd_per_month", _RATE, "r.usd_per_month", required=True),
                        *_SPAN,
                    ],
                )
            ],
        ),
    ],
)  # fmt: skip
