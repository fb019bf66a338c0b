"""OpenTelemetry files: Claude Code's own events, the commits it made, and model calls among GenAI spans."""

from __future__ import annotations

import json
from datetime import datetime
from decimal import Decimal

from tests.exports import (
    PROMPT,
    api_request,
    attributes,
    codex_response,
    gemini_response,
    json_lines,
    log_batch,
    metric_batch,
    otel_event,
    span,
    span_batch,
)
from tests.zone import Zone

_AT = datetime(2026, 2, 1, 10, 0, 0, 123456)
_REQUEST = (
    "request_id", "session_id", "event_sequence", "plain(account_key)", "model", "client_version", "speed",
    "input_tokens", "output_tokens", "cache_read_tokens", "cache_creation_tokens", "vendor_cost_usd", "occurred_at",
    "event_at",
)  # fmt: skip
_TAGS = ("plain(tag_repository_key)", "plain(tag_branch_key)", "tag_issue", "tag_pull_request", "tag_commit")
_ALL_TAGS = {
    "vcs.repository.url.full": "https://github.com/Acme/Shop.git",
    "branch": "feature/cart",
    "Ticket": "shop-12",
    "pr": 34,
    "sha": "0123ABCD",
}


def test_a_request_event_is_kept_field_by_field(zone: Zone) -> None:
    event = api_request(1, **{"speed": "fast", "event.timestamp": "2026-02-01T12:00:00.123Z"})
    zone.put("otel/logs.jsonl", json_lines([log_batch(event)]))

    zone.load()

    assert zone.row("otel_api_requests", *_REQUEST) == (
        "req_1", "session-1", 1, "ada@acme.example", "claude-opus-4-5", "2.1.294", "fast",
        10, 20, 40, 30, Decimal("0.05"), _AT, datetime(2026, 2, 1, 12, 0, 0, 123000),
    )  # fmt: skip
    assert zone.row("otel_api_requests", *_TAGS) == (None,) * 5


def test_numbers_may_be_strings_or_numbers_and_files_lines_or_documents(zone: Zone) -> None:
    given = {"event.name": "api_request", "request_id": "req_1", "model": "m", "input_tokens": 10, "output_tokens": 20}
    as_numbers = {
        "timeUnixNano": 1769940000123456789,
        "eventName": "claude_code.api_request",
        "attributes": attributes(given, numbers=True),
    }
    as_strings = otel_event("api_request", **given)
    all_text = otel_event("api_request", **{k: str(v) for k, v in given.items()})
    zone.put("otel/posted.json", json.dumps(log_batch(as_numbers), indent=2))
    zone.put("otel/collector.jsonl", json_lines([log_batch(as_strings)]))
    zone.put("otel/old_client.jsonl", json_lines([log_batch(all_text)]))
    zone.put("otel/one_line.json", json.dumps(log_batch(as_numbers)))

    zone.load()

    columns = ("request_id", "input_tokens", "output_tokens", "occurred_at")
    assert zone.rows("otel_api_requests", *columns) == [("req_1", 10, 20, _AT)] * 4


def test_a_batch_written_twice_after_a_retry_counts_once(zone: Zone) -> None:
    batch = log_batch(api_request(1), api_request(2))
    zone.put("otel/a.jsonl", json_lines([batch, batch, log_batch(api_request(3), api_request(3))]))

    zone.load()

    assert zone.rows("otel_api_requests", "request_id") == [("req_1",), ("req_2",), ("req_3",)]
    assert zone.ledger() == [(6, 3, 3, 0, 0)]


def test_tags_of_the_record_or_of_its_resource_are_read(zone: Zone) -> None:
    on_record = log_batch(api_request(1, **_ALL_TAGS))
    on_resource = log_batch(api_request(2), **_ALL_TAGS)
    of_span = span_batch(span(number=1, **_ALL_TAGS))
    zone.put("otel/a.jsonl", json_lines([on_record, on_resource]))
    zone.put("otel/b.jsonl", json_lines([of_span]))

    zone.load()

    expected = ("github.com/acme/shop", "feature/cart", "SHOP-12", 34, "0123abcd")
    assert zone.rows("otel_api_requests", *_TAGS) == [expected, expected]
    assert zone.row("otel_chat_spans", *_TAGS) == expected


