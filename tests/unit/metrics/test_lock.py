"""No formula changes unseen: the lock knows what every metric meant."""

import shutil
from pathlib import Path

import pytest

from expectations import lock_check
from ground.home import CHECKOUT
from metrics import lock
from metrics.contracts import reader
from metrics.contracts.lint import lint


@pytest.fixture(scope="module")
def agreed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The committed definitions and examples under a lock of their own; to be copied."""
    root = tmp_path_factory.mktemp("agreed")
    shutil.copytree(CHECKOUT / "dbt_project" / "models" / "metrics", root / "metrics")
    for folder in (CHECKOUT / "tests" / "worked_examples").iterdir():
        if folder.is_dir() and folder.name != "__pycache__":
            shutil.copytree(folder, root / "examples" / folder.name)
    agree(root)
    return root


@pytest.fixture
def checkout(agreed: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(agreed, tmp_path / "checkout"))


def agree(checkout: Path) -> None:
    loaded = reader.load(checkout / "metrics")
    lock.write(loaded, checkout / "lock.yml", checkout / "examples")


def found(checkout: Path) -> list[str]:
    findings = lint(
        checkout / "metrics", lock_file=checkout / "lock.yml", examples=checkout / "examples"
    )
    return [f"{one.file.name}:{one.line}: {one.rule}: {one.message}" for one in findings]


def spoil(path: Path, old: str, new: str, count: int = 1) -> None:
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, count))


def test_the_committed_lock_agrees_with_the_definitions() -> None:
    assert lint() == []


def test_what_was_agreed_gives_no_finding(checkout: Path) -> None:
    assert found(checkout) == []


def test_a_changed_measure_without_a_new_version_fails_every_metric_on_it(checkout: Path) -> None:
    spoil(
        checkout / "metrics" / "semantic" / "queue_visit.yml",
        "case when is_offered and is_abandoned and not is_short_abandon then",
        "case when is_offered and is_abandoned then",
    )
    assert found(checkout) == [
        "abandonment.yml:4: formula_changed: metric abandonment_of_queue_visits_less_short: its "
        "meaning changed under version 2; give it version 3, then `python -m metrics.lock`"
    ]


def test_a_changed_null_rule_needs_a_version_too(checkout: Path) -> None:
    spoil(checkout / "metrics" / "offered.yml", "no contacts is 0, never empty", "empty")
    assert [one.split(": ")[1] for one in found(checkout)] == ["formula_changed"]


def test_better_words_need_no_version(checkout: Path) -> None:
    path = checkout / "metrics" / "offered.yml"
    spoil(path, "How many times customers contacted us", "How often customers contacted us")
    spoil(path, "    description: Contacts that", "    description: |-\n      Contacts that")
    assert found(checkout) == []


def test_an_unrelated_metric_changes_no_other(checkout: Path) -> None:
    spoil(
        checkout / "metrics" / "semantic" / "contact.yml",
        "      - name: contacts_answered\n",
        "      - {name: extra, agg: sum, expr: case when is_queued then 1 else 0 end, "
        "create_metric: true, description: More.}\n      - name: contacts_answered\n",
    )
    assert found(checkout) == []


def test_a_changed_answer_of_a_worked_example_fails(checkout: Path) -> None:
    path = checkout / "examples" / "abandonment.of_contacts" / "hang_ups_in_the_menu.yml"
    spoil(path, "numerator: 3", "numerator: 2")
    assert [one.split(": ")[1] for one in found(checkout)] == ["example_changed"]


def test_a_changed_row_that_examples_share_fails_them_all(checkout: Path) -> None:
    spoil(
        checkout / "examples" / "rows" / "talk_hold_and_after_work.yml", "hold_s: 60", "hold_s: 6"
    )
    assert {one.split(": ")[1] for one in found(checkout)} == {"example_changed"}
    assert len(found(checkout)) == 8


def test_a_lock_edited_by_hand_is_refused(checkout: Path) -> None:
    spoil(checkout / "lock.yml", '"version": 1', '"version": 2')
    assert found(checkout) == [
        "lock.yml:1: lock: edited by hand; write it with `python -m metrics.lock`"
    ]


def test_a_changed_meaning_cannot_be_locked_under_its_old_version(checkout: Path) -> None:
    spoil(checkout / "metrics" / "offered.yml", "grain: contact", "grain: leg")
    before = (checkout / "lock.yml").read_text()
    with pytest.raises(lock.LockError, match=r"offered_contacts: .* its version must be 2"):
        agree(checkout)
    assert (checkout / "lock.yml").read_text() == before


def test_a_new_version_is_agreed_and_told(checkout: Path) -> None:
    path = checkout / "metrics" / "offered.yml"
    spoil(path, "grain: contact", "grain: leg")
    spoil(path, "version: 1", "version: 2\n          earlier: {'1': counted by contact}")
    assert [one.split(": ")[1] for one in found(checkout)] == ["lock_stale", "no_changelog_line"]
    agree(checkout)
    assert lock.read(checkout / "lock.yml")["offered_contacts"].version == 2
    # Readers of the number are told.
    assert [one.split(": ")[1] for one in found(checkout)] == ["no_changelog_line"]
    definitions, _ = reader.read(checkout / "metrics")
    log = checkout / "CHANGELOG.md"
    log.write_text(
        (CHECKOUT / "CHANGELOG.md").read_text() + "| `offered.contacts` | 2 | by leg |\n"
    )
    told = lock.findings(definitions, checkout / "lock.yml", checkout / "examples", log)
    assert told == []


def test_what_a_mart_s_metric_reads_is_its_meaning(checkout: Path) -> None:
    spoil(checkout / "metrics" / "attrition.yml", "method: opening", "method: closing")
    assert [one.split(": ")[1] for one in found(checkout)] == ["formula_changed"]


def test_the_night_blocks_on_a_formula_that_changed_unseen(checkout: Path) -> None:
    spoil(checkout / "metrics" / "offered.yml", "grain: contact", "grain: leg")
    result = lock_check.check(checkout / "metrics", checkout / "lock.yml")
    assert (result.status, result.severity, result.radius) == ("fail", "block", "snapshot")
    assert "offered_contacts" in str(result.sample[0]["what"])


def test_the_night_finds_the_agreed_definitions_in_order(checkout: Path) -> None:
    assert lock_check.check(checkout / "metrics", checkout / "lock.yml").status == "pass"
