"""The roles that a field can have: their kinds, and what a field with a role is.

Belongs here: data. Does not: words (`words.py`), deciding (`meaning.py`, `evidence.py`).
"""

import dataclasses
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ingest.sample.profile import Field, Reading

INSTANTS = ("started_at", "answered_at", "ended_at", "opened_at", "first_replied_at",
            "resolved_at", "closed_at", "evaluated_at", "responded_at")  # fmt: skip
DURATIONS = ("wait_s", "answer_s", "hold_s", "acw_s", "ivr_s", "talk_s", "handle_s", "duration_s")
NUMBERS = ("score", "points", "points_possible", "weight", "fte", "weekly_hours")
FLAGS = ("is_answered", "is_abandoned", "is_resolved", "is_critical_failed")
DATES = ("hire_date", "termination_date", "date")
STAFF = ("agent_code", "leader_code", "evaluator_code")
CUSTOMERS = {"customer_id": "customer_id", "customer_phone": "phone", "customer_email": "email"}
IDS = ("contact_id", "record_id", "case_id", "evaluation_id", "response_id")
CODES = ("outcome", "reason", "queue_code", "team_code", "site_id", "channel", "direction",
         "language", "priority", "disposition_code", "activity_code", "termination_code",
         "contract_type", "job_role", "section", "answer", "loss_reason")  # fmt: skip


@dataclass(frozen=True)
class Role:
    """A field with what it means.

    `with_date`: its date stands in another field. `more`: lines of its column besides the usual.
    `notes`: what a person is told above it.
    """

    role: str
    field: Field
    reading: Reading | None
    personal: str = "none"
    with_date: Field | None = None
    more: Mapping[str, Any] = dataclasses.field(default_factory=dict)
    notes: tuple[str, ...] = ()

    @property
    def reads(self) -> tuple[str, ...]:
        """Names of all fields that its column is read from."""
        others = [str(part["from"]) for part in self.more.get("first_of", ())]
        return (self.field.name, *([self.with_date.name] if self.with_date else []), *others)


@dataclass(frozen=True)
class Meaning:
    """All roles found, and the fields that stay out, each with the reason.

    `time_zone`: of the clocks, where the fields themselves say; `warnings`: for the file's head.
    `goes_both_ways`: the centre's own numbers stand among those who called.
    """

    roles: dict[str, Role]
    left_out: tuple[tuple[Field, str], ...]
    time_zone: str | None = None
    warnings: tuple[str, ...] = ()
    is_totals: bool = False
    goes_both_ways: bool = False

    def has(self, *roles: str) -> bool:
        """One of the roles was found."""
        return any(role in self.roles for role in roles)


def plain(name: str) -> str:
    """A field's name in lower case, without accents, its words parted by blanks."""
    parted = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", name.replace("ß", "ss").replace("ł", "l"))
    bare = "".join(c for c in unicodedata.normalize("NFKD", parted) if not unicodedata.combining(c))
    return " ".join(re.findall(r"[^\W_]+|#", bare.lower()))
