"""Corruptions for the guards that Great Expectations runs, by the guard's kind.

A kind is the last part of the check's id (`bounds` of `gx.abandonment.of_contacts.bounds`); its
entry says how to break any guard of that kind in the table that it looks at. A new kind of guard
needs one entry here.
"""

from collections.abc import Callable, Mapping

from expectations.guards.guard import Guard
from metrics.contracts.contract import MetricContract

Breaker = Callable[[Guard, MetricContract], str]
FIRST = "rowid = (select min(rowid) from {table}{where})"
# What may fail beside a guard of a kind, when it looks at the column that was corrupted: a part
# stands in several metrics, and a value follows from its parts.
IMPLIES: Mapping[str, tuple[str, ...]] = {
    "adds_up": ("identity", "null_rule", "part_of_whole"),
    "bounds": ("interval", "null_rule"),
    "identity": ("adds_up", "null_rule", "part_of_whole"),
    "interval": ("bounds",),
    # A made-up 0 lies outside of bounds that leave 0 out.
    "null_rule": ("bounds",),
    "part_of_whole": ("adds_up", "identity", "null_rule", "part_of_whole"),
    "plausible_by": ("adds_up", "plausible_by"),
}


def kind_of(guard: Guard) -> str:
    """`plausible_by` of `gx.handle_time.of_handled.plausible_by_site_id`."""
    last = guard.check_id.rsplit(".", 1)[-1]
    return "plausible_by" if last.startswith("plausible_by_") else last


def corruption(guard: Guard, metrics: Mapping[str, MetricContract]) -> str | None:
    """One statement that breaks the guard; None when nobody said how its kind is broken.

    Statements of one kind do not undo each other on one table.
    """
    breaker = BREAKERS.get(kind_of(guard))
    if breaker is None or (guard.subject not in metrics and breaker is not _adds_up):
        return None
    return breaker(guard, metrics.get(guard.subject) or next(iter(metrics.values())))


def _value(metric: MetricContract) -> str:
    return metric.id if metric.bound is None else "value_"


def _update(guard: Guard, changes: str, where: str = "") -> str:
    first = FIRST.format(table=f'"{guard.table}"', where=f" where {where}" if where else "")
    return f'update "{guard.table}" set {changes} where {first}'


def _bounds(guard: Guard, metric: MetricContract) -> str:
    low, high = metric.bounds
    beyond = high + 1 if high is not None else (low or 0) - 1
    return _update(guard, f'"{_value(metric)}" = {beyond}')


def _null_rule(guard: Guard, metric: MetricContract) -> str:
    if metric.bound is not None:
        low, high = metric.bounds
        within = next((one for one in (low, high) if one is not None), 0)
        return _update(guard, f'"n_" = 0, "value_" = coalesce("value_", {within})')
    # A value where there is none to be had, or none where there is.
    return _update(guard, f'"{metric.id}" = case when "{metric.id}" is null then 0 end')


def _identity(guard: Guard, metric: MetricContract) -> str:
    return _update(guard, f'"{metric.numerator}" = coalesce("{metric.numerator}", 0) + 1')


def _interval(guard: Guard, _: MetricContract) -> str:
    return _update(guard, '"low_" = "value_" + 1', '"value_" is not null')


def _grain(guard: Guard, _: MetricContract) -> str:
    table = f'"{guard.table}"'
    first = FIRST.format(table=table, where="")
    return f"insert into {table} select * from {table} where {first}"


def _part_of_whole(guard: Guard, metric: MetricContract) -> str:
    part, whole = f'"{metric.numerator}"', f'"{metric.denominator}"'
    return _update(guard, f"{part} = greatest({part}, {whole}) + 1")


def _adds_up(guard: Guard, _: MetricContract) -> str:
    return _update(guard, f'"{guard.subject}" = coalesce("{guard.subject}", 0) + 1')


def _plausible(guard: Guard, metric: MetricContract) -> str:
    limit = next(
        one for one in metric.plausible if guard.check_id.endswith(f"by_{'_'.join(one.by)}")
    )
    return _update(
        guard,
        f'"{metric.denominator}" = {limit.minimum}, '
        f'"{metric.numerator}" = {limit.minimum} * {limit.mean_max} * 1000',
    )


BREAKERS: Mapping[str, Breaker] = {
    "adds_up": _adds_up,
    "bounds": _bounds,
    "grain": _grain,
    "identity": _identity,
    "interval": _interval,
    "null_rule": _null_rule,
    "part_of_whole": _part_of_whole,
    "plausible_by": _plausible,
}
