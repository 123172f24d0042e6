"""Meetings of a calendar come to the one deal that they name; what names none or several is listed, not guessed."""

from __future__ import annotations

import json
from datetime import date

import pytest
from tabling import adds_up, reasons

from salesops.checks import check_book
from salesops.problems import errors
from salesops.store.load import load


@pytest.fixture
def bring(brought):
    """Import a calendar; Ash College has one deal, Cascadia one that is won and one that is open."""
    ask = brought("calendar", "team.ics")
    ask.repo.member("name: Ash College\ncontacts:\n  - {id: ann, email: ann@ash.example}\n", id="ash-college")
    ask.repo.deal("member: ash-college\n", id="ash-general")
    return ask


def event(uid="a1", title="Call with Ash College", start="20261102T170000Z", *more):
    """An event as calendars write it."""
    return "\r\n".join(["BEGIN:VEVENT", f"UID:{uid}", f"SUMMARY:{title}", f"DTSTART:{start}", *more, "END:VEVENT", ""])


def file(*events):
    """A calendar of these."""
    return ("BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//x//EN\r\n" + "".join(events) + "END:VCALENDAR\r\n").encode()


def meetings(bring, deal="ash-general"):
    """The activities of a deal."""
    return [
        (str(one.date), one.kind, one.status, one.id, one.with_, one.note)
        for one in load(bring.repo.root)[0].deals[deal].activity
    ]


ANN = "ATTENDEE;CN=Ann:mailto:Ann@ash.example"


def test_a_meeting_comes_to_the_deal_that_the_title_or_an_attendee_names(bring):
    found = bring.run(file(event(), event("b2", "Catching up", "20261109", ANN, "ATTENDEE:mailto:stranger@x.example")))
    assert (found["taken"], found["deals"]["updated"], adds_up(found)) == (2, 1, True)
    assert meetings(bring) == [
        ("2026-11-02", "meeting", "scheduled", "a1", (), "Call with Ash College"),
        ("2026-11-09", "meeting", "scheduled", "b2", ("ann",), "Catching up"),
    ]
    book, problems = load(bring.repo.root)
    assert problems == []
    assert list(errors(check_book(book, date(2026, 11, 20)))) == []


def test_what_it_was_about_is_what_the_title_says_and_nothing_that_counts_otherwise(bring):
    found = bring.run(file(event("a1", "Discovery with Ash College"), event("b2", "Ash College, proposal or renewal?")))
    assert [one.about for one in load(bring.repo.root)[0].deals["ash-general"].activity] == ["discovery", "other"]
    assert [(row, column) for row, column, *_ in reasons(found, "stand_ins")] == [(2, "about")]


def test_whether_it_took_place_is_for_a_person_to_say_and_the_next_import_keeps_it(bring):
    raw = file(event())
    bring.run(raw)
    said = bring.holds("deals/ash-general.yaml").replace("status: scheduled", "status: held")
    bring.repo.write("deals/ash-general.yaml", said.encode())
    assert bring.run(raw)["deals"]["unchanged"] == 1
    assert bring.holds("deals/ash-general.yaml") == said


def test_a_meeting_that_was_cancelled_later_is_asked_about_where_nothing_is_remembered(bring):
    bring.run(file(event()))
    bring.forget()
    found = bring.run(file(event("a1", "Call with Ash College", "20261102T170000Z", "STATUS:CANCELLED")))
    assert found["kept"][0]["asked"] == [{"field": "activity.0.status", "record": "scheduled", "table": "cancelled"}]


def test_the_day_is_that_of_the_team(bring):
    bring.repo.write("playbook/team.yaml", bring.holds("playbook/team.yaml").replace("UTC", "America/Vancouver"))
    bring.run(file(event("a1", "Ash College", "20261103T013000Z")))
    assert meetings(bring)[0][0] == "2026-11-02"


@pytest.fixture
def moved(bring):
    """A meeting of one deal whose title names another one now."""
    bring.repo.deal("member: ash-college\n", id="ash-premier")
    bring.run(file(event("a1", "Call on ash-general")))
    return file(event("a1", "Call on ash-premier", "20261103T170000Z"))


ELSEWHERE = (1, "deal", "names another deal than the one that has it: move it there in the records, or say under ours in the mapping that it stays", "a1: at ash-general, now ash-premier")  # fmt: skip


def test_a_meeting_that_names_another_deal_now_is_asked_and_never_stands_at_both(bring, moved):
    before = bring.records()
    found = bring.run(moved, code=1)
    assert (reasons(found, "asked"), found["gone"], adds_up(found)) == ([ELSEWHERE], [], True)
    assert bring.records() == before
    assert reasons(bring.run(moved, code=1), "asked") == [ELSEWHERE], "it is asked as long as nobody decides"


def test_a_meeting_that_somebody_moved_to_the_deal_that_it_names_is_asked_no_more(bring, moved):
    said = bring.holds("deals/ash-general.yaml")
    at = said.index("activity:")
    bring.repo.write("deals/ash-general.yaml", said[:at].encode())
    bring.repo.write("deals/ash-premier.yaml", (bring.holds("deals/ash-premier.yaml") + said[at:]).encode())
    found = bring.run(moved, code=1)
    assert (reasons(found, "asked"), found["gone"], meetings(bring)) == ([], [], [])
    bring.repo.write("deals/ash-premier.yaml", bring.holds("deals/ash-premier.yaml").partition("activity:")[0].encode())
    assert bring.run(moved)["gone"] == []
    assert [one[0] for one in meetings(bring, "ash-premier")] == ["2026-11-03"]


