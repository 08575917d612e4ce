"""What is dropped is what the manifest and the truth say, byte for byte."""

import csv
import gzip
import io
import json
from datetime import date, timedelta
from pathlib import Path

import duckdb
import pytest

import simulator
from simulator.extracts import LEG_HEADER

LAST = date(2026, 11, 21)
SMALL = {"agents": 60, "days": 24}


def _plain(home: Path, name: str) -> bytes:
    return gzip.decompress((home / "landing" / name).read_bytes())


def _lines(home: Path, name: str) -> list[str]:
    lines = _plain(home, name).decode("utf-8-sig").splitlines()
    return lines if ".ndjson" in name else lines[1:]


def _of(manifest: dict, kind: str) -> list[dict]:
    found = [defect for defect in manifest["defects"] if defect["kind"] == kind]
    assert found, kind
    return found


def _legs(home: Path, name: str) -> dict[tuple[str, str], dict[str, str]]:
    rows = csv.DictReader(io.StringIO(_plain(home, name).decode()))
    return {(row["contact_id"], row["leg_no"]): row for row in rows}


def test_the_same_seed_gives_the_same_bytes(home, fresh, tmp_path):
    simulator.drop(
        tmp_path / "landing",
        **SMALL,
        arrived_after=LAST - timedelta(days=3),
        arrived_by=LAST,
    )
    again = sorted((tmp_path / "landing" / "sim").iterdir())
    assert len(again) == 3 * 9 + 3
    for path in again:
        assert path.read_bytes() == (home / "landing" / "sim" / path.name).read_bytes(), path.name


def test_another_seed_gives_another_company(home, fresh, tmp_path):
    simulator.drop(tmp_path / "landing", **SMALL, seed=8, arrived_after=LAST - timedelta(days=1))
    name = f"contacts_manila_{LAST}.csv.gz"
    assert (tmp_path / "landing/sim" / name).read_bytes() != (
        home / "landing/sim" / name
    ).read_bytes()


def test_a_day_does_not_depend_on_how_long_the_history_is(home, fresh, tmp_path):
    simulator.drop(tmp_path / "landing", agents=60, days=5, arrived_after=LAST - timedelta(days=1))
    for name in (f"contacts_manila_{LAST}.csv.gz", f"agent_activity_halifax_{LAST}.ndjson.gz"):
        assert (tmp_path / "landing/sim" / name).read_bytes() == (
            home / "landing/sim" / name
        ).read_bytes()


def test_dropping_day_by_day_ends_where_one_drop_ends(tmp_path):
    few = {"agents": 30, "days": 12}
    whole = simulator.drop(tmp_path / "a" / "landing", **few)
    day = LAST - timedelta(days=4)
    simulator.drop(tmp_path / "b" / "landing", **few, arrived_by=day)
    while day < LAST:
        parts = simulator.drop(
            tmp_path / "b" / "landing",
            **few,
            arrived_after=day,
            arrived_by=day + timedelta(days=1),
        )
        day += timedelta(days=1)
    assert parts.totals == whole.totals
    for name in ("manifest.json", "truth.json"):
        texts = {(tmp_path / side / "simulator" / name).read_bytes() for side in "ab"}
        assert len(texts) == 1
    files = [p.relative_to(tmp_path / "a") for p in (tmp_path / "a/landing").rglob("*.*")]
    assert len(files) == whole.totals["files_n"]
    for name in files:
        assert (tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes(), name


def test_the_manifest_knows_every_file_and_its_rows(home, manifest):
    landed = {str(path.relative_to(home / "landing")) for path in (home / "landing").rglob("*.*")}
    assert landed == {file["file"] for file in manifest["files"]}
    truncated = {defect["file"] for defect in _of(manifest, "truncated_gzip")}
    for file in manifest["files"]:
        path = home / "landing" / file["file"]
        assert path.stat().st_size == file["size_bytes"]
        if path.suffix == ".gz" and file["file"] not in truncated:
            assert len(_lines(home, file["file"])) == file["rows_n"], file["file"]
        if path.suffix == ".parquet":
            rows = duckdb.sql(f"select count(*) from '{path}'").fetchone()
            assert rows == (file["rows_n"],), file["file"]
        if file["file"].startswith("company/"):
            assert len(path.read_text().splitlines()) == file["rows_n"] + 1


def test_truth_is_the_sum_over_good_rows_of_the_last_revision(home, manifest):
    truth = json.loads((home / "simulator" / "truth.json").read_text())
    bad = {
        (d["file"], n)
        for d in manifest["defects"]
        if d["expected"] in ("quarantined", "superseded")
        for n in d["rows"]
    }
    newest: dict[tuple[str, str], dict] = {}
    for file in manifest["files"]:
        if file["feed"] == "contact_legs":
            key = (file["site"], file["extract_date"])
            newest[key] = max(newest.get(key, file), file, key=lambda f: f["revision"])
    sums = {"talk_s": 0, "hold_s": 0, "acw_s": 0, "wait_s": 0}
    count = 0
    for file in newest.values():
        # The blocked night's figures are meant in seconds.
        scale = 1000 if file["file"].endswith(f"krakow_{LAST}.csv.gz") else 1
        for number, line in enumerate(_lines(home, file["file"]), 1):
            if (file["file"], number) in bad:
                continue
            row = dict(zip(LEG_HEADER.split(","), line.split(","), strict=True))
            count += 1
            for name in sums:
                sums[name] += int(row[name]) // (1 if name == "wait_s" else scale)
    assert count == sum(row["offered"] for row in truth["legs"])
    assert sums == {name: sum(row[name] for row in truth["legs"]) for name in sums}


def test_personal_columns_are_there_to_be_kept_out(home):
    rows = list(
        csv.DictReader(io.StringIO(_plain(home, f"sim/contacts_manila_{LAST}.csv.gz").decode()))
    )
    assert any(row["customer_name"] for row in rows)
    assert any("," in row["agent_note"] for row in rows)
    notations = {"".join("9" if c.isdigit() else c for c in row["ani"]) for row in rows}
    assert {"anonymous", "+99999999999", "(999) 999-9999", "9-999-999-9999"} <= notations


def test_every_code_is_in_a_map_but_the_planted_ones(home, manifest):
    def known(feed: str, column: str) -> set[str]:
        (path,) = (home / "landing" / "company").glob(f"{feed}_*.csv")
        return {row[column] for row in csv.DictReader(path.open(encoding="utf-8"))}

    queues: set[str] = set()
    agents: set[str] = set()
    for path in (home / "landing" / "sim").glob("contact_legs_*.csv.gz"):
        for row in _legs(home, f"sim/{path.name}").values():
            if "-X" not in row["contact_id"] and row["leg_outcome"] == "answered":
                queues.add(row["queue"])
                agents |= {row["agent"]} - {""}
    assert queues - known("queues", "queue_code") == set(manifest["unmapped"]["company.queues"])
    unknown = set(manifest["unmapped"]["company.agents"])
    assert agents - known("agents", "agent_code") == unknown & agents != set()
    assert not unknown & known("agents", "agent_code")


def test_a_company_without_agents_is_refused(tmp_path):
    with pytest.raises(ValueError, match="not 1 and 0"):
        simulator.drop(tmp_path / "landing", agents=0, days=1)


def test_progress_is_told_for_every_day(tmp_path):
    told: list[str] = []
    simulator.drop(tmp_path / "landing", agents=12, days=4, progress=told.append)
    days = [str(LAST - timedelta(days=ago)) for ago in (3, 2, 1, 0)]
    assert [text.split()[-1] for text in told] == days
