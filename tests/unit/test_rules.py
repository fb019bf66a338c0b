"""Every rule of the book against warehouses that break it: which rules must fail, and no other."""

from __future__ import annotations

import gzip
import shutil
from pathlib import Path

import pytest

from expectations.checkpoint import SUITES, check
from expectations.results import CheckReport
from expectations.rules import RULES, Rule
from expectations.suites.border import border_suite
from expectations.suites.divergence import divergence_suite
from expectations.suites.publication import publication_suite
from tests.small_warehouses import ACCOUNTS, MEMBERS, TEAMS, Files, built, change, loaded, requests
from tests.zone import Zone

TORN = '{"request_id": "torn", "prompt_tok\n'
APPS = TEAMS + "apps,Apps,all\n"

# Changes to a clean landing zone, and the rules that must fail.
EXPORTS: dict[str, tuple[Files, set[str]]] = {
    "what is allowed": (
        {
            "litellm/more.jsonl": requests(180, user="stranger", first=200) + TORN * 3,
            "litellm/next-day.jsonl": requests(1, first=900, at="2025-03-04T11:00:00Z"),
            "litellm/by-mail.jsonl": requests(9, first=910, user="ben@acme.example"),
            "people/members.csv": MEMBERS.replace("01-01,\n", "01-01,2025-01-01\n") + "ada,,,apps,2025-01-01,\n",
            "people/accounts.csv": ACCOUNTS.replace("ben,,", "ben,,2025-01-01") + "ada,litellm,dev-ben,2025-01-01,\n",
            "people/teams.csv": APPS,
        },
        set(),
    ),
    "nineteen of a few lines": ({"litellm/spend.jsonl": requests(100) + TORN * 19}, {"LINES_READABLE"}),
    "a twentieth of the lines": ({"litellm/spend.jsonl": requests(380) + TORN * 20}, {"LINES_READABLE"}),
    "more than a twentieth of the lines": (
        {"litellm/spend.jsonl": requests(379) + TORN * 20},
        {"LINES_READABLE", "FORMAT_UNCHANGED"},
    ),
    "a file cut in half": ({"litellm/cut.jsonl.gz": gzip.compress(requests(9).encode())[:90]}, {"FILES_READABLE"}),
    "a file of something else": ({"litellm/page.parquet": "<html>"}, {"FILES_READABLE"}),
    "a file that nobody reads": ({"litellm/notes.txt": "hello"}, {"FILES_KNOWN"}),
    "no usage": ({"litellm/spend.jsonl": None}, {"USAGE_PRESENT"}),
    "usage in the future": (
        {"litellm/more.jsonl": requests(1, first=900, at="2025-03-04T12:00:00Z")},
        {"USAGE_NOT_IN_FUTURE"},
    ),
    "nobody": (
        {"people/members.csv": None, "people/accounts.csv": None, "people/teams.csv": None},
        {"PEOPLE_PRESENT", "USAGE_CLAIMED"},
    ),
    "people who are no members": ({"people/members.csv": None}, {"PEOPLE_PRESENT", "PEOPLE_HAVE_TEAMS"}),
    "a stranger's larger half": (
        {"litellm/more.jsonl": requests(201, user="stranger", first=900)},
        {"USAGE_CLAIMED"},
    ),
    "accounts of another system": ({"people/accounts.csv": ACCOUNTS.replace("litellm", "jira")}, {"USAGE_CLAIMED"}),
    "two teams on a day": (
        {"people/members.csv": MEMBERS + "ada,,,apps,2025-01-01,\n", "people/teams.csv": APPS},
        {"ONE_TEAM_A_DAY"},
    ),
    "two owners": ({"people/accounts.csv": ACCOUNTS + "ben,litellm,dev-ada,2025-01-01,\n"}, {"ONE_OWNER_A_DAY"}),
    "two owners of an e-mail": ({"people/members.csv": MEMBERS.replace("ben@", "ada@")}, {"ONE_OWNER_A_DAY"}),
    "a circle of teams": ({"people/teams.csv": TEAMS.replace("All,", "All,core")}, {"TEAMS_FORM_A_TREE"}),
    "a team in itself": ({"people/teams.csv": TEAMS.replace("All,", "All,all")}, {"TEAMS_FORM_A_TREE"}),
    "somebody without team": ({"people/members.csv": MEMBERS + "gil,,,,,\n"}, {"PEOPLE_HAVE_TEAMS"}),
    "a team that is not listed": ({"people/members.csv": MEMBERS + "gil,,,lost,,\n"}, {"PEOPLE_HAVE_TEAMS"}),
}

