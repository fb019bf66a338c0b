"""The warehouse as a datasource of Great Expectations, which has none for DuckDB."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Literal

import sqlalchemy as sa
from great_expectations.datasource.fluent import SQLDatasource
from great_expectations.execution_engine import SqlAlchemyExecutionEngine

from tokenworth.settings import Settings
from tokenworth.warehouse import literal


class DuckDBExecutionEngine(SqlAlchemyExecutionEngine):  # type: ignore[misc]
    """Keeps one connection: a result of DuckDB ends with its connection, and GX fetches after it closed it."""

    _connection: sa.Connection | None

    @contextmanager
    def get_connection(self) -> Iterator[sa.Connection]:
        if self._connection is None:
            self._connection = self.engine.connect()
        yield self._connection

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None
        super().close()


class DuckDBDatasource(SQLDatasource):  # type: ignore[misc]
    """Being declared is enough: GX adds `add_duckdb` to its datasources."""

    type: Literal["duckdb"] = "duckdb"

    @property
    def execution_engine_type(self) -> Any:
        return DuckDBExecutionEngine


@contextmanager
def read_only_warehouse(context: Any, settings: Settings) -> Iterator[Any]:
    """The warehouse as datasource of `context`; closed behind, so that it can be written again.

    It is attached to an empty database: a path may hold what has a meaning in an address.
    """
    options = {
        "threads": settings.threads,
        "memory_limit": settings.memory_limit,
        "temp_directory": str(settings.work / "spill"),
        "autoinstall_known_extensions": False,
        "autoload_known_extensions": False,
    }
    datasource = context.data_sources.add_duckdb(
        name="warehouse", connection_string="duckdb:///:memory:", kwargs={"connect_args": {"config": options}}
    )
    engine = datasource.get_execution_engine()
    # Without transactions: in one, a check that cannot run would break those after it, and GX, which
    # now and then connects for itself, would come upon one that has begun.
    engine.engine.dialect.do_begin = lambda connection: None
    try:
        with engine.get_connection() as connection:
            connection.exec_driver_sql(f"attach {literal(settings.database)} as warehouse (read_only)")
            connection.exec_driver_sql("use warehouse")
        yield datasource
    finally:
        engine.close()
        datasource.get_engine().dispose()
