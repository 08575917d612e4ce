"""Judging: `incoming` text becomes the temp table `judged` of typed, located, private rows.

`judged` holds the contract's columns, the underscored columns of raw tables and `_fault`, the
number of the first rule that the row breaks (0: none). One statement reads each row once and
writes it once; what it looks up (zones, clients, the window of each file) is small and is put
into temp tables before, so that no join can multiply or repeat a row's work.
Belongs here: types, where a row belongs, personal data. Does not: rules (`faults.py`), as-of
look-ups (`as_of.py`).
"""

from ground.sql import ident, idents, literal, literals
from ingest.contracts.column import Column
from ingest.contracts.column_sources import Part
from ingest.contracts.contract import Contract, Lookup
from ingest.contracts.read_as import read_as_sql
from ingest.judge.as_of import matches_sql, spans_sql, zones_sql
from ingest.judge.faults import by_formats, faults_of, has_offset, local_clock, within_reach
from ingest.privacy.pseudonym import scoped_kind_sql
from ingest.read.incoming import sources_of

_TRUE, _FALSE = ("y", "yes", "true", "t", "1"), ("n", "no", "false", "f", "0")


def judge_steps(contract: Contract, maps_by_system: frozenset[str]) -> list[str]:
    """Statements that fill `clock` and `judged`, in order.

    They read the temp tables `incoming`, `slot` (file_id, extract_date, captures) and
    `client_key`. `maps_by_system` are the company maps whose rows name a system.
    """
    steps = {}
    if isinstance(contract.time_zone, Lookup):
        steps["zone_as_of"] = zones_sql(contract, contract.time_zone, maps_by_system)
    if isinstance(contract.client, Lookup):
        steps["client_as_of"] = spans_sql(contract, contract.client, maps_by_system)
    steps["clock"] = _clock(contract)
    typed = _typed(contract, _cleaned(contract))
    steps["judged"] = _judged(contract, _located(contract, typed))
    return [f"create or replace temp table {name} as {select}" for name, select in steps.items()]


def _cleaned(contract: Contract) -> str:
    """SELECT of each column's text (`v_<name>`), null where it means nothing, and the time zone."""
    order = sources_of(contract)
    columns = ", ".join(f"{_text(c, order)} as {ident('v_' + c.name)}" for c in contract.columns)
    select = (
        f"select i._file_id, i._row_number, s.instance as _instance, "
        f"s.extract_date as _extract_date, "
        f"s.captures as _captures, {columns} from incoming as i "
        f"join slot as s on s.file_id = i._file_id"
    )
    if isinstance(contract.time_zone, str):
        return f"select c.*, {literal(contract.time_zone)} as _time_zone from ({select}) as c"
    return (
        f"select c.*, coalesce(z.found, 'UTC') as _time_zone, z.found is null as _has_no_zone "
        f"from ({select}) as c "
        f"left join zone_as_of as z "
        f"on {matches_sql(contract, contract.time_zone, 'z', 'c', 'c._extract_date', prefix='v_')}"
    )


def _clock(contract: Contract) -> str:
    """Per file and zone, the UTC instants between which its events must lie; null: anywhere."""
    zones = "(select 'UTC' as zone union select found from zone_as_of where found is not null)"
    if isinstance(contract.time_zone, str):
        zones = f"(select {literal(contract.time_zone)} as zone)"
    pairs = (
        f"select s.file_id as _file_id, z.zone as _time_zone, s.extract_date as _extract_date "
        f"from slot as s cross join {zones} as z"
    )
    if contract.window_days is None:
        return f"select *, null::timestamp as first_at, null::timestamp as end_at from ({pairs})"
    before, after = contract.window_days
    start = f"cast(_extract_date - {before} as timestamp)"
    end = f"cast(_extract_date + {after + 1} as timestamp)"
    return (
        f"select *, timezone('UTC', timezone(_time_zone, {start})) as first_at, "
        f"timezone('UTC', timezone(_time_zone, {end})) as end_at from ({pairs})"
    )


def _typed(contract: Contract, cleaned: str) -> str:
    columns = ", ".join(f"{typed_value(c)} as {ident(c.name)}" for c in contract.columns)
    digits = "".join(
        f", phone_digits(z.{ident('v_' + c.name)}) as {ident('d_' + c.name)}"
        for c in _phones(contract)
    )
    return f"select z.*, {columns}{digits} from ({cleaned}) as z"


def _located(contract: Contract, typed: str) -> str:
    event = f"t.{ident(contract.event_at)}" if contract.event_at else "null::timestamp"
    join = ""
    match contract.client:
        case None:
            client = "null::varchar"
        case str(constant):
            client = literal(constant)
        case Lookup() as look:
            client = "coalesce(m.found, 'unmapped')"
            as_of = f"coalesce({event}::date, t._extract_date)"
            join = f"left join client_as_of as m on {matches_sql(contract, look, 'm', 't', as_of)}"
    whens = " ".join(
        f"when {fault.broken} then {n}" for n, fault in enumerate(faults_of(contract), 1)
    )
    names = idents([c.name for c in contract.columns], "t.")
    digits = "".join(f", t.{ident('d_' + c.name)}" for c in _phones(contract))
    ruled = (
        f"select t.*, {client} as _client_id, {event}::date as _event_date, "
        f"cast({f'case {whens} else 0 end' if whens else '0'} as smallint) as _fault "
        f"from ({typed}) as t join clock as k on k._file_id = t._file_id "
        f"and k._time_zone = t._time_zone {join}"
    )
    return (
        f"select t._file_id, t._row_number, t._instance, t._time_zone, t._extract_date, "
        f"{names}{digits}, "
        f"t._client_id, t._event_date, t._fault "
        f"from ({ruled}) as t"
    )


