"""What state things are in, and what to type next: `tokenworth status`. Writes nothing and waits for nobody."""

from __future__ import annotations

import json
import shlex
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime

import duckdb

from tokenworth.errors import DamagedError, TokenworthError, UsageError, WarehouseBusyError
from tokenworth.kept import path_of
from tokenworth.keys import key_of
from tokenworth.landing import list_files
from tokenworth.settings import Settings
from tokenworth.warehouse import open_warehouse
from tokenworth.writer import Writer, writing_now

_SHOWN = 5  # files or checks that are named
_HELD = "held open by another program"


@dataclass
class Step:
    """When a step began last, and when it came to its end: None where it was stopped, failed, or is under way (UTC)."""

    began_at: datetime
    ended_at: datetime | None


@dataclass
class Failing:
    """A check that did not pass when its suite ran last."""

    suite: str
    rule: str
    severity: str
    outcome: str  # failed, or broken: the check itself could not run
    observed: int | None


@dataclass
class Status:
    """What is known without waiting; None where it cannot be known just now."""

    warehouse: str  # there, missing, damaged, or held open by another program
    doing: Writer | None = None
    interrupted: Writer | None = None
    load: Step | None = None
    build: Step | None = None
    published: str | None = None
    published_at: datetime | None = None
    files: int | None = None
    waiting: int | None = None
    waiting_bytes: int | None = None
    refused: int | None = None
    refused_files: list[str] = field(default_factory=list)
    quarantined_lines: int | None = None
    failing: list[Failing] = field(default_factory=list)
    clock_was_set_back: bool = False
    says: str = ""  # why the warehouse cannot be read
    identities_lost: bool = False
    waiting_unknown: str = ""  # why it is not known what waits
    next: list[str] = field(default_factory=list)


def read_status(settings: Settings) -> Status:
    """The state of a warehouse folder and its landing zone, as far as it can be read just now."""
    writer, is_writing = writing_now(settings)
    status = Status("missing", doing=writer if is_writing else None, interrupted=None if is_writing else writer)
    _read_publication(status, settings)
    known: dict[str, tuple[int, int]] | None = {}
    if not settings.database.exists() and path_of(settings).exists():
        status.warehouse, status.says, known = "damaged", f"{settings.database} is missing", None
    elif settings.database.exists():
        try:
            with open_warehouse(settings, read_only=True) as connection:
                known = _read_warehouse(status, connection)
            status.warehouse = "there"
        except TokenworthError as error:
            kinds = {WarehouseBusyError: _HELD, DamagedError: "damaged"}
            status.warehouse, status.says = kinds.get(type(error), "unreadable"), error.what
            known = _read_kept(status, settings) if status.warehouse == _HELD else None
    status.identities_lost = bool(known) and not settings.identities.exists()
    _count_waiting(status, settings, known)
    status.next = list(_next(status, settings))
    return status


def _read_kept(status: Status, settings: Settings) -> dict[str, tuple[int, int]] | None:
    """The same from what is kept beside a warehouse that is held: as it was after the last step."""
    try:
        with duckdb.connect(str(path_of(settings)), read_only=True) as connection:
            return _read_warehouse(status, connection)
    except duckdb.Error:  # there is none, or it is written just now
        return None


def _read_publication(status: Status, settings: Settings) -> None:
    try:
        manifest = json.loads((settings.published / "manifest.json").read_text("utf-8"))
        status.published = str(manifest["publication"])
        at = datetime.fromisoformat(manifest["published_at"])
        status.published_at = at.astimezone(UTC).replace(tzinfo=None)
    except (OSError, ValueError, KeyError):
        return


def _read_warehouse(status: Status, connection: duckdb.DuckDBPyConnection) -> dict[str, tuple[int, int]]:
    """Fills in what the warehouse remembers; size and time of every file that it knows, by key."""
    tables = {name for (name,) in connection.execute("select table_name from duckdb_tables()").fetchall()}
    if "loads" not in tables:
        return {}
    if "steps" in tables:
        steps = {step: Step(*times) for step, *times in connection.execute("from audit.steps").fetchall()}
        status.load, status.build = steps.get("load"), steps.get("build")
    current = "superseded_at is null"
    named = " left join raw.names on name_key = file_key" if "names" in tables else ""
    refused = connection.execute(
        f"select {'coalesce(name, file_key)' if named else 'file_key'} || ': ' || coalesce(message, '')"
        f" from audit.loads{named} where {current} and status = 'refused' order by all"
    ).fetchall()
    status.refused, status.refused_files = len(refused), [said for (said,) in refused[:_SHOWN]]
    status.files, status.quarantined_lines = connection.execute(
        f"select count(distinct file_key), coalesce(sum(quarantined), 0)::bigint from audit.loads where {current}"
    ).fetchall()[0]
    status.failing = [
        Failing(*row)
        for row in connection.execute(
            "select suite, rule, severity, outcome, observed from audit.checks where outcome <> 'passed'"
            " and (suite, checked_at) in (select (suite, max(checked_at)) from audit.checks group by suite)"
            " order by severity, outcome, rule"
        ).fetchall()
    ]
    (latest,) = connection.execute("select max(first_seen_at) from audit.loads").fetchall()[0]
    status.clock_was_set_back = latest is not None and latest > datetime.now(UTC).replace(tzinfo=None)
    return {
        key: (size, modified)
        for key, size, modified in connection.execute(
            "select file_key, last(size_bytes order by load_id), last(modified_ns order by load_id) from audit.loads"
            f" where {current} and digest <> '' group by file_key"
        ).fetchall()
    }


