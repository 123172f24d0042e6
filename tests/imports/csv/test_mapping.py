"""Mistakes in a mapping are named by line and column before a single row is read."""

from __future__ import annotations

import re
from datetime import date

import pytest

from salesops.checks import check_book
from salesops.imports.csv.mapping import (
    AnswersMap,
    ColumnMap,
    ContactMap,
    DealMap,
    Format,
    HistoryCell,
    MemberMap,
    OutreachMap,
    OwnerCell,
    StageLine,
    UsersMap,
    When,
)
from salesops.imports.csv.mapping_mistakes import read_mapping
from salesops.records.model_fields import keyed_fields
from salesops.records.yaml_reader import read
from salesops.store.load import load

SOUND = """\
currency: USD
deal:
  id: {column: id}
  title: {column: product}
  member: {column: account}
  type: new business
  tier: general
  owner: {column: rep}
  stages:
    - {stage: enrichment, day: opened}
  fields:
    value.one_off: {column: amount}
members:
  fields: {kind: university, country: CA}
"""


def said(desk, map):
    """The problems of a mapping as ``line:column code``."""
    found = desk.run(map=map, code=2)
    assert found["written"] == []
    return [f"{problem['line']}:{problem['column']} {problem['code']}" for problem in found["problems"]]


def test_the_sound_mapping_has_no_mistake(desk):
    assert desk.run(map=SOUND)["taken"] == 3


@pytest.mark.parametrize(
    ("right", "wrong", "place"),
    [
        ("column: id", "column: idd", "3:16 column-unknown"),
        ("day: opened", "day: Opened", "10:32 column-unknown"),
        ("day: opened", "day: opened, when: {column: stag, is: Open}", "10:55 column-unknown"),
        ("{column: product}", "{colum: product}", "4:11 unknown-key"),
        ("{column: product}", "{column: product, constant: General}", "4:10 cell-unclear"),
        ("{column: product}", "{kind: text}", "4:10 cell-unclear"),
        ("{column: product}", "{constant: General, missing: x}", "4:30 cell-unclear"),
        ("{column: product}", "{column: product, otherwise: x}", "4:28 cell-unclear"),
        ("{column: account}", "{column: account, missing: leave out}", "5:38 field-needed"),
        ("{column: account}", "{column: account, ids: {Elm: The Elm}}", "5:40 not-an-id"),
        ("stage: enrichment", "stage: enrichmnt", "10:15 stage-unknown"),
        ("day: opened", "day: opened, missing: soon", "10:49 not-a-date"),
        ("value.one_off", "value.one_of", "12:5 field-unknown"),
        ("value.one_off", "value", "12:5 field-unknown"),
        ("value.one_off", "stages", "12:5 field-unknown"),
        ("value.one_off", "x", "12:5 field-unknown"),
        ("value.one_off", "x.<<", "12:5 field-unknown"),
        ("value.one_off", "title", "12:5 field-twice"),
        ("currency: USD\n", "", "11:5 currency-missing"),
        ("currency: USD", "currency: usd", "1:11 not-a-currency"),
        ("country: CA", "web: CA", "14:30 field-unknown"),
        ("members:\n", "members:\n  file: ../a.csv\n  key: a\n", "14:9 members-unclear"),
        ("members:\n", "members:\n  file: a.csv\n", "13:1 members-unclear"),
        ("country: CA", "country: {column: id, missing: skip}", "14:61 cell-unclear"),
        ("deal:\n", "deal:\n  folder: members\n", "3:11 folder-wrong"),
        ("deal:\n", "deal:\n  folder: deals/../x\n", "3:11 folder-wrong"),
        ("deal:\n", "deal:\n  key: x.number\n", "3:8 key-unclear"),
        ("deal:\n", "deal:\n  key: links.issue\n", "3:8 key-unclear"),
        (
            "deal:\n",
            "deal:\n  key: links.issue\n  entries: {links: {kind: folder, url: {column: id}}}\n",
            "3:8 key-unclear",
        ),
        ("currency: USD", "currency: USD\nformat: {delimiter: ','}", "2:21 not-a-choice"),
        ("currency: USD", "currency: USD\nformat: {decimal: comma, thousands: comma}", "2:37 marks-alike"),
        ("currency: USD", "currency: USD\nformat: {dates: MM/YYYY}", "2:17 not-a-date-pattern"),
        ("currency: USD", 'currency: USD\nformat: {dates: "%Y-%m-%Q"}', "2:17 not-a-date-pattern"),
        ("currency: USD", "currency: USD\nformat: {dates: YYYY-MM-DD DD}", "2:17 not-a-date-pattern"),
        ("currency: USD", 'currency: USD\nformat: {dates: "%Y-%m-%d %H:%m"}', "2:17 not-a-date-pattern"),
        ("  tier: general\n", "", "2:1 field-missing"),
        ("deal:", "deal: &a", "2:7 yaml-anchor"),
    ],
)
def test_a_mistake_is_named_where_it_stands(desk, right, wrong, place):
    assert right in SOUND
    assert place in said(desk, SOUND.replace(right, wrong, 1))


