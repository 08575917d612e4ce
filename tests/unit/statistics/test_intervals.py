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
    expected = norm.sf(z)
    assert np.abs(tail - expected).max() < 1e-15
    # Where hardly anything is left, the share of it is good to eight digits.
    off = np.abs(tail - expected) / expected
    assert off[z < 5].max() < 1e-10
    assert off.max() < 1e-8


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


def test_none_and_all_of_few_have_an_interval_that_ends_at_the_edge() -> None:
    cases = pd.DataFrame({"k": [0, 1, 0, 10, 10_000], "n": [1, 1, 10, 10, 10_000]})
    low = values(f"select {macros().wilson_bound('k', 'n', -1)} from cases", cases=cases)
    high = values(f"select {macros().wilson_bound('k', 'n', 1)} from cases", cases=cases)
    expected = proportion_confint(cases.k.to_numpy(), cases.n.to_numpy(), method="wilson")
    assert low == pytest.approx(expected[0], rel=1e-9, abs=1e-12)
    assert high == pytest.approx(expected[1], rel=1e-9, abs=1e-12)
    assert low[[0, 2]] == pytest.approx([0, 0], abs=1e-12)
    assert high[[1, 3, 4]] == pytest.approx([1, 1, 1], abs=1e-12)


def test_nobody_asked_is_no_interval() -> None:
    none = pd.DataFrame({"k": [0], "n": [0]})
    assert np.isnan(values(f"select {macros().wilson_bound('k', 'n', 1)} from none", none=none))
