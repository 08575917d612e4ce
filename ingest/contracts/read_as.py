"""Ways of reading a text before it is typed: what a contract names under `read_as`.

Belongs here: one SQL expression per spelling of numbers, durations and instants. Does not: types
and formats (`judge.py`). A text that does not fit a spelling passes unchanged, so that typing
refuses it with the value as it was sent.
"""

from collections.abc import Iterable

_NUMBER = "[+-]?[0-9]*[.]?[0-9]+([eE][+-]?[0-9]+)?"
_CLOCK = "([0-9]+:)?[0-9]{{1,2}}:[0-9]{{1,2}}([.][0-9]+)?"


def _scaled(factor: str) -> str:
    """A number of another unit, in whole seconds."""
    return (
        f"coalesce(cast(try_cast(round(try_cast({{v}} as double) * {factor}) as bigint) "
        "as varchar), {v})"
    )


def _epoch(per_second: int, digits: str) -> str:
    """An instant counted since 1970, as ISO 8601 in UTC; other widths are of another unit."""
    return (
        f"case when regexp_full_match({{v}}, '[0-9]{{{{{digits}}}}}([.][0-9]+)?') then strftime("
        f"make_timestamp(cast(round({{v}}::double * {1_000_000 // per_second}) as bigint)), "
        f"'%Y-%m-%d %H:%M:%S.%fZ') else {{v}} end"
    )


def _sound(reading: str) -> str:
    """The reading, and the text as it was sent where it overflows; typing refuses that."""
    return f"coalesce(try({reading}), {{v}})"


def _number(cleaned: str) -> str:
    return (
        f"case when regexp_full_match({cleaned}, '[+-]?[0-9]*[.]?[0-9]+') then {cleaned} "
        "else {v} end"
    )


def _amount(unit: str) -> str:
    """The number before a unit in a text of several (`1h 23m 45s`), or 0."""
    found = f"regexp_extract(lower({{v}}), '([0-9]+) *{unit}', 1)"
    return f"coalesce(try_cast({found} as bigint), 0)"


_BARE = "regexp_replace({v}, '[\\s\\x{{00A0}}\\x{{202F}}''\\x{{2019}}]', '', 'g')"
_HOURS, _MINUTES, _SECONDS = "(?:h|st|godz|u)", "(?:m)", "(?:s)"

SQL_READ_AS = {
    "excel_time": _sound(
        f"case when regexp_full_match({{v}}, '{_NUMBER}') then strftime("
        "timestamp '2000-01-01' + to_seconds(cast(round({v}::double * 86400) % 86400 as bigint)),"
        " '%H:%M:%S') else {v} end"
    ),
    "excel_date": _sound(
        f"case when regexp_full_match({{v}}, '{_NUMBER}') then strftime(timestamp '1899-12-30' "
        "+ to_seconds(cast(round({v}::double * 86400) as bigint)), '%Y-%m-%d %H:%M:%S') "
        "else {v} end"
    ),
    "excel_days_to_seconds": _sound(
        f"case when regexp_full_match({{v}}, '{_NUMBER}') "
        "then cast(cast(round({v}::double * 86400) as bigint) as varchar) else {v} end"
    ),
    "clock_to_seconds": _sound(
        f"case when regexp_full_match({{v}}, '{_CLOCK}') then cast("
        "coalesce(try_cast(regexp_extract({v}, '^([0-9]+):[0-9]+:', 1) as bigint), 0) * 3600 "
        "+ regexp_extract({v}, '([0-9]+):[0-9.]+$', 1)::bigint * 60 "
        "+ cast(round(regexp_extract({v}, '([0-9.]+)$', 1)::double) as bigint) as varchar) "
        "else {v} end"
    ),
    "hours_minutes_to_seconds": _sound(
        "case when regexp_full_match({v}, '[0-9]+:[0-9]{{2}}') then cast("
        "regexp_extract({v}, '^([0-9]+)', 1)::bigint * 3600 "
        "+ regexp_extract({v}, '([0-9]+)$', 1)::bigint * 60 as varchar) else {v} end"
    ),
    "words_to_seconds": _sound(
        "case when regexp_full_match(lower({v}), "
        "'([0-9]+ *(h|st|godz|u|m|s)[a-zé]*[.,]? *)+') then cast("
        f"{_amount(_HOURS)} * 3600 + {_amount(_MINUTES)} * 60 + {_amount(_SECONDS + '(?:[^t]|$)')} "
        "as varchar) else {v} end"
    ),
    "milliseconds_to_seconds": (
        "case when try_cast({v} as double) is not null "
        "then cast(try_cast({v} as double) / 1000 as varchar) else {v} end"
    ),
    "minutes_to_seconds": _scaled("60"),
    "hours_to_seconds": _scaled("3600"),
    "epoch_seconds": _epoch(1, "9,10"),
    "epoch_milliseconds": _epoch(1000, "12,13"),
    # 1.234,56 and 1 234,56; 1,234.56 and 1'234.56; a percent sign or a currency stays refused.
    "decimal_comma": _number(f"replace(replace({_BARE}, '.', ''), ',', '.')"),
    "decimal_point": _number(f"replace({_BARE}, ',', '')"),
    "whole_seconds": _scaled("1"),
    "percent": "trim(rtrim({v}, '% '))",
}
READ_AS = tuple(SQL_READ_AS)


def read_as_sql(names: Iterable[str], value: str) -> str:
    """SQL: `value` read by each of `names`, one after the other."""
    for name in names:
        value = SQL_READ_AS[name].format(v=f"({value})")
    return value
