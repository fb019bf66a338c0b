"""Sessions and requests as the exports write them; what was hidden from the client's logs is in none of them."""

from __future__ import annotations

from datetime import datetime

import numpy as np
import pandas as pd

from tokenworth.simulate.chance import uuids
from tokenworth.simulate.models import MODELS
from tokenworth.simulate.organisation import Organisation
from tokenworth.simulate.sessions import API, CLAUDE_CODE, COPILOT, Session
from tokenworth.simulate.staged import prices
from tokenworth.simulate.staged.drawn import Drawn
from tokenworth.simulate.tasks import Task
from tokenworth.simulate.usage import COUNTERS, Usage, draw_ids

_ON_MAIN = 0.05  # of the sessions for a change; the branch then says nothing
_TAGGED = 0.9  # of what tells its place only by tags


def write_down(
    drawn: Drawn, organisation: Organisation, tasks: list[Task], rng: np.random.Generator
) -> tuple[Usage, np.ndarray]:
    """What the logs hold, and what each request costs in dollars."""
    requests = drawn.requests[drawn.requests["is_seen"]].sort_values(["session", "at"], kind="stable")
    kept, session, counts = np.unique(requests["session"].to_numpy(), return_inverse=True, return_counts=True)
    first = np.concatenate([[0], np.cumsum(counts)])
    at = np.datetime64(drawn.org.first_day, "ms") + np.round(requests["at"] * 86_400_000).to_numpy("timedelta64[ms]")
    sessions = _sessions(drawn, organisation, tasks, drawn.sessions.iloc[kept], at[first[1:] - 1].tolist(), rng)
    tool = np.array([one.tool for one in sessions])[session]
    names = [model.name for model in MODELS]
    model = np.array([names.index(listed.name) for listed in prices.MODELS])[requests["model"]]
    size = len(requests)
    # What is not Anthropic's has no price for writing the cache: it is input.
    writes = requests["cache_write"].to_numpy() * (tool == CLAUDE_CODE)
    frame = pd.DataFrame(
        {
            "session": session,
            "nth": np.arange(size) - first[session],
            "agent": False,
            "model": model,
            "at": at,
            "input_uncached": requests["input_uncached"].to_numpy() + requests["cache_write"].to_numpy() - writes,
            "cache_read": requests["cache_read"].to_numpy(),
            "cache_write_5m": writes,
            "cache_write_1h": 0,
            "output": requests["output"].to_numpy(),
            "thoughts": 0,
            "final_written": True,
            "blocks": rng.choice([1, 2, 3], size, p=[0.7, 0.2, 0.1]),
        }
    )
    frame["placeholder"] = frame["output"]
    frame["message_id"], frame["request_id"] = draw_ids(tool, model, rng)
    return Usage(sessions, frame.astype(dict.fromkeys(COUNTERS, np.int64)), first), requests["cost_usd"].to_numpy()


def _sessions(
    drawn: Drawn,
    organisation: Organisation,
    tasks: list[Task],
    rows: pd.DataFrame,
    ends: list[datetime],
    rng: np.random.Generator,
) -> list[Session]:
    home = drawn.org.repository[np.maximum(drawn.org.team[rows["person"], rows["day"]], 0)].tolist()
    on_main, tagged = (rng.random(len(rows)) < share for share in (_ON_MAIN, _TAGGED))
    found = []
    for i, (session_id, row) in enumerate(zip(uuids(rng, len(rows)), rows.itertuples(), strict=True)):
        person, task = organisation.employees[row.person], tasks[row.job] if row.job >= 0 else None
        session = Session(session_id, person, row.tool, ends[i], task=task)
        session.folder = f"{person.home}/Desktop/notes"
        if row.job != -1:
            session.repository = task.repository if task else organisation.repositories[home[i]]
            session.folder = f"{person.home}/src/{session.repository.short}"
            session.branch = f"{person.login}/prototype-{-row.job}"
        if task:
            session.step = task.steps[0]
            session.branch = "main" if on_main[i] else task.branch or "main"
        session.in_transcript = row.tool == CLAUDE_CODE and person.tools.transcripts
        session.in_otel = row.tool == COPILOT or (row.tool == CLAUDE_CODE and person.tools.otel)
        session.in_gateway = row.tool == API
        if session.in_otel and session.repository and tagged[i]:
            session.tags = {"repo": session.repository.name, "branch": session.branch}
            if task and task.issues and person.index % 3 == 0:  # some name the issue as well
                session.tags["ticket"] = task.issues[0].external_id
        found.append(session)
    return found
