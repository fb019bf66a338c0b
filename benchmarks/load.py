"""What loading costs, beside the bare engine and beside readers that people use.

`python -m benchmarks.load` writes a gigabyte of each kind (`--megabytes 1000 --megabytes 5000`: also five), runs every
contestant in a process of its own on the same files, and prints wall time, CPU, memory, the ratio, and whether all find
the same. Everything the loader promises is on: quarantine, ledger, pseudonyms.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from benchmarks.made import write_gateway_log, write_transcripts
from benchmarks.peers import Peer, install

_BARE = """
import sys, duckdb
duckdb.connect(sys.argv[2]).execute('''
    set preserve_insertion_order = false;
    set enable_progress_bar = false;
    create table requests as select * from read_json('THE_FILE', format='newline_delimited', columns={
        request_id: 'VARCHAR', session_id: 'VARCHAR', call_type: 'VARCHAR', model: 'VARCHAR',
        custom_llm_provider: 'VARCHAR', "user": 'VARCHAR', api_key: 'VARCHAR', "startTime": 'TIMESTAMP',
        prompt_tokens: 'BIGINT', completion_tokens: 'BIGINT', spend: 'DOUBLE', cache_hit: 'VARCHAR',
        status: 'VARCHAR', request_tags: 'VARCHAR',
        metadata: 'STRUCT(usage_object STRUCT(cache_read_input_tokens BIGINT, cache_creation_input_tokens BIGINT),
            user_api_key_alias VARCHAR, user_api_key_user_id VARCHAR, spend_logs_metadata VARCHAR)'
    })
'''.replace('THE_FILE', sys.argv[1]))
"""
_OURS = """
import sys
from pathlib import Path
from tokenworth.load import load
from tokenworth.settings import read_settings
report = load(read_settings(landing=Path(sys.argv[1]), warehouse=Path(sys.argv[2])))
print(sum(r.lines for r in report.readings), sum(r.quarantined for r in report.readings))
"""


@dataclass
class Cost:
    """What one contestant took: seconds of wall clock and of all its processors, megabytes in memory and written."""

    contest: str
    who: str
    wall_seconds: float
    cpu_seconds: float
    peak_megabytes: int
    written_megabytes: int = 0
    found: str = ""


def measure(contest: str, who: str, command: list[str], environment: dict[str, str] | None = None) -> Cost:
    began = time.monotonic()
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=os.environ | (environment or {}))
    out = process.stdout.read() if process.stdout else ""
    _, status, used = os.wait4(process.pid, 0)
    if status:
        raise SystemExit(f"{who} failed")
    return Cost(
        contest,
        who,
        round(time.monotonic() - began, 2),
        round(used.ru_utime + used.ru_stime, 2),
        used.ru_maxrss // 1024,
        used.ru_oublock * 512 // 1_000_000,
        out.strip(),
    )


def gateway(folder: Path, size: int) -> list[Cost]:
    """The loader against a plain typed read of the same file into a table."""
    contest, landing = f"gateway log, {size / 1e9:g} GB", folder / "gateway"
    (landing / "litellm").mkdir(parents=True)
    path = landing / "litellm" / "spend.jsonl"
    lines = write_gateway_log(path, size)
    bare = measure(contest, "bare DuckDB", [sys.executable, "-c", _BARE, str(path), str(folder / "bare.duckdb")])
    ours = measure(contest, "tokenworth", [sys.executable, "-c", _OURS, str(landing), str(folder / "w1")])
    again = measure(contest, "tokenworth, again", [sys.executable, "-c", _OURS, str(landing), str(folder / "w1")])
    if ours.found != f"{lines} 0":
        raise SystemExit(f"{lines} lines were written, but the loader says {ours.found}")
    return [bare, ours, again]


def transcripts(folder: Path, size: int, peers: list[Peer], texts: str, typical_text: int) -> list[Cost]:
    """The loader against its peers on the same files, and how many tokens each finds."""
    contest, folder = f"transcripts, {texts} texts, {size / 1e9:g} GB", folder / texts
    landing, warehouse, home = folder / "landing", folder / "warehouse", folder / "home"
    projects = landing / "claude_code" / "dev" / "projects"
    write_transcripts(projects, size, typical_text=typical_text)
    costs = []
    for peer in peers:
        home.mkdir(exist_ok=True)
        there = shutil.move(projects, home / "projects")
        cost = measure(contest, peer.who, peer.command(there), peer.environment(home))
        cost.found = f"{peer.tokens(cost.found):,} tokens"
        costs.append(cost)
        shutil.move(home / "projects", projects)
    command = [sys.executable, "-c", _OURS, str(landing), str(warehouse)]
    ours = measure(contest, "tokenworth", command)
    ours.found = f"{_tokens(warehouse):,} tokens"
    again = measure(contest, "tokenworth, again", command)
    again.found = ours.found
    shutil.rmtree(folder)
    return [*costs, ours, again]


def _tokens(warehouse: Path) -> int:
    import duckdb

    with duckdb.connect(str(warehouse / "warehouse.duckdb"), read_only=True) as connection:
        (tokens,) = connection.execute("""
            select sum(total) from (
                select max(input_tokens + cache_creation_input_tokens + cache_read_input_tokens + output_tokens)
                    as total
                from raw.claude_code_requests group by message_id
            )
        """).fetchall()[0]
    return int(tokens)


def show(costs: list[Cost]) -> None:
    """A table in which each contest's first entry is the measure of the others."""
    table = Table(title="Loading", title_justify="left")
    for column in ("contest", "who", "wall s", "ratio", "CPU s", "peak MB", "found"):
        table.add_column(column, justify="left" if column in ("contest", "who") else "right")
    first = {c.contest: c for c in reversed(costs)}
    for c in costs:
        ratio = f"{c.wall_seconds / first[c.contest].wall_seconds:.2f}"
        row = (f"{c.wall_seconds:.2f}", ratio, f"{c.cpu_seconds:.2f}", f"{c.peak_megabytes:,}", c.found)
        table.add_row(c.contest, c.who, *row)
    Console().print(table)


def main(
    megabytes: Annotated[list[int] | None, typer.Option(help="Size of each kind of export; again for more.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the figures as JSON as well.")] = False,
) -> None:
    costs: list[Cost] = []
    with tempfile.TemporaryDirectory(prefix="tokenworth-") as installed:
        peers = install(Path(installed))
        for size in megabytes or [1000]:
            with tempfile.TemporaryDirectory(prefix="tokenworth-") as scratch:
                costs += gateway(Path(scratch), size * 1_000_000)
                costs += transcripts(Path(scratch), size * 1_000_000, peers, "short", typical_text=100)
                costs += transcripts(Path(scratch), size * 1_000_000, peers, "long", typical_text=1000)
    show(costs)
    if as_json:
        print(json.dumps([vars(c) for c in costs], indent=2))
    found = {contest: {c.found for c in costs if c.contest == contest} for contest in {c.contest for c in costs}}
    if differ := [contest for contest, said in found.items() if contest.startswith("transcripts") and len(said) > 1]:
        raise SystemExit(f"not all find the same: {', '.join(sorted(differ))}")


if __name__ == "__main__":
    typer.run(main)
