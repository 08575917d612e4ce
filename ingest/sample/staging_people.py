"""Draft staging of employment: a list of people with their first and last days.

Belongs here: expressions of employment and its events. Does not: the select around them.
"""

from ground.sql import literals
from ingest.sample.roles import Meaning, plain
from ingest.sample.values import INVOLUNTARY, VOLUNTARY

Expressions = dict[str, tuple[str, str]]
_NEXT_DAY = "cast({{ dbt.dateadd('day', 1, 'termination_date') }} as date)"
_UNSAID = "The sample does not say when"


class People:
    """Expressions over a list of people."""

    def __init__(self, meaning: Meaning) -> None:
        self.roles = meaning.roles

    def employment(self) -> Expressions:
        """One record for each person and hire."""
        left, why = self._left()
        if left != "null":
            left = f"case when termination_date >= hire_date then {left} end"
            why += "; nobody leaves before the first day"
        return {
            "valid_from": ("hire_date", ""),
            "valid_to": (left, why),
            "recorded_at": ("cast(hire_date as timestamp)", _UNSAID),
            "is_withdrawn": ("false", ""),
            "role": self._role(),
            "contract_type": ("null", ""),
            "event_date": ("hire_date", ""),
        }

    def hire(self) -> Expressions:
        """The first day."""
        return {
            "employment_event_id": self._event_id("hire", "hire_date"),
            "kind": ("'hire'", ""),
            "termination_code": ("null", ""),
            "effective_date": ("hire_date", ""),
            "recorded_at": ("cast(hire_date as timestamp)", _UNSAID),
            "event_date": ("hire_date", ""),
        }

    def termination(self) -> Expressions:
        """The day after the last one."""
        left, why = self._left()
        code = "termination_code" if "termination_code" in self.roles else "null"
        forced = literals(INVOLUNTARY)
        by_class = (
            f"case when termination_code in ({literals(VOLUNTARY)}) then 'voluntary' when "
            f"termination_code in ({forced}) then 'involuntary' when termination_code "
            f"= 'internal' then 'internal' end"
        )
        return {
            "employment_event_id": self._event_id("termination", "termination_date"),
            "kind": ("'termination'", ""),
            "effective_date": (left, why),
            "recorded_at": (f"cast({left} as timestamp)", _UNSAID),
            "termination_code": (code, ""),
            "termination_class": (by_class, "GUESS: which classes are the person's own will")
            if code != "null"
            else ("null", ""),
            "event_date": ("termination_date", ""),
        }

    def _event_id(self, kind: str, column: str) -> tuple[str, str]:
        return f"concat_ws('-', agent_code, '{kind}', cast({column} as varchar))", ""

    def _left(self) -> tuple[str, str]:
        if "termination_date" not in self.roles:
            return "null", ""
        name = plain(self.roles["termination_date"].field.name)
        if any(word in name for word in ("not employed", "no longer", "valid to", "inactive")):
            return "termination_date", "GUESS: the first day no longer employed; else add a day"
        return _NEXT_DAY, "GUESS: the last day at work; the day after is the first not employed"

    def _role(self) -> tuple[str, str]:
        if "job_role" not in self.roles:
            return "'agent'", "GUESS: all are agents"
        leads = " or ".join(
            f"lower(job_role) like '%{word}%'" for word in ("lead", "superv", "manag", "leit")
        )
        return f"case when {leads} then 'supervisor' else 'agent' end", "GUESS: by these words"
