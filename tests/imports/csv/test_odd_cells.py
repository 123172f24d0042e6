"""One odd cell costs itself and not its row: it is left out or cleaned, and named with its row, column and value."""

from __future__ import annotations

import pytest
from tabling import IN_PLACE, adds_up, reasons, row

from salesops.imports.csv.cells import cleaned
from salesops.records.yaml_reader import UNSEEN, read
from salesops.store.load import load

MORE = """\
currency: USD
deal:
  id: {column: id}
  title: {column: product}
  member: {column: account}
  type: new business
  tier: general
  owner: jim
  stages: [{stage: enrichment, day: opened}, {stage: outreach, day: called, missing: leave out}]
  fields: {expected_close: {column: closed}, renews: {column: stage}, value.one_off: {column: amount}, x.note: {column: note}}
members: {fields: {kind: other, country: {column: rep}}}
"""


@pytest.mark.parametrize(
    ("cells", "column", "reason", "value"),
    [
        ({"amount": "-5"}, "amount", "is below zero", "-5"),
        ({"amount": "12.345"}, "amount", "has more than two decimals", "12.345"),
        ({"amount": "€ 5"}, "amount", "is not an amount in USD", "€ 5"),
        ({"amount": "5 EUR"}, "amount", "is not an amount in USD", "5 EUR"),
        (
            {"amount": "1,250"},
            "amount",
            "is not an amount of money with a point before the cents and no mark between thousands",
            "1,250",
        ),
        ({"closed": "soon"}, "closed", "is not a day written as YYYY-MM-DD", "soon"),
        ({"closed": "2026-02-30"}, "closed", "is not a day written as YYYY-MM-DD", "2026-02-30"),
        ({"called": "(No value)"}, "called", "is not a day written as YYYY-MM-DD", "(No value)"),
        ({"stage": "old-1;old-2"}, "stage", "cannot be renews: 'old-1;old-2' is not an id", "old-1;old-2"),
        ({"note": "a\0b"}, "note", "has U+0000, a character that is not allowed in records", "a\\x00b"),
        ({"note": "\x1b[31mred"}, "note", "has U+001B, a character that is not allowed in records", "\\x1b[31mred"),
        ({"note": "a\u202eb"}, "note", "has U+202E, a character that is not allowed in records", "a\\u202eb"),
        ({"note": "a" * 131_073}, "note", "has more than 20,000 characters", "a" * 119 + "…"),
        ({"note": "?"}, "note", "cannot be x.note: '?' is a placeholder, not an answer", "?"),
    ],
)
def test_a_value_that_cannot_be_taken_is_left_out_and_named_with_its_row_and_column(desk, cells, column, reason, value):
    usual = {"stage": "unrecorded", "rep": "CA"}
    found = desk.run(rows=row(1, **usual) + row(2, **(usual | cells)), map=MORE)
    assert reasons(found, "notes") == [(3, column, f"{reason}: it is left out", value)]
    assert (found["taken"], found["rejected"]) == (2, [])
    assert adds_up(found)
    assert load(desk.repo.root)[1] == []


def test_the_report_for_people_names_what_was_left_out(desk):
    said = desk.text(rows=row(1, rep="US", amount="much"), map=MORE.replace(" renews: {column: stage},", ""))
    assert "Imported, with a remark: 1 row\n       1  amount is not an amount of money" in said
    assert "between thousands: it is left out: row 2 (much)\n" in said


def test_a_web_address_without_a_scheme_costs_neither_the_member_nor_its_deals(desk):
    desk.repo.write(
        "../accounts.csv", "company,web\nElm,elm.example\nAsh,javascript:alert(1)\nOak,https://oak.example\n"
    )
    map = (
        IN_PLACE
        + "members: {file: accounts.csv, key: company, fields: {kind: other, country: CA, website: {column: web}}}\n"
    )
    found = desk.run(rows=row(1, account="Elm") + row(2, account="Ash") + row(3, account="Oak"), map=map)
    said = "cannot be website: '{0}' is not a link that may be followed: it is left out"
    odd = ["elm.example", "javascript:alert(1)"]
    assert reasons(found, "notes") == [(at, "web", said.format(web), web) for at, web in enumerate(odd, 2)]
    assert desk.holds("members/elm.yaml") == "name: Elm\nkind: other\ncountry: CA\n"
    assert "website: https://oak.example\n" in desk.holds("members/oak.yaml")


def test_a_country_is_read_by_its_code_or_name_and_anything_else_is_unknown_with_a_remark(desk):
    rows = row(1, account="Elm", rep="Canada") + row(2, account="Ash", rep="us") + row(3, account="Oak", rep="Narnia")
    found = desk.run(rows=rows, map=MORE.replace(" renews: {column: stage},", ""))
    assert [desk.holds(f"members/{name}.yaml")[-3:-1] for name in ("elm", "ash")] == ["CA", "US"]
    assert desk.holds("members/oak.yaml").endswith("country: unknown\n")
    assert reasons(found, "notes") == [(4, "rep", "is not a country code: it is left out", "Narnia")]


def test_a_stage_whose_day_is_none_is_left_out_where_the_mapping_says_so_but_never_the_present_one(desk):
    stages = """
    - {stage: enrichment, day: opened, when: {column: stage, is: [Open, Talking]}}
    - {stage: outreach, day: called, when: {column: stage, is: Talking}, missing: leave out}"""
    map = IN_PLACE.replace(" [{stage: enrichment, day: opened}]", stages)
    found = desk.run(rows=row(1) + row(2, stage="Talking", called="soon"), map=map, code=1)
    (refused,) = reasons(found)
    assert refused[2].startswith("is no day, and the row is in 'outreach': without its day")


JOINED = ["می\u200cخواهم", "क्\u200dष", "👩\u200d🔬 at work", "🏳\ufe0f\u200d🌈"]


@pytest.mark.parametrize("words", JOINED)
def test_what_joins_letters_or_pictures_stays_in_the_text(desk, words):
    found = desk.run(rows=row(1, rep="CA", stage="unrecorded", note=words, product=words), map=MORE)
    assert found["notes"] == []
    document, problems = read("a.yaml", (desk.repo.root / "deals/a-1.yaml").read_bytes())
    assert problems == []
    assert (document.data["title"], document.data["x"]["note"]) == (words, words)


@pytest.mark.parametrize(
    ("words", "bare", "marks"),
    [
        ("co\u00adoperate", "cooperate", "U+00AD"),
        ("a\u200bb\ufeff", "ab", "U+200B and U+FEFF"),
        ("a\u200db", "ab", "U+200D"),
        ("\u200dend", "end", "U+200D"),
        ("one\u2028two\rthree", "one\ntwo\nthree", "U+2028 and U+000D"),
        ("one\r\ntwo", "one\ntwo", ""),
        ("a\u202eb\u00ad", "a\u202eb", "U+00AD"),
        ("plain", "plain", ""),
    ],
)
def test_marks_that_nobody_sees_are_taken_out_and_said(words, bare, marks):
    assert cleaned(words) == (bare, marks)
    assert not UNSEEN.search(bare) or "\u202e" in bare


def test_a_cleaned_name_is_the_same_member_and_the_remark_says_what_was_taken_out(desk):
    found = desk.run(rows=row(1, account="Cascadia\u00ad Univer\u200bsity", rep="CA", stage="unrecorded"), map=MORE)
    assert reasons(found, "notes") == [
        (
            2,
            "account",
            "is taken without U+00AD and U+200B, which nobody sees",
            "Cascadia\\xad Univer\\u200bsity",
        )
    ]
    assert "member: cascadia-university\n" in desk.holds("deals/a-1.yaml")
