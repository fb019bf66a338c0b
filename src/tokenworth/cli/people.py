"""What concerns single people: who asks for them, who leaves, and for how long they are kept."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

import typer

from tokenworth.cli.shared import Warehouse, settings_of, watched
from tokenworth.errors import TokenworthError

commands = typer.Typer()


@commands.command()
def unmask(
    person_key: Annotated[str, typer.Argument(help="Pseudonym, as in the restricted marts.")],
    reason: Annotated[str, typer.Option(help="Why it must be known who this is; it is kept.")],
    who: Annotated[str, typer.Option(help="Who asks; it is kept.")],
    warehouse: Warehouse = None,
) -> None:
    """Show who a pseudonym stands for, and record that it was asked."""
    from tokenworth.identities import unmask as look_up

    for line in look_up(settings_of(warehouse=warehouse), person_key, reason=reason, who=who):
        typer.echo(line)


@commands.command()
def audit(warehouse: Warehouse = None) -> None:
    """Show who asked for what about people, and whether a line was removed or changed; exit 3 where one was."""
    from tokenworth.identities import read_audit_log

    lines, problems = read_audit_log(settings_of(warehouse=warehouse))
    for line, at, who, action, subject, reason in lines:
        typer.echo(f"{line}  {at:%Y-%m-%d %H:%M:%S}  {who}  {action}  {subject}  {reason}")
    if problems:
        raise TokenworthError(
            "the audit log is not whole: " + "; ".join(problems),
            todo="Compare it with a backup of identities.duckdb and audit.head, and find out who may write there.",
        )
    typer.echo(f"{len(lines)} lines, none removed or changed")


@commands.command()
def erase(
    person: Annotated[str, typer.Argument(help="The person's id in the list of people, or their pseudonym.")],
    reason: Annotated[str, typer.Option(help="Why; it is kept, so do not name the person.")],
    who: Annotated[str, typer.Option(help="Who asks; it is kept.")],
    warehouse: Warehouse = None,
) -> None:
    """Erase a person; the figures of teams stay, and old files do not bring the person back."""
    from tokenworth.erasure import erase as erase_person

    found = erase_person(settings_of(warehouse=warehouse), person, reason=reason, who=who)
    typer.echo(f"erased, with {found} accounts and names. Run: tokenworth build, then tokenworth publish")


@commands.command()
def retain(warehouse: Warehouse = None) -> None:
    """Roll up what people did longer than TOKENWORTH_RETAIN_DAYS ago: teams keep their figures, people no detail."""
    from tokenworth.retention import retain as roll_up

    settings = settings_of(warehouse=warehouse)
    with watched("retain") as advance:
        done = roll_up(settings, today=datetime.now(UTC).date(), progress=advance)
    typer.echo(done.told() if done else "everything is kept, because TOKENWORTH_RETAIN_DAYS is 0")


@commands.command("rotate-key")
def rotate_key(
    reason: Annotated[str, typer.Option(help="Why; it is kept.")],
    who: Annotated[str, typer.Option(help="Who asks; it is kept.")],
    warehouse: Warehouse = None,
) -> None:
    """Give all pseudonyms a new secret: the old one no longer tells who anybody is."""
    from tokenworth.rotation import rotate

    settings = settings_of(warehouse=warehouse)
    with watched("rotate"):
        rotate(settings, reason=reason, who=who)
    typer.echo("every pseudonym is a new one. Run: tokenworth build, then tokenworth publish")
    if settings.key is not None:
        typer.echo("From now on TOKENWORTH_KEY must be what TOKENWORTH_NEW_KEY was.")
