"""How a contact ended and which way it went, as SQL over the draft's columns.

Belongs here: evidence in the order of its weight: the system's own word, an instant of the answer,
a conversation, and only then who is named. Does not: other columns (`staging.py`). What nothing
speaks for is `unmapped`: in no numerator and in no denominator.
"""

from dataclasses import dataclass

from ground.sql import literal
from ingest.sample.roles import Meaning, Role
from ingest.sample.values import DIRECTIONS, OUTCOMES, normal_sql, says_sql, seen, share_known

Said = tuple[str, str]
_NOT_LOST = ("closed", "voicemail", "callback_requested", "phantom")
# A leg has no such outcome: nobody was kept out but by the switch itself.
_OF_A_LEG = {"phantom": "closed"}
# More endings than these without a known word: what is known is no fair part of the calls.
_UNKNOWN_SHARE = 0.02


@dataclass(frozen=True)
class Facts:
    """What the loaded sample says of columns together; None where it says nothing.

    `duration_is_total`: it runs on calls that nobody answered. `wait_has_menu`: the wait less the
    menu's seconds is the time to answer. `agent_on_all`: every row names an agent.
    """

    duration_is_total: bool | None = None
    wait_has_menu: bool = False
    agent_on_all: bool = False
    duration_on_all: bool = False


def _words(role: Role | None) -> dict[str, list[str]]:
    return seen(role.field.counts or role.field.values, OUTCOMES) if role else {}


