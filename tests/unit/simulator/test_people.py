"""What the people system drops is what a centre's people system would."""

import csv
import gzip
import json
from collections import Counter
from datetime import date, timedelta
from itertools import pairwise

import numpy as np
import pytest

from simulator.people.calendar import PeopleFile, people_files
from simulator.people.content import people_content
from simulator.people.days import number
from simulator.people.effects import effects
from simulator.people.events import employment_events
from simulator.people.praise import overlooked
from simulator.people.sessions import STEPS
from simulator.people.staff_codes import HISTORY_DAYS, PEOPLE, codes, people

AGENTS, SEED = 60, 7
LAST = date(2026, 11, 21)
FIRST = LAST - timedelta(days=23)


def _files(system: str = "sim_people") -> list[PeopleFile]:
    return [file for file in people_files(FIRST, LAST) if file.system == system]


def _good(file: PeopleFile) -> list[dict]:
    """Rows of a file as they were meant, without those planted."""
    name, data, _, defects = people_content(AGENTS, SEED, file)
    lines = gzip.decompress(data).decode().splitlines()
    head, body = ([], lines) if "ndjson" in name else (lines[:1], lines[1:])
    bad = {number for defect in defects for number in defect.rows}
    kept = [line for number, line in enumerate(body, 1) if number not in bad]
    return [json.loads(line) for line in kept] if not head else list(csv.DictReader(head + kept))


@pytest.fixture(scope="module")
def rows() -> dict[str, list[dict]]:
    """Rows of each feed of the people system, over all its files, in the order of arrival."""
    out: dict[str, list[dict]] = {}
    for file in _files():
        out.setdefault(file.feed, []).extend(_good(file))
    return out


def _newest(rows: list[dict]) -> dict[str, dict]:
    return {row["id"]: row for row in sorted(rows, key=lambda row: row["changed_at"])}


def test_a_default_drop_has_few_files_of_the_people_system():
    files = people_files(LAST - timedelta(days=89), LAST)
    assert len([file for file in files if file.system == "sim_people"]) < 100


def test_planned_sessions_are_mostly_held_but_not_all(rows):
    sessions = _newest(rows["coaching"])
    past = [row for row in sessions.values() if row["planned_for"] < "2026-11-01"]
    share = {state: n / len(past) for state, n in Counter(row["state"] for row in past).items()}
    assert 0.65 < share["done"] < 0.92
    assert 0.03 < share["cancelled"] < 0.12
    assert 0.05 < share["planned"] < 0.25
    assert all(("held_at" in row) == (row["state"] == "done") for row in sessions.values())
    assert any(row["planned_for"][:10] > str(LAST) for row in sessions.values())


def test_steps_agreed_follow_from_topics_and_not_all_are_done(rows):
    steps = [row for row in _newest(rows["coaching"]).values() if "action" in row]
    coached = [row for row in steps if row["type"] == "coaching"]
    assert {row["action"]["code"] for row in coached} == set(STEPS.values())
    assert all(row["action"]["code"] == STEPS[row["topic"]] for row in coached)
    old = [row for row in steps if row["action"]["due"] < "2026-10-01"]
    assert 0.5 < sum("done" in row["action"] for row in old) / len(old) < 0.75


def test_those_who_do_badly_are_coached_more(rows):
    known = effects(AGENTS, SEED).quality
    size = known.size
    ids = codes(PEOPLE, np.arange(size), np.zeros(size, dtype=np.int64)).tolist()
    coached = Counter(
        row["person"] for row in _newest(rows["coaching"]).values() if row["type"] == "coaching"
    )
    one_to_one = Counter(
        row["person"] for row in _newest(rows["coaching"]).values() if row["type"] == "one_to_one"
    )
    rate = {c: coached[c] / one_to_one[c] for c in one_to_one if one_to_one[c] >= 6}
    quality = [known[ids.index(c)] for c in rate]
    assert np.corrcoef(quality, list(rate.values()))[0, 1] < -0.3


def test_some_are_overlooked_however_long_they_stay(rows):
    given = Counter(row["to"] for row in rows["recognition"] if row["kind"] != "milestone")
    everybody = people(AGENTS, SEED)
    unseen = np.flatnonzero(overlooked(AGENTS, SEED))
    shown = codes(PEOPLE, unseen, everybody.site[unseen]).tolist()
    assert not any(given[code] for code in shown)
    worked = {row["person"] for row in rows["coaching"]}
    assert worked & set(shown)
    assert max(given.values()) > 3 * np.median(list(given.values()))
    assert all(row["from"] != row["to"] for row in rows["recognition"])
    assert {row["kind"] for row in rows["recognition"]} == {
        "peer", "leader", "customer", "milestone"
    }  # fmt: skip


def test_a_pulse_leads_to_nobody(rows):
    assert set(rows["pulse"][0]) == {
        "id", "site", "account", "team", "question", "answer", "lowest", "highest", "answered_on"
    }  # fmt: skip
    assert len({row["id"] for row in rows["pulse"]}) == len(rows["pulse"])
    for row in rows["pulse"]:
        assert float(row["lowest"]) <= float(row["answer"]) <= float(row["highest"])
    # Answers of one person do not stand together.
    assert len({row["question"] for row in rows["pulse"][:8]}) > 1


def test_voice_is_answered_after_it_was_raised_and_concerns_may_be_anonymous(rows):
    voices = _newest(rows["voice"]).values()
    assert {row["kind"] for row in voices} == {"idea", "concern", "interest"}
    assert {row["topic"] for row in voices if row["kind"] == "interest"} <= {
        "mentor", "trainer", "supervisor"
    }  # fmt: skip
    assert {row["kind"] for row in voices if "person" not in row} == {"concern"}
    for row in voices:
        assert row.get("answered_at", "9") > row["raised_at"]
        assert ("answered_at" in row) == (row["state"] != "open")


def test_most_are_told_before_a_change_and_some_after_or_never(rows):
    told = Counter(
        "never" if not row["told_at"] else row["told_at"] <= row["effective_at"]
        for row in rows["changes"]
    )
    assert told[True] > 4 * told[False] > 4 * told["never"] > 0


def test_new_hires_have_mentors_who_are_somebody_else(rows):
    pairs = _newest(rows["mentoring"]).values()
    assert pairs
    assert all(pair["mentor"] != pair["newcomer"] for pair in pairs)
    assert all(not pair["until"] or pair["until"] > pair["first_day"] for pair in pairs)
    old = [pair for pair in pairs if pair["first_day"] < "2026-10-01"]
    assert old
    assert all(pair["until"] for pair in old)


def test_rows_come_in_the_file_of_the_day_on_which_they_were_recorded():
    for file in _files():
        if file.feed not in ("coaching", "voice"):
            continue
        days = [row["changed_at"][:10] for row in _good(file)]
        assert all(str(file.since) < day <= str(file.day) for day in days)


def test_history_is_two_years_whatever_the_window():
    opened = LAST - timedelta(days=HISTORY_DAYS)
    for days in (1, 20, 90):
        first = LAST - timedelta(days=days - 1)
        coaching = [f for f in people_files(first, LAST) if f.feed == "coaching"]
        assert number(coaching[0].since) == number(opened) - 1
        assert all(a.day == b.since for a, b in pairwise(coaching))


def test_nobody_is_hired_anew_who_was_never_gone():
    """A founder who takes over the site is promoted; only who left is hired again, as a rehire."""
    _, events = employment_events(300, SEED, number(LAST))
    hired = events["person_no"][events["event"] == "hire"].tolist()
    assert len(hired) == len(set(hired)) > 300
