"""Is a source contract wise? Findings name file and line, and say what to write instead.

Belongs here: what is wrong with a contract although it can be read. Does not: metric contracts.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from ground.systems import instances_of
from ingest.contracts.column import PERSONAL_CLASSES, Column
from ingest.contracts.contract import EVERY_MAP, Contract, Lookup, no_contracts, read_contract
from ingest.errors import ContractError

# Columns of these classes never enter, listed or not (design: private by construction).
FORBIDDEN = {
    "national_id": r"\bssn\b|social.?security|national.?id|pesel|passport|tax.?id|\bnino\b",
    "religion": r"religio|faith",
    "ethnicity": r"ethnic|\brace\b",
    "union_membership": r"union.?(member|status)|works.?council",
    "health": r"health|blood|disab|diagnos|medical|pregnan|sick.?note",
    "biometrics": r"biometr|voice.?print|finger.?print|face.?id",
    "politics": r"politic|party.?member",
    "emotion": r"emotion|(agent|staff).?sentiment",
}
LIKELY_PERSONAL = {
    "phone": r"\bani\b|phone|msisdn|caller.?(id|number)|customer.?number|mobile",
    "email": r"e.?mail",
    "staff_name": r"(agent|staff|employee|worker).?name",
}
# Why somebody left or stays away, however the source calls it; a code or a class is no text.
FREE_TEXT = (
    r"(leav|absen|terminat|\bterm|resign|exit|separation|attrition|sick|austritt|kuendig|kündig|"
    r"fehlzeit|abwesenheit).*(reason|comment|note|cause|why|grund|motif|descr|type|art\b)|"
    r"(reason|grund|motif|why).*(leav|absen|terminat|left|exit|separation|quit)|reason.?text"
)
A_CODE = r"\b(code|class|id|key|nr|no)\b|_(code|class|id)$"
ACKNOWLEDGED = "# checked:"


@dataclass(frozen=True)
class Finding:
    """One thing to mend. `line` counts from 1, which also stands for the file as a whole."""

    file: str
    line: int
    rule: str
    message: str


def lint(sources: Path, systems: Sequence[str]) -> list[Finding]:
    """All findings on the contracts of the enabled systems, by file and line."""
    contracts: list[Contract] = []
    findings: list[Finding] = []
    for system in instances_of([EVERY_MAP, *systems]):
        paths = sorted((sources / system).glob("*.yml"))
        if not paths and system != EVERY_MAP:
            findings.append(
                Finding(str(sources / system), 1, "no_contracts", no_contracts(sources, system))
            )
        for path in paths:
            try:
                contracts.append(read_contract(path))
            except ContractError as error:
                message = str(error).removeprefix(f"{path}: ")
                at = _line_meant(message, path.read_text(encoding="utf-8").splitlines())
                findings.append(Finding(str(path), at, "unreadable_contract", message))
    for contract in contracts:
        findings += _contract_findings(contract, contracts)
    return sorted(findings, key=lambda f: (f.file, f.line, f.rule))


def _contract_findings(contract: Contract, others: Sequence[Contract]) -> list[Finding]:
    text = contract.path.read_text(encoding="utf-8").splitlines()
    found: list[Finding] = []

    def say(rule: str, message: str, at: str) -> None:
        found.append(Finding(str(contract.path), _line_of(text, at), rule, message))

    names = [column.name for column in contract.columns]
    for name in sorted({name for name in names if names.count(name) > 1}):
        say("column_twice", f"column {name} is listed twice", f"name: {name}")
    for key in (*contract.key, *filter(None, [contract.latest_by, contract.event_at])):
        if key not in names:
            say("unknown_column", f"{key!r} is used but no column has that name", key)
    for key in contract.key:
        optional = key in names and not contract.column(key).required
        if optional and not _acknowledged(text, f"name: {key}"):
            say("key_not_required", f"key column {key} must be required", f"name: {key}")
    if contract.event_at in names and contract.column(contract.event_at or "").type != "timestamp":
        say("event_not_timestamp", f"event_at {contract.event_at} is no timestamp", "event_at")
    for column in contract.columns:
        at = f"name: {column.name}"
        if not column.description:
            say("no_description", f"column {column.name} has no description", at)
        if column.personal not in PERSONAL_CLASSES:
            say("unknown_class", f"class {column.personal!r} of {column.name} is unknown", at)
        if column.is_pseudonym and contract.client is None:
            say("no_client_key", f"{column.name} is personal but the feed has no client", at)
        for source in (column.name, *(part.source for part in column.parts)):
            found += _named_like(contract, text, column.name, column.personal, source, at)
        if reason := _reason_in_words(column, text):
            say("free_text_reason", f"{reason}: map the text to classes, keep no text", at)
        in_name = ("extract_date", *contract.pattern.captures)
        if column.from_file_name and column.from_file_name not in in_name:
            say("unknown_capture", f"the pattern has no {{{column.from_file_name}}}", at)
    known = {other.name: other for other in others}
    for name in sorted(contract.maps_read):
        if name not in known:
            say("unknown_map", f"map {name} has no contract", name)
    for look in (contract.client, contract.time_zone):
        if isinstance(look, Lookup) and look.map in known:
            have = {column.name for column in known[look.map].columns}
            for missing in sorted({look.value, *look.match} - have):
                say("unknown_map_column", f"map {look.map} has no column {missing}", look.map)
    zone = contract.time_zone
    if isinstance(zone, Lookup) and zone.map in known:
        kinds = {column.name: column.type for column in known[zone.map].columns}
        if kinds.get(zone.value) not in ("time_zone", None):
            say("zone_unchecked", f"{zone.map}.{zone.value} must be of type time_zone", zone.map)
    return found


def _reason_in_words(column: Column, text: list[str]) -> str | None:
    """The column, when its name or its field's is a reason of leaving or absence and no code."""
    closed = column.classes or column.accepted or column.type != "text"
    if closed or _acknowledged(text, f"name: {column.name}"):
        return None
    for name in (column.name, *(part.source for part in column.parts)):
        words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", name).replace("_", " ").replace(".", " ")
        if re.search(FREE_TEXT, words, re.IGNORECASE) and not re.search(
            A_CODE, words, re.IGNORECASE
        ):
            return column.name if name == column.name else f"{column.name} ({name})"
    return None


