"""Monthly active users: each count belongs to one member, the hubs of one member are never added up, and nobody's health is judged by it."""

from __future__ import annotations

import json
from datetime import date

import pytest
from tabling import adds_up, reasons

from salesops.checks import check_book
from salesops.problems import errors
from salesops.store.load import load

HEAD = "Hub,Month,Active users\n"
ONE = 'hubs:\n  - {name: teaching, url: "https://hub.cascadia.example/hub/"}\n'
TWO = ONE + "  - {name: research}\n"


@pytest.fixture
def bring(brought):
    """Import a table of active users."""
    return brought("users", "active.csv")


def health(bring, member="cascadia-university"):
    """What the member's file says of its users."""
    return [
        (str(seen.date), seen.active_users, seen.hub, seen.status)
        for seen in load(bring.repo.root)[0].members[member].health
    ]


@pytest.mark.parametrize(
    "hub", ["teaching", "https://hub.cascadia.example", "HUB.cascadia.example/hub", "Cascadia University"]
)
def test_a_hub_is_found_by_its_name_its_address_or_its_member(bring, hub):
    bring.repo.member(ONE)
    found = bring.run((HEAD + f"{hub},2026-10,280\n").encode())
    assert (found["taken"], found["members"]["updated"]) == (1, 1)
    assert health(bring) == [("2026-10-31", 280, None, None)]
    book, problems = load(bring.repo.root)
    assert problems == []
    assert list(errors(check_book(book, date(2026, 11, 20)))) == []


def test_an_address_is_only_the_one_that_is_written(bring):
    bring.repo.member(ONE)
    found = bring.run((HEAD + "hubcascadia.example,2026-10,280\n").encode(), code=1)
    assert found["became"]["rejected"] == 1


def test_a_second_import_changes_no_byte_and_another_number_is_asked_where_nothing_is_remembered(bring):
    bring.repo.member(ONE)
    raw = (HEAD + "teaching,2026-10,280\nteaching,2026-09,250\n").encode()
    bring.run(raw)
    before = bring.files()
    assert bring.run(raw)["members"]["unchanged"] == 1
    assert bring.files() == before
    bring.forget()
    before = bring.records()
    found = bring.run((HEAD + "teaching,2026-10,281\n").encode())
    assert found["kept"][0]["asked"][0]["record"] == "280"
    assert bring.records() == before


def test_a_count_joins_what_delivery_said_on_that_day_and_judges_nothing(bring):
    bring.repo.member(ONE + "health:\n  - {date: 2026-10-31, status: amber, note: Slow}\n")
    bring.run((HEAD + "teaching,2026-10,280\n").encode())
    assert health(bring) == [("2026-10-31", 280, None, "amber")]


def test_the_hubs_of_one_member_are_kept_apart(bring):
    bring.repo.member(TWO)
    found = bring.run((HEAD + "teaching,2026-10,280\nresearch,2026-10,40\n").encode())
    assert (found["taken"], adds_up(found)) == (2, True)
    assert health(bring) == [("2026-10-31", 280, "teaching", None), ("2026-10-31", 40, "research", None)]
    assert load(bring.repo.root)[0].members["cascadia-university"].counted == ()


def test_what_cannot_be_told_is_asked_or_rejected_with_its_reason(bring):
    bring.repo.member(ONE)
    bring.repo.member("name: Ash\nhubs:\n  - {name: staging}\n", id="ash")
    bring.repo.member("name: Oak\nhubs:\n  - {name: staging}\n", id="oak")
    rows = [
        "staging,2026-10,1",
        "nowhere,2026-10,1",
        "teaching,2026-11,1",
        "teaching,2026-13,1",
        "teaching,2026-10,many",
        "teaching,2026-10,1.5",
        "teaching,2026-10,",
        "ash,2026-10,5",
        "ash,2026-10,6",
    ]
    found = bring.run((HEAD + "\n".join(rows) + "\n").encode(), code=1)
    assert adds_up(found)
    assert {row: value for row, _, _, value in reasons(found, "asked")} == {
        2: "staging: ash, oak",
        9: "ash, rows 9 and 10",
        10: "ash, rows 9 and 10",
    }
    assert [(row, reason) for row, _, reason, _ in reasons(found)][:3] == [
        (3, "is no hub of a member, and no member"),
        (4, "is not over yet"),
        (5, "is not a day written as YYYY-MM-DD"),
    ]
    assert found["became"] == {"taken": 0, "rejected": 6, "asked": 3, "skipped": 0}


HOSTILE = {
    "nothing": b"",
    "NUL": b"\0" * 40,
    "no columns of ours": b"a,b\n1,2\n",
    "controls": (HEAD + "\x1b[31m,2026-10,1\n").encode(),
    "a huge number": (HEAD + "cascadia-university,2026-10," + "9" * 5000 + "\n").encode(),
    "a year of its own": (HEAD + "cascadia-university,9999-12,1\ncascadia-university,0000-00,1\n").encode(),
    "other digits": (HEAD + "cascadia-university,２０２６-10,１２\n").encode(),
    "a name of 10 MB": (HEAD + "x" * 10_000_000 + ",2026-10,1\n").encode(),
}


@pytest.mark.samples(3)
@pytest.mark.parametrize("raw", HOSTILE.values(), ids=HOSTILE)
def test_a_hostile_table_is_a_message_and_changes_nothing(bring, raw):
    before = bring.files()
    bring.repo.write("../active.csv", raw)
    ran = bring.repo.run("import", "users", "../active.csv", "--format", "json")
    assert ran.code in (1, 2)
    assert json.loads(ran.out)["written"] == []
    assert bring.files() == before


def test_a_second_hub_of_a_member_counts_nothing_twice(bring):
    bring.repo.member(ONE)
    table = (HEAD + "teaching,2026-09,250\nteaching,2026-10,280\n").encode()
    bring.run(table)
    path = bring.repo.root / "members/cascadia-university.yaml"
    path.write_text(path.read_text().replace(ONE, TWO))
    before = bring.files()
    assert bring.run(table)["written"] == []
    assert bring.files() == before
    assert bring.run((HEAD + "teaching,2026-10,290\n").encode())["members"]["updated"] == 1, "they corrected it"
    assert health(bring)[1] == ("2026-10-31", 290, None, None)
    found = bring.run((HEAD + "teaching,2026-10,290\nresearch,2026-10,9\n").encode(), code=1)
    assert (found["became"]["asked"], adds_up(found)) == (2, True), "it is one of theirs, or all together"
    assert len(health(bring)) == 2


def test_a_hub_that_is_called_otherwise_now_counts_nothing_twice(bring):
    bring.repo.member(TWO)
    table = (HEAD + "https://hub.cascadia.example/hub/,2026-10,280\n").encode()
    bring.run(table)
    assert health(bring) == [("2026-10-31", 280, "teaching", None)]
    path = bring.repo.root / "members/cascadia-university.yaml"
    path.write_text(path.read_text().replace("name: teaching,", "name: lectures,"))
    assert bring.run(table)["written"] == []
    assert health(bring) == [("2026-10-31", 280, "teaching", None)]
