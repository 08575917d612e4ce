"""A publisher killed before any statement of the publication loses nothing and hides nothing.

Every line of the order of steps (`publish.snapshot.publish`) and of the flip and the journal
(`publish.snapshot_store`) is a place to die, with and without new rows before the next try.
"""

import os
import shutil
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import Any

import pytest

from ground.home import Home
from publish import compare, snapshot, snapshot_store
from tests.unit.publish.small_warehouse import DEFINITIONS, Centre, Verdict, dbt_manifest

WATCHED = {
    (snapshot.__file__, "publish"),
    (snapshot_store.__file__, "flip"),
    (snapshot_store.__file__, "journal"),
    (snapshot_store.__file__, "sweep"),
}
CHANGED = (
    "insert into core.fct_contact (contact_id, client_id, site_date, version) "
    "values ('new', 'acme', date '2026-10-03', 0)"
)
NEWER = (
    "insert into core.fct_contact (contact_id, client_id, site_date, version) "
    "values ('newer', 'acme', date '2026-09-03', 0)"
)


def lines_seen(run: Callable[[], Any], die_at: int | None = None) -> int:
    """How many watched statements a run reaches; the process kills itself before one of them."""
    seen: set[tuple[str, int]] = set()

    def local(frame: FrameType, event: str, _: Any) -> Any:
        if event == "line":
            seen.add((frame.f_code.co_filename, frame.f_lineno))
            if len(seen) == die_at:
                os.kill(os.getpid(), signal.SIGKILL)
        return local

    def trace(frame: FrameType, event: str, _: Any) -> Any:
        code = frame.f_code
        return local if (code.co_filename, code.co_name) in WATCHED else None

    sys.settrace(trace)
    try:
        run()
    finally:
        sys.settrace(None)
    return len(seen)


def in_child(work: Callable[[], object]) -> int:
    """The exit status of work done in a process of its own; -9 when it killed itself."""
    child = os.fork()
    if child == 0:
        status = 1
        try:
            work()
            status = 0
        finally:
            os._exit(status)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def centre_at(root: Path) -> Centre:
    """The smallest centre with a fact, a dimension and a client folder, as it lies on disk."""
    centre = object.__new__(Centre)
    dbt = dbt_manifest()
    names = ("core__fct_contact", "core__dim_client")
    nodes = {key: node for key, node in dbt["nodes"].items() if node["name"] in names}
    centre.__dict__ |= {
        "home": Home(root), "root": root, "dbt": {"nodes": nodes},
        "verdict": Verdict(), "definition_hash": DEFINITIONS,
    }  # fmt: skip
    return centre


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A home that published once and whose warehouse has one row more since."""
    made = tmp_path / "home"

    def make() -> None:
        Centre(made, clients=("acme",), rows=8)
        centre = centre_at(made)
        centre.save()
        centre.publish()
        centre.change(CHANGED)

    assert in_child(make) == 0
    return made


def recovered(root: Path, news: bool) -> None:
    """The next night: readers were served throughout, and then see every row."""
    centre = centre_at(root)
    (seen,) = centre.read("select count(*) from interaction.contact")[0]
    assert seen in (8, 9)
    shown = snapshot_store.newest_served(centre.home)
    assert shown is not None
    assert shown.snapshot_id == snapshot_store.current_id(centre.home)
    if news:
        centre.change(NEWER)
    # A night names the months that changed since the snapshot that was served.
    late, unseen = {"2026-09"} if news else set(), {"2026-10"} if seen == 8 else set()
    centre.publish(changed_months={"interaction.contact": late | unseen})
    assert compare.differences(centre.home, centre.dbt) == []
    assert centre.read("select count(*) from interaction.contact") == [(9 + news,)]
    assert centre.leftovers() == []


def test_a_kill_before_any_statement_loses_no_row_and_hides_none(
    root: Path, tmp_path: Path
) -> None:
    saved, number = tmp_path / "saved", tmp_path / "number"
    shutil.copytree(root, saved, symlinks=True)

    def again(source: Path) -> None:
        shutil.rmtree(root)
        shutil.copytree(source, root, symlinks=True)

    def publish() -> None:
        centre_at(root).publish(changed_months={"interaction.contact": {"2026-10"}})

    assert in_child(lambda: number.write_text(str(lines_seen(publish)))) == 0
    statements_n = int(number.read_text())
    assert statements_n > 60
    told = []
    for place in range(1, statements_n + 1):
        again(saved)
        assert in_child(lambda place=place: lines_seen(publish, place)) == -signal.SIGKILL
        shutil.copytree(root, tmp_path / "killed", symlinks=True)
        for news in (False, True):
            if in_child(lambda news=news: recovered(root, news)) != 0:
                told.append(f"statement {place}, {'new rows' if news else 'no new rows'}")
            again(tmp_path / "killed")
        shutil.rmtree(tmp_path / "killed")
    assert told == []
