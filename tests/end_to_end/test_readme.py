"""What the README and docs/queries.md say can be asked, can be asked."""

from __future__ import annotations

import re
from pathlib import Path

import duckdb
import pytest
from typer.main import get_command

from tests.end_to_end.warehouses import Company
from tokenworth.cli import app
from tokenworth.summary import print_answer
from tokenworth.warehouse import literal

_ROOT = Path(__file__).parents[2]
README = (_ROOT / "README.md").read_text("utf-8")


def _questions(section: str) -> list[str]:
    blocks = re.findall(r"```sql\n(.*?)```", section, re.DOTALL)
    return [question.strip() for block in blocks for question in block.split(";") if question.strip()]


PUBLISHED, RESTRICTED = (_questions(part) for part in README.split("### Restricted"))

COSTS = _questions((_ROOT / "docs" / "queries.md").read_text("utf-8"))


def test_every_table_has_three_questions() -> None:
    assert len(PUBLISHED) == 3 * 6 + 1
    assert len(RESTRICTED) == 3 * 4


@pytest.mark.parametrize("question", PUBLISHED, ids=lambda question: question.splitlines()[0][3:])
def test_a_question_to_what_is_published_has_an_answer(company: Company, question: str) -> None:
    print_answer(company.zone.settings, question)


@pytest.mark.parametrize("question", RESTRICTED, ids=lambda question: question.splitlines()[0][3:])
def test_a_question_to_the_restricted_copy_has_an_answer(company: Company, question: str) -> None:
    print_answer(company.zone.settings, question, restricted=True)


@pytest.mark.parametrize("question", COSTS, ids=lambda question: question.splitlines()[0][3:])
def test_a_query_of_costs_holds_no_dollar_twice(company: Company, question: str) -> None:
    with duckdb.connect() as connection:
        restricted = company.zone.settings.warehouse / "restricted" / "marts.duckdb"
        connection.execute(f"attach {literal(restricted)} as restricted (read_only)")
        connection.execute("use restricted.marts")
        ((spent,),) = connection.execute("select sum(cost_usd) from fct_attribution").fetchall()
        asked = f"select count(*), sum(cost_usd), max(exact + strong + probable + allocated) from ({question})"
        ((rows, found, share),) = connection.execute(asked).fetchall()
    assert rows > 0
    assert 0 < float(found) <= float(spent) * 1.000001  # what is divided in a query is a floating-point number
    assert share is None or share < 1.000001


def test_what_others_read_is_stored_for_older_engines_too(company: Company) -> None:
    settings = company.zone.settings
    restricted = settings.warehouse / "restricted" / "marts.duckdb"
    with duckdb.connect() as connection:
        for name, path in (
            ("ours", settings.database),
            ("told", settings.published / "marts.duckdb"),
            ("all", restricted),
        ):
            connection.execute(f'attach {literal(path)} as "{name}" (read_only)')
        formats = connection.execute(
            "select database_name, tags['storage_version'] from duckdb_databases()"
            " where not internal and path is not null"
        ).fetchall()
    assert dict(formats) == {"ours": "v1.5.0+", "told": "v1.0.0+", "all": "v1.0.0+"}


def test_every_command_that_the_readme_names_exists() -> None:
    named = set(re.findall(r"tokenworth ([a-z][a-z-]+)", README))
    assert named - set(get_command(app).commands) == set()
