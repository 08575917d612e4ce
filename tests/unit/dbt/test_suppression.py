"""The adversary of docs/decisions/groups.md: linear combinations of all that is published of a
pulse, in one snapshot and over two, recover no blank group and no answer."""

from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pytest

from tests.unit.dbt.compiled import Compiled
from tests.unit.publish.small_warehouse import Centre, model

SMALLEST = 5
MODEL = "attrition_pulse_month"
COLUMNS = "cast(month_start_date as varchar), site_id, team_id, is_suppressed, answers_n, score_sum"
# Month, site, team, score: one question on one scale, so that any answer could tell of any other.
Answer = tuple[str, str, str, int]


def drawn(seed: int, months: Sequence[str] = ("2026-09", "2026-10")) -> list[Answer]:
    """Some sites with some teams, many of them small."""
    rng = np.random.default_rng(seed)
    found: list[Answer] = []
    for month in months:
        for site in range(rng.integers(1, 5)):
            for team in range(rng.integers(1, 6)):
                size = int(rng.choice([1, 2, 3, 4, 5, 6, 9, 14]))
                scores = rng.integers(0, 11, size)
                found += [(month, f"s{site}", f"s{site}-t{team}", int(score)) for score in scores]
    return found


def rows(answers: Sequence[Answer]) -> list[dict[str, Any]]:
    return [
        {
            "response_id": f"r{number}",
            "source_system": "sim",
            "site_id": site,
            "client_id": "acme",
            "team_id": team,
            "question": "enps",
            "score": score,
            "scale_min": 0,
            "scale_max": 10,
            "site_date": date.fromisoformat(f"{month}-15"),
            "is_promoter": score >= 9,
            "is_detractor": score <= 6,
            "is_person_named": False,
        }
        for number, (month, site, team, score) in enumerate(answers)
    ]


def built(compiled: Compiled, answers: Sequence[Answer], through: str = "2026-12-01") -> Any:
    return compiled.database({"fct_pulse_answer": rows(answers)}, MODEL, through=through)


def shown(con: duckdb.DuckDBPyConnection) -> list[tuple[Any, ...]]:
    return con.execute(f"select {COLUMNS} from attrition.{MODEL}").fetchall()


def members(row: tuple[Any, ...], answers: Sequence[Answer]) -> np.ndarray:
    """Which answers a published group is the sum of."""
    month, site, team = row[0][:7], row[1], row[2]
    return np.array(
        [float(a[0] == month and site in ("all", a[1]) and team in ("all", a[2])) for a in answers]
    )


def recovered(
    equations: Sequence[np.ndarray], targets: Sequence[np.ndarray], people: int
) -> list[int]:
    """Targets that some linear combination of the equations gives exactly."""
    if not equations:
        return []
    _, sizes, directions = np.linalg.svd(np.array(equations).reshape(-1, people))
    span = directions[: int((sizes > 1e-9).sum())]
    return [
        number
        for number, target in enumerate(targets)
        if np.linalg.norm(target - span.T @ (span @ target)) < 1e-7
    ]


def broken(table: Sequence[tuple[Any, ...]], answers: Sequence[Answer]) -> list[Any]:
    """Blank groups, answers, and pairs of blank groups' rests that the adversary works out."""
    equations = [members(row, answers) for row in table if not row[3]]
    blank = [row for row in table if row[3]]
    targets = [members(row, answers) for row in blank] + list(np.eye(len(answers)))
    names = [row[:3] for row in blank] + list(answers)
    return [names[number] for number in recovered(equations, targets, len(answers))]


@pytest.mark.parametrize("seed", range(40))
def test_no_blank_group_is_a_combination_of_what_is_shown(compiled: Compiled, seed: int) -> None:
    answers = drawn(seed)
    table = shown(built(compiled, answers))
    assert broken(table, answers) == []
    for row in table:
        size = int(members(row, answers).sum())
        assert row[3] == (row[4] is None) == (row[5] is None)
        assert size >= SMALLEST or row[3]
        assert row[3] or row[4] == size


