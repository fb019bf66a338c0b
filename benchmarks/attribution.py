"""How right the ledger is, where the truth is known.

`python benchmarks/attribution.py --landing DIR --truth DIR` builds a warehouse of a landing zone, and
compares what it says a session's tokens bought with what they did: precision and recall of links between
sessions and pull requests and of tokens, by tier and by kind of evidence, and stated beside observed
probability. The truth is read here and nowhere else; its files are

- `truth_links.csv`: `session_id, pr_number, in_landing`; only links whose session is in the landing zone count,
- `truth_links_visible.csv` (may be absent): the same for what the landing zone itself says in checkpoints,
- `truth_tokens.csv`: `session_id, usage_date, unit` (pull request or empty)`, hidden, tokens`,
- `commit_pr.csv`: `pr_number, has_checkpoint`.

A link that is not in the truth is wrong where some commit of its pull request has its sessions recorded, else
it cannot be judged. That is hard on a link which rests on another commit, of which nothing is recorded: precision
is therefore also given of those links of which every commit that speaks for them has its sessions recorded. `--weeks`
gives the figures by the week in which a session began: how much they vary, and whether the rules hold in weeks that
nobody looked at. With checkpoints in the landing zone only the hidden links are scored; with `--without-checkpoints`
they are left out of the warehouse, and all links are.
"""

from __future__ import annotations

import json
import math
import tempfile
from contextlib import nullcontext
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Annotated, Any

import duckdb
import typer
from rich.console import Console
from rich.table import Table

from tokenworth.build import build
from tokenworth.load import load
from tokenworth.settings import read_settings
from tokenworth.sources import all_sources
from tokenworth.warehouse import literal

TIERS = ("exact", "strong", "probable")

# What the warehouse says: tokens of a session and day by pull request.
_PREDICTED = """
create temp table predicted as
select usage.session_id, usage.usage_date as day, cast(outcomes.external_id as bigint) as pr, ledger.tier,
    ledger.method, cast(sum(ledger.tokens) as double) as tokens, any_value(ledger.probability) as probability
from warehouse.marts.fct_attribution as ledger
join warehouse.marts.fct_usage as usage using (usage_id)
join warehouse.marts.fct_outcomes as outcomes using (outcome_id)
where outcomes.tracker = 'github' and outcomes.outcome_type = 'change' and list_contains($tiers, ledger.tier)
    and usage.session_id is not null
group by all having sum(ledger.tokens) > 0
"""

# `scored` are the links that count; others are known, but the landing zone tells them itself.
_TRUTH = """
create temp table links as
select session_id, cast(pr_number as bigint) as pr, bool_or(is_scored) as is_scored
from ({links}) where pr_number <> '' and in_landing = '1' group by all;
create temp table spent as
select session_id, cast(usage_date as date) as day, try_cast(unit as bigint) as pr,
    {scored} as is_scored, sum(cast(tokens as double)) as tokens
from {tokens} group by all;
create temp table recorded as
select distinct cast(pr_number as bigint) as pr from {commits} where has_checkpoint = '1' and pr_number <> '';
create temp table resting_on_others as
select distinct session_id, cast(outcomes.external_id as bigint) as pr
from warehouse.intermediate.int_evidence as evidence
join {commits} as commits using (sha)
join warehouse.marts.fct_outcomes as outcomes using (outcome_id)
where commits.has_checkpoint = '0' and outcomes.tracker = 'github' and outcomes.outcome_type = 'change';
create temp table began as
select session_id, cast(date_trunc('week', min(first_at)) as date) as week from warehouse.marts.fct_usage group by all;
"""

_JUDGED = """
create temp table judged as
select predicted.session_id, predicted.pr, predicted.tier, predicted.method,
    any_value(predicted.probability) as probability, sum(predicted.tokens) as tokens,
    any_value(resting_on_others.pr) is null as is_of_recorded, any_value(began.week) as week,
    case when any_value(links.is_scored) then 'right'
        when any_value(links.pr) is not null or any_value(recorded.pr) is null then 'unknown'
        else 'wrong' end as verdict
from predicted
left join links using (session_id, pr)
left join recorded on recorded.pr = predicted.pr
left join began using (session_id)
left join resting_on_others on predicted.session_id = resting_on_others.session_id
    and predicted.pr = resting_on_others.pr
group by all;

-- Days with scored tokens; what the landing zone tells itself is taken off the prediction first.
create temp table cells as
with days as (select distinct session_id, day from spent where is_scored),
told as (select session_id, day, pr, sum(tokens) as tokens from predicted group by all),
scored as (select session_id, day, pr, sum(tokens) as tokens from spent where is_scored group by all),
others as (select session_id, day, pr, sum(tokens) as tokens from spent where not is_scored group by all)
select greatest(0, told.tokens - coalesce(others.tokens, 0)) as predicted, coalesce(scored.tokens, 0) as bought
from told
join days using (session_id, day)
join recorded using (pr)
left join scored using (session_id, day, pr)
left join others using (session_id, day, pr);
"""


