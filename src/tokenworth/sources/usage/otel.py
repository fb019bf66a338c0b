"""OpenTelemetry as the Collector's file exporter writes it, one batch of any signal a line.

Read are Claude Code's events (`api_request`, and of `tool_result` the commits they made) and the
model calls among GenAI spans. Agent spans repeat what the calls below them used, so only calls
count. Integers arrive as strings from a Collector and as numbers from Claude Code itself.
"""

from tokenworth.sources.declare import Column, Evidence, Export, Record, Source, T
from tokenworth.sources.types import (
    ACCOUNT,
    BRANCH,
    CONTAINER,
    DOLLARS,
    INSTANT,
    INSTANT_NANOSECONDS,
    LABEL,
    NUMBER,
    SHA,
    TEXT,
    TOKENS,
)

_ATTRIBUTES = [{"key": T, "value": {"stringValue": T, "intValue": T, "doubleValue": T, "boolValue": T}}]
# Log records and spans share one shape, and so do their envelopes, so that one chain of
# unnesting reads both.
_EVENT = {
    "timeUnixNano": T,
    "observedTimeUnixNano": T,
    "startTimeUnixNano": T,
    "traceId": T,
    "spanId": T,
    "name": T,
    "eventName": T,
    "body": {"stringValue": T},
    "attributes": _ATTRIBUTES,
}
_RESOURCE = {
    "resource": {"attributes": _ATTRIBUTES},
    "scopeLogs": [{"logRecords": [_EVENT], "spans": [_EVENT]}],
    "scopeSpans": [{"logRecords": [_EVENT], "spans": [_EVENT]}],
}

_UNITS = """
select origin, about, unnest(each(list_concat(scope."logRecords", scope.spans))) as e
from (
    select origin, resource.resource.attributes as about,
        unnest(each(list_concat(resource."scopeLogs", resource."scopeSpans"))) as scope
    from (
        select origin, unnest(each(list_concat(r."resourceLogs", r."resourceSpans"))) as resource from records
    )
)
"""


def _a(*names: str) -> str:
    """The first of these attributes that the event has, else its resource."""
    looks = [f"attribute({where}, '{name}')" for where in ("e.attributes", "about") for name in names]
    return f"coalesce({', '.join(looks)})"


_NAME = f'coalesce({_a("event.name")}, e."eventName", e.body."stringValue")'
_EVENT_NAME = f"regexp_replace({_NAME}, '^claude_code\\.', '')"
_FROM_CLAUDE_CODE = (
    f"(coalesce({_a('service.name')}, '') like 'claude-code%' or e.body.\"stringValue\" like 'claude_code.%')"
)
_AT = "nullif(coalesce(nullif(e.\"timeUnixNano\", '0'), e.\"observedTimeUnixNano\"), '')"
_ACCOUNT = Column(
    "account_key",
    ACCOUNT,
    _a("user.email", "user.account_uuid", "user.account_id", "enduser.id", "user.id"),
    system="otel",
)
_TAGS = "tagged(attribute_tags(list_concat(e.attributes, about)))"
_TAG_COLUMNS = [
    Column("tag_repository_key", CONTAINER, f"repository_name(tag_repository({_TAGS}))"),
    Column("tag_branch_key", BRANCH, f"tag_branch({_TAGS})"),
    Column("tag_issue", TEXT, f"upper(tag_issue({_TAGS}))"),
    Column("tag_pull_request", NUMBER, f"regexp_extract(tag_pull_request({_TAGS}), '[0-9]+$')"),
    Column("tag_commit", SHA, f"tag_commit({_TAGS})"),
]
_SESSION = Column("session_id", TEXT, _a("session.id", "gen_ai.conversation.id"))

