"""Bringing a table in: what becomes of each row, and what is said of those that cannot be taken."""

from __future__ import annotations

import gzip
from datetime import date
from textwrap import dedent

import pytest
from booking import book_of
from hypothesis import given
from hypothesis import strategies as st
from tabling import IN_PLACE as MAP_IN_PLACE
from tabling import adds_up, reasons, row

from salesops.imports.additions import Question
from salesops.imports.csv.cells import cleaned
from salesops.imports.csv.mapping import ColumnMap, FromTable
from salesops.imports.csv.table import read_table
from salesops.imports.plan import Planner
from salesops.imports.team_people import with_people
from salesops.output import unguarded
from salesops.records.deal import Deal
from salesops.records.member import Member
from salesops.records.team import Person, Team
from salesops.records.validation import typed
from salesops.records.yaml_reader import UNSEEN, read
from salesops.store.load import load

VERSION = "playbook/process/imported.yaml"


def today():
    """The day on which these tests import."""
    return date(2026, 11, 20)


# ── taking rows ───────────────────────────────────────────────────────────────────────────────────────────────────────


def test_every_row_becomes_a_deal_and_every_new_account_a_member(desk):
    found = desk.run()
    assert (found["rows"], found["taken"]) == (3, 3)
    assert adds_up(found)
    assert found["deals"] == {"new": 3, "unchanged": 0, "updated": 0, "kept": 0}
    assert found["written"] == [
        "members/rainy-coast-college.yaml",
        VERSION,
        "deals/2026/a-1.yaml",
        "deals/2026/a-2.yaml",
        "deals/2026/a-3.yaml",
    ]
    assert (
        desk.holds("members/rainy-coast-college.yaml") == "name: Rainy Coast College\nkind: university\ncountry: CA\n"
    )
    assert desk.holds("deals/2026/a-3.yaml") == dedent(
        """\
        title: General
        member: rainy-coast-college
        type: new business
        tier: general
        owner: jim
        stages:
          - enrichment: 2026-01-05
          - closed lost: 2026-02-02
        value: {one_off: 900.50 USD}
        loss: {learning: Too small}
        """
    ).replace("value:", f"imported: {{from: table.csv, date: {today()}}}\nvalue:")


def test_what_was_imported_is_read_without_a_single_complaint(desk):
    desk.run()
    book, problems = load(desk.repo.root)
    assert problems == []
    assert [move.entered for move in book.deals["a-2"].stages] == [date(2026, 1, 5), date(2026, 1, 12)]


def test_a_member_on_file_is_found_by_its_name_and_not_written_again(desk):
    desk.repo.member("name: Cascadia University at Elm\n", id="cascadia-elm")
    desk.run(rows=row(1, account="CASCADIA UNIVERSITY AT ELM"))
    assert "member: cascadia-elm\n" in desk.holds("deals/2026/a-1.yaml")
    assert not (desk.repo.root / "members/cascadia-university-at-elm.yaml").exists()


def test_a_second_run_changes_no_byte(desk):
    desk.run()
    before = desk.files()
    found = desk.run()
    assert found["deals"] == {"new": 0, "unchanged": 3, "updated": 0, "kept": 0}
    assert found["written"] == []
    assert desk.files() == before


def test_a_dry_run_writes_nothing_and_shows_the_first_file(desk):
    before = desk.files()
    said = desk.text("--dry-run")
    assert desk.files() == before
    assert "deals/2026/a-1.yaml would contain:\n\n  title: General\n  member: cascadia-university\n" in said
    assert "would be new" in said


def test_a_table_packed_with_gzip_is_read_as_it_is(desk):
    assert desk.run(table=gzip.compress((desk.head + row(1) + row(2)).encode()))["taken"] == 2


def test_a_header_alone_is_an_empty_table_and_no_mistake(desk):
    assert desk.run(rows="")["rows"] == 0


