"""Whatever happens to vendors' reports and bills on their way, they say what they said when they were exported last."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from functools import partial

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from tests.usage.mangled import deliver, named
from tests.usage.models import COUNTERS, STAGED_REPORTS, Models
from tests.usage.reported import Used
from tests.usage.reports import REPORTS
from tests.usage.test_mangled import empty_zone

# A counter-example says by itself which report is wrong: to look for a smaller one would take minutes.
_law = partial(settings, phases=[Phase.generate], deadline=None, derandomize=True, database=None)

Key = tuple[object, ...]
Figures = tuple[object, object]
Drawn = Mapping[str, Sequence[Sequence[Used]]]

_counted = st.integers(1, 60)
_MONTHS = (2, 3, 4)


def _used(month: int) -> st.SearchStrategy[list[Used]]:
    """A few rows, no two of the same day, person and model."""
    rows = st.builds(
        lambda day, person, model, uncached, read, written, output, cents: Used(
            month, day, person, model, uncached, read, written, output, Decimal(cents) / 2
        ),
        st.integers(2, 4), st.integers(1, 2), st.integers(0, 1), _counted, _counted, _counted, _counted, _counted,
    )  # fmt: skip
    return st.lists(rows, min_size=1, max_size=4, unique_by=lambda r: (r.day, r.person, r.model))


_of_each_report = st.fixed_dictionaries({each.report: st.tuples(*map(_used, _MONTHS)) for each in REPORTS})


def _differences(models: Models, used: Drawn, chance: random.Random) -> dict[Key, Figures]:
    """Figures that are found or expected, where the other is not the same, with both."""
    files = []
    for each in REPORTS:
        for month, rows in zip(_MONTHS, used[each.report], strict=True):
            files += named(each.write(rows), str(month))
            # Points of metrics are not revised: another is another.
            if each.source != "otel" and chance.random() < 0.5:
                known = chance.sample(rows, chance.randint(1, len(rows)))
                more = [replace(r, output=r.output + 7, cents=r.cents + 100) for r in known]
                files += named(each.write(more), f"{month}-earlier", exported=-60)
    expected = {
        (each.report, *key): figures
        for each in REPORTS
        for key, figures in each.sums([row for rows in used[each.report] for row in rows]).items()
    }
    with empty_zone() as zone:
        deliver(zone, files, chance)
        assert zone.unread() == []
        figures = ["requests", *COUNTERS, "vendor_cost_usd"]
        columns = ", ".join(["report", "usage_date", "said_model", "vendor_cost_basis", *figures])
        said = " union all ".join(f"select {columns} from {model}" for model in STAGED_REPORTS)
        sums = ", ".join(f"coalesce(sum({figure}), 0)" for figure in figures)
        query = f"select report, usage_date::varchar, said_model, vendor_cost_basis, {sums} from ({said}) group by all"
        found = {row[:4]: list(row[4:]) for row in models.ask(zone, query, *STAGED_REPORTS)}
    return {key: (found.get(key), expected.get(key)) for key in found | expected if found.get(key) != expected.get(key)}


@_law(max_examples=1)
@given(_of_each_report, st.integers(0, 2**32))
def test_mangled_reports_say_what_their_last_export_says(models: Models, used: Drawn, seed: int) -> None:
    """An earlier export said more of some rows: what is revised goes down as well."""
    assert _differences(models, used, random.Random(seed)) == {}


@pytest.mark.nightly
@_law(max_examples=40)
@given(_of_each_report, st.integers(0, 2**32))
def test_mangled_reports_say_it_all_night(models: Models, used: Drawn, seed: int) -> None:
    assert _differences(models, used, random.Random(seed)) == {}
