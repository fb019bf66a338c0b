"""One month of work by four roads: however many of them a company has, the totals are those of any complete one.

The same requests stand in transcripts, in the client's events, in the gateway's log and, by day, in the vendor's
reports. What a road leaves out, another makes up for, and the reconciliation says by how much, to the token.
"""

from __future__ import annotations

import json
import random
from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.exports import csv_text, json_lines, log_batch, message, otel_event, spend_log, transcript_line
from tests.models import Compiled, rows, run
from tests.zone import Zone

_MODELS = ["claude-opus-4-6", "claude-haiku-4-5-20251001"]
_PEOPLE = ["ada", "ben", "cyd"]
_EXPORTED = 1_773_000_000  # 2026-03-08, when no day of the month is revised any more
_COUNTERS = ("input_uncached_tokens", "cache_read_tokens", "cache_write_tokens", "output_tokens")


@dataclass(frozen=True)
class Request:
    number: int
    person: str
    model: str
    at: datetime
    counters: tuple[int, int, int, int]  # uncached, read, written, output


def _month() -> list[Request]:
    rng = random.Random(7)
    begins = [datetime(2026, 2, 1) + timedelta(minutes=rng.randrange(28 * 1440)) for _ in range(300)]
    return [
        Request(n, rng.choice(_PEOPLE), rng.choice(_MODELS), at, tuple(rng.randrange(1, 10**k) for k in (3, 5, 4, 3)))  # type: ignore[arg-type]
        for n, at in enumerate(sorted(begins))
    ]


MONTH = _month()


def _transcripts(zone: Zone, requests: list[Request]) -> None:
    for person in _PEOPLE:
        lines = []
        for r in requests:
            uncached, read, written, output = r.counters
            usage = {"input_tokens": uncached, "cache_read_input_tokens": read, "output_tokens": output,
                     "cache_creation_input_tokens": written,
                     "cache_creation": {"ephemeral_5m_input_tokens": written,
                                        "ephemeral_1h_input_tokens": 0}}  # fmt: skip
            if r.person == person:
                said = message(f"msg_{r.number}", r.model, **usage)
                at = f"{r.at.isoformat()}.000Z"
                lines += [transcript_line(r.number, sessionId=f"s-{r.number // 9}", timestamp=at, message=said)] * 2
        zone.put(f"claude_code/{person}-laptop/projects/shop/a.jsonl", json_lines(lines), at=_EXPORTED)


def _events(zone: Zone, requests: list[Request]) -> None:
    events = []
    for r in requests:
        uncached, read, written, output = r.counters
        nanoseconds = str(int((r.at - datetime(1970, 1, 1)).total_seconds()) * 10**9)
        events.append(
            otel_event("api_request", nanoseconds=nanoseconds, **{
                "event.sequence": r.number, "user.email": f"{r.person}@acme.example", "model": r.model,
                "input_tokens": uncached, "output_tokens": output, "cache_read_tokens": read,
                "cache_creation_tokens": written, "request_id": f"req_{r.number}", "session.id": f"s-{r.number // 9}",
            })
        )  # fmt: skip
    zone.put("otel/events.jsonl", json_lines([log_batch(*events)]), at=_EXPORTED)


def _gateway(zone: Zone, requests: list[Request]) -> None:
    lines = []
    for r in requests:
        uncached, read, written, output = r.counters
        usage = {"cache_read_input_tokens": read, "cache_creation_input_tokens": written}
        lines.append(
            spend_log(
                request_id=f"msg_{r.number}", session_id=f"s-{r.number // 9}", user=f"{r.person}@acme.example",
                model=f"anthropic/{r.model}", prompt_tokens=uncached + read + written, completion_tokens=output,
                startTime=f"{r.at.isoformat()}Z", metadata={"usage_object": usage, "user_agent": "claude-cli/2.1.100"},
                request_tags=[],
            )
        )  # fmt: skip
    zone.put("litellm/spend.jsonl", json_lines(lines), at=_EXPORTED)


def _by(requests: list[Request], *names: str) -> Mapping[tuple[Any, ...], Counter[str]]:
    sums: dict[tuple[Any, ...], Counter[str]] = defaultdict(Counter)
    for r in requests:
        said = {"person": r.person, "model": r.model, "day": r.at.date()}
        sums[tuple(said[name] for name in names)].update(dict(zip(_COUNTERS, r.counters, strict=True)))
    return sums


def _report(zone: Zone, requests: list[Request]) -> None:
    """The vendor's report of Claude Code, by person, day and model."""
    data = [
        {
            "date": f"{day}T00:00:00Z", "actor": {"type": "user_actor", "email_address": f"{person}@acme.example"},
            "organization_id": "o-1", "customer_type": "api", "terminal_type": "vscode", "is_remote": False,
            "model_breakdown": [{"model": model, "tokens": {
                "input": used["input_uncached_tokens"], "output": used["output_tokens"],
                "cache_read": used["cache_read_tokens"], "cache_creation": used["cache_write_tokens"]}}],
        }
        for (person, model, day), used in _by(requests, "person", "model", "day").items()
    ]  # fmt: skip
    zone.put("anthropic/claude_code/february.json", json.dumps({"data": data}), at=_EXPORTED)