def test_commits_that_the_tool_made_are_kept(zone: Zone) -> None:
    made = {"command": "git commit -m 'The launch plan'", "git_commit_id": "0123ABCDEF"}
    events = [
        otel_event(
            "tool_result", tool_name="Bash", tool_parameters=json.dumps(made), **{"user.email": "Ada@acme.example"}
        ),
        otel_event("tool_result", tool_name="Bash", tool_parameters=json.dumps({"command": "ls"})),
        otel_event("tool_result", tool_name="Read"),
        otel_event("user_prompt", prompt="the launch plan"),
    ]
    zone.put("otel/a.jsonl", json_lines([log_batch(*events)]))

    zone.load()

    columns = ("session_id", "commit_sha", "plain(account_key)", "occurred_at")
    assert zone.row("otel_commits", *columns) == ("session-1", "0123abcdef", "ada@acme.example", _AT)
    assert zone.ledger() == [(4, 1, 0, 3, 0)]
    assert "launch plan" not in str(zone.everything())


def test_only_model_calls_among_spans_count(zone: Zone) -> None:
    spans = [
        span("chat", 1, **{"gen_ai.usage.cache_read.input_tokens": 60, "gen_ai.conversation.id": "talk-1"}),
        span("invoke_agent", 2),
        span("execute_tool", 3),
        span("embeddings", 4),
    ]
    zone.put("otel/spans.jsonl", json_lines([span_batch(*spans, **{"enduser.id": "Ada"})]))

    zone.load()

    columns = (
        "response_id", "trace_id", "span_id", "session_id", "plain(account_key)", "service", "provider", "model",
        "input_tokens", "output_tokens", "cache_read_tokens", "cache_creation_tokens", "occurred_at",
    )  # fmt: skip
    assert zone.rows("otel_chat_spans", *columns) == [
        ("resp_1", f"{1:032x}", f"{1:016x}", "talk-1", "ada", "copilot-chat", "openai", "gpt-5",
         100, 7, 60, None, datetime(2026, 2, 1, 10)),
        ("resp_4", f"{4:032x}", f"{4:016x}", None, "ada", "copilot-chat", "openai", "gpt-5",
         100, 7, None, None, datetime(2026, 2, 1, 10)),
    ]  # fmt: skip
    assert zone.ledger() == [(4, 2, 0, 2, 0)]


def test_older_names_of_attributes_are_understood(zone: Zone) -> None:
    old = {
        "gen_ai.operation.name": "chat",
        "gen_ai.system": "anthropic",
        "gen_ai.request.model": "claude-opus-4-5",
        "gen_ai.usage.prompt_tokens": 11,
        "gen_ai.usage.completion_tokens": 12,
        "gen_ai.usage.cache_read_input_tokens": 13,
        "gen_ai.usage.cache_creation_input_tokens": 14,
    }
    entry = {"traceId": "t", "spanId": "s", "startTimeUnixNano": 1769940000000000000, "attributes": attributes(old)}
    zone.put("otel/a.jsonl", json_lines([span_batch(entry)]))

    zone.load()

    columns = ("provider", "model", "input_tokens", "output_tokens", "cache_read_tokens", "cache_creation_tokens")
    assert zone.row("otel_chat_spans", *columns) == ("anthropic", "claude-opus-4-5", 11, 12, 13, 14)


def test_an_empty_attribute_gives_way_to_the_next_one(zone: Zone) -> None:
    zone.put("otel/a.jsonl", json_lines([log_batch(api_request(1, **{"user.email": "", "user.account_uuid": "U-1"}))]))

    zone.load()

    assert zone.row("otel_api_requests", "plain(account_key)") == "u-1"


def test_events_of_other_programs_and_metrics_are_counted_only(zone: Zone) -> None:
    other = {**api_request(1), "body": {"stringValue": "api_request"}}
    resource = {"resource": {"attributes": attributes({"service.name": "billing"})}}
    foreign = {"resourceLogs": [{**resource, "scopeLogs": [{"logRecords": [other]}]}]}
    metrics = {"resourceMetrics": [{"scopeMetrics": [{"metrics": [{"name": "claude_code.token.usage"}]}]}]}
    zone.put("otel/a.jsonl", json_lines([foreign, metrics, {"resourceLogs": []}, {"resourceSpans": [{}]}]))

    zone.load()

    assert zone.rows("otel_api_requests", "*") == []
    assert zone.ledger() == [(4, 0, 0, 4, 0)]


