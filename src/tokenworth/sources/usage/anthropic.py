"""Anthropic's reports: what it counted by day, and what it charges, for the whole organisation.

They carry no requests. Where no log tells of some use, they count for it; everywhere else they say how far the logs
can be trusted. Amounts are cents, not dollars: numbers of them in the Claude Code report, texts with fractions in
all others. A dimension that was not grouped by is null, and so is one that was and is unknown.
"""

from collections.abc import Mapping, Sequence

from tokenworth.sources.declare import Column, Export, Record, Source, T
from tokenworth.sources.types import ACCOUNT, COUNT, DOLLARS, FLAG, INSTANT, TEXT


def _dollars(cents: str) -> str:
    """SQL for dollars from cents; what is no number stays, so that it is complained of."""
    return f"coalesce(cast(try_cast({cents} as decimal(28, 12)) * 0.01 as varchar), {cents})"


_ACTOR = {"type": T, "user_id": T, "email_address": T, "api_key_name": T}
_DIMENSIONS = (
    "account_id", "agent_id", "api_key_id", "claude_tag_category", "claude_tag_user_id", "context_window",
    "deployment_id", "environment_id", "inference_geo", "model", "product", "rbac_group_id", "service_account_id",
    "service_tier", "session_id", "slack_channel_id", "speed", "user_profile_id", "workspace_id",
)  # fmt: skip
# Whose use it is stands in a column of its own, as a key.
_IDS = ("account_id", "service_account_id", "api_key_id", "claude_tag_user_id", "user_profile_id", "slack_channel_id")
_PLAIN = [name for name in _DIMENSIONS if name not in _IDS]
_DIMS = {"actor": _ACTOR, **dict.fromkeys(_DIMENSIONS, T)}
_COUNTERS = {
    "uncached_input_tokens": T,
    "cache_creation": {"ephemeral_1h_input_tokens": T, "ephemeral_5m_input_tokens": T},
    "cache_read_input_tokens": T,
    "output_tokens": T,
    "requests": T,
    "server_tool_use": {"web_search_requests": T},
}
_MONEY = {"amount": T, "list_amount": T, "currency": T, "requests": T}
_OF_COSTS = {"cost_type": T, "token_type": T, "description": T}
_SPAN = {"starting_at": T, "ending_at": T}

_BUCKETS = "select origin, r.starting_at as began, r.ending_at as ended, unnest(each(r.results)) as u from records"
_ROWS = "select origin, r.starting_at as began, r.ending_at as ended, r as u from records"
# A report over a span of days names none; a file that holds one day can say so in its name.
_DAY = "coalesce(began, nullif(regexp_extract(f.file, '\\d{4}-\\d{2}-\\d{2}'), ''))"


def _about(report: str, dims: str) -> list[Column]:
    """What both kinds of rows say: which report, when, and by what it was grouped."""
    ids = ", ".join(f"{dims}.{name}" for name in _IDS)
    return [
        Column("report", TEXT, f"'{report}'", required=True),
        Column("began_at", INSTANT, _DAY),
        Column("ended_at", INSTANT, "ended"),
        # Deleted people keep their id and lose their address; a key that stands for nobody is an account, too.
        Column("user_key", ACCOUNT, f"{dims}.actor.user_id", system="anthropic"),
        Column(
            "account_key",
            ACCOUNT,
            f"coalesce(nullif({dims}.actor.email_address, ''), {dims}.actor.api_key_name, {ids})",
            system="anthropic",
        ),
        # Rows of one account may differ in another id only: in its key, or in who asked in a channel.
        Column("ids_key", ACCOUNT, f"concat_ws(' ', {ids})", system="anthropic"),
        *(Column(name, TEXT, f"{dims}.{name}") for name in _PLAIN),
    ]


def _usage(report: str, dims: str = "u", counters: str = "u") -> Record:
    return Record(
        table="anthropic_usage",
        key=["report", "began_at", "ended_at", "user_key", "account_key", "ids_key", *_PLAIN],
        where=f"{counters} is not null",
        columns=[
            *_about(report, dims),
            Column("input_tokens", COUNT, f"{counters}.uncached_input_tokens", required=True),
            Column("cache_read_tokens", COUNT, f"{counters}.cache_read_input_tokens"),
            Column("cache_write_5m_tokens", COUNT, f"{counters}.cache_creation.ephemeral_5m_input_tokens"),
            Column("cache_write_1h_tokens", COUNT, f"{counters}.cache_creation.ephemeral_1h_input_tokens"),
            Column("output_tokens", COUNT, f"{counters}.output_tokens", required=True),
            Column("requests", COUNT, f"{counters}.requests"),
            Column("web_searches", COUNT, f"{counters}.server_tool_use.web_search_requests"),
        ],
    )


