"""Single real exports of every source, placed as the landing zone wants them: no line is lost."""

from __future__ import annotations

import csv
import json
import shutil
from collections.abc import Iterator
from decimal import Decimal
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from tests.end_to_end.warehouses import nothing_from_outside, skip_without
from tests.zone import Zone
from tokenworth.landing import list_files

# Where each sample goes; a name that ends in / is a folder whose content goes there.
_PLACES = {
    "claude_code/ccusage_fixtures/projects/": "claude_code/ccusage_fixtures/projects/",
    "claude_code/daaain_claude_code_log/": "claude_code/daaain_claude_code_log/projects/s/",
    "claude_code/git_ai/": "claude_code/git_ai/projects/s/",
    "claude_code/marot_spotter/projects/": "claude_code/marot_spotter/projects/",
    "gemini_cli/token_audit_example/session-sample.json": "gemini_cli/auditor/chats/session-sample.json",
    "gemini_cli/git_ai/gemini-session-simple.jsonl": "gemini_cli/git_ai/chats/session-simple.jsonl",
    "bedrock/bedrock_doc_sample/": "bedrock/",
    "codex/ccusage_fixtures/sessions/": "codex/ccusage_fixtures/sessions/",
    "codex/codexbar_issue2037/archived-fork-33ce-3869/codex-home/": "codex/codexbar/",
    "codex/codexbar_issue2037/harness-smoke/codex-home/": "codex/smoke/",
    "codex/git_ai/": "codex/git_ai/sessions/",
    "copilot/vscode_otel_sqlite/spans.jsonl": "otel/editor.jsonl",
    "cursor/CONSTRUCTED_from_docs/filtered_usage_events_page1.json": "cursor/usage_events/page1.json",
    "cursor/CONSTRUCTED_from_docs/dashboard_usage_export.csv": "cursor/usage_events/usage.csv",
    "git/github.com/": "git/github.com/",
    "github/devlake_rest_pull_requests.jsonl": "github/acme/ants/pulls/all.jsonl",
    "github/devlake_rest_issues.jsonl": "github/acme/ants/issues/all.jsonl",
    "github/devlake_rest_pull_request_reviews.jsonl": "github/acme/ants/reviews/4.jsonl",
    "github/devlake_rest_pull_request_commits.jsonl": "github/acme/ants/pull_commits/4.jsonl",
    "jira/devlake_cloud_search_page.json": "jira/cloud.example/search/page.json",
    "jira/tidev_jira_server/": "jira/server.example/search/",
    "jira/devlake_raw_jira_api_issue_changelogs.jsonl": "jira/cloud.example/changelog/EE-1.jsonl",
    "jira/jira_csv_export/": "jira/cloud.example/csv/",
    "litellm/berriai_spend_logs_payload.json": "litellm/row.json",
    "litellm/CONSTRUCTED_spend_logs_v2_page.json": "litellm/page.json",
    "anthropic/CONSTRUCTED_from_docs/analytics_cost_beta_2026-08-24.json": "anthropic/usage_cost_analytics/cost.json",
    "anthropic/CONSTRUCTED_from_docs/analytics_usage_beta_2026-08-24.json": "anthropic/usage_cost_analytics/usage.json",
    "anthropic/CONSTRUCTED_from_docs/cost_report.json": "anthropic/cost_report/page.json",
    "anthropic/CONSTRUCTED_from_docs/enterprise_user_usage_report.json": "anthropic/user_usage_report/2026-10-01.json",
    "anthropic/CONSTRUCTED_from_docs/usage_report_claude_code.json": "anthropic/claude_code/2026-10-01.json",
    "anthropic/CONSTRUCTED_from_docs/usage_report_messages_page1.json": "anthropic/usage_report/page_1.json",
    "anthropic/CONSTRUCTED_from_docs/usage_report_messages_page2_ungrouped.json": "anthropic/usage_report/page_2.json",
    **{
        f"openai/official_spec_examples/organization_usage_{kind}.json.txt": f"openai/{kind}/page.json"
        for kind in (
            "completions",
            "embeddings",
            "moderations",
            "images",
            "audio_speeches",
            "audio_transcriptions",
            "vector_stores",
            "code_interpreter_sessions",
            "file_search_calls",
            "web_search_calls",
        )
    },
    "openai/official_spec_examples/organization_costs.json.txt": "openai/costs/page.json",
    "copilot/billing_real/ai_usage_report_2026-05.csv": "copilot/billing/report.csv",
    "copilot/mock_seats_billing/billing-credits.json": "copilot/billing/credits.json",
    "copilot/mock_seats_billing/enterprise_seats_response_sample.json": "copilot/seats/enterprise.json",
    "copilot/mock_seats_billing/enterprise_seats_with_duplicates.json": "copilot/seats/twice.json",
    "copilot/mock_seats_billing/organization_seats_response_sample.json": "copilot/seats/organization.json",
    **{
        f"copilot/mock_usage_metrics/{who}-users-{days}-day-report.json": f"copilot/users_{days}_day/{who}.ndjson"
        for who in ("organization", "enterprise")
        for days in (1, 28)
    },
    "cursor/CONSTRUCTED_from_docs/daily_usage_data.json": "cursor/daily_usage/page.json",
    "cursor/CONSTRUCTED_from_docs/spend.json": "cursor/spend/page.json",
    "cursor/CONSTRUCTED_from_docs/ai_code_commits.json": "cursor/commits/page.json",
    "kiro/kiro_reference/CONSTRUCTED_KIRO_IDE_111122223333_user_report_202610080000.csv": "kiro/user_report.csv",
    "focus/focus_1.0_sample_first300.csv": "focus/sample.csv",
    "otel/otlp_proto_examples/": "otel/",
    "otel/genai_spans_REAL_VALUES_constructed_envelope/copilot_chat_traces.jsonl": "otel/spans.jsonl",
}
# Objects that are nothing of a transcript: the independent count passed over them, the loader refuses them.
_FOREIGN = {"daaain_claude_code_log": 1}
_CURRENT = "load_id in (select load_id from audit.loads where superseded_at is null)"


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Zone]:
    samples = skip_without(*(path.rstrip("/") for path in _PLACES), "expected_samples.json")
    with nothing_from_outside():
        zone = Zone(tmp_path_factory.mktemp("samples"))
        for path, place in _PLACES.items():
            if path.endswith("/"):
                shutil.copytree(samples / path, zone.landing / place, dirs_exist_ok=True)
            else:
                (zone.landing / place).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(samples / path, zone.landing / place)
        zone.load()
    yield zone
    zone.close()


