"""Single real exports of every source, placed as the landing zone wants them: no line is lost."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
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
