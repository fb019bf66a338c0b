"""Rows that a rule found good are not looked at again, and whatever could make that wrong has all looked at anew."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

from expectations.checkpoint import check
from expectations.results import CheckResult
from tests.small_warehouses import change, loaded, requests
from tests.zone import Zone
from tokenworth.erasure import erase
from tokenworth.rotation import rotate
from tokenworth.settings import Settings

_PLANT = "update raw.litellm_requests set model = 'asked by ada@acme.example', prompt_tokens = -1 where load_id = "
_OLD, _NEW = "(select min(load_id) from raw.litellm_requests)", "(select max(load_id) from raw.litellm_requests)"
_STRAY = "insert into raw.people_teams by name select 999 as load_id, 'x' as team_id"
_ON_ROWS = ("ROWS_IN_LEDGER", "TOKENS_IN_RANGE", "NO_EMAIL_STORED")


def _found(settings: Settings) -> dict[str, CheckResult]:
    return {r.rule: r for r in check(settings, "border").results if r.rule in _ON_ROWS}


def _failed(settings: Settings) -> set[str]:
    return {rule for rule, r in _found(settings).items() if r.outcome == "failed"}


@pytest.fixture
def checked(tmp_path: Path) -> Settings:
    settings = loaded(tmp_path, {})
    assert _failed(settings) == set()
    return settings


def _load_more(settings: Settings) -> None:
    zone = Zone(settings.warehouse.parent)
    zone.put("litellm/more.jsonl", requests(10, first=200))
    zone.load()


def test_what_is_new_is_looked_at_until_it_is_good(checked: Settings) -> None:
    _load_more(checked)
    change(checked, _PLANT + _NEW)
    change(checked, _STRAY)
    for _ in range(2):
        found = _found(checked)
        assert {rule: r.observed for rule, r in found.items()} == dict(zip(_ON_ROWS, (1, 10, 10), strict=True))
    change(checked, "update raw.litellm_requests set model = 'm', prompt_tokens = 1")
    change(checked, "delete from raw.people_teams where load_id = 999")
    assert _failed(checked) == set()


def test_what_was_good_is_counted_and_not_looked_at_again(checked: Settings) -> None:
    before = _found(checked)
    change(checked, _PLANT + _OLD)  # which nothing in this program does
    _load_more(checked)
    found = _found(checked)
    assert [r.outcome for r in found.values()] == ["passed"] * 3
    assert found["TOKENS_IN_RANGE"].rows_checked == (before["TOKENS_IN_RANGE"].rows_checked or 0) + 10


def test_what_may_change_at_any_time_is_looked_at_every_time(checked: Settings) -> None:
    change(checked, "update audit.loads set message = 'of ada@acme.example'")
    change(checked, "insert into raw.names values ('k', 'branch', 'ada@acme.example')")
    assert _found(checked)["NO_EMAIL_STORED"].observed == 5


def _say_it_otherwise(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("expectations.suites.border._EMAIL", "@")
    monkeypatch.setattr("expectations.suites.border._NEW", "$new and true")


def _take_another_engine(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(duckdb, "__version__", "another")


def _erase(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    erase(settings, "ada", reason="asked", who="dpo")


def _rotate(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    rotate(settings, reason="yearly", who="ops")


def _be_rebuilt(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """Numbers of what a killed rebuild has still to read are lower than those of what was loaded since."""
    change(settings, "insert into audit.former_loads from audit.loads")
    change(settings, _PLANT.replace("= 'asked by ada@acme.example', prompt_tokens = -1", "= model") + _OLD)
    assert _failed(settings) == set()


@pytest.mark.parametrize("happens", [_say_it_otherwise, _take_another_engine, _erase, _rotate, _be_rebuilt])
def test_all_is_looked_at_again(
    checked: Settings, monkeypatch: pytest.MonkeyPatch, happens: Callable[[Settings, pytest.MonkeyPatch], None]
) -> None:
    happens(checked, monkeypatch)
    change(checked, _PLANT + _OLD)
    assert _failed(checked) >= {"NO_EMAIL_STORED", "TOKENS_IN_RANGE"}


@pytest.mark.parametrize("killed", ["store", "note_checked"])
def test_a_check_that_was_killed_has_looked_at_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, killed: str
) -> None:
    settings = loaded(tmp_path, {})
    with monkeypatch.context() as patched, pytest.raises(KeyboardInterrupt):
        patched.setattr(f"expectations.checkpoint.{killed}", _be_killed)
        check(settings, "border")
    with duckdb.connect(settings.database) as connection:
        assert connection.execute("select rule from audit.checks").fetchall() == []
    change(settings, _PLANT + _OLD)
    assert _failed(settings) == {"NO_EMAIL_STORED", "TOKENS_IN_RANGE"}


def _be_killed(*_: object) -> None:
    raise KeyboardInterrupt


def test_one_rule_that_fails_has_the_others_keep_what_they_know(checked: Settings) -> None:
    _load_more(checked)
    change(checked, "update raw.litellm_requests set prompt_tokens = -1 where load_id = " + _NEW)
    assert _failed(checked) == {"TOKENS_IN_RANGE"}
    with duckdb.connect(checked.database) as connection:
        noted = connection.execute("select rule from audit.checked_up_to order by all").fetchall()
    assert noted == [("NO_EMAIL_STORED",), ("ROWS_IN_LEDGER",)]
