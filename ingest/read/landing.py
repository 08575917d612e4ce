"""Which files there are to take in. Belongs here: the landing folder against the ledger."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import duckdb

from ground.home import Home
from ingest.contracts.contract import Contract
from ingest.contracts.file_pattern import Slot
from ingest.read.spool import checksum


@dataclass(frozen=True)
class Candidate:
    """A landed file that is not in the ledger as it now is. `file_id` is set when reloaded."""

    path: Path
    file_name: str
    slot: Slot
    size_bytes: int
    modified_ns: int
    file_id: int | None = None


@dataclass(frozen=True)
class Unclaimed:
    """A landed file that no contract's pattern matches."""

    system: str
    file_name: str


def landed(home: Home, contract: Contract) -> list[Candidate]:
    """All landed files that the contract claims, in the order in which they are taken in."""
    folder = home.landing / contract.system
    found = []
    for path in sorted(folder.rglob("*")) if folder.is_dir() else ():
        name = path.relative_to(folder).as_posix()
        slot = contract.pattern.match(name)
        if slot is not None and path.is_file():
            stat = path.stat()
            found.append(Candidate(path, name, slot, stat.st_size, stat.st_mtime_ns))
    order = date.min
    return sorted(found, key=lambda c: (c.slot.extract_date or order, c.slot.revision, c.file_name))


def pending(
    con: duckdb.DuckDBPyConnection, home: Home, contract: Contract, through: date
) -> list[Candidate]:
    """Landed files up to extract date `through` that are new, changed, or newly acceptable.

    A rejected file is looked at again once its contract has changed, a loaded one once a map
    gives it another client.
    """
    rows = con.execute(
        "select file_name, size_bytes, modified_ns, checksum, verdict, contract_hash, file_id "
        "from ledger.file where system = ? and feed = ? order by file_id",
        [contract.system, contract.feed],
    ).fetchall()
    latest = {row[0]: row[1:] for row in rows}
    out = []
    for file in landed(home, contract):
        if file.slot.extract_date is not None and file.slot.extract_date > through:
            continue
        size, modified, digest, verdict, contract_hash, file_id = latest.get(
            file.file_name, (None,) * 6
        )
        if verdict == "remap" or (verdict == "rejected" and contract_hash != contract.digest):
            out.append(replace(file, file_id=file_id))
        elif (size, modified) != (file.size_bytes, file.modified_ns) and (
            digest is None or digest != checksum(file.path)
        ):
            out.append(file)
    return out


def unclaimed(home: Home, contracts: Iterable[Contract]) -> list[Unclaimed]:
    """Landed files of the enabled systems that no contract claims: nobody will load them."""
    by_system: dict[str, list[Contract]] = {}
    for contract in contracts:
        by_system.setdefault(contract.system, []).append(contract)
    out = []
    for system, feeds in sorted(by_system.items()):
        folder = home.landing / system
        for path in sorted(folder.rglob("*")) if folder.is_dir() else ():
            name = path.relative_to(folder).as_posix()
            if path.is_file() and not any(feed.pattern.match(name) for feed in feeds):
                out.append(Unclaimed(system, name))
    return out


def groups(
    files: Sequence[Candidate], *, max_files: int = 150, max_bytes: int = 16_000_000
) -> list[list[Candidate]]:
    """Cut the files, in order, into groups that one transaction takes in.

    A transaction holds its rows' working copies in memory until it ends; large files go alone.
    """
    out: list[list[Candidate]] = []
    size = 0
    for file in files:
        if not out or len(out[-1]) >= max_files or size + file.size_bytes > max_bytes:
            out.append([])
            size = 0
        out[-1].append(file)
        size += file.size_bytes
    return out