def test_what_is_wrong_in_a_batch_costs_that_record_only(zone: Zone) -> None:
    batch = log_batch(
        api_request(1),
        api_request(2, input_tokens=-5),
        api_request(3, output_tokens=12.6),
        otel_event("api_request", request_id="req_4"),
        otel_event("api_request", nanoseconds="99999999999999999999", request_id="5", input_tokens=1, output_tokens=1),
        api_request(6),
    )
    zone.put("otel/a.jsonl", json_lines([batch, {"events": []}]) + '{"resourceLogs": [{"resource"\n')

    zone.load()

    tokens = "is not a number of tokens from 0 to 1,000,000,000"
    assert zone.rows("otel_api_requests", "request_id") == [("req_1",), ("req_6",)]
    assert sorted(zone.reasons()) == [
        (1, "input_tokens is missing; output_tokens is missing"),
        (1, f"input_tokens {tokens}"),
        (1, "occurred_at is not a time in nanoseconds between the years 2000 and 2099"),
        (1, f"output_tokens {tokens}"),
        (2, "it is no batch of OpenTelemetry logs, spans or metrics"),
        (3, "the line is not valid JSON"),
    ]
    assert zone.ledger() == [(8, 2, 0, 0, 6)]
    zone.assert_balanced()


def test_lines_of_a_grown_file_keep_their_numbers_though_units_are_counted(zone: Zone) -> None:
    first = json_lines([log_batch(api_request(1), api_request(2), api_request(3))])
    zone.put("otel/a.jsonl", first)
    zone.load()
    zone.put("otel/a.jsonl", first + "garbage\n", at=1_600_000_100)

    zone.load()

    assert zone.reasons() == [(2, "the line is not valid JSON")]
    assert zone.ledger() == [(3, 3, 0, 0, 0), (1, 0, 0, 0, 1)]


def test_a_codex_response_is_kept_field_by_field(zone: Zone) -> None:
    zone.put("otel/a.jsonl", json_lines([log_batch(codex_response(), codex_response(**{"event.kind": "other"}))]))

    zone.load()

    columns = (
        "session_id", "plain(account_key)", "model", "client_version", "input_tokens", "cached_input_tokens",
        "output_tokens", "reasoning_output_tokens", "tag_issue", "occurred_at",
    )  # fmt: skip
    assert zone.row("otel_codex_responses", *columns) == (
        "conversation-1", "ada@acme.example", "gpt-5.2-codex", "2.1.294", 1000, 700, 90, 60, "SHOP-1", _AT,
    )  # fmt: skip


def test_a_gemini_cli_response_is_kept_field_by_field(zone: Zone) -> None:
    zone.put("otel/a.jsonl", json_lines([log_batch(gemini_response())]))

    zone.load()

    columns = (
        "session_id", "prompt_id", "model", "input_tokens", "output_tokens", "cached_tokens", "thought_tokens",
        "tool_tokens", "occurred_at",
    )  # fmt: skip
    assert zone.row("otel_gemini_cli_responses", *columns) == (
        "gemini-1", "p-1", "gemini-3-pro", 100, 5, 60, 9, 1, _AT,
    )  # fmt: skip


