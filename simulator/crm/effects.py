"""How good each agent truly is: the hidden truth that methods are judged against."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

CSAT_SD, RESOLUTION_SD = 0.35, 0.5
# Log-odds that a matter is truly settled by an agent of average skill (0.82).
RESOLVED_LOG_ODDS = 1.5


@dataclass(frozen=True)
class Effect:
    """True effects of an agent: on satisfaction (latent SDs) and on settling (log-odds)."""

    csat: float
    resolution: float

    @property
    def resolves(self) -> float:
        """Chance that a matter handled by the agent is truly settled."""
        return float(1 / (1 + np.exp(-(RESOLVED_LOG_ODDS + self.resolution))))


@lru_cache(maxsize=500_000)
def effect_of(seed: int, agent_id: str) -> Effect:
    """The effect of one agent; the same however many others there are."""
    rng = np.random.default_rng([seed, 61, *agent_id.encode()])
    csat, resolution = rng.normal(0, CSAT_SD), rng.normal(0, RESOLUTION_SD)
    return Effect(float(csat), float(resolution))
