"""What a person reads at the end of a run."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from decimal import Decimal
from typing import TYPE_CHECKING

import duckdb
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from tokenworth.errors import UsageError
from tokenworth.load import LoadReport
from tokenworth.remembered import assert_built_whole
from tokenworth.settings import Settings
from tokenworth.warehouse import open_warehouse

if TYPE_CHECKING:
    from expectations.results import CheckReport
    from tokenworth.doctor import Diagnosis

# Characters of a text on one line of a table; more of it goes below.
_FOLDED = 24

_LOADED = """
select source, count(*), sum(lines), sum(loaded), sum(duplicates), sum(ignored), sum(quarantined)
from marts.audit_loads group by source order by source
"""
_TOOLS = """
select tool, string_agg(distinct source, ', ' order by source), sum(requests), sum(total_tokens), sum(cost_usd),
    sum(unpriced_tokens)
from marts.fct_usage group by tool order by sum(total_tokens) desc
"""
_ONCE = """
select (select count(*) from intermediate.int_usage_statements),
    (select coalesce(sum(requests), 0) from marts.fct_usage)
"""
_OUTCOMES = """
select outcome_type, tracker, count(*) filter (state in ('shipped', 'undone')), count(*) filter (state = 'undone'),
    count(*) filter (state = 'open'), count(*) filter (state = 'abandoned'), sum(value_units)
from marts.fct_outcomes group by all order by all
"""
_EVIDENCE = """
select ledger.tier, ledger.method, sum(ledger.cost_usd), sum(ledger.tokens), any_value(ledger.probability),
    count(distinct ledger.outcome_id)
