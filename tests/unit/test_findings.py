"""Findings: told once for as long as they last, of teams as they are published."""

from __future__ import annotations

from pathlib import Path

import pytest

from expectations.checkpoint import check
from expectations.findings import lasting, remember_told
from tests.small_warehouses import built, change
from tokenworth.errors import UsageError
from tokenworth.settings import Settings

_DIVERGES = "update publication.fct_divergence set verdict = 'divergent' where team_id = '{}'"
_REST = "update publication.fct_divergence set verdict = 'consistent'"


def about(settings: Settings, *, untold: bool = False) -> list[tuple[str, str]]:
    return sorted((f.rule, f.about) for f in lasting(settings, untold=untold))


def test_a_finding_says_which_team_how_much_and_what_else_it_could_be(tmp_path: Path) -> None:
    settings = built(tmp_path)
    change(
        settings,
        "update publication.fct_divergence set verdict = 'divergent', reason = 'Usage grew.', excess_cost_usd = 1234.5,"
        " signals = ['cache_busting'], benign_explanations = ['People who began lately.'] where team_id = 'core'",
    )
    report = check(settings, "divergence")

    assert report.refusals == []
    (finding,) = lasting(settings)
    assert (finding.rule, finding.about) == ("TEAMS_CONSISTENT", "Core")
    assert finding.finding == (
        "Usage grew. That is about $1,235 beyond what its value explains. Signals: cache_busting."
        " What else it could be: People who began lately."
    )
    assert finding.todo.startswith("Talk with the team")
    page = (settings.warehouse / "data_docs" / "divergence" / "index.html").read_text("utf-8")
    assert "Core: Usage grew." in page


def test_a_finding_is_new_once_and_again_when_it_comes_back(tmp_path: Path) -> None:
    settings = built(tmp_path)
    change(settings, _DIVERGES.format("core"))
    check(settings, "divergence")
    assert about(settings, untold=True) == [("TEAMS_CONSISTENT", "Core")]

    remember_told(settings, lasting(settings, untold=True))
    change(settings, _DIVERGES.format("apps"))
    check(settings, "divergence")
    assert about(settings, untold=True) == [("TEAMS_CONSISTENT", "Apps")]
    assert about(settings) == [("TEAMS_CONSISTENT", "Apps"), ("TEAMS_CONSISTENT", "Core")]

    remember_told(settings, lasting(settings, untold=True))
    change(settings, _REST)
    check(settings, "divergence")
    assert about(settings) == []

    change(settings, _DIVERGES.format("core"))
    check(settings, "divergence")
    assert about(settings, untold=True) == [("TEAMS_CONSISTENT", "Core")]


def test_a_check_that_cannot_run_ends_no_finding(tmp_path: Path) -> None:
    settings = built(tmp_path)
    change(settings, _DIVERGES.format("core"))
    check(settings, "divergence")
    change(settings, "alter table publication.fct_divergence rename reason to because")

    broken = {r.rule for r in check(settings, "divergence").results if r.outcome == "broken"}

    assert broken == {"TEAMS_CONSISTENT"}
    assert about(settings) == [("TEAMS_CONSISTENT", "Core")]


def test_fewer_than_min_group_are_not_told_of(tmp_path: Path) -> None:
    settings = built(tmp_path)  # four people with each signal
    check(settings, "divergence")
    assert about(settings) == []


def test_before_a_build_there_is_nothing_to_say(tmp_path: Path) -> None:
    settings = built(tmp_path)
    change(settings, "drop table publication.fct_divergence")
    with pytest.raises(UsageError, match="no verdicts have been built"):
        check(settings, "divergence")
