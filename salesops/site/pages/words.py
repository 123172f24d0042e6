"""Figures, days and prose as templates and the cells of tables show them: each foreign text is escaped or plain."""

from __future__ import annotations

import re
from datetime import date
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
