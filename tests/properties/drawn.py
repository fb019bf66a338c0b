"""Landing zones drawn at random: small, of two formats, with everything in them that a line can be."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from hypothesis import strategies as st

from tests.exports import Json, message, progress_line, spend_log, transcript_line, user_line
from tests.zone import Zone

KEY = "a key that every warehouse of these tests has"


@dataclass(frozen=True)
class Line:
    """A line, and what becomes of it: good, ignored or broken."""

    text: str
    fate: str
    said: Json | None = None

    def __repr__(self) -> str:
        return f"{self.fate}: {self.text[:60]}"


def _said(fate: str, record: Json) -> Line:
    return Line(json.dumps(record), fate, record)


_numbers = st.integers(1, 6)
_tokens = st.integers(0, 500)
# A response stands on several lines, whose counts differ.
_answers = st.builds(
    lambda uuid, number, i, o: _said(
        "good",
        transcript_line(
            number, uuid=f"uuid-{uuid}", message=message(f"msg_{number}", input_tokens=i, output_tokens=o)
        ),
    ),
    st.integers(1, 30), _numbers, _tokens, _tokens,
)  # fmt: skip
_leftovers = st.builds(lambda number: _said("good", progress_line(number)), _numbers)
_others = st.builds(lambda number: _said("ignored", user_line(number)), _numbers)
_broken = st.sampled_from(['{"type": "assistant", "mess', "not json at all", "[1, 2]", '"text"', "{}", "\u0000"]).map(
    lambda text: Line(text, "broken")
)
_spent = st.builds(
    lambda number, completion: _said("good", spend_log(number, completion_tokens=completion)), _numbers, _tokens
)
_unspendable = st.sampled_from([{"prompt_tokens": -1}, {"startTime": "yesterday"}, {"completion_tokens": 1.5}]).map(
    lambda wrong: Line(json.dumps(spend_log(9, **wrong)), "broken")
)

TRANSCRIPT = "claude_code/ada/projects/s"
transcripts = st.lists(st.one_of(_answers, _answers, _leftovers, _others, _broken), min_size=1, max_size=12)
good_transcripts = st.lists(st.one_of(_answers, _leftovers, _others), min_size=1, max_size=12)
spend_logs = st.lists(st.one_of(_spent, _spent, _unspendable), min_size=1, max_size=12)
zones = st.builds(
    lambda sessions, logs: (
        {f"{TRANSCRIPT}/{n}.jsonl": lines for n, lines in enumerate(sessions)}
        | {f"litellm/{n}.jsonl": lines for n, lines in enumerate(logs)}
    ),
    st.lists(transcripts, min_size=1, max_size=3),
    st.lists(spend_logs, min_size=0, max_size=2),
)


def content(lines: list[Line]) -> bytes:
    return "".join(line.text + "\n" for line in lines).encode()


@contextmanager
def empty_zone() -> Iterator[Zone]:
    """A zone of one example's own."""
    with tempfile.TemporaryDirectory() as folder:
        zone = Zone(Path(folder), key=KEY)
        yield zone
        zone.close()
