"""A newer export is held against what the last import took: one side's change stands, what both changed is asked, nothing is lost."""

from __future__ import annotations

import json

import pytest
from exported_by_hubspot import HEAD, deal, fates, table, why

FILE = "deals/pinecrest-college-teaching.yaml"


@pytest.fixture
def told(hub):
    """A repository with two deals of an export."""
    hub.give(deals=table([deal(), deal("102", title="Other")]))
    hub.bring("deals")
    assert hub.errors() == []
    return hub


def newer(hub, *rows):
    """A newer export with these rows, and the second deal as it was."""
    hub.give(
        deals=table(
            [*rows, deal("102", title="Other")], [*HEAD, *(key for row in rows for key in row if key not in HEAD)]
        )
    )
    hub.look("deals")
    return hub.go()


def test_what_changed_on_their_side_alone_is_taken(told):
    found = newer(told, deal(amount="2000", close="2027-01-15 10:00", owner="April"))
    assert fates(found, "deals.csv") == (2, 0, 0)
    assert "value: {one_off: 2000 USD}\nexpected_close: 2027-01-15\n" in told.holds(FILE)
    assert "owner: april\n" in told.holds(FILE)
    assert told.errors() == []


def test_what_changed_on_our_side_alone_is_kept_comments_and_all(told):
    told.change(FILE, "expected_close: 2026-12-01", "expected_close: 2026-12-24  # after the board met")
    told.change(FILE, "owner: jim\n", "owner: april\nnext: {action: Call, due: 2026-12-01}\n")
    before = told.holds(FILE)
    found = newer(told, deal(amount="2000"))
    assert fates(found, "deals.csv") == (2, 0, 0)
    assert told.holds(FILE) == before.replace("1250 USD", "2000 USD"), "and what they changed elsewhere comes in"


def test_what_both_changed_is_asked_with_both_values_until_somebody_decides(told):
    told.change(FILE, "1250 USD", "1300 USD")
    found = newer(told, deal(amount="2000", close="2027-01-15 10:00"))
    assert fates(found, "deals.csv") == (1, 1, 0)
    assert why(found, 2) == "value.one_off: the record says 1300 USD, the export 2000 USD"
    assert "one_off: 1300 USD" in told.holds(FILE)
    assert "expected_close: 2027-01-15" in told.holds(FILE), "the rest of the row is taken"
    assert "the record says 1300 USD, the export 2000 USD" in told.holds("imports/hubspot.md")
    before = told.files()
    assert fates(told.go(code=1), "deals.csv") == (1, 1, 0), "it is asked again"
    assert told.files() == before
    told.change(FILE, "1300 USD", "2000 USD")
    assert fates(told.go(code=0), "deals.csv") == (2, 0, 0)


def test_a_field_in_which_the_record_goes_before_is_asked_no_more(told):
    told.change(FILE, "1250 USD", "1300 USD")
    newer(told, deal(amount="2000"))
    told.change_mapping("format:", "ours: [pinecrest-college-teaching.value.one_off]\nformat:")
    assert fates(told.go(), "deals.csv") == (2, 0, 0)
    assert "1300 USD" in told.holds(FILE)


def test_both_sides_changed_to_the_same_is_no_question(told):
    told.change(FILE, "1250 USD", "2000 USD")
    assert fates(newer(told, deal(amount="2000")), "deals.csv") == (2, 0, 0)


def test_a_new_stage_is_added_where_the_moves_are_as_they_were(told):
    found = newer(told, deal(stage="Closed Won", won="2026-06-01 10:00"))
    assert fates(found, "deals.csv") == (2, 0, 0)
    assert "  - proposal: 2026-02-03\n  - closed won: 2026-06-01\n" in told.holds(FILE)
    assert told.errors() == []


def test_a_past_day_that_they_tell_otherwise_is_asked_for_the_past_is_signed(told):
    found = newer(told, deal(booked="2026-01-09 10:00"))
    assert fates(found, "deals.csv") == (1, 1, 0)
    assert "stages: the record says [{enrichment: 2026-01-05}], the export [{enrichment: 2026-01-09}]" in why(found, 2)
    assert "  - enrichment: 2026-01-05\n" in told.holds(FILE)


def test_moves_that_both_sides_made_are_asked(told):
    told.change(FILE, "  - proposal: 2026-02-03\n", "  - proposal: 2026-02-03\n  - closed lost: 2026-05-01\n")
    found = newer(told, deal(stage="Closed Won", won="2026-06-01 10:00"))
    assert fates(found, "deals.csv") == (1, 1, 0)
    assert "closed won" not in told.holds(FILE)


