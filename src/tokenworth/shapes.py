"""The shape of a file: lines, one document, an array, CSV or Parquet. JSON says by its first bytes.

A first line that is cut or garbage must not make a whole transcript look like one broken document,
so the second line is asked as well.
"""

from __future__ import annotations

import json

# A JSON array above this size is read element by element, not as one text.
_LARGE = 64 * 1024**2


def shape_of(suffix: str, head: bytes, size: int, lines: int) -> str:
    """`lines`, `array`, `document`, `csv` or `parquet`.

    `head` are the first bytes of a file of `size` bytes; `lines` leaves out empty ones at its end.
    """
    if suffix in (".csv", ".parquet"):
        return suffix[1:]
    named_lines = suffix in (".jsonl", ".ndjson")
    text = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    first, second, second_is_whole = _two_lines(text, seen_all=size <= len(head))
    if text.startswith(b"["):
        # `[garbage` and `[1, 2]` are lines that only look like an array's beginning.
        goes_on = first == b"[" or first.endswith((b",", b"{", b"["))
        if named_lines and lines > 1 and (_is_whole(first) or not goes_on):
            return "lines"
        return "array" if size > _LARGE else "document"
    if lines <= 1:
        return "lines" if named_lines else "document"
    if not text.startswith(b"{") or b"\n" not in text or _is_whole(first):
        return "lines"  # among them first lines longer than what was looked at: no printed document has such
    if named_lines:
        return "document" if first == b"{" else "lines"
    # A printed document ends its lines with one of these, and no line of it is an object by itself.
    is_printed = first.endswith((b"{", b"[", b",", b":")) or not (second.startswith(b"{") and second_is_whole)
    return "document" if is_printed else "lines"


def _two_lines(text: bytes, *, seen_all: bool) -> tuple[bytes, bytes, bool]:
    """The first line, the next one that is not empty, and whether that is whole as far as it was seen."""
    first, _, rest = text.partition(b"\n")
    second, newline, _ = rest.lstrip().partition(b"\n")
    return first.strip(), second.strip(), _is_whole(second) or not (newline or seen_all)


def _is_whole(line: bytes) -> bool:
    try:
        json.loads(line)
    except (ValueError, RecursionError):
        return False
    return True
