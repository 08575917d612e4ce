"""Which version of a row counts: corrections, repeats, replaced files, and what they touch.

Every version stays in raw; `_is_current` says which one counts, and it is worked out from the
files' slots and keys alone, never from the order in which they arrived. Belongs here: that, and
the dates that models must build again. Does not: reading, judging.
"""

import duckdb

from ground.sql import ident, idents, literal
from ingest.contracts.contract import Contract
from ingest.judge.faults import REPEATED
from ingest.ledger.ledger import OPEN_QUARANTINE

_WHO_WINS = "f.extract_date desc, f.revision desc, f.file_id desc"


def find_duplicates(con: duckdb.DuckDBPyConnection, contract: Contract) -> None:
    """Mark repeats of a key inside one file of `judged`.

    Identical rows, or rows that `latest_by` can order, are repeats of one; rows that differ
    with nothing to choose by are all faults, since nobody can say which of them is true.
    """
    if not contract.key:
        return
    keys = idents(contract.key)
    names = [column.name for column in contract.columns]
    # Hashes are counted first: a third of the work, and most files repeat nothing.
    hashed = f"hash(_file_id, {keys})"
    con.execute(
        f"create or replace temp table repeated_hash as select h from (select {hashed} as h "
        f"from judged where _fault = 0) group by h having count(*) > 1"
    )
    if not con.execute("select 1 from repeated_hash limit 1").fetchone():
        return
    con.execute(
        f"create or replace temp table repeated as select _file_id, {keys}, count(*) as n "
        f"from judged where _fault = 0 and {hashed} in (select h from repeated_hash) "
        f"group by all having count(*) > 1"
    )
    same_key = " and ".join(
        f"j.{ident(key)} is not distinct from d.{ident(key)}" for key in ("_file_id", *contract.key)
    )
    best = f"j.{ident(contract.latest_by)} desc nulls last, " if contract.latest_by else ""
    con.execute(
        f"create or replace temp table repeat_row as select j._file_id, j._row_number, d.n, "
        f"row_number() over (partition by j._file_id, {idents(contract.key, 'j.')} "
        f"order by {best}j._row_number) as place, "
        f"count(distinct ({idents(names, 'j.')})) over "
        f"(partition by j._file_id, {idents(contract.key, 'j.')}) as versions_n "
        f"from judged as j join repeated as d on {same_key} where j._fault = 0"
    )
    at = "r._file_id = judged._file_id and r._row_number = judged._row_number"
    if not contract.latest_by:
        con.execute(
            f"update judged set _fault = {REPEATED} from repeat_row as r where {at} "
            f"and r.versions_n > 1"
        )
    con.execute(
        f"update judged set _is_repeat = true from repeat_row as r "
        f"where {at} and r.place > 1 and judged._fault = 0"
    )


def settle(con: duckdb.DuckDBPyConnection, contract: Contract, batch_id: int) -> None:
    """Decide verdicts and current rows for the files of `group_file`, and close their accounts."""
    con.execute("create or replace temp table flip_date (event_date date)")
    con.execute("create or replace temp table flip_file (file_id bigint)")
    con.execute("insert into flip_file select file_id from group_file")
    _first_verdicts(con)
    _close_unchanged(con)
    _rank_files(con, contract)
    if contract.key:
        _rank_keys(con, contract)
    _note_touched(con, contract, batch_id)
    close_accounts(con, contract, "flip_file")


def _first_verdicts(con: duckdb.DuckDBPyConnection) -> None:
    con.execute(
        "update ledger.file set finished_at = now()::timestamp, "
        "verdict = case when verdict <> 'loading' then verdict "
        "when landed_n = 0 then 'empty' else 'loaded' end, "
        "reason = case when verdict = 'loading' and landed_n = 0 "
        "then 'empty: a header and no rows; it replaces nothing' else reason end "
        "where file_id in (select file_id from group_file)"
    )


def _close_unchanged(con: duckdb.DuckDBPyConnection) -> None:
    """The account of bytes that were in already: what landed is outdone by what was there."""
    con.execute(
        "update ledger.file set landed_n = o.landed_n, superseded_n = o.landed_n, loaded_n = 0 "
        "from ledger.file as o where ledger.file.verdict = 'unchanged' "
        "and ledger.file.file_id in (select file_id from group_file) "
        "and o.checksum = ledger.file.checksum and o.system = ledger.file.system "
        "and o.instance = ledger.file.instance "
        "and o.feed = ledger.file.feed and o.verdict in ('loaded', 'replaced', 'remap')"
    )


