"""One row of the campaign: a home, a mistake, a night, what readers saw, and the night after."""

import hashlib
import re
import shutil
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path

import duckdb

from ground.home import Home
from ingest.ledger.ledger import accounting_violations
from orchestration.cli import expected_errors
from tests.centre import Centre

Offered = dict[str, dict[str, int]]


@dataclass
class Case:
    """A home of its own, on the eve of a night whose files have come."""

    centre: Centre
    environment: Callable[[str, str | None], None]
    arrived: Path
    kept: dict[Path, bytes] = field(default_factory=dict)

    @property
    def home(self) -> Home:
        return self.centre.home

    @property
    def day(self) -> date:
        """The extract date of the night."""
        return self.centre.last_day - timedelta(days=2)

    def drop(self) -> None:
        """The files of the night."""
        shutil.copytree(self.arrived, self.home.landing, dirs_exist_ok=True)

    def file(self, name: str = "sim/contacts_halifax_{day}.csv.gz") -> Path:
        """A landed file of the night."""
        return self.home.landing / name.format(day=self.day)

    def newest(self, pattern: str) -> Path:
        """The newest landed file that a pattern matches, such as `company/agents_*.csv`."""
        return max(self.home.landing.glob(pattern))

    def take(self, path: Path) -> bytes:
        """The content of a file, kept so that it can be put back."""
        self.kept.setdefault(path, path.read_bytes())
        return self.kept[path]

    def put_back(self) -> None:
        """Every file that was taken, as it was."""
        for path, content in self.kept.items():
            if path.is_symlink() or path.is_file():
                path.unlink()
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
            path.chmod(0o600)


@dataclass(frozen=True)
class Mistake:
    """What somebody does, how the night ends, what it has to say, and how it is mended.

    ends: `refused` before anything is done, or the status of the night. says: a pattern of the one
    sentence. quick: part of the tests of every day.
    """

    name: str
    do: Callable[[Case], None]
    ends: str
    says: str
    mend: Callable[[Case], None] = Case.put_back
    quick: bool = False
    is_test: bool = field(default=True, repr=False)


@dataclass
class Told:
    """What came of a row."""

    name: str
    ended: str = ""
    said: str = ""
    lost_n: int = 0
    wrong: list[str] = field(default_factory=list)
    unserved_n: int = 0
    reads_n: int = 0
    recovered: str = ""

    @property
    def faults(self) -> list[str]:
        """Sentences on everything that should not be."""
        out = [f"{self.lost_n} files whose rows do not add up"] * bool(self.lost_n)
        out += [f"published wrong: {one}" for one in self.wrong]
        out += [f"{self.unserved_n} of {self.reads_n} reads failed"] * bool(self.unserved_n)
        return out


# What came of the rows of this run, for the table at its end.
ROWS: list[Told] = []


class Readers:
    """Somebody who asks the served snapshot all the time, as a BI tool does."""

    def __init__(self, home: Home) -> None:
        self.home, self.reads_n, self.failed_n = home, 0, 0
        self._end = threading.Event()
        self._thread = threading.Thread(target=self._read, daemon=True)

    def __enter__(self) -> "Readers":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._end.set()
        self._thread.join()

    def _read(self) -> None:
        while not self._end.wait(0.25):
            self.reads_n += 1
            try:
                offered(self.home)
            except (duckdb.Error, OSError):
                self.failed_n += 1


def served(home: Home) -> Path:
    """The database that readers open, by its own folder."""
    return (home.published / "current").resolve() / "serve.duckdb"


def offered(home: Home) -> Offered:
    """Contacts by client and date, as readers see them."""
    found: Offered = {}
    with duckdb.connect(str(served(home)), read_only=True) as con:
        for client, day, n in con.execute(
            "select client_id, site_date::varchar, count(*) from interaction.contact group by all"
        ).fetchall():
            found.setdefault(client, {})[day] = n
    return found


def wrong(now: Offered, *right: Offered) -> list[str]:
    """Clients that readers see otherwise than in any of the right states."""
    return [
        f"contacts of {client}"
        for client in sorted(set().union(*right))
        if client != "unmapped" and now.get(client) not in [one.get(client) for one in right]
    ]


def night(case: Case, told: Told) -> str:
    """One night; how it ended, and all that it said."""
    from orchestration.run.night import run_night

    try:
        summary = run_night(case.home, case.day, case.day)
    except expected_errors() as error:
        told.said = str(error)
        return "refused"
    refused = [why for feed in summary.feeds for _, why in feed.rejected]
    told.said = "\n".join([summary.error or "", *summary.failing, *refused, *summary.told])
    return summary.status


def lost(home: Home) -> int:
    """Files of the ledger whose rows do not add up."""
    with duckdb.connect(str(home.warehouse), read_only=True) as con:
        return len(accounting_violations(con))


def state_of(home: Home) -> str:
    """A fingerprint of everything that a refused night must leave as it was."""
    digest = hashlib.sha256((home.published / "history.jsonl").read_bytes())
    with duckdb.connect(str(home.warehouse), read_only=True) as con:
        for sql in (
            # Less what the file system says of a file: a copy has times and places of its own.
            "select * exclude (size_bytes, modified_ns, changed_ns, inode) from ledger.file "
            "order by file_id",
            "select max(batch_id), count(*) from ledger.batch",
            "select count(*) from raw.touched",
        ):
            digest.update(repr(con.execute(sql).fetchall()).encode())
    return digest.hexdigest()


def run(case: Case, mistake: Mistake, before: Offered, after: Offered) -> Told:
    """The whole row. A refused night that left the home as it was needs no night after it."""

    told = Told(mistake.name)
    case.drop()
    was = state_of(case.home)
    mistake.do(case)
    with Readers(case.home) as readers:
        told.ended = night(case, told)
        if told.ended != "refused":
            told.wrong = wrong(offered(case.home), before, after)
        mistake.mend(case)
        told.lost_n = lost(case.home)
        if told.ended == "refused":
            told.recovered = "untouched" if state_of(case.home) == was else "changed"
        else:
            again = Told(mistake.name)
            told.recovered = night(case, again)
            told.wrong += [
                f"{one}, after it was mended" for one in wrong(offered(case.home), after)
            ]
            told.lost_n += lost(case.home)
    told.unserved_n, told.reads_n = readers.failed_n, readers.reads_n
    return told


def says(mistake: Mistake, told: Told) -> bool:
    """Whether the night said what it has to say."""
    return re.search(mistake.says, told.said, re.IGNORECASE | re.DOTALL) is not None
