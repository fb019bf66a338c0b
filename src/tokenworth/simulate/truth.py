"""The truth beside the landing zone: every request once with what it served, every outcome with how it ended.

usage.csv      a row a request: its key (the response's id; the request's id where only an event
               tells of it), person and team on that day, tokens, time in UTC, the place where it
               really ran, the outcome that it `served`, the exports that carry it, and by what
               `evidence` they lead to that outcome
outcomes.csv   a row an outcome, as `outcomes` describes it
links.csv      which outcome closes, reverts, is part of or released in which
expected.json  totals of all that, and what every kind of file holds
private.json   names, addresses, prompts and titles that must not be found in a warehouse
"""

from __future__ import annotations

import csv
import json
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import astuple, fields
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from tokenworth.simulate import words
from tokenworth.simulate.models import MODELS
from tokenworth.simulate.organisation import Organisation
from tokenworth.simulate.outcomes import Outcome, change_ids, issue_id, links, outcomes
from tokenworth.simulate.sessions import API, CLAUDE_CODE, GEMINI_CLI, Session
from tokenworth.simulate.usage import COUNTERS, Usage
from tokenworth.simulate.work import Work
from tokenworth.simulate.zone import Zone


def write_truth(
    folder: Path, organisation: Organisation, work: Work, usage: Usage, zone: Zone, days: tuple[date, date]
) -> dict[str, int]:
    """Writes the files of truth into `folder`; returns the totals of requests and tokens."""
    folder.mkdir(parents=True, exist_ok=True)
    requests = usage_truth(usage)
    requests.to_csv(folder / "usage.csv", index=False, lineterminator="\n", date_format="%Y-%m-%dT%H:%M:%S.%f")
    ended = outcomes(work)
    header = [column.name for column in fields(Outcome)]
    _write_csv(folder / "outcomes.csv", header, [astuple(outcome) for outcome in ended])
    _write_csv(folder / "links.csv", ["outcome", "related_outcome", "relation"], links(work))
    expected = _expected(requests, ended, work, zone, days)
    (folder / "expected.json").write_text(json.dumps(expected, indent=1) + "\n", "utf-8")
    (folder / "private.json").write_text(json.dumps(_private(organisation, work), indent=1) + "\n", "utf-8")
    return _tokens(requests)


def _write_csv(path: Path, header: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)


def _served(session: Session) -> str:
    """The change that a session worked on, else the issue, else nothing."""
    task = session.task
    if task is None:
        return ""
    if task.ending == "direct" and session.step:
        return change_ids(task)[task.steps.index(session.step)]
    if task.has_pull_request:
        return change_ids(task)[0]
    return issue_id(task.issues[0]) if task.issues else ""


def _tool(session: Session) -> str:
    """The tool; of a program of one's own the name by which the gateway knows it."""
    return session.program.partition("/")[0].lower() if session.tool == API else session.tool


def _exports(session: Session) -> str:
    by = {CLAUDE_CODE: session.in_transcript, "otel": session.in_otel, "litellm": session.in_gateway}
    return ";".join([name for name, seen in by.items() if seen] or [GEMINI_CLI])


