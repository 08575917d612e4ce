"""Every blocking guard fails, in Great Expectations itself, on a table corrupted for it."""

import json
import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pytest

from expectations.guards import from_contracts, from_marts, gx
from expectations.guards.guard import Guard
from expectations.guards.suite import tables_file
from expectations.guards.tables import BoundTable, models
from ground.home import Home, dbt_project_dir
from metrics.contracts import reader
from metrics.contracts.contract import MetricContract
from tests.mutation.guard_cases import IMPLIES, corruption, kind_of

_KINDS = {"VARCHAR": "'x'", "DATE": "date '2026-11-02'"}


@dataclass
class Guarded:
    """The guards of the centre's last audit, and a copy of the tables that they looked at."""

    file: Path
    guards: list[Guard]
    metrics: dict[str, MetricContract]
    con: duckdb.DuckDBPyConnection

    def violated(self, guard: Guard) -> bool:
        """The guard's own query finds rows."""
        return (
            self.con.execute(f"select 1 from ({guard.violations}) limit 1").fetchone() is not None
        )


@pytest.fixture
def guarded(published_history: Path, tmp_path: Path) -> Iterator[Guarded]:
    home = Home(published_history)
    semantic = json.loads((home.target / "semantic_manifest.json").read_text(encoding="utf-8"))
    metrics = reader.load(dbt_project_dir() / "models" / "metrics").metrics
    found = [guard for one in models(semantic, metrics) for guard in from_contracts.guards_of(one)]
    found += [
        guard
        for metric in metrics
        if metric.bound is not None
        for guard in from_marts.guards_of(BoundTable(metric))
    ]
    found = list({guard.check_id: guard for guard in reversed(found)}.values())
    file = tmp_path / "guards.duckdb"
    shutil.copyfile(tables_file(home), file)
    con = duckdb.connect(str(file))
    for guard in found:
        _seed(con, guard.table)
    blocking = [guard for guard in found if guard.severity == "block"]
    yield Guarded(file, blocking, {metric.display: metric for metric in metrics}, con)
    con.close()


def _seed(con: duckdb.DuckDBPyConnection, table: str) -> None:
    """A model without rows (no system feeds it) gets one: everything 1."""
    if con.execute(f'select 1 from "{table}" limit 1').fetchone() is None:
        kinds = [str(row[1]) for row in con.execute(f'describe "{table}"').fetchall()]
        day = "timestamp '2026-11-02'"
        values = (_KINDS.get(k, day if k.startswith("TIMESTAMP") else "1") for k in kinds)
        con.execute(f'insert into "{table}" values ({", ".join(values)})')


def test_a_guard_is_broken_by_its_corruption_and_beside_it_only_what_it_implies(
    guarded: Guarded,
) -> None:
    con = guarded.con
    # A row made for an empty table stands in it alone, and so does not add up.
    already = {guard.check_id for guard in guarded.guards if guarded.violated(guard)}
    assert len(guarded.guards) > 60
    assert {check for check in already if not check.endswith(".adds_up")} == set()
    faults = []
    for guard in guarded.guards:
        statement = corruption(guard, guarded.metrics)
        if statement is None:
            faults.append(f"{guard.check_id}: no entry for {kind_of(guard)!r} in guard_cases.py")
            continue
        con.execute("begin transaction")
        con.execute(statement)
        changed = re.findall(r'"(\w+)" = ', statement)
        if not guarded.violated(guard):
            faults.append(f"{guard.check_id}: still passes after {statement}")
        faults += [
            f"{guard.check_id}: {other.check_id} fails too after {statement}"
            for other in guarded.guards
            if other is not guard
            and other.check_id not in already
            and kind_of(other) not in IMPLIES.get(kind_of(guard), ())
            # What does not look at the corrupted column of that table cannot have changed.
            and f'"{guard.table}"' in other.violations
            and any(f'"{column}"' in other.violations for column in changed)
            and guarded.violated(other)
        ]
        con.execute("rollback")
    assert faults == [], "\n".join(faults)


def test_great_expectations_sees_what_the_query_sees(guarded: Guarded) -> None:
    """Guards of one kind against a table of their own, corrupted for each of them, in one run."""
    con = guarded.con
    checks: dict[str, str] = {}
    for guard in guarded.guards:
        own = f"{guard.table}_{kind_of(guard)}"
        con.execute(f'create table if not exists "{own}" as select * from "{guard.table}"')
        statement = corruption(guard, guarded.metrics)
        assert statement is not None, guard.check_id
        con.execute(statement.replace(f'"{guard.table}"', f'"{own}"'))
        checks[guard.check_id] = guard.violations.replace(f'"{guard.table}"', f'"{own}"')
    con.close()
    outcomes = gx.validate(guarded.file, checks)
    passed = [check_id for check_id, outcome in outcomes.items() if outcome.status != "fail"]
    assert passed == []
    assert len(outcomes) == len(guarded.guards)
