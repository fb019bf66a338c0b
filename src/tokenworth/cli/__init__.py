"""The command line. Exit codes: 0 published, 1 the checks refused, 2 wrong usage, 3 the pipeline failed."""

from __future__ import annotations

import sys
import traceback
from typing import Annotated

import typer

from tokenworth.cli import exports, looking, people, pipeline
from tokenworth.errors import TokenworthError

app = typer.Typer(
    help="Tells a company what its AI tokens bought.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
for part in (pipeline, looking, exports, people):
    app.add_typer(part.commands)


@app.callback()
def options(debug: Annotated[bool, typer.Option("--debug", help="Show where an error came from.")] = False) -> None:
    # Errors are explained outside of commands, where only what was typed is known.
    del debug


def main() -> None:
    """Runs the command line; an error becomes a message and its exit code, under --debug after a traceback."""
    try:
        app(standalone_mode=True)
    except TokenworthError as error:
        _explain(error.what, error.todo)
        sys.exit(error.exit_code)
    except Exception as error:  # noqa: BLE001 - the last that stands between a fault of ours and a user
        _explain(
            f"unexpected: {type(error).__name__}: {str(error).partition(chr(10))[0][:300]}",
            "Nothing is half done, and what is published is whole; tokenworth status says what state things are in."
            " Run again with --debug to see where it stopped, and please report it.",
        )
        sys.exit(3)


def _explain(what: str, todo: str | None) -> None:
    if "--debug" in sys.argv:
        traceback.print_exc()
    typer.secho(what, fg="red", err=True)
    if todo:
        typer.echo(todo, err=True)
