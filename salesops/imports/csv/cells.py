"""One cell to one value of a record: days, amounts and numbers in the way the mapping says that the table writes them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

from salesops.imports.csv.mapping import DECIMALS, THOUSANDS, Format, pattern_of
from salesops.imports.remarks import Wrong
from salesops.records.iso_codes import CURRENCIES
from salesops.records.scalars import FIRST_YEAR, LAST_YEAR
from salesops.records.yaml_reader import UNSEEN

_DOLLARS = frozenset("AUD BSD BZD CAD FJD HKD JMD MXN NAD NZD SGD TTD TWD USD".split())
SYMBOLS: Mapping[str, frozenset[str]] = {
    "$": _DOLLARS,
    "€": frozenset({"EUR"}),
    "£": frozenset({"GBP"}),
    "¥": frozenset({"CNY", "JPY"}),
}
"""Signs that may be next to an amount, and the currencies that they mean."""

LONGEST = 60
"""Characters of a day or an amount; a longer cell is something else, and no pattern is tried on it."""

EPOCH = datetime(1970, 1, 1)

_BLANKS = {0x00A0: " ", 0x2009: " ", 0x202F: " "}  # what spreadsheets put between thousands
_BESIDE = re.compile(r"([A-Z]{3}|[$€£¥])?\s*(.*?)\s*([A-Z]{3}|[$€£¥])?", re.DOTALL)


_ZONE_IN_WORDS = re.compile(r"(?<=[+-][0-9]{4}) \([^()]*\)$")
"""What a browser puts behind an offset, as in 10:11:12 GMT-0800 (Pacific Standard Time)."""
_SHORT = re.compile(r"([0-9]{1,6}(?:[.,][0-9]{1,3})?)\s?([kKmM])")
"""An amount as people write it by hand: 250k."""
_WITH_ADDRESS = re.compile(r"(.*\S)\s*\(([^()@\s]+@[^()@\s]+)\)", re.DOTALL)
_NOTHING = frozenset("\u00ad\u200b\u200c\u200d\u2060\ufeff")
_LINE_ENDS = frozenset("\r\x85\u2028\u2029")


def cleaned(words: str) -> tuple[str, str]:
    """A text without the marks that nobody sees and that say nothing, and which these were.

    Soft hyphens, zero-width blanks and byte-order marks go, odd line ends become plain ones. What joins the letters of a
    word or the parts of a picture stays; what turns the direction of a text, or controls a terminal, is not for us to mend.
    """
    words = words.replace("\r\n", "\n")
    if words.isascii() and "\r" not in words:
        return words, ""
    found = dict.fromkeys(mark for mark in UNSEEN.findall(words) if mark in _NOTHING or mark in _LINE_ENDS)
    bare = UNSEEN.sub(lambda mark: _instead_of(mark.group()), words) if found else words
    return bare, " and ".join(f"U+{ord(mark):04X}" for mark in found)


def _instead_of(mark: str) -> str:
    return "" if mark in _NOTHING else "\n" if mark in _LINE_ENDS else mark


def name_alone(words: str) -> str:
    """The name of somebody behind whom an e-mail address stands in brackets."""
    return name_and_address(words)[0]


def name_and_address(words: str) -> tuple[str, str]:
    """The name of somebody, and the e-mail address that stands behind it in brackets; nothing where there is none."""
    match = _WITH_ADDRESS.fullmatch(words)
    return (match[1], match[2]) if match else (words, "")


def day(words: str, written: tuple[str, ...], zone: str) -> str | Wrong:
    """A day as ``2017-03-01``; where it may be written in several ways, only one of them may fit."""
    readings = [_day(words, one, zone) for one in written]
    found = list(dict.fromkeys(reading for reading in readings if not isinstance(reading, Wrong)))
    if len(found) > 1:
        return Wrong("day-in-two-ways", "is a day that can be read in more than one way", " or ".join(sorted(found)))
    if found:
        return found[0]
    doubtful = next((one for one in readings if isinstance(one, Wrong) and one.meanings), None)
    if doubtful:
        return doubtful
    outside = next((one for one in readings if isinstance(one, Wrong) and "between" in one.reason), None)
    return outside or Wrong("not-a-date", f"is not a day written as {' or '.join(written)}")


@lru_cache(maxsize=16384)
def _day(words: str, written: str, zone: str) -> str | Wrong:
    """A day as it is written in one way; a time with an offset becomes the day that it was in the team's zone."""
    wrong = Wrong("not-a-date", f"is not a day written as {written}")
    words = _ZONE_IN_WORDS.sub("", words)
    if not words.isascii() or len(words) > LONGEST:
        return wrong
    try:
        found = datetime.strptime(words, pattern_of(written))
        local = found.astimezone(ZoneInfo(zone)) if found.tzinfo else found
    except (ValueError, OverflowError):
        return wrong
    if local.year == EPOCH.year:
        meant = EPOCH + (local.replace(tzinfo=None) - EPOCH) * 1000
        reason = "is a day of 1970, as a time in seconds that was read as milliseconds is"
        return Wrong("day-of-1970", reason, f"is it {meant:%Y-%m-%d %H:%M:%S}?")
    if not FIRST_YEAR <= local.year <= LAST_YEAR:
        return Wrong("not-a-date", f"is not between {FIRST_YEAR} and {LAST_YEAR}")
    return local.date().isoformat()


