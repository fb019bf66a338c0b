"""A small world of work, and what the value models make of it.

The models' SQL is compiled by dbt once and run in memory on rows made here, from the tables that the
loaders' staging would fill down to the value of an outcome.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb

from tests.compiled import sql
from tokenworth.build import project_dir

START = datetime(2026, 1, 5, 9)
END = START + timedelta(days=90)

# Each after those that it reads.
_MODELS = (
    "int_path_kinds int_commit_lines int_change_lines int_value_bearers int_outcomes int_change_sizes int_work_lines"
    " int_cluster_worth int_change_worth int_issue_traits int_unlinked_issues int_unlinked_issue_worth"
    " int_surviving_work int_survival_rate int_outcome_value"
).split()
_COLUMNS = {
    "stg_names": "kind varchar, name_key varchar, name varchar",
    "stg_git__commit_files": """repository_key varchar, sha varchar, path_key varchar, added_lines bigint,
        deleted_lines bigint, effective_added_lines bigint, effective_deleted_lines bigint, moved_lines bigint""",
    "int_repositories": "repository_key varchar, known_as_key varchar",
    "int_commits": "repository_key varchar, sha varchar, is_merge boolean",
    "int_change_commits": "outcome_id varchar, repository_key varchar, sha varchar, on_default_branch boolean",
    "int_pull_requests": "outcome_id varchar, added_lines bigint, deleted_lines bigint",
    "int_changes": "outcome_id varchar",
    "int_closed_issues": "outcome_id varchar, issue_id varchar",
    "int_outcome_links": "outcome_id varchar, related_outcome_id varchar, relation varchar",
    "int_issues": """outcome_id varchar, issue_type varchar, labels varchar[], is_own boolean, is_subtask boolean,
        is_container boolean""",
    "int_reverts": "reverting_id varchar, reverted_id varchar",
    "int_revert_lines": "outcome_id varchar, reverting_id varchar",
    "int_outcome_events": """outcome_id varchar, outcome_type varchar, person_key varchar, team_id varchar,
        repository_key varchar, project varchar, is_bot boolean, opened_at timestamp, shipped_at timestamp,
        state varchar, survival varchar""",
}
# Who owns an outcome is another subject; here it is said.
_OUTCOMES = """
    select events.*, bearers.bearer_id is not null as carries_value
    from intermediate.int_outcome_events as events
    left join (select distinct bearer_id from intermediate.int_value_bearers) as bearers
        on events.outcome_id = bearers.bearer_id