# ── rows that cannot be taken ─────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("cells", "column", "reason", "value"),
    [
        ({"id": ""}, "id", "is empty", ""),
        ({"id": "!!!"}, "id", "has no letter or digit to make an id from", "!!!"),
        ({"id": "con"}, "id", "would become 'con', a name reserved by Windows", "con"),
        ({"account": ""}, "account", "is empty", ""),
        ({"account": "–"}, "account", "has no letter or digit to make an id from", "–"),
        ({"rep": "Ann Other"}, "rep", "is not in playbook/team.yaml", "Ann Other"),
        ({"stage": "open"}, "stage", "is not listed by any line under stages; did you mean 'Open'?", "open"),
        ({"stage": ""}, "stage", "is empty", ""),
        ({"opened": ""}, "opened", "is empty", ""),
        ({"opened": "05/01/2026"}, "opened", "is not a day written as YYYY-MM-DD", "05/01/2026"),
        ({"opened": "2026-02-30"}, "opened", "is not a day written as YYYY-MM-DD", "2026-02-30"),
        ({"opened": "２０２６-01-05"}, "opened", "is not a day written as YYYY-MM-DD", "２０２６-01-05"),
        ({"opened": "1926-01-05"}, "opened", "is not between 1990 and 2100", "1926-01-05"),
        ({"product": "a\0b"}, "product", "has U+0000, a character that is not allowed in records", "a\\x00b"),
        (
            {"product": "\x1b[31mred"},
            "product",
            "has U+001B, a character that is not allowed in records",
            "\\x1b[31mred",
        ),
    ],
)
def test_a_row_that_cannot_be_taken_is_named_with_its_column_and_reason(desk, cells, column, reason, value):
    found = desk.run(rows=row(1) + row(2, **cells), code=1)
    assert reasons(found) == [(3, column, reason, value)]
    assert found["written"] == [VERSION, "deals/2026/a-1.yaml"]


def test_every_reason_of_a_row_is_said_at_once(desk):
    found = desk.run(rows=row(1, opened="soon", amount="much", rep=""), code=1)
    assert [(column, value) for _, column, _, value in reasons(found)] == [("rep", ""), ("opened", "soon")]
    assert found["notes"] == []


def test_a_loss_before_its_beginning_is_rejected(desk):
    found = desk.run(rows=row(1, stage="Lost", closed="2025-12-31"), code=1)
    assert reasons(found) == [
        (2, "closed", "'closed lost' would be entered before the stage above it", "2025-12-31 after 2026-01-05")
    ]


def test_a_deal_cannot_be_called_as_a_member_is(desk):
    found = desk.run(rows=row(1, id="cascadia-university") + row(2, id="new-college", account="New College"), code=1)
    assert [reason for _, _, reason, _ in reasons(found)] == ["is the id of a member", "is the id of a member"]


def test_two_names_never_become_one_member_by_accident(desk):
    found = desk.run(rows=row(1, account="Müller Institut") + row(2, account="Muller Institut"), code=1)
    assert reasons(found) == [
        (3, "account", "would become 'muller-institut', which is already 'Müller Institut'", "Muller Institut")
    ]


def test_two_spellings_of_one_name_are_one_member_and_the_second_is_mentioned(desk):
    found = desk.run(rows=row(1, account="Elm & Ash Inc.") + row(2, account="ELM & ASH, INC"))
    assert reasons(found, "stand_ins") == [(3, "account", "is read as 'Elm & Ash Inc.'", "ELM & ASH, INC")]
    assert found["members"]["new"] == 1


def test_a_ragged_row_is_rejected_and_the_rest_is_taken(desk):
    found = desk.run(rows=row(1) + "A-2,General\n" + row(3), code=1)
    assert [remark["row"] for remark in found["rejected"]] == [3]
    assert (found["rows"], found["taken"]) == (3, 2)


def test_nothing_is_written_for_a_member_whose_deals_were_all_rejected(desk):
    desk.run(rows=row(1, account="New College", opened=""), code=1)
    assert not (desk.repo.root / "members/new-college.yaml").exists()


def test_a_deal_that_was_removed_on_purpose_stays_removed(desk):
    desk.repo.write(
        "playbook/removed.yaml",
        "removed: [{kind: deal, id: a-1, date: 2026-03-01, by: jim, why: Entered twice}]\n",
    )
    found = desk.run(rows=row(1) + row(2))
    assert reasons(found, "skipped") == [
        (2, "id", "was removed on purpose, see playbook/removed.yaml", "a-1 on 2026-03-01")
    ]
    assert found["written"] == [VERSION, "deals/2026/a-2.yaml"]


def test_the_text_counts_each_reason_and_names_a_few_rows(desk):
    said = desk.text(
        rows="".join(row(number, opened="soon" if number > 2 else "2026-01-05") for number in range(1, 8)), code=1
    )
    assert "Rejected: 5 rows\n" in said
    assert "     5  opened is not a day written as YYYY-MM-DD: rows 4 (soon), 5 (soon), 6 (soon), …\n" in said


# ── records that are there already ────────────────────────────────────────────────────────────────────────────────────


