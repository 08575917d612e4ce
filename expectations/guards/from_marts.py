"""Guards of metrics of kind `model`, which no sum can check: what must hold of every row."""

from collections.abc import Iterator

from expectations.guards.guard import Guard
from expectations.guards.tables import BoundTable


def guards_of(one: BoundTable) -> Iterator[Guard]:
    """Value within bounds and within its own interval, never without a sample, each row once."""
    metric, bound = one.metric, one.metric.bound
    assert bound is not None
    low, high = metric.bounds
    outside = [f"value_ < {low}"] if low is not None else []
    outside += [f"value_ > {high}"] if high is not None else []
    if outside:
        reason = f"{metric.display} must lie between {low} and {high} {metric.unit}"
        yield _guard(one, "bounds", reason, f"where {' or '.join(outside)}")
    reason = f"{metric.display} must rest on a sample: a value without one is made up"
    broken = "value_ is not null and coalesce(n_, 0) <= 0"
    yield _guard(one, "null_rule", reason, f"where {broken}")
    if bound.low and bound.high:
        reason = f"{metric.display} must lie within its own interval"
        yield _guard(one, "interval", reason, "where low_ > value_ or high_ < value_")
    keys = ", ".join(f'"{key}"' for key in (bound.period, *bound.keys))
    sql = (
        f'select {keys}, count(*) as rows_n from "{one.table}" group by {keys} having count(*) > 1'
    )
    reason = f"{metric.display} must have one row per {keys}".replace('"', "")
    yield _made(one, "grain", reason, sql)


def _guard(one: BoundTable, rule: str, reason: str, where: str) -> Guard:
    return _made(one, rule, reason, f'select * from "{one.table}" {where}')


def _made(one: BoundTable, rule: str, reason: str, sql: str) -> Guard:
    bound = one.metric.bound
    assert bound is not None
    return Guard(
        check_id=f"gx.{one.metric.display}.{rule}",
        subject=one.metric.display,
        fact=bound.model,
        table=one.table,
        severity="block",
        radius="client" if "client_id" in bound.keys else "snapshot",
        reason=reason,
        violations=sql,
    )
