"""One client's folder. Belongs here: which rows and columns a client may have, and nothing else.

The folder is complete in itself: Parquet with the client's rows and only the columns whose
audience is `client`, and a serve.duckdb over those files. A table takes part when it is

* partitioned by client: the client's partitions (linked when every column is the client's), and of
  a table that is partitioned by audience too only those for clients;
* not partitioned, with a client_id: the client's own rows;
* not partitioned, keyed by one column: the rows that the client's tables refer to by a column
  of that name, or for a date the span of the client's site dates.

Every other table stays out: nothing tells whose its rows are.

The numbers that a system gives its records run over all clients, so that two of them tell how many
records all others had between them. Here they are keyed for the client: the same in every table and
every snapshot, and nobody else's.
"""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path

from ground import files
from ground.sql import ident, idents, literal, parquet, safe_name
from ingest.privacy.pseudonym import client_pads
from publish import partitions
from publish.errors import PublishError
from publish.manifest import Client, Column, Partition, Table
from publish.partitions import WRITER, Source
from publish.tables import Job, root_of

UNMAPPED = "unmapped"
# The kind of text that is keyed, to 80 bits of a keyed hash.
KEYED = "record"
KEYED_SQL = "left((select pseudonym('record', t.{}, inner_pad, outer_pad) from record_key), 20)"


def folder_of(client_id: str) -> str:
    """Relative folder of a client; the name is the URL-encoded client id."""
    name = safe_name(client_id)
    if len(name) > 250:
        raise PublishError(f"client id {client_id[:60]!r}... is too long for a folder name")
    return f"clients/{name}"


def clients_in(tables: Iterable[Table]) -> list[str]:
    """Clients with rows in a table partitioned by client; unmapped rows are nobody's."""
    found = {
        table.client_of(part)
        for table in tables
        for part in table.partitions
        if _for_clients(table, part)
    }
    return sorted(client for client in found if client and client != UNMAPPED)


def build(job: Job, client_id: str, tables: Mapping[str, Table]) -> Client:
    """Write the folder of one client from the tables of the new snapshot."""
    folder = folder_of(client_id)
    _hold_key(job, client_id)
    own: dict[str, Table] = {}
    for table in tables.values():
        if "client_id" in table.partition_by and _visible(table):
            own[table.name] = _facts(job, client_id, folder, table)
    facts = dict(own)
    for table in tables.values():
        if not table.partition_by and _visible(table):
            where = _referred(job.folder, client_id, table, facts)
            if where is not None:
                own[table.name] = _dimension(job, folder, table, where)
    return Client(client_id, folder, job.snapshot_id, held=False, tables=own)


def hold(job: Job, client_id: str) -> Client | None:
    """The folder of a held client as it is served now; null when it was never published."""
    served = job.served
    client = served.snapshot.clients.get(client_id) if served else None
    if not served or not client:
        return None
    for table in client.tables.values():
        for part in table.partitions:
            files.link(served.folder / part.path, job.folder / part.path)
    return replace(client, held=True)


def _visible(table: Table) -> tuple[Column, ...]:
    return tuple(column for column in table.columns if column.audience == "client")


def _keyed(column: Column) -> Column:
    if column.text != KEYED:
        return column
    return replace(column, description=f"{column.description} Here keyed for this client.")


def _own(table: Table, parts: Iterable[Partition]) -> Table:
    columns = tuple(_keyed(column) for column in _visible(table))
    names = {column.name for column in columns}
    return replace(
        table,
        columns=columns,
        partition_by=tuple(name for name in table.partition_by if name != "client_id"),
        key=tuple(name for name in table.key if name in names),
        partitions=tuple(sorted(parts, key=lambda part: part.path)),
    )


def _facts(job: Job, client_id: str, folder: str, table: Table) -> Table:
    at = table.partition_by.index("client_id")
    own = _own(table, ())
    root = f"{folder}/{root_of(table.name)}"
    parts = []
    for part in table.partitions:
        if part.rows and part.key[at] == client_id and _for_clients(table, part):
            key = part.key[:at] + part.key[at + 1 :]
            path = partitions.partition_path(root, own.partition_by, key, part.day)
            parts.append(_fact(job, client_id, table, own, replace(part, path=path, key=key), part))
    if not parts:
        rows = Source(own, f"select * from {parquet([job.folder / table.partitions[0].path])}")
        parts = [
            partitions.write_empty(
                job.con, rows, folder=job.folder, root=root, as_of=job.snapshot_id
            )
        ]
    return replace(own, partitions=tuple(sorted(parts, key=lambda part: part.path)))


