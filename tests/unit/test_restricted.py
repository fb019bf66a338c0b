"""The restricted copy has all marts, and nothing that they do not say any more."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from tests.zone import Row, Zone
from tokenworth.publish import _restrict
from tokenworth.warehouse import beside_warehouse, literal, open_warehouse
from tokenworth.writer import sole_writer

_MARTS = """
    create schema if not exists marts;
    create or replace table marts.fct_usage as
        select 'usage-' || i as usage_id, 'zaphodbeeble/fix-' || i as branch, 100 + i // 50 as made_of
        from range(100) as r(i);
    create or replace view marts.audit_checks as select 'NO_EMAIL_STORED' as rule;
"""


@pytest.fixture
def marts(zone: Zone) -> Zone:
    zone.load()
    _change(zone, _MARTS)
    return zone


def _change(zone: Zone, sql: str) -> None:
    with sole_writer(zone.settings), open_warehouse(zone.settings) as connection:
        connection.execute(sql)


def _restricted(zone: Zone) -> Path:
    with sole_writer(zone.settings), beside_warehouse(zone.settings) as connection:
        _restrict(zone.settings, connection)
    return zone.settings.warehouse / "restricted" / "marts.duckdb"


def _rows(path: Path) -> dict[str, list[Row]]:
    with duckdb.connect() as connection:
        connection.execute(f"attach {literal(path)} as it (read_only)")
        tables = connection.execute(
            "select table_name from information_schema.tables where table_schema = 'marts' and table_catalog = 'it'"
        ).fetchall()
        return {name: connection.execute(f"from it.marts.{name} order by all").fetchall() for (name,) in tables}


def test_views_among_the_marts_are_in_the_copy(marts: Zone) -> None:
    copy = _rows(_restricted(marts))
    assert copy.keys() == {"fct_usage", "audit_checks"}
    assert len(copy["fct_usage"]) == 100
    assert copy["audit_checks"] == [("NO_EMAIL_STORED",)]


def test_a_name_that_was_masked_since_is_not_in_the_bytes_of_the_copy(marts: Zone) -> None:
    """To begin with the last copy would be quicker: what is deleted in a file stays in it until it is written over."""
    assert b"zaphodbeeble" in _restricted(marts).read_bytes()
    _change(marts, "update marts.fct_usage set branch = 'masked' where made_of = 100")
    _change(marts, "update marts.fct_usage set branch = 'masked', made_of = 102 where made_of = 101")
    assert b"zaphodbeeble" not in _restricted(marts).read_bytes()


def test_what_somebody_began_to_write_into_the_copy_does_not_come_over_the_next_one(marts: Zone) -> None:
    path = _restricted(marts)
    connection = duckdb.connect(config={"checkpoint_threshold": "1TB"})
    connection.execute(f"attach {literal(path)} as it; delete from it.marts.fct_usage")
    left = Path(f"{path}.wal").read_bytes()
    connection.close()
    Path(f"{path}.wal").write_bytes(left)
    assert len(_rows(_restricted(marts))["fct_usage"]) == 100
    assert not Path(f"{path}.wal").exists()
