"""One tick: take in, build what changed, put open visits through, judge, show.

Belongs here: the order of steps, and what becomes of the lane when its days are final. The lane
never opens the night's warehouse; what it knows of a night is the published snapshot and the terms
that the night left.
"""

import resource
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import duckdb

from ground.files import disk_full
from ground.home import Home
from ground.sql import literal
from ingest.contracts.contract import Contract
from ingest.errors import IngestError
from ingest.ledger import ledger
from ingest.privacy.mask import error_told
from live import audit, build, coverage, intake, open_visits, revision, serve, staffing, values
from live import terms as night_terms
from live.audit import Finding
from live.lane import Lane, LiveError, tick_lock
from live.models import DayModels
from live.terms import Terms
from publish import snapshot_store
from publish.errors import PublishError
from publish.manifest import SERVE

CADENCE_S = 300
Progress = Callable[[str], None]
# What the lane was laid out for; another snapshot or other definitions, and it begins afresh.
_ABOUT = "create table lane.about as select {} as snapshot_id, {} as through, {} as definitions"


@dataclass(frozen=True)
class Tick:
    """What one tick did, for the line that people read."""

    as_of: datetime
    files_n: int
    rows_n: int
    half_hours_n: int
    open_n: int
    findings: tuple[Finding, ...]
    held: tuple[str, ...]
    seconds: float
    path: Path

    @property
    def line(self) -> str:
        """One line."""
        held = f"; held back: {', '.join(self.held)} ({self._why})" if self.held else ""
        return (
            f"{self.as_of:%Y-%m-%d %H:%M} UTC: {self.files_n} files, {self.rows_n:,} rows, "
            f"{self.half_hours_n} half hours, {self.open_n} open visits, "
            f"{self.seconds:.1f} s of processor time{held}"
        )

    @property
    def _why(self) -> str:
        return "; ".join(dict.fromkeys(one.reason for one in self.findings if one.holds))


def run(
    home: Home,
    day: DayModels,
    *,
    at: datetime | None = None,
    cadence_s: int = CADENCE_S,
    progress: Progress = lambda _: None,
) -> Tick:
    """Bring the open day up to date and show it.

    at: the instant that counts as now, for a day that is played again; readers' ages count from it.
    Raises LiveError (TickRunningError when another one runs); the tick before is then still shown.
    """
    lane = Lane.of(home)
    now = datetime.now(UTC)
    as_of = (at or now).astimezone(UTC).replace(tzinfo=None)
    offset_s = 0 if at is None else round((now - at).total_seconds())
    with tick_lock(lane):
        begun = _processor_s()
        try:
            return _run(home, lane, day, as_of, offset_s, cadence_s, begun, progress)
        except (duckdb.Error, OSError, IngestError, PublishError) as error:
            raise LiveError(_told(error)) from error


def _told(error: Exception) -> str:
    left = "the last good tick is still shown, with its age"
    if disk_full(error):
        return f"the disk is full: {str(error).splitlines()[0]}; {left}"
    # What DuckDB says may quote a row.
    said = error_told(error) if isinstance(error, duckdb.Error) else str(error).splitlines()[0]
    return f"{said}; {left}"


def _run(
    home: Home,
    lane: Lane,
    day: DayModels,
    as_of: datetime,
    offset_s: int,
    cadence_s: int,
    begun: float,
    progress: Progress,
) -> Tick:
    terms = night_terms.last(lane)
    contracts = intake.day_contracts(lane)
    final = snapshot_store.snapshot_dir(home, terms.snapshot_id) / SERVE
    refused: list[Finding] = []
    if _begin_afresh(lane, day, terms, final, refused, progress):
        intake.forget_files(lane, contracts, terms.through)
    instant = as_of.isoformat(sep=" ")
    with ledger.warehouse(lane) as con:
        if not _is_laid_out(con):
            progress("laying out the day")
            _lay_out(con, day, contracts, terms, final)
            revision.lay_out_bands(con, sorted(lane.revisions.glob("*.parquet")))
        tick_id = intake.begin(con, f"tick {instant}", terms.through)
        progress("taking in what came")
        taken = intake.take_in(con, lane, contracts, terms, tick_id)
        intake.let_go(con, contracts)
        progress("building what changed")
        half_hours_n = build.rebuild(con, day, tick_id)
        open_visits.find(con, day, contracts)
        open_visits.put_through(con, day, tick_id)
        values.compute(con, day, instant)
        staffing.compute(con, day, instant)
        coverage.measure(con, contracts, instant, serve.STALE_CADENCES * cadence_s)
        _reach_of_values(con)
        revision.band(con, instant)
        progress("judging")
        findings = [*refused, *audit.run(con, day, contracts, instant)]
        held = tuple(dict.fromkeys(one.radius for one in findings if one.holds))
        path = serve.show(
            con,
            lane,
            home,
            about={
                "tick_id": tick_id,
                "as_of": instant,
                "cadence_s": cadence_s,
                "clock_offset_s": offset_s,
                "snapshot_id": terms.snapshot_id,
                "definitions": day.definitions,
            },
            findings=findings,
            held=held,
        )
        if coverage.QUEUES not in held:
            revision.note(con, tick_id, instant, day.definitions)
        coverage.settle(con, [one for one in serve.TABLES if one not in held])
        con.execute("insert into lane.tick values (?, ?)", [tick_id, as_of])
        open_n = _open_n(con)
    return Tick(
        as_of,
        len(taken.files),
        taken.rows_n,
        half_hours_n,
        open_n,
        tuple(findings),
        held,
        _processor_s() - begun,
        path,
    )


