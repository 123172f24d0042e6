"""An export of HubSpot: it is looked at first, asks little, and is written as a whole with `--go`."""

from __future__ import annotations

import json
import subprocess

import pytest
from exported_by_hubspot import deal, fates, table, why

COMPANIES = table(
    [
        {"Record ID": "11", "Company name": "Pinecrest College", "Company Domain Name": "pinecrest.edu", "Country/Region": "Canada"},
        {"Record ID": "12", "Company name": "Owlspruce", "Company Domain Name": "", "Country/Region": "US"},
        {"Record ID": "14", "Company name": "PINECREST college", "Company Domain Name": "", "Country/Region": ""},
    ],
    delimiter=";",
)  # fmt: skip
CONTACTS = table(
    [
        {"Record ID": "1", "First Name": "Ann", "Last Name": "Other", "Email": "ann@pinecrest.edu", "Job Title": "Dean", "Associated Company IDs": "11"},
        {"Record ID": "2", "First Name": "No", "Last Name": "Body", "Email": "no@example.org", "Job Title": "", "Associated Company IDs": "99"},
    ]
)  # fmt: skip
MEETINGS = table(
    [
        {"Record ID": "901", "Meeting name": "Demo", "Meeting start time": "2026-02-01 10:00", "Meeting outcome": "COMPLETED", "Associated Deal IDs": "101", "Associated Contact": "Ann Other (ann@pinecrest.edu)"},
        {"Record ID": "902", "Meeting name": "Both", "Meeting start time": "2026-02-05 10:00", "Meeting outcome": "No show", "Associated Deal IDs": "101;102", "Associated Contact": ""},
    ]
)  # fmt: skip
JOINED = {"Associated Company IDs": "11"}


def test_the_first_look_says_what_it_saw_and_touches_no_record(hub):
    hub.give(deals="\ufeff" + table([deal(), deal("102", stage="Closed Won", won="2026-04-01 10:00")]))
    before = hub.files()
    said = hub.text("../exports/deals.csv")
    for line in (
        "deals.csv  HubSpot deals · 2 rows · UTF-8 with a mark · times as 2026-12-01 09:30, zone not said: taken as UTC",
        'Contract Sent             1  Date entered "Contract Sent (Sales Pipeline)"          ?',
        'Closed Won                1  Date entered "Closed Won (Sales Pipeline)"             closed won',
        "People  1 of 1 owner known to the team",
        "Money   Amount holds 2 amounts without a currency: USD, as the team has it? the mapping asks",
        "imports/hubspot.yaml   the mapping: 4 lines with a ? for you to answer",
        "imports/hubspot.md     deals.csv: 0 taken · 2 ask · 0 not taken",
        "next: answer them in imports/hubspot.yaml, then salesops import hubspot --go",
    ):
        assert line in said.splitlines(), said
    assert hub.files().keys() - before.keys() == {"imports/hubspot.yaml", "imports/hubspot.md"}
    assert {path: hub.files()[path] for path in before} == before


def test_what_was_answered_is_written_with_past_stages_readable_ids_and_the_number_of_hubspot(hub):
    hub.give(deals=table([deal(), deal("102", title="Teaching", company="Pinecrest College", amount="$125000")]))
    found = hub.bring("deals")
    assert fates(found, "deals.csv") == (2, 0, 0)
    assert hub.holds("deals/pinecrest-college-teaching.yaml") == (
        "title: Teaching\nmember: pinecrest-college\ntype: new business\ntier: general\nowner: jim\n"
        "stages:\n  - enrichment: 2026-01-05\n  - proposal: 2026-02-03\n"
        "imported: {from: deals.csv, date: 2026-11-20}\n"
        "value: {one_off: 1250 USD}\nexpected_close: 2026-12-01\nx: {hubspot: 101}\n"
    )
    assert "x: {hubspot: 102}" in hub.holds("deals/pinecrest-college-teaching-2.yaml"), "of one name, the older has it"
    assert "value: {one_off: 125000 USD}" in hub.holds("deals/pinecrest-college-teaching-2.yaml")
    assert hub.errors() == []
    assert hub.site_is_built() == (0, "")


