"""Ask a metric of what is published: the one way from a name to a number.

The snapshot that `published/current` points to carries its own definitions (semantic manifest and
metric contracts), so an old snapshot answers by the definitions it was published with. MetricFlow
compiles in this process; DuckDB runs the SQL, with filter values bound.
"""

import datetime as dt
import difflib
import functools
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb

from expectations.metric_contract import MetricContract, from_json
from ingest.home import Home
from publish.metric_engine import GRAINS, CompileError, Field, SemanticLayer

ALL = "all"
Where = Sequence[str | tuple[str, str]]


class MetricError(Exception):
    """A metric question that cannot be answered; the message says what to ask instead."""


@dataclass(frozen=True)
class Answer:
    """A metric's values. One row per combination of `keys`, in their order.

    Each row has the keys, then metric (dotted name), version, numerator, denominator, n, value.
    A count has no denominator (None); `n` is how many events the value rests on. A value is None
    only where the denominator is 0. Seconds and counts are whole numbers, a value is a float, or
    an int for a count; periods are the first date of the period.
    """

    contract: MetricContract
    keys: tuple[str, ...]
    rows: tuple[Mapping[str, object], ...]
    snapshot_id: str
    sql: str | None = None

    @property
    def metric(self) -> str:
        """The dotted name: `service_level.answered_of_offered_less_short`."""
        return self.contract.display

    @property
    def columns(self) -> tuple[str, ...]:
        """All columns of a row, in order."""
        return (*self.keys, "metric", "version", "numerator", "denominator", "n", "value")


@dataclass(frozen=True)
class Snapshot:
    """A published snapshot as metric questions see it."""

    folder: Path
    contracts: tuple[MetricContract, ...]
    layer: SemanticLayer

    @property
    def snapshot_id(self) -> str:
        """Its name."""
        return self.folder.name


def open_snapshot(home: Home) -> Snapshot:
    """The snapshot that readers see now. Raises MetricError when nothing is published."""
    current = home.published / "current"
    if not current.exists():
        raise MetricError(f"nothing is published in {home.published}; run `headset night` first")
    return _load(current.resolve())


# A snapshot never changes, so a process that asks twice reads its definitions once.
@functools.lru_cache(maxsize=2)
def _load(folder: Path) -> Snapshot:
    try:
        tables = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))["tables"]
        semantic = json.loads((folder / "semantic_manifest.json").read_text(encoding="utf-8"))
        contracts = from_json((folder / "metrics.json").read_text(encoding="utf-8"))
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise MetricError(
            f"snapshot {folder.name} cannot answer metrics: {error!r}; publish again"
        ) from error
    relations: dict[str, tuple[str, str]] = {}
    for name, table in tables.items():
        schema, alias = str(name).split(".", 1)
        relations[str(table["model"]).rsplit(".", 1)[-1]] = (schema, alias)
    return Snapshot(folder, contracts, SemanticLayer(semantic, relations))


def metrics(home: Home) -> tuple[MetricContract, ...]:
    """Every metric contract of the current snapshot: the dictionary."""
    return open_snapshot(home).contracts


def query(
    home: Home,
    metric: str,
    *,
    by: Sequence[str] = (),
    grain: str = ALL,
    where: Where = (),
    from_: dt.date | str | None = None,
    to: dt.date | str | None = None,
    explain: bool = False,
) -> Answer:
    """The values of one metric over what is published.

    metric: a dotted name (`abandonment.of_contacts`), an id (`abandonment_of_contacts`), or a
    family (`abandonment`), which means its default variant.
    by: dimensions to split by. grain: all, day, week, month, quarter or year, of the site's date.
    where: `DIM=VALUE`, `DIM=VALUE,VALUE` or (dimension, value); all must hold.
    from_, to: first and last site date, both included. explain: give the SQL in the answer.
    Raises MetricError with one clear message when a name, a date or a filter is wrong.
    """
    snapshot = open_snapshot(home)
    contract = find(snapshot.contracts, metric)
    try:
        fields = snapshot.layer.fields_of(contract.id)
        split = [_field(snapshot, contract, fields, name) for name in dict.fromkeys(by)]
        conditions = [_condition(snapshot, contract, fields, one) for one in where]
        if grain not in (ALL, *GRAINS):
            raise MetricError(f"unknown grain {grain!r}{_nearest(grain, (ALL, *GRAINS))}")
        conditions += _dates(from_, to)
        compiled = snapshot.layer.compile(
            (contract.id, *contract.parts),
            by=split,
            grain=None if grain == ALL else grain,
            where=conditions,
        )
    except CompileError as error:
        raise MetricError(f"{contract.display}: {error}") from error
    keys = (*([] if grain == ALL else [grain]), *(one.name for one in split))
    columns = [compiled.columns[name] for name in (*keys, *contract.parts, contract.id)]
    order = ", ".join(f"{i + 1} nulls last" for i in range(len(keys)))
    sql = "select " + ", ".join(f'"{column}"' for column in columns)
    sql += f"\nfrom (\n{compiled.sql}\n) as answer" + (f"\norder by {order}" if order else "")
    rows = _run(snapshot, sql, compiled.parameters)
    return Answer(
        contract=contract,
        keys=keys,
        rows=tuple(_row(contract, keys, row) for row in rows),
        snapshot_id=snapshot.snapshot_id,
        sql=sql if explain else None,
    )


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
    raise MetricError(f"unknown metric {name!r}{_nearest(name, names)}")


