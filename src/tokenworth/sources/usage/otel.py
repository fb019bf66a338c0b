"""OpenTelemetry as the Collector's file exporter writes it, one batch of any signal a line.

Read are the requests that Claude Code, Codex and Gemini CLI report as events, the commits that Claude Code
made, the model calls among GenAI spans, and the metrics that count tokens. Agent spans repeat what the calls
below them used, so only calls count. Integers arrive as strings from a Collector and as numbers from Claude
Code itself.
"""

from tokenworth.sources.declare import Column, Evidence, Export, Record, Source
from tokenworth.sources.otlp import FIELDS, RECOGNISED, UNITS, attribute
from tokenworth.sources.types import (
    ACCOUNT,
    BRANCH,
    CONTAINER,
    COUNT,
    DOLLARS,
    FLAG,
    INSTANT,
    INSTANT_NANOSECONDS,
    LABEL,
    NUMBER,
    SHA,
    TEXT,
    TOKENS,
)

_NAME = f"coalesce({attribute('event.name')}, event_name)"
_CLAUDE_CODE_EVENT = f"regexp_replace({_NAME}, '^claude_code\\.', '')"
_FROM_CLAUDE_CODE = f"(coalesce({attribute('service.name')}, '') like 'claude-code%' or body like 'claude_code.%')"
_ACCOUNT = Column(
    "account_key",
    ACCOUNT,
    attribute("user.email", "user.account_uuid", "user.account_id", "enduser.id", "user.id"),
    system="otel",
)
_TAG_COLUMNS = [
    Column("tag_repository_key", CONTAINER, "repository_name(tag_repository(tags))"),
    Column("tag_branch_key", BRANCH, "tag_branch(tags)"),
    Column("tag_issue", TEXT, "upper(tag_issue(tags))"),
    Column("tag_pull_request", NUMBER, "regexp_extract(tag_pull_request(tags), '[0-9]+$')"),
    Column("tag_commit", SHA, "tag_commit(tags)"),
]
_SESSION = Column("session_id", TEXT, attribute("session.id", "gen_ai.conversation.id"))
_CLIENT_VERSION = Column("client_version", TEXT, attribute("service.version", "app.version"))
# A client's clock, and that of its records; either may be the one that is written.
_TIMES = [
    Column("occurred_at", INSTANT_NANOSECONDS, "happened_at"),
    Column("event_at", INSTANT, attribute("event.timestamp")),
]

# Counters of tokens and dollars, in each tool's own words; what else is measured is of no interest here.
_METRIC_NAMES = (
    "gen_ai.client.token.usage",
    "claude_code.token.usage",
    "claude_code.cost.usage",
    "gemini_cli.token.usage",
    "codex.turn.token_usage",
    "turn.token_usage",
)
_IN_DOLLARS = "metric = 'claude_code.cost.usage'"

