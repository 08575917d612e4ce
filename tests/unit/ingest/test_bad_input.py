"""Bad input gets a clear error, the account closes, and the rest of the night goes on."""

import gzip
from datetime import date, timedelta

import pytest

from ingest import intake
from ingest.errors import WarehouseError
from ingest.ledger import ledger
from tests.unit.ingest.calls import CALLS, DAY, HEADER, Centre, call


def test_a_truncated_gzip_is_refused_and_its_resent_copy_loads(centre: Centre) -> None:
    whole = gzip.compress(("\n".join([HEADER, *map(str, map(call, "abcdefgh"))]) + "\n").encode())
    path = centre.home.landing / "acme" / f"calls_north_{DAY}.csv.gz"
    path.parent.mkdir(parents=True)
    path.write_bytes(whole[: len(whole) // 2])

    (file,) = centre.night().files
    assert file.verdict == "rejected"
    assert file.reason is not None
    assert "cut short" in file.reason
    assert "ask for the file again" in file.reason
    assert centre.loaded() == []

    path.write_bytes(whole)
    assert centre.night().loaded_n == 8


def test_an_empty_file_is_noted_and_harms_nothing(centre: Centre) -> None:
    centre.drop(f"calls_north_{DAY}.csv", "")
    (file,) = centre.night().files
    assert (file.verdict, file.landed_n) == ("empty", 0)


def test_a_header_alone_replaces_nothing(centre: Centre) -> None:
    centre.calls(call("a"))
    centre.night()
    centre.calls(revision=2)
    (file,) = centre.night().files
    assert (file.verdict, file.landed_n) == ("empty", 0)
    assert centre.loaded() == ["a"]


def test_a_missing_required_column_rejects_the_file_and_names_what_it_has(centre: Centre) -> None:
    centre.drop(f"calls_north_{DAY}.csv", "call_id,line\na,100\n")
    (file,) = centre.night().files
    assert file.verdict == "rejected"
    assert file.reason is not None
    assert "'started_at'" in file.reason
    assert "call_id, line" in file.reason


def test_a_new_column_is_reported_and_stays_out(centre: Centre) -> None:
    centre.drop(f"calls_north_{DAY}.csv", f"{HEADER},mood\n{call('a')},cheerful\n")
    assert centre.night().loaded_n == 1
    assert centre.ask("select unlisted_columns from ledger.file where feed = 'calls'") == [
        ("7 (xxxx)",)
    ]
    columns = [row[0] for row in centre.ask("describe raw.acme__calls")]
    assert "mood" not in columns


def test_a_changed_type_stops_the_feed_and_says_which_column(centre: Centre) -> None:
    rows = [call(f"c{n}", wait="five") for n in range(20)]
    centre.calls(*rows)
    outcome = centre.night()
    assert outcome.files[0].verdict == "rejected"
    assert outcome.stopped is not None
    assert "wait_s: xxxx is no integer" in outcome.stopped
    assert "20 of 20 rows" in outcome.stopped
    assert outcome.quarantined_n == 20


def test_malformed_rows_in_the_middle_lose_only_themselves(centre: Centre) -> None:
    good = [call(f"c{n:02}") for n in range(9)]
    lines = [*good[:3], "c90,too few", *good[3:6], call("c91") + ",too,many", *good[6:]]
    centre.calls(*lines)
    outcome = centre.night()
    assert (outcome.landed_n, outcome.loaded_n) == (11, 9)
    assert centre.quarantined() == [(4, None, "malformed"), (8, None, "malformed")]
    numbers = centre.ask("select call_id, _row_number from raw.acme__calls order by 2")
    assert [row[1] for row in numbers] == [1, 2, 3, 5, 6, 7, 9, 10, 11]


def test_an_unclosed_quote_does_not_swallow_the_next_good_row(centre: Centre) -> None:
    lines = [call("a"), 'b,"100,no end', call("c"), call("d")]
    centre.calls(*lines)
    assert centre.night().loaded_n == 3
    assert centre.loaded() == ["a", "c", "d"]
    assert centre.quarantined() == [(2, None, "malformed")]


def test_beside_an_unclosed_quote_other_malformed_rows_are_still_found(centre: Centre) -> None:
    lines = [call("a"), 'b,"100,no end', call("c"), call("d") + ",more", "e,few", call("f")]
    centre.calls(*lines)
    centre.night()
    assert centre.loaded() == ["a", "c", "f"]
    assert [row[0] for row in centre.quarantined()] == [2, 4, 5]
    assert centre.ask("select _row_number from raw.acme__calls where call_id = 'f'") == [(6,)]


def test_a_quote_that_never_closes_loses_its_own_line_and_no_other(centre: Centre) -> None:
    lines = [call(f"c{n:03}") for n in range(300)]
    lines[250] = 'x,"100'
    centre.calls(*lines)
    other = DAY + timedelta(1)
    centre.calls(call("z", start=f"{other}T09:00:00+01:00"), day=other)
    outcome = centre.night(other)
    assert (outcome.landed_n, outcome.loaded_n) == (301, 300)
    assert centre.quarantined() == [(251, None, "malformed")]


def test_a_line_end_inside_quotes_is_part_of_the_field(centre: Centre) -> None:
    centre.drop(
        f"calls_north_{DAY}.csv",
        f'{HEADER},note\n{call("a")},"two\nlines"\n{call("b")},one\nshort\n{call("c")},"x"\n\n',
    )
    outcome = centre.night()
    assert centre.loaded() == ["a", "b", "c"]
    assert (outcome.landed_n, outcome.quarantined_n) == (4, 1)


def test_a_malformed_row_is_kept_as_its_shape_and_nothing_personal(centre: Centre) -> None:
    centre.calls(call("a"), "b,+34699888777")
    centre.night()
    ((text,),) = centre.ask("select raw_text from ledger.quarantine")
    assert text == "x,+99999999999"


def test_one_row_twice_counts_once(centre: Centre) -> None:
    centre.calls(call("a"), call("b"), call("a"))
    outcome = centre.night()
    assert (outcome.loaded_n, outcome.superseded_n) == (2, 1)


def test_one_key_with_two_truths_is_kept_apart(centre: Centre) -> None:
    centre.calls(call("a", wait="1"), call("b"), call("a", wait="2"))
    outcome = centre.night()
    assert centre.loaded() == ["b"]
    assert outcome.quarantined_n == 2
    assert centre.quarantined() == [
        (1, "call_id", "duplicate_key"),
        (3, "call_id", "duplicate_key"),
    ]


def test_a_file_in_the_wrong_time_zone_is_refused_as_a_whole(centre: Centre) -> None:
    rows = [call(f"c{h}", start=f"{DAY}T{h:02}:30:00-09:00") for h in range(24)]
    centre.calls(*rows)
    (file,) = centre.night().files
    assert file.verdict == "rejected"
    assert file.reason is not None
    assert file.reason.startswith("wrong_time_zone")
    assert "Europe/Madrid" in file.reason


def test_a_code_that_no_map_knows_is_loaded_counted_and_mended_by_a_dated_row(
    centre: Centre,
) -> None:
    centre.calls(call("a", line="300"), call("b"))
    outcome = centre.night()
    assert (outcome.loaded_n, outcome.unmapped_n) == (2, 1)
    clients = "select call_id, _client_id, customer_id from raw.acme__calls order by 1"
    (_, unmapped, before), (_, _, other) = centre.ask(clients)
    assert unmapped == "unmapped"
    assert before != other

    centre.drop(
        "lines_2026-03-11.csv",
        "line,client_id,valid_from,valid_to\n100,alba,2026-01-01,\n200,brisa,2026-01-01,\n"
        "300,alba,2026-03-01,\n",
        "company",
    )
    centre.night(DAY + timedelta(1))
    (_, mended, after), (_, _, other) = centre.ask(clients)
    assert mended == "alba"
    assert after == other, "one customer, one client: one pseudonym again"
    assert centre.ask("select sum(unmapped_n) from ledger.file") == [(0,)]
    assert str(DAY) in centre.touched()


def test_an_end_before_its_start_is_kept_apart_with_the_reason(centre: Centre) -> None:
    centre.calls(call("a", end=f"{DAY}T08:00:00+01:00"), call("b"))
    centre.night()
    assert centre.quarantined() == [(1, None, "end_before_start")]
    assert centre.ask("select reason from ledger.quarantine") == [
        ("a call cannot end before it starts",)
    ]


def test_a_row_dated_in_the_future_is_kept_apart(centre: Centre) -> None:
    rows = [call(f"c{n:02}") for n in range(30)]
    centre.calls(*rows, call("x", start=f"{DAY + timedelta(400)}T09:00:00+01:00"))
    assert centre.night().loaded_n == 30
    assert centre.quarantined() == [(31, "started_at", "outside_extract_window")]
    ((reason,),) = centre.ask("select reason from ledger.quarantine")
    assert "lies after what the extract of 2026-03-10 covers in Europe/Madrid" in reason


def test_two_corrections_that_disagree_leave_the_first_in_force(centre: Centre) -> None:
    centre.calls(call("a", wait="1"))
    centre.calls(call("a", wait="2"), revision=2)
    centre.night()
    centre.drop(f"calls_north_{DAY}.r02.csv", f"{HEADER}\n{call('a', wait='3')}\n")
    (file,) = centre.night().files
    assert file.verdict == "rejected"
    assert file.reason is not None
    assert "already revision 2" in file.reason
    assert "as revision 3" in file.reason
    assert centre.ask("select wait_s from raw.acme__calls where _is_current") == [(2,)]


def test_a_hidden_hour_of_spring_is_no_time_at_all(centre: Centre) -> None:
    spring = date(2026, 3, 29)
    centre.calls(*(call(f"c{n}", start=f"{spring}T0{n}:30:00") for n in (0, 1, 2, 3)), day=spring)
    centre.night(spring)
    assert centre.quarantined() == [(3, "started_at", "nonexistent_local_time")]
    assert [str(r[0]) for r in centre.ask("select started_at from raw.acme__calls order by 1")] == [
        "2026-03-28 23:30:00",
        "2026-03-29 00:30:00",
        "2026-03-29 01:30:00",
    ]


def test_the_hour_that_comes_twice_in_autumn_is_read_as_the_contract_says(centre: Centre) -> None:
    autumn = date(2026, 10, 25)
    centre.calls(call("a", start=f"{autumn}T02:30:00"), day=autumn)
    centre.night(autumn)
    started = "select started_at from raw.acme__calls"
    assert str(centre.ask(started)[0][0]) == "2026-10-25 00:30:00"


def test_a_full_disk_keeps_nothing_of_the_group_and_the_next_night_recovers(
    centre: Centre, monkeypatch: pytest.MonkeyPatch
) -> None:
    centre.calls(call("a"))

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr("ingest.load.supersession.settle", full)
        with pytest.raises(WarehouseError, match=r"No space left on device.*run the night again"):
            centre.night()
    with ledger.warehouse(centre.home) as con:
        assert ledger.accounting_violations(con) == []
    assert centre.loaded() == []
    assert centre.night().loaded_n == 1


def test_a_locked_warehouse_says_who_may_hold_it(centre: Centre) -> None:
    import subprocess
    import sys

    holder = subprocess.Popen(
        [
            sys.executable,
            "-c",
            "import duckdb, sys; c = duckdb.connect(sys.argv[1]); print('held', flush=True); "
            "sys.stdin.read()",
            str(centre.home.warehouse),
        ],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    centre.home.root.mkdir(exist_ok=True)
    assert holder.stdout is not None
    holder.stdout.readline()
    try:
        with pytest.raises(WarehouseError, match="Is a night running"):
            intake.open_batch(centre.home, "test", DAY)
    finally:
        holder.kill()
        holder.wait()


def test_a_forbidden_column_is_refused_even_when_listed(centre: Centre) -> None:
    from ingest.errors import ContractError

    listed = '  - {name: faith, type: text, class: religion, description: "No."}\nrules:'
    centre.contract(CALLS.replace("rules:", listed))
    with pytest.raises(ContractError, match="religion, which never enters"):
        centre.contracts()


def test_a_reason_in_free_text_enters_as_a_class(centre: Centre) -> None:
    column = (
        '  - {name: leaving_reason, from: note, type: text, description: "Class of the reason.", '
        "classes: {'pay|salary': pay, 'commut|travel': distance}}\nrules:"
    )
    centre.contract(CALLS.replace("rules:", column))
    centre.drop(
        f"calls_north_{DAY}.csv",
        f"{HEADER},note\n{call('a')},Salary too low for Anna\n{call('b')},My dog is ill\n",
    )
    centre.night()
    reasons = centre.ask("select leaving_reason from raw.acme__calls order by call_id")
    assert reasons == [("pay",), ("unclassified",)]


SITES = "site_id,time_zone,valid_from,valid_to\n"


@pytest.mark.parametrize("zone", ["Europe/Madrd", "Madrid", "CEST+2", "utc+1"])
def test_a_zone_that_no_clock_goes_by_is_never_read_as_utc(centre: Centre, zone: str) -> None:
    centre.drop("sites_2026-02-01.csv", f"{SITES}north,{zone},2026-01-01,\n", "company")
    centre.calls(call("a", start=f"{DAY}T09:00:00"))
    centre.night()
    assert centre.ask(
        "select feed, column_name, rule from ledger.quarantine order by quarantine_id"
    ) == [("sites", "time_zone", "type"), ("calls", None, "unknown_time_zone")]
    assert centre.loaded() == []

    centre.drop("sites_2026-02-02.csv", f"{SITES}north,Europe/Madrid,2026-01-01,\n", "company")
    assert centre.night().loaded_n == 1
    assert centre.quarantined() == [], "the right list takes the wrong one's place"
    assert centre.ask("select started_at::varchar from raw.acme__calls where _is_current") == [
        (f"{DAY} 08:00:00",)
    ]


def test_a_site_that_no_list_knows_waits_until_one_does(centre: Centre) -> None:
    centre.calls(call("a"), site="south")
    assert (centre.night().loaded_n, centre.quarantined()) == (0, [(1, None, "unknown_time_zone")])
    rows = "north,Europe/Madrid,2026-01-01,\nsouth,Europe/London,2026-01-01,\n"
    centre.drop("sites_2026-02-01.csv", SITES + rows, "company")
    assert (centre.night().loaded_n, centre.quarantined()) == (1, [])
