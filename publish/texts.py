"""What kind of text each published column holds, and the guard through which no other text leaves.

Belongs here: the kinds, which column is of which, and SQL that withholds a text that its column may
not hold (an e-mail address in `language`): its shape is published in its place. Does not: what may
enter (contracts), who may see a column (`specs.py`).

A column is of the kind that dbt says (`config.meta.text`), else of the one listed here, else a
code, the strictest kind of free choice.
"""

import hashlib
from collections.abc import Callable, Mapping

from ground.sql import literal
from ingest.privacy.mask import number_like_sql, shape_sql

WITHHELD = "withheld "
_DAYS = literal("(19|20)[0-9]{2}-[0-9]{2}(-[0-9]{2})?")
_UUID = literal(".*[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")


# Ids that we put together hold `@` and an instant: `E1@2026-10-21 09:00:00`.
_ADDRESS = literal("@[A-Za-z0-9_-]+[.][A-Za-z]{2}")
_INSTANT = literal("([0-9]-[0-9]{2}) ([0-9]{2}:)")


def _short(v: str, length: int) -> str:
    """Cheap steps first: most rows have many ids."""
    no_address = f"(not contains({v}, '@') or not regexp_matches({v}, {_ADDRESS}))"
    return f"length({v}) <= {length} and {no_address}"


def _no_blank(v: str) -> str:
    without = f"regexp_replace({v}, {_INSTANT}, '\\1T\\2', 'g')"
    no_blank = f"(not contains({v}, ' ') or not contains({without}, ' '))"
    return f"{no_blank} and not regexp_matches({v}, '[[:cntrl:]]')"


def _no_number(v: str) -> str:
    figures = f"regexp_replace({v}, {_DAYS}, '', 'g')"
    return f"(not {number_like_sql(figures)} or regexp_full_match({v}, {_UUID}))"


def _pattern(pattern: str) -> Callable[[str], str]:
    return lambda v: f"regexp_full_match({v}, {literal(pattern)})"


# Per kind the condition that a text fulfils; null for text that is our own or the operator's list.
KINDS: Mapping[str, Callable[[str], str] | None] = {
    # The id that a system numbers its records with; in a client's folder keyed for the client.
    "record": lambda v: f"{_short(v, 200)} and {_no_blank(v)}",
    # The id of a part of the organisation, as its system has it: long figures are usual.
    "place": lambda v: f"{_short(v, 200)} and not regexp_matches({v}, '[[:cntrl:]]')",
    "staff": lambda v: f"length({v}) <= 200 and {_no_blank(v)}",
    "customer": _pattern("[0-9a-f]{32}"),
    "code": lambda v: f"{_short(v, 120)} and {_no_number(v)}",
    "words": lambda v: _short(v, 600),
    "language": _pattern("[A-Za-z]{2,8}([_-][A-Za-z0-9]{1,8}){0,3}|unmapped"),
    "zone": _pattern("[A-Za-z0-9_+-]{1,32}(/[A-Za-z0-9_+-]{1,32}){0,2}"),
    "currency": _pattern("[A-Za-z]{3}|none|unmapped"),
    "country": _pattern("[A-Za-z]{2,3}|none|unmapped"),
    # Written by our own models and contracts, from the operator's lists, or masked before.
    "own": None,
    # The operator's own list of clients; folders carry its ids.
    "client": None,
}

_NAMES = {
    "client": "client_id",
    "staff": "agent_id leader_id first_leader_id coach_id giver_id mentor_id evaluator_id",
    "customer": "customer_id",
    "record": """
        contact_id parent_contact_id leg_id case_id parent_case_id merged_into_case_id case_event_id
        survey_id outcome_id reverses_outcome_id disruption_id evaluation_id evaluation_answer_id
        one_evaluation_id other_evaluation_id calibration_id calibration_pair_id coaching_id
        mentoring_id recognition_id voice_id change_id absence_id schedule_id activity_id session_id
        employment_event_id hire_event_id termination_event_id rescinds_event_id version_id
        record_id other_record_id
    """,
    "place": """
        site_id team_id queue_id queue_code form_id form_version scale_version question_id entity_id
        group_value one_value other_value contract_id clause_id line_id objective_id key_result_id
    """,
    "language": "language",
    "zone": "time_zone",
    "currency": "currency group_currency",
    "country": "country_code",
    "words": """
        client_name site_name queue_name contract_name clause_name title objective_title step
        section owner
    """,
    "code": """
        source_system line_of_business channel reason status role kind outcome topic priority
        direction began_as joined_as queued_as anomaly activity activity_code absence_class
        action_code reason_code answer one_level other_level criterion milestone question old_value
        new_value model model_version jurisdiction termination_code termination_class
        termination_reason hire_source hire_kind contract_type next_role critical_kind
        evaluator_kind one_evaluator_kind other_evaluator_kind applies_per basis carry_over
        comparison consequence credit_base exclusion line_kind period table_kind weighting cohort
        cohort_month tenure_band shift_date_rule threshold_source
    """,
    "own": """
        metric counter_metric rule unit good_direction dimension known_as method leaver_class
        level_kind suppressed_because audience blank_reason no_interval_reason entity_kind grain
        variant look_back part side distinguishable reach in_words source site_month
    """,
}
_TEXTS = {name: kind for kind, names in _NAMES.items() for name in names.split()}
# Tables of our own words: what a metric means, what a check says, what was masked at the door.
_OWN_TABLES = ("metric.dictionary", "trust.check", "trust.feed", "trust.quarantine",
               "trust.unmapped")  # fmt: skip


def declared(table: str, column: str) -> str | None:
    """The kind of text of a column that dbt says nothing about; null when it is not listed."""
    return "own" if table in _OWN_TABLES else _TEXTS.get(column.lower())


def rules() -> str:
    """A short name of all the rules above as they now are; another when one changes."""
    text = "\n".join(guarded("v", kind) for kind in sorted(KINDS))
    return hashlib.sha256(text.encode()).hexdigest()[:8]


def guarded(column: str, kind: str | None) -> str:
    """SQL: the column's text where its kind allows it, else that it is withheld, and its shape."""
    allows = KINDS[kind] if kind else None
    if allows is None:
        return column
    return (
        f"case when {column} is null or ({allows(column)}) then {column} "
        f"else {literal(WITHHELD)} || {shape_sql(column)} end"
    )
