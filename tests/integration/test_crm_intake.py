"""What the simulated CRM drops is taken in whole, and exactly what was planted is turned away."""

import json
from collections import Counter
from datetime import date
from pathlib import Path

import pytest

import simulator
from ground.home import Home, sources_dir
from ingest.contracts.contract import load_contracts
from ingest.intake import ingest_feed, open_batch
from ingest.ledger import ledger

LAST = date(2026, 11, 21)


@pytest.fixture(scope="module")
def taken_in(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """Twenty days of a small centre, ingested and not built."""
    home = Home(tmp_path_factory.mktemp("crm"))
    simulator.drop(home.landing, agents=30, days=20)
    contracts = load_contracts(sources_dir(), ["sim", "sim_crm"])
    batch_id = open_batch(home, "test", LAST)
    for contract in contracts:
        if contract.system in ("company", "sim_crm") or contract.feed == "contacts":
            ingest_feed(home, contract, contracts, through=LAST, batch_id=batch_id)
    return home


def _rows(home: Home, sql: str) -> list[tuple]:  # type: ignore[type-arg]
    with ledger.warehouse(home) as con:
        return con.execute(sql).fetchall()


def _planted(home: Home) -> list[dict]:  # type: ignore[type-arg]
    text = (home.root / "simulator" / "manifest.json").read_text(encoding="utf-8")
    return [d for d in json.loads(text)["defects"] if d["file"].startswith("sim_crm/")]


def test_planted_defects_and_quarantine_agree_exactly(taken_in: Home) -> None:
    meant = Counter(
        (d["file"], row, d["rule"])
        for d in _planted(taken_in)
        if d["expected"] == "quarantined"
        for row in d["rows"]
    )
    assert len({rule for _, _, rule in meant}) > 5
    found = Counter(
        _rows(
            taken_in,
            "select 'sim_crm/' || file_name, row_number, rule from ledger.quarantine "
            "where system = 'sim_crm'",
        )
    )
    assert found == meant


def test_every_row_of_the_crm_is_accounted_for(taken_in: Home) -> None:
    files = _rows(
        taken_in,
        "select 'sim_crm/' || file_name, landed_n, loaded_n, quarantined_n, superseded_n, verdict "
        "from ledger.file where system = 'sim_crm'",
    )
    manifest = simulator.Manifest.read(taken_in.root / "simulator" / "manifest.json")
    assert manifest is not None
    dropped = {n: f.rows_n for n, f in manifest.files.items() if n.startswith("sim_crm/")}
    assert {row[0]: row[1] for row in files} == dropped
    for name, landed, loaded, quarantined, superseded, verdict in files:
        assert landed == loaded + quarantined + superseded, name
        assert verdict in ("loaded", "replaced", "empty"), name


def test_a_case_counts_once_as_it_stands_now(taken_in: Home) -> None:
    counted = _rows(
        taken_in,
        "select count(*), count(distinct case_id) from raw.sim_crm__cases where _is_current",
    )
    assert counted[0][0] == counted[0][1] > 100


def test_a_customer_has_one_pseudonym_in_telephony_and_crm(taken_in: Home) -> None:
    """Of cases opened from a call whose number was shown, nearly all name the caller."""
    ((linked, same),) = _rows(
        taken_in,
        "select count(*), count(*) filter (where c.customer_id = k.customer_id) "
        "from raw.sim_crm__cases as k join raw.sim__contacts as c using (contact_id) "
        "where k._is_current and c._is_current and c.customer_id is not null",
    )
    # One customer in fifty calls from abroad; the CRM's card has the number at home.
    assert linked > 100
    assert same > 0.95 * linked


def test_the_hidden_truth_lies_apart_and_knows_every_case(taken_in: Home) -> None:
    folder = taken_in.root / "simulator" / "crm"
    settled = {
        line.split(",")[0]: line.split(",")[3]
        for path in folder.glob("cases_*.csv")
        for line in path.read_text(encoding="utf-8").splitlines()[1:]
    }
    known = {row[0] for row in _rows(taken_in, "select case_id from raw.sim_crm__cases")}
    assert known <= settled.keys()
    assert 0.6 < Counter(settled.values())["true"] / len(settled) < 0.95
    assert not list(Path(taken_in.landing).rglob("*effect*"))
