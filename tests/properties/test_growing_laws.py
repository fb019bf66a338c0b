"""Laws of what grows: whatever was there before, a build leaves what a build from nothing would, and makes no more anew
than what something changed of."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.properties.grown import Growing, build, growing, tables
from tests.properties.ledgers import Pull, Statement, World

_changes = st.integers(1, 6)
_minutes = st.integers(0, 12_000)  # nine days: sessions go on over midnights, and over a Sunday's
_statements = st.builds(
    Statement,
    request=st.integers(1, 20),
    session=st.integers(0, 4),
    person=st.integers(1, 3),
    minute=_minutes,
    tokens=st.tuples(*[st.integers(0, 2_000_000)] * 5),
    branch=st.integers(0, 3),
    issue=st.integers(0, 3),
    priced=st.booleans(),
    by_gateway=st.booleans(),
)
_pulls = st.builds(
    Pull,
    change=_changes,
    person=st.integers(1, 3),
    branch=st.integers(0, 3),
    opened=_minutes,
    merged=st.none() | _minutes,
    has_moments=st.booleans(),
)
# Everything that the models read, each by itself.
_parts: dict[str, st.SearchStrategy[Any]] = {
    "files": st.lists(st.lists(_statements, min_size=1, max_size=12).map(tuple), min_size=1, max_size=4).map(tuple),
    "closing": st.lists(st.tuples(st.integers(1, 3), _changes), max_size=6, unique=True).map(tuple),
    "moments": st.lists(st.tuples(st.integers(1, 4), _minutes, _changes), max_size=6, unique=True).map(tuple),
    "pulls": st.lists(_pulls, max_size=4, unique_by=lambda pull: pull.change).map(tuple),
    "noted": st.lists(st.tuples(st.integers(1, 4), _changes), max_size=4, unique=True).map(tuple),
    "before": st.lists(
        st.tuples(st.integers(1, 4), st.integers(1, 3), _changes), max_size=4, unique_by=lambda stay: stay[:2]
    ).map(tuple),
    "learned": st.lists(
        st.tuples(st.integers(1, 3), st.integers(1, 3)), max_size=2, unique_by=lambda known: known[0]
    ).map(tuple),
    "moved": st.integers(0, 2),
    "repository": st.sampled_from(["acme/shop", "acme/store"]),
    "branch": st.sampled_from(["fix", "fix-login"]),
    "price": st.sampled_from(["4.7", "5", "0.3"]),
}
_laws = settings(max_examples=25, deadline=None, derandomize=True, database=None)


@st.composite
def _histories(draw: st.DrawFn) -> list[World]:
    """A world, and what becomes of it when files come or go, or when one or two other things are not what they were."""
    worlds = [World(**{part: draw(strategy) for part, strategy in _parts.items()})]
    for _ in range(draw(st.integers(1, 3))):
        before = worlds[-1]
        if draw(st.booleans()):
            files = [*before.files, *draw(_parts["files"])[: draw(st.integers(0, 1))]]
            worlds.append(replace(before, files=tuple(files[draw(st.integers(0, 1)) :]) or before.files))
        else:
            others = draw(st.lists(st.sampled_from(sorted(_parts)), min_size=1, max_size=2, unique=True))
            worlds.append(replace(before, **{part: draw(_parts[part]) for part in others}))
    return worlds


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> Growing:
    return growing(tmp_path_factory.mktemp("growing"))


def test_every_model_that_grows_by_marks_is_tried(models: Growing) -> None:
    assert set(models.marks) >= {
        "int_circumstance_days", "int_usage_circumstances", "int_circumstances_placed", "int_usage_priced",
        "int_usage_summed", "fct_usage",
        "int_signal_sessions", "int_signal_hours", "int_request_stretches", "int_session_stretches",
        "int_links_by_moment", "int_links_by_branch", "int_links_by_noted_pull_request", "int_request_links",
        "int_divided_usage",
    }  # fmt: skip
    for model, later in models.later.items():
        assert later != models.first[model], model


@_laws
@given(_histories())
def test_what_grew_is_what_a_build_from_nothing_makes(models: Growing, worlds: list[World]) -> None:
    grown, made = tables(models, worlds), tables(models, worlds[-1:])

    for model, rows in made.items():
        assert grown[model] == rows, model


_WORLD = World(
    files=tuple(
        tuple(
            Statement(10 * day + n, 2 * day + n % 2, 1 + n % 2, 1440 * day + 10 * n, (1, 2, 3, 4, 5), 1, 0, True, False)
            for n in range(4)
        )
        for day in range(4)
    ),
    moments=((2, 1440 + 60, 1),),
    pulls=(Pull(2, 1, 1, 1440, None, False),),
)


def test_what_did_not_change_is_not_made_anew(models: Growing) -> None:
    with duckdb.connect(config={"threads": 1}) as connection:
        first = build(connection, models, _WORLD)
        again = build(connection, models, _WORLD, order=1)

    # Everything that is linked has something to be made, but no session noted a pull request.
    assert {model for model, rows in first.items() if not rows} == {"int_links_by_noted_pull_request"}
    assert set(again.values()) == {0}


def test_a_late_file_touches_the_sessions_of_its_day(models: Growing) -> None:
    late = (Statement(99, 2, 1, 1440 + 30, (1, 1, 1, 1, 1), 1, 0, True, False),)
    with duckdb.connect(config={"threads": 1}) as connection:
        first = build(connection, models, _WORLD)
        made = build(connection, models, replace(_WORLD, files=(*_WORLD.files, late)), order=1)

    # A quarter of everything, and the request itself.
    assert made["int_usage_priced"] == first["int_usage_priced"] / 4 + 1
    assert made["int_request_stretches"] == first["int_request_stretches"] / 4 + 1
    assert made["int_signal_sessions"] == first["int_signal_sessions"] / 4
    assert made["int_divided_usage"] <= first["int_divided_usage"] / 4 + 1


def test_a_change_of_a_team_s_members_prices_nothing_anew(models: Growing) -> None:
    with duckdb.connect(config={"threads": 1}) as connection:
        build(connection, models, _WORLD)
        made = build(connection, models, replace(_WORLD, moved=1), order=1)

    assert (made["int_usage_priced"], made["int_usage_summed"]) == (0, 0)
    assert made["int_signal_sessions"] > 0
    assert made["fct_usage"] > 0


@pytest.mark.parametrize("called", [{"repository": "acme/store"}, {"branch": "fix-login"}])
def test_what_is_called_otherwise_makes_rows_of_usage_anew_and_nothing_that_is_sorted(
    models: Growing, called: dict[str, str]
) -> None:
    with duckdb.connect(config={"threads": 1}) as connection:
        build(connection, models, _WORLD)
        made = build(connection, models, replace(_WORLD, **called), order=1)  # type: ignore[arg-type]

    assert made["fct_usage"] > 0
    assert (made["int_usage_summed"], made["int_signal_sessions"], made["int_request_stretches"]) == (0, 0, 0)
