"""How long the verdicts of a very large company take: every week of 85,000 people in 9,000 teams and 26 weeks.

`python -m benchmarks.divergence_at_scale` draws the four frames that dbt hands to `tokenworth.divergence.verdicts`
(three rows a person and week: work that stands, work settled two weeks later, no known work; an outcome a week), lets
one team in a hundred spend three times as much from two thirds of the time on, and prints the seconds of processor and
of the clock, the most memory, and of how many teams each verdict was given in the last week. Drawing is not counted.
"""

from __future__ import annotations

import resource
import time
from datetime import date
from typing import Annotated

import numpy as np
import pandas as pd
import typer

from tokenworth.divergence import verdicts
from tokenworth.simulate.behaviours import OUTCOME_GAMING, USAGE_GAMING

_MONDAY = np.datetime64(date(2025, 9, 1), "s")
_WEEK = np.timedelta64(7, "D")
_NEVER = np.datetime64("NaT", "s")


def frames(people: int, teams: int, weeks: int, seed: int) -> tuple[pd.DataFrame, ...]:
    """Usage, outcomes, members and signals, as the models have them."""
    rng = np.random.default_rng(seed)
    person, week = (index.ravel() for index in np.indices((people, weeks)))
    team = np.sort(rng.integers(0, teams, people))
    keys, team_ids = (np.array([f"{kind}{i:06d}" for i in range(n)]) for kind, n in (("p", people), ("team-", teams)))
    starts = _MONDAY + np.arange(weeks) * _WEEK
    spent = rng.lognormal(3, 0.7, people)[person] * rng.lognormal(0, 0.5, len(person))
    spent *= np.where((team[person] % 100 == 0) & (week >= weeks * 2 // 3), 3, 1)
    settled = np.append(starts, [_NEVER, _NEVER])
    parts = [
        pd.DataFrame(
            {
                "person_key": keys[person],
                "week_start": starts[week],
                "opened_week": starts[week] if has_worth else _NEVER,
                "settled_week": settled[week + later],
                "undone_week": _NEVER,
                "has_worth": has_worth,
                "is_explained": False,
                "cost_usd": spent * share,
                "volume": spent * share * 1e5,
            }
        )
        for share, later, has_worth in ((0.4, 0, True), (0.3, 2, True), (0.3, 0, False))
    ]
    shipped = np.repeat(np.arange(len(person)), rng.poisson(1.0, len(person)))
    outcomes = pd.DataFrame(
        {
            "person_key": keys[person[shipped]],
            "shipped_on": starts[week[shipped]] + rng.integers(0, 5, len(shipped)).astype("timedelta64[D]"),
            "undone_on": _NEVER,
            "worth": rng.lognormal(0, 0.7, len(shipped)),
        }
    )
    members = pd.DataFrame({"person_key": keys[person], "team_id": team_ids[team[person]], "week_start": starts[week]})
    seen = rng.choice(len(person), len(person) // 50, replace=False)
    signals = pd.DataFrame(
        {
            "person_key": keys[person[seen]],
            "week_start": starts[week[seen]],
            "signal": rng.choice([*USAGE_GAMING, *OUTCOME_GAMING], len(seen)),
            "score": rng.uniform(0.4, 1, len(seen)),
        }
    )
    return pd.concat(parts, ignore_index=True), outcomes, members, signals


def main(
    people: Annotated[int, typer.Option(help="People.")] = 85_000,
    teams: Annotated[int, typer.Option(help="Teams.")] = 9_000,
    weeks: Annotated[int, typer.Option(help="Weeks.")] = 26,
    seed: Annotated[int, typer.Option(help="The seed.")] = 1,
) -> None:
    """Time the verdicts of all weeks."""
    drawn = frames(people, teams, weeks, seed)
    processor, clock = time.process_time(), time.perf_counter()
    found = verdicts(*drawn)
    processor, clock = time.process_time() - processor, time.perf_counter() - clock
    last = found.loc[found["week_start"] == found["week_start"].max(), "verdict"].value_counts().to_dict()
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    typer.echo(f"{len(found):,} verdicts: {processor:.0f} s of processor, {clock:.0f} s, {memory:.1f} GB at the most")
    typer.echo(f"last week: {', '.join(f'{count:,} {verdict}' for verdict, count in last.items())}")


if __name__ == "__main__":
    typer.run(main)