def test_a_misspelt_column_is_answered_with_the_one_that_was_meant(desk):
    problem = desk.run(map=SOUND.replace("column: account", "column: acount"), code=2)["problems"][0]
    assert problem["message"] == "the table has no column 'acount'"
    assert problem["help"] == "did you mean 'account'?"


def test_a_misspelt_field_is_answered_with_the_one_that_was_meant(desk):
    problem = desk.run(map=SOUND.replace("value.one_off", "contract.singed"), code=2)["problems"][0]
    assert problem["help"].startswith("did you mean 'signed'?")


def test_fields_inside_one_another_are_refused(desk):
    map = SOUND.replace("value.one_off:", "x.a: {column: note}\n    x.a.b:")
    assert "13:5 field-twice" in said(desk, map)


def test_a_mapping_without_columns_of_a_second_table_says_which_of_the_two_lacks_it(desk):
    desk.repo.write("../accounts.csv", "name,land\n")
    map = SOUND.replace("members:\n", "members:\n  file: accounts.csv\n  key: company\n")
    assert "15:8 column-unknown" in said(desk, map)


def test_the_currency_of_one_table_is_not_looked_for_in_the_other(desk):
    desk.repo.write("../accounts.csv", "company,size\n")
    map = SOUND.replace("currency: USD", "currency: {column: note}").replace(
        "CA}", "CA, x.size: {column: size, kind: money}}"
    )
    map = map.replace("members:\n", "members:\n  file: accounts.csv\n  key: company\n")
    assert "16:43 cell-unclear" in said(desk, map)


def test_mistakes_are_shown_to_people_with_the_line_and_a_caret(desk):
    out = desk.text(map=SOUND.replace("column: id", "column: Id2"), code=2)
    assert "../map.yaml:3:16: error[column-unknown]" in out
    assert "3 |   id: {column: Id2}\n  |                ^^^\n" in out


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["import"], "Usage:"),
        (["import", "csv"], "Missing argument 'FILE'"),
        (["import", "csv", "a.csv"], "Missing option '--map'"),
        (["import", "csv", "nowhere.csv", "--map", "../map.yaml"], "there is no nowhere.csv"),
        (["import", "csv", "deals", "--map", "../map.yaml"], "deals is a folder"),
        (["import", "csv", "a.csv", "--map", "nowhere.yaml"], "there is no nowhere.yaml"),
        (["import", "csv", "a\x1b[31m.csv", "--map", "../map.yaml"], "there is no a\\x1b[31m.csv"),
    ],
)
def test_a_call_that_cannot_be_meant_is_answered_in_a_sentence(desk, words, sentence):
    desk.repo.write("../map.yaml", SOUND)
    ran = desk.repo.run(*words)
    assert ran.code == 2
    assert sentence in ran.err + ran.out


def test_without_a_readable_team_nothing_is_imported(desk):
    desk.repo.write("playbook/team.yaml", "organisation: T\n")
    assert {problem["path"] for problem in desk.run(map=SOUND, code=2)["problems"]} == {"playbook/team.yaml"}


def test_a_folder_that_is_a_link_ends_the_import_without_writing_through_it(desk, tmp_path):
    (tmp_path / "away").mkdir()
    (desk.repo.root / "deals/2026").symlink_to(tmp_path / "away")
    desk.repo.write(
        "../table.csv",
        "id,product,account,rep,stage,opened,called,closed,amount,note\nA-1,G,Cascadia University,Jim,,2026-01-05,,,,\n",
    )
    desk.repo.write("../map.yaml", SOUND.replace("deal:\n", "deal:\n  folder: deals/2026\n"))
    ran = desk.repo.run("import", "csv", "../table.csv", "--map", "../map.yaml")
    assert ran.code == 3
    assert "is a link: nothing is written there" in ran.err
    assert list((tmp_path / "away").iterdir()) == []


def test_the_guide_explains_the_mapping_that_is_in_the_example(home):
    guide = (home / "site/guides/import-csv.md").read_text(encoding="utf-8")
    example = (home / "site/examples/maven/map.yaml").read_text(encoding="utf-8")
    parts = re.findall(r"```yaml\n(.*?)```", guide, re.DOTALL)
    assert len(parts) == 5
    assert [part for part in parts if part not in example] == []


def test_the_example_and_its_playbook_fit_together(home):
    book, problems = load(home / "site/examples/maven")
    document, unread = read("map.yaml", (home / "site/examples/maven/map.yaml").read_bytes())
    assert problems + unread + check_book(book, date(2017, 12, 31)) == []
    mapping, mistakes = read_mapping(document, book)
    assert mistakes == []
    assert mapping.deal.folder == "deals/maven"


@pytest.mark.parametrize(
    "model",
    [
        ColumnMap,
        ContactMap,
        Format,
        When,
        OwnerCell,
        StageLine,
        HistoryCell,
        DealMap,
        MemberMap,
        UsersMap,
        OutreachMap,
        AnswersMap,
    ],
)
def test_every_word_of_the_mapping_is_in_the_guide(home, model):
    guide = (home / "site/guides/import-csv.md").read_text(encoding="utf-8")
    words = [key for key, _ in keyed_fields(model)]
    assert [word for word in words if f"`{word}`" not in guide and f"{word}:" not in guide] == []
