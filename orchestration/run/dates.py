"""Extract dates that a night may be asked for."""

import os
from datetime import UTC, date, datetime, timedelta

FIRST_DAY = "2026-08-01"


def first_day() -> date:
    """The first extract date that can be asked for: `HEADSET_FIRST_DAY` (YYYY-MM-DD)."""
    return date.fromisoformat(os.environ.get("HEADSET_FIRST_DAY") or FIRST_DAY)


def today() -> date:
    """Today in UTC: the last extract date that can be asked for."""
    return datetime.now(UTC).date()


def yesterday(today: date) -> date:
    """The extract date that the night of `today` takes in."""
    return today - timedelta(days=1)