@pytest.fixture(scope="module")
def expected() -> dict[str, Any]:
    figures: dict[str, Any] = json.loads((skip_without() / "expected_samples.json").read_text("utf-8"))
    return figures


def _lines(path: Path) -> int:
    return sum(bool(line.strip()) for line in path.read_bytes().split(b"\n"))


def test_every_file_is_somebody_s_and_none_is_refused(loaded: Zone) -> None:
    files = {file.name for file in list_files(loaded.landing).files}
    read = {name for (name,) in loaded.ask(f"select plain(file_key) from audit.loads where {_CURRENT}")}
    assert (loaded.unread(), files - read, loaded.messages()) == ([], set(), [])


def test_no_line_is_lost(loaded: Zone) -> None:
    loaded.assert_balanced()
    for path in sorted(loaded.landing.rglob("*.jsonl")):
        if path.parts[-2] != "otel" and "otel" not in path.parts:  # there the ledger counts events
            name = path.relative_to(loaded.landing).as_posix()
            assert sum(row[0] for row in loaded.ledger(name)) == _lines(path), name


@pytest.mark.parametrize("sample", ["ccusage_fixtures", "daaain_claude_code_log", "git_ai", "marot_spotter"])
def test_the_figures_of_each_set_of_transcripts_are_met(loaded: Zone, expected: dict[str, Any], sample: str) -> None:
    figures = expected[f"claude_code/{sample}"]
    of_sample = (
        f"load_id in (select load_id from audit.loads where starts_with(plain(file_key), 'claude_code/{sample}/'))"
    )
    ((files, lines, quarantined),) = loaded.ask(
        "select count(distinct file_key), sum(lines)::bigint, sum(quarantined)::bigint"
        f" from audit.loads where {of_sample}"
    )
    assert (files, lines) == (figures["files"], figures["lines"])
    assert quarantined == figures["malformed_lines"] + figures["non_object_lines"] + _FOREIGN.get(sample, 0)
    naive, distinct = _token_sums(loaded, of_sample)
    if sample == "ccusage_fixtures":  # its lines have no type, and were not counted; ccusage itself counts them
        assert figures["usage_lines"] == 0
        assert naive == distinct == (5, 730, 90, 110, 310)
        return
    naive_sum, best, progress = (list(figures[name].values()) for name in ("naive_sum", "dedup_max", "progress_only"))
    assert naive == (figures["usage_lines"], *naive_sum)
    extra = [figures["progress_only_requests"], *(progress or [0, 0, 0, 0])]
    counted = [figures["distinct_requests"], *best]
    assert distinct == tuple(ours + more for ours, more in zip(counted, extra, strict=True))


