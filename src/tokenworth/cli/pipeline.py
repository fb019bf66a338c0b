"""The way of the data, whole or step by step: load, check, build, publish; and what stands after a fault."""

from __future__ import annotations

from typing import Annotated, Literal

import typer

from tokenworth.cli.shared import Landing, Warehouse, in_utc, settings_of, to_write, watched

Suite = Literal["border", "publication", "divergence"]
FullRefresh = Annotated[bool, typer.Option("--full-refresh", help="Build every model from the start.")]
Reload = Annotated[bool, typer.Option("--reload", help="Read unchanged files again.")]
Sources = Annotated[list[str] | None, typer.Option("--source", help="Only this source; may be repeated.")]

commands = typer.Typer()


@commands.command()
def run(
    landing: Landing = None, warehouse: Warehouse = None, full_refresh: FullRefresh = False, reload: Reload = False
) -> None:
    """Load, check, build, check and publish."""
    from tokenworth import pipeline
    from tokenworth.summary import print_summary

    settings = to_write(landing=landing, warehouse=warehouse)
    loaded, _, _ = pipeline.run(settings, full_refresh=full_refresh, reload=reload, step=watched)
    print_summary(settings)
    if loaded.postponed:
        typer.echo(f"{loaded.postponed:,} files were still being written, and are left for the next run", err=True)


@commands.command()
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

    settings = to_write(landing=landing, warehouse=warehouse)
    with watched("load") as advance:
        report = load_landing(
            settings,
            sources=known_sources(source),
            reload=reload,
            seen_at=None if seen_at is None else in_utc(seen_at),
            progress=advance,
        )
    print_load(settings, report)
    report.assert_nothing_lost()


@commands.command()
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

    settings = settings_of(warehouse=warehouse)
    with watched(f"check: {suite}") as advance:
        report = run_checks(settings, suite, progress=advance)
    print_checks(report)
    if report.refusals:
        raise PublicationRefusedError(report.refusal_message())


@commands.command()
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

    settings = to_write(warehouse=warehouse)
    if as_of is not None:
        from tokenworth.as_of import build_as_of

        with watched(f"build as of {as_of}") as advance:
            then = build_as_of(settings, in_utc(as_of), name=as_of.strip(), progress=advance)
        typer.echo(f"wrote {then.database} in {then.built.seconds:.1f} s")
        return
    with watched("build") as advance:
        report = build_models(settings, full_refresh=full_refresh, progress=advance)
    stands = "; views and seeds stand as they were" if report.stands else ""
    typer.echo(f"built {report.models} models, {report.tests} tests passed, in {report.seconds:.1f} s{stands}")


@commands.command()
def publish(warehouse: Warehouse = None) -> None:
    """Check what goes out and publish it; the old publication stays where a check refuses."""
    from tokenworth.pipeline import check_publication
    from tokenworth.publish import publish as publish_marts
    from tokenworth.writer import whole_run

    settings = to_write(warehouse=warehouse)
    with whole_run(settings, "publish"):  # or what was checked could be built anew before it goes out
        with watched("check what goes out"):
            check_publication(settings)
        with watched("publish"):
            publication = publish_marts(settings)
    what = "published" if publication.changed else "nothing changed since"
    typer.echo(f"{what} {publication.id} in {settings.published}")


@commands.command()
def rebuild(
    landing: Landing = None,
    warehouse: Warehouse = None,
    without_kept: Annotated[
        bool, typer.Option("--without-kept", help="Even where kept.duckdb is missing or damaged as well.")
    ] = False,
) -> None:
    """Make a damaged warehouse anew, from the landing zone and from what is kept outside it; nothing is published."""
    from tokenworth.rebuild import rebuild as make_anew
    from tokenworth.summary import print_load

    settings = to_write(landing=landing, warehouse=warehouse)
    with watched("rebuild") as advance:
        rebuilt = make_anew(settings, without_kept=without_kept, progress=advance)
    print_load(settings, rebuilt.loaded)
    if rebuilt.put_aside:
        typer.echo(f"The old file was put aside as {rebuilt.put_aside}; it may be deleted.")
    rebuilt.loaded.assert_nothing_lost()
    typer.echo("All that was known is there again. Run: tokenworth publish")


def known_sources(names: list[str] | None) -> list[str] | None:
    from tokenworth.sources import all_sources

    unknown = sorted(set(names or ()) - set(all_sources()))
    if unknown:
        raise typer.BadParameter(f"no source {', '.join(unknown)}; there are {', '.join(all_sources())}")
    return names
