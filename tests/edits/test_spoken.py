"""Days and money as people say them: one reading is taken, two are refused with both."""

from __future__ import annotations

from datetime import date

import pytest

from salesops.edits.spoken import DUE, HAPPENED, Unclear, day, ending_with_day, money, period, worth

TODAY = date(2026, 11, 21)  # a Saturday


@pytest.mark.parametrize(
    ("words", "happened", "due"),
    [
        ("today", "2026-11-21", "2026-11-21"),
        ("Yesterday", "2026-11-20", "2026-11-20"),
        ("tomorrow", "2026-11-22", "2026-11-22"),
        ("thu", "2026-11-19", "2026-11-26"),
        ("Thursday", "2026-11-19", "2026-11-26"),
        ("sat", "2026-11-21", "2026-11-21"),
        ("last sat", "2026-11-14", "2026-11-21"),
        ("next sat", "2026-11-21", "2026-11-28"),
        ("tues", "2026-11-17", "2026-11-24"),
        ("3 dec", "2025-12-03", "2026-12-03"),
        ("Dec 3", "2025-12-03", "2026-12-03"),
        ("3rd December", "2025-12-03", "2026-12-03"),
        ("20 nov", "2026-11-20", "2027-11-20"),
        ("3 Dec 2027", "2027-12-03", "2027-12-03"),
        ("December 3, 2027", "2027-12-03", "2027-12-03"),
        ("+10", "2026-12-01", "2026-12-01"),
        ("-2", "2026-11-19", "2026-11-19"),
        ("2026-12-03", "2026-12-03", "2026-12-03"),
        ("2026-2-9", "2026-02-09", "2026-02-09"),
    ],
)
def test_a_day_as_it_is_said(words, happened, due):
    assert (str(day(words, TODAY, HAPPENED)), str(day(words, TODAY, DUE))) == (happened, due)


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ("3/4", "'3/4' is 4 mar or 3 apr: write the month by its name"),
        ("31/11", "'31/11' is not a day"),
        ("31/12", "'31/12' is 31 dec: write the month by its name"),
        ("29/02", "'29/02' is 29 feb: write the month by its name"),
        ("03.04.2026", "4 mar or 3 apr"),
        ("13/4", "13 apr"),
        ("30 feb 2026", "30 of February 2026 is not in the calendar"),
        ("2026-02-30", "is not in the calendar"),
        ("2026-13-01", "is not in the calendar"),
        ("soon", "'soon' is not a day"),
        ("t", "is not a day"),
        ("", "is not a day"),
        ("3 dec 1812", "is not between"),
    ],
)
def test_a_day_with_two_readings_or_none_is_refused(words, says):
    with pytest.raises(Unclear) as refused:
        day(words, TODAY)
    assert says in str(refused.value)


@pytest.mark.parametrize(
    ("words", "written"),
    [
        ("never", "never"),
        ("sep 2027", "2027-09"),
        ("2027-09", "2027-09"),
        ("Q3 2027", "2027Q3"),
        ("2027Q3", "2027Q3"),
        ("3 dec", "2026-12-03"),
        ("+90", "2027-02-19"),
    ],
)
def test_when_to_try_again_is_written_as_exactly_as_it_was_said(words, written):
    assert period(words, TODAY) == written


def test_a_year_has_twelve_months():
    with pytest.raises(Unclear, match="'2026-13' is not a day"):
        period("2026-13", TODAY)


@pytest.mark.parametrize(
    ("words", "text", "due"),
    [
        ("Send the proposal, 27 nov", "Send the proposal", "2026-11-27"),
        ("Send slides, fri", "Send slides", "2026-11-27"),
        ("Call the dean, the provost and Ms Eastgate", "Call the dean, the provost and Ms Eastgate", None),
        ("Call", "Call", None),
        (", fri", ", fri", None),
    ],
)
def test_a_next_step_may_end_with_its_day(words, text, due):
    told = ending_with_day(words, TODAY)
    assert (told[0], told[1] and str(told[1])) == (text, due)


def test_a_next_step_whose_day_has_two_readings_is_asked_again():
    with pytest.raises(Unclear, match="4 mar or 3 apr"):
        ending_with_day("Send it, 3/4", TODAY)


@pytest.mark.parametrize(
    ("words", "amount"),
    [
        ("1450", "1450 USD"),
        ("$1450", "1450 USD"),
        ("1,450.00 USD", "1450 USD"),
        ("1,450", "1450 USD"),
        ("1450.5", "1450.50 USD"),
        ("1450 cad", "1450 CAD"),
        ("€900", "900 EUR"),
        ("0", "0 USD"),
        ("12,000,000", "12000000 USD"),
    ],
)
def test_money_as_it_is_said(words, amount):
    assert str(money(words, "USD")) == amount


@pytest.mark.parametrize(
    ("words", "currency", "says"),
    [
        ("1.450", "USD", "it may be 1450 USD or 1.45 USD"),
        ("1.455 EUR", "USD", "it may be 1455 EUR or 1.455 EUR"),
        ("€1.455", "USD", "it may be 1455 EUR or 1.455 EUR"),
        ("$1.455", "EUR", "$ may be USD, CAD"),
        ("$100", "EUR", "$ may be USD, CAD"),
        ("a lot", "USD", "is not an amount"),
        ("-5", "USD", "is not an amount"),
        ("100 XXQ", "USD", "XXQ is not a currency"),
        ("€100 USD", "USD", "two currencies"),
        ("1,45", "USD", "is not an amount"),
    ],
)
def test_money_with_two_readings_or_none_is_refused(words, currency, says):
    with pytest.raises(Unclear) as refused:
        money(words, currency)
    assert says in str(refused.value)


@pytest.mark.parametrize(
    ("words", "amount", "months"),
    [
        ("1450/month 12", "1450 USD", 12),
        ("1450 a month for 12 months", "1450 USD", 12),
        ("1,450 CAD/month, 24", "1450 CAD", 24),
        ("1450/month", "1450 USD", None),
        ("1450 for 12 months", "1450 USD", 12),
        ("1450", "1450 USD", None),
        ("1 450", "1450 USD", None),
    ],
)
def test_what_a_deal_is_worth(words, amount, months):
    told = worth(words, "USD")
    assert (str(told[0]), told[1]) == (amount, months)