@pytest.mark.parametrize("sample", ["daaain_claude_code_log", "git_ai", "marot_spotter"])
def test_what_else_was_counted_of_lines_with_usage_is_met(loaded: Zone, expected: dict[str, Any], sample: str) -> None:
    figures = expected[f"claude_code/{sample}"]
    lines = f"""(from raw.claude_code_requests where record_type = 'assistant' and load_id in (
        select load_id from audit.loads where starts_with(plain(file_key), 'claude_code/{sample}/')))"""
    for column, name in (("model", "models"), ("client_version", "versions")):
        assert dict(loaded.ask(f"select {column}, count(*) from {lines} group by 1")) == figures[name]
    assert loaded.ask(
        f"select count(distinct session_id), count(*) filter (is_sidechain), count(*) filter (message_id is null)"
        f" from {lines}"
    ) == [(figures["sessions"], figures["sidechain_lines"], len(figures["no_message_id"]))]
    assert loaded.ask(
        "select count(*) filter (output <= 10) from (select max(output_tokens) as output"
        f" from {lines} group by message_id, request_id)"
    ) == [(figures["requests_with_output_le_10"],)]


_ROLLOUTS = {
    ("ccusage_fixtures", ""): "ccusage_fixtures/",
    ("codexbar_issue2037", "archived-fork-33ce-3869/codex-home/"): "codexbar/",
    ("codexbar_issue2037", "harness-smoke/codex-home/"): "smoke/",
    ("git_ai", ""): "git_ai/sessions/",
}


