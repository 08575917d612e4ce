"""Wall clocks: from site-local time to seconds since 1970 (UTC) and back, DST included."""

from datetime import date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt

Seconds = npt.NDArray[np.int64]
DAY_S = 86_400
_EPOCH = date(1970, 1, 1)


@lru_cache(maxsize=4096)
def epoch(zone: str, day: date, second_of_day: int) -> int:
    """The instant at which clocks in `zone` show `day` and `second_of_day` (may exceed a day)."""
    wall = datetime.combine(day, time()) + timedelta(seconds=second_of_day)
    return int(wall.replace(tzinfo=ZoneInfo(zone)).timestamp())


@lru_cache(maxsize=65_536)
def offset(zone: str, instant: int) -> int:
    """Seconds that clocks in `zone` are ahead of UTC at `instant`."""
    ahead = datetime.fromtimestamp(instant, ZoneInfo(zone)).utcoffset()
    return 0 if ahead is None else int(ahead.total_seconds())


def offsets(zone: str, instants: Seconds) -> Seconds:
    """`offset` of every instant. The instants must span less than a month (one change at most)."""
    if instants.size == 0:
        return np.zeros(0, dtype=np.int64)
    low, high = int(instants.min()), int(instants.max())
    before, after = offset(zone, low), offset(zone, high)
    if before == after:
        return np.full(instants.shape, before, dtype=np.int64)
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if offset(zone, middle) == before else (low, middle)
    return np.where(instants < high, before, after).astype(np.int64)


def local_days(zone: str, instants: Seconds) -> Seconds:
    """Local date of every instant, as days since 1970-01-01."""
    return (instants + offsets(zone, instants)) // DAY_S


def day_number(day: date) -> int:
    """Days since 1970-01-01."""
    return (day - _EPOCH).days


def iso_local(zone: str, instants: Seconds) -> list[str]:
    """Every instant as ISO-8601 local time with offset, e.g. `2026-10-25T02:30:10+01:00`."""
    ahead = offsets(zone, instants)
    text = np.datetime_as_string((instants + ahead).astype("datetime64[s]"), unit="s").tolist()
    known = {int(value): _suffix(int(value)) for value in np.unique(ahead)}
    if len(known) == 1:
        suffix = next(iter(known.values()))
        return [wall + suffix for wall in text]
    return [wall + known[value] for wall, value in zip(text, ahead.tolist(), strict=True)]


def _suffix(ahead: int) -> str:
    sign, minutes = ("-", -ahead // 60) if ahead < 0 else ("+", ahead // 60)
    return f"{sign}{minutes // 60:02d}:{minutes % 60:02d}"
