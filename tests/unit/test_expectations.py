"""How checks are run and kept: broken ones, refusals, stored results, Data Docs, and what is left behind."""

from __future__ import annotations

import os
import re
import socket
from pathlib import Path

import duckdb
import pytest

from expectations.checkpoint import _context, check
from expectations.results import CheckReport, CheckResult
from tests.small_warehouses import MEMBERS, built, change, loaded
from tests.zone import Zone
from tokenworth.errors import TokenworthError, UsageError, WarehouseBusyError
from tokenworth.settings import Settings
from tokenworth.warehouse import open_warehouse
from tokenworth.writer import sole_writer


def stored(settings: Settings) -> list[tuple[object, ...]]:
    with open_warehouse(settings, read_only=True) as connection:
        return connection.execute(
            "select run_id, checked_at, suite, rule, sentence, severity, subject, outcome, observed, rows_checked,"
            " example, detail from audit.checks order by checked_at, rule"
        ).fetchall()


def page(settings: Settings, suite: str) -> str:
    return (settings.warehouse / "data_docs" / suite / "index.html").read_text("utf-8")


def by_rule(report: CheckReport) -> dict[str, CheckResult]:
    return {r.rule: r for r in report.results}


def test_nothing_refuses_what_is_clean(tmp_path: Path) -> None:
    report = check(loaded(tmp_path, {}), "border")
    assert (report.refusals, report.warnings, report.refusal_message()) == ([], [], "")
    assert by_rule(report)["LEDGER_BALANCES"].rows_checked == 4
    assert by_rule(report)["USAGE_CLAIMED"].rows_checked == 200


def test_an_empty_warehouse_breaks_nothing(tmp_path: Path) -> None:
    settings = built(tmp_path, rows=False)
    border, publication = check(settings, "border"), check(settings, "publication")
    assert border.refusals == publication.refusals == []
    assert [(r.rule, r.outcome) for r in border.warnings] == [("USAGE_PRESENT", "failed")]
    assert [(r.rule, r.outcome) for r in publication.warnings] == [("SOMETHING_PUBLISHED", "failed")]


def test_a_refusal_says_which_rule_where_how_often_for_example_and_what_to_do(tmp_path: Path) -> None:
    settings = built(tmp_path)
    change(settings, "update publication.fct_team_usage_daily set people = 3")
    (refusal,) = (report := check(settings, "publication")).refusals
    assert (refusal.observed, refusal.rows_checked) == (2, 4)
    assert refusal.example == "found_in publication.fct_team_usage_daily, since 2025-03-03, name apps, people 3"
    message = report.refusal_message()
    for said in (refusal.rule, refusal.subject, refusal.sentence, "2 rows", refusal.example, refusal.todo):
        assert said in message


def test_examples_of_built_in_expectations_name_the_row(tmp_path: Path) -> None:
    settings = built(tmp_path)
    change(settings, "update publication.fct_team_week set outcomes_pending = 3")
    found = by_rule(check(settings, "publication"))["OUTCOMES_ADD_UP"]
    assert (found.outcome, found.observed, found.rows_checked) == ("failed", 2, 2)
    assert found.example == ("team_id apps, week_start 2025-03-03, outcomes_shipped 4, outcomes_by_fate 6")


def test_more_rows_than_are_fetched_are_counted(tmp_path: Path) -> None:
    settings = built(tmp_path)
    days = "select date '2025-03-03' + n::integer, null, null from range(700) as days(n), range(2)"
    change(settings, f"insert into publication.dim_date {days}")
    assert by_rule(check(settings, "publication"))["ROWS_UNIQUE"].observed == 700


def test_the_size_of_groups_is_a_setting(tmp_path: Path) -> None:
    settings = built(tmp_path)
    change(settings, "update publication.fct_team_usage_daily set people = 4")
    assert check(settings.model_copy(update={"min_group": 4}), "publication").refusals == []


def test_a_check_that_cannot_run_is_broken_and_refuses_when_it_is_critical(tmp_path: Path) -> None:
    settings = built(tmp_path)
    change(settings, "drop table publication.fct_container_month; drop table raw.people_teams")
    report = check(settings, "publication")
    broken = {r.rule: r for r in report.results if r.outcome == "broken"}
    assert set(broken) == {"GROUPS_LARGE_ENOUGH", "ROWS_UNIQUE", "WITHIN_WAREHOUSE", "SOMETHING_PUBLISHED"}
    assert {r.rule for r in report.refusals} == set(broken) - {"SOMETHING_PUBLISHED"}
    assert [r.rule for r in report.warnings] == ["SOMETHING_PUBLISHED"]
    for r in broken.values():
        assert (r.observed, r.rows_checked, r.example) == (None, None, None)
        assert r.detail == "Catalog Error: Table with name fct_container_month does not exist!"
        assert r.detail in page(settings, "publication")
    assert "could not run: Catalog Error" in report.refusal_message()


def test_a_broken_check_quotes_no_data(tmp_path: Path) -> None:
    settings = built(tmp_path)
    change(
        settings,
        "drop table publication.dim_team;"
        "create view publication.dim_team as select cast(person_key as integer) as team_id, null as parent_team_id,"
        " null as team_name from raw.people_members",
    )
    assert by_rule(check(settings, "publication"))["TEAMS_KNOWN"].detail == "Conversion Error"
    assert "p11" not in page(settings, "publication") + str(stored(settings))


