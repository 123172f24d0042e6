"""Tables of Airtable: the leads with their six statuses, the hubs that run for them, and what is odd about such files."""

from __future__ import annotations

import codecs
import json
from datetime import date

import pytest
from tabling import adds_up, reasons

from salesops.checks import check_book
from salesops.problems import errors
from salesops.store.load import load

TODAY = date(2026, 11, 20)
HEAD = "Community,Status,Owner,Contact,Email,Created,Service confirmed,Service start,Service stopped,Contract end,Status changed,Follow up,Monthly fee,Tags,Files,Notes\n"
ROWS = """\
Elm University,Active Lead,Jim,Ann Lee,ann@elm.example,2021-03-02,,,,,,,,"Teaching,Research",,"Wants it, maybe"
Ash College,Needs Admin,Jim,,,2021-03-02,2021-05-02,,,,,,500,Teaching,,
Oak Lab,Active Service,April,,,2021-01-02,2021-04-01,2021-06-01,,2022-05-31,,,600,,,
Sea Lab,Inactive Service,Jim,,,2021-01-02,,2021-06-01,2022-03-31,,,,600.50,,,
Fir Lab,Waiting,Jim,,,2021-01-02,,,,,2021-02-01,2021-09-01,,,,
Yew Lab,Inactive Lead,Jim,,,2021-01-02,,,,,2021-04-01,,,,,
"""
ANSWERS = {"tier": "general", "currency": "USD"}


@pytest.fixture
def bring(brought):
    """Import the CSV of a view."""
    return brought("airtable", "leads.csv")


def file(rows=ROWS, head=HEAD):
    """A table with the mark that Airtable puts before it."""
    return codecs.BOM_UTF8 + (head + rows).encode()


def lead(**cells):
    """One lead with these cells."""
    usual = dict.fromkeys(HEAD.strip().split(","), "")
    usual |= {"Community": "Elm", "Status": "Active Lead", "Owner": "Jim", "Created": "2021-03-02"}
    return ",".join(f'"{cell}"' for cell in (usual | cells).values()) + "\n"


def test_each_of_the_six_statuses_is_a_stage_of_today(bring):
    found = bring.run(file(), answers=ANSWERS)
    assert (found["taken"], found["deals"]["new"], found["members"]["new"]) == (6, 6, 6)
    assert adds_up(found)
    deals = load(bring.repo.root)[0].deals
    assert {name: [(move.stage, str(move.entered)) for move in deals[f"lead-{name}"].stages] for name in (
        "elm-university", "ash-college", "oak-lab", "sea-lab", "fir-lab", "yew-lab"
    )} == {
        "elm-university": [("outreach", "2021-03-02")],
        "ash-college": [("outreach", "2021-03-02"), ("proposal", "2021-05-02")],
        "oak-lab": [("outreach", "2021-01-02"), ("proposal", "2021-04-01"), ("closed won", "2021-06-01")],
        "sea-lab": [("outreach", "2021-01-02"), ("closed won", "2021-06-01")],
        "fir-lab": [("outreach", "2021-01-02")],
        "yew-lab": [("outreach", "2021-01-02"), ("closed lost", "2021-04-01")],
    }  # fmt: skip
    assert (deals["lead-sea-lab"].contract.service_ended, deals["lead-oak-lab"].contract.service_ended) == (
        date(2022, 3, 31),
        None,
    )
    assert "parked:\n  - {since: 2021-02-01, until: 2021-09-01, why: Waiting}\n" in bring.holds(
        "deals/lead-fir-lab.yaml"
    )
    assert "contract: {start: 2021-06-01, end: 2022-05-31, mrr: 600 USD}" in bring.holds("deals/lead-oak-lab.yaml")
    assert "value: {mrr: 500 USD}" in bring.holds("deals/lead-ash-college.yaml")


