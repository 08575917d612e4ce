"""What was planted in the HR system's rows is what the model of its oddities names."""

import json
from pathlib import Path

import duckdb
import pytest

from ground.home import Home


@pytest.fixture(scope="module")
def named(published_history: Path) -> set[tuple[str, str, int]]:
    """(rule, file, row) of both records of every oddity that the model names."""
    with duckdb.connect(str(Home(published_history).warehouse), read_only=True) as con:
        return set(
            con.execute("""
                with records as (
                    select version_id as record_id, file_id, row_number
                    from intermediate.int_employment_versions
                    union
                    select employment_event_id, file_id, row_number
                    from intermediate.int_employment_events
                ),
                odd as (
                    select rule, unnest([record_id, other_record_id]) as record_id
                    from core.fct_employment_anomaly
                )
                select odd.rule, file.file_name, records.row_number
                from odd
                inner join records using (record_id)
                inner join ledger.file as file using (file_id)
            """).fetchall()
        )


def test_every_planted_oddity_of_employment_is_named_by_its_rule(
    published_history: Path, named: set[tuple[str, str, int]]
) -> None:
    manifest = json.loads((published_history / "simulator" / "manifest.json").read_text())
    planted = {
        (defect["rule"], Path(defect["file"]).name, row)
        for defect in manifest["defects"]
        if defect["file"].startswith("sim_hr/") and defect["expected"] == "loaded"
        for row in defect["rows"]
    }
    assert planted
    assert planted <= named, planted - named
