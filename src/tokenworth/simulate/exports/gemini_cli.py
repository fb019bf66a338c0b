"""Gemini CLI's chats: one document a session. Cached tokens stand within the input, thoughts beside the output."""

from __future__ import annotations

import hashlib

import numpy as np

from tokenworth.simulate import words
from tokenworth.simulate.models import MODELS
from tokenworth.simulate.sessions import GEMINI_CLI
from tokenworth.simulate.usage import Usage
from tokenworth.simulate.zone import Zone

KIND = "gemini_cli"


def write(zone: Zone, usage: Usage) -> None:
    for position, session in enumerate(usage.sessions):
        if session.tool != GEMINI_CLI:
            continue
        rows = usage.rows(position)
        numbers = usage.lists(rows.start, rows.stop)
        moments = usage.requests["at"].to_numpy()[rows.start : rows.stop]
        times = [f"{at}Z" for at in np.datetime_as_string(moments, "ms")]
        person = session.person
        typed = words.prompts(person.name, person.email, session.task.title if session.task else "Look around")
        messages: list[dict[str, object]] = []
        for i, at in enumerate(times):
            message_id = numbers["message_id"][i]
            read, output, thoughts = numbers["cache_read"][i], numbers["output"][i], numbers["thoughts"][i]
            total_input = numbers["input_uncached"][i] + read
            prompt = typed[(position + i) % len(typed)]
            messages.append({"id": f"{message_id[:-4]}user", "timestamp": at, "type": "user", "content": prompt})
            messages.append(
                {
                    "id": message_id,
                    "timestamp": at,
                    "type": "gemini",
                    "content": words.ANSWERS[i % len(words.ANSWERS)],
                    "tokens": {
                        "input": total_input,
                        "output": output - thoughts,
                        "cached": read,
                        "thoughts": thoughts,
                        "tool": 0,
                        "total": total_input + output,
                    },
                    "model": MODELS[numbers["model"][i]].name,
                }
            )
        project = hashlib.sha256(session.folder.encode()).hexdigest()
        started = times[0][:16].replace(":", "-")
        zone.document(
            KIND,
            f"gemini_cli/{person.login}/{project}/chats/session-{started}{session.session_id[:8]}.json",
            {
                "sessionId": session.session_id,
                "projectHash": project,
                "startTime": times[0],
                "lastUpdated": times[-1],
                "messages": messages,
            },
            records=len(messages),
            printed=True,
        )
