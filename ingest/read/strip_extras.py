"""Lines of a text file that are no records: titles above the header, totals below the rows.

Belongs here: dropping what a contract names under `skip_lines` and `not_records`, counted. Does
not: bytes (`spool.py`), fields (`csv_reader.py`).
"""

from dataclasses import dataclass
from pathlib import Path

import duckdb

from ground.sql import file_literal, literal, literals
from ingest.contracts.contract import Contract
from ingest.read.incoming import NO_DELIMITER


@dataclass(frozen=True)
class Kept:
    """The text without them. `dropped_n` counts what `not_records` took; titles do not count."""

    path: Path
    lines_n: int
    dropped_n: int


def without_extras(contract: Contract, path: Path, target: Path) -> Kept:
    """Copy `path` (plain text) to `target` without titles and lines that are no records.

    A line inside a quoted field is never dropped. Lines without one filled field go as well.
    """
    quotes = "0"
    if contract.quote:
        quotes = f"length(line) - length(replace(line, {literal(contract.quote)}, ''))"
    with duckdb.connect() as con:
        con.execute(
            f"create table line as select n, line, coalesce(sum({quotes}) over (order by n rows "
            f"between unbounded preceding and 1 preceding), 0) % 2 = 1 as is_inside from ("
            f"select row_number() over () as n, coalesce(line, '') as line from read_csv("
            f"{file_literal(path)}, auto_detect = false, header = false, "
            f"delim = {literal(NO_DELIMITER)}, quote = '', escape = '', "
            f"columns = {{'line': 'VARCHAR'}}, new_line = '\\n', "
            f"max_line_size = 67108864)) where n > {contract.skip_lines}"
        )
        trimmed = f"ltrim(line, {literal(' ' + chr(9) + contract.delimiter + contract.quote)})"
        dropped = not_a_record(contract, trimmed)
        first = contract.skip_lines + 1 if contract.header else 0
        (kept_n, dropped_n) = con.execute(
            f"select count(*) filter (where not is_dropped), count(*) filter (where is_dropped) "
            f"from (select {_is_dropped(dropped, first)} as is_dropped from line)"
        ).fetchall()[0]
        con.execute(
            f"copy (select line from line where not {_is_dropped(dropped, first)} order by n) "
            f"to {literal(str(target))} (format csv, header false, quote '', escape '', "
            f"delimiter {literal(NO_DELIMITER)})"
        )
    return Kept(target, kept_n, dropped_n)


def note_dropped(con: duckdb.DuckDBPyConnection, counts: str) -> None:
    """Say in the ledger how many lines `not_records` took; `counts` selects file_id and number."""
    con.execute(
        f"update ledger.file set reason = d.n || ' lines that are no records by the contract' "
        f"from ({counts}) as d (file_id, n) where d.file_id = ledger.file.file_id and d.n > 0"
    )


def not_a_record(contract: Contract, first_filled: str) -> str:
    """SQL: the first filled field says that the line is no record, or there is none."""
    if not contract.not_records:
        return "false"
    matches = f"regexp_matches({first_filled}, '^(?:' || p || ')')"
    return (
        f"({first_filled} is null or {first_filled} = '' or list_bool_or(list_transform("
        f"[{literals(contract.not_records)}], lambda p: {matches})))"
    )


def _is_dropped(dropped: str, header_line: int) -> str:
    return f"(n <> {header_line} and not is_inside and {dropped})"