def test_the_same_export_a_second_time_changes_no_byte_and_nor_does_a_look(hub):
    hub.give(
        deals=table([deal(**JOINED), deal("102", **JOINED)]), companies=COMPANIES, contacts=CONTACTS, meetings=MEETINGS
    )
    hub.bring("deals", "companies", "contacts", "meetings")
    before = hub.files()
    hub.go()
    hub.look("deals", "companies")
    hub.text()
    assert hub.files() == before


def test_companies_contacts_and_meetings_come_along_by_their_numbers(hub):
    hub.give(
        deals=table([deal(**JOINED), deal("102", **JOINED)]), companies=COMPANIES, contacts=CONTACTS, meetings=MEETINGS
    )
    found = hub.bring("deals", "companies", "contacts", "meetings")
    assert hub.holds("members/pinecrest-college.yaml") == (
        "name: Pinecrest College\nkind: unknown\ncountry: CA\nwebsite: https://pinecrest.edu\n"
        "contacts:\n  - {id: ann-other, name: Ann Other, role: Dean, email: ann@pinecrest.edu}\nx: {hubspot: 11}\n"
    )
    told = hub.book().documents["deal", "pinecrest-college-teaching"].data["activity"]
    meeting = {"kind": "meeting", "about": "other"}
    assert told == [
        {"date": "2026-02-01", **meeting, "status": "held", "id": "901", "with": ["ann-other"], "note": "Demo"},
        {"date": "2026-02-05", **meeting, "status": "no-show", "id": "902", "note": "Both"},
    ]
    assert "id: 902" in hub.holds("deals/pinecrest-college-teaching-2.yaml"), "a meeting of two deals stands on both"
    assert [fates(found, file) for file in ("deals.csv", "companies.csv", "contacts.csv", "meetings.csv")] == [
        (2, 0, 0),
        (1, 0, 2),
        (1, 0, 1),
        (2, 0, 0),
    ]
    assert found["alike"] == ["twice: Pinecrest College (row 2) and PINECREST college (row 4)"]
    assert hub.errors() == []


def test_each_column_that_nothing_was_made_of_is_named_in_the_mapping_and_can_be_taken_along(hub):
    made = [deal(**JOINED, **{"Create Date": "2026-01-02 09:00", "Forecast category": "best"})]
    hub.give(
        deals=table(made),
        companies=table([{"Record ID": "11", "Company name": "Pinecrest College", "Industry": "Teaching", "City": ""}]),
        contacts=table(
            [
                {
                    "Record ID": "71",
                    "Email": "a@pinecrest.edu",
                    "First Name": "A",
                    "Associated Company": "Pinecrest College",
                    "Lead Status": "New",
                }
            ]
        ),
        meetings=table(
            [
                {
                    "Record ID": "9",
                    "Meeting start time": "2026-02-01 10:00",
                    "Associated Deal IDs": "101",
                    "Meeting end time": "2026-02-01 11:00",
                }
            ]
        ),
    )
    hub.look("deals", "companies", "contacts", "meetings")
    for line in (
        "  # x.pipeline: {column: Pipeline}",
        "  # x.create_date: {column: Create Date}",
        "  # x.forecast_category: {column: Forecast category}",
        "    # x.industry: {column: company.Industry}",
        "    # not taken along: Lead Status",
        "    # not taken along: Meeting end time",
    ):
        assert line in hub.mapping.splitlines()
    assert "City" not in hub.mapping, "an empty column holds nothing to lose"
    hub.repo.write("imports/hubspot.yaml", hub.mapping.replace("# x.industry", "x.industry").encode())
    hub.answer()
    assert fates(hub.go(), "deals.csv") == (1, 0, 0)
    assert "industry: Teaching" in hub.holds("members/pinecrest-college.yaml")


def test_a_deal_of_two_companies_or_of_one_that_is_not_there_says_so_with_their_numbers(hub):
    rows = [deal(**{"Associated Company IDs": "11;12"}), deal("102", title="B", **{"Associated Company IDs": "77"})]
    hub.give(deals=table([*rows, deal("103", title="C", **{"Associated Company IDs": ""})]), companies=COMPANIES)
    found = hub.bring("deals", "companies")
    said = "company.Company name is empty: no row of companies.csv has what Associated Company IDs says"
    assert [why(found, number) for number in (2, 3)] == [f"{said} (11;12)", f"{said} (77)"]
    assert why(found, 4) == "company.Company name is empty"