@pytest.mark.parametrize(("sample", "folder"), _ROLLOUTS)
def test_the_figures_of_each_rollout_are_met(loaded: Zone, expected: dict[str, Any], sample: str, folder: str) -> None:
    names = ["input_tokens", "cached_input_tokens", "output_tokens", "reasoning_output_tokens"]
    # A total is input and output; an invented one adds reasoning, which is part of its output, once more.
    total, last = (
        f"{of}_input_tokens + {of}_output_tokens"
        + (f" + {of}_reasoning_output_tokens" if sample == "ccusage_fixtures" else "")
        for of in ("total", "last")
    )
    columns = ", ".join([*(f"total_{name}" for name in names), total, f"coalesce({last}, 0)"])
    for path, figures in expected[f"codex/{sample}"].items():
        if not path.startswith(folder):
            continue
        file = f"codex/{_ROLLOUTS[sample, folder]}{path.removeprefix(folder)}"
        counts = loaded.ask(
            f"select {columns} from raw.codex_token_counts join audit.loads using (load_id)"
            f" where plain(file_key) = '{file}' order by occurred_at, total_input_tokens"
        )
        sessions = loaded.rows("codex_sessions", "parent_session_id", file=file)
        steps = [after - before for before, after in pairwise([0, *(count[4] for count in counts)])]
        found = {
            "token_count_events": len(counts),
            "repeated_total": steps.count(0),
            "counter_resets": sum(step < 0 for step in steps),
            "naive_sum_of_last_total": sum(count[5] for count in counts),
            "sum_of_positive_deltas": sum(step for step in steps if step > 0),
            "final_total": dict(zip([*names, "total_tokens"], counts[-1], strict=False)) if counts else None,
            "session_meta_lines": len(sessions),
            "forked_from_id": sessions[0][0] if sessions else None,
        }
        # Counts without a total of their own, of 11 and 15 tokens, were not added up; and counts that only repeat name
        # totals of requests whose counters are nothing.
        not_told = ["naive_sum_of_last_total"] if "codexbar" in file or "smoke" in file else []
        not_told += ["sum_of_positive_deltas", "final_total"] if "smoke" in file else []
        told = {name: figure for name, figure in figures.items() if name not in ("models", *not_told)}
        assert {name: found[name] for name in told} == told, file


def test_the_figures_of_the_copilot_bill_are_met(loaded: Zone, expected: dict[str, Any]) -> None:
    figures = expected["copilot/billing_real"]
    of_bill = "(from raw.copilot_billing where load_id in (select load_id from audit.loads"
    of_bill += " where plain(file_key) = 'copilot/billing/report.csv'))"
    sums = ", ".join(
        f"round(sum({column}), 6)::double"
        for column in ("quantity", "gross_usd", "discount_usd", "net_usd", "aic_quantity", "aic_gross_usd")
    )
    (found,) = loaded.ask(f"select count(*), {sums}, min(used_on)::varchar, max(used_on)::varchar from {of_bill}")
    names = "rows quantity gross_amount discount_amount net_amount aic_quantity aic_gross_amount".split()
    assert found == (*(figures[name] for name in names), *figures["dates"])
    for column, name in (
        ("product", "products"),
        ("sku", "skus"),
        ("unit_type", "unit_types"),
        ("model", "models"),
    ):
        assert dict(loaded.ask(f"select {column}, count(*) from {of_bill} group by 1")) == figures[name]


def test_the_invoice_keeps_every_row_and_every_decimal(loaded: Zone) -> None:
    with (skip_without() / "focus/focus_1.0_sample_first300.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    sums = [
        sum((Decimal(row[column]) for row in rows), Decimal(0))
        for column in ("BilledCost", "EffectiveCost", "ListCost", "ContractedCost")
    ]
    assert loaded.ask(
        "select count(*), sum(billed_cost), sum(effective_cost), sum(list_cost), sum(contracted_cost)"
        " from raw.focus_charges"
    ) == [(300, *sums)]


def _token_sums(loaded: Zone, of_sample: str) -> tuple[tuple[int, ...], tuple[int, ...]]:
    counters = "input_tokens cache_creation_input_tokens cache_read_input_tokens output_tokens".split()
    total = " + ".join(f"coalesce({counter}, 0)" for counter in counters)
    sums = ", ".join(f"coalesce(sum({counter}), 0)::bigint" for counter in counters)
    # By both ids: in invented transcripts the first one alone stands for two requests.
    lines = f"(from raw.claude_code_requests where {of_sample})"
    (naive,) = loaded.ask(f"select count(*), {sums} from {lines} where record_type = 'assistant'")
    (distinct,) = loaded.ask(f"""select count(*), {sums} from (
        from {lines} qualify row_number() over (
            partition by message_id, request_id order by record_type, {total} desc
        ) = 1)""")
    return naive, distinct
