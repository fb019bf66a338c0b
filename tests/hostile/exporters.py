"""What a hostile exporter writes: files of every source, damaged in every way that somebody thought of."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from copy import deepcopy
from typing import Any

from hypothesis import strategies as st

from tests.exports import (
    api_request,
    csv_text,
    gemini_chat,
    gemini_message,
    log_batch,
    span,
    span_batch,
    spend_log,
    transcript_line,
)
from tests.work_exports import checkpoint, commit, github_issue, jira_issue, pull, pull_commit, release, review

# Stands in every hostile text, and may be found nowhere afterwards.
CANARY = "canary@evil.example"

# Texts with which somebody once broke something: SQL, spreadsheets, terminals, parsers, paths, numbers.
TEXTS = [
    "'; drop table raw.litellm_requests; --", "' or 1=1 --", "$$; select 1; $$", "{{ 7 * 7 }}", "{x}", "%s", "$1", "?",
    '=HYPERLINK("http://evil.example")', "+1+cmd|' /C calc'!A0", "@SUM(1)", "<script>alert(1)</script>", "\x1b[2J",
    "\u202etxt.exe", "\u2066a\u2069", "\x00", "\x01long\x01", "\x02", "a\rb", "a\nb", "\u2028", "\ufeff", "\ud800",
    "../../etc/passwd", "C:\\con", "/home/" + CANARY + "/x", "a" * 70_000, "", " ", "null", "NaN", "Infinity", "-0",
    "1e400", "9" * 400, "0x10", "1_000", "\uff11\uff12",
    "2026-02-30T25:00:00Z", "0000-00-00", "+292277026596-12-04", "\\u0000",
    CANARY, f"ask {CANARY} today",
]  # fmt: skip
VALUES: list[Any] = [
    *TEXTS, None, True, 0, -1, 1.5, 2**63, 2**64, -(2**63), 10**400, 1e308, [], {}, [[]], [None], {"": ""},
    {"a": {"b": [CANARY]}}, [{"type": "text", "text": CANARY}], "x" * 5000,
]  # fmt: skip

Made = dict[str, Any]
# Path of a file and what a good record of it is; `{n}` makes the name of each file its own.
LINES: dict[str, Callable[[], Made]] = {
    "claude_code/eve/projects/s/{n}.jsonl": transcript_line,
    "litellm/{n}.jsonl": spend_log,
    "otel/{n}.jsonl": lambda: log_batch(api_request(1)),
    "otel/spans-{n}.jsonl": lambda: span_batch(span()),
    "git/github.com/acme/shop/{n}/commits.jsonl": commit,
}
DOCUMENTS: dict[str, Callable[[], Made]] = {
    "gemini_cli/eve/x/session-{n}.json": lambda: gemini_chat(gemini_message(1)),
    "github/acme/shop/pulls/{n}.json": pull,
    "github/acme/shop/issues/{n}.json": github_issue,
    "github/acme/shop/pull_commits/{n}.json": pull_commit,
    "github/acme/shop/releases/{n}.json": release,
    "github/acme/shop/reviews/{n}.json": review,
    "jira/acme/search/{n}.json": jira_issue,
    "entire/acme/shop/{n}/metadata.json": checkpoint,
}
TABLES = {
    "jira/acme/{n}.csv": ["Issue key", "Status", "Created", "Updated", "Assignee", "Summary"],
    "people/members.csv": ["person_id", "display_name", "email", "team_id", "valid_from", "valid_to"],
    "people/accounts.csv": ["person_id", "system", "account", "valid_from", "valid_to"],
    "people/teams.csv": ["team_id", "team_name", "parent_team_id"],
    "repositories.csv": ["alias", "repository"],
}


def _places(record: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    found = [path] if path else []
    items = record.items() if isinstance(record, dict) else enumerate(record) if isinstance(record, list) else ()
    for key, inner in items:
        found += _places(inner, (*path, key))
    return found


def _put(record: Any, path: tuple[Any, ...], value: Any) -> None:
    for key in path[:-1]:
        record = record[key]
    record[path[-1]] = value


# A list or an object of its own each time: what is put into it later would stand in all that is drawn after that.
_values = st.sampled_from(VALUES).map(deepcopy)


@st.composite
def wrong_records(draw: st.DrawFn, make: Callable[[], Made]) -> bytes:
    """A good record in which something stands that does not belong there."""
    record = json.loads(json.dumps(make()))
    for _ in range(draw(st.integers(0, 3))):
        places = _places(record)
        if not places:
            break
        _put(record, draw(st.sampled_from(places)), draw(_values))
    if draw(st.integers(0, 4)) == 0:
        record = draw(st.sampled_from([[record], {"x": record}, [record, None, 1], {**record, "": 1}, VALUES]))
    # A lone surrogate is legal in JSON as an escape, and no character.
    said = json.dumps(record, ensure_ascii=draw(st.booleans()))
    return said.encode("utf-8", "surrogatepass")


_NOISE = [
    b"", b"\n\n", b"{", b"[", b"]", b'{"a":', b"null", b'"', b"\xff\xfe{\x00}\x00", b"\xef\xbb\xbf", b"\x00" * 50,
    b"\xc3\x28", b"{}" * 3, b"[" * 5000, b'{"a":' * 3000 + b"1" + b"}" * 3000, b"\r", b"\x1a", b"PK\x03\x04", b"PAR1",
    b"\x1f\x8b\x08\x00", CANARY.encode(), b"{'single': 1}", b'{"a": 1, "a": 2}', b'{"a": 1}garbage', b"NaN", b"-",
    b'{"usage": {"input_tokens": 1}, "type": "assistant"', b"=1+1,@x", b'"open quote\n1,2', b",,,,,,,,,,,",
]  # fmt: skip


@st.composite
def _damaged(draw: st.DrawFn, whole: bytes) -> bytes:
    """Cut, with bytes changed, or with noise in it."""
    for _ in range(draw(st.integers(0, 2))):
        at = draw(st.integers(0, len(whole)))
        kind = draw(st.sampled_from(["cut", "noise", "bytes", "drop"]))
        if kind == "cut":
            whole = whole[:at]
        elif kind == "noise":
            whole = whole[:at] + draw(st.sampled_from(_NOISE)) + whole[at:]
        elif kind == "bytes":
            whole = whole[:at] + draw(st.binary(max_size=8)) + whole[at + 4 :]
        else:
            whole = whole[:at] + whole[at + draw(st.integers(1, 200)) :]
    return whole


@st.composite
def _lines(draw: st.DrawFn, make: Callable[[], Made]) -> bytes:
    lines = draw(st.lists(st.one_of(wrong_records(make), st.sampled_from(_NOISE)), min_size=1, max_size=4))
    return draw(st.sampled_from([b"\n", b"\r\n", b"\n\n"])).join(lines) + draw(st.sampled_from([b"", b"\n"]))


@st.composite
def _documents(draw: st.DrawFn, make: Callable[[], Made]) -> bytes:
    records = draw(st.lists(wrong_records(make), min_size=1, max_size=3))
    return records[0] if draw(st.booleans()) else b"[" + b", ".join(records) + b"]"


@st.composite
def _tables(draw: st.DrawFn, header: list[str]) -> bytes:
    cells = st.sampled_from([*TEXTS, '"', "a", "2026-01-01", ",", "eve"])
    rows = draw(st.lists(st.lists(cells, min_size=len(header) - 1, max_size=len(header) + 1), max_size=4))
    return csv_text(header, *rows).encode("utf-8", "surrogatepass")


@st.composite
def hostile_files(draw: st.DrawFn) -> tuple[str, bytes]:
    """Name and content of a file of some source."""
    name, content = draw(
        st.one_of(
            st.sampled_from(sorted(LINES)).flatmap(lambda name: st.tuples(st.just(name), _lines(LINES[name]))),
            st.sampled_from(sorted(DOCUMENTS)).flatmap(
                lambda name: st.tuples(st.just(name), _documents(DOCUMENTS[name]))
            ),
            st.sampled_from(sorted(TABLES)).flatmap(lambda name: st.tuples(st.just(name), _tables(TABLES[name]))),
        )
    )
    content = draw(_damaged(content))
    packing = draw(st.sampled_from(["", "", "", "", ".gz"]))
    if packing:
        content = draw(_damaged(gzip.compress(content, mtime=0)))
    return name + packing, content
