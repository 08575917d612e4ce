"""The five questions of docs/leaders.md, asked of a published centre as the page says."""

import re
from pathlib import Path

import duckdb
import pytest

from ingest.home import CHECKOUT, Home

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
        for query in asked(question):
            con.execute(query, {"leader": leader[0]}).fetchall()
        # Whatever else a small centre has, it has teams.
        if question.startswith("How is my team"):
            assert con.execute(asked(question)[0], {"leader": leader[0]}).fetchall()
