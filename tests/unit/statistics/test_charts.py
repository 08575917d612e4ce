"""Charts and discoveries: how often they speak without cause, and how soon with one."""

import numpy as np
import pandas as pd
import pytest

from benchmarks.known_truth import series
from benchmarks.statistics_sql import charted, macros, query

FIRST_JUDGED = 8


@pytest.mark.parametrize("spread", [1.0, 4.0])
def test_agents_without_a_change_alarm_no_more_often_than_nominal(spread: float) -> None:
    """Nominal: one in eight within 26 points by the cusum, 0.27 % a point by the limits."""
    found = charted(series(5, 3000, spread=spread))
    judged = found[found.period.between(FIRST_JUDGED, FIRST_JUDGED + 25)]
    alarmed = judged[judged.rule.notna()].agent.nunique() / 3000
    nominal = 1 - (1 - 0.125) * (1 - 0.0027) ** 26
    assert alarmed <= nominal + 2 * np.sqrt(nominal * (1 - nominal) / 3000)
    assert (judged.rule == "beyond_limits").mean() <= 0.0035
    assert judged.is_discovery.mean() < 0.001
    assert found.spread.iloc[0] == pytest.approx(spread, rel=0.1)


def test_a_lasting_shift_is_found_within_eight_points() -> None:
    points = series(6, 4000, shifted=0.25)
    found = charted(points)
    after = found[found.moved & found.period.between(26, 33)]
    assert after[after.rule.notna()].agent.nunique() / after.agent.nunique() >= 0.85
    told = found[found.is_discovery & (found.period >= 26)]
    assert (~told.moved).mean() <= 0.06
    start = after[after.is_discovery].groupby("agent").shift_from.last()
    assert abs(start.median() - 27) <= 1


def test_one_bad_week_is_an_alarm_and_a_drift_has_a_beginning() -> None:
    points = series(7, 20)
    points.loc[(points.agent == 0) & (points.period == 30), "observed"] += 100
    found = charted(points)
    bad = found[(found.agent == 0) & (found.period == 30)].iloc[0]
    assert (bad.rule, bad.is_discovery) == ("beyond_limits", True)
    assert bad.observed > bad.high


@pytest.mark.parametrize(
    ("samples", "defectives", "p_bar", "limit"),
    [(20, 117, 0.0585, 0.1289), (19, 102, 0.0537, 0.1213)],
)
def test_limits_of_a_share_are_the_published_ones_of_a_p_chart(
    samples: int, defectives: int, p_bar: float, limit: float
) -> None:
    """Montgomery's exercise 6-1, samples of 100. A point to come is judged by those before it, so
    what the centre itself is uncertain by (one part in `samples`) widens the published limit."""
    counts = np.full(samples, defectives // samples)
    counts[: defectives % samples] += 1
    share = defectives / (100 * samples)
    points = pd.DataFrame(
        {
            "agent": 1,
            "client": 1,
            "period": np.arange(samples + 1),
            "observed": np.append(counts / 100, share),
            "sampling_variance": share * (1 - share) / 100,
        }
    )
    found = charted(points)
    judged = found[found.point_number == samples + 1].iloc[0]
    assert judged.centre == pytest.approx(p_bar, abs=1e-4)
    width = (judged.high - judged.centre) / np.sqrt(1 + 1 / samples)
    assert judged.centre + width == pytest.approx(limit, abs=1e-4)
    # The published lower limit is below 0, which agent.chart shows as 0.
    assert judged.low < 0


def test_the_first_points_are_judged_by_nothing() -> None:
    found = charted(series(8, 10))
    early = found[found.point_number <= FIRST_JUDGED]
    assert early.rule.isna().all()
    assert early.z.isna().all()
    assert not early.is_discovery.any()


def test_discoveries_are_those_of_benjamini_and_hochberg() -> None:
    from statsmodels.stats.multitest import multipletests

    rng = np.random.default_rng(9)
    p = np.concatenate([rng.random(300), rng.random(30) / 2000, [0.05, 0.05]])
    frame = pd.DataFrame({"day": 1, "id": np.arange(p.size), "p_value": p})
    ranked = macros().discoveries("frame", ["day"])
    sql = f"with {ranked} select is_discovery from discovered order by id"
    found = query(sql, frame=frame).is_discovery.to_numpy()
    assert (found == multipletests(p, 0.05, "fdr_bh")[0]).all()
