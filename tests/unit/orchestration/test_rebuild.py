"""What a night rebuilds: what means something else, and what stands on what came."""

import copy
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from orchestration.dbt.fingerprints import changes_by_itself, fingerprints, normalised, own_macros
from orchestration.run.foresight import partly
from orchestration.run.rebuild import News, Rebuild, carried_from, decide, in_order

VARIABLES = {"span": 31, "unused": 1}
CALLS, MAPS = "source.headset.raw_sim.contacts", "source.headset.raw_company.sites"


def model(name: str, kind: str, code: str, parents: list[str], **more: Any) -> dict[str, Any]:
    config = {"materialized": kind, "schema": "core", "meta": {"touched": more.get("touched")}}
    return {
        "name": name,
        "resource_type": "model",
        "raw_code": code,
        "relation_name": f'"warehouse"."core"."{name}"',
        "config": config,
        "description": "Prose.",
        "columns": {"n": {"data_type": "bigint", "description": "Prose.", "constraints": []}},
        "depends_on": {"nodes": parents, "macros": more.get("macros", [])},
    }


def project() -> dict[str, Any]:
    """Two feeds; staging, a fact by dates, a mart of it, a list, and what counts open things."""
    nodes = {
        "stg": model("stg", "view", "select * from {{ source('raw_sim', 'contacts') }}", [CALLS]),
        "stg_sites": model("stg_sites", "view", "select 1", [MAPS]),
        "fct": model(
            "fct", "incremental", "select n from {{ ref('stg') }}", ["model.headset.stg"],
            macros=["macro.headset.only"],
        ),
        "mart": model("mart", "table", "select {{ var('span') }}", ["model.headset.fct"]),
        "sites": model("sites", "incremental", "select 1", ["model.headset.stg_sites"]),
        "open": model("open", "table", "select max(through_date) from ledger.batch", []),
    }  # fmt: skip
    named = {f"model.headset.{name}": node for name, node in nodes.items()}
    sources = {
        uid: {"relation_name": uid, "columns": {"n": {"data_type": "bigint"}}, "description": "x"}
        for uid in (CALLS, MAPS)
    }
    macros = {
        "macro.headset.only": {
            "macro_sql": "{% macro only() %} {{ inner() }} from ledger.batch {% endmacro %}",
            "depends_on": {"macros": ["macro.headset.inner"]},
        },
        "macro.headset.inner": {"macro_sql": "true", "depends_on": {"macros": []}},
        "macro.headset.other": {"macro_sql": "false", "depends_on": {"macros": []}},
    }
    parents = {uid: node["depends_on"]["nodes"] for uid, node in named.items()}
    children = {uid: [c for c, ps in parents.items() if uid in ps] for uid in (*named, *sources)}
    return {
        "nodes": named, "sources": sources, "macros": macros,
        "parent_map": parents, "child_map": children,
    }  # fmt: skip


def rebuilt(
    edit: Callable[[dict[str, Any]], None] = lambda _: None,
    news: News = News(),  # noqa: B008
    variables: dict[str, Any] = VARIABLES,
    missing: str = "",
) -> Rebuild:
    """What is built when a settled project is edited and news come."""
    before, after = project(), copy.deepcopy(project())
    edit(after)
    present = {node["relation_name"] for node in before["nodes"].values()}
    present -= {f'"warehouse"."core"."{missing}"'}
    built = fingerprints(before, VARIABLES)
    return decide(after, fingerprints(after, variables), built, present, news)


def short(uids: frozenset[str]) -> set[str]:
    return {uid.rsplit(".", 1)[-1] for uid in uids}


def code(name: str, text: str) -> Callable[[dict[str, Any]], None]:
    def edit(manifest: dict[str, Any]) -> None:
        manifest["nodes"][f"model.headset.{name}"]["raw_code"] = text

    return edit


def test_nothing_changed_builds_nothing() -> None:
    now = rebuilt()
    assert now.built == now.changed == frozenset()
    assert short(now.kept) == {"fct", "mart", "sites", "open"}
    assert short(now.kept_by_dates) == {"fct", "sites"}


@pytest.mark.parametrize(
    "edit",
    [
        code("fct", "-- a word\nselect n\n  from {{ ref('stg') }}"),
        code("fct", "{# it's prose #}select n /* don't */ from {{ ref('stg') }}\n"),
        lambda m: m["nodes"]["model.headset.fct"].update(description="Other prose."),
        lambda m: m["nodes"]["model.headset.fct"]["columns"]["n"].update(description="Other."),
        lambda m: m["nodes"]["model.headset.mart"]["config"]["meta"].update(owner="ops"),
        lambda m: m["macros"]["macro.headset.inner"].update(macro_sql="{# new #} true"),
        lambda m: m["macros"]["macro.headset.other"].update(macro_sql="null"),
        lambda m: m["sources"][CALLS].update(description="Other prose."),
    ],
    ids=["comment", "comments", "description", "column", "owner", "macro", "unrelated", "source"],
)
def test_prose_rebuilds_nothing(edit: Callable[[dict[str, Any]], None]) -> None:
    assert rebuilt(edit).built == frozenset()


