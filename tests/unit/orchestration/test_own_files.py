"""Drafts of a centre's own: lists by group, a client, a metric, pages and known totals."""

from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner, Result

from ground.home import CHECKOUT
from metrics import known_totals
from orchestration import new_centre
from orchestration.cli import cli


def headset(*arguments: str) -> Result:
    return CliRunner().invoke(cli, [*arguments])


@pytest.fixture
def made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A new centre, and this test's working folder."""
    for name in ("HEADSET_HOME", "HEADSET_SYSTEMS"):
        monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
    result = headset("init", "acme", "--system", "asterisk", "--first-day", "2026-01-01")
    assert result.exit_code == 0, result.output
    monkeypatch.chdir(tmp_path / "acme")
    return tmp_path / "acme"


def test_every_list_that_there_is_can_be_added_once() -> None:
    lists = {path.stem for path in (CHECKOUT / "ingest" / "sources" / "company").glob("*.yml")}
    groups = [one for group in new_centre.GROUPS.values() for one in group]
    assert sorted([*new_centre.LISTS, *groups]) == sorted(lists)


def test_lists_of_a_group_come_as_templates_and_stay_as_they_are(made: Path) -> None:
    added = headset("init", "--add", "people")
    assert added.output.count("written:") == len(new_centre.GROUPS["people"])
    codes = made / "company" / "termination_codes.csv"
    assert "termination_class (required)" in codes.read_text()
    codes.write_text("mine")
    assert "as it was:" in headset("init", "--add", "people").output
    assert codes.read_text() == "mine"


CLIENT = ("client", "new", "bank", "--name", "Bank", "--country", "IL", "--calling-code", "972")


def test_a_client_is_one_more_row_of_the_list(made: Path) -> None:
    assert headset(*CLIENT).exit_code == 0
    assert "clients: 1 row added" in headset("company", "diff").output


def test_a_metric_of_ones_own_begins_as_a_copy_and_is_agreed_on(made: Path) -> None:
    drafted = headset("metric", "new", "quick", "--like", "service_level")
    assert drafted.exit_code == 0, drafted.output
    path = made / "metrics" / "acme_quick.yml"
    (entry,) = yaml.safe_load(path.read_text())["metrics"]
    assert entry["name"].startswith("acme_quick_")
    assert entry["config"]["meta"]["contract"]["version"] == 1
    assert "acme_quick" in headset("lint").output
    agreed = headset("lint", "--agree")
    assert agreed.exit_code == 0, agreed.output


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("init", "--add", "peple"), "no group of lists 'peple'; did you mean 'people'?"),
        (("init",), "give the centre's NAME, or --add GROUP"),
        ((*CLIENT[:2], "Bank GmbH", *CLIENT[3:]), "CLIENT_ID is 'Bank GmbH'; it is written as"),
        ((*CLIENT[:-1], "+972"), "--calling-code is '+972'"),
        (("metric", "new", "Quick", "--like", "service_level"), "is no name of a metric"),
        (("metric", "new", "quick", "--like", "servce_level"), "unknown metric 'servce_level'"),
        (("metric", "new", "x", "--like", "strain"), "computed by a model of its own"),
    ],
)
def test_what_cannot_be_drafted_is_told_in_one_sentence(
    made: Path, arguments: tuple[str, ...], said: str
) -> None:
    before = sorted(path for path in made.rglob("*") if "state" not in path.parts)
    result = headset(*arguments)
    assert result.exit_code != 0
    assert said in result.output, result.output
    assert sorted(path for path in made.rglob("*") if "state" not in path.parts) == before


def test_a_client_and_a_metric_are_never_written_twice(made: Path) -> None:
    headset(*CLIENT)
    assert "clients.csv:" in headset(*CLIENT).output
    assert "is there already" in headset(*CLIENT).output
    headset("metric", "new", "quick", "--like", "service_level")
    again = headset("metric", "new", "quick", "--like", "abandonment")
    assert "there is a metric acme_quick already" in again.output


PAGE = {
    "title": "Ours", "slug": "acme-ours", "for": "operations", "about": "x",
    "rows": [[{"title": "n", "table": "core.snapshot", "kind": "table", "columns": ["run_id"]}]],
}  # fmt: skip


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"slug": "floor"}, "its slug is 'floor'; one of your own begins with acme-"),
        ({"titel": "x"}, "a dashboard has no key 'titel'; did you mean 'title'?"),
        ({"rows": []}, "a dashboard is a mapping with title, slug and rows"),
    ],
)
def test_a_page_of_ones_own_is_linted(made: Path, change: dict[str, object], said: str) -> None:
    path = made / "dashboards" / "ours.yml"
    path.write_text(yaml.safe_dump(PAGE))
    assert headset("lint").exit_code == 0
    path.write_text(yaml.safe_dump(PAGE | change))
    result = headset("lint")
    assert result.exit_code == 1
    assert said in result.output, result.output


TOTAL = {
    "title": "January", "source": "the switch's report", "metric": "offered",
    "answers": [{"value": 31359}],
}  # fmt: skip


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"answer": 1}, "`answer`: Extra inputs are not permitted"),
        ({"answers": []}, "`answers`: List should have at least 1 item"),
        ({"within": 0.01}, "`within` needs `why`"),
        ({"grain": "hour"}, "`grain`: Input should be"),
    ],
)
def test_a_known_total_is_written_in_one_form(
    made: Path, change: dict[str, object], said: str
) -> None:
    path = made / "examples" / "january.yml"
    path.write_text(yaml.safe_dump(TOTAL))
    waiting = headset("lint")
    assert waiting.exit_code == 0, waiting.output
    assert "1 known totals wait for the first night" in waiting.output
    path.write_text(yaml.safe_dump(TOTAL | change))
    result = headset("lint")
    assert result.exit_code == 1
    assert f"{path.name}:" in result.output
    assert said in result.output, result.output


def test_a_figure_is_compared_by_the_digits_that_were_written() -> None:
    row = {"value": 0.5230397, "n": 31359}
    for wanted, within, same in (
        ({"value": 0.52304}, 0.0, True), ({"value": 0.52305}, 0.0, False),
        ({"value": 0.53}, 0.02, True), ({"n": 31359}, 0.0, True), ({"n": 31360}, 0.0, False),
    ):  # fmt: skip
        (part,) = wanted
        assert known_totals._same(wanted, row, part, within) is same, wanted
