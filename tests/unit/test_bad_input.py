"""Files in which something is wrong: what is wrong is said, and nothing else is lost."""

from __future__ import annotations

import gzip
import json
import random

import pytest

from tests.exports import csv_text, gemini_chat, gemini_message, json_lines, spend_log, transcript_line
from tests.work_exports import commit, pull
from tests.zone import Zone
from tokenworth import shapes

_FILE = "claude_code/ada/projects/s/bad.jsonl"
_GOOD = "claude_code/ada/projects/s/good.jsonl"


def _line(number: int) -> bytes:
    return json.dumps(transcript_line(number)).encode() + b"\n"


def _uuids(zone: Zone) -> list[str]:
    return [uuid for (uuid,) in zone.rows("claude_code_requests", "line_uuid")]


def _load_with_a_good_file_beside(zone: Zone, content: bytes) -> None:
    zone.put(_FILE, content)
    zone.put(_GOOD, _line(90) + _line(91))
    zone.load()
    zone.assert_balanced()
    assert zone.ledger(_GOOD) == [(2, 2, 0, 0, 0)]


_NOT_JSON, _NO_OBJECT, _NOT_UTF8 = "the line is not valid JSON", "the line is no JSON object", "the line is not UTF-8"


@pytest.mark.parametrize("first", [True, False])
def test_broken_lines_are_quarantined_wherever_they_stand(zone: Zone, first: bool) -> None:
    broken = [
        (_line(50)[:200] + b"\n", _NOT_JSON),
        (b"garbage\n", _NOT_JSON),
        (b"[1, 2]\n", _NO_OBJECT),
        (b"null\n", _NO_OBJECT),
        (b'"text"\n', _NO_OBJECT),
        (_line(51)[:-1] + _line(52), _NOT_JSON),
        (_line(53)[:-1] + b" trailing\n", _NOT_JSON),
        (b"\x00\x01\x02\x03 binary \x02 rubbish\n", _NOT_JSON),
        (b'{"type": "assistant", "uuid": "\xff\xfe"}\n', _NOT_UTF8),
        (_line(54).replace(b"session-1", b"caf\xe9"), _NOT_UTF8),
        (b"{" + b'"a":{' * 50_000 + b"\n", _NOT_JSON),
        (b"[" * 100_000 + b"]" * 100_000 + b"\n", _NO_OBJECT),
        (b'{"timestamp": "\\ud800"}\n', _NOT_JSON),
    ]
    lines = b"".join(line for line, _ in broken)
    content = lines + _line(1) if first else _line(1) + lines
    _load_with_a_good_file_beside(zone, content + _line(2))

    assert _uuids(zone) == ["uuid-1", "uuid-2", "uuid-90", "uuid-91"]
    start = 1 if first else 2
    assert zone.reasons() == [(start + n, reason) for n, (_, reason) in enumerate(broken)]


@pytest.mark.parametrize(
    "first", [_line(50)[:100] + b"\n", b"[1, 2]\n", b"[garbage\n", b"garbage\n", b"\xff\xfe\x00\n", b'{"a":\n']
)
def test_a_broken_first_line_does_not_take_the_file_with_it(zone: Zone, first: bytes) -> None:
    _load_with_a_good_file_beside(zone, first + _line(1) + _line(2))

    assert _uuids(zone) == ["uuid-1", "uuid-2", "uuid-90", "uuid-91"]
    assert [line for line, _ in zone.reasons()] == [1]


def test_what_is_shown_of_a_broken_line_tells_its_shape_and_no_word_of_it(zone: Zone) -> None:
    zone.put(_FILE, b'{"type":"assistant","uuid":"ada@acme.example says 4711 t\xc3\xb6 B\n' + _line(1))

    zone.load()

    ((_, line, reason, excerpt),) = zone.quarantine()
    assert (line, reason) == (1, _NOT_JSON)
    assert excerpt == '{"type":"xxxxxxxxx","uuid":"xxx?xxxx.xxxxxxx xxxx 9999 x? x'


def test_spaces_empty_lines_and_line_ends_of_every_kind_are_no_matter(zone: Zone) -> None:
    content = b"\xef\xbb\xbf" + _line(1)[:-1] + b"\r\n\r\n   \n" + b"  " + _line(2) + b"\n\n" + _line(3)[:-1]
    _load_with_a_good_file_beside(zone, content)

    assert _uuids(zone) == ["uuid-1", "uuid-2", "uuid-3", "uuid-90", "uuid-91"]
    assert zone.quarantine() == []
    assert zone.ledger(_FILE) == [(7, 3, 0, 4, 0)]


