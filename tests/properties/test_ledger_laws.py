"""Laws of the ledger: it holds what was used, to the token and the last decimal, however it arrived."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.properties.ledgers import Models, Statement, World, compiled, ledger

_tokens = st.one_of(st.integers(0, 9), st.integers(0, 2_000_000))
_statements = st.builds(
    Statement,
    request=st.integers(1, 12),
    session=st.integers(1, 3),
    person=st.integers(1, 3),
    minute=st.integers(0, 3000),
    tokens=st.tuples(_tokens, _tokens, _tokens, _tokens, _tokens),
    branch=st.integers(0, 3),
    issue=st.integers(0, 3),
    priced=st.booleans(),
    by_gateway=st.booleans(),
)
# Issues are closed by several changes, and a moment of a session may be one of several changes: usage is divided.
_worlds = st.builds(
    World,
    files=st.lists(st.lists(_statements, min_size=1, max_size=15).map(tuple), min_size=1, max_size=4).map(tuple),
    closing=st.lists(st.tuples(st.integers(1, 3), st.integers(1, 9)), max_size=12, unique=True).map(tuple),
    moments=st.lists(
        st.tuples(st.integers(1, 3), st.sampled_from([0, 700, 1500, 3000]), st.integers(1, 9)), max_size=9, unique=True
    ).map(tuple),
)
_laws = settings(max_examples=40, deadline=None, derandomize=True, database=None)


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> Models:
    return compiled(tmp_path_factory.mktemp("compiled"))


@_laws
@given(_worlds)
def test_the_ledger_balances_for_every_row_of_usage_to_the_token_and_the_last_decimal(
    models: Models, world: World
) -> None:
    found = ledger(models, world)

    assert found.unbalanced == []
    assert found.requested == found.used == found.attributed
    assert min((row[5] for row in found.rows), default=0) >= 0


@_laws
@given(_worlds, st.integers(1, 1000), st.data())
def test_shuffled_doubled_and_late_the_same_usage_gives_the_same_ledger(
    models: Models, world: World, order: int, data: st.DataObject
) -> None:
    again = data.draw(st.lists(st.sampled_from(world.files), max_size=2))
    files = data.draw(st.permutations((*world.files, *again)))

    found = ledger(models, replace(world, files=tuple(files)), order)

    assert found.rows == ledger(models, world).rows