def test_a_record_that_says_something_else_is_kept_and_named_where_nothing_is_remembered(desk):
    desk.run()
    desk.forget()
    path = desk.repo.root / "deals/2026/a-1.yaml"
    path.write_text(path.read_text().replace("title: General", "title: Premier  # after the call"))
    found = desk.run()
    asked = [{"field": "title", "record": "Premier", "table": "General"}]
    assert found["kept"] == [{"path": "deals/2026/a-1.yaml", "differs": ["title"], "asked": asked, "why": ""}]
    assert "title: Premier  # after the call" in desk.holds("deals/2026/a-1.yaml")
    said = desk.text()
    assert "1 record: differs from the file and is kept" in said
    assert "    asked: title is Premier in the record, General in the file\n" in said


def test_what_people_added_by_hand_is_no_difference(desk):
    desk.run()
    path = desk.repo.root / "deals/2026/a-1.yaml"
    path.write_text(path.read_text() + "next: {action: Call, due: 2026-04-01}  # Jim\n")
    assert desk.run()["deals"]["unchanged"] == 3


def test_what_the_mapping_puts_in_never_overrules_a_record_on_file(desk):
    map = desk.map.replace("{column: account}", "{column: account, missing: No account given}")
    desk.run(rows=row(1, account=""), map=map)
    deal, member = desk.repo.root / "deals/2026/a-1.yaml", desk.repo.root / "members/no-account-given.yaml"
    deal.write_text(deal.read_text().replace("no-account-given", "cascadia-university"))
    member.write_text(member.read_text().replace("university", "other"))
    found = desk.run("--update", rows=row(1, account="") + row(2, account="No account given"), map=map)
    assert (found["kept"], found["updated"]) == ([], [])
    assert "member: cascadia-university" in deal.read_text()
    assert "kind: other" in member.read_text()


def test_what_the_mapping_puts_in_fills_what_a_record_on_file_lacks(desk):
    desk.run(rows=row(1))
    map = desk.map.replace("loss.learning: {column: note}", "source.channel: trade fair")
    assert desk.run(rows=row(1), map=map)["kept"][0]["differs"] == ["source"]
    desk.run("--update", rows=row(1), map=map)
    assert "source: {channel: trade fair}" in desk.holds("deals/2026/a-1.yaml")


def test_update_asks_about_a_value_that_differs_and_overwrites_nothing_that_people_wrote(desk):
    desk.run()
    desk.forget()
    path = desk.repo.root / "deals/2026/a-1.yaml"
    path.write_text(path.read_text().replace("1250 USD", "1 USD") + "next: {action: Call, due: 2026-04-01}  # Jim\n")
    before = desk.records()
    for _ in ("once", "and again"):
        found = desk.run("--update")
        assert found["updated"] == found["written"] == []
        assert found["kept"][0]["asked"] == [{"field": "value.one_off", "record": "1 USD", "table": "1250 USD"}]
        assert desk.records() == before


WORKED_ON = """\
title: General
member: cascadia-university
type: new business
tier: general
owner: jim  # until May
stages:
  - enrichment: 2026-01-05
  - outreach: 2026-01-12  # a call that the other program does not know
  - discovery: 2026-02-02
activity:
  - {date: 2026-01-12, kind: call, note: "They teach with notebooks, they said"}
maniac_t:
  need: {status: met, date: 2026-01-12}
"""


def test_update_removes_no_move_no_activity_and_no_answer_that_people_recorded(desk):
    desk.repo.write("deals/a-1.yaml", WORKED_ON)
    before = desk.records()
    found = desk.run("--update", rows=row(1))
    assert found["deals"] == {"new": 0, "unchanged": 1, "updated": 0, "kept": 0}
    assert desk.records() == before


def test_update_adds_what_a_deal_lacks_and_leaves_every_other_byte(desk):
    desk.repo.write("deals/a-1.yaml", WORKED_ON)
    found = desk.run("--update", rows=row(1, amount="1250"))
    assert found["updated"] == [{"path": "deals/a-1.yaml", "differs": ["value"], "asked": [], "why": ""}]
    lines = desk.holds("deals/a-1.yaml").splitlines()
    assert [line for line in lines if line not in WORKED_ON.splitlines()] == ["value: {one_off: 1250 USD}"]
    assert [line for line in lines if line in WORKED_ON.splitlines()] == WORKED_ON.splitlines()
    assert desk.run("--update", rows=row(1, amount="1250"))["written"] == []


