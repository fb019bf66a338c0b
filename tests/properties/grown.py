"""Builds of one world after another in one warehouse, in which models that grow by marks make only what changed.

Their SQL is that of a later build, as dbt compiles it over tables that are there; what gives way before is found where
the models say it, in their hooks. All other models are made anew, as dbt makes them.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import duckdb

from tests.compiled import manifest, table_of
from tests.properties.ledgers import MODELS, Row, World, given

_HOOKS = re.compile(r"forget_other_marks\(this, '(\w+)'(?:, '(\w+)')?\)")
# What is forgotten by another column than that of its marks.
_UNUSED = ("forget_unused_circumstances(this)", ("int_circumstance_days", "circumstance_id", "circumstance_id"))


@dataclass(frozen=True)
class Growing:
    """All models as they are made first, in their order; of those that grow also how, and by which marks."""

    first: dict[str, str] = field(repr=False)
    later: dict[str, str] = field(repr=False)
    marks: dict[str, tuple[str, str, str]]  # the model that has them, in which column, and in which this one


def growing(folder: Path) -> Growing:
    (folder / "first").mkdir()
    (folder / "later").mkdir()
    nodes = manifest(folder / "first", *MODELS)["nodes"]
    marks: dict[str, tuple[str, str, str]] = {}
    for model in MODELS:
        for hook in nodes[f"model.tokenworth.{model}"]["config"]["pre-hook"]:
            if found := _HOOKS.search(hook["sql"]):
                marks[model] = (found[1], found[2] or "mark", "made_of")
            elif _UNUSED[0] in hook["sql"]:
                marks[model] = _UNUSED[1]
    later = manifest(folder / "later", *MODELS, grown=marks)["nodes"]
    return Growing(
        {model: nodes[f"model.tokenworth.{model}"]["compiled_code"] for model in MODELS},
        {model: later[f"model.tokenworth.{model}"]["compiled_code"] for model in marks},
        marks,
    )


def tables(models: Growing, worlds: Sequence[World]) -> dict[str, list[Row]]:
    """All tables after builds of these worlds, each in place of the one before."""
    with duckdb.connect(config={"threads": 1}) as connection:
        for nth, world in enumerate(worlds):
            build(connection, models, world, order=nth)
        return {model: _rounded(connection, table_of(model)) for model in MODELS}


def build(connection: duckdb.DuckDBPyConnection, models: Growing, world: World, order: int = 0) -> dict[str, int]:
    """How many rows of each model that grows this build had to make."""
    given(connection, world, order)
    made = {model: _make(connection, models, model) for model in MODELS}
    return {model: made[model] for model in models.marks}


def _make(connection: duckdb.DuckDBPyConnection, models: Growing, model: str) -> int:
    if model == "int_requests_told_again":
        # Requests are made anew with each build here, so all of them changed.
        keys = "select cast(hash(request_key) >> 1 as bigint) as request_number from intermediate.int_usage_statements"
        connection.execute(f"create or replace table intermediate.int_changed_requests as {keys}")
        connection.execute("create or replace table intermediate.int_changed_loads as select load_id from audit.loads")
    table = table_of(model)
    there = connection.execute(
        f"select 1 from duckdb_tables() where schema_name || '.' || table_name = '{table}'"
    ).fetchall()
    if model in models.later and there:
        marks, mark, made_of = models.marks[model]
        connection.execute(f"delete from {table} where {made_of} not in (select {mark} from {table_of(marks)})")
        done = connection.execute(f"insert into {table} {models.later[model]}")
    else:
        done = connection.execute(f"create or replace table {table} as {models.first[model]}")
    ((rows,),) = done.fetchall()
    return int(rows)


def _rounded(connection: duckdb.DuckDBPyConnection, table: str) -> list[Row]:
    """Without what the engine adds up in another order each time, behind the ninth place."""
    columns = connection.execute(f"describe {table}").fetchall()
    shown = ", ".join(f"round({name}, 9)" if kind == "DOUBLE" else name for name, kind, *_ in columns)
    return connection.execute(f"select {shown} from {table} order by all").fetchall()
