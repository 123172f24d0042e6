"""The scalars of a record: what is taken, what is refused, and that a fix which is offered is itself taken."""

from __future__ import annotations

import pickle
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from pydantic_core import PydanticCustomError

from salesops.records import scalars
from salesops.records.money import Money
from salesops.records.scalars import as_said, day_or_period

READERS = {
    "day": scalars.day,
    "month": scalars.month,
    "percent": scalars.percent,
    "whole": scalars.whole,
    "number": scalars.number,
    "true or false": scalars.yes_no,
    "money": scalars.money,
    "id": scalars.id_,
    "link": scalars.url,
    "e-mail": scalars.email,
    "country": scalars.country,
    "currency": scalars.currency,
    "ROR id": scalars.ror,
    "time zone": scalars.zone,
    "text": scalars.text,
}


def refusal(reader, value) -> PydanticCustomError:
    with pytest.raises(PydanticCustomError) as caught:
        reader(value)
    return caught.value


def refused_by(reader, words: str) -> PydanticCustomError | None:
    try:
        reader(words)
    except PydanticCustomError as refused:
        return refused
    return None


def fix_of(reader, value) -> str:
    return refusal(reader, value).context["fix"]


# Days


@pytest.mark.parametrize(
    ("words", "fix"),
    [
        ("2026-2-9", "2026-02-09"),
        ("2026/02/09", "2026-02-09"),
        ("2026.2.9", "2026-02-09"),
        ("2026-02-09T10:00:00Z", "2026-02-09"),
        ("2026-02-09 10:00", "2026-02-09"),
        ("2026-02-29", ""),
        ("2026-2-30", ""),
        ("2026-13-01", ""),
        ("0000-01-01", ""),
        ("1989-12-31", ""),
        ("2101-01-01", ""),
        ("9999-12-31", ""),
        ("10000-01-01", ""),
        ("09.02.2026", ""),
        ("9 February 2026", ""),
        ("1700000000", ""),
        ("２０２６-02-09", ""),
        ("2026-02-09\n", ""),
        (" 2026-02-09", ""),
        ("2026-02", ""),
        ("today", ""),
    ],
)
def test_a_day_is_written_in_one_way(words, fix):
    refused = refusal(scalars.day, words)
    assert refused.type == "not-a-date"
    assert refused.context["fix"] == fix


def test_the_first_and_the_last_day_are_taken():
    assert scalars.day("1990-01-01") == date(1990, 1, 1)
    assert scalars.day("2100-12-31") == date(2100, 12, 31)
    assert scalars.day("2028-02-29") == date(2028, 2, 29)


@given(st.dates(date(1990, 1, 1), date(2100, 12, 31)))
def test_every_day_of_the_calendar_is_read_back(day):
    assert scalars.day(str(day)) == day


# Numbers


@pytest.mark.parametrize(
    ("words", "fix"),
    [
        ("010", "10"),
        ("1_000", "1000"),
        ("1,000", "1000"),
        ("1 000 000", "1000000"),
        ("1,5", ""),
        ("1.5", ""),
        ("1,00", ""),
        ("1_5", ""),
        ("-1", ""),
        ("+1", ""),
        ("1e3", ""),
        ("0x1F", ""),
        ("１２", ""),
        ("1000000000", ""),
        ("many", ""),
    ],
)
def test_a_whole_number_is_digits_alone(words, fix):
    refused = refusal(scalars.whole, words)
    assert (refused.type, refused.context["fix"]) == ("not-a-number", fix)


@pytest.mark.parametrize(
    "words", ["-0.5", "1,5", "1_0", "1e3", "nan", "inf", ".5", "5.", "00.5", "1.123456789", "1:30"]
)
def test_a_number_is_digits_and_a_point(words):
    assert refusal(scalars.number, words).type == "not-a-number"


def test_numbers_are_exact():
    assert scalars.whole("0") == 0
    assert scalars.whole("999999999") == 999_999_999
    assert scalars.number("0.1") == Decimal("0.1")


@pytest.mark.parametrize(
    ("words", "fix"),
    [
        ("60", "60%"),
        ("0.6", ""),
        ("1", ""),
        ("600", ""),
        ("100.01%", ""),
        ("-5%", ""),
        ("60 %", ""),
        ("060%", ""),
        ("60.123%", ""),
        ("1/2", ""),
    ],
)
def test_a_percentage_carries_its_sign_and_a_fraction_is_never_guessed_at(words, fix):
    refused = refusal(scalars.percent, words)
    assert (refused.type, refused.context["fix"]) == ("not-a-percentage", fix)


