"""Gemini CLI chats: one document a session that is rewritten whole on every turn, or, of newer builds, JSON lines.

`input` holds cached tokens; `output` leaves thoughts out, unlike every other vendor's. Of lines only the first
names the session; a message whose figures came late is written again under the same id.
"""

from tokenworth.sources.declare import Column, Evidence, Export, Record, Source, T
from tokenworth.sources.types import ACCOUNT, INSTANT, TEXT, TOKENS

_MESSAGE = {
    "id": T,
    "timestamp": T,
    "model": T,
    "tokens": {"input": T, "output": T, "cached": T, "thoughts": T, "tool": T},
}
_CHAT = Column("chat", TEXT, "f.chat", required=True)
_ACCOUNT = Column("account_key", ACCOUNT, "f.account", required=True, system="gemini_cli")


def _messages(message: str, session: str, updated_at: str) -> Record:
    return Record(
        table="gemini_cli_messages",
        key=["session_id", "message_id"],
        where=f"{message}.tokens is not null",
        columns=[
            _CHAT,
            Column("session_id", TEXT, session),
            Column("message_id", TEXT, f"{message}.id", required=True),
            _ACCOUNT,
            Column("model", TEXT, f"{message}.model"),
            Column("input_tokens", TOKENS, f"{message}.tokens.input", required=True),
            Column("output_tokens", TOKENS, f"{message}.tokens.output"),
            Column("cached_tokens", TOKENS, f"{message}.tokens.cached"),
            Column("thought_tokens", TOKENS, f"{message}.tokens.thoughts"),
            Column("tool_tokens", TOKENS, f"{message}.tokens.tool"),
            Column("occurred_at", INSTANT, f"{message}.timestamp", required=True),
            Column("session_updated_at", INSTANT, updated_at),
        ],
    )


SOURCE = Source(
    name="gemini_cli",
    usage={"stg_gemini_cli__messages": Evidence.CLIENT_RECORD},
    exports=[
        Export(
            files="gemini_cli/{account}/**/session-{chat}.json",
            noun="Gemini CLI chat",
            fields={"sessionId": T, "lastUpdated": T, "messages": [_MESSAGE]},
            recognised='(r."sessionId" is not null and r.messages is not null)',
            units='select origin, r."sessionId" as session_id, r."lastUpdated" as updated_at,'
            " unnest(each(r.messages)) as m from records",
            records=[_messages("m", "session_id", "updated_at")],
        ),
        Export(
            files="gemini_cli/{account}/**/session-{chat}.jsonl",
            noun="line of a Gemini CLI chat",
            # `$set` and `$rewindTo` change what is shown, not what was used.
            fields={"sessionId": T, "lastUpdated": T, "$set": T, "$rewindTo": T, **_MESSAGE},
            recognised='(coalesce(r.id, r."sessionId", r."$set", r."$rewindTo") is not null)',
            records=[
                _messages("r", "null::VARCHAR", "null::VARCHAR"),
                Record(
                    table="gemini_cli_chats",
                    key=["chat", "session_id"],
                    where='r."sessionId" is not null and r.tokens is null',
                    columns=[_CHAT, _ACCOUNT, Column("session_id", TEXT, 'r."sessionId"', required=True)],
                ),
            ],
        ),
    ],
)
