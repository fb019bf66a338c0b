"""A synthetic organisation: its exports as a landing zone in real formats, and the truth beside it.

    organisation  people, teams, accounts, repositories
    tasks, work   what was planned; `episodes` are the special cases, `history` replays it all
    sessions      who sat down with which tool, for which task; `prompt_loops` for none
    usage         the requests of every session, drawn at once
    exports/      one module a format
    damage        what goes wrong on the way
    truth         what a warehouse should find

Two more organisations have their own packages: `planted` holds gaming and look-alikes of any scenario, drawn by
`staged`; `day` is of any size.

The same seed gives the same bytes.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

from tokenworth.errors import UsageError
from tokenworth.simulate.chance import stream
from tokenworth.simulate.damage import damage
from tokenworth.simulate.exports import claude_code, entire, gemini_cli, git, github, jira, litellm, otel
from tokenworth.simulate.exports import people as people_files
from tokenworth.simulate.models import list_cost_usd
from tokenworth.simulate.organisation import draw_organisation
from tokenworth.simulate.prompt_loops import draw_prompt_loops
from tokenworth.simulate.sessions import draw_sessions
from tokenworth.simulate.truth import write_truth
from tokenworth.simulate.usage import COUNTERS, draw_usage
from tokenworth.simulate.work import draw_work
from tokenworth.simulate.working_time import WorkingTime
from tokenworth.simulate.zone import Zone, refuse_used

__all__ = ["Summary", "simulate"]

_FEWEST_PEOPLE, _FEWEST_WEEKS = 12, 2


@dataclass(frozen=True)
class Summary:
    """What was written."""

    landing: Path
    truth: Path
    files: int
    bytes: int
    people: int
    requests: int
    total_tokens: int
    pull_requests: int
    issues: int

    def __str__(self) -> str:
        return (
            f"{self.landing}: {self.files:,} files, {self.bytes / 1e6:,.0f} MB; {self.people:,} people,"
            f" {self.requests:,} requests of {self.total_tokens:,} tokens, {self.pull_requests:,} pull requests,"
            f" {self.issues:,} issues. What is true of them: {self.truth}"
        )


def simulate(
    out: Path,
    *,
    truth: Path,
    seed: int = 7,
    people: int = 60,
    weeks: int = 8,
    end: date = date(2026, 3, 1),
    gaming: bool = False,
) -> Summary:
    """Writes the exports of `people` employees and `weeks` weeks up to the day `end` into the empty folder `out`.

    With `gaming` one team runs prompt loops from halfway on; which, stands in the truth's `gaming.json`.
    Raises UsageError where `out` holds anything, where `truth` lies inside it, and for companies
    too small to hold every special case.
    """
    refuse_used(out, truth)
    if people < _FEWEST_PEOPLE or weeks < _FEWEST_WEEKS:
        raise UsageError(f"at least {_FEWEST_PEOPLE} people and {_FEWEST_WEEKS} weeks are needed to show every case")
    first_day = end - timedelta(days=7 * weeks - 1)
    organisation = draw_organisation(stream(seed, "organisation"), people, first_day, weeks)
    clock = WorkingTime(first_day, end)
    work = draw_work(organisation, clock, stream(seed, "work"))
    loops = draw_prompt_loops(organisation, clock, stream(seed, "prompt_loops")) if gaming else None
    sessions = draw_sessions(organisation, work, clock, stream(seed, "sessions"), loops.sessions if loops else ())
    usage = draw_usage(sessions, stream(seed, "usage"), end)
    cost_usd = list_cost_usd(*(usage.requests[name].to_numpy() for name in ("model", *COUNTERS)))

    fetched = datetime.combine(end + timedelta(days=1), time(6), UTC)
    now, halfway = fetched.replace(tzinfo=None), datetime.combine(first_day + timedelta(days=7 * weeks // 2), time(6))
    zone = Zone(out, fetched)
    people_files.write(zone, organisation, sessions)
    git.write(zone, work)
    github.write(zone, work, halfway, now)
    jira.write(zone, work)
    claude_code.write(zone, usage, stream(seed, "claude_code"))
    otel.write(zone, usage, cost_usd)
    litellm.write(zone, usage, cost_usd, first_day, end)
    gemini_cli.write(zone, usage)
    entire.write(zone, usage)
    damage(zone)
    total = write_truth(truth, organisation, work, usage, zone, (first_day, end))
    planted = {"scripted_cadence": loops.team_id, "people": [p.person_id for p in loops.people]} if loops else {}
    (truth / "gaming.json").write_text(json.dumps(planted, indent=1) + "\n", "utf-8")
    return Summary(
        landing=out,
        truth=truth,
        files=len(zone.files),
        bytes=zone.settle(),
        people=people,
        requests=total["requests"],
        total_tokens=total["total"],
        pull_requests=len(work.pull_requests),
        issues=len(work.issues),
    )
