"""Tables as people export them: titles above, totals below, commas for points, words for yes."""

import duckdb
import pytest

from ingest.contracts.read_as import read_as_sql
from ingest.read.readers import load_excel
from tests.unit.ingest.calls import CALLS, DAY, Centre

GERMAN = (
    CALLS.replace(
        "format: csv}",
        "format: csv, delimiter: ';', encoding: cp1252, skip_lines: 2, "
        "not_records: ['(?i)summe\\s*\"?\\s*(;|$)']}",
    )
    .replace("name: line,", "name: line, from: Durchwahl,")
    .replace("name: call_id,", "name: call_id, from: 'Anruf-Nr',")
    .replace("name: started_at,", "name: started_at, from: Beginn, format: '%d.%m.%y %H:%M',")
    .replace("name: ended_at,", "name: ended_at, from: Ende, format: '%d.%m.%y %H:%M',")
    .replace(
        "name: wait_s,", "name: wait_s, from: Warten, read_as: [decimal_comma, whole_seconds],"
    )
)
LINES = [
    "Anrufe der Woche;;;;;",
    "",
    "Anruf-Nr;Durchwahl;ani;Beginn;Ende;Warten",
    'a;100;;10.03.26 09:00;10.03.26 09:01;"1.234,4"',
    ";;;;;",
    "",
    "b;100;;10.03.26 09:00;10.03.26 09:01;5",
    "Summe;;;;;1.239,4",
]


SITES = "".join(
    f"{line}\n"
    for line in (
        "site_id,time_zone,valid_from,valid_to",
        "north,Europe/Madrid,2026-01-01,",
        "south,Europe/Madrid,2026-01-01,",
    )
)


def test_titles_blank_lines_and_totals_are_no_rows_and_are_told(centre: Centre) -> None:
    centre.contract(GERMAN)
    centre.drop(f"calls_north_{DAY}.csv", "\n".join(LINES).encode("cp1252"))
    outcome = centre.night()
    assert (outcome.landed_n, outcome.quarantined_n, outcome.loaded_n) == (2, 0, 2)
    assert centre.ask("select call_id, wait_s from raw.acme__calls order by 1") == [
        ("a", 1234),
        ("b", 5),
    ]
    ((reason,),) = centre.ask("select reason from ledger.file where feed = 'calls'")
    assert reason == "3 lines that are no records by the contract"


def test_a_total_inside_a_quoted_field_stays_and_a_file_without_the_rule_keeps_totals_apart(
    centre: Centre,
) -> None:
    centre.contract(GERMAN)
    inside = 'c;"100\nSumme;x";;10.03.26 09:00;10.03.26 09:01;5'
    centre.drop(f"calls_north_{DAY}.csv", "\n".join([*LINES[:4], inside]).encode("cp1252"))
    assert centre.night().loaded_n == 2
    centre.contract(GERMAN.replace(", not_records: ['(?i)summe\\s*\"?\\s*(;|$)']", ""))
    centre.drop("sites_2026-01-02.csv", SITES, "company")
    centre.drop(f"calls_south_{DAY}.csv", "\n".join([*LINES[:4], LINES[-1]]).encode("cp1252"))
    centre.night()
    assert centre.quarantined() == [(2, "started_at", "required")]


def test_a_workbook_is_read_past_its_titles_and_its_empty_rows(centre: Centre) -> None:
    centre.contract(
        CALLS.replace("csv[.gz]", "xlsx")
        .replace("format: csv", "format: xlsx, skip_lines: 2, not_records: ['Total']")
        .replace("name: started_at,", "name: started_at, read_as: excel_date,")
    )
    path = centre.home.landing / "acme" / f"calls_north_{DAY}.xlsx"
    path.parent.mkdir(parents=True, exist_ok=True)
    with duckdb.connect() as con:
        load_excel(con)
        con.execute(
            "copy (select * from (values ('Calls of the week', null, null, null, null), "
            "(null, null, null, null, null), ('call_id', 'line', 'ani', 'started_at', 'wait_s'), "
            "('a', '100', null, '46091.375', '5'), (null, null, null, null, null), "
            "('b', '100', null, '46091.375', '6'), ('Total', null, null, null, '11'))) "
            f"to '{path}' (format xlsx, header false)"
        )
    outcome = centre.night()
    assert (outcome.landed_n, outcome.loaded_n) == (2, 2)
    assert centre.ask(
        "select call_id, started_at::varchar, wait_s from raw.acme__calls order by 1"
    ) == [("a", "2026-03-10 08:00:00", 5), ("b", "2026-03-10 08:00:00", 6)]


