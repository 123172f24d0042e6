"""Money: exact, at most two places, one currency, and never added across currencies."""

from __future__ import annotations

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from salesops.records.iso_codes import CURRENCIES
from salesops.records.money import Money, cents, money_from_text, plain, total

AMOUNTS = st.integers(0, 10**14 - 1).map(lambda cents: Decimal(cents) / 100)
MONEY = st.builds(Money, AMOUNTS, st.sampled_from(sorted(CURRENCIES)))


@given(MONEY)
def test_money_that_is_written_is_read_back(money):
    assert money_from_text(str(money)) == money


@given(MONEY)
def test_money_has_one_spelling(money):
    assert str(money_from_text(f"{cents(money.amount)} {money.currency}")) == str(money)


@given(st.text(max_size=20))
def test_any_text_is_money_or_a_complaint(words):
    found = money_from_text(words)
    if isinstance(found, Money):
        assert found.amount >= 0
        assert found.amount == found.amount.quantize(Decimal("0.01"))
    else:
        assert found[0] == "not-money"


def test_cents_show_only_where_there_are_any():
    assert plain(Decimal("1250")) == plain(Decimal("1250.00")) == "1250"
    assert plain(Decimal("412.5")) == "412.50"
    assert cents(Decimal("1250")) == "1250.00"


@given(st.lists(MONEY))
def test_a_total_keeps_currencies_apart_and_loses_no_cent(amounts):
    sums = total(amounts)
    assert list(sums) == sorted({money.currency for money in amounts})
    for currency, amount in sums.items():
        cents = sum(int(money.amount * 100) for money in amounts if money.currency == currency)
        assert amount * 100 == cents


@given(MONEY, st.integers(0, 60))
def test_a_term_is_the_month_taken_so_many_times(money, months):
    assert money.times(months) == Money(sum([money.amount] * months, Decimal(0)), money.currency)
