"""What `headset source new` makes of a sample: guesses that are right, and hopeless files told."""

import shutil
from datetime import date
from pathlib import Path

import pytest
import yaml

from ground.home import CHECKOUT, Home
from ingest import intake
from ingest.contracts.contract import read_contract
from ingest.ledger import ledger
from ingest.sample.contract_text import pattern_of
from ingest.sample.draft import Drafted, draft_source
from ingest.sample.meaning import plain
from ingest.sample.shape import SampleError

FEEDS = Path("models") / "intermediate" / "feeds"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    shutil.copytree(CHECKOUT / "dbt_project" / FEEDS, tmp_path / "project" / FEEDS)
    return tmp_path / "project"


def draft(project: Path, name: str, data: str | bytes) -> tuple[Drafted, dict[str, dict[str, str]]]:
    sample = project.parent / name
    sample.write_bytes(data if isinstance(data, bytes) else data.encode())
    made = draft_source("acme", sample, sources=project.parent / "sources", project=project)
    contract = yaml.safe_load(made.contract.read_text(encoding="utf-8"))
    return made, {column["name"]: column for column in contract["columns"]}


CALLS = "Call ID,Start,Agent,Wait\n"


def test_day_and_month_are_told_apart_by_how_close_rows_lie(project: Path) -> None:
    rows = "".join(f"{n},0{n % 3 + 4}/03/2026 0{n % 9}:00,A1,{n}\n" for n in range(30))
    _, columns = draft(project, "calls.csv", CALLS + rows)
    assert columns["started_at"]["format"] == "%d/%m/%Y %H:%M"
    rows = "".join(f"{n},03/0{n % 3 + 4}/2026 0{n % 9}:00,A1,{n}\n" for n in range(30))
    shutil.rmtree(project.parent / "sources")
    shutil.rmtree(project / "models" / "staging")
    _, columns = draft(project, "calls.csv", CALLS + rows)
    assert columns["started_at"]["format"] == "%m/%d/%Y %H:%M"


def test_ids_that_repeat_take_their_time_into_the_key(project: Path) -> None:
    rows = "".join(f"{n % 5},2026-03-0{n % 9 + 1} 08:00:0{n % 5},A1,{n}\n" for n in range(20))
    made, _ = draft(project, "calls.csv", CALLS + rows)
    text = made.contract.read_text(encoding="utf-8")
    assert "key: [contact_id, started_at]" in text
    model = next(path for path in made.models if path.stem == "stg_acme__contacts")
    assert "concat_ws('-', cast(contact_id as varchar)" in model.read_text(encoding="utf-8")
    assert (made.landed_n, made.loaded_n) == (20, 20)


def test_what_may_never_enter_and_what_is_private_stays_out(project: Path) -> None:
    header = "Personalnummer,Name,Eintritt,Austritt,Konfession,Gehalt,Geburtsdatum,Team\n"
    rows = "".join(f"{n},Jo,0{n}.01.2024,,rk,1000,01.01.1980,T{n % 2}\n" for n in range(1, 9))
    made, columns = draft(project, "personal.csv", header + rows)
    assert made.fills == ("employment", "employment_events")
    assert set(columns) == {"agent_code", "hire_date", "team_code"}
    assert {name for name, _ in made.left_out} == {
        "Name", "Austritt", "Konfession", "Gehalt", "Geburtsdatum"
    }  # fmt: skip


ROSTER = """Staff No,First day,Last working day,Supervisor,Team,FTE,Reason for leaving
 7 ,05.02.24,,9 ,A ,1.0,
8,2024-02-05,29.02.24,9,A,0.5,resigned
8,01.06.2024,, 9,B,1.0,
9,01.03.19,30.06.24,,,1.0,end of contract
"""


