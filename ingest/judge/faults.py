"""Rules of a contract: which rows break them, and how that is said to a person.

Belongs here: the conditions, their wording, and what of a bad row may be shown. Does not:
types (`judge.py`), whole files (`reject.py`). A value is shown only where it cannot be personal.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from ground.sql import ident, literal, literals
from ingest.contracts.column import Column
from ingest.contracts.contract import Contract

_CODE_LIKE = "[A-Za-z0-9_.:#/ -]{1,40}"
_PHONE_LIKE = r"[+(]?[0-9][0-9 ()./-]{5,}[0-9]"
_CLOCK_LIKE = r"[0-9TZtz:.,+/ -]{1,35}|[A-Za-z]{1,12}"
_DATE_LIKE = "[0-9]{4}-[0-9]{2}-[0-9]{2}.*"
_NOTHING_FAULTY = (
    "create or replace temp table faulty (_file_id bigint, _row_number bigint, _rule varchar, "
    "_column varchar, _shown varchar, _reason varchar, _raw varchar)"
)


@dataclass(frozen=True)
class Fault:
    """One way in which a row can be wrong. `broken` and `says` are SQL over `typed as t`."""

    rule: str
    column: Column | None
    broken: str
    says: str


def faults_of(contract: Contract) -> list[Fault]:
    """All faults that the contract names, in the order in which they are looked for."""
    faults = [fault for column in contract.columns for fault in _column_faults(column)]
    if contract.window_days and contract.event_at:
        before, after = contract.window_days
        event = f"t.{ident(contract.event_at)}"
        side = f"case when {event} >= k.end_at then 'after' else 'before' end"
        faults.append(
            Fault(
                "outside_extract_window",
                contract.column(contract.event_at),
                f"{event} < k.first_at or {event} >= k.end_at",
                f"' lies ' || {side} || ' what the extract of ' || t._extract_date || ' covers in "
                f"' || t._time_zone || ' ({before} days before to {after} days after)'",
            )
        )
    return faults + [
        Fault(rule.id, None, f"not coalesce(({rule.check}), true)", literal(rule.reason))
        for rule in contract.rules
    ]


def faulty_sql(contract: Contract, found: Collection[int], texts: str) -> str:
    """CREATE TEMP TABLE faulty: for each row of `judged` with a fault, what to tell about it.

    found: numbers of the faults that there are. The engine spends 0.3 s to plan all of a feed.
    texts: SELECT of the rows' texts (`v_<name>`), read again for these few rows alone.
    """
    if not found:
        return _NOTHING_FAULTY
    faults = [(n, fault) for n, fault in enumerate(faults_of(contract), 1) if n in found]
    rule = _case((n, literal(fault.rule)) for n, fault in faults)
    column = _case((n, literal(fault.column.name)) for n, fault in faults if fault.column)
    shown = _case((n, _shown(fault.column)) for n, fault in faults if fault.column)
    reason = _case((n, _reason(fault)) for n, fault in faults)
    kept = ", ".join(f"{literal(c.name)}: {_kept(c)}" for c in contract.columns)
    return (
        f"create or replace temp table faulty as select t._file_id, t._row_number, "
        f"{rule} as _rule, {column} as _column, {shown} as _shown, {reason} as _reason, "
        f"to_json({{{kept}}})::varchar as _raw from judged as t join clock as k "
        f"on k._file_id = t._file_id and k._time_zone = t._time_zone join ({texts}) as x "
        f"on x._file_id = t._file_id and x._row_number = t._row_number where t._fault > 0"
    )


def _case(pairs: Iterable[tuple[int, str]]) -> str:
    whens = " ".join(f"when {n} then {value}" for n, value in pairs)
    return f"case t._fault {whens} end" if whens else "null::varchar"


def _reason(fault: Fault) -> str:
    if fault.column is None:
        return fault.says
    shown = f"coalesce(': ' || {_shown(fault.column)}, '')"
    return f"{literal('column ' + fault.column.name)} || {shown} || {fault.says}"


def _shown(column: Column | None) -> str:
    if column is None:
        return "null::varchar"
    return safe_value_sql(column, f"x.{ident('v_' + column.name)}")


def _kept(column: Column) -> str:
    """What of the row is kept: the pseudonym, the value, or its shape."""
    return f"t.{ident(column.name)}" if column.is_pseudonym else _shown(column)


def _v(column: Column) -> str:
    return f"t.{ident('v_' + column.name)}"


def _column_faults(column: Column) -> list[Fault]:
    v, t = _v(column), f"t.{ident(column.name)}"
    out = []
    if column.required:
        out.append(Fault("required", column, f"{v} is null", "' is missing'"))
    if column.type != "text":
        says = literal(f" is no {column.type}")
        out.append(Fault("type", column, f"{v} is not null and {t} is null", says))
    if column.type == "timestamp" and not column.since:
        local = local_clock(column, v)
        # CASE looks at a second condition only where the first does not hold; AND weighs both.
        exempt = "t._time_zone = 'UTC'"
        if not column.formats:
            exempt += f" or ({has_offset(v)})"
        moved = f"timezone(t._time_zone, timezone(t._time_zone, {local}))"
        gap = f"case when {exempt} then false else {moved} <> {local} end"
        says = "' does not exist on the clocks of ' || t._time_zone"
        out.append(Fault("nonexistent_local_time", column, gap, says))
    for word, sign, bound in (("below", "<", column.minimum), ("above", ">", column.maximum)):
        if bound is not None:
            says = literal(f" is {word} {bound:g}{' ' + column.unit if column.unit else ''}")
            out.append(Fault("range", column, f"{t} {sign} {bound!r}", says))
    if column.accepted:
        says = literal(f" is none of {', '.join(column.accepted)}")
        out.append(Fault("accepted", column, f"{t} not in ({literals(column.accepted)})", says))
    return out


def has_offset(v: str) -> str:
    """SQL: the text of an instant ends in Z or an offset (`+02:00`, `+0200`, `-05`)."""
    n = f"length({v})"
    signs = " or ".join(f"substr({v}, {n} - {back}, 1) in ('+', '-')" for back in (5, 4, 2))
    return f"{v} like '%:%' and (right({v}, 1) in ('Z', 'z') or {signs})"


def local_clock(column: Column, v: str) -> str:
    """SQL: the text as a clock time without a zone, by the column's formats or ISO 8601."""
    if column.formats:
        return by_formats(column, v)
    return f"try_cast({v} as timestamp)"


