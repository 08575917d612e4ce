"""Whether the published centre looks like a centre: headline figures against their usual ranges.

`python -m benchmarks.usual`, on a home that `make run` made (`--home`). Exits with 1 when a figure
lies outside of the range that the field publishes for it (`simulator/usual.py`).
"""

import argparse
import sys
from pathlib import Path

import duckdb

from ground.home import Home
from metrics.question.query import query
from simulator.usual import BAD_DAY, USUAL, Usual

# Of all who left in the last twelve whole months, those who did not move inside the company.
_YEARLY = """
    select attrition_rate from attrition.attrition_rate
    where dimension = 'company' and period = 'twelve_months' and method = 'monthly_averages'
        and leaver_class = 'external' and known_as = 'as_is'
    order by last_month_date desc limit 1
"""


def value_of(home: Home, usual: Usual) -> float | None:
    """The published figure over all that is published; attrition over a year."""
    if usual.metric.startswith("attrition."):
        serve = home.published / "current" / "serve.duckdb"
        with duckdb.connect(str(serve), read_only=True) as con:
            row = con.execute(_YEARLY).fetchone()
            return None if row is None else float(row[0])
    (row_of,) = query(home, usual.metric).rows
    value = row_of["value"]
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
