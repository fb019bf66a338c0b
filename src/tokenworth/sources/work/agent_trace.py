"""Agent Trace records: which conversations contributed lines to the files of a revision.

A conversation is named by a link; its last part is the session's id, as is that of a related session.
"""

from tokenworth.sources.declare import Column, Export, Record, Source, T
from tokenworth.sources.types import COUNT, INSTANT, SHA, TEXT

_CONVERSATION = {
    "url": T,
    "contributor": {"type": T},
    "related": [{"type": T, "url": T}],
    "ranges": [{"start_line": T, "end_line": T}],
}
_LAST_PART = "'([^/?#:]+)/?(?:[?#].*)?$'"

SOURCE = Source(
    name="agent_trace",
    exports=[
        Export(
            files="agent_trace/**/*.{json,jsonl}",
            noun="Agent Trace record",
            fields={
                "version": T,
                "id": T,
                "timestamp": T,
                "vcs": {"type": T, "revision": T},
                "tool": {"name": T},
                "files": [{"conversations": [_CONVERSATION]}],
            },
            recognised="(r.id is not null and r.files is not null)",
            records=[
                Record(
                    table="agent_trace_sessions",
                    key=["trace_id", "session_id"],
                    where="r.vcs.type = 'git' and r.vcs.revision is not null",
                    each=f"""list_filter(list_transform(flatten(list_transform(r.files, lambda one: one.conversations)),
                        lambda said: {{
                            'session': nullif(regexp_extract(coalesce(list_extract(list_filter(said.related,
                                lambda l: l.type = 'session'), 1).url, said.url), {_LAST_PART}, 1), ''),
                            'contributor': said.contributor.type,
                            'lines': list_sum(list_transform(said.ranges, lambda g:
                                try_cast(g.end_line as BIGINT) - try_cast(g.start_line as BIGINT) + 1))}}),
                        lambda said: said.session is not null and coalesce(said.contributor, 'ai') <> 'human')""",
                    columns=[
                        Column("trace_id", TEXT, "r.id", required=True),
                        Column("sha", SHA, "r.vcs.revision", required=True),
                        Column("session_id", TEXT, "c.session", required=True),
                        Column("tool", TEXT, "r.tool.name"),
                        Column("lines", COUNT, "c.lines::VARCHAR"),
                        Column("occurred_at", INSTANT, "r.timestamp"),
                    ],
                )
            ],
        )
    ],
)
