"""What a rollout of Codex says can follow from another file, or from its own later part; whenever that comes."""

from __future__ import annotations

from pathlib import Path

from tests.exports import codex_count, codex_counters, codex_session, codex_turn, json_lines
from tests.zone import Row, Zone
from tokenworth.build import run_dbt
from tokenworth.remembered import forget_built
from tokenworth.warehouse import open_warehouse
from tokenworth.writer import sole_writer

_KEY = "a secret of thirty-two characters"
_FOLDER = "codex/ada/sessions/2026/02/01"
_EARLY, _LATE = 1_700_000_000, 1_700_000_100
_REQUESTS = """
    select * exclude (statements, newest_load_id, circumstance_id)
    from intermediate.int_usage_requests natural join intermediate.int_usage_circumstances order by all
"""


def _steps(first: int, last: int) -> list[object]:
    """Counts of a request a minute, each of a thousand tokens in and ninety out."""
    one = codex_counters(1000, 0, 90)
    return [codex_count(step, codex_counters(1000 * step, 0, 90 * step), one) for step in range(first, last + 1)]


def _put(zone: Zone, session: str, lines: list[object], *, at: int) -> None:
    zone.put(f"{_FOLDER}/rollout-2026-02-01T10-00-00-{session}.jsonl", json_lines(lines), at=at)


def _requests(zone: Zone) -> list[Row]:
    zone.load()
    with sole_writer(zone.settings, "build"):
        report = run_dbt(zone.settings, ["run", "--select", "+int_usage_circumstances"], lambda *_: None)
    assert (report.errors, report.failed_tests) == ([], [])
    with open_warehouse(zone.settings) as connection:
        forget_built(connection)
        connection.execute("insert into audit.built_up_to select max(load_id) from audit.loads")
    return zone.ask(_REQUESTS)


def _at_once(tmp_path: Path, zone: Zone) -> list[Row]:
    """Of all that is in the landing zone by now, in a warehouse of its own."""
    (tmp_path / "once").mkdir()
    other = Zone(tmp_path / "once", key=zone.settings.key)
    for path in zone.landing.rglob("*.jsonl"):
        other.put(str(path.relative_to(zone.landing)), path.read_bytes())
    found = _requests(other)
    other.close()
    return found


def test_a_fork_that_came_before_its_family_counts_once(zone: Zone, tmp_path: Path) -> None:
    """The fork names its parent, and only the parent's own file the grandparent; all three tell of the same steps."""
    zone.set(key=_KEY)
    turn = codex_turn(model="gpt-5.2-codex")
    _put(zone, "child", [codex_session("child", forked_from_id="parent"), turn, *_steps(1, 4)], at=_EARLY)
    _put(zone, "eldest", [codex_session("eldest"), turn, *_steps(1, 2)], at=_EARLY)
    assert len(_requests(zone)) > 4, "nothing would be counted twice"
    _put(zone, "parent", [codex_session("parent", forked_from_id="eldest"), turn, *_steps(1, 3)], at=_LATE)

    found = _requests(zone)

    assert found == _at_once(tmp_path, zone)
    assert len(found) == 4
    assert _requests(zone) == found


def test_what_came_before_the_first_turn_gets_its_model(zone: Zone, tmp_path: Path) -> None:
    zone.set(key=_KEY)
    _put(zone, "one", [codex_session("one"), *_steps(1, 2)], at=_EARLY)
    _requests(zone)
    assert zone.ask("select distinct said_model from intermediate.int_usage_circumstances") == [(None,)]
    lines = [codex_session("one"), *_steps(1, 2), codex_turn(30, model="gpt-5.2-codex"), *_steps(31, 32)]
    _put(zone, "one", lines, at=_LATE)

    found = _requests(zone)

    assert found == _at_once(tmp_path, zone)
    assert zone.ask("select distinct said_model from intermediate.int_usage_circumstances") == [("gpt-5.2-codex",)]
    assert zone.ask("select part from audit.loads order by load_id") == [("whole",), ("tail",)]