def test_six_beside_three_stay_blank_as_published(compiled: Compiled) -> None:
    """Dialog's own example: of nine answers, a team's six would tell of the other team's three."""
    answers = [
        ("2026-09", "s0", team, 5 + 4 * (person % 2))
        for team, n in (("a", 3), ("b", 6))
        for person in range(n)
    ]
    told = {row[2] for row in shown(built(compiled, answers)) if not row[3]}
    assert told == {"all"}


def test_the_adversary_succeeds_where_only_small_groups_are_blank() -> None:
    answers = [("2026-09", "s0", team, 5) for team, n in (("a", 3), ("b", 9)) for _ in range(n)]
    table = [
        ("2026-09-01", "s0", "all", False, 12, 60),
        ("2026-09-01", "s0", "a", True, None, None),
        ("2026-09-01", "s0", "b", False, 9, 45),
    ]
    assert broken(table, answers) == [("2026-09-01", "s0", "a")]


def test_what_a_whole_less_its_shown_parts_leaves_is_of_five_answers_and_more(
    compiled: Compiled,
) -> None:
    answers = drawn(91, months=[f"2026-{m:02d}" for m in range(1, 9)])
    table = shown(built(compiled, answers))
    blank_at_all = 0
    for whole in (row for row in table if not row[3] and row[2] == "all"):
        level = [
            row
            for row in table
            if row[0] == whole[0]
            and (row[2] == "all" and row[1] != "all" if whole[1] == "all" else
                 row[1] == whole[1] and row[2] != "all")
        ]  # fmt: skip
        rest = whole[4] - sum(row[4] for row in level if not row[3])
        assert rest == 0 or rest >= SMALLEST, whole
        blank_at_all += rest > 0
    assert blank_at_all > 5


def test_enough_is_shown_to_be_of_use(compiled: Compiled) -> None:
    """Groups that need not be blank are not: eight teams of ten and one of three."""
    answers = [
        ("2026-09", "s0", f"t{team}", 6 + person % 4)
        for team in range(9)
        for person in range(3 if team == 8 else 10)
    ]
    table = shown(built(compiled, answers))
    assert sorted(row[2] for row in table if row[3]) == ["t0", "t8"]


def classes(answers: Sequence[Answer]) -> set[int]:
    """Detractors, neither, promoters: who of them is among the answers."""
    return {(score >= 9) - (score <= 6) for *_, score in answers}


@pytest.mark.parametrize("seed", range(8))
def test_no_shown_group_and_no_rest_of_one_is_of_one_mind(compiled: Compiled, seed: int) -> None:
    """Teams that agree are common: what is shown, or left when parts are taken off, never does."""
    rng = np.random.default_rng(seed)
    said: list[Answer] = []
    for team in range(16):
        scores = [int(rng.choice([2, 8, 10]))] * 9 if rng.random() < 0.6 else rng.integers(0, 11, 9)
        said += [("2026-09", f"s{team // 8}", f"t{team}", int(score)) for score in scores]
    table = shown(built(compiled, said))
    within = {row: [a for a, x in zip(said, members(row, said), strict=True) if x] for row in table}
    for row in (row for row in table if not row[3]):
        left = list(within[row])
        for part in (part for part in table if not part[3] and part != row):
            inside = within[part]
            if (
                set(inside) <= set(within[row])
                and (row[2] == "all")
                and (part[2] == "all" or row[1] != "all")
            ):
                left = [answer for answer in left if answer not in inside]
        for found in (within[row], left):
            assert not found or (len({a[3] for a in found}) > 1 and len(classes(found)) > 1), row
    assert sum(not row[3] for row in table) > 2


def sets_told(
    table: Sequence[tuple[Any, ...]], answers: Sequence[Answer]
) -> Iterator[tuple[str, list[int]]]:
    """Answers whose sums the adversary knows: each shown group, and what is left of a whole."""
    within = {row: [a for a, x in zip(answers, members(row, answers), strict=True) if x]
              for row in table}  # fmt: skip
    for row in (row for row in table if not row[3]):
        yield f"{row[:3]}", [answer[3] for answer in within[row]]
        left = list(within[row])
        for part in (part for part in table if not part[3] and part != row and row[2] == "all"):
            is_next = part[2] == "all" if row[1] == "all" else part[1] == row[1]
            if is_next and part[0] == row[0]:
                left = [answer for answer in left if answer not in within[part]]
        if left and len(left) < len(within[row]):
            yield f"what is left of {row[:3]}", [answer[3] for answer in left]


