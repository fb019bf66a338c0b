"""The command line. Exit codes: 0 published, 1 the checks refused, 2 wrong usage, 3 the pipeline failed."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from tokenworth.errors import TokenworthError, UsageError

if TYPE_CHECKING:
    from tokenworth.settings import Settings

app = typer.Typer(
    help="Tells a company what its AI tokens bought.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

Suite = Literal["border", "publication", "divergence"]
DayFormat = Literal["gateway", "otel", "both"]
DayPacking = Literal["none", "gz", "zst"]
Landing = Annotated[Path | None, typer.Option(help="Folder in which the exports arrive.", show_default=False)]
Warehouse = Annotated[Path | None, typer.Option(help="Folder of the warehouse.", show_default=False)]
FullRefresh = Annotated[bool, typer.Option("--full-refresh", help="Build every model from the start.")]
Reload = Annotated[bool, typer.Option("--reload", help="Read unchanged files again.")]
Sources = Annotated[list[str] | None, typer.Option("--source", help="Only this source; may be repeated.")]


@app.callback()
def options(
    context: typer.Context,
    debug: Annotated[bool, typer.Option("--debug", help="Show where an error came from.")] = False,
) -> None:
    context.obj = debug


@app.command()
def run(
    landing: Landing = None, warehouse: Warehouse = None, full_refresh: FullRefresh = False, reload: Reload = False
) -> None:
    """Load, check, build, check and publish."""
    from tokenworth import pipeline
    from tokenworth.summary import print_summary

    settings = _to_write(landing=landing, warehouse=warehouse)
    loaded, _, _ = pipeline.run(settings, full_refresh=full_refresh, reload=reload, step=_watched)
    print_summary(settings)
    if loaded.postponed:
        typer.echo(f"{loaded.postponed:,} files were still being written, and are left for the next run", err=True)


@app.command()
def load(
    landing: Landing = None,
    warehouse: Warehouse = None,
    source: Sources = None,
    reload: Reload = False,
    seen_at: Annotated[
        str | None,
        typer.Option(
            help="When the files were first seen (UTC), for an import of history; default: now.",
            metavar="TIMESTAMP",
            show_default=False,
        ),
    ] = None,
) -> None:
    """Load what is new in the landing zone."""
    from tokenworth.load import load as load_landing
    from tokenworth.summary import print_load

    settings = _to_write(landing=landing, warehouse=warehouse)
    with _watched("load") as advance:
        report = load_landing(
            settings,
            sources=_known_sources(source),
            reload=reload,
            seen_at=None if seen_at is None else _utc(seen_at),
            progress=advance,
        )
    print_load(settings, report)


@app.command()
def doctor(
    landing: Landing = None,
    warehouse: Warehouse = None,
) -> None:
    """Show what a landing zone lacks for exact joins, which accounts nobody claims, and what to switch on next.

    With --landing alone the exports are loaded into a temporary warehouse; else the warehouse is asked.
    """
    from tokenworth.doctor import examine
    from tokenworth.summary import print_diagnosis

    settings = _settings(landing=landing, warehouse=warehouse)
    with _watched("examine") as advance:
        diagnosis = examine(settings, afresh=landing is not None and warehouse is None, progress=advance)
    print_diagnosis(diagnosis)


@app.command()
def check(
    suite: Annotated[
        Suite, typer.Argument(help="border: what came in; publication: what goes out; divergence: what it says.")
    ] = "border",
    warehouse: Warehouse = None,
) -> None:
    """Run a suite of checks; exit 1 where one refuses publication."""
    from expectations.checkpoint import check as run_checks
    from tokenworth.errors import PublicationRefusedError
    from tokenworth.summary import print_checks

    settings = _settings(warehouse=warehouse)
    with _watched(f"check: {suite}") as advance:
        report = run_checks(settings, suite, progress=advance)
    print_checks(report)
    if report.refusals:
        raise PublicationRefusedError(report.refusal_message())


@app.command()
def build(
    warehouse: Warehouse = None,
    full_refresh: FullRefresh = False,
    as_of: Annotated[
        str | None,
        typer.Option(
            help="Instead write as-of/TIMESTAMP/marts.duckdb: what would have been published then (UTC).",
            metavar="TIMESTAMP",
            show_default=False,
        ),
    ] = None,
) -> None:
    """Build the models with dbt."""
    from tokenworth.build import build as build_models

    settings = _to_write(warehouse=warehouse)
    if as_of is not None:
        from tokenworth.as_of import build_as_of

        with _watched(f"build as of {as_of}") as advance:
            then = build_as_of(settings, _utc(as_of), name=as_of.strip(), progress=advance)
        typer.echo(f"wrote {then.database} in {then.built.seconds:.1f} s")
        return
    with _watched("build") as advance:
        report = build_models(settings, full_refresh=full_refresh, progress=advance)
    typer.echo(f"built {report.models} models, {report.tests} tests passed, in {report.seconds:.1f} s")


@app.command()
def publish(warehouse: Warehouse = None) -> None:
    """Check what goes out and publish it; the old publication stays where a check refuses."""
    from tokenworth.pipeline import check_publication
    from tokenworth.publish import publish as publish_marts
    from tokenworth.writer import whole_run

    settings = _to_write(warehouse=warehouse)
    with whole_run(settings, "publish"):  # or what was checked could be built anew before it goes out
        with _watched("check what goes out"):
            check_publication(settings)
        with _watched("publish"):
            publication = publish_marts(settings)
    what = "published" if publication.changed else "nothing changed since"
    typer.echo(f"{what} {publication.id} in {settings.published}")


@app.command()
def status(
    landing: Landing = None,
    warehouse: Warehouse = None,
    as_json: Annotated[bool, typer.Option("--json", help="For programs.")] = False,
) -> None:
    """Show what state things are in, whether something runs or was killed, and what to type next."""
    from tokenworth.status import print_status, print_status_as_json

    settings = _settings(landing=landing, warehouse=warehouse)
    (print_status_as_json if as_json else print_status)(settings)


@app.command()
def rebuild(
    landing: Landing = None,
    warehouse: Warehouse = None,
    without_kept: Annotated[
        bool, typer.Option("--without-kept", help="Even where kept.duckdb is missing or damaged as well.")
    ] = False,
) -> None:
    """Make a damaged warehouse anew, from the landing zone and from what is kept outside it; nothing is published."""
    from tokenworth.rebuild import assert_nothing_lost
    from tokenworth.rebuild import rebuild as make_anew
    from tokenworth.summary import print_load

    settings = _to_write(landing=landing, warehouse=warehouse)
    with _watched("rebuild") as advance:
        rebuilt = make_anew(settings, without_kept=without_kept, progress=advance)
    print_load(settings, rebuilt.loaded)
    if rebuilt.put_aside:
        typer.echo(f"The old file was put aside as {rebuilt.put_aside}; it may be deleted.")
    assert_nothing_lost(rebuilt)
    typer.echo("All that was known is there again. Run: tokenworth publish")


@app.command()
def summary(warehouse: Warehouse = None) -> None:
    """Show what the warehouse holds: loaded, refused, tokens, dollars, outcomes and evidence."""
    from tokenworth.summary import print_summary

    print_summary(_settings(warehouse=warehouse))


@app.command()
def query(
    sql: Annotated[str, typer.Argument(help="As in: from fct_team_week where team_id = 'search'")],
    warehouse: Warehouse = None,
    restricted: Annotated[bool, typer.Option("--restricted", help="Ask the unsuppressed copy for analysts.")] = False,
) -> None:
    """Ask the published tables in SQL."""
    from tokenworth.summary import print_answer

    print_answer(_settings(warehouse=warehouse), sql, restricted=restricted)


@app.command()
def docs(warehouse: Warehouse = None) -> None:
    """Write the dictionary of all tables and columns as one page of HTML."""
    from tokenworth.build import generate_docs

    settings = _settings(warehouse=warehouse)
    with _watched("docs"):
        page = generate_docs(settings)
    typer.echo(str(page))


@app.command()
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
            help="Whether one team runs prompt loops from halfway on; default: it does.",
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

    Weeks hold every case that exports know, damage included. With --scenario or --plant they hold what verdicts and
    signals are for, or must not be taken in by. Days (--days) are for measuring: as many requests as are asked for.
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
    from tokenworth.simulate import simulate as write_organisation

    typer.echo(
        str(
            write_organisation(
                landing, truth=beside, seed=seed, people=people, weeks=weeks or 16, gaming=gaming is not False
            )
        )
    )


@app.command("export-git")
def export_git(
    path: Annotated[Path, typer.Argument(help="A clone, or a bare repository.")],
    landing: Landing = None,
    repository: Annotated[str | None, typer.Option(help="host/owner/name; default: of the remote origin.")] = None,
    since: Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Commits from this day on.")] = None,
) -> None:
    """Write a repository's commits and tags for the landing zone."""
    from tokenworth.export_git import export_git as write_commits

    settings = _settings(landing=landing)
    day = since.date() if since else None
    typer.echo(str(write_commits(path, settings.landing, repository=repository, since=day)))


