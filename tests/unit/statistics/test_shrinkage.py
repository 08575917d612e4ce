"""Estimates towards the peers, judged against a truth that is known."""

import numpy as np
import pytest

from benchmarks.known_truth import WITHIN_SD, people
from benchmarks.statistics_sql import shrunken, told_apart

Z_95 = 1.959963984540054


def paule_mandel(observed: np.ndarray, variance: np.ndarray) -> float:
    """The variance between people at which the weighted spread is what it should be."""
    from scipy.optimize import brentq

    def excess(between: float) -> float:
        weight = 1 / (variance + between)
        mean = (weight * observed).sum() / weight.sum()
        return float((weight * (observed - mean) ** 2).sum() - (len(observed) - 1))

    return 0.0 if excess(0) <= 0 else float(brentq(excess, 0, 1e4, xtol=1e-12))


def test_the_variance_between_people_solves_its_equation() -> None:
    for seed in range(5):
        team = shrunken(people(seed, groups=1, peers=60, true_sd=1.5))
        expected = paule_mandel(team.observed.to_numpy(), team.sampling_variance.to_numpy())
        assert team.between_variance.iloc[0] == pytest.approx(expected, rel=2e-3, abs=2e-3)


@pytest.mark.parametrize(("true_sd", "peers"), [(1.0, 100), (2.0, 100), (2.0, 30)])
def test_no_estimate_does_much_better_than_ours(true_sd: float, peers: int) -> None:
    """Mean squared error within 3 points of the best possible, in per cent of what is observed."""
    centre = people(11, groups=6000 // peers, peers=peers, true_sd=true_sd)
    found = shrunken(centre)
    noise = (WITHIN_SD**2 / found.n).to_numpy()
    best = float(np.mean(true_sd**2 * noise / (true_sd**2 + noise)))
    ours = float(np.mean((found.estimate - found.truth) ** 2))
    raw = float(np.mean((found.observed - found.truth) ** 2))
    assert (ours - best) / raw <= 0.03
    assert ours < raw


@pytest.mark.parametrize("peers", [8, 12, 30, 100])
def test_intervals_cover_the_truth_as_often_as_they_say(peers: int) -> None:
    found = shrunken(people(5, groups=6000 // peers, peers=peers, true_sd=1.0))
    inside = (found.estimate - found.truth).abs() <= Z_95 * found.estimate_sd
    assert inside.mean() == pytest.approx(0.95, abs=0.02)


def test_too_few_peers_are_no_comparison() -> None:
    few = shrunken(people(1, groups=3, peers=7, true_sd=1.0))
    assert few.estimate.isna().all()
    short = people(1, groups=1, peers=20, true_sd=1.0)
    short.loc[5:, "n"] = 29
    assert shrunken(short).estimate.isna().all()


def test_a_person_with_few_observations_is_drawn_to_the_peers() -> None:
    centre = people(2, groups=1, peers=50, true_sd=1.0)
    centre.loc[0, ["n", "observed"]] = [1, 130.0]
    found = shrunken(centre).sort_values("n").iloc[0]
    assert found.n == 1
    assert found.reliability < 0.06
    assert abs(found.estimate - found.peer_mean) < 0.06 * abs(found.observed - found.peer_mean)


def test_hardly_anybody_called_distinguishable_is_like_the_peers() -> None:
    """Half of the people are exactly alike: at most 5 % of those called are, or lie elsewhere."""
    seen = told_apart(people(4, groups=50, peers=100, true_sd=2.0, alike=0.5))
    called = seen[seen.is_told_apart]
    side = np.sign(called.estimate - called.peer_mean) != np.sign(called.truth - 100)
    assert (side | (called.truth == 100)).mean() <= 0.05
    assert len(called) > 500
