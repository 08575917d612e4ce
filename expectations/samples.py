"""Failing rows that may be shown: few, short, and without anything personal."""

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from decimal import Decimal

import duckdb

from ingest.privacy.mask import text_told

SAMPLE_N = 5
PERSONAL = re.compile(
    r"customer|caller|^ani$|phone|e_?mail|first_?name|last_?name|full_?name|agent_name|staff|"
    r"note|comment|free_?text|raw_text|address|birth|device|dialled_number|login|old_value|new_value|"
    r"(agent|coach|evaluator|leader|giver|mentor)_code",
    re.IGNORECASE,
)


def is_personal(column: str) -> bool:
    """True for a column that must not leave the warehouse in a check's sample."""
    return bool(PERSONAL.search(column))


def of_query(
    con: duckdb.DuckDBPyConnection, sql: str, *, hide: Sequence[str] = ()
) -> tuple[tuple[Mapping[str, object], ...], tuple[str, ...]]:
    """Up to five rows of `sql` without personal columns, and every `client_id` in it.

    hide: further columns to leave out. A column holding a hash-like value is left out by name
    only, so a test over a personal column passes its value column here.
    """
    relation = f"(\n{sql.rstrip().rstrip(';')}\n) as failing"
    names = [str(row[0]) for row in con.execute(f"describe select * from {relation}").fetchall()]
    shown = [name for name in names if not is_personal(name) and name not in hide]
    sample: tuple[Mapping[str, object], ...] = ()
    if shown:
        columns = ", ".join('"' + name.replace('"', '""') + '"' for name in shown)
        rows = con.execute(f"select {columns} from {relation} limit {SAMPLE_N}").fetchall()
        sample = tuple({n: masked(v) for n, v in zip(shown, row, strict=True)} for row in rows)
    clients: tuple[str, ...] = ()
    if "client_id" in names:
        found = con.execute(
            f"select distinct client_id from {relation} where client_id is not null order by 1"
        ).fetchall()
        clients = tuple(str(row[0]) for row in found)
    return sample, clients


def masked(value: object) -> object:
    """A value of a mart as a sample may show it: of text that is no plain code, its shape."""
    return text_told(value) if isinstance(value, str) else plain(value)


def plain(value: object) -> object:
    """A value as JSON can hold it; text cut at 80 characters."""
    if value is None or isinstance(value, bool | int | float):
        return value
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, dt.date | dt.datetime | dt.time):
        return value.isoformat()
    return str(value)[:80]
