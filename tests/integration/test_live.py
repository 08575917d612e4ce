"""The open day: provisional figures that are never wrong about what they are."""

import gzip
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest

from ground.home import CHECKOUT, Home
from live import serve, terms, tick
from live.lane import Lane, LiveError, TickRunningError, tick_lock
from live.revision import CAUSES
from orchestration.dbt.day_models import day_models
from orchestration.run.lock import night_lock
from simulator import live as acd
from tests.centre import AGENTS, LAST_DAY, SEED, copy_of

DAY = LAST_DAY - timedelta(days=2)
CADENCE_S = 1800
IN_TIME = "service_level.answered_of_offered_less_short"


class Floor:
    """A centre's home with an open day."""

    def __init__(self, home: Home, after: date = DAY - timedelta(days=1)) -> None:
        self.home, self.lane, self.after = home, Lane.of(home), after
        self.models = day_models(home)

    def drop(self, at: datetime) -> None:
        acd.drop_at(self.lane.landing, AGENTS, SEED, at, self.after)

    def tick(self, at: datetime, *, drop: bool = True) -> tick.Tick:
        if drop:
            self.drop(at)
        return tick.run(self.home, self.models, at=at, cadence_s=CADENCE_S)

    def ask(self, sql: str) -> list[tuple[Any, ...]]:
        path = serve.serve_file(self.home)
        assert path is not None
        with duckdb.connect(str(path), read_only=True) as con:
            return con.execute(sql).fetchall()

    def files(self, feed: str) -> list[Path]:
        found = self.lane.landing.glob(f"sim/{feed}_*")
        return sorted(found, key=lambda path: int(path.name.split(".r")[1].split(".")[0]))


def at(clock: str, day: date = DAY) -> datetime:
    return datetime.fromisoformat(f"{day}T{clock}").replace(tzinfo=UTC)


@pytest.fixture(scope="module")
def begun(
    published_history: Path, parsed: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Path]:
    """The centre after its history night, its day's models compiled; to be copied."""
    root = tmp_path_factory.mktemp("live") / "home"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HEADSET_HOME", str(root))
        patch.setenv("HEADSET_SETTLE_SECONDS", "0")
        copy_of(published_history, root)
        Floor(Home(root))
        yield root


@pytest.fixture
def floor(begun: Path, own_home: Path) -> Floor:
    return Floor(copy_of(begun, own_home).home)


def test_a_night_leaves_the_maps_that_the_open_day_reads(floor: Floor) -> None:
    kept = terms.last(floor.lane)
    assert kept.through == DAY - timedelta(days=1)
    assert {"company__queues", "company__agents"} <= {path.stem for path in kept.folder.iterdir()}


def test_before_the_first_night_there_is_no_open_day(own_home: Path) -> None:
    with pytest.raises(LiveError, match="run `headset night` first"):
        terms.last(Lane.of(Home(own_home)))


def test_a_tick_changes_nothing_that_a_night_has_made(floor: Floor) -> None:
    home = floor.home
    before = {
        path: path.lstat().st_mtime_ns
        for path in (home.warehouse, home.published / "current", *home.published.glob("snap*/*"))
    }
    floor.tick(at("09:00"))
    assert {path: path.lstat().st_mtime_ns for path in before} == before


def test_ticks_come_to_what_one_look_at_the_whole_day_gives(floor: Floor, tmp_path: Path) -> None:
    ticks = [floor.tick(at(clock)) for clock in ("08:00", "11:00", "11:20", "14:00")]
    assert not any(one.held for one in ticks)
    assert ticks[2].half_hours_n < ticks[0].half_hours_n / 2
    asked = (
        "select * exclude (as_of_at, file_id, row_number) from lane.leg order by all",
        "select * from lane.cell order by all",
        "select * from interaction.interaction_queue_half_hour order by all",
        "select * from lane.value order by all",
    )
    together = _lane(floor, asked)
    floor.lane.warehouse.unlink()
    floor.tick(at("14:00"), drop=False)
    assert _lane(floor, asked) == together


