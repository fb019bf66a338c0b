"""What the README says can be asked, can be asked."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.end_to_end.warehouses import Company
from tokenworth.cli import app
from tokenworth.summary import print_answer

README = (Path(__file__).parents[2] / "README.md").read_text("utf-8")


def _questions(section: str) -> list[str]:
    blocks = re.findall(r"```sql\n(.*?)```", section, re.DOTALL)
    return [question.strip() for block in blocks for question in block.split(";") if question.strip()]


PUBLISHED, RESTRICTED = (_questions(part) for part in README.split("### Restricted"))


def test_every_table_has_three_questions() -> None:
    assert len(PUBLISHED) == 3 * 5
    assert len(RESTRICTED) == 3 * 3


@pytest.mark.parametrize("question", PUBLISHED, ids=lambda question: question.splitlines()[0][3:])
def test_a_question_to_what_is_published_has_an_answer(company: Company, question: str) -> None:
    print_answer(company.zone.settings, question)


@pytest.mark.parametrize("question", RESTRICTED, ids=lambda question: question.splitlines()[0][3:])
def test_a_question_to_the_restricted_copy_has_an_answer(company: Company, question: str) -> None:
    print_answer(company.zone.settings, question, restricted=True)


def test_every_command_that_the_readme_names_exists() -> None:
    commands = {command.name or command.callback.__name__ for command in app.registered_commands if command.callback}
    named = set(re.findall(r"tokenworth ([a-z][a-z-]+)", README))
    assert named - commands == set()
