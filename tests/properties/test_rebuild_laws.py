"""Laws of a rebuild: whatever happened to a file before, the warehouse that is made anew is the one that was lost."""

from __future__ import annotations

import os

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.exports import json_lines, spend_log
from tests.faults.held import assert_same, held
from tests.properties.drawn import empty_zone
from tests.zone import Zone
from tokenworth.rebuild import restore

_law = settings(max_examples=4, deadline=None, derandomize=True, database=None)

# Few lines, so that they often stand twice: in a part, or on both sides of a border.
_lines = st.lists(
    st.sampled_from([*(json_lines([spend_log(number)]) for number in (1, 2, 3)), "garbage\n", "[1, 2]\n", "\n"]),
    max_size=4,
).map("".join)
_happens = st.one_of(
    st.tuples(st.just("grows"), _lines),
    st.tuples(st.just("grows"), _lines),
    st.tuples(st.just("is cut within a line, and goes on"), _lines),
    st.tuples(st.just("is replaced"), _lines),
    st.tuples(st.just("vanishes"), st.just("")),
    st.tuples(st.just("is touched"), st.just("")),
)
_NAMES = ["litellm/a.jsonl", "litellm/b.json", "litellm/c.ndjson"]
_histories = st.lists(st.tuples(st.sampled_from(_NAMES), _happens), min_size=3, max_size=8)


def _happen(zone: Zone, name: str, what: str, lines: str, at: int) -> None:
    path = zone.landing / name
    before = path.read_text("utf-8") if path.exists() else ""
    if what == "vanishes":
        path.unlink(missing_ok=True)
    elif what == "is replaced":
        zone.put(name, lines, at=at)
    elif what == "is touched":
        zone.put(name, before, at=at)
    elif what == "grows":
        zone.put(name, before + lines, at=at)
    else:
        zone.put(name, before + lines + '{"request_id":', at=at)


@_law
@given(_histories, st.integers(1, 3))
def test_a_rebuild_gives_the_same_ledger_and_the_same_rows(
    history: list[tuple[str, tuple[str, str]]], loads_each: int
) -> None:
    with empty_zone() as zone:
        for second, (name, (what, lines)) in enumerate(history):
            _happen(zone, name, what, lines, at=1_700_000_000 + second)
            if second % loads_each == 0:
                zone.load()
        zone.load()
        zone.assert_balanced()
        before, ledger = held(zone.settings), zone.ask("from audit.loads order by all")
        zone.close()
        os.truncate(zone.settings.database, 100)

        restored = restore(zone.settings)

        assert restored.loaded.lost == []
        assert zone.ask("from audit.loads order by all") == ledger
        assert_same(held(zone.settings), before)
        assert zone.ask("from audit.former_loads") == []
        assert zone.load().readings == []
