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


def metric_batch(metrics: dict[str, Json], **of_resource: object) -> Json:
    resource = {"attributes": attributes({"service.name": "claude-code", **of_resource})}
    named = [{"name": name, **points} for name, points in metrics.items()]
    return {"resourceMetrics": [{"resource": resource, "scopeMetrics": [{"metrics": named}]}]}


def _client_event(name: str, given: dict[str, object]) -> Json:
    return {"timeUnixNano": "1769940000123456789", "attributes": attributes({"event.name": name, **given})}


def codex_response(**more: object) -> Json:
    """What Codex reports of a response; the figure of its tools is input and output together."""
    said = {"event.kind": "response.completed", "conversation.id": "conversation-1", "model": "gpt-5.2-codex"}
    counted = {"input_token_count": 1000, "cached_token_count": 700, "output_token_count": 90}
    rest = {"reasoning_token_count": 60, "tool_token_count": 1090, "user.email": "ada@acme.example", "ticket": "SHOP-1"}
    return _client_event("codex.sse_event", {**said, **counted, **rest, **more})


def gemini_response(**more: object) -> Json:
    said = {"session.id": "gemini-1", "prompt_id": "p-1", "model": "gemini-3-pro", "response_text": ANSWER}
    counted = {"input_token_count": 100, "output_token_count": 5, "cached_content_token_count": 60}
    rest = {"thoughts_token_count": 9, "tool_token_count": 1, "total_token_count": 115}
    return _client_event("gemini_cli.api_response", {**said, **counted, **rest, **more})


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


def gemini_chat_lines(*messages: Json) -> list[Json]:
    """The same as newer builds write it: who was asked, and then one message a line."""
    first = {"sessionId": "gemini-1", "projectHash": "ff", "startTime": "2026-02-01T10:00:00.000Z"}
    asked = {"id": "m-0", "timestamp": "2026-02-01T10:00:00.000Z", "type": "user", "content": PROMPT}
    return [first, asked, *messages, {"$set": {"lastUpdated": "2026-02-01T11:00:00.000Z"}}]


# Codex


def codex_session(session: str = "session-1", **more: object) -> Json:
    git = {"commit_hash": "0" * 40, "branch": "ada/SHOP-1-cart", "repository_url": "git@github.com:Acme/Shop.git"}
    payload = {"id": session, "cwd": "/home/ada/shop", "originator": "codex_cli_rs", "source": "cli", "git": git}
    return {
        "timestamp": "2026-02-01T10:00:00.000Z",
        "type": "session_meta",
        "payload": {**payload, "cli_version": "0.150.0", "model_provider": "openai", "instructions": PROMPT, **more},
    }


def codex_turn(minute: int = 0, **more: object) -> Json:
    payload = {"cwd": "/home/ada/shop", "model": "gpt-5.2-codex", "approval_policy": "never", **more}
    return {"timestamp": f"2026-02-01T10:{minute:02}:00.500Z", "type": "turn_context", "payload": payload}


def codex_counters(tokens_in: int, cached: int, out: int, reasoning: int = 0) -> Json:
    return {
        "input_tokens": tokens_in,
        "cached_input_tokens": cached,
        "output_tokens": out,
        "reasoning_output_tokens": reasoning,
        "total_tokens": tokens_in + out,
    }


def codex_count(minute: int, total: Json | None, last: Json | None = None) -> Json:
    """A count of a session; without a total, one that tells of the plan's limits only."""
    info = total and {"total_token_usage": total, "last_token_usage": last or total, "model_context_window": 272000}
    payload = {"type": "token_count", "info": info, "rate_limits": {"primary": {"used_percent": 3.0}}}
    return {"timestamp": f"2026-02-01T10:{minute:02}:01.000Z", "type": "event_msg", "payload": payload}


def codex_answer(minute: int = 0) -> Json:
    payload = {"type": "message", "role": "assistant", "content": [{"type": "output_text", "text": ANSWER}]}
    return {"timestamp": f"2026-02-01T10:{minute:02}:00.900Z", "type": "response_item", "payload": payload}


# Bedrock


def bedrock_invocation(number: int = 1, **more: object) -> Json:
    asked = {"inputContentType": "application/json", "inputBodyJson": {"messages": [{"content": PROMPT}]}}
    said = {"id": f"msg_bdrk_{number}", "type": "message", "content": [{"type": "text", "text": ANSWER}]}
    return {
        "schemaType": "ModelInvocationLog",
        "schemaVersion": "1.0",
        "timestamp": "2026-02-01T10:00:00Z",
        "accountId": "111122223333",
        "identity": {"arn": "arn:aws:sts::111122223333:assumed-role/Developers/ada@acme.example"},
        "region": "us-east-1",
        "requestId": f"request-{number}",
        "operation": "InvokeModel",
        "modelId": "arn:aws:bedrock:us-east-1::foundation-model/anthropic.claude-sonnet-4-5-20250929-v1:0",
        "requestMetadata": {"ticket": "SHOP-1", "repo": "acme/shop"},
        "input": {**asked, "inputTokenCount": 4, "cacheReadInputTokenCount": 900, "cacheWriteInputTokenCount": 100},
        "output": {"outputBodyJson": said, "outputTokenCount": 38},
        **more,
    }


# Cursor


def cursor_event(number: int = 1, **more: object) -> Json:
    counted = {"inputTokens": 126, "outputTokens": 450, "cacheWriteTokens": 6112, "cacheReadTokens": 11964}
    return {
        "timestamp": str(1769940000123 + 1000 * number),
        "userEmail": " Ada@Acme.example",
        "model": "claude-4.5-sonnet",
        "kind": "Usage-based",
        "maxMode": True,
        "isTokenBasedCall": True,
        "tokenUsage": {**counted, "totalCents": 20.18232},
        "chargedCents": 21.36232,
        "cursorTokenFee": 1.18,
        **more,
    }


def cursor_page(*events: Json) -> Json:
    period = {"startDate": 1769904000000, "endDate": 1769990399999}
    return {"totalUsageEventsCount": len(events), "usageEvents": list(events), "period": period}


CURSOR_CSV = (
    "Date", "User", "Kind", "Model", "Max Mode", "Input (w/ Cache Write)", "Input (w/o Cache Write)", "Cache Read",
    "Output Tokens", "Total Tokens", "Cost",
)  # fmt: skip
