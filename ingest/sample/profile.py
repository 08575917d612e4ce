"""What the fields of a sample hold: which readings fit every value, and what a value looks like.

Belongs here: measuring, by the same readers and casts as a night. Does not: meaning
(`meaning.py`). Rows are read by SQL; Python sees a few distinct values to choose formats.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from itertools import product

import duckdb

from ground.sql import literals
from ingest.contracts.column import DEFAULT_NULL_TOKENS, Column
from ingest.contracts.column_sources import Part
from ingest.contracts.contract import Contract
from ingest.contracts.read_as import read_as_sql
from ingest.judge.judge import typed_value
from ingest.read.incoming import sources_of
from ingest.sample.words import BOOLEANS, NOTHING

_VALUES = 400
_ENOUGH = 0.97
_DATES = (
    "%d.%m.%Y", "%d.%m.%y", "%d/%m/%Y", "%m/%d/%Y", "%d/%m/%y", "%m/%d/%y", "%d-%m-%Y", "%m-%d-%Y",
    "%d-%m-%y", "%m-%d-%y", "%Y/%m/%d", "%Y.%m.%d", "%Y%m%d", "%y%m%d", "%d-%b-%Y", "%d-%b-%y",
    "%d %b %Y", "%d %B %Y", "%b %d, %Y", "%B %d, %Y", "%Y-%m-%d",
)  # fmt: skip
_TIMES = ("%H:%M:%S", "%H:%M", "%I:%M:%S %p", "%I:%M %p", "%H:%M:%S.%f", "%H.%M", "%H%M%S")
_JOINED = tuple(
    f"{day}{joint}{time}" for day, joint, time in product(_DATES, (" ", ", ", "T"), _TIMES)
)


@dataclass(frozen=True)
class Reading:
    """One way to read a field: contract type, `read_as`, formats, words for true and false."""

    type: str
    read_as: tuple[str, ...] = ()
    formats: tuple[str, ...] = ()
    booleans: tuple[tuple[str, ...], tuple[str, ...]] | None = None
    why: str = ""


@dataclass(frozen=True)
class Field:
    """A field of the sample, measured. `readings` fit nearly all values, the likeliest first."""

    name: str
    rows_n: int
    filled_n: int
    distinct_n: int
    longest: int
    average_length: float
    is_sorted: bool
    tokens: tuple[str, ...]
    readings: tuple[Reading, ...]
    fits: dict[str, int] = field(default_factory=dict)
    values: tuple[str, ...] = ()
    lowest: float | None = None
    highest: float | None = None

    def reading(self, *types: str) -> Reading | None:
        """The first fitting reading of one of the types."""
        return next((r for r in self.readings if r.type in types), None)


def columns_for(names: Sequence[str]) -> tuple[Column, ...]:
    """Every field as text: what the sample is first read with."""
    return tuple(
        Column(f"f{n}", (Part(name, (), DEFAULT_NULL_TOKENS),), "text", "")
        for n, name in enumerate(names)
    )


def measure(con: duckdb.DuckDBPyConnection, contract: Contract, excel: bool) -> list[Field]:
    """Measure all fields of the temp table `incoming`, which holds the sample."""
    out = []
    for n, name in enumerate(sources_of(contract)):
        con.execute(
            f"create or replace temp table cell as select _row_number as n, "
            f"nullif(trim(p{n}), '') as v from incoming"
        )
        out.append(_measured(con, name, excel))
    return out


def _measured(con: duckdb.DuckDBPyConnection, name: str, excel: bool) -> Field:
    found = con.execute(f"select distinct v from cell where v in ({literals(NOTHING)})").fetchall()
    tokens = tuple(sorted(row[0] for row in found))
    con.execute(
        f"update cell set v = null where v in ({literals([*NOTHING, *DEFAULT_NULL_TOKENS])})"
    )
    row = con.execute(
        "select count(*), count(v), count(distinct v), coalesce(max(length(v)), 0), "
        "coalesce(avg(length(v)), 0), count(*) filter (where regexp_full_match(v, "
        "'[^@\\s]+@[^@\\s]+[.][a-zA-Z]{2,}')), count(*) filter (where regexp_full_match(v, "
        "'[+(]?[0-9][0-9 ()./-]{6,18}[0-9]') and length(regexp_replace(v, '[^0-9]', '', 'g')) "
        "between 8 and 15 and not regexp_full_match(v, '[0-9]{1,4}[-./][0-9]{1,2}[-./][0-9]{2,4}')"
        " and (v like '+%' or v like '00%' or v like '0%' or regexp_matches(v, '[ ()/-]'))), "
        "count(*) filter (where regexp_full_match(v, '0[0-9]+')) from cell"
    ).fetchall()[0]
    sampled = con.execute(
        "select v from (select v, min(n) as first_n from cell where v is not null group by v) "
        f"order by hash(first_n) limit {_VALUES}"
    ).fetchall()
    values = tuple(text for (text,) in sampled)
    measured = Field(
        name, row[0], row[1], row[2], row[3], row[4], False, tokens, (),
        {"email": row[5], "phone": row[6], "zero_led": row[7]}, values,
    )  # fmt: skip
    return _with_readings(con, measured, _candidates(measured, excel))


def _with_readings(
    con: duckdb.DuckDBPyConnection, measured: Field, candidates: Sequence[Reading]
) -> Field:
    """Keep the candidates that fit all but a few values, as the night's own casts judge."""
    if not candidates or not measured.filled_n:
        return measured
    columns = [
        Column(f"r{n}", (), r.type, "", formats=r.formats, true_values=r.booleans[0]
               if r.booleans else (), false_values=r.booleans[1] if r.booleans else ())
        for n, r in enumerate(candidates)
    ]  # fmt: skip
    read = ", ".join(f"{read_as_sql(r.read_as, 'v')} as v_r{n}" for n, r in enumerate(candidates))
    counts = ", ".join(f"count({typed_value(column)})" for column in columns)
    numbers = (
        "min(coalesce(try_cast(v as double), try_cast(replace(v, ',', '.') as double))), "
        "max(coalesce(try_cast(v as double), try_cast(replace(v, ',', '.') as double)))"
    )
    row = con.execute(
        f"select {numbers}, {counts} from (select v, 'UTC' as _time_zone, {read} from cell) as z"
    ).fetchall()[0]
    need = measured.filled_n if measured.filled_n < 30 else measured.filled_n * _ENOUGH
    fitting = tuple(
        replace(r, why=_share(r.why, n, measured.filled_n))
        for r, n in zip(candidates, row[2:], strict=True)
        if n >= need
    )
    return replace(measured, readings=fitting, lowest=row[0], highest=row[1])


