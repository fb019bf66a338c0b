"""Exports as the vendors write them, in small: functions that make one line, row, page or batch.

Everything in here is invented. What no column may hold (prompts, answers, bodies, names) is put
in on purpose, so that a test can look for it afterwards.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Sequence
from typing import Any

PROMPT = "please rewrite the secret launch plan"
ANSWER = "certainly, the launch plan is rewritten"

Json = dict[str, Any]


def json_lines(records: Iterable[object]) -> str:
    return "".join(json.dumps(record) + "\n" for record in records)


def csv_text(header: Sequence[str], *rows: Sequence[object]) -> str:
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows([header, *rows])
    return out.getvalue()


# Claude Code


def usage(input_tokens: object = 10, output_tokens: object = 20, **more: object) -> Json:
    return {
        "input_tokens": input_tokens,
        "cache_creation_input_tokens": 30,
        "cache_read_input_tokens": 40,
        "cache_creation": {"ephemeral_5m_input_tokens": 25, "ephemeral_1h_input_tokens": 5},
        "output_tokens": output_tokens,
        "service_tier": "standard",
        **more,
    }


def message(message_id: str | None = "msg_1", model: str = "claude-opus-4-5", **of_usage: Any) -> Json:
    return {
        "id": message_id,
        "type": "message",
        "role": "assistant",
        "model": model,
        "content": [{"type": "text", "text": ANSWER}],
        "usage": usage(**of_usage),
    }


def transcript_line(number: int = 1, *, message_id: str | None = None, **more: Any) -> Json:
    """An assistant's line; lines of one response share `message_id`."""
    return {
        "parentUuid": None,
        "isSidechain": False,
        "userType": "external",
        "cwd": "/home/ada/shop",
        "sessionId": "session-1",
        "version": "2.1.100",
        "gitBranch": "ada/SHOP-1-cart",
        "type": "assistant",
        "uuid": f"uuid-{number}",
        "requestId": f"req_{number}",
        "timestamp": f"2026-02-01T10:{number // 60 % 60:02}:{number % 60:02}.500Z",
        "message": message(message_id or f"msg_{number}"),
        **more,
    }


def user_line(number: int = 1) -> Json:
    return {
        "type": "user",
        "sessionId": "session-1",
        "uuid": f"user-{number}",
        "timestamp": "2026-02-01T10:00:00.000Z",
        "message": {"role": "user", "content": PROMPT},
    }


def progress_line(number: int = 1, **more: Any) -> Json:
    """What is left of a sub-agent whose own file was not collected."""
    inner = {"type": "assistant", "requestId": f"req_agent_{number}", "message": message(f"msg_agent_{number}")}
    return {
        **transcript_line(number),
        "type": "progress",
        "requestId": None,
        "message": None,
        "data": {"type": "agent_progress", "prompt": PROMPT, "message": inner},
        **more,
    }


# LiteLLM


def spend_log(number: int = 1, **more: object) -> Json:
    return {
        "request_id": f"chatcmpl-{number}",
        "call_type": "acompletion",
        "api_key": "0" * 64,
        "spend": 0.0123,
        "total_tokens": 150,
        "prompt_tokens": 100,
        "completion_tokens": 50,
        "startTime": f"2026-02-01T09:{number // 60 % 60:02}:{number % 60:02}.250000Z",
        "endTime": "2026-02-01T10:00:00Z",
        "model": "anthropic/claude-sonnet-4-5",
        "custom_llm_provider": "anthropic",
        "user": "ada@acme.example",
        "metadata": {"usage_object": {"cache_read_input_tokens": 60, "cache_creation_input_tokens": 15}},
        "cache_hit": "None",
        "request_tags": ["repo:acme/shop", "ticket:SHOP-1"],
        "status": "success",
        "messages": [{"role": "user", "content": PROMPT}],
        "response": {"content": ANSWER},
        **more,
    }


# OpenTelemetry


def attributes(given: dict[str, object], *, numbers: bool = False) -> list[Json]:
    """`numbers` writes integers as Claude Code posts them; a Collector's file has them as strings."""
    kinds = {bool: "boolValue", int: "intValue", float: "doubleValue", str: "stringValue"}
    return [
        {"key": k, "value": {kinds[type(v)]: str(v) if type(v) is int and not numbers else v}} for k, v in given.items()
    ]


def otel_event(name: str, *, nanoseconds: object = "1769940000123456789", **given: object) -> Json:
    """A log record of Claude Code; underscores stand for dots where the vendor's names have them."""
    return {
        "timeUnixNano": nanoseconds,
        "body": {"stringValue": f"claude_code.{name}"},
        "attributes": attributes({"event.name": name, "session.id": "session-1", **given}),
    }


def api_request(number: int = 1, **more: object) -> Json:
    return otel_event(
        "api_request",
        **{
            "event.sequence": number,
            "user.email": "ada@acme.example",
            "model": "claude-opus-4-5",
            "input_tokens": 10,
            "output_tokens": 20,
            "cache_read_tokens": 40,
            "cache_creation_tokens": 30,
            "cost_usd": 0.05,
            "request_id": f"req_{number}",
            "prompt": PROMPT,
            **more,
        },
    )


def log_batch(*events: Json, **of_resource: object) -> Json:
    resource = {"attributes": attributes({"service.name": "claude-code", "service.version": "2.1.294", **of_resource})}
    return {"resourceLogs": [{"resource": resource, "scopeLogs": [{"scope": {}, "logRecords": list(events)}]}]}


def span(operation: str = "chat", number: int = 1, **more: object) -> Json:
    return {
        "traceId": f"{number:032x}",
        "spanId": f"{number:016x}",
        "name": f"{operation} gpt-5",
        "startTimeUnixNano": "1769940000000000000",
        "attributes": attributes(
            {
                "gen_ai.operation.name": operation,
                "gen_ai.response.id": f"resp_{number}",
                "gen_ai.response.model": "gpt-5",
                "gen_ai.provider.name": "openai",
                "gen_ai.usage.input_tokens": 100,
                "gen_ai.usage.output_tokens": 7,
                "gen_ai.input.messages": PROMPT,
                **more,
            }
        ),
    }


def span_batch(*spans: Json, **of_resource: object) -> Json:
    resource = {"attributes": attributes({"service.name": "copilot-chat", **of_resource})}
    return {"resourceSpans": [{"resource": resource, "scopeSpans": [{"scope": {}, "spans": list(spans)}]}]}


# Gemini CLI


def gemini_chat(*messages: Json) -> Json:
    return {
        "sessionId": "gemini-1",
        "projectHash": "ff",
        "startTime": "2026-02-01T10:00:00.000Z",
        "lastUpdated": "2026-02-01T11:00:00.000Z",
        "messages": [
            {"id": "m-0", "timestamp": "2026-02-01T10:00:00.000Z", "type": "user", "content": PROMPT},
            *messages,
        ],
    }


def gemini_message(number: int = 1, **tokens: object) -> Json:
    return {
        "id": f"m-{number}",
        "timestamp": f"2026-02-01T10:00:{number:02}.000Z",
        "type": "gemini",
        "content": ANSWER,
        "model": "gemini-3-pro",
        "tokens": {"input": 100, "output": 5, "cached": 60, "thoughts": 9, "tool": 1, "total": 115, **tokens},
    }