def _lane(floor: Floor, asked: tuple[str, ...]) -> list[list[tuple[Any, ...]]]:
    with duckdb.connect(str(floor.lane.warehouse), read_only=True) as con:
        return [con.execute(sql.replace("as_of_at, ", "")).fetchall() for sql in asked]


def test_a_closed_half_hour_is_not_computed_again(floor: Floor) -> None:
    floor.tick(at("11:00"))
    again = floor.tick(at("11:05"), drop=False)
    assert (again.files_n, again.half_hours_n) == (0, 0)
    assert floor.ask("select as_of_at from live.about")[0][0].minute == 5


def test_no_ending_of_an_open_visit_leads_outside_the_limits(
    floor: Floor, monkeypatch: pytest.MonkeyPatch
) -> None:
    for kind in ("LATE_IN", "WRONG_IN", "TWIN_IN"):
        monkeypatch.setattr(acd, kind, 10**12)
    limits: dict[datetime, list[tuple[Any, ...]]] = {}
    opened = 0
    for minute in range(0, 420, 60):
        now = at("12:00") + timedelta(minutes=minute)
        opened += floor.tick(now).open_n
        limits[now] = floor.ask(
            "select metric, queue_id, half_hour_start_utc, site_date, low, high, open_n, value "
            "from live.value where level = 'queue' and period = 'half_hour' and low is not null"
        )
    assert opened > 10
    floor.tick(at("12:00", DAY + timedelta(days=1)))
    final = {
        row[:4]: row[4]
        for row in floor.ask(
            "select metric, queue_id, half_hour_start_utc, site_date, value "
            "from live.value_as_computed where level = 'queue' and period = 'half_hour'"
        )
    }
    wide = 0
    for now, rows in limits.items():
        for *key, low, high, open_n, _ in rows:
            over = key[2] + timedelta(minutes=30) <= now.replace(tzinfo=None)
            if over and final[tuple(key)] is not None:
                assert low - 1e-9 <= final[tuple(key)] <= high + 1e-9, (now, key)
                wide += high > low
                assert open_n or abs(high - low) < 1e-9
    assert wide


def test_who_waits_longer_than_promised_is_late_and_who_waits_below_is_open(
    floor: Floor,
) -> None:
    floor.drop(at("12:30"))
    place = next(path for path in floor.files("open_visits") if f"_krakow_{DAY}" in path.name)

    def open_visits(revision: int, *queued: datetime) -> None:
        lines = [
            f"C{n},1,voice,inbound,+4930900101,de,AUR_BILL_DE,{q.isoformat()},{q.isoformat()},"
            f"waiting,{int((at('12:30') - q).total_seconds())},{at('12:30').isoformat()}"
            for n, q in enumerate(queued)
        ]
        name = f"{place.name.split('.r')[0]}.r{revision}.csv.gz"
        text = "\n".join([acd.OPEN_HEADER, *lines, ""])
        (place.parent / name).write_bytes(gzip.compress(text.encode()))

    def said() -> tuple[Any, ...]:
        (row,) = floor.ask(
            f"select numerator, denominator, low, high, open_n from live.value where "
            f"metric = '{IN_TIME}' and queue_id = 'sim:AUR_BILL_DE' and period = 'half_hour' "
            f"and half_hour_start_utc = timestamp '{DAY} 12:00:00'"
        )
        return row

    open_visits(9000)
    floor.tick(at("12:30"), drop=False)
    n, d, low, high, open_n = said()
    assert (open_n, low, high) == (0, n / d, n / d)
    open_visits(9001, at("12:20"), at("12:29") + timedelta(seconds=50))
    floor.tick(at("12:31"), drop=False)
    assert said() == (n, d + 1, n / (d + 2), (n + 1) / (d + 2), 1)
    # Nobody is left: the visits in progress are no more, and nothing of them counts.
    open_visits(9002)
    floor.tick(at("12:32"), drop=False)
    assert said() == (n, d, n / d, n / d, 0)