# What no loader should do to its books.
BOOKS: dict[str, tuple[str, set[str]]] = {
    "a lost line": ("update audit.loads set lines = lines + 1 where source = 'litellm'", {"LEDGER_BALANCES"}),
    "a line made up in quarantine": (
        "insert into raw.quarantine select load_id, 1, 'made up', null from audit.loads where source = 'litellm'",
        {"QUARANTINE_COMPLETE"},
    ),
    "a line that quarantine lacks": (
        "update audit.loads set loaded = loaded - 1, quarantined = 1 where source = 'litellm'",
        {"QUARANTINE_COMPLETE"},
    ),
    "a row of no file": ("insert into raw.litellm_requests by name select 999 as load_id", {"ROWS_IN_LEDGER"}),
    "quarantine of no file": ("insert into raw.quarantine values (999, 1, 'x', null)", {"ROWS_IN_LEDGER"}),
    "tokens below zero": ("update raw.litellm_requests set completion_tokens = -1", {"TOKENS_IN_RANGE"}),
    "tokens beyond belief": ("update raw.litellm_requests set prompt_tokens = 1000000001", {"TOKENS_IN_RANGE"}),
    "an address": ("update raw.litellm_requests set model = 'by ada@mail.acme.example'", {"NO_EMAIL_STORED"}),
    "an address in a list": (
        "insert into raw.github_pulls by name select min(load_id) as load_id, ['ui', 'ada@acme.example'] as labels"
        " from audit.loads",
        {"NO_EMAIL_STORED"},
    ),
    "an address in a name": ("update raw.names set name = 'ada@acme.example/fix'", {"NO_EMAIL_STORED"}),
    "what is allowed": (
        "update raw.litellm_requests set model = 'sonnet@2025 pkg@1.2.3 @types/node a@b', prompt_tokens = 1000000000;"
        # The rows of a file version that was replaced are no longer current.
        "insert into audit.loads select * replace (999 as load_id, now()::timestamp as superseded_at, 0 as lines)"
        " from audit.loads where source = 'litellm';"
        "insert into raw.people_members by name select 999 as load_id, person_key, 'x' as team_id"
        " from raw.people_members",
        set(),
    ),
}

