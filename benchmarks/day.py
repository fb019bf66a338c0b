"""What a day costs on this machine: load, checks, build, publication and the whole, beside the floor of the same run.

`python -m benchmarks.day --requests 1000000 --requests 5000000` simulates days of these sizes, each into a warehouse
of its own, and says how cost grows with the day. `--history 2 --history 90` builds up a history of smaller days and
says what the last one costs; with `--late` what a late file of 1,000 lines for a day 60 days before costs, and whether
its result is that of a full rebuild. `--unchanged 10000` says how long it takes to see that so many files are known.
Each run is a process of its own; that the sums of teams are those of the simulation's truth is checked in each.
"""

from __future__ import annotations

import json
import math
import os
import shutil
import sys
import tempfile
from dataclasses import asdict, dataclass, replace
from datetime import date, timedelta
from pathlib import Path
from typing import Annotated, Any

import duckdb
import typer
from rich.console import Console
from rich.table import Table

from benchmarks.load import measure
from benchmarks.steps import Step
from tokenworth.simulate.day import LAST_DAY, Format, Packed, open_days
from tokenworth.warehouse import literal

_SUNDAY = 6
_A_PERSON = 294  # requests a day, as 25 million of 85,000 people
_LATE_LINES, _LATE_DAYS = 1000, 60


@dataclass
class Cost:
    """A step of a run, and how its wall clock and its processors compare with the floor's."""

    run: str
    step: Step
    wall_ratio: float | None = None
    cpu_ratio: float | None = None


