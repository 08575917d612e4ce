"""The guards that follow from a metric's contract; a new contract needs none written.

Bounds, null rule, numerator within denominator, identities, plausible means; and for each part,
that it adds up to the plain sum over its fact.
"""

from collections.abc import Iterator

from expectations.checks import Radius
from expectations.guards.guard import TOLERANCE, Guard
from expectations.guards.tables import GuardModel
from metrics.contracts.contract import MetricContract, Plausible


def guards_of(model: GuardModel) -> Iterator[Guard]:
    """Every guard of the metrics on one semantic model."""
    for metric in model.metrics:
        yield from _bounds(model, metric)
        yield _null_rule(model, metric)
        if metric.adds_up_to:
            yield _identity(model, metric)
        if metric.denominator is not None and metric.unit == "fraction":
            yield _part_of_whole(model, metric, metric.denominator)
        for number, plausible in enumerate(metric.plausible):
            yield _plausible(model, metric, plausible, number)
    for part in model.parts:
        yield _adds_up(model, part)


def _bounds(model: GuardModel, metric: MetricContract) -> Iterator[Guard]:
    low, high = metric.bounds
    if low is None and high is None:
        return
    outside = [f'"{metric.id}" < {low}'] if low is not None else []
    outside += [f'"{metric.id}" > {high}'] if high is not None else []
    yield Guard(
        check_id=f"gx.{metric.display}.bounds",
        subject=metric.display,
        fact=model.fact,
        table=model.metric_table,
        severity="block",
        radius=_radius(model),
        reason=f"{metric.display} must lie between {_limit(low)} and {_limit(high)} {metric.unit}",
        violations=f"{_select(model, metric)} where {' or '.join(outside)}",
    )


def _null_rule(model: GuardModel, metric: MetricContract) -> Guard:
    value, parts = f'"{metric.id}"', [f'"{part}"' for part in metric.parts]
    if metric.denominator is None:
        broken = f"{value} is null or {value} is distinct from {parts[0]}"
        reason = f"{metric.display} must be a count in every row: {metric.null_rule}"
    else:
        quotient = f"{parts[0]}::double / nullif({parts[1]}, 0)::double"
        broken = (
            f"({value} is null) <> ({parts[1]} = 0) or {parts[1]} is null"
            f" or abs({value} - {quotient}) > {TOLERANCE} * greatest(1, abs({value}))"
        )
        reason = (
            f"{metric.display} must be its numerator over its denominator, and "
            "empty exactly where the denominator is 0"
        )
    sql = f"{_select(model, metric)} where {broken}"
    return Guard(
        check_id=f"gx.{metric.display}.null_rule",
        subject=metric.display,
        fact=model.fact,
        table=model.metric_table,
        severity="block",
        radius=_radius(model),
        reason=reason,
        violations=sql,
    )


def _part_of_whole(model: GuardModel, metric: MetricContract, denominator: str) -> Guard:
    return Guard(
        check_id=f"gx.{metric.display}.part_of_whole",
        subject=metric.display,
        fact=model.fact,
        table=model.metric_table,
        severity="block",
        radius=_radius(model),
        reason=f"{metric.display}: the numerator must not exceed the denominator",
        violations=f'{_select(model, metric)} where "{metric.numerator}" > "{denominator}"',
    )


def _identity(model: GuardModel, metric: MetricContract) -> Guard:
    total = " ".join(f'{"-" if sign < 0 else "+"} "{part}"' for part, sign in metric.terms)
    columns = ", ".join(f'"{part}"' for part in (metric.numerator, *(t for t, _ in metric.terms)))
    sql = (
        f'select {_group(model)}day, {columns} from "{model.metric_table}" '
        f'where "{metric.numerator}" is distinct from (0 {total})'
    )
    names = ", ".join(metric.adds_up_to)
    return Guard(
        check_id=f"gx.{metric.display}.identity",
        subject=metric.display,
        fact=model.fact,
        table=model.metric_table,
        severity="block",
        radius=_radius(model),
        reason=f"{metric.numerator} must be the sum of {names} on every whole day",
        violations=sql,
    )


def _adds_up(model: GuardModel, part: str) -> Guard:
    keys = "".join(f'coalesce(m."{key}", s."{key}") as "{key}", ' for key in model.group)
    on = "".join(f' and m."{key}" is not distinct from s."{key}"' for key in model.group)
    # Where facts meet, a day that only the other fact has counts as 0.
    m, s = ("coalesce(m.n, 0)", "coalesce(s.n, 0)") if model.meets else ("m.n", "s.n")
    sql = f"""
        select {keys}coalesce(m.day, s.day) as day, m.n as by_metricflow, s.n as by_plain_sum
        from (select {_group(model)}day, "{part}" as n from "{model.metric_table}") as m
        full join (select {_group(model)}day, sum("{part}") as n
                   from "{model.sum_table_of(part)}" group by all) as s
          on m.day is not distinct from s.day{on}
        where {m} is distinct from {s}
          and coalesce(abs({m} - {s}) > {TOLERANCE} * greatest(1, abs({s})), true)"""
    return Guard(
        check_id=f"gx.{part}.adds_up",
        subject=part,
        fact=model.fact,
        table=model.metric_table,
        severity="block",
        radius="snapshot",
        reason=f"{part} by {_by(model)} must add up to the plain sum over its fact",
        violations=sql,
    )


def _plausible(
    model: GuardModel, metric: MetricContract, plausible: Plausible, number: int
) -> Guard:
    keys = [*(key for key in plausible.by if key in model.keys), "day"]
    grouped = ", ".join(f'"{key}"' for key in keys)
    seconds, events = f'sum("{metric.numerator}")', f'sum("{metric.denominator}")'
    sql = f"""
        select {grouped}, {events} as events_n, round({seconds} / {events}, 1) as mean_value,
               {plausible.mean_max} as mean_max
        from "{model.sum_table}"
        group by {grouped}
        having {events} >= {plausible.minimum}
           and {seconds} > {plausible.mean_max} * {events}"""
    return Guard(
        check_id=f"gx.{metric.display}.plausible_by_{'_'.join(plausible.by)}",
        subject=metric.display,
        fact=model.fact,
        table=model.sum_table,
        severity="block" if plausible.severity == "block" else "warn",
        radius="snapshot",
        reason=plausible.reason,
        violations=sql,
    )


def _select(model: GuardModel, metric: MetricContract) -> str:
    columns = ", ".join(f'"{one}"' for one in (*metric.parts, metric.id))
    return f'select {_group(model)}day, {columns} from "{model.metric_table}"'


def _group(model: GuardModel) -> str:
    return "".join(f'"{key}", ' for key in model.group)


def _by(model: GuardModel) -> str:
    return " and ".join((*(key.removesuffix("_id") for key in model.group), "day"))


def _radius(model: GuardModel) -> Radius:
    return "client" if "client_id" in model.group else "snapshot"


def _limit(value: float | None) -> str:
    return "anything" if value is None else f"{value:g}"