@app.command()
def unmask(
    person_key: Annotated[str, typer.Argument(help="Pseudonym, as in the restricted marts.")],
    reason: Annotated[str, typer.Option(help="Why it must be known who this is; it is kept.")],
    who: Annotated[str, typer.Option(help="Who asks; it is kept.")],
    warehouse: Warehouse = None,
) -> None:
    """Show who a pseudonym stands for, and record that it was asked."""
    from tokenworth.identities import unmask as look_up

    for line in look_up(_settings(warehouse=warehouse), person_key, reason=reason, who=who):
        typer.echo(line)


@app.command()
def audit(warehouse: Warehouse = None) -> None:
    """Show who asked for what about people, and whether a line was removed or changed; exit 3 where one was."""
    from tokenworth.identities import read_audit_log

    lines, problems = read_audit_log(_settings(warehouse=warehouse))
    for line, at, who, action, subject, reason in lines:
        typer.echo(f"{line}  {at:%Y-%m-%d %H:%M:%S}  {who}  {action}  {subject}  {reason}")
    if problems:
        raise TokenworthError(
            "the audit log is not whole: " + "; ".join(problems),
            todo="Compare it with a backup of identities.duckdb and audit.head, and find out who may write there.",
        )
    typer.echo(f"{len(lines)} lines, none removed or changed")


