"""Findings: what the rules of divergence find of a team or the organisation, told once for as long as it lasts.

A finding that was there at the last check is not new; one that went away and comes back is.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from expectations.results import CheckReport, CheckResult
from expectations.rules import RULES
from tokenworth.settings import Settings
from tokenworth.warehouse import given, literal, open_warehouse
from tokenworth.writer import sole_writer


@dataclass(frozen=True)
class Finding:
    """What was found, about whom (a team or the organisation, never a person), and since which check (UTC)."""

    rule: str
    about: str
    finding: str
    found_at: datetime

    @property
    def todo(self) -> str:
        return next(rule.todo for rule in RULES if rule.code == self.rule)


def findings_of(result: CheckResult) -> list[tuple[str, str]]:
    """About whom a rule of divergence found what; nothing for the rules of other suites."""
    return [(str(row["about"]), str(row["finding"])) for row in result.found if "finding" in row]


def keep(settings: Settings, report: CheckReport) -> None:
    """Brings `audit.findings` up to date with a check; to be called by the warehouse's sole writer.

    Of a rule whose check is broken nothing is known, so its findings stay.
    """
    known = [r.rule for r in report.results if r.outcome != "broken"]
    found = [(r.rule, about, text) for r in report.results for about, text in findings_of(r)]
    at = f"TIMESTAMP '{report.checked_at}'"
    with open_warehouse(settings) as connection:
        connection.begin()
        connection.execute(
            "create or replace temp table found as from"
            + given({"rule": "VARCHAR", "about": "VARCHAR", "finding": "VARCHAR"}, found)
        )
        connection.execute(
            f"update audit.findings set ended_at = {at} where ended_at is null and rule in ({_list(known)})"
            " and (rule, about) not in (select (rule, about) from found)"
        )
        connection.execute(
            "update audit.findings set finding = found.finding from found where ended_at is null"
            " and findings.rule = found.rule and findings.about = found.about"
        )
        connection.execute(
            f"insert into audit.findings select rule, about, finding, {at}, null, null from found"
            " where (rule, about) not in (select (rule, about) from audit.findings where ended_at is null)"
        )
        connection.commit()


def lasting(settings: Settings, *, untold: bool = False) -> list[Finding]:
    """Findings that still hold, the newest first; or of them only what nobody was told yet."""
    with open_warehouse(settings, read_only=True) as connection:
        if not connection.execute("from information_schema.tables where table_name = 'findings'").fetchall():
            return []  # an older version wrote this warehouse
        rows = connection.execute(
            "select rule, about, finding, found_at from audit.findings where ended_at is null"
            + (" and told_at is null" if untold else "")
            + " order by found_at desc, rule, about"
        ).fetchall()
    return [Finding(*row) for row in rows]


def remember_told(settings: Settings, findings: Iterable[Finding]) -> None:
    """Records that somebody was told of these."""
    told = given({"rule": "VARCHAR", "about": "VARCHAR"}, [(f.rule, f.about) for f in findings])
    with sole_writer(settings, "remember what was told"), open_warehouse(settings) as connection:
        connection.execute(
            f"update audit.findings set told_at = now()::timestamp from {told} as told"
            " where ended_at is null and findings.rule = told.rule and findings.about = told.about"
        )


def _list(texts: Iterable[str]) -> str:
    return ", ".join(map(literal, texts)) or "null"
