"""Great Expectations' datasource for DuckDB.

Importing this module imports Great Expectations (10 s and more): only `gx.validate` does so, late.
The stock SQL engine closes its connection before it reads a result, and a closed DuckDB connection
has none; so this engine keeps one open, and gives it back with `close`.
"""

import builtins
from collections.abc import Generator
from contextlib import contextmanager
from typing import Any, Literal

import sqlalchemy
from great_expectations.datasource.fluent.sql_datasource import SQLDatasource
from great_expectations.execution_engine import SqlAlchemyExecutionEngine


class DuckDBExecutionEngine(SqlAlchemyExecutionEngine):  # type: ignore[misc]
    """A SQL engine whose one connection stays open until `close`."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self._kept: sqlalchemy.Connection | None = None
        super().__init__(*args, **kwargs)

    @contextmanager
    def get_connection(self) -> Generator[sqlalchemy.Connection, None, None]:
        """The one connection; it is not closed when the block ends."""
        if self._kept is None:
            self._kept = self.engine.connect()
        yield self._kept

    def close(self) -> None:
        """Give the database file back, or the next writer meets its lock."""
        if self._kept is not None:
            self._kept.close()
            self._kept = None
        self.engine.dispose()
        super().close()


class DuckDBDatasource(SQLDatasource):  # type: ignore[misc]
    """A SQL datasource for `duckdb:///<path>` connection strings."""

    type: Literal["duckdb"] = "duckdb"

    def close(self) -> None:
        """Close every connection that this datasource opened."""
        self.get_execution_engine().close()
        self.get_engine().dispose()

    @property
    def execution_engine_type(self) -> builtins.type[SqlAlchemyExecutionEngine]:
        """The engine that keeps its connection."""
        return DuckDBExecutionEngine
