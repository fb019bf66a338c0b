"""Our own expectation, for whatever the built-in ones cannot say or cannot give an example of."""

from __future__ import annotations

from typing import Any, ClassVar

import sqlalchemy as sa
from great_expectations.compatibility import pydantic
from great_expectations.constants import MAX_RESULT_RECORDS
from great_expectations.core import ExpectationSuite
from great_expectations.expectations import UnexpectedRowsExpectation
from great_expectations.expectations.expectation import Expectation

from expectations.rules import RULES, Rule, SuiteName

# An expectation, and what it is made with.
Way = tuple[type[Expectation], dict[str, object]]


class ExpectNoRows(UnexpectedRowsExpectation):  # type: ignore[misc]
    """No row that breaks the rule: `unexpected_rows_query` finds them among those of `looked_at`."""

    looked_at: list[str]
    shown: int = 5  # rows that are kept of those that break the rule

    success_keys: ClassVar[tuple[str, ...]] = ("unexpected_rows_query", "looked_at", "shown")
    # Not GX's count as well: it would run every query a second time.
    metric_dependencies: ClassVar[tuple[str, ...]] = ("unexpected_rows_query.table",)

    @pydantic.validator("unexpected_rows_query")  # type: ignore[untyped-decorator]
    @classmethod
    def _validate_query(cls, query: str) -> str:
        # GX's own prints a hint on the terminal for every query that names its tables itself.
        return query

    def _validate(
        self, metrics: dict[str, Any], runtime_configuration: object = None, execution_engine: Any = None
    ) -> dict[str, object]:
        rows: list[dict[str, object]] = metrics["unexpected_rows_query.table"]
        count = len(rows)
        if count >= MAX_RESULT_RECORDS:  # GX fetches no more
            count = self._ask(execution_engine, f"(select count(*) from ({self.unexpected_rows_query}))")
        checked = self._ask(execution_engine, *(f"(select count(*) from {relation})" for relation in self.looked_at))
        return {
            "success": count == 0,
            "result": {
                "observed_value": count,
                "element_count": checked,
                "partial_unexpected_list": [_as_text(row) for row in rows[: self.shown]],
            },
        }

    @staticmethod
    def _ask(execution_engine: Any, *counts: str) -> int:
        """The sum of counts that SQL gives."""
        return int(execution_engine.execute_query(sa.text(f"select {' + '.join(counts)}")).scalar())


def _as_text(row: dict[str, object]) -> dict[str, str]:
    return {name: str(value) for name, value in row.items() if value is not None}


def no_rows(query: str, *looked_at: str) -> Way:
    """`query` yields what breaks the rule, in columns that may be shown; sorted, so that runs agree on the example."""
    return ExpectNoRows, {"unexpected_rows_query": f"{query} order by all", "looked_at": list(looked_at)}


def no_findings(query: str, *looked_at: str) -> Way:
    """`query` yields what stands out, as `about` (a team, or the organisation) and `finding`: all of it is kept."""
    kind, how = no_rows(query, *looked_at)
    return kind, {**how, "shown": MAX_RESULT_RECORDS}


def share(part: str, whole: str, relation: str, limit: float) -> Way:
    """`part`, summed over `relation`, is at most `limit` of `whole`."""
    return no_rows(
        f"select round(sum({part}) / sum({whole}), 4) as share, sum({part}) as part, sum({whole}) as whole"
        f" from {relation} having sum({part}) > {limit} * sum({whole})",
        relation,
    )


def suite_of(name: SuiteName, ways: dict[str, Way]) -> ExpectationSuite:
    """The suite of all rules of the book that are called `name`, each with its way of checking."""
    rules = [rule for rule in RULES if rule.suite == name]
    return ExpectationSuite(name=name, expectations=[_expectation(rule, *ways[rule.code]) for rule in rules])


def _expectation(rule: Rule, kind: type[Expectation], how: dict[str, object]) -> Expectation:
    return kind(**how, severity=rule.severity, description=rule.sentence, meta={"rule": rule.code})