def room(scores: Sequence[int], own: int, counted: bool) -> int:
    """How far apart two values of another answer may lie, for one who knows one answer and sums.

    Each value is tried: whether the others can make up the rest, class by class.
    """
    ranges = ((0, 6), (7, 8), (9, 10)) if counted else ((0, 10),)
    others = list(scores)
    others.remove(own)
    total = sum(others)
    counts = [sum(low <= score <= high for score in others) for low, high in ranges]
    found = []
    for value in range(11):
        at = next(n for n, (low, high) in enumerate(ranges) if low <= value <= high)
        if counts[at]:
            rest = [count - (n == at) for n, count in enumerate(counts)]
            least = value + sum(n * low for n, (low, _) in zip(rest, ranges, strict=True))
            most = value + sum(n * high for n, (_, high) in zip(rest, ranges, strict=True))
            if least <= total <= most:
                found.append(value)
    return max(found) - min(found)


SAME, ONE_POINT, ONE_OTHER = [10] * 9, [10] * 8 + [9], [3] * 8 + [9]


def teams(*scores: Sequence[int]) -> list[Answer]:
    return [("2026-09", "s0", f"t{n}", score) for n, of in enumerate(scores) for score in of]


@pytest.mark.parametrize("question", ["enps", "workload"])
@pytest.mark.parametrize("seed", range(12))
def test_whoever_knows_one_answer_is_left_half_the_scale_for_every_other(
    compiled: Compiled, seed: int, question: str
) -> None:
    """Bounds, not equations: sums near either end of the scale, and classes of all but one."""
    rng = np.random.default_rng(seed)
    said: list[Answer] = []
    for team in range(16):
        kinds = (SAME, ONE_POINT, ONE_OTHER, [0] * 7, [0, 0, 0, 0, 1], list(rng.integers(0, 11, 9)),
                 list(rng.integers(5, 11, 12)), list(rng.integers(0, 11, 3)))  # fmt: skip
        said += [("2026-09", f"s{team // 8}", f"t{team}", int(score))
                 for score in kinds[rng.integers(len(kinds))]]  # fmt: skip
    counted = question == "enps"
    no_class = {} if counted else {"is_promoter": None, "is_detractor": None}
    con = compiled.database(
        {"fct_pulse_answer": [row | {"question": question} | no_class for row in rows(said)]},
        MODEL,
        through="2026-12-01",
    )
    told = dict(sets_told(shown(con), said))
    assert told, "or nothing is tried"
    for name, scores in told.items():
        for own in set(scores):
            assert room(scores, own, counted) >= 5, (name, sorted(scores), own)


@pytest.mark.parametrize("scores", [SAME, ONE_POINT, ONE_OTHER, [0] * 8 + [1], [10] * 7 + [0]])
def test_a_group_whose_sums_tell_of_its_answers_is_blank(
    compiled: Compiled, scores: list[int]
) -> None:
    mixed = [2, 9, 5, 8, 10, 0, 7, 4, 6, 10]
    table = shown(built(compiled, teams(scores, mixed, mixed, mixed)))
    blank = {row[2] for row in table if row[3]}
    assert "t0" in blank
    assert len(blank) == 2, "with one other, that hides it"
    bounded = min(room(scores, own, counted=True) for own in set(scores)) < 5
    assert bounded or sum(score > 6 for score in scores) < 2, "or all but one are detractors"


def test_nothing_but_the_declared_table_stands_on_the_pulse(compiled: Compiled) -> None:
    below = {"feed_pulse"}
    while True:
        found = {
            name
            for name, node in compiled.nodes.items()
            if below & {parent.split(".")[-1] for parent in node["depends_on"]["nodes"]}
        }
        if found <= below:
            break
        below |= found
    published = {
        name for name in below if compiled.nodes[name]["config"]["meta"].get("publish") is not None
    }
    odd = "attrition_pulse_anomaly"
    assert published == {MODEL, odd}
    assert not {"score", "team_id", "response_id", "question"} & set(compiled.nodes[odd]["columns"])


