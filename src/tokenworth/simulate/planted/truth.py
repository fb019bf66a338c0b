"""What is true of planted gaming and look-alikes, as files."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import duckdb

from tokenworth.simulate.staged import truth as planted
from tokenworth.simulate.staged.drawn import Drawn
from tokenworth.warehouse import literal


def write_planted(folder: Path, drawn: Drawn, tables: Sequence[str]) -> None:
    """Writes these of gaming, episodes, person_weeks and team_weeks as CSV, one file a table."""
    with duckdb.connect() as connection:
        connection.execute("create schema truth")
        planted.write_truth(connection, drawn)
        for name in tables:
            connection.execute(f"copy (from truth.{name} order by all) to {literal(folder / f'{name}.csv')} (header)")
