"""What goes wrong on the way: lines cut short, files delivered twice, a last line that was still being written.

Nothing of it loses a request: what is damaged is always one copy more than was needed.
"""

from __future__ import annotations

import csv
import json

from tokenworth.simulate.exports import claude_code, jira, litellm, otel
from tokenworth.simulate.zone import Zone


def damage(zone: Zone) -> None:
    _break_transcripts(zone)
    _repeat_transcripts(zone)
    _cut_events(zone)
    _break_spend_logs(zone)
    _widen_row(zone)


def _rewrite(zone: Zone, name: str, content: bytes, *, broken: int) -> None:
    written = zone.files[name]
    zone.write(written.kind, name, content, written.records, written.broken + broken)


def _first(zone: Zone, kind: str, suffix: str) -> str:
    return next(name for name in zone.names(kind) if name.endswith(suffix))


def _break_transcripts(zone: Zone) -> None:
    """A crash leaves half a line, which is written again; and one line is no object at all."""
    long_enough = [name for name in zone.names(claude_code.KIND) if zone.files[name].records >= 12]
    for name in long_enough[1:4]:
        lines = zone.read(name).splitlines(keepends=True)
        lines.insert(6, lines[6][: len(lines[6]) // 2] + b"\n")
        _rewrite(zone, name, b"".join(lines), broken=1)
    name = long_enough[4]
    _rewrite(zone, name, b'"' + b"\n".join([b'interrupted"', zone.read(name)]), broken=1)


def _repeat_transcripts(zone: Zone) -> None:
    """A file that was collected twice, and an earlier, shorter copy of another one."""
    names = [name for name in zone.names(claude_code.KIND) if "/subagents/" not in name and not zone.files[name].broken]
    twice, grown = names[7], max(names[8:20], key=lambda name: zone.files[name].records)
    folder, _, file = twice.rpartition("/")
    written = zone.files[twice]
    zone.write(written.kind, f"{folder}/copy/{file}", zone.read(twice), written.records)
    folder, _, file = grown.rpartition("/")
    lines = zone.read(grown).splitlines(keepends=True)
    half = len(lines) // 2
    zone.write(written.kind, f"{folder}/earlier-copies/1/{file}", b"".join(lines[:half]), half)


def _cut_events(zone: Zone) -> None:
    """The exporter was sending a batch for the second time when the file was copied: its last line has no end."""
    name = _first(zone, otel.EVENTS, ".jsonl")
    content = zone.read(name)
    first = content.partition(b"\n")[0]
    _rewrite(zone, name, content + first[: len(first) * 2 // 3], broken=1)


def _break_spend_logs(zone: Zone) -> None:
    """A logger that writes fractions of tokens, and a copy of a table with a row cut short."""
    name = _first(zone, litellm.KIND, ".jsonl")
    lines = zone.read(name).splitlines()
    row = json.loads(lines[0])
    row |= {"request_id": "chatcmpl-unreadable", "prompt_tokens": 12.6, "total_tokens": 20.6}
    lines.insert(1, json.dumps(row).encode())
    _rewrite(zone, name, b"\n".join(lines) + b"\n", broken=1)
    name = _first(zone, litellm.KIND, ".csv")
    _rewrite(zone, name, zone.read(name) + b"chatcmpl-cut-short,acompletion,,0.01\n", broken=1)


def _widen_row(zone: Zone) -> None:
    """A copy of an issue whose summary has a comma that somebody's script did not quote: a cell too many."""
    (name,) = zone.names(jira.CSV)
    content = zone.read(name)
    *_, last = csv.reader(content.decode().splitlines(keepends=True))
    cells = [cell.replace("\n", " ").replace('"', "").replace(",", "") for cell in last]
    _rewrite(zone, name, content + ",".join(["Moreover", *cells]).encode() + b"\n", broken=1)
