"""Ask a metric of what is published: the one way from a name to a number.

MetricFlow compiles in this process; DuckDB runs the SQL, with filter values bound. A metric of
kind `model` is read from its mart as it stands.
"""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

import duckdb

from ground.home import Home
from metrics.contracts.contract import NOT_COMPUTED, MetricContract, from_json
from metrics.question import from_mart, names
from metrics.question.engine import GRAINS, CompileError, Field
from metrics.question.names import find
from metrics.question.snapshot import MetricError, Snapshot, open_snapshot
from publish import finality

__all__ = ["Answer", "MetricError", "Snapshot", "find", "metrics", "open_snapshot", "query"]

ALL = "all"
NOTHING = "nothing to divide by"
Where = Sequence[str | tuple[str, str]]


@dataclass(frozen=True)
class Answer:
    """A metric's values. One row per combination of `keys`, in their order.

    Each row has the keys, then metric (dotted name), version, numerator, denominator, n, value,
    is_final, blank_reason; a metric of kind `model` also low and high (None where it has no
    interval). A count has no denominator (None); `n` is how many events the value rests on. A value
    is None where the denominator is 0, or where a part is missing that no source gave;
    `blank_reason` says which. Seconds and counts are whole numbers, a value is a float, or an int
    for a count; periods are the first date of the period. A value that is not final may still
    change by itself.
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
        limits = ("low", "high") if self.contract.bound else ()
        parts = ("metric", "version", "numerator", "denominator", "n", "value")
        return (*self.keys, *parts, *limits, "is_final", "blank_reason")


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
    as_published: str | None = None,
    explain: bool = False,
) -> Answer:
    """The values of one metric over what is published.

    metric: a dotted name (`abandonment.of_contacts`), an id (`abandonment_of_contacts`), or a
    family (`abandonment`), which means its default variant.
    by: dimensions to split by. grain: all, day, week, month, quarter or year, of the site's date.
    where: `DIM=VALUE`, `DIM=VALUE,VALUE` or (dimension, value); all must hold.
    from_, to: first and last site date, both included. explain: give the SQL in the answer.
    as_published: a snapshot's id or a date; the answer is what was published then.
    Raises MetricError with one clear message when a name, a date or a filter is wrong.
    """
    snapshot = open_snapshot(home, as_published)
    try:
        contract = names.find(snapshot.contracts, metric)
    except MetricError as error:
        raise MetricError(f"{error}{_removed(snapshot, metric)}") from None
    try:
        fields = names.dimensions(snapshot, contract)
        split = [names.field_of(snapshot, contract, fields, name) for name in dict.fromkeys(by)]
        conditions = [names.condition(snapshot, contract, fields, one) for one in where]
        if grain not in (ALL, *GRAINS):
            raise MetricError(f"unknown grain {grain!r}{names.nearest(grain, (ALL, *GRAINS))}")
        conditions += names.dates(from_, to)
        if contract.bound is not None:
            return _bound_answer(snapshot, contract, split, grain, conditions, explain)
        compiled = snapshot.layer.compile(
            tuple(dict.fromkeys((contract.id, *contract.parts, *contract.needed))),
            by=split,
            grain=None if grain == ALL else grain,
            where=conditions,
        )
    except CompileError as error:
        raise MetricError(f"{contract.display}: {error}") from error
    keys = (*([] if grain == ALL else [grain]), *(one.name for one in split))
    parts = (*contract.parts, *contract.needed, contract.id)
    columns = [compiled.columns[name] for name in (*keys, *parts)]
    order = ", ".join(f"{i + 1} nulls last" for i in range(len(keys)))
    sql = "select " + ", ".join(f'"{column}"' for column in columns)
    sql += f"\nfrom (\n{compiled.sql}\n) as answer" + (f"\norder by {order}" if order else "")
    rows, through = _run(snapshot, contract, sql, compiled.parameters)
    last = max(_last_days(conditions), default=None)
    found = []
    for values in rows:
        row = _row(contract, keys, values)
        end = _end(row, grain, last or through)
        final = finality.is_final(end, through, contract.final_after_days)
        found.append(row | {"is_final": final})
    return Answer(contract, keys, tuple(found), snapshot.snapshot_id, sql if explain else None)


def _removed(snapshot: Snapshot, metric: str) -> str:
    """Where a metric that is no longer published was published last; empty if it never was."""
    older = [path for path in snapshot.folder.parent.iterdir() if path.name < snapshot.snapshot_id]
    for path in sorted(older, reverse=True):
        try:
            contracts = from_json((path / "metrics.json").read_text(encoding="utf-8"))
            names.find(contracts, metric)
        except (OSError, ValueError, KeyError, TypeError, MetricError):
            continue
        return f". It was removed; snapshot {path.name} has it: --as-published {path.name}"
    return ""


def _last_days(
    conditions: Sequence[tuple[Field | None, str, tuple[object, ...]]],
) -> Iterator[dt.date]:
    """The dates by which a question is bounded above."""
    for field, operator, values in conditions:
        if (field is None or field.kind == "time") and operator in ("<=", "in"):
            yield from (value for value in values if isinstance(value, dt.date))


def _end(row: Mapping[str, object], grain: str, last: dt.date | None) -> dt.date | None:
    """The last date that a row covers; that of the question where it has no period."""
    if grain == ALL:
        return last
    first = row[grain]
    return finality.last_day(first, grain) if isinstance(first, dt.date) else None


def _bound_answer(
    snapshot: Snapshot,
    contract: MetricContract,
    split: Sequence[Field],
    grain: str,
    conditions: Sequence[tuple[Field | None, str, tuple[object, ...]]],
    explain: bool,
) -> Answer:
    model = contract.bound.model if contract.bound else ""
    if model not in snapshot.relations:
        raise MetricError(f"{contract.display}: {model} is not published")
    compiled = from_mart.compile_bound(
        contract,
        snapshot.relations[model],
        by=[one.name for one in split],
        grain=None if grain == ALL else grain,
        where=conditions,
    )
    rows, through = _run(snapshot, contract, compiled.sql, compiled.parameters)
    keys = from_mart.keys_of(contract)
    columns = (*keys, "numerator", "denominator", "n", "value", "low", "high")
    found = []
    for values in rows:
        row: dict[str, object] = dict(zip(columns, map(_plain, values), strict=True))
        first = row[keys[0]]
        end = first if isinstance(first, dt.date) else None
        row |= {"metric": contract.display, "version": contract.version}
        final = finality.is_final(end, through, contract.final_after_days)
        reason = NOT_COMPUTED if row["value"] is None else None
        found.append(row | {"is_final": final, "blank_reason": reason})
    sql = compiled.sql if explain else None
    return Answer(contract, keys, tuple(found), snapshot.snapshot_id, sql)


def _plain(value: object) -> object:
    if isinstance(value, dt.datetime):
        return value.date()
    return float(value) if isinstance(value, Decimal) else value


def _run(
    snapshot: Snapshot, contract: MetricContract, sql: str, parameters: Mapping[str, object]
) -> tuple[list[tuple[object, ...]], dt.date | None]:
    """The rows of a statement, and the date through which the metric's facts are complete."""
    serve = snapshot.folder / "serve.duckdb"
    try:
        con = duckdb.connect(str(serve), read_only=True)
        try:
            rows = con.execute(sql, dict(parameters)).fetchall()
            through = [
                finality.complete_through(con, model, snapshot.layer.relation_of(model))
                for model in snapshot.layer.models_of(contract.id)
            ]
            return rows, min((day for day in through if day is not None), default=None)
        finally:
            con.close()
    except duckdb.Error as error:
        first = str(error).splitlines()[0]
        raise MetricError(f"snapshot {snapshot.snapshot_id} could not answer: {first}") from error


def _row(
    contract: MetricContract, keys: tuple[str, ...], row: tuple[object, ...]
) -> dict[str, object]:
    parts = [0 if part is None else _plain(part) for part in row[len(keys) : -1]]
    found: dict[str, object] = {
        key: value.date() if isinstance(value, dt.datetime) else value
        for key, value in zip(keys, row, strict=False)
    }
    parts, needed = parts[: len(contract.parts)], parts[len(contract.parts) :]
    denominator = parts[1] if len(parts) > 1 else None
    # The sum over no rows at all is 0 for a count, and 0 of 0 for a ratio.
    value = parts[0] if contract.kind == "count" else _plain(row[-1])
    reason = NOTHING if denominator == 0 else None
    if contract.needs is not None:
        reason = contract.needs.missing(_number(needed[0]), _number(needed[1])) or reason
    return found | {
        "metric": contract.display,
        "version": contract.version,
        "numerator": parts[0],
        "denominator": denominator,
        "n": parts[0] if denominator is None else denominator,
        "value": None if reason else value,
        "is_final": False,
        "blank_reason": reason,
    }


def _number(value: object) -> float:
    assert isinstance(value, int | float), value
    return float(value)
