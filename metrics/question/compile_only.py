"""A database client for MetricFlow that never touches a database."""

from typing import Any


class CompileError(Exception):
    """MetricFlow refused a query; the message is its own, shortened."""


class CompileOnlyClient:
    """What MetricFlow needs to know of a database in order to write SQL for it.

    It never holds a connection: statements are run by the caller, who binds the values.
    """

    @property
    def sql_engine_type(self) -> Any:
        """DuckDB."""
        from metricflow.protocols.sql_client import SqlEngine

        return SqlEngine.DUCKDB

    @property
    def sql_plan_renderer(self) -> Any:
        """The renderer of DuckDB's dialect."""
        from metricflow.sql.render.duckdb_renderer import DuckDbSqlPlanRenderer

        return DuckDbSqlPlanRenderer()

    def query(self, stmt: str, sql_bind_parameter_set: Any = None) -> Any:
        """Refused: this client compiles, the caller runs."""
        raise CompileError("the metric engine compiles only; run the SQL on your own connection")

    def execute(self, stmt: str, sql_bind_parameter_set: Any = None) -> None:
        """Refused, as `query` is."""
        self.query(stmt)

    def dry_run(self, stmt: str, sql_bind_parameter_set: Any = None) -> None:
        """Refused, as `query` is."""
        self.query(stmt)

    def close(self) -> None:
        """Nothing is open."""

    def render_bind_parameter_key(self, bind_parameter_key: str) -> str:
        """A parameter as DuckDB names it."""
        return f"${bind_parameter_key}"
