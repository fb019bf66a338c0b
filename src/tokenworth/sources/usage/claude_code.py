"""Claude Code transcripts: what the command line keeps of every session.

One response is written as one line per content block, so a request stands several times, and
lines written before the response was complete carry a placeholder count of output tokens.
Lines of sub-agents whose own file was not collected survive as `progress` lines. All of them are
loaded; staging keeps the fullest line of a request.

What tools gave back is looked through for the marks that git prints of a commit, and left behind.
"""

from tokenworth.sources.declare import Column, Evidence, Export, Look, Record, Source, T
from tokenworth.sources.types import (
    ACCOUNT,
    BRANCH,
    CONTAINER,
    COUNT,
    DOLLARS,
    FLAG,
    INSTANT,
    NUMBER,
    PATH,
    SHA,
    TEXT,
    TOKENS,
)

_COUNTERS = {
    "input_tokens": T,
    "cache_creation_input_tokens": T,
    "cache_read_input_tokens": T,
    "output_tokens": T,
    "cache_creation": {"ephemeral_5m_input_tokens": T, "ephemeral_1h_input_tokens": T},
}
_MESSAGE = {
    "id": T,
    "model": T,
    "usage": {
        **_COUNTERS,
        "server_tool_use": {"web_search_requests": T},
        "service_tier": T,
        "inference_geo": T,
        "speed": T,
        "iterations": [_COUNTERS],
    },
    "content": T,
}
_FIELDS = {
    "type": T,
    "timestamp": T,
    "uuid": T,
    "sessionId": T,
    "requestId": T,
    "version": T,
    "cwd": T,
    "gitBranch": T,
    "isSidechain": T,
    "isApiErrorMessage": T,
    "agentId": T,
    "costUSD": T,
    "message": _MESSAGE,
    "data": {"message": {"requestId": T, "message": _MESSAGE}},
    "prNumber": T,
    "prUrl": T,
    "prRepository": T,
}


def _tokens(message: str, counter: str) -> str:
    """A counter of a response; of all its iterations where the server made several.

    With server-side compaction or an advisor the iterations are billed one by one and the figure
    on top holds the last of them only.
    """
    usage, figure = f"{message}.usage", f"i.{counter}"
    # Never as whole numbers: a cast would round, and what is no number would be left out of the sum.
    figures = f"list_transform({usage}.iterations, lambda i: try_cast({figure} as DECIMAL(20,3)))"
    unreadable = (
        f"list_filter({usage}.iterations, lambda i: {figure} is not null"
        f" and try_cast({figure} as DECIMAL(20,3)) is null)"
    )
    return (
        f"case when coalesce(len({usage}.iterations), 0) < 2 then {usage}.{counter}"
        f" when len({unreadable}) > 0 then 'unreadable'"
        f" else coalesce(list_sum({figures})::VARCHAR, {usage}.{counter}) end"
    )


def _requests(message: str, request_id: str, record_type: str, where: str) -> Record:
    cache_writes = {"5m": "ephemeral_5m_input_tokens", "1h": "ephemeral_1h_input_tokens"}
    return Record(
        table="claude_code_requests",
        key=["line_uuid", "message_id", "request_id"],
        where=f"{where} and coalesce({message}.model, '') <> '<synthetic>'",
        columns=[
            Column("line_uuid", TEXT, "r.uuid"),
            Column("message_id", TEXT, f"{message}.id"),
            Column("request_id", TEXT, request_id),
            Column("session_id", TEXT, 'r."sessionId"'),
            Column("agent_id", TEXT, 'r."agentId"'),
            Column("record_type", TEXT, f"'{record_type}'"),
            Column("account_key", ACCOUNT, "f.account", required=True, system="claude_code"),
            Column("model", TEXT, f"{message}.model"),
            Column("client_version", TEXT, "r.version"),
            Column("branch_key", BRANCH, 'r."gitBranch"'),
            Column("folder_key", PATH, "r.cwd"),
            Column("is_sidechain", FLAG, 'r."isSidechain"'),
            Column("service_tier", TEXT, f"{message}.usage.service_tier"),
            Column("speed", TEXT, f"{message}.usage.speed"),
            Column("inference_geo", TEXT, f"{message}.usage.inference_geo"),
            Column("input_tokens", TOKENS, _tokens(message, "input_tokens"), required=True),
            Column("cache_creation_input_tokens", TOKENS, _tokens(message, "cache_creation_input_tokens")),
            *(
                Column(f"cache_write_{name}_tokens", TOKENS, _tokens(message, f"cache_creation.{counter}"))
                for name, counter in cache_writes.items()
            ),
            Column("cache_read_input_tokens", TOKENS, _tokens(message, "cache_read_input_tokens")),
            Column("output_tokens", TOKENS, _tokens(message, "output_tokens"), required=True),
            Column("web_search_requests", COUNT, f"{message}.usage.server_tool_use.web_search_requests"),
            Column("vendor_cost_usd", DOLLARS, 'r."costUSD"'),
            Column("occurred_at", INSTANT, "r.timestamp", required=True),
        ],
    )


