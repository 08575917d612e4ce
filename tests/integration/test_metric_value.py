"""metric.value after nights that rewrote a few dates: still what a question says, and to whom."""

from pathlib import Path
from typing import Any

import duckdb
import pytest

from ground.home import Home
from metrics.question.query import query
from publish.extract import extract


def ask(folder: Path, sql: str) -> list[tuple[Any, ...]]:
    con = duckdb.connect(str(folder / "serve.duckdb"), read_only=True)
    try:
        return con.execute(sql).fetchall()
    finally:
        con.close()


@pytest.mark.parametrize(
    ("metric", "kind", "key", "grain"),
    [
        ("service_level.answered_of_offered_less_short", "client", "client_id", "day"),
        ("service_level.answered_of_offered_less_short", "queue", "queue_id", "month"),
        ("offered.contacts", "site", "site_id", "month"),
        ("conversion.net_of_handled", "client", "client_id", "day"),
        ("first_reply_time.of_replied", "client", "client_id", "month"),
        ("first_contact_resolution.no_repeat_7d", "client", "client_id", "month"),
        ("backlog_age.of_open", "site", "site_id", "day"),
        ("cost_per_contact.of_handled", "client", "client_id", "month"),
    ],
)
def test_after_late_and_corrected_files_it_is_the_answer_to_the_question(
    after_corrected_night: Path, metric: str, kind: str, key: str, grain: str
) -> None:
    home = Home(after_corrected_night)
    answer = query(home, metric, by=[key], grain=grain)
    asked = {
        (row[grain], row[key]): (row["numerator"], row["denominator"])
        for row in answer.rows
        if row[key] is not None and row[grain] is not None
    }
    rows = ask(
        home.published / "current",
        "select period_start_date, entity_id, numerator, denominator"
        f" from metric.value where metric = '{metric}'"
        f" and entity_kind = '{kind}' and grain = '{grain}'",
    )
    assert {row[:2] for row in rows} == set(asked)
    for period, entity, numerator, denominator in rows:
        wanted = asked[(period, entity)]
        assert numerator == pytest.approx(wanted[0]), (period, entity)
        assert denominator == (None if wanted[1] is None else pytest.approx(wanted[1]))


def test_a_client_s_folder_has_what_clients_may_see_and_no_more(after_plain_night: Path) -> None:
    current = Home(after_plain_night).published / "current"
    everything = ask(current, "select distinct audience from metric.value")
    assert {"client", "leader", "hr", "internal"} == {row[0] for row in everything}
    folders = sorted((current / "clients").iterdir())
    mapped = {row[0] for row in ask(current, "select client_id from core.client where is_mapped")}
    # HR knows jobs that serve several clients; they make nobody a client.
    assert {folder.name for folder in folders} <= mapped
    for folder in folders:
        told = ask(folder, "select distinct audience, client_id, entity_kind from metric.value")
        assert {row[0] for row in told} == {"client"}
        assert {row[1] for row in told} == {folder.name}
        assert {row[2] for row in told} <= {"client", "queue", "model|model_version"}
        names = {row[0] for row in ask(folder, "select distinct metric from metric.value")}
        assert "service_level.answered_of_offered_less_short" in names
        assert not [n for n in names if n.startswith(("cost", "attrition", "sla_penalty"))]


def test_a_leader_s_extract_has_none_of_it(after_plain_night: Path, tmp_path: Path) -> None:
    home = Home(after_plain_night)
    ((leader,),) = ask(
        home.published / "current",
        "select leader_id from agent.employment where leader_id is not null order by 1 limit 1",
    )
    taken = extract(home, "leader", leader, tmp_path / "own")
    assert taken.rows
    assert not [name for name in taken.rows if name.startswith("metric.")]
