"""Public holidays of a jurisdiction as lines of the company's list, from the library `holidays`.

Belongs here: the list's text. Does not: which sites a jurisdiction has (`jurisdictions`).
"""

from collections.abc import Iterable

HEADER = "jurisdiction,holiday_date,holiday_name,kind,source"


class UnknownJurisdictionError(ValueError):
    """The library knows no such country or part of one."""


def holiday_lines(jurisdictions: Iterable[str], first_year: int, last_year: int) -> list[str]:
    """CSV lines, header first, for ISO 3166 codes (`PL`, `CA-NS`), both years included.

    Days that the law of the place calls special non-working days are of kind `special`.
    Raises UnknownJurisdictionError naming the code.
    """
    from importlib.metadata import version

    import holidays

    source = f"library holidays {version('holidays')}; not legal advice"
    years = range(first_year, last_year + 1)
    lines = [HEADER]
    for jurisdiction in jurisdictions:
        country, _, part = jurisdiction.partition("-")
        try:
            found = holidays.country_holidays(
                country, subdiv=part or None, years=years, language="en_US"
            )
        except NotImplementedError as error:
            raise UnknownJurisdictionError(
                f"{jurisdiction}: the library holidays knows no such place; "
                "add its rows to the list by hand"
            ) from error
        for day, name in sorted(found.items()):
            kind = "special" if jurisdiction == "PH" and _is_special(name) else "regular"
            text = name.replace('"', "'")
            lines.append(f'{jurisdiction},{day},"{text}",{kind},{source}')
    return lines


def _is_special(name: str) -> bool:
    """Special days of the Philippines, by Republic Act 9849 and the yearly proclamations."""
    special = (
        "Chinese New Year", "Black Saturday", "Ninoy Aquino Day", "All Saints", "All Souls",
        "Immaculate Conception", "Christmas Eve", "New Year's Eve",
    )  # fmt: skip
    return any(one in name for one in special)
