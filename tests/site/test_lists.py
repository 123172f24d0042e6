"""The lists as files: the rows of the table that offers them, in its order, and nothing that a spreadsheet would run."""

import csv
import io
import json
import re
from datetime import date

import pytest

from salesops.site.lists import lists
from salesops.site.pages import every_page

TODAY = date(2026, 11, 20)


@pytest.fixture
def files(repo):
    return lambda: dict(lists(repo.book().on(TODAY)))


def rows(text):
    return list(csv.DictReader(io.StringIO(text)))


def linked(repo, path):
    """The records to which the rows of a page's first table lead, in its order."""
    body = next(str(page.body) for page in every_page(repo.book().on(TODAY)) if page.path == path)
    return re.findall(r'<th scope="row"[^>]*><a href="\./[a-z]+/([^"]+)\.html"', body.split("</table>")[0])


def records(repo):
    for id, due in (("later", "2026-12-24"), ("late", "2026-11-02"), ("soon", "2026-11-24")):
        repo.deal(f"stages: [enrichment: 2026-11-10]\nnext: {{action: Call, due: {due}}}", id=id)
    repo.deal("stages: [enrichment: 2026-11-10]\nnext: null", id="none")
    repo.deal("stages: [enrichment: 2026-11-10]\nparked: [{since: 2026-11-11, why: Grant}]", id="parked")
    repo.member("name: Other University", id="other")


def test_the_open_deals_stand_as_in_the_table_by_the_day_of_the_next_step(repo, files):
    records(repo)
    found = files()
    ids = [row["id"] for row in rows(found["deals.csv"])]
    assert ids == ["none", "late", "soon", "later"]
    assert linked(repo, "pipeline") == ids
    assert [row["id"] for row in json.loads(found["deals.json"])["deals"]] == ids


def test_the_members_stand_as_in_the_table(repo, files):
    records(repo)
    found = files()
    ids = [row["id"] for row in rows(found["members.csv"])]
    assert ids == ["cascadia-university", "other"]
    assert linked(repo, "members") == ids
    assert [row["id"] for row in json.loads(found["members.json"])["members"]] == ids


def test_a_row_says_what_the_table_says(repo, files):
    repo.deal("stages: [enrichment: 2026-11-10]\nnext: {action: Call, due: 2026-11-24}")
    (row,) = json.loads(files()["deals.json"])["deals"]
    assert row | {"type": "", "tier": ""} == {
        "id": "acme", "member": "cascadia-university", "member_name": "Cascadia University", "title": "General Membership",
        "type": "", "tier": "", "owner": "jim", "stage": "enrichment", "since": "2026-11-10", "days": 10, "stalled": "",
        "next_step": "Call", "due": "2026-11-24", "worth": "15,000 USD", "expected_close": None, "last_contact": None,
    }  # fmt: skip


@pytest.mark.parametrize("words", ["=1+1", "+1", "@SUM(A1)", "-2+3"])
def test_words_that_a_spreadsheet_would_take_for_a_formula_stay_words(repo, files, words):
    repo.deal(f'title: "{words}"\nnext: {{action: "{words}", due: 2026-11-24}}')
    repo.member(f'name: "{words}"')
    for name in ("deals.csv", "members.csv"):
        for row in csv.reader(io.StringIO(files()[name])):
            assert not [cell for cell in row if cell.startswith(("=", "+", "@", "-"))], row
    assert json.loads(files()["deals.json"])["deals"][0]["title"] == words


def test_a_list_of_nothing_is_an_empty_list(repo, files):
    (repo.root / "deals/cascadia-2025.yaml").unlink()
    found = files()
    assert json.loads(found["deals.json"])["deals"] == []
    assert rows(found["deals.csv"]) == []
