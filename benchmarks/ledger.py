"""What attribution costs as a landing zone grows.

`python benchmarks/ledger.py` writes organisations with ever more usage and outcomes, loads and builds each in a
process of its own, and prints the time of the whole build, of the models that attribute and value, the memory at its
peak, and the exponent by which their work grows (1 is linear). On a machine that others use as well, the time that
dbt tells of a model is mostly waiting: those models are run once more by themselves, and what the processors did for
them is printed. Branches, tags, issue keys and the times of commits speak for the links, as they do in a real
landing zone.
"""

from __future__ import annotations

import json
import math
import sys
import tempfile
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Annotated

import duckdb
import typer
from load import Cost, measure
from rich.console import Console
from rich.table import Table

_LOAD = """
import sys
from pathlib import Path
from tokenworth.load import load
from tokenworth.settings import read_settings
load(read_settings(landing=Path(sys.argv[1]), warehouse=Path(sys.argv[2])))
"""
_BUILD = """
import sys
from pathlib import Path
from tokenworth.build import build
from tokenworth.settings import read_settings
build(read_settings(warehouse=Path(sys.argv[1])))
"""
# The models by themselves: the queries that dbt made, on the warehouse as it was built, into a file of their own.
_MODELS_ALONE = """
import sys
from pathlib import Path
import duckdb
from tokenworth.settings import read_settings
from tokenworth.warehouse import literal
warehouse, *queries = sys.argv[1:]
options = {"threads": read_settings().threads, "preserve_insertion_order": False}
with duckdb.connect(warehouse + "/alone.duckdb", config=options) as c:
    c.execute(f"attach {literal(warehouse + '/warehouse.duckdb')} as warehouse (read_only)")
    c.execute("use warehouse")
    c.execute("set enable_progress_bar = false")
    for number, query in enumerate(queries):
        c.execute(f"create table alone.main.made_{number} as {Path(query).read_text()}")
"""
_PER_SESSION = 40
_MODELS = ("claude-opus-4-5-20251101", "claude-sonnet-4-5-20250929", "claude-haiku-4-5-20251001")
_MONDAY = datetime(2026, 1, 5, 8, tzinfo=UTC)
# Which folders of the models, and which marts, say what usage bought and what that is worth.
_ATTRIBUTION = tuple(
    f"models/{folder}/" for folder in ("intermediate/attribution", "intermediate/value", "marts/attribution")
)


@dataclass
class Size:
    """One organisation, and what it took."""

    requests: int
    outcomes: int
    attributed: float
    build: Cost
    attribution_seconds: float  # as dbt tells them
    alone: Cost  # the same models once more, by themselves
    slowest: str


@dataclass(frozen=True)
class _Change:
    """A pull request, the session that made it, and the commit that merged it."""

    number: int
    repository: int
    person: int
    issue: int
    merged: datetime

    @property
    def branch(self) -> str:
        named = f"SHOP-{self.issue}-fix" if self.number % 3 == 0 else "fix"
        return f"{named}-{self.number}"

    @property
    def sha(self) -> str:
        return f"{self.number:040x}"


