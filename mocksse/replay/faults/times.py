"""Times as APIs write them: whole seconds, with a fraction, milliseconds, RFC 3339. Read, and written anew in that way.

Arithmetic on text: no clock is read. What is of another form, or before 1970, is no time here.
"""

from __future__ import annotations

import calendar
import re

_NUMBER = re.compile(r"[1-9]\d{9}(\.\d+|\d{3})?")
"""Seconds of this century or the next two, with or without a fraction, or milliseconds."""
_DATE = re.compile(r"(\d{4})-(\d\d)-(\d\d)([Tt ])(\d\d):(\d\d):(\d\d)(?:\.\d+)?(?:[Zz]|([+-])(\d\d):(\d\d))?")
_DIGITS = 10
_DAY = 24 * 60 * 60
_LAST = 253_402_300_799
"""The end of the year 9999."""


def seconds(text: str) -> int | None:
    """Since 1970; a date without a zone is of UTC. None for what is no time."""
    if _NUMBER.fullmatch(text):
        return int(text[:_DIGITS])
    local = _local(text)
    found = _DATE.fullmatch(text)
    if local is None or found is None:
        return None
    zone = 3600 * int(found[9]) + 60 * int(found[10]) if found[8] else 0
    return local + (zone if found[8] == "-" else -zone)


def shifted(text: str, late: int) -> str:
    """The time so many seconds later, written in the same way; as it was where that has no room for it."""
    if _NUMBER.fullmatch(text):
        later = str(int(text[:_DIGITS]) + late)
        return later + text[_DIGITS:] if len(later) == _DIGITS else text
    local = _local(text)
    if local is None or not 0 <= local + late <= _LAST:
        return text
    days, clock = divmod(local + late, _DAY)
    year, month, day = _date(days)
    new = f"{year}-{month:02}-{day:02}{text[10]}{clock // 3600:02}:{clock // 60 % 60:02}:{clock % 60:02}"
    return new + text[len(new) :]


def _local(text: str) -> int | None:
    """The seconds a date would be, were its zone UTC."""
    found = _DATE.fullmatch(text)
    if found is None or int(found[1]) < 1970 or not 1 <= int(found[2]) <= 12:
        return None
    return calendar.timegm(tuple(int(found[group]) for group in (1, 2, 3, 5, 6, 7)))


def _date(days: int) -> tuple[int, int, int]:
    """Year, month and day, so many days after 1970-01-01."""
    year, month = 1970, 1
    while days >= (size := 366 if calendar.isleap(year) else 365):
        year, days = year + 1, days - size
    while days >= (size := calendar.monthrange(year, month)[1]):
        month, days = month + 1, days - size
    return year, month, days + 1
