"""OpenTelemetry as the Collector writes it: Claude Code's events, and Copilot's spans.

Claude Code says of a request what its transcript says, under the same id, but for how long the
cache was written. Copilot's agent spans repeat what the calls below them used.
"""

from __future__ import annotations

import json
from collections import defaultdict
from datetime import UTC, datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tokenworth.simulate import words
from tokenworth.simulate.models import MODELS
from tokenworth.simulate.sessions import CLAUDE_CODE, Session
from tokenworth.simulate.tasks import Step, Task
from tokenworth.simulate.usage import Usage
from tokenworth.simulate.zone import Zone

EVENTS, SPANS = "otel_events", "otel_spans"
_BATCH = 25  # events a line
_CALLS_AN_AGENT = 5
_TAG_NAMES = (
    {"repo": "repository", "branch": "branch", "ticket": "ticket"},
    {"repo": "vcs.repository.url.full", "branch": "vcs.ref.head.name", "ticket": "ticket"},
)


def write(zone: Zone, usage: Usage, cost_usd: NDArray[np.float64]) -> None:
    """`cost_usd` is the list price of every request."""
    numbers = usage.lists()
    numbers["nanoseconds"] = usage.requests["at"].to_numpy().astype("datetime64[ns]").astype(np.int64).tolist()
    numbers["cost_usd"] = np.round(cost_usd, 6).tolist()
    files: dict[tuple[str, str], list[tuple[str, int]]] = defaultdict(list)
    for i, session in enumerate(usage.sessions):
        if not session.in_otel:
            continue
        year, week, _ = session.ends_at.isocalendar()
        writer = _Session(session, i, numbers, usage.rows(i), plain_numbers=week % 2 == 0)
        if session.tool == CLAUDE_CODE:
            files[EVENTS, f"otel/claude-code-events-{year}-W{week:02d}.jsonl"] += writer.event_lines()
        else:
            files[SPANS, f"otel/copilot-spans-{year}-W{week:02d}.jsonl"] += writer.span_lines()
    for position, ((kind, name), batches) in enumerate(files.items()):
        if position == len(files) - 1:
            batches.append(batches[0])  # sent twice after a timeout
        suffix = ".zst" if position == 0 else ""
        records = sum(count for _, count in batches)
        zone.write(kind, name + suffix, ("\n".join(line for line, _ in batches) + "\n").encode(), records)


def _text(key: str, value: str) -> str:
    return f'{{"key":"{key}","value":{{"stringValue":{json.dumps(value, ensure_ascii=False)}}}}}'


def _commit(task: Task, step: Step) -> str:
    """The tool's result after it has committed: the only event that says what came of a session."""
    commits = task.landed if task.ending == "direct" else task.pushed
    sha = next(commit.sha for commit in commits if commit.authored_at == step.at and commit.author is task.author)
    parameters = {"bash_command": "git commit", "full_command": 'git commit -m "wip"', "git_commit_id": sha}
    return ",".join(
        [_text("tool_name", "Bash"), _text("success", "true"), _text("tool_parameters", json.dumps(parameters))]
    )


def _nanoseconds(at: datetime) -> int:
    return int(at.replace(tzinfo=UTC).timestamp()) * 1_000_000_000


