"""What decides pay may not stand on a key result, however long the way."""

from typing import Any

import pytest

from expectations import pay_fence

PLANS, GOALS = (
    "source.headset.raw_company.incentive_plans",
    "source.headset.raw_company.key_results",
)


def manifest(*edges: tuple[str, str]) -> dict[str, Any]:
    """A manifest of the two lists with their staging models and the given edges."""
    known = {
        PLANS: "model.headset.stg_company__incentive_plans",
        GOALS: "model.headset.stg_company__key_results",
    }
    children: dict[str, list[str]] = {parent: [child] for parent, child in known.items()}
    for parent, child in edges:
        children.setdefault(parent, []).append(child)
    models = {one for all_ in children.values() for one in all_} | set(children)
    return {
        "child_map": children,
        "sources": {
            one: {"source_name": "raw_company", "name": one.split(".")[-1]}
            for one in (PLANS, GOALS)
        },
        "nodes": {
            one: {"resource_type": "model", "name": one.split(".")[-1]}
            for one in models
            if one.startswith("model.")
        },
        "metrics": {one: {} for one in models if one.startswith("metric.")},
    }


PAY = ("model.headset.stg_company__incentive_plans", "model.headset.pay")
PROGRESS = ("model.headset.stg_company__key_results", "model.headset.progress")
FACT = ("model.headset.fact", "metric.headset.csat")
CASES = {
    "pay from plans, progress from goals": ([PAY, PROGRESS, FACT], ()),
    "a goal that only leaders look at": ([PROGRESS, ("model.headset.progress", "exposure.x")], ()),
    "pay from progress": (
        [PAY, PROGRESS, ("model.headset.progress", "model.headset.pay")], ("model.headset.pay",),
    ),
    "pay from progress by a detour": (
        [PAY, PROGRESS, ("model.headset.progress", "model.headset.rank"),
         ("model.headset.rank", "model.headset.pay")], ("model.headset.pay",),
    ),
    "the progress itself as a metric, which a rule keeps out of plans": (
        [PAY, PROGRESS, ("model.headset.progress", "metric.headset.key_result_progress")], (),
    ),
    "a metric on progress, which any plan may name": (
        [PAY, PROGRESS, ("model.headset.progress", "metric.headset.csat")],
        ("metric.headset.csat",),
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_the_fence_finds_what_stands_on_both_and_leaves_the_rest(case: str) -> None:
    edges, expected = CASES[case]
    assert pay_fence.across(manifest(*edges)) == expected