def test_update_adds_the_moves_that_came_after_those_on_file(desk):
    desk.run(rows=row(1))
    path = desk.repo.root / "deals/2026/a-1.yaml"
    path.write_text(path.read_text().replace("2026-01-05", "2026-01-05  # by telephone"))
    later = row(1, stage="Talking", called="2026-01-12")
    assert desk.run(rows=later)["kept"][0]["differs"] == ["stages"]
    assert desk.run("--update", rows=later)["updated"][0]["differs"] == ["stages"]
    assert "  - enrichment: 2026-01-05  # by telephone\n  - outreach: 2026-01-12\n" in desk.holds("deals/2026/a-1.yaml")


def test_moves_that_differ_are_asked_about_with_both_lists_and_not_written(desk):
    desk.repo.write("deals/a-1.yaml", WORKED_ON)
    before = desk.records()
    found = desk.run("--update", rows=row(1, stage="Lost", closed="2026-03-02"))
    assert found["kept"][0]["asked"] == [
        {
            "field": "stages",
            "record": "[{enrichment: 2026-01-05}, {outreach: 2026-01-12}, {discovery: 2026-02-02}]",
            "table": "[{enrichment: 2026-01-05}, {closed lost: 2026-03-02}]",
        }
    ]
    assert desk.records() == before


def test_a_day_that_the_mapping_put_in_is_no_word_against_the_day_on_file(desk):
    map = MAP_IN_PLACE.replace("day: opened", "day: opened, missing: 2026-01-01").replace(
        "missing: 2026-01-01}", "missing: 2026-01-01}, {stage: outreach, day: called, missing: leave out}"
    )
    desk.run(rows=row(1, opened=""), map=map)
    path = desk.repo.root / "deals/a-1.yaml"
    path.write_text(path.read_text().replace("2026-01-01", "2026-01-03"))
    found = desk.run("--update", rows=row(1, opened="", called="2026-02-02"), map=map)
    assert found["updated"][0]["asked"] == []
    assert "  - enrichment: 2026-01-03\n  - outreach: 2026-02-02\n" in path.read_text()


def test_a_deal_that_was_moved_to_another_folder_is_found_there(desk):
    desk.run()
    (desk.repo.root / "deals/old").mkdir()
    (desk.repo.root / "deals/2026/a-1.yaml").rename(desk.repo.root / "deals/old/a-1.yaml")
    found = desk.run()
    assert found["deals"]["unchanged"] == 3
    assert found["written"] == []


def test_a_broken_file_is_not_written_over(desk):
    for text in ("title: [\n", "titel: General\n"):
        desk.repo.write("deals/2026/a-1.yaml", text)
        for option in ([], ["--update"]):
            assert (
                desk.run(*option, rows=row(1))["kept"][0]["why"] == "the existing file has errors: run salesops check"
            )
        assert desk.holds("deals/2026/a-1.yaml") == text


# ── values ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_awkward_texts_arrive_letter_by_letter(desk):
    for words in (
        "=cmd|' /C calc'!A0",
        "null",
        "- a: b # c",
        "two\nlines",
        'say ""hi""',
        "&a *b !c",
        "trailing:",
        "~",
        "'=x",
    ):
        desk.run(rows=row(1, product=words), code=0, map=MAP_IN_PLACE)
        meant = words.replace('""', '"').removeprefix("'")
        document, _ = read("a.yaml", (desk.repo.root / "deals/a-1.yaml").read_bytes())
        assert document is not None
        assert document.data["title"] == meant
        (desk.repo.root / "deals/a-1.yaml").unlink()


@pytest.mark.parametrize(
    ("format", "cell", "amount"),
    [
        ("{thousands: comma}", '"1,250"', "1250 USD"),
        ("{thousands: comma}", '"$1,250.5"', "1250.50 USD"),
        ("{thousands: comma}", '"USD 1,250,000.00"', "1250000 USD"),
        ("{thousands: comma}", "1250", "1250 USD"),
        ("{decimal: comma, thousands: point}", '"1.250,75"', "1250.75 USD"),
        ("{decimal: comma, thousands: blank}", '"1\u00a0250,75 USD"', "1250.75 USD"),
        ("{decimal: point, thousands: apostrophe}", "1'250.10", "1250.10 USD"),
        ("{}", "0012", "12 USD"),
        ("{}", "0", "0 USD"),
        ("{empty: [n/a, NULL]}", "n/a", None),
        ("{empty: NULL}", "NULL", None),
    ],
)
def test_amounts_are_read_as_the_table_writes_them(desk, format, cell, amount):
    map = f"format: {format}\ncurrency: USD\n{MAP_IN_PLACE}  fields: {{value.one_off: {{column: amount}}}}\n"
    desk.run(rows=row(1).replace('"","",""\n', f'"",{cell},""\n'), map=map)
    assert f"value: {{one_off: {amount}}}" in desk.holds("deals/a-1.yaml") or amount is None
    assert ("value" in desk.holds("deals/a-1.yaml")) == (amount is not None)


