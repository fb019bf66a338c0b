"""What the engine does wrong, and that we do without it: a newer engine that is right shows here, too."""

from __future__ import annotations

import duckdb
import pytest
import yaml

from tests.zone import Zone
from tokenworth.build import project_dir
from tokenworth.warehouse import open_warehouse

# Rows of a source all of which came with the last load but a few, each once as it is now.
_LOADS = """create table loads as
    select i::integer as load_id, timestamp '2026-01-01' + i * interval 1 day as extracted_at,
    case when i % 2 = 1 then timestamp '2026-03-01' end as superseded_at from range(1, 60) as t(i);
    alter table loads alter load_id set not null"""
_ROWS = "create table entries as select 48::integer as load_id, i as id from range(3) as t(i)"
_CURRENT = """select id from entries join loads using (load_id) where superseded_at is null
    qualify row_number() over (partition by id order by extracted_at desc) = 1 order by id"""


def test_rows_of_one_late_load_are_read(zone: Zone) -> None:
    zone.load()
    with open_warehouse(zone.settings) as connection:
        connection.execute(_LOADS)
        connection.execute(_ROWS)
        assert connection.execute(_CURRENT).fetchall() == [(0,), (1,), (2,)]


def test_the_models_do_without_the_same_optimizers(zone: Zone) -> None:
    zone.load()
    outputs = yaml.safe_load((project_dir() / "profiles.yml").read_text())["tokenworth"]["outputs"]
    with open_warehouse(zone.settings) as connection:
        (ours,) = connection.execute("select current_setting('disabled_optimizers')").fetchone() or ()
    assert ours == "top_n_window_elimination"
    assert {outputs[target]["settings"]["disabled_optimizers"] for target in ("duckdb", "beside")} == {ours}
    assert yaml.safe_load((project_dir() / "dbt_project.yml").read_text())["vars"]["broken_optimizers"] == ours


def test_the_engine_still_fails_there() -> None:
    """Once it does not, what is above can go."""
    with duckdb.connect() as connection:
        connection.execute(_LOADS)
        connection.execute(_ROWS)
        with pytest.raises(duckdb.InternalException):
            connection.execute(_CURRENT)
