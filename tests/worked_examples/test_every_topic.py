"""Whatever a centre measures has a contract, an example that runs, and guards."""

import json
from collections.abc import Iterator

import pytest

from expectations.guards import from_contracts, from_marts
from expectations.guards.guard import Guard
from expectations.guards.tables import BoundTable, models
from ground.home import Home, dbt_project_dir
from metrics.contracts import reader
from tests.worked_examples.house import examples

# What leaders ask, and the metrics that answer.
TOPICS = {
    "are calls answered in time": ["service_level", "answer_rate"],
    "how long do customers wait": ["speed_of_answer"],
    "how many give up": ["abandonment", "short_abandon", "abandoned", "queue_abandon_time"],
    "how long does a contact take": ["handle_time", "talk_time", "hold_time", "after_contact_work"],
    "do agents take what they are offered": ["agent_answer_rate", "handled", "callback_attempts"],
    "does it agree with the vendor's report": ["contacts_created", "contacts_incoming"],
    "how full are the hours": ["occupancy", "utilisation", "shrinkage", "logged_in_time"],
    "was the plan kept": ["adherence", "conformance", "absence"],
    "was it resolved": ["first_contact_resolution", "repeat_rate", "transfer_rate"],
    "what do customers say": ["csat", "nps", "ces", "survey_response"],
    "how well was it done": [
        "quality_score", "critical_error_accuracy", "empathy", "problem_solving",
        "calibration_agreement",
    ],
    "how does the back office do": [
        "first_reply_time", "resolution_time", "backlog_age", "case_reopen_rate",
        "resolutions_per_hour", "requester_wait_time", "agent_wait_time", "on_hold_time",
        "next_reply_time", "update_time", "first_reply_target",
    ],
    "what does it bring": ["conversion", "revenue", "revenue_per_contact", "customer_value"],
    "what does it cost": ["cost_per_contact"],
    "who leaves and when": ["attrition", "early_attrition", "survival", "headcount"],
    "who is new and who moves up": ["tenure", "promotion", "speed_to_proficiency"],
    "are people led and thanked": ["span_of_control", "coaching", "recognition", "enps"],
    "is it too much": ["strain"],
    "was the promise kept": ["sla_attainment", "sla_penalty", "key_result"],
    "is the measure gamed": ["short_contacts", "after_contact_work"],
}  # fmt: skip
METRICS = sorted({name for answers in TOPICS.values() for name in answers})


@pytest.fixture(scope="module")
def guarded(home: Home) -> set[str]:
    """Metrics that some guard of the last build looks at."""
    return {guard.subject for guard in _guards(home)}


def _guards(home: Home) -> Iterator[Guard]:
    semantic = json.loads((home.target / "semantic_manifest.json").read_text(encoding="utf-8"))
    metrics = reader.load(dbt_project_dir() / "models" / "metrics").metrics
    for model in models(semantic, metrics):
        yield from from_contracts.guards_of(model)
    for metric in metrics:
        if metric.bound is not None:
            yield from from_marts.guards_of(BoundTable(metric))


@pytest.mark.parametrize("name", METRICS)
def test_it_has_a_contract_an_example_and_a_guard(guarded: set[str], name: str) -> None:
    metrics = reader.load(dbt_project_dir() / "models" / "metrics").metrics
    variants = {metric.display for metric in metrics if metric.name == name}
    assert variants, f"{name} has no contract"
    assert not variants - {example.metric for example in examples()}
    assert not variants - guarded


def test_every_contract_answers_one_of_the_questions() -> None:
    metrics = reader.load(dbt_project_dir() / "models" / "metrics").metrics
    assert {metric.name for metric in metrics} - set(METRICS) == {"offered"}


def test_variants_that_vendors_use_have_names() -> None:
    """The number of formulas behind one word, as users meet them."""
    metrics = reader.load(dbt_project_dir() / "models" / "metrics").metrics
    families: dict[str, int] = {}
    for metric in metrics:
        families[metric.name] = families.get(metric.name, 0) + 1
    least = {
        "service_level": 7, "abandonment": 2, "handle_time": 2, "occupancy": 3, "csat": 2,
        "first_contact_resolution": 7, "attrition": 6,
    }  # fmt: skip
    assert all(families[name] >= n for name, n in least.items())