class Bench:
    """Runs and their costs; everything is written below one folder, and removed as soon as it is done with."""

    def __init__(self, folder: Path, kind: Format, packed: Packed, memory: str | None) -> None:
        self.folder, self.kind, self.packed = folder, kind, packed
        self.environment = {"TOKENWORTH_KEY": "a key that is the same in every run"}
        if memory:
            self.environment["TOKENWORTH_MEMORY_LIMIT"] = memory
        self.costs: list[Cost] = []
        self.said: list[str] = []

    def size(self, requests: int) -> Step:
        """One day of so many requests, from nothing; returns what the whole took."""
        landing, truth, warehouse = (self.folder / f"{requests}-{what}" for what in ("landing", "truth", "warehouse"))
        with open_days(landing, truth=truth, people=max(12, requests // _A_PERSON)) as days:
            days.write(LAST_DAY, requests, self.kind, self.packed)
        name = f"{requests:,} requests"
        database = self.folder / "floor.duckdb"
        floor = self._process("floor", landing, database)
        database.unlink()
        steps = self._process("run", landing, warehouse)
        assert_true(warehouse, truth)
        whole = self._add(name, floor, steps)
        for place in (landing, truth, warehouse):
            shutil.rmtree(place)
        return whole

    def history(self, lengths: list[int], requests: int, *, late: bool) -> None:
        """The last of so many days of history, each in its turn in one warehouse; then the day with which a week is
        over, and a late file."""
        landing, truth, warehouse = (self.folder / f"history-{what}" for what in ("landing", "truth", "warehouse"))
        last = _day_to_compare(lengths)
        first, written, wholes = last - timedelta(days=max(lengths) - 1), 0, []
        with open_days(landing, truth=truth, people=max(12, requests // _A_PERSON)) as days:
            for length in sorted(lengths):
                for nth in range(written, length - 1):
                    days.write(first + timedelta(days=nth), requests, self.kind, self.packed)
                if length - 1 > written:
                    self._process("run", landing, warehouse)
                days.write(first + timedelta(days=length - 1), requests, self.kind, self.packed)
                written = length
                steps = self._process("run", landing, warehouse)
                wholes.append((length, self._add(f"day {length} of {requests:,} requests", [], steps)))
            for length, whole in wholes[1:]:
                times, before = whole.cpu_seconds / wholes[0][1].cpu_seconds, wholes[0][0]
                self.said.append(f"day {length} costs {times:.2f} times day {before} (processors)")
            while first + timedelta(days=written) <= LAST_DAY:
                days.write(first + timedelta(days=written), requests, self.kind, self.packed)
                written += 1
                steps = self._process("run", landing, warehouse)
            self._add(f"day {written}, a Sunday: a week is told", [], steps)
            if late:
                day = max(first, LAST_DAY - timedelta(days=_LATE_DAYS))
                days.write(day, _LATE_LINES, self.kind, self.packed, batch="late", work=False)
                steps = self._process("run", landing, warehouse)
                whole = self._add(f"late file of {_LATE_LINES:,} lines, {(LAST_DAY - day).days} days ago", [], steps)
                share = whole.cpu_seconds / wholes[-1][1].cpu_seconds
                self.said.append(f"the late file costs {share:.0%} of a day (processors)")
        assert_true(warehouse, truth)
        if late:
            self._assert_like_a_rebuild(warehouse)
        for place in (landing, truth, warehouse):
            shutil.rmtree(place)

    def unchanged(self, files: int) -> None:
        """Files that are known already."""
        landing, truth, warehouse = (self.folder / f"files-{what}" for what in ("landing", "truth", "warehouse"))
        with open_days(landing, truth=truth, people=12) as days:
            days.write(LAST_DAY, max(files, 12), "gateway")
        whole = next((landing / "litellm").iterdir())
        for nth, line in enumerate(whole.read_text().splitlines()[:files]):
            (landing / "litellm" / f"{nth:05d}.jsonl").write_text(line + "\n")
        whole.unlink()
        for name in (f"{files:,} new files", f"{files:,} unchanged files"):
            *_, step = self._process("load", landing, warehouse)
            self.costs.append(Cost(name, replace(step, name="load, with the start")))
        for place in (landing, truth, warehouse):
            shutil.rmtree(place)

    def start(self) -> None:
        """How long the command line takes to say what it can do."""
        command = [sys.executable, "-c", "from tokenworth.cli import main; main()", "--help"]
        cost = min((measure("start", "help", command) for _ in range(3)), key=lambda c: c.wall_seconds)
        self.costs.append(Cost("start", Step("--help", cost.wall_seconds, cost.cpu_seconds, 0, 0)))

    def _process(self, what: str, landing: Path, place: Path) -> list[Step]:
        command = [sys.executable, "-m", "benchmarks.steps", what, str(landing), str(place)]
        cost = measure(what, what, command, self.environment)
        steps = [Step(**step) for step in json.loads(cost.found.splitlines()[-1])]
        # What the kernel says of the whole's peak is no less than what this process had when it began that one.
        peak = max(step.peak_megabytes for step in steps)
        return [*steps, Step("whole", cost.wall_seconds, cost.cpu_seconds, peak, cost.written_megabytes)]

    def _add(self, run: str, floor: list[Step], steps: list[Step]) -> Step:
        """Keeps the steps of a run beside those of its floor; returns the whole."""
        self.costs += [
            Cost(run, Step(f"floor: {s.name}", **{k: v for k, v in asdict(s).items() if k != "name"})) for s in floor
        ]
        beside = {s.name: s for s in floor}
        for step in steps:
            least = beside.get(step.name)
            ratios = [
                round(ours / theirs, 2) if theirs else None
                for ours, theirs in (
                    ((step.wall_seconds, least.wall_seconds), (step.cpu_seconds, least.cpu_seconds)) if least else ()
                )
            ]
            self.costs.append(Cost(run, step, *ratios))
        return steps[-1]

    def _assert_like_a_rebuild(self, warehouse: Path) -> None:
        before = marts(warehouse)
        command = [sys.executable, "-c", "from tokenworth.cli import main; main()", "build", "--full-refresh"]
        measure("rebuild", "build", [*command, "--warehouse", str(warehouse)], self.environment)
        after = marts(warehouse)
        if other := sorted(table for table in before | after if before.get(table) != after.get(table)):
            raise SystemExit(f"after a full rebuild these are others: {', '.join(other)}")
        self.said.append(f"after the late file {len(after)} marts are what a full rebuild makes of them")


def _day_to_compare(lengths: list[int]) -> date:
    """The last day of a history of which no measured day is a Sunday: with one a week is over and is told for the
    first time, which is measured by itself."""
    for ago in range(1, 7):
        last = LAST_DAY - timedelta(days=ago)
        if all((last - timedelta(days=max(lengths) - length)).weekday() != _SUNDAY for length in lengths):
            return last
    raise SystemExit("of so many lengths of a history one ends on a Sunday, whichever day it begins with")


def marts(warehouse: Path) -> dict[str, tuple[Any, ...]]:
    """Rows of each mart of figures, and a sum over them that does not depend on their order.

    Without verdicts: one that was said is not said again, whatever comes late.
    """
    with duckdb.connect(str(warehouse / "warehouse.duckdb"), read_only=True) as c:
        tables = c.execute(
            "select table_name from information_schema.tables"
            " where table_schema = 'marts' and table_name not like 'audit%' and table_name <> 'fct_divergence'"
        ).fetchall()
        return {
            table: c.execute(f"select count(*), sum(hash(t)::hugeint)::varchar from marts.{table} as t").fetchall()[0]
            for (table,) in tables
        }


def assert_true(warehouse: Path, truth: Path) -> None:
    """Stops where requests, tokens or dollars of a team on a day are not those that were simulated."""
    sums = "sum({0})::bigint as {0}"
    with duckdb.connect(str(warehouse / "warehouse.duckdb"), read_only=True) as c:
        told = ", ".join(sums.format(n) for n in ("requests", "input_uncached", "cache_read", "cache_write", "output"))
        found = ", ".join(
            f"sum({column})::bigint" for column in
            ("requests", "input_uncached_tokens", "cache_read_tokens", "cache_write_tokens", "output_tokens")
        )  # fmt: skip
        (wrong,) = c.execute(f"""
            with truth as (
                select usage_date::date as day, team_id, {told}, sum(cost_usd::decimal(20, 10)) as cost_usd
                from read_csv({literal(truth / "spent-*.csv")}, header = true) group by all
            ),
            found as (select usage_date, team_id, {found}, sum(cost_usd) from marts.fct_usage group by all)
            select (select count(*) from (from truth except from found))
                + (select count(*) from (from found except from truth))
        """).fetchall()[0]
    if wrong:
        raise SystemExit(f"{wrong} sums of teams are not those that were simulated")


def show(bench: Bench, console: Console) -> None:
    table = Table(title="What a day costs", title_justify="left")
    for column in ("run", "step", "wall s", "of floor", "CPU s", "of floor", "peak MB", "written MB"):
        table.add_column(column, justify="left" if column in ("run", "step") else "right")
    shown = ""
    for cost in bench.costs:
        step = cost.step
        if cost.run != shown:
            table.add_section()
        ratios = ["" if ratio is None else f"{ratio:.2f}" for ratio in (cost.wall_ratio, cost.cpu_ratio)]
        table.add_row(
            cost.run if cost.run != shown else "", step.name, f"{step.wall_seconds:.2f}", ratios[0],
            f"{step.cpu_seconds:.2f}", ratios[1], f"{step.peak_megabytes:,}", f"{step.written_megabytes:,}",
        )  # fmt: skip
        shown = cost.run
    console.print(table)
    for line in bench.said:
        console.print(line)


def main(
    requests: Annotated[list[int] | None, typer.Option(help="Size of a day; may be repeated.")] = None,
    history: Annotated[
        list[int] | None, typer.Option(help="Measure the last of so many days; may be repeated.")
    ] = None,
    history_requests: Annotated[int, typer.Option(help="Requests of a day of history.")] = 100_000,
    late: Annotated[bool, typer.Option("--late", help="After the history a late file, and a full rebuild.")] = False,
    unchanged: Annotated[int, typer.Option(help="Files that are known already.")] = 0,
    kind: Annotated[Format, typer.Option("--format", help="Who tells of the requests.")] = "gateway",
    packed: Annotated[Packed, typer.Option(help="How the files are packed.")] = "none",
    memory: Annotated[str | None, typer.Option(help="What the engine may use, such as 2GB.")] = None,
    scratch: Annotated[Path | None, typer.Option(help="Where to write meanwhile.")] = None,
    as_json: Annotated[Path | None, typer.Option("--json", help="Where to write the figures.")] = None,
) -> None:
    """Measures what is asked for, in one run."""
    with tempfile.TemporaryDirectory(prefix="tokenworth-day-", dir=scratch) as folder:
        bench = Bench(Path(folder), kind, packed, memory)
        try:
            wholes = [(size, bench.size(size)) for size in sorted(requests or [])]
            if len(wholes) > 1:
                (small, first), (large, last) = wholes[0], wholes[-1]
                for what in ("wall_seconds", "cpu_seconds"):
                    exponent = math.log(getattr(last, what) / getattr(first, what)) / math.log(large / small)
                    bench.said.append(
                        f"{what.replace('_', ' ')} grow with the size of the day to the power of {exponent:.2f}"
                    )
            if history:
                bench.history(history, history_requests, late=late)
            if unchanged:
                bench.unchanged(unchanged)
            bench.start()
        finally:  # what was measured is not lost where something was not as it should be
            _tell(bench, as_json)


def _tell(bench: Bench, as_json: Path | None) -> None:
    show(bench, Console(width=150))
    if as_json is not None:
        machine = {"processors": os.cpu_count(), "engine": duckdb.__version__}
        figures = [
            {"run": c.run, "wall_ratio": c.wall_ratio, "cpu_ratio": c.cpu_ratio, **asdict(c.step)} for c in bench.costs
        ]
        as_json.write_text(
            json.dumps({"machine": machine, "costs": figures, "said": bench.said}, indent=2) + "\n", "utf-8"
        )


if __name__ == "__main__":
    typer.run(main)
