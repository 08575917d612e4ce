"""Equality with SciPy and statsmodels."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import norm
from statsmodels.stats.proportion import proportion_confint

from benchmarks.statistics_sql import macros, query


def values(sql: str, **relations: pd.DataFrame) -> np.ndarray:
    return query(sql, **relations).to_numpy(dtype=float)[:, 0]


def test_the_normal_tail_is_the_one_of_scipy() -> None:
    z = np.concatenate(
        [np.linspace(0, 36, 20_000), np.abs(np.random.default_rng(1).normal(size=999))]
    )
    tail = values(f"select {macros().normal_upper_tail('z')} from zs", zs=pd.DataFrame({"z": z}))
    assert tail == pytest.approx(norm.sf(z), rel=1e-7, abs=1e-15)


@settings(max_examples=20, deadline=None)
@given(st.lists(st.tuples(st.integers(1, 10_000), st.floats(0, 1)), min_size=50, max_size=50))
def test_wilsons_interval_is_the_one_of_statsmodels(cases: list[tuple[int, float]]) -> None:
    n = np.array([size for size, _ in cases])
    successes = np.floor(n * np.array([share for _, share in cases])).astype(int)
    frame = pd.DataFrame({"k": successes, "n": n})
    low, high = proportion_confint(successes, n, method="wilson")
    for sign, expected in ((-1, low), (1, high)):
        found = values(f"select {macros().wilson_bound('k', 'n', sign)} from cases", cases=frame)
        assert found == pytest.approx(expected, rel=1e-9, abs=1e-12)


def test_six_of_thirty_two_as_published() -> None:
    """A worked R output: 6 of 32, Wilson 0.08889545 to 0.35309155."""
    one = pd.DataFrame({"k": [6], "n": [32]})
    bounds = [
        values(f"select {macros().wilson_bound('k', 'n', sign)} from one", one=one)[0]
        for sign in (-1, 1)
    ]
    assert bounds == pytest.approx([0.08889545, 0.35309155], abs=5e-9)


def test_nobody_asked_is_no_interval() -> None:
    none = pd.DataFrame({"k": [0], "n": [0]})
    assert np.isnan(values(f"select {macros().wilson_bound('k', 'n', 1)} from none", none=none))
