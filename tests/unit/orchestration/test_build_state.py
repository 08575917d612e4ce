"""When a night builds, and when it has nothing to do."""

import datetime as dt
import json
from dataclasses import replace
from pathlib import Path

import duckdb
import pytest

from ground.home import Home
from orchestration.run import build_state
from orchestration.run.build_state import Built, decide
from orchestration.run.rebuild import Rebuild
from publish.manifest import Snapshot, Table, Verdict

A_SNAPSHOT = Snapshot(
    snapshot_id="000001",
    created_at="2026-10-21T02:00:00+00:00",
    run_id="r1",
    batch_id=1,
    definition_hash="d1",
    verdict=Verdict("r1", 1, "pass", "d1", (), (), 1, 0),
    previous=None,
    writer="w",
    served_from="",
    held_tables=(),
    tables={},
    clients={},
)


def plan_of(**changes: object) -> build_state.Plan | None:
    """A settled warehouse (batch 4 built by definitions `d1` and judged), with changes."""
    settled = {
        "built": Built(4, "d1"),
        "definitions": "d1",
        "newest_batch": 4,
        "unbuilt_files": 0,
        "judged": True,
    }
    return decide(**(settled | changes))  # type: ignore[arg-type]


def test_nothing_new_and_nothing_changed_builds_nothing() -> None:
    assert plan_of() is None


def test_a_home_without_a_file_builds_nothing() -> None:
    assert plan_of(built=None, newest_batch=0, judged=False) is None


def test_new_files_are_built_without_a_full_refresh() -> None:
    plan = plan_of(newest_batch=5, unbuilt_files=3)
    assert plan is not None
    assert (plan.batch_id, plan.whole, plan.why) == (5, False, "3 new file(s) landed")


def test_changed_definitions_rebuild_what_they_changed() -> None:
    plan = plan_of(
        built=Built(4, "d1", models={"model.headset.fct_contact": "f1"}), definitions="d2"
    )
    assert plan is not None
    assert not plan.whole
    assert plan.definition_hash == "d2"


def test_a_build_from_before_fingerprints_were_kept_is_rebuilt_whole() -> None:
    plan = plan_of(definitions="d2")
    assert plan is not None
    assert plan.whole


def test_a_home_upgraded_from_a_note_without_fingerprints_is_read(tmp_path: Path) -> None:
    home = Home(tmp_path)
    home.target.mkdir()
    note = {"batch_id": 4, "definition_hash": "d1", "whole": True}
    (home.target / "built.json").write_text(json.dumps(note), encoding="utf-8")
    assert build_state.last_built(home) == Built(4, "d1")


def test_a_build_that_is_cut_off_leaves_no_word_for_what_it_began(home: Home) -> None:
    models = {"model.headset.a": "1", "model.headset.b": "1"}
    home.target.mkdir()
    build_state.keep_note(home, Built(3, "d1", models=models, untested=("model.headset.z",)))
    now = Rebuild(
        redefined=frozenset({"model.headset.b"}),
        moved=frozenset(),
        kept=frozenset({"model.headset.a"}),
        kept_by_dates=frozenset({"model.headset.a"}),
        changed=frozenset({"model.headset.b"}),
    )
    build_state.note_begun(home, now)
    left = build_state.last_built(home)
    assert left is not None
    assert not left.whole, "going back to the old definitions is no reason to keep it"
    assert left.models == {"model.headset.a": "1"}
    assert left.untested == ("model.headset.b", "model.headset.z")
    build_state.note_tested(home)
    tested = build_state.last_built(home)
    assert tested is not None
    assert tested.untested == ()


def test_a_build_that_a_kill_kept_from_its_verdict_is_judged_next_night() -> None:
    plan = plan_of(judged=False)
    assert plan is not None
    assert not plan.whole


def test_a_kill_between_ledger_and_note_is_built_again() -> None:
    assert plan_of(newest_batch=5, unbuilt_files=0) is not None