def test_a_plain_roster_is_read_with_its_rehires_blanks_and_short_years(project: Path) -> None:
    made, columns = draft(project, "staff_2024-07-01.csv", ROSTER.replace("2024-02-05", "05.02.24"))
    assert made.fills == ("employment", "employment_events")
    assert (made.landed_n, made.loaded_n, made.faults) == (4, 4, ())
    assert columns["hire_date"]["format"] == ["%d.%m.%y", "%d.%m.%Y"]
    raw = run(project, made, "employment_events")
    assert sorted(raw) == [
        ("7", "hire", "2024-02-05", None),
        ("8", "hire", "2024-02-05", None),
        ("8", "hire", "2024-06-01", None),
        ("8", "termination", "2024-03-01", "resigned"),
        ("9", "hire", "2019-03-01", None),
        ("9", "termination", "2024-07-01", "end_of_contract"),
    ]


def run(project: Path, made: Drafted, feed: str) -> list[tuple[str, ...]]:
    """The draft model's rows, from the sample loaded by the draft contract."""
    home = Home(project.parent / "home")
    contract = read_contract(made.contract)
    landing = home.landing / "acme"
    landing.mkdir(parents=True)
    shutil.copy(next(project.parent.glob("staff_*")), landing)
    intake.ingest_feed(
        home,
        contract,
        (contract,),
        through=date(2026, 1, 1),
        batch_id=intake.open_batch(home, "test", date(2026, 1, 1)),
    )
    model = next(path for path in made.models if path.stem == f"stg_acme__{feed}")
    sql = model.read_text(encoding="utf-8").replace(
        "{{ source('raw_acme', 'roster') }}", "raw.acme__roster"
    )
    sql = sql.replace("{{ dbt.dateadd('day', 1, 'termination_date') }}", "termination_date + 1")
    with ledger.warehouse(home) as con:
        return con.execute(
            f"select agent_code, kind, effective_date::varchar, termination_code from ({sql})"
        ).fetchall()


def test_a_table_in_which_nothing_is_recognised_still_loads(project: Path) -> None:
    made, _ = draft(project, "odd.csv", "Foo,ID\n" + "".join(f"x{n},{n}\n" for n in range(5)))
    assert made.fills == ()
    assert (made.loaded_n, made.models) == (5, ())


@pytest.mark.parametrize(
    ("name", "data", "says"),
    [
        ("a.pdf", b"%PDF-1.7 ...", "is a PDF"),
        ("a.xls", b"\xd0\xcf\x11\xe0\xa1\xb1", "old .xls form"),
        ("a.csv", b"", "is empty"),
        ("a.csv", b"\n  \n", "is empty"),
        ("a.html", b"<html><table>", "HTML or XML"),
        ("a.csv", b"just a text\nof two lines\n", "no line has two fields"),
        ("a.json", b'{"a": 1, "b": "x"', "begins like JSON"),
        ("a.json", b'[1, 2, 3]', "hold no plain values"),
        ("a.zip", b"PK\x03\x04 nonsense", "no workbook"),
        ("a.csv", b"Call ID,Start,Wait\n", "no record below it"),
        ("a.csv.gz", b"\x1f\x8b\x08\x00\x00", "damaged or cut short"),
    ],
)  # fmt: skip
def test_a_hopeless_sample_is_told_in_one_line(
    project: Path, name: str, data: bytes, says: str
) -> None:
    with pytest.raises(SampleError, match=says):
        draft(project, name, data)
    assert not (project.parent / "sources").exists()


@pytest.mark.parametrize(
    ("name", "pattern"),
    [
        ("calls_2026-03-10.csv", "calls_{extract_date}.csv"),
        ("calls_20260310_2.csv", "calls_{extract_date:%Y%m%d}_*.csv"),
        ("Calls KW 11 [final].xlsx", "Calls KW * *final*.xlsx"),
    ],
)
def test_a_file_name_becomes_a_pattern(name: str, pattern: str) -> None:
    assert pattern_of(name) == pattern


def test_names_are_compared_without_case_accents_and_signs() -> None:
    assert plain("Gesprächs-Dauer (Min)") == "gesprachs dauer min"
    assert plain("requester.createdAt") == "requester created at"
