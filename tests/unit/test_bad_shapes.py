"""The same content as other programs save it: with a mark, with other line ends, packed; and none at all."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable

import pytest

from tests.exports import (
    api_request,
    csv_text,
    gemini_chat,
    gemini_message,
    json_lines,
    log_batch,
    spend_log,
    transcript_line,
)
from tests.work_exports import commit, jira_issue, pull
from tests.zone import Zone

_CSV = csv_text(["request_id", "startTime", "prompt_tokens", "completion_tokens"], ["r", "2026-02-01", 1, 2])
_FILES = {
    "claude_code/ada/projects/s/{}.jsonl": json_lines([transcript_line(1), transcript_line(2)]),
    "gemini_cli/ada/session-{}.json": json.dumps(gemini_chat(gemini_message(1)), indent=2),
    "git/x/commits-{}.jsonl": json_lines([commit(1), commit(2)]),
    "github/acme/shop/pulls/{}.json": json.dumps([pull(1), pull(2)], indent=2),
    "jira/acme/search/{}.json": json.dumps({"issues": [jira_issue(1)], "total": 1}, indent=2),
    "litellm/{}.csv": _CSV,
    "litellm/{}.json": json.dumps({"data": [spend_log(1)], "page": 1}, indent=2),
    "litellm/{}.jsonl": json_lines([spend_log(1), spend_log(2)]),
    "otel/{}.jsonl": json_lines([log_batch(api_request(1))]),
}
_WAYS: dict[str, Callable[[bytes], bytes]] = {
    "a mark": lambda content: b"\xef\xbb\xbf" + content,
    "returns": lambda content: content.replace(b"\n", b"\r\n"),
    "both": lambda content: b"\xef\xbb\xbf" + content.replace(b"\n", b"\r\n"),
    "both, packed": lambda content: gzip.compress(b"\xef\xbb\xbf" + content.replace(b"\n", b"\r\n")),
    "packed in two": lambda content: gzip.compress(content[:40]) + gzip.compress(content[40:]),
}


@pytest.mark.parametrize("way", _WAYS)
def test_marks_line_ends_and_packing_change_no_row_of_any_source(
    zone: Zone, tmp_path_factory: pytest.TempPathFactory, way: str
) -> None:
    plain = Zone(tmp_path_factory.mktemp("plain"), key="a key for tests only")
    zone.set(key="a key for tests only")
    for name, content in _FILES.items():
        plain.put(name.format("a"), content)
        zone.put(name.format("a") + ".gz" * ("packed" in way), _WAYS[way](content.encode()))

    plain.load()
    zone.load()

    rows = plain.everything()
    assert sum(map(len, rows.values())) > len(_FILES)
    assert zone.everything() == rows
    assert zone.quarantine() == []
    assert zone.ledger() == plain.ledger()
    plain.close()


@pytest.mark.parametrize("name", _FILES)
def test_an_empty_file_folder_or_one_of_spaces_loses_nothing_beside_it(zone: Zone, name: str) -> None:
    zone.put(name.format("good"), _FILES[name])
    zone.put(name.format("empty"), "")
    zone.put(name.format("spaces"), " \n\n")
    zone.put(name.format("packed") + ".gz", gzip.compress(b""))
    for folder in ("bedrock", "claude_code/ben", "litellm", "jira/acme/csv"):
        (zone.landing / folder).mkdir(parents=True, exist_ok=True)

    zone.load()

    zone.assert_balanced()
    assert any(zone.everything().values())
    assert {reason for _, reason in zone.reasons()} <= {"the file is empty", "the file: there is no header"}


def test_a_landing_zone_without_any_file_is_loaded(zone: Zone) -> None:
    (zone.landing / "litellm").mkdir()

    assert zone.load().counts()["files"] == 0
