"""A full list that lost too much does not take its people out: the last good one stays."""

from datetime import date, timedelta

import pytest

from ingest.ledger.acceptance import release_lists
from ingest.ledger.ledger import warehouse
from tests.unit.ingest.calls import DAY, Centre

NEXT = DAY + timedelta(days=1)
HEAD = "line,client_id,valid_from,valid_to\n"


def lines(numbers: range, client: str = "alba") -> str:
    return HEAD + "".join(f"{n},{client},2026-01-01,\n" for n in numbers)


def drop(centre: Centre, numbers: range, day: date, folder: str = "company") -> str:
    return centre.drop(f"lines_{day}.csv", lines(numbers), folder).name


def held(centre: Centre) -> list[tuple[str, str]]:
    return [
        (str(row[0]), str(row[1]))
        for row in centre.ask(
            "select file_name, reason from ledger.file where verdict = 'rejected' order by 1"
        )
    ]


def known(centre: Centre) -> int:
    return int(centre.ask("select count(*) from raw.company__lines where _is_current")[0][0])


@pytest.mark.parametrize(
    ("left", "is_held"),
    [(100, False), (95, False), (81, False), (79, True), (40, True), (1, True)],
)
def test_a_list_may_lose_a_fifth_at_once(centre: Centre, left: int, is_held: bool) -> None:
    drop(centre, range(100), DAY)
    centre.night()
    name = drop(centre, range(left), NEXT)
    centre.night(NEXT)
    assert (name in dict(held(centre))) is is_held
    assert known(centre) == (100 if is_held else left)


def test_the_sentence_says_what_happened_and_what_to_do(centre: Centre) -> None:
    drop(centre, range(34), DAY)
    centre.night()
    name = drop(centre, range(15), NEXT)
    centre.night(NEXT)
    reason = dict(held(centre))[name]
    assert reason.startswith(f"list_shrank: it has 15 rows, lines_{DAY}.csv had 34")
    assert 'headset night --accept "why"' in reason


def test_an_acceptance_takes_the_list_in_once_and_the_next_is_compared_with_it(
    centre: Centre,
) -> None:
    drop(centre, range(100), DAY)
    centre.night()
    drop(centre, range(40), NEXT)
    centre.night(NEXT)
    with warehouse(centre.home) as con:
        assert release_lists(con, "two lines of business ended") == [
            f"company.lines: lines_{NEXT}.csv"
        ]
    centre.night(NEXT)
    assert (known(centre), held(centre)) == (40, [])
    later = NEXT + timedelta(days=1)
    name = drop(centre, range(10), later)
    centre.night(later)
    assert (known(centre), [one for one, _ in held(centre)]) == (40, [name])


def test_a_whole_list_after_a_shrunken_one_is_taken(centre: Centre) -> None:
    drop(centre, range(100), DAY)
    centre.night()
    drop(centre, range(50), NEXT)
    centre.drop(f"lines_{NEXT + timedelta(days=1)}.csv", lines(range(101)), "company")
    centre.night(NEXT + timedelta(days=1))
    assert known(centre) == 101


def test_two_lists_in_one_night_stand_on_the_newest_good_one(centre: Centre) -> None:
    drop(centre, range(100), DAY)
    centre.night()
    drop(centre, range(98), NEXT)
    drop(centre, range(30), NEXT + timedelta(days=1))
    centre.night(NEXT + timedelta(days=1))
    assert known(centre) == 98


def test_rows_that_are_no_rows_any_more_count_as_lost(centre: Centre) -> None:
    """The rows are there, but none can be read: that is no empty list."""
    drop(centre, range(9), DAY)
    centre.night()
    name = f"lines_{NEXT}.csv"
    centre.drop(name, lines(range(9)).replace("2026-01-01", "1.1.26"), "company")
    centre.night(NEXT)
    assert known(centre) == 9
    assert name in dict(held(centre))
