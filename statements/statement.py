"""The monthly statement of a client, from what is published: lines, where they come from, issuing.

Belongs here: reading statements and writing the file that issues one. Does not: computing them.
"""

import csv
import datetime as dt
import io
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from ground.files import write_whole
from ground.home import Home
from ground.sql import literal
from publish.serve import serve_file
from statements import engine
from statements.engine import StatementError

ISSUED = (
    "contract_id", "client_id", "statement_month", "line_id", "line_kind", "clause_id",
    "clause_valid_from", "metric", "definition_version", "numerator", "denominator", "outage_n",
    "holiday_n", "volume_above_band_n", "too_few_n", "required_value", "base_amount",
    "stated_value", "is_attained", "points", "amount", "currency", "amount_group",
)  # fmt: skip
_ORDER = "case line_kind when 'fee' then 1 when 'clause' then 2 when 'points' then 3 when 'cap' then 4 when 'bonus' then 5 when 'earn_back' then 6 else 7 end, line_id"  # noqa: E501


@dataclass(frozen=True)
class Statement:
    """One client's statement of one month. `lines` in the order of the page.

    periods_kept: line to "kept in 3 of 22 days judged", as the rows of today give it, for clauses
    that are judged by interval or day.
    """

    client_id: str
    month: dt.date
    snapshot_id: str
    lines: tuple[Mapping[str, Any], ...]
    clause_names: Mapping[str, str]
    periods_kept: Mapping[str, str]

    @property
    def is_closed(self) -> bool:
        """Whether the month is over and loaded; otherwise every line is provisional."""
        return all(line["is_closed_month"] for line in self.lines)

    @property
    def issued_at(self) -> dt.datetime | None:
        """When it was issued (UTC); None while it was not."""
        return max(
            (line["issued_at_utc"] for line in self.lines if line["issued_at_utc"]), default=None
        )


@contextmanager
def published(home: Home) -> Iterator[tuple[duckdb.DuckDBPyConnection, Path]]:
    """A connection that only reads the snapshot, and its folder."""
    path = serve_file(home)
    con = duckdb.connect(str(path), read_only=True)
    try:
        yield con, path.parent
    finally:
        con.close()


def read(home: Home, client_id: str, month: dt.date) -> Statement:
    """The statement as published. Raises StatementError naming the clients or months there are."""
    with published(home) as (con, folder):
        _check(con, client_id, month)
        lines = rows_of(
            con,
            f"select * from client.sla_statement_line where client_id = ? and statement_month = ? "
            f"order by contract_id, {_ORDER}",
            [client_id, month],
        )
        names, kept = _names(con, client_id), _periods_kept(con, client_id, month)
        return Statement(client_id, month, folder.name, lines, names, kept)


def what_if(
    home: Home, client_id: str, month: dt.date, changes: Sequence[str]
) -> list[dict[str, Any]]:
    """Each line of the month by the terms as they are (`amount`) and as changed (`what_if`).

    Recomputed both times from the published half hours; corrections and issued amounts are left
    out. Raises StatementError when a change names no clause of the client.
    """
    with published(home) as (con, _):
        _check(con, client_id, month)
        known = _names(con, client_id)
        wanted = {}
        for change in changes:
            clause, name, value = engine.parse_change(change)
            if clause == "clause" and len(known) == 1:
                clause = next(iter(known))
            if clause not in known:
                raise StatementError(
                    f"{client_id} has no clause {clause!r}; it has {', '.join(sorted(known))}"
                )
            wanted[clause, name] = value
        columns = "contract_id, line_id, line_kind, required_value, stated_value, is_attained, points, amount"  # noqa: E501
        for name, terms in (("as_agreed", None), ("as_changed", wanted)):
            try:
                engine.compute(con, client_id, terms)
            except duckdb.ConversionException as error:
                raise StatementError(f"a value does not fit its field: {error}") from error
            con.execute(
                f"create or replace temp table {name} as select {columns} from int_sla_lines "
                f"where statement_month = {literal(str(month))}"
            )
        return [
            dict(row)
            for row in rows_of(
                con,
                f"select * from (select contract_id, line_id, "
                f"coalesce(c.line_kind, a.line_kind) as line_kind, "
                f"c.required_value, c.stated_value, a.is_attained, c.is_attained as what_if_attained, "  # noqa: E501
                f"c.points, coalesce(a.amount, 0) as amount, coalesce(c.amount, 0) as what_if "
                f"from as_agreed as a "
                f"full outer join as_changed as c using (contract_id, line_id)) "
                f"order by contract_id, {_ORDER}",
                [],
            )
        ]


