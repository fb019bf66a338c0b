"""Gemini CLI chats: one document a session, rewritten whole on every turn.

`input` holds cached tokens; `output` leaves thoughts out, unlike every other vendor's.
"""

from tokenworth.sources.declare import Column, Evidence, Export, Record, Source, T
from tokenworth.sources.types import ACCOUNT, INSTANT, TEXT, TOKENS

SOURCE = Source(
    name="gemini_cli",
    usage={"stg_gemini_cli__messages": Evidence.CLIENT_RECORD},
    exports=[
        Export(
            files="gemini_cli/{account}/**/session-*.json",
            noun="Gemini CLI chat",
            fields={
                "sessionId": T,
                "lastUpdated": T,
                "messages": [
                    {
                        "id": T,
                        "timestamp": T,
                        "model": T,
                        "tokens": {"input": T, "output": T, "cached": T, "thoughts": T, "tool": T},
                    }
                ],
            },
            recognised='(r."sessionId" is not null and r.messages is not null)',
            units='select origin, r."sessionId" as session_id, r."lastUpdated" as updated_at,'
            " unnest(each(r.messages)) as m from records",
            records=[
                Record(
                    table="gemini_cli_messages",
                    key=["session_id", "message_id"],
                    where="m.tokens is not null",
                    columns=[
                        Column("session_id", TEXT, "session_id", required=True),
                        Column("message_id", TEXT, "m.id", required=True),
                        Column("account_key", ACCOUNT, "f.account", required=True, system="gemini_cli"),
                        Column("model", TEXT, "m.model"),
                        Column("input_tokens", TOKENS, "m.tokens.input", required=True),
                        Column("output_tokens", TOKENS, "m.tokens.output"),
                        Column("cached_tokens", TOKENS, "m.tokens.cached"),
                        Column("thought_tokens", TOKENS, "m.tokens.thoughts"),
                        Column("tool_tokens", TOKENS, "m.tokens.tool"),
                        Column("occurred_at", INSTANT, "m.timestamp", required=True),
                        Column("session_updated_at", INSTANT, "updated_at"),
                    ],
                )
            ],
        )
    ],
)
