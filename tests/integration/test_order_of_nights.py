"""What is published follows from what landed, not from when or where it was taken in."""

from datetime import timedelta
from pathlib import Path

import duckdb

from ingest.home import Home
from publish import snapshot
from tests.centre import Centre


def differing(one: Home, other: Home) -> set[str]:
    """Published tables whose rows are not the same.

    Less the number that a file got as it came in, and the tables of trust, which tell the time.
    """
    now = snapshot.current(one)
    assert now is not None
    found = set()
    with duckdb.connect() as con:
        for alias, home in (("one", one), ("other", other)):
            served = home.published / "current" / "serve.duckdb"
            con.execute(f"attach '{served}' as {alias} (read_only)")
        for name in now["tables"]:
            rows = [
                f"select columns(c -> c <> 'file_id') from {alias}.{name}"
                for alias in ("one", "other")
            ]
            for left, right in (rows, rows[::-1]):
                if con.execute(f"({left}) except all ({right}) limit 1").fetchall():
                    found.add(name)
    return {name for name in found if not name.startswith("trust.")}


def test_nights_in_another_order_and_in_another_home_publish_the_same_rows(
    after_corrected_night: Path, centre: Centre
) -> None:
    """One home had a day and the next; the other has the later day's files a night earlier."""
    first, second = (centre.last_day - timedelta(days=ago) for ago in (2, 1))
    in_order = Home(after_corrected_night)

    assert centre.night(second).status == "published"
    assert "interaction.contact" in differing(in_order, centre.home)
    assert centre.night(first).status == "published"

    assert differing(in_order, centre.home) == set()
