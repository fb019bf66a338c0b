"""The company's own rates are laid over the price book, on their days, and nowhere else."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from itertools import pairwise
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from tests.exports import csv_text, json_lines, spend_log
from tests.zone import Zone
from tokenworth.price_overrides import TOKEN_CLASSES, Override, overlaid
from tokenworth.prices import recognise, refresh_prices, terms_and_prices
from tokenworth.warehouse import open_warehouse

_HEADER = ["provider", "model_pattern", "token_class", "usd_per_million", "valid_from", "valid_to"]
_DAY = date(2026, 2, 10)


def _book(zone: Zone, *models: str, overrides: list[list[str]]) -> list[tuple[Any, ...]]:
    """The rows of the price book that hold on a day, of models that the gateway saw."""
    zone.put("prices/overrides.csv", csv_text(_HEADER, *overrides))
    zone.put("litellm/a.jsonl", json_lines(spend_log(n, model=model) for n, model in enumerate(models)))
    zone.load()
    with open_warehouse(zone.settings) as connection:
        refresh_prices(connection)
    return zone.ask(
        "select distinct price_model, input_usd_per_mtok, cache_read_usd_per_mtok, output_usd_per_mtok, origin"
        " from raw.prices where terms = 'standard' and input_above = -1"
        f" and date '{_DAY}' >= valid_from and date '{_DAY}' < valid_to order by all"
    )


def test_a_rate_replaces_the_list_price_of_its_class_on_its_days(zone: Zone) -> None:
    rates = [
        ["anthropic", "claude-opus-*", "input", "4", "2026-02-01", "2026-03-01"],
        ["", "claude-opus-*", "output", "1", "2026-03-01", ""],
    ]

    assert _book(zone, "claude-opus-4-5-20251101", overrides=rates) == [
        ("claude-opus-4-5", Decimal(4), Decimal("0.5"), Decimal(25), "override")
    ]
    spans = zone.ask(
        "select valid_from, input_usd_per_mtok, output_usd_per_mtok, origin from raw.prices"
        " where terms = 'standard' and valid_from <= date '2026-03-01' order by all"
    )
    assert spans == [
        (date(1970, 1, 1), Decimal(5), Decimal(25), "catalogue"),
        (date(2026, 2, 1), Decimal(4), Decimal(25), "override"),
        (date(2026, 3, 1), Decimal(5), Decimal(1), "override"),
    ]


def test_a_model_of_the_company_s_own_has_a_price(zone: Zone) -> None:
    rates = [["", "in-house-*", "input", "0.5", "", ""], ["", "in-house-*", "output", "2", "", ""]]

    assert _book(zone, "in-house-7b", "in-house-70b", overrides=rates) == [
        ("in-house-70b", Decimal("0.5"), Decimal("0.5"), Decimal(2), "override"),
        ("in-house-7b", Decimal("0.5"), Decimal("0.5"), Decimal(2), "override"),
    ]


def test_the_rate_that_began_last_holds(zone: Zone) -> None:
    rates = [["", "*", "input", "9", "2026-01-01", ""], ["", "gpt-4o", "input", "8", "", ""]]

    assert _book(zone, "gpt-4o", overrides=rates) == [("gpt-4o", Decimal(9), Decimal("1.25"), Decimal(10), "override")]


def test_a_rate_that_cannot_be_is_refused_with_its_line(zone: Zone) -> None:
    rates = [["", "*", "thoughts", "9", "", ""], ["", "*", "input", "-1", "", ""], ["", "*", "input", "1", "soon", ""]]

    _book(zone, "gpt-4o", overrides=rates)

    classes = "input, cache_read, cache_write, cache_write_5m, cache_write_1h, output"
    assert zone.reasons("prices/overrides.csv") == [
        (2, f"token_class is none of {classes}"),
        (3, "usd_per_mtok is not an amount of dollars up to a million"),
        (4, "valid_from is not a day written YYYY-MM-DD"),
    ]


def test_without_its_file_the_list_price_holds_again(zone: Zone) -> None:
    rates = [["", "gpt-4o", "input", "1", "", ""]]
    _book(zone, "gpt-4o", overrides=rates)

    book = _book(zone, "gpt-4o", overrides=[["", "another", "input", "1", "", ""]])

    assert book == [("gpt-4o", Decimal("2.5"), Decimal("1.25"), Decimal(10), "catalogue")]


def test_a_seat_has_a_price_in_dollars_a_month(zone: Zone) -> None:
    header = ["system", "plan", "usd_per_month", "valid_from", "valid_to"]
    zone.put("prices/seats.csv", csv_text(header, ["Copilot", "Business", "15.5", "2026-01-01", ""]))

    zone.load()

    assert zone.rows("prices_seats", "system", "plan", "usd_per_month", "valid_from", "valid_to") == [
        ("copilot", "business", Decimal("15.5"), date(2026, 1, 1), None)
    ]


def test_inference_in_one_country_costs_a_tenth_more() -> None:
    rows = list(terms_and_prices(recognise("", "claude-opus-5"), []))
    by_terms = {
        str(row["terms"]): row for row in rows if row["input_above"] == -1 and row["valid_to"] == date(9999, 12, 31)
    }
    for us, plain in (("us", "standard"), ("us_batch", "batch")):
        for column in ("input_usd_per_mtok", "cache_write_1h_usd_per_mtok", "output_usd_per_mtok"):
            assert by_terms[us][column] == by_terms[plain][column] * Decimal("1.1")  # type: ignore[operator]
    assert not any(str(row["terms"]).startswith("us") for row in terms_and_prices(recognise("", "gpt-4o"), []))


_DAYS = st.dates(date(2025, 1, 1), date(2027, 1, 1))
_OVERRIDES = st.lists(
    st.builds(
        lambda token_class, rate, days: Override("", "*", "standard", token_class, Decimal(rate), *sorted(days)),
        st.sampled_from(list(TOKEN_CLASSES)),
        st.integers(0, 9),
        st.tuples(_DAYS, _DAYS),
    ),
    max_size=6,
)


@given(overrides=_OVERRIDES, day=_DAYS)
def test_every_day_keeps_exactly_one_row(overrides: list[Override], day: date) -> None:
    listed = {column: Decimal(100) for columns in TOKEN_CLASSES.values() for column in columns}
    row = {"valid_from": date(1970, 1, 1), "valid_to": date(9999, 12, 31), "input_above": -1, **listed}
    own = sorted(overrides, key=lambda o: o.order)
    rows: list[dict[str, Any]] = list(overlaid([row], own))

    for one, next_one in pairwise(rows):
        assert one["valid_to"] == next_one["valid_from"]
    (found,) = [r for r in rows if r["valid_from"] <= day < r["valid_to"]]
    holding = [o for o in own if o.valid_from <= day < o.valid_to]
    for token_class, columns in TOKEN_CLASSES.items():
        for column in columns:
            said = [o.usd_per_mtok for o in holding if column in TOKEN_CLASSES[o.token_class]]
            assert found[column] == (said[-1] if said else 100), token_class
