"""A day of telephony by hand: what a night is measured against.

    python -m benchmarks.plain duckdb|pandas|polars LANDING DAY OUT

Each way fills `contact`, `contact_leg`, `queue_half_hour` and `agent_day` of one day as Parquet,
from the simulator's telephony and company lists, by the same rules and to the same totals. Belongs
here: what the ways share, and plain.sql's run. Does not: pandas and Polars, which have their own
modules. None of them has contracts, quarantine, corrections, checks, history or publication.
"""

import hashlib
import sys
from importlib import import_module
from pathlib import Path

SCRIPT = Path(__file__).with_name("plain.sql")
TABLES = ("contact", "contact_leg", "queue_half_hour", "agent_day")
HALF_HOUR = ["client_id", "site_id", "queue_id", "time_zone", "half_hour"]
SHIFT = ["agent_id", "shift_date", "site_id"]
TOTALS = ["talk_s", "hold_s", "acw_s", "handle_s"]
STATES = {"available": "available_s", "on_contact": "on_contact_s", "acw": "acw_state_s",
          "break": "break_s", "lunch": "break_s", "training": "offline_s",
          "meeting": "offline_s", "coaching": "offline_s"}  # fmt: skip
FLAGS = {"is_offered": "offered_n", "is_answered_offered": "answered_n",
         "is_answered_within_threshold": "answered_within_threshold_n",
         "is_abandoned": "abandoned_n", "is_short_abandon": "short_abandoned_n",
         "is_answered": "handled_n", "is_transfer_out": "transfers_out_n"}  # fmt: skip
ABANDONED = ["abandoned_in_ivr", "abandoned_in_queue"]
PRIVATE = ["ani", "digits", "customer_name", "agent_note"]


def hashed(text: str) -> str:
    """What stands for a phone number: neither library has a hash of its own that would do."""
    return hashlib.sha256(text.encode()).hexdigest()


def fill(landing: Path, day: str, out: Path) -> None:
    """plain.sql, in memory."""
    import duckdb

    text = SCRIPT.read_text(encoding="utf-8")
    for name, value in {"landing": landing, "day": day, "out": out}.items():
        text = text.replace(f"${name}", str(value))
    with duckdb.connect() as con:
        con.execute("set TimeZone = 'UTC'")
        con.execute(f"set temp_directory = '{out}'")
        con.execute(text)


if __name__ == "__main__":
    way, landing, day, out = sys.argv[1:]
    Path(out).mkdir(parents=True, exist_ok=True)
    filler = fill if way == "duckdb" else import_module(f"benchmarks.plain_{way}").fill
    filler(Path(landing), day, Path(out))
