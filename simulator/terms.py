"""The company's terms as operations keep them: contracts, rates, rules, goals; and what changes.

Belongs here: which lists arrive and when. The lists themselves are CSV files in `company/`, written
by hand as an operations person would; `<feed>.<date>.csv` is the list as amended on that date.
"""

from datetime import date
from functools import lru_cache
from pathlib import Path

from ingest.public_holidays import holiday_lines
from simulator.forecasts import forecast_lines

FOLDER = Path(__file__).parent / "company"
TERMS = (
    "contracts", "contract_clauses", "clause_points", "clause_exclusions", "forecast_bands",
    "cost_rates", "fx_rates", "incentive_plans", "objectives", "key_results", "jurisdictions",
    "labour_rules", "client_status", "customer_values", "rule_waivers", "metric_sets",
    "coaching_steps", "ladder_criteria",
)  # fmt: skip
FORECASTS, HOLIDAYS = "forecasts", "holidays"
JURISDICTIONS = ("PH", "PL", "CA-NS")


def terms_arriving(day: date, first: date) -> list[str]:
    """Feeds whose list arrives on `day`; `first` is the day on which the company's history begins.

    Every list comes on the first day as it then stands, and again when it is amended. Forecasts
    come for each month: the first at once, the others on the month's first day.
    """
    if day == first:
        return [*TERMS, HOLIDAYS, FORECASTS]
    amended = [feed for feed in TERMS if day in _versions(feed)]
    return [*amended, FORECASTS] if day.day == 1 else amended


def terms_name(feed: str, day: date) -> str:
    """File name of what arrives on `day`, relative to `landing/`."""
    month = f"_{day:%Y-%m}" if feed == FORECASTS else ""
    return f"company/{feed}{month}_{day}.csv"


def terms_lines(feed: str, day: date, agents: int, seed: int) -> list[str]:
    """CSV lines of one list as it stands on `day`, header first."""
    if feed == FORECASTS:
        return forecast_lines(day.replace(day=1), agents, seed)
    if feed == HOLIDAYS:
        return holiday_lines(JURISDICTIONS, day.year - 1, day.year + 1)
    newest = [version for version in _versions(feed) if version is None or version <= day][-1]
    suffix = f".{newest}" if newest else ""
    return (FOLDER / f"{feed}{suffix}.csv").read_text(encoding="utf-8").splitlines()


@lru_cache(maxsize=32)
def _versions(feed: str) -> list[date | None]:
    """Days of the amended lists; None stands for the first list."""
    amended = (path.name.split(".")[1] for path in FOLDER.glob(f"{feed}.*.csv"))
    return [None, *sorted(date.fromisoformat(day) for day in amended)]
