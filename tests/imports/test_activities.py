"""A table of meetings, calls and e-mails becomes activities of the deals that its rows name."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from tabling import IN_PLACE, adds_up, reasons, row

from salesops.store.load import load

DATA = Path(os.environ.get("SALESOPS_DATA") or Path(__file__).parents[2].parent / "shared/data") / "hubspot_shapes"
HEAD = "deal,day,kind,status,words,who,no\n"
OWN = """\
activities:
  deal: {column: deal}
  date: {column: day}
  kind: {column: kind, values: {MEETING: meeting}}
  contact: {column: who, split: ;}
  fields: {status: {column: status, values: {COMPLETED: held}}, note: {column: words}, id: {column: no, missing: leave out}}
"""
BESIDE = OWN.replace("activities:\n", "activities:\n  file: meetings.csv\n")
OPEN = """\
title: General
member: cascadia-university
type: new business
tier: general
owner: jim
stages:
  - enrichment: 2026-01-05
activity:
  - {date: 2026-01-12, kind: call, outcome: spoke}  # Jim
  - {date: 2026-03-12, kind: meeting, status: held, note: "With notes, ours"}
"""


def test_meetings_come_with_the_deals_of_the_same_import(desk):
    meetings = (
        "A-1,2026-02-03,MEETING,COMPLETED,Went well,A-Smith,\nA-1,2026-01-07,call,,,,\nB-9,2026-02-03,MEETING,,,,\n"
    )
    desk.repo.write("../meetings.csv", HEAD + meetings)
    found = desk.run(rows=row(1), map=IN_PLACE + BESIDE, code=1)
    assert (
        "activity:\n  - {date: 2026-01-07, kind: call}\n"
        "  - {date: 2026-02-03, kind: meeting, status: held, with: [a-smith], note: Went well}\n"
    ) in desk.holds("deals/a-1.yaml")
    assert reasons(found) == [(4, "deal", "is no deal of this import or on file", "b-9")]
    assert adds_up(found)
    assert found["beside"][0]["became"] == {"taken": 2, "rejected": 1, "asked": 0, "skipped": 0}
    assert load(desk.repo.root)[1] == []


def test_a_table_of_meetings_alone_is_added_to_the_deals_on_file_by_the_day(desk):
    desk.repo.write("deals/a-1.yaml", OPEN)
    rows = "A-1,2026-02-03,meeting,held,,,\nA-1,2026-04-01,email,,Hello,,\nA-1,2026-03-12,meeting,held,,,\n"
    found = desk.run(head=HEAD, rows=rows, map=OWN)
    assert (found["rows"], found["taken"], found["kept"][0]["differs"]) == (3, 3, ["activity"])
    assert desk.run("--update", head=HEAD, rows=rows, map=OWN)["deals"]["updated"] == 1
    lines = desk.holds("deals/a-1.yaml").split("activity:\n")[1].splitlines()
    assert lines == [
        "  - {date: 2026-01-12, kind: call, outcome: spoke}  # Jim",
        "  - {date: 2026-02-03, kind: meeting, status: held}",
        '  - {date: 2026-03-12, kind: meeting, status: held, note: "With notes, ours"}',
        "  - {date: 2026-04-01, kind: email, note: Hello}",
    ]
    assert desk.run("--update", head=HEAD, rows=rows, map=OWN)["written"] == []


def test_a_meeting_that_the_record_tells_otherwise_is_asked_and_not_told_twice(desk):
    desk.repo.write("deals/a-1.yaml", OPEN)
    found = desk.run("--update", head=HEAD, rows="A-1,2026-03-12,meeting,cancelled,,,\n", map=OWN)
    assert found["kept"][0]["asked"] == [{"field": "activity.1.status", "record": "held", "table": "cancelled"}]
    assert found["written"] == []


def test_what_a_row_cannot_say_is_left_out_and_what_it_must_say_costs_it(desk):
    desk.repo.write("deals/a-1.yaml", OPEN)
    rows = "A-1,2026-02-03,meeting,unclear,,Nobody,\nA-1,soon,meeting,,,,\nA-1,2026-02-04,dinner,,,,\n,2026-02-04,call,,,,\n"
    found = desk.run(head=HEAD, rows=rows, map=OWN, code=1)
    assert [(at, column) for at, column, *_ in reasons(found)] == [(3, "day"), (4, "kind"), (5, "deal")]
    assert [(at, column) for at, column, *_ in reasons(found, "notes")] == [(2, "who"), (2, "status")]
    assert adds_up(found)


def test_the_same_meeting_twice_is_one_and_one_number_for_two_meetings_asks(desk):
    desk.repo.write("deals/a-1.yaml", OPEN)
    rows = "A-1,2026-02-03,meeting,,,,m1\n" * 2 + "A-1,2026-02-05,meeting,,,,m2\nA-1,2026-02-06,meeting,,,,m2\n"
    found = desk.run("--update", head=HEAD, rows=rows, map=OWN, code=1)
    assert [at for at, *_ in reasons(found, "notes")] == [3]
    assert [at for at, *_ in reasons(found, "asked")] == [4, 5]
    assert desk.holds("deals/a-1.yaml").count("id: m1") == 1
    assert adds_up(found)


def test_meetings_of_a_deal_that_is_not_taken_are_not_taken(desk):
    desk.repo.write("../meetings.csv", HEAD + "A-1,2026-02-03,meeting,held,,,\n")
    found = desk.run(rows=row(1, product="?"), map=IN_PLACE + BESIDE, code=1)
    assert [remark["file"] for remark in found["rejected"]] == ["../table.csv", "meetings.csv"]
    assert found["written"] == []


@pytest.mark.skipif(not DATA.is_dir(), reason=f"there is no {DATA}: name the folder of data sets in SALESOPS_DATA")
def test_a_real_export_of_meetings_is_added_with_every_meeting_that_has_a_day_of_this_age(desk):
    answers = json.loads((DATA / "answers.json").read_text())
    desk.repo.write("deals/a-1.yaml", OPEN.split("activity:")[0])
    map = """\
