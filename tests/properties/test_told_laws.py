"""What was published, however often, and however the organisation changed between, cannot be taken apart again."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import HealthCheck, Phase, example, given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from tests.properties.publisher import MODELS, Models, Publisher, compiled
from tests.properties.told import Equations, Reader
from tests.properties.worlds import Company, Outcome, Use, World, as_of, day, people_of, tree_of
from tokenworth.build import project_dir

MIN_GROUP = 3

few = settings(
    max_examples=20,
    deadline=None,
    derandomize=True,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> Models:
    return compiled(tmp_path_factory.mktemp("compiled"), MIN_GROUP)


def _published(models: Models, worlds: Iterable[World]) -> Reader:
    reader = Reader(models)
    for world in worlds:
        reader.publish(world)
    return reader


def _nobody_is_exposed(models: Models, worlds: Iterable[World]) -> Reader:
    reader = _published(models, worlds)
    assert reader.equations.people_left(MIN_GROUP) == {}
    return reader


def _told_of_containers(models: Models, worlds: Iterable[World], *, asks_again: bool) -> list[tuple[object, ...]]:
    """Of worlds that are each built twice, before anything is published of them and afterwards."""
    publisher = Publisher(models, asks_again=asks_again)
    for world in worlds:
        publisher.build(world)
        publisher.keep()
        publisher.build(world)
    return publisher.ask("select * exclude (told_at) from intermediate.int_containers_told order by all")


# The reader of these tests must see what there is to see.


def test_the_reader_finds_a_person_that_one_row_has_and_another_has_not() -> None:
    people = {name: name for name in "abcd"}
    rows = {"tokens": {frozenset("abc"), frozenset("abcd")}}
    assert Equations(dict(people), rows).people_left(3)["tokens"]
    assert not Equations(dict(people), {"tokens": {frozenset("abc")}}).people_left(3)


def test_the_reader_finds_what_only_three_rows_together_tell() -> None:
    people = {name: name for name in "abcdefg"}
    rows = {"tokens": {frozenset("abcdefg"), frozenset("abc"), frozenset("def")}}
    assert set(Equations(dict(people), rows).people_left(2)["tokens"]) == {("g",)}


# Organisations made to give somebody away.


def _steady(company: Company) -> tuple[dict[str, list[str]], tuple[tuple[str, str | None], ...]]:
    teams = {"web": people_of("web", 5), "api": people_of("api", 4), "ops": people_of("ops", 4)}
    return teams, tree_of(teams)


def test_weeks_one_after_another(models: Models) -> None:
    company = Company(1)
    teams, tree = _steady(company)
    uses, outcomes = company.work(teams, range(5))
    reader = _nobody_is_exposed(models, [as_of(day(week), uses, outcomes, tree) for week in range(1, 9)])
    for table in ("fct_team_week", "fct_team_usage_daily", "fct_container_month"):
        assert reader.ask(f"select count(*) > 1 from publication.{table}") == [(True,)]
    assert reader.ask("select count(value_units) > 3 from publication.fct_team_week") == [(True,)]
    assert reader.ask("select count(*) > 0 from publication.fct_team_week where outcomes_survived > 0") == [(True,)]
    assert reader.ask(
        "select distinct people > 0, outcomes_shipped > 0 from publication.fct_container_month where container = 'shop'"
        " and month_start = date '2026-01-01'"
    ) == [(True, True)]


def test_a_team_of_one(models: Models) -> None:
    company = Company(2)
    teams = {"web": people_of("web", 4), "api": people_of("api", 4), "lone": ["lone"]}
    uses, outcomes = company.work(teams, range(3))
    _nobody_is_exposed(models, [as_of(day(week), uses, outcomes, tree_of(teams)) for week in range(1, 7)])


def test_a_team_that_loses_one_person(models: Models) -> None:
    """Also looked at afterwards: the person's weeks are in no team any more."""
    company = Company(3)
    teams, tree = _steady(company)
    uses, outcomes = company.work(teams, range(3))
    left = tuple(replace(use, team=None) if use.person == "web0" else use for use in uses)
    _nobody_is_exposed(
        models,
        [
            as_of(day(2), uses, outcomes, tree), as_of(day(3), left, outcomes, tree),
            as_of(day(3), (use for use in uses if use.person != "web0"), outcomes, tree),
            as_of(day(4), left, outcomes, tree),
        ],
    )  # fmt: skip