def test_a_move_that_only_we_made_is_kept(told):
    told.change(FILE, "  - proposal: 2026-02-03\n", "  - proposal: 2026-02-03\n  - closed lost: 2026-05-01\n")
    before = told.holds(FILE)
    assert fates(newer(told, deal()), "deals.csv") == (2, 0, 0)
    assert told.holds(FILE) == before


def test_what_they_left_empty_since_is_asked_and_not_removed(told):
    found = newer(told, deal(amount="(No value)"))
    assert why(found, 2) == "value.one_off: the record says 1250 USD, the export nothing"
    assert "1250 USD" in told.holds(FILE)
    told.change(FILE, "value: {one_off: 1250 USD}\n", "")
    assert fates(told.go(), "deals.csv") == (2, 0, 0)


def test_what_we_took_out_does_not_come_back(told):
    told.change(FILE, "value: {one_off: 1250 USD}\n", "")
    assert fates(newer(told, deal()), "deals.csv") == (2, 0, 0)
    assert "value" not in told.holds(FILE)
    assert why(newer(told, deal(amount="99")), 2) == "value: the record says nothing, the export {one_off: 99 USD}"


def test_a_tier_of_a_deal_that_is_closed_is_asked_for_nobody_signed_its_change(told):
    newer(told, deal(stage="Closed Won", won="2026-06-01 10:00"))
    told.change_mapping("tier: general", "tier: {column: Tier}")
    row = deal(stage="Closed Won", won="2026-06-01 10:00", Tier="general")
    newer(told, row)
    found = newer(told, row | {"Tier": "premier"})
    assert "tier: the record says general, the export premier" in why(found, 2)


def test_a_row_that_is_gone_is_named_and_nothing_is_removed(told):
    told.give(deals=table([deal("102", title="Other")]))
    before = told.holds(FILE)
    found = told.go()
    assert found["gone"] == [f"{FILE} (101): its row is gone"]
    assert told.holds(FILE) == before
    merges = table([{"deal_id": "102", "merged_deal_id": "101"}])
    told.give(merges=merges)
    assert told.look("merges")["gone"] == [f"{FILE} (101): was merged into 102"]


def test_a_column_under_another_name_is_reported_and_never_guessed(told):
    before = told.files()
    told.give(deals=table([{("Deal amount" if key == "Amount" else key): cell for key, cell in deal().items()}]))
    ran = told.repo.run("import", "hubspot", "../exports/deals.csv")
    assert ran.code == 2
    assert "the table has no column 'Amount'" in ran.out
    assert (
        "new since the last import: Deal amount; if it is one of them under another name, write that in the mapping"
        in ran.out
    )
    assert told.files() == before
    told.change_mapping("{column: Amount}", "{column: Deal amount}")
    found = told.go()
    assert found["columns"] == ["Columns of the deals: no longer has Amount; has new: Deal amount"]


def test_a_deal_that_was_removed_here_on_purpose_stays_removed(told):
    (told.repo.root / FILE).unlink()
    removed = "removed:\n  - {kind: deal, id: pinecrest-college-teaching, date: 2026-11-19, by: jim, why: A double}\n"
    told.repo.write("playbook/removed.yaml", removed)
    found = newer(told, deal(amount="5"))
    assert fates(found, "deals.csv") == (1, 0, 1)
    assert "was removed on purpose" in why(found, 2)


def test_a_company_of_another_name_is_the_same_member(hub):
    def companies(name):
        return table([{"Record ID": "11", "Company name": name, "Company Domain Name": ""}])

    hub.give(deals=table([deal(**{"Associated Company IDs": "11"})]), companies=companies("Pinecrest College"))
    hub.bring("deals", "companies")
    hub.give(companies=companies("Pinecrest University"))
    hub.go()
    assert hub.holds("members/pinecrest-college.yaml").startswith("name: Pinecrest University\n")
    assert [path.name for path in (hub.repo.root / "members").glob("*.yaml")] == ["pinecrest-college.yaml"]


