"""Superset for real: `make test-bi`. Skipped where its environment is not set up."""

import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from bi.definitions import definitions
from bi.server import ServerError, Session, environment
from ground.home import CHECKOUT
from tests.bi.browser import browser
from tests.bi.conftest import PYTHON, Running

PICTURES = os.environ.get("HEADSET_BI_PICTURES", "")

pytestmark = pytest.mark.skipif(not PYTHON, reason="Superset is not set up here: make test-bi")


def charts(session: Session) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = session.call("GET", "/api/v1/chart/?q=(page_size:100)")["result"]
    return found


def datasets(session: Session) -> dict[str, int]:
    listed = session.call("GET", "/api/v1/dataset/?q=(page_size:100)")["result"]
    return {f"{one['schema']}.{one['table_name']}": one["id"] for one in listed}


def ask(session: Session, dataset: int, columns: list[str], **query: Any) -> list[dict[str, Any]]:
    body = {
        "datasource": {"id": dataset, "type": "table"},
        "queries": [{"columns": columns, "metrics": [], "row_limit": 5000, **query}],
        "result_format": "json",
        "result_type": "full",
    }
    rows: list[dict[str, Any]] = session.call("POST", "/api/v1/chart/data", body)["result"][0][
        "data"
    ]
    return rows


def test_every_chart_returns_data(running: Running) -> None:
    session = running.session("admin")
    listed = charts(session)
    assert len(listed) == sum(len(row) for board in definitions() for row in board["rows"])
    for chart in listed:
        answer = session.call("GET", f"/api/v1/chart/{chart['id']}/data/")["result"][0]
        assert answer["status"] == "success", (chart["slice_name"], answer.get("error"))


@pytest.mark.parametrize(("name", "key"), [("client", "client_id"), ("agent", "agent_id")])
def test_a_reader_sees_his_own_rows_alone(running: Running, name: str, key: str) -> None:
    session = running.session(name)
    own = running.readers[name]["id"]
    for dataset in datasets(session).values():
        for where in ("", "1 = 1 or 1 = 1", f"{key} <> 'x'"):
            rows = ask(session, dataset, [key], extras={"where": where})
            assert {row[key] for row in rows} <= {own}


def test_rows_that_are_not_for_him_are_shown_to_nobody(running: Running) -> None:
    """metric.value says by the row for whom it is; workforce managers are not HR."""
    seen = {}
    for name in ("floor", "hr", "data"):
        session = running.session(name)
        rows = ask(session, datasets(session)["metric.value"], ["audience"])
        seen[name] = {row["audience"] for row in rows}
    assert seen == {
        "floor": {"client", "leader"},
        "hr": {"client", "leader", "hr"},
        "data": {"client", "leader", "hr", "internal"},
    }


def test_whoever_is_gone_from_the_list_of_readers_can_no_longer_sign_in(running: Running) -> None:
    path = running.home.root / "superset" / "readers.csv"
    before = path.read_text(encoding="utf-8")

    def renew() -> None:
        subprocess.run(
            [PYTHON, "-m", "bi.roles", str(path), str(running.home.published / "current")],
            cwd=CHECKOUT, env=environment(running.home.root), capture_output=True, check=True,
        )  # fmt: skip

    path.write_text("".join(line for line in before.splitlines(keepends=True)
                            if not line.startswith("floor,")), encoding="utf-8")  # fmt: skip
    try:
        renew()
        with pytest.raises(ServerError, match="401"):
            running.session("floor")
        running.session("hr")
    finally:
        path.write_text(before, encoding="utf-8")
        renew()
    running.session("floor")


def test_a_chart_that_would_fill_the_memory_is_refused_and_the_server_goes_on(
    running: Running,
) -> None:
    session = running.session("data")
    dataset = datasets(session)["client.day"]
    for expression in ("repeat('a', 1000000000)", "'a' || repeat('b', 999999999)"):
        metric = {"expressionType": "SQL", "sqlExpression": f"max({expression})", "label": "x"}
        with pytest.raises(ServerError, match=r" [45]\d\d "):
            ask(session, dataset, [], metrics=[metric])
    assert ask(session, dataset, ["client_id"])


def test_a_client_is_refused_what_is_not_his(running: Running) -> None:
    everything = datasets(running.session("admin"))
    session = running.session("client")
    assert not {n for n in datasets(session) if n.startswith(("agent.", "attrition.", "trust."))}
    for name in ("agent.scorecard", "trust.check"):
        with pytest.raises(ServerError, match="403"):
            ask(session, everything[name], ["metric" if name == "agent.scorecard" else "check_id"])
    with pytest.raises(ServerError, match=r"40\d"):
        session.call("POST", "/api/v1/sqllab/execute/", {"database_id": 1, "sql": "select 1"})
    with pytest.raises(ServerError, match="40"):
        session.call("GET", "/api/v1/database/")


def test_not_even_the_administrator_writes_or_reads_elsewhere_through_sql_lab(
    running: Running,
) -> None:
    session = running.session("admin")
    database = session.call("GET", "/api/v1/database/")["result"][0]["id"]
    snapshot = (running.home.published / "current").resolve()
    for sql in (
        f"copy (select 1) to '{snapshot}/out.csv'",
        "select * from read_text('/etc/passwd')",
        f"attach '{running.home.warehouse}' as w",
        "set enable_external_access = true",
    ):
        with pytest.raises(ServerError, match=r" [45]\d\d "):
            session.call(
                "POST",
                "/api/v1/sqllab/execute/",
                {"database_id": database, "sql": sql, "runAsync": False},
            )
    assert not list(running.home.root.rglob("out.csv"))


