"""Entire's checkpoints: which sessions stood behind a commit. Their tokens are sums of what the transcripts hold."""

from __future__ import annotations

from collections import defaultdict

from tokenworth.simulate.organisation import COMPANY
from tokenworth.simulate.tasks import Step, Task
from tokenworth.simulate.usage import Usage
from tokenworth.simulate.zone import Zone

KIND = "entire"


def write(zone: Zone, usage: Usage) -> None:
    behind: dict[tuple[Task, Step], list[int]] = defaultdict(list)
    for position, session in enumerate(usage.sessions):
        task, step = session.task, session.step
        if task and step and step.checkpoint and session.in_transcript and task.ending != "unshared":
            behind[task, step].append(position)
    for (task, step), positions in behind.items():
        _checkpoint(zone, usage, task, step, positions)


def _checkpoint(zone: Zone, usage: Usage, task: Task, step: Step, positions: list[int]) -> None:
    """The checkpoint's own document, and one for each session."""
    folder = f"entire/{COMPANY}/{task.repository.short}/{step.checkpoint[:2]}/{step.checkpoint[2:]}"
    common = {
        "checkpoint_id": step.checkpoint,
        "strategy": "manual-commit",
        "created_at": f"{step.at.isoformat()}.000000Z",
        "branch": task.branch or "main",
        "checkpoints_count": len(positions),
        "files_touched": list(task.repository.folders[:2]),
    }
    totals: dict[str, int] = defaultdict(int)
    for nth, position in enumerate(positions):
        rows = usage.rows(position)
        part = usage.requests.iloc[rows.start : rows.stop]
        tokens = {
            "input_tokens": int(part["input_uncached"].sum()),
            "cache_creation_tokens": int(part["cache_write_5m"].sum() + part["cache_write_1h"].sum()),
            "cache_read_tokens": int(part["cache_read"].sum()),
            "output_tokens": int(part["output"].sum()),
            "api_call_count": len(rows),
        }
        for name, count in tokens.items():
            totals[name] += count
        session = {"session_id": usage.sessions[position].session_id, "agent": "Claude Code"}
        zone.document(KIND, f"{folder}/{nth}/metadata.json", {**common, **session, "token_usage": tokens}, printed=True)
    zone.document(KIND, f"{folder}/metadata.json", {**common, "token_usage": dict(totals)}, printed=True)