def _with_marks_only(parent: str) -> str:
    """An object with a message, of whose content only the marks of commits are kept."""
    message = f"{parent}.message"
    return f"struct_update({message}, content := commit_marks({message}.content))"


# JSON writers escape no letter, so these words stand in a line as they are.
_TELLS = " or ".join(f"contains(line, '\"{word}\"')" for word in ("usage", "assistant", "pr-link"))
_MAY_HOLD_MARKS = "(contains(line, '\"tool_result\"') and may_hold_marks(line))"
_MARKS = "list_concat(r.message.content, r.data.message.message.content)"

SOURCE = Source(
    name="claude_code",
    usage={"stg_claude_code__requests": Evidence.CLIENT_RECORD},
    exports=[
        Export(
            files="claude_code/{account}/projects/**/*.jsonl",
            noun="line of a Claude Code transcript",
            fields=_FIELDS,
            recognised='(r.type is not null or r.message.usage is not null or r."sessionId" is not null)',
            looked_through=["content"],
            look=Look(
                matters=f"({_TELLS} or {_MAY_HOLD_MARKS})",
                recognised="case when json_exists(line, '$.type') then true else json_exists(line, '$.sessionId') end",
                texts=_MAY_HOLD_MARKS,
            ),
            kept=f"struct_update(r, message := {_with_marks_only('r')}, data := struct_update(r.data, message :="
            f" struct_update(r.data.message, message := {_with_marks_only('r.data.message')})))",
            records=[
                # A response always tells its usage. Where none can be read the format is another one, and a
                # line that was only ignored would be a cost that nobody misses.
                _requests(
                    "r.message",
                    'r."requestId"',
                    "assistant",
                    "(r.message.usage is not null and coalesce(r.type, 'assistant') = 'assistant'"
                    " or r.type = 'assistant' and coalesce(r.\"isApiErrorMessage\", 'false') <> 'true')",
                ),
                _requests(
                    "r.data.message.message",
                    'r.data.message."requestId"',
                    "progress",
                    "r.type = 'progress' and r.data.message.message.usage is not null",
                ),
                Record(
                    table="claude_code_pull_requests",
                    key=["session_id", "pull_request", "occurred_at"],
                    where="r.type = 'pr-link'",
                    columns=[
                        Column("session_id", TEXT, 'r."sessionId"', required=True),
                        Column(
                            "repository_key",
                            CONTAINER,
                            "regexp_extract(r.\"prUrl\", '^https?://([^/]+/[^/]+/[^/]+)/', 1)",
                        ),
                        Column("pull_request", NUMBER, 'r."prNumber"', required=True),
                        Column("occurred_at", INSTANT, "r.timestamp"),
                    ],
                ),
                Record(
                    table="claude_code_commits",
                    key=["session_id", "commit_sha", "occurred_at"],
                    where=f"len({_MARKS}) > 0 and r.\"sessionId\" <> '' and r.timestamp <> ''",
                    each=_MARKS,
                    columns=[
                        Column("session_id", TEXT, 'r."sessionId"', required=True),
                        Column("branch_key", BRANCH, "marked_branch(c)"),
                        Column("commit_sha", SHA, "marked_commit(c)", required=True),
                        Column("occurred_at", INSTANT, "r.timestamp", required=True),
                    ],
                ),
            ],
        )
    ],
)
