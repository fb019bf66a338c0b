"""Writing exports: those of an invented organisation, and those of a git repository."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated, Literal

import typer

from tokenworth.cli.shared import Landing, settings_of
from tokenworth.errors import UsageError

DayFormat = Literal["gateway", "otel", "both"]
DayPacking = Literal["none", "gz", "zst"]

commands = typer.Typer()


@commands.command()
def simulate(
    landing: Annotated[Path | None, typer.Option(help="Empty or new folder for the exports.")] = None,
    truth: Annotated[Path | None, typer.Option(help="Folder for the truth; default: beside the exports.")] = None,
    people: Annotated[int, typer.Option(min=12, help="People in the organisation.")] = 60,
    weeks: Annotated[int | None, typer.Option(min=2, help="Weeks of history; default: 16.", show_default=False)] = None,
    seed: Annotated[int, typer.Option(help="The same seed writes the same files.")] = 7,
    gaming: Annotated[
        bool | None,
        typer.Option(
            "--gaming/--clean",
            help="Whether some teams game from halfway on; default: from 35 people on they do.",
            show_default=False,
        ),
    ] = None,
    days: Annotated[
        int | None,
        typer.Option(min=1, help="Instead of weeks: days of any size, well formed, for measuring.", show_default=False),
    ] = None,
    requests: Annotated[
        int | None,
        typer.Option(min=1, help="Requests of each of these days; default: 300 a person.", show_default=False),
    ] = None,
    kind: Annotated[
        DayFormat | None,
        typer.Option("--format", help="Who tells of these days; both: half of the people each.", show_default=False),
    ] = None,
    packed: Annotated[
        DayPacking | None, typer.Option(help="How these days' requests are packed.", show_default=False)
    ] = None,
    scenario: Annotated[
        str | None,
        typer.Option(help="Instead: gaming and look-alikes as benchmarks/divergence.py has them.", show_default=False),
    ] = None,
    plant: Annotated[
        list[str] | None, typer.Option(help="Instead: only this (again for more); --list names what there is.")
    ] = None,
    strength: Annotated[
        float | None,
        typer.Option(help="With --plant: by what factor gaming makes usage or outcomes grow.", show_default=False),
    ] = None,
    share: Annotated[
        float | None, typer.Option(help="With --plant: of the people of a team that does it.", show_default=False)
    ] = None,
    listing: Annotated[bool, typer.Option("--list", help="Only explain what an organisation can plant.")] = False,
) -> None:
    """Write the exports of an invented organisation, and what is true of it beside them.

    Weeks hold every case that exports know, damage included: a team that games usage, one that games outcomes, and
    one that only looks like it. With --scenario or --plant they hold what verdicts and signals are for, or must not be
    taken in by, as much as is asked for. Days (--days) are for measuring: as many requests as are asked for.
    """
    of_weeks = {"--weeks": weeks, "--gaming or --clean": gaming, "--list": listing or None}
    of_scenarios = {"--scenario": scenario, "--plant": plant or None, "--strength": strength, "--share": share}
    of_days = {"--days": days, "--requests": requests, "--format": kind, "--packed": packed}
    if listing:
        from rich.console import Console

        from tokenworth.simulate.behaviours import catalogue_table

        Console().print(catalogue_table())
        return
    if landing is None:
        raise UsageError("no folder to write to was named", todo="Name one with --landing.")
    beside = truth or landing.with_name(landing.name + "-truth")
    days_said, scenarios_said, weeks_said = (
        [name for name, value in said.items() if value is not None]
        for said in (of_days, of_scenarios, of_scenarios | of_weeks)
    )
    if days_said and weeks_said:
        raise UsageError(
            f"{days_said[0]} is for days, {weeks_said[0]} for weeks", todo="Ask for days or for weeks, not for both."
        )
    if days_said:
        from tokenworth.simulate.day import simulate_days

        typer.echo(
            str(
                simulate_days(
                    landing,
                    truth=beside,
                    people=people,
                    requests=requests or 300 * people,
                    days=days or 1,
                    seed=seed,
                    kind=kind or "gateway",
                    packed=packed or "none",
                )
            )
        )
        return
    if scenarios_said:
        if gaming is not None or (scenario and len(scenarios_said) > 1) or not (scenario or plant):
            raise UsageError(
                f"{' '.join(scenarios_said)} cannot be said like this",
                todo="Say --scenario, or --plant with --strength and --share, and neither --gaming nor --clean.",
            )
        from tokenworth.simulate.planted import simulate_scenario
        from tokenworth.simulate.staged.scenarios import scenario_named, scenario_of

        chosen = scenario_named(scenario) if scenario else scenario_of(plant or [], strength=strength, share=share)
        written = simulate_scenario(
            landing, chosen, truth=beside, seed=seed, people=people, teams=max(people // 7, 1), weeks=weeks or 16
        )
        typer.echo(str(written))
        return
    from tokenworth.simulate import FEWEST_WITH_GAMING
    from tokenworth.simulate import simulate as write_organisation

    games = people >= FEWEST_WITH_GAMING if gaming is None else gaming
    typer.echo(
        str(write_organisation(landing, truth=beside, seed=seed, people=people, weeks=weeks or 16, gaming=games))
    )


@commands.command("export-git")
def export_git(
    path: Annotated[Path, typer.Argument(help="A clone, or a bare repository.")],
    landing: Landing = None,
    repository: Annotated[str | None, typer.Option(help="host/owner/name; default: of the remote origin.")] = None,
    since: Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Commits from this day on.")] = None,
) -> None:
    """Write a repository's commits and tags for the landing zone."""
    from tokenworth.export_git import export_git as write_commits

    settings = settings_of(landing=landing)
    day = since.date() if since else None
    typer.echo(str(write_commits(path, settings.landing, repository=repository, since=day)))
