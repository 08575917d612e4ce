"""A simulated day at an instant: equal bytes, cumulative files, and the night's rows at its end."""

import gzip
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from simulator import live
from simulator.extracts import contact_lines, leg_lines, site_date, state_lines
from simulator.shape import SITES

DAY, AGENTS, SEED = date(2026, 11, 19), 12, 7
NOON = datetime(2026, 11, 19, 12, tzinfo=UTC)


def rows(folder: Path, name: str) -> list[str]:
    return gzip.decompress((folder / name).read_bytes()).decode().splitlines()


def drop(folder: Path, at: datetime) -> dict[str, list[str]]:
    names = live.drop_at(folder, AGENTS, SEED, at, DAY - timedelta(days=1))
    return {name.split("/")[1].split(".r")[0]: rows(folder, name) for name in names}


def test_equal_arguments_give_equal_bytes(tmp_path: Path) -> None:
    for folder in ("a", "b"):
        drop(tmp_path / folder, NOON)
    for path in (tmp_path / "a").rglob("*.gz"):
        assert path.read_bytes() == (tmp_path / "b" / path.relative_to(tmp_path / "a")).read_bytes()


def test_a_later_file_has_a_higher_revision_and_holds_more(tmp_path: Path) -> None:
    early, late = drop(tmp_path / "a", NOON), drop(tmp_path / "b", NOON + timedelta(hours=2))
    for slot in early:
        if "open_visits" not in slot:
            assert len(late[slot]) >= len(early[slot])
    revisions = sorted(
        int(path.name.split(".r")[1].split(".")[0])
        for folder in ("a", "b")
        for path in (tmp_path / folder).rglob("contacts_krakow_*")
    )
    assert revisions[1] - revisions[0] == 120


def test_days_after_its_end_a_day_holds_what_the_night_s_files_hold(tmp_path: Path) -> None:
    files = drop(tmp_path, NOON + timedelta(hours=20))
    for site in SITES:
        meant = site_date(site, AGENTS, SEED, DAY)
        for feed, lines in (
            ("contacts", contact_lines(site, meant.contacts)),
            ("contact_legs", leg_lines(site, meant.legs)),
        ):
            assert set(files[f"{feed}_{site.site_id}_{DAY}"][1:]) == set(lines)
        states = state_lines(site, meant.states)
        assert files.get(f"agent_activity_{site.site_id}_{DAY}", []) == states
        assert len(files[f"open_visits_{site.site_id}_{DAY}"]) == 1


@pytest.mark.parametrize("hour", [3, 9, 14, 19])
def test_each_visit_is_in_progress_or_over_and_never_both(tmp_path: Path, hour: int) -> None:
    files = drop(tmp_path, NOON.replace(hour=hour))
    ended = {
        tuple(line.split(",")[:2])
        for slot, lines in files.items()
        if slot.startswith("contact_legs")
        for line in lines[1:]
    }
    still = [
        line.split(",")
        for slot, lines in files.items()
        if slot.startswith("open_visits")
        for line in lines[1:]
    ]
    assert not ended & {(line[0], line[1]) for line in still}
    for line in still:
        assert line[9] in ("waiting", "answered")
        assert int(line[10]) >= 0


def test_clock_times_make_ticks_up_to_the_end_of_the_day() -> None:
    ticks = live.ticks_of(DAY, "23:00", "24:00", 1800)
    assert [tick.strftime("%d %H:%M") for tick in ticks] == ["19 23:00", "19 23:30", "20 00:00"]
