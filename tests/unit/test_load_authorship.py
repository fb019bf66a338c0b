"""Who wrote the lines of a commit: git-ai's notes and Agent Trace records."""

from __future__ import annotations

import json
from datetime import datetime

from tests.exports import json_lines
from tests.work_exports import sha
from tests.zone import Zone

_PROMPT = {
    "agent_id": {"tool": "claude", "id": "session-1", "model": "claude-opus-4-5"},
    "human_author": "Ada Quill <ada@acme.example>",
    "messages": [{"type": "user", "text": "the confidential plan"}],
    "accepted_lines": 12,
}


def test_a_note_names_the_sessions_behind_a_commit(zone: Zone) -> None:
    metadata = {
        "schema_version": "authorship/3.0.0",
        "base_commit_sha": sha(1),
        "prompts": {"d9978a8723e02b52": _PROMPT, "0123456789abcdef": {"agent_id": None}},
    }
    note = "src/cart.py\n  d9978a8723e02b52 1-12,20\n---\n" + json.dumps(metadata, indent=2)
    lines = [
        {"sha": sha(2), "note": note},
        {"sha": sha(3), "note": json.dumps({**metadata, "prompts": None, "sessions": {"s_1": _PROMPT}})},
        {"sha": sha(4), "note": "---\nno object at all"},
        {"sha": "none", "note": note},
        {"hello": "world"},
    ]
    zone.put("git_ai/Acme/Shop/notes.jsonl", json_lines(lines))

    zone.load()

    columns = ("plain(repository_key)", "sha", "session_id", "tool", "accepted_lines")
    assert zone.rows("git_ai_sessions", *columns) == [
        ("github.com/acme/shop", sha(2), "session-1", "claude", 12),
        ("github.com/acme/shop", sha(3), "session-1", "claude", 12),
    ]
    assert zone.reasons() == [(4, "sha is not the id of a commit"), (5, "it is no git-ai note of a commit")]
    raw = str(zone.everything())
    assert "onfidential" not in raw
    assert "Quill" not in raw
    zone.assert_balanced()


def test_a_trace_names_the_conversations_behind_a_revision(zone: Zone) -> None:
    def conversation(url: str | None, kind: str = "ai", **more: object) -> dict[str, object]:
        ranges = [{"start_line": 1, "end_line": 10}, {"start_line": 20, "end_line": 21}]
        return {"url": url, "contributor": {"type": kind, "model_id": "anthropic/x"}, "ranges": ranges, **more}

    conversations = [
        conversation("https://api.example/v1/conversations/c-1?x=1"),
        conversation(None, "mixed", related=[{"type": "session", "url": "https://api.example/sessions/session-2"}]),
        conversation("https://api.example/v1/conversations/c-3", "human"),
    ]
    trace = {
        "version": "0.1.0",
        "id": "trace-1",
        "timestamp": "2026-02-01T10:00:00Z",
        "vcs": {"type": "git", "revision": sha(2)},
        "tool": {"name": "cursor", "version": "2.4"},
        "files": [{"path": "src/cart.py", "conversations": conversations}],
        "metadata": {"confidence": 0.9},
    }
    zone.put("agent_trace/shop/1.json", json.dumps(trace, indent=2))
    zone.put("agent_trace/2.json", json.dumps({**trace, "id": "trace-2", "vcs": {"type": "hg", "revision": "x"}}))

    zone.load()

    at = datetime(2026, 2, 1, 10)
    assert zone.rows("agent_trace_sessions", "trace_id", "sha", "session_id", "tool", "lines", "occurred_at") == [
        ("trace-1", sha(2), "c-1", "cursor", 12, at),
        ("trace-1", sha(2), "session-2", "cursor", 12, at),
    ]
    assert zone.ledger("agent_trace/2.json") == [(1, 0, 0, 1, 0)]
    zone.assert_balanced()
