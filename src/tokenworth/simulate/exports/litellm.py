"""LiteLLM's spend logs in the three forms in which people have them.

The first week as CSV of `COPY`, the last as pages of the API, what lies between as the JSON lines
of a logger, whose last days the pages hold once more.
"""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from datetime import date, datetime, time, timedelta
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tokenworth.simulate.models import MODELS
from tokenworth.simulate.sessions import CLAUDE_CODE, Session
from tokenworth.simulate.usage import Usage
from tokenworth.simulate.zone import Zone

KIND = "litellm"
_PAGE = 1000
_HEADER = """
request_id call_type api_key spend total_tokens prompt_tokens completion_tokens startTime endTime model
custom_llm_provider user session_id cache_hit status request_tags metadata messages response
""".split()


def write(zone: Zone, usage: Usage, cost_usd: NDArray[np.float64], first_day: date, last_day: date) -> None:
    """`cost_usd` is the list price of every request; the gateway knows it too."""
    csv_until = datetime.combine(first_day + timedelta(days=7), time())
    lines_until = datetime.combine(last_day - timedelta(days=3), time())
    pages_from = lines_until - timedelta(days=3)
    months: dict[str, list[str]] = defaultdict(list)
    table, paged = [], []
    for at, row in _rows(usage, cost_usd):
        if at < csv_until:
            table.append(row.cells())
        elif at < lines_until:
            months[f"{at:%Y-%m}"].append(row.logged())
        if at >= max(pages_from, csv_until):
            paged.append(row.answered())
    zone.table(KIND, f"litellm/spend_logs_copy_{first_day}.csv", _HEADER, table)
    for month, lines in months.items():
        zone.lines(KIND, f"litellm/spend_logs_{month}.jsonl", lines)
    pages = [paged[start : start + _PAGE] for start in range(0, len(paged), _PAGE)]
    for number, page in enumerate(pages, start=1):
        frame = f'"total":{len(paged)},"page":{number},"page_size":{_PAGE},"total_pages":{len(pages)}'
        content = '{"data":[\n' + ",\n".join(page) + f"\n],{frame}}}\n"
        zone.write(KIND, f"litellm/spend_logs_v2_page_{number}.json", content.encode(), len(page))


class _Row:
    """A request as the gateway saw it; `numbers` are the columns of all requests, this is row `i`."""

    def __init__(self, session: Session, position: int, numbers: dict[str, list[Any]], i: int, at: datetime) -> None:
        person, tags = session.person, session.tags
        model = MODELS[numbers["model"][i]]
        read, short, long = (numbers[name][i] for name in ("cache_read", "cache_write_5m", "cache_write_1h"))
        prompt, output = numbers["input_uncached"][i] + read + short + long, numbers["output"][i]
        by_claude = session.tool == CLAUDE_CODE
        # Some keys belong to a user, of others only the key's name is known.
        named = person.index % 2 == 1 or not person.login
        self.at = f"{at:%Y-%m-%d %H:%M:%S}.{at.microsecond // 1000:03d}"
        self.plain = {
            "request_id": numbers["message_id"][i],
            "call_type": "anthropic_messages" if model.provider == "anthropic" else "acompletion",
            "api_key": hashlib.sha256(person.key_alias.encode()).hexdigest() if named else "",
            "spend": round(numbers["cost_usd"][i], 8),
            "total_tokens": prompt + output,
            "prompt_tokens": prompt,
            "completion_tokens": output,
            "model": f"anthropic/{model.name}" if model.provider == "anthropic" else model.name,
            "custom_llm_provider": model.provider,
            "user": (person.email or person.person_id) if named else "",
            "session_id": session.session_id if by_claude and position % 2 else "",
            "cache_hit": "None",
            "status": "success",
        }
        agent = f"claude-cli/{session.version} (external, cli)" if by_claude else session.program
        in_metadata = position % 4 == 1  # a company's own words may stand there instead
        self.tags = [f"User-Agent: {agent}"] + ([] if in_metadata else [f"{k}:{v}" for k, v in tags.items()])
        usage: dict[str, object] = {
            "prompt_tokens": prompt,
            "completion_tokens": output,
            "total_tokens": prompt + output,
            "prompt_tokens_details": {"cached_tokens": read, "cache_creation_tokens": short + long},
        }
        if model.provider == "anthropic":
            usage["cache_read_input_tokens"] = read
            usage["cache_creation_input_tokens"] = short + long
            usage["cache_creation"] = {"ephemeral_5m_input_tokens": short, "ephemeral_1h_input_tokens": long}
        self.metadata = {
            "usage_object": usage,
            "user_api_key_alias": person.key_alias if person.login else None,
            "spend_logs_metadata": (tags or None) if in_metadata else None,
            "user_agent": agent,
            "status": "success",
        }

    def logged(self) -> str:
        """As a logger writes it: what is nested is text."""
        nested = {"metadata": json.dumps(self.metadata), "request_tags": json.dumps(self.tags)}
        times = {"startTime": f"{self.at}000", "endTime": f"{self.at}000"}
        return json.dumps({**self.plain, **times, **nested, "messages": "{}", "response": "{}"})

    def answered(self) -> str:
        """As the API answers: what is nested is an object."""
        times = {"startTime": self.at.replace(" ", "T") + "Z", "endTime": self.at.replace(" ", "T") + "Z"}
        return json.dumps({**self.plain, **times, "metadata": self.metadata, "request_tags": self.tags})

    def cells(self) -> list[object]:
        """As `COPY` writes it, in the order of the header."""
        nested = {"metadata": json.dumps(self.metadata), "request_tags": json.dumps(self.tags)}
        row = {**self.plain, **nested, "startTime": self.at, "endTime": self.at, "messages": "{}", "response": "{}"}
        return [row[name] for name in _HEADER]


def _rows(usage: Usage, cost_usd: NDArray[np.float64]) -> list[tuple[datetime, _Row]]:
    """The gateway's rows in order of time."""
    numbers = usage.lists() | {"cost_usd": cost_usd.tolist()}
    times: list[datetime] = usage.requests["at"].to_numpy().tolist()
    rows = [
        (times[i], _Row(session, position, numbers, i, times[i]))
        for position, session in enumerate(usage.sessions)
        if session.in_gateway
        for i in usage.rows(position)
    ]
    rows.sort(key=lambda row: row[0])
    return rows
