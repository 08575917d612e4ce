"""Rows that nights wrote by touched dates equal those of one build from the same raw data.

Every table of the warehouse, after everything that makes a night rewrite the past. The next cause
is one entry of `CAUSES`.
"""

import csv
import io
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import duckdb
import pytest

from ground.systems import SIMULATED
from ingest.contracts.contract import Rule
from ingest.ledger import ledger
from ingest.ledger.quarantine import replay
from ingest.privacy.person import Person, erase
from simulator import drop
from tests.deployment import Deployment

LAST = date(2026, 11, 21)
HISTORY, PLAIN, LATE = (LAST - timedelta(days=n) for n in (3, 2, 1))
# Two months, so that an unchanged month can be told from a changed one.
AGENTS, DAYS, SEED = 12, 25, 7
CHANGED_FROM = "2026-11-09"
LONG_IVR = Rule("ivr_too_long", "ivr_s is null or ivr_s < 60", "a menu of a minute is a mistake")


class House(Deployment):
    """The simulated centre, taken in and built; its views are made by the first build alone."""

    def land(self, until: date, after: date | None = None) -> None:
        """What the systems drop in (after, until], taken in."""
        drop(
            self.home.landing,
            agents=AGENTS,
            days=DAYS,
            seed=SEED,
            last_day=LAST,
            arrived_by=until,
            arrived_after=after,
        )
        self.take_in(until)

    def tables(self, *more: str) -> None:
        """Build the tables; the batches are then built."""
        self.dbt("run", "--exclude", "config.materialized:view", *more)
        with ledger.warehouse(self.home) as con:
            con.execute("update ledger.batch set built_at = now()::timestamp")

    def sent_again(self, feed: str, change: Callable[[list[dict[str, str]]], None]) -> None:
        """The newest file of a company map, changed, under a newer date."""
        newest = max((self.home.landing / "company").glob(f"{feed}_*.csv"))
        rows = list(csv.DictReader(io.StringIO(newest.read_text())))
        names = list(rows[0])
        change(rows)
        text = io.StringIO()
        writer = csv.DictWriter(text, names)
        writer.writeheader()
        writer.writerows(rows)
        self.drop("company", f"{feed}_{LATE}.csv", text.getvalue())


def plain_night(house: House) -> None:
    """A day like others."""
    house.land(PLAIN, HISTORY)


def late_and_corrected(house: House) -> None:
    """The night on which a file comes late and another is corrected."""
    house.land(LATE, PLAIN)


def moved_by_hr(house: House) -> None:
    """HR records today that somebody has worked for another leader since the ninth."""
    columns = next(c for c in house.contracts if c.name == "sim_hr.employment").columns
    sent = ", ".join(f'"{c.name}" as "{c.parts[0].source}"' for c in columns)
    path = house.home.landing / "sim_hr" / f"job_records_{LATE:%Y%m%d}.r9.parquet"
    with duckdb.connect(str(house.home.warehouse), read_only=True) as con:
        con.execute(
            f"copy (with now_ as (select * from raw.sim_hr__employment where _is_current "
            f"and role = 'agent' and valid_to is null and not is_withdrawn and valid_from "
            f"< date '{CHANGED_FROM}'), moved as (select * replace (date '{CHANGED_FROM}' as "
            f"valid_from, timestamp '{LATE} 10:00:00' as recorded_at, (select max(leader_code) "
            f"from now_ as o where o.leader_code <> now_.leader_code) as leader_code) from now_ "
            f"order by agent_code limit 1) select {sent} from moved) to '{path}' (format parquet)"
        )
    house.take_in(LATE)


def changed_maps(house: House) -> None:
    """A queue changed hands on the ninth, and a login is of somebody else from then on."""

    def split(rows: list[dict[str, str]], **changed: str) -> None:
        old = rows[0]
        rows.append(old | {"valid_from": CHANGED_FROM} | changed)
        old["valid_to"] = CHANGED_FROM

    house.sent_again("queues", lambda rows: split(rows, line_of_business="sales"))
    house.sent_again("agents", lambda rows: split(rows, agent_id="E99999"))
    house.take_in(LATE)


def replayed(house: House) -> None:
    """The rule that kept rows in quarantine is taken back."""
    house.contracts = tuple(
        replace(c, rules=tuple(r for r in c.rules if r != LONG_IVR)) for c in house.contracts
    )
    with ledger.warehouse(house.home) as con:
        batch = ledger.open_batch(con, "replay", LATE)
    found = replay(house.home, house.contracts, through=LATE, batch_id=batch, feed="sim.contacts")
    assert sum(file.loaded_n for file in found) > 0, "nothing came back from quarantine"


def erased(house: House) -> None:
    """The agent with the fewest legs asks to be forgotten."""
    code = house.ask(
        "select agent_code from raw.sim__contact_legs where agent_code is not null "
        "group by 1 order by count(*), 1 limit 1"
    )[0][0]
    done = erase(house.home, house.contracts, Person("agent", code), "erase")
    assert done.rows_n > 0


CAUSES: tuple[tuple[Callable[[House], None], ...], ...] = (
    (plain_night,),
    (late_and_corrected,),
    # These reach back to dates of their own; one build takes them all.
    (moved_by_hr, changed_maps, replayed),
    (erased,),
)


@pytest.fixture(scope="module")
def houses(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """The warehouse after nights, and the same raw data built from scratch."""
    root = tmp_path_factory.mktemp("same_rows")
    house = House(root, SIMULATED.split(","))
    house.contracts = tuple(
        replace(c, rules=(*c.rules, LONG_IVR)) if c.name == "sim.contacts" else c
        for c in house.contracts
    )
    house.land(HISTORY)
    house.build()
    for causes in CAUSES:
        for cause in causes:
            cause(house)
        house.tables()
    by_nights = root / "by_nights.duckdb"
    by_nights.write_bytes(house.home.warehouse.read_bytes())
    house.tables("--full-refresh")
    return by_nights, house.home.warehouse


def test_rows_written_by_nights_equal_those_of_one_build(houses: tuple[Path, Path]) -> None:
    differing = {}
    with duckdb.connect() as con:
        for alias, path in zip(("nights", "once"), houses, strict=True):
            con.execute(f"attach '{path}' as {alias} (read_only)")
        tables = con.execute(
            "select schema_name, table_name from duckdb_tables() where database_name = 'once' "
            "and schema_name not in ('raw', 'ledger') order by all"
        ).fetchall()
        for schema, table in tables:
            pair = [f'select * from {alias}."{schema}"."{table}"' for alias in ("nights", "once")]
            sums = [
                con.execute(f"select count(*), sum(hash(t)) from ({rows}) as t").fetchone()
                for rows in pair
            ]
            if sums[0] != sums[1]:
                lacking = f"({pair[1]} except all {pair[0]}) limit 1"
                differing[f"{schema}.{table}"] = (*sums, con.execute(lacking).fetchone())
    assert len(tables) > 100
    assert differing == {}