def _rank_files(con: duckdb.DuckDBPyConnection, contract: Contract) -> None:
    """Replaced files lose their rows' currency; files whose replacement is gone get it back."""
    if contract.delivery == "full":
        slot = "f.instance, f.captures"
    elif contract.replaces == "file":
        slot = "f.instance, f.captures, f.extract_date"
    else:
        slot = "f.file_name"
    con.execute(
        f"create or replace temp table file_rank as select f.file_id, f.verdict, "
        f"first(f.file_name) over w as winner, row_number() over w as place "
        f"from ledger.file as f where f.system = {literal(contract.system)} "
        f"and f.feed = {literal(contract.feed)} and f.verdict in ('loaded', 'remap', 'replaced') "
        f"window w as (partition by {slot} order by {_WHO_WINS})"
    )
    con.execute(
        "create or replace temp table file_flip as select *, place = 1 as wins from file_rank "
        "where (place = 1) <> (verdict <> 'replaced')"
    )
    table = f"raw.{ident(contract.raw_table)}"
    con.execute("insert into flip_file select file_id from file_flip")
    con.execute(
        f"insert into flip_date select distinct _event_date from {table} "
        f"where _file_id in (select file_id from file_flip)"
    )
    con.execute(
        f"update {table} set _is_current = f.wins{_and_holds(contract)} "
        f"from file_flip as f where f.file_id = _file_id"
    )
    con.execute(
        "update ledger.file set verdict = case when f.wins then 'loaded' else 'replaced' end, "
        "reason = case when not f.wins then 'replaced by ' || f.winner end "
        "from file_flip as f where f.file_id = ledger.file.file_id"
    )
    con.execute(
        f"insert into ledger.quarantine_closed select q.quarantine_id, now()::timestamp, "
        f"'replaced', null from ({OPEN_QUARANTINE}) as q join file_flip as f using (file_id) "
        f"where not f.wins"
    )
    con.execute(
        "delete from ledger.quarantine_closed where how = 'replaced' and quarantine_id in "
        "(select q.quarantine_id from ledger.quarantine as q join file_flip as f using (file_id) "
        "where f.wins)"
    )


def holds_sql(contract: Contract) -> str:
    """SQL over columns of the feed: the row is one, and not the word that its key is gone."""
    return f"not coalesce(({contract.deletes}), false)" if contract.deletes else "true"


def _and_holds(contract: Contract) -> str:
    return f" and {holds_sql(contract)}" if contract.deletes else ""


def _rank_keys(con: duckdb.DuckDBPyConnection, contract: Contract) -> None:
    """Where one key stands in several counting files, the newest delivery's row counts."""
    table = f"raw.{ident(contract.raw_table)}"
    bounds = con.execute(
        f"select min(_event_date) - {contract.within_days}, "
        f"max(_event_date) + {contract.within_days} from {table} "
        f"where _file_id in (select file_id from flip_file)"
    ).fetchone()
    near = "f.verdict in ('loaded', 'remap')"
    if bounds and bounds[0] is not None:
        near += f" and r._event_date between {literal(bounds[0])} and {literal(bounds[1])}"
    counting = f"from {table} as r join ledger.file as f on f.file_id = r._file_id where {near}"
    # A part of a key may be empty; empty equals empty, in hashes as in windows.
    key = idents(["_instance", *contract.key], "r.")
    hashed = f"hash({key})"
    con.execute(
        f"create or replace temp table contested as select h from (select {hashed} as h "
        f"{counting}) semi join (select {hashed} as h from {table} as r "
        f"where r._file_id in (select file_id from flip_file)) as changed using (h) "
        f"group by h having count(*) > 1"
    )
    if not con.execute("select 1 from contested limit 1").fetchone():
        return
    best = f"r.{ident(contract.latest_by)} desc nulls last, " if contract.latest_by else ""
    con.execute(
        f"create or replace temp table key_flip as with version as ("
        f"select {holds_sql(contract)} as holds, "
        f"r._file_id, r._row_number, r._event_date, r._is_current, "
        f"count(*) over (partition by {key}) as versions_n, "
        f"row_number() over (partition by {key} "
        f"order by {best}{_WHO_WINS}, r._row_number) as place "
        f"{counting} and {hashed} in (select h from contested)) "
        f"select _file_id, _row_number, _event_date, place = 1 and holds as wins from version "
        f"where versions_n > 1 and (place = 1 and holds) <> _is_current"
    )
    con.execute("insert into flip_file select distinct _file_id from key_flip")
    con.execute("insert into flip_date select distinct _event_date from key_flip")
    con.execute(
        f"update {table} set _is_current = k.wins from key_flip as k "
        f"where k._file_id = {table}._file_id and k._row_number = {table}._row_number"
    )


