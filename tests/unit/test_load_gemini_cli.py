"""Chats of Gemini CLI and checkpoints of Entire: one document each."""

from __future__ import annotations

import json
from datetime import datetime

from tests.exports import ANSWER, PROMPT, gemini_chat, gemini_chat_lines, gemini_message, json_lines
from tests.work_exports import checkpoint
from tests.zone import Zone

_FOLDER = "gemini_cli/Ada/ff00/chats"


def test_a_message_with_tokens_is_kept_field_by_field(zone: Zone) -> None:
    zone.put(f"{_FOLDER}/session-1.json", json.dumps(gemini_chat(gemini_message(1)), indent=2))

    zone.load()

    columns = (
        "session_id", "message_id", "plain(account_key)", "model", "input_tokens", "output_tokens", "cached_tokens",
        "thought_tokens", "tool_tokens", "occurred_at", "session_updated_at",
    )  # fmt: skip
    assert zone.row("gemini_cli_messages", *columns) == (
        "gemini-1", "m-1", "ada", "gemini-3-pro", 100, 5, 60,
        9, 1, datetime(2026, 2, 1, 10, 0, 1), datetime(2026, 2, 1, 11),
    )  # fmt: skip
    assert zone.ledger() == [(2, 1, 0, 1, 0)]
    assert PROMPT not in str(zone.everything())
    assert ANSWER not in str(zone.everything())


def test_a_chat_may_be_long_on_one_line_or_empty(zone: Zone) -> None:
    zone.put(f"{_FOLDER}/session-long.json", json.dumps(gemini_chat(*map(gemini_message, range(1, 60)))))
    zone.put(f"{_FOLDER}/session-empty.json", json.dumps({"sessionId": "gemini-2", "messages": []}))

    zone.load()

    assert zone.ledger(f"{_FOLDER}/session-long.json") == [(60, 59, 0, 1, 0)]
    assert zone.ledger(f"{_FOLDER}/session-empty.json") == [(1, 0, 0, 1, 0)]


def test_a_wrong_message_costs_that_message_only(zone: Zone) -> None:
    chat = gemini_chat(
        gemini_message(1), gemini_message(2, input=None), gemini_message(3, cached=-1), gemini_message(4, output="5")
    )
    zone.put(f"{_FOLDER}/session-1.json", json.dumps(chat))

    zone.load()

    assert zone.rows("gemini_cli_messages", "message_id", "output_tokens") == [("m-1", 5), ("m-4", 5)]
    assert zone.reasons() == [
        (1, "cached_tokens is not a number of tokens from 0 to 1,000,000,000"),
        (1, "input_tokens is missing"),
    ]
    assert zone.ledger() == [(5, 2, 0, 1, 2)]


def test_a_document_cut_short_is_refused_whole_and_the_others_load(zone: Zone) -> None:
    whole = json.dumps(gemini_chat(gemini_message(1)))
    zone.put(f"{_FOLDER}/session-cut.json", whole[:-40])
    zone.put(f"{_FOLDER}/session-whole.json", whole)
    zone.put(f"{_FOLDER}/session-other.json", json.dumps({"hello": "world"}))

    zone.load()

    assert len(zone.rows("gemini_cli_messages", "*")) == 1
    assert [(name.rpartition("/")[2], reason) for name, _, reason, _ in zone.quarantine()] == [
        ("session-cut.json", "the file is not valid JSON (cut short?)"),
        ("session-other.json", "it is no Gemini CLI chat"),
    ]
    zone.assert_balanced()


def test_a_rewritten_chat_replaces_its_old_version(zone: Zone) -> None:
    zone.put(f"{_FOLDER}/session-1.json", json.dumps(gemini_chat(gemini_message(1, output=5))))
    zone.load()
    chat = gemini_chat(gemini_message(1, output=8), gemini_message(2))
    zone.put(f"{_FOLDER}/session-1.json", json.dumps(chat), at=1_600_000_100)

    zone.load()

    assert zone.rows("gemini_cli_messages", "message_id", "output_tokens") == [("m-1", 8), ("m-2", 5)]
    assert zone.ask("select part, superseded_at is null from audit.loads order by load_id") == [
        ("whole", False),
        ("whole", True),
    ]


def test_a_chat_may_be_written_line_by_line(zone: Zone) -> None:
    lines = gemini_chat_lines(gemini_message(1, output=None), gemini_message(1), {"$rewindTo": "m-1"})
    zone.put(f"{_FOLDER}/session-2026-02-01-ab12.jsonl", json_lines([*lines, {"id": "m-9", "tokens": {"input": "x"}}]))

    zone.load()

    columns = ("chat", "session_id", "message_id", "plain(account_key)", "input_tokens", "output_tokens")
    assert zone.rows("gemini_cli_messages", *columns) == [
        ("2026-02-01-ab12", None, "m-1", "ada", 100, 5),
        ("2026-02-01-ab12", None, "m-1", "ada", 100, None),
    ]
    assert zone.row("gemini_cli_chats", "chat", "session_id") == ("2026-02-01-ab12", "gemini-1")
    assert zone.ledger() == [(7, 3, 0, 3, 1)]
    assert PROMPT not in str(zone.everything())


def test_a_checkpoint_of_a_session_is_kept_and_the_checkpoint_as_such_is_not(zone: Zone) -> None:
    zone.put("entire/Acme/Shop/01/23/0/metadata.json", json.dumps(checkpoint(summary={"intent": PROMPT}), indent=2))
    zone.put("entire/Acme/Shop/01/23/metadata.json", json.dumps(checkpoint(session_id=None)))
    zone.put("entire/Acme/Shop/01/24/metadata.json", json_lines([{"sessions": []}]))

    zone.load()

    columns = (
        "plain(repository_key)", "checkpoint_id", "session_id", "plain(branch_key)", "agent", "input_tokens",
        "cache_write_tokens", "cache_read_tokens", "output_tokens", "created_at",
    )  # fmt: skip
    assert zone.row("entire_sessions", *columns) == (
        "github.com/acme/shop", "0123456789ab", "session-1", "ada-q/SHOP-1-cart", "Claude Code", 10,
        30, 40, 20, datetime(2026, 2, 1, 10),
    )  # fmt: skip
    assert zone.reasons() == [(1, "it is no Entire checkpoint")]
    assert PROMPT not in str(zone.everything())
    zone.assert_balanced()