def test_a_year_of_two_figures_is_read_where_it_is_expected_and_refused_elsewhere(
    centre: Centre,
) -> None:
    centre.drop("sites_2026-01-02.csv", SITES, "company")
    days = ("10.03.26", "10.03.2026")
    either = "name: started_at, format: ['%d.%m.%Y %H:%M', '%d.%m.%y %H:%M'],"
    for name, formats in (
        ("north", either),
        ("south", "name: started_at, format: '%d.%m.%Y %H:%M',"),
    ):
        centre.contract(CALLS.replace("name: started_at,", formats))
        header = "call_id,line,ani,started_at,ended_at,wait_s"
        rows = [f"{name}{n},100,,{day} 09:00,,5" for n, day in enumerate(days)]
        centre.drop(f"calls_{name}_{DAY}.csv", "\n".join([header, *rows]) + "\n")
        centre.night()
    assert centre.ask("select call_id, year(started_at) from raw.acme__calls order by 1") == [
        ("north0", 2026), ("north1", 2026), ("south1", 2026)
    ]  # fmt: skip
    assert centre.quarantined() == [(1, "started_at", "type")]


def test_words_for_yes_and_no_are_the_contracts(centre: Centre) -> None:
    centre.contract(
        CALLS.replace(
            "rules:",
            "  - {name: done, type: boolean, true_values: [Ja], false_values: [Nein], "
            'description: "Done."}\nrules:',
        )
    )
    start = f"{DAY}T09:00:00+01:00"
    rows = [f"{n},100,,{start},{start},5,{word}" for n, word in enumerate(("ja", "NEIN", "yes"))]
    header = "call_id,line,ani,started_at,ended_at,wait_s,done"
    centre.drop(f"calls_north_{DAY}.csv", "\n".join([header, *rows]) + "\n")
    centre.night()
    assert centre.ask("select done from raw.acme__calls order by call_id") == [(True,), (False,)]
    assert centre.quarantined() == [(3, "done", "type")]


@pytest.mark.parametrize(
    ("names", "text", "read"),
    [
        (["decimal_comma"], "1.234,56", "1234.56"),
        (["decimal_comma"], "1\u202f234,5", "1234.5"),
        (["decimal_comma"], "12,5 EUR", "12,5 EUR"),
        (["decimal_point"], "1,234.5", "1234.5"),
        (["decimal_point"], "1'234.5", "1234.5"),
        (["percent", "decimal_comma"], "12,5 %", "12.5"),
        (["decimal_comma", "minutes_to_seconds"], "1,5", "90"),
        (["hours_to_seconds"], "0.5", "1800"),
        (["hours_minutes_to_seconds"], "1:30", "5400"),
        (["clock_to_seconds"], "25:00:00", "90000"),
        (["clock_to_seconds"], "0:01:02.6", "63"),
        (["words_to_seconds"], "1h 23m 45s", "5025"),
        (["words_to_seconds"], "1 Std. 2 Min.", "3720"),
        (["words_to_seconds"], "2 godz. 5 min", "7500"),
        (["words_to_seconds"], "soon", "soon"),
        (["excel_date"], "46082.375", "2026-03-01 09:00:00"),
        (["excel_date"], "1.3.2026", "1.3.2026"),
    ],
)
def test_a_spelling_is_read_or_passes_unchanged(names: list[str], text: str, read: str) -> None:
    with duckdb.connect() as con:
        assert con.execute(f"select {read_as_sql(names, '$1::varchar')}", [text]).fetchall() == [
            (read,)
        ]