def test_an_amount_of_nothing_can_be_left_out(desk):
    map = f"currency: USD\n{MAP_IN_PLACE}  fields: {{value.one_off: {{column: amount, zero: leave out}}}}\n"
    desk.run(rows=row(1, amount="0.00"), map=map)
    assert "value" not in desk.holds("deals/a-1.yaml")


def test_the_currency_can_stand_in_a_column(desk):
    map = f"currency: {{column: note}}\n{MAP_IN_PLACE}  fields: {{value.one_off: {{column: amount}}}}\n"
    found = desk.run(rows=row(1, amount="5", note="CAD") + row(2, amount="5", note="XXX"), map=map)
    assert "one_off: 5 CAD" in desk.holds("deals/a-1.yaml")
    assert [column for _, column, _, _ in reasons(found, "notes")] == ["amount"]
    assert "value" not in desk.holds("deals/a-2.yaml")


@pytest.mark.parametrize(
    ("dates", "cell"),
    [
        ("DD/MM/YYYY", "05/01/2026"),
        ("DD.MM.YY", "5.1.26"),
        ("MM/DD/YYYY", "01/05/2026"),
        ("DD MMM YYYY", "05 Jan 2026"),
        ('"YYYY-MM-DD HH:MM"', "2026-01-05 23:30"),
        ('"YYYY-MM-DD HH:MM:SS"', "2026-01-05 23:30:59"),
        ('"DD.MM.YY HH.MM"', "05.01.26 09.05"),
        ('"YYYY-MM-DDTHH:MM:SSZ"', "2026-01-05T23:30:00Z"),
        ('"%Y-%m-%d"', "2026-01-05"),
        ('"%Y-%m-%dT%H:%M:%S%z"', "2026-01-05T23:30:00Z"),
        ('"%Y-%m-%dT%H:%M:%S%z"', "2026-01-06T01:30:00+02:00"),
    ],
)
def test_days_are_read_as_the_table_writes_them_and_times_in_the_zone_of_the_team(desk, dates, cell):
    desk.run(rows=row(1, opened=cell), map=f"format: {{dates: {dates}}}\n{MAP_IN_PLACE}")
    assert "  - enrichment: 2026-01-05\n" in desk.holds("deals/a-1.yaml")


# ── stand-ins ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_what_the_mapping_puts_in_place_of_an_empty_cell_is_counted(desk):
    map = MAP_IN_PLACE.replace("{column: account}", "{column: account, missing: Cascadia University}").replace(
        "day: opened", "day: opened, missing: 2026-01-01"
    )
    found = desk.run(rows=row(1, account="") + row(2, opened=""), map=map)
    assert reasons(found, "stand_ins") == [
        (2, "account", "is empty: 'Cascadia University' is used", ""),
        (3, "opened", "is empty: '2026-01-01' is used", ""),
    ]
    assert found["taken"] == 2


def test_a_word_that_the_mapping_does_not_list_gets_its_stand_in_and_is_named(desk):
    map = MAP_IN_PLACE.replace("tier: general", "tier: {column: product, values: {Gold: premier}, otherwise: general}")
    found = desk.run(rows=row(1, product="Gold") + row(2, product="Silver"), map=map)
    assert "tier: premier" in desk.holds("deals/a-1.yaml")
    assert "tier: general" in desk.holds("deals/a-2.yaml")
    assert reasons(found, "stand_ins") == [(3, "product", "is not under values: 'general' is used", "Silver")]


def test_rows_that_the_mapping_passes_over_are_named_and_are_no_failure(desk):
    found = desk.run(rows=row(1, account="") + row(2), map=MAP_IN_PLACE.replace("account}", "account, missing: skip}"))
    assert reasons(found, "skipped") == [(2, "account", "is empty: the row is skipped", "")]
    assert found["written"] == [VERSION, "deals/a-2.yaml"]


def test_a_stage_without_a_day_can_be_left_out(desk):
    stages = "[{stage: enrichment, day: opened}, {stage: outreach, day: called, missing: leave out}]"
    map = MAP_IN_PLACE.replace("[{stage: enrichment, day: opened}]", stages)
    found = desk.run(rows=row(1) + row(2, called="2026-02-02"), map=map)
    assert found["stand_ins"] == []
    assert "outreach" not in desk.holds("deals/a-1.yaml")
    assert "outreach: 2026-02-02" in desk.holds("deals/a-2.yaml")


