"""What values say by themselves: how a call ended, which way it went, whose number it is.

Belongs here: judging words of a sample, and the SQL that judges them in the same way every night.
Does not: names of fields (`words.py`), which field is which (`meaning.py`). Only words listed here
are ever written into a draft, never a value of the sample.
"""

import re
from collections.abc import Iterable, Mapping, Sequence

from ground.sql import literal

# In the order in which they are looked for: a loss names itself more exactly than an answer.
# A word stands between blanks; a star lets it go on.
OUTCOMES: Mapping[str, Sequence[str]] = {
    "closed": (
        "out of hours", "out of business hours", "out of opening hours", "out of office hours",
        "outside business hours", "outside opening hours", "outside hours", "after hours",
        "non business hours", "office closed", "closed hours", "after business hours", "holiday",
        "außerhalb der geschäftszeit*", "außerhalb der öffnungszeit*", "hors horaires",
        "fuera de horario", "poza godzinami", "מחוץ לשעות",
    ),
    "voicemail": (
        "voicemail*", "voice mail*", "left message", "anrufbeantworter", "mailbox", "messagerie",
        "répondeur", "buzón", "poczta głosowa", "תא קולי",
    ),
    "callback_requested": (
        "callback requested", "callback request", "requested callback", "callback registered",
        "rückruf gewünscht", "rappel demandé",
    ),
    # A signal of the switch without a caller: no contact.
    "phantom": ("phantom*",),
    "lost": (
        "unanswered", "not answered", "no answer", "noanswer", "not connected", "no reply",
        "missed", "abandon*", "aband", "hang", "hang up", "hangup", "hung up", "lost", "busy",
        "failed", "failure", "cancel*", "congestion", "declined", "rejected", "dropped", "timeout",
        "timed out", "no agent*", "no available agent*", "chanunavail", "unreachable",
        "nicht angenommen", "nicht beantwortet", "unbeantwortet", "verloren", "verpasst",
        "aufgelegt", "abgebrochen", "besetzt", "sans réponse", "non répondu", "non décroché",
        "perdu", "manqué", "occupé", "nieodebran*", "porzucon*", "przerwan*", "utracon*", "zajęt*",
        "no contest*", "no atendid*", "no respond*", "perdid*", "ocupado", "colgad*", "desbord*",
        "não atendid*", "não respond*", "non risposta",
        "persa", "לא נענ*", "ללא מענה", "ננטש*", "שיחה שלא",
    ),
    "unmapped": ("disconnect*", "in progress", "ringing", "queued", "initiated"),
    "answered": (
        "answered", "answer", "connected", "completed", "complete", "handled", "accepted",
        "served", "success*", "agent", "picked up", "resolved", "ok", "conversation", "talked",
        "beantwortet", "angenommen", "verbunden", "erledigt", "répondu", "traité", "décroché",
        "abouti", "odebran*", "obsłużon*", "zrealizowan*", "contestad*", "atendid*", "respondid*",
        "terminad*", "finalizad*", "completad*", "conectad*",
        "risposta", "beantwoord", "נענ*", "טופל*",
    ),
}  # fmt: skip
DIRECTIONS: Mapping[str, Sequence[str]] = {
    "outbound": (
        "outbound", "outgoing", "out", "placed", "dialed", "dialled", "from internal", "ausgehend*",
        "sortant*", "wychodząc*", "wychodzac*", "saliente*", "saída", "uscente", "uitgaand",
        "originating", "יוצא*",
    ),
    "internal": ("internal", "intern", "interne", "wewnętrzn*", "extension to extension"),
    "inbound": (
        "inbound", "incoming", "in", "received", "eingehend*", "entrant*", "przychodząc*",
        "przychodzac*", "entrante*", "entrada", "inkomend", "terminating", "from trunk*",
        "from pstn*", "from did*", "from external", "ext queues", "ext group", "ext local",
        "ext did", "ivr*", "lineset", "נכנס*",
    ),
}  # fmt: skip
# A reason of leaving or of absence is kept as one of these classes; its text never enters.
LEAVING = {
    r"medical|health|illness|\bsick|matern|patern|parent|pregnan|disab|bereave|death|deceas|"
    r"family|child|krank|gesundh|zdrow|sant[ée]|salud|enfermedad|embaraz|fallec|"
    r"familia": "personal",
    r"no.?call|no.?show|job abandon|abandon|absconded": "no_show",
    r"client (ramp|loss)|ramp.?down|redundan|lay.?off|laid off|reduction|restructur|position "
    r"elimin|betriebsbedingt|licenciement [ée]conomique|regulaci[óo]n de empleo|\bere\b|"
    r"reducci[óo]n de": "redundancy",
    r"dismiss|misconduct|for cause|terminated|fired|performance|attendance|policy|violation|"
    r"failed|probation|involuntary|gek[üu]ndigt durch|fraud|despido|despedid|demitido|"
    r"involuntari|periodo de prueba|per[íi]odo de prueba": "dismissed",
    r"end of (contract|assignment|project|season)|contract (end|expir|complet)|fixed.?term|"
    r"befrist|fin de contrat|fin contrato|t[ée]rmino de contrato|koniec umowy|"
    r"seasonal": "end_of_contract",
    r"retir|rente|ruhestand|retraite|emeryt|jubila|aposenta": "retired",
    r"transfer|internal move|promot|versetz|mutation": "internal",
    r"resign|voluntar|quit|another|other (job|position|opportunit)|career|better|new job|offer|"
    r"money|salary|pay\b|compensation|school|study|studies|education|relocat|moving|moved|hours|"
    r"schedule|commut|unhappy|dissatisf|personal reason|military|eigenk[üu]ndigung|k[üu]ndigung|"
    r"d[ée]mission|dimisi[óo]n|renuncia|baja voluntaria|pedido de demiss|wypowiedzenie": "resigned",
}
# How the classes count; what stands in neither is for the map of termination codes.
VOLUNTARY, INVOLUNTARY = ("resigned", "retired"), ("dismissed", "no_show", "redundancy")

