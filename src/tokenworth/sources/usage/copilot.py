"""GitHub Copilot: the bill by day, person and model, what people did, and who has a seat.

The bill changed on 2026-06-01 from premium requests to AI credits, and one file holds both: quantities of different
units never add up. `aic_*` is what a premium request would have cost in credits, and no cost. Tokens are known of
the command line's use only, until the bill got columns of its own for them. Lines of a bill have no id: equal ones
are several.
"""

from tokenworth.sources.declare import Column, Export, Fields, Record, Source, T
from tokenworth.sources.types import (
    ACCOUNT,
    CONTAINER,
    COUNT,
    DAY,
    DOLLARS,
    INSTANT,
    QUANTITY,
    TEXT,
)

# The CSV's columns, and the API's names for the same.
_LINE = {
    **dict.fromkeys(
        ("date", "username", "user", "product", "sku", "model", "quantity", "grossQuantity", "unit_type", "unitType",
         "applied_cost_per_quantity", "pricePerUnit", "gross_amount", "grossAmount", "discount_amount",
         "discountAmount", "net_amount", "netAmount", "organization", "repository", "repositoryName",
         "cost_center_name", "costCenterName", "aic_quantity", "aic_gross_amount", "input_tokens", "output_tokens",
         "cache_read_tokens", "cache_write_tokens", "cached_input_tokens", "cache_creation_tokens"),
        T,
    )
}  # fmt: skip

_CLI = {
    "session_count": T,
    "request_count": T,
    "token_usage": {"output_tokens_sum": T, "prompt_tokens_sum": T},
}
_PERSON = {
    "day": T,
    "user_id": T,
    "user_login": T,
    "organization_id": T,
    "user_initiated_interaction_count": T,
    "code_generation_activity_count": T,
    "code_acceptance_activity_count": T,
    "ai_credits_used": T,
    "totals_by_cli": _CLI,
}


def _billing(suffix: str, fields: Fields, units: str, recognised: str) -> Export:
    return Export(
        files=f"copilot/billing/*.{suffix}",
        noun="line of a Copilot bill",
        fields=fields,
        units=units,
        recognised=recognised,
        repeats=True,
        records=[
            Record(
                table="copilot_billing",
                key=["used_on", "account_key", "sku", "model", "organization", "repository_key", "cost_center"],
                where="b is not null",
                columns=[
                    Column("used_on", DAY, "coalesce(b.date, day)", required=True),
                    # The coding agent works for no one in particular.
                    Column("account_key", ACCOUNT, 'coalesce(b.username, b."user", person)', system="copilot"),
                    Column("product", TEXT, "b.product"),
                    Column("sku", TEXT, "b.sku", required=True),
                    Column("model", TEXT, "b.model"),
                    Column("quantity", QUANTITY, 'coalesce(b.quantity, b."grossQuantity")', required=True),
                    Column("unit_type", TEXT, 'coalesce(b.unit_type, b."unitType")'),
                    Column("unit_cost_usd", DOLLARS, 'coalesce(b.applied_cost_per_quantity, b."pricePerUnit")'),
                    Column("gross_usd", DOLLARS, 'coalesce(b.gross_amount, b."grossAmount")', required=True),
                    Column("discount_usd", DOLLARS, 'coalesce(b.discount_amount, b."discountAmount")'),
                    Column("net_usd", DOLLARS, 'coalesce(b.net_amount, b."netAmount")', required=True),
                    Column("aic_quantity", QUANTITY, "b.aic_quantity"),
                    Column("aic_gross_usd", DOLLARS, "b.aic_gross_amount"),
                    Column("organization", TEXT, "coalesce(b.organization, organization)"),
                    Column("repository_key", CONTAINER, 'coalesce(b.repository, b."repositoryName")'),
                    Column("cost_center", TEXT, 'coalesce(b.cost_center_name, b."costCenterName", cost_center)'),
                    Column("input_tokens", COUNT, "b.input_tokens"),
                    Column("output_tokens", COUNT, "b.output_tokens"),
                    Column("cache_read_tokens", COUNT, "coalesce(b.cache_read_tokens, b.cached_input_tokens)"),
                    Column("cache_write_tokens", COUNT, "coalesce(b.cache_write_tokens, b.cache_creation_tokens)"),
                ],
            )
        ],
    )


