"""An upgrade: what moved and why, and pieces put in place that may be cut off anywhere."""

import shutil
from dataclasses import replace
from pathlib import Path

import duckdb
import pytest

from ground import files, home_version
from ground.home import CHECKOUT, Home
from ground.home_version import HomeVersionError
from ground.systems import recorded
from ingest.ledger.ledger import warehouse
from ingest.ledger.systems import settle
from ingest.privacy.pseudonym import master_key
from metrics.contracts import reader
from metrics.contracts.contract import MetricContract
from orchestration.upgrade import compare, place
from publish import snapshot_store

CONTRACTS = reader.load(CHECKOUT / "dbt_project" / "models" / "metrics").metrics
SAME, MOVED, NEW, GONE, ODD = CONTRACTS[:5]
Value = tuple[str, int, float | None]


def serve(path: Path, rows: list[Value]) -> Path:
    """A serve.duckdb with these values: metric, version, value."""
    with duckdb.connect(str(path)) as con:
        con.execute("create schema metric")
        con.execute(
            "create table metric.rows as select null::varchar as metric, 1 as version, "
            "1.0::double as value where false"
        )
        con.executemany("insert into metric.rows values (?, ?, ?)", rows)
        con.execute(
            "create view metric.value as select metric, 'v' as variant, 'client' as audience, "
            "'month' as grain, 'client' as entity_kind, 'acme' as entity_id, 'acme' as client_id, "
            "date '2026-10-01' as period_start_date, date '2026-10-01' as month_start_date, "
            "version, value * 10 as numerator, 10 as denominator, 10 as n, value, "
            "null::double as low, null::double as high, null::varchar as blank_reason "
            "from metric.rows"
        )
    return path


def test_every_metric_that_moved_has_its_cause(tmp_path: Path) -> None:
    newer = replace(MOVED, version=MOVED.version + 1, earlier={MOVED.version: "as it was"})
    old = serve(tmp_path / "old.duckdb", [
        (SAME.display, 1, 0.5), (MOVED.display, 1, 0.5), (GONE.display, 1, 0.5),
        (ODD.display, 1, 0.5),
    ])  # fmt: skip
    new = serve(tmp_path / "new.duckdb", [
        # The last digits depend on the order of a sum.
        (SAME.display, 1, 0.5 * (1 + 1e-13)), (MOVED.display, 2, 0.6), (NEW.display, 1, 0.5),
        (ODD.display, 1, None),
    ])  # fmt: skip
    cells_n, moved = compare.compare(
        old, new, [SAME, MOVED, GONE, ODD], [SAME, newer, NEW, ODD], {}
    )
    assert cells_n == 5
    assert {one.metric: (one.cause, one.is_explained) for one in moved} == {
        MOVED.display: (
            f"version {MOVED.version} to {newer.version}; before: as it was", True
        ),
        NEW.display: ("new in this release", True),
        GONE.display: ("no longer defined", True),
        ODD.display: ("no definition below it changed", False),
    }  # fmt: skip
    by_name = {one.metric: one for one in moved}
    assert by_name[MOVED.display].largest == pytest.approx(0.2)
    assert by_name[MOVED.display].first_month == "2026-10"


def test_an_edited_model_below_explains(tmp_path: Path) -> None:
    old = serve(tmp_path / "old.duckdb", [(SAME.display, 1, 0.5)])
    new = serve(tmp_path / "new.duckdb", [(SAME.display, 1, 0.7)])
    edited = {SAME.id: ["m1", "m2", "m3", "m4"]}
    _, (moved,) = compare.compare(old, new, [SAME], [SAME], edited)
    assert moved.cause == "edited below it: m1, m2, m3 and 1 more"
    assert moved.is_explained


def contract_names(contracts: tuple[MetricContract, ...]) -> list[str]:
    return [one.display for one in contracts]


def test_names_in_values_are_names_of_contracts() -> None:
    """A cause is looked up by the name that stands in `metric.value`."""
    assert len(set(contract_names(CONTRACTS))) == len(CONTRACTS)
    assert all("." in name for name in contract_names(CONTRACTS))


