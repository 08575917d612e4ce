"""Rules of a contract: which rows break them, and how that is said to a person.

Belongs here: the conditions, their wording, and what of a bad row may be shown. Does not:
types (`judge.py`), whole files (`reject.py`), masking (`privacy/mask.py`). A value is shown only
where the contract accepts it.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date

from ground.sql import ident, literal, literals
from ingest.contracts.column import Column
from ingest.contracts.contract import EVERY_MAP, Contract, Lookup
from ingest.privacy.mask import accepted_sql, shape_sql
from ingest.read.incoming import sources_of

# Not a fault of the row alone: its key stands on other rows of the file that differ from it.
REPEATED = -1
# Beyond these an instant or a date is a slip or a filler; a contract may say others.
PLAUSIBLE = {
    "timestamp": (date(1990, 1, 1), date(2100, 1, 1)),
    "date": (date(1900, 1, 1), date(2200, 1, 1)),
}
_REPEATED_SAYS = (
    "the key stands on several rows of this file that differ, and nothing says which is right"
)
_NOTHING_FAULTY = (
    "create or replace temp table faulty (_file_id bigint, _row_number bigint, _rule varchar, "
    "_column varchar, _shown varchar, _reason varchar, _raw varchar)"
)


# A mended map lets the file be read again.
UNKNOWN_ZONE = "unknown_time_zone"


@dataclass(frozen=True)
class Fault:
    """One way in which a row can be wrong. `broken` and `says` are SQL over `typed as t`."""

    rule: str
    column: Column | None
    broken: str
    says: str


def faults_of(contract: Contract) -> list[Fault]:
    """All faults that the contract names, in the order in which they are looked for."""
    faults = [
        fault
        for column in contract.columns
        for fault in (*_column_faults(column), *_implausible(contract, column))
    ]
    if isinstance(contract.time_zone, Lookup):
        look = contract.time_zone
        says = f"no row of {look.map} gives a {look.value} for it on that day; UTC would be a guess"
        faults.append(Fault(UNKNOWN_ZONE, None, "t._has_no_zone", literal(says)))
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


def faulty_sql(contract: Contract, found: Collection[int]) -> str:
    """CREATE TEMP TABLE faulty: for each row of `judged` with a fault, what to tell about it.

    found: numbers of the faults that there are, `REPEATED` among them. The engine plans only
    these; what the few rows hold is masked by one expression over all their columns.
    """
    if not found:
        return _NOTHING_FAULTY
    faults = [(n, fault) for n, fault in enumerate(faults_of(contract), 1) if n in found]
    place = {c.name: n for n, c in enumerate(contract.columns, 1)}
    said = {
        n: f"t._said[{place[fault.column.name]}]"
        for n, fault in faults
        if fault.column and fault.rule != "required"
    }
    columns = [(n, literal(fault.column.name)) for n, fault in faults if fault.column]
    reasons = [(n, _reason(fault, said.get(n))) for n, fault in faults]
    rules = [(n, literal(fault.rule)) for n, fault in faults]
    if REPEATED in found:
        rules.append((REPEATED, "'duplicate_key'"))
        columns.append((REPEATED, literal(", ".join(contract.key))))
        reasons.append((REPEATED, literal(_REPEATED_SAYS)))
    kept = ", ".join(f"{literal(name)}: t._said[{n}]" for name, n in place.items())
    order = sources_of(contract)
    texts = ", ".join(_source_text(c, order) for c in contract.columns)
    known = ", ".join(_known(c) for c in contract.columns)
    return (
        f"create or replace temp table faulty as select t._file_id, t._row_number, "
        f"{_case(rules)} as _rule, {_case(columns)} as _column, {_case(said.items())} as _shown, "
        f"{_case(reasons)} as _reason, to_json({{{kept}}})::varchar as _raw "
        f"from (select j.*, list_transform(list_zip([{known}], [{texts}]), "
        f"lambda c: coalesce(c[1], {shape_sql('c[2]')})) as _said "
        f"from judged as j join incoming as i on i._file_id = j._file_id "
        f"and i._row_number = j._row_number join slot as s on s.file_id = j._file_id "
        f"where j._fault <> 0) as t join clock as k "
        f"on k._file_id = t._file_id and k._time_zone = t._time_zone"
    )


def _case(pairs: Iterable[tuple[int, str]]) -> str:
    whens = " ".join(f"when {n} then {value}" for n, value in pairs)
    return f"case t._fault {whens} end" if whens else "null::varchar"


def _reason(fault: Fault, said: str | None) -> str:
    if fault.column is None:
        return fault.says
    shown = f" || coalesce(': ' || {said}, '')" if said else ""
    return f"{literal('column ' + fault.column.name)}{shown} || {fault.says}"


def _known(column: Column) -> str:
    """What of the row is shown as it stands: the pseudonym, or a value that the contract lists."""
    typed = f"j.{ident(column.name)}"
    return typed if column.is_pseudonym else accepted_sql(column, typed) or "null::varchar"


def _source_text(column: Column, order: list[str]) -> str:
    """The text that the column is read from, before it is read; of it the shape is shown."""
    if column.is_pseudonym:
        return "null::varchar"
    if column.from_file_name == "extract_date":
        return "cast(s.extract_date as varchar)"
    if column.from_file_name:
        return f"s.captures[{literal(column.from_file_name)}]"
    return f"coalesce({', '.join(f'i.p{order.index(part.source)}' for part in column.parts)})"


def _v(column: Column) -> str:
    return f"t.{ident('v_' + column.name)}"


def _column_faults(column: Column) -> list[Fault]:
    v, t = _v(column), f"t.{ident(column.name)}"
    out = []
    if column.required:
        out.append(Fault("required", column, f"{v} is null", "' is missing'"))
    if column.type != "text":
        says = literal(f" is no {column.type.replace('_', ' ')}")
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
    if column.pattern:
        broken = f"not regexp_full_match({t}, {literal(column.pattern)})"
        out.append(Fault("pattern", column, broken, "' is not written as the contract says'"))
    if column.accepted:
        says = literal(f" is none of {', '.join(column.accepted)}")
        out.append(Fault("accepted", column, f"{t} not in ({literals(column.accepted)})", says))
    return out


def _implausible(contract: Contract, column: Column) -> Iterable[Fault]:
    """An instant or a date that no extract means; the company's own lists may say `for ever`."""
    if column.type not in PLAUSIBLE:
        return
    first, end = PLAUSIBLE[column.type]
    if contract.system == EVERY_MAP and column.type == "date":
        first, end = date.min, date.max
    first, end = column.earliest or first, column.latest or end
    t = f"t.{ident(column.name)}"
    yield Fault(
        "implausible",
        column,
        f"{t} < {literal(first)} or {t} > {literal(end)}",
        literal(f" lies outside {first} to {end}"),
    )


