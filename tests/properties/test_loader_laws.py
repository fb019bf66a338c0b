"""Laws of the loader that hold whatever arrives."""

from __future__ import annotations

from collections import Counter

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.properties.drawn import TRANSCRIPT, Line, content, empty_zone, spend_logs, transcripts, zones
from tests.zone import Row, Zone

_law = settings(max_examples=5, deadline=None, derandomize=True, database=None)

Held = tuple[dict[str, list[Row]], list[Row]]


def _held(zone: Zone) -> Held:
    """What a warehouse holds: its rows, and what was refused."""
    return zone.everything(but=["names"]), zone.quarantine()


def _loaded_at_once(files: dict[str, list[Line]]) -> Held:
    with empty_zone() as zone:
        for name, lines in files.items():
            zone.put(name, content(lines))
        zone.load()
        return _held(zone)


@_law
@given(zones)
def test_every_line_is_loaded_or_repeated_or_ignored_or_quarantined(files: dict[str, list[Line]]) -> None:
    with empty_zone() as zone:
        for name, lines in files.items():
            zone.put(name, content(lines))
        zone.load()
        zone.assert_balanced()
        for name, lines in files.items():
            fates = Counter(line.fate for line in lines)
            ((count, loaded, duplicates, ignored, quarantined),) = zone.ledger(name)
            assert (count, loaded + duplicates, ignored, quarantined) == (
                len(lines), fates["good"], fates["ignored"], fates["broken"]
            )  # fmt: skip


@_law
@given(zones)
def test_loading_twice_is_loading_once(files: dict[str, list[Line]]) -> None:
    with empty_zone() as zone:
        for name, lines in files.items():
            zone.put(name, content(lines))
        zone.load()
        before, ledger = _held(zone), zone.ask("from audit.loads order by all")
        report = zone.load()
        assert (report.readings, report.unchanged) == ([], len(files))
        assert (_held(zone), zone.ask("from audit.loads order by all")) == (before, ledger)
        zone.load(reload=True)
        assert _held(zone) == before


@_law
@given(zones, st.randoms(use_true_random=False))
def test_files_may_arrive_in_any_order(files: dict[str, list[Line]], chance: object) -> None:
    names = list(files)
    chance.shuffle(names)  # type: ignore[attr-defined]
    with empty_zone() as zone:
        for name in names:
            zone.put(name, content(files[name]))
            zone.load()
        assert _held(zone) == _loaded_at_once(files)


@_law
@given(
    st.one_of(
        st.tuples(st.just(f"{TRANSCRIPT}/a.jsonl"), transcripts), st.tuples(st.just("litellm/a.jsonl"), spend_logs)
    ),
    st.data(),
)
def test_a_file_that_grew_is_the_same_as_one_that_came_whole(file: tuple[str, list[Line]], data: st.DataObject) -> None:
    """Cut anywhere, in the middle of a line as well: it may be copied while it is being written."""
    name, lines = file
    whole = content(lines)
    cuts = sorted(data.draw(st.lists(st.integers(0, len(whole)), min_size=1, max_size=2)))
    with empty_zone() as zone:
        for second, cut in enumerate([*cuts, len(whole)]):
            zone.put(name, whole[:cut], at=1_700_000_000 + second)
            zone.load()
        zone.assert_balanced()
        rows, refused = _held(zone)
        assert (rows, [r[1:] for r in refused]) == _without_names(_loaded_at_once({name: lines}))


def _without_names(held: Held) -> Held:
    return held[0], [row[1:] for row in held[1]]
