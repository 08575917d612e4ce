"""Every planted defect lies in the file and row that the manifest names."""

import csv
import gzip
import io
import json
from datetime import date, timedelta
from pathlib import Path

import pytest

from simulator.extracts import CONTACT_HEADER, LEG_HEADER

LAST = date(2026, 11, 21)
SMALL = {"agents": 60, "days": 24}


def _plain(home: Path, name: str) -> bytes:
    return gzip.decompress((home / "landing" / name).read_bytes())


def _lines(home: Path, name: str) -> list[str]:
    lines = _plain(home, name).decode("utf-8-sig").splitlines()
    return lines if ".ndjson" in name else lines[1:]


def _of(manifest: dict, kind: str) -> list[dict]:
    found = [
        defect
        for defect in manifest["defects"]
        if defect["kind"] == kind and defect["file"].startswith("sim/")
    ]
    assert found, kind
    return found


def _legs(home: Path, name: str) -> dict[tuple[str, str], dict[str, str]]:
    rows = csv.DictReader(io.StringIO(_plain(home, name).decode()))
    return {(row["contact_id"], row["leg_no"]): row for row in rows}


def test_quarantine_is_a_few_rows_in_ten_thousand(manifest):
    share = manifest["totals"]["quarantined_n"] / manifest["totals"]["rows_n"]
    assert 0.0001 < share < 0.003


@pytest.mark.parametrize(
    ("kind", "feed", "is_so"),
    [
        ("too_few_fields", "contacts", lambda row: len(row) == 5),
        ("too_many_fields", "contacts", lambda row: len(row) == 18),
        ("too_few_fields", "contact_legs", lambda row: len(row) == 5),
        ("missing_required", "contacts", lambda row: row[7] == ""),
        ("wrong_type", "contacts", lambda row: row[9] == "abc"),
        ("impossible_date", "contacts", lambda row: row[7] == "31/31/2026"),
        ("out_of_range", "contacts", lambda row: int(row[9]) < 0),
        ("out_of_range", "contact_legs", lambda row: int(row[5]) < 0),
        ("unknown_value", "contacts", lambda row: row[10] == "lost"),
        ("end_before_start", "contacts", lambda row: row[8] < row[7]),
        ("wrong_type", "contact_legs", lambda row: not row[6].isdigit()),
        ("nobody_answered", "contact_legs", lambda row: row[3] == "" and row[10] == "answered"),
    ],
)
def test_bad_rows_lie_where_the_manifest_says(home, manifest, kind, feed, is_so):
    defects = [d for d in _of(manifest, kind) if d["file"].startswith(f"sim/{feed}_")]
    assert defects
    for defect in defects:
        assert defect["expected"] == "quarantined"
        lines = _lines(home, defect["file"])
        for number in defect["rows"]:
            assert is_so(next(csv.reader([lines[number - 1]]))), defect


def test_bad_states_lie_where_the_manifest_says(home, manifest):
    def line(kind: str) -> list[str]:
        defects = [d for d in _of(manifest, kind) if "agent_activity" in d["file"]]
        assert defects
        return [_lines(home, d["file"])[n - 1] for d in defects for n in d["rows"]]

    for torn in line("torn_line"):
        with pytest.raises(json.JSONDecodeError):
            json.loads(torn)
    assert all(json.loads(text)["agent"] == "" for text in line("missing_required"))
    assert all(json.loads(text)["from"] == "yesterday" for text in line("wrong_type"))
    for text in line("end_before_start"):
        assert json.loads(text)["to"] < json.loads(text)["from"]


def test_an_open_quote_is_the_only_odd_one_in_its_file(home, manifest):
    for defect in _of(manifest, "unterminated_quote"):
        lines = _lines(home, defect["file"])
        odd = [n for n, line in enumerate(lines, 1) if line.count('"') % 2]
        assert odd == defect["rows"]


def test_rows_of_the_future_lie_after_their_extract(home, manifest):
    for defect in _of(manifest, "in_the_future"):
        day = defect["file"].split("_")[-1][:10]
        for number in defect["rows"]:
            row = next(csv.reader([_lines(home, defect["file"])[number - 1]]))
            assert row[7][:10] > day