def _share(why: str, fits: int, filled: int) -> str:
    missing = f"; {filled - fits} of {filled} values do not fit and would be quarantined"
    return why + (missing if fits < filled else "")


def _candidates(measured: Field, excel: bool) -> list[Reading]:
    values = measured.values
    out = [
        Reading("boolean", booleans=((yes,), (no,)), why=f"only {yes}/{no} occur")
        for yes, no in BOOLEANS
        if values and {value.lower() for value in values} <= {yes, no}
    ]
    if any(":" in value or "-" in value for value in values):
        out.append(Reading("timestamp", why="ISO 8601"))
        out.append(Reading("date", why="ISO 8601"))
    out += [Reading("timestamp", formats=f, why=_why_formats(f)) for f in covering(values, _JOINED)]
    out += [Reading("date", formats=f, why=_why_formats(f)) for f in covering(values, _DATES)]
    out += [Reading("time", formats=f, why=_why_formats(f)) for f in covering(values, _TIMES)]
    if excel:
        out.append(Reading("timestamp", ("excel_date",), why="Excel day numbers"))
        out.append(Reading("date", ("excel_date",), why="Excel day numbers"))
        out.append(Reading("time", ("excel_time",), why="fractions of a day"))
        out.append(Reading("integer", ("excel_days_to_seconds",), why="fractions of a day"))
    out.append(Reading("timestamp", ("epoch_seconds",), why="seconds since 1970"))
    out.append(Reading("timestamp", ("epoch_milliseconds",), why="milliseconds since 1970"))
    out.append(Reading("bigint", why="whole numbers"))
    out.append(Reading("decimal", why="numbers"))
    out.append(Reading("decimal", ("decimal_comma",), why="numbers with a decimal comma"))
    out.append(Reading("decimal", ("decimal_point",), why="numbers with thousands commas"))
    out.append(Reading("decimal", ("percent", "decimal_comma"), why="percentages"))
    out.append(Reading("decimal", ("percent",), why="percentages"))
    out.append(Reading("integer", ("clock_to_seconds",), why="h:mm:ss or mm:ss"))
    out.append(Reading("integer", ("hours_minutes_to_seconds",), why="h:mm"))
    out.append(Reading("integer", ("words_to_seconds",), why="durations in words"))
    return out