@pytest.fixture
def pair(own_home: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Home, Home]:
    """A home, and beside it the same built by another release."""
    home = Home(own_home)
    other = place.beside(home)
    for one, word, ids in ((home, "old", ["1"]), (other, "new", ["1", "2"])):
        for name in ids:
            folder = snapshot_store.snapshot_dir(one, name)
            folder.mkdir(parents=True)
            (folder / "rows").write_text(name)
        one.target.mkdir()
        (one.target / "built.json").write_text(word)
        one.warehouse.write_text(word)
        (one.audit / "nights").mkdir(parents=True)
        (one.audit / "nights" / f"{word}.json").write_text(word)
    snapshot_store.flip(home, "1")
    # What relocating a snapshot does is tested with real ones.
    monkeypatch.setattr(place, "relocate", lambda home: [])
    return home, other


def test_the_home_beside_is_one_that_a_night_opens(
    own_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its landing is empty on purpose, and a night refuses one that looks unmounted."""
    home = Home(own_home)
    with warehouse(home) as con:
        con.execute(
            "insert into ledger.file (file_id, system, feed, file_name, verdict, loaded_n) "
            "values (1, 'sim', 'contacts', 'a.csv', 'loaded', 1)"
        )
    master_key(home.keys)
    home.published.mkdir()
    monkeypatch.setattr(place, "relocate", lambda home: [])
    other = place.copy(home)
    settle(other, ["sim"])
    assert recorded(other) == ("sim",)


CUT_OFF = (
    (Path, "rename"), (Path, "replace"), (place, "relocate"),
    (snapshot_store, "flip"), (snapshot_store, "journal"), (home_version, "stamp"),
    (shutil, "rmtree"),
)  # fmt: skip


@pytest.mark.parametrize(("where", "name"), CUT_OFF, ids=[name for _, name in CUT_OFF])
def test_an_upgrade_that_is_cut_off_anywhere_is_finished_by_the_next(
    pair: tuple[Home, Home], monkeypatch: pytest.MonkeyPatch, where: object, name: str
) -> None:
    home, other = pair
    place.begin(home, other, "2")
    with monkeypatch.context() as patch:

        def killed(*_: object, **__: object) -> None:
            raise KeyboardInterrupt

        patch.setattr(where, name, killed)
        with pytest.raises(KeyboardInterrupt):
            place.finish(home)
    if (home.root / home_version.UPGRADING).exists():
        assert snapshot_store.current_id(home) in ("1", "2")
        with pytest.raises(HomeVersionError, match="to finish it"):
            home_version.check(home, "night")
        home_version.check(home, "upgrade")
        assert place.finish(home) == "2"
    assert snapshot_store.current_id(home) == "2"
    assert home.warehouse.read_text() == "new"
    assert (home.target / "built.json").read_text() == "new"
    assert snapshot_store.ids(home) == ["1", "2"]
    assert sorted(path.stem for path in (home.audit / "nights").iterdir()) == ["new", "old"]
    (entry,) = snapshot_store.history(home)
    assert (entry["from"], entry["to"]) == ("1", "2")
    assert home_version.read(home) == home_version.HomeVersion(
        home_version.FORMAT, home_version.release()
    )
    home_version.check(home, "night")


def test_without_a_mark_there_is_nothing_to_finish(pair: tuple[Home, Home]) -> None:
    home, _ = pair
    assert place.finish(home) is None
    assert home.warehouse.read_text() == "old"


def test_a_home_whose_version_cannot_be_read_is_not_opened(own_home: Path) -> None:
    home = Home(own_home)
    home.root.mkdir()
    for text in ("", "[]", '{"format": "x", "release": "1"}'):
        (home.root / home_version.FILE).write_text(text)
        with pytest.raises(HomeVersionError, match="bring it back from a backup"):
            home_version.check(home)


def test_a_newer_home_is_refused_and_an_older_one_is_not(own_home: Path) -> None:
    home = Home(own_home)
    home.root.mkdir()
    files.write_json(home.root / home_version.FILE, {"format": 99, "release": "9.9"})
    with pytest.raises(HomeVersionError, match=r"install 9\.9 or newer"):
        home_version.check(home)
    files.write_json(home.root / home_version.FILE, {"format": 0, "release": "0.0.1"})
    home_version.check(home)
