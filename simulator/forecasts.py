"""What planners forecast: the demand curves with a planner's error, by queue and half hour."""

from datetime import date, timedelta

import numpy as np

from simulator.clock import Seconds
from simulator.demand import LEGS_PER_CONTACT, profile
from simulator.roster import roster
from simulator.shape import QUEUE_NUMBER, QUEUES, SITES, SYSTEM

HEADER = "queue_system,queue_code,half_hour_start_at,forecast_n"
HALF_HOUR_S = 1800
ERROR = 0.06


def forecast_lines(month: date, agents: int, seed: int) -> list[str]:
    """CSV lines for the UTC month that begins on `month`: every mapped queue, every half hour.

    Made of the same curves as the demand, so a forecast is wrong only by the planner's error of
    the day, the day's own noise and chance.
    """
    following = (month + timedelta(days=32)).replace(day=1)
    first, last = (_instant(day) for day in (month, following))
    expected = np.zeros((len(QUEUES), (last - first) // HALF_HOUR_S))
    for site in SITES:
        for number in range(-1, (following - month).days + 1):
            day = month + timedelta(days=number)
            today = profile(site, day)
            weekly = roster(site, agents, seed, day).weekly_contacts
            at = (today.slots - first) // HALF_HOUR_S
            inside = (at >= 0) & (at < expected.shape[1])
            for route, shape in zip(site.routes, today.shape, strict=True):
                queue = QUEUE_NUMBER[route.queue.code]
                rates = shape * weekly * LEGS_PER_CONTACT
                np.add.at(expected[queue], at[inside], rates[inside])
    rng = np.random.default_rng([seed, 71, month.toordinal()])
    expected *= np.repeat(
        np.exp(rng.normal(0, ERROR, (len(QUEUES), expected.shape[1] // 48))), 48, axis=1
    )
    times = _texts(np.arange(first, last, HALF_HOUR_S, dtype=np.int64))
    return [HEADER] + [
        f"{SYSTEM},{queue.code},{time},{value:.2f}"
        for queue, row in zip(QUEUES, expected, strict=True)
        if queue.mapped
        for time, value in zip(times, row.tolist(), strict=True)
    ]


def _instant(day: date) -> int:
    return (day - date(1970, 1, 1)).days * 86_400


def _texts(instants: Seconds) -> list[str]:
    texts = np.datetime_as_string(instants.astype("datetime64[s]"), unit="s").tolist()
    return [f"{text}Z" for text in texts]