SOURCE = Source(
    name="otel",
    usage={
        "stg_otel__api_requests": Evidence.CLIENT_REPORT,
        "stg_otel__codex_responses": Evidence.CLIENT_REPORT,
        "stg_otel__gemini_cli_responses": Evidence.CLIENT_REPORT,
        "stg_otel__chat_spans": Evidence.CLIENT_REPORT,
    },
    exports=[
        Export(
            files="otel/*.{jsonl,json}",
            noun="batch of OpenTelemetry logs, spans or metrics",
            fields=FIELDS,
            recognised=RECOGNISED,
            units=UNITS,
            records=[
                Record(
                    table="otel_api_requests",
                    key=["request_id", "session_id", "event_sequence"],
                    where=f"{_CLAUDE_CODE_EVENT} = 'api_request' and {_FROM_CLAUDE_CODE}",
                    columns=[
                        Column("request_id", TEXT, attribute("request_id")),
                        _SESSION,
                        Column("event_sequence", NUMBER, attribute("event.sequence")),
                        _ACCOUNT,
                        Column("model", TEXT, attribute("model")),
                        _CLIENT_VERSION,
                        Column("speed", TEXT, attribute("speed")),
                        Column("input_tokens", TOKENS, attribute("input_tokens"), required=True),
                        Column("output_tokens", TOKENS, attribute("output_tokens"), required=True),
                        Column("cache_read_tokens", TOKENS, attribute("cache_read_tokens")),
                        Column("cache_creation_tokens", TOKENS, attribute("cache_creation_tokens")),
                        Column("vendor_cost_usd", DOLLARS, attribute("cost_usd")),
                        *_TAG_COLUMNS,
                        *_TIMES,
                    ],
                ),
                Record(
                    table="otel_commits",
                    key=["session_id", "commit_sha"],
                    where=f"{_CLAUDE_CODE_EVENT} = 'tool_result' and {_FROM_CLAUDE_CODE}"
                    f" and contains({attribute('tool_parameters')}, 'git_commit_id')",
                    columns=[
                        Column("session_id", TEXT, attribute("session.id"), required=True),
                        Column(
                            "commit_sha",
                            SHA,
                            f"regexp_extract({attribute('tool_parameters')},"
                            ' \'"git_commit_id"\\s*:\\s*"([0-9a-fA-F]{7,64})"\', 1)',
                            required=True,
                        ),
                        _ACCOUNT,
                        Column("occurred_at", INSTANT_NANOSECONDS, "happened_at", required=True),
                    ],
                ),
                Record(
                    table="otel_codex_responses",
                    key=["session_id", "occurred_at", "event_at"],
                    where=f"{_NAME} = 'codex.sse_event' and {attribute('event.kind')} = 'response.completed'",
                    columns=[
                        Column("session_id", TEXT, attribute("conversation.id"), required=True),
                        _ACCOUNT,
                        Column("model", TEXT, attribute("model")),
                        _CLIENT_VERSION,
                        Column("input_tokens", TOKENS, attribute("input_token_count"), required=True),
                        Column("cached_input_tokens", TOKENS, attribute("cached_token_count")),
                        Column("output_tokens", TOKENS, attribute("output_token_count"), required=True),
                        Column("reasoning_output_tokens", TOKENS, attribute("reasoning_token_count")),
                        *_TAG_COLUMNS,
                        *_TIMES,
                    ],
                ),
                Record(
                    table="otel_gemini_cli_responses",
                    key=["session_id", "prompt_id", "occurred_at", "event_at"],
                    where=f"{_NAME} = 'gemini_cli.api_response'",
                    columns=[
                        Column("session_id", TEXT, attribute("session.id"), required=True),
                        Column("prompt_id", TEXT, attribute("prompt_id")),
                        _ACCOUNT,
                        Column("model", TEXT, attribute("model")),
                        _CLIENT_VERSION,
                        Column("input_tokens", TOKENS, attribute("input_token_count"), required=True),
                        Column("output_tokens", TOKENS, attribute("output_token_count"), required=True),
                        Column("cached_tokens", TOKENS, attribute("cached_content_token_count")),
                        Column("thought_tokens", TOKENS, attribute("thoughts_token_count")),
                        Column("tool_tokens", TOKENS, attribute("tool_token_count")),
                        *_TAG_COLUMNS,
                        *_TIMES,
                    ],
                ),
                Record(
                    table="otel_chat_spans",
                    key=["response_id", "trace_id", "span_id"],
                    where=f"{attribute('gen_ai.operation.name')}"
                    " in ('chat', 'text_completion', 'generate_content', 'embeddings')",
                    columns=[
                        # Copilot puts the id of a conversation there, whose every call would then be one request.
                        Column(
                            "response_id",
                            TEXT,
                            f"case when {attribute('gen_ai.response.id')} is distinct from"
                            f" {attribute('gen_ai.conversation.id')} then {attribute('gen_ai.response.id')} end",
                        ),
                        Column("request_id", TEXT, attribute("aws.request_id")),
                        Column("trace_id", TEXT, "trace_id"),
                        Column("span_id", TEXT, "span_id"),
                        _SESSION,
                        _ACCOUNT,
                        Column("service", LABEL, attribute("service.name")),
                        Column("provider", TEXT, attribute("gen_ai.provider.name", "gen_ai.system")),
                        Column("model", TEXT, attribute("gen_ai.response.model", "gen_ai.request.model")),
                        Column(
                            "input_tokens",
                            TOKENS,
                            attribute("gen_ai.usage.input_tokens", "gen_ai.usage.prompt_tokens"),
                        ),
                        Column(
                            "output_tokens",
                            TOKENS,
                            attribute("gen_ai.usage.output_tokens", "gen_ai.usage.completion_tokens"),
                        ),
                        Column(
                            "cache_read_tokens",
                            TOKENS,
                            attribute("gen_ai.usage.cache_read.input_tokens", "gen_ai.usage.cache_read_input_tokens"),
                        ),
                        Column(
                            "cache_creation_tokens",
                            TOKENS,
                            attribute(
                                "gen_ai.usage.cache_creation.input_tokens",
                                "gen_ai.usage.cache_creation_input_tokens",
                            ),
                        ),
                        *_TAG_COLUMNS,
                        Column("occurred_at", INSTANT_NANOSECONDS, "started_at", required=True),
                    ],
                ),
                Record(
                    table="otel_metric_points",
                    key=["metric", "series", "started_at", "measured_at"],
                    where=f"metric in {_METRIC_NAMES} and amount is not null",
                    columns=[
                        Column("metric", TEXT, "metric"),
                        # Points of one series share all attributes. Those that name somebody are left to the
                        # account's key: a hash of them could be looked up.
                        Column(
                            "series",
                            TEXT,
                            "md5(concat(metric, list_filter(list_zip(names, texts),"
                            " lambda a: not regexp_matches(a[1], '^(end)?user[.]'))::VARCHAR))",
                        ),
                        Column(
                            "is_cumulative",
                            FLAG,
                            "case when temporality in ('2', 'AGGREGATION_TEMPORALITY_CUMULATIVE') then 'true'"
                            " when temporality in ('1', 'AGGREGATION_TEMPORALITY_DELTA') then 'false' end",
                            required=True,
                        ),
                        _ACCOUNT,
                        Column("service", TEXT, attribute("service.name")),
                        Column("provider", TEXT, attribute("gen_ai.provider.name", "gen_ai.system")),
                        Column("model", TEXT, attribute("model", "gen_ai.response.model", "gen_ai.request.model")),
                        Column("token_type", TEXT, attribute("gen_ai.token.type", "type", "token_type")),
                        Column("tokens", COUNT, f"case when not {_IN_DOLLARS} then amount end"),
                        Column("vendor_cost_usd", DOLLARS, f"case when {_IN_DOLLARS} then amount end"),
                        Column("requests", COUNT, "measured"),
                        Column("started_at", INSTANT_NANOSECONDS, "nullif(started_at, '0')"),
                        Column("measured_at", INSTANT_NANOSECONDS, "happened_at", required=True),
                    ],
                ),
            ],
        )
    ],
)
