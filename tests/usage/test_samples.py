"""Real exports of the sources of single requests, counted: each figure of the expected file is met exactly."""

from __future__ import annotations

import json
import shutil
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tests.end_to_end.warehouses import skip_without
from tests.usage.models import Models
from tests.zone import Zone


def _placed(zone: Zone, places: dict[str, str]) -> Path:
    samples = skip_without(*places)
    for sample, place in places.items():
        path = zone.landing / place
        path.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(samples / sample, path)
    zone.load()
    assert (zone.unread(), zone.quarantine()) == ([], [])
    return samples


def _expected(samples: Path) -> dict[str, Any]:
    figures: dict[str, Any] = json.loads((samples / "expected_samples.json").read_text("utf-8"))
    return figures


_FORK = "codex/codexbar_issue2037/archived-fork-33ce-3869/codex-home/archived_sessions"
_SMOKE = "codex/codexbar_issue2037/harness-smoke/codex-home"
_ALPHA = ("codex/ccusage_fixtures", "sessions/project-alpha/session-alpha.jsonl")
_ROLLOUTS = {
    f"{_ALPHA[0]}/{_ALPHA[1]}": _ALPHA,
    f"{_FORK}/parent.jsonl": ("codex/codexbar_issue2037", f"{_FORK.partition('2037/')[2]}/parent.jsonl"),
    f"{_FORK}/child.jsonl": ("codex/codexbar_issue2037", f"{_FORK.partition('2037/')[2]}/child.jsonl"),
    f"{_SMOKE}/sessions/2026/07/11/parent.jsonl": None,
    f"{_SMOKE}/archived_sessions/child.jsonl": None,
    "codex/git_ai/codex-session-simple.jsonl": ("codex/git_ai", "codex-session-simple.jsonl"),
    "codex/git_ai/codex-session-updated.jsonl": ("codex/git_ai", "codex-session-updated.jsonl"),
}  # fmt: skip


_SPANS = "copilot/vscode_otel_spans (count,input,output,cached)"


@pytest.mark.parametrize("sample", _ROLLOUTS)
def test_a_rollout_alone_counts_what_its_last_count_says(zone: Zone, models: Models, sample: str) -> None:
    samples = _placed(zone, {sample: "codex/u/sessions/rollout.jsonl"})
    where = _ROLLOUTS[sample]
    # The figures have none where a total does not add itself up: these two have 11 and 17.
    figures = _expected(samples)[where[0]][where[1]] if where else None
    total = (figures or {}).get("final_total") or {}
    if not where:
        total = (
            {"input_tokens": 10, "output_tokens": 1} if "parent" in sample else {"input_tokens": 15, "output_tokens": 2}
        )
    requests, uncached, read, *_, output = models.totals(zone)
    assert (uncached + read, read, output) == tuple(
        total.get(name, 0) for name in ("input_tokens", "cached_input_tokens", "output_tokens")
    )
    if figures:
        assert requests == figures["token_count_events"] - figures["repeated_total"]
        # An invented one adds reasoning, which is part of its output, to its total once more.
        again = total["total_tokens"] - total["input_tokens"] - total["output_tokens"] if total else 0
        assert uncached + read + output + again == figures["sum_of_positive_deltas"]
        said = {m for (m,) in models.ask(zone, "select distinct said_model from int_usage_circumstances")}
        assert said <= {*figures["models"], "gpt-5.3-codex"}


def test_a_family_of_forks_counts_once(zone: Zone, models: Models) -> None:
    """The oracle adds up every count's last request, those without an effect on the total too; we count totals."""
    places = {f"{_FORK}/{name}.jsonl": f"codex/u/archived_sessions/{name}.jsonl" for name in ("parent", "child")}
    samples = _placed(zone, places)
    figures = _expected(samples)["codex/codexbar_issue2037"]
    parent, child = (figures[f"{_FORK.partition('2037/')[2]}/{name}.jsonl"] for name in ("parent", "child"))
    requests, uncached, read, *_, output = models.totals(zone)
    # All that the parent used stands in the child as well, and is the parent's.
    assert uncached + read + output == child["sum_of_positive_deltas"] == 15_309_178
    assert requests == child["token_count_events"] - child["repeated_total"]
    by_session = models.ask(
        zone,
        "select session_id, sum(total_tokens)::bigint from int_usage_requests natural join int_usage_circumstances"
        " group by all order by all",
    )
    assert by_session == [
        ("child-session", child["sum_of_positive_deltas"] - parent["sum_of_positive_deltas"]),
        ("parent-session", parent["sum_of_positive_deltas"]),
    ]
    # What the oracle has more is what was repeated without a step: at most a third of a percent.
    assert 0 < 15_352_834 - child["sum_of_positive_deltas"] < 0.003 * 15_352_834


