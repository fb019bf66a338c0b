"""Loading again: what did not change is left alone, and what changed replaces its own rows only."""

from __future__ import annotations

import gzip
import json
from datetime import datetime
from pathlib import Path

import pytest

from tests.exports import (
    csv_text,
    gemini_chat,
    gemini_message,
    json_lines,
    spend_log,
    transcript_line,
)
from tests.zone import Row, Zone
from tokenworth.warehouse import open_warehouse

_FILE = "claude_code/ada/projects/s/one.jsonl"
_OTHER = "claude_code/ada/projects/s/other.jsonl"
_THEN, _LATER = 1_700_000_000, 1_700_000_500


def _lines(*numbers: int) -> str:
    return json_lines(transcript_line(number) for number in numbers)


def _uuids(zone: Zone, file: str = "") -> list[str]:
    return [uuid for (uuid,) in zone.rows("claude_code_requests", "line_uuid", file=file)]


def _parts(zone: Zone, file: str = _FILE) -> list[Row]:
    """Parts of a file as they were read: which, how many lines, and whether they are current."""
    return zone.ask(
        f"select part, lines, superseded_at is null from audit.loads where plain(file_key) = '{file}' order by load_id"
    )


def test_a_second_load_changes_nothing_and_opens_no_file(zone: Zone) -> None:
    path = zone.put(_FILE, _lines(1, 2), at=_THEN)
    zone.put("litellm/a.csv", csv_text(list(spend_log(1)), list(spend_log(1).values())), at=_THEN)
    zone.load()
    before = (
        zone.everything(),
        zone.ask("select * from audit.loads order by all"),
        zone.ask("from raw.names order by all"),
    )
    # Other bytes of the same length: whoever opened the file would notice.
    zone.put(_FILE, path.read_text().replace("uuid-1", "uuid-7"), at=_THEN)

    report = zone.load()

    assert (report.unchanged, report.readings) == (2, [])
    after = (
        zone.everything(),
        zone.ask("select * from audit.loads order by all"),
        zone.ask("from raw.names order by all"),
    )
    assert after == before


def test_a_file_that_was_only_touched_is_recognised_and_counts_as_newer(zone: Zone) -> None:
    zone.put(_FILE, _lines(1), at=_THEN)
    zone.load()
    zone.put(_FILE, _lines(1, 2), at=_THEN + 50)
    zone.load()
    zone.put(_FILE, _lines(1, 2), at=_LATER)

    report = zone.load()

    assert (report.unchanged, report.readings) == (1, [])
    assert _parts(zone) == [("whole", 1, True), ("tail", 1, True)]
    assert zone.ask("select distinct extracted_at from audit.loads") == [(datetime(2023, 11, 14, 22, 21, 40),)]
    assert zone.load().unchanged == 1


def test_a_grown_file_is_loaded_by_its_tail_and_gives_what_a_fresh_load_gives(zone: Zone, tmp_path: Path) -> None:
    (tmp_path / "fresh").mkdir()
    fresh = Zone(tmp_path / "fresh", key="a key for tests only")
    zone.set(key="a key for tests only")
    steps = [_lines(1, 2), "garbage\n" + _lines(3), "\n" + _lines(4) + "more garbage\n", _lines(5, 6)]
    for number in range(1, len(steps) + 1):
        zone.put(_FILE, "".join(steps[:number]), at=_THEN + number)
        zone.load()
    fresh.put(_FILE, "".join(steps), at=_THEN + len(steps))
    fresh.load()

    assert _parts(zone) == [("whole", 2, True), ("tail", 2, True), ("tail", 3, True), ("tail", 2, True)]
    assert zone.everything() == fresh.everything()
    assert zone.reasons() == fresh.reasons() == [(3, "the line is not valid JSON"), (7, "the line is not valid JSON")]
    zone.assert_balanced()


def test_a_file_that_grows_out_of_a_single_document_is_read_on_as_lines(zone: Zone) -> None:
    one = json_lines([spend_log(1)])
    zone.put("litellm/a.json", one, at=_THEN)
    zone.load()
    zone.put("litellm/a.json", one + json_lines([spend_log(2), {}]), at=_LATER)

    zone.load()

    assert zone.rows("litellm_requests", "request_id") == [("chatcmpl-1",), ("chatcmpl-2",)]
    assert zone.reasons() == [(3, "it is no row of LiteLLM_SpendLogs")]
    zone.assert_balanced()


