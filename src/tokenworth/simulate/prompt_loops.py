"""Gaming that the exports hold: one team lets prompt loops run, by day and through the night, for nothing.

Everybody of the team who uses Claude Code joins in, from halfway on, so that what the warehouse says of the
team can be held against what is true of it.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

import numpy as np

from tokenworth.simulate.organisation import Organisation, Person
from tokenworth.simulate.sessions import CLAUDE_CODE, Session
from tokenworth.simulate.working_time import HOURS_A_DAY, WorkingTime

_LOOPS_A_WEEK = 16.0  # a person; about three times what people use by themselves
_HOURS = 5 * HOURS_A_DAY  # of work in a week


@dataclass(frozen=True)
class PromptLoops:
    """Who runs them, in which team."""

    team_id: str
    people: list[Person]
    sessions: list[Session]


def draw_prompt_loops(organisation: Organisation, time: WorkingTime, rng: np.random.Generator) -> PromptLoops:
    """Loops of the team with most people who could run them; a session each, at even intervals."""
    halfway = time.moment((time.begins + time.ends) / 2, 0).date()
    users = [p for p in organisation.steady if p.tools.claude_code and p.team_on(halfway)]
    team_id, _ = Counter(p.team_on(halfway) for p in users).most_common(1)[0]
    people = [p for p in users if p.team_on(halfway) == team_id]
    counts = rng.poisson(_LOOPS_A_WEEK * (time.ends - time.begins) / 2 / _HOURS, len(people)).tolist()
    sessions = []
    for person, count in zip(people, counts, strict=True):
        hours = np.sort(rng.uniform((time.begins + time.ends) / 2, time.ends, count))
        # Every other loop is left to run when its owner goes home.
        nights = rng.uniform(0, 9, count) * (np.arange(count) % 2)
        for hour, night in zip(hours.tolist(), nights.tolist(), strict=True):
            ends_at = time.moment(hour, person.utc_offset) + np.timedelta64(int(night * 3600), "s").item()
            sessions.append(Session("", person, CLAUDE_CODE, ends_at, is_loop=True))
    return PromptLoops(team_id, people, sessions)