def test_a_small_family_of_forks_counts_once(zone: Zone, models: Models) -> None:
    places = {
        f"{_SMOKE}/sessions/2026/07/11/parent.jsonl": "codex/u/sessions/2026/07/11/parent.jsonl",
        f"{_SMOKE}/archived_sessions/child.jsonl": "codex/u/archived_sessions/child.jsonl",
    }
    _placed(zone, places)
    assert models.totals(zone) == (2, 15, 0, 0, 0, 2)


def test_model_calls_of_copilot_count_and_its_agents_repeat_them(zone: Zone, models: Models) -> None:
    samples = _placed(zone, {"copilot/vscode_otel_sqlite/spans.jsonl": "otel/copilot.jsonl"})
    requests, given, output, cached = _expected(samples)[_SPANS]["chat"]
    assert models.totals(zone) == (requests, given - cached, cached, 0, 0, output)


def test_the_same_spans_by_both_roads_are_the_same_requests(zone: Zone, models: Models) -> None:
    otlp = "otel/genai_spans_REAL_VALUES_constructed_envelope/copilot_chat_traces.jsonl"
    samples = _placed(
        zone, {"copilot/vscode_otel_sqlite/spans.jsonl": "otel/copilot.jsonl", otlp: "otel/collector.jsonl"}
    )
    requests, given, output, cached = _expected(samples)[_SPANS]["chat"]
    assert models.totals(zone) == (requests, given - cached, cached, 0, 0, output)


def test_thoughts_of_gemini_cli_stand_beside_its_output(zone: Zone, models: Models) -> None:
    _placed(zone, {"gemini_cli/token_audit_example/session-sample.json": "gemini_cli/u/chats/session-sample.json"})
    # total = input + output + thoughts + tool, to the token.
    assert models.totals(zone) == (2, 125 + 50 + 890 - 125 + 150, 125, 0, 0, 450 + 200 + 1250 + 2500)


def test_a_chat_without_figures_counts_nothing(zone: Zone, models: Models) -> None:
    _placed(zone, {"gemini_cli/git_ai/gemini-session-simple.jsonl": "gemini_cli/u/chats/session-simple.jsonl"})
    assert models.totals(zone) == (0, 0, 0, 0, 0, 0)
    assert zone.ledger() == [(7, 0, 0, 7, 0)]


def test_a_call_that_bedrock_logged(zone: Zone, models: Models) -> None:
    _placed(zone, {"bedrock/bedrock_doc_sample/conversestream_nova.json": "bedrock/us-east-1/2025/03/11/00/a.json"})
    assert models.totals(zone) == (1, 4, 0, 0, 0, 38)


def test_pages_and_dashboard_of_cursor_are_the_same_events(zone: Zone, models: Models) -> None:
    folder = "cursor/CONSTRUCTED_from_docs"
    page, dashboard = f"{folder}/filtered_usage_events_page1.json", f"{folder}/dashboard_usage_export.csv"
    samples = skip_without(page, dashboard)
    zone.put("cursor/usage_events/page.json", (samples / page).read_bytes(), at=1_600_000_100)
    zone.put("cursor/usage_events/usage.csv", (samples / dashboard).read_bytes())
    zone.load()
    assert models.totals(zone) == (2, 126 + 5805, 11964, 6112 + 11964, 0, 450 + 311)
    costs = models.ask(zone, "select vendor_cost_usd from int_usage_requests order by all")
    assert costs == [(Decimal("0.0880000000"),), (Decimal("0.2136232000"),)]
