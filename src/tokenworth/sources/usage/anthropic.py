"""Anthropic's daily report of Claude Code: what each person used on a day, as the vendor counted it.

It carries no requests and so is no usage of its own: it says how far the clients' logs can be trusted. A day of a
heavy user's cache reads is beyond what one request may hold. Costs are a number of cents, not of dollars.
"""

from tokenworth.sources.declare import Column, Export, Record, Source, T
from tokenworth.sources.types import ACCOUNT, COUNT, DOLLARS, FLAG, INSTANT, TEXT

_CENTS = "m.estimated_cost.amount"
_DOLLARS = f"coalesce(cast(try_cast({_CENTS} as decimal(24, 12)) * 0.01 as varchar), {_CENTS})"

SOURCE = Source(
    name="anthropic",
    exports=[
        Export(
            files="anthropic/claude_code/*.json",
            noun="row of the Claude Code report",
            unwrap=["data"],
            fields={
                "date": T,
                "actor": {"type": T, "email_address": T, "api_key_name": T},
                "organization_id": T,
                "customer_type": T,
                "subscription_type": T,
                "terminal_type": T,
                "is_remote": T,
                "model_breakdown": [
                    {
                        "model": T,
                        "tokens": {"input": T, "output": T, "cache_read": T, "cache_creation": T},
                        "estimated_cost": {"amount": T, "currency": T},
                    }
                ],
            },
            recognised="(r.date is not null and r.actor is not null)",
            units="select origin, r as day, unnest(each(r.model_breakdown)) as m from records",
            records=[
                Record(
                    table="anthropic_claude_code_days",
                    key=["began_at", "account_key", "organization_id", "customer_type", "subscription_type",
                         "terminal_type", "is_remote", "model"],
                    columns=[
                        Column("began_at", INSTANT, "day.date", required=True),
                        Column(
                            "account_key",
                            ACCOUNT,
                            "coalesce(day.actor.email_address, day.actor.api_key_name)",
                            required=True,
                            system="anthropic",
                        ),
                        Column("organization_id", TEXT, "day.organization_id"),
                        Column("customer_type", TEXT, "day.customer_type"),
                        Column("subscription_type", TEXT, "day.subscription_type"),
                        Column("terminal_type", TEXT, "day.terminal_type"),
                        Column("is_remote", FLAG, "day.is_remote"),
                        Column("model", TEXT, "m.model", required=True),
                        Column("input_tokens", COUNT, "m.tokens.input"),
                        Column("output_tokens", COUNT, "m.tokens.output"),
                        Column("cache_read_tokens", COUNT, "m.tokens.cache_read"),
                        Column("cache_write_tokens", COUNT, "m.tokens.cache_creation"),
                        Column("cost_usd", DOLLARS, _DOLLARS),
                        Column("currency", TEXT, "m.estimated_cost.currency"),
                    ],
                )
            ],
        )
    ],
)  # fmt: skip
