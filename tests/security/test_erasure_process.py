"""An erasure ends when a search finds nothing, and takes nothing of other people with it."""

import fcntl
import gzip
import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from ground.home import Home
from ingest.ledger import ledger
from ingest.privacy import erasure
from ingest.privacy.person import Person, access, erase, ids_of, person_hash, still_held
from orchestration.cli import cli
from orchestration.run.lock import lock_path
from tests.unit.ingest.calls import CALLS, DAY, Centre, call, make_centre

ANA = Person("phone", "+34600999888")


def night_with_ana(tmp_path: Path, *others: str) -> Centre:
    made = make_centre(tmp_path)
    made.calls(*(call(f"a{n}", ani="600999888") for n in range(3)), *others)
    made.night()
    return made


def ids(made: Centre) -> list[str]:
    with ledger.warehouse(made.home) as con:
        return ids_of(con, made.home, ANA, made.contracts())


def test_a_search_finds_the_person_before_and_not_after(tmp_path: Path) -> None:
    made = night_with_ana(tmp_path, call("b"))
    assert still_held(made.home, made.contracts(), ANA, ids(made)) == ["raw.acme__calls"]
    done = erase(made.home, made.contracts(), ANA, "erasure")
    assert (done.rows_n, done.files_n, done.waits_for) == (3, 1, ())
    assert still_held(made.home, made.contracts(), ANA, done.ids) == []
    assert made.ask("select count(*) from raw.acme__calls where _is_current") == [(4,)]


def test_no_free_block_of_the_warehouse_holds_the_person(tmp_path: Path) -> None:
    made = make_centre(tmp_path)
    made.calls(*(call(f"a{n}", ani=f"6{n:08}") for n in range(2_000)), call("ana", ani="600999888"))
    made.night()
    (known,) = made.ask("select customer_id from raw.acme__calls where call_id = 'ana'")[0]
    assert known.encode() in made.home.warehouse.read_bytes(), "or the search would prove nothing"
    done = erase(made.home, made.contracts(), ANA, "erasure")
    assert known in done.ids
    assert known.encode() not in made.home.warehouse.read_bytes()


def test_a_file_that_others_still_need_waits_and_the_erasure_stays_open(tmp_path: Path) -> None:
    made = night_with_ana(tmp_path, call("b", wait="-1"))
    done = erase(made.home, made.contracts(), ANA, "erasure")
    assert done.files_n == 0
    (why,) = done.waits_for
    assert "1 entries in quarantine" in why
    assert (made.home.landing / "acme" / f"calls_north_{DAY}.csv").exists()
    assert erasure.is_open(made.home, person_hash(made.home, ANA))


def test_a_delivery_that_nobody_has_read_yet_is_not_removed(tmp_path: Path) -> None:
    made = night_with_ana(tmp_path)
    path = made.calls(call("new"))
    done = erase(made.home, made.contracts(), ANA, "erasure")
    assert path.exists()
    assert "not read yet" in done.waits_for[0]
    assert made.night().loaded_n == 1


def test_customers_of_a_client_that_only_a_contract_names_are_reached(tmp_path: Path) -> None:
    made = make_centre(tmp_path)
    look = "client: {map: company.lines, match: {line: line}, value: client_id}"
    made.contract(CALLS.replace(look, "client: nowhere_listed"))
    made.calls(call("a", ani="+34600999888"))
    made.night()
    assert erase(made.home, made.contracts(), ANA, "erasure").rows_n == 1


PEOPLE = """
system: acme
feed: users
fills: []
description: Staff and customers under numbers of one kind.
source: invented for tests
file: {pattern: "users_{extract_date}.csv", format: csv}
delivery: full
key: [user_id]
time_zone: UTC
client: acme
columns:
  - {name: user_id, from: id, type: text, required: true, class: customer_id, description: "Who."}
  - {name: role, type: text, required: true, description: "agent or end-user."}
  - {name: agent_code, from: id, when: {role: agent}, type: text, class: staff_id, description: S}
"""


def test_an_agent_whom_a_system_numbers_among_its_customers_is_reached_there_too(
    tmp_path: Path,
) -> None:
    made = make_centre(tmp_path)
    made.contract(PEOPLE, "users")
    made.drop(f"users_{DAY}.csv", "id,role\n501777,agent\n501778,end-user\n")
    made.calls(call("a"))
    made.night()
    with ledger.warehouse(made.home) as con:
        con.execute("create table if not exists raw.company__agents (agent_code varchar, "
                    "agent_id varchar)")  # fmt: skip
    before = made.ask("select user_id from raw.acme__users order by agent_code nulls last")
    done = erase(made.home, made.contracts(), Person("agent", "501777"), "erasure")
    assert done.rows_n == 1
    rows = made.ask("select user_id, agent_code from raw.acme__users order by 2 nulls last")
    assert rows[0][0] == rows[0][1], "one tag, so that what he wrote stays one person's"
    assert rows[0][0].startswith("erased-")
    assert rows[1] == (before[1][0], None), "nobody else is touched"


