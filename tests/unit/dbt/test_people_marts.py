"""Scorecards and coaching as marts: what is fair to say of a person, on small centres."""

from datetime import date, timedelta
from typing import Any

import numpy as np
import pandas as pd
import pytest
from duckdb import DuckDBPyConnection

from tests.unit.dbt.compiled import Compiled

TODAY = date(2026, 11, 21)
PEERS = [f"P{number:02d}" for number in range(10)]
FCR, TALK = "first_contact_resolution.no_repeat_7d", "talk_time.of_handled"
TRANSFERS = "transfer_rate.transferred_of_connections"


def people(agents: list[str], **more: Any) -> list[dict[str, Any]]:
    """Who is employed since 2024, led by L."""
    usual = {
        "valid_from": date(2024, 1, 1),
        "spell_number": 1,
        "hired_date": date(2024, 1, 1),
        "service_date": date(2024, 1, 1),
        "is_hire_recorded": True,
        "hire_kind": "hire",
        "leader_id": "L",
        "site_id": "waw",
        "client_id": "acme",
        "role": "agent",
        "has_job_record": True,
    }
    return [{**usual, "agent_id": agent, **more} for agent in agents]


def legs(agent: str, talk: float, days_ago: list[int], a_day: int, **more: Any) -> pd.DataFrame:
    """Answered contacts of an agent, with a spread of talk time that every agent has."""
    n = len(days_ago) * a_day
    on = np.repeat([TODAY - timedelta(days=ago) for ago in days_ago], a_day)
    spread = np.tile(np.linspace(-50, 50, a_day), len(days_ago))
    frame = pd.DataFrame(
        {
            "leg_id": [f"{agent}{more.get('half_hour_of_day', 20)}-{i}" for i in range(n)],
            "contact_id": [f"{agent}{more.get('half_hour_of_day', 20)}-{i}" for i in range(n)],
            "source_system": "sim",
            "leg_number": 1,
            "client_id": "acme",
            "line_of_business": "care",
            "channel": "voice",
            "language": "en",
            "site_id": "waw",
            "queue_id": "Q1",
            "reason": "billing",
            "half_hour_of_day": 20,
            "agent_id": agent,
            "is_answered": True,
            "is_transfer_out": False,
            "talk_s": (talk + spread).round().astype(int),
            "hold_s": 0,
            "acw_s": 30,
            "event_date": on,
            "site_date": on,
        }
        | more
    )
    frame["queued_at_utc"] = pd.to_datetime(frame.site_date) + pd.Timedelta(hours=10)
    frame["handle_s"] = frame.talk_s + 30
    return frame


def settled(frame: pd.DataFrame, share: float) -> pd.DataFrame:
    """For each contact whether the customer need not come back: so many of a hundred."""
    place = np.arange(len(frame)) % 10
    resolved = np.where(place < round(10 * share), 1, 0)
    return pd.DataFrame(
        {
            "contact_id": frame.contact_id,
            "traced_7d_n": 1,
            "resolved_within_7d_n": resolved,
            "event_date": frame.event_date,
            "site_date": frame.site_date,
        }
    )


def centre(compiled: Compiled, parts: list[tuple[pd.DataFrame, float]], **more: Any) -> Any:
    """A database with the scorecard and what to coach of these contacts."""
    frames = [frame for frame, _ in parts]
    agents = sorted({agent for frame in frames for agent in frame.agent_id})
    given = {
        "fct_contact_leg": pd.concat(frames),
        "interaction_repeat": pd.concat([settled(*part) for part in parts]),
        "fct_survey": [],
        "fct_evaluation": [],
        "fct_contact": [],
        "fct_case": [],
        "fct_disruption": [],
        "dim_employment": people(agents),
    }
    return compiled.database(
        given | more, "agent_scorecard", "agent_coaching_focus", through=str(TODAY)
    )


def card(con: DuckDBPyConnection, metric: str, columns: str) -> dict[str, tuple[Any, ...]]:
    """Columns of the 90-day scorecard by agent."""
    rows = con.execute(
        f"select agent_id, {columns} from agent.agent_scorecard "
        "where look_back = 'days_90' and metric = ?",
        [metric],
    ).fetchall()
    return {row[0]: row[1:] for row in rows}


