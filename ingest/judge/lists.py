"""Full lists that shrink: the last good list stays until a person says that the new one is right.

A list of agents that was copied half is a file like any other, and would take everybody else out.
Belongs here: that judgement, for one group of files. Does not: what `--accept` releases (ledger).
"""

import duckdb

from ground.sql import literal
from ingest.contracts.contract import Contract
from ingest.judge import reject

# More people or codes than this do not leave between two lists; single ones always may.
LIST_FALL, LIST_LOST = 0.2, 3
RULE = "list_shrank"


def hold_shrunken(con: duckdb.DuckDBPyConnection, contract: Contract, batch_id: int) -> None:
    """Refuse the newest list of each account where it lost too much against the last good one.

    Reads `judged`, `slot` and `group_file`; a list that a person has released is not looked at.
    """
    if not contract.is_list:
        return
    fall = contract.volume.fall or LIST_FALL
    passed: set[tuple[str, str]] = set()
    for file_id, instance, captures, rows_n, landed_n, last_name, last_n in con.execute(
        _NEWEST_FIRST.format(system=literal(contract.system), feed=literal(contract.feed))
    ).fetchall():
        slot = (instance, captures)
        if slot in passed:
            continue
        lost = (last_n or 0) - rows_n
        if lost <= LIST_LOST or lost <= fall * last_n:
            passed.add(slot)
            continue
        reason = (
            f"it has {rows_n:,} rows, {last_name} had {last_n:,}: a full list may lose at most "
            f"{fall:.0%} at once. The list before stays. Send the whole list; or, if so many have "
            f'really gone, `headset night --accept "why"` takes this one in'
        )
        reject.whole_file(con, file_id, landed_n, RULE, reason, batch_id)
        for table in ("judged", "faulty", "malformed"):
            con.execute(f"delete from {table} where _file_id = ?", [file_id])


_NEWEST_FIRST = """
with good as (
    select _file_id, count(*) filter (where _fault = 0 and not _is_repeat) as rows_n,
        count(*) as judged_n from judged group by 1),
malformed_n as (select _file_id, sum(rows_n) as n from malformed group by 1),
known as (
    select file_id, file_name, instance, captures, extract_date, revision,
        landed_n - quarantined_n as rows_n from ledger.file
    where system = {system} and feed = {feed} and verdict in ('loaded', 'replaced', 'remap')),
own as (
    select f.file_id, f.instance, f.captures, f.extract_date, f.revision,
        coalesce(g.rows_n, 0) as rows_n,
        coalesce(g.judged_n, 0) + coalesce(m.n, 0) as landed_n
    from ledger.file as f
    join group_file as w using (file_id)
    left join good as g on g._file_id = f.file_id
    left join malformed_n as m on m._file_id = f.file_id
    where f.verdict = 'loading' and not w.is_released
        and f.file_id in (select file_id from reading)),
held_against as (
    select o.*, k.file_name as last_name, k.rows_n as last_n
    from own as o left join known as k
        on k.instance = o.instance and k.captures = o.captures and k.file_id <> o.file_id
    qualify row_number() over (
        partition by o.file_id order by k.extract_date desc, k.revision desc, k.file_id desc) = 1)
select file_id, instance, captures, rows_n, landed_n, last_name, last_n from held_against as h
where landed_n > 0 and not exists (
    select 1 from known as k where k.instance = h.instance and k.captures = h.captures
        and (k.extract_date, k.revision) > (h.extract_date, h.revision))
order by extract_date desc, revision desc, file_id desc
"""
