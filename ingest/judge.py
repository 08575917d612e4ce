"""Judging: `incoming` text becomes the temp table `judged` of typed, located, private rows.

`judged` holds the contract's columns, the underscored columns of raw tables and `_fault`, the
number of the first rule that the row breaks (0: none). Steps are temp tables rather than one
query: the optimiser would write each parse again wherever its value is used (9 times slower).
Belongs here: types, where a row belongs, personal data. Does not: rules (`faults.py`).
"""

from ingest.column import Column
from ingest.contract import Contract, Lookup
from ingest.faults import by_formats, faults_of, has_offset, local_clock, texts_of_faulty
from ingest.incoming import sources_of
from ingest.parts import Part
from ingest.read_as import read_as_sql
from ingest.sql import ident, idents, lit, lits

_TRUE, _FALSE = ("y", "yes", "true", "t", "1"), ("n", "no", "false", "f", "0")


def judge_steps(contract: Contract, maps_by_system: frozenset[str]) -> list[str]:
    """Statements that fill `cleaned`, `typed`, `located` and `judged`, in order.

    They read the temp tables `incoming`, `slot` (file_id, extract_date, captures) and
    `client_key`. `maps_by_system` are the company maps whose rows name a system.
    """
    steps = {
        "cleaned": _cleaned(contract, maps_by_system),
        "clock": _clock(contract),
        "typed": _typed(contract),
        "located": _located(contract, maps_by_system),
        "judged": _judged(contract),
    }
    return [f"create or replace temp table {name} as {select}" for name, select in steps.items()]


def _cleaned(contract: Contract, maps_by_system: frozenset[str]) -> str:
    """Text of each column (`v_<name>`), null where it means nothing, and the row's time zone."""
    order = sources_of(contract)
    columns = ", ".join(f"{_text(c, order)} as {ident('v_' + c.name)}" for c in contract.columns)
    select = (
        f"select i._file_id, i._row_number, s.extract_date as _extract_date, "
        f"s.captures as _captures, {columns} from incoming as i "
        f"join slot as s on s.file_id = i._file_id"
    )
    if isinstance(contract.time_zone, str):
        return f"select c.* exclude (_captures), {lit(contract.time_zone)} as _time_zone from ({select}) as c"  # noqa: E501
    found = lookup_sql(
        contract, contract.time_zone, "c", "c._extract_date", maps_by_system, prefix="v_"
    )
    return (
        f"select c.* exclude (_found, _captures), coalesce(z.name, 'UTC') as _time_zone "
        f"from (select c.*, {found} as _found from ({select}) as c) as c "
        f"left join (select distinct name from pg_timezone_names()) as z on z.name = c._found"
    )


def _clock(contract: Contract) -> str:
    """Per file and zone, the UTC instants between which its events must lie; null: anywhere."""
    pairs = "select distinct _file_id, _time_zone, _extract_date from cleaned"
    if contract.window_days is None:
        return f"select *, null::timestamp as first_at, null::timestamp as end_at from ({pairs})"
    before, after = contract.window_days
    start = f"cast(_extract_date - {before} as timestamp)"
    end = f"cast(_extract_date + {after + 1} as timestamp)"
    return (
        f"select *, timezone('UTC', timezone(_time_zone, {start})) as first_at, "
        f"timezone('UTC', timezone(_time_zone, {end})) as end_at from ({pairs})"
    )


def _typed(contract: Contract) -> str:
    columns = ", ".join(f"{typed_value(c)} as {ident(c.name)}" for c in contract.columns)
    digits = "".join(
        f", phone_digits(z.{ident('v_' + c.name)}) as {ident('d_' + c.name)}"
        for c in _phones(contract)
    )
    return f"select z.*, {columns}{digits} from cleaned as z"


def _located(contract: Contract, maps_by_system: frozenset[str]) -> str:
    event = f"t.{ident(contract.event_at)}" if contract.event_at else "null::timestamp"
    match contract.client:
        case None:
            client = "null::varchar"
        case str(constant):
            client = lit(constant)
        case Lookup() as look:
            as_of = f"coalesce({event}::date, t._extract_date)"
            found = lookup_sql(contract, look, "t", as_of, maps_by_system)
            client = f"coalesce({found}, 'unmapped')"
    whens = " ".join(
        f"when {fault.broken} then {n}" for n, fault in enumerate(faults_of(contract), 1)
    )
    names = idents([c.name for c in contract.columns], "t.")
    digits = "".join(f", t.{ident('d_' + c.name)}" for c in _phones(contract))
    ruled = (
        f"select t.*, {client} as _client_id, {event}::date as _event_date, "
        f"cast({f'case {whens} else 0 end' if whens else '0'} as smallint) as _fault "
        f"from typed as t join clock as k on k._file_id = t._file_id "
        f"and k._time_zone = t._time_zone"
    )
    return (
        f"select t._file_id, t._row_number, t._time_zone, t._extract_date, {names}{digits}, "
        f"t._client_id, t._event_date, t._fault, {texts_of_faulty(contract)} as _texts "
        f"from ({ruled}) as t"
    )