def test_a_file_whose_last_line_was_cut_is_read_from_its_start_when_it_is_complete(zone: Zone) -> None:
    whole = _lines(1, 2, 3)
    zone.put(_FILE, whole[:-50], at=_THEN)
    zone.load()
    assert _uuids(zone) == ["uuid-1", "uuid-2"]
    assert zone.reasons() == [(3, "the line is not valid JSON")]
    zone.put(_FILE, whole, at=_LATER)

    zone.load()

    assert _uuids(zone) == ["uuid-1", "uuid-2", "uuid-3"]
    assert zone.quarantine() == []
    assert _parts(zone) == [("whole", 3, False), ("whole", 3, True)]


@pytest.mark.parametrize("numbers", [[1], [1, 2, 7], [7, 2, 3], [4, 5, 6, 7], []])
def test_a_file_that_shrank_or_changed_replaces_its_own_rows_only(zone: Zone, numbers: list[int]) -> None:
    zone.put(_FILE, _lines(1, 2, 3), at=_THEN)
    zone.put(_OTHER, _lines(20, 21), at=_THEN)
    zone.load()
    zone.put(_FILE, _lines(*numbers), at=_LATER)

    zone.load()

    assert _uuids(zone, _FILE) == [f"uuid-{number}" for number in sorted(numbers)]
    assert _uuids(zone, _OTHER) == ["uuid-20", "uuid-21"]
    assert _parts(zone) == [("whole", 3, False), ("whole", len(numbers), True)]
    assert _parts(zone, _OTHER) == [("whole", 2, True)]


def test_grown_and_then_rewritten_ends_all_its_parts(zone: Zone) -> None:
    for step, numbers in enumerate([[1], [1, 2], [9]]):
        zone.put(_FILE, _lines(*numbers), at=_THEN + step)
        zone.load()

    assert _uuids(zone) == ["uuid-9"]
    assert [current for _, _, current in _parts(zone)] == [False, False, True]


def test_packed_files_documents_and_csv_are_replaced_whole_when_they_grow(zone: Zone) -> None:

    chat, csv_rows = "gemini_cli/ada/session-1.json", "litellm/a.csv"
    for step in (1, 2):
        zone.put(_FILE + ".gz", gzip.compress(_lines(*range(step)).encode()), at=_THEN + step)
        zone.put(chat, json.dumps(gemini_chat(*map(gemini_message, range(1, step + 1)))), at=_THEN + step)
        rows = [list(spend_log(n).values()) for n in range(step)]
        zone.put(csv_rows, csv_text(list(spend_log(0)), *rows), at=_THEN + step)
        zone.load()

    for file in (_FILE + ".gz", chat, csv_rows):
        assert [part for part, _, _ in _parts(zone, file)] == ["whole", "whole"]
        assert [current for _, _, current in _parts(zone, file)] == [False, True]
    assert len(zone.rows("litellm_requests", "*")) == 2


def test_a_file_that_vanished_keeps_its_rows_and_may_come_back(zone: Zone) -> None:
    path = zone.put(_FILE, _lines(1, 2), at=_THEN)
    zone.put(_OTHER, _lines(3), at=_THEN)
    zone.load()
    path.unlink()

    zone.load()
    assert _uuids(zone) == ["uuid-1", "uuid-2", "uuid-3"]

    zone.put(_FILE, _lines(1, 2), at=_THEN)
    assert zone.load().unchanged == 2


def test_a_sidecar_that_changes_dates_the_export_anew_without_a_reading(zone: Zone) -> None:
    zone.put(_FILE, _lines(1), at=_THEN)
    zone.load()
    assert zone.ask("select extracted_at from audit.loads") == [(datetime(2023, 11, 14, 22, 13, 20),)]
    for said, expected in [
        ("2026-02-01T10:00:00+01:00", datetime(2026, 2, 1, 9)),
        ("2026-02-02", datetime(2026, 2, 2)),
    ]:
        zone.put(_FILE + ".meta.json", f'{{"extracted_at": "{said}"}}')
        assert (zone.load().unchanged, zone.load().unchanged) == (1, 1)
        assert zone.ask("select extracted_at, part from audit.loads") == [(expected, "whole")]