def test_a_percentage_is_a_share():
    assert [scalars.percent(words) for words in ("0%", "60%", "12.5%", "100%")] == [
        0,
        Decimal("0.6"),
        Decimal("0.125"),
        1,
    ]


@pytest.mark.parametrize(
    ("words", "fix"), [("yes", "true"), ("No", "false"), ("TRUE", "true"), ("off", "false"), ("1", "")]
)
def test_true_and_false_are_written_out(words, fix):
    refused = refusal(scalars.yes_no, words)
    assert (refused.type, refused.context["fix"]) == ("not-true-or-false", fix)


# Money


@pytest.mark.parametrize(
    ("words", "fix"),
    [
        ("1_000 USD", "1000 USD"),
        ("1,000 USD", "1000 USD"),
        ("1,250,000.50 EUR", "1250000.50 EUR"),
        ("1 000 USD", "1000 USD"),
        ("1250 usd", "1250 USD"),
        ("1250USD", "1250 USD"),
        ("0100 USD", "100 USD"),
        ("1.000,50 EUR", ""),
        ("1,5 USD", ""),
        ("12 50 USD", ""),
        ("1,000_000 USD", ""),
        ("1250", ""),
        ("USD 1250", ""),
        ("$1250", ""),
        ("-5 USD", ""),
        ("0.001 USD", ""),
        ("1e3 USD", ""),
        ("nan USD", ""),
        ("1:30 USD", ""),
        ("1250 XYZ", ""),
        ("1250 XXX", ""),
        ("1000000000000 USD", ""),
        ("１２ USD", ""),
        ("12 USD\n", "12 USD"),
    ],
)
def test_an_amount_of_money_is_written_in_one_way(words, fix):
    refused = refusal(scalars.money, words)
    assert (refused.type, refused.context["fix"]) == ("not-money", fix)


def test_ten_cents_are_exactly_ten_cents():
    assert scalars.money("0.10 USD") == Money(Decimal("0.10"), "USD")
    assert sum([scalars.money("0.10 USD").amount] * 3) == Decimal("0.30")


# Names, links, codes


@pytest.mark.parametrize(
    ("words", "fix"),
    [
        ("Cascadia University", "cascadia-university"),
        ("École_2026", "ecole-2026"),
        ("-a", "a"),
        ("a.yaml", "a-yaml"),
        ("../a", "a"),
        ("a" * 81, "a" * 80),
        ("東京", ""),
        ("a\n", "a"),
    ],
)
def test_an_id_is_lower_case_letters_digits_and_hyphens(words, fix):
    refused = refusal(scalars.id_, words)
    assert (refused.type, refused.context["fix"]) == ("not-an-id", fix)


@pytest.mark.parametrize(
    "words",
    [
        "javascript:alert(1)",
        "data:text/html,x",
        "file:///etc/passwd",
        "ftp://a.example",
        "//a.example",
        "www.a.example",
        "https://",
        'https://a.example/"onmouseover="x',
        "https://a.example/<b>",
        "https://a.example/a b",
        "https://a.example/\n",
        " https://a.example",
        "HTTPS://a.example",
        "https://a.example/" + "x" * 2000,
    ],
)
def test_a_link_that_could_run_or_mislead_is_refused(words):
    assert refusal(scalars.url, words).type == "not-a-link"


@pytest.mark.parametrize("words", ["https://a.example/x?y=z#w", "http://a.example", "mailto:a@b.example"])
def test_a_link_to_follow_is_taken(words):
    assert scalars.url(words) == words


@pytest.mark.parametrize(
    "words",
    [
        "a",
        "a@b",
        "a@b.c",
        "@b.example",
        "a b@c.example",
        "a@b..example",
        "a@-b.example",
        "<a@b.example>",
        "a@b.example\n",
    ],
)
def test_what_is_not_an_e_mail_address_is_refused(words):
    assert refusal(scalars.email, words).type == "not-an-email"


def test_an_e_mail_address_is_taken():
    assert scalars.email("ann.smith+crm@it.cascadia.example") == "ann.smith+crm@it.cascadia.example"


@pytest.mark.parametrize(("reader", "words", "fix"), [(scalars.country, "us", "US"), (scalars.currency, "usd", "USD")])
def test_codes_are_capital_letters(reader, words, fix):
    assert fix_of(reader, words) == fix
    assert reader(fix) == fix


@pytest.mark.parametrize(
    ("reader", "words"),
    [(scalars.country, "XX"), (scalars.country, "EU"), (scalars.currency, "BTC"), (scalars.currency, "XAU")],
)
def test_a_code_that_is_nobodys_is_refused(reader, words):
    assert fix_of(reader, words) == ""


