"""The rule book: what is checked before anything is believed, on one page.

`border` looks at what came in, `publication` at what goes out, `divergence` at what the figures say. A
critical rule that fails refuses publication; a warning is stored and shown. Divergence only warns: what it
finds is told once. How a rule is checked stands in `suites/`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Severity = Literal["critical", "warning"]
SuiteName = Literal["border", "publication", "divergence"]


@dataclass(frozen=True)
class Rule:
    """`limit` and `at_least` are its thresholds, where it has any; `todo` is what helps when it fails."""

    code: str
    suite: SuiteName
    severity: Severity
    subject: str
    sentence: str
    todo: str
    limit: float = 0
    at_least: int = 0


_REPORT = "This is a fault of Tokenworth, not of the exports. Rebuild with --full-refresh; if it persists, report it."
_RELOAD = "Run: tokenworth load --reload. If it persists, load into a new warehouse folder, and report it."

RULES = (
    # What came in: the loader's books.
    Rule(
        "LEDGER_BALANCES", "border", "critical", "audit.loads",
        "Every line of a file was loaded, repeated, ignored or quarantined, and none is missing.",
        _RELOAD,
    ),
    Rule(
        "QUARANTINE_COMPLETE", "border", "critical", "raw.quarantine",
        "The quarantine holds as many lines of a file as the ledger says were quarantined.",
        _RELOAD,
    ),
    Rule(
        "ROWS_IN_LEDGER", "border", "critical", "raw.*",
        "Every row that was loaded belongs to a file in the ledger.",
        _RELOAD,
    ),
    Rule(
        "TOKENS_IN_RANGE", "border", "critical", "raw.*",
        "No count of tokens is below zero or above a billion.",
        _RELOAD,
        limit=1_000_000_000,
    ),
    Rule(
        "NO_EMAIL_STORED", "border", "critical", "raw.*",
        "No e-mail address stands anywhere in what was loaded: people are keys.",
        "Find the source that brings it in the example, take its files out of the landing zone, and report it.",
    ),
    # What came in: can it be read, and is anything there.
    Rule(
        "FORMAT_UNCHANGED", "border", "critical", "audit.loads",
        "Of no source more than 5% of the lines, and at least 20, cannot be read: else its format has changed.",
        "See raw.quarantine for the reasons, and whether the tool that writes these exports was updated.",
        limit=0.05, at_least=20,
    ),
    Rule(
        "LINES_READABLE", "border", "warning", "audit.loads",
        "Of no source more than 1% of the lines cannot be read.",
        "See raw.quarantine for the reasons.",
        limit=0.01,
    ),
    Rule(
        "FILES_READABLE", "border", "warning", "audit.loads",
        "Every file could be read, and to its end.",
        "Export the file again; the ledger says what is wrong with it.",
    ),
    Rule(
        "FILES_KNOWN", "border", "warning", "audit.unrecognised_files",
        "Every file in the landing zone belongs to a source.",
        "Move the file to the folder of its source, with the name the source expects, or out of the landing zone.",
    ),
    Rule(
        "USAGE_PRESENT", "border", "warning", "raw.*",
        "There is some usage in the landing zone.",
        "Put exports of at least one tool or gateway into the landing zone.",
    ),
    Rule(
        "USAGE_NOT_IN_FUTURE", "border", "warning", "raw.*",
        "No usage is dated more than 24 hours after the newest export was made.",
        "Set the clock of the machine that wrote it right.",
        limit=24,
    ),
    # What came in: who is who.
    Rule(
        "PEOPLE_PRESENT", "border", "warning", "raw.people_members",
        "Where there is usage, there are people to whom it can belong.",
        "Put people/members.csv, people/accounts.csv and people/teams.csv into the landing zone.",
    ),
    Rule(
        "USAGE_CLAIMED", "border", "warning", "raw.people_accounts",
        "At most 50% of the usage comes from accounts that nobody claims.",
        "Add the accounts to people/accounts.csv; unclaimed usage belongs to no team.",
        limit=0.5,
    ),
    Rule(
        "ONE_TEAM_A_DAY", "border", "warning", "raw.people_members",
        "Nobody is in two teams on the same day.",
        "Give the earlier membership an end in people/members.csv; until then the one that began last holds.",
    ),
    Rule(
        "ONE_OWNER_A_DAY", "border", "warning", "raw.people_accounts",
        "No account belongs to two people on the same day.",
        "Give the earlier claim an end in people/accounts.csv; until then the one that began last holds.",
    ),
    Rule(
        "TEAMS_FORM_A_TREE", "border", "warning", "raw.people_teams",
        "No team is its own ancestor.",
        "Correct parent_team_id in people/teams.csv; until then the team stands at the top.",
    ),
    Rule(
        "PEOPLE_HAVE_TEAMS", "border", "warning", "raw.people_members",
        "Everybody is in a team that is known.",
        "Add the person to people/members.csv, or the team to people/teams.csv.",
    ),
    # What goes out: nobody can be picked out.
    Rule(
        "GROUPS_LARGE_ENOUGH", "publication", "critical", "publication.*",
        "Every published day of a team and month of a container rests on at least min_group people.",
        "Nothing can be done by hand: small groups should have been merged. " + _REPORT,
    ),
    Rule(
        "TEAM_WEEKS_LARGE_ENOUGH", "publication", "critical", "publication.fct_team_week",
        "At least min_group people spent what is published of a team's week, and as many shipped it; or nobody did.",
        "Nothing can be done by hand: small groups should have been merged. " + _REPORT,
    ),
    Rule(
        "NO_PERSONAL_COLUMNS", "publication", "critical", "publication.*",
        "No published table has a column about a person, an account or a session.",
        "Take the column out of the model in dbt_project/models/publication.",
    ),
    # What goes out: it adds up.
    Rule(
        "ROWS_UNIQUE", "publication", "critical", "publication.*",
        "Every published table has one row for each combination of its dimensions.",
        _REPORT,
    ),
    Rule(
        "OUTCOMES_ADD_UP", "publication", "critical", "publication.fct_team_week",
        "What a team shipped in a week has survived, was undone, or is pending.",
        _REPORT,
    ),
    Rule(
        "COSTS_ADD_UP", "publication", "critical", "publication.fct_team_week",
        "The cost of a team's week is the sum of its parts by evidence.",
        _REPORT,
    ),
    Rule(
        "WITHIN_WAREHOUSE", "publication", "critical", "publication.*",
        "No period is published with more than the warehouse holds of it, or held when it was told first.",
        _REPORT,
    ),
    Rule(
        "TOTALS_RECONCILE", "publication", "critical", "marts.audit_reconciliation",
        "Requests, usage and the attribution ledger have the same totals.",
        _REPORT,
    ),
    Rule(
        "ATTRIBUTION_BALANCES", "publication", "critical", "marts.fct_attribution",
        "The attribution of every piece of usage sums to its tokens and its cost.",
        _REPORT,
    ),
    Rule(
        "TEAMS_KNOWN", "publication", "critical", "publication.dim_team",
        "Every team with a published figure is in the published list of teams.",
        _REPORT,
    ),
    # What goes out: how far it can be trusted.
    Rule(
        "USAGE_PRICED", "publication", "warning", "marts.fct_usage",
        "At most 5% of the tokens have no known price.",
        "See fct_usage for the models; a newer genai-prices may know them.",
        limit=0.05,
    ),
    Rule(
        "COST_ATTRIBUTED", "publication", "warning", "marts.fct_attribution",
        "At most 60% of the cost reaches no outcome.",
        "Tag requests with ticket or branch, and export the repositories and trackers in which people work.",
        limit=0.6,
    ),
    Rule(
        "OUTPUT_COUNTED", "publication", "warning", "marts.fct_usage",
        "At most 30% of the requests carry a placeholder instead of their output tokens.",
        "Collect OpenTelemetry or gateway logs beside the transcripts; they know the final counts.",
        limit=0.3,
    ),
    Rule(
        "PEOPLE_KNOWN", "publication", "warning", "marts.fct_usage",
        "At most 20% of the tokens were used by people whom the people export does not name.",
        "Add their accounts to people/accounts.csv.",
        limit=0.2,
    ),
    Rule(
        "SOMETHING_PUBLISHED", "publication", "warning", "publication.*",
        "There is something to publish.",
        "Too few people stand behind any figure. Load more of the organisation, or lower min_group, knowing that"
        " smaller groups let single people be recognised.",
    ),
    # What the figures say.
    Rule(
        "TEAMS_CONSISTENT", "divergence", "warning", "publication.fct_divergence",
        "In the last week no team's usage had grown away from its value.",
        "Talk with the team, with the signals and the benign explanations at hand. A verdict is a question.",
    ),
    Rule(
        "COST_LASTS", "divergence", "warning", "publication.fct_org_week",
        "Over the last four weeks at most 60% of the cost reached no outcome that lasts.",
        "See fct_team_week for where it went; much of it may be work that cannot be seen, for want of a tracker.",
        limit=0.6,
    ),
    Rule(
        "LEADERS_SHIP", "divergence", "warning", "publication.fct_org_week",
        "Over the last four weeks at least 30% of the tenth of people who use most are in the tenth who ship most.",
        "Nothing is wrong with anybody; but a leaderboard of tokens would honour the wrong people. Keep none.",
        limit=0.3,
    ),
    Rule(
        "RANKS_HOLD", "divergence", "warning", "publication.fct_org_week",
        "Tokens and value of teams go together no less than in the eight weeks before the last four.",
        "See what changed: a target for usage, a model, a tool. fct_divergence says for which teams.",
    ),
    Rule(
        "ATTRIBUTION_HOLDS", "divergence", "warning", "publication.fct_org_week",
        "Of the cost at most 10% more reaches no outcome in the last four weeks than in the eight before.",
        "Look for a tool without tags, a tracker whose exports stopped, or work that nobody tracks.",
        limit=0.1,
    ),
    Rule(
        "LOGS_AGREE", "divergence", "warning", "marts.fct_signals",
        "Over the last four weeks the logs of at most 2% of the active people disagree with the vendor's report.",
        "Collect the logs of every machine, and see whether anybody's transcripts are made or kept back.",
        limit=0.02,
    ),
    Rule(
        "NO_BUNCHING", "divergence", "warning", "marts.fct_signals",
        "Over the last four weeks the usage of at most 5% of the active people stops just above a threshold.",
        "A mandate such as `80% use AI weekly` is met to the letter. Take it back, or measure something else.",
        limit=0.05,
    ),
)  # fmt: skip
