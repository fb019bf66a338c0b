"""Whatever happens to exports on their way, and by however many roads a request arrives, the totals stay right."""

from __future__ import annotations

import random
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from tests.end_to_end.warehouses import KEY
from tests.usage.mangled import deliver
from tests.usage.models import COUNTERS, Models
from tests.usage.roads import ROADS, Request, litellm_of_codex, litellm_of_gemini_cli
from tests.zone import Row, Zone

# To look for a smaller counter-example would take minutes.
_law = settings(max_examples=2, phases=[Phase.generate], deadline=None, derandomize=True, database=None)
_counted = st.integers(0, 60)
# Requests of a road: two sessions, whose contexts grow, so that no two requests of a session are alike.
_works = st.lists(st.tuples(st.integers(1, 2), _counted, _counted, _counted), min_size=1, max_size=5)
_chances = st.integers(0, 2**32).map(random.Random)


def _requests(work: Sequence[tuple[int, int, int, int]], place: int = 0) -> list[Request]:
    """Of each place among roads other numbers, sessions, times and sizes. A second session forks after its first."""
    first = next((n for n, (session, *_) in enumerate(work, start=1) if session == 2), 0)
    return [
        Request(
            100 * place + n, 10 * place + session, 10_000 * place + 1000 * n + uncached, 10 * read, output,
            in_fork=session == 2 and n > first,
        )
        for n, (session, uncached, read, output) in enumerate(work, start=1)
    ]  # fmt: skip


def _used(requests: Sequence[Request]) -> Row:
    sums = (sum(getattr(r, counter) for r in requests) for counter in ("uncached", "read", "output"))
    uncached, read, output = sums
    return len(requests), uncached, read, 0, 0, output


@contextmanager
def empty_zone() -> Iterator[Zone]:
    with tempfile.TemporaryDirectory() as folder:
        zone = Zone(Path(folder), key=KEY)
        yield zone
        zone.close()


@_law
@given(st.fixed_dictionaries(dict.fromkeys(ROADS, _works)), _chances)
def test_mangled_exports_count_what_was_used(
    models: Models, works: dict[str, list[tuple[int, int, int, int]]], chance: random.Random
) -> None:
    requests = {road: _requests(works[road], place) for place, road in enumerate(ROADS)}
    sums = ", ".join(f"sum({counter})::bigint" for counter in COUNTERS)
    with empty_zone() as zone:
        deliver(zone, [file for road, told in requests.items() for file in ROADS[road](told)], chance)
        found = models.ask(
            zone,
            "select date_diff('minute', timestamp '2026-02-02 09:00:00', occurred_at) % 1440 // 100,"
            f" count(*), {sums} from int_usage_requests group by all order by all",
        )
    assert {list(ROADS)[place]: totals for place, *totals in found} == {
        road: list(_used(told)) for road, told in requests.items()
    }


# Roads of the same work that know each other's requests. Of Claude Code, what it reports knows a request by the
# call's id and a gateway or cloud by the response's; where no transcript knows both, equal counters and times make a
# report and a gateway's row one. Codex and Gemini CLI name responses themselves: there it is always these.
_TOGETHER = {
    "claude_code": ["claude_code", "otel_claude_code", "litellm", "bedrock"],
    "codex": ["codex", "otel_codex", "litellm_of_codex"],
    "gemini_cli": ["gemini_cli", "gemini_cli_lines", "otel_gemini_cli", "litellm_of_gemini_cli"],
}
_ALIKE = ("otel_claude_code", "litellm")
_ROADS = ROADS | {writer.__name__: writer for writer in (litellm_of_codex, litellm_of_gemini_cli)}


@st.composite
def _mixtures(draw: st.DrawFn) -> dict[str, list[tuple[tuple[int, int, int, int], list[str]]]]:
    """Work of each tool, each request with the roads by which it arrives: its own record, one other, or several."""
    mixtures = {}
    for tool, roads in _TOGETHER.items():
        own, *others = roads
        by_roads = st.one_of(
            st.lists(st.sampled_from(others), unique=True).map(lambda more, own=own: [own, *more]),
            st.sampled_from(others).map(lambda road: [road]),
            st.just([road for road in _ALIKE if road in others] or [own]),
        )
        mixtures[tool] = draw(st.lists(st.tuples(st.tuples(st.integers(1, 2), *[_counted] * 3), by_roads), max_size=5))
    return mixtures


@_law
@given(_mixtures(), _chances)
def test_a_request_that_arrives_by_several_roads_counts_once(
    models: Models,
    mixtures: dict[str, list[tuple[tuple[int, int, int, int], list[str]]]],
    chance: random.Random,
) -> None:
    files, everything = [], []
    for place, (tool, mixture) in enumerate(mixtures.items()):
        requests = _requests([work for work, _ in mixture], place)
        everything += requests
        for road in _TOGETHER[tool]:
            arrived = [r for r, (_, roads) in zip(requests, mixture, strict=True) if road in roads]
            if arrived:
                files += _ROADS[road](arrived)
    with empty_zone() as zone:
        deliver(zone, files, chance)
        assert models.totals(zone) == _used(everything)


@settings(_law, max_examples=1)
@given(_works, _chances)
def test_all_roads_together_are_any_one_alone(
    models: Models, work: list[tuple[int, int, int, int]], chance: random.Random
) -> None:
    told = {place: (roads, _requests(work, place)) for place, roads in enumerate(_TOGETHER.values())}
    files = [file for roads, requests in told.values() for road in roads for file in _ROADS[road](requests)]
    with empty_zone() as zone:
        deliver(zone, files, chance)
        assert models.totals(zone) == _used([r for _, requests in told.values() for r in requests])