from marts.fct_attribution as ledger join intermediate.attribution_methods as methods using (method)
group by ledger.tier, ledger.method order by any_value(methods.priority)
"""


def print_summary(settings: Settings) -> None:
    """Loaded and refused, tokens and dollars by tool, outcomes, evidence, files, and what to type next.

    Raises TokenworthError after a build that did not end: sums of old and new tables are those of no day.
    """
    console = wide_console()
    with open_warehouse(settings, read_only=True) as connection:
        if not _has_marts(connection):
            console.print("Nothing has been built yet. Run: tokenworth run", style="yellow")
            return
        assert_built_whole(connection)
        _print_table(
            console,
            "What was loaded",
            ["source", "files", "lines", "loaded", "duplicates", "ignored", "refused"],
            connection.execute(_LOADED).fetchall(),
        )
        _print_quarantine(console, connection)
        statements, requests = connection.execute(_ONCE).fetchall()[0]
        _print_table(
            console,
            f"What was used: {requests:,} requests, told of {statements:,} times",
            ["tool", "counted from", "requests", "tokens", "list price $", "tokens without price"],
            connection.execute(_TOOLS).fetchall(),
        )
        _print_table(
            console,
            "What came of it",
            ["outcome", "tracker", "shipped", "of these undone", "open", "abandoned", "value units"],
            connection.execute(_OUTCOMES).fetchall(),
        )
        evidence = connection.execute(_EVIDENCE).fetchall()
        total = sum((row[2] or Decimal(0) for row in evidence), Decimal(0))
        _print_table(
            console,
            "Which cost reached an outcome, and by which evidence",
            ["tier", "evidence", "list price $", "share", "tokens", "right in", "outcomes"],
            [[*row[:3], _share(row[2], total), row[3], _share(row[4], 1), row[5]] for row in evidence],
        )
    _print_findings(console, settings)
    _print_places(console, settings)


def print_diagnosis(diagnosis: Diagnosis) -> None:
    """What `tokenworth doctor` found: sources, accounts that nobody claims, and what to do next."""
    console = wide_console()
    sources = [
        [
            p.source, p.files, p.rows, p.refused, "" if p.first_day is None else f"{p.first_day} to {p.last_day}",
            len(p.missing_days), ", ".join(p.lacks) or "nothing",
        ]
        for p in diagnosis.patients
    ]  # fmt: skip
    headers = ["source", "files", "records", "refused", "days", "working days missing", "lacks"]
    _print_table(console, "What is there", headers, sources)
    _print_table(
        console,
        "Accounts, and those that nobody claims",
        ["system", "accounts", "unclaimed", "their rows", "of rows", "keys"],
        [[s.system, s.accounts, s.unclaimed, s.rows_unclaimed, s.rows, " ".join(s.keys)] for s in diagnosis.strangers],
    )
    console.print("What to do next", style="bold")
    for number, step in enumerate(diagnosis.next_steps or ["Nothing: every source has what exact joins need."], 1):
        console.print(f"{number}. {escape(step)}", soft_wrap=True)


def print_load(settings: Settings, report: LoadReport) -> None:
    """What one load did."""
    console = wide_console()
    counts: dict[str, list[int]] = {}
    files: set[str] = set()
    for r in report.readings:
        row = counts.setdefault(r.file.source.name, [0] * 6)
        for place, count in enumerate(
            (r.file_key not in files, r.lines, r.loaded, r.duplicates, r.ignored, r.quarantined)
        ):
            row[place] += count
        files.add(r.file_key)
    if counts:
        headers = ["source", "files", "lines", "loaded", "duplicates", "ignored", "refused"]
        _print_table(console, "New or changed", headers, [[name, *row] for name, row in sorted(counts.items())])
    console.print(
        f"{len(files):,} files read, {report.unchanged:,} unchanged, {report.postponed:,} still being"
        f" written and left for the next run, {report.unread:,} that no source reads"
    )
    if any(row[5] for row in counts.values()):
        with open_warehouse(settings, read_only=True) as connection:
            _print_quarantine(console, connection)


def print_checks(report: CheckReport) -> None:
    """The results of a suite, what needs attention first."""
    order = {"broken": 0, "failed": 1, "passed": 2}
    rows = sorted(report.results, key=lambda r: (order[r.outcome], r.severity, r.rule))
    _print_table(
        wide_console(),
        f"{report.suite}: {len(rows)} checks",
        ["rule", "severity", "outcome", "rows", "sentence"],
        [[r.rule, r.severity, r.outcome, r.observed, r.sentence] for r in rows],
    )


def print_settings(settings: Settings) -> None:
    """Every setting, its value, and what it is for."""
    rows = [
        [f"TOKENWORTH_{name.upper()}", str(getattr(settings, name)), field.description or ""]
        for name, field in type(settings).model_fields.items()
    ]
    _print_table(wide_console(), "Settings", ["variable", "value", "what for"], rows)


def _print_quarantine(console: Console, connection: duckdb.DuckDBPyConnection) -> None:
    refused = connection.execute("""
        select loads.source, quarantine.reason, count(*), min(quarantine.line),
            arg_min(coalesce(names.name, loads.file_key), quarantine.line)
        from raw.quarantine join audit.loads using (load_id)
        left join raw.names on names.name_key = loads.file_key
        where loads.superseded_at is null
        group by loads.source, quarantine.reason order by count(*) desc, loads.source, quarantine.reason limit 12
    """).fetchall()
    if refused:
        _print_table(console, "What was refused, and why", ["source", "reason", "lines", "first at", "file"], refused)


def _print_findings(console: Console, settings: Settings) -> None:
    from expectations.findings import lasting

    rows = [[f.about, f.finding, f.todo, f"{f.found_at:%Y-%m-%d}"] for f in lasting(settings)]
    if rows:
        _print_table(console, "What stands out", ["about", "finding", "what to do", "since"], rows)


def _print_places(console: Console, settings: Settings) -> None:
    published = settings.published / "marts.duckdb"
    places = [
        ("for BI tools (no small groups)", published),
        ("the same as Parquet", settings.published / "parquet"),
        ("for analysts with clearance", settings.warehouse / "restricted" / "marts.duckdb"),
        ("results of the checks", settings.warehouse / "data_docs" / "publication" / "index.html"),
        ("what the figures say", settings.warehouse / "data_docs" / "divergence" / "index.html"),
    ]
    table = Table(title="Where it is", title_justify="left", show_header=False)
    for what, where in places:
        if where.exists():
            table.add_row(what, str(where))
    console.print(table)
    there = "" if str(settings.warehouse) == "warehouse" else f" --warehouse {shlex.quote(str(settings.warehouse))}"
    console.print("\nWhat to type next:", style="bold")
    for command in (
        f'.venv/bin/tokenworth query "from fct_team_week order by week_start, team_id"{there}',
        f"duckdb -readonly {shlex.quote(str(published))} -cmd 'use marts.marts'",
        "make run LANDING=path/to/exports WAREHOUSE=path/to/warehouse",
    ):
        console.print(f"  {command}", soft_wrap=True, highlight=False, markup=False)


def print_answer(settings: Settings, sql: str, *, restricted: bool = False) -> None:
    """What a query of the published tables finds, or of the restricted copy; a row a line.

    Raises UsageError where nothing is published yet, or where the query cannot be understood.
    """
    path = (settings.warehouse / "restricted" if restricted else settings.published) / "marts.duckdb"
    if not path.exists():
        raise UsageError(f"nothing is published in {settings.warehouse}", todo="Run: tokenworth run")
    options: dict[str, str | bool | int | float | list[str]] = {
        "autoinstall_known_extensions": False,
        "autoload_known_extensions": False,
        "enable_external_access": False,
    }
    with duckdb.connect(str(path), read_only=True, config=options) as connection:
        # The file and its schema have one name, so that `marts.x` alone would be either.
        connection.execute("use marts.marts")
        try:
            answer = connection.execute(sql)
            rows = answer.fetchall()
        except duckdb.Error as error:
            raise UsageError(str(error)) from None
        headers = [column[0] for column in answer.description or []]
    console = wide_console()
    widths = [max([len(h), *(min(len(_cell(row[i])), _FOLDED) for row in rows)]) for i, h in enumerate(headers)]
    if sum(widths) + 3 * len(widths) + 1 <= console.width:
        _print_table(console, f"{len(rows):,} rows", headers, rows)
        return
    for row in rows:  # a table this wide would show no column whole
        record = Table(show_header=False)
        for header, value in zip(headers, row, strict=True):
            record.add_row(header, _cell(value))
        console.print(record)


def _has_marts(connection: duckdb.DuckDBPyConnection) -> bool:
    found = connection.execute("select count(*) from information_schema.tables where table_name = 'fct_attribution'")
    return bool(found.fetchall()[0][0])


def wide_console() -> Console:
    """As wide as the terminal; where there is none, as wide as a figure needs to stand on one line."""
    console = Console()
    return console if console.is_terminal else Console(width=140)


def _share(part: Decimal | None, of: Decimal | int) -> str:
    return f"{float(part) / float(of):.0%}" if part is not None and of else ""


def _print_table(console: Console, title: str, headers: list[str], rows: Sequence[Sequence[object]]) -> None:
    table = Table(title=title, title_justify="left")
    for position, header in enumerate(headers):
        numeric = any(isinstance(row[position], int | float | Decimal) for row in rows)
        table.add_column(header, justify="right" if numeric else "left", overflow="fold", no_wrap=numeric)
    for row in rows:
        table.add_row(*(_cell(value) for value in row))
    console.print(table)


def _cell(value: object) -> str:
    if value is None:
        return "-"
    if isinstance(value, Decimal):
        return f"{value:,.2f}"
    if isinstance(value, float):
        return f"{value:,.4g}"
    if isinstance(value, int):
        return f"{value:,}"
    return readable(str(value))


def readable(text: str) -> str:
    """A file's name may hold what a terminal obeys, or what Rich takes for markup of its own."""
    return escape("".join(c if c.isprintable() else "?" for c in text))
