"""People whose true values are known, and what is seen of them: what methods are judged against."""

import numpy as np
import pandas as pd

WITHIN_SD = 10.0
PERIODS = 46


def people(
    seed: int, *, groups: int, peers: int, true_sd: float, alike: float = 0.0
) -> pd.DataFrame:
    """One row per person: client, team, n (30 to 300), truth, observed (mean), within_variance.

    true_sd: spread of the true values within a team; alike: share of people exactly like the team.
    """
    rng = np.random.default_rng(seed)
    size = groups * peers
    truth = rng.normal(0, true_sd, size)
    truth[rng.random(size) < alike] = 0
    n = rng.integers(30, 300, size)
    return pd.DataFrame(
        {
            "client": 1,
            "team": np.repeat(np.arange(groups), peers),
            "n": n,
            "truth": 100 + truth,
            "observed": 100 + truth + rng.normal(0, WITHIN_SD / np.sqrt(n)),
            "within_variance": WITHIN_SD**2,
        }
    )


def series(
    seed: int, agents: int, *, shifted: float = 0.0, at: int = 26, spread: float = 1.0
) -> pd.DataFrame:
    """One row per agent and week: client (300 agents each), observed, sampling_variance, moved.

    shifted: share of agents whose level moves by 1.5 standard deviations in week `at`.
    spread: week-to-week variance over sampling variance.
    """
    rng = np.random.default_rng(seed)
    noise = 100 / rng.integers(20, 60, (agents, PERIODS))
    sigma = np.sqrt(spread * noise)
    value = rng.normal(0, 5, (agents, 1)) + rng.normal(0, 1, (agents, PERIODS)) * sigma
    moved = rng.random(agents) < shifted
    value[moved, at:] += 1.5 * sigma[moved, at:]
    return pd.DataFrame(
        {
            "agent": np.repeat(np.arange(agents), PERIODS),
            "client": np.repeat(np.arange(agents) // 300, PERIODS),
            "period": np.tile(np.arange(PERIODS), agents),
            "observed": value.ravel(),
            "sampling_variance": noise.ravel(),
            "moved": np.repeat(moved, PERIODS),
        }
    )
