"""Draft staging models: the columns of each canonical feed, from its yml, filled from the roles.

Belongs here: one SQL expression per canonical column, and the select around them. Does not: what
the feeds are (their yml says), the contract.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from ground.sql import literal, literals
from ingest.sample import words
from ingest.sample.meaning import Meaning, scale_of

_UNDERSCORED = {
    "client_id": "_client_id",
    "time_zone": "_time_zone",
    "event_date": "_event_date",
    "file_id": "_file_id",
    "row_number": "_row_number",
}
_CUSTOMER = ("customer_id", "customer_phone", "customer_email")
Expressions = dict[str, tuple[str, str]]


@dataclass(frozen=True)
class StagingDraft:
    """What the staging models are written from."""

    system: str
    feed: str
    meaning: Meaning
    key: Sequence[str]


def staging_sql(draft: StagingDraft, canonical: str, columns: Sequence[str]) -> str:
    """The model of one canonical feed; its guesses stand above the lines that they concern."""
    guess = _Guess(draft)
    if canonical == "employment_events":
        selects = [
            _select(draft, columns, guess.hire(), "hire_date is not null"),
            *(
                [_select(draft, columns, guess.termination(), "termination_date is not null")]
                if draft.meaning.has("termination_date")
                else []
            ),
        ]
        return "union all\n".join(selects)
    maker: Mapping[str, Callable[[], Expressions]] = {
        "contacts": guess.contact,
        "contact_legs": guess.leg,
        "surveys": guess.survey,
        "cases": guess.case,
        "evaluations": guess.evaluation,
        "employment": guess.employment,
        "agent_activity": dict,
    }
    where = "score is not null" if canonical == "surveys" else ""
    return _select(draft, columns, maker[canonical](), where)


def _select(
    draft: StagingDraft, columns: Sequence[str], special: Expressions, where: str = ""
) -> str:
    lines = ["select"]
    for n, column in enumerate(columns):
        sql, why = special.get(column) or (_plain(draft, column), "")
        lines += [f"    -- {why}"] if why else []
        named = sql if sql == column else f"{_broken(sql)} as {column}"
        lines.append(f"    {named}{',' if n < len(columns) - 1 else ''}")
    source = "{{ source('raw_" + draft.system + "', '" + draft.feed + "') }}"
    lines += [f"from {source}", f"where _is_current{f' and {where}' if where else ''}"]
    return "\n".join(lines) + "\n"


def _broken(sql: str) -> str:
    """A choice of several over several lines."""
    if len(sql) < 60 or not sql.startswith("case "):
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
    return column if draft.meaning.has(column) else "null"


class _Guess:
    """Expressions that are more than a name."""

    def __init__(self, draft: StagingDraft) -> None:
        self.roles = draft.meaning.roles
        self.key = draft.key

    def first(self, *roles: str) -> str:
        return next((role for role in roles if role in self.roles), "null")

    def identity(self, *roles: str) -> tuple[str, str]:
        """The id, where it alone is the key; else the key's columns in one text."""
        if len(self.key) == 1 and self.key[0] in roles:
            return self.key[0], ""
        texts = ", ".join(f"cast({name} as varchar)" for name in self.key)
        return f"concat_ws('-', {texts})", "GUESS: no field alone is an id; these together are"

    def contact(self) -> Expressions:
        started = self.first("started_at", "opened_at")
        return {
            "contact_id": self.identity("contact_id", "record_id", "case_id"),
            "channel": self._channel("voice"),
            "direction": self._direction(),
            "started_at": (started, ""),
            "outcome": self._outcome("abandoned_in_queue"),
        }

    def leg(self) -> Expressions:
        started = self.first("started_at", "opened_at")
        return {
            "contact_id": self.identity("contact_id", "record_id", "case_id"),
            "leg_number": ("1", "GUESS: a row is a whole call, in one queue"),
            "queued_at": (started, "GUESS: the wait begins with the call"),
            "talk_s": self._talk(),
            "outcome": self._outcome("abandoned"),
        }

    def survey(self) -> Expressions:
        identity = self.identity("contact_id", "record_id", "case_id")
        score = self.roles.get("score")
        scale = scale_of(score.field) if score else None
        low, high = scale or (1, 5)
        return {
            "survey_id": identity,
            "contact_id": identity,
            "responded_at": (self.first("started_at", "opened_at"), "GUESS: asked after the call"),
            "kind": ("'nps'" if score and "nps" in score.field.name.lower() else "'csat'", ""),
            "scale_min": (str(low), "GUESS: the scale, from the answers in the sample"),
            "scale_max": (str(high), ""),
            "scale_version": (f"'{low}-{high}'", ""),
        }

    def case(self) -> Expressions:
        return {
            "case_id": self.identity("case_id", "record_id"),
            "channel": self._channel(None),
            "priority": self._words("priority", words.PRIORITIES),
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

    def employment(self) -> Expressions:
        return {
            "valid_from": ("hire_date", ""),
            "valid_to": self._left(),
            "recorded_at": ("cast(hire_date as timestamp)", "The sample does not say when"),
            "is_withdrawn": ("false", ""),
            "role": self._role(),
            "contract_type": ("null", ""),
            "event_date": ("hire_date", ""),
        }

    def hire(self) -> Expressions:
        return {
            "employment_event_id": self._event_id("hire", "hire_date"),
            "kind": ("'hire'", ""),
            "termination_code": ("null", ""),
            "effective_date": ("hire_date", ""),
            "recorded_at": ("cast(hire_date as timestamp)", "The sample does not say when"),
            "event_date": ("hire_date", ""),
        }

    def termination(self) -> Expressions:
        left, why = self._left()
        return {
            "employment_event_id": self._event_id("termination", "termination_date"),
            "kind": ("'termination'", ""),
            "effective_date": (left, why),
            "recorded_at": (f"cast({left} as timestamp)", "The sample does not say when"),
            "termination_code": (self.first("termination_code"), ""),
            "event_date": ("termination_date", ""),
        }

    def _event_id(self, kind: str, column: str) -> tuple[str, str]:
        return f"concat_ws('-', agent_code, '{kind}', cast({column} as varchar))", ""

    def _left(self) -> tuple[str, str]:
        if "termination_date" not in self.roles:
            return "null", ""
        name = self.roles["termination_date"].field.name.lower()
        if any(word in name for word in ("last", "letzt", "dernier", "ostatni")):
            sql = "cast({{ dbt.dateadd('day', 1, 'termination_date') }} as date)"
            return sql, "GUESS: the last day at work; the day after is the first not employed"
        return "termination_date", "GUESS: the first day no longer employed; else add a day"

    def _role(self) -> tuple[str, str]:
        if "job_role" not in self.roles:
            return "'agent'", "GUESS: all are agents"
        leads = " or ".join(
            f"lower(job_role) like '%{word}%'" for word in ("lead", "superv", "manag", "leit")
        )
        return f"case when {leads} then 'supervisor' else 'agent' end", "GUESS: by these words"

    def _channel(self, usual: str | None) -> tuple[str, str]:
        if "channel" in self.roles:
            return "lower(channel)", "GUESS: their words are ours"
        return (f"'{usual}'", "GUESS: no field says so") if usual else ("null", "")

    def _direction(self) -> tuple[str, str]:
        if "direction" not in self.roles:
            return "'inbound'", "GUESS: no field says so"
        out = " or ".join(f"lower(direction) like '{w}%'" for w in ("out", "aus", "sort", "wych"))
        return f"case when {out} then 'outbound' else 'inbound' end", "GUESS: by these words"

    def _outcome(self, lost: str) -> tuple[str, str]:
        if "is_answered" in self.roles:
            return f"case when is_answered then 'answered' else '{lost}' end", ""
        if "is_abandoned" in self.roles:
            return f"case when is_abandoned then '{lost}' else 'answered' end", ""
        if "outcome" in self.roles:
            seen = {value.lower() for value in self.roles["outcome"].field.values}
            yes, no = seen & set(words.ANSWERED), seen & set(words.NOT_ANSWERED)
            if yes and not no:
                whole = f"case when lower(outcome) in ({literals(sorted(yes))}) then 'answered'"
                return f"{whole} else '{lost}' end", "GUESS: by these words; all else was lost"
            if no:
                whole = f"case when lower(outcome) in ({literals(sorted(no))}) then {literal(lost)}"
                return f"{whole} else 'answered' end", "GUESS: by these words"
        talked = self.first("talk_s", "handle_s")
        if talked != "null":
            sql = f"case when coalesce({talked}, 0) > 0 then 'answered' else '{lost}' end"
            return sql, "GUESS: who talked was answered"
        if "agent_code" in self.roles:
            sql = f"case when agent_code is null then '{lost}' else 'answered' end"
            return sql, "GUESS: who has an agent was answered"
        return "'answered'", "GUESS: no field says so"

    def _talk(self) -> tuple[str, str]:
        if "talk_s" in self.roles:
            return "talk_s", "GUESS: without hold"
        if "handle_s" not in self.roles:
            return "null", ""
        less = [f"coalesce({name}, 0)" for name in ("hold_s", "acw_s") if name in self.roles]
        return " - ".join(["handle_s", *less]), "GUESS: handling time is talk, hold and acw"

    def _words(self, role: str, classes: Mapping[str, Sequence[str]]) -> tuple[str, str]:
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
        sql, why = self._words("outcome", words.STATUSES)
        if sql == "null":
            sql, why = "case end", "GUESS: by what is filled"
        whole = f"{sql.removesuffix(' end')}{done} else 'open' end"
        return (whole if " when " in whole else "'open'"), why
