"""Estimates towards the peers, judged against a truth that is known."""

import duckdb
import numpy as np
import pandas as pd
import pytest

from tests.unit.statistics.macros import macros

Z_95 = 1.959963984540054
WITHIN_SD = 10.0


def centre(
    seed: int, *, groups: int, peers: int, true_sd: float, like_the_peers: float = 0.0
) -> pd.DataFrame:
    """People with a true value each, seen through 30 to 300 observations; some are all alike."""
    rng = np.random.default_rng(seed)
    people = groups * peers
    truth = rng.normal(0, true_sd, people)
    truth[rng.random(people) < like_the_peers] = 0
    n = rng.integers(30, 300, people)
    return pd.DataFrame(
        {
            "team": np.repeat(np.arange(groups), peers),
            "n": n,
            "truth": 100 + truth,
            "observed": 100 + truth + rng.normal(0, WITHIN_SD / np.sqrt(n)),
            "within_variance": WITHIN_SD**2,
        }
    )


def shrunken(people: pd.DataFrame) -> pd.DataFrame:
    sql = f"with {macros().shrunken('people', ['team'])} select * from shrunken"
    with duckdb.connect() as con:
        con.register("people", people)
        return con.execute(sql).df()


def paule_mandel(observed: np.ndarray, variance: np.ndarray) -> float:
    """The variance between people at which the weighted spread is what it should be."""
    from scipy.optimize import brentq

    def excess(between: float) -> float:
        weight = 1 / (variance + between)
        mean = (weight * observed).sum() / weight.sum()
        return float((weight * (observed - mean) ** 2).sum() - (len(observed) - 1))

    return 0.0 if excess(0) <= 0 else float(brentq(excess, 0, 1e4, xtol=1e-12))


def test_the_variance_between_people_solves_its_equation() -> None:
    found = shrunken(centre(3, groups=40, peers=25, true_sd=1.5))
    for _, team in found.groupby("team"):
        expected = paule_mandel(team.observed.to_numpy(), team.sampling_variance.to_numpy())
        assert team.between_variance.iloc[0] == pytest.approx(expected, rel=2e-3, abs=2e-3)


@pytest.mark.parametrize("true_sd", [1.0, 2.0])
def test_no_estimate_does_much_better_than_ours(true_sd: float) -> None:
    """Mean squared error within 3 points of the best possible, in per cent of what is observed."""
    people = centre(11, groups=60, peers=100, true_sd=true_sd)
    found = shrunken(people)
    noise = (WITHIN_SD**2 / found.n).to_numpy()
    best = float(np.mean(true_sd**2 * noise / (true_sd**2 + noise)))
    ours = float(np.mean((found.estimate - found.truth) ** 2))
    raw = float(np.mean((found.observed - found.truth) ** 2))
    assert (ours - best) / raw <= 0.03
    assert ours < raw


@pytest.mark.parametrize("peers", [8, 12, 30, 100])
def test_intervals_cover_the_truth_as_often_as_they_say(peers: int) -> None:
    found = shrunken(centre(5, groups=6000 // peers, peers=peers, true_sd=1.0))
    inside = (found.estimate - found.truth).abs() <= Z_95 * found.estimate_sd
    assert inside.mean() == pytest.approx(0.95, abs=0.02)


def test_too_few_peers_are_no_comparison() -> None:
    few = shrunken(centre(1, groups=3, peers=7, true_sd=1.0))
    assert few.estimate.isna().all()
    short = centre(1, groups=1, peers=20, true_sd=1.0)
    short.loc[5:, "n"] = 29
    assert shrunken(short).estimate.isna().all()


def test_a_person_with_few_observations_is_drawn_to_the_peers() -> None:
    people = centre(2, groups=1, peers=50, true_sd=1.0)
    people.loc[0, ["n", "observed"]] = [1, 130.0]
    found = shrunken(people).sort_values("n").iloc[0]
    assert found.n == 1
    assert found.reliability < 0.06
    assert abs(found.estimate - found.peer_mean) < 0.06 * abs(found.observed - found.peer_mean)