"""


@dataclass(frozen=True)
class Change:
    name: str
    person: str
    shipped: datetime
    files: tuple[tuple[str, int, int], ...]  # path, added, deleted
    issues: tuple[str, ...] = ()
    undone: bool = False

    @property
    def lines(self) -> int:
        return sum(added + deleted for _, added, deleted in self.files)


@dataclass(frozen=True)
class Issue:
    name: str
    person: str
    opened: datetime
    shipped: datetime
    kind: str = "Story"
    labels: tuple[str, ...] = ()
    parent: str | None = None
    is_subtask: bool = False


@dataclass(frozen=True)
class World:
    changes: tuple[Change, ...] = ()
    issues: tuple[Issue, ...] = ()
    order: int | None = field(default=None, compare=False)  # how its rows arrive, and those of each model

    def plus(self, changes: Iterable[Change] = (), issues: Iterable[Issue] = ()) -> World:
        return World((*self.changes, *changes), (*self.issues, *issues))


class Models(dict[str, str]):
    """The value models as dbt writes them for the engine, by name."""

    def __repr__(self) -> str:
        return "Models()"


def compiled(folder: Path) -> Models:
    return Models(sql(folder, [model for model in _MODELS if model != "int_outcomes"]), int_outcomes=_OUTCOMES)


def values(models: Models, world: World) -> dict[str, float]:
    """The value of every outcome that carries any."""
    return _made(models, world, "select outcome_id, value_units from intermediate.int_outcome_value")


def unrounded(models: Models, world: World) -> dict[str, float]:
    """What every change is worth, before it is rounded, and how much work survives."""
    return _made(
        models,
        world,
        "select outcome_id, units from intermediate.int_change_worth"
        " union all select 'survival', survival_rate from intermediate.int_survival_rate",
    )


def _made(models: Models, world: World, query: str) -> dict[str, float]:
    with duckdb.connect(config={"threads": 1}) as connection:
        connection.execute("create schema intermediate; create schema staging")
        rows = _rows(world)
        for table, columns in _COLUMNS.items():
            schema = "staging" if table.startswith("stg_") else "intermediate"
            connection.execute(f"create table {schema}.{table} ({columns})")
            given = rows.get(table, [])
            if world.order is not None:
                random.Random(world.order).shuffle(given)
            _insert(connection, f"{schema}.{table}", given)
        for seed in ("value_rules", "path_kinds", "kinds_of_work"):
            file = str(project_dir() / "seeds" / f"{seed}.csv")
            types = {"valid_from": "DATE", "valid_to": "DATE"} if seed == "value_rules" else None
            connection.read_csv(file, dtype=types).create(f"intermediate.{seed}")
        for model in _MODELS:
            connection.execute(f"create table made as {models[model]}")
            shuffled = f" order by hash(rowid, {world.order})" if world.order is not None else ""
            connection.execute(f"create table intermediate.{model} as from made{shuffled}; drop table made")
        found = connection.execute(query).fetchall()
    return {outcome: float(units) for outcome, units in found}


def _insert(connection: duckdb.DuckDBPyConnection, table: str, rows: Sequence[Sequence[Any]]) -> None:
    if rows:
        marks = ", ".join("(" + ", ".join("?" * len(row)) + ")" for row in rows)
        connection.execute(f"insert into {table} values {marks}", [cell for row in rows for cell in row])


def _rows(world: World) -> dict[str, list[list[Any]]]:
    changes, issues = world.changes, world.issues
    undone = [change for change in changes if change.undone]
    names = sorted({path for change in changes for path, _, _ in change.files})
    return {
        "stg_names": [["path", name, name] for name in names],
        "stg_git__commit_files": [
            ["shop", change.name, path, added, deleted, None, None, None]
            for change in changes
            for path, added, deleted in change.files
        ],
        "int_repositories": [["shop", "shop"]],
        "int_commits": [["shop", change.name, False] for change in changes],
        "int_change_commits": [[change.name, "shop", change.name, True] for change in changes],
        "int_changes": [[change.name] for change in changes] + [[f"revert of {change.name}"] for change in undone],
        "int_closed_issues": [[change.name, issue] for change in changes for issue in change.issues],
        "int_outcome_links": [[issue.name, issue.parent, "part_of"] for issue in issues if issue.parent],
        "int_issues": [
            [issue.name, issue.kind, list(issue.labels), True, issue.is_subtask, issue.kind.lower() == "epic"]
            for issue in issues
        ],
        "int_reverts": [[f"revert of {change.name}", change.name] for change in undone],
        "int_revert_lines": [[change.name, f"revert of {change.name}"] for change in undone],
        "int_outcome_events": [
            *(_event(change, "change", "undone" if change.undone else None) for change in changes),
            *(_event(replace(change, name=f"revert of {change.name}", shipped=END), "change") for change in undone),
            *(_event(issue, "issue") for issue in issues),
        ],
    }


def _event(outcome: Change | Issue, kind: str, undone: str | None = None) -> list[Any]:
    survived = outcome.shipped + timedelta(days=21) <= END
    return [
        *(outcome.name, kind, outcome.person, "core"),
        *((None, "SHOP") if kind == "issue" else ("shop", None)),
        *(False, outcome.opened if isinstance(outcome, Issue) else outcome.shipped, outcome.shipped),
        *(undone or "shipped", undone or ("survived" if survived else "pending")),
    ]
