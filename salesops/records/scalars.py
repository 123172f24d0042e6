"""The scalars of a record: text becomes a date, a month, a share or a link here, and nowhere else.

Every reader takes the text of one YAML scalar and returns the value or raises a Pydantic error whose type is the
problem's code; its context carries what to do (``help``) and what to paste (``fix``).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Annotated, Any, NoReturn
from zoneinfo import ZoneInfo

from pydantic import PlainValidator, WithJsonSchema
from pydantic_core import PydanticCustomError

from salesops.records.as_written import LEFT, PLACEHOLDERS, WRITE, is_placeholder
from salesops.records.iso_codes import COUNTRIES, COUNTRY_NAMES, CURRENCIES
from salesops.records.money import MONEY, Money, money_from_text, ungrouped

FIRST_YEAR, LAST_YEAR = 1990, 2100
MAX_TEXT = 20_000
UNKNOWN = "unknown"
"""What a field that has to be there says where nobody knows."""

_DATE = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")
_LOOSE_DATE = re.compile(r"([0-9]{4})[-/.]([0-9]{1,2})[-/.]([0-9]{1,2})(?:[T ].*)?", re.ASCII)
ID_FORM = re.compile(r"[a-z0-9][a-z0-9-]{0,79}")
_PERCENT = re.compile(r"(0|[1-9][0-9]{0,2})(\.[0-9]{1,2})?%")
_WHOLE = re.compile(r"0|[1-9][0-9]{0,8}")
_NUMBER = re.compile(r"(0|[1-9][0-9]{0,11})(\.[0-9]{1,8})?")
_MONTH = re.compile(r"([0-9]{4})-(0[1-9]|1[0-2])")
_QUARTER = re.compile(r"([0-9]{4})-?Q([1-4])")
_SOME_DAY = re.compile(rf"^({_DATE.pattern}|{_MONTH.pattern}|{_QUARTER.pattern})$")
_URL = re.compile(r"(?:https?://[^\s\x22'<>\\^`{|}]+|mailto:[^\s\x22'<>\\^`{|}]+)")
_URL_LEFT = re.compile(r"…|:/*\.\.\.")
_EMAIL = re.compile(
    r"[^@\s\x22'<>,;:\\()\[\]]{1,64}@(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z0-9-]{2,63}"
)
_ROR = re.compile(r"https://ror\.org/(0[0-9a-hjkmnp-tv-z]{6}[0-9]{2})")
_HANDLE = re.compile(
    r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,38}|[A-Za-z0-9-]{0,29}_[A-Za-z0-9]{1,8})(?:/[a-z0-9][a-z0-9_-]{0,99})?"
)
_PHONE = re.compile(r"\+?[0-9(][0-9 ()/.-]{3,28}[0-9](?: ?(?:ext\.?|x) ?[0-9]{1,6})?")
_CROCKFORD = {symbol: value for value, symbol in enumerate("0123456789abcdefghjkmnpqrstvwxyz")}


def refuse(code: str, message: str, advice: str = "", fix: str = "") -> NoReturn:
    """Raise the complaint that Pydantic carries back to the place of the value."""
    raise PydanticCustomError(code, "{message}", {"message": message, "help": advice, "fix": fix})


def _text_only(value: object, what: str) -> str:
    if isinstance(value, str):
        return value
    if value is None:
        refuse("value-missing", f"{what} is expected here, and there is nothing")
    refuse("wrong-shape", f"{what} is expected here, not a {'list' if isinstance(value, list) else 'mapping'}")


def shown(value: str) -> str:
    """A value as a message names it: quoted and never longer than a glance."""
    return f"'{value}'" if len(value) <= 60 else f"'{value[:57]}…'"


def text(value: object) -> str:
    """Any text, as written."""
    words = _text_only(value, "a text")
    if len(words) > MAX_TEXT:
        refuse(
            "text-too-long", f"a text of {len(words):,} characters; the limit is {MAX_TEXT:,}", "link to the document"
        )
    if not words.strip():
        refuse("value-missing", "the text is empty", "write it, or delete the key")
    return words if words not in PLACEHOLDERS else _left(words)


def own(value: object) -> object:
    """Whatever a team writes under a field of its own; what a fix left for a person to fill in is nothing that a team writes."""
    for part in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        own(part)
    return _left(str(value)) if is_placeholder(value) else value


def _left(words: str) -> NoReturn:
    refuse("placeholder-left", LEFT.format(words), WRITE)


@lru_cache(maxsize=16384)
def _day(words: str) -> date:
    match = _DATE.fullmatch(words)
    if not match:
        loose = _LOOSE_DATE.fullmatch(words)
        if loose:
            fixed = f"{loose[1]}-{int(loose[2]):02d}-{int(loose[3]):02d}"
            refuse(
                "not-a-date",
                f"{shown(words)} is not a day written as YYYY-MM-DD",
                "dates are whole days",
                fixed if _real(fixed) else "",
            )
        refuse("not-a-date", f"{shown(words)} is not a day written as YYYY-MM-DD", _day_advice(words))
    try:
        day = date(int(match[1]), int(match[2]), int(match[3]))
    except ValueError:
        refuse(
            "not-a-date", f"{shown(words)} is not a date in the calendar", "write a day that exists, such as 2026-02-09"
        )
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        refuse("not-a-date", f"{shown(words)} is not between {FIRST_YEAR} and {LAST_YEAR}", "look at the year")
    return day


def _day_advice(words: str) -> str:
    """Both readings of a day that ends with its year: which number is the month is for a person to say."""
    match = re.fullmatch(r"([0-9]{1,2})[-/.]([0-9]{1,2})[-/.]([0-9]{4})", words, re.ASCII)
    if not match:
        return "write a day such as 2026-02-09"
    one, two = int(match[1]), int(match[2])
    readings = dict.fromkeys(f"{match[3]}-{month:02d}-{day:02d}" for month, day in ((one, two), (two, one)))
    return f"write {' or '.join(filter(_real, readings)) or 'a day such as 2026-02-09'}"


def _real(words: str) -> bool:
    try:
        return FIRST_YEAR <= date.fromisoformat(words).year <= LAST_YEAR
    except ValueError:
        return False


def day(value: object) -> date:
    """A whole calendar day, ``2026-02-09``."""
    return _day(value) if value.__class__ is str else _day(_text_only(value, "a day"))


class FirstDay(date):
    """The first day of a month or a quarter, where that is what was written."""

    written = ""

    def __reduce__(self) -> tuple[Any, ...]:
        """The text that it was read from: what a date remembers by itself is no more than the day."""
        return day_or_period, (self.written,)


def _first_day(first: date, written: str) -> FirstDay:
    found = FirstDay(first.year, first.month, first.day)
    found.written = written
    return found


def as_said(value: date) -> str:
    """A day as somebody wrote it: ``2026-07-01``, or the period with the day on which it begins, ``2026Q3 (from 2026-07-01)``."""
    return f"{value.written} (from {value})" if isinstance(value, FirstDay) and value.written else str(value)


def day_or_period(value: object, other: str = "") -> date:
    """A day, a month or a quarter of which the first day is meant: ``2026-07-01``, ``2026-07``, ``2026Q3``; ``other`` is a word that would do as well."""
    words = _text_only(value, "a day")
    quarter = _QUARTER.fullmatch(words)
    if quarter:
        return _first_day(_day(f"{quarter[1]}-{int(quarter[2]) * 3 - 2:02d}-01"), words)
    if _is_month(words):
        return _first_day(_day(f"{words}-01"), words)
    if not _DATE.fullmatch(words) and not _LOOSE_DATE.fullmatch(words):
        refuse(
            "not-a-date",
            f"{shown(words)} is neither a day nor a month nor a quarter",
            f"write a day such as 2026-02-09, a month such as 2026-07, {'' if other else 'or '}a quarter such as 2026Q3{f', or {other}' if other else ''}",
        )
    return _day(words)


def day_or_none(words: str) -> date | None:
    """A day, or None where the text is none."""
    if len(words) != len("2026-02-09"):
        return None
    try:
        return _day(words)
    except ValueError:
        return None


def id_(value: object) -> str:
    """The id of a record: its file name without ``.yaml``."""
    words = _text_only(value, "an id")
    if not ID_FORM.fullmatch(words):
        refuse(
            "not-an-id",
            f"{shown(words)} is not an id",
            "ids are lower-case letters, digits and hyphens, such as cascadia-2026",
            slug(words),
        )
    return words


def slug(words: str) -> str:
    """The id nearest to some text."""
    plain = unicodedata.normalize("NFKD", words).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:80].rstrip("-")


def percent(value: object) -> Decimal:
    """A percentage from 0% to 100%, written as ``60%``."""
    words = _text_only(value, "a percentage")
    if not _PERCENT.fullmatch(words) or (share := Decimal(words[:-1])) > 100:
        fix = f"{words}%" if _WHOLE.fullmatch(words) and 1 < int(words) <= 100 else ""  # 1 may well mean 100%
        refuse("not-a-percentage", f"{shown(words)} is not a percentage from 0% to 100%", "write it as 60%", fix)
    return share / 100


def whole(value: object) -> int:
    """A whole number from 0 on."""
    words = _text_only(value, "a whole number")
    if not _WHOLE.fullmatch(words):
        digits = ungrouped(words)
        refuse(
            "not-a-number",
            f"{shown(words)} is not a whole number",
            "write digits only",
            digits if _WHOLE.fullmatch(digits) else "",
        )
    return int(words)


def number(value: object) -> Decimal:
    """A decimal number from 0 on, exact."""
    words = _text_only(value, "a number")
    if not _NUMBER.fullmatch(words):
        refuse("not-a-number", f"{shown(words)} is not a number", "write digits and a point, such as 0.7312")
    return Decimal(words)


def number_or_none(words: str) -> Decimal | None:
    """A number, or None where the text is none."""
    return Decimal(words) if _NUMBER.fullmatch(words) else None


def whole_or_money(value: object) -> int | Money:
    """A bound: a whole number, or an amount of money."""
    return money(value) if isinstance(value, str) and " " in value else whole(value)


def yes_no(value: object) -> bool:
    """``true`` or ``false``."""
    words = _text_only(value, "true or false")
    if words not in ("true", "false"):
        meant = {"yes": "true", "on": "true", "y": "true", "no": "false", "off": "false", "n": "false"}.get(
            words.casefold(), words.casefold()
        )
        refuse(
            "not-true-or-false",
            f"{shown(words)} is neither true nor false",
            "write true or false",
            meant if meant in ("true", "false") else "",
        )
    return words == "true"


def month(value: object) -> str:
    """A calendar month, ``2026-05``."""
    words = _text_only(value, "a month")
    if not _is_month(words):
        refuse(
            "not-a-month",
            f"{shown(words)} is not a month",
            "write a month such as 2026-05",
            words[:7] if _is_month(words[:7]) else "",
        )
    return words


def _is_month(words: str) -> bool:
    return bool(_MONTH.fullmatch(words)) and FIRST_YEAR <= int(words[:4]) <= LAST_YEAR


def url(value: object) -> str:
    """A link: http, https or mailto, and nothing that could run."""
    words = _text_only(value, "a link")
    if len(words) > 2000 or not _URL.fullmatch(words):
        refuse(
            "not-a-link",
            f"{shown(words)} is not a link that may be followed",
            "links begin with https://, http:// or mailto: and have no spaces or quotes",
        )
    return words if not _URL_LEFT.search(words) else _left(words)


def email(value: object) -> str:
    """An e-mail address, by its form."""
    words = _text_only(value, "an e-mail address")
    if len(words) > 254 or not _EMAIL.fullmatch(words):
        refuse("not-an-email", f"{shown(words)} is not an e-mail address", "write it as name@university.example")
    return words


def phone(value: object) -> str:
    """A telephone number as people dial it."""
    words = _text_only(value, "a telephone number")
    if not _PHONE.fullmatch(words):
        refuse(
            "not-a-phone-number",
            f"{shown(words)} is not a telephone number",
            "digits with blanks, hyphens or brackets between them, such as +1 604 555 0100, and ext. 12 where it has one",
        )
    return words


def country(value: object) -> str:
    """An ISO 3166-1 alpha-2 code, or ``unknown``."""
    words = _text_only(value, "a country code")
    if words not in COUNTRIES and words != UNKNOWN:
        refuse(
            "not-a-country",
            f"{shown(words)} is not a country code",
            "two capital letters of ISO 3166-1, such as US or CA; or unknown",
            words.upper() if words.upper() in COUNTRIES else COUNTRY_NAMES.get(words.casefold(), ""),
        )
    return words


def currency(value: object) -> str:
    """An ISO 4217 code."""
    words = _text_only(value, "a currency code")
    if words not in CURRENCIES:
        refuse(
            "not-a-currency",
            f"{shown(words)} is not a currency",
            "three capital letters of ISO 4217, such as USD",
            words.upper() if words.upper() in CURRENCIES else "",
        )
    return words


def ror(value: object) -> str:
    """A ROR id with a right checksum (the check digits are 98 less the number, times 100, modulo 97)."""
    words = _text_only(value, "a ROR id")
    match = _ROR.fullmatch(words)
    if not match:
        refuse(
            "not-a-ror-id",
            f"{shown(words)} is not a ROR id",
            "copy it from the institution's page, such as https://ror.org/ and nine characters",
        )
    count = 0
    for symbol in match[1][1:7]:
        count = count * 32 + _CROCKFORD[symbol]
    if 98 - (count * 100) % 97 != int(match[1][7:]):
        refuse(
            "not-a-ror-id",
            f"the check digits of {shown(words)} are wrong",
            "a character was mistyped: copy it from the institution's page",
        )
    return words


def zone(value: object) -> str:
    """An IANA time zone name."""
    words = _text_only(value, "a time zone")
    try:
        ZoneInfo(words)
    except Exception:
        refuse("not-a-time-zone", f"{shown(words)} is not a time zone", "an IANA name such as America/Vancouver or UTC")
    return words


def handle(value: object) -> str:
    """An account on GitHub, ``octocat``, or a team of an organisation, ``our-org/sales``."""
    words = _text_only(value, "a GitHub account")
    if not _HANDLE.fullmatch(words):
        bare = words.strip().rstrip("/").removeprefix("https://github.com/").removeprefix("@")
        refuse(
            "not-a-github-account",
            f"{shown(words)} is not the name of a GitHub account or team",
            "write the name alone, such as octocat, or organisation/team",
            bare if _HANDLE.fullmatch(bare) else "",
        )
    return words


def money(value: object) -> Money:
    """An exact amount and its currency, ``1250 USD``."""
    words = value if value.__class__ is str else _text_only(value, "an amount of money")
    found = money_from_text(words)
    return found if isinstance(found, Money) else refuse(*found)


def _typed(reader: Callable[[object], Any], **schema: Any) -> list[Any]:
    return [PlainValidator(reader), WithJsonSchema({"type": "string", **schema})]


PLAIN = ["string", "number", "boolean"]
"""What an editor may take a plain text for: `title: 010` is a text to us and a number to YAML."""

Text = Annotated[str, *_typed(text, type=PLAIN, minLength=1, maxLength=MAX_TEXT)]
Own = Annotated[Any, PlainValidator(own), WithJsonSchema({})]
Day = Annotated[date, *_typed(day, format="date", pattern=f"^{_DATE.pattern}$")]
DayOrPeriod = Annotated[
    date, PlainValidator(day_or_period), WithJsonSchema({"type": "string", "pattern": _SOME_DAY.pattern})
]
"""A day, or the first one of a month or a quarter."""
HAPPENED = "happened"
Happened = Annotated[Day, HAPPENED]
"""A day on which something happened: before it the field says nothing. A plan, a term or a bound is a plain ``Day``."""
Id = Annotated[str, *_typed(id_, type=["string", "integer"], pattern=f"^{ID_FORM.pattern}$")]
Percent = Annotated[Decimal, *_typed(percent, pattern=f"^{_PERCENT.pattern}$")]
Whole = Annotated[
    int, PlainValidator(whole), WithJsonSchema({"type": ["integer", "string"], "pattern": f"^({_WHOLE.pattern})$"})
]
Number = Annotated[
    Decimal, PlainValidator(number), WithJsonSchema({"type": ["number", "string"], "pattern": f"^{_NUMBER.pattern}$"})
]
YesNo = Annotated[bool, PlainValidator(yes_no), WithJsonSchema({"type": "boolean"})]
Month = Annotated[str, *_typed(month, pattern=f"^{_MONTH.pattern}$")]
Url = Annotated[str, *_typed(url, pattern=f"^{_URL.pattern}$", maxLength=2000)]
Email = Annotated[str, *_typed(email, pattern=f"^{_EMAIL.pattern}$", maxLength=254)]
Phone = Annotated[str, *_typed(phone, type=["string", "integer"], pattern=f"^{_PHONE.pattern}$")]
Country = Annotated[
    str, PlainValidator(country), WithJsonSchema({"type": "string", "enum": [*sorted(COUNTRIES), UNKNOWN]})
]
Currency = Annotated[str, PlainValidator(currency), WithJsonSchema({"type": "string", "enum": sorted(CURRENCIES)})]
Ror = Annotated[str, *_typed(ror, pattern=f"^{_ROR.pattern}$")]
Zone = Annotated[str, *_typed(zone)]
Handle = Annotated[str, *_typed(handle, type=["string", "integer"], pattern=f"^{_HANDLE.pattern}$")]
Amount = Annotated[
    Money, *_typed(money, pattern=f"^{MONEY.pattern.replace('[A-Z]{3}', '|'.join(sorted(CURRENCIES)))}$")
]
Bound = Annotated[
    int | Money,
    PlainValidator(whole_or_money),
    WithJsonSchema({"type": ["integer", "string"], "pattern": f"^({_WHOLE.pattern}|{MONEY.pattern})$"}),
]
"""At least so many, or so much money."""
