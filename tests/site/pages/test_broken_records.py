"""A preview goes on while somebody is still typing: records that cannot be read in full break no page."""

import json
from datetime import date

import pytest

from salesops.site.pages import data_files, every_page

BROKEN_MEMBERS = {
    "without a name": "kind: university\ncountry: US\n",
    "without anything": "website: https://member.example\n",
    "a list for a name": "name: [A, B]\nkind: university\ncountry: US\n",
    "health without a day": "name: A\nkind: university\ncountry: US\nhealth: [{status: green}]\n",
    "health of another colour": "name: A\nkind: university\ncountry: US\nhealth: [{date: 2026-01-05, status: purple}]\n",
    "a contact without an id": "name: A\nkind: university\ncountry: US\ncontacts: [{name: B}]\n",
    "a hub without a name": "name: A\nkind: university\ncountry: US\nhubs: [{since: 2026-01-05}]\n",
    "an invoice without a month": "name: A\nkind: university\ncountry: US\ninvoices: [{usage: 1 USD}]\n",
    "a link that may not be followed": "name: A\nkind: university\ncountry: US\nlinks: [{kind: a, url: 'javascript:alert(1)'}]\n",
    "a text instead of a record": "just words\n",
    "not YAML": "name: [\n",
}


def render(repo, day=date(2026, 11, 20)):
    snapshot = repo.book().on(day)
    text = "".join(page.title + page.words + page.body for page in every_page(snapshot))
    return text + "".join(data for _, data in data_files(snapshot))


@pytest.mark.proof
def test_every_hostile_deal_leaves_the_pages_whole(repo, hostile):
    for case in json.loads((hostile / "index.json").read_text(encoding="utf-8")):
        repo.write("deals/acme.yaml", (hostile / f"cases/{case['id']}.yaml").read_bytes())
        assert 'href="javascript:' not in render(repo), case["id"]


@pytest.mark.parametrize("field", ["title", "member", "type", "tier", "owner", "stages"])
def test_a_deal_may_lack_any_field(repo, sound, field):
    lines = [line for line in sound["deal"].splitlines(True) if not line.startswith((f"{field}:", "  - enrichment"))]
    repo.write("deals/acme.yaml", "".join(lines))
    assert render(repo)


@pytest.mark.parametrize("lines", BROKEN_MEMBERS.values(), ids=list(BROKEN_MEMBERS))
def test_so_may_a_member(repo, lines):
    repo.deal()
    repo.write("members/cascadia-university.yaml", lines)
    assert 'href="javascript:' not in render(repo)


def test_the_team_may_be_unreadable(repo):
    repo.write("playbook/team.yaml", "organisation: [\n")
    assert "<h1>Pipeline</h1>" in render(repo)
