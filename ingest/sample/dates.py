"""Which formats read a field of dates, and whether the day or the month comes first.

Belongs here: formats, and the evidence of a whole sample. Does not: what the field means. Where
both orders read every value and nothing decides, the person is asked; none is ever picked.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from functools import cache
from itertools import product
from typing import TYPE_CHECKING

import duckdb

from ground.sql import literals

if TYPE_CHECKING:
    from ingest.sample.profile import Field, Reading

DATES = (
    "%d.%m.%Y", "%d.%m.%y", "%d/%m/%Y", "%m/%d/%Y", "%d/%m/%y", "%m/%d/%y", "%d-%m-%Y", "%m-%d-%Y",
    "%d-%m-%y", "%m-%d-%y", "%Y/%m/%d", "%Y.%m.%d", "%Y%m%d", "%y%m%d", "%d-%b-%Y", "%d-%b-%y",
    "%d %b %Y", "%d %B %Y", "%b %d, %Y", "%B %d, %Y", "%Y-%m-%d", "%a %m/%d/%Y", "%a %d/%m/%Y",
    "%a, %d %b %Y",
)  # fmt: skip
TIMES = ("%H:%M:%S", "%H:%M", "%I:%M:%S %p", "%I:%M %p", "%H:%M:%S.%f", "%H.%M", "%H%M%S",
         "%H:%M:%S UTC")  # fmt: skip
JOINED = tuple(
    f"{day}{joint}{time}" for day, joint, time in product(DATES, (" ", ", ", "T"), TIMES)
)
_SHAPES = {
    "%Y": r"\d{4}", "%b": r"[^\W\d_]{3,4}", "%B": r"[^\W\d_]{3,}", "%a": r"[^\W\d_]{2,4}",
    "%p": r"[AaPp]\.?[Mm]\.?", "%f": r"\d{1,6}",
    **dict.fromkeys(("%d", "%m", "%y", "%H", "%M", "%S", "%I"), r"\d{1,2}"),
}  # fmt: skip
ORDERS = {"day-first": "dm", "month-first": "md"}
_ENOUGH = 0.97
_OF_A_SHAPE = 6
_FIRST_YEAR, _LAST_YEAR = 1930, 2100
# Rows must lie this much closer in time by one order than by the other.
_CLOSER, _ROWS = 3.0, 8
_NEAR_THE_FILE = 3


@dataclass(frozen=True)
class Undecided:
    """A field whose dates read both ways, with nothing in the sample to decide."""

    field: str


@dataclass(frozen=True)
class Evidence:
    """What decides besides the values: the person's word, and the day in the file's name."""

    order: str | None = None
    file_date: date | None = None


def order_of(form: str) -> str:
    """`dm` or `md`; empty where the year comes first or the month is written out."""
    letters = [letter for letter in form.replace("%a", "") if letter in "dmyYbB"]
    if not letters or letters[0] in "yY" or {"b", "B"} & set(letters):
        return ""
    return "".join(letter for letter in letters if letter in "dm")[:2]


@cache
def _shape_of(form: str) -> re.Pattern[str]:
    """What the format can look like: strptime itself takes milliseconds to learn a format."""
    shape = re.escape(form)
    # Without a sign between them, all figures must be there: 1501 is no time of day.
    unparted = re.fullmatch(r"(%[a-zA-Z])+", form) is not None
    for sign, some in _SHAPES.items():
        shape = shape.replace(sign, some.replace("{1,2}", "{2}") if unparted else some)
    return re.compile(shape)


def parses(value: str, form: str) -> bool:
    """The value is a date or clock time of a plausible year by the format."""
    if not _shape_of(form).fullmatch(value):
        return False
    try:
        parsed = datetime.strptime(value, form).replace(tzinfo=UTC)
    except ValueError:
        return False
    return parsed.year == 1900 or _FIRST_YEAR <= parsed.year <= _LAST_YEAR


def covering(values: Sequence[str], formats: Sequence[str]) -> list[tuple[str, ...]]:
    """Lists of at most four formats that together read all values, shortest lists first.

    Formats of one list agree on the order of day and month; a year in front agrees with both.
    """
    if not values:
        return []
    shapes: dict[str, list[str]] = {}
    for value in values:
        shapes.setdefault(re.sub(r"[A-Za-z]+", "x", re.sub(r"\d", "9", value)), []).append(value)
    few = [value for some in shapes.values() for value in some[:_OF_A_SHAPE]]
    likely = [f for f in formats if any(parses(value, f) for value in few)]
    read = {f: frozenset(v for v in values if parses(v, f)) for f in likely}
    out: list[tuple[str, ...]] = []
    need = len(values) if len(values) < 30 else len(values) * _ENOUGH
    for first in sorted(read, key=lambda f: -len(read[f])):
        chosen: tuple[str, ...] = (first,)
        covered = read[first]
        while len(covered) < len(values) and len(chosen) < 4:
            orders = {order_of(f) for f in chosen} - {""}
            same = [f for f in read if f not in chosen and len(orders | {order_of(f)} - {""}) < 2]
            more = max(same, key=lambda f: len(read[f] - covered), default=None)
            if more is None or not read[more] - covered:
                break
            chosen, covered = (*chosen, more), covered | read[more]
        if len(covered) >= need and not any(set(known) >= set(chosen) for known in out):
            # Years of two figures first, as contracts try them.
            out.append(tuple(sorted(chosen, key=lambda form: "%Y" in form)))
    return sorted(out, key=len)


def reading_order(reading: "Reading") -> str:
    """The order that a reading takes; empty when its formats have none."""
    return next((o for f in reading.formats if (o := order_of(f))), "")


def decided(
    con: duckdb.DuckDBPyConnection,
    fields: Sequence["Field"],
    positions: dict[str, int],
    evidence: Evidence,
) -> tuple[list["Field"], tuple[Undecided, ...]]:
    """Fields with one order of day and month each, and the fields of which nothing decides it."""
    certain = {o for f in fields if len(orders := _orders(f)) == 1 for o in orders}
    shared = certain.pop() if len(certain) == 1 else None
    out: list[Field] = []
    open_: list[Undecided] = []
    for field in fields:
        orders = _orders(field)
        if len(orders) < 2:
            out.append(field)
            continue
        asked = ORDERS[evidence.order] if evidence.order else None
        best, why = (asked, "you said so") if asked else (shared, "as in the file's other dates")
        if best is None:
            best, why = _by_rows(con, field, positions[field.name], evidence)
        if best is None:
            open_.append(Undecided(field.name))
        out.append(_keep(field, best or "", why))
    return out, tuple(open_)


def _dated(field: "Field") -> list["Reading"]:
    return [r for r in field.readings if r.formats and r.type in ("timestamp", "date")]


def _orders(field: "Field") -> set[str]:
    """Orders by which the field reads; one that reads every value beats one that does not."""
    dated = [r for r in _dated(field) if reading_order(r)]
    whole = [r for r in dated if not r.misfits]
    return {reading_order(r) for r in whole or dated}


def _keep(field: "Field", order: str, why: str) -> "Field":
    kept = tuple(
        replace(r, why=f"{r.why}; the other order of day and month fits as well: {why}")
        if r in _dated(field) and reading_order(r)
        else r
        for r in field.readings
        if r not in _dated(field) or reading_order(r) in ("", order)
    )
    return replace(field, readings=kept)


def _by_rows(
    con: duckdb.DuckDBPyConnection, field: "Field", position: int, evidence: Evidence
) -> tuple[str | None, str]:
    """The order by which the rows lie at the file's own day, or much closer to each other."""
    near: dict[str, float] = {}
    at_file: set[str] = set()
    for order in ("dm", "md"):
        formats = next(r.formats for r in _dated(field) if reading_order(r) == order)
        read = f"try_strptime(trim(p{position}), [{literals(formats)}])"
        row = con.execute(
            f"select avg(abs(date_diff('day', t, before))), max(t)::date, count(t) from (select t, "
            f"lag(t) over (order by n) as before from (select _row_number as n, {read} as t "
            f"from incoming) where t is not null)"
        ).fetchall()[0]
        near[order] = float("inf") if row[0] is None or row[2] < _ROWS else float(row[0])
        if evidence.file_date and row[1]:
            away = (evidence.file_date - row[1]).days
            at_file |= {order} if 0 <= away <= _NEAR_THE_FILE else set()
    if len(at_file) == 1:
        return at_file.pop(), "only by this one they end at the day in the file's name"
    best, other = sorted(near, key=lambda order: near[order])
    if near[other] != float("inf") and near[other] > near[best] * _CLOSER:
        return best, "rows lie much closer in time by this one"
    return None, ""
