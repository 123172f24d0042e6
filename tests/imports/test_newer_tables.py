"""A newer file of any source is held against what the last import took: one side's change stands, what both changed is asked, nothing is lost."""

from __future__ import annotations

import json

import pytest
from tabling import adds_up, reasons, row

A1 = "deals/2026/a-1.yaml"
LAST = "imports/map.last.json"


def change(desk, path, old, new):
    """Another text in a file, as a person writes it."""
    assert old in desk.holds(path), desk.holds(path)
    desk.repo.write(path, desk.holds(path).replace(old, new, 1).encode())


def asked(found):
    """What is asked, as field, record and table."""
    entries = [*found["kept"], *found["updated"]]
    return [(each["field"], each["record"], each["table"]) for entry in entries for each in entry["asked"]]


# ── a table with a mapping of one's own ───────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def told(desk):
    """A table with two deals, imported."""
    desk.run(rows=row(1, amount="1250") + row(2, amount="10"))
    return desk


def newer(desk, *options, code=0, **cells):
    """The table with other cells in its first row."""
    return desk.run(*options, rows=row(1, **{"amount": "1250"} | cells) + row(2, amount="10"), code=code)


def test_what_only_the_table_changed_is_taken_with_update_and_listed_without(told):
    before = told.files()
    found = newer(told, amount="2000")
    assert (found["kept"][0]["path"], found["kept"][0]["differs"], asked(found)) == (A1, ["value"], [])
    assert told.files() == before
    found = newer(told, "--update", amount="2000")
    assert (found["updated"][0]["differs"], adds_up(found)) == (["value"], True)
    assert "value: {one_off: 2000 USD}\n" in told.holds(A1)
    before = told.files()
    assert newer(told, "--update", amount="2000")["written"] == []
    assert told.files() == before, "a second time changes no byte, not of what is remembered either"


def test_what_was_listed_without_update_is_not_taken_for_granted(told):
    newer(told, amount="2000")
    newer(told, "--update", amount="2000")
    assert "2000 USD" in told.holds(A1)


def test_what_only_we_changed_is_kept_and_no_longer_asked(told):
    change(told, A1, "1250 USD", "1300 USD")
    change(told, A1, "title: General", "title: Premier  # after the call")
    before = told.files()
    found = newer(told, "--update")
    assert (found["deals"]["unchanged"], asked(found)) == (2, [])
    assert told.files() == before


def test_what_both_changed_is_asked_until_somebody_decides(told):
    change(told, A1, "1250 USD", "1300 USD")
    for _ in ("once", "and again"):
        found = newer(told, "--update", amount="2000", product="Premier")
        assert asked(found) == [("value.one_off", "1300 USD", "2000 USD")]
        assert "title: Premier\n" in told.holds(A1), "the rest of the row is taken"
    change(told, A1, "1300 USD", "2000 USD")
    assert asked(newer(told, "--update", amount="2000", product="Premier")) == []


def test_a_field_in_which_the_record_goes_before_is_neither_taken_nor_asked(told):
    change(told, A1, "1250 USD", "1300 USD")
    found = told.run("--update", rows=row(1, amount="2000"), map=f"{told.map}ours: [a-1.value.one_off]\n")
    assert asked(found) == []
    assert "1300 USD" in told.holds(A1)


def test_what_we_took_out_does_not_come_back_and_what_they_took_out_is_asked(told):
    change(told, A1, "value: {one_off: 1250 USD}\n", "")
    assert newer(told, "--update")["written"] == []
    assert "value" not in told.holds(A1)
    for _ in ("once", "and again"):
        found = told.run("--update", rows=row(1, amount="1250") + row(2))
        assert [(field, record) for field, record, _ in asked(found)] == [("value.one_off", "10 USD")]
        assert "10 USD" in told.holds("deals/2026/a-2.yaml")
    change(told, "deals/2026/a-2.yaml", "value: {one_off: 10 USD}\n", "")
    assert asked(told.run("--update", rows=row(1, amount="1250") + row(2))) == []


def test_a_row_that_is_gone_is_said_and_nothing_is_removed(told):
    before = told.records()
    found = told.run("--update", rows=row(1, amount="1250"))
    assert found["gone"] == ["deals/2026/a-2.yaml: its row is gone"]
    assert told.records() == before
    said = told.text(rows=row(1, amount="1250"))
    assert "No longer in the file, and nothing is removed: 1\n  deals/2026/a-2.yaml: its row is gone\n" in said


