"""Zendesk's own numbers, by Zendesk's documented logic, against ours: nothing unexplained."""

import random
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from fractions import Fraction
from pathlib import Path

import pytest

from ground.home import dbt_project_dir
from metrics.contracts import reader
from metrics.reconcile.report import reconcile_report
from metrics.reconcile.variants import UNEXPLAINED
from tests.deployment import Deployment
from tests.worked_examples.house import publish
from tests.zendesk_by_zendesk import Comment, Report, Ticket, report

OPENED = datetime(2026, 10, 12, 9)
AGENT, CUSTOMER = "501", "900"
ASKED = Comment(0, "customer")


def answer(minute: int) -> Comment:
    return Comment(minute, "agent")


SOLVED_BY_ONE = ((0, "new"), (20, "open"), (60, "solved"))
CASES: dict[str, Ticket] = {
    "one reply": Ticket((ASKED, answer(20)), SOLVED_BY_ONE),
    "thanks three days later": Ticket(
        (ASKED, answer(20), Comment(4380, "customer")),
        (*SOLVED_BY_ONE, (4380, "open"), (4400, "solved")),
    ),
    "four hours on hold": Ticket(
        (ASKED, answer(60)), ((0, "new"), (60, "hold"), (300, "open"), (360, "solved"))
    ),
    "waits for the customer": Ticket(
        (ASKED, answer(30), Comment(90, "customer"), answer(100)),
        ((0, "new"), (30, "pending"), (90, "open"), (100, "solved"), (200, "closed")),
    ),
    "solved without a word, in time": Ticket((ASKED,), ((0, "new"), (40, "solved"))),
    "solved without a word, late": Ticket((ASKED,), ((0, "new"), (120, "solved"))),
    "nobody answers": Ticket((ASKED,), ((0, "new"),)),
    "written to by an agent": Ticket(
        (answer(0), Comment(120, "customer"), answer(240)), ((0, "open"), (240, "solved"))
    ),
    "opened by a note": Ticket(
        (Comment(0, "agent", public=False), answer(240), Comment(270, "customer"), answer(280)),
        ((0, "open"), (280, "solved")),
    ),
    "a note alone": Ticket(
        (ASKED, Comment(10, "agent", public=False)), ((0, "new"), (90, "solved"))
    ),
    "a call and its record": Ticket(
        (ASKED, Comment(5, "agent", voice=True), answer(360)),
        ((0, "new"), (6, "solved"), (300, "open"), (360, "solved")),
        channel="phone_call_inbound",
    ),
    "solved and reopened in one update": Ticket(
        (ASKED, answer(10)), ((0, "new"), (10, "solved"), (10, "open"), (70, "solved"))
    ),
    "pressed, and late for it": Ticket(
        (ASKED, answer(50)), SOLVED_BY_ONE, priorities=((0, "normal"), (10, "urgent"))
    ),
    "relaxed in time": Ticket(
        (ASKED, answer(90)),
        ((0, "new"), (90, "solved")),
        priorities=((0, "normal"), (20, "low")),
    ),
    "answered on the minute": Ticket((ASKED, answer(60)), ((0, "new"), (60, "solved"))),
    "three replies": Ticket(
        (ASKED, answer(10), answer(30), answer(90)), ((0, "new"), (10, "open"), (90, "closed"))
    ),
    "reopened and left so": Ticket((ASKED, answer(20)), (*SOLVED_BY_ONE, (90, "open"))),
}
# What the export does not say, and what a change took back: known to us as unknown.
UNKNOWN = {
    "a chat that is not in the export": Ticket(
        (), ((0, "new"), (15, "solved")), channel="native_messaging"
    ),
    "exchanged after it had run out": Ticket(
        (ASKED, answer(90)), ((0, "new"), (90, "solved")), priorities=((0, "normal"), (70, "low"))
    ),
}