def amount(words: str, table_format: Format, currency: str) -> str | Wrong:
    """Money as ``1054.50 USD``; a code or sign beside the amount must be that of the currency."""
    if currency not in CURRENCIES:
        return Wrong("not-a-currency", "has a currency code that is not in ISO 4217")
    match = _BESIDE.fullmatch(words) if len(words) <= LONGEST else None
    before, bare, after = match.groups() if match else (None, words, None)
    for sign in (before, after):
        if sign and sign != currency and currency not in SYMBOLS.get(sign, ()):
            return Wrong("not-money", f"is not an amount in {currency}")
    if bare.startswith(("-", "(")):
        return Wrong("not-money", "is below zero")
    if short := _SHORT.fullmatch(bare):
        times = "a thousand" if short[2] in "kK" else "a million"
        return Wrong(
            "amount-in-short", "is an amount in short", f"write it in full, if {short[1]} times {times} is meant"
        )
    digits = number(bare, table_format)
    if isinstance(digits, Wrong):
        return Wrong("not-money", f"is not an amount of money {_written(table_format)}")
    whole, _, cents = digits.partition(".")
    if len(cents.rstrip("0")) > 2:
        return Wrong("not-money", "has more than two decimals")
    cents = cents.rstrip("0").ljust(2, "0") if cents.rstrip("0") else ""
    return f"{whole}{'.' if cents else ''}{cents} {currency}"


def number(words: str, table_format: Format) -> str | Wrong:
    """A number from 0 on as ``1054.5``, exactly as many digits as the cell has."""
    if table_format.thousands == "blank":
        words = words.translate(_BLANKS)
    match = _number(table_format.decimal, table_format.thousands).fullmatch(words) if len(words) <= LONGEST else None
    if not match:
        return Wrong("not-a-number", f"is not a number {_written(table_format)}")
    mark = THOUSANDS[table_format.thousands]
    whole = (match[1].replace(mark, "") if mark else match[1]).lstrip("0") or "0"
    return f"{whole}.{match[2]}" if match[2] else whole


@lru_cache(maxsize=32)
def _number(decimal: str, thousands: str) -> re.Pattern[str]:
    mark, point = THOUSANDS[thousands], re.escape(DECIMALS[decimal])
    grouped = rf"[0-9]{{1,3}}(?:{re.escape(mark)}[0-9]{{3}})+|" if mark else ""
    return re.compile(rf"({grouped}[0-9]{{1,15}})(?:{point}([0-9]{{1,15}}))?")


def _written(table_format: Format) -> str:
    cents = f"with a {table_format.decimal} before the cents"
    thousands = "no mark" if table_format.thousands == "none" else f"a {table_format.thousands}"
    return f"{cents} and {thousands} between thousands"