def test_a_row_that_is_there_and_not_taken_is_not_called_gone(told):
    found = told.run("--update", rows=row(1, amount="1250") + row(2, opened="soon"), code=1)
    assert (found["gone"], found["became"]["rejected"]) == ([], 1)
    found = told.run("--update", rows=row(1, amount="1250") + "A-2,General\n", code=1)
    assert found["gone"] == ["deals/2026/a-2.yaml: its row is gone, or is one that cannot be read"]
    twice = row(1, amount="1250") + row(2, product="One") + row(2, product="Another")
    found = told.run("--update", rows=twice, code=1)
    assert (found["gone"], found["became"]["asked"]) == ([], 2)


def test_a_column_under_another_name_is_reported_and_never_guessed(told):
    before = told.files()
    head = told.head.replace("amount", "deal amount")
    told.repo.write("../table.csv", (head + row(1, amount="2000")).encode())
    ran = told.repo.run("import", "csv", "../table.csv", "--map", "../map.yaml", "--update")
    assert ran.code == 2
    assert "the table has no column 'amount'" in ran.out
    assert "new since the last import: deal amount; if it is one of them" in ran.out
    assert told.files() == before
    found = told.run(
        "--update", rows=row(1, amount="2000"), head=head, map=told.map.replace("column: amount", "column: deal amount")
    )
    assert found["columns"] == ["Columns of the file: no longer has amount; has new: deal amount"]
    assert "2000 USD" in told.holds(A1)


def test_a_dry_run_says_the_same_and_remembers_nothing(told):
    before = told.files()
    trial = newer(told, "--update", "--dry-run", amount="2000")
    assert told.files() == before
    found = newer(told, "--update", amount="2000")
    assert {**trial, "dry_run": False} == found


def test_a_record_that_was_there_before_anything_was_remembered_is_asked_as_ever(told):
    told.forget()
    found = newer(told, "--update", amount="2000")
    assert asked(found) == [("value.one_off", "1250 USD", "2000 USD")]


def test_what_is_remembered_lies_under_the_name_of_the_mapping_and_holds_no_default(told):
    held = json.loads(told.holds(LAST))
    assert list(held["deals"]) == ["a-1", "a-2"]
    assert "kind" not in held["members"]["cascadia-university"]
    assert held["headings"] == {"file": told.head.strip().split(",")}
    told.run(rows=row(1, amount="1250"), called="hubspot")
    assert (told.repo.root / "imports/csv-hubspot.last.json").exists(), "that of HubSpot stays its own"
    assert not (told.repo.root / "imports/hubspot.last.json").exists()


def test_nothing_is_remembered_where_nothing_was_taken(desk):
    desk.run(rows=row(1, opened="soon"), code=1)
    assert not (desk.repo.root / LAST).exists()


HOSTILE = [
    b"{",
    b"[]",
    b"null",
    b"\xff\xfe",
    b"",
    b'{"format": 1}',
    b'{"format": 9, "headings": {}}',
    b'{"format": 1, "headings": []}',
    b'{"format": 1, "headings": {"file": "abc"}}',
    b'{"format": 1, "headings": {"file": [1]}}',
    b'{"format": 1, "headings": {}, "deals": [1]}',
    b'{"format": 1, "headings": {}, "deals": {"a-1": 1}}',
    b'{"format": 1, "headings": {}, "deals": {"a-1": {"stages": 5}}}',
    b'{"format": 1, "headings": {}, "deals": {"a-1": {"value": null}}}',
    b'{"format": 1, "headings": {}, "deals": {"a-1": {"title": "\\ud800"}}}',
    b'{"format": 1, "headings": {}, "deals": {"\\ud800": {"title": "x"}}}',
    b'{"format": 1, "headings": {"file": ["\\ud800"]}}',
    b'{"format": 1, "headings": {"\\ud800": ["x"]}}',
    b"[" * 100_000,
    b'{"format": 1, "headings": {}, "deals": {"a-1": {"value": ' + b"[" * 50_000 + b"]" * 50_000 + b"}}}",
    b'{"format": 1, "headings": {}, "deals": {"a-1": {"value": ' + b"9" * 5_000 + b"}}}",
]


@pytest.mark.parametrize("raw", HOSTILE, ids=lambda raw: repr(raw[:40]))
def test_a_damaged_memory_stops_the_import_with_a_way_out(told, raw):
    told.repo.write(LAST, raw)
    before = told.files()
    ran = told.repo.run("import", "csv", "../table.csv", "--map", "../map.yaml", "--update")
    assert ran.code in (2, 3)
    assert "take it back from git" in ran.out + ran.err
    assert "Traceback" not in ran.err
    assert told.files() == before