@pytest.mark.parametrize("is_ours_another", [False, True])
def test_the_people_of_a_company_of_another_name_come_along(hub, is_ours_another):
    companies = table([{"Record ID": "11", "Company name": "Pinecrest College"}])
    people = [{"Record ID": "71", "First Name": "Ann", "Last Name": "Other", "Email": "ann@pinecrest.edu"}]
    people = [row | {"Associated Company IDs": "11"} for row in people]
    rows = [deal(**{"Associated Company IDs": "11"}), deal("102", title="Other", **{"Associated Company IDs": "11"})]
    hub.give(deals=table(rows), companies=companies, contacts=table(people))
    hub.bring("deals", "companies", "contacts")
    if is_ours_another:
        hub.change("members/pinecrest-college.yaml", "name: Pinecrest College", "name: Pinecrest")
    new = people[0] | {"Record ID": "72", "First Name": "Bo", "Email": "bo@pinecrest.edu"}
    renamed = companies.replace("Pinecrest College", "University of the Pines")
    hub.give(companies=renamed, contacts=table([*people, new]))
    found = hub.go()
    assert fates(found, "contacts.csv") == (2, 0, 0)
    assert "{id: bo-other, name: Bo Other, email: bo@pinecrest.edu}" in hub.holds("members/pinecrest-college.yaml")
    assert hub.errors() == []
    assert list((hub.repo.root / "members").iterdir()) == [hub.repo.root / "members/pinecrest-college.yaml"]


def test_a_meeting_that_changed_there_is_changed_here_and_ours_is_kept(hub):
    def meetings(*names):
        rows = [{"Record ID": f"90{at}", "Meeting name": name, "Meeting start time": "2026-02-01 10:00", "Meeting outcome": "COMPLETED", "Associated Deal IDs": "101"} for at, name in enumerate(names)]  # fmt: skip
        return table(rows)

    hub.give(deals=table([deal()]), meetings=meetings("Demo", "Talk"))
    hub.bring("deals", "meetings")
    hub.change(FILE, "note: Talk", "note: Our own words")
    hub.give(meetings=meetings("Demo and lunch", "Talk", "A third"))
    found = hub.go()
    assert fates(found, "meetings.csv") == (3, 0, 0)
    notes = [entry["note"] for entry in hub.book().documents["deal", "pinecrest-college-teaching"].data["activity"]]
    assert notes == ["Demo and lunch", "Our own words", "A third"]


def test_a_damaged_file_of_the_last_import_stops_it_with_a_way_out(told):
    for text in (
        "{",
        "[]",
        '{"format": 9, "headings": {}}',
        '{"format": 1, "headings": {}, "deals": {"a": 1}}',
        "null",
    ):
        told.repo.write("imports/hubspot.last.json", text.encode())
        before = told.files()
        ran = told.repo.run("import", "hubspot", "--go")
        assert (ran.code, "take it back from git" in ran.out) == (2, True), ran.out + ran.err
        assert told.files() == before


def test_what_is_kept_of_the_last_import_is_sorted_and_no_more_than_what_was_taken(told):
    held = json.loads(told.holds("imports/hubspot.last.json"))
    assert list(held["deals"]) == ["pinecrest-college-other", "pinecrest-college-teaching"]
    assert held["deals"]["pinecrest-college-teaching"] == {
        "expected_close": "2026-12-01",
        "member": "pinecrest-college",
        "owner": "jim",
        "stages": [{"enrichment": "2026-01-05"}, {"proposal": "2026-02-03"}],
        "title": "Teaching",
        "type": "new business",
        "value": {"one_off": "1250 USD"},
        "x": {"hubspot": "101"},
    }


def test_what_both_changed_of_a_company_or_a_contact_is_asked_though_no_row_is_its_own(hub):
    def export(country, role):
        person = {"Record ID": "1", "First Name": "Ann", "Last Name": "Other", "Email": "ann@pinecrest.edu", "Job Title": role, "Associated Company IDs": "11"}  # fmt: skip
        company = {"Record ID": "11", "Company name": "Pinecrest College", "Country/Region": country}
        hub.give(
            deals=table([deal(**{"Associated Company IDs": "11"})]),
            companies=table([company]),
            contacts=table([person]),
        )

    export("Canada", "Dean")
    hub.bring("deals", "companies", "contacts")
    member = "members/pinecrest-college.yaml"
    hub.change(member, "country: CA", "country: DE")
    hub.change(member, "role: Dean", "role: Provost")
    before = hub.holds(member)
    export("US", "Head")
    found = hub.go(code=1)
    assert sorted(found["asked"]) == [
        f"{member}: contacts.0.role: the record says Provost, the export Head",
        f"{member}: country: the record says DE, the export US",
    ]
    assert hub.holds(member) == before
    assert "the record says Provost, the export Head" in hub.holds("imports/hubspot.md")


def test_nothing_is_remembered_where_nothing_was_taken(hub):
    hub.give(deals=table([deal()]))
    hub.look("deals")
    hub.go(code=1)
    assert not (hub.repo.root / "imports/hubspot.last.json").exists()
