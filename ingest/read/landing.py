"""Which files there are to take in. Belongs here: the landing folder against the ledger.

Nothing in landing is trusted: names are read letter by letter, links are not followed, and what is
no regular file, or stands outside as well, is named and refused.
"""

import os
import stat
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property, partial
from pathlib import Path

import duckdb

from ground.home import Home
from ground.systems import DEFAULT_INSTANCE
from ingest.contracts.contract import Contract
from ingest.contracts.file_pattern import Slot
from ingest.errors import FileRejectedError
from ingest.privacy.mask import name_told
from ingest.privacy.pseudonym import master_key
from ingest.read.taken import content_digests, raw_digest

LARGEST_REVISION = 999_999_999
OLDEST_EXTRACT = date(1990, 1, 1)
# A file is taken once this long has passed since its last change; a sender may still be writing.
SETTLE_S = 2.0
_KINDS: tuple[tuple[Callable[[int], bool], str], ...] = (
    (stat.S_ISLNK, "a symbolic link"),
    (stat.S_ISFIFO, "a named pipe"),
    (stat.S_ISSOCK, "a socket"),
    (stat.S_ISBLK, "a device"),
    (stat.S_ISCHR, "a device"),
)


@dataclass(frozen=True)
class Candidate:
    """A landed file that is not in the ledger as it now is. `file_id` is set when reloaded.

    is_released: a person has accepted it, although it lacks much of what the one before had.

    `name` is relative to `folder`, as it stands on the disk; `file_name` is what the ledger calls
    it: the same, masked where the contract does not accept it. `refused`: rule and reason.
    """

    folder: Path
    name: str
    file_name: str
    slot: Slot
    size_bytes: int
    modified_ns: int
    changed_ns: int
    inode: int
    refused: tuple[str, str] | None = None
    file_id: int | None = None
    instance: str = DEFAULT_INSTANCE
    is_released: bool = False

    @property
    def path(self) -> Path:
        """Where it lies."""
        return self.folder / self.name

    @property
    def stamp(self) -> tuple[int, int, int, int]:
        """What the file system says of it; while it is the same, so is the content."""
        return self.size_bytes, self.modified_ns, self.changed_ns, self.inode


@dataclass(frozen=True)
class Unclaimed:
    """A landed file that no contract's pattern matches."""

    system: str
    file_name: str


def walk(folder: Path) -> Iterator[tuple[str, os.stat_result]]:
    """Everything below the folder that is no folder, by name; links are told and not followed."""
    try:
        entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
    except (FileNotFoundError, NotADirectoryError):
        return
    for entry in entries:
        if entry.is_dir(follow_symlinks=False):
            yield from ((f"{entry.name}/{name}", found) for name, found in walk(Path(entry.path)))
            continue
        try:
            yield entry.name, entry.stat(follow_symlinks=False)
        except FileNotFoundError:
            # Taken away between the listing and the look; it is simply not there.
            continue


class _Links:
    """How many names in all of landing a file has; counted once, when a file has several."""

    def __init__(self, landing: Path) -> None:
        self.landing = landing

    @cached_property
    def names_n(self) -> Counter[tuple[int, int]]:
        return Counter((found.st_dev, found.st_ino) for _, found in walk(self.landing))

    def outside(self, found: os.stat_result) -> bool:
        """True when the file has a name somewhere else as well."""
        return found.st_nlink > max(1, self.names_n[found.st_dev, found.st_ino])


def place_of(contract: Contract, name: str) -> tuple[str, str] | None:
    """The instance whose folder a landed file is in, and its name there; None outside of all.

    name: relative to the system's folder. A folder named as an instance is that instance's; what
    lies elsewhere is the default one's.
    """
    first, slash, inner = name.partition("/")
    if slash and first != DEFAULT_INSTANCE and first in contract.instances:
        return first, inner
    return (DEFAULT_INSTANCE, name) if DEFAULT_INSTANCE in contract.instances else None


def landed(home: Home, contract: Contract) -> list[Candidate]:
    """All landed files that the contract claims, in the order in which they are taken in."""
    folder = home.landing / contract.system
    key, links, found = partial(master_key, home.keys), _Links(home.landing), []
    marker, listed = contract.control.marker, dict(walk(folder))
    for name, status in listed.items():
        # Without its marker a file is not whole yet.
        if marker and name + marker not in listed:
            continue
        place = place_of(contract, name)
        slot = contract.pattern.match(place[1]) if place else None
        if place is None or slot is None:
            continue
        (instance, inner), own = place, name[: len(name) - len(place[1])]
        refused = _refused(name, slot, status, links)
        if refused and refused[0] == "bad_name":
            slot = Slot(None, 0, {})
        parts = None if refused and refused[0] == "bad_name" else slot.captures.values()
        found.append(
            Candidate(
                folder,
                name,
                own + name_told(inner, key, parts),
                slot,
                status.st_size,
                status.st_mtime_ns,
                status.st_ctime_ns,
                status.st_ino,
                refused,
                instance=instance,
            )
        )
    order = date.min
    return sorted(found, key=lambda c: (c.slot.extract_date or order, c.slot.revision, c.name))


