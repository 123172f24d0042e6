"""Members without deals: a table of institutions, and what each row adds to them."""

from __future__ import annotations

import json
import os
from collections import Counter
from datetime import date
from pathlib import Path

import pytest
from tabling import adds_up, reasons

from salesops.checks import check_book
from salesops.problems import errors
from salesops.store.load import load

DATA = Path(os.environ.get("SALESOPS_DATA") or Path(__file__).parents[3] / "shared/data") / "communities"
HEAD = "key,name,land,web,hub,contact\n"
MAP = """\
members:
  name: {column: name}
  fields: {kind: university, country: {column: land}, website: {column: web, prefix: "https://"}}
  entries:
    hubs: {name: {column: hub}}
    contacts: {id: {column: contact, kind: id}, email: {column: contact}}
"""


def test_a_table_of_members_alone_becomes_members(desk):
    found = desk.run(head=HEAD, rows="1,Elm,CA,elm.example,,\n2,Ash,US,https://ash.example,,\n", map=MAP)
    assert (found["members"]["new"], found["taken"], found["deals"]["new"]) == (2, 2, 0)
    assert found["written"] == ["members/elm.yaml", "members/ash.yaml"]
    assert desk.holds("members/elm.yaml") == "name: Elm\nkind: university\ncountry: CA\nwebsite: https://elm.example\n"
    assert "website: https://ash.example\n" in desk.holds("members/ash.yaml")
    assert load(desk.repo.root)[1] == []


def test_a_second_run_changes_no_byte_and_a_member_on_file_is_found_by_its_name(desk):
    rows = "1,Elm,CA,,,\n2,Cascadia University,US,,,\n"
    desk.run(head=HEAD, rows=rows, map=MAP)
    before = desk.files()
    found = desk.run("--update", head=HEAD, rows=rows, map=MAP)
    assert found["members"] == {"new": 0, "unchanged": 2, "updated": 0, "kept": 0}
    assert desk.files() == before


def test_each_row_of_a_member_adds_its_entry_to_a_list(desk):
    rows = "1,Elm,CA,,teaching,a@elm.example\n2,Elm,CA,,research,\n3,ELM,Canada,,teaching,a@elm.example\n"
    found = desk.run(head=HEAD, rows=rows, map=MAP)
    assert (found["taken"], found["members"]["new"]) == (3, 1)
    assert desk.holds("members/elm.yaml") == (
        "name: Elm\nkind: university\ncountry: CA\n"
        "contacts:\n  - {id: a-elm-example, email: a@elm.example}\n"
        "hubs:\n  - name: teaching\n  - name: research\n"
    )


def test_a_newer_table_adds_entries_with_update_and_asks_about_those_that_differ(desk):
    desk.run(head=HEAD, rows="1,Elm,CA,,teaching,\n", map=MAP)
    rows = "1,Elm,CA,,teaching,\n2,Elm,CA,,research,\n"
    assert desk.run(head=HEAD, rows=rows, map=MAP)["kept"][0]["differs"] == ["hubs"]
    desk.run("--update", head=HEAD, rows=rows, map=MAP)
    assert "hubs:\n  - name: teaching\n  - name: research\n" in desk.holds("members/elm.yaml")
    map = MAP.replace("{name: {column: hub}}", "{name: {column: hub}, url: {column: key, prefix: https://}}")
    path = desk.repo.root / "members/elm.yaml"
    path.write_text(path.read_text().replace("- name: teaching", "- {name: teaching, url: https://ours.example}"))
    found = desk.run("--update", head=HEAD, rows="one.example,Elm,CA,,teaching,\n", map=map)
    asked = {"field": "hubs.0.url", "record": "https://ours.example", "table": "https://one.example"}
    assert found["kept"][0]["asked"] == [{key: asked[key] for key in ("field", "record", "table")}]


def test_rows_of_one_member_that_contradict_each_other_ask(desk):
    found = desk.run(head=HEAD, rows="1,Elm,CA,,,\n2,Elm,US,,,\n", map=MAP, code=1)
    assert [value for *_, value in reasons(found, "asked")] == ["elm, rows 2 and 3: country is CA and US"] * 2
    assert adds_up(found)


def test_an_odd_part_of_an_entry_is_left_out_and_an_entry_without_what_it_needs_too(desk):
    map = (
        MAP.replace("email: {column: contact}}", "email: {column: web}}")
        .replace("{name: {column: hub}}", "{name: {column: hub}, users: {column: key}}")
        .replace("hubs:", "communities:")
    )
    found = desk.run(
        head=HEAD,
        rows="12,Elm,CA,x,,ann\nmany,Ash,CA,,data,\n",
        map=map.replace(', website: {column: web, prefix: "https://"}', ""),
    )
    assert "contacts:\n  - id: ann\n" in desk.holds("members/elm.yaml")
    assert "communities" not in desk.holds("members/elm.yaml")
    assert "communities:\n  - name: data\n" in desk.holds("members/ash.yaml")
    assert [reason.split(":")[0] for _, _, reason, _ in reasons(found, "notes")] == [
        "cannot be contacts.email",
        "cannot be an entry of communities",
        "is not a number with a point before the cents and no mark between thousands",
    ]


