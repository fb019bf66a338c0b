"""Entire checkpoints: which session stood behind a commit.

A checkpoint has a document of its own and one for each session in it; the commit carries the
checkpoint's id as a trailer.
"""

from tokenworth.sources.declare import Column, Export, Record, Source, T
from tokenworth.sources.types import BRANCH, CONTAINER, INSTANT, TEXT, TOKENS

SOURCE = Source(
    name="entire",
    exports=[
        Export(
            files="entire/{owner}/{repo}/**/metadata.json",
            noun="Entire checkpoint",
            fields={
                "checkpoint_id": T,
                "session_id": T,
                "branch": T,
                "agent": T,
                "created_at": T,
                "token_usage": {
                    "input_tokens": T,
                    "cache_creation_tokens": T,
                    "cache_read_tokens": T,
                    "output_tokens": T,
                },
            },
            recognised="(r.checkpoint_id is not null)",
            records=[
                # The checkpoint's own document names no session and adds nothing to its sessions'.
                Record(
                    table="entire_sessions",
                    key=["repository_key", "checkpoint_id", "session_id"],
                    where="r.session_id is not null",
                    columns=[
                        Column("repository_key", CONTAINER, "lower('github.com/' || f.owner || '/' || f.repo)"),
                        Column("checkpoint_id", TEXT, "r.checkpoint_id", required=True),
                        Column("session_id", TEXT, "r.session_id", required=True),
                        Column("branch_key", BRANCH, "r.branch"),
                        Column("agent", TEXT, "r.agent"),
                        Column("input_tokens", TOKENS, "r.token_usage.input_tokens"),
                        Column("cache_write_tokens", TOKENS, "r.token_usage.cache_creation_tokens"),
                        Column("cache_read_tokens", TOKENS, "r.token_usage.cache_read_tokens"),
                        Column("output_tokens", TOKENS, "r.token_usage.output_tokens"),
                        Column("created_at", INSTANT, "r.created_at"),
                    ],
                )
            ],
        )
    ],
)