def _judged(contract: Contract) -> str:
    out = ", ".join(f"{_private_value(c)} as {ident(c.name)}" for c in contract.columns)
    numbers = "".join(
        f", e164_of_digits(l.{ident('d_' + c.name)}, k.calling_code, k.trunk_prefix, "
        f"k.international_prefix) as {ident('n_' + c.name)}"
        for c in _phones(contract)
    )
    keyed = "located as r"
    if any(column.is_pseudonym for column in contract.columns):
        keyed = (
            f"(select l.*, k.inner_pad, k.outer_pad{numbers} from located as l "
            f"left join client_key as k on k.client_id = l._client_id) as r"
        )
    owned = "".join(
        f" left join own_number as {ident('o_' + c.name)} "
        f"on {ident('o_' + c.name)}.number = r.{ident('n_' + c.name)}"
        for c in _phones(contract)
    )
    return (
        f"select r._file_id, r._row_number, {out}, r._client_id, r._time_zone, r._event_date, "
        f"r._extract_date, r._fault, r._texts from {keyed}{owned}"
    )


def _phones(contract: Contract) -> list[Column]:
    return [column for column in contract.columns if column.personal == "phone"]


def _private_value(column: Column) -> str:
    value = f"r.{ident(column.name)}"
    match column.personal:
        case "phone":
            own = f"{ident('o_' + column.name)}.number is not null"
            plain = f"(case when {own} then null else r.{ident('n_' + column.name)} end)"
        case "email":
            plain = f"email_address({value})"
        case "customer_id":
            plain = f"cast({value} as varchar)"
        case _:
            return value
    return f"pseudonym({lit(column.personal)}, {plain}, r.inner_pad, r.outer_pad)"


def _text(column: Column, order: list[str]) -> str:
    if column.from_file_name == "extract_date":
        return "cast(s.extract_date as varchar)"
    if column.from_file_name:
        return f"s.captures[{lit(column.from_file_name)}]"
    pieces = [_piece(part, order) for part in column.parts]
    if column.first_of:
        return f"coalesce({', '.join(pieces)})"
    return " || ' ' || ".join(pieces)


def _piece(part: Part, order: list[str]) -> str:
    raw = f"trim(i.p{order.index(part.source)})"
    empty = [f"{raw} in ({lits(part.null_tokens)})"] + [
        f"coalesce(trim(i.p{order.index(source)}) not in ({lits(values)}), true)"
        for source, values in part.when
    ]
    value = f"case when {' or '.join(empty)} then null else {raw} end"
    if part.extract:
        value = f"nullif(regexp_extract({value}, {lit(part.extract)}, 1), '')"
    return f"({read_as_sql(part.read_as, value)})"


def lookup_sql(
    contract: Contract,
    look: Lookup,
    alias: str,
    as_of: str,
    maps_by_system: frozenset[str],
    prefix: str = "",
) -> str:
    """SQL: the map's value as of a date. A scalar subquery cannot multiply rows."""
    conditions = [
        f"m.{ident(key)} = {_matched(contract, column, alias, prefix)}"
        for key, column in look.match.items()
    ]
    if look.map in maps_by_system:
        conditions.append(f"m.system = {lit(contract.system)}")
    return (
        f"(select min(m.{ident(look.value)}) from raw.{ident(look.table)} as m "
        f"where m._is_current and {' and '.join(conditions)} "
        f"and {as_of} >= coalesce(m.valid_from, date '0001-01-01') "
        f"and {as_of} < coalesce(m.valid_to, date '9999-12-31'))"
    )


def _matched(contract: Contract, column: str, alias: str, prefix: str) -> str:
    if column.startswith("file."):
        return f"{alias}._captures[{lit(column.removeprefix('file.'))}]"
    return f"{alias}.{ident(prefix + contract.column(column).name)}"


def typed_value(column: Column) -> str:
    """SQL over `z`: the text `v_<column>` as the column's type, null where it is none."""
    v = f"z.{ident('v_' + column.name)}"
    match column.type:
        case "text":
            return _classified(column, v)
        case "integer" | "bigint":
            whole = f"regexp_full_match({v}, '[+-]?[0-9]+([.]0*)?')"
            return f"case when {whole} then try_cast({v} as {column.sql_type}) end"
        case "decimal":
            return f"case when isfinite(try_cast({v} as double)) then try_cast({v} as double) end"
        case "boolean":
            return (
                f"case when lower({v}) in ({lits(column.true_values or _TRUE)}) then true "
                f"when lower({v}) in ({lits(column.false_values or _FALSE)}) then false end"
            )
        case "date" | "time":
            parsed = by_formats(column, v) if column.formats else v
            return f"try_cast({parsed} as {column.type})"
        case _ if column.since:
            offset = f"to_microseconds(cast(round(try_cast({v} as double) * 1000000) as bigint))"
            return f"{_instant(column, 'z.' + ident('v_' + column.since))} + {offset}"
        case _:
            return _instant(column, v)


def _classified(column: Column, v: str) -> str:
    if not column.classes:
        return v
    whens = " ".join(
        f"when regexp_matches(lower({v}), {lit(pattern)}) then {lit(name)}"
        for pattern, name in column.classes.items()
    )
    return f"case when {v} is null then null {whens} else 'unclassified' end"


def _instant(column: Column, v: str) -> str:
    """UTC. A clock time that occurs twice (autumn) is read as the contract says."""
    local = local_clock(column, v)
    guess = f"timezone(z._time_zone, {local})"
    shift = "-" if column.ambiguous == "earlier" else "+"
    other = f"{guess} {shift} interval 1 hour"
    zoned = (
        f"case when z._time_zone = 'UTC' then {local} "
        f"when timezone(z._time_zone, {other}) = {local} then timezone('UTC', {other}) "
        f"else timezone('UTC', {guess}) end"
    )
    if column.formats:
        return zoned
    absolute = f"make_timestamp(epoch_us(try_cast({v} as timestamptz)))"
    return f"case when {has_offset(v)} then {absolute} else {zoned} end"
