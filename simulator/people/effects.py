"""The hidden truth about people: what each does to handle time and quality, and learning."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from simulator.people.days import Floats, Ints
from simulator.people.population import TRAINING_DAYS
from simulator.people.posts import holdings
from simulator.people.staff_codes import people

HANDLE_LOG_SD, QUALITY_SD, EMPATHY_SD, SEVERITY_SD = 0.12, 0.55, 0.4, 0.45
RAMP_HANDLE, RAMP_HANDLE_DAYS = 0.35, 60.0
RAMP_QUALITY, RAMP_QUALITY_DAYS = 0.9, 75.0


@dataclass(frozen=True)
class Effects:
    """By person. `handle_log`: on the logarithm of talk time; the others on the log odds of a
    question being met. `severity` lowers the odds in evaluations that the person scores."""

    handle_log: Floats
    quality: Floats
    empathy: Floats
    severity: Floats


@lru_cache(maxsize=4)
def effects(agents: int, seed: int) -> Effects:
    """Everybody's true effects."""
    count = holdings(agents, seed).people_n
    rng = np.random.default_rng([seed, 68])
    # The slow are a little more thorough.
    handle, other = rng.standard_normal(count), rng.standard_normal(count)
    return Effects(
        handle_log=HANDLE_LOG_SD * handle,
        quality=QUALITY_SD * (0.2 * handle + np.sqrt(1 - 0.2**2) * other),
        empathy=EMPATHY_SD * rng.standard_normal(count),
        severity=SEVERITY_SD * rng.standard_normal(count),
    )


def live_days(agents: int, seed: int, person: Ints, day: Ints | int) -> Floats:
    """Days since a person first took contacts, at least 0."""
    begun = people(agents, seed).hire[person] + TRAINING_DAYS
    return np.maximum(day - begun, 0).astype(np.float64)


def handle_log(agents: int, seed: int, person: Ints, day: int) -> Floats:
    """What a person adds to the logarithm of talk time on a day: own effect and ramp-up."""
    ramp = np.log1p(RAMP_HANDLE * np.exp(-live_days(agents, seed, person, day) / RAMP_HANDLE_DAYS))
    return effects(agents, seed).handle_log[person] + ramp


def quality(agents: int, seed: int, person: Ints, day: Ints) -> Floats:
    """What a person adds to the log odds of meeting a question on a day."""
    ramp = RAMP_QUALITY * np.exp(-live_days(agents, seed, person, day) / RAMP_QUALITY_DAYS)
    return effects(agents, seed).quality[person] - ramp