def _people(days: int) -> Export:
    """One person and day a line, or a page of them; a page of totals over 28 days has no days and is not read."""
    one_line = ", ".join(f'"{name}" := r."{name}"' for name in _PERSON)
    has_day = "coalesce(p.day, report_day) is not null"
    return Export(
        files=f"copilot/users_{days}_day/*.{{ndjson,jsonl,json}}",
        noun="record of a person's use of Copilot",
        fields={"report_day": T, "day_totals": [_PERSON], "user_totals": [_PERSON], **_PERSON},
        units=(
            "select origin, r.report_day, unnest(case when r.day_totals is not null or r.user_totals is not null"
            " then each(list_concat(r.day_totals, r.user_totals))"
            f" else [struct_pack({one_line})] end) as p from records"
        ),
        recognised=(
            "(r.day_totals is not null or r.user_totals is not null"
            " or (r.day is not null and coalesce(r.user_login, r.user_id) is not null))"
        ),
        records=[
            Record(
                table="copilot_user_days",
                key=["used_on", "account_key", "organization_id", "report_days"],
                where=f"p is not null{'' if days == 1 else ' and ' + has_day}",
                columns=[
                    Column("used_on", DAY, "coalesce(p.day, report_day)", required=True),
                    Column("account_key", ACCOUNT, "coalesce(p.user_login, p.user_id)", required=True,
                           system="copilot"),
                    Column("organization_id", TEXT, "p.organization_id"),
                    Column("report_days", COUNT, f"'{days}'", required=True),
                    Column("interactions", COUNT, "p.user_initiated_interaction_count"),
                    Column("generations", COUNT, "p.code_generation_activity_count"),
                    Column("acceptances", COUNT, "p.code_acceptance_activity_count"),
                    Column("cli_sessions", COUNT, "p.totals_by_cli.session_count"),
                    Column("cli_requests", COUNT, "p.totals_by_cli.request_count"),
                    Column("cli_prompt_tokens", COUNT, "p.totals_by_cli.token_usage.prompt_tokens_sum"),
                    Column("cli_output_tokens", COUNT, "p.totals_by_cli.token_usage.output_tokens_sum"),
                    Column("ai_credits", QUANTITY, "p.ai_credits_used"),
                ],
            )
        ],
    )  # fmt: skip


SOURCE = Source(
    name="copilot",
    exports=[
        _billing(
            "csv",
            _LINE,
            "select origin, r as b, null::VARCHAR as day, null::VARCHAR as person, null::VARCHAR as organization,"
            " null::VARCHAR as cost_center from records",
            "(r.sku is not null)",
        ),
        # The same by the API: what a page is about stands on the page.
        _billing(
            "json",
            {
                "timePeriod": {"year": T, "month": T, "day": T},
                "organization": T,
                "user": T,
                "costCenter": {"name": T},
                "usageItems": [_LINE],
            },
            'select origin, r.organization, r."user" as person, r."costCenter".name as cost_center,'
            " concat_ws('-', r.\"timePeriod\".year, lpad(r.\"timePeriod\".month, 2, '0'),"
            " lpad(coalesce(r.\"timePeriod\".day, '1'), 2, '0')) as day,"
            ' unnest(each(r."usageItems")) as b from records',
            '(r."usageItems" is not null and r."timePeriod".month is not null)',
        ),
        _people(1),
        _people(28),
        Export(
            files="copilot/seats/*.json",
            noun="seat of Copilot",
            unwrap=["seats"],
            fields={
                "created_at": T,
                "updated_at": T,
                "pending_cancellation_date": T,
                "last_activity_at": T,
                "plan_type": T,
                "assignee": {"login": T},
                "organization": {"login": T},
            },
            recognised="(r.created_at is not null)",
            records=[
                Record(
                    table="copilot_seats",
                    key=["account_key", "began_at", "organization"],
                    columns=[
                        # A seat whose holder was deleted is still paid for.
                        Column("account_key", ACCOUNT, "r.assignee.login", system="copilot"),
                        Column("plan", TEXT, "r.plan_type"),
                        Column("organization", TEXT, "r.organization.login"),
                        Column("began_at", INSTANT, "r.created_at", required=True),
                        Column("updated_at", INSTANT, "r.updated_at"),
                        Column("ends_on", DAY, "left(r.pending_cancellation_date, 10)"),
                        Column("last_active_at", INSTANT, "r.last_activity_at"),
                    ],
                )
            ],
        ),
    ],
)
