"""What `headset source new` makes of forms of files that people have: roles, keys and figures.

Each row of the table is a small invented file in the form of an export; the figures are counted by
hand. A draft may leave a thing open, and never says a wrong one.
"""

import csv
import io
import shutil
from pathlib import Path
from typing import Any

import pytest
import yaml

from ground.home import CHECKOUT
from ingest.contracts.lint import lint
from ingest.sample.draft import Drafted, draft_source
from ingest.sample.shape import SampleError
from tests.unit.ingest.sample_forms import FORMS, Form, clock

FEEDS = Path("models") / "intermediate" / "feeds"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    shutil.copytree(CHECKOUT / "dbt_project" / FEEDS, tmp_path / "project" / FEEDS)
    return tmp_path / "project"


def text_of(form: Form) -> str:
    out = io.StringIO()
    delimiter = "\t" if "\t" in form.header else ","
    writer = csv.writer(out, lineterminator="\n", delimiter=delimiter)
    writer.writerow(form.header.split(delimiter))
    writer.writerows(form.row(n) for n in range(form.rows_n))
    return out.getvalue()


def draft(project: Path, text: str, name: str = "export.csv", **options: Any) -> Drafted:
    sample = project.parent / name
    sample.write_text(text, encoding="utf-8")
    sources = project.parent / "sources"
    return draft_source("acme", sample, sources=sources, project=project, **options)


@pytest.mark.parametrize("name", FORMS)
def test_a_form_is_read_as_it_is_meant(project: Path, name: str) -> None:
    form = FORMS[name]
    made = draft(project, text_of(form))
    contract = yaml.safe_load(made.contract.read_text(encoding="utf-8"))
    columns = {column["name"]: column for column in contract["columns"]}
    assert made.fills == form.fills
    assert (made.landed_n, made.loaded_n, made.faults) == (form.rows_n, form.rows_n, ())
    assert made.key == form.key
    assert {name: columns[name].get("from") for name in form.reads} == form.reads
    assert set(form.out) <= {field for field, _ in made.left_out}
    figures = made.page.figures
    assert {figure: figures[figure] for figure in form.figures} == pytest.approx(form.figures)
    told = " ".join(path.read_text(encoding="utf-8") for path in (made.contract, *made.models))
    told += " ".join(made.page.lines())
    assert [words for words in form.says if words not in told] == []
    assert lint(made.contract.parents[1], ["acme"]) == []


QUALTRICS = """StartDate,EndDate,Status,IPAddress,RecordedDate,ResponseId,ExternalReference,Q1,Q2
Start Date,End Date,Response Type,IP Address,Recorded Date,Response ID,External Data Reference,\
How satisfied were you?,Why?
"{""ImportId"":""startDate""}","{""ImportId"":""endDate""}","{""ImportId"":""status""}",\
"{""ImportId"":""ip""}","{""ImportId"":""recordedDate""}","{""ImportId"":""_recordId""}",\
"{""ImportId"":""ext""}","{""ImportId"":""QID1""}","{""ImportId"":""QID2_TEXT""}"
"""


def test_the_two_lines_below_qualtrics_header_are_questions_and_no_answers(project: Path) -> None:
    rows = "".join(
        f"{clock(n)},{clock(n)},IP Address,1.2.3.4,{clock(n)},R_{n:09},call{n},{n % 5 + 1},fine\n"
        for n in range(20)
    )
    made = draft(project, QUALTRICS + rows)
    assert made.fills == ("surveys",)
    assert made.key == ("response_id",)
    assert made.page.figures["responses"] == 20
    assert made.page.figures["mean_score"] == 3.0
    assert made.page.figures["linked"] == 20
    model = made.models[0].read_text(encoding="utf-8")
    assert "1 as scale_min" in model
    assert "5 as scale_max" in model


CDR = (
    '"","02079460121","5000","from-trunk","""02079460121"" <02079460121>","SIP/trunk-00",'
    '"SIP/301-01","Dial","SIP/301,60,t","2026-10-21 09:00:00","{answer}","2026-10-21 09:00:48",'
    '48,43,"{ending}","DOCUMENTATION","pbx-41.1"\n'
)


def test_call_detail_records_without_a_header_are_named_and_none_is_shown(project: Path) -> None:
    text = CDR.format(answer="2026-10-21 09:00:05", ending="ANSWERED")
    with pytest.raises(SampleError, match="without a header") as refused:
        draft(project, text + CDR.format(answer="", ending="NO ANSWER"))
    assert "0207" not in str(refused.value)
    assert "301" not in str(refused.value)


PEOPLE = "Staff ID,Hire Date,Team\n"
BOTH_WAYS = PEOPLE + "".join(f"E{n},{n % 12 + 1:02}/{n % 11 + 1:02}/2024,A\n" for n in range(40))


def test_days_that_read_both_ways_are_asked_about_and_never_picked(project: Path) -> None:
    with pytest.raises(SampleError, match="say --dates day-first or month-first"):
        draft(project, BOTH_WAYS)
    assert not (project.parent / "sources").exists()
    made = draft(project, BOTH_WAYS, dates="day-first")
    assert 'format: "%d/%m/%Y"' in made.contract.read_text(encoding="utf-8")


def test_another_day_of_the_file_decides_for_one_that_reads_both_ways(project: Path) -> None:
    rows = "".join(f"E{n},{n % 12 + 1}/{n % 11 + 1}/2024,12/31/2025,A\n" for n in range(40))
    made = draft(project, "Staff ID,Hire Date,Last day,Team\n" + rows)
    assert made.contract.read_text(encoding="utf-8").count('format: "%m/%d/%Y"') == 2


def test_the_day_in_the_files_name_decides_as_well(project: Path) -> None:
    rows = "".join(f"{n},04/03/2026 0{n % 9}:00,A1,{n},Answered\n" for n in range(30))
    made = draft(project, "Call ID,Start,Agent,Wait,Status\n" + rows, "calls_2026-03-04.csv")
    assert made.page.figures["first"].isoformat() == "2026-03-04T00:00:00"  # type: ignore[union-attr]


def test_one_wrong_total_and_nothing_is_written(project: Path) -> None:
    text = text_of(FORMS["3CX: ringing is the wait"])
    with pytest.raises(SampleError, match=r"answered: the sample gives 20, you have 21\. Nothing"):
        draft(project, text, totals={"answered": "21"})
    with pytest.raises(SampleError, match="no such figure; there are rows, contacts"):
        draft(project, text, totals={"handled": "21"})
    assert not (project.parent / "sources").exists()
    right = {"answered": "20", "answered_share": "67%", "mean_wait_s": "12", "first": "2026-10-20"}
    assert draft(project, text, totals=right).page.figures["answered"] == 20


def test_customers_who_nearly_all_called_before_are_asked_about(project: Path) -> None:
    rows = "".join(f"{n},{clock(n)},C{n % 12},20,Answered\n" for n in range(100))
    made = draft(project, "Call ID,Start,Customer ID,Talk,Status\n" + rows)
    assert "88% of contacts come from a customer who called before" in " ".join(made.page.lines())
