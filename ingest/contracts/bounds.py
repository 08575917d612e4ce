"""What a contract says of a file's length: how much may come, and how the sender counts it.

Belongs here: these keys and how they are read. Does not: judging by them (`judge/lists.py`,
`read/control.py`, `expectations/volume`).
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Volume:
    """How much less (a share) and more (a multiple) may come than usual; null: by the default.

    Of a full list: by how much it may shrink against the list before. is_list: every file is a
    full list, although the feed keeps them all. `why` is the reason.
    """

    fall: float | None = None
    rise: float | None = None
    why: str = ""
    is_list: bool = False


@dataclass(frozen=True)
class Control:
    """How the sender says that a file is whole.

    trailer: a regular expression of its last line, whose one group is the number of records.
    marker: what is added to its name for the file that lies beside it once it is whole; where that
    holds a number, it is the number of records.
    """

    trailer: str | None = None
    marker: str | None = None


AS_USUAL, NOT_TOLD = Volume(), Control()


def read_control(format_: str, raw: Mapping[str, Any] | None) -> Control:
    """The key `control` of a contract. Raises ValueError for one that cannot work."""
    trailer, marker = (None if raw is None else raw.get(name) for name in ("trailer", "marker"))
    if trailer is not None:
        if format_ not in ("csv", "ndjson"):
            raise ValueError(f"control.trailer: a {format_} file has no last line")
        if re.compile(trailer).groups != 1:
            raise ValueError("control.trailer: one group of it is the number of records")
    if marker is not None and not re.fullmatch(r"\.[A-Za-z0-9_.]+", marker):
        raise ValueError("control.marker is an ending such as .done")
    return Control(trailer, marker)


def read_volume(raw: Mapping[str, Any] | None) -> Volume:
    """The key `volume` of a contract. Raises ValueError for a bound without sense or reason."""
    if raw is None:
        return Volume()
    if not str(raw.get("why") or "").strip():
        raise ValueError("volume: a bound of its own has a why")
    fall, rise = (None if raw.get(name) is None else float(raw[name]) for name in ("fall", "rise"))
    if (fall is not None and not 0 < fall <= 1) or (rise is not None and rise <= 1):
        raise ValueError("volume: fall is a share between 0 and 1, rise a multiple above 1")
    return Volume(fall, rise, str(raw["why"]), bool(raw.get("is_list", False)))