def test_what_came_in_has_no_error_and_a_second_import_changes_no_byte(bring):
    bring.run(file(), answers=ANSWERS)
    book, problems = load(bring.repo.root)
    assert problems == []
    assert list(errors(check_book(book, TODAY))) == []
    before = bring.files()
    assert bring.run(file(), answers=ANSWERS)["deals"]["unchanged"] == 6
    assert bring.files() == before


def test_several_choices_are_a_set_and_a_text_with_a_comma_is_none(bring):
    bring.run(file(), answers=ANSWERS)
    deal = load(bring.repo.root)[0].deals["lead-elm-university"]
    assert deal.x["airtable"]["tags"] == ["Research", "Teaching"]
    assert deal.x["airtable"]["notes"] == "Wants it, maybe"
    assert "contacts:\n  - {id: ann-lee, name: Ann Lee, email: ann@elm.example}" in bring.holds(
        "members/elm-university.yaml"
    )


def test_files_become_links_whatever_their_names(bring):
    files = "sow (1).pdf (https://dl.airtable.example/a/b),quote, v2.pdf (https://dl.airtable.example/c)"
    bring.run(file(lead(Files=files)), answers=ANSWERS)
    deal = load(bring.repo.root)[0].deals["lead-elm"]
    assert [link.url for link in deal.links] == ["https://dl.airtable.example/a/b", "https://dl.airtable.example/c"]
    assert deal.x["airtable"]["files"] == files


def test_a_status_without_its_day_or_without_a_meaning_costs_the_row_and_is_said(bring):
    rows = lead() + lead(Community="Ash", Status="Active Service") + lead(Community="Oak", Status="Old friend")
    found = bring.run(file(rows), answers=ANSWERS, code=1)
    assert adds_up(found)
    assert [(row, column) for row, column, *_ in reasons(found)] == [(3, "Service start"), (4, "Status")]


def test_a_column_that_was_renamed_is_reported_and_not_guessed(bring):
    mapping = bring.run(file(lead()), answers=ANSWERS) and bring.holds("../ready.yaml")
    found = bring.run(file(lead(), HEAD.replace("Status changed", "Changed (status)")), map=mapping, code=2)
    assert any("'Status changed'" in problem["message"] for problem in found["problems"])


def test_since_when_a_community_waits_is_asked_where_no_column_says_it(bring):
    assert "since: ?  # since when it waits: Created" in bring.detect(
        file("Elm,Waiting,Jim,2021-03-02\n", "Community,Status,Owner,Created\n")
    )


def test_a_table_that_lacks_a_day_asks_for_the_column(bring):
    head, rows = "Community,Status,Owner,Created\n", "Elm,Needs Admin,Jim,2021-03-02\n"
    assert "day: ?  # one of Created" in bring.detect(file(rows, head))


def test_a_community_without_a_lead_costs_the_others_their_deal_not(bring):
    bring.run(file(), answers=ANSWERS)
    hubs = file("prod,Oak Lab\nnew,Nobody's Lab\n", "Hub,Community\n")
    assert "# without a deal of the table of leads: Nobody's Lab" in bring.detect(hubs)
    assert bring.run(hubs, "--update")["taken"] == 2
    members = load(bring.repo.root)[0].members
    assert [members[name].hubs[0].deal for name in ("oak-lab", "nobody-s-lab")] == ["lead-oak-lab", None]


def test_the_country_of_a_lead_is_that_of_its_member(bring):
    head, row = "Community,Status,Owner,Created,Country\n", "Elm,Active Lead,Jim,2021-03-02,Denmark\n"
    bring.run(file(row, head), answers=ANSWERS)
    assert "country: DK\n" in bring.holds("members/elm.yaml")