def _why_formats(formats: tuple[str, ...]) -> str:
    return " or ".join(formats)


def covering(values: Sequence[str], formats: Sequence[str]) -> list[tuple[str, ...]]:
    """Lists of at most three formats that together read all values, shortest lists first."""
    if not values:
        return []
    read = {f: frozenset(v for v in values if _parses(v, f)) for f in formats}
    read = {f: fits for f, fits in read.items() if fits}
    out: list[tuple[str, ...]] = []
    need = len(values) if len(values) < 30 else len(values) * _ENOUGH
    for first in sorted(read, key=lambda f: -len(read[f])):
        chosen: tuple[str, ...] = (first,)
        covered = read[first]
        while len(covered) < need and len(chosen) < 3:
            same = [f for f in read if _order(f) == _order(first) and f not in chosen]
            more = max(same, key=lambda f: len(read[f] - covered), default=None)
            if more is None or not read[more] - covered:
                break
            chosen, covered = (*chosen, more), covered | read[more]
        if len(covered) >= need and not any(set(known) >= set(chosen) for known in out):
            # Years of two figures first, as contracts try them.
            out.append(tuple(sorted(chosen, key=lambda form: "%Y" in form)))
    return sorted(out, key=len)


def _order(form: str) -> str:
    """d, m, y in their order: formats of one list must agree on it."""
    return "".join(letter.lower() for letter in form if letter in "dmbBYy")[:3].replace("b", "m")


def _parses(value: str, form: str) -> bool:
    try:
        parsed = datetime.strptime(value, form).replace(tzinfo=UTC)
    except ValueError:
        return False
    return parsed.year == 1900 or 1930 <= parsed.year <= 2100


def is_unique(con: duckdb.DuckDBPyConnection, contract: Contract, names: Sequence[str]) -> bool:
    """Every row has these fields, and no two rows have the same in all of them."""
    order = sources_of(contract)
    cells = [f"nullif(trim(p{order.index(name)}), '')" for name in names]
    row = con.execute(
        f"select count(*), count(distinct ({', '.join(cells)})), "
        f"count(*) filter (where {' or '.join(f'{cell} is null' for cell in cells)}) from incoming"
    ).fetchall()[0]
    return bool(row[0] == row[1] and row[2] == 0)


def closeness(con: duckdb.DuckDBPyConnection, position: int, formats: Sequence[str]) -> float:
    """Days between neighbouring rows on average, when the field is read by the formats."""
    row = con.execute(
        f"select avg(abs(date_diff('day', t, before))) from (select t, lag(t) over (order by n) "
        f"as before from (select _row_number as n, try_strptime(trim(p{position}), "
        f"[{literals(formats)}]) as t from incoming))"
    ).fetchone()
    return float(row[0]) if row and row[0] is not None else float("inf")


def in_likely_order(
    con: duckdb.DuckDBPyConnection, contract: Contract, fields: Sequence[Field]
) -> list[Field]:
    """Where day and month may change places, first the order by which rows lie closer in time."""
    order = sources_of(contract)
    out = []
    for measured in fields:
        dated = [r for r in measured.readings if r.formats and r.type in ("timestamp", "date")]
        if len({_order(r.formats[0]) for r in dated}) < 2:
            out.append(measured)
            continue
        position = order.index(measured.name)
        near = {r: closeness(con, position, r.formats) for r in dated}
        best = min(dated, key=lambda r: near[r])
        other = next(r for r in dated if _order(r.formats[0]) != _order(best.formats[0]))
        why = f"{best.why}; {other.why} fits as well, but rows lie no closer in time by it"
        first = [
            replace(r, why=why) if r is best else r
            for r in sorted(dated, key=lambda r: (near[r], r.type != best.type))
        ]
        rest = [r for r in measured.readings if r not in dated]
        out.append(replace(measured, readings=(*first, *rest)))
    return out
