"""Days, money and countries as people say them, and the one exact form that is meant; where there are two readings, both are named."""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import date, timedelta
from decimal import Decimal

from salesops.records.iso_codes import COUNTRIES, COUNTRY_NAMES, CURRENCIES
from salesops.records.money import MONEY, Money, ungrouped
from salesops.records.scalars import FIRST_YEAR, LAST_YEAR, UNKNOWN

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
MONTHS = (
    "january", "february", "march", "april", "may", "june",
    "july", "august", "september", "october", "november", "december",
)  # fmt: skip
SYMBOLS = {"$": ("USD", "CAD", "AUD", "NZD", "SGD", "HKD"), "€": ("EUR",), "£": ("GBP",), "¥": ("JPY", "CNY")}
"""The currencies that a sign may stand for: it means the team's own where that is among them."""
HAPPENED, DUE = "happened", "due"
LEAP_YEAR = 2024
"""A year with every day that there is."""

_NUMBERS = re.compile(r"(\d{1,2})[/.-](\d{1,2})(?:[/.-](\d{2}|\d{4}))?", re.ASCII)
_DAY_MONTH = re.compile(r"(\d{1,2})(?:st|nd|rd|th)?\.?\s+([a-z]{3,})\.?(?:,?\s+(\d{4}))?", re.ASCII)
_MONTH_DAY = re.compile(r"([a-z]{3,})\.?\s+(\d{1,2})(?:st|nd|rd|th)?(?:,?\s+(\d{4}))?", re.ASCII)
_MONTH_YEAR = re.compile(r"([a-z]{3,})\.?\s+(\d{4})", re.ASCII)
_QUARTER = re.compile(r"q([1-4])\s*(\d{4})|(\d{4})\s*-?q([1-4])", re.ASCII)
_ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})", re.ASCII)
_AHEAD = re.compile(r"([+-])(\d{1,3})", re.ASCII)
_A_MONTH = re.compile(r"\s*(?:/|\bper\b|\ba\b)\s*(?:months?|mo)\.?", re.IGNORECASE)
_AMOUNT = re.compile(r"([$€£¥])?\s*([0-9][0-9,_ ]*)(\.[0-9]{1,2})?\s*([A-Za-z]{3})?", re.ASCII)
_TERM = re.compile(r"^(.*?)[\s,;]+(?:for\s+)?(\d{1,3})(?:\s*(?:months?|mo)\.?)?$", re.ASCII)


class Unclear(Exception):
    """What was said has no reading, or two; the sentence says which."""


# ── days ──────────────────────────────────────────────────────────────────────────────────────────────────────────────


def day(words: str, today: date, sense: str = HAPPENED) -> date:
    """The day that is meant, of something that happened or that is due; raises Unclear where there is none, or more than one."""
    asked = " ".join(words.casefold().split())
    found = _near(asked, today, sense) or _named(asked, today, sense) or _numbered(asked)
    if found is None:
        raise Unclear(f"'{words[:60]}' is not a day: write thu, 3 dec, +10, or 2026-12-03")
    if not FIRST_YEAR <= found.year <= LAST_YEAR:
        raise Unclear(f"{found} is not between {FIRST_YEAR} and {LAST_YEAR}: look at the year")
    return found


def _near(asked: str, today: date, sense: str) -> date | None:
    """Today, yesterday, tomorrow, a weekday, so many days from now."""
    if asked in ("today", "yesterday", "tomorrow"):
        return today + timedelta(days=("yesterday", "today", "tomorrow").index(asked) - 1)
    if ahead := _AHEAD.fullmatch(asked):
        return today + timedelta(days=int(ahead[2]) * (1 if ahead[1] == "+" else -1))
    name = asked.removeprefix("next ").removeprefix("last ").removeprefix("on ")
    fits = [at for at, weekday in enumerate(WEEKDAYS) if len(name) >= 3 and weekday.startswith(name)]
    if not fits:
        return None
    back = (today.weekday() - fits[0]) % 7
    if sense == HAPPENED:
        return today - timedelta(days=back or 7 * asked.startswith("last "))
    return today + timedelta(days=7 - back if back else 7 * asked.startswith("next "))


def _named(asked: str, today: date, sense: str) -> date | None:
    """A day with the name of its month; without a year the last one for what happened, the next one for what is due."""
    if match := _DAY_MONTH.fullmatch(asked):
        number, month, year = int(match[1]), _month(match[2]), match[3]
    elif match := _MONTH_DAY.fullmatch(asked):
        number, month, year = int(match[2]), _month(match[1]), match[3]
    else:
        return None
    if month is None:
        return None
    if year:
        return _real(int(year), month, number)
    years = (today.year, today.year - 1) if sense == HAPPENED else (today.year, today.year + 1)
    for each in years:
        there = _real(each, month, number, must=each == years[-1])
        if there and (there <= today if sense == HAPPENED else there >= today):
            return there
    return None


def _month(name: str) -> int | None:
    return next((at for at, month in enumerate(MONTHS, 1) if month.startswith(name)), None)


def _numbered(asked: str) -> date | None:
    if match := _ISO.fullmatch(asked):
        return _real(int(match[1]), int(match[2]), int(match[3]))
    match = _NUMBERS.fullmatch(asked)
    if match is None:
        return None
    one, two = int(match[1]), int(match[2])
    readings = sorted({(month, number) for month, number in ((one, two), (two, one)) if _is_in_a_year(month, number)})
    if not readings:
        return None
    shown = " or ".join(f"{number} {MONTHS[month - 1][:3]}" for month, number in readings)
    raise Unclear(f"'{asked}' is {shown}: write the month by its name")


