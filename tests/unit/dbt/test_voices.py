"""What is raised without a name leads to nobody: not by the clock, the roster, the sender's
numbers, a small team beside large ones, nor by what is new in tomorrow's snapshot."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

import pytest

from tests.unit.dbt.compiled import Compiled

MONDAY = date(2026, 11, 2)
WITHHELD = "withheld"
INSTANTS = ("agent_id", "raised_at_utc", "answered_at_utc", "site_date", "answered_after_s",
            "time_zone")  # fmt: skip


def voice(number: int, team: str, *, name: str | None = None, day: int = 1, **more: Any) -> Any:
    return {
        "source_system": "people", "voice_id": f"V-{1000 + number}", "agent_code": name,
        "team_code": team, "site_id": "waw", "time_zone": "Europe/Warsaw", "kind": "concern",
        "topic": "workload", "status": "open",
        "raised_at": f"{MONDAY + timedelta(days=day)} 10:1{number % 10}:00",
        "event_date": MONDAY + timedelta(days=day), "file_id": 1, "row_number": number,
    } | more  # fmt: skip


def at_work(sizes: Mapping[str, int], site: str = "waw", days: int = 3) -> list[dict[str, Any]]:
    """Agents on shift in the week, by team."""
    return [
        {"agent_id": f"{site}-{team}-{n}", "shift_date": MONDAY + timedelta(days=day),
         "site_id": site, "team_id": f"hr:{team}"}
        for team, size in sizes.items() for n in range(size) for day in range(days)
    ]  # fmt: skip


def told(
    compiled: Compiled,
    voices: Sequence[Mapping[str, Any]],
    days: Sequence[Mapping[str, Any]],
    through: date = MONDAY + timedelta(days=20),
) -> list[dict[str, Any]]:
    con = compiled.database(
        {"feed_voice": voices, "agent_day": days}, "agent_voice", through=str(through)
    )
    found = con.execute("select * from agent.agent_voice order by voice_id")
    names = [one[0] for one in found.description]
    return [dict(zip(names, row, strict=True)) for row in found.fetchall()]


def test_without_a_name_the_week_is_told_and_no_instant(compiled: Compiled) -> None:
    voices = [
        voice(1, "a"),
        voice(2, "a", name="E1"),
        voice(3, "a", answered_at="2026-11-05 12:00"),
    ]
    rows = told(compiled, voices, at_work({"a": 8, "b": 8}))
    nameless = [row for row in rows if row["is_anonymous"]]
    assert len(nameless) == 2
    for row in nameless:
        assert [row[name] for name in INSTANTS] == [None] * len(INSTANTS)
        assert (row["week_start_date"], row["team_id"]) == (MONDAY, "people:a")
    assert [row["answered_within_weeks_n"] for row in nameless] == [1, None] or [
        row["answered_within_weeks_n"] for row in nameless
    ] == [None, 1]
    (named,) = [row for row in rows if not row["is_anonymous"]]
    assert named["raised_at_utc"] is not None
    assert named["voice_id"] == "people:V-1002"


def test_the_senders_running_number_is_not_told(compiled: Compiled) -> None:
    """Between the numbers of two named voices stands the minute of the third."""
    rows = told(compiled, [voice(n, "a", name="E1" if n % 2 else None) for n in range(6)],
                at_work({"a": 8}))  # fmt: skip
    nameless = [row["voice_id"] for row in rows if row["is_anonymous"]]
    assert nameless == [f"people:anonymous:{MONDAY}:{n}" for n in (1, 2, 3)]


@pytest.mark.parametrize(
    ("sizes", "teams"),
    [
        ({"a": 8, "b": 9}, {"people:a", "people:b"}),
        # A small team, alone withheld, would be who is withheld.
        ({"a": 3, "b": 9}, {WITHHELD}),
        ({"a": 3, "b": 9, "c": 12}, {WITHHELD, "people:c"}),
        ({"a": 4, "b": 4, "c": 12}, {WITHHELD, "people:c"}),
        # A team that HR does not know by that code.
        ({"c": 20}, {WITHHELD, "people:c"}),
    ],
)
def test_a_team_is_named_where_it_may_be_any_of_five(
    compiled: Compiled, sizes: dict[str, int], teams: set[str]
) -> None:
    voices = [voice(n, team) for n, team in enumerate(sorted({"a", *sizes}))]
    rows = told(compiled, voices, at_work(sizes))
    assert {row["team_id"] for row in rows} == teams
    assert {row["site_id"] for row in rows} == {"waw"}


def test_a_site_with_few_at_work_is_withheld_and_another_with_it(compiled: Compiled) -> None:
    voices = [voice(1, "a"), voice(2, "x", site_id="mad"), voice(3, "y", site_id="ber")]
    days = [*at_work({"a": 3}), *at_work({"x": 9}, "mad"), *at_work({"y": 15}, "ber")]
    rows = told(compiled, voices, days)
    assert sorted(row["site_id"] for row in rows) == ["ber", WITHHELD, WITHHELD]
    assert sorted(row["team_id"] for row in rows) == ["people:y", WITHHELD, WITHHELD]


def test_tomorrows_snapshot_has_no_new_voice_of_a_week_in_the_making(compiled: Compiled) -> None:
    voices = [voice(1, "a", day=1), voice(2, "a", day=3), voice(3, "a", name="E1", day=1)]
    shown = [
        sum(row["is_anonymous"] for row in told(
            compiled, [v for v in voices if v["event_date"] <= MONDAY + timedelta(days=through)],
            at_work({"a": 8}), MONDAY + timedelta(days=through),
        ))
        for through in range(1, 9)
    ]  # fmt: skip
    assert shown == [0, 0, 0, 0, 0, 0, 2, 2]


def test_the_model_is_the_only_one_published_that_has_voices(compiled: Compiled) -> None:
    assert compiled.nodes["fct_voice"]["config"]["meta"].get("publish") is None
    beside = {
        name
        for name, node in compiled.nodes.items()
        if "model.headset.fct_voice" in node["depends_on"]["nodes"]
        and node["config"]["meta"].get("publish") is not None
    }
    # A declared interest has a name.
    assert beside == {"agent_voice", "agent_ladder"}
