"""Somebody is told, once, of a night that is late or held, of silence, and of a missing backup."""

import datetime as dt
import http.server
import json
import smtplib
import threading
from collections.abc import Iterator
from dataclasses import replace
from email.message import EmailMessage
from typing import Any

import pytest

from ground.home import Home
from orchestration.alerts import channels, conditions, watch
from orchestration.alerts.conditions import Alert, Moment, alerts, deadline

NOW = dt.datetime(2026, 11, 21, 0, 30, tzinfo=dt.UTC)
DUE = "06:00 Asia/Manila"
NIGHT = {
    "night": "2026-11-20", "at": "2026-11-20 18:00", "status": "published", "seconds": 60.0,
    "run_id": "r1", "failed_checks": 0, "error": None,
}  # fmt: skip
CALM = Moment(NOW, [NIGHT], [], None, None, NOW, has_data=True)


def test_all_is_well() -> None:
    assert alerts(CALM, DUE, 7) == []


@pytest.mark.parametrize(
    ("moment", "kind", "said"),
    [
        (replace(CALM, nights=[]), "late", "no night has ever run; is the schedule running?"),
        (
            replace(CALM, nights=[NIGHT | {"at": "2026-11-19 18:00"}]),
            "late",
            "the last night began 2026-11-19 18:00 UTC",
        ),
        (
            replace(CALM, nights=[], running="headset night, process 7"),
            "late",
            "still running: headset night",
        ),
        (
            replace(CALM, nights=[NIGHT | {"status": "blocked", "failed_checks": 2}, NIGHT]),
            "held",
            "held back, all of it: 2 checks",
        ),
        (replace(CALM, nights=[NIGHT | {"status": "partial"}]), "held", "a part of it"),
        (
            replace(CALM, nights=[NIGHT | {"status": "failed", "error": "models: boom"}, NIGHT]),
            "failed",
            "failed in models;",
        ),
        (
            replace(CALM, late_feeds=[f"zendesk.f{n}" for n in range(7)]),
            "stale",
            "zendesk.f4 and 2 more",
        ),
        (replace(CALM, disk="Disk: 0.1 GB free."), "disk", "0.1 GB"),
        (replace(CALM, proved_at=None), "backup", "No backup of this home was ever read again"),
        (
            replace(CALM, proved_at=NOW - dt.timedelta(days=8)),
            "backup",
            "is of 2026-11-13",
        ),
    ],
)
def test_what_is_wrong_is_told_in_one_sentence(moment: Moment, kind: str, said: str) -> None:
    (found,) = alerts(moment, DUE, 7)
    assert found.kind == kind
    assert said in found.text


def test_no_text_of_an_error_gets_into_an_alert() -> None:
    """What a library says may quote a row."""
    night = NIGHT | {"status": "failed", "error": "ingest: 'Maria Garcia', +34600111333"}
    (found,) = alerts(replace(CALM, nights=[night, NIGHT]), DUE, 7)
    assert "Maria" not in found.text
    assert "34600" not in found.text


def test_a_deadline_is_the_clock_of_its_zone_on_both_sides_of_a_change() -> None:
    """On 29 March 2026 Berlin's clock went from 2 to 3."""
    due, before = deadline("06:00 Europe/Berlin", dt.datetime(2026, 3, 29, 12, tzinfo=dt.UTC))
    assert (due.hour, before.hour) == (4, 5)


@pytest.fixture
def wrong(monkeypatch: pytest.MonkeyPatch, own_home: Any) -> Iterator[dict[str, Any]]:
    """A home in which something is wrong while `alerts` is not empty."""
    held: dict[str, Any] = {"alerts": [Alert("disk", "disk", "Disk: full.")]}
    monkeypatch.setattr(watch, "moment", lambda home, now: None)
    monkeypatch.setattr(watch, "alerts", lambda moment, due, days: held["alerts"])
    return held


def lines(home: Home) -> list[str]:
    path = home.root / "alerts.jsonl"
    return [json.loads(line)["text"] for line in path.read_text().splitlines()]