def issue(home: Home, client_id: str, month: dt.date, on: dt.date) -> list[Path]:
    """Write the files that issue a statement, one for each contract; the next night takes them in.

    Raises StatementError when it was issued, the month is not closed, or an amount is not known.
    """
    statement = read(home, client_id, month)
    if statement.issued_at:
        raise StatementError(
            f"the statement of {client_id} for {month:%Y-%m} was issued at {statement.issued_at} "
            "UTC; what came out otherwise since is a correction line on the next one"
        )
    if not statement.is_closed:
        raise StatementError(f"{month:%Y-%m} is not over, or not loaded to its end")
    unknown = [str(line["line_id"]) for line in statement.lines if line["amount"] is None]
    if unknown:
        raise StatementError(
            f"not known before the month after is closed: {', '.join(unknown)}; issue it then"
        )
    paths = []
    for contract in sorted({str(line["contract_id"]) for line in statement.lines}):
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow([*ISSUED, "issued_at"])
        now = dt.datetime.now(dt.UTC).isoformat(timespec="seconds")
        writer.writerows(
            [*(_text(line[name]) for name in ISSUED), now]
            for line in statement.lines
            if line["contract_id"] == contract
        )
        path = home.landing / "company" / f"issued_statements_{contract}_{month:%Y-%m}_{on}.csv"
        if path.exists():
            raise StatementError(f"{path.name} lies in landing/company/ already; run a night")
        write_whole(path, text.getvalue())
        paths.append(path)
    return paths


def _text(value: Any) -> str:
    return "" if value is None else str(value)


def _check(con: duckdb.DuckDBPyConnection, client_id: str, month: dt.date) -> None:
    try:
        found = con.execute(
            "select client_id, list(distinct statement_month order by statement_month) "
            "from client.sla_statement_line group by 1 order by 1"
        ).fetchall()
    except duckdb.CatalogException as error:
        raise StatementError("the snapshot has no statements; run a night first") from error
    months = {str(client): [f"{day:%Y-%m}" for day in days] for client, days in found}
    if client_id not in months:
        raise StatementError(
            f"no contract of {client_id!r} is published; there are {', '.join(months) or 'none'}"
        )
    if f"{month:%Y-%m}" not in months[client_id]:
        raise StatementError(
            f"{client_id} has no statement for {month:%Y-%m}; there are "
            f"{', '.join(months[client_id])}"
        )


def _names(con: duckdb.DuckDBPyConnection, client_id: str) -> dict[str, str]:
    return dict(
        con.execute(
            "select clause_id, max_by(clause_name, valid_from) from client.contract_clause "
            "where client_id = ? group by 1 order by 1",
            [client_id],
        ).fetchall()
    )


def _periods_kept(con: duckdb.DuckDBPyConnection, client_id: str, month: dt.date) -> dict[str, str]:
    return dict(
        con.execute(
            "select 'clause.' || m.clause_id || '@' || m.clause_valid_from, "
            "'kept in ' || m.met_n || ' of ' || m.assessed_n || ' ' || "
            "case c.period when 'day' then 'days' else 'half hours' end || ' judged' "
            "from client.sla_clause_month as m inner join client.contract_clause as c "
            "on m.contract_id = c.contract_id and m.clause_id = c.clause_id "
            "and m.clause_valid_from = c.valid_from "
            "where m.client_id = ? and m.month_start_date = ? and c.period <> 'month'",
            [client_id, month],
        ).fetchall()
    )


def rows_of(
    con: duckdb.DuckDBPyConnection, sql: str, values: list[Any]
) -> tuple[Mapping[str, Any], ...]:
    """The rows of a query, each by its columns' names."""
    cursor = con.execute(sql, values)
    names = [str(column[0]) for column in cursor.description or ()]
    return tuple(dict(zip(names, row, strict=True)) for row in cursor.fetchall())