def test_the_table_of_hubs_becomes_hubs_of_members_with_their_deals(bring):
    bring.run(file(), answers=ANSWERS)
    assert "# not taken along: Colour" in bring.detect(file("prod,Oak Lab,red\n", "Hub,Community,Colour\n"))
    head = "Hub,Community,URL,Start date,Issue\n"
    rows = (
        "prod,Oak Lab,oak.hubs.example,2021-06-01,https://github.com/org/hubs/issues/7\n"
        "staging,Oak Lab,https://staging.hubs.example,2021-06-02,\n"
    )
    found = bring.run(file(rows, head), "--update")
    assert (found["taken"], found["members"]["updated"]) == (2, 1)
    hubs = load(bring.repo.root)[0].members["oak-lab"].hubs
    assert [(hub.name, hub.url, str(hub.since), hub.deal) for hub in hubs] == [
        ("prod", "https://oak.hubs.example", "2021-06-01", "lead-oak-lab"),
        ("staging", "https://staging.hubs.example", "2021-06-02", "lead-oak-lab"),
    ]
    assert list(errors(check_book(load(bring.repo.root)[0], TODAY))) == []


def test_a_mapping_of_ones_own_may_join_a_second_table(bring):
    mapping = bring.run(file(lead()), answers=ANSWERS) and bring.holds("../ready.yaml")
    bring.repo.write("../more.csv", "who,colour\nAsh,red\n")
    joined = mapping.replace("deal:\n", "joins: {more: {file: more.csv, key: who, to: Community}}\ndeal:\n").replace(
        "  fields:\n", "  fields:\n    x.colour: {column: more.colour}\n", 1
    )
    assert bring.run(file(lead(Community="Ash")), map=joined)["taken"] == 1
    assert load(bring.repo.root)[0].deals["lead-ash"].x["colour"] == "red"


def test_any_other_table_gets_the_mapping_that_csv_would_get(bring):
    assert "activities:" in bring.detect(file("1,2026-02-03,x\n", "Deal id,Start time,Notes\n"))


HOSTILE = {
    "nothing": b"",
    "only a mark": codecs.BOM_UTF8,
    "NUL": b"\0" * 50,
    "UTF-16": (HEAD + ROWS).encode("utf-16"),
    "semicolons": (HEAD + lead()).replace(",", ";").encode(),
    "ragged": file(lead() + "a,b\n"),
    "two columns of one name": file(lead(), HEAD.replace("Notes", "Tags")),
    "our own column": file(lead(), HEAD.replace("Notes", "addresses of the files")),
    "formulas": file(lead(Notes="=cmd|' /C calc'!A0", Files="x (javascript:alert(1))")),
    "a cell of 10 MB": file(lead(Notes="(" * 10_000_000)),
    "a file of 10 MB": file(lead(Files="a" * 10_000_000 + " (https://a.example/b)")),
    "commas": file(lead(Tags=",,,,") + lead(Community="B", Tags=",")),
    "a quote in a heading": file(lead(), HEAD.replace("Notes", '"No""tes: {x}"')),
    "another script": file(lead(Community="山东大学") + lead(Community="北京大学", Notes="\u202ereversed")),
    "ambiguous days": file(lead(Created="03/04/2021")),
    "the same row twice": file(lead() * 2),
    "rows that contradict each other": file(lead() + lead(Created="2021-03-03")),
}  # fmt: skip


@pytest.mark.samples(6)
@pytest.mark.parametrize("raw", HOSTILE.values(), ids=HOSTILE)
def test_a_hostile_file_is_a_message_or_the_right_record(bring, raw):
    before = bring.files()
    bring.repo.write("../leads.csv", raw)
    said = bring.repo.run("import", "airtable", "../leads.csv", "--detect")
    assert said.code in (0, 2)
    if said.code == 0:
        mapping = said.out.replace("tier: ?", "tier: general #").replace("currency: ?", "currency: USD #")
        bring.repo.write("../ready.yaml", mapping.replace("dates: ?", "dates: DD/MM/YYYY #").encode())
        ran = bring.repo.run("import", "airtable", "../leads.csv", "--map", "../ready.yaml", "--format", "json")
        found = json.loads(ran.out)
        assert ran.code in ((2,) if found.get("problems") else (0, 1)), ran.out
        assert found.get("problems") or found["rows"] == sum(found["became"].values())
    assert load(bring.repo.root)[1] == []
    after = bring.files()
    assert all(after[path] == data for path, data in before.items())