@app.command()
def erase(
    person: Annotated[str, typer.Argument(help="The person's id in the list of people, or their pseudonym.")],
    reason: Annotated[str, typer.Option(help="Why; it is kept, so do not name the person.")],
    who: Annotated[str, typer.Option(help="Who asks; it is kept.")],
    warehouse: Warehouse = None,
) -> None:
    """Erase a person; the figures of teams stay, and old files do not bring the person back."""
    from tokenworth.erasure import erase as erase_person

    found = erase_person(_settings(warehouse=warehouse), person, reason=reason, who=who)
    typer.echo(f"erased, with {found} accounts and names. Run: tokenworth build, then tokenworth publish")


@app.command()
def retain(warehouse: Warehouse = None) -> None:
    """Roll up what people did longer than TOKENWORTH_RETAIN_DAYS ago: teams keep their figures, people no detail."""
    from tokenworth.retention import retain as roll_up

    settings = _settings(warehouse=warehouse)
    with _watched("retain") as advance:
        done = roll_up(settings, today=datetime.now(UTC).date(), progress=advance)
    typer.echo(done.told() if done else "everything is kept, because TOKENWORTH_RETAIN_DAYS is 0")


@app.command("rotate-key")
def rotate_key(
    reason: Annotated[str, typer.Option(help="Why; it is kept.")],
    who: Annotated[str, typer.Option(help="Who asks; it is kept.")],
    warehouse: Warehouse = None,
) -> None:
    """Give all pseudonyms a new secret: the old one no longer tells who anybody is."""
    from tokenworth.rotation import rotate

    settings = _settings(warehouse=warehouse)
    with _watched("rotate"):
        rotate(settings, reason=reason, who=who)
    typer.echo("every pseudonym is a new one. Run: tokenworth build, then tokenworth publish")
    if settings.key is not None:
        typer.echo("From now on TOKENWORTH_KEY must be what TOKENWORTH_NEW_KEY was.")


@app.command()
def settings() -> None:
    """Show every setting with its value now; the key of the pseudonyms is not shown."""
    from tokenworth.summary import print_settings

    print_settings(_settings())


def _to_write(**given: Path | None) -> Settings:
    """Settings of a command that changes something; it says where the one before it was killed."""
    from tokenworth.status import was_interrupted

    settings = _settings(**given)
    if said := was_interrupted(settings):
        typer.echo(said, err=True)
    return settings


def _settings(**given: Path | None) -> Settings:
    from tokenworth.settings import read_settings

    return read_settings(**given)


def _utc(text: str) -> datetime:
    """A time as users write it, such as 2026-03-01 or 2026-03-01T12:00:00+01:00, in UTC."""
    try:
        said = datetime.fromisoformat(text.strip())
    except ValueError as error:
        raise typer.BadParameter(f"{text!r} is no time such as 2026-03-01 or 2026-03-01T12:00:00Z") from error
    return said.astimezone(UTC).replace(tzinfo=None) if said.tzinfo else said


def _known_sources(names: list[str] | None) -> list[str] | None:
    from tokenworth.sources import all_sources

    unknown = sorted(set(names or ()) - set(all_sources()))
    if unknown:
        raise typer.BadParameter(f"no source {', '.join(unknown)}; there are {', '.join(all_sources())}")
    return names


@contextmanager
def _watched(name: str) -> Iterator[Callable[[int, int, str], None]]:
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


def main() -> None:
    """Runs the command line; an error becomes a message, with a traceback only under --debug."""
    debug = "--debug" in sys.argv
    try:
        app(standalone_mode=True)
    except TokenworthError as error:
        if debug:
            raise
        typer.secho(f"{error.what}", fg="red", err=True)
        if error.todo:
            typer.echo(error.todo, err=True)
        sys.exit(error.exit_code)
    except Exception as error:
        if debug:
            raise
        typer.secho(f"unexpected: {type(error).__name__}: {str(error).partition(chr(10))[0][:300]}", fg="red", err=True)
        typer.echo(
            "Nothing is half done, and what is published is whole; tokenworth status says what state things are in."
            " Run again with --debug to see where it stopped, and please report it.",
            err=True,
        )
        sys.exit(3)
