"""git-ai's notes: which sessions wrote the lines of a commit.

A note holds, after a line of hyphens, an object whose `prompts` (newer: `sessions`) name the tool and its
session; `tokenworth` wants one commit a line, `{"sha": …, "note": …}`, as docs/collect.md writes it. The
conversations in it are left behind.
"""

from tokenworth.sources.declare import Column, Export, Record, Source, T
from tokenworth.sources.types import CONTAINER, COUNT, SHA, TEXT

_AFTER_HYPHENS = "regexp_extract(r.note, '(?s)(?:^|\\n)---\\r?\\n(.*)$', 1)"
_SAID = f"case when json_valid({_AFTER_HYPHENS}) then {_AFTER_HYPHENS} else r.note end"
_WORD = "nullif(nullif((case when json_valid({0}) then {0} end)->>'$.{1}', ''), 'null')"
_SESSIONS = f"coalesce({_WORD.format(_SAID, 'prompts')}, {_WORD.format(_SAID, 'sessions')}, r.prompts, r.sessions)"

SOURCE = Source(
    name="git_ai",
    exports=[
        Export(
            files="git_ai/{owner}/{repo}/*.jsonl",
            noun="git-ai note of a commit",
            fields={"sha": T, "note": T, "prompts": T, "sessions": T},
            recognised="(r.sha is not null and coalesce(r.note, r.prompts, r.sessions) is not null)",
            records=[
                Record(
                    table="git_ai_sessions",
                    key=["repository_key", "sha", "session_id"],
                    each=f"""list_filter(map_entries(try(from_json({_SESSIONS}, '"MAP(VARCHAR, JSON)"'))),
                        lambda e: e.value->>'$.agent_id.id' is not null)""",
                    columns=[
                        Column(
                            "repository_key",
                            CONTAINER,
                            "lower('github.com/' || f.owner || '/' || f.repo)",
                            required=True,
                        ),
                        Column("sha", SHA, "r.sha", required=True),
                        Column("session_id", TEXT, "c.value->>'$.agent_id.id'", required=True),
                        Column("tool", TEXT, "c.value->>'$.agent_id.tool'"),
                        Column("accepted_lines", COUNT, "c.value->>'$.accepted_lines'"),
                    ],
                )
            ],
        )
    ],
)
