"""Neither cutting, nor wrapping, nor closing in bulk, nor a label makes work worth more."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.properties.valued import END, START, Change, Issue, Models, World, compiled, unrounded, values

# Each example runs all models twice or more.
few = settings(
    max_examples=10,
    deadline=None,
    derandomize=True,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
_PATHS = ["src/cart.py", "src/login.py", "src/shop/till.py", "web/app.ts", "README.md", "package-lock.json"]
_TRIVIAL = 3


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> Models:
    return compiled(tmp_path_factory.mktemp("compiled"))


_days = st.floats(0, 80, allow_nan=False).map(lambda days: START + timedelta(days=days))
_files = st.lists(st.sampled_from(_PATHS), min_size=1, max_size=4, unique=True).flatmap(
    lambda paths: st.tuples(*(st.tuples(st.just(path), st.integers(0, 500), st.integers(0, 100)) for path in paths))
)


@st.composite
def _worlds(draw: st.DrawFn) -> World:
    """Two people's changes of three months, about half of them of an issue; one is surely of some size."""
    issues = [
        Issue(f"issue {n}", draw(st.sampled_from(["ada", "ben"])), START, draw(_days) + timedelta(days=1))
        for n in range(draw(st.integers(1, 3)))
    ]
    links = st.sampled_from([(), (), *((issue.name,) for issue in issues), tuple(issue.name for issue in issues[:2])])
    changes = [
        Change(f"change {n}", draw(st.sampled_from(["ada", "ben"])), draw(_days), draw(_files), draw(links))
        for n in range(draw(st.integers(1, 6)))
    ]
    sized = Change("sized", "ada", draw(_days), (("src/cart.py", draw(st.integers(80, 600)), 20),), draw(links))
    return World((sized, *changes), tuple(issues))


def _total(models: Models, world: World) -> float:
    return sum(values(models, world).values())


