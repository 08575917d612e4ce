"""Keys of mappings that people write: what is not known is refused, with what was meant.

A key that is read nowhere promises what nobody keeps. Belongs here: that one rule. Does not:
which keys a file has; each reader says so.
"""

from collections.abc import Collection, Mapping
from difflib import get_close_matches
from typing import Any


def refuse_unknown(raw: Mapping[Any, Any], known: Collection[str], where: str) -> None:
    """Raises ValueError naming the keys of `raw` that are not `known`, and the nearest known."""
    for key in raw:
        if key not in known:
            near = get_close_matches(str(key), known, n=1)
            hint = f"did you mean {near[0]!r}?" if near else f"known: {', '.join(sorted(known))}"
            raise ValueError(f"{where} has no key {key!r}; {hint}")
