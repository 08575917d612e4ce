"""Rows per second of two real sources by contract, against DuckDB reading the same file.

    python -m benchmarks.sources [rows]

Writes a million Amazon Connect contact records and a million queue_log lines of Asterisk (other
numbers as the argument), takes each in as a night would, and lets DuckDB read the same file into a
table, only split into fields, without types, keys, maps or pseudonyms. Prints
a table; the results and the machine are in README.md. Files lie in a temporary directory.
"""

import sys
import tempfile
import time
from collections.abc import Callable
from datetime import date
from functools import partial
from pathlib import Path

import duckdb

from ground.home import CHECKOUT, Home
from ingest import intake
from ingest.contracts.contract import Contract, load_contracts

ROWS_N = 1_000_000
DAY = date(2026, 3, 10)
_SECOND = "timestamp '2026-03-10 00:00:00' + to_seconds(cast(n * 86000 / {rows} as bigint))"
_ISO = "strftime({at}, '%Y-%m-%dT%H:%M:%SZ')"

CONTACT_RECORDS = """
select
    'c' || n as "ContactId", null as "InitialContactId", 'VOICE' as "Channel",
    'INBOUND' as "InitiationMethod", {iso} as "InitiationTimestamp", {iso} as "DisconnectTimestamp",
    {iso} as "LastUpdateTimestamp", {{'Address': '+4420794' || lpad((n % 99999)::varchar, 5, '0'),
    'Type': 'TELEPHONE_NUMBER'}} as "CustomerEndpoint",
    {{'ARN': 'arn:aws:connect:eu-west-2:0:instance/i/queue/q' || n % 20, 'EnqueueTimestamp': {iso},
    'Duration': n % 300}} as "Queue",
    {{'ARN': 'arn:aws:connect:eu-west-2:0:instance/i/agent/a' || n % 500,
    'ConnectedToAgentTimestamp': {iso}, 'AgentInteractionDuration': n % 900,
    'CustomerHoldDuration': n % 60, 'NumberOfHolds': n % 3, 'AfterContactWorkDuration': n % 120}}
    as "Agent", {{'reason': 'r' || n % 50, 'text': repeat('x', 200)}} as "Attributes"
from range({rows}) as t (n)
"""
QUEUE_LOG = """
select
    epoch({second})::bigint || '|call' || n // 3 || '|q' || n % 20 || case n % 3
        when 0 then '|NONE|ENTERQUEUE||+4420794' || lpad((n % 99999)::varchar, 5, '0') || '|1'
        when 1 then '|a' || n % 500 || '|CONNECT|' || n % 300 || '|x|3'
        else '|a' || n % 500 || '|COMPLETECALLER|' || n % 300 || '|' || n % 900 || '|1'
    end as line
from range({rows}) as t (n)
"""
MAPS = {
    "clients": (
        "client_id,client_name,country_code,calling_code,trunk_prefix,international_prefix,"
        "valid_from,valid_to",
        ["acme,Acme,GB,44,0,00,1997-01-01,"],
    ),
    "sites": (
        "site_id,site_name,country_code,time_zone,shift_date_rule,valid_from,valid_to",
        ["main,Main,GB,Europe/London,start,1997-01-01,"],
    ),
    "queues": (
        "system,queue_code,queue_name,client_id,line_of_business,channel,language,"
        "service_level_threshold_s,short_abandon_s,valid_from,valid_to",
        [
            f"{system},q{n},Queue,acme,service,voice,en,20,5,1997-01-01,"
            for system in ("connect", "asterisk")
            for n in range(20)
        ],
    ),
}


def say(line: str) -> None:
    """A line of the table."""
    sys.stdout.write(line + "\n")


def _timed(work: Callable[[], object]) -> float:
    begin = time.perf_counter()
    work()
    return time.perf_counter() - begin


def _write(home: Home, rows_n: int) -> dict[str, Path]:
    second = _SECOND.format(rows=rows_n)
    files = {
        "connect.contact_records": home.landing / "connect" / f"contact_records_main_{DAY}.json",
        "asterisk.queue_log": home.landing / "asterisk" / f"queue_log_main_{DAY}",
    }
    company = home.landing / "company"
    for folder in (company, *(path.parent for path in files.values())):
        folder.mkdir(parents=True)
    for name, (header, rows) in MAPS.items():
        (company / f"{name}_1997-01-01.csv").write_text("\n".join([header, *rows]) + "\n")
    records = CONTACT_RECORDS.format(rows=rows_n, iso=_ISO.format(at=second))
    log = QUEUE_LOG.format(rows=rows_n, second=second)
    with duckdb.connect() as con:
        con.execute(f"copy ({records}) to '{files['connect.contact_records']}' (format json)")
        # Nothing of a line is quoted: it has neither commas nor quotes.
        con.execute(f"copy ({log}) to '{files['asterisk.queue_log']}' (format csv, header false)")
    return files


def _take_in(home: Home, contract: Contract, contracts: tuple[Contract, ...], batch: int) -> None:
    outcome = intake.ingest_feed(home, contract, contracts, through=DAY, batch_id=batch)
    assert outcome.quarantined_n == 0, contract.name


def _read_plainly(path: Path, database: Path) -> None:
    reader = (
        f"read_json('{path}', format='newline_delimited')"
        if path.suffix == ".json"
        else f"read_csv('{path}', delim='|', header=false, quote='', null_padding=true, "
        "all_varchar=true)"
    )
    with duckdb.connect(str(database)) as con:
        con.execute(f"create table plain as select * from {reader}")


def main(rows_n: int = ROWS_N) -> None:
    """Print rows per second of both ways, for both sources."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        home = Home(root / "home")
        files = _write(home, rows_n)
        contracts = load_contracts(CHECKOUT / "ingest" / "sources", ["connect", "asterisk"])
        batch = intake.open_batch(home, "benchmark", DAY)
        say("| source | rows | MB | by contract, rows/s | DuckDB alone, rows/s | times |")
        say("|---|---|---|---|---|---|")
        for contract in contracts:
            if contract.system == "company":
                _take_in(home, contract, contracts, batch)
        for contract in contracts:
            if contract.name not in files:
                continue
            path = files[contract.name]
            ours = _timed(partial(_take_in, home, contract, contracts, batch))
            plain = _timed(partial(_read_plainly, path, root / "plain.duckdb"))
            (root / "plain.duckdb").unlink()
            say(
                f"| {contract.name} | {rows_n:,} | {path.stat().st_size / 1e6:.0f} "
                f"| {rows_n / ours:,.0f} | {rows_n / plain:,.0f} | {ours / plain:.1f} |"
            )


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else ROWS_N)
