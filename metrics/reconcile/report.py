"""A figure of somebody else's report beside ours: named causes first, the rest unexplained."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

from ground.home import Home
from metrics.question import names
from metrics.question.query import Where
from metrics.question.snapshot import MetricError, open_snapshot
from metrics.reconcile.figures import Figures, read
from metrics.reconcile.parts import Key
from metrics.reconcile.variants import Reconciliation, Step, against, reconcile, sides, variant_of


def reconcile_report(
    home: Home,
    metric: str,
    report: Path,
    variants: Sequence[str] = (),
    *,
    where: Where = (),
    from_: dt.date | None = None,
    to: dt.date | None = None,
) -> Reconciliation:
    """From our value to the report's, for every row of the report.

    metric: what we show (a family means its default). variants: the variant that the report
    follows; without it, the one nearest to the report's figures, all rows together.
    Raises MetricError when the report or a name is wrong.
    """
    snapshot = open_snapshot(home)
    ours = names.find(snapshot.contracts, metric)
    if len(variants) > 1:
        raise MetricError("a report follows one variant: --variants A")
    figures = read(report, ours.unit)
    if variants:
        candidates = [variant_of(snapshot, metric, variants[0])]
    else:
        candidates = [ours] + [
            one
            for one in snapshot.contracts
            if (one.name, one.unit, one.kind) == (ours.name, ours.unit, ours.kind) and one != ours
        ]
    found: list[Reconciliation] = []
    for theirs in candidates:
        try:
            pair = [ours.display, theirs.display]
            one = reconcile(
                home, metric, pair, by=figures.by, grain=figures.grain, where=where,
                from_=from_, to=to,
            )  # fmt: skip
        except MetricError:
            if variants or theirs == ours:
                raise
            continue
        found.append(one)
    nearest = min(found, key=lambda one: _distance(one, figures))
    return _with_figures(nearest, figures)


def _distance(one: Reconciliation, figures: Figures) -> Fraction:
    steps = _by_text(one)
    distances = [
        abs(figure - last)
        for key, figure in figures.values.items()
        if figure is not None
        and (last := steps[key][-1].value if key in steps else None) is not None
    ]
    return sum(distances, Fraction(0))


def _with_figures(one: Reconciliation, figures: Figures) -> Reconciliation:
    steps, found = _by_text(one), {}
    for key, figure in figures.values.items():
        has_denominator = len(sides(one.first)) > 1
        nothing = Step(one.second.display, Fraction(0), Fraction(0), None, None)
        if not has_denominator:
            nothing = replace(nothing, denominator=None, value=Fraction(0))
        found[key] = against(steps.get(key, (nothing,)), figure, figures.source)
    return replace(one, steps=found, last=figures.source)


def _by_text(one: Reconciliation) -> dict[Key, tuple[Step, ...]]:
    """Keys as a report writes them: dates as dates, everything else as text."""
    return {
        tuple(part if isinstance(part, dt.date) else str(part) for part in key): steps
        for key, steps in one.steps.items()
    }