def usage_truth(usage: Usage) -> pd.DataFrame:
    """One row a request. Where only placeholders of its output were ever exported, they count, marked as not final."""
    sessions, requests = usage.sessions, usage.requests
    position = requests["session"].to_numpy()

    def of_session(values: list[object]) -> NDArray[np.object_]:
        found: NDArray[np.object_] = np.array(values, dtype=object)[position]
        return found

    only_transcript = np.array([s.in_transcript and not (s.in_otel or s.in_gateway) for s in sessions])[position]
    old = np.array([s.is_old_client for s in sessions])[position]
    final = ~(only_transcript & old) | requests["final_written"].to_numpy()
    by_event = np.array([s.in_otel and not s.in_transcript and s.tool == CLAUDE_CODE for s in sessions])[position]
    days = requests["at"].dt.date.to_numpy()
    teams = {
        (i, day): sessions[i].person.team_on(day) for i, day in dict.fromkeys(zip(position.tolist(), days, strict=True))
    }
    truth = pd.DataFrame(
        {
            "request": np.where(by_event, requests["request_id"], requests["message_id"]),
            "session_id": of_session([s.session_id for s in sessions]),
            "person_id": of_session([s.person.person_id for s in sessions]),
            "team_id": [teams[key] for key in zip(position.tolist(), days, strict=True)],
            "tool": of_session([_tool(s) for s in sessions]),
            "model": np.array([model.name for model in MODELS], dtype=object)[requests["model"]],
            **{counter: requests[counter] for counter in COUNTERS[:-1]},
            "output": np.where(final, requests["output"], requests["placeholder"]),
            "output_is_final": final,
            "started_at": requests["at"],
            "repository": of_session([s.repository.name if s.repository else "" for s in sessions]),
            "branch": of_session([s.branch for s in sessions]),
            "served": of_session([_served(s) for s in sessions]),
            "exports": of_session([_exports(s) for s in sessions]),
            "evidence": of_session([";".join(s.evidence) for s in sessions]),
        }
    )
    return truth.sort_values(["started_at", "request"], ignore_index=True)


def _tokens(requests: pd.DataFrame) -> dict[str, int]:
    tokens = {counter: int(requests[counter].sum()) for counter in COUNTERS}
    return {"requests": len(requests), **tokens, "total": sum(tokens.values())}


def _by(requests: pd.DataFrame, column: str) -> dict[str, dict[str, int]]:
    return {str(key): _tokens(part) for key, part in requests.groupby(column)}


def _expected(
    requests: pd.DataFrame, ended: list[Outcome], work: Work, zone: Zone, days: tuple[date, date]
) -> dict[str, object]:
    kinds: dict[str, dict[str, int]] = {}
    for written in zone.files.values():
        tally = kinds.setdefault(written.kind, {"files": 0, "records": 0, "broken": 0})
        tally["files"] += 1
        tally["records"] += written.records
        tally["broken"] += written.broken
    total = _tokens(requests)
    joinable = requests[requests["evidence"] != ""]
    pulls = work.pull_requests
    states = Counter(f"{outcome.outcome_type} {outcome.state}" for outcome in ended)
    return {
        "first_day": days[0].isoformat(),
        "last_day": days[1].isoformat(),
        "usage": total,
        "usage_by_tool": _by(requests, "tool"),
        "usage_by_team": _by(requests, "team_id"),
        "usage_by_model": _by(requests, "model"),
        "usage_by_exports": _by(requests, "exports"),
        "joinable": {
            "requests": len(joinable),
            "tokens": _tokens(joinable)["total"],
            "share_of_requests": round(len(joinable) / max(len(requests), 1), 4),
            "share_of_tokens": round(_tokens(joinable)["total"] / max(total["total"], 1), 4),
        },
        "files": dict(sorted(kinds.items())),
        "outcomes": dict(sorted(states.items())),
        "pull_requests": len(pulls),
        "merged_pull_requests": sum(bool(task.landed) for task in pulls),
        "merged_into_another_branch": sum(bool(task.landed and task.onto) for task in pulls),
        "direct_commits": sum(len(task.landed) for task in work.tasks if task.ending == "direct"),
        "reverts_on_default_branch": sum(bool(task.reverts and task.shipped_at) for task in work.tasks),
        "issues": len(work.issues),
        "issues_shipped": sum(issue.state == "shipped" for issue in work.issues),
        "releases_shipped": sum(bool(release.shipped_at) for release in work.releases),
    }


def _private(organisation: Organisation, work: Work) -> dict[str, list[str]]:
    """What the exports hold and no warehouse may."""
    people = [p for p in organisation.everybody if p.login and not p.is_bot]
    prompts = (words.prompts(t.author.name, t.author.email, t.title)[0] for t in work.tasks)
    return {
        "names": [p.name for p in people],
        "emails": [p.email for p in people],
        "logins": [p.login for p in people],
        "homes": [p.home for p in people],
        "prompts": sorted({*prompts, *words.prompts("", "", "")[3:4], *words.ANSWERS}),
        "titles": sorted({t.title for t in work.tasks} | {i.title for i in work.issues}),
    }
