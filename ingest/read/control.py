"""Is a file as long as its sender says? A trailer in it, or a marker beside it, has the number.

Belongs here: reading what the sender says, and comparing. Does not: counting (`count.py`).
"""

import os
import re
from pathlib import Path

from ingest.contracts.contract import Contract
from ingest.errors import FileRejectedError
from ingest.read.taken import open_landed

RULE = "control_total"
# A marker holds a number, or nothing; a trailer is a line.
MARKER_BYTES, TRAILER_BYTES = 4096, 65_536
_PHONE_LIKE = 1_000_000
_NUMBER = re.compile(rb"\d{1,15}")


def said_by_marker(contract: Contract, folder: Path, name: str) -> int | None:
    """The number of records that the marker beside a file says; None where it says none.

    Raises FileRejectedError when the marker has gone since the file was listed.
    """
    if contract.control.marker is None:
        return None
    marker = name + contract.control.marker
    try:
        with open_landed(folder, marker) as file:
            found = _NUMBER.findall(file.read(MARKER_BYTES))
    except OSError:
        raise FileRejectedError(RULE, "the marker beside it has gone; send both again") from None
    if len(found) > 1:
        raise FileRejectedError(RULE, "the marker beside it holds more than one number")
    return int(found[0]) if found else None


def cut_trailer(contract: Contract, path: Path) -> int | None:
    """Take the trailer off a private copy; gives the number of records that it says.

    Raises FileRejectedError when the last line is none: what ends before its trailer was cut.
    """
    if contract.control.trailer is None:
        return None
    size = path.stat().st_size
    with path.open("rb+") as file:
        file.seek(max(0, size - TRAILER_BYTES))
        tail = file.read().rstrip(b"\n")
        begin = tail.rfind(b"\n") + 1
        found = re.fullmatch(contract.control.trailer, tail[begin:].decode("utf-8", "replace"))
        if not found or not (found[1] or "").isdigit():
            raise FileRejectedError(
                RULE, "its last line is not the trailer that its contract names: the file was cut; "
                "ask for it again"
            )  # fmt: skip
        file.truncate(max(0, size - TRAILER_BYTES) + begin)
        file.flush()
        os.fsync(file.fileno())
    return int(found[1])


def compare(said_n: int | None, present_n: int | None) -> None:
    """Raise FileRejectedError when a file holds another number of records than its sender says."""
    if said_n is not None and present_n is not None and said_n != present_n:
        # What stands where the total belongs may be a telephone number: it is not told then.
        told_total = f"{said_n:,}" if said_n < _PHONE_LIKE else f"{_PHONE_LIKE:,} or more"
        raise FileRejectedError(
            RULE,
            f"its sender says {told_total} records and it holds {present_n:,}: it was cut or "
            "copied half; ask for it again",
        )
