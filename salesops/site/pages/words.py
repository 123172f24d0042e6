"""Figures, days and prose as templates and the cells of tables show them: each foreign text is escaped or plain."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from functools import lru_cache

from markupsafe import Markup, escape

from salesops.metrics import wording
from salesops.records.money import Money
from salesops.records.scalars import as_said

NOTHING = "–"
"""What stands where there is nothing."""


def day(when: date | None, without: str = NOTHING) -> Markup:
    """A day as a browser knows it; a month or a quarter as somebody wrote it."""
    return _time(str(when), as_said(when)) if when else escape(without)


@lru_cache(maxsize=4096)
def _time(when: str, said: str) -> Markup:
    return Markup('<time datetime="{}">{}</time>').format(when, said)


_TIME = re.compile(r'<time datetime="(\d{4})-(\d\d)-(\d\d)">\1-\2-\3</time>')


def days_in_words(body: str, as_of: date) -> str:
    """A whole page, its days as people say them: ``Mon 23 Nov``, with the year where it is not the year of the day looked at.

    Only days that stand in an element of their own: what somebody wrote is left as it is.
    """

    def worded(found: re.Match[str]) -> str:
        when = date(int(found[1]), int(found[2]), int(found[3]))
        return f'<time datetime="{when}">{short_day(when, as_of)}</time>'

    return _TIME.sub(worded, body)


def short_day(when: date, as_of: date) -> str:
    """``Mon 23 Nov``; ``Mon 23 Nov 2026`` in any other year."""
    year = f" {when.year}" if when.year != as_of.year else ""
    return f"{WEEKDAYS[when.weekday()][:3]} {when.day} {MONTHS[when.month - 1][:3]}{year}"


def short(when: date, as_of: date) -> str:
    """``31 Dec``; with its year where that is not the year of the day looked at."""
    return short_day(when, as_of).split(" ", 1)[1]


def days_said(words: str, as_of: date) -> str:
    """A sentence of the program's own, its days as people say them: ``the term ended on 30 Sep``."""

    def worded(found: re.Match[str]) -> str:
        try:
            when = date.fromisoformat(found[0])
        except ValueError:
            return found[0]
        return short_day(when, as_of).partition(" ")[2]

    return re.sub(r"\b\d{4}-\d\d-\d\d\b", worded, words)


def told(words: str, as_of: date) -> str:
    """A sentence of the program's own that may hold somebody's words, in quotes or behind a colon: theirs are left as they are."""
    own, colon, theirs = words.partition(": ")
    return (own if "'" in own else days_said(own, as_of)) + colon + theirs


def long_day(when: date) -> Markup:
    """``Saturday 21 November 2026``."""
    said = f"{WEEKDAYS[when.weekday()]} {when.day} {MONTHS[when.month - 1]} {when.year}"
    return Markup('<time datetime="{}">{}</time>').format(when, said)


def day_and_year(when: date) -> str:
    """``31 Oct 2026``."""
    return f"{when.day} {MONTHS[when.month - 1][:3]} {when.year}"


WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)


def initials(name: str) -> str:
    """``IV`` for Idris Vantongeren: the first and the last name."""
    parts = name.split()
    return "".join(part[0] for part in (parts[:1] + parts[1:][-1:])).upper()


def in_days(days: int) -> str:
    """How near a day is where that helps: ``3 days late``, ``today``, ``in 2 days``; nothing from a fortnight on."""
    if days < 0:
        return f"{counted(-days, 'day')} late"
    return "today" if days == 0 else "tomorrow" if days == 1 else f"in {days} days" if days <= FORTNIGHT else ""


FORTNIGHT = 14


_FEW = "one two three four five six seven eight nine ten eleven twelve".split()


def in_weeks(weeks: int) -> str:
    """``in four weeks``, ``in one week``, ``in 26 weeks``."""
    said = _FEW[weeks - 1] if weeks <= len(_FEW) else f"{weeks:,}"
    return f"in {said} week{'' if weeks == 1 else 's'}"


def ago(days: int) -> str:
    """``today``, ``yesterday``, ``9 days ago``."""
    return "today" if days == 0 else "yesterday" if days == 1 else f"{days:,} days ago"


_DATED = re.compile(r"^\d{4}(-\d\d){0,2}-(?=\D)", re.ASCII)


FAULTS = {"icp": "the ICP was wrong", "execution": "the execution was poor"}
"""What a verdict on a loss says."""


def id_in_words(record_id: str) -> str:
    """An id as a title: ``Small members`` for 2026-05-small-members, whose day stands elsewhere."""
    said = _DATED.sub("", record_id).replace("-", " ").strip() or record_id
    return said[0].upper() + said[1:]


def beyond(title: str, record_id: str) -> str:
    """The words of an id that a title does not say already, so that the search finds a record by either: ``2`` of acme-2."""
    said = set(_WORD.findall(title.casefold()))
    return " ".join(word for word in _WORD.findall(record_id.casefold()) if word not in said)


_WORD = re.compile(r"[^\W_]+")


def if_day(value: object) -> object:
    """A day as a browser knows it; anything else as it is."""
    return day(value) if isinstance(value, date) else value


def percent(share: float | Decimal) -> str:
    """``83 %``, which no line end parts."""
    return unbroken(wording.percent(share))


def said(value: object) -> str:
    """A value in a sentence; a month or a quarter as somebody wrote it."""
    return as_said(value) if isinstance(value, date) else str(value)


def money(sum_of: Money | None) -> str:
    """``1,250 USD``."""
    return f"{wording.amount(sum_of.amount)} {sum_of.currency}" if sum_of else NOTHING


def prose(text: str) -> Markup:
    """Our own docstrings: what stands between backticks is code."""
    parts = text.split("`")
    return Markup("").join(
        Markup("<code>{}</code>").format(part) if at % 2 else escape(part) for at, part in enumerate(parts)
    )


def unbroken(text: str) -> str:
    """A figure that does not part from its currency or its per cent at the end of a line."""
    return re.sub(r"(?<=\d) (?=[A-Z]{3}\b|%)", "\N{NO-BREAK SPACE}", text)


def counted(number: int, noun: str) -> str:
    """``1 deal``, ``2 deals``."""
    return f"{number:,} {noun if number == 1 else noun + 's'}"


def kind_of_business(deal_type: str) -> str:
    """``new`` or ``existing``, where the heading says what of."""
    return deal_type.replace(" business", "")