def write_organisation(landing: Path, requests: int, outcomes: int) -> None:
    """Exports of an organisation: half of the outcomes are pull requests, three tenths issues, the rest commits."""
    changes = outcomes // 2
    issues, commits = outcomes * 3 // 10, outcomes // 5
    people = max(20, requests // 500)
    made = [
        _Change(
            number,
            repository=number % 40,
            person=number % people,
            issue=1 + number % issues,
            merged=_MONDAY + timedelta(minutes=number * 240_000 // changes),
        )
        for number in range(1, changes + 1)
    ]
    _write_people(landing, people)
    _write_usage(landing, made, requests)
    _write_pulls(landing, made)
    _write_commits(landing, made, commits, people)
    _write_issues(landing, issues, people)


def _write_people(landing: Path, people: int) -> None:
    folder = landing / "people"
    folder.mkdir(parents=True)
    teams = max(2, people // 10)
    members = [f"p-{n},{n}@acme.example,team-{n % teams},2020-01-01,\n" for n in range(people)]
    (folder / "members.csv").write_text("person_id,email,team_id,valid_from,valid_to\n" + "".join(members))
    accounts = [f"p-{n},github,login-{n},2020-01-01,\np-{n},jira,account-{n},2020-01-01,\n" for n in range(people)]
    (folder / "accounts.csv").write_text("person_id,system,account,valid_from,valid_to\n" + "".join(accounts))
    named = [f"team-{n},Team {n},\n" for n in range(teams)]
    (folder / "teams.csv").write_text("team_id,team_name,parent_team_id\n" + "".join(named))


def _write_usage(landing: Path, made: list[_Change], requests: int) -> None:
    """Of each session a third of the requests says the branch, a third the issue as well, and a third nothing."""
    chance = Random(1)
    (landing / "litellm").mkdir()
    with (landing / "litellm" / "spend.jsonl").open("w") as out:
        for number in range(requests):
            change = made[number // _PER_SESSION % len(made)]
            at = change.merged - timedelta(minutes=2 * (_PER_SESSION - number % _PER_SESSION) - 1)
            tags = ["User-Agent: claude-cli/2.1.4"]
            if number % 3:
                tags += [f"repo:github.com/acme/r{change.repository}", f"branch:{change.branch}"]
            if number % 3 == 2:
                tags.append(f"ticket:SHOP-{change.issue}")
            prompt, answer = chance.randrange(100, 60_000), chance.randrange(1, 2_000)
            said = {
                "request_id": f"msg_{number:024d}", "call_type": "anthropic_messages", "spend": prompt / 2e6,
                "prompt_tokens": prompt, "completion_tokens": answer, "startTime": at.isoformat(),
                "endTime": at.isoformat(), "model": _MODELS[number % 3], "user": f"{change.person}@acme.example",
                "session_id": f"s-{number // _PER_SESSION}", "custom_llm_provider": "anthropic",
                "cache_hit": "None", "status": "success", "request_tags": tags,
            }  # fmt: skip
            out.write(json.dumps(said) + "\n")


def _write_pulls(landing: Path, made: list[_Change]) -> None:
    for repository in range(40):
        repo = {"full_name": f"acme/r{repository}", "default_branch": "main"}
        pulls = [
            {
                "id": c.number, "number": c.number, "state": "closed", "title": f"SHOP-{c.issue} Fix",
                "user": {"login": f"login-{c.person}", "type": "User"}, "draft": False,
                "created_at": _time(c.merged - timedelta(hours=1)), "updated_at": _time(c.merged),
                "closed_at": _time(c.merged), "merged_at": _time(c.merged), "merge_commit_sha": c.sha,
                "head": {"ref": c.branch, "sha": f"a{c.number:039x}", "repo": repo},
                "base": {"ref": "main", "repo": repo},
            }
            for c in made
            if c.repository == repository
        ]  # fmt: skip
        folder = landing / "github" / "acme" / f"r{repository}" / "pulls"
        folder.mkdir(parents=True)
        (folder / "page-1.json").write_text(json.dumps(pulls))


def _write_commits(landing: Path, made: list[_Change], commits: int, people: int) -> None:
    """The squashed commit of each pull request, and commits that came without one."""
    written = [(c.repository, c.sha, c.person, c.merged, f"SHOP-{c.issue} Fix (#{c.number})") for c in made]
    written += [
        (n % 40, f"c{n:039x}", n % people, _MONDAY + timedelta(minutes=n * 240_000 // commits), "Fix it here")
        for n in range(commits)
    ]
    for repository in range(40):
        folder = landing / "git" / "github.com" / "acme" / f"r{repository}"
        folder.mkdir(parents=True)
        with (folder / "commits.jsonl").open("w") as out:
            for number, (its, sha, person, at, message) in enumerate(written):
                if its == repository:
                    who, when = f"{person}@acme.example", at.isoformat()
                    said = {
                        "repository": f"github.com/acme/r{repository}", "sha": sha, "parents": [],
                        "author_name": who, "author_email": who, "authored_at": when, "committer_name": who,
                        "committer_email": who, "committed_at": when, "message": message, "on_default_branch": True,
                        "files": [{"path": f"src/{number % 500}.py", "added": 5 + number % 90, "deleted": number % 20}],
                        "patch_id": sha,
                    }  # fmt: skip
                    out.write(json.dumps(said) + "\n")


def _write_issues(landing: Path, issues: int, people: int) -> None:
    folder = landing / "jira" / "acme.atlassian.net" / "search"
    folder.mkdir(parents=True)
    done = {"id": "3", "name": "Done", "statusCategory": {"key": "done", "name": "Done"}}
    found = []
    for number in range(1, issues + 1):
        created = _MONDAY + timedelta(minutes=number * 240_000 // issues)
        resolved = (created + timedelta(days=2)).isoformat()
        fields = {
            "summary": "Fix", "issuetype": {"name": "Bug", "subtask": False, "hierarchyLevel": 0},
            "project": {"id": "1", "key": "SHOP", "name": "Shop"}, "status": done, "resolution": {"name": "Done"},
            "resolutiondate": resolved, "assignee": {"accountId": f"account-{number % people}"},
            "created": created.isoformat(), "updated": resolved, "statuscategorychangedate": resolved,
        }  # fmt: skip
        found.append({"id": str(number), "key": f"SHOP-{number}", "fields": fields})
    for page in range(0, issues, 1000):
        text = json.dumps({"issues": found[page : page + 1000], "isLast": False})
        (folder / f"page-{page}.json").write_text(text)


def _time(at: datetime) -> str:
    return f"{at:%Y-%m-%dT%H:%M:%SZ}"


def grow(folder: Path, requests: int, outcomes: int) -> Size:
    """Writes, loads and builds one organisation."""
    landing, warehouse = folder / "landing", folder / "warehouse"
    landing.mkdir(parents=True)
    write_organisation(landing, requests, outcomes)
    measure("load", "tokenworth", [sys.executable, "-c", _LOAD, str(landing), str(warehouse)])
    build = measure("build", "tokenworth", [sys.executable, "-c", _BUILD, str(warehouse)])
    seconds, alone = attribution(warehouse)
    slowest = sorted(seconds, key=lambda name: -seconds[name])[:3]
    with duckdb.connect(str(warehouse / "warehouse.duckdb"), read_only=True) as connection:
        used, found, attributed = connection.execute(
            "select (select sum(requests) from marts.fct_usage), (select count(*) from marts.fct_outcomes),"
            " (select sum(tokens) filter (outcome_id is not null) / sum(tokens) from marts.fct_attribution)"
        ).fetchall()[0]
    return Size(
        used, found, attributed, build, sum(seconds.values()), alone,
        ", ".join(f"{name} {seconds[name]:.1f}" for name in slowest),
    )  # fmt: skip


def attribution(warehouse: Path) -> tuple[dict[str, float], Cost]:
    """What dbt told of each model that attributes or values, and what they cost by themselves."""
    target = warehouse / "dbt" / "target"
    manifest = json.loads((target / "manifest.json").read_text())["nodes"]
    seconds, queries = {}, []
    for node in json.loads((target / "run_results.json").read_text())["results"]:
        model = manifest.get(node["unique_id"], {"resource_type": "other"})
        if model["resource_type"] != "model" or not model["original_file_path"].startswith(_ATTRIBUTION):
            continue
        seconds[model["name"]] = node["execution_time"]
        if model["config"]["materialized"] == "table":
            queries.append(str(target / "compiled" / model["package_name"] / model["original_file_path"]))
    return seconds, measure("alone", "tokenworth", [sys.executable, "-c", _MODELS_ALONE, str(warehouse), *queries])


def _exponent(smaller: Size, larger: Size) -> float:
    """By which power of the requests the work of attribution grows."""
    return math.log(larger.alone.cpu_seconds / smaller.alone.cpu_seconds) / math.log(larger.requests / smaller.requests)


def main(
    requests: Annotated[int, typer.Option(min=1000, help="Requests of the largest organisation.")] = 1_000_000,
    outcomes: Annotated[int, typer.Option(min=100, help="Its outcomes.")] = 50_000,
    work: Annotated[Path | None, typer.Option(help="Folder for the files; default: a temporary one.")] = None,
) -> None:
    """Attributes a tenth, three tenths and the whole of an organisation."""
    table = Table(
        "requests", "outcomes", "attributed", "build s", "its CPU s", "attribution s", "alone s", "its CPU s",
        "peak MB", "exponent", "slowest, s",
    )  # fmt: skip
    with tempfile.TemporaryDirectory(dir=work) as scratch:
        sizes: list[Size] = []
        for tenths in (1, 3, 10):
            size = grow(Path(scratch) / str(tenths), requests * tenths // 10, outcomes * tenths // 10)
            exponent = f"{_exponent(sizes[-1], size):.2f}" if sizes else ""
            table.add_row(
                f"{size.requests:,}", f"{size.outcomes:,}", f"{size.attributed:.0%}",
                f"{size.build.wall_seconds:.1f}", f"{size.build.cpu_seconds:.1f}", f"{size.attribution_seconds:.1f}",
                f"{size.alone.wall_seconds:.1f}", f"{size.alone.cpu_seconds:.1f}",
                f"{max(size.build.peak_megabytes, size.alone.peak_megabytes):,}", exponent, size.slowest,
            )  # fmt: skip
            sizes.append(size)
    Console(width=160).print(table)


if __name__ == "__main__":
    typer.run(main)