ODD = [
    {"stages": "enrichment"},
    {"stages": ["x", ["y"], {"a": {"b": "c"}}]},
    {"stages": {"enrichment": "2026-01-05"}},
    {"value": "1250 USD"},
    {"value": {"one_off": {"deep": "x"}}},
    {"value": ["1250 USD"]},
    {"activity": "x"},
    {"activity": {"0": "x"}},
    {"activity": [["x"], "y", {}]},
    {"links": {"url": "x"}},
    {"maniac_t": ["x"]},
    {"maniac_t": {"need": "x", "money": {"date": ["2026"]}}},
    {"title": {"a": "\u001b[31m"}},
    {"title": "General", "owner": ["jim"]},
]


@pytest.mark.parametrize("taken", ODD, ids=repr)
def test_a_memory_of_another_shape_is_no_traceback_and_takes_no_word_from_a_record(told, taken):
    held = json.loads(told.holds(LAST))
    held["deals"]["a-1"] = taken
    held["deals"]["nowhere"] = taken
    held["headings"]["\u001b[31m"] = ["\u001b[31m"]
    told.repo.write(LAST, json.dumps(held).encode())
    change(told, A1, "1250 USD", "1300 USD")
    told.run("--update", rows=row(1, amount="2000", closed="2026-03-02", stage="Lost"))
    assert "1300 USD" in told.holds(A1)
    assert "  - enrichment: 2026-01-05\n" in told.holds(A1)


def test_a_memory_that_is_a_link_out_of_the_repository_is_not_written_through(told):
    outside = told.repo.root.parent / "outside.json"
    outside.write_bytes((told.repo.root / LAST).read_bytes())
    before = outside.read_bytes()
    (told.repo.root / LAST).unlink()
    (told.repo.root / LAST).symlink_to(outside)
    ran = told.repo.run("import", "csv", "../table.csv", "--map", "../map.yaml")
    assert ran.code == 0, "nothing is to be written"
    told.repo.write("../table.csv", (told.head + row(3)).encode())
    ran = told.repo.run("import", "csv", "../table.csv", "--map", "../map.yaml")
    assert (ran.code, outside.read_bytes()) == (3, before)


def test_what_the_file_leaves_empty_now_is_asked_in_words(told):
    said = told.text("--update", rows=row(1) + row(2, amount="10"), code=1)
    assert "asked: value.one_off is 1250 USD in the record, nothing in the file" in said


# ── monthly active users ──────────────────────────────────────────────────────────────────────────────────────────────

MEMBER = "members/cascadia-university.yaml"
USERS = "Hub,Month,Active users\n"


@pytest.fixture
def users(brought):
    """The counts of September and October, imported."""
    bring = brought("users", "active.csv")
    bring.repo.member('hubs:\n  - {name: teaching, url: "https://hub.cascadia.example/hub/"}\n')
    bring.run((USERS + "teaching,2026-09,250\nteaching,2026-10,280\n").encode())
    return bring


def counts(*lines, head=USERS):
    return (head + "".join(f"teaching,{line}\n" for line in lines)).encode()


def test_a_number_of_users_that_they_corrected_is_taken_and_one_that_both_corrected_is_asked(users):
    change(users, MEMBER, "active_users: 250", "active_users: 251")
    found = users.run(counts("2026-09,250", "2026-10,290"))
    assert (asked(found), adds_up(found)) == ([], True)
    assert "active_users: 251" in users.holds(MEMBER)
    assert "active_users: 290" in users.holds(MEMBER)
    before = users.files()
    users.run(counts("2026-09,250", "2026-10,290"))
    assert users.files() == before
    found = users.run(counts("2026-09,255", "2026-10,290"))
    assert asked(found) == [("health.0.active_users", "251", "255")]


def test_a_table_of_the_next_month_alone_is_no_loss_and_a_month_that_is_missing_among_others_is_said(users):
    found = users.run(counts("2026-11,300"), "--as-of", "2026-12-02")
    assert found["gone"] == ["before 2026-11-30, the first day of the file: 2 rows of earlier imports"]
    found = users.run(counts("2026-09,250", "2026-11,300"), "--as-of", "2026-12-02")
    assert found["gone"] == [f"{MEMBER}: health check of 2026-10-31: no row that was taken says it any more"]
    assert "active_users: 280" in users.holds(MEMBER)
    change(users, MEMBER, "active_users: 280", "active_users: 281")
    users.run(counts("2026-10,280"), "--as-of", "2026-12-02")
    assert "active_users: 281" in users.holds(MEMBER), "it is remembered, though the last files did not tell of it"


