"""The simulated telephony writes other vendors' formats; the marts equal those of its own extracts.

Where a system cannot say something, both sides are summed over what it cannot tell apart.
"""

import json
from datetime import date, timedelta
from typing import Any

import pytest

from simulator.codes import ACTIVITY_CODES
from simulator.extracts import (
    CONTACT_HEADER,
    LEG_HEADER,
    SiteDate,
    contact_lines,
    leg_lines,
    site_date,
    state_lines,
)
from simulator.shape import CLIENTS, QUEUES, SITES
from simulator.vendors import asterisk, connect, genesys, without_callbacks
from tests.deployment import Deployment

VENDORS = ("asterisk", "connect", "genesys")
# The night of the second day has an hour less in Warsaw.
DAYS = (date(2026, 3, 28), date(2026, 3, 29))
SITE = next(site for site in SITES if site.zone == "Europe/Warsaw")
STATES = {
    "asterisk": {"AVAIL": "AVAILABLE", "INCALL": "ON_CALL", "ACW": "WRAPUP"},
    "connect": {"AVAIL": "Available", "INCALL": "ON_CONTACT", "ACW": "AFTER_CONTACT_WORK"},
    "genesys": {
        "AVAIL": "ON_QUEUE_IDLE",
        "INCALL": "ON_QUEUE_INTERACTING",
        "ACW": "ON_QUEUE_COMMUNICATING",
        **genesys.PRESENCES,
    },
    "sim": {},
}


def _meant(day: date) -> SiteDate:
    after = site_date(SITE, 40, 7, day + timedelta(days=1)).legs
    unheard = after if day == DAYS[-1] else [leg for leg in after if leg.is_callback]
    made = without_callbacks(site_date(SITE, 40, 7, day), unheard)
    real = tuple(contact for contact in made.contacts if contact.outcome != "phantom")
    return SiteDate(real, made.legs, made.states)


def _drop(made: Deployment, day: date, meant: SiteDate) -> None:
    name = f"{SITE.site_id}_{day}"
    files = {
        f"sim/contacts_{name}.csv.gz": [CONTACT_HEADER, *contact_lines(SITE, meant.contacts)],
        f"sim/contact_legs_{name}.csv.gz": [LEG_HEADER, *leg_lines(SITE, meant.legs)],
        f"sim/agent_activity_{name}.ndjson.gz": state_lines(SITE, meant.states),
        f"asterisk/queue_log_{name}.gz": asterisk.queue_log(meant),
        f"connect/contact_records_{name}.json.gz": connect.contact_records(meant),
        f"connect/agent_events_{name}.json.gz": connect.agent_events(meant),
        f"genesys/conversation_details_{name}.json.gz": [genesys.conversations(meant)],
        f"genesys/user_details_{name}.json.gz": [genesys.user_details(meant)],
    }
    for path, lines in files.items():
        system, _, file = path.partition("/")
        made.drop(system, file, "\n".join(lines) + "\n")


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Deployment:
    systems = ("sim", *VENDORS)
    made = Deployment(tmp_path_factory.mktemp("round_trips"), systems)
    made.map("clients", [{"client_id": client.client_id} for client in CLIENTS])
    made.map("sites", [{"site_id": SITE.site_id, "time_zone": SITE.zone}])
    made.map(
        "queues",
        [
            {"system": system, "queue_code": queue.code, "client_id": queue.client_id}
            for system in systems
            for queue in QUEUES
        ],
    )
    made.map(
        "dialled_numbers",
        [
            {"system": "sim", "dialled_number": number, "client_id": client}
            for number, client in {queue.dialled: queue.client_id for queue in QUEUES}.items()
        ],
    )
    made.map(
        "activity_codes",
        [
            {"system": system, "activity_code": STATES[system].get(code, code), "activity": meaning}
            for system in systems
            for code, (meaning, _) in ACTIVITY_CODES.items()
        ],
    )
    for day in DAYS:
        _drop(made, day, _meant(day))
    made.take_in()
    made.build("+interaction_queue_half_hour", "+agent_day")
    return made


def _both(built: Deployment, vendor: str, sql: str) -> tuple[list[Any], list[Any]]:
    rows = [built.ask(sql.format(system=system)) for system in ("sim", vendor)]
    return rows[0], rows[1]


@pytest.mark.parametrize("vendor", VENDORS)
def test_the_mart_of_half_hours_is_the_same(built: Deployment, vendor: str) -> None:
    talk = "sum(talk_s + hold_s)" if vendor == "asterisk" else "sum(talk_s), sum(hold_s)"
    canonical, told = _both(
        built,
        vendor,
        "select client_id, site_id, replace(queue_id, '{system}:', ''), half_hour_start_utc, "
        "site_date, sum(offered_n), sum(answered_n), sum(answered_within_threshold_n), "
        "sum(abandoned_n), sum(short_abandoned_n), sum(callback_requested_n + voicemail_n "
        "+ flowed_out_n + closed_n), sum(handled_n), sum(transfers_out_n), sum(answered_wait_s), "
        f"sum(abandoned_wait_s), {talk}, sum(acw_s), sum(handle_s) "
        "from interaction.interaction_queue_half_hour where queue_id like '{system}:%' "
        "group by all order by all",
    )
    assert len(canonical) > 30
    assert told == canonical


@pytest.mark.parametrize("vendor", VENDORS)
def test_the_mart_of_agent_days_is_the_same(built: Deployment, vendor: str) -> None:
    # Genesys has no state of work after contacts; the interaction goes on.
    at_work = "on_contact_state_s + acw_state_s"
    if vendor != "genesys":
        at_work = "on_contact_state_s, acw_state_s"
    canonical, told = _both(
        built,
        vendor,
        "select replace(agent_id, '{system}:', ''), shift_date, site_id, legs_handled_n, "
        f"handle_s, acw_s, logged_in_s, available_state_s, {at_work}, break_state_s, "
        "lunch_state_s, training_state_s, meeting_state_s, coaching_state_s, off_queue_state_s "
        "from agent.agent_day where agent_id like '{system}:%' "
        "and agent_id not like '%:vain%' order by all",
    )
    assert len(canonical) > 5
    assert told == canonical


@pytest.mark.parametrize("vendor", VENDORS)
def test_contacts_end_in_the_same_way(built: Deployment, vendor: str) -> None:
    kept = "and outcome <> 'abandoned_in_ivr'" if vendor == "asterisk" else ""
    canonical, told = _both(
        built,
        vendor,
        "select case when outcome in ('callback_requested', 'voicemail', 'closed') "
        "then 'flowed_out' else outcome end as ending, count(*), count(distinct customer_id) "
        "from core.fct_contact where source_system = '{system}' "
        f"{kept} group by all order by all",
    )
    assert [row[:2] for row in told] == [row[:2] for row in canonical]
    assert len(canonical) > 2


def test_nothing_was_turned_away(built: Deployment) -> None:
    found = built.ask("select distinct system, feed, rule from ledger.quarantine")
    assert found == [], json.dumps(found)
