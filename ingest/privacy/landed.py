"""A person in landed files: every file there is searched, loaded or not, claimed or not.

Belongs here: what a person may be called in a file, and which files say it how often. Does not:
rows of raw (`person.py`); removing files. Nothing of a file but its name and counts is given on.
"""

import re
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import duckdb

from ground.home import Home
from ground.sql import file_literal, literal
from ingest.errors import FileRejectedError
from ingest.privacy.mask import error_told
from ingest.read.landing import walk
from ingest.read.spool import plain_chunks
from ingest.read.taken import open_landed

# What people write between the figures of a number.
_BETWEEN = "[ ().\\-/]*"
# What stands between two values in any format, and within none that is sought.
_EDGES = '\n",;}\t<'
_XML_BYTES = 1 << 29


@dataclass(frozen=True)
class Place:
    """A landed file that names the person; `why` it could not be searched."""

    file: str
    times_n: int
    why: str = ""


def pattern_of(kind: str, values: Iterable[str], calling_codes: Iterable[str] = ()) -> str:
    """A regular expression, for Python and the engine alike, of all that the person may be called.

    A number is found with and without its country code, whatever stands between its figures; an
    address in any case; an id as a word of its own.
    """
    found = []
    for value in values:
        if kind == "phone":
            figures = re.sub("[^0-9]", "", value)
            country = max((c for c in calling_codes if figures.startswith(c)), key=len, default="")
            own = _BETWEEN.join(figures[len(country) :])
            before = f"(?:{_BETWEEN.join(country)})?{_BETWEEN}0?" if country else ""
            found.append(f"(?:^|[^0-9])(?:00)?{_BETWEEN}{before}{_BETWEEN}{own}(?:[^0-9]|$)")
        else:
            found.append(f"(?:^|[^A-Za-z0-9]){re.escape(value)}(?:[^A-Za-z0-9]|$)")
    return "(?i)(?:" + "|".join(found) + ")"


def search(home: Home, pattern: str) -> Iterator[Place]:
    """Every regular file in landing that matches, by its name below landing.

    A file that cannot be read names itself with the reason: nobody knows who is in it.
    """
    for name, _ in walk(home.landing):
        try:
            times = _times(home.landing, name, pattern)
        except FileRejectedError as error:
            yield Place(name, 0, f"cannot be searched ({error.rule})")
        except (OSError, duckdb.Error, zipfile.BadZipFile, EOFError) as error:
            yield Place(name, 0, f"cannot be searched ({error_told(error)})")
        else:
            if times:
                yield Place(name, times)


def _times(folder: Path, name: str, pattern: str) -> int:
    if name.endswith(".parquet"):
        return _in_parquet(folder / name, pattern)
    with open_landed(folder, name) as file:
        if name.endswith(".xlsx"):
            with zipfile.ZipFile(file) as packed:
                return sum(
                    _in_chunks([packed.read(one)], pattern)
                    for one in packed.namelist()
                    if one.endswith(".xml") and packed.getinfo(one).file_size < _XML_BYTES
                )
        return _in_chunks(plain_chunks(file, (folder / name).lstat().st_size), pattern)


def _in_chunks(chunks: Iterable[bytes], pattern: str) -> int:
    """Matches in a stream; a value over the edge of two chunks is looked at whole."""
    sought = re.compile(pattern)
    count, left = 0, ""
    for chunk in chunks:
        # Wide encodings differ by zero bytes alone in what is sought.
        text = left + chunk.replace(b"\0", b"").decode("utf-8", "replace")
        edge = max(text.rfind(mark) for mark in _EDGES) + 1
        left = text[edge:]
        count += len(sought.findall(text[:edge]))
    return count + len(sought.findall(left))


def _in_parquet(path: Path, pattern: str) -> int:
    with duckdb.connect() as con:
        row = con.execute(
            f"select count(*) from read_parquet({file_literal(path)}) as t "
            f"where regexp_matches(t::varchar, {literal(pattern)})"
        ).fetchone()
    return int(row[0]) if row else 0
