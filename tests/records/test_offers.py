"""What an editor offers of one repository: names that are there, beside whatever a field takes anyway."""

from __future__ import annotations

import json

from salesops.records.as_written import GAP
from salesops.records.json_schema import editor_snippets, offered, schema_of, without_offers
from salesops.records.kinds import KINDS
from salesops.records.yaml_reader import read
from salesops.store.load import load

WORDS = {"person": ["jim", "april"], "stage": ["enrichment", "outreach"], "member": ["acme"], "icp": ["teaching-led"], "tier": ["general"]}  # fmt: skip


def words_at(schema, *path: str) -> list[str]:
    for key in path:
        schema = schema[key]
    return schema["anyOf"][0]["enum"]


def test_the_people_members_tiers_and_hypotheses_of_the_repository_are_offered():
    deal = schema_of("deal", words=WORDS)
    assert words_at(deal, "properties", "owner") == ["jim", "april"]
    assert words_at(deal, "properties", "member") == ["acme"]
    assert words_at(deal, "properties", "tier") == ["general"]
    assert words_at(deal, "$defs", "Fit", "properties", "hypothesis") == ["teaching-led"]
    assert words_at(deal, "$defs", "NextStep", "properties", "owner") == ["jim", "april"]
    assert list(deal["properties"]["stages"]["items"]["properties"]) == ["enrichment", "outreach"]


def test_without_what_it_offers_a_schema_is_that_of_everybody():
    for kind in KINDS:
        assert without_offers(schema_of(kind, words=WORDS)) == schema_of(kind)


def test_of_too_many_names_none_is_offered():
    assert offered(None, None, {"member": (f"m-{number}" for number in range(2_001))}) == {"person": []}
    assert schema_of("deal", words={"person": []}) == schema_of("deal")


def test_the_command_knows_the_repository_that_it_runs_in(repo):
    deal = json.loads(repo.run("schema", "deal").out)
    assert words_at(deal, "properties", "owner") == ["jim", "april"]
    assert words_at(deal, "properties", "member") == ["cascadia-university"]
    assert words_at(deal, "$defs", "Fit", "properties", "hypothesis") == ["teaching-led"]
    assert words_at(deal, "$defs", "Activity", "properties", "experiment") == ["subject-lines"]
    assert "closed won" in deal["properties"]["stages"]["items"]["properties"]


def test_a_new_member_does_not_make_the_schemas_stale(repo):
    assert repo.run("schema", "-o", "schemas").code == 0
    repo.member(id="another-university")
    assert "ok  the schemas for editors are fresh" in repo.run("doctor").out
    (repo.root / "schemas/deal.json").write_text("{}")
    assert "fix the schemas for editors are fresh: salesops schema -o schemas" in repo.run("doctor").out


def test_a_snippet_asserts_nothing_that_nobody_said(repo):
    process = load(repo.root, ("process",))[0].processes[-1]
    found = editor_snippets(process)
    assert {one["prefix"] for one in found.values()} == {"call", "meeting", "move", "next"}
    for one in found.values():
        [line] = one["body"]
        assert GAP in line
    assert all(stage in found["A move, under stages"]["body"][0] for stage in process.stages)
    plain = (
        found["The next step"]["body"][0].replace("${1:" + GAP + "}", "Call").replace("${2:" + GAP + "}", "2026-12-01")
    )
    assert read("a.yaml", plain.encode())[0].data == {"next": {"action": "Call", "due": "2026-12-01"}}
