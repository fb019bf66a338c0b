"""How right the verdicts on teams are, beside the naive rules, where the truth is known.

`python -m benchmarks.divergence --seeds 30` stages organisations of every scenario, builds the models up to
`fct_divergence`, and prints for each scenario and rule: the share of weeks in which any team is flagged, precision and
recall at the last week, recall of the teams whose usage was raised at least twofold, and the median of weeks from the
beginning to the first flag; and how often each look-alike is flagged while it is there.

A team diverges where at least a quarter of its people game with a strength of 1.2 or more, and has from the first
such week on. Teams in which somebody did in the last four weeks, but not so many, count neither as right nor as wrong.

The naive rules, of the last four weeks up to a week: the top tenth of teams by tokens; more than twice the mean cost
per outcome; more than 1.25 times the tokens per outcome in the second half of all weeks than in the first; tokens per
outcome more than two standard deviations above the teams' mean.
"""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import pandas as pd
import typer
from rich.console import Console
from rich.table import Table

from benchmarks.organisations import organisation
from benchmarks.staged import SIGNALS, VALUE, VERDICTS
from tokenworth.simulate.staged import scenario_named

SCENARIOS = ("clean", "look_alikes", "usage_gaming", "outcome_gaming", "mixed", "subtle")
FIRST_WEEK = 7  # before the eighth there is no verdict

_TRUTH = """
with members as (
    select team_id, week_start, count(*) as people from intermediate.int_team_week_members group by all
),
gaming as (
    select team_id, week_start, count(distinct person_key) as people
    from truth.gaming where strength >= 1.2 group by all
)
select members.team_id, members.week_start, coalesce(gaming.people, 0) / members.people >= 0.25 as diverges,
    coalesce(gaming.people, 0) > 0 as touched, coalesce(factors.usage_factor, 1) as factor, episodes.kind as look_alike
from members
left join gaming using (team_id, week_start)
left join truth.team_weeks as factors using (team_id, week_start)
left join truth.episodes as episodes
    on members.team_id = episodes.team_id and members.week_start >= episodes.first_week
    and members.week_start <= episodes.last_week + 14
qualify row_number() over (partition by members.team_id, members.week_start order by episodes.first_week desc) = 1
order by members.team_id, members.week_start
"""
_VERDICTS = (
    "select team_id, week_start, verdict = 'divergent' as tokenworth, gap_low, gap_high from marts.fct_divergence"
)
_NAIVE = """
with used as (
    select team_id, date_trunc('week', usage_date) as week_start, sum(total_tokens) as tokens, sum(cost_usd) as cost_usd
    from marts.fct_usage group by all
),
shipped as (
    select team_id, date_trunc('week', shipped_at) as week_start, count(*) as outcomes
    from marts.fct_outcomes where carries_value and shipped_at is not null and not is_bot group by all
),
team_weeks as (
    select team_id, week_start, coalesce(tokens, 0) as tokens, coalesce(cost_usd, 0) as cost_usd,
        coalesce(outcomes, 0) as outcomes
    from (select distinct team_id, week_start from intermediate.int_team_week_members)
    left join used using (team_id, week_start) left join shipped using (team_id, week_start)
),
weeks as (
    select team_id, week_start, sum(tokens) over recent as tokens, sum(cost_usd) over recent as cost_usd,
        sum(outcomes) over recent as outcomes, row_number() over (partition by team_id order by week_start) as place,
        list(tokens) over so_far as all_tokens, list(outcomes) over so_far as all_outcomes
    from team_weeks
    window recent as (partition by team_id order by week_start rows between 3 preceding and current row),
        so_far as (partition by team_id order by week_start rows unbounded preceding)
),
ratios as (
    select *, cost_usd / greatest(outcomes, 1) as cost_per_outcome,
        tokens / greatest(outcomes, 1) as tokens_per_outcome,
        list_sum(all_tokens[place // 2 + 1 :]) / greatest(list_sum(all_outcomes[place // 2 + 1 :]), 1) as later,
        list_sum(all_tokens[: place // 2]) / greatest(list_sum(all_outcomes[: place // 2]), 1) as earlier
    from weeks
)
select team_id, week_start,
    percent_rank() over (partition by week_start order by tokens desc) < 0.1 as "token top decile",
    cost_per_outcome > 2 * sum(cost_usd) over (partition by week_start) / sum(outcomes) over (partition by week_start)
        as "twice the mean cost per outcome",
    later > 1.25 * earlier as "split-half 1.25x",
    tokens_per_outcome > avg(tokens_per_outcome) over (partition by week_start)
        + 2 * stddev_samp(tokens_per_outcome) over (partition by week_start) as "z-score of tokens per outcome"
from ratios
"""
RULES = (
    "tokenworth", "token top decile", "twice the mean cost per outcome", "split-half 1.25x",
    "z-score of tokens per outcome",
)  # fmt: skip


