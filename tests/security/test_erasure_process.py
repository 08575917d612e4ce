"""An erasure ends when a search finds nothing, and takes nothing of other people with it."""

from ingest.ledger import ledger
from ingest.privacy import erasure
from ingest.privacy.person import Person, erase, ids_of, person_hash, still_held
from tests.unit.ingest.calls import CALLS, DAY, Centre, call, make_centre

ANA = Person("phone", "+34600999888")


def night_with_ana(tmp_path: object, *others: str) -> Centre:
    made = make_centre(tmp_path)  # type: ignore[arg-type]
    made.calls(*(call(f"a{n}", ani="600999888") for n in range(3)), *others)
    made.night()
    return made


def ids(made: Centre) -> list[str]:
    with ledger.warehouse(made.home) as con:
        return ids_of(con, made.home, ANA, made.contracts())


def test_a_search_finds_the_person_before_and_not_after(tmp_path: object) -> None:
    made = night_with_ana(tmp_path, call("b"))
    assert still_held(made.home, made.contracts(), ANA, ids(made)) == ["raw.acme__calls"]
    done = erase(made.home, made.contracts(), ANA, "erasure")
    assert (done.rows_n, done.files_n, done.waits_for) == (3, 1, ())
    assert still_held(made.home, made.contracts(), ANA, done.ids) == []
    assert made.ask("select count(*) from raw.acme__calls where _is_current") == [(4,)]


def test_no_free_block_of_the_warehouse_holds_the_person(tmp_path: object) -> None:
    made = make_centre(tmp_path)  # type: ignore[arg-type]
    made.calls(*(call(f"a{n}", ani=f"6{n:08}") for n in range(2_000)), call("ana", ani="600999888"))
    made.night()
    (known,) = made.ask("select customer_id from raw.acme__calls where call_id = 'ana'")[0]
    assert known.encode() in made.home.warehouse.read_bytes(), "or the search would prove nothing"
    done = erase(made.home, made.contracts(), ANA, "erasure")
    assert known in done.ids
    assert known.encode() not in made.home.warehouse.read_bytes()


def test_a_file_that_others_still_need_waits_and_the_erasure_stays_open(tmp_path: object) -> None:
    made = night_with_ana(tmp_path, call("b", wait="-1"))
    done = erase(made.home, made.contracts(), ANA, "erasure")
    assert done.files_n == 0
    (why,) = done.waits_for
    assert "1 entries in quarantine" in why
    assert (made.home.landing / "acme" / f"calls_north_{DAY}.csv").exists()
    assert erasure.is_open(made.home, person_hash(made.home, ANA))


def test_a_delivery_that_nobody_has_read_yet_is_not_removed(tmp_path: object) -> None:
    made = night_with_ana(tmp_path)
    path = made.calls(call("new"))
    done = erase(made.home, made.contracts(), ANA, "erasure")
    assert path.exists()
    assert "not read yet" in done.waits_for[0]
    assert made.night().loaded_n == 1


def test_customers_of_a_client_that_only_a_contract_names_are_reached(tmp_path: object) -> None:
    made = make_centre(tmp_path)  # type: ignore[arg-type]
    look = "client: {map: company.lines, match: {line: line}, value: client_id}"
    made.contract(CALLS.replace(look, "client: nowhere_listed"))
    made.calls(call("a", ani="+34600999888"))
    made.night()
    assert erase(made.home, made.contracts(), ANA, "erasure").rows_n == 1