# How a person may stand in a file: (name, content); the next is one row.
NAMED = {
    "plain": ("calls_x_2026-03-10.csv", "600999888"),
    "with country code": ("calls_x_2026-03-10.csv", "+34600999888"),
    "dialled from abroad": ("calls_x_2026-03-10.csv", "0034 600 999 888"),
    "as people write it": ("calls_x_2026-03-10.csv", "+34 (0) 600-99.98 88"),
    "in JSON": ("lines_x_2026-03-10.ndjson", json.dumps({"a": [{"b": "tel:+34600999888"}]})),
    "in a wide encoding": ("calls_x_2026-03-10.csv", "a,600999888,b\n".encode("utf-16")),
    "packed": ("calls_x_2026-03-10.csv.gz", "a,600999888\n"),
    "under a name nobody claims": ("notes about her.txt", "call 600 999 888 back"),
    "beyond the first piece": ("calls_x_2026-03-10.csv", "x,y\n" * 1_200_000 + "600999888"),
}


@pytest.mark.parametrize("how", NAMED)
def test_access_and_erasure_reach_a_file_of_which_no_row_was_loaded(
    tmp_path: Path, how: str
) -> None:
    made = make_centre(tmp_path)
    made.calls(call("other"))
    made.night()
    name, content = NAMED[how]
    path = made.drop(name, content)
    (found,) = access(made.home, made.contracts(), ANA)
    assert (found["feed"], found["times"], found["verdict"]) == ("landing", 1, "not read")
    done = erase(made.home, made.contracts(), ANA, "erasure")
    (waits,) = done.waits_for
    assert "names the person and is not read" in waits
    assert "600999888" not in waits
    assert path.exists(), "nobody has read it: it may be somebody else's delivery"
    path.unlink()
    assert erase(made.home, made.contracts(), ANA, "erasure").waits_for == ()
    assert access(made.home, made.contracts(), ANA) == []


@pytest.mark.parametrize(
    "near", ["6009998881", "1600999888", "60099988", "34600999888777", "6009-99887"]
)
def test_a_longer_or_another_number_is_somebody_else(tmp_path: Path, near: str) -> None:
    made = make_centre(tmp_path)
    made.calls(call("other"))
    made.night()
    made.drop("calls_x_2026-03-10.csv", f"a,{near},b\n")
    assert access(made.home, made.contracts(), ANA) == []


def test_somebody_who_stands_in_quarantine_alone_is_found_with_what_became_of_it(
    tmp_path: Path,
) -> None:
    made = make_centre(tmp_path)
    made.calls(call("other"), call("ana", ani="600999888", wait="-1"))
    made.night()
    (found,) = access(made.home, made.contracts(), ANA)
    assert (found["file"], found["verdict"], found["in_quarantine_n"]) == (
        f"acme/calls_north_{DAY}.csv", "loaded", 1,
    )  # fmt: skip
    assert "names the person" in erase(made.home, made.contracts(), ANA, "x").waits_for[0]


def test_somebody_in_a_file_that_was_refused_is_found(tmp_path: Path) -> None:
    made = make_centre(tmp_path)
    made.drop(f"calls_north_{DAY}.csv", "no,header\n1,600999888\n")
    made.calls(call("other"), site="south")
    made.night()
    (found,) = access(made.home, made.contracts(), ANA)
    assert found["verdict"] == "rejected"


def test_a_file_that_cannot_be_searched_is_named(tmp_path: Path) -> None:
    made = make_centre(tmp_path)
    made.calls(call("other"))
    made.night()
    (made.home.landing / "acme" / "calls_y_2026-03-10.csv.gz").write_bytes(
        gzip.compress(b"600999888")[:12]
    )
    (found,) = access(made.home, made.contracts(), ANA)
    assert found["why"] == "cannot be searched (unreadable)"


def test_while_a_night_runs_nobody_is_erased(monkeypatch: pytest.MonkeyPatch) -> None:
    home = Home.from_env()
    home.root.mkdir(parents=True)
    with lock_path(home).open("w") as running:
        fcntl.flock(running, fcntl.LOCK_EX)
        json.dump({"pid": 1, "holder": "headset night", "since": "now", "runs": []}, running)
        running.flush()
        told = CliRunner().invoke(cli, ["erase", "--phone", "+34600999888", "--yes"])
    assert told.exit_code != 0
    assert "night" in told.output
    assert not home.warehouse.exists()