def test_a_broken_batch_breaks_only_what_looks_at_it(tmp_path: Path) -> None:
    settings = built(tmp_path)
    change(settings, "alter table publication.fct_team_week drop outcomes_undone")
    report = check(settings, "publication")
    assert {r.rule for r in report.results if r.outcome == "broken"} == {"OUTCOMES_ADD_UP", "COSTS_ADD_UP"}


def test_every_run_adds_its_own_results(tmp_path: Path) -> None:
    settings = built(tmp_path)
    first = check(settings, "publication")
    before = stored(settings)
    change(settings, "delete from publication.dim_team")
    second = check(settings, "publication")
    assert stored(settings)[: len(before)] == before
    rows = [row for row in stored(settings) if row[0] == second.run_id]
    assert first.run_id != second.run_id
    assert len(rows) == len(before) == len(second.results)
    assert rows == sorted(
        [
            (second.run_id, second.checked_at, "publication", r.rule, r.sentence, r.severity, r.subject, r.outcome,
             r.observed, r.rows_checked, r.example, r.detail)
            for r in second.results
        ],
        key=lambda row: row[3],
    )  # fmt: skip


def test_data_docs_show_results_and_nobody(tmp_path: Path) -> None:
    settings = loaded(
        tmp_path,
        {
            "people/members.csv": MEMBERS + 'ada,"Ada <b>Byron</b>",ada.byron@acme.example,<i>$team</i>,2025-01-01,\n',
            "litellm/ada.byron@acme.example.txt": "",
        },
    )
    change(settings, "update raw.litellm_requests set model = 'asked by ada@acme.example'")
    report = check(settings, "border")
    assert [r.rule for r in report.refusals] == ["NO_EMAIL_STORED"]
    assert [r.rule for r in report.warnings] == ["FILES_KNOWN", "ONE_TEAM_A_DAY"]
    text = page(settings, "border")
    for r in report.results:
        assert r.rule in text
    assert "found_in raw.litellm_requests, in_column model" in text
    assert "team &lt;i&gt;&#36;team&lt;/i&gt;, other_team core" in text
    kept = text + str(stored(settings)) + report.refusal_message()
    for secret in ("@", "acme.example", "Byron", "dev-ada", str(tmp_path)):
        assert secret not in kept
    # Nothing is fetched when somebody opens the page.
    assert not re.search(r"https?:|<script|<link|<img|src=|href=\"(?!#)", text)


def test_data_docs_are_those_of_the_last_run(tmp_path: Path) -> None:
    settings = built(tmp_path)
    check(settings, "publication")
    assert "Nothing refuses publication." in page(settings, "publication")
    change(settings, "delete from publication.dim_team")
    check(settings, "publication")
    assert "Publication is refused." in page(settings, "publication")


def test_nothing_is_left_open_or_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path / "temporary"))
    (tmp_path / "temporary").mkdir()
    settings = built(tmp_path)
    check(settings, "publication")
    with sole_writer(settings), open_warehouse(settings) as connection:
        connection.execute("create table audit.another as select 1")
    assert list((tmp_path / "temporary").iterdir()) == []
    assert sorted(p.name for p in settings.warehouse.iterdir()) == [".lock", "data_docs", "tmp", "warehouse.duckdb"]


def test_a_folder_may_have_any_name(tmp_path: Path) -> None:
    folder = tmp_path / "it's $HOME ${x} %41 #1"
    folder.mkdir()
    assert check(built(folder), "publication").refusals == []


def test_no_connection_is_opened_and_analytics_are_off(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise AssertionError("a connection was opened")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    # Even where somebody uses the vendor's cloud for other things.
    monkeypatch.setenv("GX_CLOUD_ACCESS_TOKEN", "token")
    monkeypatch.setenv("GX_CLOUD_ORGANIZATION_ID", "0ccac18e-7631-4bdd-8a42-3c35cce574c6")
    monkeypatch.setenv("GX_ANALYTICS_ENABLED", "true")
    assert check(built(tmp_path), "publication").refusals == []
    assert os.environ["GX_ANALYTICS_ENABLED"] == "false"
    assert _context().config.analytics_enabled is False


def test_progress_is_told(tmp_path: Path) -> None:
    told: list[tuple[int, int, str]] = []
    check(built(tmp_path), "publication", progress=lambda done, to_do, what: told.append((done, to_do, what)))
    assert [done for done, _, _ in told] == [0, 1, 2, 3, 4]
    assert {to_do for _, to_do, _ in told} == {4}


def test_what_cannot_be_checked_is_said(tmp_path: Path) -> None:
    settings = Zone(tmp_path).settings
    with pytest.raises(UsageError, match="no warehouse"):
        check(settings, "border")
    assert not settings.warehouse.exists()
    with sole_writer(settings), open_warehouse(settings):
        pass
    with pytest.raises(UsageError, match="nothing has been built"):
        check(settings, "publication")
    with sole_writer(settings), pytest.raises(WarehouseBusyError):
        check(settings, "border")
    settings.database.write_text("not a database, but long enough to be looked at " * 100)
    with pytest.raises(TokenworthError):
        check(settings, "border")


def test_a_database_of_somebody_else_is_left_alone(tmp_path: Path) -> None:
    settings = Zone(tmp_path).settings
    settings.warehouse.mkdir()
    with duckdb.connect(settings.database) as connection:
        connection.execute("create table theirs as select 1 as n")
    with pytest.raises(TokenworthError, match="not a Tokenworth warehouse"):
        check(settings, "border")
    assert not (settings.warehouse / "data_docs").exists()
