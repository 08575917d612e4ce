"""Files of strangers through whole nights: begin a centre, draft, land, run, and ask the metric.

The public cases are not ours to ship: they are read from `../shared/data/cases`; without that
folder these tests skip. One home takes all of them, as a house with many systems would.
"""

from typing import Any

import pytest

from ground.home import CHECKOUT
from tests.own_centre import OwnCentre

CASES = CHECKOUT.parent / "shared" / "data" / "cases"
KNOWN = ("asterisk", "asterisk_cdr", "zendesk", "connect")
# System: case, and the sample that it is drafted from.
DRAFTED = {
    "hr": "01-real-hr-two-date-forms/hr.csv",
    "bookings": "03-real-bookings-call-log/calls.csv",
    "aircall": "06-aircall-export/calls_2026-10-21.csv",
    "teccem": "08-real-connect-db-calls/calls.csv",
    "deshboard": "23-real-hebrew-call-log/calls.csv",
    "numbers": "24-from-and-to-are-numbers/calls.csv",
}
NIGHTS = ("2026-10-21", "2026-10-22")
MISSING = "not computed: "

pytestmark = pytest.mark.skipif(not CASES.is_dir(), reason="the public cases are not here")


@pytest.fixture(scope="module")
def centre(tmp_path_factory: pytest.TempPathFactory) -> OwnCentre:
    made = OwnCentre(tmp_path_factory.mktemp("strangers"), KNOWN, "2010-01-01")
    made.maps(CASES / "company-maps")
    for system, sample in DRAFTED.items():
        made.draft(system, CASES / sample, "--time-zone", "UTC")
    first = [p for p in CASES.glob("1[01457]*/landing/*/*") if p.is_file()]
    first += [p for p in CASES.glob("04*/landing/*/*") if p.is_file()]
    for night, files in zip(
        NIGHTS, (first, CASES.glob("15*/second-night/landing/*/*")), strict=True
    ):
        for file in files:
            made.land(file.parent.name, file)
        made.told = made.run("night", "--date", night)
    return made


# Case, metric, whose, and its parts: numerator, denominator, value or the reason for none.
ANSWERS: list[tuple[str, str, str, Any, Any, Any]] = [
    ("03", "answer_rate.of_contacts", "client_id=bookings", 9, 12, 0.75),
    ("03", "speed_of_answer.of_answered", "client_id=bookings", 180, 9, 20),
    ("03", "service_level", "client_id=bookings", 9, 12, 0.75),
    ("06", "offered.contacts", "client_id=aircall", 20, None, 20),
    ("06", "answer_rate.of_contacts", "client_id=aircall", 12, 20, 0.6),
    ("08", "service_level", "client_id=teccem", 0, 14, MISSING),
    ("08", "speed_of_answer", "client_id=teccem", 0, 0, MISSING),
    ("10", "offered.queue_visits", "queue_id=asterisk:1501", 1, None, 1),
    ("10", "offered.queue_visits", "queue_id=asterisk:1509", 1, None, 1),
    ("10", "speed_of_answer", "source_system=asterisk", 19, 2, 9.5),
    ("10", "talk_time", "source_system=asterisk", 293, 2, 146.5),
    ("10", "offered.contacts", "source_system=asterisk", 1, None, 1),
    ("14", "answer_rate.of_contacts", "source_system=asterisk_cdr", 1, 4, 0.25),
    ("15", "first_reply_time.of_replied", "source_system=zendesk", 1800, 1, 1800),
    ("17", "offered.contacts", "source_system=connect", 4, None, 4),
    ("17", "answer_rate.of_contacts", "source_system=connect", 2, 4, 0.5),
    ("23", "first_contact_resolution", "client_id=deshboard", 0, 0, None),
]


@pytest.mark.parametrize(
    ("case", "metric", "where", "numerator", "denominator", "value"),
    ANSWERS,
    ids=lambda value: str(value) if isinstance(value, str) else "",
)
def test_a_metric_has_the_right_value(
    centre: OwnCentre,
    case: str,
    metric: str,
    where: str,
    numerator: Any,
    denominator: Any,
    value: Any,
) -> None:
    (row,) = centre.metric(metric, "--where", where)
    assert (row["numerator"], row["denominator"]) == (numerator, denominator), case
    if isinstance(value, str):
        assert row["value"] is None
        assert row["blank_reason"].startswith(value)
    else:
        assert row["value"] == (None if value is None else pytest.approx(value))


def test_nobody_of_the_list_is_lost_and_the_last_day_counts(centre: OwnCentre) -> None:
    assert centre.ask(
        "select count(distinct agent_id), count(distinct agent_id) filter (where kind = "
        "'termination') from attrition.employment_event where agent_id like 'hr:%'"
    ) == [(14, 1)]


def test_pauses_are_as_long_as_they_were(centre: OwnCentre) -> None:
    found = centre.ask(
        "select agent_id[10:], lunch_state_s, training_state_s, break_state_s, available_state_s "
        "from agent.day where agent_id[10:] in ('Ann', 'Bob', 'Cat', 'Dan') order by 1"
    )
    assert found == [
        ("Ann", 1800, 0, 0, 12600),
        ("Bob", 1800, 1800, 0, 10800),
        ("Cat", 1800, 1800, 0, 10800),
        ("Dan", 0, 0, 1200, 13200),
    ]


def test_the_transferred_caller_is_one_contact_of_two_agents(centre: OwnCentre) -> None:
    assert centre.ask(
        "select queue_id[10:], agent_id[10:], wait_s, talk_s, is_transfer_out "
        "from interaction.contact_leg where source_system = 'asterisk' order by queued_at_utc"
    ) == [("1501", "7009", 12, 120, True), ("1509", "7051", 7, 173, False)]


def test_every_row_of_the_hebrew_log_is_a_contact(centre: OwnCentre) -> None:
    assert centre.ask("select count(*) from interaction.contact where client_id = 'deshboard'") == [
        (20,)
    ]


def test_a_file_without_a_header_is_refused_and_nothing_of_it_is_told(centre: OwnCentre) -> None:
    said = centre.run("status") + centre.run("quarantine", "list") + centre.told
    assert "cdr_sm_2026-10-21.csv" in said
    assert "0207946012" not in said


def test_numbers_without_a_time_fill_nothing_and_stay_in_raw(centre: OwnCentre) -> None:
    assert centre.ask("select count(*) from interaction.contact where client_id = 'numbers'") == [
        (0,)
    ]
