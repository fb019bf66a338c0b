"""Codex rollouts: counts, turns and sessions are kept, everything that was said is left behind."""

from __future__ import annotations

from datetime import datetime

import pytest

from tests.exports import (
    ANSWER,
    PROMPT,
    codex_answer,
    codex_count,
    codex_counters,
    codex_session,
    codex_turn,
    json_lines,
)
from tests.zone import Zone

_ID = "019c4b43-1451-7af3-be4c-5576369bf1ba"
_ROLLOUT = f"rollout-2026-02-01T11-00-00-{_ID}"
_FILE = f"codex/Ada/sessions/2026/02/01/{_ROLLOUT}.jsonl"


def test_a_count_is_kept_field_by_field(zone: Zone) -> None:
    total, last = codex_counters(1000, 700, 90, 60), codex_counters(200, 100, 9, 6)
    zone.put(_FILE, json_lines([codex_count(1, {**total, "cache_write_input_tokens": 5}, last)]))

    zone.load()

    columns = (
        "rollout", "plain(account_key)", "model", "total_input_tokens", "total_cached_input_tokens",
        "total_cache_write_input_tokens", "total_output_tokens", "total_reasoning_output_tokens",
        "last_input_tokens", "last_cached_input_tokens", "last_cache_write_input_tokens", "last_output_tokens",
        "last_reasoning_output_tokens", "occurred_at",
    )  # fmt: skip
    assert zone.row("codex_token_counts", *columns) == (
        _ROLLOUT, "ada", None, 1000, 700, 5, 90, 60, 200, 100, None, 9, 6, datetime(2026, 2, 1, 10, 1, 1),
    )  # fmt: skip


def test_a_session_and_its_turns_are_kept_field_by_field(zone: Zone) -> None:
    zone.put(_FILE, json_lines([codex_session(_ID), codex_turn(3, model="gpt-5.3-codex")]))

    zone.load()

    assert zone.row(
        "codex_sessions", "session_id", "parent_session_id", "client_version", "model_provider", "plain(folder_key)",
        "plain(branch_key)", "plain(repository_key)", "plain(account_key)", "occurred_at",
    ) == (
        _ID, None, "0.150.0", "openai", "/home/ada/shop",
        "ada/SHOP-1-cart", "github.com/acme/shop", "ada", datetime(2026, 2, 1, 10),
    )  # fmt: skip
    columns = ("rollout", "model", "plain(folder_key)", "occurred_at")
    assert zone.row("codex_turns", *columns) == (
        _ROLLOUT, "gpt-5.3-codex", "/home/ada/shop", datetime(2026, 2, 1, 10, 3, 0, 500_000)
    )  # fmt: skip


@pytest.mark.parametrize(
    "said",
    [
        {"forked_from_id": "parent"},
        {"source": {"subagent": {"thread_spawn": {"parent_thread_id": "parent", "depth": 1}}}},
    ],
)
def test_a_fork_and_a_sub_agent_name_their_parent(zone: Zone, said: dict[str, object]) -> None:
    zone.put(_FILE, json_lines([codex_session(**said)]))
    zone.load()
    assert zone.row("codex_sessions", "parent_session_id") == "parent"


def test_what_was_said_and_what_counts_nothing_is_left_behind(zone: Zone) -> None:
    lines = [codex_session(), codex_turn(), codex_answer(), codex_count(1, None), {"type": "compacted", "payload": {}}]
    zone.put(_FILE, json_lines(lines))

    zone.load()

    assert zone.rows("codex_token_counts", "*") == []
    assert zone.ledger() == [(5, 2, 0, 3, 0)]
    everything = str(zone.everything())
    assert PROMPT not in everything
    assert ANSWER not in everything


def test_archived_sessions_are_read_as_well(zone: Zone) -> None:
    lines = json_lines([codex_count(1, codex_counters(100, 0, 9))])
    zone.put(f"codex/ada/archived_sessions/{_ROLLOUT}.jsonl", lines)
    zone.put(f"codex/ada/archived_sessions/2026/02/01/{_ROLLOUT}.jsonl", lines)
    zone.load()
    assert zone.rows("codex_token_counts", "rollout", "total_input_tokens") == [(_ROLLOUT, 100)] * 2
    assert zone.unread() == []


def test_broken_and_impossible_counts_go_to_quarantine_and_the_others_load(zone: Zone) -> None:
    good = codex_count(1, codex_counters(100, 0, 9))
    negative = codex_count(2, codex_counters(-1, 0, 9))
    no_time = {**codex_count(3, codex_counters(100, 0, 9)), "timestamp": None}
    zone.put(_FILE, json_lines([good, negative, no_time]) + '{"type": "event_msg", "payload": {"type": "token_co')

    zone.load()

    assert zone.ledger() == [(4, 1, 0, 0, 3)]
    assert zone.reasons() == [
        (2, "total_input_tokens is not a number of things from 0 to 1,000,000,000,000; "
            "last_input_tokens is not a number of tokens from 0 to 1,000,000,000"),
        (3, "occurred_at is missing"),
        (4, "the line is not valid JSON"),
    ]  # fmt: skip


def test_a_rollout_that_grew_is_loaded_by_its_new_lines(zone: Zone) -> None:
    lines = [codex_session(), codex_count(1, codex_counters(100, 0, 9))]
    zone.put(_FILE, json_lines(lines))
    zone.load()
    zone.put(_FILE, json_lines([*lines, codex_count(2, codex_counters(300, 100, 29))]), at=1_600_000_100)
    zone.load()
    assert zone.ledger() == [(2, 2, 0, 0, 0), (1, 1, 0, 0, 0)]
    assert zone.rows("codex_token_counts", "total_input_tokens") == [(100,), (300,)]
