"""Nothing leaks: whatever a run leaves behind is searched for what only the exports may say."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

import duckdb
import pytest

from tests.end_to_end.warehouses import Company
from tokenworth.warehouse import literal

# The two files that are there to tell who is who.
_MAY_TELL = ("identities.duckdb", "pseudonym.key")


def _secrets(company: Company) -> dict[str, str]:
    """What may stand nowhere, in lower case, with what it is."""
    private = company.private
    found = {
        secret.lower(): kind
        for kind, secrets in private.items()
        for secret in secrets
        if kind != "prompts" and len(secret) > 3
    }
    # Prompts and answers are long; a beginning or an end of one would be a leak as well.
    return found | {piece.lower(): "prompts" for text in private["prompts"] for piece in (text[:40], text[-40:])}


def _left_behind(warehouse: Path) -> list[Path]:
    files = [path for path in sorted(warehouse.rglob("*")) if path.is_file() and not path.is_symlink()]
    return [path for path in files if not path.name.startswith(_MAY_TELL)]


def _texts(database: Path) -> Iterator[tuple[str, str]]:
    """What stands in every column of texts of a database, with where that is."""
    with duckdb.connect() as connection:
        connection.execute(f"attach {literal(database)} as warehouse (read_only)")
        connection.execute("use warehouse")
        columns = connection.execute(
            "select table_schema, table_name, column_name from information_schema.columns"
            " where table_catalog = 'warehouse' and (data_type like '%VARCHAR%' or data_type like '%JSON%')"
        ).fetchall()
        for schema, table, column in columns:
            place = f"{database.name}: {schema}.{table}.{column}"
            texts = connection.execute(
                f'select distinct cast("{column}" as varchar) from {schema}."{table}" where "{column}" is not null'
            ).fetchall()
            yield place, "\n".join(text for (text,) in texts)


def _found(said: str, secrets: Iterable[str]) -> set[str]:
    """The secrets that stand in a text."""
    said = said.lower()
    return {secret for secret in secrets if _stands_in(said, secret)}


def _stands_in(said: str, secret: str) -> bool:
    """Whether it stands there alone, not as a part of a longer word. A pattern would take minutes."""
    at = said.find(secret)
    while at >= 0:
        end = at + len(secret)
        if not (said[at - 1 : at].isalnum() or said[end : end + 1].isalnum()):
            return True
        at = said.find(secret, at + 1)
    return False


@pytest.fixture(scope="module")
def secrets(company: Company) -> dict[str, str]:
    return _secrets(company)


def test_the_exports_do_hold_what_is_looked_for(company: Company, secrets: dict[str, str]) -> None:
    """Else the tests below would look for nothing."""
    said = "".join(path.read_text("utf-8") for path in company.zone.landing.rglob("*.jsonl"))
    kinds = {secrets[secret] for secret in _found(said, secrets)}
    assert kinds >= {"names", "emails", "logins", "prompts", "titles", "homes"}


def test_a_run_leaves_the_files_behind_that_are_searched(company: Company) -> None:
    names = {path.name for path in _left_behind(company.zone.settings.warehouse)}
    assert names >= {
        "warehouse.duckdb", "marts.duckdb", "manifest.json", "fct_team_week.parquet", "dbt.log", "run_results.json",
        "index.html",
    }  # fmt: skip


def test_no_table_holds_a_name_an_address_a_login_or_a_prompt(company: Company, secrets: dict[str, str]) -> None:
    databases = [path for path in _left_behind(company.zone.settings.warehouse) if path.suffix == ".duckdb"]
    assert len(databases) >= 3
    leaks = {place: found for path in databases for place, said in _texts(path) if (found := _found(said, secrets))}
    assert leaks == {}


def test_no_file_holds_a_name_an_address_a_login_or_a_prompt(company: Company, secrets: dict[str, str]) -> None:
    warehouse = company.zone.settings.warehouse
    leaks = {}
    for path in _left_behind(warehouse):
        said = path.read_bytes().decode("latin-1")
        if path.suffix == ".parquet":  # packed
            said += str(duckdb.execute(f"from read_parquet({literal(path)})").fetchall())
        if found := _found(said, secrets):
            leaks[path.relative_to(warehouse).as_posix()] = found
    assert leaks == {}


def test_neither_does_what_the_run_said(company: Company, secrets: dict[str, str]) -> None:
    assert company.ran.out
    assert _found(company.ran.out + company.ran.err, secrets) == set()


def test_no_name_of_a_file_that_is_left_behind_tells_of_a_person(company: Company, secrets: dict[str, str]) -> None:
    warehouse = company.zone.settings.warehouse
    names = "\n".join(path.relative_to(warehouse).as_posix() for path in warehouse.rglob("*"))
    assert _found(names, secrets) == set()
