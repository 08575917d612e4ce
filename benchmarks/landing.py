"""A day of telephony at any scale: the simulator's files of one day, many times over.

Belongs here: files. Does not: what is measured on them. Every copy has other contacts, agents and
callers, so keys stay keys; sites, clients and queues stay as many as they are, so files get larger
as those of a larger centre do. Rows with a planted defect are left out: a plain script has nowhere
to put them, and both ways must come to the same totals.
"""

import json
from datetime import date, timedelta
from pathlib import Path

import duckdb

FEEDS = {"contacts": "csv", "contact_legs": "csv", "agent_activity": "ndjson"}
_LINES = (
    "select row_number() over () - 1 as n, line from read_csv(?, auto_detect = false, "
    "header = false, delim = '\x01', quote = '', escape = '', columns = {'line': 'varchar'}, "
    "parallel = false)"
)


def multiplied(source: Path, target: Path, model: date, day: date, copies: int) -> dict[str, int]:
    """Write the telephony of `model` into `target` as `day`'s, `copies` times; rows by feed."""
    manifest = json.loads((source.parent / "simulator" / "manifest.json").read_text())
    bad: dict[str, list[int]] = {}
    for defect in manifest["defects"]:
        bad.setdefault(defect["file"], []).extend(defect["rows"])
    (target / "sim").mkdir(parents=True, exist_ok=True)
    rows = {}
    with duckdb.connect() as con:
        for feed, form in FEEDS.items():
            paths = sorted((source / "sim").glob(f"{feed}_*_{model}.{form}.gz"))
            rows[feed] = sum(
                _multiply(con, path, target, model, day, copies, bad.get(f"sim/{path.name}", []))
                for path in paths
            )
    return rows


def _multiply(
    con: duckdb.DuckDBPyConnection,
    path: Path,
    target: Path,
    model: date,
    day: date,
    copies: int,
    bad: list[int],
) -> int:
    headed = ".csv" in path.name
    con.execute(f"create or replace temp table landed as {_LINES}", [str(path)])
    con.execute("delete from landed where n + ? in (select unnest(?))", [int(not headed), bad])
    out = target / "sim" / path.name.replace(str(model), str(day))
    header = "select line from landed where n = 0 union all " if headed else ""
    first = 1 if headed else 0
    written = con.execute(
        f"copy ({header}select {_renamed(path.name, model, day)} from landed, "
        f"range({copies}) as c(copy_n) where n >= {first}) to '{out}' (format csv, header false, "
        "quote '', escape '', delimiter '\x01', compression gzip)"
    ).fetchall()
    return int(written[0][0]) - first


def _renamed(name: str, model: date, day: date) -> str:
    """SQL: a line with the copy's own contact, agent and caller, on another day."""
    line = "line"
    if name.startswith("agent_activity"):
        line = _sub(line, r'"agent":"(\w+)"', r'"agent":"\1~#"')
    elif name.startswith("contact_legs"):
        # contact_id,leg_no,queue,agent,...
        line = _sub(line, r"^([^,]+),(\d+),(\w*),(\w+),", r"\1~#,\2,\3,\4~#,")
        line = _sub(line, r"^([^,~]+),(\d+),(\w*),,", r"\1~#,\2,\3,,")
    else:
        # contact_id,site,channel,direction,ani,...; parent_contact_id stands between two commas.
        line = _sub(line, r"^([^,]+),", r"\1~#,")
        line = _sub(line, r",([A-Z]{3}-\d{6}-\d+),", r",\1~#,")
        line = _sub(line, r"^((?:[^,]*,){4}[^,]*)\d{3}(\d[^,\d]*),", r"\1^\2,")
        line = f"replace({line}, '^', lpad((copy_n % 1000)::varchar, 3, '0'))"
    line = f"replace({line}, '~#', case copy_n when 0 then '' else 'x' || copy_n end)"
    for days in (0, 1):
        line = f"replace({line}, '{model + timedelta(days)}', '@{days}@')"
    for days in (0, 1):
        line = f"replace({line}, '@{days}@', '{day + timedelta(days)}')"
    return f"replace({line}, '-{model:%y%m%d}-', '-{day:%y%m%d}-')"


def _sub(text: str, pattern: str, by: str) -> str:
    return f"regexp_replace({text}, '{pattern}', '{by}')"


def crosswalk(source: Path, target: Path, day: date, copies: int) -> int:
    """The company's list of agents with everybody's copies; how many rows."""
    (target / "company").mkdir(parents=True, exist_ok=True)
    (path,) = (source / "company").glob("agents_*.csv")
    suffix = "case copy_n when 0 then '' else 'x' || copy_n end"
    with duckdb.connect() as con:
        written = con.execute(
            f"copy (select system, agent_code || {suffix} as agent_code, "
            f"agent_id || {suffix} as agent_id, site_id, valid_from, valid_to "
            f"from read_csv('{path}', all_varchar = true), range({copies}) as c(copy_n) "
            f"where copy_n = 0 or system = 'sim') "
            f"to '{target / 'company' / f'agents_{day}.csv'}' (format csv, header)"
        ).fetchall()
    return int(written[0][0])
