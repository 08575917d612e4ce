"""A person's erasure runs over everything that is kept, snapshots included."""

import csv
import gzip
import json

import duckdb
from click.testing import CliRunner

from ingest.privacy.person import Person, ids_of
from orchestration.cli import cli
from publish import snapshot_store
from tests.centre import Centre


def a_caller(centre: Centre) -> str:
    """A number with country code that some landed contact came from."""
    for path in sorted((centre.home.landing / "sim").rglob("contacts_*.csv.gz")):
        with gzip.open(path, "rt", encoding="utf-8") as file:
            for row in csv.DictReader(file):
                if row["ani"].startswith("+") and len(row["ani"]) > 10:
                    return row["ani"]
    raise AssertionError("nobody signalled an international number")


def test_an_erased_customer_is_in_no_row_no_file_and_no_snapshot(centre: Centre) -> None:
    home, phone = centre.home, a_caller(centre)
    with duckdb.connect(str(home.warehouse)) as con:
        from ingest.privacy.pseudonym import MACROS

        con.execute(MACROS)
        ids = ids_of(con, home, Person("phone", phone))
    published = "select count(*), count(*) filter (customer_id in ({})) from interaction.contact"
    question = published.format(", ".join(f"'{one}'" for one in ids))

    def served() -> tuple[int, int]:
        path = home.published / "current" / "serve.duckdb"
        with duckdb.connect(str(path), read_only=True) as con:
            row = con.execute(question).fetchone()
        assert row is not None
        return row

    contacts_n, theirs_n = served()
    assert theirs_n > 0
    told = CliRunner().invoke(cli, ["access", "--phone", phone, "--format", "json"])
    assert told.exit_code == 0, told.output
    assert len(json.loads(told.stdout)) >= theirs_n

    done = CliRunner().invoke(cli, ["erase", "--phone", phone, "--yes"])

    assert done.exit_code == 0, done.output
    assert served() == (contacts_n, 0), "the contacts stay, nobody's"
    with duckdb.connect(str(home.warehouse), read_only=True) as con:
        (waiting,) = con.execute(
            "select arg_max(waits_for, noted_at) from ledger.erasure"
        ).fetchall()[0]
    for reason in filter(None, waiting.split("; ")):
        # A file goes unless it holds rows of others; one that nobody can read is named.
        assert "in quarantine" in reason or "cannot be searched" in reason
        assert reason.split(" ")[1] in done.output.replace("\n", " ")
    assert len(snapshot_store.ids(home)) == 1, "no older snapshot is left to read or to go back to"
    told = CliRunner().invoke(cli, ["access", "--phone", phone, "--format", "json"])
    for row in json.loads(told.stdout):
        assert row["feed"] == "landing", "no row of raw is theirs"
        assert row["file"].rpartition("/")[2] in waiting, "and no file that was not named"
    with duckdb.connect(str(home.warehouse), read_only=True) as con:
        whys = con.execute("select why, person_hash from ledger.removal order by removed_at")
        rows = whys.fetchall()
    assert [why for why, _ in rows] == ["access", "erasure", "access"]
    assert len({who for _, who in rows}) == 1
    assert phone not in str(rows)