def test_a_setting_that_decides_what_is_read_has_files_read_again(zone: Zone) -> None:
    zone.put("litellm/a.jsonl", json_lines([spend_log(1, request_tags=["story:SHOP-9"])]), at=_THEN)
    zone.load()
    zone.set(tag_words={"issue": ["story"]})

    zone.load()

    assert zone.row("litellm_requests", "tag_issue") == "SHOP-9"
    assert [current for _, _, current in _parts(zone, "litellm/a.jsonl")] == [False, True]
    assert zone.load().unchanged == 1


def test_a_limit_that_is_raised_has_refused_files_read_again(zone: Zone) -> None:

    zone.set(max_unpacked_bytes=100)
    zone.put(_FILE + ".gz", gzip.compress(_lines(1, 2).encode()), at=_THEN)
    zone.load()
    assert zone.reasons() == [(None, "the file: unpacks to more than 100 bytes")]
    assert zone.load().unchanged == 1
    zone.set(max_unpacked_bytes=1_000_000)

    zone.load()

    assert _uuids(zone) == ["uuid-1", "uuid-2"]
    assert zone.quarantine() == []


def test_everything_is_read_again_when_asked_for(zone: Zone) -> None:
    zone.put(_FILE, _lines(1), at=_THEN)
    zone.load()

    report = zone.load(reload=True)

    assert (len(report.readings), report.unchanged) == (1, 0)
    assert _uuids(zone) == ["uuid-1"]


def test_rows_of_replaced_versions_stay_until_a_build_has_seen_what_replaced_them(zone: Zone) -> None:
    zone.set(retain_superseded_days=0)
    for day, lines in ((1, _lines(1)), (2, _lines(1, 2))):  # the second is a part of the same version
        zone.put(_FILE, lines, at=_THEN + day)
        zone.load(seen_at=datetime(2026, 1, day))
    _build_up_to(zone, 2)
    for day in (3, 4):
        zone.put(_FILE, _lines(day), at=_THEN + day)
        zone.load(seen_at=datetime(2026, 1, day))
    versions = "select distinct load_id from raw.claude_code_requests order by load_id"

    zone.load(seen_at=datetime(2026, 1, 5))
    assert zone.ask(versions) == [(1,), (2,), (3,), (4,)]

    _build_up_to(zone, 3)
    zone.load(seen_at=datetime(2026, 1, 6))
    assert zone.ask(versions) == [(3,), (4,)]

    _build_up_to(zone, 4)
    zone.load(seen_at=datetime(2026, 1, 7))
    assert zone.ask(versions) == [(4,)]


def _build_up_to(zone: Zone, load_id: int) -> None:
    """As a build leaves it behind; that builds do is seen in tests/end_to_end."""
    zone.close()
    with open_warehouse(zone.settings) as connection:
        connection.execute("delete from audit.built_up_to")
        connection.execute(f"insert into audit.built_up_to values ({load_id})")


def test_rows_of_replaced_versions_stay_for_a_while_and_their_totals_for_ever(zone: Zone) -> None:
    zone.set(retain_superseded_days=30)
    first, second = _lines(1, 2) + "garbage\n", _lines(7)
    for day, content in ((1, first), (2, second)):
        zone.put(_FILE, content, at=_THEN + day)
        zone.load(seen_at=datetime(2026, 1, day))
    old = "select count(*) from raw.claude_code_requests where load_id = 1"

    zone.load(seen_at=datetime(2026, 2, 1))
    assert zone.ask(old) == [(2,)]
    assert zone.ask("select first_seen_at, superseded_at from audit.loads order by load_id") == [
        (datetime(2026, 1, 1), datetime(2026, 1, 2)),
        (datetime(2026, 1, 2), None),
    ]

    zone.load(seen_at=datetime(2026, 2, 2))
    assert zone.ask(old) == [(0,)]
    assert zone.ask("select count(*) from raw.quarantine") == [(0,)]
    assert zone.ask("select lines, loaded, quarantined from audit.loads order by load_id") == [(3, 2, 1), (1, 1, 0)]
    assert _uuids(zone) == ["uuid-7"]