def _named_like(
    contract: Contract, text: list[str], name: str, personal: str, source: str, at: str
) -> list[Finding]:
    words = re.sub(r"[._]", " ", source)
    if _acknowledged(text, at):
        return []
    out = []
    for kind, pattern in FORBIDDEN.items():
        if re.search(pattern, words, re.IGNORECASE):
            message = (
                f"{name} ({source}) looks like {kind}, which never enters; take it off the list"
            )
            out.append(Finding(str(contract.path), _line_of(text, at), "forbidden", message))
    for kind, pattern in LIKELY_PERSONAL.items():
        if personal == "none" and re.search(pattern, words, re.IGNORECASE):
            message = f"{name} ({source}) looks personal; give it class: {kind}, or say why not"
            out.append(Finding(str(contract.path), _line_of(text, at), "maybe_personal", message))
    return out


def _line_of(text: list[str], needle: str) -> int:
    pattern = re.compile(rf"{re.escape(needle)}\b")
    return next((n for n, line in enumerate(text, 1) if pattern.search(line)), 1)


def _line_meant(message: str, text: list[str]) -> int:
    """The line that the reader's own message names, by number, by column or by field."""
    numbered = re.search(r"line (\d+), column", message)
    if numbered:
        return min(int(numbered[1]), max(len(text), 1))
    column = re.search(r"column (\w+)", message)
    names = [f"name: {column[1]}"] if column else []
    names += re.findall(r"'([\w.]+)'", message) + re.findall(r"^([\w.]+) is ", message)
    lines = [_line_of(text, name.rsplit(".", 1)[-1] if "." in name else name) for name in names]
    return next((line for line in lines if line > 1), 1)


def _acknowledged(text: list[str], needle: str) -> bool:
    pattern = re.compile(rf"{re.escape(needle)}\b")
    return ACKNOWLEDGED in next((line for line in text if pattern.search(line)), "")