def test_readers_keep_the_tick_they_opened(floor: Floor) -> None:
    floor.tick(at("08:00"))
    path = serve.serve_file(floor.home)
    assert path is not None
    with duckdb.connect(str(path), read_only=True) as reader:
        before = reader.execute("select count(*), max(as_of_at) from live.value").fetchone()
        for clock in ("09:00", "10:00", "11:00", "12:00"):
            floor.tick(at(clock))
        assert not path.exists()
        after = reader.execute("select count(*), max(as_of_at) from live.value").fetchone()
        assert after == before


def test_a_value_that_is_too_old_goes_and_its_age_stays(floor: Floor) -> None:
    floor.tick(at("11:00"))
    path = serve.serve_file(floor.home)
    assert path is not None
    copy = path.with_name("later.duckdb")
    shutil.copyfile(path, copy)
    copy.chmod(0o600)
    with duckdb.connect(str(copy)) as con:
        con.execute(f"update live.about set clock_offset_s = clock_offset_s - {3 * CADENCE_S}")
        rows = con.execute(
            "select value, low, high, age_s, blank_because from live.value"
        ).fetchall()
    assert rows
    assert all(row[:3] == (None, None, None) for row in rows)
    assert all(row[3] >= 3 * CADENCE_S and row[4] == "older than 2 ticks" for row in rows)