def _for_clients(table: Table, part: Partition) -> bool:
    """Whether a partition's rows may go to a client, where a table says it by rows."""
    if "audience" not in table.partition_by:
        return True
    return part.key[table.partition_by.index("audience")] == "client"


def _fact(
    job: Job, client_id: str, table: Table, own: Table, part: Partition, whole: Partition
) -> Partition:
    """One partition for the client: the same file, last time's file, or a narrower copy."""
    keyed = any(column.text == KEYED for column in own.columns)
    if keyed:
        part = replace(part, fingerprint=f"{part.fingerprint}:{_key_told(job, client_id)}")
    elif len(own.columns) == len(table.columns):
        files.link(job.folder / whole.path, job.folder / part.path)
        return part
    before = _last_time(job, client_id, own, part)
    if job.base and before:
        files.link(job.base.folder / before.path, job.folder / part.path)
        return replace(before, as_of=part.as_of)
    return partitions.copy(
        job.con,
        _select(own, parquet([job.folder / whole.path])),
        folder=job.folder,
        path=part.path,
        key=part.key,
        day=part.day,
        fingerprint=part.fingerprint,
        as_of=part.as_of,
    )


def _select(own: Table, source: str, where: str = "true") -> str:
    """The client's columns of some rows, records keyed, in an order that tells no number."""
    told = ", ".join(
        f"{KEYED_SQL.format(ident(column.name)) if column.text == KEYED else ident(column.name)} "
        f"as {ident(column.name)}"
        for column in own.columns
    )
    keyed = [column.name for column in own.columns if column.text == KEYED]
    first = [name for name in own.key if name in keyed] or keyed
    days = [column.name for column in own.columns if column.name == "site_date"]
    order = f" order by {idents([*days, *first])}" if keyed else ""
    return f"select {told} from (select * from {source} where {where}) as t{order}"


def _hold_key(job: Job, client_id: str) -> None:
    """The client's key in a table of the session: in no text that an error would show."""
    job.con.execute(
        "create or replace temp table record_key as "
        "select unnest([?]::blob[]) as inner_pad, unnest([?]::blob[]) as outer_pad",
        list(_pads(job, client_id)),
    )


def _pads(job: Job, client_id: str) -> tuple[bytes, bytes]:
    ((_, inner, outer),) = client_pads(job.master_key, [client_id])
    return inner, outer


def _key_told(job: Job, client_id: str) -> str:
    """Tells one key from another and nothing of it; an old file under another key is not linked."""
    inner, _ = _pads(job, client_id)
    return hashlib.sha256(b"which key:" + inner).hexdigest()[:8]


def _last_time(job: Job, client_id: str, own: Table, part: Partition) -> Partition | None:
    if job.base is None or job.base.snapshot.writer != WRITER:
        return None
    client = job.base.snapshot.clients.get(client_id)
    table = client.tables.get(own.name) if client else None
    if table is None or table.shape != own.shape:
        return None
    same = (part.path, part.fingerprint)
    return next((old for old in table.partitions if (old.path, old.fingerprint) == same), None)


def _referred(
    snapshot: Path, client_id: str, table: Table, facts: Mapping[str, Table]
) -> str | None:
    """The condition for a dimension's rows that concern a client; null when none can be told."""
    columns = {column.name: column for column in table.columns}
    if "client_id" in columns:
        return f"client_id = {literal(client_id)}"
    if len(table.key) != 1 or columns[table.key[0]].text == KEYED:
        return None
    key = table.key[0]
    references = _values(snapshot, key, facts)
    if references:
        return f"{ident(key)} in ({' union '.join(references)})"
    dates = _values(snapshot, "site_date", facts)
    if columns[key].type == "DATE" and dates:
        span = f"(select {{}}(site_date) from ({' union '.join(dates)}))"
        return f"{ident(key)} between {span.format('min')} and {span.format('max')}"
    return None


def _values(snapshot: Path, column: str, facts: Mapping[str, Table]) -> list[str]:
    return [
        f"select {ident(column)} from {parquet(snapshot / part.path for part in table.partitions)}"
        for table in facts.values()
        if any(known.name == column for known in table.columns)
    ]


def _dimension(job: Job, folder: str, table: Table, where: str) -> Table:
    own = _own(table, ())
    whole = parquet(job.folder / part.path for part in table.partitions)
    part = partitions.copy(
        job.con,
        _select(own, whole, where),
        folder=job.folder,
        path=f"{folder}/{root_of(table.name)}/part.parquet",
        key=(),
        as_of=job.snapshot_id,
    )
    return replace(own, partitions=(part,))
