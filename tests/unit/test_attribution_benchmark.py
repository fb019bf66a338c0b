"""The measure that `benchmarks/attribution.py` takes of a ledger, on a few links that can be counted by hand."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from benchmarks.attribution import measure, wilson
from tokenworth.warehouse import literal

_LINKS = [
    # session, pull request, tier, tokens
    ("right", 1, "exact", 100),
    ("right_too", 1, "strong", 100),
    ("wrong", 1, "strong", 100),
    ("cannot_be_judged", 2, "probable", 100),
    ("told_by_a_checkpoint", 1, "exact", 100),
    ("allocated", 1, "allocated", 100),
]
_TRUTH = {
    "truth_links.csv": "session_id,pr_number,in_landing\nright,1,1\nright_too,1,1\nmissed,1,1\nnot_here,1,0\nnone,,1\n",
    "truth_links_visible.csv": "session_id,pr_number,in_landing\ntold_by_a_checkpoint,1,1\n",
    "truth_tokens.csv": "session_id,usage_date,unit,hidden,tokens\nright,2026-02-01,1,1,100\n"
    "right_too,2026-02-01,1,1,60\nright_too,2026-02-01,,1,40\nmissed,2026-02-01,1,1,40\nwrong,2026-02-01,,1,100\n"
    "told_by_a_checkpoint,2026-02-01,1,0,100\n",
    "commit_pr.csv": "sha,pr_number,has_checkpoint\na,1,1\na2,1,0\nb,2,0\n",
}


@pytest.fixture
def places(tmp_path: Path) -> tuple[Path, Path]:
    """A warehouse with a small ledger, and its truth."""
    warehouse, truth = tmp_path / "warehouse", tmp_path / "truth"
    for folder in (warehouse, truth):
        folder.mkdir()
    for name, text in _TRUTH.items():
        (truth / name).write_text(text)
    with duckdb.connect(str(warehouse / "warehouse.duckdb")) as c:
        c.execute("create schema marts")
        rows = ", ".join(f"({literal(s)}, {pr}, {literal(tier)}, {tokens})" for s, pr, tier, tokens in _LINKS)
        c.execute(f"create temp table links as from (values {rows}) as links(session, pr, tier, tokens)")
        c.execute(
            "create table marts.fct_attribution as select session as usage_id, 'o' || pr as outcome_id, tier,"
            " 'some_method' as method, 0.9 as probability, tokens from links"
        )
        c.execute(
            "create table marts.fct_usage as select session as usage_id, session as session_id,"
            " date '2026-02-01' as usage_date, timestamp '2026-02-01 10:00' as first_at from links"
        )
        c.execute(
            "create table marts.fct_outcomes as select distinct 'o' || pr as outcome_id, pr::varchar as external_id,"
            " 'github' as tracker, 'change' as outcome_type from links"
        )
        c.execute("create schema intermediate")
        c.execute(
            "create table intermediate.int_evidence as select session as session_id, 'o' || pr as outcome_id,"
            " case when session = 'wrong' then 'a2' else 'a' end as sha from links"
        )
    return warehouse, truth


def test_hidden_links_are_scored_and_what_the_landing_zone_tells_itself_is_not(places: tuple[Path, Path]) -> None:
    found = measure(*places, all_links=False)

    assert found["links"] == 3
    assert (found["link_precision"], found["link_recall"]) == (pytest.approx(2 / 3), pytest.approx(2 / 3))
    # 100 + 60 of the 300 that were predicted where it can be judged, and of the 200 that led to a pull request.
    assert (found["token_precision"], found["token_recall"]) == (pytest.approx(160 / 300), pytest.approx(160 / 200))
    assert [(s.what, s.right, s.wrong, s.unknown) for s in found["tiers"]] == [
        ("exact", 1, 0, 1),
        ("strong", 1, 1, 0),
        ("probable", 0, 0, 1),
    ]


def test_without_checkpoints_all_links_are_scored(places: tuple[Path, Path]) -> None:
    found = measure(*places, all_links=True)

    assert found["links"] == 4
    assert (found["link_precision"], found["link_recall"]) == (pytest.approx(3 / 4), pytest.approx(3 / 4))


def test_a_link_that_rests_on_a_commit_without_a_record_is_told_apart(places: tuple[Path, Path]) -> None:
    found = measure(*places, all_links=False)

    assert [(s.right, s.wrong) for s in found["exact and strong"]] == [(2, 1)]
    assert [(s.right, s.wrong) for s in found["of recorded commits"]] == [(2, 0)]


def test_the_weeks_together_are_the_whole(places: tuple[Path, Path]) -> None:
    found = measure(*places, all_links=False)

    assert found["weeks"] == [{"week": "2026-01-26", "links": 2, "right": 2, "wrong": 1, "sure": 3, "surely_wrong": 1}]


def test_a_share_of_few_is_known_roughly() -> None:
    assert wilson(0, 0) == (0.0, 1.0)
    low, high = wilson(9, 10)
    assert (round(low, 2), round(high, 2)) == (0.6, 0.98)
