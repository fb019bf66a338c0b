"""How text becomes a value, and what is none."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal

import duckdb
import pytest

from tokenworth.sources import types
from tokenworth.sources.types import Type


@pytest.fixture(scope="module")
def engine() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connection:
        connection.execute("set TimeZone = 'UTC'")
        yield connection


def _read(engine: duckdb.DuckDBPyConnection, kind: Type, text: str) -> object:
    """The value of `text`, or the complaint about it."""
    value, wrong = engine.execute(
        f"select v, {kind.wrong.format(x='x', v='v')}"
        f" from (select x, {kind.cast.format(x='x')} as v from (select $1 as x))",
        [text],
    ).fetchall()[0]
    return kind.complaint if wrong else value


_TOKENS = types.TOKENS.complaint


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("0", 0),
        ("12", 12),
        ("12.0", 12),
        ("1e3", 1000),
        ("1000000000", 1_000_000_000),
        ("1000000001", _TOKENS),
        ("12.6", _TOKENS),
        ("-1", _TOKENS),
        ("99999999999999999999", _TOKENS),
        ("1e400", _TOKENS),
        ("NaN", _TOKENS),
        ("Infinity", _TOKENS),
        ("0x10", _TOKENS),
        ("1_000", _TOKENS),
        ("1,000", _TOKENS),
        ("12abc", _TOKENS),
        ("true", _TOKENS),
        ('{"tokens": 12}', _TOKENS),
        ("[12]", _TOKENS),
        ("twelve", _TOKENS),
    ],
)
def test_tokens_are_whole_numbers_up_to_a_billion(engine: duckdb.DuckDBPyConnection, text: str, value: object) -> None:
    assert _read(engine, types.TOKENS, text) == value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("0.1", Decimal("0.1")),
        ("0.0123456789", Decimal("0.0123456789")),
        ("4.2e-05", Decimal("0.000042")),
        ("1e-30", Decimal(0)),
        ("-3", Decimal(-3)),
        ("1000000", Decimal(1_000_000)),
        ("1000000.01", types.DOLLARS.complaint),
        ("-1000000.01", types.DOLLARS.complaint),
        ("NaN", types.DOLLARS.complaint),
        ("inf", types.DOLLARS.complaint),
        ("$5", types.DOLLARS.complaint),
        ("1_0", types.DOLLARS.complaint),
        ("0,12", types.DOLLARS.complaint),
    ],
)
def test_dollars_are_decimal_to_the_last_place(engine: duckdb.DuckDBPyConnection, text: str, value: object) -> None:
    assert _read(engine, types.DOLLARS, text) == value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("123.45", Decimal("1.2345")),
        ("21.36232", Decimal("0.2136232")),
        ("1e-05", Decimal("0.0000001")),
        ("-3", Decimal("-0.03")),
        ("100000000", Decimal(1_000_000)),
        ("100000001", types.CENTS.complaint),
        ("NaN", types.CENTS.complaint),
        ("5c", types.CENTS.complaint),
        ("1_0", types.CENTS.complaint),
    ],
)
def test_cents_become_dollars_to_the_last_place(engine: duckdb.DuckDBPyConnection, text: str, value: object) -> None:
    assert _read(engine, types.CENTS, text) == value


_TIME = types.INSTANT.complaint


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("2026-02-01T10:00:00Z", datetime(2026, 2, 1, 10)),
        ("2026-02-01T10:00:00.847371Z", datetime(2026, 2, 1, 10, 0, 0, 847371)),
        ("2026-02-01T10:00:00.123456789Z", datetime(2026, 2, 1, 10, 0, 0, 123456)),
        ("2026-02-01T10:00:00+01:00", datetime(2026, 2, 1, 9)),
        ("2026-02-01T01:00:00+02:00", datetime(2026, 1, 31, 23)),
        ("2026-02-01T10:00:00.715-0530", datetime(2026, 2, 1, 15, 30, 0, 715000)),
        ("2026-02-01 10:00:00.847371", datetime(2026, 2, 1, 10, 0, 0, 847371)),
        ("2026-02-01 10:00:00+00", datetime(2026, 2, 1, 10)),
        ("2026-02-01", datetime(2026, 2, 1)),
        ("2000-01-01T00:00:00Z", datetime(2000, 1, 1)),
        ("2099-12-31T23:59:59Z", datetime(2099, 12, 31, 23, 59, 59)),
        ("1970-01-01T00:00:00Z", _TIME),
        ("1999-12-31T23:59:59Z", _TIME),
        ("2100-01-01T00:00:00Z", _TIME),
        ("infinity", _TIME),
        ("epoch", _TIME),
        ("now", _TIME),
        ("2026-13-01T00:00:00Z", _TIME),
        ("2026-02-30T00:00:00Z", _TIME),
        ("1769940000", _TIME),
        ("01/02/2026 10:00", _TIME),
        ("soon", _TIME),
    ],
)
def test_a_time_is_utc_whatever_its_offset(engine: duckdb.DuckDBPyConnection, text: str, value: object) -> None:
    assert _read(engine, types.INSTANT, text) == value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1769940000123456789", datetime(2026, 2, 1, 10, 0, 0, 123456)),
        ("0", types.INSTANT_NANOSECONDS.complaint),
        ("-5", types.INSTANT_NANOSECONDS.complaint),
        ("1769940000", types.INSTANT_NANOSECONDS.complaint),
        ("99999999999999999999", types.INSTANT_NANOSECONDS.complaint),
        ("2026-02-01T10:00:00Z", types.INSTANT_NANOSECONDS.complaint),
    ],
)
def test_a_time_may_be_in_nanoseconds(engine: duckdb.DuckDBPyConnection, text: str, value: object) -> None:
    assert _read(engine, types.INSTANT_NANOSECONDS, text) == value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("2026-02-01", date(2026, 2, 1)),
        ("1900-01-01", date(1900, 1, 1)),
        ("9999-12-31", date(9999, 12, 31)),
        ("1899-12-31", types.DAY.complaint),
        ("2026-02-30", types.DAY.complaint),
        ("2026-2-1", types.DAY.complaint),
        ("2026-02-01 10:00", types.DAY.complaint),
        ("2026-02-01x", types.DAY.complaint),
        ("01.02.2026", types.DAY.complaint),
        ("infinity", types.DAY.complaint),
        ("epoch", types.DAY.complaint),
    ],
)
def test_a_day_is_written_in_one_way(engine: duckdb.DuckDBPyConnection, text: str, value: object) -> None:
    assert _read(engine, types.DAY, text) == value


@pytest.mark.parametrize(
    ("text", "value"),
    [("true", True), ("False", False), ("1", True), ("maybe", types.FLAG.complaint), ("2", types.FLAG.complaint)],
)
def test_a_flag_is_true_or_false(engine: duckdb.DuckDBPyConnection, text: str, value: object) -> None:
    assert _read(engine, types.FLAG, text) == value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("abcdef1", "abcdef1"),
        ("ABCDEF1234", "abcdef1234"),
        ("a" * 64, "a" * 64),
        ("a" * 65, types.SHA.complaint),
        ("abcdef", types.SHA.complaint),
        ("abcdefg", types.SHA.complaint),
        ("abcdef1 ", types.SHA.complaint),
    ],
)
def test_a_commit_is_named_in_hexadecimal(engine: duckdb.DuckDBPyConnection, text: str, value: object) -> None:
    assert _read(engine, types.SHA, text) == value


@pytest.mark.parametrize(
    ("kind", "longest"),
    [
        (types.TEXT, 1000),
        (types.ACCOUNT, 320),
        (types.PERSON, 320),
        (types.PERSON_NAME, 320),
        (types.BRANCH, 1000),
        (types.PATH, 4096),
        (types.CONTAINER, 1000),
    ],
)
def test_a_text_has_a_length_beyond_which_it_is_something_else(
    engine: duckdb.DuckDBPyConnection, kind: Type, longest: int
) -> None:
    assert _read(engine, kind, "x" * longest) == "x" * longest
    assert _read(engine, kind, "x" * (longest + 1)) == kind.complaint


def test_a_long_title_is_cut_instead_of_refused(engine: duckdb.DuckDBPyConnection) -> None:
    assert _read(engine, types.TITLE, "x" * 5000) == "x" * 1000


@pytest.mark.parametrize("kind", [types.ACCOUNT, types.CONTAINER])
def test_accounts_and_repositories_do_not_differ_by_case(engine: duckdb.DuckDBPyConnection, kind: Type) -> None:
    assert _read(engine, kind, "Ada@Acme.example") == "ada@acme.example"


@pytest.mark.parametrize("text", ["9007199254740992", "1"])
def test_numbers_of_rows_are_exact(engine: duckdb.DuckDBPyConnection, text: str) -> None:
    assert _read(engine, types.NUMBER, text) == int(text)
    assert _read(engine, types.NUMBER, "9007199254740993") == types.NUMBER.complaint
    assert _read(engine, types.NUMBER, "12_2") == types.NUMBER.complaint