def peers(a_day: int = 8) -> list[tuple[pd.DataFrame, float]]:
    """Ten agents of about 300 s and 70 %."""
    return [
        (legs(agent, 291 + 2 * number, list(range(10, 50)), a_day), 0.7)
        for number, agent in enumerate(PEERS)
    ]


@pytest.fixture(scope="module")
def slow_and_quick(compiled: Compiled) -> DuckDBPyConnection:
    """SLOW takes 90 s longer and settles everything; QUICK is 90 s quicker and settles 3 of 10."""
    when = list(range(10, 50))
    made = [*peers(), (legs("SLOW", 390, when, 8), 1.0), (legs("QUICK", 210, when, 8), 0.3)]
    made.append((legs("FEW", 900, [10], 8), 1.0))
    con: DuckDBPyConnection = centre(compiled, made)
    return con


def test_a_slow_agent_who_settles_everything_shows_as_valuable(
    slow_and_quick: DuckDBPyConnection,
) -> None:
    columns = "distinguishable, side, counter_observed, s_per_resolved, peers_s_per_resolved"
    found = card(slow_and_quick, TALK, columns)
    assert found["SLOW"][:3] == ("yes", "above", 1.0)
    assert found["QUICK"][:3] == ("yes", "below", pytest.approx(0.3))
    assert found["SLOW"][3] < found["SLOW"][4] < found["QUICK"][3]
    # Above and below are no better and worse; whether the matter was settled is.
    assert card(slow_and_quick, FCR, "side")["SLOW"] == ("better",)


def test_nobody_is_coached_on_speed_that_pays_nor_praised_for_speed_that_does_not(
    slow_and_quick: DuckDBPyConnection,
) -> None:
    told = slow_and_quick.execute(
        "select agent_id, kind, part from agent.agent_coaching_focus where unit = 's' "
        "and agent_id in ('SLOW', 'QUICK')"
    ).fetchall()
    assert told == []


def test_a_person_with_few_contacts_is_too_few(slow_and_quick: DuckDBPyConnection) -> None:
    found = card(slow_and_quick, TALK, "distinguishable, side, has_minimum_sample, n")
    assert found["FEW"] == ("too few", None, False, 8)
    assert {row[2] for agent, row in found.items() if agent != "FEW"} == {True}


def test_who_only_takes_longer_is_a_focus_in_words_with_a_step(compiled: Compiled) -> None:
    step = {"part": "talk", "action_code": "listen", "step": "Listen", "valid_from": "2025-01-01"}
    late = (legs("LONG", 390, list(range(10, 50)), 8), 0.7)
    con = centre(compiled, [*peers(), late], stg_company__coaching_steps=[step])
    ((words, certainty, gap, action),) = con.execute(
        "select in_words, certainty, gap, action_code from agent.agent_coaching_focus "
        "where agent_id = 'LONG' and kind = 'focus'"
    ).fetchall()
    assert certainty > 0.99
    assert 70 < gap < 91
    assert action == "listen"
    assert words == f"talk on billing contacts: {gap:.0f} s above peers, 320 contacts, 7 weeks"


def test_nobody_is_told_apart_by_the_hours_he_is_given(compiled: Compiled) -> None:
    """At night contacts take twice as long and cannot be passed on: that is no agent's doing."""
    when = list(range(10, 50))
    night = {"half_hour_of_day": 4}
    made = [(legs(agent, 297 + 0.6 * k, when, 6), 0.7) for k, agent in enumerate(PEERS)]
    for frame, _ in made:
        frame["is_transfer_out"] = np.arange(len(frame)) % 5 == 0
    owls = [f"N{agent}" for agent in PEERS]
    made += [(legs(owl, 597 + 0.6 * k, when, 6, **night), 0.7) for k, owl in enumerate(owls)]
    # One works by day and by night, and takes longer than others in both.
    made += [(legs("LONG", 360, when, 3), 0.7), (legs("LONG", 660, when, 3, **night), 0.7)]
    made[-2][0]["is_transfer_out"] = np.arange(120) % 5 == 0
    found = card(
        centre(compiled, made), TALK, "distinguishable, observed, expected, adjusted, estimate"
    )
    assert {agent for agent, row in found.items() if row[0] == "yes"} == {"LONG"}
    assert found["NP05"][1] - found["P05"][1] == pytest.approx(300, abs=1)
    assert found["NP05"][3] == pytest.approx(found["P05"][3], abs=1)
    assert found["LONG"][4] - found["P05"][4] == pytest.approx(60, abs=9)
    moved = card(centre(compiled, made), TRANSFERS, "distinguishable, estimate")
    assert "yes" not in {row[0] for row in moved.values()}
    # Where nobody could pass a contact on, nothing is said of anybody.
    assert moved["NP05"] == ("too few", None)


