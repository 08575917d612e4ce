"""All chance of one operating day, drawn at once with numpy and handed out as plain lists."""

from dataclasses import dataclass
from datetime import date

import numpy as np

from simulator.curves import PATIENCE_MEAN_S
from simulator.customers import ANI_FORMATS
from simulator.shape import QUEUES, SITES, Site

HOLD_SHARE = 0.14
RING_NO_ANSWER_SHARE = 0.015
PHANTOM_SHARE = 0.003
IVR_HANG_UP_SHARE = 0.025
UNKNOWN_DISPOSITION_SHARE = 0.0015


@dataclass(frozen=True)
class ContactDraws:
    """One entry a contact. `kind` is the kind of caller id, `style` its notation."""

    ivr_s: list[int]
    kind: list[int]
    style: list[int]
    is_phantom: list[bool]
    hangs_up_in_ivr: list[bool]
    odd_disposition: list[bool]
    note: list[float]


@dataclass(frozen=True)
class LegDraws:
    """One entry a queue visit. `talk_z` is standard normal; `choice`, `onward` are uniform."""

    talk_z: list[float]
    hold_s: list[int]
    acw_s: list[int]
    ring_s: list[int]
    ring_no_answers: list[int]
    patience_s: list[int]
    choice: list[float]
    onward: list[float]
    delay: list[float]


def contact_draws(site: Site, seed: int, day: date, count: int) -> ContactDraws:
    """Draws for `count` contacts of the operating day."""
    rng = np.random.default_rng([seed, 41, SITES.index(site), day.toordinal()])
    kind = np.searchsorted([0.965, 0.995, 0.998], rng.random(count), side="right")
    fate = rng.random(count)
    return ContactDraws(
        ivr_s=(5 + rng.lognormal(3.1, 0.55, count)).astype(np.int64).tolist(),
        kind=kind.tolist(),
        style=rng.integers(0, ANI_FORMATS, count).tolist(),
        is_phantom=(fate < PHANTOM_SHARE).tolist(),
        hangs_up_in_ivr=(fate > 1 - IVR_HANG_UP_SHARE).tolist(),
        odd_disposition=(rng.random(count) < UNKNOWN_DISPOSITION_SHARE).tolist(),
        note=rng.random(count).tolist(),
    )


def leg_draws(site: Site, seed: int, day: date, count: int) -> LegDraws:
    """Draws for `count` queue visits of the operating day."""
    rng = np.random.default_rng([seed, 42, SITES.index(site), day.toordinal()])
    held = rng.random(count) < HOLD_SHARE
    missed = rng.random(count) < RING_NO_ANSWER_SHARE
    ring = rng.integers(1, 6, count) + 20 * missed
    hold = np.where(held, 8 + rng.lognormal(3.6, 0.8, count), 0)
    acw = np.where(rng.random(count) < 0.92, 4 + rng.lognormal(3.55, 0.75, count), 0)
    return LegDraws(
        talk_z=rng.standard_normal(count).tolist(),
        hold_s=hold.astype(np.int64).tolist(),
        acw_s=acw.astype(np.int64).tolist(),
        ring_s=ring.tolist(),
        ring_no_answers=missed.astype(np.int64).tolist(),
        patience_s=rng.exponential(PATIENCE_MEAN_S, count).astype(np.int64).tolist(),
        choice=rng.random(count).tolist(),
        onward=rng.random(count).tolist(),
        delay=rng.random(count).tolist(),
    )


def talk_parameters() -> tuple[list[float], list[float]]:
    """Location and log-SD of talk time, by number in `shape.QUEUES`."""
    log_sd = [queue.talk_log_sd for queue in QUEUES]
    mu = [np.log(q.talk_mean_s) - q.talk_log_sd**2 / 2 for q in QUEUES]
    return [float(value) for value in mu], log_sd
