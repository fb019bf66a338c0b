"""Exports of any size for the benchmarks, written fast and the same each time."""

from __future__ import annotations

import random
from math import log
from pathlib import Path

_WORDS = "the function returns an error when a value of this import is missing and so the test of it fails ".split()
_MODELS = ("claude-opus-4-5-20251101", "claude-sonnet-4-5-20250929", "claude-haiku-4-5-20251001")


def write_gateway_log(path: Path, size: int) -> int:
    """JSON lines of LiteLLM's spend logs, about `size` bytes in one file; returns the lines written."""
    chance, lines, written = random.Random(1), 0, 0
    with path.open("w") as out:
        while written < size:
            block = "".join(_spend_log(lines + position, chance) for position in range(5000))
            lines += 5000
            written += out.write(block)
    return lines


def _spend_log(number: int, chance: random.Random) -> str:
    prompt, answer = chance.randrange(100, 60_000), chance.randrange(1, 2_000)
    read = prompt * 9 // 10
    at = f"2026-02-{1 + number % 28:02d}T{number % 24:02d}:{number % 60:02d}:18.{number % 1000:03d}000Z"
    tags = f'["ticket:SHOP-{number % 900}","User-Agent: claude-cli/2.1.4"]' if number % 3 else "[]"
    return (
        f'{{"request_id":"msg_{number:024d}","call_type":"anthropic_messages","api_key":"88dc28d0f030c55ed4ab77ed8f",'
        f'"spend":{prompt * 0.0000005:.10f},"total_tokens":{prompt + answer},"prompt_tokens":{prompt},'
        f'"completion_tokens":{answer},"startTime":"{at}","endTime":"{at}","model":"{_MODELS[number % 3]}",'
        f'"user":"person-{number % 5000}@acme.example","team_id":"team-{number % 60}","session_id":"s-{number // 40}",'
        f'"custom_llm_provider":"anthropic","cache_hit":"None","status":"success","request_tags":{tags},'
        f'"metadata":{{"usage_object":{{"prompt_tokens":{prompt},"completion_tokens":{answer},"total_tokens":'
        f'{prompt + answer},"prompt_tokens_details":{{"cached_tokens":{read}}},"cache_read_input_tokens":{read},'
        f'"cache_creation_input_tokens":0}},"user_api_key_alias":"key-{number % 700}","spend_logs_metadata":null}},'
        '"messages":"{}","response":"{}","proxy_server_request":"{}"}\n'
    )


def write_transcripts(folder: Path, size: int, *, typical_text: int) -> int:
    """Claude Code transcripts, about `size` bytes in files of a megabyte; returns the requests in them.

    `typical_text` is the median length of what was said, in characters.
    """
    chance, requests, written, file = random.Random(2), 0, 0, 0
    words = " ".join(chance.choice(_WORDS) for _ in range(60_000))
    prose = _Prose(chance, words, log(typical_text))
    while written < size:
        path = folder / f"-home-dev-{file % 40}-shop" / f"{file:08d}-0000-4000-8000-000000000000.jsonl"
        path.parent.mkdir(parents=True, exist_ok=True)
        lines: list[str] = []
        length = 0
        while length < 1_000_000:
            turn = _turn(file, requests, chance, prose)
            requests += 1
            lines += turn
            length += sum(map(len, turn))
        path.write_text("".join(lines))
        written += length
        file += 1
    return requests


class _Prose:
    """Texts of very unequal lengths."""

    def __init__(self, chance: random.Random, words: str, typical: float) -> None:
        self._chance, self._words, self._typical = chance, words, typical

    def __call__(self) -> str:
        start, length = self._chance.randrange(len(self._words) // 2), self._chance.lognormvariate(self._typical, 1)
        return self._words[start : start + int(length)]


def _turn(file: int, number: int, chance: random.Random, prose: _Prose) -> list[str]:
    """Eight lines, of which the two blocks of a response tell usage.

    The others, as many as in real sessions: a prompt, two results of tools, two notes of progress, one of the
    system, one of what files were before.
    """
    at = f"2026-02-{1 + file % 28:02d}T{number % 24:02d}:{number % 60:02d}:07.{number % 1000:03d}Z"
    head = (
        f'"isSidechain":false,"userType":"external","cwd":"/home/dev/shop","sessionId":"{file:08d}-0000-4000-8000-'
        f'000000000000","version":"2.1.{100 + file % 20}","gitBranch":"feature-{file % 300}","timestamp":"{at}"'
    )
    written = chance.randrange(9000)
    usage = (
        f'"usage":{{"input_tokens":{chance.randrange(1, 90)},"cache_creation_input_tokens":{written},'
        f'"cache_read_input_tokens":{chance.randrange(150_000)},"cache_creation":{{"ephemeral_5m_input_tokens":{written},'
        f'"ephemeral_1h_input_tokens":0}},"output_tokens":{chance.randrange(1, 3000)},"service_tier":"standard"}}'
    )
    lines = [f'{{"type":"user",{head},"uuid":"u-{number}-0","message":{{"role":"user","content":"{prose()}"}}}}\n']
    for block in range(2):
        lines.append(
            f'{{"type":"assistant",{head},"uuid":"a-{number}-{block}","requestId":"req_{number:024d}","message":{{'
            f'"id":"msg_{number:024d}","type":"message","role":"assistant","model":"{_MODELS[file % 3]}","content":[{{'
            f'"type":"text","text":"{prose()}"}}],"stop_reason":"end_turn",{usage}}}}}\n'
        )
        result = prose() + prose()
        lines.append(
            f'{{"type":"user",{head},"uuid":"u-{number}-1{block}","message":{{"role":"user","content":[{{"type":'
            f'"tool_result","content":"{result}"}}]}},"toolUseResult":{{"stdout":"{result[:900]}","stderr":""}}}}\n'
        )
        lines.append(
            f'{{"type":"progress",{head},"uuid":"p-{number}-{block}","toolUseID":"toolu_{number:024d}","data":{{"type":'
            f'"bash_progress","output":"","fullOutput":"","elapsedTimeSeconds":{number % 60},"totalLines":0}}}}\n'
        )
    lines.append(
        f'{{"type":"system",{head},"uuid":"s-{number}","subtype":"turn_duration","durationMs":{number % 90}}}\n'
    )
    lines.append(
        f'{{"type":"file-history-snapshot","messageId":"u-{number}-0","snapshot":{{"messageId":"u-{number}-0",'
        f'"trackedFileBackups":{{}},"timestamp":"{at}"}},"isSnapshotUpdate":false}}\n'
    )
    return lines
