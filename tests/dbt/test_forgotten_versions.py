"""Rows of file versions that were forgotten leave what staging keeps of them, in a warehouse that dbt makes."""

from __future__ import annotations

import json

import pytest

from tests.exports import (
    codex_count,
    codex_counters,
    codex_session,
    codex_turn,
    gemini_chat,
    gemini_message,
    json_lines,
)
from tests.zone import Zone
from tokenworth.build import run_dbt
from tokenworth.writer import sole_writer

_ROLLOUT = "codex/ada/sessions/2026/02/01/rollout-2026-02-01T10-00-00-0198aaaa-0000-7000-8000-000000000001.jsonl"
_CHAT = "gemini_cli/ada/ff00/chats/session-1.json"
_GROWN = ("stg_codex__requests_said", "stg_gemini_cli__messages")


def _put(zone: Zone, steps: int, *, at: int) -> None:
    """A rollout and a chat of so many requests, in files that are written anew each time."""
    counters = [codex_counters(1000 * step, 0, 90 * step, 0) for step in range(1, steps + 1)]
    counts = [codex_count(step, total, codex_counters(1000, 0, 90, 0)) for step, total in enumerate(counters, 1)]
    zone.put(_ROLLOUT, json_lines([codex_session(version=str(steps)), codex_turn(), *counts]), at=at)
    zone.put(_CHAT, json.dumps(gemini_chat(*map(gemini_message, range(1, steps + 1)))), at=at)


def _load_and_stage(zone: Zone) -> None:
    zone.load()
    with sole_writer(zone.settings, "build"):
        report = run_dbt(zone.settings, ["run", "--select", *(f"+{model}" for model in _GROWN)], lambda *_: None)
    assert (report.errors, report.failed_tests) == ([], [])


@pytest.mark.parametrize("model", _GROWN)
def test_rows_of_forgotten_versions_are_removed(zone: Zone, model: str) -> None:
    zone.set(retain_superseded_days=0)
    _put(zone, 3, at=1_700_000_000)
    _load_and_stage(zone)
    _put(zone, 2, at=1_700_000_100)
    _load_and_stage(zone)
    by_load = (
        f"select load_id, forgotten_at is not null, count(*) from staging.{model} join audit.loads using (load_id)"
    )
    before = zone.ask(f"{by_load} group by all order by all")
    assert [(forgotten, rows) for _, forgotten, rows in before] == [(False, 3), (False, 2)]

    zone.put("litellm/any.jsonl", "{}\n", at=1_700_000_200)  # a load in which the older versions are forgotten
    _load_and_stage(zone)

    assert zone.ask(f"{by_load} group by all order by all") == before[1:]
