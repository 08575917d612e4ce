"""The same call comes out of every format, compression, encoding and line end."""

import gzip
import json
from pathlib import Path
from typing import Any

import duckdb
import pytest
import zstandard

from tests.unit.ingest.calls import CALLS, DAY, HEADER, Centre, call

LINES = [HEADER, call("a"), call("b", ani="+34600999888")]
TEXT = "\n".join(LINES) + "\n"
ACCENTED = CALLS.replace("name: line,", "name: line, null_tokens: [],")


def rows(centre: Centre) -> list[tuple[object, ...]]:
    return centre.ask(
        "select call_id, line, started_at::varchar, wait_s, _row_number "
        "from raw.acme__calls where _is_current order by _row_number"
    )


EXPECTED = [
    ("a", "100", "2026-03-10 08:00:00", 5, 1),
    ("b", "100", "2026-03-10 08:00:00", 5, 2),
]


@pytest.mark.parametrize(
    ("ending", "data"),
    [
        ("csv", TEXT.encode()),
        ("csv", TEXT.replace("\n", "\r\n").encode()),
        ("csv", TEXT.replace("\n", "\r").encode()),
        ("csv", b"\xef\xbb\xbf" + TEXT.encode()),
        ("csv", TEXT.encode("utf-16")),
        ("csv", TEXT.rstrip("\n").encode()),
        ("csv", (LINES[0] + "\r\n" + LINES[1] + "\n" + LINES[2] + "\r\n").encode()),
        ("csv.gz", gzip.compress(TEXT.encode())),
        ("csv.zst", zstandard.compress(TEXT.encode())),
    ],
    ids=["plain", "crlf", "cr", "bom", "utf16", "no_last_end", "mixed_ends", "gzip", "zstd"],
)
def test_csv_reads_the_same_however_it_is_packed(centre: Centre, ending: str, data: bytes) -> None:
    centre.contract(CALLS.replace("csv[.gz]", "csv[.gz][.zst]"))
    path = centre.home.landing / "acme" / f"calls_north_{DAY}.{ending}"
    path.parent.mkdir(parents=True)
    path.write_bytes(data)
    centre.night()
    assert rows(centre) == EXPECTED


def test_a_cut_zstd_stream_is_refused(centre: Centre) -> None:
    centre.contract(CALLS.replace("csv[.gz]", "csv.zst"))
    packed = zstandard.compress(("\n".join([*LINES * 500]) + "\n").encode())
    path = centre.home.landing / "acme" / f"calls_north_{DAY}.csv.zst"
    path.parent.mkdir(parents=True)
    path.write_bytes(packed[:-20])
    (file,) = centre.night().files
    assert file.verdict == "rejected"


def test_latin_1_keeps_its_accents(centre: Centre) -> None:
    centre.contract(CALLS.replace("format: csv", "format: csv, encoding: latin-1"))
    path = centre.home.landing / "acme" / f"calls_north_{DAY}.csv"
    path.parent.mkdir(parents=True)
    path.write_bytes(f"{HEADER}\n{call('año')}\n".encode("latin-1"))
    centre.night()
    assert centre.loaded() == ["año"]


def test_undeclared_latin_1_loses_only_the_lines_that_are_no_utf_8(centre: Centre) -> None:
    path = centre.home.landing / "acme" / f"calls_north_{DAY}.csv"
    path.parent.mkdir(parents=True)
    path.write_bytes(f"{HEADER}\n{call('a')}\n{call('año')}\n{call('b')}\n".encode("latin-1"))
    outcome = centre.night()
    assert centre.loaded() == ["a", "b"]
    assert (outcome.landed_n, outcome.quarantined_n) == (3, 1)


def as_record(line: str) -> dict[str, object]:
    values = dict(zip(HEADER.split(","), line.split(","), strict=True))
    return {**values, "who": {"ani": values.pop("ani")}}


NESTED = CALLS.replace("from: ani", "from: who.ani")


def test_ndjson_with_a_nested_number_and_a_broken_line(centre: Centre) -> None:
    centre.contract(NESTED.replace("format: csv", "format: ndjson").replace("csv[.gz]", "ndjson"))
    records = [json.dumps(as_record(line)) for line in LINES[1:]]
    centre.drop(f"calls_north_{DAY}.ndjson", "\n".join([*records, '{"call_id": "c"']) + "\n")
    outcome = centre.night()
    assert rows(centre) == EXPECTED
    assert (outcome.landed_n, outcome.quarantined_n) == (3, 1)
    assert centre.quarantined() == [(3, None, "malformed")]