format: {dates: ["YYYY-MM-DD HH:MM:SS", "%Y-%m-%d %H:%M:%S.%f"]}
activities:
  deal: a-1
  date: {column: start_time}
  kind: meeting
  fields: {id: {column: engagement_id}, note: {column: title}}
"""
    table = (DATA / "fivetran_engagement_meeting_data.csv").read_bytes()
    found = desk.run("--update", table=table, map=map, code=1)
    read_as_seconds = answers["meetings_by_iso_week"]["1970-W04"]
    assert found["became"] == {"taken": 100 - read_as_seconds, "rejected": 0, "asked": read_as_seconds, "skipped": 0}
    book, _ = load(desk.repo.root)
    weeks = {entry.date.isocalendar()[:2] for entry in book.deals["a-1"].activity}
    assert len(weeks) == answers["iso_weeks_with_meetings"] - 1
    assert desk.run("--update", table=table, map=map, code=1)["written"] == []


def test_a_row_of_another_deal_that_has_the_number_of_a_meeting_in_another_table_is_taken(desk):
    desk.run(rows=row(1) + row(2, product="Premier"), map=IN_PLACE)
    desk.run("--update", head=HEAD, rows="A-1,2026-02-03,MEETING,COMPLETED,Ours,,1\n", map=OWN, called="meetings")
    found = desk.run("--update", head=HEAD, rows="A-2,2026-02-04,call,,Theirs,,1\n", map=OWN, called="calls")
    assert (found["taken"], found["asked"]) == (1, [])


def test_a_meeting_that_comes_to_a_second_deal_and_stays_at_its_first_is_at_both(desk):
    desk.run(rows=row(1) + row(2, product="Premier"), map=IN_PLACE)
    several = OWN.replace("deal: {column: deal}", 'deal: {column: deal, split: ";"}')
    desk.run("--update", head=HEAD, rows="a-1,2026-02-03,MEETING,COMPLETED,Both,,1\n", map=several, called="meetings")
    found = desk.run(
        "--update", head=HEAD, rows="a-1;a-2,2026-02-03,MEETING,COMPLETED,Both,,1\n", map=several, called="meetings"
    )
    assert (found["asked"], found["deals"]["updated"]) == ([], 1)
    found = desk.run(
        "--update", head=HEAD, rows="a-2,2026-02-03,MEETING,COMPLETED,Both,,1\n", map=several, called="meetings"
    )
    assert found["gone"] == ["deals/a-1.yaml: activity 2026-02-03, meeting: no row that was taken says it any more"]


def test_a_meeting_beside_the_deals_that_names_another_of_them_now_is_asked_and_at_one_deal_only(desk):
    deals = row(1) + row(2, product="Premier")
    desk.repo.write("../meetings.csv", HEAD + "A-1,2026-02-03,MEETING,COMPLETED,Ours,,1\n")
    desk.run(rows=deals, map=IN_PLACE + BESIDE)
    desk.repo.write("../meetings.csv", HEAD + "A-2,2026-02-05,MEETING,COMPLETED,Ours,,1\n")
    before = desk.records()
    found = desk.run("--update", rows=deals, map=IN_PLACE + BESIDE, code=1)
    assert [value for *_, value in reasons(found, "asked")] == ["1: at a-1, now a-2"]
    assert (desk.records(), found["gone"]) == (before, [])