_SIGNS = ("_", "-", "/", ".", ",", ":", "(", ")", "|")
_CLASS = r"_/.,:()|-"


def normal(value: str) -> str:
    """Lower case between blanks, with signs as blanks: what words are looked for in."""
    return f" {re.sub(f'[{_CLASS}]', ' ', value.lower())} ".replace("  ", " ")


def normal_sql(column: str, values: Iterable[str]) -> str:
    """The same in SQL of any engine, for the signs that the values have."""
    text, found = f"lower({column})", "".join(values)
    for sign in _SIGNS:
        if sign in found:
            text = f"replace({text}, {literal(sign)}, ' ')"
    text = f"' ' || {text} || ' '"
    return f"replace({text}, '  ', ' ')" if re.search(rf"[{_CLASS}]{{2}}| [{_CLASS}]|[{_CLASS}] ",
                                                     found) else text  # fmt: skip


def _pattern(word: str) -> str:
    return f" {word[:-1]}" if word.endswith("*") else f" {word} "


def classified(value: str, classes: Mapping[str, Sequence[str]]) -> str | None:
    """The first class of which a word stands in the value."""
    text = normal(value)
    return next(
        (name for name, some in classes.items() if any(_pattern(w) in text for w in some)), None
    )


def seen(values: Iterable[str], classes: Mapping[str, Sequence[str]]) -> dict[str, list[str]]:
    """Of each class, the words that decide for one of the values, in the order of the classes."""
    texts = [normal(value) for value in values]
    out: dict[str, list[str]] = {}
    for name, some in classes.items():
        found = [word for word in some if any(_pattern(word) in text for text in texts)]
        if found:
            out[name] = found
        texts = [text for text in texts if not any(_pattern(word) in text for word in found)]
    return out


def says_sql(text: str, some: Sequence[str]) -> str:
    """SQL: one of the words stands in the normal text."""
    tests = [f"{text} like {literal('%' + _pattern(word) + '%')}" for word in some]
    return f"({' or '.join(tests)})" if len(tests) > 1 else tests[0]


def share_known(values: Mapping[str, int], classes: Mapping[str, Sequence[str]]) -> float:
    """The share of rows of which a class is known. `values`: rows by value."""
    rows = sum(values.values())
    known = sum(n for value, n in values.items() if classified(value, classes))
    return known / rows if rows else 0.0


def leaving_class(value: str) -> str:
    """The class of a reason of leaving, as the contract's `classes` judge it."""
    return next((c for p, c in LEAVING.items() if re.search(p, value.lower())), "unclassified")
