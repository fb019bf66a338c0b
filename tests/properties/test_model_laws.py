"""Laws of the models: what was used is what the best statement of each request says, and no more."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.exports import Json
from tests.properties.drawn import TRANSCRIPT, Line, content, empty_zone, good_transcripts, spend_logs
from tokenworth.build import build

_files = st.builds(
    lambda sessions, logs: (
        {f"{TRANSCRIPT}/{n}.jsonl": lines for n, lines in enumerate(sessions)} | {"litellm/a.jsonl": logs}
    ),
    st.lists(good_transcripts, min_size=2, max_size=4),
    spend_logs,
)


def _statements(lines: Iterable[Line]) -> Iterable[tuple[str, int, int, int]]:
    """Of each line that tells of a request: which, how good the evidence is, its tokens, its output."""
    for line in lines:
        if line.fate != "good" or line.said is None:
            continue
        said: Json = line.said
        if "request_id" in said:
            total = said["prompt_tokens"] + said["completion_tokens"]
            yield said["request_id"], 0, total, said["completion_tokens"]
            continue
        answer = said["message"] or said["data"]["message"]["message"]
        usage = answer["usage"]
        counted = ("input_tokens", "output_tokens", "cache_read_input_tokens", "cache_creation_input_tokens")
        total = sum(usage[name] for name in counted)
        yield answer["id"], 0 if said["type"] == "assistant" else -1, total, usage["output_tokens"]


# An example is a whole build; laws of the requests alone, with many, are in tests/usage.
@settings(max_examples=1, deadline=None, derandomize=True, database=None)
@given(_files)
def test_tokens_of_the_distinct_requests_are_those_of_usage_and_of_the_ledger(files: dict[str, list[Line]]) -> None:
    best: dict[str, tuple[int, int, int]] = defaultdict(lambda: (-9, 0, 0))
    for lines in files.values():
        for request, *statement in _statements(lines):
            best[request] = max(best[request], tuple(statement))  # type: ignore[type-var]
    with empty_zone() as zone:
        for name, lines in files.items():
            zone.put(name, content(lines))
        zone.load()
        build(zone.settings)
        used = zone.ask(
            "select sum(requests)::bigint, sum(total_tokens)::bigint, sum(output_tokens)::bigint from marts.fct_usage"
        )
        expected = (len(best), sum(b[1] for b in best.values()), sum(b[2] for b in best.values()))
        assert used == [expected if best else (None, None, None)]
        assert zone.ask("select sum(tokens)::bigint, sum(cost_usd) from marts.fct_attribution") == zone.ask(
            "select sum(total_tokens)::bigint, sum(cost_usd) from marts.fct_usage"
        )