_WEEKS = """
with known as (
    select week, count(*) as links from links left join began using (session_id) where is_scored group by all
),
told as (
    select week, count(distinct (session_id, pr)) filter (verdict = 'right') as right_ones,
        count(distinct (session_id, pr)) filter (verdict = 'wrong') as wrong_ones,
        count(distinct (session_id, pr)) filter (verdict <> 'unknown' and tier <> 'probable') as sure,
        count(distinct (session_id, pr)) filter (verdict = 'wrong' and tier <> 'probable') as surely_wrong
    from judged group by all
)
select cast(week as varchar), coalesce(links, 0), coalesce(right_ones, 0), coalesce(wrong_ones, 0), coalesce(sure, 0),
    coalesce(surely_wrong, 0)
from known full join told using (week) where week is not null order by week
"""


@dataclass(frozen=True)
class Score:
    """Links of a tier, of a kind of evidence or of all, and how they compare with the truth."""

    what: str
    right: int
    wrong: int
    unknown: int
    precision: float | None
    low: float  # 95% interval by Wilson of the precision
    high: float
    stated: float | None  # mean probability of the links that were judged
    tokens: int

    @property
    def is_calibrated(self) -> bool:
        """Whether the stated probability is near the observed one, as far as it was observed."""
        if self.precision is None or self.stated is None:
            return True
        return abs(self.stated - self.precision) <= 0.05 or self.low <= self.stated <= self.high


def wilson(hits: int, of: int, z: float = 1.96) -> tuple[float, float]:
    """The 95% interval of a share."""
    if not of:
        return (0.0, 1.0)
    share, d = hits / of, 1 + z * z / of
    middle = share + z * z / 2 / of
    spread = z * math.sqrt(share * (1 - share) / of + z * z / 4 / of / of)
    return ((middle - spread) / d, (middle + spread) / d)


def scores(c: duckdb.DuckDBPyConnection, by: str, where: str = "true") -> list[Score]:
    """A score for every value of `by`, a column of `judged` or a constant."""
    found = []
    rows = c.execute(f"""
        select {by} as what, count(distinct (session_id, pr)) filter (verdict = 'right'),
            count(distinct (session_id, pr)) filter (verdict = 'wrong'),
            count(distinct (session_id, pr)) filter (verdict = 'unknown'),
            avg(probability) filter (verdict <> 'unknown'), cast(sum(tokens) as bigint)
        from judged where {where} group by 1
        order by min(case tier when 'exact' then 1 when 'strong' then 2 when 'probable' then 3 else 4 end), 6 desc
    """).fetchall()
    for what, right, wrong, unknown, stated, tokens in rows:
        low, high = wilson(right, right + wrong)
        precision = right / (right + wrong) if right + wrong else None
        found.append(Score(what, right, wrong, unknown, precision, low, high, stated and float(stated), tokens))
    return found


def measure(warehouse: Path, truth: Path, *, all_links: bool, tiers: tuple[str, ...] = TIERS) -> dict[str, Any]:
    """Every figure of a warehouse's ledger against a truth; `all_links` where it knows no checkpoint."""

    def table(name: str) -> str:
        return f"read_csv({literal(truth / name)}, all_varchar=true, header=true)"

    columns = "session_id, pr_number, in_landing"
    links = f"select {columns}, true as is_scored from {table('truth_links.csv')}"
    if (truth / "truth_links_visible.csv").exists():
        links += f" union all select {columns}, {all_links} from {table('truth_links_visible.csv')}"
    c = duckdb.connect()
    c.execute(f"attach {literal(warehouse / 'warehouse.duckdb')} as warehouse (read_only)")
    c.execute(
        _TRUTH.format(
            links=links,
            tokens=table("truth_tokens.csv"),
            commits=table("commit_pr.csv"),
            scored="true" if all_links else "hidden = '1'",
        )
    )
    c.execute(_PREDICTED, {"tiers": list(tiers)})
    c.execute(_JUDGED)
    of_links, of_tokens = c.execute("""
        select (select count(*) from links where is_scored),
            (select sum(tokens) from spent where is_scored and pr is not null
                and session_id in (select session_id from links))
    """).fetchall()[0]
    overlap, predicted = c.execute("select sum(least(predicted, bought)), sum(predicted) from cells").fetchall()[0]
    whole = scores(c, "'all'")
    weeks = c.execute(_WEEKS).fetchall()
    return {
        "links": of_links,
        "link_precision": whole[0].precision if whole else None,
        "link_recall": (whole[0].right if whole else 0) / max(1, of_links),
        "token_precision": (overlap or 0) / max(1, predicted or 0),
        "token_recall": (overlap or 0) / max(1, of_tokens or 0),
        "all": whole,
        "exact and strong": scores(c, "'exact and strong'", "tier in ('exact', 'strong')"),
        "of recorded commits": scores(c, "'of recorded commits only'", "is_of_recorded"),
        "tiers": scores(c, "tier"),
        "methods": scores(c, "method"),
        "weeks": [
            dict(zip(("week", "links", "right", "wrong", "sure", "surely_wrong"), row, strict=True)) for row in weeks
        ],
    }


