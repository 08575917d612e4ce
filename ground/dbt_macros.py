"""Macros of the dbt project rendered without dbt, in DuckDB's spelling.

Belongs here: what a macro asks of dbt besides its arguments. Does not: which macros are rendered.
"""

from typing import Any

import jinja2


def environment(text: str) -> tuple[jinja2.Environment, Any]:
    """Macros by their text: an environment that knows them all, and the module that has them."""
    made = jinja2.Environment(extensions=["jinja2.ext.do"], autoescape=False)
    module: Any = None

    class Adapter:
        """What a dispatched macro asks for: the DuckDB spelling, or else the default."""

        @staticmethod
        def dispatch(name: str, _package: str) -> Any:
            return getattr(module, f"duckdb__{name}", None) or getattr(module, f"default__{name}")

    class Types:
        """The types that dbt spells for each engine: DuckDB's."""

        @staticmethod
        def type_string() -> str:
            return "varchar"

    made.globals.update(
        {"execute": False, "return": lambda value: value, "adapter": Adapter, "dbt": Types}
    )
    module = made.from_string(text).module
    made.globals.update({name: macro for name, macro in vars(module).items() if callable(macro)})
    return made, module
