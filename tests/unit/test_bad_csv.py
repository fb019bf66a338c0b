"""CSV files in which something is wrong: rows that do not fit are named by line, and the others load."""

from __future__ import annotations

import random
from collections.abc import Iterator

import pytest

from tests.exports import csv_text
from tests.zone import Zone
from tokenworth.careful import careful_csv, csv_header

_HEADER = ["request_id", "startTime", "prompt_tokens", "completion_tokens", "user"]


def _row(number: int, *, user: str = "ada") -> list[object]:
    return [f"r-{number}", "2026-02-01 10:00:00", number, 1, user]


def _text(*rows: list[object]) -> str:
    return csv_text(_HEADER, *rows)


def _loaded(zone: Zone, file: str = "litellm/a.csv") -> list[str]:
    return [request_id for (request_id,) in zone.rows("litellm_requests", "request_id", file=file)]


def _load(zone: Zone, text: str | bytes) -> None:
    zone.put("litellm/a.csv", text)
    zone.put("litellm/good.csv", _text(_row(90)))
    zone.load()
    zone.assert_balanced()
    assert zone.ledger("litellm/good.csv") == [(2, 1, 0, 1, 0)]


_FEWER, _MORE = "the row has fewer cells than the header", "the row has more cells than the header"
_QUOTE = "a quote is not closed, or text follows one that is"
_BAD: list[tuple[str | bytes, str]] = [
    ("r-9,2026-02-01,1\n", _FEWER),
    ("r-9\n", _FEWER),
    ("   \n", _FEWER),
    ("r-9,2026-02-01,1,1,ada,x\n", _MORE),
    ('r-9,2026-02-01,1,1,ada,"",x\n', _MORE),
    ('r-9,2026-02-01,1,1,"ada\n', _QUOTE),
    ('r-9,2026-02-01,1,1,"ada"b\n', _QUOTE),
    ('"\n', _QUOTE),
    ("r-9,2026-02-01,1.5,1,ada\n", "prompt_tokens is not a number of tokens from 0 to 1,000,000,000"),
    ("r-9,soon,1,1,ada\n", "started_at is not a time between the years 2000 and 2099"),
    (",2026-02-01,1,1,ada\n", "request_id is missing"),
    (",,1,1,ada\n", "it is no row of LiteLLM_SpendLogs"),
    (b"r-9,2026-02-01,1,1,caf\xe9\n", "the line is not UTF-8"),
    (b'r-9,2026-02-01,1,1,"two\nlines of caf\xe9"\n', "the line is not UTF-8"),
]
_PLACES = {1: 2, 2: 4, 3: 5}  # behind so many rows, of which the first has two lines: on which line


@pytest.fixture(scope="module")
def bad_rows(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Zone]:
    """A file for every bad row in every place."""
    zone = Zone(tmp_path_factory.mktemp("bad_rows"))
    lines = _text(_row(1, user="two\nlines"), _row(2)).encode().splitlines(keepends=True)
    rows = [lines[0], lines[1] + lines[2], lines[3]]
    for number, (bad, _) in enumerate(_BAD):
        for place in _PLACES:
            content = [*rows[:place], bad if isinstance(bad, bytes) else bad.encode(), *rows[place:]]
            zone.put(f"litellm/{number}-{place}.csv", b"".join(content))
    zone.load()
    yield zone
    zone.close()


@pytest.mark.parametrize("number", range(len(_BAD)), ids=lambda number: str(_BAD[number][0]))
def test_a_row_that_does_not_fit_is_named_by_its_line(bad_rows: Zone, number: int) -> None:
    for place, line in _PLACES.items():
        file = f"litellm/{number}-{place}.csv"
        first, *others = bad_rows.reasons(file)
        assert _loaded(bad_rows, file) == ["r-1", "r-2"]
        assert first == (line, _BAD[number][1])
        # of a cell that spans lines, the rest is a row that does not fit
        assert all(reason in (_FEWER, _QUOTE, "the line is not UTF-8") for _, reason in others)


