"""`headset lint` on definitions that are wrong: one line with file and line, and exit code 1."""

import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner

from ground.home import CHECKOUT
from metrics import lock
from orchestration.cli import cli

METRICS = CHECKOUT / "dbt_project" / "models" / "metrics"


@pytest.fixture
def metrics(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the metric files that the command reads instead of the project's own."""
    monkeypatch.setenv("HEADSET_DBT_PROJECT", str(tmp_path))
    monkeypatch.setenv("HEADSET_HOME", str(tmp_path / "home"))
    return Path(shutil.copytree(METRICS, tmp_path / "models" / "metrics"))


def said(exit_code: int) -> list[str]:
    answer = CliRunner().invoke(cli, ["lint"])
    assert answer.exit_code == exit_code, answer.output
    return [line for line in answer.stdout.splitlines() if ": warning: " not in line]


def test_definitions_in_order_end_well(metrics: Path) -> None:
    assert metrics.exists()
    assert said(0) == ["Source contracts and metric definitions are in order."]


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("          unit: contacts\n", "", "missing_field: metric offered_contacts: "),
        (
            "counter_metric: abandonment_of_contacts",
            "counter_metric: abandonment_of_nobody",
            "unknown_counter_metric: metric offered_contacts: no counter-metric abandonment_of_no",
        ),
        ("name: offered_queue_visits", "name: offered_contacts", "wrong_name: metric offered_co"),
        ("direction: band", "direction: on", "wrong_value: metric offered_contacts: `direction` m"),
        ("metrics:\n", "metrics: [\n", "yaml: "),
    ],
)
def test_a_wrong_contract_is_one_line_with_its_place(
    metrics: Path, old: str, new: str, says: str
) -> None:
    file = metrics / "offered.yml"
    text = file.read_text()
    assert old in text
    file.write_text(text.replace(old, new, 1))
    (line,) = said(1)
    place, rest = line.split(": ", 1)
    assert place.rsplit(":", 1)[0].endswith("offered.yml")
    assert place.rsplit(":", 1)[1].isdigit()
    assert rest.startswith(says)


def test_a_formula_changed_under_its_version_is_told_for_each_metric_on_it(metrics: Path) -> None:
    file = metrics / "semantic" / "contact.yml"
    text = file.read_text()
    assert "is_offered and is_abandoned" in text
    file.write_text(text.replace("is_offered and is_abandoned", "is_abandoned", 1))
    lines = said(1)
    assert [line.split(": ")[2].split()[1] for line in lines] == ["abandonment_of_contacts"]
    assert ": formula_changed: " in lines[0]
    assert lines[0].startswith(f"{metrics / 'abandonment.yml'}:")


def test_a_lock_edited_by_hand_is_named(
    metrics: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    edited = tmp_path / "metrics.lock.yml"
    edited.write_text(lock.LOCK.read_text().replace('"version": 1', '"version": 2', 1))
    monkeypatch.setattr("metrics.contracts.lint.lint.__kwdefaults__", {
        "lock_file": edited, "examples": lock.EXAMPLES,
    })  # fmt: skip
    (line,) = said(1)
    assert line.endswith("edited by hand; write it with `python -m metrics.lock`")
    assert "metrics.lock.yml:1: lock: " in line
