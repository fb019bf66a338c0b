"""A synthetic organisation: its exports as a landing zone in real formats, and the truth beside it.

    organisation  people, teams, accounts, repositories
    tasks, work   what was planned; `episodes` are the special cases, `history` replays it all
    sessions      who sat down with which tool, for which task
    usage         the requests of every session, drawn at once
    exports/      one module a format
    damage        what goes wrong on the way
    truth         what a warehouse should find

Gaming and look-alikes are drawn by `staged`: `planted` writes any scenario as exports, and adds a few teams to this
company. `day` is of any size.

The same seed gives the same bytes.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

from tokenworth.errors import UsageError
from tokenworth.simulate.chance import stream
from tokenworth.simulate.damage import damage
from tokenworth.simulate.exports import claude_code, entire, gemini_cli, git, github, jira, litellm, otel
from tokenworth.simulate.exports import people as people_files
from tokenworth.simulate.models import list_cost_usd
from tokenworth.simulate.organisation import draw_organisation
from tokenworth.simulate.planted.among import add_planted, draw_planted
from tokenworth.simulate.planted.truth import write_planted
from tokenworth.simulate.sessions import draw_sessions
from tokenworth.simulate.truth import write_truth
from tokenworth.simulate.usage import COUNTERS, draw_usage
from tokenworth.simulate.work import draw_work
from tokenworth.simulate.working_time import WorkingTime
from tokenworth.simulate.zone import Summary, Zone, refuse_used

__all__ = ["FEWEST_WITH_GAMING", "Summary", "simulate"]

_FEWEST_PEOPLE, _FEWEST_WEEKS = 12, 2
FEWEST_WITH_GAMING = 35  # three in five of them are three teams of seven


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

    With `gaming` three in five people are in teams of which one games usage, one games outcomes and one only looks
    like it, from halfway on; which, stands in the truth's gaming.csv and episodes.csv.
    Raises UsageError where `out` holds anything, where `truth` lies inside it, for companies too small to hold every
    special case, and with `gaming` where `end` is no Sunday.
    """
    refuse_used(out, truth)
    if people < _FEWEST_PEOPLE or weeks < _FEWEST_WEEKS:
        raise UsageError(f"at least {_FEWEST_PEOPLE} people and {_FEWEST_WEEKS} weeks are needed to show every case")
    if gaming and people < FEWEST_WITH_GAMING:
        raise UsageError(
            f"at least {FEWEST_WITH_GAMING} people are needed for teams that game", todo="Ask for more, or for none."
        )
    first_day = end - timedelta(days=7 * weeks - 1)
    drawn = draw_planted(seed, people * 3 // 5, weeks, end) if gaming else None
    others = people - drawn.org.people if drawn else people
    organisation = draw_organisation(stream(seed, "organisation"), others, first_day, weeks)
    clock = WorkingTime(first_day, end)
    work = draw_work(organisation, clock, stream(seed, "work"))
    sessions = draw_sessions(organisation, work, clock, stream(seed, "sessions"))
    usage = draw_usage(sessions, stream(seed, "usage"), end)
    if drawn:
        organisation, work, usage = add_planted(drawn, seed, organisation, work, usage)
    cost_usd = list_cost_usd(*(usage.requests[name].to_numpy() for name in ("model", *COUNTERS)))

    fetched = datetime.combine(end + timedelta(days=1), time(6), UTC)
    now, halfway = fetched.replace(tzinfo=None), datetime.combine(first_day + timedelta(days=7 * weeks // 2), time(6))
    zone = Zone(out, fetched)
    people_files.write(zone, organisation, usage.sessions)
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
    if drawn:
        write_planted(truth, drawn, ("gaming", "episodes"))
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
