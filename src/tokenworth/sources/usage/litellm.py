"""LiteLLM's spend logs: one row a request that went through the gateway.

`prompt_tokens` holds cached input and cache writes as well. The loggers write `metadata` and
`request_tags` as JSON in a string, the API as an object; both arrive here as JSON text.
"""

from tokenworth.sources.declare import Column, Evidence, Export, Record, Source, T
from tokenworth.sources.types import ACCOUNT, BRANCH, CONTAINER, DOLLARS, INSTANT, NUMBER, SHA, TEXT, TOKENS

_METADATA = (
    '{"usage_object":{"cache_read_input_tokens":"VARCHAR","cache_creation_input_tokens":"VARCHAR",'
    '"prompt_tokens_details":{"cached_tokens":"VARCHAR","cache_creation_tokens":"VARCHAR"},'
    '"cache_creation":{"ephemeral_1h_input_tokens":"VARCHAR"}},'
    '"user_api_key_alias":"VARCHAR","user_api_key_user_id":"VARCHAR","user_agent":"VARCHAR",'
    '"spend_logs_metadata":"VARCHAR","requester_metadata":"VARCHAR"}'
)
# A gateway may write anything into its metadata; what is no JSON says nothing and loses nothing.
_M = f"try(json_transform(r.metadata, '{_METADATA}'))"
_TAGS = f"tagged(concat(r.request_tags, {_M}.spend_logs_metadata, {_M}.requester_metadata))"
_USAGE = "r.metadata.usage_object"
_PRODUCT = "([A-Za-z][A-Za-z0-9_.-]*)/"
_CLIENT = (
    f"coalesce(nullif(regexp_extract(r.metadata.user_agent, '^{_PRODUCT}', 1), ''),"
    f" regexp_extract(r.request_tags, 'User-Agent: {_PRODUCT}', 1))"
)

SOURCE = Source(
    name="litellm",
    usage={"stg_litellm__requests": Evidence.GATEWAY},
    exports=[
        Export(
            files="litellm/*.{jsonl,json,csv,parquet}",
            noun="row of LiteLLM_SpendLogs",
            unwrap=["data"],
            fields={
                "request_id": T,
                "session_id": T,
                "call_type": T,
                "startTime": T,
                "model": T,
                "custom_llm_provider": T,
                "user": T,
                "api_key": T,
                "prompt_tokens": T,
                "completion_tokens": T,
                "spend": T,
                "cache_hit": T,
                "status": T,
                "request_tags": T,
                "metadata": T,
            },
            kept=f"struct_insert(struct_update(r, metadata := {_M}), tags := {_TAGS})",
            recognised='(r.request_id is not null or r."startTime" is not null)',
            records=[
                Record(
                    table="litellm_requests",
                    key=["request_id"],
                    columns=[
                        Column("request_id", TEXT, "r.request_id", required=True),
                        Column("session_id", TEXT, "r.session_id"),
                        Column("call_type", TEXT, "r.call_type"),
                        Column("model", TEXT, "r.model"),
                        Column("provider", TEXT, "r.custom_llm_provider"),
                        Column(
                            "account_key",
                            ACCOUNT,
                            # Trimming costs, and next to none needs it.
                            "coalesce(nullif(case when contains(r.user, ' ') then trim(r.user) else r.user end, ''),"
                            " nullif(r.metadata.user_api_key_user_id, ''), nullif(r.metadata.user_api_key_alias, ''),"
                            " r.api_key)",
                            system="litellm",
                        ),
                        Column("prompt_tokens", TOKENS, "r.prompt_tokens", required=True),
                        Column("completion_tokens", TOKENS, "r.completion_tokens", required=True),
                        Column(
                            "cache_read_tokens",
                            TOKENS,
                            f"coalesce({_USAGE}.cache_read_input_tokens, {_USAGE}.prompt_tokens_details.cached_tokens)",
                        ),
                        Column(
                            "cache_write_tokens",
                            TOKENS,
                            f"coalesce({_USAGE}.cache_creation_input_tokens,"
                            f" {_USAGE}.prompt_tokens_details.cache_creation_tokens)",
                        ),
                        Column(
                            "cache_write_1h_tokens",
                            TOKENS,
                            f"{_USAGE}.cache_creation.ephemeral_1h_input_tokens",
                        ),
                        Column("spend_usd", DOLLARS, "r.spend"),
                        Column("cache_hit", TEXT, "r.cache_hit"),
                        Column("status", TEXT, "r.status"),
                        Column("client", TEXT, _CLIENT),
                        Column("tag_repository_key", CONTAINER, "repository_name(tag_repository(r.tags))"),
                        Column("tag_branch_key", BRANCH, "tag_branch(r.tags)"),
                        Column("tag_issue", TEXT, "upper(tag_issue(r.tags))"),
                        Column(
                            "tag_pull_request",
                            NUMBER,
                            "regexp_extract(tag_pull_request(r.tags), '[0-9]+$')",
                        ),
                        Column("tag_commit", SHA, "tag_commit(r.tags)"),
                        Column("started_at", INSTANT, 'r."startTime"', required=True),
                    ],
                )
            ],
        )
    ],
)
