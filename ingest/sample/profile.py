"""What the fields of a sample hold: which readings fit every value, and what a value looks like.

Belongs here: measuring, by the same readers and casts as a night. Does not: meaning
(`meaning.py`), dates (`dates.py`). Rows are read by SQL; Python sees a few distinct values.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

import duckdb

from ground.sql import literals
from ingest.contracts.column import DEFAULT_NULL_TOKENS, Column
from ingest.contracts.contract import Contract
from ingest.contracts.read_as import read_as_sql
from ingest.judge.judge import typed_value
from ingest.read.incoming import sources_of
from ingest.sample.dates import DATES, JOINED, TIMES, covering
from ingest.sample.words import BOOLEANS, NOTHING

_VALUES, _BY_SHAPE = 400, 40
_CODES = 60
_ENOUGH = 0.97
# Instants before or after are numbers of another kind: telephone numbers, most often.
_EARLIEST, _LATEST_AFTER = datetime(1990, 1, 1, tzinfo=UTC), timedelta(days=400)
_COUNTS = {
    "email": "regexp_full_match(v, '[^@\\s]+@[^@\\s]+[.][a-zA-Z]{2,}')",
    # Written as a number to dial: a sign in it, or a zero or plus in front.
    "phone": (
        "regexp_full_match(v, '[+(]?[0-9][0-9 ()./-]{6,18}[0-9]') "
        "and length(regexp_replace(v, '[^0-9]', '', 'g')) between 8 and 15 "
        "and not regexp_full_match(v, '[0-9]{1,4}[-./][0-9]{1,2}[-./][0-9]{2,4}( [0-9.:]+)?') "
        "and (v like '+%' or v like '00%' or v like '0%' or regexp_matches(v, '[ ()/-]'))"
    ),
    "digits": "regexp_full_match(v, '[+]?[1-9][0-9]{8,14}([.]0)?')",
    # In the midst of other text: a line's name, a SIP address, a caller id with its name.
    "phone_inside": (
        "regexp_matches(v, '[+][0-9][0-9 ()-]{7,}[0-9]') "
        "or regexp_matches(v, '<[+]?[0-9]{6,}>') or regexp_matches(v, '(sips?|tel):[+]?[0-9]{6,}')"
    ),
    "offset": "regexp_matches(v, ':[0-9.]+ ?([Zz]|UTC|GMT|[+-][0-9]{2}:?[0-9]{2})$')",
    "zone": "regexp_full_match(v, '[A-Z][A-Za-z]+/[A-Z][A-Za-z_]+(/[A-Z][A-Za-z_]+)?|UTC|GMT')",
    "channel": "regexp_full_match(v, '(PJSIP|SIP|IAX2|DAHDI|Local|SCCP)/.+')",
    "iso_day": "regexp_matches(v, '^[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}')",
    "clock": "regexp_matches(v, '[0-9]{1,2}:[0-9]{2}')",
    "zero": "v = '0'",
    "zero_clock": "regexp_full_match(v, '0{1,2}:00(:00)?')",
    "figures": "regexp_matches(v, '[0-9]')",
}


@dataclass(frozen=True)
class Reading:
    """One way to read a field: contract type, `read_as`, formats, words for true and false.

    `misfits`: how many values it does not read.
    """

    type: str
    read_as: tuple[str, ...] = ()
    formats: tuple[str, ...] = ()
    booleans: tuple[tuple[str, ...], tuple[str, ...]] | None = None
    why: str = ""
    misfits: int = 0


@dataclass(frozen=True)
class Field:
    """A field of the sample, measured. `readings` fit nearly all values, the likeliest first.

    `counts`: rows by value, where the values are few. `is_running`: whole numbers one after the
    other, each once. `top_n`: rows with the most frequent value. `label`: the
    question that a survey's export writes below the name.
    """

    name: str
    rows_n: int
    filled_n: int
    distinct_n: int
    longest: int
    tokens: tuple[str, ...]
    readings: tuple[Reading, ...]
    fits: dict[str, int] = field(default_factory=dict)
    values: tuple[str, ...] = ()
    counts: dict[str, int] = field(default_factory=dict)
    lowest: float | None = None
    highest: float | None = None
    is_running: bool = False
    top_n: int = 0
    label: str = ""

    def reading(self, *types: str) -> Reading | None:
        """The first fitting reading of one of the types."""
        return next((r for r in self.readings if r.type in types), None)

    def mostly(self, kind: str) -> bool:
        """At least half of the values look like that."""
        return self.filled_n > 0 and self.fits.get(kind, 0) * 2 >= self.filled_n

    @property
    def is_unique(self) -> bool:
        """Every row has a value, and no two have the same."""
        return self.distinct_n == self.filled_n == self.rows_n > 0


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
    counts = ", ".join(f"count(*) filter (where {test})" for test in _COUNTS.values())
    number = "coalesce(try_cast(v as double), try_cast(replace(v, ',', '.') as double))"
    whole = "try_cast(v as bigint)"
    row = con.execute(
        f"select count(*), count(v), count(distinct v), coalesce(max(length(v)), 0), "
        f"min({number}), max({number}), count({whole}) = count(v) and count(v) > 2 "
        f"and count(distinct {whole}) = count(v) "
        f"and max({whole}) - min({whole}) < 1.5 * count(v), "
        f"(select coalesce(max(n), 0) from (select count(*) as n from cell where v is not null "
        f"group by v)), {counts} from cell"
    ).fetchall()[0]
    measured = Field(
        name, row[0], row[1], row[2], row[3], tokens, (),
        dict(zip(_COUNTS, row[8:], strict=True)), _sampled(con), _few(con, row[2]),
        row[4], row[5], bool(row[6]), row[7],
    )  # fmt: skip
    return _with_readings(con, measured, _candidates(measured, excel))


def _sampled(con: duckdb.DuckDBPyConnection) -> tuple[str, ...]:
    """Distinct values, some of every shape (9 for a figure, x for letters)."""
    rows = con.execute(
        "select v from (select v, min(n) as first_n, row_number() over (partition by "
        "regexp_replace(regexp_replace(v, '[0-9]', '9', 'g'), '[a-zA-Z]+', 'x', 'g') "
        f"order by hash(min(n))) as place from cell where v is not null group by v) "
        f"where place <= {_BY_SHAPE} order by hash(first_n) limit {_VALUES}"
    ).fetchall()
    return tuple(text for (text,) in rows)


def _few(con: duckdb.DuckDBPyConnection, distinct_n: int) -> dict[str, int]:
    if distinct_n > _CODES:
        return {}
    return dict(
        con.execute("select v, count(*) from cell where v is not null group by 1").fetchall()
    )


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
    row = con.execute(
        f"select {counts} from (select v, 'UTC' as _time_zone, {read} from cell) as z"
    ).fetchall()[0]
    need = measured.filled_n if measured.filled_n < 30 else measured.filled_n * _ENOUGH
    fitting = tuple(
        replace(r, why=_share(r.why, n, measured.filled_n), misfits=measured.filled_n - n)
        for r, n in zip(candidates, row, strict=True)
        if n >= need
    )
    return replace(measured, readings=fitting)


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
    # A cast reads 01-01-10 as the year 1, so only years of four figures are left to it.
    if measured.fits["iso_day"] and measured.fits["iso_day"] == measured.fits["figures"]:
        out.append(Reading("timestamp", why="ISO 8601"))
        out.append(Reading("date", why="ISO 8601"))
    dated = [v for v in values if re.search(r"\d[^\d]+.*\d|^\d{4}(\d\d){0,5}$", v) and len(v) < 40]
    if dated and len(dated) >= len(values) * _ENOUGH:
        for kind, forms in (("timestamp", JOINED), ("date", DATES), ("time", TIMES)):
            out += [Reading(kind, formats=f, why=" or ".join(f)) for f in covering(values, forms)]
    if excel:
        out.append(Reading("timestamp", ("excel_date",), why="Excel day numbers"))
        out.append(Reading("date", ("excel_date",), why="Excel day numbers"))
        out.append(Reading("time", ("excel_time",), why="fractions of a day"))
        out.append(Reading("integer", ("excel_days_to_seconds",), why="fractions of a day"))
    out += _since_1970(measured)
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


def _since_1970(measured: Field) -> list[Reading]:
    """Counted instants, where all lie between 1990 and a year from now."""
    if measured.lowest is None or measured.highest is None:
        return []
    latest = (datetime.now(UTC) + _LATEST_AFTER).timestamp()
    return [
        Reading("timestamp", (f"epoch_{unit}",), why=f"{unit} since 1970")
        for unit, factor in (("seconds", 1), ("milliseconds", 1000))
        if measured.lowest >= _EARLIEST.timestamp() * factor and measured.highest <= latest * factor
    ]


def is_unique(con: duckdb.DuckDBPyConnection, contract: Contract, names: Sequence[str]) -> bool:
    """Every row of the sample has these fields, and no two rows have the same in all of them."""
    order = sources_of(contract)
    cells = [f"nullif(trim(p{order.index(name)}), '')" for name in names]
    row = con.execute(
        f"select count(*), count(distinct ({', '.join(cells)})), "
        f"count(*) filter (where {' or '.join(f'{cell} is null' for cell in cells)}) from incoming"
    ).fetchall()[0]
    return bool(row[0] == row[1] and row[2] == 0)
