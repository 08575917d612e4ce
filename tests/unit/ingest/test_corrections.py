"""Late and corrected data is normal: what counts does not depend on the order of arrival."""

from datetime import timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ingest.ledger import ledger, quarantine
from tests.unit.ingest.calls import CALLS, DAY, HEADER, Centre, call


def test_the_same_file_again_changes_nothing(centre: Centre) -> None:
    path = centre.calls(call("a"), call("b"))
    centre.night()
    path.touch()
    outcome = centre.night()
    assert outcome.files == ()
    assert centre.ask("select count(*) from ledger.batch") == [(1,)], "a retry leaves no batch"


def test_the_same_bytes_under_another_name_change_nothing(centre: Centre) -> None:
    centre.calls(call("a"), call("b"))
    centre.night()
    rows = [HEADER, call("a"), call("b")]
    centre.drop(f"calls_north_{DAY}.r1.csv", "\n".join(rows) + "\n")
    (file,) = centre.night().files
    assert (file.verdict, file.landed_n, file.superseded_n) == ("unchanged", 2, 2)
    assert centre.loaded() == ["a", "b"]
    assert centre.touched() == []


def test_a_correction_replaces_its_file_and_touches_the_dates_it_moved_from_and_to(
    centre: Centre,
) -> None:
    centre.calls(call("a", at="00:30:00"), call("b"))
    centre.night()
    centre.calls(call("a", at="02:30:00"), revision=2)
    outcome = centre.night()
    assert centre.loaded() == ["a"]
    assert (outcome.loaded_n, outcome.superseded_n) == (1, 0)
    assert centre.touched() == ["2026-03-09", "2026-03-10"], (
        "half past midnight in Madrid is UTC's day before"
    )
    assert centre.ask(
        "select verdict, loaded_n, superseded_n from ledger.file "
        "where feed = 'calls' order by file_id"
    ) == [("replaced", 0, 2), ("loaded", 1, 0)]


def test_the_first_version_that_arrives_last_changes_nothing(centre: Centre) -> None:
    centre.calls(call("a", wait="2"), revision=2)
    centre.night()
    centre.calls(call("a", wait="1"), call("b"))
    centre.night()
    assert centre.ask("select wait_s from raw.acme__calls where _is_current") == [(2,)]


def test_a_late_file_touches_only_its_own_dates(centre: Centre) -> None:
    centre.calls(call("b"))
    centre.night()
    late = DAY - timedelta(7)
    centre.calls(call("a", start=f"{late}T10:00:00+01:00"), day=late)
    centre.night(DAY + timedelta(1))
    assert centre.touched() == [str(late)]
    assert centre.loaded() == ["a", "b"]


def test_by_key_the_newest_delivery_counts_and_the_older_row_is_kept(centre: Centre) -> None:
    by_key = CALLS.replace("replaces: file", "replaces: key").replace(
        "before_days: 0", "before_days: 5"
    )
    centre.contract(by_key)
    centre.calls(call("a", wait="1"), call("b"))
    centre.calls(call("a", wait="9"), day=DAY + timedelta(1))
    centre.night(DAY + timedelta(1))
    assert centre.ask(
        "select wait_s, _is_current from raw.acme__calls where call_id = 'a' order by 1"
    ) == [
        (1, False),
        (9, True),
    ]


def test_at_least_once_delivery_keeps_the_last_update(centre: Centre) -> None:
    events = CALLS.replace("key: [call_id]", "key: [call_id]\nlatest_by: ended_at")
    centre.contract(events)
    centre.calls(
        call("a", end=f"{DAY}T09:30:00+01:00", wait="3"),
        call("a", end=f"{DAY}T09:10:00+01:00", wait="1"),
    )
    outcome = centre.night()
    assert (outcome.loaded_n, outcome.superseded_n, outcome.quarantined_n) == (1, 1, 0)
    assert centre.ask("select wait_s from raw.acme__calls where _is_current") == [(3,)]


def test_after_a_mended_contract_a_replay_brings_the_rows_back(centre: Centre) -> None:
    centre.calls(*(call(f"c{n}") for n in range(20)), call("x", wait="-1"))
    centre.night()
    assert centre.quarantined() == [(21, "wait_s", "range")]
    centre.contract(CALLS.replace("min: 0, ", ""))
    contracts = centre.contracts()
    quarantine.replay(centre.home, contracts, through=DAY, batch_id=1)
    assert centre.quarantined() == []
    assert len(centre.loaded()) == 21
    with ledger.warehouse(centre.home) as con:
        assert ledger.accounting_violations(con) == []


@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
@given(order=st.permutations(range(4)))
def test_any_order_of_arrival_ends_in_the_same_rows(
    tmp_path_factory: object, order: list[int]
) -> None:
    import pytest

    from tests.unit.ingest.calls import make_centre

    assert isinstance(tmp_path_factory, pytest.TempPathFactory)
    made = make_centre(tmp_path_factory.mktemp("order"))
    made.contract(CALLS.replace("before_days: 0", "before_days: 5"))
    next_day = DAY + timedelta(1)
    drops = [
        lambda: made.calls(call("a", wait="1"), call("b", wait="1")),
        lambda: made.calls(call("a", wait="2"), revision=2),
        lambda: made.calls(call("b", wait="3"), call("c"), day=next_day),
        lambda: made.calls(call("c", wait="4"), day=next_day, revision=2),
    ]
    for n in order:
        drops[n]()
        made.night(next_day)
    assert made.ask("select call_id, wait_s from raw.acme__calls where _is_current order by 1") == [
        ("a", 2),
        ("c", 4),
    ]