def test_a_count_that_we_took_out_does_not_come_back(users):
    change(users, MEMBER, "  - {date: 2026-09-30, active_users: 250}\n", "")
    found = users.run(counts("2026-09,250", "2026-10,280"))
    assert found["members"]["unchanged"] == 1
    assert users.run(counts("2026-10,280"))["gone"] == []


def test_a_count_of_ours_that_they_tell_otherwise_is_asked_until_somebody_decides(users):
    change(users, MEMBER, "active_users: 280}", "active_users: 280}\n  - {date: 2026-11-10, active_users: 305}")
    table = counts("2026-09,250", "2026-10,280", "2026-11-10,300", "2026-11-11,301")
    for _ in range(3):
        found = users.run(table, "--as-of", "2026-12-02")
        assert (asked(found), adds_up(found)) == ([("health.2.active_users", "305", "300")], True)
    found = users.run(counts("2026-11-10,300", "2026-11-11,302"), "--as-of", "2026-12-02")
    assert asked(found) == [("health.2.active_users", "305", "300")]
    assert "active_users: 302" in users.holds(MEMBER), "what was asked beside it did not make it forget what it took"


def test_a_column_of_users_under_another_name_is_reported(users):
    before = users.files()
    users.repo.write("../active.csv", counts("2026-10,290", head="Hub,Span,Active users\n"))
    ran = users.repo.run("import", "users", "../active.csv")
    assert (ran.code, users.files()) == (2, before)
    assert "the table no longer has Month, of which the last import took something" in ran.out
    assert "new since then: Span" in ran.out
    mapping = "users:\n  hub: {column: Hub}\n  month: {column: Month}\n  users: {column: Active users}\n"
    users.repo.write("../users.yaml", mapping.encode())
    ran = users.repo.run("import", "users", "../active.csv", "--map", "../users.yaml")
    assert (ran.code, users.files()) == (2, before)
    assert "new since the last import: Span; if it is one of them under another name" in ran.out


# ── counts of a mailing tool ──────────────────────────────────────────────────────────────────────────────────────────

INTRO = "playbook/outreach/intro-2.yaml"
MAILS = "Campaign,Send date,Recipients,Replies\n"


@pytest.fixture
def mails(brought):
    """Two counts of a message, imported."""
    bring = brought("outreach", "counts.csv")
    bring.repo.write("playbook/templates/intro@2.md", "Dear colleague\n")
    bring.run(sent("2026-03-02,40,5", "2026-04-02,12,1"))
    return bring


def sent(*lines, head=MAILS):
    return (head + "".join(f"intro@2,{line}\n" for line in lines)).encode()


def test_a_count_that_they_corrected_is_taken_and_one_that_both_corrected_is_asked(mails):
    change(mails, INTRO, "sent: 12", "sent: 13")
    found = mails.run(sent("2026-03-02,41,5", "2026-04-02,12,1"))
    assert (asked(found), adds_up(found)) == ([], True)
    assert "sent: 41" in mails.holds(INTRO)
    assert "sent: 13" in mails.holds(INTRO)
    before = mails.files()
    mails.run(sent("2026-03-02,41,5", "2026-04-02,12,1"))
    assert mails.files() == before
    assert asked(mails.run(sent("2026-03-02,41,5", "2026-04-02,14,1"))) == [("results.1.sent", "13", "14")]


def test_what_is_asked_of_one_count_forgets_nothing_of_the_others(mails):
    change(mails, INTRO, "sent: 12", "sent: 13")
    lines = ["2026-03-02,41,5", "2026-04-02,14,1", "2026-05-02,30,2"]
    assert asked(mails.run(sent(*lines), code=1)) == [("results.1.sent", "13", "14")]
    path = mails.repo.root / INTRO
    path.write_text(path.read_text().partition("  - {date: 2026-05-02")[0].partition("  - date: 2026-05-02")[0])
    assert "2026-05-02" not in mails.holds(INTRO)
    found = mails.run(sent("2026-03-02,44,5", *lines[1:]), code=1)
    assert asked(found) == [("results.1.sent", "13", "14")], "and what only they changed again is taken"
    assert "sent: 44" in mails.holds(INTRO)
    assert "2026-05-02" not in mails.holds(INTRO), "what we took out does not come back"


def test_a_count_that_they_left_empty_is_asked_and_stays(mails):
    before = mails.records()
    for _ in range(2):
        assert asked(mails.run(sent("2026-03-02,40,", "2026-04-02,12,1"))) == [("results.0.replied", "5", "null")]
        assert mails.records() == before
    found = mails.run(sent("2026-02-02,10,1", "2026-03-02,40,", "2026-04-02,12,1"))
    assert asked(found) == [("results.1.replied", "5", "null")], "by its place in the record that has one more now"
    change(mails, INTRO, "replied: 5", "replied: 0")
    assert asked(mails.run(sent("2026-03-02,40,0", "2026-04-02,12,1"))) == []


