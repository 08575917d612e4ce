"""Corruptions that follow from what a generic test checks.

Belongs here: one function per generic test type, from the check's arguments to statements, each
of which should make the check fail; the first that does, and that disturbs nothing else, is
taken. `{table}` stands for the model, `{row}` for a condition that picks one of its rows. A check
that nothing can be derived for carries `meta.breaks`.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import zip_longest

from tests.mutation.checks import Check

Columns = Mapping[str, str]
Deriver = Callable[[Check, Columns], Iterator[Sequence[str]]]

ONE_MORE = "insert into {table} select * from {table} where {row}"


def corruptions(check: Check, columns: Columns) -> Iterator[Sequence[str]]:
    """Statements to try, each on the sound table. columns: those of the model, with types."""
    if check.breaks:
        yield check.breaks
    elif check.kind in DERIVED:
        yield from DERIVED[check.kind](check, columns)


def _doubled(check: Check, _: Columns) -> Iterator[Sequence[str]]:
    yield (ONE_MORE,)


def _unknown(check: Check, columns: Columns) -> Iterator[Sequence[str]]:
    column = check.arguments["column_name"]
    yield from (_set(column, value) for value in _strange(columns.get(column, "VARCHAR")))


def _null(check: Check, _: Columns) -> Iterator[Sequence[str]]:
    yield _set(check.arguments["column_name"], "null")


def _negative(check: Check, _: Columns) -> Iterator[Sequence[str]]:
    yield from (_set(measure, "-1") for measure in check.arguments["measures"])


def _summand(check: Check, columns: Columns) -> Iterator[Sequence[str]]:
    """Change what is summed on this side; when no plain column is, lose a row that counts."""
    for expression in check.arguments["sums"]:
        kept = f"{expression} <> 0 and {check.arguments.get('where', 'true')}"
        if expression in columns:
            yield (
                f"update {{table}} set {expression} = {expression} + 1 where rowid = "
                f"(select min(rowid) from {{table}} where {kept})",
            )
        yield (
            f"delete from {{table}} where rowid = (select min(rowid) from {{table}} where {kept})",
        )


def _violated(check: Check, columns: Columns) -> Iterator[Sequence[str]]:
    """A rule: change one column of its expression, in one row, then in all."""
    expression = str(check.arguments["expression"])
    named = [name for name in columns if re.search(rf"\b{re.escape(name)}\b", expression)]
    far = zip_longest(*(_moved(name, columns[name]) for name in named))
    moves = [pair for values in far for pair in zip(named, values, strict=True) if pair[1]]
    yield from (_set(name, value) for name, value in moves)
    yield from ((f"update {{table}} set {name} = {value}",) for name, value in moves)
    yield from (_set(name, "null") for name in named)


def _moved_by_one(check: Check, _: Columns) -> Iterator[Sequence[str]]:
    """Somebody moved in at this level, and nowhere else."""
    column = f"{check.arguments['moves']}_moved_in_n"
    yield _set(column, f"{column} + 1")


def _crowded(check: Check, columns: Columns) -> Iterator[Sequence[str]]:
    """More rows than the check asks for, and all of them meet the condition."""
    condition = str(check.arguments["condition"])
    rows_n = int(check.arguments.get("at_least_rows", 100))
    many = f"insert into {{table}} select t.* from {{table}} as t, range({rows_n}) where {{row}}"
    changes = []
    for part in re.split(r"\s+and\s+", condition):
        if found := re.fullmatch(r"(\w+) = ('[^']*'|\d+)", part):
            changes.append(f"{found[1]} = {found[2]}")
        elif found := re.fullmatch(r"(not )?(\w+)", part):
            changes.append(f"{found[2]} = {'false' if found[1] else 'true'}")
        elif found := re.fullmatch(r"(\w+) is null", part):
            changes.append(f"{found[1]} = null")
    if changes:
        yield (many, f"update {{table}} set {', '.join(changes)}")


def _set(column: str, value: str) -> Sequence[str]:
    return (f'update {{table}} set "{column}" = {value} where {{row}}',)


def _strange(kind: str) -> list[str]:
    """Values of a type that nobody has listed."""
    match _family(kind):
        case "number":
            return ["-987654"]
        case "date":
            return ["date '0001-01-01'"]
        case "timestamp":
            return ["timestamp '0001-01-01'"]
        case _:
            return ["'~nobody'"]


def _moved(name: str, kind: str) -> list[str]:
    """Other values of a column, from near to far."""
    match _family(kind):
        case "number":
            return [
                f'"{name}" + 1',
                f'"{name}" - 1',
                "-1",
                f'"{name}" * 1000 + 1000',
                "999999",
                "-999999",
            ]
        case "boolean":
            return [f'not coalesce("{name}", false)']
        case "date" | "timestamp":
            return [f"\"{name}\" {sign} interval '1000 days'" for sign in "+-"]
        case _:
            return ["'~nobody'"]


def _family(kind: str) -> str:
    kind = kind.upper()
    if kind.startswith("TIMESTAMP"):
        return "timestamp"
    if kind in ("DATE", "BOOLEAN"):
        return kind.lower()
    numbers = ("DECIMAL", "DOUBLE", "FLOAT", "BIGINT", "HUGEINT", "INTEGER", "SMALLINT", "TINYINT")
    return "number" if kind.startswith(numbers) else "text"


DERIVED: Mapping[str, Deriver] = {
    "accepted_values": _unknown,
    "grain": _doubled,
    "headcount_rolls_forward": _moved_by_one,
    "known_values": _unknown,
    "no_negatives": _negative,
    "not_null": _null,
    "refers_to": _unknown,
    "relationships": _unknown,
    "rule": _violated,
    "share_at_most": _crowded,
    "sums_agree": _summand,
    "unique": _doubled,
}