def _cut(change: Change, parts: int, hours: float, *, by_file: bool) -> list[Change]:
    """The change in as many requests, one after another: each has its files or an even part of each file."""
    pieces: list[Any] = [[] for _ in range(parts)]
    for place, (path, added, deleted) in enumerate(change.files):
        if by_file:
            pieces[place % parts].append((path, added, deleted))
            continue
        for n in range(parts):
            share = [total // parts + (n < total % parts) for total in (added, deleted)]
            pieces[n].append((path, *share))
    return [
        replace(
            change, name=f"{change.name}, {n}", files=tuple(files), shipped=change.shipped + timedelta(hours=hours) * n
        )
        for n, files in enumerate(pieces)
        if files
    ]


@few
@given(_worlds(), st.integers(2, 20), st.floats(0, 48, allow_nan=False), st.booleans())
def test_splitting_a_change_and_merging_its_parts_change_the_sum_by_at_most_5_percent(
    models: Models, world: World, parts: int, hours: float, by_file: bool
) -> None:
    """Within three days, in pieces that are more than trivial."""
    cut = world.changes[0] if not by_file else max(world.changes, key=lambda change: len(change.files))
    pieces = _cut(cut, min(parts, cut.lines // 12) or 1, hours / parts, by_file=by_file)
    split = World(tuple(c for c in world.changes if c is not cut) + tuple(pieces), world.issues)
    assert _total(models, split) == pytest.approx(_total(models, world), rel=0.05)


@few
@given(_worlds(), st.integers(1, 200), st.integers(0, _TRIVIAL), st.floats(0, 80, allow_nan=False), st.booleans())
def test_any_number_of_trivial_changes_adds_at_most_1_percent(
    models: Models, world: World, count: int, lines: int, days: float, wrapped: bool
) -> None:
    changes, issues = [], []
    for n in range(count):
        at = START + timedelta(days=days * n / count)
        files = ((_PATHS[n % len(_PATHS)], lines, lines), ("docs/guide.md", 40, 0))
        changes.append(Change(f"typo {n}", "ada", at, files, (f"wish {n}",) if wrapped else ()))
        issues += [Issue(f"wish {n}", "ada", START, at)] if wrapped else []
    before = _total(models, world)
    assert before > 0
    assert _total(models, world.plus(changes, issues)) == pytest.approx(before, rel=0.01)


@few
@given(_worlds(), st.booleans(), st.integers(2, 6))
def test_splitting_an_issue_adds_at_most_5_percent(
    models: Models, world: World, as_sub_tasks: bool, parts: int
) -> None:
    whole = world.issues[0]
    issues = [
        replace(whole, name=f"part {n}", parent=whole.name if as_sub_tasks else None, is_subtask=as_sub_tasks)
        for n in range(parts)
    ]
    changes = [
        replace(change, issues=tuple(f"part {n % parts}" if name == whole.name else name for name in change.issues))
        for n, change in enumerate(world.changes)
    ]
    kept = world.issues if as_sub_tasks else world.issues[1:]
    split = World(tuple(changes), (*kept, *issues))
    assert _total(models, split) == pytest.approx(_total(models, world), rel=0.05)


@few
@given(_worlds())
def test_wrapping_each_change_in_an_issue_adds_at_most_5_percent(models: Models, world: World) -> None:
    bare = World(tuple(replace(change, issues=()) for change in world.changes), ())
    wrapped = World(
        tuple(replace(change, issues=(f"for {change.name}",)) for change in bare.changes),
        tuple(Issue(f"for {c.name}", c.person, c.shipped - timedelta(minutes=9), c.shipped) for c in bare.changes),
    )
    assert _total(models, wrapped) == pytest.approx(_total(models, bare), rel=0.05)


@few
@given(_worlds(), st.integers(3, 60), _days, st.booleans())
def test_closing_stale_issues_in_bulk_adds_nothing(
    models: Models, world: World, count: int, at: Any, without_changes: bool
) -> None:
    """Also where no repository was exported, so that issues count by themselves."""
    base = World((), world.issues) if without_changes else world
    stale = [Issue(f"stale {n}", ["ada", "ben", "cyd"][n % 3], START, at + timedelta(seconds=n)) for n in range(count)]
    assert _total(models, base.plus(issues=stale)) <= _total(models, base) + 1e-9


@few
@given(_worlds(), st.sampled_from(["Bug", "Incident", "Spike", "Task"]), st.sampled_from(["p1", "feature", "incident"]))
def test_relabelling_adds_nothing(models: Models, world: World, kind: str, label: str) -> None:
    """The labels are the words for priority and points, too; neither is read."""
    issues = tuple(replace(issue, kind=kind, labels=(label,)) for issue in world.issues)
    assert _total(models, World(world.changes, issues)) == _total(models, world)


@few
@given(_worlds())
def test_reverting_removes_all(models: Models, world: World) -> None:
    before = values(models, world)
    one = World((replace(world.changes[0], undone=True), *world.changes[1:]), world.issues)
    after = values(models, one)
    assert after.get("sized", 0) == 0
    assert sum(after.values()) < sum(before.values())
    every = World(tuple(replace(change, undone=True) for change in world.changes), world.issues)
    assert _total(models, every) == 0


@few
@given(_worlds(), st.integers(0, 99))
def test_the_order_of_arrival_does_not_matter(models: Models, world: World, order: int) -> None:
    assert values(models, replace(world, order=order)) == values(models, world)


def test_absurd_numbers_of_lines_stop_nothing(models: Models) -> None:
    """A row may say a million millions, and there may be many."""
    world = World(tuple(Change(f"c {n}", "ada", START, (("src/a.py", 10**17, 10**17),)) for n in range(3)))
    assert 0 < _total(models, world) < 1000


def test_nor_does_it_to_the_last_digit(models: Models) -> None:
    """What is rounded after sums would else be another figure in one of many builds."""
    files = tuple((f"src/{n}.py", 37 * n % 101 + 3, n) for n in range(30))
    world = World(tuple(Change(f"c {n}", "ada", START + timedelta(days=n), files[n : n + 15]) for n in range(15)))
    for order in range(5):
        assert unrounded(models, replace(world, order=order)) == unrounded(models, world)


def test_work_is_worth_something_and_more_of_it_more(models: Models) -> None:
    """Laws would hold as well if everything were worth nothing."""
    early = START + timedelta(days=10)
    world = World(
        (
            Change("small", "ada", early, (("src/a.py", 10, 0),)),
            Change("unit", "ben", early, (("src/b.py", 100, 0),)),
            Change("large", "cyd", early, (("src/c.py", 1000, 0),)),
            Change("half and half", "dee", early, (("src/d.py", 50, 0), ("src/e.py", 50, 0))),
            Change("again", "ben", early + timedelta(days=30), (("src/b.py", 100, 0),)),
            Change("young", "ben", END, (("src/f.py", 100, 0),)),
        )
    )
    found = values(models, world)
    assert found["unit"] == found["again"] == 1
    assert 0.1 < found["small"] < 0.2
    assert 3 < found["large"] < 4
    assert 1 < found["half and half"] < 1.2
    assert 0.9 < found["young"] < 1