def judge(
    scenario: str, seed: int, folder: Path, people: int, teams: int, weeks: int, *, exports: bool = False
) -> pd.DataFrame:
    """Every team and week of an organisation: what is true, and what each rule says."""
    sizes = {"people": people, "teams": teams, "weeks": weeks}
    models = (*VALUE, *SIGNALS, *VERDICTS)
    with organisation(scenario_named(scenario), folder, models, seed=seed, exports=exports, **sizes) as connection:
        truth, verdicts, naive = (connection.sql(query).df() for query in (_TRUTH, _VERDICTS, _NAIVE))
    found = truth.merge(verdicts, on=["team_id", "week_start"]).merge(naive, on=["team_id", "week_start"], how="left")
    found[list(RULES)] = found[list(RULES)].fillna(False).astype(bool)
    found["week"] = found["week_start"].rank(method="dense").astype(int) - 1
    found = found.sort_values(["team_id", "week"])
    by_team = found.groupby("team_id")
    found["touched"] = by_team["touched"].transform(lambda t: t.rolling(4, min_periods=1).max()).astype(bool)
    found["factor"] = by_team["factor"].transform(lambda f: f.rolling(6, min_periods=1).mean())
    return found[found["week"] >= FIRST_WEEK].assign(seed=seed, scenario=scenario)


def score(weeks: pd.DataFrame, rule: str) -> dict[str, Any]:
    """Of one scenario and rule, over all its seeds."""
    flagged, diverges = weeks[rule], weeks["diverges"]
    last = weeks["week"] == weeks["week"].max()
    right, wrong = flagged & (diverges | weeks["touched"]), flagged & ~diverges & ~weeks["touched"]
    twofold = diverges & (weeks["factor"] >= 2)

    def share(part: pd.Series, of: pd.Series) -> float | None:
        return float(part.sum() / of.sum()) if of.sum() else None

    planted = weeks[weeks["diverges"]]
    begins = planted.groupby(["seed", "team_id"])["week"].min().rename("begins")
    found = weeks[flagged].merge(begins.reset_index(), on=["seed", "team_id"])
    found = found[found["week"] >= found["begins"]].groupby(["seed", "team_id"]).agg({"week": "min", "begins": "first"})
    delays = (found["week"] - found["begins"]).to_numpy()
    return {
        "rule": rule,
        "weeks with any flag": float(flagged.groupby([weeks["seed"], weeks["week"]]).any().mean()),
        "precision": share(right & last, flagged & last),
        "recall": share(flagged & diverges & last, diverges & last),
        "recall of twofold": share(flagged & twofold & last, twofold & last),
        "median delay, weeks": float(np.median(delays)) if len(delays) else None,
        "precision, all weeks": share(right, right | wrong),
    }


def look_alikes(weeks: pd.DataFrame) -> dict[str, float]:
    """How often each look-alike is flagged, until two weeks after it, in teams in which nobody games."""
    benign = weeks[weeks["look_alike"].notna() & ~weeks["touched"]]
    return {str(kind): float(rate) for kind, rate in benign.groupby("look_alike")["tokenworth"].mean().items()}


def coverage(weeks: pd.DataFrame) -> float | None:
    """How often the 90% interval of a team without gaming and look-alike holds zero."""
    plain = weeks[weeks["gap_low"].notna() & ~weeks["touched"] & weeks["look_alike"].isna()]
    return float(((plain["gap_low"] <= 0) & (plain["gap_high"] >= 0)).mean()) if len(plain) else None


def _print(results: dict[str, Any], console: Console) -> None:
    for scenario, result in results.items():
        table = Table(title=f"{scenario}: {result['seeds']} organisations", title_justify="left")
        for column in result["rules"][0]:
            table.add_column(column, justify="left" if column == "rule" else "right")
        for row in result["rules"]:
            table.add_row(*("-" if v is None else f"{v:.2f}" if isinstance(v, float) else str(v) for v in row.values()))
        console.print(table)
        if result["look_alikes"]:
            console.print("flagged: " + ", ".join(f"{k} {v:.1%}" for k, v in result["look_alikes"].items()))
        if result["coverage"] is not None:
            console.print(f"90% intervals of teams without gaming that hold zero: {result['coverage']:.2f}\n")


def main(
    seeds: Annotated[int, typer.Option(help="Organisations of each scenario.")] = 30,
    first_seed: Annotated[int, typer.Option(help="The first seed.")] = 201,
    scenario: Annotated[list[str], typer.Option(help="Which scenarios; all without it.")] = list(SCENARIOS),  # noqa: B006
    people: Annotated[int, typer.Option(help="People of an organisation.")] = 400,
    teams: Annotated[int, typer.Option(help="Teams of an organisation.")] = 60,
    weeks: Annotated[int, typer.Option(help="Weeks of history.")] = 26,
    exports: Annotated[bool, typer.Option("--exports", help="Through exports, load and build: minutes each.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead of tables.")] = False,
) -> None:
    """Score the verdicts on teams over seeds of every scenario."""
    results: dict[str, Any] = {}
    with tempfile.TemporaryDirectory() as folder:
        for name in scenario:
            judged = [
                judge(name, first_seed + i, Path(folder), people, teams, weeks, exports=exports) for i in range(seeds)
            ]
            everything = pd.concat(judged, ignore_index=True)
            results[name] = {
                "seeds": seeds,
                "rules": [score(everything, rule) for rule in RULES],
                "look_alikes": look_alikes(everything),
                "coverage": coverage(everything),
            }
    if as_json:
        typer.echo(json.dumps(results, indent=2))
    else:
        _print(results, Console())


if __name__ == "__main__":
    typer.run(main)
