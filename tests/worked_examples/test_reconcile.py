"""On the examples' build, named causes explain every difference of variants to the last one."""

import itertools
import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from ground.home import Home, dbt_project_dir
from metrics.contracts import reader
from metrics.question.snapshot import MetricError
from metrics.reconcile import causes
from metrics.reconcile.report import reconcile_report
from metrics.reconcile.variants import UNEXPLAINED, family_of, reconcile

DEFINITIONS = reader.load(dbt_project_dir() / "models" / "metrics")
ENDINGS = "service_level.answered_of_offered/every_ending"


def _from_the_default() -> list[tuple[str, str]]:
    """Each family's default and every variant that causes lead to."""
    found = []
    names = {name for family in causes.load() for name in family.metrics}
    for one, other in itertools.permutations(DEFINITIONS.metrics, 2):
        if one.name == other.name and one.name in names and one.default:
            try:
                family_of(one, other)
            except MetricError:
                continue
            found.append((one.display, other.display))
    return found


@pytest.mark.parametrize(("first", "second"), _from_the_default())
def test_nothing_is_left_unexplained_for_any_example(home: Home, first: str, second: str) -> None:
    by = [] if first.startswith("attrition") else ["client_id"]
    if first.startswith("occupancy"):
        by = ["site_id"]
    found = reconcile(home, first, [first, second], by=by)
    assert found.steps
    for key, steps in found.steps.items():
        rest = next(step for step in steps if step.cause == UNEXPLAINED)
        assert rest.effect in (0, None), (key, steps)
        if steps[0].value is not None and steps[-1].value is not None:
            effects = [step.effect for step in steps if step.effect is not None]
            assert sum(effects, steps[0].value) == steps[-1].value


def test_short_abandons_explain_a_service_level_without_them(home: Home) -> None:
    found = reconcile(
        home, "service_level", ["answered_of_offered", "answered_of_offered_less_short"],
        where=[("client_id", ENDINGS)],
    )  # fmt: skip
    (steps,) = found.steps.values()
    # Two of ten in time; without the short abandon, two of nine.
    assert [(s.cause, s.numerator, s.denominator) for s in steps] == [
        ("service_level.answered_of_offered", 2, 10),
        ("short abandons", 2, 9),
        (UNEXPLAINED, 2, 9),
        ("service_level.answered_of_offered_less_short", 2, 9),
    ]


def test_a_vendor_s_figures_are_led_to_by_the_nearest_variant(home: Home, tmp_path: Path) -> None:
    report = tmp_path / "vendor.csv"
    report.write_text(f"client_id,day,value\n{ENDINGS},2026-03-02,25 %\n")
    found = reconcile_report(home, "service_level.answered_of_offered", report)
    (steps,) = found.steps.values()
    rest = steps[-2]
    assert (rest.cause, steps[-1].cause) == (UNEXPLAINED, "vendor.csv")
    assert steps[0].value is not None
    assert rest.effect is not None
    effects = [step.effect for step in steps if step.effect is not None]
    assert sum(effects, steps[0].value) == steps[-1].value
    # Stated to follow offered contacts, the same figure leaves another rest, and says so.
    said = reconcile_report(home, "service_level.answered_of_offered", report, ["left_in_time"])
    assert said.second.display == "service_level.left_in_time"


@pytest.mark.parametrize(
    ("metric", "variants", "says"),
    [
        ("service_level", ["answered_of_offered"], "two variants are compared"),
        ("service_level", ["answered_of_offered", "icmi"], "has no variant 'icmi'"),
        ("csat", ["satisfied_of_answers", "mean"], "no causes are known of the numerator"),
        ("nps", ["of_answers", "of_answers"], "they are known within"),
        ("first_contact_resolution", ["no_repeat_7d", "by_survey"], "it counts something else"),
    ],
)
def test_what_cannot_be_explained_says_why(
    home: Home, metric: str, variants: list[str], says: str
) -> None:
    with pytest.raises(MetricError, match=says):
        reconcile(home, metric, variants)


def test_a_wrong_dimension_gets_the_nearest_right_one(home: Home) -> None:
    with pytest.raises(MetricError, match="did you mean channel"):
        reconcile(home, "csat", ["satisfied_of_answers", "without_neutral"], by=["chanel"])


def test_the_command_prints_steps_that_add_up(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    from orchestration.cli import cli

    monkeypatch.setenv("HEADSET_HOME", str(home.root))
    pair = "of_queue_visits,of_queue_visits_less_short"
    asked = ["reconcile", "abandonment", "--variants", pair, "--by", "client_id"]
    answer = CliRunner().invoke(cli, [*asked, "--format", "json"])
    assert answer.exit_code == 0, answer.output
    rows = [row for row in json.loads(answer.stdout) if row["client_id"] == ENDINGS]
    assert [row["cause"] for row in rows][1:-1] == ["short abandons", UNEXPLAINED]
    effects = [row["effect"] for row in rows if row["effect"] is not None]
    assert rows[0]["value"] + sum(effects) == pytest.approx(rows[-1]["value"], abs=1e-12)


def test_an_explained_answer_shows_contract_and_sql(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    from orchestration.cli import cli

    monkeypatch.setenv("HEADSET_HOME", str(home.root))
    answer = CliRunner().invoke(cli, ["metric", "abandonment", "--explain", "--format", "json"])
    assert answer.exit_code == 0, answer.output
    assert "null rule: empty when" in answer.stderr
    assert "counter metric: " in answer.stderr
    assert "SELECT" in answer.stderr
    assert json.loads(answer.stdout)
