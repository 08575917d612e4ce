"""Draft staging models: the columns of each canonical feed, from its yml, filled from the roles.

Belongs here: one SQL expression per canonical column, and the select around them. Does not: what
the feeds are (their yml says), outcomes (`outcomes.py`), employment (`staging_people.py`).
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from ground.sql import literals
from ingest.sample import words
from ingest.sample.fills import is_nps, scale_of
from ingest.sample.outcomes import Endings, Facts
from ingest.sample.roles import DURATIONS, Meaning
from ingest.sample.staging_people import People

_UNDERSCORED = {
    "client_id": "_client_id",
    "time_zone": "_time_zone",
    "event_date": "_event_date",
    "file_id": "_file_id",
    "row_number": "_row_number",
}
_CUSTOMER = ("customer_id", "customer_phone", "customer_email")
# Columns of the feed that a field may fill only where the model says so.
_ONLY_SAID = ("answered_at", "ended_at", "dialling_s")
# Columns of seconds that a feed has.
_SECONDS = ("wait_s", "talk_s", "hold_s", "acw_s", "ivr_s", "dialling_s")
Expressions = dict[str, tuple[str, str]]


@dataclass(frozen=True)
class StagingDraft:
    """What the staging models are written from."""

    system: str
    feed: str
    meaning: Meaning
    key: Sequence[str]
    facts: Facts = field(default_factory=Facts)


def staging_sql(draft: StagingDraft, canonical: str, columns: Sequence[str]) -> str:
    """The model of one canonical feed; its guesses stand above the lines that they concern."""
    guess, people = _Guess(draft), People(draft.meaning)
    if canonical == "employment_events":
        hired = _select(draft, columns, people.hire(), "hire_date is not null")
        if not draft.meaning.has("termination_date"):
            return hired
        left = "termination_date >= hire_date"
        return f"{hired}union all\n{_select(draft, columns, people.termination(), left)}"
    maker: Mapping[str, Callable[[], Expressions]] = {
        "contacts": guess.contact,
        "contact_legs": guess.leg,
        "surveys": guess.survey,
        "cases": guess.case,
        "evaluations": guess.evaluation,
        "employment": people.employment,
        "agent_activity": lambda: {"ended_at": (guess.after_midnight("ended_at"), "")},
    }
    where = "score is not null" if canonical == "surveys" else ""
    if canonical == "contact_legs" and (nobody := guess.ends.no_leg()):
        where = f"not ({nobody})"
    return _select(draft, columns, maker[canonical](), where)


def _select(
    draft: StagingDraft, columns: Sequence[str], special: Expressions, where: str = ""
) -> str:
    lines = ["select"]
    for n, column in enumerate(columns):
        sql, why = _never_below_zero(
            draft, column, *(special.get(column) or (_plain(draft, column), ""))
        )
        lines += [f"    -- {why}"] if why else []
        named = sql if sql == column else f"{_broken(sql)} as {column}"
        lines.append(f"    {named}{',' if n < len(columns) - 1 else ''}")
    source = "{{ source('raw_" + draft.system + "', '" + draft.feed + "') }}"
    lines += [f"from {source}", f"where _is_current{f' and {where}' if where else ''}"]
    return "\n".join(lines) + "\n"


def _never_below_zero(draft: StagingDraft, column: str, sql: str, why: str) -> tuple[str, str]:
    """No duration is negative: where a clock was set in between, nobody knows how long it was."""
    low = [
        role
        for role in DURATIONS
        if re.search(rf"\b{role}\b", sql)
        and role in draft.meaning.roles
        and (draft.meaning.roles[role].field.lowest or 0) < 0
    ]
    if not low or column not in ("queued_at", *_SECONDS):
        return sql, why
    if column == "queued_at":
        return sql.replace("coalesce(ivr_s, 0)", "greatest(coalesce(ivr_s, 0), 0)"), why
    said = f"{', '.join(low)} is below zero on some rows of the sample: unknown there"
    return f"case when {sql} >= 0 then {sql} end", f"{why}; {said}" if why else said


def _broken(sql: str) -> str:
    """A choice of several over several lines."""
    if len(sql) < 60 or not sql.startswith("case ") or "(case " in sql:
        return sql
    for word in (" when ", " else "):
        sql = sql.replace(word, f"\n        {word.lstrip()}")
    return sql.removesuffix(" end") + "\n    end"


def _plain(draft: StagingDraft, column: str) -> str:
    """The column of the same name, one of ours, or nothing."""
    if column == "customer_id":
        return next((role for role in _CUSTOMER if draft.meaning.has(role)), "null")
    if column in _UNDERSCORED:
        return _UNDERSCORED[column]
    return column if draft.meaning.has(column) and column not in _ONLY_SAID else "null"


class _Guess:
    """Expressions that are more than a name."""

    def __init__(self, draft: StagingDraft) -> None:
        self.roles, self.key, self.facts = draft.meaning.roles, draft.key, draft.facts
        self.ends = Endings(draft.meaning, draft.facts)
        self.is_out = self.ends.is_outbound()

    def first(self, *roles: str) -> str:
        return next((role for role in roles if role in self.roles), "null")

    def identity(self, *roles: str) -> tuple[str, str]:
        """The id, where it alone is the key; else the key's columns, or the place in the file."""
        if len(self.key) == 1 and self.key[0] in roles:
            return self.key[0], ""
        parts = self.key or ("_file_id", "_row_number")
        texts = ", ".join(f"cast({name} as varchar)" for name in parts)
        why = "these together are" if self.key else "a row is known by its place in its file"
        return f"concat_ws('-', {texts})", f"GUESS: no field alone is an id; {why}"

    def after_midnight(self, name: str) -> str:
        """An instant without a date of its own: before the beginning means the next day."""
        if name not in self.roles:
            return "null"
        if not self._shares_date(name):
            return name
        later = "{{ add_seconds('" + name + "', '86400') }}"
        return f"case when {name} < started_at then {later} else {name} end"

    def _shares_date(self, name: str) -> bool:
        day, begun = self.roles[name].with_date, self.roles.get("started_at")
        return day is not None and begun is not None and begun.with_date is day

    def contact(self) -> Expressions:
        return {
            "contact_id": self.identity("contact_id", "record_id", "case_id"),
            "channel": self._channel("voice"),
            "direction": self.ends.direction(),
            "started_at": (self.first("started_at", "opened_at"), ""),
            "ended_at": (self.after_midnight("ended_at"), ""),
            "outcome": self.ends.outcome("abandoned_in_queue"),
        }

    def leg(self) -> Expressions:
        wait, why = self._wait()
        started = self.first("started_at", "opened_at")
        queued = (started, "GUESS: the wait begins with the call")
        if "ivr_s" in self.roles:
            after = "{{ add_seconds('" + started + "', 'coalesce(ivr_s, 0)') }}"
            queued = (after, "GUESS: the queue begins behind the menu")
        out = self.is_out
        return {
            "contact_id": self.identity("contact_id", "record_id", "case_id"),
            "leg_number": ("1", "GUESS: a row is a whole call, in one queue"),
            "queued_at": queued,
            "answered_at": (self.after_midnight("answered_at"), ""),
            "wait_s": (f"case when not ({out}) then {wait} end" if out and wait != "null"
                       else wait, why),
            "dialling_s": (f"case when {out} then {wait} end" if out and wait != "null"
                           else "null", ""),
            "talk_s": self._talk(),
            "outcome": self.ends.outcome("abandoned"),
        }  # fmt: skip

    def _wait(self) -> tuple[str, str]:
        if "wait_s" in self.roles:
            if "ivr_s" in self.roles and self.facts.wait_has_menu:
                return "wait_s - coalesce(ivr_s, 0)", "The wait of this system has the menu in it"
            if "answer_s" in self.roles:
                return "coalesce(answer_s, wait_s)", "GUESS: the time to answer, where it is known"
            return "wait_s", ""
        if "answer_s" in self.roles:
            return "answer_s", ""
        if not {"answered_at", "started_at"} <= set(self.roles):
            return "null", "No field says it: service level and speed of answer are not computed"
        if not self._shares_date("answered_at"):
            gap = "{{ seconds_between('started_at', 'answered_at') }}"
        else:
            gap = ("{{ seconds_between('started_at', 'answered_at') }} + case when answered_at "
                   "< started_at then 86400 else 0 end")  # fmt: skip
        less = " - coalesce(ivr_s, 0)" if "ivr_s" in self.roles else ""
        return f"{gap}{less}", "GUESS: from the beginning to the answer; null where nobody answered"

    def _talk(self) -> tuple[str, str]:
        if "talk_s" in self.roles:
            return "talk_s", "GUESS: without hold"
        if "handle_s" in self.roles:
            less = [f"coalesce({name}, 0)" for name in ("hold_s", "acw_s") if name in self.roles]
            return " - ".join(["handle_s", *less]), "GUESS: handling time is talk, hold and acw"
        answered = f"({self.ends.outcome('abandoned')[0]}) = 'answered'"
        if "duration_s" not in self.roles:
            return "null", ""
        less = [f"coalesce({name}, 0)" for name in ("ivr_s", "hold_s") if name in self.roles]
        wait, _ = self._wait()
        if self.facts.duration_is_total:
            if wait == "null":
                return (
                    "null",
                    "The duration also runs while nobody answers; what was talk is unknown",
                )
            less = [f"coalesce({wait}, 0)", *less]
            why = "GUESS: the duration runs from the beginning, so the wait comes off"
        else:
            less, why = less[1:] if "ivr_s" in self.roles else less, "GUESS: all of it was talk"
        whole = " - ".join(["duration_s", *less])
        return f"case when {answered} then {whole} end", why

    def survey(self) -> Expressions:
        score = self.roles.get("score")
        low, high = (scale_of(score.field) if score else None) or (1, 5)
        of_a_call = "response_id" not in self.roles
        identity = self.identity("response_id", "contact_id", "record_id", "case_id")
        when = ("started_at", "opened_at") if of_a_call else (
            "responded_at", "ended_at", "started_at")  # fmt: skip
        asked = score is not None and is_nps(score.field)
        return {
            "survey_id": identity,
            "contact_id": identity if of_a_call else (self.first("contact_id"), ""),
            "responded_at": (self.first(*when), "GUESS: asked after the call" if of_a_call else ""),
            "kind": ("'nps'" if asked else "'csat'", ""),
            "scale_min": (str(low), "GUESS: the scale, from the answers in the sample"),
            "scale_max": (str(high), ""),
            "scale_version": (f"'{low}-{high}'", ""),
        }

    def case(self) -> Expressions:
        return {
            "case_id": self.identity("case_id", "record_id"),
            "channel": self._channel(None),
            "priority": self._listed("priority", words.PRIORITIES),
            "status": self._status(),
        }

    def evaluation(self) -> Expressions:
        score = self.roles["score"].field
        small = score.highest is not None and score.highest <= 1
        return {
            "evaluation_id": self.identity("evaluation_id", "record_id", "contact_id"),
            "evaluator_kind": ("'human'", "GUESS: nothing was scored by a machine"),
            "evaluated_at": (self.first("evaluated_at", "started_at"), ""),
            "status": ("'released'", "GUESS: drafts are not exported"),
            "score_pct": ("score * 100" if small else "score", "GUESS: of 100"),
        }

    def _channel(self, usual: str | None) -> tuple[str, str]:
        if "channel" in self.roles:
            return "lower(channel)", "GUESS: their words are ours"
        return (f"'{usual}'", "GUESS: no field says so") if usual else ("null", "")

    def _listed(self, role: str, classes: Mapping[str, Sequence[str]]) -> tuple[str, str]:
        if role not in self.roles:
            return "null", ""
        seen = {value.lower() for value in self.roles[role].field.values}
        whens = " ".join(
            f"when lower({role}) in ({literals(sorted(seen & set(known)))}) then '{name}'"
            for name, known in classes.items()
            if seen & set(known)
        )
        return (f"case {whens} end", "GUESS: by these words") if whens else ("null", "")

    def _status(self) -> tuple[str, str]:
        done = "".join(
            f" when {name}_at is not null then '{name}'"
            for name in ("closed", "resolved")
            if f"{name}_at" in self.roles
        )
        sql, why = self._listed("outcome", words.STATUSES)
        if sql == "null":
            sql, why = "case end", "GUESS: by what is filled"
        whole = f"{sql.removesuffix(' end')}{done} else 'open' end"
        return (whole if " when " in whole else "'open'"), why