def _begin_afresh(
    lane: Lane,
    day: DayModels,
    terms: Terms,
    final: Path,
    refused: list[Finding],
    progress: Progress,
) -> bool:
    """When a night has published since, or definitions changed: note revisions, empty the lane.

    True when the lane is empty now. `refused` receives what is wrong with the revisions.
    """
    if not lane.warehouse.exists():
        return True
    with ledger.warehouse(lane) as con:
        if not _is_laid_out(con):
            return True
        snapshot_id, through, definitions = con.execute(
            "select snapshot_id, through, definitions from lane.about"
        ).fetchall()[0]
        now = (terms.snapshot_id, terms.through, day.definitions)
        if (snapshot_id, through, definitions) == now:
            return False
        # Another formula is a cause of its own; a part that was not kept cannot be compared.
        if terms.through > through and revision.has_parts(con, day):
            progress("comparing what was shown with the final day")
            _compare(con, lane, day, final, _days(through, terms.through), refused)
    for path in (lane.warehouse, lane.warehouse.with_suffix(".duckdb.wal")):
        path.unlink(missing_ok=True)
    return True


def _compare(
    con: duckdb.DuckDBPyConnection,
    lane: Lane,
    day: DayModels,
    final: Path,
    days: Sequence[date],
    refused: list[Finding],
) -> None:
    """A comparison that is wrong is told and not kept; the new day goes on."""
    try:
        revision.settle(con, lane, day, final, days)
    except LiveError as error:
        refused.append(Finding("revisions_add_up", "trust.revision", 1, str(error)))


def _days(after: date, last: date) -> list[date]:
    return [after + timedelta(days=n + 1) for n in range((last - after).days)]


def _is_laid_out(con: duckdb.DuckDBPyConnection) -> bool:
    return bool(
        con.execute(
            "select 1 from duckdb_tables() where schema_name = 'lane' and table_name = 'about'"
        ).fetchone()
    )


def _lay_out(
    con: duckdb.DuckDBPyConnection,
    day: DayModels,
    contracts: Sequence[Contract],
    terms: Terms,
    final: Path,
) -> None:
    coverage.begin(con, final)
    con.execute("begin transaction")
    night_terms.lay_out(con, terms)
    intake.prepare(con, contracts)
    build.lay_out(con, day)
    revision.lay_out(con)
    con.execute("create table lane.tick (tick_id bigint, as_of_at timestamp)")
    con.execute(
        _ABOUT.format(literal(terms.snapshot_id), literal(terms.through), literal(day.definitions))
    )
    con.execute("commit")


def _reach_of_values(con: duckdb.DuckDBPyConnection) -> None:
    """Whom a value is for, and how far the feeds of the sites reach that serve it."""
    levels = " union all ".join(
        f"select {literal(level)} as level, "
        + ", ".join(
            f"{column if column in columns else 'null::varchar'} as {column}"
            for column in ("client_id", "site_id", "queue_id")
        )
        + ", site_id as served_by from (select site_id, client_id, queue_id from lane.metric_cell "
        "union select site_id, client_id, queue_id from lane.usual)"
        for level, columns in values.LEVELS.items()
    )
    con.execute(
        f"create or replace table lane.value_reach as select v.level, v.client_id, v.site_id, "
        f"v.queue_id, min(r.covered_through_at) as covered_through_at, "
        f"coalesce(string_agg(distinct r.site_id || ' ' || r.missing_feeds, '; ') "
        f"filter (where r.missing_feeds <> ''), '') as missing_feeds "
        f"from (select distinct * from ({levels})) as v left join lane.reach as r "
        f"on r.site_id = v.served_by and r.feed_group = {literal(coverage.QUEUES)} "
        f"group by v.level, v.client_id, v.site_id, v.queue_id"
    )


def _open_n(con: duckdb.DuckDBPyConnection) -> int:
    row = con.execute("select count(*) from lane.open_visit").fetchone()
    return int(row[0]) if row else 0


def _processor_s() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime
