"""The whole way at once: load, check, build, check, publish. The DAGs call the same steps."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext

from expectations.checkpoint import check
from expectations.results import CheckReport
from tokenworth.build import BuildReport, build
from tokenworth.errors import PublicationRefusedError
from tokenworth.load import LoadReport, load
from tokenworth.publish import Publication, publish
from tokenworth.settings import Settings
from tokenworth.writer import whole_run

Advance = Callable[[int, int, str], None]
# Opens a step for whoever watches: its name in, a function that takes (done, to do, what) out.
Step = Callable[[str], AbstractContextManager[Advance]]


def _unwatched(name: str) -> AbstractContextManager[Advance]:
    return nullcontext(lambda done, to_do, what: None)


def run(
    settings: Settings, *, full_refresh: bool = False, reload: bool = False, step: Step = _unwatched
) -> tuple[LoadReport, BuildReport, Publication]:
    """Loads what is new, builds, checks both borders and publishes.

    At the end it looks at what the figures say, which refuses nothing. Raises PublicationRefusedError where a
    critical check fails: the old publication stays. Raises TokenworthError, once, where files that a killed rebuild was
    to read are gone.
    """
    with whole_run(settings):
        with step("load") as advance:
            loaded = load(settings, reload=reload, progress=advance)
        loaded.assert_nothing_lost()  # before it is published without what was lost
        with step("check what came in"):
            check_border(settings)
        with step("build") as advance:
            built = build(settings, full_refresh=full_refresh, progress=advance)
        with step("check what goes out"):
            check_publication(settings)
        with step("publish"):
            published = publish(settings)
        with step("look at what the figures say"):
            check_divergence(settings)
    return loaded, built, published


def check_border(settings: Settings) -> CheckReport:
    """Checks what came in. Raises PublicationRefusedError where a critical check failed or could not run."""
    return _refuse_on_failure(check(settings, "border"))


def check_publication(settings: Settings) -> CheckReport:
    """Checks what goes out. Raises PublicationRefusedError where a critical check failed or could not run."""
    return _refuse_on_failure(check(settings, "publication"))


def check_divergence(settings: Settings) -> CheckReport:
    """Looks at what the figures say of teams and the organisation; findings are kept, and refuse nothing."""
    return check(settings, "divergence")


def _refuse_on_failure(report: CheckReport) -> CheckReport:
    if report.refusals:
        raise PublicationRefusedError(report.refusal_message())
    return report