def _costs(report: str, dims: str = "u", money: str = "u") -> Record:
    return Record(
        table="anthropic_costs",
        key=["report", "began_at", "ended_at", "user_key", "account_key", "ids_key", *_PLAIN, *_OF_COSTS],
        where=f"{money} is not null",
        columns=[
            *_about(report, dims),
            *(Column(name, TEXT, f"{dims}.{name}") for name in _OF_COSTS),
            # After discounts, and at list price where the report says that as well.
            Column("cost_usd", DOLLARS, _dollars(f"{money}.amount"), required=True),
            Column("list_cost_usd", DOLLARS, _dollars(f"{money}.list_amount")),
            Column("currency", TEXT, f"{money}.currency"),
        ],
    )


def _report(
    report: str, fields: Mapping[str, object], units: str, records: Sequence[Record], recognised: str
) -> Export:
    return Export(
        files=f"anthropic/{report}/{{file}}.json",
        noun=f"row of {report}",
        unwrap=["data"],
        fields=fields,
        units=units,
        records=records,
        recognised=recognised,
    )


_BUCKET = "(r.starting_at is not null and r.results is not null)"
_ROW = _DIMS | _COUNTERS | _MONEY | _OF_COSTS | _SPAN

SOURCE = Source(
    name="anthropic",
    exports=[
        _report(
            "usage_report",
            {**_SPAN, "results": [_DIMS | _COUNTERS]},
            _BUCKETS,
            [_usage("usage_report")],
            _BUCKET,
        ),
        _report(
            "cost_report",
            {**_SPAN, "results": [_DIMS | _MONEY | _OF_COSTS]},
            _BUCKETS,
            [_costs("cost_report")],
            _BUCKET,
        ),
        _report(
            "user_usage_report", _ROW, _ROWS, [_usage("user_usage_report")],
            "(r.actor is not null and r.output_tokens is not null)",
        ),
        _report(
            "user_cost_report", _ROW, _ROWS, [_costs("user_cost_report")],
            "(r.actor is not null and r.amount is not null)",
        ),
        _report(
            "usage_cost_analytics",
            {**_SPAN, "group": _DIMS | _OF_COSTS, "usage": _COUNTERS, "cost": _MONEY},
            _ROWS,
            [
                _usage("usage_cost_analytics", 'u."group"', "u.usage"),
                _costs("usage_cost_analytics", 'u."group"', "u.cost"),
            ],
            '(r."group" is not null and (r.usage is not null or r.cost is not null))',
        ),
        Export(
            files="anthropic/users/*.json",
            noun="row of the users' activity",
            unwrap=["data"],
            fields={
                "date": T,
                "user": {"id": T, "email_address": T},
                "chat_metrics": T,
                "claude_code_metrics": {
                    "core_metrics": {"commit_count": T, "pull_request_count": T, "distinct_session_count": T}
                },
                "web_search_count": T,
            },
            recognised='(r."user" is not null)',
            records=[
                Record(
                    table="anthropic_user_days",
                    key=["active_on", "user_key", "account_key"],
                    columns=[
                        Column("active_on", INSTANT, "r.date"),
                        Column("user_key", ACCOUNT, 'r."user".id', system="anthropic"),
                        Column(
                            "account_key",
                            ACCOUNT,
                            'coalesce(nullif(r."user".email_address, \'\'), r."user".id)',
                            required=True,
                            system="anthropic",
                        ),
                        Column("sessions", COUNT, "r.claude_code_metrics.core_metrics.distinct_session_count"),
                        Column("commits", COUNT, "r.claude_code_metrics.core_metrics.commit_count"),
                        Column("pull_requests", COUNT, "r.claude_code_metrics.core_metrics.pull_request_count"),
                        Column("web_searches", COUNT, "r.web_search_count"),
                    ],
                )
            ],
        ),
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
                        Column("cost_usd", DOLLARS, _dollars("m.estimated_cost.amount")),
                        Column("currency", TEXT, "m.estimated_cost.currency"),
                    ],
                )
            ],
        ),
    ],
)  # fmt: skip