class _Session:
    """The lines of one session: what they hold, and how many events or spans that is."""

    def __init__(
        self, session: Session, position: int, numbers: dict[str, list[Any]], rows: range, *, plain_numbers: bool
    ) -> None:
        self.session, self.position, self.numbers, self.rows = session, position, numbers, rows
        # A Collector writes 64-bit integers as strings; who saves the client's own requests has numbers.
        self.quote = "" if plain_numbers else '"'

    def _integer(self, key: str, value: int) -> str:
        if self.session.tool == CLAUDE_CODE and self.session.is_old_client:
            return f'{{"key":"{key}","value":{{"stringValue":"{value}"}}}}'
        return f'{{"key":"{key}","value":{{"intValue":{self.quote}{value}{self.quote}}}}}'

    def _resource(self, *attributes: str) -> str:
        names = _TAG_NAMES[self.position % 2]
        tags = []
        for key, value in self.session.tags.items():
            spelled = f"https://{value}.git" if names[key] == "vcs.repository.url.full" else value
            tags.append(_text(names[key], spelled))
        return ",".join([*attributes, *tags])

    def event_lines(self) -> list[tuple[str, int]]:
        session = self.session
        person = session.person
        account = (
            _text("user.email", person.email) if person.index % 2 else _text("user.account_uuid", person.account_uuid)
        )
        common = f"{account},{_text('session.id', session.session_id)}"
        events = [(self.numbers["nanoseconds"][self.rows[0]] - 2_000_000_000, "user_prompt", self._prompt())]
        for i in self.rows:
            at = self.numbers["nanoseconds"][i]
            events.append((at, "api_request", self._request(i)))
            if i % 8 == 0:
                events.append(
                    (at + 1_000_000, "tool_result", f"{_text('tool_name', 'Read')},{_text('success', 'true')}")
                )
        if session.names_commit and session.task and session.step:
            events.append((_nanoseconds(session.step.at), "tool_result", _commit(session.task, session.step)))
        resource = self._resource(
            _text("service.name", "claude-code"), _text("service.version", session.version), _text("os.type", "darwin")
        )
        lines = []
        for start in range(0, len(events), _BATCH):
            records = ",".join(
                f'{{"timeUnixNano":{self.quote}{at}{self.quote},"observedTimeUnixNano":{self.quote}{at}{self.quote},'
                f'"body":{{"stringValue":"claude_code.{name}"}},"attributes":[{common},{_text("event.name", name)},'
                f"{self._integer('event.sequence', start + nth)},{attributes}]}}"
                for nth, (at, name, attributes) in enumerate(events[start : start + _BATCH])
            )
            lines.append(
                (
                    f'{{"resourceLogs":[{{"resource":{{"attributes":[{resource}]}},"scopeLogs":[{{"scope":'
                    f'{{"name":"com.anthropic.claude_code.events","version":"{session.version}"}},'
                    f'"logRecords":[{records}]}}]}}]}}',
                    len(events[start : start + _BATCH]),
                )
            )
        return lines

    def _prompt(self) -> str:
        person, task = self.session.person, self.session.task
        typed = words.prompts(person.name, person.email, task.title if task else "Look around")
        return _text("prompt", typed[self.position % len(typed)])

    def _request(self, i: int) -> str:
        n = self.numbers
        cost = f'{{"key":"cost_usd","value":{{"doubleValue":{n["cost_usd"][i]}}}}}'
        return ",".join(
            [
                _text("model", MODELS[n["model"][i]].name),
                self._integer("input_tokens", n["input_uncached"][i]),
                self._integer("output_tokens", n["output"][i]),
                self._integer("cache_read_tokens", n["cache_read"][i]),
                self._integer("cache_creation_tokens", n["cache_write_5m"][i] + n["cache_write_1h"][i]),
                cost,
                self._integer("duration_ms", 900 + 37 * (i % 400)),
                _text("request_id", n["request_id"][i]),
            ]
        )

    def span_lines(self) -> list[tuple[str, int]]:
        """A few calls a line, and behind them the agent's span that adds them up."""
        resource = self._resource(_text("service.name", "copilot-chat"), _text("enduser.id", self.session.person.login))
        lines = []
        for start in range(0, len(self.rows), _CALLS_AN_AGENT):
            calls = self.rows[start : start + _CALLS_AN_AGENT]
            spans = [self._span(i, "chat", [i]) for i in calls] + [self._span(calls[-1], "invoke_agent", list(calls))]
            lines.append(
                (
                    f'{{"resourceSpans":[{{"resource":{{"attributes":[{resource}]}},"scopeSpans":[{{"scope":'
                    f'{{"name":"copilot-chat"}},"spans":[{",".join(spans)}]}}]}}]}}',
                    len(spans),
                )
            )
        return lines

    def _span(self, i: int, operation: str, calls: list[int]) -> str:
        n = self.numbers
        name = MODELS[n["model"][i]].name
        digits = n["message_id"][i].replace("-", "")
        at = n["nanoseconds"][calls[0]]
        read = sum(n["cache_read"][call] for call in calls)
        attributes = [
            _text("gen_ai.operation.name", operation),
            _text("gen_ai.provider.name", "github"),
            _text("gen_ai.conversation.id", self.session.session_id),
            _text("gen_ai.request.model", name),
            _text("gen_ai.response.model", name),
            self._integer("gen_ai.usage.input_tokens", read + sum(n["input_uncached"][call] for call in calls)),
            self._integer("gen_ai.usage.cache_read.input_tokens", read),
            self._integer("gen_ai.usage.output_tokens", sum(n["output"][call] for call in calls)),
        ]
        if operation == "chat":
            attributes.append(_text("gen_ai.response.id", n["message_id"][i]))
        else:
            attributes.append(_text("gen_ai.agent.name", "GitHub Copilot Chat"))
        span = digits[:16] if operation == "chat" else digits[16:]
        return (
            f'{{"traceId":"{digits}","spanId":"{span}","name":"{operation} {name}","kind":3,'
            f'"startTimeUnixNano":{self.quote}{at}{self.quote},'
            f'"endTimeUnixNano":{self.quote}{at + 2_100_000_000}{self.quote},'
            f'"attributes":[{",".join(attributes)}],"status":{{"code":0}}}}'
        )
