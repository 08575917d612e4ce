"""Metrics of kind `model`: read from the one mart that computes them, at its own grain alone.

What is no sum over sums (survival, kappa, control limits, estimates, penalties) cannot be added
up by a query; so nothing is aggregated here, and no other grain is offered.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import cast

from ground.sql import ident
from metrics.contracts.contract import Bound, MetricContract
from metrics.question.engine import Compiled, CompileError, Field


def fields_of(contract: MetricContract) -> dict[str, Field]:
    """What the metric is given by and can be filtered by: the keys of its mart and its period."""
    bound = cast(Bound, contract.bound)
    fields = {key: Field(key, key, "dimension", f"Key of {bound.model}.") for key in bound.keys}
    period = Field(bound.period, bound.period, "time", "First date of the period.")
    return fields | {bound.period: period}


def keys_of(contract: MetricContract) -> tuple[str, ...]:
    """The columns of every answer: period first, then the keys of the mart."""
    bound = cast(Bound, contract.bound)
    return (bound.period, *bound.keys)


def compile_bound(
    contract: MetricContract,
    relation: tuple[str, str],
    *,
    by: Sequence[str],
    grain: str | None,
    where: Sequence[tuple[Field | None, str, tuple[object, ...]]],
) -> Compiled:
    """SQL for the rows of the metric's mart under filters, with `$`-named parameters.

    Columns: its keys, then `numerator`, `denominator`, `n`, `value`, `low`, `high`.
    Raises CompileError when another grain is asked for than the mart has.
    """
    bound = cast(Bound, contract.bound)
    keys = keys_of(contract)
    wanted = {*by, bound.period} if by else set(keys)
    if wanted != set(keys):
        raise CompileError(
            f"is computed per {', '.join(keys)} and cannot be added up: "
            f"leave `by` away, or give {', '.join(bound.keys)}; a filter picks single rows"
        )
    if grain is not None:
        raise CompileError(f"is computed per {bound.period} and has no other grain")
    parameters: dict[str, object] = {}
    conditions = [f"{ident(name)} = {_bind(value, parameters)}" for name, value in bound.only]
    for field, operator, values in where:
        column = ident(field.name if field else bound.period)
        is_date = field is None or field.kind == "time"
        left = f"cast({column} as date)" if is_date else f"cast({column} as varchar)"
        tokens = [_bind(value, parameters) for value in values]
        right = f"({', '.join(tokens)})" if operator == "in" else tokens[0]
        conditions.append(f"{left} {operator} {right}")
    columns: Mapping[str, str | None] = {
        "numerator": contract.numerator,
        "denominator": contract.denominator,
        "n": bound.n,
        "value": bound.value,
        "low": bound.low,
        "high": bound.high,
    }
    selected = [ident(key) for key in keys]
    selected += [f"{ident(c) if c else 'null'} as {name}" for name, c in columns.items()]
    sql = f"select {', '.join(selected)}\nfrom {ident(relation[0])}.{ident(relation[1])}"
    if conditions:
        sql += "\nwhere " + "\n  and ".join(conditions)
    sql += "\norder by " + ", ".join(f"{i + 1} nulls last" for i in range(len(keys)))
    return Compiled(sql, parameters, {name: name for name in (*keys, *columns)})


def _bind(value: object, parameters: dict[str, object]) -> str:
    key = f"p{len(parameters)}"
    parameters[key] = value
    return f"cast(${key} as date)" if isinstance(value, dt.date) else f"${key}"
