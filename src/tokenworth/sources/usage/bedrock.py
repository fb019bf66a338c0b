"""Bedrock's model invocation logs as S3 holds them: one record a call, JSON lines under the name of a document.

Nothing is priced in them. What was asked and answered is left behind, but for the response's own id, by which a
transcript of Claude Code on Bedrock knows the same request.
"""

from tokenworth.sources.declare import Column, Evidence, Export, Record, Source, T
from tokenworth.sources.types import ACCOUNT, BRANCH, CONTAINER, INSTANT, NUMBER, SHA, TEXT, TOKENS

_RESPONSE_ID = 'nullif(regexp_extract(r.output."outputBodyJson", \'"id"\\s*:\\s*"(msg_[A-Za-z0-9_]+)"\', 1), \'\')'

SOURCE = Source(
    name="bedrock",
    usage={"stg_bedrock__invocations": Evidence.VENDOR_LOG},
    exports=[
        Export(
            files="bedrock/**/*.json",
            noun="Bedrock model invocation log",
            fields={
                "schemaType": T,
                "timestamp": T,
                "requestId": T,
                "identity": {"arn": T},
                "region": T,
                "inferenceRegion": T,
                "operation": T,
                "modelId": T,
                "errorCode": T,
                "requestMetadata": T,
                "input": {"inputTokenCount": T, "cacheReadInputTokenCount": T, "cacheWriteInputTokenCount": T},
                "output": {"outputTokenCount": T, "outputBodyJson": T},
            },
            recognised='(r."schemaType" is not null)',
            looked_through=["outputBodyJson"],
            kept='struct_insert(struct_update(r, output := struct_update(r.output, "outputBodyJson" :='
            f' {_RESPONSE_ID})), tags := tagged(r."requestMetadata"))',
            records=[
                Record(
                    table="bedrock_invocations",
                    key=["request_id"],
                    # A call that failed counts nothing, and one for an image counts no tokens.
                    where='r."schemaType" = \'ModelInvocationLog\' and r."errorCode" is null'
                    ' and (r.input."inputTokenCount" is not null or r.output."outputTokenCount" is not null)',
                    columns=[
                        Column("request_id", TEXT, 'r."requestId"', required=True),
                        Column("response_id", TEXT, 'r.output."outputBodyJson"'),
                        # Of a user or an assumed role the last part tells who it is, often an e-mail.
                        Column("account_key", ACCOUNT, "split_part(r.identity.arn, '/', -1)", system="bedrock"),
                        Column("provider", TEXT, "'bedrock'"),
                        # An ARN ends in the model or in the profile of which only its owner knows the model.
                        Column("model", TEXT, "split_part(r.\"modelId\", '/', -1)"),
                        Column("operation", TEXT, "r.operation"),
                        Column("region", TEXT, 'coalesce(r."inferenceRegion", r.region)'),
                        Column("input_tokens", TOKENS, 'r.input."inputTokenCount"', required=True),
                        Column("cache_read_tokens", TOKENS, 'r.input."cacheReadInputTokenCount"'),
                        Column("cache_write_tokens", TOKENS, 'r.input."cacheWriteInputTokenCount"'),
                        Column("output_tokens", TOKENS, 'r.output."outputTokenCount"'),
                        Column("tag_repository_key", CONTAINER, "repository_name(tag_repository(r.tags))"),
                        Column("tag_branch_key", BRANCH, "tag_branch(r.tags)"),
                        Column("tag_issue", TEXT, "upper(tag_issue(r.tags))"),
                        Column("tag_pull_request", NUMBER, "regexp_extract(tag_pull_request(r.tags), '[0-9]+$')"),
                        Column("tag_commit", SHA, "tag_commit(r.tags)"),
                        Column("occurred_at", INSTANT, "r.timestamp", required=True),
                    ],
                )
            ],
        )
    ],
)
