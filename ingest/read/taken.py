"""Taking a landed file: one opening, one private copy, and all that follows reads the copy.

Belongs here: opening what was listed and nothing else, its checksum, its bounds. Does not: which
files there are (`landing.py`), encodings and line ends (`spool.py`).
"""

import hashlib
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import BufferedReader
from pathlib import Path

from ground.files import disk_full
from ingest.errors import FileRejectedError
from ingest.privacy.mask import error_told
from ingest.read import limits
from ingest.read.spool import plain_chunks

_CHUNK = 1 << 22


@dataclass(frozen=True)
class Taken:
    """The private copy of a landed file, its checksum, and what is known of its text.

    said_n: how many records its sender says that it holds.
    """

    path: Path
    checksum: str
    lines_n: int = 0
    repaired: bool = False
    said_n: int | None = None


@contextmanager
def open_landed(folder: Path, name: str) -> Iterator[BufferedReader]:
    """Open `folder/name` without following a link at any step below `folder`.

    Raises FileRejectedError (`not_a_file`) when it is no regular file, OSError when it is gone.
    """
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        *above, last = name.split("/")
        for part in above:
            way = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
            handle, old = os.open(part, way, dir_fd=handle), handle
            os.close(old)
        # Without O_NONBLOCK a pipe would wait for its writer.
        way = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
        opened = os.open(last, way, dir_fd=handle)
    finally:
        os.close(handle)
    with os.fdopen(opened, "rb") as file:
        if not stat.S_ISREG(os.fstat(opened).st_mode):
            raise FileRejectedError("not_a_file", "it is no regular file any more")
        yield file


def take(folder: Path, name: str, target: Path) -> Taken:
    """Copy a landed file to `target`. The bytes that are hashed are the bytes that are read.

    Raises FileRejectedError when it is too large or changes while it is read.
    """
    digest = hashlib.sha256()
    with open_landed(folder, name) as file, target.open("wb") as out:
        before = os.fstat(file.fileno())
        if before.st_size > limits.FILE_BYTES:
            raise limits.too_large(before.st_size)
        while chunk := file.read(_CHUNK):
            digest.update(chunk)
            out.write(chunk)
        after = os.fstat(file.fileno())
    if (before.st_size, before.st_mtime_ns) != (after.st_size, after.st_mtime_ns):
        raise FileRejectedError("still_written", "it changed while it was read")
    return Taken(target, digest.hexdigest())


def content_digests(folder: Path, name: str) -> tuple[str, str]:
    """Checksums of the file's bytes and of what is packed in them; equal when nothing is."""
    with open_landed(folder, name) as file:
        whole = hashlib.file_digest(file, "sha256").hexdigest()
        file.seek(0)
        content = hashlib.sha256()
        for chunk in plain_chunks(file, os.fstat(file.fileno()).st_size):
            content.update(chunk)
    return whole, content.hexdigest()


def raw_digest(folder: Path, name: str) -> str | None:
    """Checksum of the file's bytes as they are; None where it may not be opened."""
    try:
        with open_landed(folder, name) as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except (FileRejectedError, OSError):
        return None


def as_refusal(error: Exception) -> FileRejectedError:
    """Any error about one file as that file's verdict. Raises it again when the disk is full."""
    if isinstance(error, FileRejectedError):
        return error
    if disk_full(error):
        raise error
    return FileRejectedError("unreadable", f"the file cannot be read ({error_told(error)})")