def test_one_json_document_with_its_records_inside(centre: Centre) -> None:
    centre.contract(
        NESTED.replace("format: csv", 'format: json, records: "$.calls"').replace(
            "csv[.gz]", "json"
        )
    )
    document = {"calls": [as_record(line) for line in LINES[1:]], "paging": {"total": 2}}
    centre.drop(f"calls_north_{DAY}.json", json.dumps(document))
    centre.night()
    assert rows(centre) == EXPECTED


@pytest.mark.parametrize(
    ("document", "verdict"),
    [
        ({"tickets": [{"phone": "+34600111222"}]}, "rejected"),
        ({"id": "of one record alone"}, "rejected"),
        ({"total": 0, "last": None}, "empty"),
        ({}, "empty"),
        ({"calls": []}, "empty"),
    ],
)
def test_a_document_without_the_branch_is_refused_unless_it_says_that_there_is_nothing(
    centre: Centre, document: dict[str, Any], verdict: str
) -> None:
    centre.contract(
        NESTED.replace("format: csv", 'format: json, records: "$.calls"').replace(
            "csv[.gz]", "json"
        )
    )
    centre.drop(f"calls_north_{DAY}.json", json.dumps(document))
    (file,) = centre.night().files
    assert file.verdict == verdict, file.reason
    assert ("wrong_document" in (file.reason or "")) == (verdict == "rejected")
    assert "+34600111222" not in str(centre.ask("select * from ledger.quarantine"))


def test_parquet_by_its_own_types(centre: Centre, tmp_path: Path) -> None:
    centre.contract(CALLS.replace("format: csv", "format: parquet").replace("csv[.gz]", "parquet"))
    path = centre.home.landing / "acme" / f"calls_north_{DAY}.parquet"
    path.parent.mkdir(parents=True)
    (tmp_path / "calls.csv").write_text(TEXT)
    duckdb.sql(
        f"copy (select * replace (started_at::timestamptz as started_at) "
        f"from read_csv('{tmp_path / 'calls.csv'}', auto_detect = true, all_varchar = true)) "
        f"to '{path}' (format parquet)"
    )
    centre.night()
    assert rows(centre) == EXPECTED


def test_a_workbook_with_a_day_fraction_for_a_time(centre: Centre) -> None:
    openpyxl = pytest.importorskip("openpyxl", reason="workbooks are made with openpyxl")
    split = CALLS.replace(
        "name: started_at,", "name: started_at, from: [day, {from: clock, read_as: excel_time}],"
    )
    centre.contract(split.replace("format: csv", "format: xlsx").replace("csv[.gz]", "xlsx"))
    book = openpyxl.Workbook()
    book.active.append(["call_id", "line", "ani", "day", "clock", "ended_at", "wait_s"])
    book.active.append(["a", "100", "+34600111222", "2026-03-10", 0.375, None, "5"])
    book.active.append(["b", "100", "N/A", "2026-03-10", 0.375, None, "5"])
    path = centre.home.landing / "acme" / f"calls_north_{DAY}.xlsx"
    path.parent.mkdir(parents=True)
    book.save(path)
    centre.night()
    assert rows(centre) == EXPECTED


def test_something_else_under_a_workbook_s_name_is_refused(centre: Centre) -> None:
    centre.contract(CALLS.replace("format: csv", "format: xlsx").replace("csv[.gz]", "xlsx"))
    centre.drop(f"calls_north_{DAY}.xlsx", TEXT)
    (file,) = centre.night().files
    assert file.verdict == "rejected"
    assert file.reason is not None
    assert "not a xlsx file" in file.reason


def test_many_files_in_one_night_keep_their_own_row_numbers(centre: Centre) -> None:
    for day in range(1, 6):
        rows_of_day = [
            call(f"d{day}{n}", start=f"2026-03-{day:02}T09:00:00+01:00") for n in range(day)
        ]
        centre.calls(*rows_of_day, day=DAY.replace(day=day))
    assert centre.night().loaded_n == 15
    numbers = centre.ask(
        "select f.extract_date, min(_row_number), max(_row_number), count(*) from raw.acme__calls "
        "join ledger.file as f on f.file_id = _file_id group by 1 order by 1"
    )
    assert [row[1:] for row in numbers] == [(1, n, n) for n in range(1, 6)]
