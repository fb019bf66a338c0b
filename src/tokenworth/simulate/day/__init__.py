"""Days of a company of any size, written by the engine: for measuring, where `simulate` is for showing every case.

    company  people, accounts, teams, repositories, and what everybody works on
    usage    sessions and requests
    exports  their lines, as a gateway and a Collector write them, and what a team spent
    work     pull requests, commits and issues of the day

Everything is well formed, and every day is a function of the seed: the same seed gives the same bytes.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Literal

import duckdb

from tokenworth.simulate.day.company import Company
from tokenworth.simulate.day.exports import add_to_spent, write_gateway, write_otel, write_truth
from tokenworth.simulate.day.usage import draw_requests, draw_sessions
from tokenworth.simulate.day.work import COMMITS, ISSUES, PULLS, write_work
from tokenworth.simulate.zone import Written, Zone, refuse_used

Format = Literal["gateway", "otel", "both"]
Packed = Literal["none", "gz", "zst"]

__all__ = ["LAST_DAY", "Days", "DaysWritten", "open_days", "simulate_days"]

LAST_DAY = date(2026, 3, 1)  # a Sunday: with its exports a week is over, and can be published
# So many requests are in a file, at the most: what one replica of a gateway sees, or one hour's log.
_REQUESTS_A_FILE = 500_000


@dataclass
class DaysWritten:
    """What was written."""

    landing: Path
    truth: Path
    people: int
    days: int = 0
    files: int = 0
    bytes: int = 0
    requests: int = 0
    total_tokens: int = 0
    cost_usd: float = 0
    pull_requests: int = 0
    commits: int = 0
    issues: int = 0

    def __str__(self) -> str:
        return (
            f"{self.requests:,} requests ({self.total_tokens:,} tokens, ${self.cost_usd:,.2f}) of {self.people:,}"
            f" people on {self.days} days; {self.pull_requests:,} exports of pull requests, {self.issues:,} of issues,"
            f" {self.commits:,} commits: {self.files:,} files, {self.bytes / 1e9:.2f} GB in {self.landing}."
            f" What teams spent stands in {self.truth}"
        )


class Days:
    """Writes days of one company into a landing zone, in any order."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, out: Path, truth: Path, seed: int, people: int) -> None:
        self.company = Company(connection, seed, people)
        self.written = DaysWritten(out, truth, people)
        connection.execute("""
            create table spent (team bigint, model varchar, requests bigint, input_uncached bigint, cache_read bigint,
                cache_write bigint, output bigint, cost_units bigint)
        """)
        self._people = out / "people"
        self._people.mkdir(parents=True, exist_ok=True)
        truth.mkdir(parents=True, exist_ok=True)
        self.company.write_people(str(self._people))

    def write(
        self,
        day: date,
        requests: int,
        kind: Format = "gateway",
        packed: Packed = "none",
        *,
        batch: str = "",
        work: bool = True,
    ) -> None:
        """Writes `requests` of a day, and its `work`; what comes later of the same day is another `batch`, without."""
        company = self.company
        exported = datetime.combine(day + timedelta(days=1), time(6), UTC)
        if not self.written.days:
            self._settle_people(exported)
        zone = Zone(self.written.landing, exported)
        draw_sessions(company, day, requests, kind, batch)
        company.c.execute("delete from spent")
        parts = -(-requests // _REQUESTS_A_FILE)
        ending = ".jsonl" + ("" if packed == "none" else f".{packed}")
        for part in range(parts):
            draw_requests(company, day, part * requests // parts, (part + 1) * requests // parts)
            name = f"{day}{batch and '-' + batch}-{part + 1:02d}{ending}"
            for source, write in (("litellm", write_gateway), ("otel", write_otel)):
                if lines := write(company, zone.root / source / name):
                    zone.files[f"{source}/{name}"] = Written(source, lines)
            add_to_spent(company)
        write_truth(company, day, self.written.truth / f"spent-{day}{batch and '-' + batch}.csv")
        if work:
            write_work(zone, company, day)
        self._settle(zone)

    def _settle_people(self, exported: datetime) -> None:
        """Makes lists of people as old as the exports of the day that is written first. A week is over once any export
        is younger than its Sunday: with lists of today every day's week would be."""
        for path in self._people.iterdir():
            os.utime(path, (exported.timestamp(), exported.timestamp()))

    def _settle(self, zone: Zone) -> None:
        """Counts what was written, and gives it the time at which it was exported."""
        w = self.written
        w.days += 1
        w.files += len(zone.files)
        w.bytes += zone.settle_written()
        w.pull_requests += zone.records(PULLS)
        w.commits += zone.records(COMMITS)
        w.issues += zone.records(ISSUES)
        requests, tokens, cost = self.company.c.execute("""
            select sum(requests)::bigint, sum(input_uncached + cache_read + cache_write + output)::bigint,
                sum(cost_units)::double / 1e10 from spent
        """).fetchall()[0]
        w.requests += requests
        w.total_tokens += tokens
        w.cost_usd += cost

    def tell(self) -> None:
        """Writes the totals of everything beside what teams spent."""
        w = self.written
        totals = {name: value for name, value in vars(w).items() if name not in ("landing", "truth")}
        (w.truth / "expected.json").write_text(json.dumps(totals, indent=1) + "\n", "utf-8")


@contextmanager
def open_days(out: Path, *, truth: Path, people: int, seed: int = 7) -> Iterator[Days]:
    """A company, and the landing zone into which its days are written. What was spilled meanwhile is removed."""
    out.mkdir(parents=True, exist_ok=True)
    spill = truth / ".spill"
    with duckdb.connect(config={"temp_directory": str(spill), "memory_limit": "4GB"}) as connection:
        connection.execute("set TimeZone = 'UTC'")
        days = Days(connection, out, truth, seed, people)
        yield days
        days.tell()


def simulate_days(
    out: Path,
    *,
    truth: Path,
    people: int,
    requests: int,
    days: int = 1,
    seed: int = 7,
    kind: Format = "gateway",
    packed: Packed = "none",
    last_day: date = LAST_DAY,
) -> DaysWritten:
    """Writes `days` days of `requests` requests each, the last of them `last_day`, into the empty folder `out`.

    Raises UsageError where `out` holds anything, or `truth` lies inside it.
    """
    refuse_used(out, truth)
    with open_days(out, truth=truth, people=people, seed=seed) as company:
        for ago in reversed(range(days)):
            company.write(last_day - timedelta(days=ago), requests, kind, packed)
    return company.written