def show(found: dict[str, Any], console: Console) -> None:
    console.print(
        f"links {found['links']:,}: precision {found['link_precision'] or 0:.3f}, recall {found['link_recall']:.3f}"
        f"   tokens: precision {found['token_precision']:.3f}, recall {found['token_recall']:.3f}"
    )
    table = Table(title="Links by tier and evidence; stated beside observed probability")
    for column in ("", "right", "wrong", "unknown", "precision", "95% interval", "stated", "calibrated", "tokens"):
        table.add_column(column, justify="left" if not column else "right")
    for group in ("all", "exact and strong", "of recorded commits", "tiers", "methods"):
        table.add_section()
        for s in found[group]:
            table.add_row(
                s.what, f"{s.right:,}", f"{s.wrong:,}", f"{s.unknown:,}",
                "" if s.precision is None else f"{s.precision:.3f}", f"{s.low:.2f}-{s.high:.2f}",
                "" if s.stated is None else f"{s.stated:.3f}", "yes" if s.is_calibrated else "no", f"{s.tokens:,}",
            )  # fmt: skip
    console.print(table)


def show_weeks(found: dict[str, Any], console: Console) -> None:
    table = Table(title="Links by the week in which their session began")
    for column in ("week", "links", "right", "wrong", "precision", "recall", "exact and strong"):
        table.add_column(column, justify="left" if column == "week" else "right")
    for w in found["weeks"]:
        table.add_row(
            w["week"], f"{w['links']:,}", f"{w['right']:,}", f"{w['wrong']:,}",
            _share(w["right"], w["right"] + w["wrong"]), _share(w["right"], w["links"]),
            _share(w["sure"] - w["surely_wrong"], w["sure"]),
        )  # fmt: skip
    console.print(table)


def _share(part: int, whole: int) -> str:
    return f"{part / whole:.3f}" if whole else ""


def prepare(landing: Path, warehouse: Path, *, checkpoints: bool) -> None:
    """Loads and builds a warehouse, with checkpoints or as if there were none."""
    settings = read_settings(landing=landing, warehouse=warehouse)
    load(settings, sources=None if checkpoints else [name for name in all_sources() if name != "entire"])
    build(settings)


def main(
    truth: Annotated[Path, typer.Option(help="folder with truth_links.csv and the others")],
    landing: Annotated[Path | None, typer.Option(help="the landing zone to build a warehouse of")] = None,
    warehouse: Annotated[Path | None, typer.Option(help="a warehouse; built here where --landing is given")] = None,
    without_checkpoints: Annotated[bool, typer.Option(help="the warehouse shall know no checkpoints")] = False,
    allocated: Annotated[bool, typer.Option(help="count the tier `allocated` too")] = False,
    weeks: Annotated[bool, typer.Option(help="the figures of each week as well")] = False,
    as_json: Annotated[Path | None, typer.Option("--json", help="where to write the figures")] = None,
) -> None:
    """Scores the ledger of a landing zone, or of a warehouse that is there, against a truth."""
    if landing is None and warehouse is None:
        raise typer.BadParameter("name a --landing, a --warehouse, or both")
    with nullcontext(str(warehouse)) if warehouse else tempfile.TemporaryDirectory() as folder:
        if landing is not None:
            prepare(landing, Path(folder), checkpoints=not without_checkpoints)
        tiers = (*TIERS, "allocated") if allocated else TIERS
        found = measure(Path(folder), truth, all_links=without_checkpoints, tiers=tiers)
    show(found, Console(width=140))
    if weeks:
        show_weeks(found, Console(width=140))
    if as_json is not None:
        plain = {
            k: [asdict(s) if isinstance(s, Score) else s for s in v] if isinstance(v, list) else v
            for k, v in found.items()
        }
        as_json.write_text(json.dumps(plain, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    typer.run(main)
