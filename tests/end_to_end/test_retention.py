"""What people did long ago is kept by team only, and no figure of a team is another one for it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import date, timedelta

import duckdb
import pytest

from tests.end_to_end.warehouses import (
    KEY,
    OF_FILES,
    Company,
    assert_same_marts,
    load_and_build,
    marts,
    zone_over,
)
from tests.zone import Row, Zone
from tokenworth.build import build
from tokenworth.errors import UsageError
from tokenworth.kept import path_of
from tokenworth.publish import publish
from tokenworth.retention import horizon, retain
from tokenworth.settings import read_settings
from tokenworth.simulate import simulate
from tokenworth.warehouse import literal

DAYS = 200
# Rows in which somebody stands; what became of them is asked for one by one.
BY_PERSON = ("fct_usage", "fct_attribution", "fct_outcomes", "fct_signals")
Marts = dict[str, list[Row]]


def _tell_some_as_an_older_version_did(zone: Zone) -> None:
    """By the texts of their keys."""
    with duckdb.connect(str(zone.settings.database)) as connection:
        connection.execute(
            "create temp table texts as select request_key, told_at from told.request_ids join (select distinct"
            " request_key, md5_number(request_key) as request_digest from intermediate.int_usage_statements)"
            " using (request_digest) where request_digest % 3 = 0;"
            "insert into told.requests from texts; delete from audit.told_sums;"
            "delete from told.request_ids where request_digest in (select md5_number(request_key) from texts)"
        )


class Retained:
    """A warehouse before its old days were rolled up, right after, and after all was loaded and built again."""

    def __init__(self, zone: Zone, closed: date, month: date) -> None:
        self.zone, self._closed, self._month = zone, closed, month
        self.today = closed + timedelta(days=DAYS + 5)
        assert horizon(self.today, DAYS) == (month, closed)
        _tell_some_as_an_older_version_did(zone)
        self.before, self.published = marts(zone.settings), marts(zone.settings, schema="publication")
        self.sums, self.sure = self._sums(), self._sure()
        self.told_of_closed_days = self.closed(
            "select count(*) from (select md5_number(request_key) as request_digest from told.requests) semi join"
            " (from intermediate.int_usage_keys where usage_date < {closed}) using (request_digest) union all"
            " select count(*) from told.request_ids semi join"
            " (from intermediate.int_usage_keys where usage_date < {closed}) using (request_digest)"
        )
        self.done = retain(zone.settings, today=self.today)
        self.after, self.published_after = marts(zone.settings), marts(zone.settings, schema="publication")
        self.sums_after, self.sure_after = self._sums(), self._sure()

    def _sure(self) -> list[Row]:
        """How often each kind of evidence is right, and on how many links that rests."""
        said = self.zone.ask("select method, judged, hits, probability from intermediate.int_method_reliability")
        self.zone.close()
        return sorted(said)

    def _sums(self) -> list[Row]:
        """Tokens and dollars of usage and of the ledger, by day, team, tool, model, tier; value of work by team."""
        said = self.zone.ask(
            "select 'usage', usage_date, team_id, tool, model, repository, null, sum(requests), sum(total_tokens),"
            " sum(cost_usd), sum(vendor_cost_usd) from marts.fct_usage group by all"
            " union all select 'ledger', usage_date, team_id, tool, model, repository, tier, null, sum(tokens),"
            " sum(ledger.cost_usd), null from marts.fct_attribution as ledger join marts.fct_usage using (usage_id)"
            " group by all"
            " union all select 'work', shipped_at::date, team_id, tracker, container, survival, null, count(*), null,"
            " sum(value_units), null from marts.fct_outcomes"
            " where coalesce(shipped_at, abandoned_at) is not null group by all order by all"
        )
        self.zone.close()
        return said

    def closed(self, query: str) -> list[Row]:
        found = self.zone.ask(query.format(closed=f"date '{self._closed}'", month=f"date '{self._month}'"))
        self.zone.close()
        return found


@pytest.fixture(scope="module", params=["all of it", pytest.param("a third of it", marks=pytest.mark.nightly)])
def retained(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Retained]:
    folder = tmp_path_factory.mktemp("retained")
    if request.param == "all of it":
        company: Company = request.getfixturevalue("company")
        company.zone.close()
        for part in (company.zone.landing, company.zone.settings.warehouse):
            shutil.copytree(part, folder / part.name, symlinks=True)
        zone = zone_over(folder / "landing", folder)
        zone.set(key=KEY, retain_days=DAYS)
        yield Retained(zone, closed=date(2026, 3, 2), month=date(2026, 3, 1))
    else:
        # Of six weeks up to 1 March the first two are closed, and of the month of February one day.
        simulate(folder / "landing", truth=folder / "truth", people=16, weeks=6)
        zone = zone_over(folder / "landing", folder)
        zone.set(key=KEY, min_group=2, retain_days=DAYS)
        load_and_build(zone.settings)
        publish(zone.settings)
        yield Retained(zone, closed=date(2026, 2, 2), month=date(2026, 2, 1))
    zone.close()


def _without(of: Marts, *tables: str) -> Marts:
    return {table: rows for table, rows in of.items() if table not in tables}


def test_no_figure_of_a_team_changed(retained: Retained) -> None:
    assert_same_marts(_without(retained.before, *BY_PERSON), _without(retained.after, *BY_PERSON))


def test_no_published_figure_changed(retained: Retained) -> None:
    assert_same_marts(retained.published, retained.published_after)
    assert not publish(retained.zone.settings).changed


def test_usage_ledger_and_work_add_up_to_the_same_day_by_day(retained: Retained) -> None:
    assert len(retained.sums) > 100
    assert retained.sums == retained.sums_after


def test_links_are_as_sure_as_they_were(retained: Retained) -> None:
    assert sum(judged for _, judged, *_ in retained.sure) > 10
    assert retained.sure_after == retained.sure


def test_of_closed_days_nothing_says_who_it_was(retained: Retained) -> None:
    assert retained.done is not None
    assert retained.done.rows > retained.done.rolled > 0
    assert retained.closed(
        "select count(*) > 0, count(person_key), count(session_id), count(branch) from marts.fct_usage"
        " where usage_date < {month}"
    ) == [(True, 0, 0, 0)]
    assert retained.closed(
        "select count(*) > 0, count(person_key) from marts.fct_outcomes"
        " where coalesce(shipped_at, abandoned_at) < {closed} and not is_bot"
    ) == [(True, 0)]
    for table, period in [
        ("marts.fct_signals", "week_start"), ("told.usage", "week_start"), ("told.outcomes", "week_start"),
        ("audit.first_published_usage", "week_start"), ("audit.first_published_outcomes", "week_start"),
        ("raw.litellm_requests", "started_at"), ("raw.claude_code_requests", "occurred_at"),
        ("raw.otel_api_requests", "occurred_at"), ("raw.anthropic_claude_code_days", "began_at"),
        ("intermediate.int_usage_requests", "occurred_at"), ("intermediate.int_usage_evidence", "occurred_at"),
        ("intermediate.int_requests_told_again", "occurred_at"),
    ]:  # fmt: skip
        assert retained.closed(f"select count(*) from {table} where {period} < {{closed}}") == [(0,)], table


def test_no_request_of_closed_days_is_known_any_more(retained: Retained) -> None:
    """Neither by its key nor by its digest; those of days that are not closed are."""
    assert min(count for (count,) in retained.told_of_closed_days) > 0
    left = "select md5_number(request_key) as request_digest from told.requests union all"
    left += " select request_digest from told.request_ids"
    of_days = "select request_digest from intermediate.int_usage_keys union all select {}"
    by_model = """md5_number(person_key || ':' || md5(concat(usage_date, '|', tool, '|', model_key)))
        from intermediate.int_circumstances_placed where is_aggregate"""
    assert retained.closed(
        f"select count(*) from ({left}) anti join ({of_days.format(by_model)}) using (request_digest)"
    ) == [(0,)]


def test_of_what_was_told_of_closed_days_there_is_no_copy(retained: Retained) -> None:
    with duckdb.connect() as connection:
        for path in (retained.zone.settings.database, path_of(retained.zone.settings)):
            connection.execute(f"attach {literal(path)} (read_only)")
        for table in ("usage", "requests", "request_ids", "outcomes", "containers"):
            told = f"select hash(t) as row from {{}}.told.{table} as t"
            ours, theirs = told.format("warehouse"), told.format("kept")
            apart = f"({ours} except all {theirs}) union all ({theirs} except all {ours})"
            assert connection.execute(apart).fetchall() == [], table


def test_retaining_again_changes_nothing(retained: Retained) -> None:
    again = retain(retained.zone.settings, today=retained.today)
    assert again is not None
    assert retained.done is not None
    assert (again.closed_before, again.rows) == (retained.done.closed_before, 0)
    assert_same_marts(retained.after, marts(retained.zone.settings))


@pytest.mark.nightly
def test_old_files_and_late_ones_bring_nothing_back(retained: Retained) -> None:
    """All files read again, a file more of a closed day, and every model built from the start."""
    zone = retained.zone
    logs = sorted((zone.landing / "litellm").glob("*.jsonl"))[0]
    sound = [line for line in logs.read_text("utf-8").splitlines() if "unreadable" not in line]
    old = [line for line in sound if '"startTime": "2026-0' in line][:5]
    assert len(old) == 5
    zone.put(
        "litellm/late.jsonl", "".join(line.replace('"request_id": "', '"request_id": "late-') + "\n" for line in old)
    )
    zone.load(reload=True)
    ((lines, loaded, _, ignored, _),) = zone.ledger("litellm/late.jsonl")
    assert (lines, loaded, ignored) == (5, 0, 5)
    assert any("rolled up" in message for _, _, message in zone.messages())
    zone.assert_balanced()
    zone.close()
    build(zone.settings, full_refresh=True)
    # Of work that is open who made it is drawn anew; and the ledger says what the last reading found.
    drawn, read = ("fct_outcomes", "fct_signals"), OF_FILES
    assert_same_marts(_without(retained.after, *drawn, *read), marts(zone.settings, but=(*drawn, *read)))
    assert_same_marts(_without(retained.published, *read), marts(zone.settings, but=read, schema="publication"))
    assert retained.sums == retained._sums()


def test_it_can_be_switched_off_and_not_be_shorter_than_what_is_looked_back_upon(zone: Zone) -> None:
    zone.set(retain_days=0)
    assert retain(zone.settings, today=date(2026, 9, 1)) is None
    with pytest.raises(UsageError, match="should be 0, or at least 200"):
        read_settings(retain_days=30)