def _is_in_a_year(month: int, number: int) -> bool:
    """Whether some year has that day: 29 February is one, 31 November is none."""
    return 1 <= month <= 12 and 1 <= number <= monthrange(LEAP_YEAR, month)[1]


def _real(year: int, month: int, number: int, *, must: bool = True) -> date | None:
    try:
        return date(year, month, number)
    except ValueError:
        if must:
            raise Unclear(
                f"{number} of {MONTHS[month - 1].title() if 1 <= month <= 12 else f'month {month}'} {year} is not in the calendar"
            ) from None
        return None


def period(words: str, today: date) -> str:
    """A day, month or quarter to come, or ``never``, as records write it."""
    asked = " ".join(words.casefold().split())
    if asked == "never":
        return asked
    if match := _QUARTER.fullmatch(asked):
        return f"{match[2] or match[3]}Q{match[1] or match[4]}"
    if re.fullmatch(r"\d{4}-(?:0[1-9]|1[0-2])", asked, re.ASCII):
        return asked
    match = _MONTH_YEAR.fullmatch(asked)
    month = _month(match[1]) if match else None
    if match and month:
        return f"{match[2]}-{month:02d}"
    try:
        return str(day(words, today, DUE))
    except Unclear as unclear:
        raise Unclear(f"{unclear}; or a month or a quarter: sep {today.year + 1}, {today.year + 1}Q1") from None


def ending_with_day(words: str, today: date) -> tuple[str, date | None]:
    """What is to be done, and its day where it stands at the end, after a comma: ``Send the price, 27 nov``."""
    text, comma, end = words.rpartition(",")
    if not comma or not text.strip():
        return words.strip(), None
    try:
        return text.strip(), day(end.removeprefix(" by "), today, DUE)
    except Unclear:
        if _NUMBERS.fullmatch(end.strip()):
            raise
        return words.strip(), None


# ── money ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


def money(words: str, currency: str) -> Money:
    """The amount that is meant: in the team's ``currency`` where none is said; raises Unclear where there is more than one reading."""
    asked = words.strip()
    exact = MONEY.fullmatch(asked)
    if exact and exact[3] in CURRENCIES:
        return Money(Decimal(exact[1] + (exact[2] or "")), exact[3])
    match = _AMOUNT.fullmatch(asked)
    digits = ungrouped(match[2].strip()) if match else ""
    if match is None or not digits:
        raise Unclear(
            f"'{words[:60]}' is not an amount: write 1450, 1450.50 or 1450 {currency}" + _both(asked, currency)
        )
    named = match[4].upper() if match[4] else _of_sign(match[1], currency)
    if named not in CURRENCIES:
        raise Unclear(f"{named} is not a currency: three letters such as USD, CAD, EUR")
    if match[1] and match[4] and named not in SYMBOLS[match[1]]:
        raise Unclear(f"'{words[:60]}' names two currencies: {match[1]} and {named}")
    return Money(Decimal(digits + (match[3] or "")), named)


def _of_sign(sign: str | None, currency: str) -> str:
    if not sign or currency in SYMBOLS[sign]:
        return currency
    meant = SYMBOLS[sign]
    if len(meant) > 1:
        raise Unclear(f"{sign} may be {', '.join(meant[:-1])} or {meant[-1]}: write the three letters")
    return meant[0]


def _both(asked: str, currency: str) -> str:
    """Both readings of a point that may set off thousands or cents, in the currency that was said."""
    match = re.fullmatch(r"([$€£¥]?)\s*(\d{1,3})\.(\d{3})\s*([A-Za-z]{3})?", asked, re.ASCII)
    if match is None:
        return ""
    named = match[4].upper() if match[4] else _of_sign(match[1], currency)
    return f"; it may be {match[2]}{match[3]} {named} or {match[2]}.{match[3].removesuffix('0')} {named}"


def worth(words: str, currency: str) -> tuple[Money, int | None]:
    """An amount a month and the months, as in ``1450/month 12``."""
    match = _TERM.fullmatch(words.strip())
    a_month = _A_MONTH.search(words)
    if match and (a_month or "month" in words[match.end(1) :]):
        return money(_A_MONTH.sub("", match[1]), currency), int(match[2])
    return money(_A_MONTH.sub("", words), currency), None


# ── countries ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def country(words: str) -> str:
    """The code of the country that is meant, by its code or its name; raises Unclear where it is not known."""
    asked = " ".join(words.split())
    if asked.upper() in COUNTRIES and len(asked) == 2:
        return asked.upper()
    if asked.casefold() == UNKNOWN:
        return UNKNOWN
    begun = {code for name, code in COUNTRY_NAMES.items() if len(asked) > 3 and name.startswith(asked.casefold())}
    found = {COUNTRY_NAMES[asked.casefold()]} if asked.casefold() in COUNTRY_NAMES else begun
    if len(found) == 1:
        return found.pop()
    reads = f" is {' or '.join(sorted(found))}" if found else " is not a country that is known here by name"
    raise Unclear(f"'{asked[:60]}'{reads}: write its two letters, such as CA; unknown where nobody knows")
