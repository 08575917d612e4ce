"""Who may read a home: its owner alone, and a group that the operator names what is published.

Belongs here: the process's umask and the modes of what is there. Does not: what lies in it.
"""

import contextlib
import grp
import os
from pathlib import Path

from ground.home import Home

GROUP = "HEADSET_PUBLISHED_GROUP"
# The senders' folder keeps the modes that the operator has given it.
_NOT_OURS = ("landing", "published")


class GuardError(Exception):
    """The group that may read what is published does not exist; the message names it."""


def guard(home: Home) -> None:
    """Make new files private, and those of the home that are open to others private too.

    With `HEADSET_PUBLISHED_GROUP` the group passes through the home and reads `published/`.
    Raises GuardError when there is no such group.
    """
    name = os.environ.get(GROUP)
    os.umask(0o027 if name else 0o077)
    gid = _gid(name) if name else -1
    if not home.root.is_dir():
        if not name:
            return
        home.root.mkdir(parents=True)
    for path in home.root.iterdir():
        if path.name not in _NOT_OURS and not path.is_symlink():
            _set(path, 0o700 if path.is_dir() else 0o600)
    if name:
        home.published.mkdir(exist_ok=True)
        _set(home.published, 0o2750, gid)
    elif home.published.is_dir():
        _set(home.published, 0o700)
    _set(home.root, 0o710 if name else 0o700, gid)


def _gid(name: str) -> int:
    try:
        return grp.getgrnam(name).gr_gid
    except KeyError:
        raise GuardError(f"{GROUP} names {name!r}, and there is no such group") from None


def _set(path: Path, mode: int, gid: int = -1) -> None:
    # What another user owns or has just removed is theirs to guard.
    with contextlib.suppress(PermissionError, FileNotFoundError):
        if gid >= 0:
            os.chown(path, -1, gid)
        if path.stat().st_mode & 0o7777 != mode:
            path.chmod(mode)
