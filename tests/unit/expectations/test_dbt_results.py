"""dbt's test results in the words of the audit, with the rows that failed."""

import json
from pathlib import Path
from typing import Any

import duckdb
import pytest

from expectations import dbt_results
from expectations.checks import CheckResult
from expectations.dbt_results import DbtResultsError
from ground.home import Home

MODEL = "model.headset.fct_contact"


@pytest.fixture
def build(tmp_path: Path) -> Path:
    con = duckdb.connect(str(tmp_path / "warehouse.duckdb"))
    con.execute("create schema core")
    con.execute("""
        create table core.fct_contact as
        select 'c' || n as contact_id, ['acme', 'bolt'][1 + n % 2] as client_id,
               'secret' || n as customer_id, -n as wait_s
        from range(20) as r(n)
    """)
    con.close()
    return tmp_path


def node(**given: Any) -> dict[str, Any]:
    config = {"severity": "ERROR", "meta": {"reason": "waits are never negative"}}
    return {"resource_type": "test", "attached_node": MODEL, "config": config} | given


def read(build: Path, status: str, test: dict[str, Any], **entry: Any) -> CheckResult:
    uid = "test.headset.wait_is_not_negative.0a1b2c"
    manifest = {
        "nodes": {
            uid: test,
            MODEL: {
                "resource_type": "model",
                "name": "fct_contact",
                "config": {"meta": {"publish": {"schema": "interaction", "name": "contact"}}},
            },
        },
        "sources": {
            "source.headset.raw_sim.contacts": {"source_name": "raw_sim", "name": "contacts"},
            "source.headset.raw_company.sites": {"source_name": "raw_company", "name": "sites"},
        },
        "child_map": {MODEL: [uid, "model.headset.client_day"]},
        "parent_map": {
            MODEL: ["source.headset.raw_sim.contacts", "source.headset.raw_company.sites"]
        },
    }
    manifest["nodes"]["model.headset.client_day"] = {
        "resource_type": "model",
        "name": "client_day",
        "config": {"meta": {"publish": {"schema": "client", "name": "day"}}},
    }
    results = [{"unique_id": uid, "status": status, **entry}]
    (build / "manifest.json").write_text(json.dumps(manifest))
    (build / "run_results.json").write_text(json.dumps({"results": results}))
    found = dbt_results.read([build / "run_results.json"], build / "manifest.json", Home(build))
    assert len(found) == 1
    return found[0]


NEGATIVE = "select * from core.fct_contact where wait_s < 0 order by contact_id"


def test_a_passing_test_passes(build: Path) -> None:
    result = read(build, "pass", node(), failures=0)
    assert (result.check_id, result.status) == ("dbt.wait_is_not_negative", "pass")
    assert (result.severity, result.radius, result.reason) == (
        "block", "snapshot", "waits are never negative",
    )  # fmt: skip


def test_a_failure_names_rows_clients_and_published_tables(build: Path) -> None:
    meta = {"reason": "waits are never negative", "radius": "client"}
    test = node(config={"severity": "error", "meta": meta})
    result = read(build, "fail", test, failures=19, compiled_code=NEGATIVE)
    assert (result.status, result.failing_n, result.radius) == ("fail", 19, "client")
    assert result.clients == ("acme", "bolt")
    assert result.tables == ("client.day", "interaction.contact")
    assert result.sample[0] == {"contact_id": "c1", "client_id": "bolt", "wait_s": -1}
    assert len(result.sample) == 5


def test_a_sample_has_no_personal_column(build: Path) -> None:
    result = read(build, "fail", node(), failures=19, compiled_code=NEGATIVE)
    assert "secret" not in str(result)


def test_a_test_over_a_personal_column_shows_no_value(build: Path) -> None:
    sql = (
        "select customer_id as unique_field, count(*) as n_records from core.fct_contact group by 1"
    )
    result = read(build, "fail", node(column_name="customer_id"), failures=20, compiled_code=sql)
    assert result.sample[0] == {"n_records": 1}


def test_a_warning_stays_a_warning(build: Path) -> None:
    test = node(config={"severity": "warn", "meta": {}})
    result = read(build, "warn", test, failures=2, compiled_code=NEGATIVE)
    assert (result.severity, result.status) == ("warn", "fail")


def test_a_failure_below_the_error_limit_is_a_warning(build: Path) -> None:
    assert read(build, "warn", node(), failures=2, compiled_code=NEGATIVE).severity == "warn"


@pytest.mark.parametrize("status", ["error", "skipped", "runtime error"])
def test_a_test_that_did_not_run_is_an_error_and_never_a_pass(build: Path, status: str) -> None:
    result = read(build, status, node(), message="Binder Error: no such column")
    assert result.status == "error"
    assert result.sample == ({"error": "Binder Error: no such column"},)


def test_a_feed_test_names_the_feeds_above_it_without_the_company_s_maps(build: Path) -> None:
    test = node(config={"severity": "error", "meta": {"radius": "feed"}})
    result = read(build, "fail", test, failures=1, compiled_code=NEGATIVE)
    assert result.feeds == ("sim.contacts",)


def test_a_model_that_was_not_built_blocks(build: Path) -> None:
    (build / "manifest.json").write_text(json.dumps({"nodes": {}}))
    entry = {"unique_id": MODEL, "status": "error", "message": "Out of memory"}
    (build / "run_results.json").write_text(json.dumps({"results": [entry]}))
    paths = [build / "run_results.json"]
    found = dbt_results.read(paths, build / "manifest.json", Home(build))
    assert [(r.check_id, r.status, r.severity) for r in found] == [
        ("dbt.fct_contact", "error", "block")
    ]


def test_missing_results_are_an_error_that_names_the_file(build: Path) -> None:
    (build / "manifest.json").write_text("{}")
    with pytest.raises(DbtResultsError, match=r"nothing\.json: no results of dbt's tests"):
        dbt_results.read([build / "nothing.json"], build / "manifest.json", Home(build))