def test_a_count_of_a_day_to_come_is_none(mails):
    before = mails.records()
    found = mails.run(sent("2026-03-02,40,5", "2026-04-02,12,1", "2099-04-02,12,1"), code=1)
    assert found["became"] == {"taken": 2, "rejected": 1, "asked": 0, "skipped": 0}
    assert mails.records() == before


def test_a_count_that_is_gone_is_said_and_a_column_that_is_new_too(mails):
    before = mails.records()
    found = mails.run(sent("2026-03-02,40,5,x", head=MAILS.replace("\n", ",Opens\n").replace("Opens", "Note")))
    assert found["gone"] == [f"{INTRO}: count of 2026-04-02: no row that was taken says it any more"]
    assert found["columns"] == ["Columns of the file: has new: Note"]
    assert {**before, INTRO: b""} == {**mails.records(), INTRO: b""}
    assert "2026-04-02" in mails.holds(INTRO)


# ── a calendar ────────────────────────────────────────────────────────────────────────────────────────────────────────

ASH = "deals/ash-general.yaml"


def meeting(uid="a1", day="20261102", title="Call with Ash College", *more):
    lines = ["BEGIN:VEVENT", f"UID:{uid}", f"SUMMARY:{title}", f"DTSTART:{day}T170000Z", *more, "END:VEVENT", ""]
    return "\r\n".join(lines)


def days(*events):
    return ("BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//x//EN\r\n" + "".join(events) + "END:VCALENDAR\r\n").encode()


@pytest.fixture
def calendar(brought):
    """Two meetings of a deal, imported."""
    bring = brought("calendar", "team.ics")
    bring.repo.member("name: Ash College\n", id="ash-college")
    bring.repo.deal("member: ash-college\n", id="ash-general")
    bring.run(days(meeting(), meeting("b2", "20261109")))
    return bring


def test_a_meeting_that_they_moved_is_moved_and_what_we_said_of_one_is_kept(calendar):
    change(calendar, ASH, "status: scheduled\n    id: b2", "status: held\n    id: b2")
    found = calendar.run(days(meeting(day="20261103"), meeting("b2", "20261109")))
    assert (asked(found), adds_up(found)) == ([], True)
    assert (
        "- date: 2026-11-03\n    kind: meeting\n    about: other\n    status: scheduled\n    id: a1\n"
        in calendar.holds(ASH)
    )
    assert "status: held\n    id: b2" in calendar.holds(ASH)
    before = calendar.files()
    calendar.run(days(meeting(day="20261103"), meeting("b2", "20261109")))
    assert calendar.files() == before
    found = calendar.run(
        days(meeting(day="20261103"), meeting("b2", "20261109", "Call with Ash College", "STATUS:CANCELLED"))
    )
    assert asked(found) == [("activity.1.status", "held", "cancelled")]


def test_a_meeting_that_is_gone_is_said_and_stays(calendar):
    before = calendar.records()
    found = calendar.run(days(meeting()))
    assert found["gone"] == [f"{ASH}: activity 2026-11-09, meeting: no row that was taken says it any more"]
    assert calendar.records() == before


# ── a questionnaire ───────────────────────────────────────────────────────────────────────────────────────────────────

FORM = "Timestamp,Institution,Asked by,What are your clear pain-points?,What is your use-case?\n"


def brought_again(bring, name):
    """The same repository and another file."""
    return type(bring)(bring.repo, bring.source, name)


def said(need="Server died", use="Teaching", day="2026-11-02 09:30:00", head=FORM):
    return (head + f"{day},Ash College,Jim,{need},{use}\n").encode()


@pytest.fixture
def answers(brought):
    """The answers of one deal, imported."""
    bring = brought("questionnaire", "answers.csv")
    bring.repo.member("name: Ash College\n", id="ash-college")
    bring.repo.deal("member: ash-college\nmaniac_t: {}\nicp: {}\n", id="ash-general")
    bring.run(said())
    return bring


def test_an_answer_that_they_changed_is_taken_until_somebody_has_judged_it(answers):
    found = answers.run(said(need="Servers died", day="2026-11-05 09:30:00"))
    assert (asked(found), adds_up(found)) == ([], True)
    assert "need: {status: unknown, date: 2026-11-05, note: Servers died, asked_by: jim}" in answers.holds(ASH)
    before = answers.files()
    answers.run(said(need="Servers died", day="2026-11-05 09:30:00"))
    assert answers.files() == before
    change(answers, ASH, "need: {status: unknown", "need: {status: met")
    found = answers.run(said(need="All is well", day="2026-11-05 09:30:00"))
    assert asked(found) == [("maniac_t.need.note", "Servers died", "All is well")]


