"""The five questions of docs/leaders.md, asked of a published centre as the page says."""

import re
from pathlib import Path

import duckdb
import pytest

from ground.home import CHECKOUT, Home
from publish.extract import extract

PAGE = (CHECKOUT / "docs" / "leaders.md").read_text(encoding="utf-8")
QUESTIONS = re.split(r"^\*\*(?=.*\?\*\*)", PAGE, flags=re.MULTILINE)[1:]


def asked(question: str) -> list[str]:
    """The queries below a question."""
    blocks = re.findall(r"```sql\n(.*?)```", question, flags=re.DOTALL)
    return [query for block in blocks for query in block.split(";") if query.strip()]


def test_there_are_five_questions_and_each_has_a_query() -> None:
    assert len(QUESTIONS) == 5
    assert all(asked(question) for question in QUESTIONS)


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda text: text.split("?")[0])
def test_the_documented_queries_run_for_a_leader(question: str, published_history: Path) -> None:
    database = Home(published_history).published / "current" / "serve.duckdb"
    with duckdb.connect(str(database), read_only=True) as con:
        leader = con.execute("select max_by(leader_id, agents_n) from agent.team_week").fetchone()
        assert leader
        assert leader[0]
        answers = [
            con.execute(query, {"leader": leader[0]}).fetchall() for query in asked(question)
        ]
    # Weeks of strain are shown a week after their end, longer than this centre has run.
    if not question.startswith("Where is the load"):
        assert any(answers), question


def test_an_agent_sees_exactly_what_his_leader_sees_of_him(
    published_history: Path, tmp_path: Path
) -> None:
    """But the sum of his load, which is for him alone."""
    home = Home(published_history)
    served = str(home.published / "current" / "serve.duckdb")
    with duckdb.connect(served, read_only=True) as con:
        found = con.execute(
            "select agent_id, leader_id from agent.scorecard where leader_id is not null "
            "group by all order by count(*) desc limit 1"
        ).fetchone()
    assert found
    agent, leader = found
    extract(home, "agent", agent, tmp_path / "agent")
    extract(home, "leader", leader, tmp_path / "leader")
    with duckdb.connect() as con:
        for kind in ("agent", "leader"):
            con.execute(f"attach '{tmp_path / kind}/extract.duckdb' as {kind}s (read_only)")
        tables: dict[str, dict[str, list[str]]] = {"agents": {}, "leaders": {}}
        for database, schema, table, column in con.execute(
            "select database_name, schema_name, table_name, column_name from duckdb_columns() "
            "where database_name in ('agents', 'leaders') order by column_index"
        ).fetchall():
            tables[database].setdefault(f"{schema}.{table}", []).append(column)
        assert "agent.own_strain_week" in tables["agents"]
        assert "agent.own_strain_week" not in tables["leaders"]
        compared = 0
        for name, columns in tables["agents"].items():
            if name not in tables["leaders"] or "leader_id" not in columns:
                continue
            assert columns == tables["leaders"][name], name
            own = con.execute(
                f"from agents.{name} where leader_id = $leader order by all", {"leader": leader}
            ).fetchall()
            told = con.execute(
                f"from leaders.{name} where agent_id = $agent order by all", {"agent": agent}
            ).fetchall()
            assert own == told, name
            compared += len(own)
        assert compared > 100
