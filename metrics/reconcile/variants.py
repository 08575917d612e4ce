"""Why two variants of a metric differ, as a sum of named causes.

Each part of a variant is a sum of causes (`causes.yml`). The causes are taken one after another in
their documented order: the first variant's numerator and denominator become the second's, and what
each step does to the value is the effect of its cause. Effects add up to the difference exactly
(they are fractions until they are shown); for counts they are plain sums. What no cause explains is
a row of its own and never spread.
"""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from ground.home import Home
from metrics.contracts.contract import MetricContract
from metrics.question import names
from metrics.question.query import Where
from metrics.question.snapshot import MetricError, Snapshot, open_snapshot
from metrics.reconcile.causes import CausesError, Family, Terms, load
from metrics.reconcile.parts import Key, Question, Values, bound_parts, summed_parts

UNEXPLAINED = "unexplained"
ANNUALISED = "another formula on the same parts"
Parts = Mapping[str, Fraction]


@dataclass(frozen=True)
class Step:
    """One row of a reconciliation: a cause, the parts after it, the value after it, its effect.

    value: None where the denominator is 0 on the way; the effect is then in the next row.
    """

    cause: str
    numerator: Fraction
    denominator: Fraction | None
    value: Fraction | None
    effect: Fraction | None


@dataclass(frozen=True)
class Reconciliation:
    """Both variants, and the steps from the first to the second for each key.

    last: what the steps lead to: the second variant, or another's report.
    """

    first: MetricContract
    second: MetricContract
    keys: tuple[str, ...]
    steps: Mapping[Key, tuple[Step, ...]]
    snapshot_id: str
    last: str = ""


def reconcile(
    home: Home,
    metric: str,
    variants: Sequence[str],
    *,
    by: Sequence[str] = (),
    grain: str = "all",
    where: Where = (),
    from_: dt.date | None = None,
    to: dt.date | None = None,
) -> Reconciliation:
    """Explain the difference of two variants of one metric over what is published.

    variants: two names of variants, with or without the metric's name before them.
    Raises MetricError when a name is wrong, or when no causes lead from one to the other.
    """
    if len(variants) != 2:
        raise MetricError("two variants are compared: --variants A,B")
    snapshot = open_snapshot(home)
    first, second = (variant_of(snapshot, metric, one) for one in variants)
    family = family_of(first, second)
    question = Question(tuple(by), grain, where, from_, to)
    values: Values = {}
    if first.bound is not None:
        keys, rows, values = bound_parts(snapshot, family, first, second, question)
    else:
        terms = terms_of(family, first) | terms_of(family, second)
        needed = sorted(terms | {*first.needed, *second.needed})
        keys, rows = summed_parts(snapshot, first, second, needed, question)
    steps = {
        key: not_computed(first, second, parts)
        or explain(family, first, second, parts, values.get(key))
        for key, parts in rows.items()
    }
    return Reconciliation(first, second, keys, steps, snapshot.snapshot_id, second.display)


def variant_of(snapshot: Snapshot, metric: str, variant: str) -> MetricContract:
    """The contract that a variant's name means: `of_closing` or `attrition.of_closing`."""
    name = metric.split(".", 1)[0]
    return names.find(snapshot.contracts, variant if "." in variant else f"{name}.{variant}")


def family_of(first: MetricContract, second: MetricContract) -> Family:
    """The causes that lead from one variant to the other; MetricError when there are none."""
    try:
        families = load()
    except CausesError as error:
        raise MetricError(str(error)) from error
    unknown = ""
    for family in families:
        if not {first.name, second.name} <= set(family.metrics):
            continue
        missing = [
            f"no causes are known of the {side} of {one.display} ({part}): "
            "it counts something else, and a difference would explain nothing"
            for one in (first, second)
            for side, part in sides(one)
            if part not in family.parts
        ]
        if missing:
            unknown = unknown or missing[0]
        elif first.kind == second.kind and first.unit == second.unit:
            return family
        else:
            raise MetricError(
                f"{first.display} is in {first.unit}, {second.display} in {second.unit}"
            )
    if unknown:
        raise MetricError(unknown)
    known = ", ".join(sorted({name for family in families for name in family.metrics}))
    raise MetricError(
        f"no causes are known between {first.display} and {second.display}; "
        f"they are known within {known}"
    )


def sides(contract: MetricContract) -> list[tuple[str, str]]:
    """(side, part) of a variant's numerator and, where it has one, denominator."""
    if contract.bound is not None:
        return [("numerator", f"n:{contract.variant}"), ("denominator", f"d:{contract.variant}")]
    found = [("numerator", contract.numerator), ("denominator", contract.denominator)]
    return [(side, part) for side, part in found if part is not None]


