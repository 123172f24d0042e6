"""The lists of codes agree with Unicode's, as Babel carries it."""

from __future__ import annotations

from datetime import date

from babel import Locale
from babel.core import get_global
from babel.numbers import get_territory_currencies

from salesops.records.iso_codes import COUNTRIES, CURRENCIES

NOT_A_COUNTRY = set("AC CP CQ DG EA EU EZ IC QO TA UN XA XB ZZ".split())
"""Unicode's territories that ISO 3166-1 does not assign: islands without a code of their own, unions, test codes."""


def test_countries_are_those_of_iso_3166_and_kosovo():
    territories = {code for code in Locale("en").territories if len(code) == 2 and code.isalpha()}
    assert territories - NOT_A_COUNTRY == COUNTRIES


def test_currencies_are_those_one_can_pay_with_in_2026():
    year = date(2026, 1, 1), date(2026, 12, 31)
    tender = {code for place in get_global("territory_currencies") for code in get_territory_currencies(place, *year)}
    assert tender == CURRENCIES
