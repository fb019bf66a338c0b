"""A synthetic organisation of a scenario, and how it is written straight into a warehouse, for scoring over many seeds.

    scenarios     what is planted where; `episodes` are the benign ones
    people        teams of different sizes and rhythms, people who join, leave and move
    work          changes, issues, reviews and lines; `gamed_work` those made for show
    sessions      who sat down when and what for; `gamed_usage` what was made for show
    requests      the requests of every session, drawn at once; `prices` what they cost
    drawn         all of that as one; `tokenworth.simulate.planted` writes it as exports instead
    tables        the tables that dbt's models of value, ledger, signals and verdicts read
    truth         what is true, in a schema of its own that no model reads

The same seed gives the same rows.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from tokenworth.settings import Settings
from tokenworth.simulate.chance import stream
from tokenworth.simulate.staged.drawn import draw
from tokenworth.simulate.staged.scenarios import SCENARIOS, Scenario, scenario_named
from tokenworth.simulate.staged.tables import write_tables
from tokenworth.simulate.staged.truth import write_truth
from tokenworth.warehouse import open_warehouse

__all__ = ["SCENARIOS", "Scenario", "Staged", "scenario_named", "stage"]


@dataclass(frozen=True)
class Staged:
    """What was written."""

    database: Path
    people: int
    requests: int
    changes: int
    issues: int


def stage(
    settings: Settings,
    scenario: Scenario,
    *,
    seed: int = 7,
    people: int = 400,
    teams: int = 60,
    weeks: int = 26,
    sessions_a_day: float = 1.5,
    end: date = date(2026, 3, 1),
) -> Staged:
    """Writes the organisation of a scenario and its truth into the settings' warehouse; raises as `draw` does."""
    drawn = draw(scenario, seed=seed, people=people, teams=teams, weeks=weeks, sessions_a_day=sessions_a_day, end=end)
    settings.warehouse.mkdir(parents=True, exist_ok=True)
    with open_warehouse(settings) as connection:
        write_tables(connection, drawn, stream(seed, "tables"))
        write_truth(connection, drawn)
    requests, work = int(drawn.requests["is_seen"].sum()), drawn.work
    return Staged(settings.database, drawn.org.people, requests, len(work.changes), len(work.issues))
