"""Days and instants as numpy integers: days and seconds since 1970-01-01, UTC."""

from datetime import date, timedelta

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
Texts = npt.NDArray[np.object_]
EPOCH = date(1970, 1, 1)
DAY_S = 86_400
NEVER = (date(2100, 1, 1) - EPOCH).days


def number(day: date) -> int:
    """Days since 1970-01-01."""
    return (day - EPOCH).days


def day_of(value: int) -> date:
    """The date of a day number."""
    return EPOCH + timedelta(days=int(value))


def date_texts(days: Ints) -> Texts:
    """ISO dates; empty for NEVER and later."""
    text = np.datetime_as_string(days.astype("datetime64[D]")).astype(object)
    text[days >= NEVER] = ""
    return text


def instant_texts(seconds: Ints) -> Texts:
    """ISO instants, `2026-10-25T02:30:10`, to be read as UTC; empty for 0."""
    text = np.datetime_as_string(seconds.astype("datetime64[s]"), unit="s").astype(object)
    text[seconds == 0] = ""
    return text


def flag_texts(flags: Flags) -> Texts:
    """`true` and `false`."""
    return np.where(flags, "true", "false").astype(object)
