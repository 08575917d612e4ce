"""Text leaves the warehouse only as its column's kind; the next text is one row of a table."""

from pathlib import Path

import duckdb
import pytest
import yaml

from ground.home import dbt_project_dir
from publish import clients, partitions, snapshot, tables, texts
from publish.snapshot import serve_file
from tests.unit.publish.small_warehouse import CLIENTS, Centre


def passes(kind: str, text: str) -> bool:
    with duckdb.connect() as con:
        con.execute("create table given as select ? as v", [text])
        row = con.execute(f"select {texts.guarded('v', kind)} from given").fetchone()
    assert row is not None
    if row[0] != text:
        assert row[0].startswith(texts.WITHHELD)
        assert text not in row[0]
    return bool(row[0] == text)


@pytest.mark.parametrize(
    ("kind", "text", "allowed"),
    [
        ("language", "en", True),
        ("language", "pt-BR", True),
        ("language", "ana.garcia@acme.es", False),
        ("language", "Maria Garcia", False),
        ("zone", "America/Argentina/Ushuaia", True),
        ("zone", "ana@acme.es", False),
        ("code", "after call work", True),
        ("code", "call back +34 600 111 222", False),
        ("code", "600111222", False),
        ("code", "12345678-Z", False),
        ("code", "2026-10-21", True),
        ("code", "sim:0f3e5c1a-0b1c-4d2e-8f3a-1234567890ab", True),
        ("code", "Ünï", True),
        ("code", "x" * 121, False),
        ("record", "connect:0f3e5c1a-0b1c-4d2e-8f3a-1234567890ab", True),
        ("record", "asterisk:1700000123.45", True),
        ("record", "E10001@sim_wfm@2026-10-21@2026-10-21 09:00:00", True),
        ("record", "sim:Maria Garcia@2026-10-21 09:00:00", False),
        ("record", "ana@acme.es", False),
        ("record", "sim:ana@mail.acme.es", False),
        ("record", "Maria Garcia", False),
        ("place", "genesys:360001234567", True),
        ("place", "acme.answer_rate@2026-11-01", True),
        ("place", "a\nb", False),
        ("staff", "zendesk:ana@acme.es", True),
        ("staff", "Maria Garcia", False),
        ("customer", "0" * 32, True),
        ("customer", "+34600111222", False),
        ("currency", "EUR", True),
        ("currency", "Euros", False),
        ("country", "GB", True),
        ("words", "Greeting and farewell", True),
        ("words", "write to ana@acme.es", False),
        ("own", "anything", True),
    ],
)
def test_a_text_is_published_as_its_kind_allows(kind: str, text: str, allowed: bool) -> None:
    assert passes(kind, text) == allowed


def test_every_text_column_that_is_published_has_a_kind_of_its_own() -> None:
    """Nobody meets the default: whoever adds a column says what text it may hold."""
    undeclared, seen = [], 0
    for path in sorted((dbt_project_dir() / "models").rglob("*.yml")):
        for model in (yaml.safe_load(path.read_text()) or {}).get("models", ()):
            publish = model.get("config", {}).get("meta", {}).get("publish")
            for column in model.get("columns", ()) if publish else ():
                if column.get("data_type") == "varchar":
                    seen += 1
                    meta = column.get("config", {}).get("meta", {})
                    table = f"{publish['schema']}.{publish['name']}"
                    if not (meta.get("text") or texts.declared(table, column["name"])):
                        undeclared.append(f"{table}.{column['name']}")
    assert undeclared == []
    assert seen > 500


def read_everything(folder: Path) -> str:
    files = sorted(str(path) for path in folder.rglob("*.parquet"))
    with duckdb.connect() as con:
        return " ".join(
            str(con.execute("from read_parquet(?, hive_partitioning = false)", [file]).fetchall())
            for file in files
        )


def test_no_other_text_is_in_any_published_file(centre: Centre) -> None:
    """Nor in a folder's name: a site is what stood in the name of a file."""
    centre.change(
        "alter table core.fct_contact add column language varchar",
        "update core.fct_contact set language = 'ana@acme.es', queue_id = 'maria@acme.es'",
        "alter table agent.agent_day add column site_id varchar",
        "update agent.agent_day set site_id = 'luis@acme.es'",
    )
    node = centre.dbt["nodes"]["model.headset.agent__agent_day"]
    node["config"]["meta"]["publish"]["partition_by"] = ["site_id", "site_month"]
    centre.save()
    published = centre.publish()
    assert "@acme.es" not in read_everything(published.folder)
    assert texts.WITHHELD in read_everything(published.folder)
    assert not [p for p in published.folder.rglob("*") if "acme.es" in str(p)]
    counted = centre.read("select count(*) from interaction.contact", serve_file(centre.home))
    assert counted == [(40 * len(CLIENTS),)], "the rows are there"


def test_files_written_under_other_rules_are_written_again(
    centre: Centre, monkeypatch: pytest.MonkeyPatch
) -> None:
    centre.publish()
    assert centre.publish().written_n == 0
    changed = {**texts.KINDS, "record": lambda v: f"length({v}) < 3"}
    before = texts.rules()
    monkeypatch.setattr(texts, "KINDS", changed)
    assert texts.rules() != before
    for module in (partitions, tables, clients, snapshot):
        monkeypatch.setattr(module, "WRITER", f"duckdb/1-{texts.rules()}", raising=False)
    assert centre.publish().linked_n == 0
    ids = centre.read("select distinct contact_id from interaction.contact")
    assert all(one.startswith(texts.WITHHELD) for (one,) in ids)
