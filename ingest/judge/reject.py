"""Refusing whole files, with a reason that says what to do.

Belongs here: what makes a file as a whole unfit (two corrections that disagree, a changed type,
a wrong time zone). Does not: single rows; `judge.py` does those.
"""

import duckdb

from ingest.contracts.contract import Contract

# Above this share of one and the same fault a file is not what the contract describes.
CHANGED_TYPE_SHARE = 0.5
WRONG_ZONE_SHARE = 0.05
SMALLEST_FILE_ROWS = 10


def whole_file(
    con: duckdb.DuckDBPyConnection,
    file_id: int,
    landed_n: int,
    rule: str,
    reason: str,
    batch_id: int,
) -> None:
    """Close the account of a refused file: all that landed is in quarantine, in one entry."""
    con.execute(
        "insert into ledger.quarantine select nextval('ledger.quarantine_ids'), file_id, system, "
        "feed, file_name, null, ?, null, null, ?, ?, null, ?, now()::timestamp "
        "from ledger.file where file_id = ?",
        [landed_n, rule, reason, batch_id, file_id],
    )
    con.execute(
        "update ledger.file set landed_n = ?, verdict = ?, reason = ? where file_id = ?",
        [landed_n, "empty" if rule == "empty" else "rejected", f"{rule}: {reason}", file_id],
    )


def known_slots(con: duckdb.DuckDBPyConnection, contract: Contract) -> dict[int, str | None]:
    """Files of the group whose slot and revision an earlier file holds.

    Gives None for the same bytes (nothing changes; the file is marked so), else the reason to
    refuse the file. Where the file name says no date, other bytes are simply other rows.
    """
    dated = "{extract_date" in contract.pattern.text
    rows = con.execute(
        "select n.file_id, o.file_name, o.checksum = n.checksum, n.revision, n.extract_date "
        "from ledger.file as n join ledger.file as o on o.system = n.system and o.feed = n.feed "
        "and o.instance = n.instance "
        "and o.captures = n.captures and o.file_id < n.file_id and o.file_name <> n.file_name "
        "and (o.extract_date = n.extract_date or ?) and o.revision = n.revision "
        "and o.verdict in ('loaded', 'replaced', 'remap', 'loading') "
        "where n.file_id in (select file_id from group_file) "
        "order by n.file_id, o.checksum <> n.checksum, o.file_id",
        [not dated],
    ).fetchall()
    out: dict[int, str | None] = {}
    for file_id, other, same, revision, day in rows:
        if file_id in out:
            continue
        if same:
            con.execute(
                "update ledger.file set verdict = 'unchanged', reason = ? where file_id = ?",
                [f"the same bytes as {other}; nothing changes", file_id],
            )
            out[file_id] = None
        elif dated and contract.replaces == "file":
            out[file_id] = (
                f"{other} is already revision {revision} for {day} with other content; "
                f"send the right one as revision {revision + 1}"
            )
    return out


def bad_files(con: duckdb.DuckDBPyConnection, contract: Contract, batch_id: int) -> None:
    """Refuse files of `judged` in which one fault is the rule, not the exception."""
    for file_id, rows_n, reason, rule in con.execute(_BAD_FILES).fetchall():
        whole_file(con, file_id, rows_n, rule, reason, batch_id)
        for table in ("judged", "faulty", "malformed"):
            con.execute(f"delete from {table} where _file_id = ?", [file_id])


_BAD_FILES = f"""
with total as (
    select _file_id, sum(n) as rows_n from (
        select _file_id, count(*) as n from judged group by 1
        union all select _file_id, sum(rows_n) from malformed group by 1) group by 1
),
fault as (
    select _file_id, _rule, _column, count(*) as n, min(_row_number) as first_row,
        arg_min(_reason, _row_number) as first_reason
    from faulty where _rule in ('type', 'required', 'outside_extract_window')
    group by 1, 2, 3
)
select f._file_id, t.rows_n,
    case when f._rule = 'outside_extract_window'
        then f.n || ' of ' || t.rows_n || ' rows lie outside the extract date (first: row '
            || f.first_row || ', ' || f.first_reason
            || '); is the time zone of the contract or of the sender wrong?'
        else f.n || ' of ' || t.rows_n || ' rows have the same fault (first: row ' || f.first_row
            || ', ' || f.first_reason || '); has the sender changed the type of ' || f._column
            || '? Mend the contract, or ask for the file again' end as reason,
    case f._rule when 'outside_extract_window' then 'wrong_time_zone'
        else 'changed_type' end as rule
from fault as f join total as t using (_file_id)
where t.rows_n >= {SMALLEST_FILE_ROWS}
    and f.n > t.rows_n * case f._rule when 'outside_extract_window'
        then {WRONG_ZONE_SHARE} else {CHANGED_TYPE_SHARE} end
qualify row_number() over (partition by f._file_id order by f.n desc) = 1
order by f._file_id
"""
