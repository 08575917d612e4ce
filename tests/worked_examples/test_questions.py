"""Asking for metrics: the right names answer, the wrong ones are told the right ones."""

import datetime as dt
import shutil
from pathlib import Path

import duckdb
import pytest
from click.testing import CliRunner

from ground.home import Home
from metrics.contracts.contract import from_json, to_json
from metrics.question.query import MetricError, metrics, query

ICMI = "service_level.answered_of_answered/icmi"


def test_a_family_means_its_default_variant(home: Home) -> None:
    answer = query(home, "abandonment")
    assert answer.metric == "abandonment.of_queue_visits_less_short"
    assert answer.rows == query(home, "abandonment_of_queue_visits_less_short").rows
    assert answer.rows == query(home, "abandonment.of_queue_visits_less_short").rows


def test_every_row_has_parts_n_version_and_name(home: Home) -> None:
    answer = query(home, "service_level", by=["client_id"], where=[f"client_id={ICMI}"])
    assert answer.columns == (
        "client_id", "metric", "version", "numerator", "denominator", "n", "value", "is_final",
        "blank_reason",
    )  # fmt: skip
    row = answer.rows[0]
    assert tuple(row) == answer.columns
    assert (row["numerator"], row["denominator"], row["n"]) == (860, 1050, 1050)
    assert (row["metric"], row["version"]) == ("service_level.answered_of_offered_less_short", 3)


def test_all_five_icmi_formulas_on_one_client_s_calls(home: Home) -> None:
    published = {
        "answered_or_abandoned_in_time": 83,
        "answered_of_answered": 86,
        "answered_of_answered_or_abandoned": 81,
        "answered_of_answered_or_abandoned_late": 83,
        "short_abandons_credited": 82,
    }
    found = {}
    for variant in published:
        answer = query(home, f"service_level.{variant}", where=[("client_id", ICMI)])
        value = answer.rows[0]["value"]
        assert isinstance(value, float)
        found[variant] = round(100 * value)
    assert found == published


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("abandonnment", "unknown metric 'abandonnment'; did you mean abandonment"),
        ("service_level.icmi", "service_level has no variant 'icmi'; it has service_level."),
        ("xyzzy", "unknown metric 'xyzzy'; known: abandoned"),
    ],
)
def test_a_wrong_metric_gets_the_nearest_right_ones(home: Home, name: str, says: str) -> None:
    with pytest.raises(MetricError) as caught:
        query(home, name)
    assert says in str(caught.value)


@pytest.mark.parametrize(
    "asked",
    [["abandonnment"], ["service_level.icmi"], ["offered", "--by", "chanel"],
     ["offered", "--where", "channel"], ["offered", "--as-published", "1999-01-01"]],
)  # fmt: skip
def test_the_command_says_so_in_one_line_and_fails(
    home: Home, monkeypatch: pytest.MonkeyPatch, asked: list[str]
) -> None:
    from orchestration.cli import cli

    monkeypatch.setenv("HEADSET_HOME", str(home.root))
    answer = CliRunner().invoke(cli, ["metric", *asked])
    assert answer.exit_code == 1
    assert answer.stdout == ""
    # Before it stands, where progress is no moving line, what was begun.
    told = [line for line in answer.stderr.splitlines() if line != f"{asked[0]} ..."]
    assert len(told) == 1
    assert told[0].startswith("Error: ")


@pytest.mark.parametrize(
    ("asked", "says"),
    [
        ({"by": ["chanel"]}, "has no dimension 'chanel'; did you mean channel?"),
        ({"where": ["lanuage=en"]}, "has no dimension 'lanuage'; did you mean language?"),
        ({"by": ["queue_id"]}, "offered.queue_visits has it"),
        ({"where": ["channel"]}, "filter 'channel' is not of the form DIMENSION=VALUE"),
        ({"grain": "dya"}, "unknown grain 'dya'; did you mean day"),
        ({"from_": "2026-13-01"}, "from: '2026-13-01' is not a date (YYYY-MM-DD)"),
        ({"from_": "2026-02-02", "to": "2026-02-01"}, "from 2026-02-02 is after to 2026-02-01"),
    ],
)
def test_a_wrong_question_is_told_what_to_ask(home: Home, asked: dict[str, str], says: str) -> None:
    with pytest.raises(MetricError) as caught:
        query(home, "offered", **asked)  # type: ignore[arg-type]
    assert says in str(caught.value)