def test_two_companies_of_one_name_are_never_made_one(hub):
    rows = [deal(**JOINED), deal("102", **{"Associated Company IDs": "14"})]
    hub.give(deals=table(rows), companies=COMPANIES)
    found = hub.bring("deals", "companies")
    assert fates(found, "deals.csv") == (1, 1, 0)
    assert "is the name of two institutions, '11' and '14'" in why(found, 3)


def test_a_deal_whose_stage_has_no_day_asks_and_comes_in_once_the_mapping_says_which_day(hub):
    hub.give(deals=table([deal(sent="")]))
    found = hub.bring("deals")
    assert fates(found, "deals.csv") == (0, 1, 0)
    assert "is empty, and the deal is in 'Contract Sent': since when?" in why(found, 2)
    assert not list((hub.repo.root / "deals").glob("*.yaml"))
    hub.change_mapping("is: [Contract Sent]\n", "is: [Contract Sent]\n      missing: 2026-03-01\n")
    assert fates(hub.go(), "deals.csv") == (1, 0, 0)
    assert "  - proposal: 2026-03-01\n" in hub.holds("deals/pinecrest-college-teaching.yaml")


def test_a_deal_that_went_back_has_its_moves_in_the_order_of_their_days(hub):
    hub.give(deals=table([deal(stage="Appointment Scheduled", booked="2026-03-05 10:00")]))
    hub.bring("deals")
    assert "stages:\n  - proposal: 2026-02-03\n  - enrichment: 2026-03-05\n" in hub.holds(
        "deals/pinecrest-college-teaching.yaml"
    )
    assert hub.errors() == []


def test_a_deal_that_went_on_after_the_stage_it_is_said_to_be_in_asks(hub):
    hub.give(deals=table([deal(stage="Appointment Scheduled")]))
    found = hub.bring("deals")
    assert fates(found, "deals.csv") == (0, 1, 0)
    assert "says that the deal went on after it came to 'Appointment Scheduled'" in why(found, 2)


def test_two_of_their_stages_that_are_one_of_ours_are_one_stay_and_the_second_day_is_told(hub):
    hub.give(deals=table([deal()]))
    found = hub.bring("deals", Contract_Sent="enrichment")
    assert "stages:\n  - enrichment: 2026-01-05\n" in hub.holds("deals/pinecrest-college-teaching.yaml")
    assert "is a day on which the deal was in 'enrichment' already" in why(found, 2)


def test_two_pipelines_with_a_stage_of_one_name_are_kept_apart(hub):
    rows = [
        deal(),
        deal(
            "102",
            title="Renewal",
            pipeline="Renewals",
            stage="Contract Sent",
            type="Existing Business",
            booked="",
            sent="",
        ),
    ]
    rows[1]['Date entered "Contract Sent (Renewals)"'] = "2026-05-01 10:00"
    hub.give(deals=table(rows))
    hub.look("deals")
    hub.answer(**{"Contract Sent of Renewals": "renewals", "Contract Sent of Sales Pipeline": "proposal"})
    assert fates(hub.go(), "deals.csv") == (2, 0, 0), hub.mapping
    assert "  - renewals: 2026-05-01\n" in hub.holds("deals/pinecrest-college-renewal.yaml")
    assert "  - proposal: 2026-02-03\n" in hub.holds("deals/pinecrest-college-teaching.yaml")


@pytest.mark.samples(3)
@pytest.mark.parametrize(
    ("column", "cell", "expected"),
    [
        ("amount", "250k", "write it in full, if 250 times a thousand is meant"),
        ("stage", "Elsewhere", "is not listed by any line under stages"),
        ("sent", "soon", "is not a day written as"),
        ("owner", "Zoe (zoe@example.org)", "is not in playbook/team.yaml (Zoe)"),
        ("company", "", "Associated Company is empty"),
        ("sent", "1970-01-19 07:11", "is it 2020-02-07 07:20:00?"),
    ],
)
def test_what_a_row_cannot_say_is_asked_or_told_and_costs_only_that_row(hub, column, cell, expected):
    hub.give(deals=table([deal("100"), deal("102", title="Other")]))
    hub.bring("deals")
    hub.give(deals=table([deal("100"), deal("102", title="Other"), deal("103", title="New", **{column: cell})]))
    found = hub.go(code=1)
    assert expected in why(found, 4)
    taken, asks, refused = fates(found, "deals.csv")
    assert (taken, asks + refused) == (2, 1)