def _shrink(floor: Floor) -> None:
    path = floor.files("contact_legs")[-1]
    lines = gzip.decompress(path.read_bytes()).decode().splitlines()
    name = path.name.split(".r")[0]
    (path.parent / f"{name}.r9998.csv.gz").write_bytes(
        gzip.compress("\n".join([*lines[: len(lines) // 2], ""]).encode())
    )


def _ahead(floor: Floor) -> None:
    floor.drop(at("13:00"))


def _cut_off(floor: Floor) -> None:
    path = floor.files("contacts")[-1]
    name = path.name.split(".r")[0]
    (path.parent / f"{name}.r9998.csv.gz").write_bytes(path.read_bytes()[:-200])


def _milliseconds(floor: Floor) -> None:
    path = floor.files("contact_legs")[-1]
    lines = gzip.decompress(path.read_bytes()).decode().splitlines()
    spoiled = [",".join([*line.split(",")[:5], "-1", *line.split(",")[6:]]) for line in lines[1:]]
    name = path.name.split(".r")[0]
    (path.parent / f"{name}.r9998.csv.gz").write_bytes(
        gzip.compress("\n".join([lines[0], *spoiled, ""]).encode())
    )


@pytest.mark.parametrize(
    ("spoil", "held", "says"),
    [
        (_shrink, ("queues",), "does not shrink"),
        (_ahead, ("queues", "staffing"), "a clock ahead of ours"),
        (_milliseconds, ("queues",), "few rows of a file are kept apart"),
        (_cut_off, (), ""),
    ],
    ids=["a file that shrinks", "a clock ahead", "values that cannot be", "a broken transfer"],
)
def test_bad_files_leave_the_last_good_figures_with_their_age(
    floor: Floor, spoil: Callable[[Floor], None], held: tuple[str, ...], says: str
) -> None:
    floor.tick(at("12:00"))
    good = floor.ask(
        "select metric, queue_id, period, value from live.value_as_computed order by all"
    )
    spoil(floor)
    done = floor.tick(at("12:05"), drop=False)
    assert set(done.held) == set(held)
    assert says in done.line
    shown = dict(floor.ask("select feed_group, as_of_at from live.shown"))
    for group, as_of in shown.items():
        assert as_of == at("12:00" if group in held else "12:05").replace(tzinfo=None)
    if "queues" in held:
        kept = "select metric, queue_id, period, value from live.value_as_computed order by all"
        assert floor.ask(kept) == good
    else:
        assert floor.ask("select count(*) from live.value_as_computed")[0][0] == len(good)


def test_a_corrected_file_heals_what_was_held_back(floor: Floor) -> None:
    floor.tick(at("12:00"))
    _shrink(floor)
    assert floor.tick(at("12:05"), drop=False).held
    path = floor.files("contact_legs")[-2]
    shutil.copyfile(path, path.with_name(path.name.split(".r")[0] + ".r9999.csv.gz"))
    assert not floor.tick(at("12:10"), drop=False).held


def test_a_feed_that_stops_at_noon_blanks_its_values_and_is_named(floor: Floor) -> None:
    floor.tick(at("14:00"))
    floor.drop(at("15:30"))
    for feed in ("contacts", "contact_legs"):
        floor.files(feed)[-1].unlink()
        for path in floor.files(feed):
            if f"_halifax_{DAY}" in path.name and path in floor.files(feed)[-1:]:
                path.unlink()
    done = floor.tick(at("15:45"), drop=False)
    assert not done.held
    rows = floor.ask(
        "select blank_because, value, covered_through_at from live.value where period = 'day' "
        f"and level = 'company' and metric = '{IN_TIME}' and site_date = date '{DAY}'"
    )
    assert rows
    assert rows[0][1] is None
    assert "nothing new from" in rows[0][0]


@pytest.mark.parametrize(
    ("day", "why"),
    [
        (date(2026, 10, 25), "Kraków's clocks go back"),
        (date(2026, 3, 29), "Kraków's clocks go forward"),
        (date(2026, 11, 1), "Halifax' clocks go back"),
        (DAY, "an ordinary midnight"),
    ],
    ids=lambda value: value if isinstance(value, str) else str(value),
)
def test_a_tick_over_midnight_and_over_both_clock_changes(
    floor: Floor, day: date, why: str
) -> None:
    after = day - timedelta(days=1)
    terms.keep(floor.home, terms.last(floor.lane).snapshot_id, after)
    floor.after = after
    for now in (at("22:40", after), at("00:20", day), at("03:20", day), at("23:50", day)):
        done = floor.tick(now)
        assert [f for f in done.findings if f.holds] == [], why
    next_day = day + timedelta(days=1)
    with duckdb.connect(str(floor.lane.warehouse), read_only=True) as con:
        halves = con.execute("select distinct half_hour_start_utc, site_date from lane.cell")
        rows = halves.fetchall()
    assert {half.minute for half, _ in rows} == {0, 30}
    assert {day} <= {site_date for _, site_date in rows} <= {day, next_day}
    assert not floor.tick(at("05:30", next_day)).held
    shown = floor.ask("select distinct site_date from live.queue_half_hour")
    assert {row[0] for row in shown} == {day, next_day}


def test_a_tick_waits_for_no_night_and_no_night_for_a_tick(floor: Floor) -> None:
    holder = (
        "import sys, duckdb; con = duckdb.connect(sys.argv[1]); print('held', flush=True); "
        "sys.stdin.read()"
    )
    with night_lock(floor.home, "a night"):
        night = subprocess.Popen(
            [sys.executable, "-c", holder, str(floor.home.warehouse)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert night.stdout is not None
        assert night.stdout.readline() == "held\n"
        try:
            assert not floor.tick(at("09:00")).held
        finally:
            night.communicate()
    with tick_lock(floor.lane), night_lock(floor.home, "a night"):
        pass


def test_a_second_tick_lets_the_first_one_finish(floor: Floor) -> None:
    floor.tick(at("09:00"))
    shown = serve.serve_file(floor.home)
    with tick_lock(floor.lane), pytest.raises(TickRunningError, match="still running"):
        floor.tick(at("09:30"))
    assert serve.serve_file(floor.home) == shown


def test_a_full_disk_leaves_the_last_good_tick(floor: Floor) -> None:
    floor.tick(at("09:00"))
    shown = serve.serve_file(floor.home)
    floor.drop(at("10:00"))
    code = (
        "import resource, sys; from datetime import datetime; from pathlib import Path\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, 200_000))\n"
        "from ground.home import Home; from live import tick; from live.lane import LiveError\n"
        "from orchestration.dbt.day_models import day_models; home = Home(Path(sys.argv[1]))\n"
        "try: tick.run(home, day_models(home), at=datetime.fromisoformat(sys.argv[2]))\n"
        "except LiveError as error: print(error); sys.exit(3)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(floor.home.root), at("10:00").isoformat()],
        capture_output=True,
        text=True,
        cwd=CHECKOUT,
        env=os.environ | {"PYTHONPATH": str(CHECKOUT)},
        check=False,
    )
    assert done.returncode == 3, done.stdout + done.stderr
    assert "the disk is full" in done.stdout
    assert "the last good tick is still shown" in done.stdout
    assert serve.serve_file(floor.home) == shown
    assert not floor.tick(at("10:05")).held


def test_nobody_is_shown_alone(floor: Floor) -> None:
    floor.tick(at("12:00"))
    names = floor.ask(
        "select table_name, column_name from duckdb_columns() where schema_name = 'live'"
    )
    assert not {column for _, column in names} & {"agent_id", "agent_code", "customer_id"}
    small = floor.ask(
        "select site_id, sum(agents_n) from live.staffing group by 1 having sum(agents_n) < 5"
    )
    for site, _ in small:
        states = floor.ask(f"select distinct activity from live.staffing where site_id = '{site}'")
        assert states == [("fewer than 5",)]


def test_what_was_shown_is_compared_with_the_night_and_each_cause_counted(
    floor: Floor, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The last day that the history night has published, played as if it had not.
    day = DAY - timedelta(days=1)
    floor.after = day - timedelta(days=1)
    snapshot = terms.last(floor.lane).snapshot_id
    terms.keep(floor.home, snapshot, floor.after)
    for kind, one_in in (("LATE_IN", 8), ("WRONG_IN", 9), ("TWIN_IN", 11)):
        monkeypatch.setattr(acd, kind, one_in)
    for clock in ("08:15", "11:15", "13:15", "14:15", "17:15", "20:15"):
        assert not floor.tick(at(clock, day)).held
    terms.keep(floor.home, snapshot, day)
    done = floor.tick(at("21:00", day), drop=False)
    assert [one for one in done.findings if one.check == "revisions_add_up"] == []
    # What a night has published is read by nobody any more, and goes.
    assert not [path for path in floor.files("contacts") if str(day) in path.name]
    found = floor.lane.revisions / f"{day}.parquet"
    with duckdb.connect() as con:
        con.execute(f"create view r as from read_parquet('{found}')")
        for part in ("numerator", "denominator"):
            causes = " + ".join(f"{cause}_{part}" for cause in CAUSES)
            wrong = con.execute(
                f"select count(*) from r where final_{part} - {part} is distinct from {causes}"
            ).fetchone()
            assert wrong == (0,)
        shares = con.execute(
            "select " + ", ".join(f"sum(abs({c}_denominator))" for c in CAUSES) + " from r"
        ).fetchone()
        assert shares is not None
        seen = dict(zip(CAUSES, shares, strict=True))
        corrected = con.execute("select sum(abs(correction_numerator)) from r").fetchone()
        rows = con.execute("select count(*), count(revision) from r").fetchone()
    assert seen["late_row"]
    assert seen["withdrawn"]
    assert corrected is not None
    assert corrected[0]
    assert not seen["definition"]
    assert rows is not None
    assert rows[1] > 1000
    assert floor.ask("select count(*) from trust.revision") == [(rows[0],)]
