"""Codex CLI rollouts: what the command line keeps of every session.

Token counts are cumulative, are written twice and more, and a fork or sub-agent begins with a copy of what its
parent wrote, under new times. All of it is loaded; staging takes the steps between counts, and names a request
so that every copy of it has the same name.
"""

from tokenworth.sources.declare import Column, Evidence, Export, Look, Record, Source, T
from tokenworth.sources.types import ACCOUNT, BRANCH, CONTAINER, COUNT, INSTANT, PATH, TEXT, TOKENS

_COUNTERS = (
    "input_tokens",
    "cached_input_tokens",
    "cache_write_input_tokens",
    "output_tokens",
    "reasoning_output_tokens",
)
_USAGE = dict.fromkeys(_COUNTERS, T)
_INFO = "r.payload.info"
_ROLLOUT = Column("rollout", TEXT, "f.rollout", required=True)
_ACCOUNT = Column("account_key", ACCOUNT, "f.account", required=True, system="codex")
_AT = Column("occurred_at", INSTANT, "r.timestamp", required=True)
_OF_INTEREST = ("token_count", "turn_context", "session_meta")

SOURCE = Source(
    name="codex",
    usage={"stg_codex__requests": Evidence.CLIENT_RECORD},
    exports=[
        Export(
            files="codex/{account}/{sessions,archived_sessions}/**/{rollout}.jsonl",
            noun="line of a Codex rollout",
            fields={
                "timestamp": T,
                "type": T,
                "payload": {
                    "type": T,
                    "id": T,
                    "cwd": T,
                    "model": T,
                    "model_provider": T,
                    "cli_version": T,
                    "forked_from_id": T,
                    "source": T,
                    "git": {"branch": T, "repository_url": T},
                    "info": {"model": T, "total_token_usage": _USAGE, "last_token_usage": _USAGE},
                },
            },
            recognised="(r.type is not null)",
            look=Look(
                matters="(" + " or ".join(f"contains(line, '\"{word}\"')" for word in _OF_INTEREST) + ")",
                recognised="json_exists(line, '$.type')",
                texts="false",
            ),
            records=[
                Record(
                    table="codex_token_counts",
                    key=["rollout", "occurred_at"],
                    # Some events tell of limits only and count nothing.
                    where=f"r.payload.type = 'token_count' and {_INFO}.total_token_usage is not null",
                    columns=[
                        _ROLLOUT,
                        _ACCOUNT,
                        Column("model", TEXT, f"{_INFO}.model"),
                        # A session may run for weeks: its totals exceed what one request can hold.
                        *(Column(f"total_{name}", COUNT, f"{_INFO}.total_token_usage.{name}") for name in _COUNTERS),
                        *(Column(f"last_{name}", TOKENS, f"{_INFO}.last_token_usage.{name}") for name in _COUNTERS),
                        _AT,
                    ],
                ),
                Record(
                    table="codex_turns",
                    key=["rollout", "occurred_at"],
                    where="r.type = 'turn_context'",
                    columns=[
                        _ROLLOUT,
                        _ACCOUNT,
                        Column("model", TEXT, "r.payload.model"),
                        Column("folder_key", PATH, "r.payload.cwd"),
                        _AT,
                    ],
                ),
                Record(
                    table="codex_sessions",
                    key=["rollout", "session_id", "occurred_at"],
                    where="r.type = 'session_meta'",
                    columns=[
                        _ROLLOUT,
                        _ACCOUNT,
                        Column("session_id", TEXT, "r.payload.id", required=True),
                        # A sub-agent names the session that it was spawned from in its source, an object then.
                        Column(
                            "parent_session_id",
                            TEXT,
                            "coalesce(r.payload.forked_from_id, case when json_valid(r.payload.source) then"
                            " r.payload.source->>'$.subagent.thread_spawn.parent_thread_id' end)",
                        ),
                        Column("client_version", TEXT, "r.payload.cli_version"),
                        Column("model_provider", TEXT, "r.payload.model_provider"),
                        Column("folder_key", PATH, "r.payload.cwd"),
                        Column("branch_key", BRANCH, "r.payload.git.branch"),
                        Column("repository_key", CONTAINER, "repository_name(r.payload.git.repository_url)"),
                        _AT,
                    ],
                ),
            ],
        )
    ],
)
