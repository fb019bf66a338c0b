"""Values of the wrong type, and figures that cannot be: the line is quarantined, and never read as something else."""

from __future__ import annotations

import pytest

from tests.exports import json_lines, transcript_line
from tests.zone import Zone

_FILE = "claude_code/ada/projects/s/one.jsonl"


@pytest.mark.parametrize(
    "damaged", [{"role": "assistant"}, "text", None, {"usage": 12}, {"usage": [1]}, {"usage": None}]
)
def test_a_response_whose_usage_cannot_be_read_is_quarantined(zone: Zone, damaged: object) -> None:
    zone.put(_FILE, json_lines([transcript_line(1), transcript_line(2, message=damaged), transcript_line(3)]))

    zone.load()

    assert zone.rows("claude_code_requests", "line_uuid") == [("uuid-1",), ("uuid-3",)]
    assert zone.reasons() == [(2, "input_tokens is missing; output_tokens is missing")]
