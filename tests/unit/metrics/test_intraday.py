"""What may be shown of a day that is still open: the contract of each metric decides."""

import shutil
from pathlib import Path

import pytest

from ground.home import CHECKOUT
from metrics.contracts import reader
from metrics.contracts.contract import MetricContract
from metrics.contracts.reader import ContractError

METRICS = CHECKOUT / "dbt_project" / "models" / "metrics"
DEFINITIONS = reader.load(METRICS)
# What a floor manager asks for during the day: queues, waits, the handling of ended contacts.
OF_THE_DAY = {
    "offered", "handled", "service_level", "abandonment", "abandoned", "speed_of_answer",
    "queue_abandon_time", "handle_time", "talk_time", "hold_time", "after_contact_work",
}  # fmt: skip
# Promises, money and penalties, what customers and evaluators say, what compares people.
NEVER_WORDS = ("sla", "penalty", "revenue", "cost", "csat", "nps", "ces", "quality", "strain",
               "resolution", "attrition", "survival", "repeat", "promotion", "tenure")  # fmt: skip


@pytest.mark.parametrize("metric", DEFINITIONS.metrics, ids=lambda one: one.display)
def test_each_contract_says_whether_the_open_day_may_show_it(metric: MetricContract) -> None:
    if metric.intraday == "never":
        return
    parts = {part.id: part for part in DEFINITIONS.parts}
    assert metric.name in OF_THE_DAY
    assert not any(word in metric.name for word in NEVER_WORDS)
    assert {parts[part].model for part in metric.parts} == {"queue_visit"}
    assert metric.kind in ("ratio", "count")
    assert metric.smallest_group == 1
    assert metric.published
    assert metric.published.audience == "client"


def test_the_default_figures_of_a_queue_are_shown_during_the_day() -> None:
    shown = {one.id for one in DEFINITIONS.metrics if one.intraday != "never" and one.default}
    assert {
        "service_level_answered_of_offered_less_short",
        "abandonment_of_queue_visits_less_short",
        "speed_of_answer_of_answered",
        "handle_time_of_handled",
    } <= shown


@pytest.mark.parametrize(
    "file",
    ["csat.yml", "sla.yml", "strain.yml", "quality.yml", "first_contact_resolution.yml",
     "transfer.yml", "attrition.yml", "cost.yml", "nps_and_ces.yml", "customer_value.yml"],
)  # fmt: skip
def test_a_figure_that_needs_the_night_cannot_be_shown_during_the_day(
    tmp_path: Path, file: str
) -> None:
    folder = Path(shutil.copytree(METRICS, tmp_path / "metrics"))
    path = folder / file
    before = "          final_after_days:"
    path.write_text(path.read_text().replace(before, f"          intraday: ended\n{before}"))
    with pytest.raises(ContractError, match=r"while its group still grows|during the day"):
        reader.load(folder)


def test_a_mean_has_no_certain_limits(tmp_path: Path) -> None:
    folder = Path(shutil.copytree(METRICS, tmp_path / "metrics"))
    path = folder / "handle_time.yml"
    path.write_text(path.read_text().replace("intraday: ended", "intraday: bounded"))
    with pytest.raises(ContractError, match="for counts and for shares"):
        reader.load(folder)