@pytest.mark.parametrize(
    ("cell", "ids"),
    [
        ("{columns: [name, hub]}", ["elm-a", "elm-b"]),
        ("{columns: [land, key], between: -, prefix: m-}", ["m-ca-1", "m-ca-2"]),
        ("{column: key, prefix: hs}", ["hs1", "hs2"]),
        ("{column: web, missing: row number, prefix: row-}", ["row-2", "row-3"]),
        ("row number", ["2", "3"]),
    ],
)
def test_an_id_is_made_of_columns_a_prefix_or_the_number_of_the_row(desk, cell, ids):
    map = MAP.replace("members:\n", f"members:\n  id: {cell}\n")
    desk.run(head=HEAD, rows="1,Elm,CA,,a,\n2,Elm,CA,,b,\n", map=map)
    assert sorted(path.stem for path in (desk.repo.root / "members").iterdir()) == sorted(["cascadia-university", *ids])


def test_a_member_that_was_removed_on_purpose_stays_removed(desk):
    desk.repo.write(
        "playbook/removed.yaml", "removed: [{kind: member, id: elm, date: 2026-03-01, by: jim, why: Twice}]\n"
    )
    found = desk.run(head=HEAD, rows="1,Elm,CA,,,\n", map=MAP)
    assert found["became"]["skipped"] == 1


@pytest.mark.parametrize(
    ("map", "code"),
    [
        ("currency: USD\n", "mapping-empty"),
        ("members: {fields: {kind: other}}\n", "members-unclear"),
        ("members: {name: {column: name}, entries: {hubs: {nam: {column: hub}}}}\n", "field-unknown"),
        ("members: {name: {column: name}, fields: {website: {column: web, split: ','}}}\n", "cell-unclear"),
        ("members: {name: [{column: name, when: {column: nam, is: x}}]}\n", "column-unknown"),
        ("members: {name: {columns: [name, nam]}}\n", "column-unknown"),
    ],
)
def test_a_mapping_of_members_that_says_too_little_is_named_before_any_row_is_read(desk, map, code):
    found = desk.run(head=HEAD, rows="1,Elm,CA,,,\n", map=map, code=2)
    assert code in [problem["code"] for problem in found["problems"]]


def mapping_in(guide):
    """The mapping for a table of hubs, as the guide prints it."""
    return guide.split("## A table of hubs")[1].split("```yaml\n")[1].split("```")[0]


@pytest.mark.skipif(not DATA.is_dir(), reason=f"there is no {DATA}: name the folder of data sets in SALESOPS_DATA")
def test_every_hub_of_a_real_table_of_hubs_belongs_to_a_member_and_keeps_the_number_of_its_deal(desk, home):
    answers = json.loads((DATA / "answers.json").read_text())
    mapping = mapping_in((home / "site/guides/import-others.md").read_text(encoding="utf-8"))
    table = (DATA / "communities.csv").read_bytes()
    found = desk.run(table=table, map=mapping)
    assert (found["rows"], found["taken"], found["rejected"]) == (answers["hubs"], answers["hubs"], [])
    assert adds_up(found)
    book, problems = load(desk.repo.root)
    assert problems == []
    assert list(errors(check_book(book, date(2026, 11, 20)))) == []
    members = [member for member_id, member in book.members.items() if member_id != "cascadia-university"]
    hubs = [(member, hub) for member in members for hub in member.hubs]
    assert len(hubs) == answers["hubs"]
    staging = [hub for _, hub in hubs if "staging" in hub.name.partition("/")[2]]
    assert (len(staging), len(hubs) - len(staging)) == (answers["staging_hubs"], answers["community_hubs"])
    assert len({member.x["hubspot"] for member in members}) == answers["distinct_hubspot_deal_ids"]
    clusters = {member.x["cluster"]: member.x["provider"] for member in members}
    assert len(clusters) == answers["clusters"]
    assert Counter(clusters.values()) == answers["by_provider"]
    of_deal = {}
    for member in members:
        of_deal.setdefault(member.x["hubspot"], set()).add(member.x["cluster"])
    several = {deal: sorted(found) for deal, found in of_deal.items() if len(found) > 1}
    assert several == answers["deals_that_cover_more_than_one_cluster"]
    per_cluster = Counter(member.x["cluster"] for member, hub in hubs if hub not in staging)
    assert {name: per_cluster[name] for name in answers["community_hubs_per_cluster_top"]} == answers[
        "community_hubs_per_cluster_top"
    ]
    assert desk.run("--update", table=table, map=mapping)["written"] == []
