"""As `test_roads`, of other tools: their records, their events, the gateway's log and what the vendor reports or bills
have the same totals, however many of them there are.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path

import pytest

from tests.exports import csv_text
from tests.models import Compiled, rows, run
from tests.usage import roads
from tests.usage.roads import File, Request
from tests.zone import Row, Zone

_EXPORTED = 1_773_000_000  # when no day is revised any more

# Two sessions over a few days, one of which goes on as a fork; some requests are small, and many like others.
MONTH = [
    Request(97 * n, 1 + n % 2, 5 + 700 * (n % 4), 300 * (n % 3), 1 + n % 5, in_fork=n % 2 == 1 and n > 11)
    for n in range(1, 41)
]


def _completions(requests: Sequence[Request]) -> list[File]:
    """What OpenAI reports of the organisation, by day."""
    days: dict[int, Counter[str]] = {}
    for r in requests:
        _, at = roads.codex_session_of(r)
        used = days.setdefault(int(at.timestamp()) // 86400 * 86400, Counter())
        used.update(input_tokens=r.uncached + r.read, input_cached_tokens=r.read, output_tokens=r.output)
        used["num_model_requests"] += 1
    data = [
        {"start_time": day, "end_time": day + 86400, "results": [{**used, "model": "gpt-5.2-codex", "project_id": "p"}]}
        for day, used in days.items()
    ]
    line = roads.Line(json.dumps({"data": data}))
    return [File("openai/completions/page.json", [line], whole="".join)]


_BILL = "date,username,sku,model,quantity,gross_amount,net_amount,input_tokens,cache_read_tokens,output_tokens"


def _bill(requests: Sequence[Request]) -> list[File]:
    """What GitHub bills since it has columns for tokens."""
    days: dict[str, Counter[str]] = {}
    for r in requests:
        days.setdefault(r.time[:10], Counter()).update(uncached=r.uncached, read=r.read, output=r.output)
    lines = [
        (day, "ada", "copilot_ai_credit", "GPT-5", 1, "0.01", 0, used["uncached"], used["read"], used["output"])
        for day, used in days.items()
    ]
    return [File("copilot/billing/report.csv", [], csv_text(_BILL.split(","), *lines))]


TOOLS: dict[str, dict[str, Callable[[Sequence[Request]], list[File]]]] = {
    "codex": {
        "record": roads.codex, "events": roads.otel_codex, "gateway": roads.litellm_of_codex,
        "completions": _completions,
    },
    "gemini_cli": {
        "record": roads.gemini_cli, "events": roads.otel_gemini_cli, "gateway": roads.litellm_of_gemini_cli,
    },
    "copilot": {"spans": roads.otel_spans, "billing": _bill},
}  # fmt: skip


_REPORTS = ("completions", "billing")


def _of_the_month(tool: str) -> list[Row]:
    """Counters by day: those of Codex's fork are of two days later."""
    days: dict[date, list[int]] = {}
    for r in MONTH:
        at = roads.codex_session_of(r)[1] if tool == "codex" else r.at
        used = days.setdefault(at.date(), [0, 0, 0])
        used[:] = [had + more for had, more in zip(used, (r.uncached, r.read, r.output), strict=True)]
    return sorted((day, *used) for day, used in days.items())


def _used(models: Compiled, folder: Path, tool: str, *names: str) -> tuple[list[Row], list[Row]]:
    """Counters by day, and of each report how many tokens nobody explains."""
    zone = Zone(folder)
    zone.put("people/members.csv", csv_text(["person_id", "email", "team_id"], ["ada", "ada@acme.example", "core"]))
    # Nobody claims the folder of Codex: whose its records are, events and the gateway say. Gemini's events say it not.
    accounts = [["ada", system, "ada"] for system in TOOLS if system != "codex"]
    zone.put("people/accounts.csv", csv_text(["person_id", "system", "account"], *accounts))
    for name in names:
        for file in TOOLS[tool][name](MONTH):
            zone.put(file.name, file.content(file.lines), at=_EXPORTED)
    connection = run(models, zone)
    try:
        used = rows(
            connection,
            "select usage_date, sum(input_uncached_tokens)::bigint, sum(cache_read_tokens)::bigint,"
            " sum(output_tokens)::bigint from marts.fct_usage group by all order by all",
        )
        unexplained = rows(
            connection,
            "select report, sum(abs(ours - theirs - explained_by_counting - explained_by_revision))::bigint"
            " from intermediate.int_reconciled_tokens group by all order by all",
        )
    finally:
        connection.close()
        zone.close()
    return used, unexplained


@pytest.mark.parametrize("tool", TOOLS)
def test_all_roads_together_count_every_request_once(models: Compiled, tmp_path: Path, tool: str) -> None:
    used, unexplained = _used(models, tmp_path, tool, *TOOLS[tool])

    assert used == _of_the_month(tool)
    assert unexplained == [(road, 0) for road in TOOLS[tool] if road in _REPORTS]


@pytest.mark.parametrize(
    ("tool", "road"),
    [
        # Each road of requests stands alone among those that are mangled, too.
        pytest.param(tool, road, marks=() if road in _REPORTS else pytest.mark.nightly)
        for tool, its_roads in TOOLS.items()
        for road in its_roads
    ],
)
def test_any_complete_road_alone_has_the_same_totals(models: Compiled, tmp_path: Path, tool: str, road: str) -> None:
    assert _used(models, tmp_path, tool, road)[0] == _of_the_month(tool)
