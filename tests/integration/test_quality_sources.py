"""Evaluations in the long form, from Contact Lens and from Genesys; all invented."""

from typing import Any

from tests.deployment import Deployment


def evaluations(systems: Deployment, system: str) -> list[tuple[Any, ...]]:
    """What the mart says of each."""
    return systems.ask(
        "select evaluation_id, agent_id, contact_id, status, evaluator_kind, "
        "strftime(evaluated_at_utc, '%d %H:%M'), score_pct::double, points::double, "
        "points_possible::double, critical_errors_n from core.fct_evaluation "
        "where source_system = ? order by 1",
        system,
    )


def answers(systems: Deployment, system: str) -> list[tuple[Any, ...]]:
    """What the mart says of each question."""
    return systems.ask(
        "select evaluation_answer_id, section, points::double, points_possible::double, "
        "is_not_applicable, is_critical_failed from core.fct_evaluation_answer "
        "where source_system = ? order by 1",
        system,
    )


def test_the_last_scoring_of_the_long_form_holds(systems: Deployment) -> None:
    assert evaluations(systems, "qa") == [
        ("qa:e1", "ann", "connect:c0", "released", "human", "11 13:00", 80, 8, 10, 0),
        ("qa:e2", "ann", None, "draft", "human", "10 14:00", 0, 0, 0, 0),
        ("qa:e3", "bob", None, "released", "automated", "10 15:00", 0, 0, 10, 0),
    ]
    assert answers(systems, "qa") == [
        ("qa:e1#q1", "empathy", 8, 10, False, False),
        ("qa:e1#q2", "opening", 0, 0, True, False),
        ("qa:e3#q1", "empathy", 0, 10, False, False),
    ]
    assert systems.ask("select rule from ledger.quarantine where system = 'qa'") == [
        ("more_points_than_possible",)
    ]


def test_an_evaluation_of_contact_lens_counts_once_for_its_contact(systems: Deployment) -> None:
    assert evaluations(systems, "connect") == [
        ("connect:lens1", "ann", "connect:c0", "released", "human", "11 17:00", 0, 100, 200, 1),
    ]
    assert answers(systems, "connect") == [
        ("connect:lens1#q1", "empathy", 100, 100, False, False),
        ("connect:lens1#q2", "problem_solving", 0, 0, True, False),
        ("connect:lens1#q4", "problem_solving", 0, 100, False, True),
    ]
    clients = systems.ask(
        "select client_id from core.fct_evaluation where source_system = 'connect'"
    )
    assert clients == [("acme",)]


def test_an_evaluation_of_genesys_counts_when_it_is_released(systems: Deployment) -> None:
    assert evaluations(systems, "genesys") == [
        ("genesys:v1", "bob", "genesys:talk", "released", "human", "11 17:00", 80, 8, 10, 1),
        ("genesys:v2", "bob", "genesys:talk", "draft", "human", "10 17:00", 10, 8, 10, 1),
    ]
    assert answers(systems, "genesys")[:2] == [
        ("genesys:v1#g1", "g1", 8, 10, False, True),
        ("genesys:v1#g2", "g2", 0, 0, True, False),
    ]


def test_no_comment_is_left(systems: Deployment) -> None:
    tables = systems.ask(
        "select table_schema || '.' || table_name from information_schema.tables "
        "where table_name like '%evaluation%' or table_name = 'qa__answers'"
    )
    assert len(tables) >= 10
    for (table,) in tables:
        assert "ebedee" not in str(systems.ask(f"select * from {table}"))
