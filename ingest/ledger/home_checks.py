"""Is this still the home that it was? A night asks before it changes anything.

Belongs here: the master key and the landing folder against what the ledger remembers. Does not:
systems and instances (`systems.py`).
"""

import os

import duckdb

from ground.home import Home
from ingest.errors import IngestError
from ingest.privacy.pseudonym import fingerprint, master_key
from ingest.read.landing import walk


class HomeChangedError(IngestError):
    """Part of the home is gone or another one's; the message says how to bring it back."""


def refuse_other_key(con: duckdb.DuckDBPyConnection, home: Home) -> None:
    """Refuse a key that did not make the pseudonyms of this home: everybody would be a stranger.

    Notes the key of a home that has none noted yet. Raises HomeChangedError.
    """
    noted = con.execute("select fingerprint, noted_at from ledger.master_key").fetchone()
    given = os.environ.get("HEADSET_MASTER_KEY")
    path = home.keys / "master.key"
    where = "HEADSET_MASTER_KEY" if given else str(path)
    if not given and not path.exists():
        if not noted and not _taken(con):
            return
        raise HomeChangedError(
            f"{path} is gone, and the pseudonyms of this home were made with it: put its copy back "
            "(with a new key no customer would be recognised again). Nothing was changed"
        )
    key = master_key(home.keys)
    if noted and noted[0] != fingerprint(key):
        raise HomeChangedError(
            f"{where} is another key than the one that made this home's pseudonyms since "
            f"{noted[1]:%Y-%m-%d}: put that one back (no customer would be recognised again). "
            "Nothing was changed"
        )
    if not noted and _taken(con):
        note_key(con, key)


def note_key(con: duckdb.DuckDBPyConnection, key: bytes) -> None:
    """Note which key makes the pseudonyms of this home, once."""
    con.execute(
        "insert into ledger.master_key select ?, now()::timestamp "
        "where not exists (from ledger.master_key)",
        [fingerprint(key)],
    )


def refuse_empty_landing(con: duckdb.DuckDBPyConnection, home: Home) -> None:
    """Refuse a landing folder without a single file that once had some. Raises HomeChangedError.

    Terms of retention leave the company's lists for a year and more, so it is never empty.
    """
    taken_n = _taken(con)
    if taken_n and next(walk(home.landing), None) is None:
        raise HomeChangedError(
            f"{home.landing} holds no file, though {taken_n:,} were taken in from it: is it "
            "mounted? Nothing was changed"
        )


def _taken(con: duckdb.DuckDBPyConnection) -> int:
    """Files of this home that count."""
    row = con.execute("select count(*) from ledger.file where verdict = 'loaded'").fetchone()
    return int(row[0]) if row else 0
