"""Warehouses of synthetic organisations: staged, or the whole way from exports; each with its truth beside it."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

from benchmarks.staged import build_staged
from tokenworth.build import build
from tokenworth.load import load
from tokenworth.settings import Settings
from tokenworth.simulate.planted import simulate_scenario
from tokenworth.simulate.staged import Scenario, stage
from tokenworth.warehouse import literal

SESSIONS_A_DAY = 0.7  # half of what is staged: a file a transcript and pull request takes longer than a row

# People of the truth by the pseudonyms under which the warehouse knows them.
_TRUTH = """
create table truth.people as select plain as person_id, key from ids.pseudonyms where vocabulary = 'person';
create table truth.gaming as
select rows.* replace (people.key as person_key)
from read_csv({gaming}, types = {{'strength': 'DOUBLE', 'events': 'BIGINT', 'week_start': 'DATE'}}) as rows
join truth.people as people on rows.person_key = people.person_id;
create table truth.person_weeks as
select rows.* replace (people.key as person_key) from read_csv({person_weeks}) as rows
join truth.people as people on rows.person_key = people.person_id;
create table truth.team_weeks as from read_csv({team_weeks});
create table truth.episodes as
with named as (
    select *, cast(people as varchar[]) as ids
    from read_csv({episodes}, types = {{'people': 'VARCHAR', 'first_week': 'DATE', 'last_week': 'DATE'}})
)
select * exclude (people, ids),
    array(select key from truth.people where list_contains(named.ids, person_id)) as people
from named;
"""


@contextmanager
def organisation(
    scenario: Scenario,
    folder: Path,
    models: tuple[str, ...],
    *,
    seed: int,
    people: int = 400,
    teams: int = 60,
    weeks: int = 26,
    exports: bool = False,
) -> Iterator[duckdb.DuckDBPyConnection]:
    """An organisation's warehouse with `models` built, or all with `exports`; it is removed afterwards."""
    here = folder / f"{scenario.name}-{seed}"
    if exports:
        settings = _load_and_build(scenario, here, seed=seed, people=people, teams=teams, weeks=weeks)
    else:
        settings = Settings(warehouse=here)
        stage(settings, scenario, seed=seed, people=people, teams=teams, weeks=weeks)
        build_staged(settings, folder / "dbt", models)
    with duckdb.connect() as connection:
        connection.execute(f"attach {literal(settings.database)} as warehouse (read_only)")
        if exports:
            _attach_truth(connection, settings, here / "truth")
            _require_all_loaded(connection, here / "truth")
        connection.execute("use warehouse")
        yield connection
    shutil.rmtree(here)


def _load_and_build(scenario: Scenario, folder: Path, *, seed: int, people: int, teams: int, weeks: int) -> Settings:
    settings = Settings(landing=folder / "landing", warehouse=folder / "warehouse")
    simulate_scenario(
        settings.landing,
        scenario,
        truth=folder / "truth",
        seed=seed,
        people=people,
        teams=teams,
        weeks=weeks,
        sessions_a_day=SESSIONS_A_DAY,
    )
    load(settings)
    build(settings)
    return settings


def _attach_truth(connection: duckdb.DuckDBPyConnection, settings: Settings, truth: Path) -> None:
    """The files of the truth as tables of a schema of that name."""
    connection.execute(f"attach {literal(settings.identities)} as ids (read_only); attach ':memory:' as truth")
    names = ("gaming", "person_weeks", "team_weeks", "episodes")
    connection.execute(_TRUTH.format(**{name: literal(truth / f"{name}.csv") for name in names}))


def _require_all_loaded(connection: duckdb.DuckDBPyConnection, truth: Path) -> None:
    """Raises ValueError where requests or tokens of logs are others than the true ones.

    What was hidden from the logs counts beside them, from the vendor's report.
    """
    expected = json.loads((truth / "expected.json").read_text("utf-8"))["usage"]
    found = connection.execute(
        "select sum(requests)::bigint, sum(total_tokens)::bigint from warehouse.marts.fct_usage where not is_aggregate"
    ).fetchone()
    if found != (expected["requests"], expected["total"]):
        raise ValueError(f"requests and tokens are {found}, and truly {expected['requests'], expected['total']}")
