"""Every additive part that a reconciliation needs, by key, as exact fractions."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

import duckdb

from metrics.contracts.contract import MetricContract
from metrics.question import from_mart, names
from metrics.question.engine import GRAINS, CompileError, Field
from metrics.question.query import ALL, Where
from metrics.question.snapshot import MetricError, Snapshot
from metrics.reconcile.causes import Family

Key = tuple[object, ...]
Rows = dict[Key, dict[str, Fraction]]
Values = dict[Key, tuple[Fraction | None, Fraction | None]]


@dataclass(frozen=True)
class Question:
    """How a reconciliation is split and cut, as in a metric question."""

    by: tuple[str, ...] = ()
    grain: str = ALL
    where: Where = ()
    from_: dt.date | None = None
    to: dt.date | None = None


def summed_parts(
    snapshot: Snapshot,
    first: MetricContract,
    second: MetricContract,
    parts: Sequence[str],
    asked: Question,
) -> tuple[tuple[str, ...], Rows]:
    """Parts summed by dimensions that both variants have; a part without a row is 0."""
    by, grain = asked.by, asked.grain
    if grain not in (ALL, *GRAINS):
        raise MetricError(f"unknown grain {grain!r}{names.nearest(grain, (ALL, *GRAINS))}")
    fields = [names.dimensions(snapshot, one) for one in (first, second)]
    for contract, known in zip((first, second), fields, strict=True):
        for name in by:
            names.field_of(snapshot, contract, known, name)
    keys = (*([] if grain == ALL else [grain]), *dict.fromkeys(by))
    groups: dict[str, list[str]] = {}
    for part in parts:
        model = str(snapshot.layer.models_of(part)[0]["name"])
        groups.setdefault(model, []).append(part)
    rows: Rows = {}
    con = duckdb.connect(str(snapshot.folder / "serve.duckdb"), read_only=True)
    try:
        for group in groups.values():
            known = snapshot.layer.fields_of(group[0])
            contract = _contract_on(snapshot, group[0], first, second)
            split = [names.field_of(snapshot, contract, known, name) for name in dict.fromkeys(by)]
            compiled = snapshot.layer.compile(
                group,
                by=split,
                grain=None if grain == ALL else grain,
                where=_conditions(snapshot, contract, known, asked),
            )
            wanted = [compiled.columns[name] for name in (*keys, *group)]
            columns = ", ".join(f'"{column}"' for column in wanted)
            sql = f"select {columns} from ({compiled.sql}) as parts"
            for row in con.execute(sql, dict(compiled.parameters)).fetchall():
                key = tuple(_plain(one) for one in row[: len(keys)])
                found = rows.setdefault(key, dict.fromkeys(parts, Fraction(0)))
                found |= dict(zip(group, map(_exact, row[len(keys) :]), strict=True))
    except CompileError as error:
        raise MetricError(f"{first.display} and {second.display}: {error}") from error
    except duckdb.Error as error:
        first_line = str(error).splitlines()[0]
        raise MetricError(f"snapshot {snapshot.snapshot_id}: {first_line}") from error
    finally:
        con.close()
    return keys, dict(sorted(rows.items(), key=lambda one: tuple(map(str, one[0]))))


def bound_parts(
    snapshot: Snapshot,
    family: Family,
    first: MetricContract,
    second: MetricContract,
    asked: Question,
) -> tuple[tuple[str, ...], Rows, Values]:
    """Numerators and denominators of every variant of a mart, row by row, and the two values."""
    named = {part.split(":", 1)[1] for part in family.parts}
    variants = {
        contract.variant: contract
        for contract in snapshot.contracts
        if contract.name == first.name and contract.variant in named
    }
    rows: Rows = {}
    values: dict[Key, dict[str, Fraction | None]] = {}
    con = duckdb.connect(str(snapshot.folder / "serve.duckdb"), read_only=True)
    try:
        for contract in variants.values():
            known = from_mart.fields_of(contract)
            compiled = from_mart.compile_bound(
                contract,
                snapshot.relations[contract.bound.model if contract.bound else ""],
                by=asked.by,
                grain=None if asked.grain == ALL else asked.grain,
                where=_conditions(snapshot, contract, known, asked),
            )
            width = len(from_mart.keys_of(contract))
            for row in con.execute(compiled.sql, dict(compiled.parameters)).fetchall():
                key = tuple(_plain(one) for one in row[:width])
                found = rows.setdefault(key, {})
                found[f"n:{contract.variant}"] = _exact(row[width])
                found[f"d:{contract.variant}"] = _exact(row[width + 1])
                value = row[width + 3]
                values.setdefault(key, {})[contract.variant] = (
                    None if value is None else _exact(value)
                )
    except (CompileError, KeyError) as error:
        raise MetricError(f"{first.display}: {error}") from error
    except duckdb.Error as error:
        first_line = str(error).splitlines()[0]
        raise MetricError(f"snapshot {snapshot.snapshot_id}: {first_line}") from error
    finally:
        con.close()
    complete = {key: parts for key, parts in rows.items() if len(parts) == 2 * len(variants)}
    both = {
        key: (
            _ratio_or(first, complete[key], values[key][first.variant]),
            _ratio_or(second, complete[key], values[key][second.variant]),
        )
        for key in complete
    }
    return from_mart.keys_of(first), complete, both


def _conditions(
    snapshot: Snapshot, contract: MetricContract, known: Mapping[str, Field], asked: Question
) -> list[tuple[Field | None, str, tuple[object, ...]]]:
    found = [names.condition(snapshot, contract, known, one) for one in asked.where]
    return found + names.dates(asked.from_, asked.to)


def _ratio_or(
    contract: MetricContract, parts: Mapping[str, Fraction], value: Fraction | None
) -> Fraction | None:
    """The exact ratio where the mart's value is that ratio, rounded as doubles are."""
    numerator, denominator = parts[f"n:{contract.variant}"], parts[f"d:{contract.variant}"]
    if value is None or not denominator:
        return value
    ratio = numerator / denominator
    return ratio if abs(ratio - value) < Fraction(1, 10**12) else value


def _contract_on(
    snapshot: Snapshot, part: str, first: MetricContract, second: MetricContract
) -> MetricContract:
    """The variant that stands on the part's fact, for what is said when a name is wrong."""
    model = snapshot.layer.models_of(part)[0]["name"]
    on_second = any(one["name"] == model for one in snapshot.layer.models_of(second.id))
    return second if on_second else first


def _plain(value: object) -> object:
    return value.date() if isinstance(value, dt.datetime) else value


def _exact(value: object) -> Fraction:
    if value is None:
        return Fraction(0)
    assert isinstance(value, int | float | Decimal), value
    return Fraction(value)