def has_offset(v: str) -> str:
    """SQL: the text of an instant ends in Z or an offset (`+02:00`, `+0200`, `-05`)."""
    n = f"length({v})"
    signs = " or ".join(f"substr({v}, {n} - {back}, 1) in ('+', '-')" for back in (5, 4, 2))
    return f"{v} like '%:%' and (right({v}, 1) in ('Z', 'z') or {signs})"


def local_clock(column: Column, v: str) -> str:
    """SQL: the text as a clock time without a zone, by the column's formats or ISO 8601."""
    return within_reach(by_formats(column, v) if column.formats else f"try_cast({v} as timestamp)")


def within_reach(instant: str, kind: str = "timestamp") -> str:
    """SQL: the instant, null where adding a zone's hours to it would overflow."""
    inside = f"{instant} >= {kind} '0100-01-01' and {instant} < {kind} '9999-12-01'"
    return f"(case when {inside} then {instant} end)"


def by_formats(column: Column, v: str) -> str:
    """SQL: the text by the column's formats. A year of two figures is none for `%Y` (not 0024)."""
    parsed = f"try_strptime({v}, [{literals(column.formats)}])"
    if not any("%Y" in form for form in column.formats):
        return parsed
    first = "timestamp '1000-01-01'"
    return f"nullif(greatest({parsed}, {first}), {first})"
