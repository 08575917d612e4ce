"""A centre of one site and one feed, small enough to read whole."""

import gzip
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from ground.home import Home
from ingest import intake as night
from ingest.contracts.contract import Contract, load_contracts
from ingest.intake import FeedOutcome
from ingest.ledger import ledger

CALLS = """
system: acme
feed: calls
fills: [contacts]
description: One row per call.
source: invented for tests
file: {pattern: "calls_{site}_{extract_date}[.r{revision}].csv[.gz]", format: csv}
delivery: increment
correction: {replaces: file}
key: [call_id]
event_at: started_at
extract_window: {before_days: 0, after_days: 0}
time_zone: {map: company.sites, match: {site_id: site_id}, value: time_zone}
client: {map: company.lines, match: {line: line}, value: client_id}
freshness: {late_after_hours: 30}
retention: {raw_days: 400}
maps:
  - {column: line, map: company.lines, key: line}
columns:
  - {name: call_id, type: text, required: true, description: "Id."}
  - {name: site_id, from: file.site, type: text, required: true, description: "Site."}
  - {name: line, type: text, description: "Dialled line."}
  - {name: customer_id, from: ani, type: text, class: phone, description: "Caller."}
  - {name: started_at, type: timestamp, required: true, description: "Start."}
  - {name: ended_at, type: timestamp, description: "End."}
  - {name: wait_s, type: integer, unit: s, min: 0, description: "Wait."}
rules:
  - id: end_before_start
    check: "ended_at >= started_at"
    reason: "a call cannot end before it starts"
"""
MAPS = {
    "sites": ["site_id", "time_zone"],
    "lines": ["line", "client_id"],
    "clients": ["client_id", "calling_code", "trunk_prefix", "international_prefix"],
}
HEADER = "call_id,line,ani,started_at,ended_at,wait_s"
DAY = date(2026, 3, 10)


def map_contract(name: str, columns: list[str]) -> str:
    """A company map with dated rows."""
    kinds = {"time_zone": "time_zone"}
    lines = "\n".join(
        f'  - {{name: {c}, type: {kinds.get(c, "text")}, description: "{c}."}}' for c in columns
    )
    return f"""
system: company
feed: {name}
fills: []
description: Map {name}.
source: invented for tests
file: {{pattern: "{name}_{{extract_date}}.csv", format: csv}}
delivery: full
time_zone: UTC
columns:
{lines}
  - {{name: valid_from, type: date, description: "From."}}
  - {{name: valid_to, type: date, description: "To."}}
"""


@dataclass
class Centre:
    """The test's centre: drop files, run nights, ask the warehouse."""

    home: Home
    sources: Path
    systems: tuple[str, ...] = ("acme",)

    def contract(self, text: str, feed: str = "calls") -> None:
        """Write the contract of the feed."""
        folder = self.sources / "acme"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{feed}.yml").write_text(text)

    def contracts(self) -> tuple[Contract, ...]:
        """Contracts as they now stand."""
        return load_contracts(self.sources, self.systems)

    def drop(self, name: str, text: str | bytes, system: str = "acme") -> Path:
        """Drop a file into landing; `.gz` names are compressed."""
        path = self.home.landing / system / name
        path.parent.mkdir(parents=True, exist_ok=True)
        data = text.encode() if isinstance(text, str) else text
        path.write_bytes(gzip.compress(data, mtime=0) if name.endswith(".gz") else data)
        return path

    def calls(self, *rows: str, day: date = DAY, site: str = "north", revision: int = 1) -> Path:
        """Drop one extract of calls."""
        tail = "" if revision == 1 else f".r{revision}"
        name = f"calls_{site}_{day}{tail}.csv"
        return self.drop(name, "\n".join([HEADER, *rows]) + "\n")

    def night(self, through: date = DAY) -> FeedOutcome:
        """Take in everything; gives the outcome of the calls."""
        contracts = self.contracts()
        batch = night.open_batch(self.home, "test", through)
        outcomes = [
            night.ingest_feed(self.home, c, contracts, through=through, batch_id=batch)
            for c in contracts
        ]
        night.close_batch(self.home, batch)
        with ledger.warehouse(self.home) as con:
            assert ledger.accounting_violations(con) == []
        return outcomes[-1]

    def ask(self, sql: str, *values: Any) -> list[tuple[Any, ...]]:
        """Rows of a query on the warehouse."""
        with ledger.warehouse(self.home) as con:
            return con.execute(sql, list(values)).fetchall()

    def loaded(self) -> list[str]:
        """Ids of the calls that count, in order."""
        rows = self.ask("select call_id from raw.acme__calls where _is_current order by 1")
        return [row[0] for row in rows]

    def quarantined(self) -> list[tuple[Any, ...]]:
        """Open entries: row number, column, rule."""
        return self.ask(
            f"select row_number, column_name, rule from ({ledger.OPEN_QUARANTINE}) "
            "order by file_id, row_number"
        )

    def touched(self) -> list[str]:
        """Dates that the newest batch touched."""
        rows = self.ask(
            "select distinct event_date from raw.touched where batch_id = "
            "(select max(batch_id) from ledger.batch) order by 1"
        )
        return [str(row[0]) for row in rows]


def call(n: str, at: str = "09:00:00", **values: str) -> str:
    """One call of DAY as a CSV line."""
    start = values.get("start", f"{DAY}T{at}+01:00")
    return ",".join(
        [
            n,
            values.get("line", "100"),
            values.get("ani", "+34600111222"),
            start,
            values.get("end", start),
            values.get("wait", "5"),
        ]
    )


def make_centre(tmp_path: Path) -> Centre:
    """One site in Madrid, two lines of two clients."""
    made = Centre(Home(tmp_path / "home"), tmp_path / "sources")
    made.contract(CALLS)
    folder = made.sources / "company"
    folder.mkdir(parents=True)
    for name, columns in MAPS.items():
        (folder / f"{name}.yml").write_text(map_contract(name, columns))
    made.drop(
        "sites_2026-01-01.csv",
        "site_id,time_zone,valid_from,valid_to\nnorth,Europe/Madrid,2026-01-01,\n",
        "company",
    )
    made.drop(
        "lines_2026-01-01.csv",
        "line,client_id,valid_from,valid_to\n100,alba,2026-01-01,\n200,brisa,2026-01-01,\n",
        "company",
    )
    made.drop(
        "clients_2026-01-01.csv",
        "client_id,calling_code,trunk_prefix,international_prefix,valid_from,valid_to\n"
        "alba,34,,00,2026-01-01,\nbrisa,34,,00,2026-01-01,\n",
        "company",
    )
    return made
