"""How right the signals are about people, where the truth is known.

`python benchmarks/signals.py --seeds 6` stages organisations in which a few people do each of the things that signals
see, among look-alikes, and prints for every signal: precision at the threshold, recall, and the area under the ROC
over people; and how often each look-alike is taken for something. Whoever does something else for show is left
out of the others' negatives, but counted as crosstalk: a loop that runs at night is seen by two signals, rightly.

A person's score is the second highest of a signal's weeks, so that one odd week is none. Someone counts as doing
it who did so in at least three weeks with at least 1.2 times the usual.
"""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import Annotated

import duckdb
import pandas as pd
import typer
from rich.console import Console
from rich.table import Table

from benchmarks.organisations import organisation
from benchmarks.staged import SIGNALS, VALUE
from tokenworth.simulate.behaviours import OUTCOME_GAMING, USAGE_GAMING
from tokenworth.simulate.staged import scenario_named

THRESHOLD = 0.5
AIMS = {"precision": 0.85, "auc": 0.90}

_SCORES = """
with ranked as (
    select person_key, signal, score, row_number() over (partition by person_key, signal order by score desc) as place
    from marts.fct_signals
)
select person_key, signal, score from ranked where place = 2
"""
_PEOPLE = "select distinct person_key from intermediate.int_signal_people"
_DOING = """
select person_key, behaviour, count(*) filter (strength >= 1.2 and events > 0) >= 3 as counts
from truth.gaming group by all
"""
# Everybody of the team while the episode lasts, or those whom it is about.
_LOOK_ALIKES = """
with concerned as (
    select distinct episodes.kind, episodes.first_week, episodes.last_week, weeks.person_key
    from truth.episodes as episodes
    inner join truth.person_weeks as weeks
        on weeks.week_start between episodes.first_week and episodes.last_week and weeks.team_id = episodes.team_id
    where (len(episodes.people) = 0 or list_contains(episodes.people, weeks.person_key))
        and weeks.person_key not in (select person_key from truth.gaming)
),

twice as (
    select person_key, signal, week_start,
        least(score, lag(score) over (partition by person_key, signal order by week_start)) as score
    from marts.fct_signals
)

select concerned.kind, concerned.person_key, max(coalesce(twice.score, 0)) as score,
    arg_max(twice.signal, twice.score) as signal
from concerned
left join twice
    on concerned.person_key = twice.person_key
    and twice.week_start between concerned.first_week and concerned.last_week
group by all
"""


def _people(connection: duckdb.DuckDBPyConnection) -> pd.DataFrame:
    """A row a person and signal: score, whether the person does it, and whether they do anything for show."""
    scores = connection.sql(_SCORES).df()
    doing = connection.sql(_DOING).df()
    people = connection.sql(_PEOPLE).df()
    signals = pd.DataFrame({"signal": [*USAGE_GAMING, *OUTCOME_GAMING]})
    rows = people.merge(signals, how="cross").merge(scores, on=["person_key", "signal"], how="left")
    rows = rows.fillna({"score": 0.0}).merge(
        doing.rename(columns={"behaviour": "signal"}), on=["person_key", "signal"], how="left"
    )
    rows["planted"] = rows["counts"].notna()
    rows["does_it"] = rows["counts"].eq(True)
    rows["does_other"] = rows["person_key"].isin(doing["person_key"]) & ~rows["planted"]
    return rows


def score_signals(people: pd.DataFrame) -> pd.DataFrame:
    """Precision, recall and area under the ROC of every signal, and how many others it flags."""
    found = []
    for signal, rows in people.groupby("signal", sort=False):
        judged = rows[rows["does_it"] | ~(rows["planted"] | rows["does_other"])]
        does, score = judged["does_it"].to_numpy(), judged["score"].to_numpy()
        flagged = score >= THRESHOLD
        ranks, positives = judged["score"].rank().to_numpy(), int(does.sum())
        negatives = len(does) - positives
        area = (ranks[does].sum() - positives * (positives + 1) / 2) / max(positives * negatives, 1)
        others = rows[rows["does_other"]]
        found.append(
            {
                "signal": signal,
                "people": positives,
                "flagged": int(flagged.sum()),
                "precision": float((flagged & does).sum() / max(int(flagged.sum()), 1)),
                "recall": float((flagged & does).sum() / max(positives, 1)),
                "auc": float(area),
                "false_rate": float((flagged & ~does).sum() / max(negatives, 1)),
                "crosstalk": float((others["score"] >= THRESHOLD).mean()) if len(others) else 0.0,
            }
        )
    return pd.DataFrame(found)


def _print(signals: pd.DataFrame, look_alikes: pd.DataFrame, console: Console) -> None:
    table = Table(title="Signals, over people", title_justify="left")
    for column in ("signal", "do it", "flagged", "prec.", "recall", "AUC", "false", "cross"):
        table.add_column(column, justify="left" if column == "signal" else "right", no_wrap=True)
    for row in signals.to_dict("records"):
        cells = [f"{v:.3f}" if isinstance(v, float) else str(v) for v in row.values()]
        kept = row["precision"] >= AIMS["precision"] and row["auc"] >= AIMS["auc"]
        table.add_row(*cells, style=None if kept else "yellow")
    console.print(table)
    table = Table(title="Look-alikes: people whom any signal flags while it lasts", title_justify="left")
    for column in ("look-alike", "people", "flagged", "mostly by"):
        table.add_column(column, justify="left" if column in ("look-alike", "mostly by") else "right")
    for kind, rows in look_alikes.groupby("kind"):
        flagged = rows[rows["score"] >= THRESHOLD]
        mostly = flagged["signal"].mode().iloc[0] if len(flagged) else "-"
        table.add_row(str(kind), str(len(rows)), f"{len(flagged) / len(rows):.0%}", mostly)
    console.print(table)


def main(
    seeds: Annotated[int, typer.Option(help="Organisations to stage.")] = 6,
    first_seed: Annotated[int, typer.Option(help="The first seed.")] = 101,
    scenario: Annotated[str, typer.Option(help="Which organisation.")] = "every_signal",
    exports: Annotated[bool, typer.Option("--exports", help="Through exports, load and build: minutes each.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead of tables.")] = False,
) -> None:
    """Score every signal over seeds."""
    people, look_alikes = [], []
    with tempfile.TemporaryDirectory() as folder:
        for seed in range(first_seed, first_seed + seeds):
            chosen = scenario_named(scenario)
            with organisation(chosen, Path(folder), (*VALUE, *SIGNALS), seed=seed, exports=exports) as connection:
                people.append(_people(connection))
                look_alikes.append(connection.sql(_LOOK_ALIKES).df())
    signals, benign = score_signals(pd.concat(people)), pd.concat(look_alikes)
    if as_json:
        rates = benign.assign(flagged=benign["score"] >= THRESHOLD).groupby("kind")["flagged"].mean()
        typer.echo(json.dumps({"signals": signals.to_dict("records"), "look_alikes": rates.to_dict()}, indent=2))
    else:
        _print(signals, benign, Console())


if __name__ == "__main__":
    typer.run(main)