TWO_STAGES = """
    - {stage: enrichment, day: opened, when: {column: stage, is: [Open, Talking, Lost]}}
    - {stage: outreach, day: called, when: {column: stage, is: [Talking, Lost]}, missing: leave out}
    - {stage: closed lost, day: closed, when: {column: stage, is: Lost}, missing: leave out}"""


def test_a_row_that_says_its_stage_and_not_since_when_is_rejected_and_not_left_in_an_earlier_one(desk):
    map = MAP_IN_PLACE.replace(" [{stage: enrichment, day: opened}]", TWO_STAGES)
    said = "is empty, and the row is in '{}': without its day the deal would be left in an earlier stage"
    rows = row(1, stage="Talking") + row(2, stage="Lost") + row(3, stage="Lost", closed="2026-02-02") + row(4)
    found = desk.run(rows=rows, map=map, code=1)
    assert reasons(found) == [
        (2, "called", said.format("outreach"), "Talking"),
        (3, "closed", said.format("closed lost"), "Lost"),
    ]
    assert [remark["code"] for remark in found["rejected"]] == ["stage-without-day"] * 2
    assert found["written"] == [VERSION, "deals/a-3.yaml", "deals/a-4.yaml"]
    assert "outreach" not in desk.holds("deals/a-3.yaml")


# ── people ────────────────────────────────────────────────────────────────────────────────────────────────────────────

ADD = "owner: {column: rep, people: add, roles: account manager}"


def test_unknown_people_are_listed_ready_to_paste(desk):
    said = desk.text(rows=row(1, rep="Ann Öther") + row(2, rep="Bo: the #1"), code=1)
    assert 'people:\n  ann-other: {name: Ann Öther}\n  bo-the-1: {name: "Bo: the #1"}\n' in said


def test_new_people_are_added_to_the_team_where_the_mapping_says_so(desk):
    before = desk.holds("playbook/team.yaml")
    found = desk.run(rows=row(1, rep="Ann Other") + row(2, rep="April"), map=MAP_IN_PLACE.replace("owner: jim", ADD))
    assert found["people"]["added"] == {"ann-other": {"name": "Ann Other", "roles": ["account manager"]}}
    assert desk.holds("playbook/team.yaml") == before + "  ann-other: {name: Ann Other, roles: [account manager]}\n"
    assert load(desk.repo.root)[1] == []
    assert desk.run(rows=row(1, rep="Ann Other"), map=MAP_IN_PLACE.replace("owner: jim", ADD))["written"] == []


def test_people_of_rejected_rows_are_not_added(desk):
    found = desk.run(rows=row(1, rep="Ann Other", opened=""), map=MAP_IN_PLACE.replace("owner: jim", ADD), code=1)
    assert found["people"]["added"] == {}


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("people: {}\n", "people:\n  new: {name: New}\n"),
        ("people: {}  # nobody yet\n", "people:  # nobody yet\n  new: {name: New}\n"),
        ("people: {}", "people:\n  new: {name: New}"),
        ("people:\n  jim: {name: Jim}\n", "people:\n  jim: {name: Jim}\n  new: {name: New}\n"),
        ("people:\n  jim: {name: Jim}", "people:\n  jim: {name: Jim}\n  new: {name: New}"),
        ("people:\r\n  jim: {name: Jim}\r\n", "people:\r\n  jim: {name: Jim}\r\n  new: {name: New}\r\n"),
        ("people:\r\n  jim: {name: Jim}", "people:\r\n  jim: {name: Jim}\r\n  new: {name: New}"),
        (
            "people:\n    jim:\n        name: Jim  # boss\n\n    # temp\n    bo: {name: Bo}\n\n# the end\nrepository: https://x.example\n",
            "people:\n    jim:\n        name: Jim  # boss\n\n    # temp\n    bo: {name: Bo}\n    new: {name: New}\n\n# the end\nrepository: https://x.example\n",
        ),
        ("people:\n  jim: {name: >\n    Jim}\n", None),
        ("people: {jim: {name: Jim}}\n", None),
    ],
)
def test_adding_people_changes_nothing_else_in_the_file_of_the_team(before, after):
    head = "organisation: Test  # ours\ntime_zone: UTC\ncurrency: USD\n"
    head = head.replace("\n", "\r\n") if "\r" in before else head
    document, problems = read("playbook/team.yaml", (head + before).encode())
    if document is None or problems:
        assert after is None
        return
    text = with_people(document, {"new": {"name": "New"}})
    assert text == (None if after is None else head + after)