def _refused(
    name: str, slot: Slot, status: os.stat_result, links: _Links
) -> tuple[str, str] | None:
    """Rule and reason for which the file is not even opened; None when it may be."""
    if not stat.S_ISREG(status.st_mode):
        kind = next((kind for is_one, kind in _KINDS if is_one(status.st_mode)), "no file")
        return "not_a_file", f"it is {kind}; only regular files are taken in"
    if status.st_nlink > 1 and links.outside(status):
        return "linked_file", "it is a second name of a file outside landing; send a copy"
    if not name.isprintable() or any("\ud800" <= c <= "\udfff" for c in name):
        return "bad_name", "its name is no printable UTF-8 text"
    if slot.revision > LARGEST_REVISION:
        return "bad_name", f"its revision is above {LARGEST_REVISION}"
    if slot.extract_date and slot.extract_date < OLDEST_EXTRACT:
        return "bad_name", f"its extract date lies before {OLDEST_EXTRACT}"
    return None


def pending(
    con: duckdb.DuckDBPyConnection, home: Home, contract: Contract, through: date
) -> list[Candidate]:
    """Landed files up to extract date `through` that are new, changed, or newly acceptable.

    A rejected file is looked at again once its contract has changed, a loaded one once a map
    gives it another client. A file is the same when its content is, whatever its times say.
    """
    rows = con.execute(
        "select file_name, size_bytes, modified_ns, changed_ns, inode, checksum, verdict, "
        "contract_hash, file_id from ledger.file where system = ? and feed = ? order by file_id",
        [contract.system, contract.feed],
    ).fetchall()
    latest = {row[0]: row[1:] for row in rows}
    out = []
    for file in landed(home, contract):
        if file.slot.extract_date is not None and file.slot.extract_date > through:
            continue
        if file.file_name not in latest:
            out.append(file)
            continue
        *stamp, digest, verdict, contract_hash, file_id = latest[file.file_name]
        again = verdict in ("remap", "released")
        if again or (verdict == "rejected" and contract_hash != contract.digest):
            out.append(replace(file, file_id=file_id, is_released=verdict == "released"))
        elif tuple(stamp) == file.stamp:
            continue
        elif file.refused or not _is_same(file, digest):
            out.append(file)
        else:
            con.execute(
                "update ledger.file set size_bytes = ?, modified_ns = ?, changed_ns = ?, "
                "inode = ? where file_id = ?",
                [*file.stamp, file_id],
            )
    return out


def _is_same(file: Candidate, digest: str | None) -> bool:
    if digest is not None and digest == raw_digest(file.folder, file.name):
        return True
    try:
        return digest in content_digests(file.folder, file.name)
    except (FileRejectedError, OSError):
        return False


def settled(files: Sequence[Candidate]) -> list[Candidate]:
    """The files that nobody is writing any more; what changed just now is looked at once more.

    A file that is still growing is left for the next night.
    """
    wait_s = float(os.environ.get("HEADSET_SETTLE_SECONDS") or SETTLE_S)
    ages = [time.time() - file.changed_ns / 1e9 for file in files]
    fresh = [age for age in ages if 0 <= age < wait_s]
    if not fresh:
        return list(files)
    time.sleep(wait_s - min(fresh))
    out = []
    for file, age in zip(files, ages, strict=True):
        if 0 <= age < wait_s:
            try:
                now = file.path.lstat()
            except FileNotFoundError:
                continue
            if file.stamp != (now.st_size, now.st_mtime_ns, now.st_ctime_ns, now.st_ino):
                continue
        out.append(file)
    return out


def unclaimed(home: Home, contracts: Iterable[Contract]) -> list[Unclaimed]:
    """Landed files of the enabled systems that no contract claims: nobody will load them."""
    by_system: dict[str, list[Contract]] = {}
    for contract in contracts:
        by_system.setdefault(contract.system, []).append(contract)
    key = partial(master_key, home.keys)
    return [
        Unclaimed(system, name_told(name, key, name.split("/")))
        for system, feeds in sorted(by_system.items())
        for name, _ in walk(home.landing / system)
        if not _is_claimed(name, feeds)
    ]


def waiting(home: Home, contracts: Iterable[Contract]) -> list[Unclaimed]:
    """Landed files whose contract names a marker that has not come: they are not whole yet."""
    key, found = partial(master_key, home.keys), []
    for contract in contracts:
        marker = contract.control.marker
        listed = {name for name, _ in walk(home.landing / contract.system)} if marker else set()
        for name in sorted(listed):
            place = place_of(contract, name)
            slot = contract.pattern.match(place[1]) if place else None
            if marker and slot and name + marker not in listed:
                told = name_told(name, key, slot.captures.values())
                found.append(Unclaimed(contract.system, f"{told} (waits for its {marker})"))
    return found


def _is_claimed(name: str, feeds: Sequence[Contract]) -> bool:
    place = place_of(feeds[0], name)
    return place is not None and any(
        feed.pattern.match(place[1].removesuffix(feed.control.marker or "")) for feed in feeds
    )


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
