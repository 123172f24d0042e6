"""The calendars: every program reads back the very words, on the right days, for the right person."""

from datetime import date

import pytest
from icalendar import Calendar

from salesops.site.calendars import calendars

TODAY = date(2026, 11, 20)
HARD = "Send; the, slides\\\\n <b>x</b> BEGIN:VEVENT \N{SNOWMAN} " + "long " * 40


@pytest.fixture
def calendar(repo):
    """``calendar(name)``: the entries of a calendar, as a program reads them."""

    def read(name, day=TODAY):
        found = dict(calendars(repo.book().on(day)))
        return Calendar.from_ical(found[name]).walk("VEVENT")

    return read


def step(repo, what, due="2026-11-24", id="acme", **more):
    quoted = what.replace("\\", "\\\\").replace('"', '\\"')
    whose = f", owner: {more['owner']}" if more else ""
    repo.deal(f'stages: [enrichment: 2026-11-10]\nnext: {{action: "{quoted}", due: {due}{whose}}}', id=id)


def steps(events):
    return [str(event["summary"]) for event in events if event["uid"].startswith("deal-")]


def test_a_next_step_is_a_whole_day_on_which_nobody_is_busy(repo, calendar):
    step(repo, "Call the dean")
    (event,) = calendar("next-steps.ics")
    assert event["summary"] == "Call the dean (Cascadia University)"
    assert (event.decoded("dtstart"), event.decoded("dtend")) == (date(2026, 11, 24), date(2026, 11, 25))
    assert event["transp"] == "TRANSPARENT"


@pytest.mark.parametrize(
    "what", ["a, b; c", "back\\\\slash", "END:VEVENT", "Zoë – 北京大学", "long " * 60 + "end", HARD]
)
def test_any_words_come_back_as_they_were_written(repo, calendar, what):
    step(repo, what)
    (event,) = calendar("next-steps.ics")
    assert " ".join(event["summary"].split()) == " ".join(f"{what} (Cascadia University)".split())


def test_a_new_line_in_the_words_begins_no_entry_of_its_own(repo, calendar):
    step(repo, "Call\\nEND:VEVENT\\nBEGIN:VEVENT\\nSUMMARY:Another")
    assert len(calendar("next-steps.ics")) == 1


def test_no_line_is_longer_than_75_bytes_and_each_ends_as_the_standard_says(repo):
    step(repo, "北京大学 " * 30)
    for name, text in calendars(repo.book().on(TODAY)):
        lines = text.encode().split(b"\r\n")
        assert lines[0] == b"BEGIN:VCALENDAR"
        assert lines[-2:] == [b"END:VCALENDAR", b""]
        assert all(len(found) <= 75 for found in lines), name
        assert b"\n" not in b"".join(lines)


def test_everybody_has_a_calendar_with_their_own_steps_and_the_team_one_with_all(repo, calendar):
    step(repo, "Write", id="one")
    step(repo, "Call", id="two", owner="april")
    assert sorted(name for name, _ in calendars(repo.book().on(TODAY))) == [
        "next-steps.ics", "people/april.ics", "people/jim.ics", "renewals.ics",
    ]  # fmt: skip
    assert steps(calendar("people/april.ics")) == ["Call (Cascadia University)"]
    assert steps(calendar("people/jim.ics")) == ["Write (Cascadia University)"]
    assert len(steps(calendar("next-steps.ics"))) == 2


def test_what_has_no_day_is_in_no_calendar(calendar):
    assert calendar("next-steps.ics") == [], "the renewal that is to be begun"


def test_the_end_of_a_term_says_whether_the_next_one_is_signed(repo, calendar):
    (event,) = calendar("renewals.ics")
    assert event["summary"] == "Term ends: Cascadia University (1,000 USD a month)"
    assert event.decoded("dtstart") == date(2026, 12, 31)
    assert event["description"] == "General Membership; not renewed yet"
    assert calendar("renewals.ics", date(2025, 3, 1)) == [], "before it was signed"


def test_the_same_records_on_the_same_day_are_the_same_bytes_and_each_entry_has_a_name_of_its_own(repo):
    step(repo, "Write", id="one")
    step(repo, "Call", id="two")
    snapshot = repo.book().on(TODAY)
    assert dict(calendars(snapshot)) == dict(calendars(snapshot))
    for _, text in calendars(snapshot):
        names = [event["uid"] for event in Calendar.from_ical(text).walk("VEVENT")]
        assert len(names) == len(set(names))


def test_without_a_readable_team_there_is_one_calendar_of_steps(repo):
    step(repo, "Write")
    repo.write("playbook/team.yaml", "organisation: [\n")
    assert [name for name, _ in calendars(repo.book().on(TODAY))] == ["next-steps.ics", "renewals.ics"]