def test_a_second_answer_of_a_later_day_is_taken_and_the_first_is_named(answers):
    later = said(need="All is well", use="", day="2026-11-09 09:30:00").partition(b"\n")[2]
    for _ in ("once", "and again"):
        found = answers.run(said() + later)
        assert (asked(found), found["gone"], adds_up(found), found["taken"]) == ([], [], True, 2)
        said_of_it = "need is answered again on 2026-11-09: the later answer counts"
        assert reasons(found, "notes")[0] == (2, "What are your clear pain-points?", said_of_it, "Server died")
    assert "note: All is well" in answers.holds(ASH)
    assert "note: Teaching" in answers.holds(ASH)
    before = answers.files()
    answers.run(said() + later)
    assert answers.files() == before
    found = answers.run(said() + said(need="Another word").partition(b"\n")[2], code=1)
    assert found["became"]["asked"] == 2, "on one day nobody knows which one counts"


def test_an_answer_that_we_wrote_is_kept_and_one_that_both_changed_is_asked(answers):
    change(answers, ASH, "note: Server died", "note: Their server died twice")
    before = answers.files()
    assert asked(answers.run(said())) == []
    assert answers.files() == before
    assert asked(answers.run(said(need="No server"))) == [
        ("maniac_t.need.note", "Their server died twice", "No server")
    ]


def test_an_answer_that_is_gone_or_that_we_took_out_is_left_as_it_is(answers):
    found = answers.run(said(use=""))
    assert found["gone"] == [f"{ASH}: maniac_t.application 2026-11-02: no row that was taken says it any more"]
    assert "note: Teaching" in answers.holds(ASH)
    text = answers.holds(ASH)
    lines = [line for line in text.splitlines(keepends=True) if "note: Teaching" not in line]
    answers.repo.write(ASH, "".join(lines).encode())
    answers.run(said())
    assert "Teaching" not in answers.holds(ASH)


def test_a_question_in_other_words_is_reported(answers):
    found = answers.run(said(head=FORM.replace("clear pain-points", "pain-points today")))
    assert found["columns"] == [
        "Columns of the file: no longer has What are your clear pain-points?; has new: What are your pain-points today?"
    ]


def refused(bring, raw, *options):
    """What an import says that stops at its columns, and that it writes nothing."""
    before = bring.files() | {f"../{bring.name}": raw}
    found = bring.run(raw, *options, code=2)
    assert bring.files() | {f"../{bring.name}": raw} == before
    (problem,) = found["problems"]
    assert problem["code"] == "column-gone"
    return problem


def test_a_question_in_words_that_nobody_knows_stops_the_import_before_anything_is_written(answers):
    newer = said(need="Other words", head=FORM.replace("What are your clear pain-points?", "What hurts?"))
    problem = refused(answers, newer)
    assert "no longer has What are your clear pain-points?, of which" in problem["message"]
    assert "new since then: What hurts?;" in problem["help"]
    assert "salesops import questionnaire ../answers.csv --detect > questionnaire.yaml, " in problem["help"]
    assert "then salesops import questionnaire ../answers.csv --map questionnaire.yaml;" in problem["help"]
    assert refused(answers, newer, "--dry-run") == problem
    mapping = answers.detect(newer).replace("  answers:\n", "  answers:\n    need: {column: What hurts?}\n")
    answers.repo.write("../questionnaire.yaml", mapping.encode())
    ran = answers.repo.run("import", "questionnaire", "../answers.csv", "--map", "../questionnaire.yaml")
    assert ran.code == 0, ran.out
    assert "Other words" in answers.holds(ASH)
    assert len([*(answers.repo.root / "imports").iterdir()]) == 1, "it is remembered under the same name"


def test_a_column_that_is_gone_where_none_is_new_is_reported_only(answers):
    found = answers.run(b"Timestamp,Institution,What is your use-case?\n2026-11-02 09:30:00,Ash College,Teaching\n")
    assert "no longer has Asked by, What are your clear pain-points?" in found["columns"][0]
    assert found["gone"] == [f"{ASH}: maniac_t.need 2026-11-02: no row that was taken says it any more"]


def test_a_new_column_where_none_is_gone_stops_nothing(answers):
    assert answers.run(said(head=FORM.replace("?\n", "?,Colour\n")).replace(b"Teaching", b"Teaching,red"))["taken"] == 1