def _field(
    snapshot: Snapshot, contract: MetricContract, fields: Mapping[str, Field], name: str
) -> Field:
    if name in fields:
        return fields[name]
    for field in fields.values():
        if name == field.reference:
            return field
    elsewhere = [
        other.display
        for other in snapshot.contracts
        if other.name == contract.name and name in snapshot.layer.fields_of(other.id)
    ]
    if elsewhere:
        raise MetricError(
            f"{contract.display} (one row per {contract.grain}) has no dimension {name}; "
            f"{', '.join(elsewhere)} has it"
        )
    raise MetricError(f"{contract.display} has no dimension {name!r}{_nearest(name, fields)}")


def _nearest(name: str, known: Iterable[str]) -> str:
    names = sorted(known)
    close = difflib.get_close_matches(name, names, n=3, cutoff=0.5)
    if close:
        return f"; did you mean {' or '.join(close)}?"
    return f"; known: {', '.join(names)}"


def _condition(
    snapshot: Snapshot,
    contract: MetricContract,
    fields: Mapping[str, Field],
    one: str | tuple[str, str],
) -> tuple[Field | None, str, tuple[object, ...]]:
    name, equals, value = one.partition("=") if isinstance(one, str) else (one[0], "=", one[1])
    if not equals or not name.strip() or not value.strip():
        raise MetricError(f"filter {one!r} is not of the form DIMENSION=VALUE")
    field = _field(snapshot, contract, fields, name.strip())
    values = tuple(part.strip() for part in value.split(",") if part.strip())
    if field.kind == "time":
        return field, "in", tuple(_date(part, field.name) for part in values)
    return field, "in", values


def _dates(
    from_: dt.date | str | None, to: dt.date | str | None
) -> list[tuple[Field | None, str, tuple[object, ...]]]:
    first = None if from_ is None else _date(from_, "from")
    last = None if to is None else _date(to, "to")
    if first and last and first > last:
        raise MetricError(f"from {first} is after to {last}")
    found: list[tuple[Field | None, str, tuple[object, ...]]] = []
    if first:
        found.append((None, ">=", (first,)))
    if last:
        found.append((None, "<=", (last,)))
    return found


def _date(value: dt.date | str, what: str) -> dt.date:
    if isinstance(value, dt.date):
        return value
    try:
        return dt.date.fromisoformat(value)
    except ValueError as error:
        raise MetricError(f"{what}: {value!r} is not a date (YYYY-MM-DD)") from error


def _run(
    snapshot: Snapshot, sql: str, parameters: Mapping[str, object]
) -> list[tuple[object, ...]]:
    serve = snapshot.folder / "serve.duckdb"
    try:
        con = duckdb.connect(str(serve), read_only=True)
        try:
            return con.execute(sql, dict(parameters)).fetchall()
        finally:
            con.close()
    except duckdb.Error as error:
        first = str(error).splitlines()[0]
        raise MetricError(f"snapshot {snapshot.snapshot_id} could not answer: {first}") from error


def _row(
    contract: MetricContract, keys: tuple[str, ...], row: tuple[object, ...]
) -> dict[str, object]:
    parts = [0 if part is None else part for part in row[len(keys) : -1]]
    found: dict[str, object] = {
        key: value.date() if isinstance(value, dt.datetime) else value
        for key, value in zip(keys, row, strict=False)
    }
    denominator = parts[1] if len(parts) > 1 else None
    # The sum over no rows at all is 0 for a count, and 0 of 0 for a ratio.
    value = parts[0] if contract.kind == "count" else row[-1]
    return found | {
        "metric": contract.display,
        "version": contract.version,
        "numerator": parts[0],
        "denominator": denominator,
        "n": parts[0] if denominator is None else denominator,
        "value": value,
    }
