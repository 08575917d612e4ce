"""Publishing one audited build. Belongs here: the order of steps, and what happens when one fails.

    gate -> tables -> client folders -> fsync -> rename -> serve.duckdb -> page -> manifest -> flip

Everything is written under `snapshots/.tmp-<id>` and renamed when it is on disk. Views name
absolute paths, so serve.duckdb is written after that; manifest.json is written last and marks a
whole snapshot. Only then is `published/current` flipped. A kill at any point leaves the snapshot
served before; the next publication sweeps what is left.
"""

import json
import shutil
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import duckdb

from ground import files
from ground.built_tables import NotBuiltError, attach
from ground.home import Home
from ingest.errors import IngestError
from ingest.privacy.pseudonym import MACROS, master_key
from publish import admission, clients, page, serve, snapshot_store, tables
from publish import specs as lineage
from publish.errors import PublishError, PublishRefused, SnapshotDamaged
from publish.maintenance import current, newest, prune, relocate, rollback, verify
from publish.manifest import MANIFEST, Client, Snapshot, Table, Verdict
from publish.partitions import WRITER
from publish.serve import serve_file

__all__ = [
    "PublishError",
    "PublishRefused",
    "Published",
    "SnapshotDamaged",
    "current",
    "newest",
    "prune",
    "publish",
    "relocate",
    "rollback",
    "serve_file",
    "verify",
]

Progress = Callable[[str], None]
ChangedMonths = Callable[[Snapshot], Mapping[str, Collection[str]]]


@dataclass(frozen=True)
class Published:
    """What one publication did. Files are counted per table partition, client folders apart."""

    snapshot_id: str
    folder: Path
    tables: tuple[str, ...]
    clients: tuple[str, ...]
    linked_n: int
    written_n: int
    rows_n: int
    held_clients: tuple[str, ...]
    held_tables: tuple[str, ...]


def publish(
    home: Home,
    *,
    manifest: Path,
    semantic_manifest: Path,
    metric_contracts: Mapping[str, Any],
    verdict: admission.VerdictLike | None,
    run_id: str,
    newest_batch_id: int,
    definition_hash: str,
    changed_months: ChangedMonths = lambda base: {},
    progress: Progress = lambda message: None,
) -> Published:
    """Write a self-contained snapshot of the audited build and flip readers to it.

    manifest, semantic_manifest: dbt's artefacts of this build.
    metric_contracts: written beside the data as metrics.json.
    newest_batch_id, definition_hash: of the build now in the warehouse; the verdict must agree.
    changed_months: gives, for the newest snapshot that was served, the site months (`2026-10`) of
        each published table that changed since. Months not named are linked unread, unless the
        number of rows says otherwise. Tables not named are read whole; so is everything when
        definitions changed, and what was held back last time.
    progress: told in one line what is being done.

    Raises PublishRefused when the verdict does not allow it, and PublishError when something
    else fails; then nothing is left half-written and the snapshot served before is still served.
    No other connection may have the warehouse open for writing.
    """
    admitted = admission.admit(
        verdict, newest_batch_id=newest_batch_id, definition_hash=definition_hash
    )
    dbt = _read_json(manifest)
    specs = lineage.specs(dbt)
    held_tables = lineage.held_tables(dbt, specs, admitted.held_feeds)
    _read_json(semantic_manifest)
    with snapshot_store.lock(home):
        for name in snapshot_store.sweep(home):
            progress(f"removed {name}, left by a publication that did not end")
        created_at = snapshot_store.now()
        previous = snapshot_store.current_id(home)
        snapshot_id = snapshot_store.next_id(home, created_at)
        staging = snapshot_store.snapshots_dir(home) / f"{snapshot_store.STAGING}{snapshot_id}"
        final = snapshot_store.snapshot_dir(home, snapshot_id)
        served = _served(home, previous, admitted)
        base = snapshot_store.newest_served(home)
        try:
            staging.mkdir(parents=True)
            with _built(home, staging) as con:
                job = tables.Job(
                    con=con,
                    folder=staging,
                    snapshot_id=snapshot_id,
                    definition_hash=definition_hash,
                    held_clients=frozenset(admitted.held_clients),
                    held_tables=held_tables,
                    base=_on_disk(home, base),
                    served=served,
                    changed_months=changed_months(base) if base else {},
                    master_key=master_key(home.keys),
                )
                built = [_table(job, spec, progress) for spec in specs]
                contents = {entry.table.name: entry.table for entry in built}
                folders = _clients(job, contents, admitted, progress)
            shutil.rmtree(_spill(staging), ignore_errors=True)
            snapshot = Snapshot(
                snapshot_id=snapshot_id,
                created_at=created_at,
                run_id=run_id,
                batch_id=newest_batch_id,
                definition_hash=definition_hash,
                verdict=admitted,
                previous=previous,
                writer=WRITER,
                served_from=str(final),
                held_tables=tuple(sorted(held_tables)),
                tables=contents,
                clients=folders,
                files=_side_files(staging, semantic_manifest, metric_contracts),
            )
            progress("waiting until every file is on disk")
            files.fsync_folders(staging)
            staging.replace(final)
            files.fsync(final.parent)
            progress("writing serve.duckdb and its comments")
            serve.write_all(snapshot, final)
            serve.check(snapshot, final)
            progress("drawing the page of this snapshot")
            drawn = page.write(final)
            files.seal(drawn)
            snapshot = replace(
                snapshot, files={**snapshot.files, drawn.name: files.described(drawn)}
            )
            files.write_json(final / MANIFEST, snapshot.to_json())
            progress(f"showing snapshot {snapshot_id} to readers")
            snapshot_store.flip(home, snapshot_id)
            progress("noting the publication in history.jsonl")
            snapshot_store.journal(
                home, "published", origin=previous, to=snapshot_id, run_id=run_id
            )
        except (OSError, duckdb.Error, IngestError, PublishError) as error:
            raise _failed(home, error, snapshot_id, previous) from error
        finally:
            _tidy(home, snapshot_id)
    return Published(
        snapshot_id=snapshot_id,
        folder=final,
        tables=tuple(contents),
        clients=tuple(folders),
        linked_n=sum(entry.linked_n for entry in built),
        written_n=sum(entry.written_n for entry in built),
        rows_n=sum(table.rows for table in contents.values()),
        held_clients=admitted.held_clients,
        held_tables=tuple(sorted(held_tables)),
    )