def test_a_team_in_braces_is_left_alone_and_its_new_people_are_to_be_pasted(desk):
    desk.repo.write(
        "playbook/team.yaml", "organisation: T\ntime_zone: UTC\ncurrency: USD\npeople: {jim: {name: Jim}}\n"
    )
    found = desk.run(rows=row(1, rep="Ann Other"), map=MAP_IN_PLACE.replace("owner: jim", ADD), code=1)
    assert "write its people: one line a person" in found["rejected"][0]["reason"]
    assert found["people"]["fix"] == "people:\n  ann-other: {name: Ann Other, roles: [account manager]}"


# ── members from a table of their own ─────────────────────────────────────────────────────────────────────────────────

ACCOUNTS_MAP = """\
members:
  file: accounts.csv
  key: company
  fields:
    kind: {column: sector, values: {Uni: university}, otherwise: other}
    country: {column: land, values: {Canada: CA, Chile: CL}, otherwise: US}
    website: {column: web}
"""


def test_members_are_filled_from_their_own_table(desk):
    desk.repo.write(
        "../accounts.csv",
        "company,sector,land,web\nElm College,Uni,Chile,https://elm.example\nAsh Lab,Lab,Narnia,\nUnused,Uni,Canada,\n",
    )
    rows = row(1, account="Elm College") + row(2, account="Ash Lab") + row(3, account="Oak Lab")
    found = desk.run(rows=rows, map=MAP_IN_PLACE + ACCOUNTS_MAP)
    assert desk.holds("members/elm-college.yaml") == dedent(
        """\
        name: Elm College
        kind: university
        country: CL
        website: https://elm.example
        """
    )
    assert found["members"]["new"] == 3
    assert reasons(found, "skipped") == [(4, "company", "is the member of no deal that is taken", "Unused")]
    assert found["beside"][0]["became"] == {"taken": 2, "rejected": 0, "asked": 0, "skipped": 1}
    assert adds_up(found)
    assert {(remark["file"], remark["row"], remark["column"], remark["reason"]) for remark in found["stand_ins"]} == {
        ("accounts.csv", 3, "sector", "is not under values: 'other' is used"),
        ("accounts.csv", 3, "land", "is not under values: 'US' is used"),
        ("../table.csv", 4, "sector", "is unknown: accounts.csv has no 'Oak Lab': 'other' is used"),
        ("../table.csv", 4, "land", "is unknown: accounts.csv has no 'Oak Lab': 'US' is used"),
    }


def test_a_deal_that_is_no_record_is_not_counted_as_taken_although_its_member_is_in_no_table(desk):
    desk.repo.write("../accounts.csv", "company,sector,land,web\n")
    found = desk.run(rows=row(1, account="Oak Lab", product="?") + row(2), map=MAP_IN_PLACE + ACCOUNTS_MAP, code=1)
    assert found["became"] == {"taken": 1, "rejected": 1, "asked": 0, "skipped": 0}
    assert adds_up(found)


def test_a_country_and_a_kind_that_nobody_knows_are_written_as_unknown_and_named(desk):
    desk.repo.write("../accounts.csv", "company,land\nElm,CL\nAsh,\n")
    members = "members: {file: accounts.csv, key: company, fields: {country: {column: land}}}\n"
    rows = row(1, account="Elm") + row(2, account="Ash") + row(3, account="Oak")
    found = desk.run(rows=rows, map=MAP_IN_PLACE + members)
    assert desk.holds("members/elm.yaml") == "name: Elm\nkind: unknown\ncountry: CL\n"
    assert desk.holds("members/ash.yaml") == "name: Ash\nkind: unknown\ncountry: unknown\n"
    assert reasons(found, "stand_ins") == [
        (4, "kind", "is not in the mapping: 'unknown' is used", "Oak"),
        (4, "land", "is unknown: accounts.csv has no 'Oak': 'unknown' is used", "Oak"),
        (2, "kind", "is not in the mapping: 'unknown' is used", "Elm"),
        (3, "kind", "is not in the mapping: 'unknown' is used", "Ash"),
        (3, "land", "is empty: 'unknown' is used", "Ash"),
    ]
    assert load(desk.repo.root)[1] == []


def test_a_kind_that_the_team_does_not_know_is_rejected_and_one_of_its_own_is_taken(desk):
    map = MAP_IN_PLACE + "members: {fields: {kind: {column: note}, country: CA}}\n"
    rows = row(1, account="Elm", note="museum")
    said = reasons(desk.run(rows=rows, map=map, code=1))[0][2]
    assert said.startswith("cannot become a member: kind: 'museum' is not one of: university, ")
    team = desk.holds("playbook/team.yaml")
    desk.repo.write("playbook/team.yaml", team + "member_kinds: [museum]\n")
    desk.run(rows=rows, map=map)
    assert "kind: museum\n" in desk.holds("members/elm.yaml")