def _note_touched(con: duckdb.DuckDBPyConnection, contract: Contract, batch_id: int) -> None:
    con.execute(
        f"insert into flip_date select distinct _event_date from raw.{ident(contract.raw_table)} "
        f"where _file_id in (select file_id from group_file) and _is_current"
    )
    touch(con, contract, "select event_date from flip_date", batch_id)


def touch(con: duckdb.DuckDBPyConnection, contract: Contract, dates: str, batch_id: int) -> None:
    """Record that the models must build the dates that the query `dates` gives (once a batch).

    Where rows of the canonical feed are put together from events, an event touches the dates
    around its own as well (`touches` of the contract).
    """
    before, after = contract.touches_days
    near = (
        f"(select unnest(range({-before}, {after + 1}))::integer as days) as n, "
        if before or after
        else ""
    )
    day = "cast(w.event_date + n.days as date)" if near else "w.event_date"
    for feed in contract.fills:
        con.execute(
            f"insert into raw.touched (feed, system, event_date, batch_id) "
            f"select distinct {literal(feed)}, {literal(contract.system)}, "
            f"d.event_date, {batch_id} from (select {day} as event_date from {near}"
            f"({dates}) as w) as d where d.event_date is not null "
            f"and not exists (select 1 from raw.touched as t where t.feed = {literal(feed)} "
            f"and t.system = {literal(contract.system)} and t.batch_id = {batch_id} "
            f"and t.event_date = d.event_date)"
        )


def close_accounts(con: duckdb.DuckDBPyConnection, contract: Contract, files: str) -> None:
    """Count again, from the rows themselves, the accounts of the files in temp table `files`."""
    con.execute(
        f"update ledger.file set loaded_n = coalesce(c.loaded_n, 0), "
        f"superseded_n = coalesce(c.kept_n, 0) + coalesce(c.closed_n, 0), "
        f"quarantined_n = coalesce(c.open_n, 0) from ("
        f"select w.file_id, r.loaded_n, r.kept_n, q.open_n, x.closed_n from "
        f"(select distinct file_id from {files}) as w "
        f"left join (select _file_id as file_id, count(*) filter (where _is_current) as loaded_n, "
        f"count(*) filter (where not _is_current) as kept_n "
        f"from raw.{ident(contract.raw_table)} where _file_id in (select file_id from {files}) "
        f"group by 1) as r using (file_id) "
        f"left join (select file_id, sum(rows_n) as open_n from ({OPEN_QUARANTINE}) group by 1) "
        f"as q using (file_id) "
        f"left join (select file_id, sum(rows_n) as closed_n from ledger.quarantine "
        f"join ledger.quarantine_closed using (quarantine_id) where how = 'replaced' group by 1) "
        f"as x using (file_id)) as c "
        f"where c.file_id = ledger.file.file_id and ledger.file.verdict <> 'unchanged'"
    )


def forget(con: duckdb.DuckDBPyConnection, contract: Contract, file_id: int, batch_id: int) -> None:
    """Empty a file's account before it is read again; its dates are touched."""
    table = f"raw.{ident(contract.raw_table)}"
    touch(
        con,
        contract,
        f"select distinct _event_date as event_date from {table} where _file_id = {file_id} "
        f"and _is_current",
        batch_id,
    )
    con.execute(f"delete from {table} where _file_id = ?", [file_id])
    con.execute("delete from ledger.unmapped where file_id = ?", [file_id])
    con.execute(
        f"insert into ledger.quarantine_closed select quarantine_id, now()::timestamp, 'reread', "
        f"{batch_id} from ({OPEN_QUARANTINE}) where file_id = ?",
        [file_id],
    )