def test_hubs_of_airtable_are_remembered_under_their_own_name_when_a_column_of_theirs_was_renamed(brought):
    hubs = brought("airtable", "hubs.csv")
    hubs.repo.member("name: Ash College\n", id="ash-college")
    hubs.run(b"Hub,Community,Since,Colour\nprod,Ash College,2021-03-02,red\n", "--update")
    assert hubs.run(b"Hub,Community,Since,Hue\nprod,Ash College,2021-03-02,red\n", "--update")["taken"] == 1, (
        "of Colour nothing was ever taken"
    )
    newer = b"Hub,Community,In use,Colour\nprod,Ash College,2021-03-02,red\n"
    problem = refused(hubs, newer, "--update")
    assert problem["help"].count("airtable-hubs.yaml") == 2
    assert "--map airtable-hubs.yaml --update;" in problem["help"]


def test_a_file_of_a_strange_name_stands_in_quotes_in_the_command_to_type(answers):
    strange = brought_again(answers, "the answers.csv")
    problem = refused(strange, said(head=FORM.replace("What are your clear pain-points?", "What hurts?")))
    assert "salesops import questionnaire '../the answers.csv' --detect" in problem["help"]


# ── Airtable ──────────────────────────────────────────────────────────────────────────────────────────────────────────

LEADS = "Community,Status,Owner,Created,Contract end,Service start,Monthly fee\n"
OAK = "deals/lead-oak-lab.yaml"
ANSWERED = {"tier": "general", "currency": "USD"}


def leads(*rows, head=LEADS):
    return (head + "".join(f"{each}\n" for each in rows)).encode()


OAK_ROW = "Oak Lab,Active Service,Jim,2021-01-02,2022-05-31,2021-06-01,600"
ELM_ROW = "Elm Lab,Active Lead,Jim,2021-03-02,,,"


@pytest.fixture
def airtable(brought):
    """A table of leads, imported."""
    bring = brought("airtable", "leads.csv")
    bring.run(leads(OAK_ROW, ELM_ROW), answers=ANSWERED)
    return bring


def test_a_newer_table_of_leads_is_held_against_the_last(airtable):
    elm = "deals/lead-elm-lab.yaml"
    change(airtable, elm, "owner: jim", "owner: april")
    found = airtable.run(leads(OAK_ROW, ELM_ROW), "--update", answers=ANSWERED)
    assert (asked(found), found["deals"]["unchanged"]) == ([], 2)
    moved = ELM_ROW.replace("Active Lead,Jim,2021-03-02", "Active Service,Jim,2021-03-02").replace(
        ",,,", ",,2021-09-01,"
    )
    found = airtable.run(leads(OAK_ROW, moved), "--update", answers=ANSWERED)
    assert (asked(found), found["updated"][0]["path"], adds_up(found)) == ([], elm, True)
    assert "closed won: 2021-09-01" in airtable.holds(elm)
    assert "owner: april\n" in airtable.holds(elm)
    before = airtable.files()
    airtable.run(leads(OAK_ROW, moved), "--update", answers=ANSWERED)
    assert airtable.files() == before
    refused = moved.replace("2021-03-02", "soon")
    found = airtable.run(leads(OAK_ROW, refused), "--update", answers=ANSWERED, code=1)
    assert found["gone"] == [], "a row that is rejected is there"


def test_a_contract_end_that_they_changed_is_asked_for_the_deal_is_closed(airtable):
    found = airtable.run(leads(OAK_ROW.replace("2022-05-31", "2022-06-30"), ELM_ROW), "--update", answers=ANSWERED)
    assert ("contract.end", "2022-05-31", "2022-06-30") in asked(found)
    assert "2022-05-31" in airtable.holds(OAK)


def test_a_lead_that_is_gone_and_a_column_that_has_another_name_are_said(airtable):
    found = airtable.run(leads(OAK_ROW), "--update", answers=ANSWERED)
    assert found["gone"] == ["deals/lead-elm-lab.yaml: its row is gone"]
    head = LEADS.replace("Monthly fee", "Fee")
    airtable.repo.write("../leads.csv", leads(OAK_ROW, ELM_ROW, head=head))
    ran = airtable.repo.run("import", "airtable", "../leads.csv", "--map", "../ready.yaml", "--update")
    assert ran.code == 2
    assert "new since the last import: Fee" in ran.out