@pytest.mark.samples(3)
@pytest.mark.parametrize(
    "cell",
    [
        "2026-02-03",
        "2026-02-03 11:00",
        "Tue Feb 03 2026 10:11:12 GMT-0800 (Pacific Standard Time)",
        "Tue Feb 03 2026 10:11:12 GMT+0200 (Central European Summer Time)",
        "Tue Feb 03 2026 10:11:12",
        "2026-02-03T11:00:00.123Z",
        "2026-02-03T11:00:00Z",
    ],
)
def test_days_come_in_as_hubspot_writes_them(hub, cell):
    hub.give(deals=table([deal(sent=cell)]))
    hub.bring("deals")
    assert "  - proposal: 2026-02-03\n" in hub.holds("deals/pinecrest-college-teaching.yaml")


@pytest.mark.parametrize("heading", ["Deal Owner", "Deal owner", "hubspot_owner_id", "property_hubspot_owner_id"])
def test_headings_are_known_however_they_are_written(hub, heading):
    row = {heading if key == "Deal owner" else key: cell for key, cell in deal().items()}
    hub.give(deals=table([row]))
    assert fates(hub.bring("deals"), "deals.csv") == (1, 0, 0)


def test_days_under_their_internal_names_are_found_by_the_stage(hub):
    names = {deal_head: f"hs_v2_date_entered_{word}" for deal_head, word in (
        ('Date entered "Appointment Scheduled (Sales Pipeline)"', "appointmentscheduled"),
        ('Date entered "Contract Sent (Sales Pipeline)"', "contractsent"),
    )}  # fmt: skip
    hub.give(deals=table([{names.get(key, key): cell for key, cell in deal().items()}]))
    hub.bring("deals", appointmentscheduled="enrichment")
    assert "  - enrichment: 2026-01-05\n  - proposal: 2026-02-03\n" in hub.holds(
        "deals/pinecrest-college-teaching.yaml"
    )


def test_without_columns_of_days_a_closed_deal_has_its_close_date_and_an_open_one_asks(hub):
    rows = [deal(stage="Closed Won", close="2026-04-01 10:00"), deal("102", title="Open")]
    hub.give(
        deals=table([{key: cell for key, cell in row.items() if not key.startswith("Date entered")} for row in rows])
    )
    found = hub.bring("deals")
    assert fates(found, "deals.csv") == (1, 1, 0)
    assert "  - closed won: 2026-04-01\n" in hub.holds("deals/pinecrest-college-teaching.yaml")
    assert "waits for an answer at deal.stages" in why(found, 3)


def test_deals_that_were_merged_or_deleted_are_named_and_not_counted_twice(hub):
    rows = [
        deal(),
        deal("102", title="Old"),
        deal("103", title="Older"),
        deal("104", title="Gone", **{"Is deleted": "true"}),
    ]
    merges = table([{"deal_id": "102", "merged_deal_id": "103"}, {"deal_id": "101", "merged_deal_id": "102"}])
    hub.give(deals=table(rows), merges=merges)
    found = hub.bring("deals", "merges")
    assert found["merged"] == {"103": "101", "102": "101"}
    assert fates(found, "deals.csv") == (1, 0, 3)
    assert fates(found, "merges.csv") == (2, 0, 0)
    assert "was merged into another deal, and is not counted twice (103 into 101)" in why(found, 4)
    assert [path.stem for path in (hub.repo.root / "deals").glob("*.yaml")] == ["pinecrest-college-teaching"]


def test_a_circle_of_merges_asks_and_takes_no_deal_away(hub):
    merges = table([{"deal_id": "101", "merged_deal_id": "102"}, {"deal_id": "102", "merged_deal_id": "101"}])
    hub.give(deals=table([deal(), deal("102", title="Other")]), merges=merges)
    found = hub.bring("deals", "merges")
    assert fates(found, "deals.csv") == (2, 0, 0)
    assert fates(found, "merges.csv") == (0, 2, 0)


