"""Invented exports as people have them: what `headset source new` is tried on."""

import json
from pathlib import Path

import duckdb

from ingest.read.readers import load_excel

CALLOG = "anrufe_2026-03-10.csv"
BOARD = "Calls March 2026.xlsx"
HELPDESK = "tickets_2026-03-10.ndjson"


def german_call_log(folder: Path) -> Path:
    """Semicolons, an umlaut of a code page, dd.mm.yyyy, decimal commas, 12 calls, a sum."""
    lines = [
        "Anrufliste März 2026;;;;;;;;",
        "",
        "Anruf-Nr;Datum;Uhrzeit;Warteschlange;Mitarbeiter;Rufnummer;Wartezeit (Min);"
        "Gesprächsdauer;Angenommen",
    ]
    for n in range(12):
        answered = n % 4 != 3
        lines.append(
            f"{1001 + n};{9 + n % 2:02}.03.2026;{8 + n:02}:15:00;Störung;"
            f"{f'M{n % 3}' if answered else '-'};0301234{n:04};{n % 3},5;"
            f"{f'00:0{1 + n % 5}:30' if answered else ''};{'Ja' if answered else 'Nein'}"
        )
    lines.append("Summe;;;;;;11,0;;")
    path = folder / CALLOG
    path.write_bytes("\r\n".join(lines).encode("cp1252"))
    return path


def call_workbook(folder: Path) -> Path:
    """A title above, a total below, day numbers for dates, fractions of a day for durations."""
    path = folder / BOARD
    rows = [
        ("Call report", None, None, None, None, None, None),
        (None, None, None, None, None, None, None),
        ("Call ID", "Agent Name", "Start", "Queue", "Talk Time", "Status", "Satisfaction rating"),
    ]
    for n in range(10):
        lost = n in (4, 9)
        rows.append(
            (
                f"C-{n:03}",
                None if lost else ("Ann", "Bob")[n % 2],
                str(46091.375 + n / 8),
                "Sales",
                None if lost else str(90.0 / 86400 * (1 + n % 3)),
                "Abandoned" if lost else "Answered",
                None if lost or n % 3 else str(1 + n % 5),
            )
        )
    rows.append(("Total", None, None, None, "0.01", None, None))
    with duckdb.connect() as con:
        load_excel(con)
        con.execute("create table sheet (a text, b text, c text, d text, e text, f text, g text)")
        con.executemany("insert into sheet values (?, ?, ?, ?, ?, ?, ?)", rows)
        con.execute(
            "copy (select a, b, coalesce(try_cast(c as double)::varchar, c) as c, d, e, f, g "
            f"from sheet) to '{path}' (format xlsx, header false)"
        )
    return path


def ticket_export(folder: Path) -> Path:
    """One JSON object a line: instants with offsets, nested people, free text, a birth date."""
    path = folder / HELPDESK
    lines = []
    for n in range(8):
        solved = n % 2 == 0
        lines.append(
            json.dumps(
                {
                    "ticket_id": 500 + n,
                    "created_at": f"2026-03-0{1 + n}T10:00:00+01:00",
                    "solved_at": f"2026-03-0{1 + n}T18:30:00+01:00" if solved else None,
                    "status": "solved" if solved else ("open", "pending")[n // 2 % 2],
                    "priority": ("low", "normal", "high", "urgent")[n % 4],
                    "requester": {"email": f"person{n % 5}@example.org", "name": "Jo Doe"},
                    "assignee_id": f"a{n % 2}",
                    "subject": "It does not work",
                    "date_of_birth": "1990-01-01",
                    "tags": ["web"],
                }
            )
        )
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path
