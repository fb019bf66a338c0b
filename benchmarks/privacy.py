"""What an organisation still sees of itself where nobody may be recognised.

`python benchmarks/privacy.py` simulates 400 people in about 60 teams (or takes `--warehouse DIR`, as a run left it) and
prints how much of what was spent and shipped is published: under the team itself, with one or two other small teams of
its parent, with all small ones of its parent, with those of the organisation, or not at all. Weeks that are not closed
are not in it.

A team's week of fewer than min_group people cannot stand under the team whatever is done; how much of the cost that is
stands beside it.
"""

from __future__ import annotations

import tempfile
from contextlib import nullcontext
from pathlib import Path
from typing import Annotated

import duckdb
import typer
from rich.console import Console
from rich.table import Table

from tokenworth.pipeline import run
from tokenworth.settings import read_settings
from tokenworth.simulate import simulate
from tokenworth.warehouse import literal

_WHERE = """
case
    when {team} in (select team_id from warehouse.marts.dim_team) then '1 the team'
    when {team} like '(other of %: %' then '2 a few small teams of its parent'
    when {team} <> '(other of organisation)' then '3 all small teams of its parent'
    else '4 small teams of the organisation'
end
"""
_SPENT = f"""
with told as (
    select {_WHERE.format(team="team_id")} as place, cost_usd, total_tokens, null as value_units
    from warehouse.publication.fct_team_week where total_tokens is not null and total_tokens > 0
    union all
    select {_WHERE.format(team="team_id")}, null, null, value_units
    from warehouse.publication.fct_team_week where value_units is not null and outcomes_shipped > 0
),
weeks as (select distinct week_start from warehouse.publication.fct_team_week),
whole as (
    select sum(cost_usd) as cost_usd, sum(total_tokens) as total_tokens, sum(value_units) as value_units
    from warehouse.marts.fct_team_week semi join weeks using (week_start)
)
select place, sum(told.cost_usd) / any_value(whole.cost_usd), sum(told.total_tokens) / any_value(whole.total_tokens),
    sum(told.value_units) / any_value(whole.value_units)
from told cross join whole group by place order by place
"""
# The most that could stand under the teams themselves.
_POSSIBLE = """
with weeks as (
    select sum(cost_usd) as cost_usd, sum(total_tokens) as total_tokens, count(distinct person_key) as people
    from warehouse.marts.fct_usage group by team_id, date_trunc('week', usage_date)
)
select sum(case when people >= $1 then cost_usd end) / sum(cost_usd),
    sum(case when people >= $1 then total_tokens end) / sum(total_tokens)
from weeks
"""
_DAYS = """
select sum(cost_usd) / $1, sum(case when model is distinct from '(other)' then cost_usd end) / $1
from warehouse.publication.fct_team_usage_daily
"""
_MONTHS = """
select (select sum(cost_usd) from warehouse.publication.fct_container_month
        where container_type = 'repository' and container <> '(other)')
    / (select sum(cost_usd) from warehouse.marts.fct_container_month where container_type = 'repository')
"""


def main(
    warehouse: Annotated[Path | None, typer.Option(help="Folder of a warehouse, as a run left it.")] = None,
    people: Annotated[int, typer.Option(help="People to simulate; about 6.7 are in a team.")] = 400,
    weeks: Annotated[int, typer.Option(help="Weeks to simulate.")] = 6,
) -> None:
    with nullcontext(str(warehouse)) if warehouse else tempfile.TemporaryDirectory() as folder:
        settings = read_settings(warehouse=Path(folder))
        if warehouse is None:
            settings = read_settings(warehouse=Path(folder) / "warehouse", landing=Path(folder) / "landing")
            simulate(settings.landing, truth=Path(folder) / "truth", people=people, weeks=weeks)
            run(settings)
        with duckdb.connect() as connection:
            connection.execute(f"attach {literal(settings.database)} as warehouse (read_only)")
            _print(connection, settings.min_group)


def _print(connection: duckdb.DuckDBPyConnection, min_group: int) -> None:
    table = Table("published", "cost", "tokens", "value", title=f"Figures of at least {min_group} people, by week")
    near = [0.0, 0.0, 0.0]
    rows = connection.execute(_SPENT).fetchall()
    for place, *shares in rows:
        table.add_row(place[2:], *(f"{share:.1%}" if share is not None else "" for share in shares))
        if place[0] in "12":
            near = [sum_ + (share or 0) for sum_, share in zip(near, shares, strict=True)]
    table.add_row("the team, or a few", *(f"{share:.1%}" for share in near), style="bold")
    possible = connection.execute(_POSSIBLE, [min_group]).fetchall()[0]
    table.add_row("teams in which enough people spent", *(f"{share:.1%}" for share in possible), "")
    console = Console()
    console.print(table)
    (whole,) = connection.execute("select sum(cost_usd) from warehouse.publication.fct_team_week").fetchall()[0]
    days, named = connection.execute(_DAYS, [whole]).fetchall()[0]
    (months,) = connection.execute(_MONTHS).fetchall()[0]
    console.print(f"by day: {days or 0:.1%} of the published cost, with tool and model {named or 0:.1%}")
    console.print(f"by repository and month: {months or 0:.1%} of the cost, of months that are over")


if __name__ == "__main__":
    typer.run(main)
