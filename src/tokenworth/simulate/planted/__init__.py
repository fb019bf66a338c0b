"""A scenario as exports: gaming of usage and of outcomes, and what only looks like it, in real formats.

Everything is drawn by `tokenworth.simulate.staged`, so that a behaviour is the same thing in the tables over which
verdicts are scored and in the files that are loaded.

    people    names, accounts and tools of the drawn people; repositories of their teams
    work      what they changed, as a plan that `history` replays into commits and pull requests
    usage     what their logs hold

The formats are those of `exports`; beside them the vendor's own report, and the prices that change meanwhile.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import numpy as np
import pandas as pd

from tokenworth.simulate.chance import stream
from tokenworth.simulate.exports import anthropic, claude_code, git, github, jira, litellm, otel
from tokenworth.simulate.exports import people as people_files
from tokenworth.simulate.planted.people import name_people
from tokenworth.simulate.planted.truth import write_planted
from tokenworth.simulate.planted.usage import write_down
from tokenworth.simulate.planted.work import plan_work
from tokenworth.simulate.staged import prices
from tokenworth.simulate.staged.drawn import Drawn, draw, vendor_days
from tokenworth.simulate.staged.scenarios import Scenario
from tokenworth.simulate.truth import write_truth
from tokenworth.simulate.zone import Summary, Zone, refuse_used

__all__ = ["simulate_scenario"]

_PRICES = ["provider", "model_pattern", "token_class", "usd_per_million", "valid_from", "valid_to"]


def simulate_scenario(
    out: Path,
    scenario: Scenario,
    *,
    truth: Path,
    seed: int = 7,
    people: int = 60,
    teams: int = 9,
    weeks: int = 26,
    sessions_a_day: float = 1.5,
    end: date = date(2026, 3, 1),
) -> Summary:
    """Writes the exports of a scenario into the empty folder `out`, and what is true of it into `truth`.

    Beside the truth of `simulate`: gaming.csv (who does what in which week, how strongly), episodes.csv (what only
    looks like it), person_weeks.csv and team_weeks.csv (what people and teams cost, and would have cost without).
    Raises UsageError as `draw` does, where `out` holds anything, and where `truth` lies inside it.
    """
    refuse_used(out, truth)
    drawn = draw(scenario, seed=seed, people=people, teams=teams, weeks=weeks, sessions_a_day=sessions_a_day, end=end)
    organisation = name_people(drawn.org, stream(seed, "names"))
    work, tasks = plan_work(drawn, organisation, stream(seed, "history"))
    usage, cost_usd = write_down(drawn, organisation, tasks, stream(seed, "logs"))
    first_day, fetched = drawn.org.first_day, datetime.combine(end + timedelta(days=1), time(6), UTC)
    zone = Zone(out, fetched)
    people_files.write(zone, organisation, usage.sessions)
    git.write(zone, work)
    now = fetched.replace(tzinfo=None)
    github.write(zone, work, now - timedelta(weeks=weeks // 2), now)
    jira.write(zone, work)
    claude_code.write(zone, usage, stream(seed, "claude_code"))
    otel.write(zone, usage, cost_usd)
    litellm.write(zone, usage, cost_usd, first_day, end)
    anthropic.write(zone, organisation.employees, _reported(drawn, seed), first_day)
    _write_prices(zone, drawn)
    total = write_truth(truth, organisation, work, usage, zone, (first_day, end))
    write_planted(truth, drawn, ("gaming", "episodes", "person_weeks", "team_weeks"))
    return Summary(
        landing=out,
        truth=truth,
        files=len(zone.files),
        bytes=zone.settle(),
        people=drawn.org.people,
        requests=total["requests"],
        total_tokens=total["total"],
        pull_requests=len(work.pull_requests),
        issues=len(work.issues),
    )


def _reported(drawn: Drawn, seed: int) -> pd.DataFrame:
    names = np.array([model.name for model in prices.MODELS])
    return vendor_days(drawn, stream(seed, "vendor")).assign(model_name=lambda rows: names[rows["model"]])


def _write_prices(zone: Zone, drawn: Drawn) -> None:
    """The rates of the model whose price changes, from that day on."""
    book = prices.price_table(pd.Timestamp(drawn.org.first_day), drawn.org.days)
    changed = book[(book["valid_from"] > "1970-01-01")]
    rows = [
        [
            row["provider"],
            row["price_model"],
            token_class,
            round(row[f"{token_class}_usd_per_mtok"], 6),
            row["valid_from"],
            "",
        ]
        for row in changed.to_dict("records")
        for token_class in ("input", "cache_read", "cache_write_5m", "cache_write_1h", "output")
    ]
    zone.table("prices", "prices/overrides.csv", _PRICES, rows)