def _count_waiting(status: Status, settings: Settings, known: dict[str, tuple[int, int]] | None) -> None:
    """Files that are new or changed; which files are known is asked of the ledger by their keys."""
    secret = _secret(settings)
    try:
        listing = list_files(settings.landing)
    except UsageError as error:
        status.waiting_unknown = error.what
        return
    if known and secret is None:
        status.waiting_unknown = (
            "not known without what this warehouse was written with: TOKENWORTH_KEY or pseudonym.key"
        )
    elif known is None:
        status.waiting_unknown = "not known while the warehouse cannot be read"
    if known is None or status.waiting_unknown:
        return
    waiting = [
        file.size
        for file in listing.files
        if secret is None or known.get(key_of(secret, "file", file.name)) != (file.size, file.modified_ns)
    ]
    status.waiting, status.waiting_bytes = len(waiting), sum(waiting)


def _secret(settings: Settings) -> bytes | None:
    """The secret of the pseudonyms where there is one; looking makes none."""
    if settings.key is not None:
        return settings.key.get_secret_value().encode()
    try:
        return (settings.warehouse / "pseudonym.key").read_bytes().strip()
    except OSError:
        return None


def _next(status: Status, settings: Settings) -> list[str]:
    """What to type, the first thing first."""
    there = "" if str(settings.warehouse) == "warehouse" else f" --warehouse {shlex.quote(str(settings.warehouse))}"
    zone = "" if str(settings.landing) == "landing" else f" --landing {shlex.quote(str(settings.landing))}"
    run = f"tokenworth run{zone}{there}"
    if status.warehouse == "damaged":
        return [f"tokenworth rebuild{zone}{there}"]
    if status.doing is not None:
        return []
    if status.warehouse == _HELD or status.identities_lost:
        return []
    if status.warehouse == "missing" or status.interrupted or status.waiting or not (status.load and status.build):
        return [run]
    if not status.load.ended_at:
        return [run]
    if not status.build.ended_at or status.build.began_at < status.load.began_at:
        return [f"tokenworth build{there}", f"tokenworth publish{there}"]
    if refusing := [check.suite for check in status.failing if check.severity == "critical"]:
        return [f"tokenworth check {refusing[0]}{there}"]
    if status.published_at is None:
        return [f"tokenworth publish{there}"]
    return []


def print_status(settings: Settings) -> None:
    """The state as a table a person can read, and what to type next."""
    from rich.table import Table

    from tokenworth.summary import readable, wide_console

    status, console = read_status(settings), wide_console()
    table = Table(title=f"Tokenworth in {readable(str(settings.warehouse))}", title_justify="left", show_header=False)
    for what, said in _lines(status):
        table.add_row(what, "\n".join(map(readable, said)))
    console.print(table)
    if status.next:
        console.print("\nWhat to type next:", style="bold")
        for command in status.next:
            console.print(f"  {command}", soft_wrap=True, highlight=False, markup=False)


def print_status_as_json(settings: Settings) -> None:
    print(json.dumps(asdict(read_status(settings)), indent=2, default=lambda value: value.isoformat()))


def _lines(status: Status) -> list[tuple[str, list[str]]]:
    lines = [("now", [_now(status)])]
    if status.warehouse == "missing":
        lines.append(("warehouse", ["there is none yet"]))
    elif status.warehouse != "there":
        lines.append(("warehouse", [status.warehouse, status.says]))
        if status.files is not None:
            lines.append(("", ["what follows was so after its last step"]))
    if status.files is not None:
        lines += [("last load", [_step(status.load, status)]), ("last build", [_step(status.build, status)])]
    if status.identities_lost:
        lines.append(("identities", ["identities.duckdb is missing: put it back from a backup before anything else"]))
    published = (
        f"{status.published}, {status.published_at:%Y-%m-%d %H:%M:%S} UTC" if status.published_at else "none yet"
    )
    lines.append(("last publication", [published]))
    if status.waiting is None:
        known = status.waiting_unknown
    else:
        known = (
            f"{status.waiting:,} new or changed, {(status.waiting_bytes or 0) / 1e6:,.1f} MB"
            if status.waiting
            else "none"
        )
    lines.append(("files waiting", [known]))
    if status.files is None:
        return lines
    lines.append(("files loaded", [f"{status.files or 0:,}, with {status.quarantined_lines or 0:,} lines refused"]))
    lines.append(("files refused", [f"{status.refused:,}" if status.refused else "none", *status.refused_files]))
    failing = [f"{c.rule} ({c.suite}, {c.severity}): {_outcome(c)}" for c in status.failing]
    lines.append(("checks failing", failing or ["none"]))
    if status.clock_was_set_back:
        lines.append(("clock", ["this machine's is behind the last load: it was set back, or was wrong then"]))
    return lines


def _now(status: Status) -> str:
    if status.doing:
        return f"running: {status.doing}"
    if status.interrupted:
        return f"nothing runs; a run was killed ({status.interrupted}). Nothing is half done: run again"
    return "nothing runs"


def _step(step: Step | None, status: Status) -> str:
    if step is None:
        return "none yet"
    if step.ended_at:
        return f"{step.ended_at:%Y-%m-%d %H:%M:%S} UTC"
    return f"began {step.began_at:%Y-%m-%d %H:%M:%S} UTC and did not end" + ("" if status.doing else ": run again")


def _outcome(check: Failing) -> str:
    if check.outcome == "broken":
        return "the check could not run"
    return "1 row breaks it" if check.observed == 1 else f"{check.observed or 0:,} rows break it"


def was_interrupted(settings: Settings) -> str:
    """What to say to whoever starts a run after one that was killed; else nothing."""
    writer, is_writing = writing_now(settings)
    if writer is None or is_writing:
        return ""
    return f"the run before was killed ({writer}); nothing is half done, and this one goes on where it stopped"