def test_what_a_person_changed_in_the_mapping_is_kept_and_a_new_stage_is_asked(hub):
    hub.give(deals=table([deal()]))
    hub.bring("deals")
    hub.change_mapping("  tier: general", "  # the board decided this\n  tier: general")
    mapping = hub.mapping
    hub.give(
        newer=table(
            [
                deal(),
                deal(
                    "102",
                    title="Other",
                    stage="Legal",
                    sent="",
                    **{'Date entered "Legal (Sales Pipeline)"': "2026-06-01 10:00"},
                ),
            ]
        )
    )
    found = hub.look("newer")
    assert "files: [../exports/newer.csv]" in hub.mapping
    for line in mapping.replace("deals.csv", "newer.csv").splitlines():
        assert line in hub.mapping.splitlines()
    assert "    - stage: ?  # what Legal is" in hub.mapping
    assert fates(found, "newer.csv") == (1, 1, 0)
    hub.answer(Legal="discovery")
    assert fates(hub.go(), "newer.csv") == (2, 0, 0)
    assert "  - discovery: 2026-06-01\n" in hub.holds("deals/pinecrest-college-other.yaml")


def test_a_deal_on_file_that_is_called_the_same_is_not_taken_for_the_same(hub):
    hub.give(deals=table([deal()]))
    hub.bring("deals")
    hub.change("deals/pinecrest-college-teaching.yaml", "x: {hubspot: 101}\n", "")
    (hub.repo.root / "imports/hubspot.last.json").unlink()
    found = hub.go(code=1)
    assert 'is the id of a deal on file that says no x.hubspot: write hubspot: "101" under its x:' in why(found, 2)
    hub.repo.write(
        "deals/pinecrest-college-teaching.yaml",
        (hub.holds("deals/pinecrest-college-teaching.yaml") + 'x: {hubspot: "101"}\n').encode(),
    )
    assert fates(hub.go(), "deals.csv") == (1, 0, 0)


def test_a_number_that_two_deals_on_file_have_is_asked_with_both_and_neither_is_taken_for_it(hub):
    hub.give(deals=table([deal()]))
    hub.bring("deals")
    first = hub.holds("deals/pinecrest-college-teaching.yaml")
    hub.repo.write("deals/zwilling.yaml", first.encode())
    hub.give(deals=table([deal(amount="9", title="Zwilling")]))
    found = hub.go(code=1)
    said = (
        "is that of 2 deals on file, pinecrest-college-teaching and zwilling: take x.hubspot 101 out of all but the one"
    )
    assert said in why(found, 2)
    assert hub.holds("deals/pinecrest-college-teaching.yaml") == hub.holds("deals/zwilling.yaml") == first
    hub.change("deals/zwilling.yaml", "x: {hubspot: 101}\n", "")
    assert fates(hub.go(), "deals.csv") == (1, 0, 0)
    assert "9 USD" in hub.holds("deals/pinecrest-college-teaching.yaml")
    assert "9 USD" not in hub.holds("deals/zwilling.yaml")


def test_two_rows_of_one_number_of_which_one_says_no_day_of_its_stage_ask_both(hub):
    hub.give(deals=table([deal(stage="Appointment Scheduled", sent=""), deal(sent="")]))
    found = hub.bring("deals")
    assert fates(found, "deals.csv") == (0, 2, 0)
    assert "Record ID is told by another row, too, which is not taken" in why(found, 2)
    assert not (hub.repo.root / "deals/pinecrest-college-teaching.yaml").exists()


def test_a_deal_that_was_renamed_here_or_there_is_found_by_its_number(hub):
    hub.give(deals=table([deal()]))
    hub.bring("deals")
    root = hub.repo.root
    (root / "deals/pinecrest-college-teaching.yaml").rename(root / "deals/pinecrest-2026.yaml")
    hub.give(deals=table([deal(title="Teaching and research")]))
    hub.go()
    assert [path.stem for path in (root / "deals").glob("*.yaml")] == ["pinecrest-2026"]


def test_the_import_can_be_taken_back(hub):
    hub.give(deals=table([deal()]))
    hub.look("deals")
    hub.answer()
    before = hub.files()
    hub.go()
    assert hub.repo.run("undo", "--yes").code == 0
    assert hub.files() == before