def test_files_with_bad_rows_balance(bad_rows: Zone) -> None:
    bad_rows.assert_balanced()


_GOOD = {
    "returns and newlines": _text(_row(1), _row(2)).replace("\n", "\r\n"),
    "returns": _text(_row(1), _row(2)).replace("\n", "\r"),
    "a mark": "\ufeff" + _text(_row(1), _row(2)),
    "no last newline": _text(_row(1), _row(2))[:-1],
    "empty lines": _text(_row(1), _row(2)).replace("\n", "\n\n"),
    "a comma at the end": _text(_row(1), _row(2)).replace("ada", "ada,"),
    "commas at the end": _text(_row(1), _row(2)).replace("ada", "ada,,"),
    "spaces": _text(_row(1), _row(2)).replace(",", ", "),
    "quotes": _text(_row(1), _row(2)).replace("request_id", '"request_id"').replace("r-1", '"r-1"'),
    "capitals": _text(_row(1), _row(2)).upper().replace("R-", "r-"),
}


@pytest.fixture(scope="module")
def good_rows(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Zone]:
    """A file for every way of writing the same, and the same with a bad row in it."""
    zone = Zone(tmp_path_factory.mktemp("good_rows"))
    for name, text in _GOOD.items():
        end = "\r\n" if "\r\n" in text else "\r" if "\r" in text else "\n"
        zone.put(f"litellm/{name}.csv", text)
        zone.put(f"litellm/{name}, and trouble.csv", text.rstrip() + end + "r-9,2026-02-01,-1,1,ada" + end)
    zone.load()
    yield zone
    zone.close()


@pytest.mark.parametrize("name", _GOOD)
def test_line_ends_marks_and_spaces_are_no_matter(good_rows: Zone, name: str) -> None:
    assert _loaded(good_rows, f"litellm/{name}.csv") == ["r-1", "r-2"]
    assert good_rows.reasons(f"litellm/{name}.csv") == []
    assert _loaded(good_rows, f"litellm/{name}, and trouble.csv") == ["r-1", "r-2"]
    assert len(good_rows.reasons(f"litellm/{name}, and trouble.csv")) == 1


def test_a_lone_carriage_return_in_a_cell_ends_no_row(zone: Zone) -> None:
    _load(zone, _text(_row(1)) + "r-2,2026-02-01,2,1,a\rda\n" + "r-3,2026-02-01,3,1,ada\n")

    assert _loaded(zone) == ["r-1", "r-2", "r-3"]
    assert zone.quarantine() == []


def test_a_quote_that_is_never_closed_costs_its_own_line_only(zone: Zone) -> None:
    rows = _text(*(_row(n) for n in range(1, 60))).splitlines(keepends=True)
    rows[10] = rows[10].replace("ada", '"ada')
    rows[30] = rows[30].replace("ada", '"ada')
    _load(zone, "".join(rows))

    assert len(_loaded(zone)) == 57
    assert zone.reasons() == [(11, _QUOTE), (31, _QUOTE)]
    assert zone.ledger("litellm/a.csv") == [(60, 57, 0, 1, 2)]


def test_a_long_row_is_read_however_many_lines_it_has(zone: Zone) -> None:
    header = [*_HEADER, "messages"]
    trouble = ["r-9", "2026-02-01", "-1", 1, "ada", ""]
    for number, (text, more) in enumerate(
        [("x" * 3_000_000, []), ("x\n" * 2_000_000, []), ("x\n" * 50_000, [trouble])]
    ):
        zone.put(f"litellm/{number}.csv", csv_text(header, [*_row(1), text], [*_row(2), "short"], *more))

    zone.load()

    for number, reasons in enumerate([0, 0, 1]):
        assert _loaded(zone, f"litellm/{number}.csv") == ["r-1", "r-2"]
        assert len(zone.reasons(f"litellm/{number}.csv")) == reasons
    zone.assert_balanced()