def test_a_person_who_joins_late_and_whose_exports_come_later(models: Models) -> None:
    company = Company(4)
    teams, tree = _steady(company)
    uses, outcomes = company.work(teams, range(3))
    before = tuple(use for use in uses if use.person != "web0")
    known = tuple(outcome for outcome in outcomes if outcome.person != "web0")
    _nobody_is_exposed(
        models,
        [
            as_of(day(2), before, known, tree),
            as_of(day(2), uses, outcomes, tree),
            as_of(day(3), uses, outcomes, tree),
        ],
    )


def test_one_user_of_a_rare_model(models: Models) -> None:
    company = Company(5)
    teams, tree = _steady(company)
    uses, outcomes = company.work(teams, range(2))
    rare = tuple(
        replace(use, model="rare", tool="gemini_cli") if use.person == "api0" and use.day.weekday() < 2 else use
        for use in uses
    )
    reader = _nobody_is_exposed(models, [as_of(day(week), rare, outcomes, tree) for week in (1, 2)])
    assert reader.ask("select count(*) from publication.fct_team_usage_daily where model = 'rare'") == [(0,)]


def test_the_one_who_works_in_a_repository_of_another_team(models: Models) -> None:
    company = Company(6)
    teams, tree = _steady(company)
    uses, outcomes = company.work(teams, range(5))
    placed = tuple(
        replace(use, repository="site" if use.team == "web" and use.person != "web0" else "shop") for use in uses
    )
    reader = _nobody_is_exposed(models, [as_of(day(week), placed, outcomes, tree) for week in (2, 5, 6)])
    assert reader.ask("select count(*) from publication.fct_team_week where people_active > 0") > [(3,)]


def test_nested_teams(models: Models) -> None:
    company = Company(7)
    teams = {
        "eng": people_of("eng", 2),
        "web": people_of("web", 2),
        "api": people_of("api", 4),
        "qa": ["qa0"],
        "law": people_of("law", 3),
    }
    tree = tree_of(teams, web="eng", api="eng", qa="web")
    uses, outcomes = company.work(teams, range(3), busy=0.8)
    moved = tree_of(teams, web="law", api="eng", qa="law")
    _nobody_is_exposed(
        models,
        [
            as_of(day(1), uses, outcomes, tree),
            as_of(day(2), uses, outcomes, moved),
            as_of(day(4), uses, outcomes, tree),
        ],
    )


def test_two_teams_exchange_a_person(models: Models) -> None:
    """From one week to the next, and then looked at as if it had always been so."""
    company = Company(8)
    teams, tree = _steady(company)
    uses, outcomes = company.work(teams, range(3))
    exchanged = {"web0": "api", "api0": "web"}
    later = tuple(replace(use, team=exchanged.get(use.person or "", use.team)) for use in uses)
    moved = tuple(replace(o, team=exchanged.get(o.person or "", o.team)) for o in outcomes)
    _nobody_is_exposed(
        models,
        [
            as_of(day(1), uses, outcomes, tree),
            as_of(day(2), later, moved, tree),
            as_of(day(4), uses, outcomes, tree),
        ],
    )


def test_a_day_on_which_one_person_worked(models: Models) -> None:
    company = Company(9)
    teams = {"web": people_of("web", 12)}
    uses, outcomes = company.work(teams, range(2), busy=1)
    weekdays = tuple(use for use in uses if use.day.weekday() < 5 or use.person == "web0")
    _nobody_is_exposed(models, [as_of(day(week), weekdays, outcomes, tree_of(teams)) for week in (1, 2)])


def test_one_person_without_a_repository(models: Models) -> None:
    """All that the teams used, less all that was used in repositories, would be hers."""
    company = Company(10)
    teams, tree = _steady(company)
    uses, outcomes = company.work(teams, range(5), repositories=("shop", "site"))
    out = tuple(replace(use, repository=None) if use.person == "ops0" else use for use in uses)
    _nobody_is_exposed(models, [as_of(day(week), out, outcomes, tree) for week in (5, 6)])


def test_an_outcome_that_is_undone_later(models: Models) -> None:
    company = Company(11)
    teams, tree = _steady(company)
    uses, outcomes = company.work(teams, range(2))
    undone = tuple(
        replace(o, survival="undone", value_units=0) if o.person == "web1" and o.survival else o for o in outcomes
    )
    _nobody_is_exposed(
        models,
        [as_of(day(2), uses, outcomes, tree), as_of(day(4), uses, undone, tree), as_of(day(6), uses, undone, tree)],
    )