def terms_of(family: Family, contract: MetricContract) -> set[str]:
    """Every additive part that a variant's causes are counted by, and its own parts."""
    parts = [part for _, part in sides(contract)]
    found = {term for p in parts for signed in family.parts[p].values() for term, _ in signed}
    return found | set(parts)


def not_computed(
    first: MetricContract, second: MetricContract, parts: Parts
) -> tuple[Step, ...] | None:
    """The steps of a key of which a variant lacks a part: nothing is explained by a guess."""
    for one in (first, second):
        if one.needs is None:
            continue
        known, of = (float(parts[part]) for part in one.needed)
        if why := one.needs.missing(known, of):
            numerator, *rest = (parts[part] for _, part in sides(one))
            last = numerator, rest[0] if rest else None, None, None
            causes = (f"{one.display}: {why}", UNEXPLAINED, second.display)
            return tuple(Step(cause, *last) for cause in causes)
    return None


def explain(
    family: Family,
    first: MetricContract,
    second: MetricContract,
    parts: Parts,
    values: tuple[Fraction | None, Fraction | None] | None = None,
) -> tuple[Step, ...]:
    """The steps from the first variant to the second, given every additive part.

    values: the variants' own values where these are more than numerator over denominator.
    """
    ours, theirs = sides(first), sides(second)
    numerator = parts[ours[0][1]]
    denominator = parts[ours[1][1]] if len(ours) > 1 else None
    start, end = _value(numerator, denominator), _end(theirs, parts)
    own = values or (start, end)
    steps = [Step(first.display, numerator, denominator, own[0], None)]
    before, formula = own[0], _effect(start, own[0])
    for cause in family.causes:
        by_numerator = _moved(family, cause, ours[0][1], theirs[0][1], parts)
        by_denominator = Fraction(0)
        if denominator is not None:
            by_denominator = _moved(family, cause, ours[1][1], theirs[1][1], parts)
        if not by_numerator and not by_denominator:
            continue
        numerator += by_numerator
        denominator = None if denominator is None else denominator + by_denominator
        after = _add(_value(numerator, denominator), -(formula or Fraction(0)))
        steps.append(Step(cause, numerator, denominator, after, _effect(after, before)))
        before = before if after is None else after
    reached = _add(_value(numerator, denominator), -(formula or Fraction(0)))
    if values is not None and (first.bound or second.bound):
        change = (formula or Fraction(0)) + (_effect(own[1], end) or Fraction(0))
        if change:
            reached = _add(reached, change)
            steps.append(
                Step(ANNUALISED, numerator, denominator, reached, _effect(reached, before))
            )
            before = before if reached is None else reached
    last = parts[theirs[0][1]], parts[theirs[1][1]] if len(theirs) > 1 else None
    steps.append(Step(UNEXPLAINED, *last, own[1], _effect(own[1], before)))
    return (*steps, Step(second.display, *last, own[1], None))


def against(steps: Iterable[Step], figure: Fraction | None, source: str) -> tuple[Step, ...]:
    """The steps continued to another's figure: what is left between is unexplained."""
    *known, last = steps
    known = [step for step in known if step.cause != UNEXPLAINED or step.effect]
    rest = Step(UNEXPLAINED, last.numerator, last.denominator, figure, _effect(figure, last.value))
    return (*known, last, rest, Step(source, last.numerator, last.denominator, figure, None))


def _moved(family: Family, cause: str, ours: str, theirs: str, parts: Parts) -> Fraction:
    before = _sum(family.parts[ours].get(cause, ()), parts)
    return _sum(family.parts[theirs].get(cause, ()), parts) - before


def _sum(terms: Terms, parts: Parts) -> Fraction:
    return sum((sign * parts[term] for term, sign in terms), Fraction(0))


def _end(theirs: list[tuple[str, str]], parts: Parts) -> Fraction | None:
    denominator = parts[theirs[1][1]] if len(theirs) > 1 else None
    return _value(parts[theirs[0][1]], denominator)


def _value(numerator: Fraction, denominator: Fraction | None) -> Fraction | None:
    if denominator is None:
        return numerator
    return numerator / denominator if denominator else None


def _add(value: Fraction | None, more: Fraction) -> Fraction | None:
    return None if value is None else value + more


def _effect(after: Fraction | None, before: Fraction | None) -> Fraction | None:
    return None if after is None or before is None else after - before