def test_a_lone_carriage_return_ends_no_line(zone: Zone) -> None:
    between = _line(1)[:-1].replace(b', "uuid"', b',\r "uuid"') + b"\n"
    two_in_one = _line(2)[:-1] + b"\r" + _line(3)
    _load_with_a_good_file_beside(zone, between + two_in_one + _line(4))

    assert _uuids(zone) == ["uuid-1", "uuid-4", "uuid-90", "uuid-91"]
    assert zone.reasons() == [(2, _NOT_JSON)]


def test_a_line_of_50_megabytes_is_read(zone: Zone) -> None:
    long = transcript_line(1)
    long["message"]["content"] = [{"type": "text", "text": "x" * 50_000_000}]
    _load_with_a_good_file_beside(zone, json.dumps(long).encode() + b"\n" + b"garbage\n" + _line(2))

    assert _uuids(zone) == ["uuid-1", "uuid-2", "uuid-90", "uuid-91"]
    assert zone.reasons() == [(2, _NOT_JSON)]


@pytest.mark.parametrize("longer", [1, 100_000, 20_000_000])
def test_a_line_above_the_limit_is_refused_and_the_others_are_not(zone: Zone, longer: int) -> None:
    zone.set(max_line_bytes=2000)
    fitting = {**transcript_line(1), "pad": ""}
    fitting["pad"] = "x" * (2000 - len(json.dumps(fitting)))
    too_long = {**fitting, "uuid": "uuid-9", "pad": fitting["pad"] + "x" * longer}
    content = json_lines([fitting, too_long, transcript_line(2), too_long]).encode()[:-1]
    _load_with_a_good_file_beside(zone, content)

    assert _uuids(zone) == ["uuid-1", "uuid-2", "uuid-90", "uuid-91"]
    assert zone.reasons() == [(2, "the line is longer than the limit"), (4, "the line is longer than the limit")]


def test_deep_nesting_is_read_past(zone: Zone) -> None:
    deep = _line(1)[:-2] + b', "deep": ' + b'{"a":' * 100_000 + b"1" + b"}" * 100_000 + b"}\n"
    _load_with_a_good_file_beside(zone, deep + _line(2))

    assert _uuids(zone) == ["uuid-1", "uuid-2", "uuid-90", "uuid-91"]


def test_an_empty_file_is_named_where_it_should_not_be_empty(zone: Zone) -> None:
    for name in ("claude_code/a/projects/e.jsonl", "litellm/e.jsonl.gz", "otel/e.jsonl"):
        zone.put(name, b"")
    for name in ("litellm/e.json", "litellm/e.csv", "litellm/e.parquet", "github/a/b/pulls/e.json"):
        zone.put(name, b"")
    (zone.landing / "people").mkdir()
    zone.put("litellm/good.jsonl", json_lines([spend_log(1)]))

    zone.load()

    assert [(name, line, reason) for name, line, reason, _ in zone.quarantine()] == [
        ("github/a/b/pulls/e.json", 1, "the file is empty"),
        ("litellm/e.csv", None, "the file: there is no header"),
        ("litellm/e.json", 1, "the file is empty"),
        ("litellm/e.parquet", None, "the file: cannot be read as Parquet (cut short?)"),
    ]
    assert zone.rows("litellm_requests", "request_id") == [("chatcmpl-1",)]
    zone.assert_balanced()


def test_a_file_of_the_wrong_source_is_quarantined_line_by_line(zone: Zone) -> None:
    zone.put(_FILE, json_lines([commit(1), spend_log(1)]))
    zone.put("litellm/wrong.jsonl", json_lines([transcript_line(1)]))
    zone.put("git/x/commits.jsonl", json_lines([pull(1)]))
    zone.put("github/a/b/pulls/wrong.json", json.dumps([commit(1)]))
    zone.put("people/members.csv", csv_text(["alias", "repository"], ["a", "b"]))
    zone.put("repositories.csv", "ada.quill@acme.example;p-1\nben@acme.example;p-2\n")

    zone.load()

    assert [(line, reason) for _, line, reason, _ in zone.quarantine()] == [
        (1, "it is no line of a Claude Code transcript"),
        (2, "it is no line of a Claude Code transcript"),
        (1, "it is no commit as export-git writes it"),
        (1, "it is no GitHub pull request"),
        (1, "it is no row of LiteLLM_SpendLogs"),
        (None, "the file: its first row names no column of this: member: person_id,display_name,email,team_id,"
               "valid_from,valid_to; is it separated by commas?"),
        (None, "the file: its first row names no column of this: alias of a repository: alias,repository; is it"
               " separated by commas?"),
    ]  # fmt: skip
    assert all(rows == [] for rows in zone.everything().values())
    assert zone.ask("select distinct unread_columns from audit.loads") == [(None,)]
    zone.assert_balanced()


