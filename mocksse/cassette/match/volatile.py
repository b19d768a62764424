"""Ids and dates in text: what differs from run to run and means nothing, taken for equal where a rule says so.

Linear in the text: every pattern begins at a word's start, and no look ahead goes further than an id is long.
"""

from __future__ import annotations

import re

from mocksse.cassette.match.rules import DATES, IDS

# Call ids, answers, items, files: whatever the APIs number by a word and a token.
_PREFIX = (
    "asst|batch|call|chatcmpl|cmpl|conv|ctc|fc|file|gen|item|mcp|msg|req|resp|rs|run|session|step|thread|toolu"
    "|tooluse|ws"
)
_MIXED = r"(?=[A-Za-z]{0,40}[0-9])(?=[a-z0-9]{0,40}[A-Z])(?=[A-Z0-9]{0,40}[a-z])"
# A digest is what tells an image, of which nothing else was kept, from another.
_ID = re.compile(
    rf"""
    (?<![A-Za-z0-9])
    (?: [0-9a-fA-F]{{8}} (?:-[0-9a-fA-F]{{4}}){{3}} -[0-9a-fA-F]{{12}}
    | (?:{_PREFIX}) [-_] (?: (?=[A-Za-z_-]{{0,40}}[0-9]) [A-Za-z0-9_-]{{1,128}} | [A-Za-z0-9]{{16,128}} )
    | (?<![+/=_-]) (?<!sha256:) (?: [0-9a-fA-F]{{16,128}} | {_MIXED} [A-Za-z0-9]{{20,128}} ) (?![+/=_-])
    )
    (?![A-Za-z0-9])
    """,
    re.VERBOSE,
)
_MONTH = r"(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]{0,6}\.?"
_CLOCK = (
    r"[0-9]{1,2}:[0-9]{2}(?::[0-9]{2}(?:[.,][0-9]{1,9})?)?(?:\ ?(?:[AaPp][Mm]|Z|UTC|GMT|[+-][0-9]{2}:?[0-9]{2})\b)?"
)
_DATE = re.compile(
    rf"""
    (?<![A-Za-z0-9./-])
    (?: [0-9]{{4}}(?P<mark>[-/.])[0-9]{{1,2}}(?P=mark)[0-9]{{1,2}} (?:(?:[Tt]|,?\ ){_CLOCK})?
    | (?:(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]{{0,6}},?\ )?
      (?: [0-9]{{1,2}}(?:st|nd|rd|th)?[ -]{_MONTH}(?:,?[ -][0-9]{{4}})?
      | {_MONTH}\ [0-9]{{1,2}}(?:st|nd|rd|th)?(?:,?\ [0-9]{{4}})? ) (?:,?\ (?:at\ )?{_CLOCK})?
    | [0-9]{{1,2}}/[0-9]{{1,2}}/[0-9]{{4}} (?:,?\ {_CLOCK})?
    | {_CLOCK}
    )
    (?![A-Za-z0-9])
    """,
    re.VERBOSE,
)
_TIME_KEY = re.compile(
    r"(?i)(?:.*(?:_|(?-i:(?<=[a-z])(?=[A-Z]))))?"
    r"(?:at|created|date|expires|expiry|now|time|timestamp|ts|updated)(?:_?(?:ms|us))?"
)
_SECONDS = re.compile(r"[0-9]{10}(?:[0-9]{3}|[0-9]{6})?(?:\.[0-9]+)?")
_AN_ID, _A_DATE = "\0id", "\0date"


def plain(text: str, ignore: tuple[str, ...]) -> str:
    """The text with every id, every date, or both, as one mark, where `ignore` has the word for it."""
    if IDS in ignore:
        text = _ID.sub(_AN_ID, text)
    return _DATE.sub(_A_DATE, text) if DATES in ignore else text


def is_date(key: str, value: object, ignore: tuple[str, ...]) -> bool:
    """Whether a number, or a text of digits, under this key is a time since 1970 that a rule has us ignore."""
    if DATES not in ignore or isinstance(value, bool) or not isinstance(value, (int, float, str)):
        return False
    text = value if isinstance(value, str) else repr(value)
    return len(text) <= 32 and _SECONDS.fullmatch(text) is not None and _TIME_KEY.fullmatch(key[-40:]) is not None