def test_an_exact_duplicate_repeats_an_earlier_row(home, manifest):
    for defect in _of(manifest, "exact_duplicate"):
        lines = _lines(home, defect["file"])
        (number,) = defect["rows"]
        assert lines[number - 1] in lines[: number - 1]
        assert defect["expected"] == "superseded"


def test_conflicting_duplicates_share_a_key_and_nothing_else_does(home, manifest):
    for defect in _of(manifest, "conflicting_duplicate"):
        lines = _lines(home, defect["file"])
        first, second = (next(csv.reader([lines[n - 1]])) for n in defect["rows"])
        assert first[0] == second[0]
        assert first != second
        assert sum(line.startswith(first[0] + ",") for line in lines) == 2
        assert defect["rule"] == "duplicate_key"


def test_whole_files_are_odd_as_the_manifest_says(home, manifest):
    (bom,) = _of(manifest, "byte_order_mark")
    assert _plain(home, bom["file"]).startswith(b"\xef\xbb\xbf" + CONTACT_HEADER.encode())
    (crlf,) = _of(manifest, "crlf_line_ends")
    text = _plain(home, crlf["file"])
    assert text.count(b"\r\n") == text.count(b"\n") > 10
    (new,) = _of(manifest, "new_column")
    assert _plain(home, new["file"]).startswith(CONTACT_HEADER.encode() + b",survey_offered\n")
    headers = {_plain(home, shut["file"]).decode() for shut in _of(manifest, "header_alone")}
    assert headers == {CONTACT_HEADER + "\n", LEG_HEADER + "\n"}
    (cut,) = _of(manifest, "truncated_gzip")
    with pytest.raises(EOFError):
        _plain(home, cut["file"])
    assert _lines(home, cut["file"].replace(".csv", ".r2.csv"))


def test_a_correction_moves_contacts_to_the_next_day(home, manifest):
    names = sorted(d["file"] for d in _of(manifest, "moved_contacts") if "/contacts_" in d["file"])
    left, right = names

    def ids(name: str) -> dict[str, str]:
        rows = csv.DictReader(io.StringIO(_plain(home, name).decode()))
        return {row["contact_id"]: row["started_at"] for row in rows}

    left_r2, right_r2 = (name.replace(".csv", ".r2.csv") for name in names)
    moved = ids(left).keys() - ids(left_r2).keys()
    assert len(moved) == 3
    assert moved == ids(right_r2).keys() - ids(right).keys()
    assert all(ids(left)[contact_id][11:13] == "23" for contact_id in moved)
    # The first of the day, which a small site's quiet night may put past six.
    starts = ids(right_r2)
    assert moved == set(sorted(starts, key=lambda contact_id: starts[contact_id])[:3])


def test_the_three_demo_nights_are_plain_corrected_and_blocked(home, manifest):
    by_arrival = {
        night: [
            f
            for f in manifest["files"]
            if f["arrives"] == str(LAST - timedelta(days=night)) and f["file"].startswith("sim/")
        ]
        for night in (2, 1, 0)
    }
    assert [len(files) for files in by_arrival.values()] == [9, 12, 9]
    odd = {d["file"] for d in manifest["defects"]}
    assert not odd & {f["file"] for f in by_arrival[2]}
    early = [f for f in by_arrival[1] if f["extract_date"] != f["arrives"]]
    assert {(f["extract_date"], f["revision"]) for f in early} == {
        (str(LAST - timedelta(days=8)), 1),
        (str(LAST - timedelta(days=3)), 2),
    }
    (blocked,) = _of(manifest, "wrong_unit")
    assert blocked["file"] == f"sim/contact_legs_krakow_{LAST}.csv.gz"
    talk = [int(row["talk_s"]) for row in _legs(home, blocked["file"]).values()]
    assert max(talk) > 100_000
    assert all(value % 1000 == 0 for value in talk)


def test_the_correction_of_the_demo_night_changes_after_contact_work_alone(home, manifest):
    name = next(d["file"] for d in _of(manifest, "corrected_file"))
    before, after = _legs(home, name), _legs(home, name.replace(".csv", ".r2.csv"))
    assert before.keys() == after.keys()
    changed = [key for key in before if before[key] != after[key]]
    assert changed
    for key in changed:
        was, now = before[key], after[key]
        assert int(was["acw_s"]) - int(now["acw_s"]) == 90
        assert {**was, "acw_s": ""} == {**now, "acw_s": ""}
