"""Looking at what is there; nothing of it is changed."""

from __future__ import annotations

from typing import Annotated

import typer

from tokenworth.cli.shared import Landing, Warehouse, settings_of, watched

commands = typer.Typer()


@commands.command()
def status(
    landing: Landing = None,
    warehouse: Warehouse = None,
    as_json: Annotated[bool, typer.Option("--json", help="For programs.")] = False,
) -> None:
    """Show what state things are in, whether something runs or was killed, and what to type next."""
    from tokenworth.status import print_status, print_status_as_json

    settings = settings_of(landing=landing, warehouse=warehouse)
    (print_status_as_json if as_json else print_status)(settings)


@commands.command()
def summary(warehouse: Warehouse = None) -> None:
    """Show what the warehouse holds: loaded, refused, tokens, dollars, outcomes and evidence."""
    from tokenworth.summary import print_summary

    print_summary(settings_of(warehouse=warehouse))


@commands.command()
def query(
    sql: Annotated[str, typer.Argument(help="As in: from fct_team_week where team_id = 'search'")],
    warehouse: Warehouse = None,
    restricted: Annotated[bool, typer.Option("--restricted", help="Ask the unsuppressed copy for analysts.")] = False,
) -> None:
    """Ask the published tables in SQL."""
    from tokenworth.summary import print_answer

    print_answer(settings_of(warehouse=warehouse), sql, restricted=restricted)


@commands.command()
def doctor(
    landing: Landing = None,
    warehouse: Warehouse = None,
) -> None:
    """Show what a landing zone lacks for exact joins, which accounts nobody claims, and what to switch on next.

    With --landing alone the exports are loaded into a temporary warehouse; else the warehouse is asked.
    """
    from tokenworth.doctor import examine
    from tokenworth.summary import print_diagnosis

    settings = settings_of(landing=landing, warehouse=warehouse)
    with watched("examine") as advance:
        diagnosis = examine(settings, afresh=landing is not None and warehouse is None, progress=advance)
    print_diagnosis(diagnosis)


@commands.command()
def docs(warehouse: Warehouse = None) -> None:
    """Write the dictionary of all tables and columns as one page of HTML."""
    from tokenworth.build import generate_docs

    settings = settings_of(warehouse=warehouse)
    with watched("docs"):
        page = generate_docs(settings)
    typer.echo(str(page))


@commands.command()
def settings() -> None:
    """Show every setting with its value now; the key of the pseudonyms is not shown."""
    from tokenworth.summary import print_settings

    print_settings(settings_of())
