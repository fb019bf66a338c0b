"""What commands share: options that several take, their settings, and how a step is watched."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from tokenworth.settings import Settings

Landing = Annotated[Path | None, typer.Option(help="Folder in which the exports arrive.", show_default=False)]
Warehouse = Annotated[Path | None, typer.Option(help="Folder of the warehouse.", show_default=False)]


def to_write(**given: Path | None) -> Settings:
    """Settings of a command that changes something; it says where the one before it was killed."""
    from tokenworth.status import was_interrupted

    settings = settings_of(**given)
    if said := was_interrupted(settings):
        typer.echo(said, err=True)
    return settings


def settings_of(**given: Path | None) -> Settings:
    from tokenworth.settings import read_settings

    return read_settings(**given)


def in_utc(text: str) -> datetime:
    """A time as users write it, such as 2026-03-01 or 2026-03-01T12:00:00+01:00, in UTC."""
    try:
        said = datetime.fromisoformat(text.strip())
    except ValueError as error:
        raise typer.BadParameter(f"{text!r} is no time such as 2026-03-01 or 2026-03-01T12:00:00Z") from error
    return said.astimezone(UTC).replace(tzinfo=None) if said.tzinfo else said


@contextmanager
def watched(name: str) -> Iterator[Callable[[int, int, str], None]]:
    """Shows a step while it works: a bar on a terminal, plain lines in a log."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    console = Console(stderr=True)
    if not console.is_terminal:
        print(f"{name} ...", file=sys.stderr, flush=True)
        shown = -1

        def line(done: int, to_do: int, what: str) -> None:
            nonlocal shown
            if (tenth := done * 10 // max(to_do, 1)) > shown:
                shown = tenth
                print(f"{name}: {done} of {to_do} ({what})", file=sys.stderr, flush=True)

        yield line
        return
    columns: list[Any] = [
        SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(),
        TimeElapsedColumn(), TextColumn("{task.fields[what]}"),
    ]  # fmt: skip
    with Progress(*columns, console=console) as progress:
        task = progress.add_task(name, total=None, what="")
        yield lambda done, to_do, what: progress.update(task, completed=done, total=to_do, what=what)
        total = progress.tasks[0].total or 1
        progress.update(task, completed=total, total=total, what="")