PAGES = {
    "floor": {"floor"},
    "hr": {"floor", "attrition"},
    "data": {"floor", "attrition", "trust"},
    "client": {"client"},
    "leader": {"leader"},
    "agent": {"agent"},
}


@pytest.mark.parametrize("name", list(PAGES))
def test_a_reader_finds_the_page_that_is_for_him_and_every_chart_of_it_answers(
    running: Running, name: str
) -> None:
    session = running.session(name)
    listed = session.call("GET", "/api/v1/dashboard/?q=(page_size:100)")["result"]
    assert PAGES[name] <= {board["slug"] for board in listed}
    if name == "client":
        assert {board["slug"] for board in listed} == PAGES[name]
    for slug in PAGES[name]:
        for chart in session.call("GET", f"/api/v1/dashboard/{slug}/charts")["result"]:
            answer = session.call("GET", f"/api/v1/chart/{chart['id']}/data/")["result"][0]
            assert answer["status"] == "success", (chart["slice_name"], answer.get("error"))


WAYS_OUT = """
import sys, os
from pathlib import Path
from bi.sandbox import confine
from sqlalchemy import create_engine, text
home = Path(sys.argv[1])
confine(home / "published", home / "scratch")
engine = create_engine(f"duckdb:///{home}/published/current/serve.duckdb")
with engine.connect() as con:
    print("reads", con.execute(text("select count(*) from interaction.contact")).scalar() > 0)
snapshot = (home / "published" / "current").resolve()
for sql in (
    "select * from read_csv('/etc/passwd')",
    "select * from read_text('/etc/hostname')",
    f"copy (select 1) to '{home}/out.csv'",
    f"copy (select 1) to '{home}/published/out.csv'",
    f"copy (select 1) to '{snapshot}/out.csv'",
    f"explain analyze copy (select 1) to '{snapshot}/out.csv'",
    f"select 1; copy (select 1) to '{snapshot}/out.csv'",
    f"attach '{home}/warehouse.duckdb' as w (read_only)",
    "call enable_logging(storage='file', storage_path='/tmp')",
    "set enable_external_access = true",
    "set lock_configuration = false",
    "set allowed_directories = ['/']",
    "install httpfs",
    "create table t as select 1",
    "delete from interaction.contact",
):
    with engine.connect() as con:
        try:
            con.exec_driver_sql(sql).fetchall()
            print("open", sql)
        except Exception as error:
            print("refused", type(error).__name__)
for path in (f"{home}/warehouse.duckdb", ":memory:", "/etc/passwd"):
    try:
        create_engine(f"duckdb:///{path}").connect()
        print("open", path)
    except Exception as error:
        print("refused", type(error).__name__)
"""


def test_every_known_way_out_of_the_sandbox_is_shut(running: Running, tmp_path: Path) -> None:
    said = subprocess.run(
        [PYTHON, "-c", WAYS_OUT, str(running.home.root)],
        cwd=CHECKOUT, capture_output=True, text=True, check=True,
    ).stdout.splitlines()  # fmt: skip
    assert said[0] == "reads True"
    assert [line for line in said[1:] if not line.startswith("refused")] == []
    assert len(said) == 1 + 15 + 3
    assert not list(running.home.root.rglob("out.csv"))


@pytest.mark.skipif(not shutil.which("chromedriver"), reason="needs chromium and its driver")
def test_every_dashboard_draws_every_chart(running: Running, tmp_path: Path) -> None:
    pictures = Path(PICTURES) if PICTURES else tmp_path
    with browser() as window:
        window.open(f"{running.address}/login/")
        assert window.wait(
            "return document.querySelector('#username, input[name=username]') != null"
        )
        password = running.readers["admin"]["password"]
        window.run(
            "const set=(q,v)=>{const e=document.querySelector(q);"
            "Object.getOwnPropertyDescriptor(HTMLInputElement.prototype,'value').set.call(e,v);"
            "e.dispatchEvent(new Event('input',{bubbles:true}))};"
            f"set('#username, input[name=username]','admin');"
            f"set('#password, input[name=password]','{password}');"
            "document.querySelector('button[type=submit], input[type=submit]').click()"
        )
        assert window.wait("return !location.pathname.startsWith('/login')")
        for board in definitions():
            window.open(f"{running.address}/superset/dashboard/{board['slug']}/?standalone=1")
            wanted = sum(len(row) for row in board["rows"])
            drawn = window.wait(
                "const c=document.querySelectorAll('.dashboard-component-chart-holder');"
                f"return c.length >= {wanted} && document.querySelectorAll('.loading').length == 0"
                " && document.querySelectorAll('[data-test=loading-indicator]').length == 0"
            )
            window.whole_page()
            window.picture(pictures / f"bi-{board['slug']}.png")
            assert drawn, board["slug"]
            wrong = window.run("return document.querySelectorAll('.ant-alert-error').length")
            assert wrong == 0, board["slug"]