def test_an_alert_is_told_once_again_after_a_day_and_when_it_is_over(wrong: dict[str, Any]) -> None:
    home = Home.from_env()
    for hours in (0, 1, 23, 25):
        watch.look(home, NOW + dt.timedelta(hours=hours))
    assert lines(home) == ["Disk: full."] * 2
    wrong["alerts"] = []
    for hours in (26, 27):
        watch.look(home, NOW + dt.timedelta(hours=hours))
    assert lines(home)[2:] == ["Over: Disk: full."]


@pytest.fixture
def webhook() -> Iterator[tuple[str, list[dict[str, Any]], dict[str, int]]]:
    """An address that keeps what it is sent, and answers what it is told to."""
    kept: list[dict[str, Any]] = []
    answer = {"status": 200}

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            if answer["status"] == 200:
                kept.append(json.loads(body))
            self.send_response(answer["status"])
            self.end_headers()

        def log_message(self, *_: object) -> None:
            return

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/secret", kept, answer
    server.shutdown()
    server.server_close()


def test_a_webhook_that_was_away_is_told_later_and_nobody_twice(
    wrong: dict[str, Any],
    webhook: tuple[str, list[dict[str, Any]], dict[str, int]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    home, (url, kept, answer) = Home.from_env(), webhook
    monkeypatch.setenv(channels.WEBHOOK, url)
    answer["status"] = 500
    found = watch.look(home, NOW)
    assert found.failed == ("the webhook (HEADSET_ALERT_WEBHOOK) answered 500",)
    answer["status"] = 200
    watch.look(home, NOW + dt.timedelta(minutes=15))
    watch.look(home, NOW + dt.timedelta(minutes=30))
    assert [one["alerts"] for one in kept] == [[{"kind": "disk", "text": "Disk: full."}]]
    assert lines(home) == ["Disk: full."]


def test_mail_goes_to_everybody_named_and_the_password_nowhere_else(
    monkeypatch: pytest.MonkeyPatch, wrong: dict[str, Any]
) -> None:
    sent: list[EmailMessage] = []
    logins: list[tuple[str, str]] = []

    class Server:
        def __init__(self, host: str, port: int, **_: object) -> None:
            assert (host, port) == ("mail.example.com", 465)

        def __enter__(self) -> "Server":
            return self

        def __exit__(self, *_: object) -> None:
            return

        def login(self, user: str, password: str) -> None:
            logins.append((user, password))

        def send_message(self, message: EmailMessage) -> None:
            sent.append(message)

    monkeypatch.setattr(smtplib, "SMTP_SSL", Server)
    monkeypatch.setenv(channels.SMTP, "smtps://me:p%40ss@mail.example.com:465")
    monkeypatch.setenv("HEADSET_ALERT_MAIL_TO", "a@example.com,b@example.com")
    home = Home.from_env()
    assert watch.look(home, NOW).failed == ()
    assert logins == [("me", "p@ss")]
    assert sent[0]["To"] == "a@example.com, b@example.com"
    everything = b"".join(p.read_bytes() for p in home.root.rglob("*") if p.is_file())
    assert b"p@ss" not in everything


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        (channels.WEBHOOK, "chat.example.com", "is no address of the web"),
        (channels.SMTP, "smtps://u:p@h:465", "mail needs mail_to in headset.toml"),
        ("HEADSET_ALERT_MAIL_TO", "a@example.com", "HEADSET_SMTP_URL in the environment"),
    ],
)
def test_a_channel_that_is_half_set_is_named_without_its_secret(
    wrong: dict[str, Any], monkeypatch: pytest.MonkeyPatch, name: str, value: str, said: str
) -> None:
    monkeypatch.setenv(name, value)
    (failed,) = watch.look(Home.from_env(), NOW).failed
    assert said in failed
    assert value not in failed


def test_conditions_that_last_keep_their_key(own_home: Any) -> None:
    late = replace(CALM, nights=[])
    later = replace(late, now=NOW + dt.timedelta(hours=2))
    assert [a.key for a in conditions.alerts(late, DUE, 7)] == [
        a.key for a in conditions.alerts(later, DUE, 7)
    ]