# What no model should do to what is published.
FIGURES: dict[str, tuple[str, set[str]]] = {
    "what is allowed": (
        "update publication.fct_team_usage_daily set people = 5;"
        "update publication.fct_team_week set people_active = 5;"
        # A week without usage, and one without prices.
        "update publication.fct_team_week set people_active = 0, requests = 0, total_tokens = 0"
        " where team_id = 'core';"
        "update publication.fct_team_week set cost_usd = null, cost_exact_usd = 0, cost_strong_usd = 0,"
        " cost_probable_usd = 0, cost_unattributed_usd = 0 where team_id = 'apps'",
        set(),
    ),
    "a small day": ("update publication.fct_team_usage_daily set people = 4", {"GROUPS_LARGE_ENOUGH"}),
    "a day of nobody knows how many": (
        "update publication.fct_team_usage_daily set people = null",
        {"GROUPS_LARGE_ENOUGH"},
    ),
    "a small month": (
        "update publication.fct_container_month set people = 4 where people > 0",
        {"GROUPS_LARGE_ENOUGH"},
    ),
    "a small week": ("update publication.fct_team_week set people_active = 4", {"TEAM_WEEKS_LARGE_ENOUGH"}),
    "a column about people": (
        "alter table publication.fct_team_week add column account_key varchar",
        {"NO_PERSONAL_COLUMNS"},
    ),
    "a table about sessions": ("create table publication.s (session_id varchar)", {"NO_PERSONAL_COLUMNS"}),
    "a row twice": ("insert into publication.dim_team from publication.dim_team limit 1", {"ROWS_UNIQUE"}),
    "a row twice in a new table": ("create table publication.t as select 1 as n from range(2)", {"ROWS_UNIQUE"}),
    "an outcome without fate": (
        "update publication.fct_team_week set outcomes_pending = outcomes_pending + 1",
        {"OUTCOMES_ADD_UP"},
    ),
    "an outcome of unknown fate": ("update publication.fct_team_week set outcomes_undone = null", {"OUTCOMES_ADD_UP"}),
    "the last decimal": (
        "update publication.fct_team_week set cost_exact_usd = cost_exact_usd - 0.0000000001",
        {"COSTS_ADD_UP"},
    ),
    "more than there is": (
        "update publication.fct_team_usage_daily set total_tokens = 12001",
        {"WITHIN_WAREHOUSE"},
    ),
    "a week that was not": (
        "update publication.fct_team_week set week_start = date '2025-03-10'",
        {"WITHIN_WAREHOUSE"},
    ),
    "totals that differ": (
        "update marts.audit_reconciliation set theirs = theirs - 1, difference = 1 where source is null",
        {"TOTALS_RECONCILE"},
    ),
    "a total that is missing": (
        "update marts.audit_reconciliation set theirs = null, difference = null where source is null",
        {"TOTALS_RECONCILE"},
    ),
    "a token lost": (
        "update marts.fct_attribution set tokens = tokens - 1 where usage_id = 'u1' and outcome_id = 'outcome'",
        {"ATTRIBUTION_BALANCES"},
    ),
    "usage that the ledger lacks": (
        "delete from marts.fct_attribution where usage_id = 'u1'",
        {"ATTRIBUTION_BALANCES"},
    ),
    "a team that is not listed": ("delete from publication.dim_team where team_id = 'core'", {"TEAMS_KNOWN"}),
    "no price": ("update marts.fct_usage set unpriced_tokens = 1000 where usage_id = 'u1'", {"USAGE_PRICED"}),
    "no outcome": ("update marts.fct_attribution set outcome_id = null, tier = 'unattributed'", {"COST_ATTRIBUTED"}),
    "placeholders": ("update marts.fct_usage set output_quality = 'placeholder'", {"OUTPUT_COUNTED"}),
    "strangers": ("update marts.fct_usage set person_key = 'q' where usage_id > 'u4'", {"PEOPLE_KNOWN"}),
    "nobody's usage": ("update marts.fct_usage set person_key = null", {"PEOPLE_KNOWN"}),
    "nothing to publish": (
        "delete from publication.fct_team_usage_daily; delete from publication.fct_team_week;"
        "delete from publication.fct_container_month",
        {"SOMETHING_PUBLISHED"},
    ),
}

# Figures of teams and the organisation that are worth a word.
SAID: dict[str, tuple[str, set[str]]] = {
    "what is allowed": (
        "update publication.fct_divergence set verdict = 'divergent' where week_start < date '2025-03-03';"
        "update publication.fct_org_week set cost_unattributed_usd = 50 where week_start > date '2025-02-03';"
        "update publication.fct_org_week set cost_unattributed_usd = 40 where week_start <= date '2025-02-03';"
        "update publication.fct_org_week set leaderboard_overlap = null, rank_correlation_low = null",
        set(),
    ),
    "a team": (
        "update publication.fct_divergence set verdict = 'divergent' where week_start = date '2025-03-03'"
        " and team_id = 'core'",
        {"TEAMS_CONSISTENT"},
    ),
    "most of the cost": ("update publication.fct_org_week set cost_undone_usd = 31", {"COST_LASTS"}),
    "leaders who ship nothing": (
        "update publication.fct_org_week set leaderboard_overlap = 0 where week_start > date '2025-02-10'",
        {"LEADERS_SHIP"},
    ),
    "ranks that fell": (
        "update publication.fct_org_week set rank_correlation = 0.2, rank_correlation_low = 0.1,"
        " rank_correlation_high = 0.4 where week_start > date '2025-02-03'",
        {"RANKS_HOLD"},
    ),
    "work that left the tracker": (
        "update publication.fct_org_week set cost_unattributed_usd = 41 where week_start > date '2025-02-03'",
        {"ATTRIBUTION_HOLDS"},
    ),
    "logs of five": (
        "insert into marts.fct_signals values ('p5', 'apps', date '2025-03-03', 'log_mismatch', 0.9)",
        {"LOGS_AGREE"},
    ),
    "the quota of five": (
        "insert into marts.fct_signals values ('p5', 'apps', date '2025-02-24', 'threshold_bunching', 0.9)",
        {"NO_BUNCHING"},
    ),
}


