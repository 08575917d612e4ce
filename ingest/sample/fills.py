"""Which canonical feeds the roles of a sample are enough for, and which roles those feeds use.

Belongs here: that. Does not: which field has which role (`meaning.py`). A draft lists what its
models use and nothing else.
"""

import re
from collections.abc import Collection, Sequence

from ingest.sample.profile import Field
from ingest.sample.roles import CUSTOMERS, DURATIONS, FLAGS, Meaning, plain
from ingest.sample.values import OUTCOMES, share_known

_IDS = ("contact_id", "record_id", "case_id", "sequence_n")
_CALL = (
    *_IDS, *CUSTOMERS, *DURATIONS, *FLAGS, "started_at", "opened_at", "answered_at", "ended_at",
    "direction", "outcome", "loss_reason", "queue_code", "agent_code", "site_id", "channel",
    "language", "reason", "disposition_code", "dialled_number",
)  # fmt: skip
_PERSON = ("agent_code", "hire_date", "termination_date", "termination_code", "leader_code",
           "team_code", "site_id", "job_role", "fte", "weekly_hours")  # fmt: skip
USES: dict[str, Collection[str]] = {
    "contacts": _CALL,
    "contact_legs": _CALL,
    "surveys": (*_IDS, "response_id", "score", "agent_code", "responded_at", "started_at",
                "opened_at", "ended_at"),
    "cases": (*_IDS, *CUSTOMERS, "opened_at", "first_replied_at", "resolved_at", "closed_at",
              "priority", "outcome", "reason", "agent_code", "channel", "site_id"),
    "employment": _PERSON,
    "employment_events": _PERSON,
    "evaluations": (*_IDS, "evaluation_id", "evaluated_at", "started_at", "evaluator_code",
                    "agent_code", "form_id", "form_version", "score", "site_id"),
    "agent_activity": ("agent_code", "activity_code", "started_at", "ended_at", "site_id"),
}  # fmt: skip


def is_used(role: str, fills: Sequence[str]) -> bool:
    """A model of the feeds reads it; with no feed, all that is known may be wanted."""
    return not fills or any(role in USES[feed] for feed in fills)


def fills_of(meaning: Meaning) -> tuple[str, ...]:
    """The canonical feeds for which the roles are enough."""
    has = meaning.has
    if meaning.is_totals:
        return ()
    if has("hire_date") and has("agent_code"):
        return ("employment", "employment_events")
    judged = has("evaluation_id", "evaluated_at", "evaluator_code", "form_id")
    if judged and has("agent_code") and has("score") and has("evaluated_at", "started_at"):
        return ("evaluations",)
    scored = meaning.roles.get("score")
    survey = scored is not None and scale_of(scored.field) is not None
    if has("response_id") and survey and has("responded_at", "started_at", "ended_at"):
        return ("surveys",)
    if has("opened_at") and has("case_id", "record_id"):
        return ("cases",)
    states = all(has(role) for role in ("activity_code", "agent_code", "started_at", "ended_at"))
    if states and not has("wait_s", "talk_s", "contact_id", "queue_code", "outcome"):
        return ("agent_activity",)
    clues = ("wait_s", "talk_s", "handle_s", "duration_s", "is_answered", "is_abandoned",
             "queue_code", "contact_id", "dialled_number", "answered_at", "direction")  # fmt: skip
    ended = meaning.roles.get("outcome")
    known = ended is not None and share_known(ended.field.counts, OUTCOMES) > 0
    called = has(*CUSTOMERS) and (has("agent_code") or known)
    if has("started_at", "opened_at") and (has(*clues) or called):
        return ("contacts", "contact_legs", *(("surveys",) if survey else ()))
    return ()


def scale_of(field: Field) -> tuple[int, int] | None:
    """A survey's scale, guessed from the answers; None when they fit none."""
    if field.lowest is None or field.highest is None or field.lowest < 0 or field.highest > 10:
        return None
    low = 0 if field.lowest < 1 else 1
    if is_nps(field):
        return (0, 10)
    return (low, 5 if field.highest <= 5 else 10)


def is_nps(field: Field) -> bool:
    """Would the customer recommend: by the field's name or its question."""
    return bool(re.search(r"\bnps\b|recommend|weiterempf", plain(f"{field.name} {field.label}")))
