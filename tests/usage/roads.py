"""The same work as each export tells it: one writer a road.

A writer makes files of lines from requests. A line that is `spare` says nothing that another does not say better: it
may be lost. What a source's lines need of each other (a header, a session's first line) is in `opening`.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from tests.exports import (
    CURSOR_CSV,
    Json,
    api_request,
    bedrock_invocation,
    codex_answer,
    codex_count,
    codex_counters,
    codex_response,
    codex_session,
    codex_turn,
    csv_text,
    cursor_event,
    cursor_page,
    gemini_chat,
    gemini_chat_lines,
    gemini_message,
    gemini_response,
    log_batch,
    message,
    span,
    span_batch,
    spend_log,
    transcript_line,
)

_MORNING = datetime(2026, 2, 2, 9, tzinfo=UTC)


@dataclass(frozen=True)
class Request:
    """What was used by the request of a number, which grows within a session as its context does."""

    number: int
    session: int
    uncached: int
    read: int
    output: int
    # Whether the session goes on as a fork of itself, where a tool has such.
    in_fork: bool = False

    @property
    def at(self) -> datetime:
        return _MORNING + timedelta(minutes=self.number)

    @property
    def time(self) -> str:
        return self.at.isoformat().replace("+00:00", "Z")

    @property
    def nanoseconds(self) -> str:
        return str(int(self.at.timestamp()) * 1_000_000_000)


@dataclass(frozen=True)
class Line:
    text: str
    spare: bool = False


@dataclass(frozen=True)
class File:
    """Lines in the order in which their tool writes them, and what stands before the first."""

    name: str
    lines: Sequence[Line]
    opening: str = ""
    # Whether lines mean the same in any order and beside any others, and may stand in several files.
    are_apart: bool = True
    # Whether each line is something of its own, however much it is like another.
    is_bill: bool = False
    # Whether the name says what the lines are of, so that it must stay.
    name_tells: bool = False
    # How many seconds after all others it was exported.
    exported: int = 0
    whole: Callable[[Sequence[str]], str] = field(default=lambda texts: "".join(text + "\n" for text in texts))

    def content(self, lines: Iterable[Line]) -> str:
        return self.opening + self.whole([line.text for line in lines])


Writer = Callable[[Sequence[Request]], list[File]]


def _by_session(requests: Sequence[Request]) -> dict[int, list[Request]]:
    found: dict[int, list[Request]] = defaultdict(list)
    for request in sorted(requests, key=lambda r: r.number):
        found[request.session].append(request)
    return found


def _line(record: Json, *, spare: bool = False) -> Line:
    return Line(json.dumps(record), spare)


def claude_code(requests: Sequence[Request]) -> list[File]:
    """Every response on two lines, of which the first holds a placeholder."""

    def line(r: Request, output: int, block: int) -> Json:
        usage = {"cache_creation": None, "cache_creation_input_tokens": 0, "cache_read_input_tokens": r.read}
        said = message(f"msg_{r.number}", input_tokens=r.uncached, output_tokens=output, **usage)
        return transcript_line(
            r.number, uuid=f"uuid-{r.number}-{block}", sessionId=f"session-{r.session}", timestamp=r.time, message=said
        )

    return [
        File(
            f"claude_code/ada/projects/s/session-{session}.jsonl",
            [
                each
                for r in of_session
                for each in (_line(line(r, min(r.output, 1), 0), spare=True), _line(line(r, r.output, 1)))
            ],
        )
        for session, of_session in _by_session(requests).items()
    ]


def codex_session_of(r: Request) -> tuple[str, datetime]:
    """In which session of Codex a request was made, and when: in a fork two days later."""
    return (f"fork-{r.session}", r.at + timedelta(days=2)) if r.in_fork else (f"codex-{r.session}", r.at)


def codex(requests: Sequence[Request]) -> list[File]:
    """Cumulative counts, each written twice; a session that is resumed as a fork repeats there what it had."""
    files = []
    for session, of_session in _by_session(requests).items():
        lines, total = [_line(codex_session(f"codex-{session}"))], (0, 0, 0)
        fork = [_line(codex_session(f"fork-{session}", forked_from_id=f"codex-{session}"))]
        forks = any(r.in_fork for r in of_session)
        for r in of_session:
            total = (total[0] + r.uncached + r.read, total[1] + r.read, total[2] + r.output)
            last = codex_counters(r.uncached + r.read, r.read, r.output)
            count = {**codex_count(0, codex_counters(*total), last), "timestamp": r.time}
            if r.in_fork:
                fork.append(_line({**count, "timestamp": codex_session_of(r)[1].isoformat()}))
                continue
            turn = {**codex_turn(), "timestamp": r.time}
            again = {**count, "timestamp": r.time.replace("Z", ".500Z")}
            lines += [_line(turn, spare=True), _line(codex_answer(), spare=True), _line(count)]
            lines.append(_line(again, spare=True))
            if forks:
                late = (r.at + timedelta(days=1)).isoformat().replace("+00:00", "Z")
                fork.append(_line({**count, "timestamp": late}))
        name = "codex/ada/{}/2026/02/02/rollout-2026-02-02T09-00-00-{}.jsonl"
        files.append(File(name.format("sessions", f"codex-{session}"), lines, are_apart=False))
        if forks:
            files.append(File(name.format("archived_sessions", f"fork-{session}"), fork, are_apart=False))
    return files


def _gemini_message(r: Request) -> Json:
    thoughts = r.output // 2
    counted = {"input": r.uncached + r.read, "output": r.output - thoughts, "cached": r.read, "tool": 0}
    return {**gemini_message(1, thoughts=thoughts, **counted), "id": f"m-{r.number}", "timestamp": r.time}


def gemini_cli(requests: Sequence[Request]) -> list[File]:
    def chat(session: int) -> Callable[[Sequence[str]], str]:
        return lambda texts: json.dumps(
            {**gemini_chat(*map(json.loads, texts)), "sessionId": f"gemini-{session}"}, indent=2
        )

    return [
        File(
            f"gemini_cli/ada/ff00/chats/session-{session}.json",
            [_line(_gemini_message(r)) for r in of_session],
            whole=chat(session),
        )
        for session, of_session in _by_session(requests).items()
    ]


def gemini_cli_lines(requests: Sequence[Request]) -> list[File]:
    """The figures come with a second writing of a message."""
    files = []
    for session, of_session in _by_session(requests).items():
        first, asked, changed = gemini_chat_lines()
        lines = [_line(asked, spare=True), _line(changed, spare=True)]
        for r in of_session:
            told = _gemini_message(r)
            lines += [_line({**told, "tokens": None}, spare=True), _line(told)]
        opening = json.dumps({**first, "sessionId": f"gemini-{session}"}) + "\n"
        files.append(File(f"gemini_cli/ada/ff00/chats/session-{session}.jsonl", lines, opening))
    return files


def _batches(name: str, events: Iterable[Json], **of_resource: object) -> list[File]:
    return [File(f"otel/{name}.jsonl", [_line(log_batch(event, **of_resource)) for event in events])]


def otel_claude_code(requests: Sequence[Request]) -> list[File]:
    def event(r: Request) -> Json:
        counted = {"input_tokens": r.uncached, "output_tokens": r.output, "cache_read_tokens": r.read}
        session = {"session.id": f"session-{r.session}", "cache_creation_tokens": 0}
        return {**api_request(r.number, **counted, **session), "timeUnixNano": r.nanoseconds}

    return _batches("claude_code", map(event, requests))


def otel_codex(requests: Sequence[Request]) -> list[File]:
    def event(r: Request) -> Json:
        session, at = codex_session_of(r)
        counted = {"input_token_count": r.uncached + r.read, "cached_token_count": r.read, "reasoning_token_count": 0}
        told = codex_response(output_token_count=r.output, **counted, **{"conversation.id": session})
        return {**told, "timeUnixNano": str(int(at.timestamp()) * 1_000_000_000)}

    return _batches("codex", map(event, requests), **{"service.name": "codex_cli_rs"})


def otel_gemini_cli(requests: Sequence[Request]) -> list[File]:
    def event(r: Request) -> Json:
        thoughts = r.output // 2
        counted = {"input_token_count": r.uncached + r.read, "cached_content_token_count": r.read}
        rest = {"thoughts_token_count": thoughts, "output_token_count": r.output - thoughts, "tool_token_count": 0}
        told = gemini_response(**counted, **rest, **{"session.id": f"gemini-{r.session}"})
        return {**told, "timeUnixNano": r.nanoseconds}

    return _batches("gemini_cli", map(event, requests), **{"service.name": "gemini-cli"})


def otel_spans(requests: Sequence[Request]) -> list[File]:
    """Calls, and after each the span of an agent that repeats it."""
    lines = []
    for r in requests:
        counted = {"gen_ai.usage.input_tokens": r.uncached + r.read, "gen_ai.usage.cache_read.input_tokens": r.read}
        said = {**counted, "gen_ai.usage.output_tokens": r.output}
        lines.append(_line(span_batch({**span("chat", r.number, **said), "startTimeUnixNano": r.nanoseconds})))
        lines.append(_line(span_batch(span("invoke_agent", 1000 + r.number, **said)), spare=True))
    return [File("otel/spans.jsonl", lines)]


def _spent(r: Request) -> Json:
    counted = {"prompt_tokens": r.uncached + r.read, "completion_tokens": r.output, "startTime": r.time}
    metadata = {"usage_object": {"cache_read_input_tokens": r.read}}
    return {**spend_log(r.number, **counted), "request_id": f"msg_{r.number}", "metadata": metadata}


def _spent_elsewhere(r: Request, at: datetime, model: str) -> Json:
    """What a client that names its responses itself asked of a gateway, which was answered 20 seconds later."""
    asked = (at - timedelta(seconds=20)).isoformat().replace("+00:00", "Z")
    return {**_spent(r), "request_id": f"resp_{r.number}", "startTime": asked, "model": model}


def litellm_of_codex(requests: Sequence[Request]) -> list[File]:
    rows = [_line(_spent_elsewhere(r, codex_session_of(r)[1], "openai/gpt-5.2-codex")) for r in requests]
    return [File("litellm/codex.jsonl", rows)]


def litellm_of_gemini_cli(requests: Sequence[Request]) -> list[File]:
    rows = [_line(_spent_elsewhere(r, r.at, "gemini/gemini-3-pro")) for r in requests]
    return [File("litellm/gemini.jsonl", rows)]


def litellm(requests: Sequence[Request]) -> list[File]:
    return [File("litellm/spend.jsonl", [_line(_spent(r)) for r in requests])]


def litellm_csv(requests: Sequence[Request]) -> list[File]:
    columns = ("request_id", "startTime", "model", "user", "prompt_tokens", "completion_tokens", "metadata")
    rows = [{**_spent(r), "metadata": json.dumps(_spent(r)["metadata"])} for r in requests]
    header, *_ = csv_text(columns).splitlines(keepends=True)
    lines = [Line(csv_text([row[column] for column in columns]).rstrip("\n")) for row in rows]
    return [File("litellm/spend.csv", lines, header)]


def bedrock(requests: Sequence[Request]) -> list[File]:
    def call(r: Request) -> Json:
        counted = {"inputTokenCount": r.uncached, "cacheReadInputTokenCount": r.read, "cacheWriteInputTokenCount": 0}
        output = {"outputTokenCount": r.output, "outputBodyJson": {"id": f"msg_{r.number}"}}
        return bedrock_invocation(r.number, timestamp=r.time, input=counted, output=output)

    return [File("bedrock/us-east-1/2026/02/02/09/calls.json", [_line(call(r)) for r in requests])]


def _cursor_counters(r: Request) -> Json:
    return {"inputTokens": r.uncached, "outputTokens": r.output, "cacheWriteTokens": 0, "cacheReadTokens": r.read}


def cursor(requests: Sequence[Request]) -> list[File]:
    def event(r: Request) -> Json:
        at = str(int(r.at.timestamp() * 1000))
        return cursor_event(timestamp=at, tokenUsage={**_cursor_counters(r), "totalCents": 1.5})

    def page(texts: Sequence[str]) -> str:
        return json.dumps(cursor_page(*map(json.loads, texts)), indent=2)

    return [File("cursor/usage_events/page.json", [_line(event(r)) for r in requests], whole=page)]


def cursor_csv(requests: Sequence[Request]) -> list[File]:
    def row(r: Request) -> Line:
        said = (r.time, "ada@acme.example", "Included", "claude-4.5-sonnet", "No")
        cells = (*said, 0, r.uncached, r.read, r.output, r.uncached + r.read + r.output, "Included")
        return Line(csv_text(cells).rstrip("\n"))

    header = csv_text(CURSOR_CSV)
    return [File("cursor/usage_events/usage.csv", [row(r) for r in requests], header)]


# Every road, and the same work by several: those of a row know each other's requests by ids that they share.
ROADS: dict[str, Writer] = {
    writer.__name__: writer
    for writer in (
        claude_code, codex, gemini_cli, gemini_cli_lines, otel_claude_code, otel_codex, otel_gemini_cli, otel_spans,
        litellm, litellm_csv, bedrock, cursor, cursor_csv,
    )
}  # fmt: skip
