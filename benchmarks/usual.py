"""Whether the published centre looks like a centre: headline figures against their usual ranges.

`python -m benchmarks.usual`, on a home that `make run` made (`--home`). Exits with 1 when a figure
lies outside of the range that the field publishes for it (`simulator/usual.py`).
"""

import argparse
import sys
from pathlib import Path

from ground.home import Home
from metrics.question.query import query
from simulator.usual import BAD_DAY, USUAL, Usual


def value_of(home: Home, usual: Usual) -> float | None:
    """The published figure over all that is published; attrition over the last twelve months."""
    rows = query(home, usual.metric).rows
    if usual.metric.startswith("attrition."):
        yearly = [
            row for row in rows if (row["period"], row["group_value"]) == ("twelve_months", "all")
        ]
        rows = tuple(sorted(yearly, key=lambda row: str(row["last_month_date"]))[-1:])
    value = rows[0]["value"] if rows else None
    return float(value) if isinstance(value, int | float) else None


def bad_days(home: Home) -> tuple[int, int]:
    """Days on which too few were answered in time, and days in all."""
    rows = query(home, "service_level", grain="day").rows
    values = [row["value"] for row in rows if isinstance(row["value"], float)]
    return sum(value < BAD_DAY for value in values), len(values)


def main() -> None:
    """Print the table for one home."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--home", type=Path, default=Home.from_env().root)
    home = Home(options.parse_args().home)
    outside = 0
    print(f"{'metric':52} {'value':>6}  usual")  # noqa: T201
    for usual in USUAL:
        value = value_of(home, usual)
        is_inside = value is not None and usual.low <= value <= usual.high
        outside += not is_inside
        shown = "none" if value is None else f"{100 * value:5.1f}%"
        verdict = "" if is_inside else "  OUTSIDE"
        bounds = f"{100 * usual.low:.0f} to {100 * usual.high:.0f} %"
        print(f"{usual.metric:52} {shown:>6}  {bounds}{verdict}")  # noqa: T201
    bad_n, days_n = bad_days(home)
    print(f"days with a service level below {100 * BAD_DAY:.0f} %: {bad_n} of {days_n}")  # noqa: T201
    sys.exit(1 if outside else 0)


if __name__ == "__main__":
    main()
