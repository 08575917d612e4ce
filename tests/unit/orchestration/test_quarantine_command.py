"""An entry of the quarantine says where it stands and what is wrong, at every width of terminal."""

import io

import pytest
from rich.console import Console

from orchestration.commands.quarantine import print_entries

ENTRY = {
    "feed": "phonedesk.calls",
    "file_name": "calls_of_the_northern_site_with_a_long_name_2026-10-20.r2.csv.gz",
    "row_number": 12345,
    "rows_n": 1,
    "column_name": "first_contact_started_at",
    "value_shape": "31.02.2026 25:61",
    "rule": "nonexistent_local_time",
    "reason": "column first_contact_started_at: 31.02.2026 25:61 is no timestamp",
}


def shown(width: int, *entries: dict[str, object]) -> list[str]:
    text = io.StringIO()
    print_entries(Console(file=text, width=width), entries)
    return text.getvalue().splitlines()


@pytest.mark.parametrize("width", [80, 120])
def test_file_row_column_value_and_rule_are_all_there(width: int) -> None:
    lines = shown(width, ENTRY)
    assert max(map(len, lines)) <= width
    text = "".join(line.rstrip() for line in lines)
    for name in ("file_name", "column_name", "value_shape", "rule"):
        assert str(ENTRY[name]) in text
    assert "row 12,345" in " ".join(" ".join(lines).split())


def test_an_entry_of_a_whole_file_says_so_and_how_many_rows_it_holds() -> None:
    whole = ENTRY | {"row_number": None, "rows_n": 812, "column_name": None, "value_shape": None}
    (first, *_), *_ = [shown(120, whole)]
    assert first.endswith("the whole file  812 rows")
