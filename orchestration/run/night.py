"""Run nights in this process: what `headset night` does, and what the tests do.

Belongs here: one call from dates to a summary. Does not: what the steps do. Runs go through the
same Dagster job as the schedule's, on the instance of the home, so `headset dev` shows them.
"""

from collections.abc import Callable
from datetime import UTC, date, datetime

from ground import home_version
from ground.home import Home
from ground.systems import enabled_systems
from ingest.ledger.acceptance import release_lists
from ingest.ledger.ledger import warehouse
from ingest.ledger.systems import settle
from orchestration.run.build_state import forget_models, nothing_to_do
from orchestration.run.dates import first_day, today
from orchestration.run.lock import night_lock
from orchestration.run.summary import NightSummary, keep_summary

Progress = Callable[[str], None]


class NightError(Exception):
    """A night could not be run; the message says what to do."""


def run_night(
    home: Home,
    from_: date,
    to_: date,
    progress: Progress = lambda _: None,
    *,
    rebuild: bool = False,
    accept: str | None = None,
) -> NightSummary:
    """Ingest the extract dates `from_`..`to_`, build, audit and publish, in one run.

    rebuild: build every model again from raw; months that raw no longer holds stay as they are.
    accept: why a person lets pass, in this run, what is missing or too much; lists that were held
    for shrinking are taken in.
    Whatever came in late (extract dates before `to_`) is taken in as well. A blocked or failed
    night is told in the summary's status, not raised; so is one that a signal stopped. Raises
    NightError for dates that cannot be asked for, NightRunningError when another night runs,
    dbt.DbtError when the project cannot be parsed.
    """
    _check_dates(from_, to_)
    with night_lock(home, f"night of {_dates(from_, to_)}") as lock:
        home_version.check(home)
        settle(home, enabled_systems(home))
        home_version.stamp(home)
        if rebuild:
            forget_models(home)
        if accept:
            _release_lists(home, accept)
        elif not lock.abandoned_runs and nothing_to_do(home, to_):
            return _unchanged(home, from_, to_)
        # Dagster and dbt are imported where a night has work: three seconds.
        from orchestration.run.job import execute

        summary = execute(home, from_, to_, lock, progress, accept)
    if summary is None:
        raise NightError("the night ended before its first step; `headset dev` shows its run")
    return summary


def _release_lists(home: Home, accept: str) -> None:
    if home.warehouse.exists():
        with warehouse(home) as con:
            release_lists(con, accept)


def _unchanged(home: Home, from_: date, to_: date) -> NightSummary:
    """A night without news leaves no run: it would grey out the last night's checks."""
    now = datetime.now(UTC)
    summary = NightSummary(
        run_id=f"unchanged-{now:%Y%m%dT%H%M%S}",
        from_date=str(from_),
        to_date=str(to_),
        started_at=now.isoformat(timespec="seconds"),
        status="unchanged",
    )
    keep_summary(home, summary)
    return summary


def _check_dates(from_: date, to_: date) -> None:
    first, last = first_day(), today()
    if from_ > to_:
        raise NightError(f"the range {_dates(from_, to_)} ends before it begins")
    if from_ < first or to_ > last:
        raise NightError(
            f"{_dates(from_, to_)} is outside the extract dates {first}..{last} "
            "(HEADSET_FIRST_DAY sets the first; the last is today, UTC)"
        )


def _dates(from_: date, to_: date) -> str:
    return str(from_) if from_ == to_ else f"{from_}..{to_}"
