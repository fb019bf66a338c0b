"""Whatever happens to exports of trackers and repositories on their way, staging tells of each item once, as it is."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from functools import partial

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from tests.usage.items import Item
from tests.usage.mangled import deliver, named
from tests.usage.models import STAGED_WORK, Models
from tests.usage.test_mangled import empty_zone
from tests.usage.work import WORK
from tests.zone import Row

# A counter-example says by itself which export is wrong: to look for a smaller one would take minutes.
_law = partial(settings, phases=[Phase.generate], deadline=None, derandomize=True, database=None)

Drawn = Mapping[str, Sequence[Item]]

_items = st.lists(
    st.builds(Item, st.integers(1, 9), st.booleans()), min_size=1, max_size=6, unique_by=lambda i: i.number
)
_of_each = st.fixed_dictionaries({each.name: _items for each in WORK})


def _differences(models: Models, drawn: Drawn, chance: random.Random) -> dict[str, tuple[list[Row], list[Row]]]:
    """What is answered otherwise than it should be, with both answers."""
    files = []
    for each in WORK:
        items = drawn[each.name]
        files += each.write(items)
        if each.is_revised and chance.random() < 0.7:
            known = chance.sample(items, chance.randint(1, len(items)))
            files += named(each.write([item.before() for item in known]), "earlier", exported=-60)
    different = {}
    with empty_zone() as zone:
        deliver(zone, files, chance)
        assert zone.unread() == []
        with models.over(zone, *STAGED_WORK) as connection:
            for each in WORK:
                for asks, answers in ((each.asks, each.answers), *each.also):
                    found = sorted(connection.execute(asks).fetchall())
                    expected = sorted(row for item in drawn[each.name] for row in answers(item))
                    if found != expected:
                        different[asks] = (found, expected)
    return different


@_law(max_examples=1)
@given(_of_each, st.integers(0, 2**32))
def test_mangled_exports_tell_of_each_item_as_it_is(models: Models, drawn: Drawn, seed: int) -> None:
    """An earlier export had some items as not done yet, and may be loaded later."""
    assert _differences(models, drawn, random.Random(seed)) == {}


@pytest.mark.nightly
@_law(max_examples=40)
@given(_of_each, st.integers(0, 2**32))
def test_mangled_exports_tell_so_all_night(models: Models, drawn: Drawn, seed: int) -> None:
    assert _differences(models, drawn, random.Random(seed)) == {}