def test_a_meeting_stays_where_the_mapping_says_so(bring, moved):
    ours = "ours: [ash-general.activity.a1]\n" + bring.detect(moved)
    before = bring.records()
    bring.repo.write("../calendar.yaml", ours.encode())
    ran = bring.repo.run("import", "calendar", "../team.ics", "--map", "../calendar.yaml", "--format", "json")
    found = json.loads(ran.out)
    assert (ran.code, found["became"]["skipped"], found["gone"], bring.records()) == (0, 1, [], before)


def test_a_meeting_of_another_deal_is_asked_where_nothing_is_remembered_and_the_day_is_the_same(bring, moved):
    bring.forget()
    same_day = file(event("a1", "Call on ash-premier"))
    assert reasons(bring.run(same_day, code=1), "asked") == [ELSEWHERE]


def test_none_and_several_are_listed(bring):
    bring.repo.deal("member: ash-college\n", id="ash-premier")
    found = bring.run(
        file(
            event(),
            event("b2", "Lunch"),
            event("c3", "Ashes to ashes"),
            event("d4", "Call on ash-premier"),
            event("e5", "Weekly with Ash College", "20261102T170000Z", "RRULE:FREQ=WEEKLY"),
            event("f6", "Ash College", "20261102T170000Z", "CLASS:PRIVATE"),
            event("g7", "Ash College", "20200102T170000Z"),
            event("h8", "Ash College", "never"),
        ),
        code=1,
    )
    assert adds_up(found)
    assert found["became"] == {"taken": 1, "rejected": 1, "asked": 1, "skipped": 5}
    assert reasons(found, "asked")[0][3] == "2026-11-02 Call with Ash College: ash-general, ash-premier"
    assert meetings(bring, "ash-premier")[0][3] == "d4"


def test_the_title_says_which_of_several_deals_of_an_attendee(bring):
    bring.repo.deal("member: ash-college\n", id="ash-premier")
    bring.run(file(event("a1", "ash-premier: prices", "20261102", ANN)))
    assert meetings(bring, "ash-premier")[0][4] == ("ann",)
    assert meetings(bring) == []


def test_a_meeting_of_a_won_deal_belongs_to_the_deal_of_its_day(bring):
    bring.repo.deal("", id="cascadia-next")
    bring.run(file(event("a1", "Cascadia University", "20250203"), event("b2", "Cascadia University", "20260203")))
    assert meetings(bring, "cascadia-next")[0][3] == "b2"
    assert "a1" in [one[3] for one in meetings(bring, "cascadia-2025")]


def test_several_calendars_in_one_file_are_one(bring):
    assert bring.run(file(event()) + file(event("b2", "Ash College again")))["taken"] == 2


def test_an_empty_calendar_has_no_row(bring):
    assert bring.run(file())["rows"] == 0


HOSTILE = {
    "nothing": b"",
    "no calendar": b"hello",
    "half": file(event())[:-40],
    "UTF-16": file(event()).decode().encode("utf-16"),
    "NUL": b"BEGIN:VCALENDAR\0" * 10,
    "an event within an event": file(event("a1", "x", "20261102", "BEGIN:VEVENT", "UID:b", "END:VEVENT")),
    "twice the same": file(event(), event()),
    "one id for two meetings": file(event(), event("a1", "Ash College, another")),
    "a title twice": file(event("a1", "Ash College", "20261102", "SUMMARY:Ash College two")),
    "no title": file(event("a1", "")),
    "no id": file(event("", "Ash College")),
    "controls in the title": file(event("a1", "Ash College \x1b[31m \u202e")),
    "a long id": file(event("x" * 5000, "Ash College")),
    "an id in another script": file(event("会议", "Ash College")),
    "the year 1": file(event("a1", "Ash College", "00010101T000000Z")),
    "the last year": file(event("a1", "Ash College", "99991231T235959Z")),
    "an odd zone": file(event("a1", "Ash College").replace("DTSTART:", "DTSTART;TZID=Nowhere/At All:").replace("Z\r\n", "\r\n")),
    "a title of 1 MB": file(event("a1", "Ash College " + "a" * 1_000_000)),
    "a thousand attendees": file(event("a1", "Ash College", "20261102", *[ANN] * 1000)),
}  # fmt: skip


@pytest.mark.parametrize("raw", HOSTILE.values(), ids=HOSTILE)
def test_a_hostile_calendar_is_a_message_or_the_right_record(bring, raw):
    before = bring.files()
    bring.repo.write("../team.ics", raw)
    ran = bring.repo.run("import", "calendar", "../team.ics", "--format", "json")
    assert ran.code in (0, 1, 2), ran.err
    found = json.loads(ran.out)
    if ran.code == 2:
        assert found["problems"]
        assert bring.files() == before
    else:
        assert found["rows"] == sum(found["became"].values())
    assert load(bring.repo.root)[1] == []


@pytest.mark.parametrize("damage", [lambda raw: b"", lambda raw: raw[: raw.rindex(b"END:VEVENT")], lambda raw: raw.replace(b"END:VCALENDAR", b"")], ids=["empty", "cut in an event", "cut at its end"])  # fmt: skip
def test_a_calendar_that_was_cut_off_is_none_and_nothing_is_lost(bring, damage):
    bring.run(file(event()))
    before = bring.files()
    whole = file(event() + event("a2", "Another call with Ash College", "20261103T170000Z"))
    whole = whole if isinstance(whole, bytes) else whole.encode()
    ran = bring.run(damage(whole), code=2)
    assert "calendar" in ran["problems"][0]["message"]
    assert bring.files() == before