@pytest.mark.parametrize(
    ("edit", "expected"),
    [
        (code("mart", "select 2"), {"mart"}),
        (code("fct", "select 'a  b' from {{ ref('stg') }}"), {"fct", "mart"}),
        (code("stg", "select 1"), {"stg", "fct", "mart"}),
        (
            lambda m: m["macros"]["macro.headset.inner"].update(macro_sql="false"),
            {"fct", "mart"},
        ),
        (
            lambda m: m["nodes"]["model.headset.fct"]["columns"]["n"].update(data_type="double"),
            {"fct", "mart"},
        ),
        (
            lambda m: m["nodes"]["model.headset.fct"]["config"].update(materialized="table"),
            {"fct", "mart"},
        ),
        (
            lambda m: m["nodes"]["model.headset.sites"]["config"]["meta"].update(
                touched={"column": "d"}
            ),
            {"sites"},
        ),
        (
            lambda m: m["sources"][MAPS]["columns"]["n"].update(data_type="varchar"),
            {"stg_sites", "sites"},
        ),
    ],
    ids=["mart", "fact", "view", "macro", "contract", "kind", "dates", "source"],
)
def test_a_changed_meaning_rebuilds_itself_and_what_stands_on_it(
    edit: Callable[[dict[str, Any]], None], expected: set[str]
) -> None:
    now = rebuilt(edit)
    assert short(now.redefined) == expected
    assert now.moved == frozenset()


def test_a_variable_is_part_of_the_models_that_name_it() -> None:
    assert short(rebuilt(variables={"span": 30, "unused": 1}).redefined) == {"mart"}
    assert rebuilt(variables={"span": 31, "unused": 2}).built == frozenset()


def test_a_string_keeps_its_spaces_and_what_looks_like_a_comment_in_it() -> None:
    assert normalised("select '--  x' -- y\n, 1") == "select '--  x' , 1"
    assert normalised("a  'it''s  /* no */'") == "a 'it''s  /* no */'"


def test_rows_that_came_rebuild_what_stands_on_their_feed() -> None:
    now = rebuilt(news=News(sources=frozenset({MAPS})))
    assert short(now.moved) == {"sites"}
    assert short(now.changed) == {"stg_sites", "sites"}, "tests of views look at them too"


def test_time_alone_rebuilds_what_reads_the_ledger() -> None:
    assert short(rebuilt(news=News(time_passed=True)).moved) == {"open"}
    macros = own_macros(project())
    by_dates = project()["nodes"]["model.headset.fct"]
    assert not changes_by_itself(by_dates, macros), "asking which dates to rewrite is no change"
    by_dates["config"]["meta"]["touched"] = {"unsettled": "age < 31"}
    assert changes_by_itself(by_dates, macros)


def test_a_warehouse_that_was_changed_otherwise_is_built_by_dates_whole() -> None:
    now = rebuilt(news=News(anything=True))
    assert short(now.moved) == {"fct", "mart", "sites", "open"}
    assert now.redefined == frozenset()


def test_what_is_not_there_is_built_and_so_is_what_stands_on_it() -> None:
    assert short(rebuilt(missing="fct").redefined) == {"fct", "mart"}


def test_what_follows_another_by_dates_stands_on_it() -> None:
    def follow(manifest: dict[str, Any]) -> None:
        node = manifest["nodes"]["model.headset.sites"]
        node["config"]["meta"]["touched"] = {"follows": {"fct": [0, 0]}}

    now = rebuilt(follow, News(sources=frozenset({CALLS})))
    assert short(now.changed) >= {"sites"}


def test_parents_are_told_before_their_children() -> None:
    wanted = ["model.headset.mart", "model.headset.stg", "model.headset.fct"]
    assert [uid.rsplit(".", 1)[-1] for uid in in_order(project(), wanted)] == ["stg", "fct", "mart"]


@pytest.mark.parametrize(
    ("raw_begins", "carried"),
    [
        (date(2026, 1, 1), date(2026, 2, 1)),
        (date(2026, 1, 2), date(2026, 3, 1)),
        (date(2026, 11, 30), date(2027, 1, 1)),
    ],
)
def test_a_month_counts_as_whole_when_raw_holds_the_weeks_before_it_too(
    raw_begins: date, carried: date
) -> None:
    manifest = project()
    manifest["sources"][CALLS] |= {"source_name": "raw_sim", "name": "contacts"}
    manifest["sources"][MAPS] |= {"source_name": "raw_company", "name": "sites"}
    found = carried_from(manifest, {"sim.contacts": raw_begins, "sim.other": date(2030, 1, 1)})
    assert found == {"model.headset.fct": carried}, "tables by dates, of that feed alone"
    assert carried_from(manifest, {}) == {}


def test_the_plan_names_tables_that_raw_cannot_build_from_their_beginning() -> None:
    manifest, begins = project(), date(2026, 1, 1)
    manifest["sources"][CALLS] |= {"source_name": "raw_sim", "name": "contacts"}
    manifest["sources"][MAPS] |= {"source_name": "raw_company", "name": "sites"}
    direct = model("direct", "table", "select 1", ["model.headset.stg"])
    manifest["nodes"]["model.headset.direct"] = direct
    manifest["parent_map"]["model.headset.direct"] = ["model.headset.stg"]
    everything = frozenset(manifest["nodes"])
    now = Rebuild(everything, frozenset(), frozenset(), frozenset(), everything)
    assert partly(manifest, now, {"sim.contacts": begins}) == [
        {"model": "direct", "from": begins, "by_dates": False},
        {"model": "fct", "from": date(2026, 2, 1), "by_dates": True},
    ], "a mart stands on a table that keeps its months"
