"""Survival and log-rank on a thousand random inputs each, against a reference library."""

from typing import Any

import numpy as np
import pandas as pd
import pytest
from lifelines import KaplanMeierFitter
from lifelines.exceptions import StatError
from lifelines.statistics import logrank_test

from tests.unit.dbt.compiled import Compiled
from tests.unit.dbt.test_survival import people


def drawn_at_random(rng: np.random.Generator, size: int, delayed: bool) -> list[Any]:
    """People with ties; now and then all of them leave, or none."""
    entry = rng.integers(0, 30, size) if delayed else np.zeros(size, dtype=int)
    watched = rng.integers(1, int(rng.choice([3, 20, 60])) + 1, size)
    left = rng.random(size) < rng.choice([0, 0.3, 0.7, 1])
    return list(zip(entry.tolist(), watched.tolist(), left.tolist(), strict=True))


def test_a_thousand_random_survivals_equal_lifelines(compiled: Compiled) -> None:
    rng = np.random.default_rng(20261124)
    inputs = {
        f"g{k}": drawn_at_random(rng, int(rng.choice([1, 2, 5, 20, 40])), k % 2 == 1)
        for k in range(1000)
    }
    rows = pd.DataFrame([row for name, drawn in inputs.items() for row in people(name, drawn)])
    con = compiled.database({"int_survival_groups": rows}, "attrition_survival")
    found: dict[str, list[tuple[Any, ...]]] = {name: [] for name in inputs}
    for name, *row in con.execute(
        "select group_value, day_n, survival_rate, survival_low, survival_high "
        "from attrition.attrition_survival order by 1, 2"
    ).fetchall():
        found[name].append(tuple(row))
    rates = bounds_n = refused = 0
    for name, drawn in inputs.items():
        entry, watched, left = (np.array(column) for column in zip(*drawn, strict=True))
        leave = entry + watched
        assert [day for day, *_ in found[name]] == sorted(set(leave[left].tolist()))
        try:
            reference = KaplanMeierFitter().fit(leave, left, entry=entry)
        except StatError:
            refused += 1
            continue
        curve, bounds = reference.survival_function_.iloc[:, 0], reference.confidence_interval_
        for day, rate, low, high in found[name]:
            assert rate == pytest.approx(curve.loc[day], abs=1e-9)
            rates += 1
            if low is not None and 0 < rate < 1:
                assert (low, high) == pytest.approx(tuple(bounds.loc[day]), abs=1e-9)
                bounds_n += 1
    assert rates > 3000
    assert bounds_n > 2500
    assert refused < 250


def test_a_thousand_random_log_ranks_equal_lifelines(compiled: Compiled) -> None:
    rng = np.random.default_rng(20261125)
    pairs = [
        [drawn_at_random(rng, int(rng.integers(30, 45)), False) for _ in range(2)]
        for _ in range(1000)
    ]
    rows = pd.DataFrame(
        [
            row | {"dimension": f"d{number}"}
            for number, pair in enumerate(pairs)
            for name, drawn in zip("ab", pair, strict=True)
            for row in people(name, drawn)
        ]
    )
    con = compiled.database({"int_survival_groups": rows}, "attrition_logrank")
    told = con.execute("select dimension, chi_square, p_value from attrition.attrition_logrank")
    found = {name: rest for name, *rest in told.fetchall()}
    compared = 0
    for number, (one, other) in enumerate(pairs):
        chi_square, p_value = found.get(f"d{number}", (None, None))
        if chi_square is None:
            # Nobody left, or all on one day of all who were there: there is nothing to compare.
            continue
        reference = logrank_test(
            [w for _, w, _ in one],
            [w for _, w, _ in other],
            [left for *_, left in one],
            [left for *_, left in other],
        )
        assert chi_square == pytest.approx(float(reference.test_statistic), rel=1e-9, abs=1e-9)
        assert p_value == pytest.approx(float(reference.p_value), abs=1e-9)
        compared += 1
    assert compared > 900