class Endings:
    """The CASE of the outcome and its parts."""

    def __init__(self, meaning: Meaning, facts: Facts) -> None:
        self.roles, self.facts, self.meaning = meaning.roles, facts, meaning
        self.by = {n: _words(self.roles.get(n)) for n in ("outcome", "loss_reason")}

    def _says(self, name: str) -> list[str]:
        """Tests over both columns that hold where one of them says so."""
        return [
            says_sql(self._text(column), found[name])
            for column, found in self.by.items()
            if name in found
        ]

    def _text(self, column: str) -> str:
        field = self.roles[column].field
        return normal_sql(column, field.counts or field.values)

    def outcome(self, lost: str) -> Said:
        """The outcome and why; `lost` is what an unanswered contact is called."""
        names = _OF_A_LEG if lost == "abandoned" else {}
        whens = [
            (self._either(name), names.get(name, name)) for name in _NOT_LOST if self._says(name)
        ]
        said, why, rest = self._said(lost)
        # A flag for the answer is the system's own word and comes before any class of a loss.
        first = said[:1] if "is_answered" in self.roles else []
        cases = [*first, *whens, *[one for one in said if one not in first]]
        if not cases:
            return f"'{rest}'", why
        body = " ".join(f"when {test} then '{name}'" for test, name in cases)
        return f"case {body} else '{rest}' end", why

    def _either(self, name: str) -> str:
        return " or ".join(self._says(name))

    def _said(self, lost: str) -> tuple[list[tuple[str, str]], str, str]:
        """Cases in order, the reason, and what the rest is."""
        has = self.roles
        named = "agent_code" in has and "extract" in has["agent_code"].more
        someone = " and agent_code is not null" if named else ""
        lost_words = [(self._either("lost"), lost)] if self._says("lost") else []
        if "is_answered" in has:
            return ([(f"is_answered{someone}", "answered"), *lost_words,
                     ("not is_answered", lost)], "", "unmapped")  # fmt: skip
        if "answered_at" in has:
            cases = [*lost_words, (f"answered_at is not null{someone}", "answered")]
            return cases, "GUESS: who has an instant of the answer was answered", lost
        if "is_abandoned" in has:
            return ([("is_abandoned", lost), ("not is_abandoned", "answered")], "", "unmapped")
        answered = [(self._either("answered"), "answered")] if self._says("answered") else []
        if self._knows_half():
            why = "Only lost calls are known by these words: say what the others mean"
            return [], why, "unmapped"
        if lost_words or answered:
            unknown = [(self._either("unmapped"), "unmapped")] if self._says("unmapped") else []
            cases = [*lost_words, *unknown, *[(f"{t}{someone}", n) for t, n in answered]]
            if named:
                # The switch answered, and nobody spoke: the caller left a menu or a message.
                menu = "abandoned_in_ivr" if lost == "abandoned_in_queue" else lost
                cases += [(t, menu) for t, _ in answered]
            if "talk_s" in has and not named and not answered:
                # No word says answered: then talk does. Where one does, another word is another.
                cases.append(("talk_s > 0", "answered"))
            return cases, "GUESS: by these words; a word that is not here is unmapped", "unmapped"
        talked = next((name for name in ("talk_s", "handle_s") if name in has), None)
        if talked:
            return [(f"{talked} > 0{someone}", "answered")], "GUESS: who talked was answered", lost
        if "outcome" in has:
            return (
                [],
                "None of the words of the outcome is known: say which mean answered",
                "unmapped",
            )
        return self._by_agent(lost)

    def _knows_half(self) -> bool:
        """Lost calls are known and what others' words mean is not: nobody would be answered."""
        found = {name for by in self.by.values() for name in by}
        if "outcome" not in self.roles or "talk_s" in self.roles:
            return False
        counts = self.roles["outcome"].field.counts
        unknown = 1 - share_known(counts, OUTCOMES)
        return (
            "lost" in found
            and "answered" not in found
            and bool(counts)
            and (unknown > _UNKNOWN_SHARE)
        )

    def _by_agent(self, lost: str) -> tuple[list[tuple[str, str]], str, str]:
        if "duration_s" in self.roles and "agent_code" in self.roles:
            return ([("agent_code is not null and duration_s > 0", "answered")],
                    "GUESS: a call with an agent and a duration was answered",
                    "unmapped" if self.facts.agent_on_all else lost)  # fmt: skip
        if "duration_s" in self.roles and not self.facts.duration_on_all:
            return [("duration_s > 0", "answered")], "GUESS: a call that lasted was answered", lost
        if "agent_code" in self.roles and not self.facts.agent_on_all:
            return (
                [("agent_code is not null", "answered")],
                ("GUESS: who has an agent was answered"),
                lost,
            )
        why = "No field says what was answered: say it here, or the contacts count as unmapped"
        return [], why, "unmapped"

    def no_leg(self) -> str | None:
        """SQL: the switch alone took the call, so there was neither a queue nor an agent."""
        agent = self.roles.get("agent_code")
        if agent is None or "extract" not in agent.more or not self._says("answered"):
            return None
        return f"({self._either('answered')}) and agent_code is null"

    def direction(self) -> Said:
        """Inbound or outbound; null where the words are unknown."""
        name = next(
            (n for n in ("direction", "outcome") if n in self.roles and self._ways(n)), None
        )
        if name is None and "direction" in self.roles:
            return "null", "None of its words is known: say which are inbound, or none is offered"
        if name is None and self.meaning.goes_both_ways:
            return "null", "Calls of both ways, and no field says which: say it, or none is offered"
        if name is None:
            return "'inbound'", "GUESS: no field says so"
        text, ways = self._text(name), self._ways(name)
        body = " ".join(
            f"when {says_sql(text, found)} then {'null' if way == 'internal' else literal(way)}"
            for way, found in ways.items()
        )
        rest = "null" if name == "direction" else "'inbound'"
        return f"case {body} else {rest} end", "GUESS: by these words"

    def is_outbound(self) -> str | None:
        """SQL: the centre called; None where no row of the sample says so."""
        for name in ("direction", "outcome"):
            if name in self.roles and "outbound" in self._ways(name):
                return says_sql(self._text(name), self._ways(name)["outbound"])
        return None

    def _ways(self, name: str) -> dict[str, list[str]]:
        field = self.roles[name].field
        found = seen(field.counts or field.values, DIRECTIONS)
        return found if name == "direction" or "outbound" in found else {}