SOURCE = Source(
    name="otel",
    usage={"stg_otel__api_requests": Evidence.CLIENT_REPORT, "stg_otel__chat_spans": Evidence.CLIENT_REPORT},
    exports=[
        Export(
            files="otel/*.{jsonl,json}",
            noun="batch of OpenTelemetry logs, spans or metrics",
            fields={"resourceLogs": [_RESOURCE], "resourceSpans": [_RESOURCE], "resourceMetrics": T},
            recognised=(
                '(r."resourceLogs" is not null or r."resourceSpans" is not null or r."resourceMetrics" is not null)'
            ),
            units=_UNITS,
            records=[
                Record(
                    table="otel_api_requests",
                    key=["request_id", "session_id", "event_sequence"],
                    where=f"{_EVENT_NAME} = 'api_request' and {_FROM_CLAUDE_CODE}",
                    columns=[
                        Column("request_id", TEXT, _a("request_id")),
                        _SESSION,
                        Column("event_sequence", NUMBER, _a("event.sequence")),
                        _ACCOUNT,
                        Column("model", TEXT, _a("model")),
                        Column("client_version", TEXT, _a("service.version", "app.version")),
                        Column("speed", TEXT, _a("speed")),
                        Column("input_tokens", TOKENS, _a("input_tokens"), required=True),
                        Column("output_tokens", TOKENS, _a("output_tokens"), required=True),
                        Column("cache_read_tokens", TOKENS, _a("cache_read_tokens")),
                        Column("cache_creation_tokens", TOKENS, _a("cache_creation_tokens")),
                        Column("vendor_cost_usd", DOLLARS, _a("cost_usd")),
                        *_TAG_COLUMNS,
                        Column("occurred_at", INSTANT_NANOSECONDS, _AT),
                        Column("event_at", INSTANT, _a("event.timestamp")),
                    ],
                ),
                Record(
                    table="otel_commits",
                    key=["session_id", "commit_sha"],
                    where=f"{_EVENT_NAME} = 'tool_result' and {_FROM_CLAUDE_CODE}"
                    f" and contains({_a('tool_parameters')}, 'git_commit_id')",
                    columns=[
                        Column("session_id", TEXT, _a("session.id"), required=True),
                        Column(
                            "commit_sha",
                            SHA,
                            f"regexp_extract({_a('tool_parameters')},"
                            ' \'"git_commit_id"\\s*:\\s*"([0-9a-fA-F]{7,64})"\', 1)',
                            required=True,
                        ),
                        _ACCOUNT,
                        Column("occurred_at", INSTANT_NANOSECONDS, _AT, required=True),
                    ],
                ),
                Record(
                    table="otel_chat_spans",
                    key=["response_id", "trace_id", "span_id"],
                    where=f"{_a('gen_ai.operation.name')}"
                    " in ('chat', 'text_completion', 'generate_content', 'embeddings')",
                    columns=[
                        Column("response_id", TEXT, _a("gen_ai.response.id")),
                        Column("trace_id", TEXT, 'e."traceId"'),
                        Column("span_id", TEXT, 'e."spanId"'),
                        _SESSION,
                        _ACCOUNT,
                        Column("service", LABEL, _a("service.name")),
                        Column("provider", TEXT, _a("gen_ai.provider.name", "gen_ai.system")),
                        Column("model", TEXT, _a("gen_ai.response.model", "gen_ai.request.model")),
                        Column(
                            "input_tokens",
                            TOKENS,
                            _a("gen_ai.usage.input_tokens", "gen_ai.usage.prompt_tokens"),
                        ),
                        Column(
                            "output_tokens",
                            TOKENS,
                            _a("gen_ai.usage.output_tokens", "gen_ai.usage.completion_tokens"),
                        ),
                        Column(
                            "cache_read_tokens",
                            TOKENS,
                            _a("gen_ai.usage.cache_read.input_tokens", "gen_ai.usage.cache_read_input_tokens"),
                        ),
                        Column(
                            "cache_creation_tokens",
                            TOKENS,
                            _a(
                                "gen_ai.usage.cache_creation.input_tokens",
                                "gen_ai.usage.cache_creation_input_tokens",
                            ),
                        ),
                        *_TAG_COLUMNS,
                        Column("occurred_at", INSTANT_NANOSECONDS, 'e."startTimeUnixNano"', required=True),
                    ],
                ),
            ],
        )
    ],
)