def test_spans_as_copilot_writes_them_are_kept(zone: Zone) -> None:
    said = {"gen_ai.operation.name": "chat", "gen_ai.response.id": "resp", "gen_ai.usage.input_tokens": 270}
    by_cli = {"type": "span", "traceId": "t1", "spanId": "s1", "startTime": [1769940000, 123456789], "attributes": said}
    agent = {**by_cli, "spanId": "s2", "attributes": {"gen_ai.operation.name": "invoke_agent"}}
    by_editor = {
        "trace_id": "t2",
        "span_id": "s3",
        "start_time_ms": 1769940000123.5,
        "attributes": {**said, "x": PROMPT},
    }
    zone.put("otel/copilot.jsonl", json_lines([by_cli, agent, {"type": "metric", "name": "x"}, by_editor, {"x": 1}]))

    zone.load()

    columns = ("trace_id", "span_id", "response_id", "input_tokens", "occurred_at")
    assert zone.rows("otel_chat_spans", *columns) == [
        ("t1", "s1", "resp", 270, _AT),
        ("t2", "s3", "resp", 270, datetime(2026, 2, 1, 10, 0, 0, 123_500)),
    ]
    assert zone.reasons() == [(5, "it is no batch of OpenTelemetry logs, spans or metrics")]
    assert zone.ledger() == [(5, 2, 0, 2, 1)]
    assert PROMPT not in str(zone.everything())


def test_points_of_metrics_are_kept_field_by_field(zone: Zone) -> None:
    said = {"gen_ai.token.type": "input", "gen_ai.request.model": "gpt-5", "gen_ai.provider.name": "openai"}
    times = {"startTimeUnixNano": "1769940000000000000", "timeUnixNano": "1769940000123456789"}
    histogram = {"dataPoints": [{**times, "attributes": attributes(said), "count": "3", "sum": 1200.0}]}
    counter = {"dataPoints": [{**times, "attributes": attributes({"type": "cacheRead", "model": "m"}), "asInt": "900"}]}
    cost = {"dataPoints": [{**times, "attributes": attributes({"model": "m"}), "asDouble": 0.125}]}
    zone.put("otel/metrics.jsonl", json_lines([metric_batch({
        "gen_ai.client.token.usage": {"histogram": {**histogram, "aggregationTemporality": 2}},
        "claude_code.token.usage": {"sum": {**counter, "aggregationTemporality": "AGGREGATION_TEMPORALITY_DELTA"}},
        "claude_code.cost.usage": {"sum": {**cost, "aggregationTemporality": 1}},
        "gemini_cli.token.usage": {"sum": counter},
        "claude_code.session.count": {"sum": {**counter, "aggregationTemporality": 1}},
    })]))  # fmt: skip

    zone.load()

    columns = (
        "metric", "is_cumulative", "service", "provider", "model", "token_type", "tokens", "vendor_cost_usd",
        "requests", "measured_at",
    )  # fmt: skip
    assert zone.rows("otel_metric_points", *columns) == [
        ("claude_code.cost.usage", False, "claude-code", None, "m", None, None, Decimal("0.125"), None, _AT),
        ("claude_code.token.usage", False, "claude-code", None, "m", "cacheRead", 900, None, None, _AT),
        ("gen_ai.client.token.usage", True, "claude-code", "openai", "gpt-5", "input", 1200, None, 3, _AT),
    ]
    assert [reason for _, reason in zone.reasons()] == ["is_cumulative is missing"]


def test_an_attribute_without_a_text_is_none_and_the_first_of_two_counts(zone: Zone) -> None:
    event = api_request(1)
    event["attributes"] += [{"key": "model", "value": {"stringValue": "another"}}, {"key": "speed"}, {}]
    zone.put("otel/a.jsonl", json_lines([log_batch(event)]))
    zone.load()
    assert zone.row("otel_api_requests", "model", "speed") == ("claude-opus-4-5", None)


def test_points_of_one_series_are_known_as_such_and_nobody_by_it(zone: Zone) -> None:
    def point(minute: int, person: str, **more: object) -> dict[str, object]:
        said = attributes({"user.email": person, "type": "input", **more})
        return {"attributes": said, "timeUnixNano": str(1769940000 * 10**9 + minute * 60 * 10**9), "asInt": 1}

    points = [
        point(1, "ada@acme.example"),
        point(2, "ada@acme.example"),
        point(1, "ben@acme.example"),
        point(1, "ada@acme.example", model="m"),
    ]
    metric = {"sum": {"dataPoints": points, "aggregationTemporality": 1}}
    zone.put("otel/a.jsonl", json_lines([metric_batch({"gemini_cli.token.usage": metric})]))

    zone.load()

    series = zone.ask(
        "select count(*), count(distinct account_key) from raw.otel_metric_points group by series order by all"
    )
    assert series == [(1, 1), (3, 2)]