def invented(rng: random.Random) -> Ticket:
    """Any ticket: up to six steps, each an answer, a message, a note or a change of status."""
    comments = [rng.choice([ASKED, ASKED, answer(0), Comment(0, "agent", public=False)])]
    statuses = [(0, "new")]
    minute = 0
    for _ in range(rng.randint(1, 6)):
        minute += rng.randint(1, 200)
        role, public = rng.choice([("agent", True), ("customer", True), ("agent", False)])
        comments.append(Comment(minute, role, public))
        if rng.random() < 0.7:
            statuses.append((minute, rng.choice(["open", "pending", "hold", "solved"])))
    return Ticket(tuple(comments), tuple(statuses))


RNG = random.Random(19)
TICKETS = {**CASES, **UNKNOWN, **{f"invented {n}": invented(RNG) for n in range(30)}}
NUMBERS = {name: str(number) for number, name in enumerate(TICKETS, start=1)}


def _at(minute: int) -> str:
    return f"{OPENED + timedelta(minutes=minute)}"


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Deployment:
    made = Deployment(tmp_path_factory.mktemp("zendesk_by_zendesk"), ["zendesk"])
    made.map("clients", [{"client_id": "acme"}])
    made.map("sites", [{"site_id": "main", "time_zone": "UTC"}])
    made.map("queues", [{"system": "zendesk", "queue_code": "70", "client_id": "acme"}])
    tables: dict[str, list[str]] = {
        "tickets": [
            "id,assignee_id,brand_id,created_at,updated_at,priority,requester_id,status,"
            "via_channel,merged_ticket_ids,via_followup_source_id"
        ],
        "ticket_comments": ["id,ticket_id,created,user_id,public,voice_comment"],
        "ticket_field_history": ["field_name,ticket_id,updated,user_id,value"],
        "users": ["id,role", f"{AGENT},agent", f"{CUSTOMER},end-user"],
        "sla_policies": [
            "sla_policy_id,sla_policy_updated_at,metric,priority,target,business_hours"
        ],
        "ticket_sla_policies": ["ticket_id,sla_policy_id,policy_applied_at"],
    }
    for priority, minutes in TICKETS["one reply"].target:
        tables["sla_policies"].append(f"1,2020-01-01,first_reply_time,{priority},{minutes},false")
    identity = 990
    for name, ticket in TICKETS.items():
        number = NUMBERS[name]
        tables["tickets"].append(
            f"{number},{AGENT},70,{OPENED},{OPENED},{ticket.priorities[-1][1]},{CUSTOMER},"
            f"{ticket.statuses[-1][1]},{ticket.channel},[],"
        )
        tables["ticket_sla_policies"].append(f"{number},1,{OPENED}")
        for comment in ticket.comments:
            identity += 1
            who = AGENT if comment.role == "agent" else CUSTOMER
            tables["ticket_comments"].append(
                f"{identity},{number},{_at(comment.minute)},{who},"
                f"{comment.public},{comment.voice}".lower()
            )
        for field, changes in (("status", ticket.statuses), ("priority", ticket.priorities)):
            for minute, value in changes:
                tables["ticket_field_history"].append(
                    f"{field},{number},{_at(minute)},{AGENT},{value}"
                )
    for name, lines in tables.items():
        made.drop("zendesk", f"{name}_main_2026-10-20.csv", "\n".join(lines) + "\n")
    made.take_in()
    made.build("+fct_case", "dim_date")
    publish(made.home, {"fct_case", "dim_date"})
    return made


@pytest.mark.parametrize("name", {**CASES, **{n: t for n, t in TICKETS.items() if "inv" in n}})
def test_zendesk_s_figures_of_a_ticket_are_ours(built: Deployment, name: str) -> None:
    found = built.ask(
        "select first_public_reply_s // 60, first_resolution_s // 60, resolution_s // 60, "
        "(in_hand_s + on_hold_s) // 60, (pending_s - on_hold_s) // 60, on_hold_s // 60, "
        "public_replies_n, reopens_n, not is_first_reply_late "
        "from core.fct_case where case_id = ?",
        f"zendesk:main/{NUMBERS[name]}",
    )
    assert [Report(*row) for row in found] == [report(TICKETS[name])]