def _organisation(zone: Zone, requests: list[Request]) -> None:
    """What the vendor counts of the whole organisation, by day and model."""
    data = [
        {
            "starting_at": f"{day}T00:00:00Z", "ending_at": f"{day + timedelta(days=1)}T00:00:00Z",
            "results": [{
                "model": model, "uncached_input_tokens": used["input_uncached_tokens"],
                "cache_read_input_tokens": used["cache_read_tokens"], "output_tokens": used["output_tokens"],
                "cache_creation": {"ephemeral_5m_input_tokens": used["cache_write_tokens"],
                                   "ephemeral_1h_input_tokens": 0}}],
        }
        for (model, day), used in _by(requests, "model", "day").items()
    ]  # fmt: skip
    zone.put("anthropic/usage_report/february.json", json.dumps({"data": data}), at=_EXPORTED)


ROADS = {
    "transcripts": _transcripts,
    "events": _events,
    "gateway": _gateway,
    "report": _report,
    "organisation": _organisation,
}


@dataclass(frozen=True)
class Answers:
    """Tokens by person, model and day; what counts from reports; and the reconciliation's lines."""

    used: dict[tuple[Any, ...], tuple[int, ...]]
    from_reports: int
    reconciled: list[tuple[Any, ...]]


def _answers(models: Compiled, folder: Path, **roads: list[Request]) -> Answers:
    zone = Zone(folder, key="the same in every zone")
    members = [[p, p.title(), f"{p}@acme.example", "core", "", ""] for p in _PEOPLE]
    header = "person_id,display_name,email,team_id,valid_from,valid_to".split(",")
    zone.put("people/members.csv", csv_text(header, *members))
    accounts = [[p, "claude_code", f"{p}-laptop", "", ""] for p in _PEOPLE]
    zone.put("people/accounts.csv", csv_text("person_id,system,account,valid_from,valid_to".split(","), *accounts))
    for road, requests in roads.items():
        ROADS[road](zone, requests)
    connection = run(models, zone)
    try:
        sums = ", ".join(f"sum({counter})::bigint" for counter in _COUNTERS)
        used = rows(connection, f"select person_key, model, usage_date, {sums} from marts.fct_usage group by all")
        ((from_reports,),) = rows(
            connection, "select coalesce(sum(total_tokens), 0)::bigint from marts.fct_usage where is_aggregate"
        )
        reconciled = rows(
            connection,
            "select report, sum(ours)::bigint, sum(theirs)::bigint, sum(explained_by_counting)::bigint,"
            " sum(explained_by_revision)::bigint,"
            " sum(abs(ours - theirs - explained_by_counting - explained_by_revision))::bigint"
            " from intermediate.int_reconciled_tokens group by all order by all",
        )
    finally:
        connection.close()
        zone.close()
    return Answers({(person, model.removeprefix("anthropic/"), day): tuple(s) for person, model, day, *s in used},
                   from_reports, reconciled)  # fmt: skip


TOTAL = sum(sum(r.counters) for r in MONTH)


@pytest.fixture(scope="module")
def all_roads(models: Compiled, tmp_path_factory: pytest.TempPathFactory) -> Answers:
    return _answers(models, tmp_path_factory.mktemp("all"), **dict.fromkeys(ROADS, MONTH))


def test_all_roads_together_count_every_request_once(all_roads: Answers) -> None:
    by_cell = sorted(tuple(used.values()) for used in _by(MONTH, "person", "model", "day").values())

    assert sorted(all_roads.used.values()) == by_cell
    assert all_roads.from_reports == 0
    assert all_roads.reconciled == [
        ("claude_code", TOTAL, TOTAL, 0, 0, 0),
        ("usage_report", TOTAL, TOTAL, 0, 0, 0),
    ]


@pytest.mark.parametrize("road", ["transcripts", "events", "gateway", "report"])
def test_any_complete_road_alone_has_the_same_totals(
    models: Compiled, all_roads: Answers, tmp_path: Path, road: str
) -> None:
    alone = _answers(models, tmp_path, **{road: MONTH})

    assert alone.used == all_roads.used
    assert alone.from_reports == (TOTAL if road == "report" else 0)


def test_two_roads_that_share_no_id_count_once(models: Compiled, all_roads: Answers, tmp_path: Path) -> None:
    """An event knows the call, the gateway's row the response: small requests and those around midnight as well."""
    both = _answers(models, tmp_path, events=MONTH, gateway=MONTH)

    assert both.used == all_roads.used


def test_what_logs_leave_out_counts_from_the_report(models: Compiled, all_roads: Answers, tmp_path: Path) -> None:
    """The second half of one person's month was not collected, and a machine of another's one day."""
    collected = [
        r for r in MONTH
        if not (r.person == "ada" and r.at.day > 14) and not (r.person == "ben" and r.at.day == 3 and r.number % 2)
    ]  # fmt: skip
    missing = TOTAL - sum(sum(r.counters) for r in collected)

    found = _answers(models, tmp_path, transcripts=collected, report=MONTH, organisation=MONTH)

    assert found.used == all_roads.used
    assert found.from_reports == missing > 0
    assert found.reconciled == [
        ("claude_code", TOTAL - missing, TOTAL, -missing, 0, 0),
        ("usage_report", TOTAL, TOTAL, 0, 0, 0),
    ]


def test_an_organisation_s_report_alone_is_nobody_s(models: Compiled, tmp_path: Path) -> None:
    found = _answers(models, tmp_path, organisation=MONTH)

    assert {person for person, _, _ in found.used} == {None}
    assert found.from_reports == TOTAL
