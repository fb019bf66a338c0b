"""Days of use as vendors' reports tell them: the rows, what they come to, and how files are made of lines."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from itertools import groupby

from tests.exports import Json, csv_text
from tests.usage.roads import File, Line

MODELS = ("claude-opus-4-6", "claude-haiku-4-5")


@dataclass(frozen=True)
class Used:
    """What a person used of a model on a day of a month, by number."""

    month: int
    day: int
    person: int
    model: int
    uncached: int
    read: int
    written: int
    output: int
    cents: Decimal

    @property
    def date(self) -> str:
        return f"2026-{self.month:02}-{self.day:02}"

    @property
    def time(self) -> str:
        return f"{self.date}T00:00:00Z"

    @property
    def until(self) -> str:
        return f"2026-{self.month:02}-{self.day + 1:02}T00:00:00Z"

    @property
    def seconds(self) -> int:
        return int(datetime(2026, self.month, self.day, tzinfo=UTC).timestamp())

    @property
    def name(self) -> str:
        return MODELS[self.model]

    @property
    def email(self) -> str:
        return f"person-{self.person}@acme.example"

    @property
    def dollars(self) -> Decimal:
        return self.cents / 100


# Day, model, basis: requests, the counters in the order of models, and dollars.
Sums = dict[tuple[str, str | None, str | None], list[Decimal | int]]


@dataclass(frozen=True)
class Said:
    """What a row comes to: under a model or none, and under a basis or none."""

    model: str | None = None
    basis: str | None = None
    requests: int = 0
    counters: tuple[int, int, int, int, int] = (0, 0, 0, 0, 0)
    dollars: Decimal = Decimal(0)


@dataclass(frozen=True)
class Report:
    source: str
    report: str
    write: Callable[[Sequence[Used]], list[File]]
    comes_to: Callable[[Used], list[Said]]

    def sums(self, rows: Sequence[Used]) -> Sums:
        found: Sums = {}
        for row in rows:
            for said in self.comes_to(row):
                figures = [said.requests, *said.counters, said.dollars]
                key = (row.date, said.model, said.basis)
                found[key] = [a + b for a, b in zip(found.get(key, [0] * 7), figures, strict=True)]
        return found


def entry(record: object, *, spare: bool = False) -> Line:
    return Line(json.dumps(record, default=str), spare)


def page(name: str, lines: Sequence[Line], key: str = "data", **around: object) -> File:
    def whole(texts: Sequence[str]) -> str:
        return json.dumps({**around, key: [json.loads(text) for text in texts], "has_more": False}, indent=1)

    return File(name, lines, whole=whole)


def buckets(name: str, lines: Sequence[tuple[Json, Json]], *, spare: bool = False) -> File:
    """Each line is a result, with the bucket in which it stands."""

    def whole(texts: Sequence[str]) -> str:
        pairs = sorted(map(json.loads, texts), key=lambda pair: json.dumps(pair[0]))
        buckets = [
            {**json.loads(bucket), "results": [result for _, result in of_bucket]}
            for bucket, of_bucket in groupby(pairs, key=lambda pair: json.dumps(pair[0]))
        ]
        return json.dumps({"object": "page", "data": buckets, "next_page": None})

    return File(name, [entry(pair, spare=spare) for pair in lines], whole=whole)


def csv_file(name: str, header: Sequence[str], lines: Sequence[Sequence[object]], *, is_bill: bool = False) -> File:
    cells = [Line(csv_text(line).rstrip("\n")) for line in lines]
    return File(name, cells, "\ufeff" + csv_text(header), is_bill=is_bill)


def by(rows: Sequence[Used], *names: str) -> list[tuple[Used, list[Used]]]:
    """Rows that have these in common, with the first of them."""
    found: dict[tuple[object, ...], list[Used]] = defaultdict(list)
    for row in rows:
        found[tuple(getattr(row, name) for name in names)].append(row)
    return [(of[0], of) for of in found.values()]


def summed(rows: Sequence[Used], name: str) -> int:
    return sum(getattr(row, name) for row in rows)