def test_a_packed_file_cut_in_half_gives_what_stands_before_the_cut(zone: Zone) -> None:
    noise = random.Random(1)
    lines = b"".join(
        json.dumps({**transcript_line(n), "pad": noise.randbytes(200).hex()}).encode() + b"\n" for n in range(400)
    )
    packed = gzip.compress(lines)
    zone.put(_FILE + ".gz", packed[: len(packed) // 2])
    rows = csv_text(["request_id", "startTime", "prompt_tokens", "completion_tokens"], ["r", "2026-02-01", 1, 123456])
    zone.put("litellm/cut.csv.gz", gzip.compress(rows.encode())[:-12])
    chat = gzip.compress(json.dumps(gemini_chat(gemini_message(1))).encode())
    zone.put("gemini_cli/ada/session-1.json.gz", chat[:-12])

    zone.load()

    loaded = len(_uuids(zone))
    assert 150 < loaded < 250
    assert zone.ledger(_FILE + ".gz") == [(loaded + 1, loaded, 0, 0, 1)]
    cut = "the compressed file is cut short"
    assert [(status, message) for _, status, message in zone.messages()] == [
        ("loaded", f"{cut}; what stands before the cut is loaded"),
        ("loaded", f"{cut}; what stands before the cut is loaded"),
        ("refused", cut),
    ]
    # Half a figure would pass for a smaller one.
    assert zone.rows("litellm_requests", "*") == []
    zone.assert_balanced()


@pytest.mark.parametrize("end", [', {"number": ', ", garbage]", ", ", "", "] garbage", "] garbage]"])
def test_a_large_array_is_all_in_or_not_in_at_all(zone: Zone, monkeypatch: pytest.MonkeyPatch, end: str) -> None:
    monkeypatch.setattr(shapes, "_LARGE", 100)
    whole = [pull(1), "text", pull(2, additions=-1), pull(3, labels="bug"), pull(4)]
    zone.put("github/a/whole/pulls/1.json", "\ufeff" + json.dumps(whole, indent=1))
    zone.put("github/a/line/pulls/1.json", json.dumps(whole))
    zone.put("github/a/broken/pulls/1.json", json.dumps(whole)[:-1] + end)

    zone.load()

    assert zone.rows("github_pulls", "masked(repository_key)", "pull_request", "labels") == [
        (f"github.com/a/{repo}", number, labels)
        for repo in ("line", "whole")
        for number, labels in ((1, ["bug", "cart"]), (3, None), (4, ["bug", "cart"]))
    ]
    wrong = "added_lines is not a number of things from 0 to 1,000,000,000,000"
    assert zone.reasons() == [
        (None, "the file: cannot be read as a JSON array (cut short?)"),
        *[(2, "it is no JSON object"), (3, wrong)] * 2,
    ]
    zone.assert_balanced()


def test_a_document_that_is_not_utf8_is_refused_with_that_reason(zone: Zone) -> None:
    zone.put("github/a/b/pulls/1.json", json.dumps(pull(1, title="café"), ensure_ascii=False).encode("latin-1"))
    zone.put("github/a/b/pulls/2.json", json.dumps(pull(2)))

    zone.load()

    assert zone.reasons() == [(None, "the file: it is not UTF-8 text")]
    assert zone.rows("github_pulls", "pull_request") == [(2,)]


def test_files_of_any_name_are_loaded(zone: Zone) -> None:
    names: list[str | bytes] = [
        'it\'s "quoted".jsonl', "two words.jsonl", "two\nlines.jsonl", "[a-z]*?.jsonl", "**.jsonl", "{a,b}.jsonl",
        "back\\slash.jsonl", "semi;colon--.jsonl", "größe ☃.jsonl", "a=b.jsonl", "-.jsonl", b"caf\xe9.jsonl",
        "'; drop table raw.names; --.jsonl",
    ]  # fmt: skip
    for number, name in enumerate(names):
        prefix = b"litellm/" if isinstance(name, bytes) else "litellm/"
        zone.put(prefix + name, json_lines([spend_log(number)]))  # type: ignore[operator]

    zone.load()

    assert len(zone.rows("litellm_requests", "*")) == len(names)
    zone.assert_balanced()


def test_a_link_out_of_the_zone_is_recorded_and_not_read(zone: Zone) -> None:
    outside = zone.folder / "secret.jsonl"
    outside.write_text(json_lines([spend_log(1)]))
    zone.put("litellm/real.jsonl", json_lines([spend_log(2)]))
    (zone.landing / "litellm/link.jsonl").symlink_to(outside)
    zone.put("notes/read me.txt", "x")

    report = zone.load()

    assert report.unread == 2
    assert zone.rows("litellm_requests", "request_id") == [("chatcmpl-2",)]
    assert zone.unread() == [
        ("litellm/link.jsonl", "a link that leads out of the landing zone, or nowhere"),
        ("notes/read me.txt", "no source reads a file of this name"),
    ]
