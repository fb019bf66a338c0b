"""Claude Code's transcripts, with everything that makes counting them hard.

A request is one line a content block. Old clients write placeholders for the output tokens, and
often nothing better in the end. Sub-agents have files of their own; where such a file was not
collected, `progress` lines of the main one are all that is left. A resumed session begins with
the lines of the one before, and errors of the client look like answers that cost nothing.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from tokenworth.simulate import words
from tokenworth.simulate.chance import HEX, codes, uuid_of
from tokenworth.simulate.models import MODELS
from tokenworth.simulate.sessions import Session
from tokenworth.simulate.tasks import Task
from tokenworth.simulate.usage import Usage
from tokenworth.simulate.zone import Zone

KIND = "claude_code"
_CHUNK = 200_000  # requests that are held as text at once


@dataclass
class _Columns:
    """A stretch of requests that begins at row `offset`; `hexes` are random digits for each."""

    offset: int
    hexes: list[str]
    lists: dict[str, list[Any]]

    def __getitem__(self, name: str) -> list[Any]:
        return self.lists[name]


def write(zone: Zone, usage: Usage, rng: np.random.Generator) -> None:
    resumed = {session.resumes for session in usage.sessions if session.resumes}
    kept: dict[Session, list[str]] = {}
    for chunk in _chunks(usage):
        columns = _columns(usage, chunk, rng)
        for i in chunk:
            session = usage.sessions[i]
            if not session.in_transcript:
                continue
            transcript = _Transcript(session, i, columns, usage.rows(i))
            lines = transcript.main()
            if session in resumed:
                kept[session] = lines
            if session.resumes:
                lines = _copied(session.resumes, kept[session.resumes], session.session_id) + lines
            base = f"claude_code/{session.person.machine}/projects/{_slug(session.folder)}/{session.session_id}"
            zone.lines(KIND, f"{base}.jsonl", lines)
            if transcript.agent and not transcript.agent_is_lost:
                zone.lines(KIND, f"{base}/subagents/agent-{transcript.agent}.jsonl", transcript.agent_lines)


def _chunks(usage: Usage) -> Iterator[range]:
    """Runs of sessions that hold about as many requests as a chunk."""
    start = 0
    while start < len(usage.sessions):
        until = int(np.searchsorted(usage.first, usage.first[start] + _CHUNK, side="right")) - 1
        end = min(max(until, start + 1), len(usage.sessions))
        yield range(start, end)
        start = end


def _columns(usage: Usage, chunk: range, rng: np.random.Generator) -> _Columns:
    offset, end = int(usage.first[chunk.start]), int(usage.first[chunk.stop])
    lists = usage.lists(offset, end)
    times = usage.requests["at"].to_numpy()[offset:end]
    lists["at"] = [f"{at}Z" for at in np.datetime_as_string(times, unit="ms").tolist()]
    return _Columns(offset, codes(rng, end - offset, 32, HEX), lists)


def _slug(folder: str) -> str:
    return re.sub(r"[^A-Za-z0-9]", "-", folder)


def _copied(earlier: Session, lines: list[str], session_id: str) -> list[str]:
    """The first half of the lines of the session that is resumed, under the new session's id."""
    return [line.replace(earlier.session_id, session_id) for line in lines[: len(lines) // 2]]


class _Transcript:
    """Builds the lines of one session."""

    def __init__(self, session: Session, position: int, columns: _Columns, rows: range) -> None:
        self.session, self.position = session, position
        self.columns, self.rows = columns, range(rows.start - columns.offset, rows.stop - columns.offset)
        person = session.person
        title = session.task.title if session.task else "Look around"
        typed = words.prompts(person.name, person.email, title)
        self.prompts = [json.dumps(prompt, ensure_ascii=False) for prompt in typed]
        self.place = (
            f'"cwd":{json.dumps(session.folder)},"sessionId":"{session.session_id}",'
            f'"version":"{session.version}","gitBranch":{json.dumps(session.branch)}'
        )
        agent = next((i for i in self.rows if columns["agent"][i]), None)
        self.agent = columns.hexes[agent][24:31] if agent is not None else ""
        if self.agent and position % 4 == 1:
            self.agent = f"acompact-{self.agent[:6]}"
        self.agent_is_lost = position % 3 == 0
        self.agent_lines: list[str] = []
        self.parents = {"": "null", self.agent: "null"}

    def main(self) -> list[str]:
        """The main file's lines; the sub-agent's gather beside."""
        position, columns = self.position, self.columns
        lines = []
        if position % 5 == 0:
            lines.append(f'{{"type":"summary","summary":{self.prompts[0]},"leafUuid":"{columns.hexes[self.rows[0]]}"}}')
        for i in self.rows:
            agent = self.agent if columns["agent"][i] else ""
            # The model goes on by itself sometimes, with nothing in between.
            user = [] if columns["nth"][i] % 5 == 3 else [self._user(i, agent)]
            answers = self._answers(i, agent)
            if agent:
                self.agent_lines += [*user, *answers]
                # The main file shows how the sub-agent fares: all of it, or a first glimpse.
                seen = columns["blocks"][i] if self.agent_is_lost else 1
                lines += [self._progress(i, block) for block in range(seen)]
            else:
                lines += [*user, *answers]
        if self.agent:
            lines.append(self._agent_result())
        if position % 17 == 3:
            lines.append(self._synthetic())
        if position % 7 == 2:
            lines.append(self._system())
        if self.session.links_pull_request and self.session.task:
            lines.append(self._pull_request(self.session.task))
        return lines

    def _envelope(self, agent: str, uuid: str) -> str:
        """What begins every line of the conversation: it hangs on the line before it."""
        parent, self.parents[agent] = self.parents[agent], f'"{uuid}"'
        side = f'"isSidechain":true,{self.place},"agentId":"{agent}"' if agent else f'"isSidechain":false,{self.place}'
        return f'"parentUuid":{parent},{side}'

    def _user(self, i: int, agent: str) -> str:
        """What went before a request: a prompt, or what a tool had to say."""
        nth = self.columns["nth"][i]
        uuid = uuid_of(self.columns.hexes[i][:31] + "f")
        if nth % 5 == 0:
            content = self.prompts[(self.position + nth) % len(self.prompts)]
        else:
            result = json.dumps(words.TOOL_OUTPUT)
            content = f'[{{"tool_use_id":"toolu_{uuid[:8]}","type":"tool_result","content":{result}}}]'
        return (
            f'{{{self._envelope(agent, uuid)},"type":"user","message":{{"role":"user","content":{content}}},'
            f'"uuid":"{uuid}","timestamp":"{self.columns["at"][i]}"}}'
        )

    def _answers(self, i: int, agent: str) -> list[str]:
        """The lines of one response: the same but for their content, and the output an old client knew by then."""
        c = self.columns
        lines = []
        for block in range(c["blocks"][i]):
            uuid = uuid_of(c.hexes[i][:31] + HEX[block])
            lines.append(
                f'{{{self._envelope(agent, uuid)},"message":{self._message(i, block)},{self._request_id(i)}'
                f'"type":"assistant","uuid":"{uuid}","timestamp":"{c["at"][i]}"}}'
            )
        return lines

    def _request_id(self, i: int) -> str:
        """Where the gateway answers, the vendor's id of the request is not handed on."""
        through_gateway = self.session.in_gateway and not self.session.in_otel
        return "" if through_gateway else f'"requestId":"{self.columns["request_id"][i]}",'

    def _message(self, i: int, block: int) -> str:
        c, old = self.columns, self.session.is_old_client
        is_final = not old or (block == c["blocks"][i] - 1 and c["final_written"][i])
        usage = self._usage(i, c["output" if is_final else "placeholder"][i])
        stop = "null" if old else '"tool_use"'
        return (
            f'{{"model":"{MODELS[c["model"][i]].name}","id":"{c["message_id"][i]}","type":"message",'
            f'"role":"assistant","content":[{self._content(i, block)}],"stop_reason":{stop},'
            f'"stop_sequence":null,"usage":{usage}}}'
        )

    def _usage(self, i: int, output: int) -> str:
        c = self.columns
        short, long = c["cache_write_5m"][i], c["cache_write_1h"][i]
        # Some clients left the sum at zero and filled in its parts only.
        total = 0 if self.position % 23 == 5 else short + long
        return (
            f'{{"input_tokens":{c["input_uncached"][i]},"cache_creation_input_tokens":{total},'
            f'"cache_read_input_tokens":{c["cache_read"][i]},"cache_creation":{{"ephemeral_5m_input_tokens":{short},'
            f'"ephemeral_1h_input_tokens":{long}}},"output_tokens":{output},"service_tier":"standard"}}'
        )

    def _content(self, i: int, block: int) -> str:
        if block:
            return (
                f'{{"type":"tool_use","id":"toolu_{self.columns.hexes[i][:8]}","name":"Read",'
                f'"input":{{"file_path":{json.dumps(self.session.folder + "/README.md")}}}}}'
            )
        return f'{{"type":"text","text":{json.dumps(words.ANSWERS[(self.position + i) % len(words.ANSWERS)])}}}'

    def _progress(self, i: int, block: int) -> str:
        """An answer of the sub-agent as the main conversation saw it."""
        uuid = uuid_of(self.columns.hexes[i][:31] + HEX[8 + block])
        at = self.columns["at"][i]
        return (
            f'{{{self._envelope("", uuid)},"type":"progress","data":{{"message":{{"type":"assistant",'
            f'"timestamp":"{at}","message":{self._message(i, block)},{self._request_id(i)}"uuid":"{uuid}"}},'
            f'"type":"agent_progress","prompt":{self.prompts[0]},"agentId":"{self.agent}"}},'
            f'"toolUseID":"agent_{uuid[:8]}","uuid":"{uuid}","timestamp":"{at}"}}'
        )

    def _at_the_end(self) -> tuple[str, str]:
        """Digits and the time of the last request: of what is written after it."""
        return self.columns.hexes[self.rows[-1]], self.columns["at"][self.rows[-1]]

    def _agent_result(self) -> str:
        """The sub-agent's summary repeats its tokens; they must not be added."""
        digits, at = self._at_the_end()
        uuid, c = uuid_of(digits[:31] + "b"), self.columns
        spent = sum(c["cache_read"][i] + c["output"][i] for i in self.rows if c["agent"][i])
        return (
            f'{{{self._envelope("", uuid)},"type":"user","message":{{"role":"user","content":"done"}},"toolUseResult":'
            f'{{"status":"completed","agentId":"{self.agent}","totalTokens":{spent},"usage":{{"output_tokens":{spent}}}}},'
            f'"uuid":"{uuid}","timestamp":"{at}"}}'
        )

    def _synthetic(self) -> str:
        """An error of the client, written like an answer."""
        digits, at = self._at_the_end()
        uuid = uuid_of(digits[:31] + "c")
        return (
            f'{{{self._envelope("", uuid)},"type":"assistant","uuid":"{uuid}","timestamp":"{at}","message":{{'
            f'"id":"{uuid_of(digits[::-1])}","model":"<synthetic>","role":"assistant","stop_reason":"stop_sequence",'
            f'"type":"message","usage":{{"input_tokens":0,"output_tokens":0,"cache_creation_input_tokens":0,'
            f'"cache_read_input_tokens":0}},"content":[{{"type":"text","text":"API Error: 529 overloaded"}}]}},'
            f'"isApiErrorMessage":true}}'
        )

    def _system(self) -> str:
        digits, at = self._at_the_end()
        uuid = uuid_of(digits[:31] + "d")
        return (
            f'{{{self._envelope("", uuid)},"type":"system","subtype":"turn_duration","durationMs":87148,'
            f'"timestamp":"{at}","uuid":"{uuid}"}}'
        )

    def _pull_request(self, task: Task) -> str:
        where = task.repository.name
        return (
            f'{{"type":"pr-link","sessionId":"{self.session.session_id}","prNumber":{task.number},'
            f'"prUrl":"https://{where}/pull/{task.number}","prRepository":"{where.partition("/")[2]}",'
            f'"timestamp":"{task.opened_at:%Y-%m-%dT%H:%M:%S}.000Z"}}'
        )
