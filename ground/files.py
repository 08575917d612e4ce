"""Durable file operations. Belongs here: fsync, hard links, checksums, atomic writes."""

import errno
import hashlib
import json
import os
import shutil
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

_NO_LINKS = {errno.EXDEV, errno.EPERM, errno.EMLINK, errno.ENOTSUP, errno.EOPNOTSUPP}
_FULL = {errno.ENOSPC, errno.EFBIG, errno.EDQUOT}


def fsync(path: Path) -> None:
    """Wait until a file's or a folder's content is on disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def seal(path: Path) -> None:
    """Make a finished file read-only and durable."""
    path.chmod(0o444)
    fsync(path)


def fsync_folders(root: Path) -> None:
    """Make every directory entry below (and including) `root` durable.

    Many at once: the file system then commits them together, thousands in about a second.
    """
    with ThreadPoolExecutor(max_workers=16) as pool:
        list(pool.map(fsync, (Path(folder) for folder, _, _ in os.walk(root))))


def sha256(path: Path) -> str:
    """The checksum of a file, in hex."""
    with path.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()


def link(source: Path, target: Path) -> None:
    """Hard-link a sealed file; copy it where the file system has no (more) links."""
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        os.link(source, target)
    except OSError as error:
        if error.errno not in _NO_LINKS:
            raise
        shutil.copyfile(source, target)
        seal(target)


def write_whole(path: Path, text: str) -> None:
    """Write a file, its folder too, so that either the old text or the whole new one is there."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.part")
    part.write_text(text, encoding="utf-8")
    part.replace(path)


def write_json(path: Path, data: Mapping[str, Any]) -> None:
    """Write sorted JSON so that either the old file or the whole new one is there."""
    new = path.with_name(f".{path.name}.new")
    text = json.dumps(data, indent=1, sort_keys=True, ensure_ascii=False) + "\n"
    new.write_text(text, encoding="utf-8")
    seal(new)
    new.replace(path)
    fsync(path.parent)


def described(path: Path) -> dict[str, Any]:
    """Checksum and size of a file, as the manifest records them."""
    return {"sha256": sha256(path), "bytes": path.stat().st_size}


def disk_full(error: BaseException) -> bool:
    """Whether an error of the system or of DuckDB says that nothing more fits."""
    if isinstance(error, OSError) and error.errno in _FULL:
        return True
    text = str(error).lower()
    return any(os.strerror(code).lower() in text for code in _FULL)