def _table(job: tables.Job, spec: lineage.Spec, progress: Progress) -> tables.Built:
    built = tables.build(job, spec)
    held = ", held back" if spec.name in job.held_tables else ""
    progress(
        f"{spec.name}: {built.table.rows:,} rows, "
        f"{built.written_n} files written, {built.linked_n} linked{held}"
    )
    return built


def _clients(
    job: tables.Job, contents: Mapping[str, Table], verdict: Verdict, progress: Progress
) -> dict[str, Client]:
    folders: dict[str, Client] = {}
    for client_id in clients.clients_in(contents.values()):
        if client_id not in job.held_clients:
            folders[client_id] = clients.build(job, client_id, contents)
    for client_id in verdict.held_clients:
        held = clients.hold(job, client_id)
        if held is not None:
            folders[client_id] = held
    progress(f"{len(folders)} client folders, {len(verdict.held_clients)} clients held back")
    return dict(sorted(folders.items()))


def _served(home: Home, current_id: str | None, verdict: Verdict) -> tables.OnDisk | None:
    """What readers see now. Only needed whole when something stays at it."""
    if current_id is None or not (verdict.held_clients or verdict.held_feeds):
        return None
    return _on_disk(home, snapshot_store.load_whole(home, current_id))


def _on_disk(home: Home, snapshot: Snapshot | None) -> tables.OnDisk | None:
    if snapshot is None:
        return None
    return tables.OnDisk(snapshot_store.snapshot_dir(home, snapshot.snapshot_id), snapshot)


@contextmanager
def _built(home: Home, staging: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect(":memory:", config={"temp_directory": str(_spill(staging))}) as con:
        con.execute(MACROS)
        try:
            attach(con, home)
        except NotBuiltError as error:
            raise PublishError(str(error)) from error
        yield con


def _spill(staging: Path) -> Path:
    """Where a sort that does not fit into memory goes; swept with the rest after a kill."""
    return staging.with_name(f"{staging.name}.spill")


def _side_files(
    staging: Path, semantic_manifest: Path, metric_contracts: Mapping[str, Any]
) -> dict[str, dict[str, Any]]:
    semantic = staging / "semantic_manifest.json"
    shutil.copyfile(semantic_manifest, semantic)
    files.seal(semantic)
    metrics = staging / "metrics.json"
    files.write_json(metrics, metric_contracts)
    return {path.name: files.described(path) for path in (semantic, metrics)}


def _read_json(path: Path) -> dict[str, Any]:
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise PublishError(f"{path} is missing; run the build first") from error
    except ValueError as error:
        raise PublishError(f"{path} is not JSON: {error}") from error
    if not isinstance(content, dict):
        raise PublishError(f"{path} holds no JSON object")
    return content


def _failed(home: Home, error: Exception, snapshot_id: str, previous: str | None) -> PublishError:
    """One message that says what failed and what readers now see."""
    if snapshot_store.current_id(home) == snapshot_id:
        return PublishError(f"snapshot {snapshot_id} is served, but {error}")
    left = f"{previous} is still served" if previous else "nothing was published before"
    if files.disk_full(error):
        return PublishError(
            f"the disk is full: {error}; nothing of snapshot {snapshot_id} was kept, {left}"
        )
    kind = type(error) if isinstance(error, PublishError) else PublishError
    return kind(f"{error}; nothing of snapshot {snapshot_id} was kept, {left}")


def _tidy(home: Home, snapshot_id: str) -> None:
    """Leave nothing half-written; what cannot be removed now is swept next time."""
    with suppress(OSError):
        final = snapshot_store.snapshot_dir(home, snapshot_id)
        if snapshot_store.current_id(home) != snapshot_id and final.exists():
            snapshot_store.remove(final)
    with suppress(OSError):
        for folder in snapshot_store.snapshots_dir(home).glob(f"{snapshot_store.STAGING}*"):
            shutil.rmtree(folder, ignore_errors=True)
        for link in home.published.glob(".current-*"):
            link.unlink()
