"""Where alerts go: a file in the home, a webhook, mail. Secrets come from the environment alone.

Belongs here: sending. Does not: what is sent (`conditions`), when (`watch`). A message about a
channel that fails does not repeat its address.
"""

import json
import os
import smtplib
import socket
import ssl
import urllib.error
import urllib.request
from collections.abc import Sequence
from email.message import EmailMessage
from urllib.parse import unquote, urlsplit

from ground.home import Home
from orchestration.alerts.conditions import Alert

TIMEOUT_S = 20
WEBHOOK, SMTP = "HEADSET_ALERT_WEBHOOK", "HEADSET_SMTP_URL"


class ChannelError(Exception):
    """A channel could not be used; the message names it and not its address."""


def active() -> list[str]:
    """The channels that are set; the file always is."""
    mail = os.environ.get(SMTP) or os.environ.get("HEADSET_ALERT_MAIL_TO")
    return ["file", *(["webhook"] if os.environ.get(WEBHOOK) else []), *(["mail"] if mail else [])]


def send(channel: str, home: Home, name: str, at: str, alerts: Sequence[Alert]) -> None:
    """Tell one channel. name: of the centre. Raises ChannelError."""
    {"file": _file, "webhook": _webhook, "mail": _mail}[channel](home, name, at, alerts)


def _file(home: Home, name: str, at: str, alerts: Sequence[Alert]) -> None:
    path = home.root / (os.environ.get("HEADSET_ALERT_FILE") or "alerts.jsonl")
    lines = [json.dumps({"at": at, "centre": name, "kind": a.kind, "text": a.text}) for a in alerts]
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("a", encoding="utf-8") as file:
            file.write("".join(f"{line}\n" for line in lines))
    except OSError as error:
        raise ChannelError(f"the file of alerts {path}: {error.strerror}") from error


def _webhook(_: Home, name: str, at: str, alerts: Sequence[Alert]) -> None:
    url = os.environ.get(WEBHOOK, "")
    if urlsplit(url).scheme not in ("https", "http"):
        raise ChannelError(f"{WEBHOOK} is no address of the web (https://...)")
    # Chat systems show `text`; others read `alerts`.
    body = {
        "text": "\n".join(f"{name}: {a.text}" for a in alerts),
        "centre": name,
        "at": at,
        "alerts": [{"kind": a.kind, "text": a.text} for a in alerts],
    }
    request = urllib.request.Request(
        url, json.dumps(body).encode(), {"Content-Type": "application/json"}, method="POST"
    )
    try:
        with urllib.request.urlopen(request, timeout=TIMEOUT_S):
            pass
    except urllib.error.HTTPError as error:
        raise ChannelError(f"the webhook ({WEBHOOK}) answered {error.code}") from None
    except (OSError, ValueError) as error:
        raise ChannelError(f"the webhook ({WEBHOOK}): {type(error).__name__}") from None


def _mail(_: Home, name: str, at: str, alerts: Sequence[Alert]) -> None:
    url, to = os.environ.get(SMTP), os.environ.get("HEADSET_ALERT_MAIL_TO")
    if not url or not to:
        raise ChannelError(f"mail needs mail_to in headset.toml and {SMTP} in the environment")
    parts = urlsplit(url)
    if parts.scheme not in ("smtp", "smtps") or not parts.hostname:
        raise ChannelError(f"{SMTP} is no mail server: smtps://user:password@host:465")
    message = EmailMessage()
    message["Subject"] = f"[headset] {name}: {', '.join(sorted({a.kind for a in alerts}))}"
    message["From"] = os.environ.get("HEADSET_ALERT_MAIL_FROM") or f"headset@{socket.getfqdn()}"
    message["To"] = to
    message.set_content("\n\n".join(a.text for a in alerts) + f"\n\n{at}\n")
    secure = ssl.create_default_context()
    try:
        with _connect(parts.scheme, parts.hostname, parts.port, secure) as server:
            if parts.username:
                if parts.scheme == "smtp":
                    server.starttls(context=secure)
                server.login(unquote(parts.username), unquote(parts.password or ""))
            server.send_message(message)
    except (OSError, smtplib.SMTPException) as error:
        raise ChannelError(f"mail ({SMTP}): {type(error).__name__}") from None


def _connect(scheme: str, host: str, port: int | None, secure: ssl.SSLContext) -> smtplib.SMTP:
    if scheme == "smtps":
        return smtplib.SMTP_SSL(host, port or 465, timeout=TIMEOUT_S, context=secure)
    return smtplib.SMTP(host, port or 25, timeout=TIMEOUT_S)