def test_contacts_of_an_approved_disruption_count_against_nobody(compiled: Compiled) -> None:
    hit = (legs("HIT", 300, list(range(11, 50)), 8), 0.7)
    bad = (legs("HIT", 3000, [10], 8, half_hour_of_day=21), 0.0)
    start = pd.Timestamp(TODAY - timedelta(days=10))
    outage = {
        "started_at_utc": start,
        "ended_at_utc": start + pd.Timedelta(days=1),
        "event_date": start.date(),
        "is_excused": True,
        "agent_id": "HIT",
    }
    con = centre(compiled, [*peers(), hit, bad], fct_disruption=[outage])
    assert card(con, TALK, "n, round(observed)")["HIT"] == (8 * 39, 300)
    unexcused = [outage | {"is_excused": False}]
    con = centre(compiled, [*peers(), hit, bad], fct_disruption=unexcused)
    assert card(con, TALK, "n")["HIT"] == (8 * 40,)


CHOICE = {
    "set_id": "S",
    "client_id": "acme",
    "line_of_business": "all",
    "site_id": "all",
    "metric": FCR.replace(".", "_"),
    "priority": 1,
    "target": 0.8,
    "purpose": "coaching",
    "applies_to": "agent",
    "minimum_sample": 500,
    "valid_from": "2026-01-01",
}


def test_only_what_the_clients_set_selects_is_shown_and_from_its_own_minimum(
    compiled: Compiled,
) -> None:
    others = [
        CHOICE | {"metric": "talk_time_of_handled", "valid_from": "2026-11-22"},
        CHOICE | {"metric": "talk_time_of_handled", "applies_to": "site"},
        CHOICE | {"metric": "talk_time_of_handled", "purpose": "contract"},
        CHOICE | {"metric": "talk_time_of_handled", "client_id": "bolt"},
    ]
    con = centre(compiled, peers(), stg_company__metric_sets=[CHOICE, *others])
    metrics = con.execute("select distinct metric from agent.agent_scorecard").fetchall()
    assert metrics == [(FCR,)]
    assert set(card(con, FCR, "n, has_minimum_sample, distinguishable").values()) == {
        (320, False, "too few")
    }


def test_of_several_sets_the_nearest_holds_and_where_none_speaks_all_is_shown(
    compiled: Compiled,
) -> None:
    when = list(range(10, 50))
    made = [*peers(), (legs("SALES", 300, when, 8, line_of_business="sales"), 0.7)]
    made.append((legs("GDN", 300, when, 8), 0.7))
    care = CHOICE | {"line_of_business": "care", "minimum_sample": 30}
    sets = [care, care | {"set_id": "G", "site_id": "gdn", "target": 0.9, "priority": 2}]
    staff = people([*PEERS, "SALES"]) + people(["GDN"], site_id="gdn")
    con = centre(compiled, made, stg_company__metric_sets=sets, dim_employment=staff)
    found = card(con, FCR, "priority, target::double")
    assert found["GDN"] == (2, 0.9)
    assert found["P00"] == (1, 0.8)
    shown = dict(
        con.execute(
            "select agent_id, count(distinct metric) from agent.agent_scorecard "
            "where agent_id in ('GDN', 'P00', 'SALES') group by 1"
        ).fetchall()
    )
    assert shown == {"GDN": 1, "P00": 1, "SALES": 6}