@pytest.fixture(scope="session")
def clean(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("clean")
    for name in ("loaded", "built"):
        (folder / name).mkdir()
    loaded(folder / "loaded", {})
    built(folder / "built")
    return folder


def failed(report: CheckReport) -> set[str]:
    assert [r for r in report.results if r.outcome == "broken"] == []
    return {r.rule for r in report.results if r.outcome == "failed"}


@pytest.mark.parametrize(("changes", "failing"), EXPORTS.values(), ids=EXPORTS)
def test_exports(tmp_path: Path, changes: Files, failing: set[str]) -> None:
    assert failed(check(loaded(tmp_path, changes), "border")) == failing


@pytest.mark.parametrize(("sql", "failing"), BOOKS.values(), ids=BOOKS)
def test_books(clean: Path, tmp_path: Path, sql: str, failing: set[str]) -> None:
    shutil.copytree(clean / "loaded", tmp_path, dirs_exist_ok=True)
    settings = Zone(tmp_path).settings
    change(settings, sql)
    assert failed(check(settings, "border")) == failing


@pytest.mark.parametrize(("sql", "failing"), FIGURES.values(), ids=FIGURES)
def test_figures(clean: Path, tmp_path: Path, sql: str, failing: set[str]) -> None:
    shutil.copytree(clean / "built", tmp_path, dirs_exist_ok=True)
    settings = Zone(tmp_path).settings
    change(settings, sql)
    assert failed(check(settings, "publication")) == failing


@pytest.mark.parametrize(("sql", "failing"), SAID.values(), ids=SAID)
def test_what_figures_say(clean: Path, tmp_path: Path, sql: str, failing: set[str]) -> None:
    shutil.copytree(clean / "built", tmp_path, dirs_exist_ok=True)
    settings = Zone(tmp_path).settings
    change(settings, sql)
    assert failed(check(settings, "divergence")) == failing


def test_every_rule_has_something_that_breaks_it() -> None:
    cases = [*EXPORTS.values(), *BOOKS.values(), *FIGURES.values(), *SAID.values()]
    assert set().union(*(failing for _, failing in cases)) == {rule.code for rule in RULES}


TABLES = {"raw.names": {"name": "VARCHAR"}, "publication.dim_team": {"team_id": "VARCHAR"}}


@pytest.mark.parametrize(
    "suite", [border_suite(TABLES, {}), publication_suite(TABLES, 5), divergence_suite(5)], ids=SUITES
)
def test_every_rule_is_checked_once_with_its_severity(suite) -> None:
    checked = [(e.meta["rule"], e.severity.value, e.description) for e in suite.expectations]
    assert checked == [(r.code, r.severity, r.sentence) for r in RULES if r.suite == suite.name]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_a_rule_is_a_code_and_sentences(rule: Rule) -> None:
    assert [r.code for r in RULES].count(rule.code) == 1
    assert rule.sentence.endswith(".")
    assert rule.todo.endswith(".")
    if rule.limit:
        named = {f"{rule.limit:.0%}", f"{rule.limit:.0f} hours", "a billion" if rule.limit == 10**9 else "5%"}
        assert any(threshold in rule.sentence for threshold in named)
    assert not rule.at_least or f"at least {rule.at_least}" in rule.sentence