def test_the_table_of_hubs_is_remembered_apart_from_that_of_the_leads(airtable):
    hubs = b"Hub,Community,URL\nprod,Oak Lab,oak.hubs.example\n"
    found = airtable.run(hubs, "--update")
    assert (found["members"]["updated"], found["gone"], found["columns"]) == (1, [], [])
    assert (airtable.repo.root / "imports/airtable-hubs.last.json").exists()
    found = airtable.run(hubs.replace(b"oak.hubs", b"hub.oak"), "--update")
    assert asked(found) == []
    assert "https://hub.oak.example" in airtable.holds("members/oak-lab.yaml")


# ── issues of GitHub ──────────────────────────────────────────────────────────────────────────────────────────────────

HUB = "deals/elm-university-a-hub.yaml"
LEADER = {"tier": "general", "missing": "april"}


def issue(number=1, title="[Elm University / Ann Lee] - [A hub]", **more):
    usual = {"body": "", "labels": [], "createdAt": "2026-01-05T09:00:00Z", "closedAt": None, "state": "OPEN"}
    where = {"url": f"https://github.com/org/leads/issues/{number}", "author": {"login": "octo"}, "assignees": []}
    return {"number": number, "title": title, **usual, **where, **more}


def issues(*found):
    return json.dumps(found).encode()


@pytest.fixture
def github(brought):
    """Two issues, imported."""
    bring = brought("github", "issues.json")
    bring.run(issues(issue(body="300 students"), issue(2, "[Ash College / Bo] - [A hub]")), answers=LEADER)
    return bring


def test_a_newer_file_of_issues_is_held_against_the_last(github):
    other = issue(2, "[Ash College / Bo] - [A hub]")
    change(github, HUB, "owner: april", "owner: jim")
    found = github.run(issues(issue(body="400 students"), other), "--update", answers=LEADER)
    assert (asked(found), adds_up(found)) == ([], True)
    assert "400 students" in github.holds(HUB)
    assert "300 students" not in github.holds(HUB)
    assert "owner: jim\n" in github.holds(HUB)
    before = github.files()
    github.run(issues(issue(body="400 students"), other), "--update", answers=LEADER)
    assert github.files() == before
    change(github, HUB, "400 students", "about 400 students")
    found = github.run(issues(issue(body="500 students"), other), "--update", answers=LEADER)
    assert asked(found) == [("activity.0.note", "about 400 students", "500 students")]


def test_an_issue_that_is_gone_is_said_and_a_new_question_of_a_form_too(github):
    body = "### Number of users\n\n300\n"
    found = github.run(issues(issue(body=body)), "--update", answers=LEADER)
    assert "deals/ash-college-a-hub.yaml: its row is gone" in found["gone"]
    assert found["columns"] == ["Columns of the file: has new: form: Number of users"]


def test_a_question_ends_the_command_with_1_and_its_row_counts_as_asked(told):
    change(told, A1, "1250 USD", "1300 USD")
    assert newer(told, amount="2000")["became"]["asked"] == 0, "without --update nothing is changed and nothing asked"
    ran = told.repo.run("import", "csv", "../table.csv", "--map", "../map.yaml", "--update", "--format", "json")
    found = json.loads(ran.out)
    assert (ran.code, found["became"], found["taken"]) == (1, {"taken": 1, "rejected": 0, "asked": 1, "skipped": 0}, 1)
    assert adds_up(found)


def test_a_day_to_come_is_no_fact_yet(desk):
    before = desk.records()
    found = desk.run(rows=row(1, opened="2099-01-05"), code=1)
    assert found["became"] == {"taken": 0, "rejected": 1, "asked": 0, "skipped": 0}
    assert "2099-01-05 is a day to come" in found["rejected"][0]["reason"]
    assert desk.records() == before


@pytest.mark.parametrize("name", ["users", "hubspot", "airtable-hubs"])
def test_a_mapping_that_is_called_as_another_program_shares_nothing_with_it(desk, name):
    desk.run(called=name)
    assert [path.name for path in (desk.repo.root / "imports").iterdir()] == [f"csv-{name}.last.json"]


def test_what_is_remembered_in_another_encoding_is_said_as_data(told):
    (told.repo.root / LAST).write_bytes(b"\xff\xfe{}")
    found = newer(told, code=2)
    assert "not UTF-8" in found["problems"][0]["message"]


def test_where_everything_is_taken_anyway_no_option_is_named_that_there_is_not(mails):
    change(mails, INTRO, "sent: 12", "sent: 13")
    mails.repo.write("../counts.csv", sent("2026-03-02,40,5", "2026-04-02,14,1"))
    said = mails.repo.run("import", "outreach", "../counts.csv")
    assert said.code == 1
    assert "decide which of the two is right" in said.out
    assert "--update" not in said.out
