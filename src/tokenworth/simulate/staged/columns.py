"""Columns as the warehouse words them, and how a table is written."""

from __future__ import annotations

import duckdb
import numpy as np
import pandas as pd

from tokenworth.simulate.staged.people import Floats, Organisation


def moments(org: Organisation, days: pd.Series | Floats) -> pd.Series:
    """Timestamps, to the millisecond, of days since the first."""
    milliseconds = np.round(np.asarray(days, dtype=np.float64) * 86_400_000)
    since = np.where(np.isnan(milliseconds), "NaT", "0").astype("timedelta64[ms]")
    since = np.where(np.isnan(milliseconds), since, np.nan_to_num(milliseconds).astype("timedelta64[ms]"))
    found: pd.Series = pd.Series(np.datetime64(org.first_day, "ms") + since)
    return found


def people_keys(person: pd.Series | np.ndarray) -> pd.Series:
    """Pseudonyms; NULL for nobody. A bot is a person of its own."""
    return pd.Series(person).map(lambda p: f"p{p:04d}" if p >= 0 else None)


def team_ids(team: pd.Series | np.ndarray) -> pd.Series:
    return pd.Series(team).map(lambda t: f"team-{t:02d}" if t >= 0 else None)


def table(connection: duckdb.DuckDBPyConnection, name: str, query: str, **frames: pd.DataFrame) -> None:
    for frame_name, frame in frames.items():
        connection.register(frame_name, frame)
    connection.execute(f"create or replace table {name} as {query}")
    for frame_name in frames:
        connection.unregister(frame_name)