def test_erase_finds_the_words_in_what_the_last_import_keeps(hub):
    hub.give(deals=table([deal(**JOINED)]), companies=COMPANIES, contacts=CONTACTS)
    hub.bring("deals", "companies", "contacts")
    root = hub.repo.root
    for words in (
        ["init", "-q", "-b", "main"],
        ["add", "-A"],
        ["-c", "user.name=J", "-c", "user.email=j@example.org", "commit", "-qm", "Import"],
    ):
        subprocess.run(["git", "-C", root, *words], check=True, capture_output=True)
    said = hub.repo.run("erase", "Ann Other").out
    assert "imports/hubspot.last.json" in said


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["--go"], "there is no imports/hubspot.yaml yet"),
        ([], "there is no imports/hubspot.yaml yet"),
        (["../exports/deals.csv", "--go"], "give files to look at them, then --go alone"),
        (["../exports/nothing.csv"], "there is no"),
        (["../exports/deals.csv", "../exports/deals.csv"], "are one file"),
    ],
)
def test_what_was_asked_for_wrongly_is_said_and_writes_nothing(hub, words, says):
    hub.give(deals=table([deal()]))
    before = hub.files()
    ran = hub.repo.run("import", "hubspot", *words)
    assert (ran.code, says in ran.err) == (2, True), ran.err
    assert hub.files() == before


def test_a_table_that_is_none_of_hubspots_says_so_with_its_headings(hub):
    hub.give(other="a,b\n1,2\n")
    ran = hub.repo.run("import", "hubspot", "../exports/other.csv")
    assert ran.code == 2
    assert "is no table of HubSpot's that is known here: its headings are 'a', 'b'" in ran.out


def test_the_page_has_every_row_and_the_counts_add_up(hub):
    hub.give(deals=table([deal(), deal("102", title="A | pipe", sent=""), deal("103", owner="Zoe")]))
    hub.bring("deals")
    page = hub.holds("imports/hubspot.md")
    assert "3 rows: 1 taken · 1 ask · 1 not taken." in page
    assert "| 2 | deals/pinecrest-college-teaching.yaml |  |" in page
    assert "    zoe: {name: Zoe}" in page
    assert len([line for line in page.splitlines() if line.startswith("| ") and line[2].isdigit()]) == 3


def test_pages_of_the_interface_in_one_file_are_one_table(hub):
    page = {"results": [{"id": "1", "properties": {"dealname": "One", "dealstage": "contractsent", "amount": "5", "createdate": "2026-01-05T10:00:00.000Z", "hubspot_owner_id": "7"}, "archived": False, "associations": {"companies": {"results": [{"id": "11"}]}}}]}  # fmt: skip
    other = {
        "deals": [
            {
                "dealId": 2,
                "isDeleted": True,
                "properties": {"dealname": {"value": "Two"}, "dealstage": {"value": "contractsent"}},
            }
        ]
    }
    hub.give(deals_json=json.dumps([page, other]), companies=COMPANIES)
    found = hub.look("deals.json", "companies")
    assert fates(found, "deals.json")[2] == 2, "one was deleted, the owner of the other is nobody yet"
    hub.change_mapping("owner: {column: Deal owner}", 'owner: {column: Deal owner, ids: {"7": jim}}')
    hub.answer(contractsent="proposal", type="new business", day="Create Date")
    found = hub.go()
    assert fates(found, "deals.json") == (1, 0, 1)
    assert "stages:\n  - proposal: 2026-01-05\n" in hub.holds("deals/pinecrest-college-one.yaml")


def test_a_meeting_to_come_is_planned_or_asked(hub):
    rows = [{"Record ID": number, "Meeting name": "Later", "Meeting start time": "2027-02-01 10:00", "Meeting outcome": outcome, "Associated Deal IDs": "101"} for number, outcome in (("1", "SCHEDULED"), ("2", ""))]  # fmt: skip
    hub.give(deals=table([deal()]), meetings=table(rows))
    found = hub.bring("deals", "meetings")
    assert fates(found, "meetings.csv") == (1, 1, 0)
    assert "is a day to come, and nothing says that it is only planned" in why(found, 3, "meetings.csv")
    assert hub.errors() == []


