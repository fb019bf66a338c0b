"""What the DAGs share: the pool, the assets, the defaults of a task, and what is said when one fails."""

from __future__ import annotations

import logging
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from functools import reduce
from operator import or_
from typing import Any

from airflow.sdk import Asset, task
from airflow.sdk.exceptions import AirflowFailException

from tokenworth.errors import TokenworthError, WarehouseBusyError
from tokenworth.settings import Settings, read_settings
from tokenworth.sources import all_sources

log = logging.getLogger(__name__)

# The engine has one writer; a pool of one slot makes the tasks wait for each other instead of failing.
POOL = "tokenworth_warehouse"

RAW = {name: Asset(name=f"tokenworth_raw_{name}", uri=f"tokenworth://raw/{name}") for name in all_sources()}
ANY_RAW = reduce(or_, RAW.values())
PUBLISHED = Asset(name="tokenworth_published", uri="tokenworth://published")


def tell_what_failed(context: Any) -> None:
    """Says which task failed, with what, and what to do: the last lines whoever is called will read."""
    task, error = context["task_instance"], context.get("exception")
    log.error(
        "%s.%s failed in run %s: %s\n"
        "What was published before stays. Correct what the message names and clear the task; it goes on from there.",
        task.dag_id,
        task.task_id,
        task.run_id,
        error or "its process ended without a word; the log of the scheduler may say why",
        extra={"failure": error},
    )


def tell_of_retry(context: Any) -> None:
    """Says that a task will be tried again, and why: silence looks like work."""
    task = context["task_instance"]
    log.warning("%s.%s will be tried again: %s", task.dag_id, task.task_id, context.get("exception"))


# How long a retry waits is the deployment's to say: core.default_task_retry_delay, five minutes by default.
DEFAULTS: dict[str, Any] = {
    "owner": "data-engineering",
    "retries": 2,
    "execution_timeout": timedelta(hours=2),
    "pool": POOL,
    "on_failure_callback": tell_what_failed,
    "on_retry_callback": tell_of_retry,
}


@contextmanager
def step(what: str) -> Iterator[Settings]:
    """Says what begins and gives the settings to it.

    Only what time may mend is tried again: a warehouse in use, a disk or a network that failed. Refused
    data, a wrong setting and a bug are the same in five minutes, so they fail the task at once.
    """
    log.info("%s", what)
    try:
        yield read_settings()
    except (WarehouseBusyError, OSError):
        raise
    except TokenworthError as error:
        raise AirflowFailException(str(error)) from error
    except Exception as error:  # noqa: BLE001
        # Where it happened, and not what it says: that may quote an export.
        where = "".join(traceback.format_tb(error.__traceback__))
        log.error("unexpected %s at:\n%s", type(error).__name__, where)  # noqa: TRY400
        raise AirflowFailException(f"unexpected {type(error).__name__}; the log above says where") from None


def in_tenths(what: str) -> Callable[[int, int, str], None]:
    """Progress as a few lines in the task's log."""
    shown = -1

    def advance(done: int, to_do: int, last: str) -> None:
        nonlocal shown
        if (tenth := done * 10 // max(to_do, 1)) > shown:
            shown = tenth
            log.info("%s: %s of %s (%s)", what, done, to_do, last)

    return advance


# Steps that more than one DAG takes.


@task
def check_what_came_in() -> None:
    from tokenworth.pipeline import check_border

    with step("checking what came in") as settings:
        check_border(settings)


@task
def build(*, full_refresh: bool = False) -> None:
    from tokenworth.build import build as build_models

    with step("building the models") as settings:
        build_models(settings, full_refresh=full_refresh, progress=in_tenths("built"))


@task
def check_what_goes_out() -> None:
    from tokenworth.pipeline import check_publication

    with step("checking what goes out") as settings:
        check_publication(settings)


@task(outlets=[PUBLISHED])
def publish() -> str:
    """Returns the publication's id."""
    from tokenworth.publish import publish as publish_marts

    with step("publishing") as settings:
        return publish_marts(settings).id


@task
def look_at_divergence() -> None:
    from tokenworth.pipeline import check_divergence

    with step("looking at what the figures say") as settings:
        check_divergence(settings)


@task
def tell_what_is_new() -> None:
    from airflow.sdk import get_current_context

    from tokenworth_airflow.notify import FindingsNotifier

    with step("telling what is new"):
        FindingsNotifier().notify(get_current_context())
