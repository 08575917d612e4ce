"""The statistics macros of the dbt project, rendered without dbt."""

from functools import cache
from typing import Any

import jinja2

from ingest.home import CHECKOUT

FOLDER = CHECKOUT / "dbt_project" / "macros" / "statistics"


@cache
def macros() -> Any:
    """A module with every macro of macros/statistics/ as a function that returns SQL."""
    text = "".join(path.read_text(encoding="utf-8") for path in sorted(FOLDER.glob("*.sql")))
    return jinja2.Environment(autoescape=False).from_string(text).module
