"""What the people's systems drop is taken in whole, and exactly what was planted is turned away."""

from collections import Counter
from datetime import date, timedelta

import pytest

import simulator
from ground.home import Home, sources_dir
from ingest.contracts.contract import load_contracts
from ingest.intake import ingest_feed, open_batch
from ingest.ledger import ledger
from simulator.people.defects import KINDS

LAST = date(2026, 11, 21)
SYSTEMS = ("sim_hr", "sim_wfm", "sim_qa", "sim_people")
_LIST = ", ".join(f"'{system}'" for system in SYSTEMS)


@pytest.fixture(scope="module")
def taken_in(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """Ten days of a small centre and its two years of people, ingested and not built."""
    home = Home(tmp_path_factory.mktemp("people"))
    simulator.drop(home.landing, agents=60, days=10)
    contracts = load_contracts(sources_dir(), SYSTEMS)
    batch_id = open_batch(home, "test", LAST)
    for contract in contracts:
        ingest_feed(home, contract, contracts, through=LAST, batch_id=batch_id)
    return home


@pytest.fixture(scope="module")
def manifest(taken_in: Home) -> simulator.Manifest:
    found = simulator.Manifest.read(taken_in.root / "simulator" / "manifest.json")
    assert found is not None
    return found


def _rows(home: Home, sql: str) -> list[tuple]:  # type: ignore[type-arg]
    with ledger.warehouse(home) as con:
        return con.execute(sql).fetchall()


def _planted(manifest: simulator.Manifest, expected: str) -> Counter[tuple[str, int, str]]:
    return Counter(
        (defect.file, row, defect.rule)
        for defect in manifest.defects
        if defect.file.split("/")[0] in SYSTEMS and defect.expected == expected
        for row in defect.rows
    )


def test_planted_defects_and_quarantine_agree_exactly(taken_in, manifest):
    found = _rows(
        taken_in,
        "select system || '/' || file_name, row_number, rule from ledger.quarantine "
        f"where system in ({_LIST})",
    )
    meant = _planted(manifest, "quarantined")
    assert len({rule for _, _, rule in meant}) > 12
    assert Counter(found) == meant


def test_every_kind_of_defect_is_planted_somewhere(manifest):
    feed_of = {name: file.feed for name, file in manifest.files.items()}
    planted = {(feed_of[d.file], d.kind) for d in manifest.defects}
    # Absences of sixty people never fill a file large enough for a row of another date.
    missing = {(feed, kind) for feed, kinds in KINDS.items() for kind in kinds} - planted
    assert missing <= {("absences", "in_the_future")}


def test_every_row_is_accounted_for(taken_in, manifest):
    files = _rows(
        taken_in,
        "select system || '/' || file_name, landed_n, loaded_n, quarantined_n, superseded_n, "
        f"verdict from ledger.file where system in ({_LIST})",
    )
    dropped = {n: f.rows_n for n, f in manifest.files.items() if n.split("/")[0] in SYSTEMS}
    assert {row[0]: row[1] for row in files} == dropped
    for name, landed, loaded, quarantined, superseded, verdict in files:
        assert landed == loaded + quarantined + superseded, name
        assert verdict in ("loaded", "replaced", "empty"), name


def test_a_repeated_row_counts_once(taken_in, manifest):
    """Rows said to be repeats are superseded in a feed whose other rows never come again."""
    meant = sum(
        len(defect.rows)
        for defect in manifest.defects
        if defect.expected == "superseded" and defect.file.startswith("sim_people/pulse")
    )
    ((found,),) = _rows(
        taken_in,
        "select sum(superseded_n) from ledger.file where system = 'sim_people' and feed = 'pulse'",
    )
    assert found == meant > 0


def test_oddities_of_hr_are_kept_for_the_marts_to_name(taken_in, manifest):
    odd = _planted(manifest, "loaded")
    assert {rule for _, _, rule in odd} == {
        "two_leaders_on_one_day",
        "leader_of_himself",
        "hire_of_somebody_employed",
    }
    ((own,),) = _rows(
        taken_in,
        "select count(*) from raw.sim_hr__employment "
        "where _is_current and agent_code = leader_code",
    )
    assert own == sum(1 for _, _, rule in odd if rule == "leader_of_himself")


def test_the_last_nights_bring_nothing_bad(manifest):
    days = {manifest.files[d.file].arrives for d in manifest.defects if d.file[:4] == "sim_"}
    assert days
    assert max(days) <= str(LAST - timedelta(days=3))