def test_a_meeting_of_a_number_that_two_deals_on_file_have_is_at_neither(hub):
    row = {"Record ID": "1", "Meeting name": "Demo", "Meeting start time": "2026-02-01 10:00", "Meeting outcome": "COMPLETED", "Associated Deal IDs": "101"}  # fmt: skip
    hub.give(deals=table([deal()]), meetings=table([row]))
    hub.bring("deals", "meetings")
    hub.repo.write("deals/zwilling.yaml", hub.holds("deals/pinecrest-college-teaching.yaml").encode())
    hub.give(meetings=table([row, row | {"Record ID": "2", "Meeting name": "Talk"}]))
    found = hub.go(code=1)
    assert fates(found, "meetings.csv") == (0, 2, 0)
    said = "is that of 2 deals on file, pinecrest-college-teaching and zwilling: take x.hubspot 101 out of all but"
    assert said in why(found, 3, "meetings.csv")
    assert "Talk" not in hub.holds("deals/zwilling.yaml") + hub.holds("deals/pinecrest-college-teaching.yaml")


def test_a_company_whose_deals_are_not_taken_is_not_taken_either(hub):
    rows = [
        deal(**JOINED),
        deal("102", owner="Nobody We Know", company="Other", **JOINED | {"Associated Company IDs": "12"}),
    ]
    companies = table([{"Record ID": number, "Company name": name} for number, name in (("11", "Pinecrest College"), ("12", "Other"))])  # fmt: skip
    hub.give(deals=table(rows), companies=companies)
    found = hub.bring("deals", "companies")
    assert fates(found, "deals.csv") == (1, 0, 1)
    assert fates(found, "companies.csv") == (1, 0, 1)
    assert "the deal of row 3 names it, which is not taken" in why(found, 3, "companies.csv")
    assert sorted(path.name for path in (hub.repo.root / "members").iterdir()) == ["pinecrest-college.yaml"]


def test_a_stage_that_would_be_entered_on_a_day_to_come_asks(hub):
    hub.give(deals=table([deal(sent="2027-02-03 11:00")]))
    assert "is a day to come: a deal is in no stage yet that it enters then" in why(hub.bring("deals"), 2)


def test_a_person_who_is_two_rows_is_one_contact_and_of_two_people_of_a_name_each_has_an_id(hub):
    people = [("1", "ann@a.example"), ("2", "ann@a.example"), ("3", "other@a.example")]
    rows = [{"Record ID": number, "First Name": "Ann", "Last Name": "Other", "Email": email, "Associated Company": "Pinecrest College"} for number, email in people]  # fmt: skip
    hub.give(deals=table([deal()]), contacts=table(rows))
    found = hub.bring("deals", "contacts")
    assert fates(found, "contacts.csv") == (3, 0, 0)
    held = [(one.id, one.email) for one in hub.book().members["pinecrest-college"].contacts]
    assert held == [("ann-other", "ann@a.example"), ("ann-other-2", "other@a.example")]


def test_companies_meetings_or_contacts_alone_come_to_what_is_on_file(hub):
    hub.give(
        deals=table([deal(**JOINED)]),
        companies=COMPANIES,
        contacts=CONTACTS,
        meetings=MEETINGS.replace("101;102", "101"),
    )
    hub.bring("deals", "companies")
    for path in ("imports/hubspot.yaml", "imports/hubspot.last.json"):
        (hub.repo.root / path).unlink()
    assert fates(hub.bring("meetings"), "meetings.csv") == (2, 0, 0)
    assert len(hub.book().deals["pinecrest-college-teaching"].activity) == 2
    assert hub.errors() == []


def test_a_row_that_is_taken_without_a_value_is_counted_with_its_remark(hub):
    hub.give(deals=table([deal("101", amount="$15,000"), deal("102", amount="250k")]))
    hub.text("../exports/deals.csv")
    hub.answer()
    said = hub.text("--go")
    assert "taken (1 with a remark)" in said


def test_companies_that_deals_know_by_name_alone_keep_their_number_and_are_found_again(hub):
    companies = [{"Company ID": "11", "Company name": "Pinecrest College", "Country/Region": "Canada"}]
    hub.give(deals=table([deal(company="Pinecrest College")]), companies=table(companies))
    assert fates(hub.bring("deals", "companies"), "companies.csv") == (1, 0, 0)
    written = hub.files()
    assert b"hubspot: 11" in written["members/pinecrest-college.yaml"]
    hub.go()
    assert hub.files() == written
