"""Nothing leaks: whatever a run leaves behind is searched for what only the exports may say."""

from __future__ import annotations

import pytest

from tests.end_to_end.warehouses import Company
from tests.leaks import found_in, leaks_in, left_behind, secrets_of, texts_of


@pytest.fixture(scope="module")
def secrets(company: Company) -> dict[str, str]:
    return secrets_of(company.private)


def test_the_exports_do_hold_what_is_looked_for(company: Company, secrets: dict[str, str]) -> None:
    """Else the tests below would look for nothing."""
    said = "".join(path.read_text("utf-8") for path in company.zone.landing.rglob("*.jsonl"))
    kinds = {secrets[secret] for secret in found_in(said, secrets)}
    assert kinds >= {"names", "emails", "logins", "prompts", "titles", "homes"}


def test_a_run_leaves_the_files_behind_that_are_searched(company: Company) -> None:
    names = {path.name for path in left_behind(company.zone.settings.warehouse)}
    assert names >= {
        "warehouse.duckdb", "marts.duckdb", "manifest.json", "fct_team_week.parquet", "dbt.log", "run_results.json",
        "index.html",
    }  # fmt: skip


def test_no_table_holds_a_name_an_address_a_login_or_a_prompt(company: Company, secrets: dict[str, str]) -> None:
    databases = [path for path in left_behind(company.zone.settings.warehouse) if path.suffix == ".duckdb"]
    assert len(databases) >= 3
    leaks = {place: found for path in databases for place, said in texts_of(path) if (found := found_in(said, secrets))}
    assert leaks == {}


def test_no_file_holds_a_name_an_address_a_login_or_a_prompt(company: Company, secrets: dict[str, str]) -> None:
    assert leaks_in(company.zone.settings.warehouse, secrets) == {}


def test_neither_does_what_the_run_said(company: Company, secrets: dict[str, str]) -> None:
    assert company.ran.out
    assert found_in(company.ran.out + company.ran.err, secrets) == set()


def test_no_name_of_a_file_that_isleft_behind_tells_of_a_person(company: Company, secrets: dict[str, str]) -> None:
    warehouse = company.zone.settings.warehouse
    names = "\n".join(path.relative_to(warehouse).as_posix() for path in warehouse.rglob("*"))
    assert found_in(names, secrets) == set()
