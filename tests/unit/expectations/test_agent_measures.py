"""What agent marts look at are metrics, by their contracts' names and directions."""

import jinja2
import pytest

from ground.home import CHECKOUT
from metrics.contracts import reader
from metrics.contracts.contract import MetricContract

PROJECT = CHECKOUT / "dbt_project"


class _ReturnedError(Exception):
    """What a macro hands to `return`."""


def measures() -> list[dict[str, object]]:
    def hand_over(value: object) -> None:
        raise _ReturnedError(value)

    text = (PROJECT / "macros" / "agent_measures.sql").read_text(encoding="utf-8")
    module = (
        jinja2.Environment(extensions=["jinja2.ext.do"])
        .from_string(text, globals={"return": hand_over})
        .module
    )
    with pytest.raises(_ReturnedError) as returned:
        module.agent_measures()  # type: ignore[attr-defined]
    found: list[dict[str, object]] = returned.value.args[0]
    return found


@pytest.fixture(scope="module")
def known() -> dict[str, MetricContract]:
    definitions = reader.load(PROJECT / "models" / "metrics")
    return {metric.display: metric for metric in definitions.metrics}


def test_every_measure_and_its_counter_metric_has_a_contract(
    known: dict[str, MetricContract],
) -> None:
    for measure in measures():
        assert measure["metric"] in known
        assert measure["counter"] in known
        assert measure["counter"] != measure["metric"]


def test_what_is_good_is_what_the_contract_says_and_quick_is_not_good(
    known: dict[str, MetricContract],
) -> None:
    for measure in measures():
        direction = known[str(measure["metric"])].direction
        assert measure["good"] == (direction if direction in ("up", "down") else "neither")