@pytest.mark.parametrize("name", UNKNOWN)
def test_what_the_export_does_not_say_is_unknown(built: Deployment, name: str) -> None:
    found = built.ask(
        "select is_first_reply_late, are_messages_known from core.fct_case where case_id = ?",
        f"zendesk:main/{NUMBERS[name]}",
    )
    assert found == [(None, "chat" not in name)]


def _mean(values: Sequence[int | None]) -> Fraction:
    known = [value for value in values if value is not None]
    return Fraction(sum(known) * 60, max(len(known), 1))


def _share(those: Sequence[bool]) -> Fraction:
    return Fraction(sum(those), max(len(those), 1))


def _figures(reports: Sequence[Report]) -> dict[str, Fraction]:
    """What Zendesk's report shows of tickets: means in seconds, shares."""
    solved = [one for one in reports if one.full_resolution is not None]
    ever = [one for one in reports if one.first_resolution is not None]
    judged = [one for one in reports if one.target is not None]
    return {
        "first_reply_time.zendesk": _mean([one.first_reply for one in reports]),
        "resolution_time.to_first": _mean([one.first_resolution for one in reports]),
        "resolution_time.to_last": _mean([one.full_resolution for one in reports]),
        "requester_wait_time.of_resolved": _mean([one.requester_wait for one in solved]),
        "agent_wait_time.of_resolved": _mean([one.agent_wait for one in solved]),
        "on_hold_time.of_resolved": _mean([one.on_hold for one in solved]),
        "first_contact_resolution.zendesk_one_touch": _share([one.replies < 2 for one in solved]),
        "first_contact_resolution.zendesk_two_touch": _share([one.replies == 2 for one in solved]),
        "first_contact_resolution.zendesk_multi_touch": _share([o.replies > 2 for o in solved]),
        "case_reopen_rate.of_resolved": _share([one.reopens > 0 for one in ever]),
        "first_reply_target.met_of_known": _share([bool(one.target) for one in judged]),
    }


# By channel: the chat is a channel of its own, and its messages are not in the export.
CHANNELS = {"email": "email", "phone_call_inbound": "voice"}


def _by_channel() -> dict[str, dict[str, Fraction]]:
    found = {}
    for sent, channel in CHANNELS.items():
        tickets = {name: one for name, one in TICKETS.items() if one.channel == sent}
        reports = [
            replace(report(one), target=None) if name in UNKNOWN else report(one)
            for name, one in tickets.items()
        ]
        found[channel] = _figures(reports)
    return found


FIGURES = _by_channel()


@pytest.mark.parametrize("metric", FIGURES["email"])
def test_zendesk_s_report_is_explained_to_the_last_ticket(
    built: Deployment, tmp_path: Path, metric: str
) -> None:
    name, _, variant = metric.partition(".")
    path = tmp_path / "explore.csv"
    rows = [f"{channel},{float(of[metric]):.15f}" for channel, of in FIGURES.items()]
    path.write_text("\n".join(["channel,value", *rows]) + "\n")
    found = reconcile_report(built.home, metric, path, [variant])
    assert len(found.steps) == len(CHANNELS), name
    for steps in found.steps.values():
        rest = next(step for step in steps if step.cause == UNEXPLAINED)
        assert rest.effect is not None
        assert abs(rest.effect) < 1e-9, steps


def test_every_variant_named_after_zendesk_is_in_the_report() -> None:
    metrics = reader.load(dbt_project_dir() / "models" / "metrics").metrics
    named = {one.display for one in metrics if one.variant.startswith("zendesk")}
    assert named <= set(FIGURES["email"])
