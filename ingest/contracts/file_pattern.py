"""File patterns of contracts: `contacts_{site}_{extract_date}[.r{revision}].csv.gz`.

`{extract_date}` (ISO by default, `{extract_date:%Y%m%d}` otherwise) and `{revision}` have a
meaning; every other name is a capture that becomes part of a file's slot: a file of the same
slot with a higher revision is a correction of it. `[...]` may be absent.
"""

import re
from dataclasses import dataclass
from datetime import date, datetime

_TOKEN = re.compile(r"\{(?P<name>\w+)(?::(?P<format>[^}]+))?\}|(?P<open>\[)|(?P<close>\])")
_DATE_PARTS = {
    "%Y": "[0-9]{4}",
    "%y": "[0-9]{2}",
    "%m": "[0-9]{2}",
    "%d": "[0-9]{2}",
    "%b": "[A-Za-z]{3}",
}


@dataclass(frozen=True)
class Slot:
    """What a file name says: whose delivery it is, for which day, in which version."""

    extract_date: date | None
    revision: int
    captures: dict[str, str]


@dataclass(frozen=True)
class FilePattern:
    """A compiled pattern. `captures` are the names that are neither date nor revision."""

    text: str
    regex: re.Pattern[str]
    date_format: str
    captures: tuple[str, ...]

    @classmethod
    def parse(cls, text: str) -> "FilePattern":
        """Compile `text`. Raises ValueError with the reason when it cannot be one."""
        out, names, date_format, at, depth = "", [], "%Y-%m-%d", 0, 0
        for token in _TOKEN.finditer(text):
            out += re.escape(text[at : token.start()]).replace(r"\*", r"[^/]*")
            at = token.end()
            if token["open"]:
                out, depth = out + "(?:", depth + 1
            elif token["close"]:
                out, depth = out + ")?", depth - 1
            elif token["name"] in names:
                raise ValueError(f"{{{token['name']}}} stands twice in the pattern {text!r}")
            else:
                names.append(token["name"])
                if token["name"] == "extract_date":
                    date_format = token["format"] or date_format
                out += f"(?P<{token['name']}>{_part(token['name'], token['format'])})"
        if depth:
            raise ValueError(f"brackets do not match in the pattern {text!r}")
        out += re.escape(text[at:]).replace(r"\*", r"[^/]*")
        captures = tuple(name for name in names if name not in ("extract_date", "revision"))
        return cls(text, re.compile(out), date_format, captures)

    def match(self, file_name: str) -> Slot | None:
        """The slot that `file_name` (relative to the system's folder) names, or None."""
        found = self.regex.fullmatch(file_name)
        if found is None:
            return None
        parts = found.groupdict()
        raw_date, revision = parts.pop("extract_date", None), parts.pop("revision", None)
        try:
            day = datetime.strptime(raw_date, self.date_format).date() if raw_date else None
        except ValueError:
            return None
        captures = {name: value or "" for name, value in parts.items()}
        return Slot(day, int(revision) if revision else 1, captures)


def _part(name: str, date_format: str | None) -> str:
    if name == "revision":
        return "[0-9]+"
    if name != "extract_date":
        return r"[^/]+?"
    out = re.escape(date_format or "%Y-%m-%d")
    for directive, digits in _DATE_PARTS.items():
        out = out.replace(directive, digits)
    return out