def test_a_country_that_somebody_looked_up_is_not_unknown_again(desk):
    map = MAP_IN_PLACE + "members: {fields: {kind: university}}\n"
    desk.run(rows=row(1, account="Elm"), map=map)
    path = desk.repo.root / "members/elm.yaml"
    path.write_text(path.read_text().replace("unknown", "CL"))
    found = desk.run("--update", rows=row(1, account="Elm"), map=map)
    assert (found["stand_ins"], found["written"]) == ([], [])


def test_a_member_that_stands_twice_in_its_table_is_not_guessed(desk):
    desk.repo.write("../accounts.csv", "company,sector,land,web\nElm,Uni,Chile,\nELM,Uni,Canada,\n")
    found = desk.run(rows=row(1, account="Elm") + row(2), map=MAP_IN_PLACE + ACCOUNTS_MAP, code=1)
    assert reasons(found)[0] == (2, "account", "appears in several rows of accounts.csv (2 and 3)", "Elm")


def test_without_a_word_about_members_only_those_on_file_are_known(desk):
    found = desk.run(rows=row(1) + row(2, account="New College"), map=MAP_IN_PLACE, code=1)
    assert reasons(found) == [
        (3, "account", "is not an existing member, and the mapping creates none (new-college)", "New College")
    ]


# ── anything at all ───────────────────────────────────────────────────────────────────────────────────────────────────

EVERYTHING = """\
deal:
  id: {column: id}
  title: {column: a}
  member: {column: b}
  type: new business
  tier: {column: c}
  owner: {column: d, people: add}
  stages: [{stage: enrichment, day: e, missing: 2026-01-01}]
  fields: {x.f: {column: f}, win.signals: {column: f}}
members: {fields: {kind: other, country: US, x.f: {column: f}}}
"""
cell = st.one_of(st.text(max_size=12), st.text(alphabet="ab -:'\"#&*!|>=+@\n\t\r~\0\u200b{}[],", max_size=8))


@given(st.lists(st.tuples(cell, cell, cell, cell), max_size=4))
def test_whatever_the_cells_hold_a_row_is_written_exactly_or_named(rows):
    def quoted(words):
        return '"' + words.encode("utf-8", "replace").decode().replace('"', '""') + '"'

    lines = [
        f"{number}," + ",".join(map(quoted, (a, b, c, d))) + ",," + quoted(a)
        for number, (a, b, c, d) in enumerate(rows)
    ]
    table, problems = read_table("t.csv", "\n".join(["id,a,b,c,d,e,f", *lines]).encode(), _everything().format)
    assert problems == []
    plan = Planner(_book(), _everything(), {FromTable.FIRST: table}, date(2026, 11, 20)).plan()
    assert sum(plan.became.values()) == plan.rows == len(rows)
    for entry in plan.entries:
        assert entry.change is not None
        document, problems = read(entry.path, entry.change.text.encode())
        assert problems == []
        record, problems = typed(document, Deal if entry.kind == "deal" else Member)
        assert problems == []
        assert record is not None
        if entry.kind == "deal":
            meant = rows[int(entry.id)][0].encode("utf-8", "replace").decode()
            assert record.title == _meant(meant)
            assert not UNSEEN.search(record.title)


def _meant(words):
    return cleaned(unguarded(words).strip())[0].strip()


def _everything():
    document, _ = read("map.yaml", EVERYTHING.encode())
    mapping, problems = typed(document, ColumnMap)
    assert problems == []
    return mapping


def _book():
    team = Team(organisation="T", time_zone="UTC", currency="USD", people={"jim": Person(name="Jim")})
    document, _ = read(
        "playbook/team.yaml", b"organisation: T\ntime_zone: UTC\ncurrency: USD\npeople:\n  jim: {name: Jim}\n"
    )
    return book_of(team=team, documents={("team", "team"): document})


def test_of_long_lists_of_moves_only_those_are_shown_that_differ():
    told = [{"enrichment": f"2026-01-{day:02}"} for day in range(1, 10)]
    asked = Question(("stages",), told, [*told, {"closed won": "2026-11-18"}])
    assert asked.apart.as_data() == {"field": "stages", "record": "[]", "table": "[{closed won: 2026-11-18}]"}