@pytest.mark.parametrize(
    "id", ["01an7q238", "03vek6s52", "042nb2s44", "00f54p054", "03rmrcq20", "013meh722", "052gg0110", "03yrm5c26"]
)
def test_a_ror_id_has_right_check_digits(id):
    assert scalars.ror(f"https://ror.org/{id}") == f"https://ror.org/{id}"
    for other in range(1, 97):
        wrong = f"{id[:7]}{(int(id[7:]) + other) % 97:02d}"
        if wrong != id:
            assert refusal(scalars.ror, f"https://ror.org/{wrong}").type == "not-a-ror-id"


@given(st.integers(1, 6), st.sampled_from("0123456789abcdefghjkmnpqrstvwxyz"))
def test_one_mistyped_letter_of_a_ror_id_is_found(at, letter):
    right = "03vek6s52"
    wrong = right[:at] + letter + right[at + 1 :]
    if wrong != right:
        assert "check digits" in refusal(scalars.ror, f"https://ror.org/{wrong}").message()


@pytest.mark.parametrize(
    "words", ["03vek6s52", "https://ror.org/03vek6s5", "http://ror.org/03vek6s52", "https://ror.org/13vek6s52"]
)
def test_a_ror_id_is_a_whole_address(words):
    assert refusal(scalars.ror, words).type == "not-a-ror-id"


@pytest.mark.parametrize("words", ["Vancouver", "PST8", "../../etc/passwd", "", "America/vancouver/x", "\0"])
def test_a_time_zone_is_an_iana_name(words):
    assert scalars.zone("America/Vancouver") == "America/Vancouver"
    assert refusal(scalars.zone, words).type == "not-a-time-zone"


def test_a_text_is_not_empty_and_not_a_book():
    assert scalars.text(" a ") == " a "
    assert refusal(scalars.text, " \n ").type == "value-missing"
    assert scalars.text("x" * scalars.MAX_TEXT)
    assert refusal(scalars.text, "x" * (scalars.MAX_TEXT + 1)).type == "text-too-long"


# All of them


@pytest.mark.parametrize("reader", READERS.values(), ids=READERS)
def test_nothing_a_list_or_a_mapping_is_not_a_value(reader):
    assert refusal(reader, None).type == "value-missing"
    assert refusal(reader, ["a"]).message().endswith("not a list")
    assert refusal(reader, {"a": "b"}).message().endswith("not a mapping")


SPELLINGS = (
    st.text(max_size=12)
    | st.from_regex(r"[0-9_,. ]{1,8}( ?[A-Za-z]{3}|%)?", fullmatch=True)
    | st.from_regex(r"[0-9]{1,4}[-/.][0-9]{1,2}([-/.][0-9]{1,2})?(T.{0,3})?", fullmatch=True)
)


@pytest.mark.samples(5)
@pytest.mark.parametrize("reader", READERS.values(), ids=READERS)
@given(words=SPELLINGS)
@example(words="1800-05")
@example(words="600")
def test_a_fix_that_is_offered_would_be_taken(reader, words):
    refused = refused_by(reader, words)
    if refused:
        fix = refused.context["fix"]
        assert not fix or refused_by(reader, fix) is None
        assert len(refused.message()) < 200


@given(st.integers(0, 10**6))
def test_a_number_means_the_same_after_its_fix(number):
    for spelled in (f"{number:,}", f"{number:_}", f"00{number}"):
        if spelled != str(number):
            assert fix_of(scalars.whole, spelled) == str(number)
            assert fix_of(scalars.money, f"{spelled} USD") == f"{number} USD"


@given(st.dates(date(1990, 1, 1), date(2100, 12, 31) - timedelta(days=1)), st.sampled_from("/."))
def test_a_day_means_the_same_after_its_fix(day, mark):
    assert fix_of(scalars.day, f"{day.year}{mark}{day.month}{mark}{day.day}") == str(day)


def test_a_message_never_repeats_a_long_value_in_full():
    for reader in READERS.values():
        if reader is not scalars.text:
            assert len(refusal(reader, "x " * 5_000).message()) < 200


@pytest.mark.parametrize("words", ["2026Q3", "2026-07"])
def test_a_month_or_a_quarter_is_told_as_it_was_written(words):
    found = pickle.loads(pickle.dumps(day_or_period(words)))
    assert (found, str(found)) == (date(2026, 7, 1), "2026-07-01")
    assert as_said(found) == f"{words} (from 2026-07-01)"
    assert as_said(day_or_period("2026-07-01")) == "2026-07-01"
    assert as_said(found + timedelta(days=1)) == "2026-07-02"
