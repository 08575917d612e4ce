"""What the command prints, and what it refuses."""

import csv
import io
import json
from datetime import date, timedelta
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result

from ingest.errors import WarehouseError
from orchestration.cli import cli
from orchestration.commands.demo import steps
from orchestration.commands.night import chosen_range
from orchestration.console import cell, heading, show

TODAY = date(2026, 11, 22)
ROWS = [
    {"client": "aurora, energy", "day": date(2026, 11, 20), "value": 0.5, "n": 12000},
    {"client": None, "day": date(2026, 11, 21), "value": None, "n": 0},
]


def headset(*arguments: str) -> Result:
    """Run the command in this process."""
    return CliRunner().invoke(cli, list(arguments))


def test_help_lists_what_a_person_can_do() -> None:
    result = headset("--help")
    assert result.exit_code == 0
    for command in (
        "simulate",
        "night",
        "plan",
        "status",
        "metric",
        "quarantine",
        "lint",
        "publish",
    ):
        assert f"  {command} " in result.output


def test_a_night_is_yesterdays_unless_told_otherwise() -> None:
    assert chosen_range(None, None, None, TODAY) == (TODAY - timedelta(days=1),) * 2
    assert chosen_range(date(2026, 11, 3), None, None, TODAY) == (date(2026, 11, 3),) * 2
    month = (date(2026, 10, 1), date(2026, 10, 31))
    assert chosen_range(None, *month, TODAY) == month


@pytest.mark.parametrize(
    ("day", "from_", "to"), [(TODAY, TODAY, None), (None, TODAY, None), (None, None, TODAY)]
)
def test_half_a_range_is_refused(day: date | None, from_: date | None, to: date | None) -> None:
    with pytest.raises(click.UsageError):
        chosen_range(day, from_, to, TODAY)


def test_a_date_that_is_none_is_named() -> None:
    result = headset("night", "--date", "21.11.2026")
    assert result.exit_code == 2
    assert "'21.11.2026' is not a date (YYYY-MM-DD)" in result.output


def test_a_range_outside_the_extract_dates_says_what_to_set() -> None:
    result = headset("night", "--date", "2019-01-01")
    assert result.exit_code == 1
    assert "HEADSET_FIRST_DAY" in result.output
    assert "Traceback" not in result.output


def test_an_expected_error_is_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise WarehouseError("the disk is full")

    monkeypatch.setattr("orchestration.run.status.standing", fail)
    result = headset("status")
    assert result.exit_code == 1
    assert result.output == "Error: the disk is full\n"


def test_status_of_a_new_home_says_what_to_do() -> None:
    result = headset("status")
    assert result.exit_code == 0
    assert "headset night" in result.output


def test_a_metric_without_a_snapshot_says_what_to_do() -> None:
    result = headset("metric", "service_level")
    assert result.exit_code == 1
    assert "nothing is published" in result.output


def test_publish_without_a_snapshot_says_so_and_rollback_fails(own_home: Path) -> None:
    assert "Nothing is published yet" in headset("publish").output
    assert headset("publish", "--rollback").exit_code == 1


def test_the_demo_does_not_touch_somebody_elses_files(own_home: Path) -> None:
    (own_home / "landing" / "sim").mkdir(parents=True)
    result = headset("demo")
    assert result.exit_code == 1
    assert "did not write" in result.output


def test_the_demo_runs_history_and_then_three_nights() -> None:
    plan = steps(date(2026, 11, 21), 60)
    assert [(str(s.first), str(s.last)) for s in plan] == [
        ("2026-09-23", "2026-11-18"),
        ("2026-11-19", "2026-11-19"),
        ("2026-11-20", "2026-11-20"),
        ("2026-11-21", "2026-11-21"),
    ]


def test_csv_is_data_alone(capsys: pytest.CaptureFixture[str]) -> None:
    show(ROWS, ["client", "day", "value", "n"], "csv")
    printed = list(csv.reader(io.StringIO(capsys.readouterr().out)))
    assert printed == [
        ["client", "day", "value", "n"],
        ["aurora, energy", "2026-11-20", "0.5", "12000"],
        ["", "2026-11-21", "", "0"],
    ]


def test_json_is_data_alone(capsys: pytest.CaptureFixture[str]) -> None:
    show(ROWS, ["client", "day", "value", "n"], "json")
    assert json.loads(capsys.readouterr().out)[1] == {
        "client": None,
        "day": "2026-11-21",
        "value": None,
        "n": 0,
    }


def test_a_table_reads_well(capsys: pytest.CaptureFixture[str]) -> None:
    show(ROWS, ["client", "value", "n"], "table")
    printed = capsys.readouterr().out
    assert "12,000" in printed
    assert "0.5000" in printed


@pytest.mark.parametrize(
    ("value", "text"), [(None, "-"), (True, "yes"), (1234, "1,234"), (0.1234567, "0.1235")]
)
def test_cells_are_written_as_people_read_them(value: object, text: str) -> None:
    assert cell(value) == text


def test_a_heading_drops_the_sign_of_a_count() -> None:
    assert heading("rows_n") == "rows"


@pytest.mark.parametrize("whose", [(), ("--agent", "E1", "--leader", "E2")])
def test_an_extract_is_of_one_person(whose: tuple[str, ...], tmp_path: Path) -> None:
    result = headset("extract", *whose, "--to", str(tmp_path / "new"))
    assert result.exit_code == 2
    assert "either --leader or --agent" in result.output


def test_an_extract_of_nothing_published_says_so(tmp_path: Path) -> None:
    result = headset("extract", "--agent", "E1", "--to", str(tmp_path / "new"))
    assert result.exit_code == 1
    assert "nothing is published" in result.output
    assert not (tmp_path / "new").exists()
