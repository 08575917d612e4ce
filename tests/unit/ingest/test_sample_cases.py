"""Files in the form of public bug reports, drafted, loaded and staged: the right value of each.

They are read from `../shared/data/cases` and are not ours to ship; without them the tests skip.
"""

import shutil
from pathlib import Path
from typing import Any

import pytest

from ground.home import CHECKOUT
from ingest.sample.draft import Drafted, draft_source
from ingest.sample.shape import SampleError

CASES = CHECKOUT.parent / "shared" / "data" / "cases"
FEEDS = Path("models") / "intermediate" / "feeds"

pytestmark = pytest.mark.skipif(not CASES.is_dir(), reason="the public cases are not here")


@pytest.fixture
def project(tmp_path: Path) -> Path:
    shutil.copytree(CHECKOUT / "dbt_project" / FEEDS, tmp_path / "project" / FEEDS)
    return tmp_path / "project"


def drafted(project: Path, case: str) -> Drafted:
    (sample,) = (path for path in (CASES / case).rglob("*") if path.is_file())
    sources = project.parent / "sources"
    return draft_source("acme", sample, sources=sources, project=project)


@pytest.mark.parametrize(
    ("case", "key", "figures"),
    [
        (
            "01-real-hr-two-date-forms",
            ("agent_code",),
            {"rows": 14, "people": 14, "leavers": 1},
        ),
        (
            "03-real-bookings-call-log",
            ("contact_id",),
            {"rows": 12, "answered": 9, "not_answered": 3, "wait_s": 180, "mean_wait_s": 20.0},
        ),
        (
            "06-aircall-export",
            ("contact_id",),
            {"offered": 20, "outbound": 4, "answered": 12, "not_answered": 4, "closed": 4,
             "agents": 4, "talk_s": 5660},
        ),
        (
            "08-real-connect-db-calls",
            ("contact_id",),
            {"rows": 14, "answered": 14, "mean_wait_s": None, "scores": 14, "customers": 14},
        ),
        ("23-real-hebrew-call-log", ("record_id",), {"rows": 20, "contacts": 20}),
        ("24-from-and-to-are-numbers", ("record_id",), {"rows": 4}),
    ],
)  # fmt: skip
def test_a_case_gives_its_right_values(
    project: Path, case: str, key: tuple[str, ...], figures: dict[str, Any]
) -> None:
    made = drafted(project, case)
    assert made.key == key
    assert made.landed_n == made.loaded_n
    assert {name: made.page.figures[name] for name in figures} == pytest.approx(figures)


def test_the_scale_of_ratings_that_never_exceed_five_is_five(project: Path) -> None:
    made = drafted(project, "08-real-connect-db-calls")
    (model,) = (path for path in made.models if path.stem.endswith("__surveys"))
    text = model.read_text(encoding="utf-8")
    assert "0 as scale_min" in text
    assert "5 as scale_max" in text


def test_the_beginning_is_the_utc_field_and_the_queue_the_line(project: Path) -> None:
    made = drafted(project, "06-aircall-export")
    text = made.contract.read_text(encoding="utf-8")
    assert 'name: started_at, from: "datetime (utc)"' in text
    assert "name: queue_code, from: line" in text
    assert "name: agent_code, from: user" in text
    assert "name: ended_at" not in text


def test_call_detail_records_without_a_header_are_refused_unshown(project: Path) -> None:
    with pytest.raises(SampleError, match="without a header") as refused:
        drafted(project, "04-real-asterisk-master-csv")
    assert "020794" not in str(refused.value)
