"""A contract that is wrong says where, and what to write instead."""

from datetime import date
from pathlib import Path

import pytest

from ground.home import CHECKOUT
from ingest.contracts.file_pattern import FilePattern
from ingest.contracts.lint import lint
from ingest.errors import ContractError
from ingest.read.landing import unclaimed
from tests.unit.ingest.calls import CALLS, Centre


def rules(centre: Centre, text: str) -> list[tuple[str, int]]:
    centre.contract(text)
    return [(found.rule, found.line) for found in lint(centre.sources, ["acme"])]


def line_of(text: str, needle: str) -> int:
    return next(n for n, line in enumerate(text.splitlines(), 1) if needle in line)


def test_the_contract_of_the_tests_is_clean(centre: Centre) -> None:
    assert rules(centre, CALLS) == []


def test_the_contracts_that_ship_are_clean() -> None:
    assert lint(CHECKOUT / "ingest" / "sources", ["sim"]) == []


@pytest.mark.parametrize(
    ("old", "new", "rule"),
    [
        ("key: [call_id]", "key: [call_number]", "unknown_column"),
        ("event_at: started_at", "event_at: line", "event_not_timestamp"),
        ("class: phone, ", "", "maybe_personal"),
        ("{line: line}, value: client_id", "{line: line}, value: owner", "unknown_map_column"),
        ("map: company.lines, key", "map: company.numbers, key", "unknown_map"),
        ("from: file.site", "from: file.place", "unknown_capture"),
        (
            "name: call_id, type: text, required: true",
            "name: call_id, type: text",
            "key_not_required",
        ),
        ('description: "Wait."', 'description: ""', "no_description"),
        ("class: phone", "class: telephone", "unknown_class"),
        ("name: line, type", "name: line, from: ssn, type", "forbidden"),
    ],
)
def test_each_mistake_has_its_finding(centre: Centre, old: str, new: str, rule: str) -> None:
    assert old in CALLS
    found = rules(centre, CALLS.replace(old, new))
    assert rule in [name for name, _ in found]


@pytest.mark.parametrize(
    ("old", "new", "at"),
    [
        ("type: integer", "type: whole", "type: whole"),
        ("delivery: increment", "delivery: sometimes", "delivery: sometimes"),
        ("format: csv", "format: dbf", "format: dbf"),
        ("columns:", "columns: [", "columns: ["),
    ],
)
def test_a_contract_that_cannot_be_read_has_its_line(
    centre: Centre, old: str, new: str, at: str
) -> None:
    text = CALLS.replace(old, new, 1)
    ((rule, line),) = rules(centre, text)
    assert rule == "unreadable_contract"
    assert line >= line_of(text, at)


@pytest.mark.parametrize(
    "column",
    [
        '{name: termination_code, from: TermReason, type: text, description: "Why."}',
        '{name: why_left, from: "Reason for leaving", type: text, description: "Why."}',
        '{name: absence_reason, type: text, description: "Why."}',
    ],
)
def test_a_reason_in_words_is_found_whatever_its_column_is_called(
    centre: Centre, column: str
) -> None:
    text = CALLS.replace("columns:\n", f"columns:\n  - {column}\n")
    (found,) = rules(centre, text)
    assert found == ("free_text_reason", line_of(text, column))
    kept = column.replace("type: text", 'type: text, classes: {"sick": unplanned}')
    assert rules(centre, text.replace(column, kept)) == []


def test_a_code_of_a_reason_is_no_text(centre: Centre) -> None:
    column = '{name: termination_code, from: term_reason_code, type: text, description: "Code."}'
    assert rules(centre, CALLS.replace("columns:\n", f"columns:\n  - {column}\n")) == []


def test_a_finding_names_the_line(centre: Centre) -> None:
    text = CALLS.replace("class: phone, ", "")
    assert ("maybe_personal", line_of(text, "name: customer_id")) in rules(centre, text)


def test_a_column_that_only_looks_personal_can_be_vouched_for(centre: Centre) -> None:
    text = CALLS.replace(
        '  - {name: line, type: text, description: "Dialled line."}',
        '  - {name: line, from: phone_line, type: text, description: "Line."}  # checked: our own',
    )
    assert rules(centre, text) == []


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("system: acme\n  feed: x", "not valid YAML"),
        ("- a\n- b\n", "a contract is a mapping"),
        (CALLS.replace("delivery: increment\n", ""), "the field 'delivery' is missing"),
        (CALLS.replace("type: integer", "type: number"), "type of column wait_s is 'number'"),
        (CALLS.replace("{site}", "{site}{site}"), "stands twice"),
        (CALLS.replace("csv[.gz]", "csv[.gz"), "brackets do not match"),
    ],
)
def test_an_unreadable_contract_says_why(centre: Centre, text: str, says: str) -> None:
    centre.contract(text)
    with pytest.raises(ContractError, match=says) as caught:
        centre.contracts()
    assert "calls.yml" in str(caught.value)


def test_an_unknown_system_is_answered_with_the_known_ones(centre: Centre) -> None:
    from ingest.contracts.contract import load_contracts

    with pytest.raises(ContractError, match="known systems: acme, company"):
        load_contracts(centre.sources, ["avaya"])


def test_a_pattern_reads_site_day_and_revision() -> None:
    pattern = FilePattern.parse("calls_{site}_{extract_date:%Y%m%d}[.r{revision}].csv")
    slot = pattern.match("calls_north_20260310.r3.csv")
    assert slot is not None
    assert (slot.extract_date, slot.revision, slot.captures) == (
        date(2026, 3, 10),
        3,
        {"site": "north"},
    )
    first = pattern.match("calls_north_20260310.csv")
    assert first is not None
    assert first.revision == 1
    assert pattern.match("calls_north_20261310.csv") is None


def test_a_file_that_no_contract_claims_is_named(centre: Centre) -> None:
    centre.drop("call_north.csv", "a\n")
    assert [f.file_name for f in unclaimed(centre.home, centre.contracts())] == ["call_north.csv"]


def test_every_shipped_contract_describes_every_column() -> None:
    from ingest.contracts.contract import load_contracts

    for contract in load_contracts(Path(CHECKOUT / "ingest" / "sources"), ["sim"]):
        assert contract.source
        assert all(column.description for column in contract.columns)


@pytest.mark.parametrize(
    "old",
    [
        "system: acme",
        "file: {pattern",
        "correction: {replaces",
        "extract_window: {before_days",
        "time_zone: {map",
        "client: {map",
        "freshness: {late_after_hours",
        "retention: {raw_days",
        "  - {column",
        "  - {name: line",
        "  - id: end_before_start",
    ],
)
def test_a_key_that_nothing_reads_is_refused_wherever_it_stands(centre: Centre, old: str) -> None:
    head, brace, tail = old.partition("{")
    if brace:
        new = f"{head}{{expected_every: 1, {tail}"
    else:
        (indent, word) = ("    ", old.lstrip(" -")) if old.startswith("  -") else ("", old)
        new = f"{old[: len(old) - len(word)]}expected_every: 1\n{indent}{word}"
    assert old in CALLS
    centre.contract(CALLS.replace(old, new, 1))
    with pytest.raises(ContractError, match="has no key 'expected_every'"):
        centre.contracts()


def test_a_misspelt_key_is_answered_with_the_one_that_was_meant(centre: Centre) -> None:
    centre.contract(CALLS.replace("before_days: 0", "befor_days: 0"))
    with pytest.raises(ContractError, match="did you mean 'before_days'"):
        centre.contracts()