def test_a_beginning_that_is_known_later(models: Models) -> None:
    """Of one person's work it is found out afterwards when it began; of another's, that it began earlier."""
    company = Company(13)
    teams, tree = _steady(company)
    uses, outcomes = company.work(teams, range(2), busy=0.9)
    first = tuple(replace(o, lead_time=None if o.person == "web0" else 10.0 + n) for n, o in enumerate(outcomes))
    later = tuple(
        replace(o, lead_time={"web0": 5.0 + n, "web1": 999.0 + n}.get(o.person or "", o.lead_time))
        for n, o in enumerate(first)
    )
    reader = _published(models, [as_of(day(2), uses, first, tree)])
    query = "select team_id, week_start, outcomes_with_lead_time, lead_time_hours from publication.fct_team_week"
    before = reader.ask(f"{query} order by all")
    assert any(row[3] is not None for row in before)
    reader.publish(as_of(day(2), uses, later, tree))
    assert reader.ask(f"{query} order by all") == before
    assert reader.equations.people_left(MIN_GROUP) == {}


def test_the_one_whose_work_lasted_and_began_nobody_knows_when(models: Models) -> None:
    """All outcomes, less those whose beginning is known, less those that were undone, would be hers."""
    known = [Outcome(f"o{n}", f"web{n}", "web", day(0), lead_time=10.0 + n) for n in range(3)]
    undone = [Outcome(f"o{n}", f"web{n}", "web", day(0), survival="undone", value_units=0) for n in range(3, 6)]
    hers = Outcome("o6", "web6", "web", day(0))
    world = as_of(day(5), (), [*known, *undone, hers], tree_of(["web"]))
    reader = _nobody_is_exposed(models, [world])
    assert reader.ask(
        "select outcomes_shipped, outcomes_with_lead_time, outcomes_undone from publication.fct_team_week"
    ) == [(7, 3, None)]


def test_what_the_work_of_containers_cost_and_how_long_it_took(models: Models) -> None:
    """Told of months in which enough people tie containers by it, and each kind of evidence of usage as well."""
    company = Company(3)
    teams = {"web": people_of("web", 12), "api": people_of("api", 12), "ops": people_of("ops", 12)}
    uses, outcomes = company.work(teams, range(5), busy=0.9, repositories=("shop", "site"))
    reader = _nobody_is_exposed(models, [as_of(day(week), uses, outcomes, tree_of(teams)) for week in (5, 9)])
    assert reader.ask(
        "select count(cost_exact_usd) > 0, count(cohort_cost_usd) > 0, count(lead_time_hours) > 0"
        " from publication.fct_container_month where container in ('shop', 'site')"
    ) == [(True, True, True)]


def test_no_model_compares_every_row_with_every_other(models: Models) -> None:
    """What the engine makes of `or` between two keys: fast as long as nothing was told, minutes from then on."""
    publisher = Publisher(models)
    publisher.build(World(day(1)))
    plans = {model: publisher.ask(f"explain {models[model]}")[0][1] for model in MODELS}
    # Of outcomes the day on which they shipped or were given up is compared with one row.
    assert {model for model, plan in plans.items() if "BLOCKWISE_NL_JOIN" in plan} <= {"int_outcomes_now"}


def test_what_is_made_of_published_rows_reads_nothing_else() -> None:
    """Then it adds nothing to what the reader has; so must everything be that these tests do not gather."""
    of_rows: dict[str, set[str]] = {
        "published_fct_org_week": {"told.org_weeks", "int_org_weeks_to_tell", "int_published_week_ranks"},
        "int_ranked_published_weeks": set(),
        "published_dim_team": {"dim_team"},
        "published_dim_date": {"dim_date"},
    }
    tied = {"int_team_week_spending", "int_team_week_shipping"}
    for path in (project_dir() / "models").rglob("*.sql"):
        if path.stem in of_rows:
            said = path.read_text("utf-8")
            read = set(re.findall(r"ref\('(\w+)'\)", said))
            read |= {".".join(found) for found in re.findall(r"source\('(\w+)', '(\w+)'\)", said)}
            others = {name for name in read if not name.startswith("published_")} - of_rows[path.stem] - tied
            assert others == set(), path.stem


