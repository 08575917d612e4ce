"""Corruptions for the guards that Great Expectations runs, by the guard's kind.

A kind is the last part of the check's id (`bounds` of `gx.abandonment.of_contacts.bounds`); its
entry says how to break any guard of that kind in the table that it looks at. A new kind of guard
needs one entry here.
"""

from collections.abc import Callable, Mapping

from expectations.guard_tables import GuardModel
from expectations.guards import Guard
from expectations.metric_contract import MetricContract

Breaker = Callable[[Guard, GuardModel, MetricContract | None], str]
FIRST = "rowid = (select min(rowid) from {table}{where})"
# What may fail beside a guard of a kind, when it looks at the column that was corrupted: a part
# stands in several metrics, and a value follows from its parts.
IMPLIES: Mapping[str, tuple[str, ...]] = {
    "adds_up": ("null_rule", "part_of_whole"),
    "bounds": ("null_rule",),
    "part_of_whole": ("adds_up", "null_rule", "part_of_whole"),
    "plausible_by": ("adds_up", "plausible_by"),
}


def kind_of(guard: Guard) -> str:
    """`plausible_by` of `gx.handle_time.of_handled.plausible_by_site_id`."""
    last = guard.check_id.rsplit(".", 1)[-1]
    return "plausible_by" if last.startswith("plausible_by_") else last


def corruption(guard: Guard, model: GuardModel) -> str | None:
    """One statement that breaks the guard; None when nobody said how its kind is broken.

    Statements of one kind do not undo each other on one table.
    """
    breaker = BREAKERS.get(kind_of(guard))
    metric = next((m for m in model.metrics if m.display == guard.subject), None)
    return breaker(guard, model, metric) if breaker else None


def _update(guard: Guard, changes: str, where: str = "") -> str:
    first = FIRST.format(table=f'"{guard.table}"', where=f" where {where}" if where else "")
    return f'update "{guard.table}" set {changes} where {first}'


def _bounds(guard: Guard, _: GuardModel, metric: MetricContract | None) -> str:
    assert metric
    low, high = metric.bounds
    beyond = high + 1 if high is not None else (low or 0) - 1
    return _update(guard, f'"{metric.id}" = {beyond}')


def _null_rule(guard: Guard, _: GuardModel, metric: MetricContract | None) -> str:
    assert metric
    return _update(guard, f'"{metric.id}" = null', f'"{metric.id}" is not null')


def _part_of_whole(guard: Guard, _: GuardModel, metric: MetricContract | None) -> str:
    assert metric
    part, whole = f'"{metric.numerator}"', f'"{metric.denominator}"'
    return _update(guard, f"{part} = greatest({part}, {whole}) + 1")


def _adds_up(guard: Guard, _: GuardModel, metric: MetricContract | None) -> str:
    return _update(guard, f'"{guard.subject}" = coalesce("{guard.subject}", 0) + 1')


def _plausible(guard: Guard, _: GuardModel, metric: MetricContract | None) -> str:
    assert metric
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
    "null_rule": _null_rule,
    "part_of_whole": _part_of_whole,
    "plausible_by": _plausible,
}