def test_models_built_one_by_one_wait_for_a_whole_build() -> None:
    plan = plan_of(built=Built(4, "d1", whole=False))
    assert plan is not None
    assert not plan.whole


def test_a_night_that_is_asked_to_rebuild_takes_no_model_as_it_stands(home: Home) -> None:
    build_state.forget_models(home)  # before the first build there is nothing to forget
    home.target.mkdir(parents=True)
    build_state.keep_note(home, Built(4, "d1", models={"model.headset.x": "p"}))
    build_state.forget_models(home)
    note = build_state.last_built(home)
    assert note is not None
    assert note.models == {}
    assert plan_of(built=note) is not None


def test_definitions_are_the_contracts_and_the_dbt_project(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    project = tmp_path / "dbt_project"
    (project / "models" / "staging" / "_generated").mkdir(parents=True)
    model = project / "models" / "a.sql"
    model.write_text("select 1", encoding="utf-8")
    monkeypatch.setenv("HEADSET_DBT_PROJECT", str(project))
    home = Home(tmp_path)
    before = build_state.definition_hash(home)
    (project / "models" / "staging" / "_generated" / "sim.yml").write_text("x: 1")
    assert build_state.definition_hash(home) == before, "what is generated is no definition"
    model.write_text("select 2", encoding="utf-8")
    assert build_state.definition_hash(home) != before


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """Batches 1..3 touched one day each; batch 1 passed whole, batch 2 was blocked."""
    home = Home(tmp_path)
    con = duckdb.connect(str(home.warehouse))
    con.execute("create schema raw; create schema ledger")
    con.execute("create table raw.touched (feed varchar, event_date date, batch_id bigint)")
    con.execute(
        "insert into raw.touched values ('contacts', '2026-10-01', 1), "
        "('contacts', '2026-10-30', 2), ('contacts', '2026-11-20', 3)"
    )
    con.execute(
        "create table ledger.rewritten (batch_id bigint, model varchar, rewritten_date date)"
    )
    con.execute(
        "insert into ledger.rewritten values (1, 'fct_contact', '2026-08-01'), "
        "(2, 'fct_contact', '2026-10-30'), (2, 'fct_survey', null)"
    )
    con.execute(
        "create table ledger.verdict (batch_id bigint, status varchar, definition_hash varchar)"
    )
    con.execute("insert into ledger.verdict values (1, 'pass', 'd1'), (2, 'blocked', 'd1')")
    con.close()
    return home


def test_what_a_blocked_night_left_behind_is_audited_again(home: Home) -> None:
    dates = build_state.dates_to_audit(home, Built(3, "d1"))
    assert dates == (dt.date(2026, 10, 30), dt.date(2026, 11, 20))


def test_other_definitions_audit_every_date(home: Home) -> None:
    assert build_state.dates_to_audit(home, Built(3, "d2")) is None


def test_only_months_near_a_rewritten_date_are_read_for_publication(home: Home) -> None:
    def table(name: str, model: str, month_of: str | None = "site_date") -> Table:
        return Table(name, model, "", (), (), month_of, (), None, ())

    tables = [
        table("interaction.contact", "fct_contact"),
        table("interaction.survey", "fct_survey"),
        table("client.backlog_day", "client_backlog_day"),
        table("core.queue", "dim_queue", month_of=None),
    ]
    base = replace(A_SNAPSHOT, batch_id=1, tables={one.name: one for one in tables})
    months = build_state.changed_months(home, base)
    assert months == {"interaction.contact": ["2026-10", "2026-11"], "interaction.survey": []}
    home.target.mkdir()
    build_state.keep_note(home, Built(3, base.definition_hash))
    assert build_state.changed_months(home, base) == months
    build_state.keep_note(home, Built(3, "other"))
    assert build_state.changed_months(home, base) == {}, "by other definitions any month may differ"
