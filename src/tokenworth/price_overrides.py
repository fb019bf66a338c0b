"""A company's own dated rates, laid over the rows of the price book.

They are dollars per million tokens of one class of token, for models whose name matches a pattern. What they do not
speak of keeps the list price. A model that the catalogue does not know has a price from them alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fnmatch import fnmatchcase
from itertools import pairwise
from typing import Any

import duckdb

from tokenworth.sources.usage.prices import TOKEN_CLASSES

_BEGINNING, _END = date(1970, 1, 1), date(9999, 12, 31)
_COLUMNS = list(dict.fromkeys(column for columns in TOKEN_CLASSES.values() for column in columns))


@dataclass(frozen=True)
class Override:
    """One line of `prices/overrides.csv`; `valid_to` is the first day on which it holds no more."""

    provider: str
    pattern: str
    terms: str
    token_class: str
    usd_per_mtok: Decimal
    valid_from: date
    valid_to: date

    def is_for(self, provider: str, names: Sequence[str], terms: str) -> bool:
        return (
            self.provider in ("", provider)
            and self.terms == terms
            and any(fnmatchcase(name.lower(), self.pattern) for name in names)
        )

    @property
    def order(self) -> tuple[object, ...]:
        """Of rates that contradict each other the one that began last holds, then the one that says more exactly."""
        exact = len(self.pattern.replace("*", ""))
        return (self.valid_from, bool(self.provider), exact, -len(TOKEN_CLASSES[self.token_class]), self.usd_per_mtok)


def read_overrides(connection: duckdb.DuckDBPyConnection) -> list[Override]:
    """The rates of the files as they stand now, the one that holds last of several coming last."""
    rows = connection.execute(
        "select distinct coalesce(provider, ''), model_pattern, terms, token_class, usd_per_mtok,"
        f" coalesce(valid_from, DATE '{_BEGINNING}'), coalesce(valid_to, DATE '{_END}') from raw.prices_overrides"
        " where load_id in (select load_id from audit.loads where superseded_at is null)"
    ).fetchall()
    return sorted((Override(*row) for row in rows), key=lambda override: override.order)


def overlaid(rows: Sequence[Mapping[str, Any]], overrides: Sequence[Override]) -> Iterator[dict[str, object]]:
    """Rows of one model and terms, cut where a rate begins or ends; each says whether it is the `catalogue`'s."""
    known = rows or [{"valid_from": _BEGINNING, "valid_to": _END, "input_above": -1}]
    for row in known:
        first, after = row["valid_from"], row["valid_to"]
        cuts = {day for o in overrides for day in (o.valid_from, o.valid_to) if first < day < after}
        for begins, ends in pairwise([first, *sorted(cuts), after]):
            holding = [o for o in overrides if o.valid_from <= begins < o.valid_to]
            if holding:
                yield {**row, "valid_from": begins, "valid_to": ends, **_laid_over(row, holding), "origin": "override"}
            elif rows:
                yield {**row, "valid_from": begins, "valid_to": ends, "origin": "catalogue"}


def _laid_over(row: Mapping[str, Any], overrides: Sequence[Override]) -> dict[str, object]:
    prices = {column: row.get(column) for column in _COLUMNS}
    for override in overrides:
        prices |= dict.fromkeys(TOKEN_CLASSES[override.token_class], override.usd_per_mtok)
    return {"web_search_usd_per_k": row.get("web_search_usd_per_k"), **prices}