def by_formats(column: Column, v: str) -> str:
    """SQL: the text by the column's formats. A year of two figures is none for `%Y` (not 0024)."""
    parsed = f"try_strptime({v}, [{literals(column.formats)}])"
    if not any("%Y" in form for form in column.formats):
        return parsed
    first = "timestamp '1000-01-01'"
    return f"nullif(greatest({parsed}, {first}), {first})"


def shape_sql(v: str) -> str:
    """SQL: the shape of a text (letters to x, digits to 9), which says nothing about anybody."""
    letters = f"regexp_replace(left({v}, 200), '\\p{{L}}', 'x', 'g')"
    return f"regexp_replace({letters}, '\\p{{Nd}}', '9', 'g')"


def safe_value_sql(column: Column, v: str) -> str:
    """SQL: the value where it cannot be personal, else its shape."""
    if column.personal != "none":
        return shape_sql(v)
    like = _CLOCK_LIKE if column.type in ("timestamp", "date", "time") else _CODE_LIKE
    return (
        f"case when regexp_full_match({v}, '{_PHONE_LIKE}') "
        f"and not regexp_full_match({v}, '{_DATE_LIKE}') then {shape_sql(v)} "
        f"when regexp_full_match({v}, '{like}') then {v} else {shape_sql(v)} end"
    )