def _judged(contract: Contract, located: str) -> str:
    out = ", ".join(f"{_private_value(contract, c)} as {ident(c.name)}" for c in contract.columns)
    numbers = "".join(
        f", e164_of_digits(l.{ident('d_' + c.name)}, k.calling_code, k.trunk_prefix, "
        f"k.international_prefix) as {ident('n_' + c.name)}"
        for c in _phones(contract)
    )
    keyed = f"({located}) as r"
    if any(column.is_pseudonym for column in contract.columns):
        keyed = (
            f"(select l.*, k.inner_pad, k.outer_pad{numbers} from ({located}) as l "
            f"left join client_key as k on k.client_id = l._client_id) as r"
        )
    owned = "".join(
        f" left join own_number as {ident('o_' + c.name)} "
        f"on {ident('o_' + c.name)}.number = r.{ident('n_' + c.name)}"
        for c in _phones(contract)
    )
    return (
        f"select r._file_id, r._row_number, r._instance, {out}, r._client_id, "
        f"r._time_zone, r._event_date, r._extract_date, r._fault, false as _is_repeat "
        f"from {keyed}{owned}"
    )


def _phones(contract: Contract) -> list[Column]:
    return [column for column in contract.columns if column.personal == "phone"]


def _private_value(contract: Contract, column: Column) -> str:
    value = f"r.{ident(column.name)}"
    kind = literal(column.personal)
    match column.personal:
        case "phone":
            own = f"{ident('o_' + column.name)}.number is not null"
            plain = f"(case when {own} then null else r.{ident('n_' + column.name)} end)"
        case "email":
            plain = f"email_address({value})"
        case "customer_id":
            plain = f"cast({value} as varchar)"
            # A phone number is the same person everywhere; a source's own id within one instance.
            if contract.has_named_instances:
                kind = scoped_kind_sql(column.personal, "r._instance")
        case _:
            return value
    return f"pseudonym({kind}, {plain}, r.inner_pad, r.outer_pad)"


def _text(column: Column, order: list[str]) -> str:
    if column.from_file_name == "extract_date":
        return "cast(s.extract_date as varchar)"
    if column.from_file_name:
        return f"s.captures[{literal(column.from_file_name)}]"
    pieces = [_piece(part, order) for part in column.parts]
    if column.first_of:
        return f"coalesce({', '.join(pieces)})"
    return " || ' ' || ".join(pieces)


def _piece(part: Part, order: list[str]) -> str:
    raw = f"trim(i.p{order.index(part.source)})"
    empty = [f"{raw} in ({literals(part.null_tokens)})"] + [
        f"coalesce(trim(i.p{order.index(source)}) not in ({literals(values)}), true)"
        for source, values in part.when
    ]
    value = f"case when {' or '.join(empty)} then null else {raw} end"
    if part.extract:
        value = f"nullif(regexp_extract({value}, {literal(part.extract)}, 1), '')"
    return f"({read_as_sql(part.read_as, value)})"


def typed_value(column: Column) -> str:
    """SQL over `z`: the text `v_<column>` as the column's type, null where it is none."""
    v = f"z.{ident('v_' + column.name)}"
    match column.type:
        case "text":
            return _classified(column, v)
        case "time_zone":
            return f"case when {v} in (select name from pg_timezone_names()) then {v} end"
        case "integer" | "bigint":
            whole = f"regexp_full_match({v}, '[+-]?[0-9]+([.]0*)?')"
            return f"case when {whole} then try_cast({v} as {column.sql_type}) end"
        case "decimal":
            return f"case when isfinite(try_cast({v} as double)) then try_cast({v} as double) end"
        case "boolean":
            return (
                f"case when lower({v}) in ({literals(column.true_values or _TRUE)}) then true "
                f"when lower({v}) in ({literals(column.false_values or _FALSE)}) then false end"
            )
        case "date" | "time":
            parsed = by_formats(column, v) if column.formats else v
            cast = f"try_cast({parsed} as {column.type})"
            return (
                f"nullif(nullif({cast}, 'infinity'), '-infinity')"
                if column.type == "date"
                else cast
            )
        case _ if column.since:
            micros = f"try_cast(round(try_cast({v} as double) * 1000000) as bigint)"
            start = _instant(column, "z." + ident("v_" + column.since))
            return f"try({start} + to_microseconds({micros}))"
        case _:
            return _instant(column, v)


def _classified(column: Column, v: str) -> str:
    if not column.classes:
        return v
    whens = " ".join(
        f"when regexp_matches(lower({v}), {literal(pattern)}) then {literal(name)}"
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
    zoned_text = within_reach(f"try_cast({v} as timestamptz)", "timestamptz")
    absolute = f"make_timestamp(epoch_us({zoned_text}))"
    return f"case when {has_offset(v)} then {absolute} else {zoned} end"
