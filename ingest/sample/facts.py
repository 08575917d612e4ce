"""What columns of the loaded sample say together: is a duration talk, is a menu in the wait.

Belongs here: those few questions, asked of the typed rows. Does not: what is made of the answers.
"""

from collections.abc import Sequence
from dataclasses import replace

import duckdb

from ingest.sample.outcomes import Endings, Facts
from ingest.sample.roles import Meaning

_MOST = 0.9


def facts_of(
    con: duckdb.DuckDBPyConnection, meaning: Meaning, table: str, fills: Sequence[str]
) -> Facts:
    """Facts about contacts; nothing for other feeds."""
    if "contact_legs" not in fills:
        return Facts()
    has = meaning.roles

    def share(test: str, given: str = "true") -> float | None:
        row = con.execute(
            f"select count(*) filter (where coalesce({test}, false)), count(*) "
            f"from {table} where _is_current and ({given})"
        ).fetchall()[0]
        return row[0] / row[1] if row[1] else None

    facts = Facts(
        agent_on_all="agent_code" in has and share("agent_code is not null") == 1.0,
        duration_on_all="duration_s" in has and share("duration_s > 0") == 1.0,
    )
    if {"wait_s", "ivr_s", "answer_s"} <= set(has):
        equal = share(
            "abs(wait_s - coalesce(ivr_s, 0) - answer_s) <= 1", "answer_s is not null and ivr_s > 0"
        )
        facts = replace(facts, wait_has_menu=equal is not None and equal >= _MOST)
    if "duration_s" in has:
        ending, _ = Endings(meaning, facts).outcome("lost")
        runs = share("duration_s > 0", f"({ending}) = 'lost'")
        facts = replace(facts, duration_is_total=None if runs is None else runs > 0.5)
    return facts
