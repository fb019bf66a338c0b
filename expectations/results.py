"""What the checks found: one result a rule, stored for good in `audit.checks`."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

import duckdb

from expectations.rules import RULES, Severity, SuiteName

Outcome = Literal["passed", "failed", "broken"]

WHAT: dict[SuiteName, str] = {
    "border": "what came in",
    "publication": "what goes out",
    "divergence": "what the figures say",
}
_RULES = {rule.code: rule for rule in RULES}
_UNBREAK = "A check that cannot run says nothing of the data. Run again with --full-refresh; if it persists, report it."
_LONGEST = 300  # characters of an example or of a message of the engine


@dataclass(frozen=True)
class CheckResult:
    """`broken` says that the check itself could not run: it says nothing of the data."""

    rule: str
    sentence: str
    severity: Severity
    subject: str
    outcome: Outcome
    observed: int | None  # rows that break the rule
    rows_checked: int | None
    example: str | None
    detail: str | None  # why the check is broken
    todo: str
    found: Sequence[Mapping[str, object]] = ()  # rows that break the rule, as many as are kept


@dataclass(frozen=True)
class CheckReport:
    """What one run of a suite found."""

    suite: SuiteName
    run_id: str
    checked_at: datetime  # UTC
    results: Sequence[CheckResult]

    @property
    def refusals(self) -> list[CheckResult]:
        """Why nothing may be published: a critical check that failed, or that could not tell."""
        return [r for r in self.results if r.severity == "critical" and r.outcome != "passed"]

    @property
    def warnings(self) -> list[CheckResult]:
        return [r for r in self.results if r.severity == "warning" and r.outcome != "passed"]

    def refusal_message(self) -> str:
        """For a person: each refusal with its rule, table, count and example, and what to do; else nothing."""
        if not self.refusals:
            return ""
        what = WHAT[self.suite]
        lines = [f"{len(self.refusals)} of {len(self.results)} checks of {what} refuse publication:"]
        for r in self.refusals:
            lines += [f"  {r.rule} on {r.subject}: {r.sentence}", f"    {_finding(r)}", f"    {r.todo}"]
        return "\n".join([*lines, "The publication of before stays as it is."])


def _finding(r: CheckResult) -> str:
    if r.outcome == "broken":
        return f"The check could not run: {r.detail}"
    rows = "1 row breaks it" if r.observed == 1 else f"{r.observed:,} rows break it"
    return f"{rows}, for example {r.example}" if r.example else rows


def read_result(result: Any) -> CheckResult:
    """One result of Great Expectations, in our words."""
    rule = _RULES[result.expectation_config.meta["rule"]]
    broken = _exception(result.exception_info)
    found = result.result if broken is None else {}
    # Our own expectation says `observed_value`; built-in ones count, and name rows by an index.
    observed = found.get("observed_value", found.get("unexpected_count"))
    examples = found.get("unexpected_index_list") or found.get("partial_unexpected_list") or []
    return CheckResult(
        rule.code,
        rule.sentence,
        rule.severity,
        rule.subject,
        "broken" if broken is not None else "passed" if result.success else "failed",
        observed,
        found.get("element_count"),
        None if result.success else min(map(_example, examples), default=None),
        broken,
        _UNBREAK if broken is not None else rule.todo,
        () if result.success else examples,
    )


def _exception(info: Mapping[str, Any]) -> str | None:
    """Why an expectation raised: GX calls it failed, with the reason beside it or one level down, by metric."""
    entries = [info] if "raised_exception" in info else [entry for entry in info.values() if isinstance(entry, dict)]
    for entry in entries:
        if entry.get("raised_exception"):
            return _reason(str(entry.get("exception_message") or "no reason was given"))
    return None


def _reason(message: str) -> str:
    """Of what the engine says only what quotes SQL: what quotes data could quote a person's."""
    text = re.sub(r"^\(\S+\) ", "", message)  # SQLAlchemy begins with the class of the error
    return shown(text if text.startswith(("Binder Error", "Catalog Error", "Parser Error")) else text.split(":", 1)[0])


def _example(row: Mapping[str, object]) -> str:
    return shown(", ".join(f"{name} {value}" for name, value in row.items() if value is not None))


def shown(text: str) -> str:
    """The first line of `text`, at a readable length, and never with an address in it."""
    line = re.sub(r"[\w.+-]+@[\w.-]+", "(e-mail)", text.strip().split("\n", 1)[0])
    return line if len(line) <= _LONGEST else line[: _LONGEST - 1] + "…"


def store(connection: duckdb.DuckDBPyConnection, report: CheckReport) -> None:
    """Adds the report to the warehouse."""
    connection.executemany(
        "insert into audit.checks (run_id, checked_at, suite, rule, sentence, severity, subject, outcome,"
        " observed, rows_checked, example, detail) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [
            [
                report.run_id, report.checked_at, report.suite, r.rule, r.sentence, r.severity, r.subject,
                r.outcome, r.observed, r.rows_checked, r.example, r.detail,
            ]
            for r in report.results
        ],
    )  # fmt: skip
