"""What a file's first bytes say of its shape."""

from __future__ import annotations

import json

import pytest

from tokenworth.shapes import shape_of

_RECORD = '{"a": 1}'
_LONG = json.dumps({"a": "x" * 9000})
_MB = 1024**2


def _shape(suffix: str, text: str | bytes, size: int | None = None) -> str:
    content = text.encode() if isinstance(text, str) else text
    lines = len(content.rstrip().splitlines())
    return shape_of(suffix, content[:4096], size or len(content), lines)


@pytest.mark.parametrize(
    ("suffix", "text", "shape"),
    [
        # JSON lines
        (".jsonl", f"{_RECORD}\n{_RECORD}\n", "lines"),
        (".json", f"{_RECORD}\n{_RECORD}\n", "lines"),
        (".json", f"{_RECORD}\n\n\n{_RECORD}", "lines"),
        (".json", f"{_RECORD}\r\n{_RECORD}\r\n", "lines"),
        (".json", f"\ufeff{_RECORD}\n{_RECORD}\n", "lines"),
        (".json", f"{_LONG}\n{_RECORD}\n", "lines"),
        (".jsonl", f"{_RECORD}\n", "lines"),
        (".jsonl", f"{_LONG}", "lines"),
        (".jsonl", "", "lines"),
        # one document
        (".json", _RECORD, "document"),
        (".json", _LONG, "document"),
        (".json", f"{_LONG}\n\n", "document"),
        (".json", json.dumps({"data": [{"a": 1}]}), "document"),
        (".json", json.dumps({"data": [{"a": 1}]}, indent=2), "document"),
        (".json", '{"data": [\n{"a": 1},\n{"a": 2}\n]}', "document"),
        (".json", '{"a": 1\n}', "document"),
        (".json", '{"a":\n1}', "document"),
        (".json", '\ufeff{\n  "a": 1\n}', "document"),
        (".jsonl", json.dumps({"a": 1}, indent=2), "document"),
        (".json", "", "document"),
        # arrays
        (".json", "[]", "document"),
        (".json", json.dumps([{"a": 1}]), "document"),
        (".json", json.dumps([{"a": 1}] * 3, indent=1), "document"),
        (".json", "[" + ",\n".join([_LONG] * 3) + "]", "document"),
        (".jsonl", "[\n" + ",\n".join([_RECORD] * 3) + "\n]", "document"),
        (".jsonl", f"[{_RECORD},\n{_RECORD}]", "document"),
        (".jsonl", f"[{_RECORD}]\n", "document"),
        # lines of which the first is broken: the others are still lines
        (".jsonl", f'{{"a": 1, "b\n{_RECORD}\n', "lines"),
        (".jsonl", f'{{"a":\n{_RECORD}\n', "lines"),
        (".jsonl", f'{{"a": 1,\ngarbage\n{_RECORD}\n', "lines"),
        (".json", f'{{"a": "cut\n{_RECORD}\n', "lines"),
        (".jsonl", f'{{"a": "cut\n{_LONG}\n', "lines"),
        (".jsonl", f"garbage\n{_RECORD}\n", "lines"),
        (".jsonl", f"[1, 2]\n{_RECORD}\n", "lines"),
        (".jsonl", f"[garbage\n{_RECORD}\n", "lines"),
        (".jsonl", f"[garbage\n{_LONG}\n", "lines"),
        (".jsonl", f"[garbage\nmore garbage\n{_RECORD}\n", "lines"),
        (".jsonl", "{" + '"a":{' * 2000 + f"\n{_RECORD}\n", "lines"),
        (".jsonl", b"\x00\xff\xfe\n" + _RECORD.encode(), "lines"),
        # the name says enough
        (".csv", "[1", "csv"),
        (".parquet", "PAR1", "parquet"),
    ],
)
def test_the_shape_of_a_file(suffix: str, text: str | bytes, shape: str) -> None:
    assert _shape(suffix, text) == shape


def test_a_large_array_is_read_element_by_element() -> None:
    array = json.dumps([{"a": 1}])

    assert _shape(".json", array, 65 * _MB) == "array"
    assert _shape(".json", array, 63 * _MB) == "document"
    assert _shape(".json", json.dumps({"data": []}), 65 * _MB) == "document"
