"""What changed in a feed's columns is known; a refused file stays open until it is mended."""

import json
from collections.abc import Sequence

import pytest

from ingest.errors import IngestError
from ingest.ledger.columns import changes
from ingest.ledger.files import dismiss, open_files, read_again
from ingest.ledger.ledger import accounting_violations, warehouse
from tests.unit.ingest.calls import CALLS, DAY, HEADER, Centre, call

NAME = f"calls_north_{DAY}.csv"


def night_of(centre: Centre, day: int, header: str = HEADER) -> list[tuple[str, str, bool]]:
    """A day's file with these columns; what is then said of the feed's columns."""
    date = DAY.replace(day=day)
    row = call(f"c{day}", start=f"{date}T09:00:00+01:00")
    values = dict(zip(HEADER.split(","), row.split(","), strict=True))
    line = ",".join(values.get(name, "x") for name in header.split(","))
    centre.drop(f"calls_north_{date}.csv", f"{header}\n{line}\n")
    centre.night(date)
    with warehouse(centre.home) as con:
        return [(one.column, one.how, one.is_news) for one in changes(con)]


def test_a_column_that_is_gone_is_told_once_and_stays_open(centre: Centre) -> None:
    assert night_of(centre, 10) == []
    without = HEADER.replace(",wait_s", "")
    assert night_of(centre, 11, without) == [("wait_s", "gone", True)]
    assert night_of(centre, 12, without) == [("wait_s", "gone", False)]
    assert night_of(centre, 13) == [], "it is back"


def test_a_renamed_column_is_gone_and_new(centre: Centre) -> None:
    night_of(centre, 10)
    assert night_of(centre, 11, HEADER.replace("wait_s", "waiting")) == [
        ("wait_s", "gone", True),
        ("6 (xxxxxxx)", "not in the contract", True),
    ]


def test_a_column_that_no_file_has_brought_is_no_loss(centre: Centre) -> None:
    without = HEADER.replace(",wait_s", "")
    assert night_of(centre, 10, without) == [("wait_s", "never came", True)]
    assert night_of(centre, 11, without) == [("wait_s", "never came", False)]


def records(centre: Centre, day: int, fields: Sequence[str]) -> list[tuple[str, str, bool]]:
    date = DAY.replace(day=day)
    rows = []
    for n, field in enumerate(fields):
        row = {"call_id": f"{day}-{n}", "line": "100", "started_at": f"{date}T09:00:00+01:00"}
        rows.append(json.dumps(row | ({field: 5} if field else {})))
    centre.drop(f"calls_north_{date}.ndjson", "\n".join(rows) + "\n")
    centre.night(date)
    with warehouse(centre.home) as con:
        found = [(one.column, one.how, one.is_news) for one in changes(con)]
    return [one for one in found if one[0] == "wait_s"]


def test_a_field_that_only_some_records_have_is_not_gone_on_a_day_without(centre: Centre) -> None:
    centre.contract(CALLS.replace("csv[.gz]", "ndjson").replace("format: csv", "format: ndjson"))
    assert records(centre, 10, ["wait_s"]) == []
    assert records(centre, 11, [""]) == [("wait_s", "gone", True)], "nothing else is known yet"
    assert records(centre, 12, ["wait_s"]) == []
    assert records(centre, 13, [""]) == [], "it comes and goes"


def broken(centre: Centre) -> None:
    centre.drop(NAME, "call_id,line\nx,100\ny,100\n")
    centre.night()


def test_a_refused_file_stays_open_until_its_name_comes_whole(centre: Centre) -> None:
    broken(centre)
    centre.calls(call("d", start="2026-03-11T09:00:00+01:00"), day=DAY.replace(day=11))
    centre.night(DAY.replace(day=11))
    assert len(centre.quarantined()) == 1, "another file mends nothing"
    centre.calls(call("x"), call("y"))
    centre.night(DAY.replace(day=11))
    assert centre.quarantined() == []
    assert centre.ask("select verdict, landed_n = superseded_n from ledger.file where "
                      "file_name = ? order by file_id", NAME) == [
        ("mended", True), ("loaded", False)
    ]  # fmt: skip


def test_a_person_may_dismiss_a_refused_file_and_says_why(
    centre: Centre, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HEADSET_SOURCES", str(centre.sources))
    monkeypatch.setenv("HEADSET_SYSTEMS", "acme")
    broken(centre)
    centre.drop("call_north.csv", "misspelt")
    centre.drop("calls_2026.csv", "of nobody", "acme2")
    found = {(row["state"], row["file_name"]) for row in open_files(centre.home)}
    assert ("refused", NAME) in found
    assert len([state for state, _ in found if state == "not taken in"]) == 2
    with pytest.raises(IngestError, match=r"no refused file of acme\.calls"):
        dismiss(centre.home, "acme.calls", "other.csv", "a test")
    dismiss(centre.home, "acme.calls", NAME, "a trial of the sender")
    assert not [row for row in open_files(centre.home) if row["state"] == "refused"]
    assert centre.quarantined() == []
    with warehouse(centre.home) as con:
        assert accounting_violations(con) == []
    centre.calls(call("x"))
    assert centre.night().loaded_n == 1, "sent again whole it is taken in as ever"


def test_a_column_that_is_listed_later_is_filled_from_the_files_that_are_still_there(
    centre: Centre, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HEADSET_SOURCES", str(centre.sources))
    monkeypatch.setenv("HEADSET_SYSTEMS", "acme")
    with_more = HEADER + ",wrap_s"
    for day in (9, 10, 11):
        night_of(centre, day, with_more)
    (centre.home.landing / "acme" / f"calls_north_{DAY.replace(day=9)}.csv").unlink()
    listed = '  - {name: wrap_s, type: text, description: "Wrap."}\nrules:'
    centre.contract(CALLS.replace("rules:", listed, 1))
    centre.night(DAY.replace(day=11))
    values = "select call_id, wrap_s from raw.acme__calls where _is_current order by 1"
    assert [value for _, value in centre.ask(values)] == [None, None, None]

    first, last = DAY.replace(day=9), DAY.replace(day=10)
    assert read_again(centre.home, "acme.calls", first, last) == (1, 1)
    centre.night(DAY.replace(day=11))
    assert centre.ask(values) == [("c10", "x"), ("c11", None), ("c9", None)]
    with pytest.raises(IngestError, match=r"no enabled feed is called acme\.cals"):
        read_again(centre.home, "acme.cals", first, last)
