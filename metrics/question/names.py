"""What the words of a metric question mean: metric, dimension, filter, date.

A wrong word gets the nearest right ones.
"""

import datetime as dt
import difflib
from collections.abc import Iterable, Mapping

from metrics.contracts.contract import MetricContract
from metrics.question import from_mart
from metrics.question.engine import Field
from metrics.question.snapshot import MetricError, Snapshot


def dimensions(snapshot: Snapshot, contract: MetricContract) -> Mapping[str, Field]:
    """What a metric can be split and filtered by: column name to field."""
    if contract.bound is not None:
        return from_mart.fields_of(contract)
    return snapshot.layer.fields_of(contract.id)


def find(contracts: Iterable[MetricContract], name: str) -> MetricContract:
    """The contract that a name means. Raises MetricError with the nearest right names."""
    known = tuple(contracts)
    for contract in known:
        if name in (contract.display, contract.id):
            return contract
    for contract in known:
        if name == contract.name and contract.default:
            return contract
    family = [c.display for c in known if c.name == name.split(".", 1)[0]]
    if "." in name and family:
        raise MetricError(
            f"{name.split('.', 1)[0]} has no variant {name.split('.', 1)[1]!r}; "
            f"it has {', '.join(family)}"
        )
    names = {c.display for c in known} | {c.name for c in known}
    raise MetricError(f"unknown metric {name!r}{nearest(name, names)}")


def field_of(
    snapshot: Snapshot, contract: MetricContract, fields: Mapping[str, Field], name: str
) -> Field:
    """The field that a dimension's name means. Raises MetricError, saying where it exists."""
    if name in fields:
        return fields[name]
    for field in fields.values():
        if name == field.reference:
            return field
    elsewhere = [
        other.display
        for other in snapshot.contracts
        if other.name == contract.name and name in dimensions(snapshot, other)
    ]
    if elsewhere:
        raise MetricError(
            f"{contract.display} (one row per {contract.grain}) has no dimension {name}; "
            f"{', '.join(elsewhere)} has it"
        )
    raise MetricError(f"{contract.display} has no dimension {name!r}{nearest(name, fields)}")


def nearest(name: str, known: Iterable[str]) -> str:
    """The end of a message: the nearest known names, or all of them."""
    names = sorted(known)
    close = difflib.get_close_matches(name, names, n=3, cutoff=0.5)
    if close:
        return f"; did you mean {' or '.join(close)}?"
    return f"; known: {', '.join(names)}"


def condition(
    snapshot: Snapshot,
    contract: MetricContract,
    fields: Mapping[str, Field],
    one: str | tuple[str, str],
) -> tuple[Field | None, str, tuple[object, ...]]:
    """A filter `DIM=VALUE,VALUE` as field, operator and values."""
    name, equals, value = one.partition("=") if isinstance(one, str) else (one[0], "=", one[1])
    if not equals or not name.strip() or not value.strip():
        raise MetricError(f"filter {one!r} is not of the form DIMENSION=VALUE")
    field = field_of(snapshot, contract, fields, name.strip())
    values = tuple(part.strip() for part in value.split(",") if part.strip())
    if field.kind == "time":
        return field, "in", tuple(date(part, field.name) for part in values)
    return field, "in", values


def dates(
    from_: dt.date | str | None, to: dt.date | str | None
) -> list[tuple[Field | None, str, tuple[object, ...]]]:
    """The filters of a first and a last date."""
    first = None if from_ is None else date(from_, "from")
    last = None if to is None else date(to, "to")
    if first and last and first > last:
        raise MetricError(f"from {first} is after to {last}")
    found: list[tuple[Field | None, str, tuple[object, ...]]] = []
    if first:
        found.append((None, ">=", (first,)))
    if last:
        found.append((None, "<=", (last,)))
    return found


def date(value: dt.date | str, what: str) -> dt.date:
    """A date as given or written."""
    if isinstance(value, dt.date):
        return value
    try:
        return dt.date.fromisoformat(value)
    except ValueError as error:
        raise MetricError(f"{what}: {value!r} is not a date (YYYY-MM-DD)") from error
