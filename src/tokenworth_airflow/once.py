"""Commands of Airflow, one after the other in one process: each would take ten seconds to start.

    python -m tokenworth_airflow.once LOG [DAG ...]

Prepares Airflow's own database and pool, waits for a line on standard input, and runs the DAGs as
`airflow dags test` does. Airflow and the tasks write to LOG; the terminal gets their progress, and
where a task failed what and what to do about it.
"""

from __future__ import annotations

import logging
import os
import signal
import sys
import time
from pathlib import Path

from tokenworth.errors import TokenworthError


class Progress(logging.Handler):
    """Shows a person what the tasks say of their progress, and keeps the first failure for the end."""

    def __init__(self, descriptor: int) -> None:
        super().__init__(logging.INFO)
        self.terminal = os.fdopen(descriptor, "w", buffering=1, encoding="utf-8", errors="replace")
        self.failure: BaseException | None = None
        self.where = ""

    def emit(self, record: logging.LogRecord) -> None:
        if record.levelno < logging.ERROR:
            self.terminal.write("  " + record.getMessage().replace("\n", "\n  ") + "\n")
        elif self.failure is None and isinstance(failure := getattr(record, "failure", None), BaseException):
            self.failure = failure
            self.where = record.getMessage().partition(" failed ")[0]


def airflow(*arguments: str) -> None:
    """A command of Airflow; raises SystemExit where it fails."""
    from airflow.__main__ import main

    sys.argv = ["airflow", *arguments]
    main()


def main() -> int:
    """The exit code follows the command line's contract."""
    log, dags = Path(sys.argv[1]), sys.argv[2:]
    # Ctrl-C ends it at once: Airflow would take it for a failure of the task, and try that again.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    shown, errors = Progress(os.dup(1)), os.fdopen(os.dup(2), "w", buffering=1)
    with log.open("ab") as everything:
        os.dup2(everything.fileno(), 1)
        os.dup2(everything.fileno(), 2)
    doing = "prepare its database"
    try:
        began = time.monotonic()
        airflow("db", "migrate")
        from tokenworth_airflow.tasks import POOL

        airflow("pools", "set", POOL, "1", "The warehouse has one writer.")
        airflow("dags", "reserialize")
        if not sys.stdin.readline():  # whoever started this has ended
            return 3
        shown.terminal.write(f"Airflow is prepared, after {time.monotonic() - began:.0f} s\n")
        said = logging.getLogger("tokenworth_airflow")
        said.addHandler(shown)
        said.setLevel(logging.INFO)
        for dag in dags:
            doing = f"run the DAG {dag}"
            began = time.monotonic()
            shown.terminal.write(f"DAG {dag}\n")
            airflow("dags", "test", dag)
            shown.terminal.write(f"  done in {time.monotonic() - began:.0f} s\n")
    except (SystemExit, Exception) as error:
        logging.getLogger(__name__).exception("could not %s", doing)
        code, what = _explained(shown, doing, error)
        errors.write(f"{what}\nThe whole log is {log}\n")
        return code
    return 0


def _explained(shown: Progress, doing: str, error: BaseException) -> tuple[int, str]:
    """What a person needs to know of a failure, and the exit code for it."""
    if shown.failure is None:
        return 3, f"Airflow could not {doing}: {type(error).__name__}: {str(error).partition(chr(10))[0][:300]}"
    cause = shown.failure.__cause__ or shown.failure
    code = cause.exit_code if isinstance(cause, TokenworthError) else 3
    return code, f"{shown.where}: {str(shown.failure)[:4000]}"


if __name__ == "__main__":
    sys.exit(main())
