"""The same rows give the same numbers to the last bit, in whatever order threads bring them."""

from collections.abc import Callable

import pandas as pd
import pytest

from benchmarks.known_truth import people, series
from benchmarks.statistics_sql import charted, shrunken


@pytest.mark.parametrize(
    ("method", "rows", "key"),
    [
        (shrunken, people(3, groups=40, peers=12, true_sd=1.5), ["team", "truth", "observed"]),
        (charted, series(3, 200), ["agent", "period"]),
    ],
)
def test_the_order_of_rows_changes_no_bit(
    method: Callable[[pd.DataFrame], pd.DataFrame], rows: pd.DataFrame, key: list[str]
) -> None:
    # Ranks of equal doubts are drawn by lot; what follows from them is not.
    first = method(rows).drop(columns="p_rank", errors="ignore").sort_values(key, ignore_index=True)
    for seed in range(4):
        again = method(rows.sample(frac=1, random_state=seed)).sort_values(key, ignore_index=True)
        pd.testing.assert_frame_equal(again[first.columns], first, check_exact=True)