@pytest.mark.parametrize(
    "value", ["x' or '1'='1", "{{ 1/0 }}", "{% raw %}", "__headset_p0__", "$p0", "ą'\"; --"]
)
def test_a_filter_value_is_a_value_and_never_code(home: Home, value: str) -> None:
    answer = query(home, "offered", where=[("client_id", value)])
    assert [row["value"] for row in answer.rows] == [0]


def test_several_values_of_one_dimension_are_alternatives(home: Home) -> None:
    both = query(home, "offered", where=["direction=inbound,outbound"]).rows[0]["value"]
    assert both == query(home, "offered").rows[0]["value"]


def test_a_day_can_be_asked_for_by_name(home: Home) -> None:
    named = query(home, "offered", where=["site_date=2026-03-29"])
    ranged = query(home, "offered", from_=dt.date(2026, 3, 29), to=dt.date(2026, 3, 29))
    assert named.rows == ranged.rows
    assert named.rows[0]["value"] == 2


def test_weeks_begin_on_monday_and_add_up(home: Home) -> None:
    weeks = query(home, "offered", grain="week").rows
    assert {row["week"].weekday() for row in weeks if isinstance(row["week"], dt.date)} == {0}
    total = query(home, "offered").rows[0]["value"]
    assert sum(int(str(row["value"])) for row in weeks) == total


def test_explain_gives_the_sql_and_it_runs(home: Home) -> None:
    answer = query(home, "offered", grain="day", explain=True)
    assert answer.sql is not None
    con = duckdb.connect(str(home.published / "current" / "serve.duckdb"), read_only=True)
    assert len(con.execute(answer.sql).fetchall()) == len(answer.rows)


def test_the_dictionary_says_what_every_metric_means(home: Home) -> None:
    assert {m.display for m in metrics(home)} >= {"offered.contacts", "handle_time.of_handled"}
    assert all(m.meaning.endswith(".") for m in metrics(home))


def test_without_a_snapshot_the_next_step_is_named(tmp_path: Path) -> None:
    with pytest.raises(MetricError, match=r"nothing is published .* run `headset night` first"):
        query(Home(tmp_path), "offered")


def test_a_question_can_be_asked_of_what_was_published_before(home: Home) -> None:
    now = query(home, "offered")
    assert query(home, "offered", as_published="worked_examples").rows == now.rows
    assert query(home, "offered", as_published="2026-12-01").rows == now.rows


def test_a_snapshot_that_is_not_kept_is_named(home: Home) -> None:
    with pytest.raises(MetricError, match="no snapshot 'spring' is kept; there are worked_ex"):
        query(home, "offered", as_published="spring")
    with pytest.raises(MetricError, match="published on or before 2020-01-01 is kept"):
        query(home, "offered", as_published="2020-01-01")


def test_a_metric_that_was_removed_says_where_it_still_is(home: Home, tmp_path: Path) -> None:
    kept = tmp_path / "published" / "snapshots"
    for name in ("000001-x", "000002-y"):
        shutil.copytree((home.published / "current").resolve(), kept / name)
    (tmp_path / "published" / "current").symlink_to(kept / "000002-y")
    left = kept / "000002-y" / "metrics.json"
    left.chmod(0o644)
    contracts = [
        one for one in from_json(left.read_text()) if one.display != "offered.queue_visits"
    ]
    left.write_text(to_json(contracts))
    with pytest.raises(MetricError, match=r"--as-published 000001-x$"):
        query(Home(tmp_path), "offered.queue_visits")
    with pytest.raises(MetricError) as never:
        query(Home(tmp_path), "offered.never_was")
    assert "as-published" not in str(never.value)


def test_a_metric_of_one_mart_offers_no_other_grain(home: Home) -> None:
    with pytest.raises(MetricError, match="cannot be added up"):
        query(home, "calibration_agreement", by=["client_id"])
    with pytest.raises(MetricError, match="has no other grain"):
        query(home, "calibration_agreement", grain="year")


def test_facts_that_meet_can_be_split_by_what_they_share_alone(home: Home) -> None:
    assert query(home, "conversion", by=["client_id", "site_id"]).rows
    with pytest.raises(MetricError, match="has no dimension 'channel'"):
        query(home, "conversion", by=["channel"])