@few
@given(
    seed=st.integers(0, 10**6),
    sizes=st.lists(st.integers(1, 5), min_size=2, max_size=4),
    busy=st.sampled_from([0.25, 0.5, 0.9]),
    repositories=st.sampled_from(
        [("shop",), ("shop", "site"), ("shop", "site", None), ("shop", "site", "tools", "web")]
    ),
    happenings=st.lists(
        st.sampled_from(["late", "leave", "move", "retract", "nest", "nothing"]), min_size=2, max_size=3
    ),
)
# One day and one project of nearly the same people: what the two differ in is of fewer than those.
@example(seed=363, sizes=[2, 2], busy=0.25, repositories=("shop",), happenings=["retract", "leave", "nest"])
@example(seed=1007, sizes=[5, 2], busy=0.5, repositories=("shop", "site"), happenings=["nest", "late"])
# What is undone and of what it is known when it began: four parts of a row, two of which few people made.
@example(seed=1041, sizes=[2, 4, 4], busy=0.25, repositories=("shop", "site"), happenings=["leave", "nothing"])
# Whoever comes late, of two teams of two.
@example(seed=4408, sizes=[2, 2], busy=0.25, repositories=("shop", "site"), happenings=["late", "move", "nothing"])
def test_organisations_drawn_at_random(
    models: Models,
    seed: int,
    sizes: list[int],
    busy: float,
    repositories: tuple[str | None, ...],
    happenings: list[str],
) -> None:
    company = Company(seed)
    chance = company.chance
    teams = {f"t{n}_": people_of(f"t{n}_", size) for n, size in enumerate(sizes)}
    people = [person for members in teams.values() for person in members]
    tree = tree_of(teams)
    uses, outcomes = company.work(teams, range(3), busy=busy, repositories=repositories)
    late = [person for person in people if chance.random() < 0.3]
    worlds = [
        as_of(day(2), (u for u in uses if u.person not in late), (o for o in outcomes if o.person not in late), tree)
    ]
    change: dict[str, Callable[[Use], Use | None]] = {
        "leave": lambda use: replace(use, team=None) if use.person == people[0] else use,
        "move": lambda use: replace(use, team=chance.choice(list(teams))) if use.person == people[-1] else use,
        "retract": lambda use: None if use.person == people[len(people) // 2] else use,
    }
    for week, happening in enumerate(happenings, start=2):
        if happening == "nest":
            tree = tree_of(teams, **{team: chance.choice(["all", "t0_"]) for team in teams if team != "t0_"})
        now = tuple(use for u in uses if (use := change.get(happening, lambda use: use)(u)) is not None)
        if happening == "late":
            late = late[:-1]
        worlds.append(as_of(day(week * 2 - 1), (u for u in now if u.person not in late), outcomes, tree))
    _nobody_is_exposed(models, worlds)
    told = _told_of_containers(models, worlds, asks_again=False)
    assert told == _told_of_containers(models, worlds, asks_again=True)


def test_months_are_asked_again_where_something_else_was_told(models: Models) -> None:
    """All four months are over when the exports end; in one week March ends and April begins, and May is not over."""
    company = Company(13)
    teams, tree = _steady(company)
    apart, split, open_ = (company.work(teams, weeks)[0] for weeks in ([1, 6, 11, 14], [12], [17]))
    exported = day(18, 2)

    def marks(*uses: Use) -> dict[int, int]:
        publisher = Publisher(models)
        publisher.build(as_of(exported, uses, (), tree))
        return dict(publisher.ask("select month(month_of_week), mark from intermediate.int_container_marks"))

    before, open_too, split_too = marks(*apart), marks(*apart, *open_), marks(*apart, *split)
    assert set(before) == {1, 2, 3, 4}
    assert len(set(before.values())) == 4
    assert open_too == before
    assert split_too[3] == split_too[4] not in before.values()
    assert [split_too[1], split_too[2]] == [before[1], before[2]]


def test_no_linear_programme_pins_anybody_down(models: Models) -> None:
    """Amounts are never below zero: even so, what is published leaves everybody's own a span from nothing up."""
    company = Company(12)
    teams, tree = _steady(company)
    uses, outcomes = company.work(teams, range(2), busy=0.5)
    reader = _published(models, [as_of(day(week), uses, outcomes, tree) for week in (1, 2)])
    rows = sorted(reader.equations.rows["tokens"], key=lambda row: sorted(map(str, row)))
    unknowns = sorted({unknown for row in rows for unknown in row}, key=str)
    of = reader.equations.people
    matrix = np.array([[unknown in row for unknown in unknowns] for row in rows], dtype=float)
    amount = dict(company_amounts(uses))
    known = matrix @ np.array([amount[unknown] for unknown in unknowns])
    for person in sorted({of[unknown] for unknown in unknowns}):
        theirs = np.array([of[unknown] == person for unknown in unknowns], dtype=float)
        ends = [linprog(sign * theirs, A_eq=matrix, b_eq=known, method="highs").fun * sign for sign in (1, -1)]
        actual = theirs @ np.array([amount[unknown] for unknown in unknowns])
        assert ends[0] < 0.5 * actual
        assert ends[1] > 1.5 * actual


def company_amounts(uses: Iterable[Use]) -> Iterable[tuple[tuple[str, str], int]]:
    names = ("input_uncached_tokens", "cache_read_tokens", "cache_write_tokens", "output_tokens")
    for use in uses:
        yield from (((use.usage_id, name), amount / 10**8) for name, amount in zip(names, use.counters, strict=True))