def test_a_line_or_row_above_the_limit_is_refused_and_the_others_are_not(zone: Zone) -> None:
    zone.set(max_line_bytes=1024)
    long_row = [*_row(3, user="line\n" * 500)]
    _load(zone, _text(_row(1), _row(2, user="x" * 2000), _row(4)) + csv_text(["x"], long_row).partition("\n")[2])

    assert _loaded(zone) == ["r-1", "r-4"]
    reasons = zone.reasons()
    assert reasons[0] == (3, "the line is longer than the limit")
    assert reasons[1] == (5, "the row is longer than the limit")
    assert {why for _, why in reasons[2:]} == {_FEWER, _QUOTE}


_HEADERS: list[tuple[str | bytes, str]] = [
    ("", "there is no header"),
    ("\n\n", "there is no header"),
    (" , ,\n1,2,3\n", "there is no header"),
    ("request_id;startTime;prompt_tokens\nr;2026-02-01;1\n", "names no column of this: row of LiteLLM_SpendLogs"),
    ("ada.quill@acme.example,Ada Quill\n", "names no column of this: row of LiteLLM_SpendLogs"),
    (b"request_id,caf\xe9\nr,x\n", "the header cannot be read: the line is not UTF-8; save the file as UTF-8 CSV"),
    ("request_id,user\nr,x\n".encode("utf-16"), "the header cannot be read: the line is not UTF-8"),
    ('request_id,"user\nr,x\n', "the header cannot be read"),
    ("request_id," + "x" * 2_000_000 + "\nr,x\n", "the header cannot be read: the line is longer than the limit"),
]


def test_without_a_header_nothing_of_a_file_can_be_used(zone: Zone) -> None:
    zone.set(max_line_bytes=100_000)
    for number, (text, _) in enumerate(_HEADERS):
        zone.put(f"litellm/{number}.csv", text)
    zone.put("litellm/good.csv", _text(_row(90)))

    zone.load()

    assert zone.rows("litellm_requests", "request_id") == [("r-90",)]
    assert len(zone.quarantine()) == len(_HEADERS)
    for number, (_, message) in enumerate(_HEADERS):
        ((line, reason),) = zone.reasons(f"litellm/{number}.csv")
        assert line is None
        assert message in reason
        assert "quill" not in reason.lower()
    assert zone.ask("select distinct unread_columns from audit.loads where status = 'refused'") == [(None,)]
    zone.assert_balanced()


def test_a_header_alone_is_a_file_without_rows(zone: Zone) -> None:
    _load(zone, "request_id,user")

    assert zone.ledger("litellm/a.csv") == [(1, 0, 0, 1, 0)]
    assert zone.quarantine() == []


def test_an_address_in_a_header_is_not_reported(zone: Zone) -> None:
    _load(zone, csv_text([*_HEADER, "notes of ada.quill@acme.example"], [*_row(1), "x"]))

    assert zone.ask("select distinct unread_columns from audit.loads where unread_columns <> []") == [
        (["notes of e-mail"],)
    ]


def test_the_careful_reading_finds_what_is_good_in_any_damage(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Whatever is inserted into one line, the lines before it are untouched, and those behind it are found again."""
    folder = tmp_path_factory.mktemp("damage")
    path, copy = folder / "a.csv", folder / "copy.jsonl"
    chance = random.Random(7)
    for _ in range(300):
        lines = _text(*(_row(n, user=chance.choice(["ada", 'quo"te', "a,b"])) for n in range(1, 12))).splitlines()
        place = chance.randrange(1, 12)
        cut = chance.randrange(len(lines[place]) + 1)
        damage = chance.choice(['"', ",", '""', '"x', ",,", "\x00", '","', "x\ny"])
        lines[place] = lines[place][:cut] + damage + lines[place][cut:]
        path.write_text("\n".join(lines) + "\n")

        careful_csv(path, copy, len(csv_header(path, 10**6, ends_in_returns=False)), 10**6, ends_in_returns=False)

        found = copy.read_text()
        for number in range(1, 12):
            if abs(number - place) > 1:  # the next line may close a quote
                assert f'"cells": ["r-{number}", "2026-02-01 10:00:00", "{number}", "1"' in found, (damage, cut)
