"""Terms are applied to landing, raw and quarantine; a person can be found and erased."""

from datetime import date, timedelta

from ingest.ledger import ledger
from ingest.privacy.person import Person, access, erase
from ingest.privacy.retention import apply_terms
from tests.unit.ingest.calls import CALLS, DAY, Centre, call

PHONE = Person("phone", "+34600111222")
TERMS = "retention: {raw_days: 10, landing_days: 5, quarantine_days: 20}"


def test_what_is_past_its_term_goes_and_the_account_stays_closed(centre: Centre) -> None:
    centre.contract(CALLS.replace("retention: {raw_days: 400}", TERMS))
    path = centre.calls(call("a"), call("b"), call("c", end=f"{DAY}T08:00:00+01:00"))
    centre.night()
    today = date.today()

    assert apply_terms(centre.home, centre.contracts(), DAY + timedelta(10)) == []
    assert path.exists(), "taken in a moment ago"

    (removed,) = apply_terms(centre.home, centre.contracts(), today + timedelta(30))
    assert (removed.files_n, removed.rows_n, removed.quarantined_n) == (1, 2, 1)
    assert not path.exists()
    assert centre.loaded() == []
    assert centre.ask("select raw_text, rule from ledger.quarantine") == [
        (None, "end_before_start")
    ]
    account = "select landed_n, loaded_n, quarantined_n, superseded_n, expired_n from ledger.file"
    assert centre.ask(f"{account} where feed = 'calls'") == [(3, 0, 1, 0, 2)]
    with ledger.warehouse(centre.home) as con:
        assert ledger.accounting_violations(con) == []
    places = centre.ask("select place, rows_n, files_n from ledger.removal order by 1")
    assert places == [("landing", 0, 1), ("quarantine", 1, 0), ("raw", 2, 0)]
    assert apply_terms(centre.home, centre.contracts(), today + timedelta(30)) == []


def test_a_file_that_waits_is_never_removed(centre: Centre) -> None:
    centre.contract(CALLS.replace("retention: {raw_days: 400}", TERMS))
    path = centre.calls(call("a"))
    assert apply_terms(centre.home, centre.contracts(), date.today() + timedelta(99)) == []
    assert path.exists()


def test_a_whole_list_keeps_what_holds_however_old(centre: Centre) -> None:
    centre.calls(call("a"))
    centre.night()
    apply_terms(centre.home, centre.contracts(), date.today() + timedelta(5000))
    assert centre.ask("select count(*) from raw.company__lines where _is_current") == [(2,)]


def test_a_person_is_told_what_is_held_and_is_then_forgotten(centre: Centre) -> None:
    path = centre.calls(call("a"), call("b", ani="+34600999888"), call("d", line="200"))
    centre.night()
    contracts = centre.contracts()
    told = access(centre.home, contracts, PHONE)
    assert [row["call_id"] for row in told if row["feed"] != "landing"] == ["a", "d"]
    assert [row["verdict"] for row in told if row["feed"] == "landing"] == ["loaded"]

    erased = erase(centre.home, contracts, PHONE, "test")

    assert (erased.rows_n, erased.files_n) == (2, 1)
    assert not path.exists()
    assert access(centre.home, contracts, PHONE) == []
    ids = centre.ask("select call_id, customer_id is null from raw.acme__calls order by 1")
    assert ids == [("a", True), ("b", False), ("d", True)], "the calls stay, without whose"
    assert centre.touched() == [str(DAY)]
    whys = "select why, rows_n, person_hash is not null from ledger.removal order by removed_at"
    assert centre.ask(whys) == [("access", 2, True), ("erasure", 2, True), ("access", 0, True)]
    assert centre.night().files == (), "nothing brings the person back"
    assert b"600111222" not in centre.home.warehouse.read_bytes()
