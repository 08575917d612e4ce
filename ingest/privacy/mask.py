"""The one way in which text of a landed file may be shown outside the typed columns.

Belongs here: what a contract accepts is shown as it stands; of everything else its shape (letters
to x, digits to 9), which says nothing about anybody, and a keyed fingerprint where it must be
counted or found again. Does not: pseudonyms of customers (`pseudonym.py`).
"""

import hashlib
import hmac
import re
from collections.abc import Callable, Collection, Iterable, Sequence

from ground.sql import literal, literals
from ingest.contracts.column import Column

SHAPE_LENGTH = 60
_ASCII_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_TABLE = str.maketrans(_ASCII_LETTERS + "0123456789", "x" * 52 + "9" * 10)
_CODE = "[A-Za-z0-9_.:#/-]{1,40}"
_UUID = "[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"
# Seven figures, whatever stands between them, may be a number to call or of an identity card.
_NUMBER_LIKE = "([0-9][ ()./-]*){7}"
_DAY = re.compile("(19|20)[0-9]{2}-[0-9]{2}(-[0-9]{2})?")
_PLAIN_PART = re.compile(r"[A-Za-z0-9_.=-]{0,60}")


def shape(text: str) -> str:
    """What `shape_sql` makes of a text, for text that never was in SQL."""
    return "".join(c if " " <= c <= "~" else "x" for c in text[:SHAPE_LENGTH].translate(_TABLE))


def shape_sql(v: str) -> str:
    """SQL: the shape of a text. Two cheap steps: classes of Unicode take 0.1 s each to compile."""
    plain = f"translate(left({v}, {SHAPE_LENGTH}), '{_ASCII_LETTERS}0123456789', "
    return f"regexp_replace({plain}'{'x' * 52}{'9' * 10}'), '[^ -~]', 'x', 'g')"


def accepted_sql(column: Column, typed: str) -> str | None:
    """SQL: the typed value where the contract lists it, else null; None when it lists none."""
    if column.personal != "none":
        return None
    if column.accepted:
        return f"case when {typed} in ({literals(column.accepted)}) then {typed} end"
    if column.classes or column.type == "boolean":
        return f"cast({typed} as varchar)"
    return None


def code_sql(code: str) -> str:
    """SQL: a code that no map knows, in clear where it cannot be personal, else masked.

    `mask_key` (inner_pad, outer_pad) is in the session. Equal codes stay equal.
    """
    keyed = (
        f"{shape_sql(code)} || '~' || left((select pseudonym('code', {code}, inner_pad, "
        f"outer_pad) from mask_key), 8)"
    )
    return (
        f"case when regexp_full_match({code}, {literal(_UUID)}) then {code} "
        f"when regexp_full_match({code}, {literal(_CODE)}) "
        f"and not regexp_matches({code}, {literal(_NUMBER_LIKE)}) then {code} else {keyed} end"
    )


def code_told(code: str, key: Callable[[], bytes], *, of_person: bool = False) -> str:
    """What `code_sql` makes of a code. of_person: a login, in clear only where it is no word."""
    is_plain = re.fullmatch(_CODE, code) and not re.search(_NUMBER_LIKE, code)
    is_word = of_person and not re.search("[0-9]", code)
    if re.fullmatch(_UUID, code) or (is_plain and not is_word):
        return code
    return f"{shape(code)}~{hmac.new(key(), code.encode(), hashlib.sha256).hexdigest()[:8]}"


def number_like_sql(v: str) -> str:
    """SQL: whether a text holds what may be a number to call or of an identity card."""
    return f"regexp_matches({v}, {literal(_NUMBER_LIKE)})"


def fields_told(header: Sequence[str], listed: Collection[str]) -> str:
    """The fields that a contract does not list, as place and shape: `8 (xxxx), 9 (xxx_9)`."""
    return ", ".join(
        f"{place} ({shape(name)})" for place, name in enumerate(header, 1) if name not in listed
    )


def known_fields(header: Iterable[str], listed: Collection[str]) -> str:
    """The fields that a contract does list, by name; how many others there are."""
    names = list(header)
    known = [name for name in names if name in listed]
    others = len(names) - len(known)
    return f"{', '.join(known) or 'none of its columns'}" + (
        f" and {others} that the contract does not list" if others else ""
    )


def name_told(name: str, key: Callable[[], bytes], parts: Iterable[str] | None) -> str:
    """A file's name as it may be kept: in clear where the contract's pattern accepts all of it.

    parts: what stands in the places that the pattern leaves open; None when no pattern matches.
    A masked name ends in a fingerprint, so that two names stay two.
    """
    if parts is not None and all(_is_plain(part) for part in parts):
        return name
    data = name.encode("utf-8", "surrogateescape")
    return f"{shape(name)}~{hmac.new(key(), data, hashlib.sha256).hexdigest()[:8]}"


def _is_plain(part: str) -> bool:
    return bool(_PLAIN_PART.fullmatch(part)) and not re.search(_NUMBER_LIKE, _DAY.sub("", part))


def text_told(text: str) -> str:
    """A text of which no contract is at hand: as it stands where it is a short plain code."""
    return text if _is_plain(text) else shape(text)


def path_told(path: str) -> str:
    """The way to a file of which no contract is at hand, each step told as such a text is."""
    return "/".join(text_told(step) for step in path.split("/"))


def quotes_masked(message: str) -> str:
    """A library's message; what stands in single quotes may be a value and is masked."""
    return re.sub(r"'([^']*)'", lambda found: f"'{shape(found[1])}'", message)


def error_told(error: BaseException) -> str:
    """What went wrong without what the library quotes of the file: its kind alone."""
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    return type(error).__name__