def test_an_answer_with_a_persons_id_is_named_kept_and_counts_nowhere(compiled: Compiled) -> None:
    answer = {"source_system": "hr", "site_id": "waw", "question": "enps", "score": 7, "file_id": 3,
              "responded_date": "2026-09-15", "team_code": "T1", "scale_min": 0,
              "scale_max": 10}  # fmt: skip
    told = [{"response_id": "emp-0042", "score": 0}, {"response_id": "q1", "team_code": "EMP-0042"},
            {"response_id": "q2", "team_code": "42"}]  # fmt: skip
    usual = [{"response_id": f"r{n}", "score": 4 + n} for n in range(6)]
    con = compiled.database(
        {
            "feed_pulse": [
                answer | one | {"row_number": n} for n, one in enumerate([*told, *usual], 1)
            ],
            "stg_company__agents": [
                {"source_system": "sim", "agent_code": code, "agent_id": f"P{code}"}
                for code in ("EMP-0042", "42")
            ],
        },
        MODEL,
        "attrition_pulse_anomaly",
        through="2026-12-01",
    )
    table = "attrition.attrition_pulse_anomaly"
    odd = con.execute(f"select rule, site_id, file_id, row_number from {table} order by 4")
    rule = "pulse_answer_names_a_person"
    assert odd.fetchall() == [(rule, "waw", 3, 1), (rule, "waw", 3, 2)]
    kept = con.execute(
        "select response_id, team_id from core.fct_pulse_answer where is_person_named order by 1"
    )
    assert kept.fetchall() == [("withheld:3:1", "none"), ("withheld:3:2", "none")]
    # A number alone may be anything: the answer of team 42 counts.
    company = [row for row in shown(con) if row[1:3] == ("all", "all")]
    assert company == [("2026-09-01", "all", "all", False, 7, 7 + sum(4 + n for n in range(6)))]


@pytest.mark.parametrize("seed", range(6))
def test_two_snapshots_tell_no_more_than_one(compiled: Compiled, tmp_path: Path, seed: int) -> None:
    """Between them an answer came late, one was corrected, and a month was closed."""
    before = drawn(seed, months=("2026-09", "2026-10"))
    month, site, team, score = before[0]
    after = [(month, site, team, 10 - score), *before[1:], (month, site, team, 3)]
    after += drawn(seed + 100, months=("2026-11",))

    centre = Centre(tmp_path / "home")
    centre.dbt["nodes"]["model.headset.attrition__pulse_month"] = model(
        "attrition__pulse_month",
        {
            "schema": "attrition",
            "name": "pulse_month",
            "key": ["month_start_date", "site_id", "team_id"],
            "once": "month_start_date",
        },
        {},
    )
    centre.save()
    tables = []
    for answers, through in ((before, "2026-11-15"), (after, "2026-12-15")):
        _put(centre, built(compiled, answers, through))
        centre.publish()
        tables.append(sorted(centre.read(f"select {COLUMNS} from attrition.pulse_month")))
    first, second = tables
    assert {row for row in second if row[0] < "2026-11"} == set(first)
    assert {row[0] for row in second} - {row[0] for row in first} == {"2026-11-01"}
    new = [row for row in second if row[0] == "2026-11-01"]
    assert broken(new, [a for a in after if a[0] == "2026-11"]) == []
    # What the second night alone would have shown differs by one answer from the first.
    alone = shown(built(compiled, after, "2026-12-15"))
    company = [row for row in alone if row[:3] == (f"{month}-01", "all", "all")]
    assert company[0] not in first


def _put(centre: Centre, con: duckdb.DuckDBPyConnection) -> None:
    file = centre.root / "pulse.parquet"
    con.execute(f"copy attrition.{MODEL} to '{file}' (format parquet)")
    centre.change(
        "create schema if not exists attrition",
        f"create or replace table attrition.pulse_month as from '{file}'",
    )
