"""A copy of a built warehouse in which one thing is corrupted at a time, and put back.

Belongs here: planting, asking the checks, rolling back. A view that is to be corrupted is turned
into a table first, within the transaction; a table without rows gets one of plain values.
"""

import re
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import duckdb

from ground.home import Home
from tests.mutation.checks import Check, Relation, checks, relations
from tests.mutation.derive import corruptions

_TARGET = re.compile(r"^\s*(?:update|insert\s+into|delete\s+from)\s+([\w.{}]+)", re.IGNORECASE)
_SEEDS = {
    "BOOLEAN": "false",
    "DATE": "date '2026-11-02'",
    "VARCHAR": "'x'",
}
_TRIES = 6
DOUBLED = ("grain", "unique")


@dataclass(frozen=True)
class Change:
    """What a corruption did to one relation: which columns, or its number of rows."""

    unique_id: str
    columns: frozenset[str]
    rows_changed: bool


class Bench:
    """The warehouse's copy, the checks and what they read."""

    def __init__(self, home: Home, folder: Path) -> None:
        self.relations = relations(home)
        self.checks = checks(home)
        copy = folder / home.warehouse.name
        shutil.copyfile(home.warehouse, copy)
        self.con = duckdb.connect(str(copy), config={"threads": 1})
        views = self.con.execute("select schema_name, view_name from duckdb_views()").fetchall()
        self._views = {(str(schema), str(name)) for schema, name in views}
        schemas = sorted({self._place(one)[0] for one in self.relations.values()})
        self.con.execute(f"set search_path = '{','.join(schemas)}'")
        self._reached = {check.name: self._reach(check) for check in self.checks}

    def failing(self, among: Sequence[Check]) -> dict[str, str]:
        """Names of the checks that find rows (or cannot be asked, with the reason)."""
        found = {}
        for check in among:
            try:
                row = self.con.execute(f"select 1 from ({check.sql}) limit 1").fetchone()
            except duckdb.Error as error:
                found[check.name] = str(error).splitlines()[0]
                continue
            if row is not None:
                found[check.name] = "found rows"
        return found

    def fault_of(self, check: Check) -> str | None:
        """What is wrong with the check, in a sentence; None when its counter-example works."""
        if not check.sql:
            return "did not run in the build that is tested here"
        if not check.breaks and self._seed_breaks(check):
            return None
        reasons: list[str] = []
        tried = 0
        for statements in corruptions(check, self._columns(check.model)):
            beside = self._beside(check, statements)
            if beside is None:
                continue
            if not beside:
                return None
            reasons.append(f"{'; '.join(statements)!r} also fails {', '.join(sorted(beside))}")
            tried += 1
            if tried == _TRIES:
                break
        if reasons:
            return f"{reasons[0]} (declare them in meta.also, or give a meta.breaks that does not)"
        if check.breaks:
            return f"still passes after {list(check.breaks)}"
        return (
            f"has no corruption that makes it fail: give it meta.breaks, or derive one for "
            f"{check.kind!r} in tests/mutation/derive.py"
        )

    def _seed_breaks(self, check: Check) -> bool:
        """The plain row that an empty table would get is counter-example enough."""
        if check.model is None:
            return False
        with self._rolled_back():
            self._make_table(check.model)
            return self._seed(check.model) and bool(self.failing([check]))

    def _beside(self, check: Check, statements: Sequence[str]) -> set[str] | None:
        """Undeclared checks that fail with it; None when it does not fail itself."""
        with self._rolled_back():
            targets = self._targets(check, statements)
            for target in targets:
                self._make_table(target)
                self._seed(target)
            before = {target: self._fingerprint(target) for target in targets}
            near = [c for c in self.checks if c.sql and self._reached[c.name] & set(targets)]
            already = self.failing([c for c in near if c.name != check.name])
            try:
                for statement in statements:
                    self.con.execute(self._filled(check, statement))
            except (
                duckdb.ConstraintException,
                duckdb.ConversionException,
                duckdb.OutOfRangeException,
            ):
                # The table itself refuses the value.
                return None
            if not self.failing([check]):
                return None
            changes = [self._change(target, before[target]) for target in targets]
            failed = self.failing([c for c in near if c.name != check.name])
            return {
                other.name
                for other in near
                if other.name in failed.keys() - already.keys()
                and other.blocks
                and not _may_fail(check, other, changes)
            }

    @contextmanager
    def _rolled_back(self) -> Iterator[None]:
        self.con.execute("begin transaction")
        try:
            yield
        finally:
            self.con.execute("rollback")

    def _targets(self, check: Check, statements: Sequence[str]) -> list[str]:
        found = []
        for statement in statements:
            named = _TARGET.match(statement)
            assert named, f"{check.name}: meta.breaks must be update, insert or delete: {statement}"
            name = named[1]
            if name == "{table}":
                assert check.model, check.name
                found.append(check.model)
                continue
            found += [
                uid
                for uid, one in self.relations.items()
                if name in (one.name, ".".join(self._place(one)))
            ]
        assert found, f"{check.name}: no model is called as in {list(statements)}"
        return list(dict.fromkeys(found))

    def _filled(self, check: Check, statement: str) -> str:
        if check.model is None:
            return statement
        table = self.relations[check.model].sql_name
        row = f"rowid = (select min(rowid) from {table} where {check.where})"
        return statement.replace("{table}", table).replace("{row}", row)

    def _columns(self, unique_id: str | None) -> dict[str, str]:
        if unique_id is None:
            return {}
        rows = self.con.execute(f"describe {self.relations[unique_id].sql_name}").fetchall()
        return {str(row[0]): str(row[1]) for row in rows}

    def _make_table(self, unique_id: str) -> None:
        relation = self.relations[unique_id]
        if self._place(relation) in self._views:
            table = relation.sql_name
            self.con.execute(f"create temp table _kept as select * from {table}")
            self.con.execute(f"drop view {table}")
            self.con.execute(f"create table {table} as select * from _kept")
            self.con.execute("drop table _kept")

    def _seed(self, unique_id: str) -> bool:
        """Give an empty table one row; true when it was empty."""
        table = self.relations[unique_id].sql_name
        if self.con.execute(f"select 1 from {table} limit 1").fetchone() is None:
            values = (_seed(kind) for kind in self._columns(unique_id).values())
            self.con.execute(f"insert into {table} values ({', '.join(values)})")
            return True
        return False

    def _fingerprint(self, unique_id: str) -> tuple[int, dict[str, int]]:
        names = list(self._columns(unique_id))
        sums = ", ".join(f'sum(hash("{name}"))' for name in names)
        row = self.con.execute(
            f"select count(*), {sums} from {self.relations[unique_id].sql_name}"
        ).fetchone()
        assert row is not None
        return row[0], dict(zip(names, row[1:], strict=True))

    def _change(self, unique_id: str, before: tuple[int, dict[str, int]]) -> Change:
        rows_n, sums = self._fingerprint(unique_id)
        changed = frozenset(name for name, total in sums.items() if total != before[1][name])
        return Change(unique_id, changed, rows_n != before[0])

    def _reach(self, check: Check) -> set[str]:
        """What a check reads, through views down to the tables."""
        found: set[str] = set()
        left = [uid for uid in check.reads if uid in self.relations]
        while left:
            uid = left.pop()
            if uid in found:
                continue
            found.add(uid)
            if self._place(self.relations[uid]) in self._views:
                left += [p for p in self.relations[uid].parents if p in self.relations]
        return found

    @staticmethod
    def _place(relation: Relation) -> tuple[str, str]:
        _, schema, name = relation.sql_name.replace('"', "").split(".")
        return schema, name


def _may_fail(check: Check, other: Check, changes: Sequence[Change]) -> bool:
    """Other checks that a corruption touches by their nature, or that the check declares.

    A check that compares models says by its columns what it depends on; a doubled row doubles
    every key of its model.
    """
    if other.name in check.also:
        return True
    if other.kind in DOUBLED:
        return any(c.rows_changed and c.unique_id == other.model for c in changes)
    return other.compares and any(
        c.rows_changed or any(other.mentions(name) for name in c.columns) for c in changes
    )


def _seed(kind: str) -> str:
    kind = kind.upper()
    if kind.startswith("TIMESTAMP"):
        return "timestamp '2026-11-02 10:00:00'"
    return _SEEDS.get(kind, "1") if "[" not in kind else "[]"
