"""The version of a home: which release wrote it, and whether this one may open it.

`FORMAT` counts the changes of what lies in a home that an older release would misread. Belongs
here: reading and writing that number, and the marks of a change of release that was cut off. Does
not: changing a home (`orchestration.upgrade`).
"""

import json
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from ground.files import write_json
from ground.home import Home

FORMAT = 1
FILE = "home.json"
UPGRADING = "upgrade.json"


class HomeVersionError(Exception):
    """This release cannot work on the home; the message says which one can, and how to go on."""


@dataclass(frozen=True)
class HomeVersion:
    """What wrote a home. `format` 0: a release from before homes had a version."""

    format: int
    release: str


def release() -> str:
    """The version of the release that runs."""
    return version("headset")


def read(home: Home) -> HomeVersion | None:
    """The version of a home; None where there is nothing yet.

    Raises HomeVersionError for a file that is none.
    """
    path = home.root / FILE
    if not path.exists():
        return HomeVersion(0, "before 0.1.0") if home.warehouse.exists() else None
    try:
        body = json.loads(path.read_text(encoding="utf-8"))
        return HomeVersion(int(body["format"]), str(body["release"]))
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise HomeVersionError(
            f"{path} does not say which release wrote this home ({error!r}); bring it back from "
            "a backup (`headset restore`)"
        ) from error


def check(home: Home, command: str = "") -> None:
    """Refuse a home of a newer release, and one whose upgrade was cut off.

    Raises HomeVersionError; nothing was changed.
    """
    found = read(home)
    if found and found.format > FORMAT:
        raise HomeVersionError(
            f"{home.root} was written by Headset {found.release} (home format {found.format}); "
            f"this is {release()} (format {FORMAT}): install {found.release} or newer"
        )
    if command != "upgrade" and (home.root / UPGRADING).exists():
        raise HomeVersionError(
            f"an upgrade of {home.root} was cut off while it was put in place: run "
            "`headset upgrade` to finish it"
        )


def stamp(home: Home) -> None:
    """Say that this release has written the home."""
    now = HomeVersion(FORMAT, release())
    if read(home) != now or not (home.root / FILE).exists():
        home.root.mkdir(parents=True, exist_ok=True)
        path: Path = home.root / FILE
        write_json(path, {"format": now.format, "release": now.release})
