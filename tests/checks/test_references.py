"""What a record names exists: templates where there is a folder of them, price lists, variants, commits by their form."""

import pytest


def test_without_a_folder_of_templates_nothing_is_asked(repo):
    repo.deal("activity: [{date: 2026-01-20, kind: email, template: intro@9}]")
    assert repo.said() == []


def test_templates_of_proposals_and_contracts_are_known_too_and_may_lie_in_folders(repo):
    repo.write("playbook/templates/offers/general@3.md", "Our offer")
    repo.deal(
        "proposal: {template: general@3, admin_informed: 2026-01-05}\ncontract: {template: general@4}", id="first"
    )
    assert repo.said() == ["deals/first.yaml:2 template-unknown"]


@pytest.mark.parametrize(
    ("commit", "is_one"),
    [
        ("3f2a9c1", True),
        ("3f2a9c10b7e8d5a4c2f1e0d9b8a7c6f5e4d3c2b1", True),
        ("main", True),
        ("review/2026-11-16", True),
        ("v1.2", True),
        ("the one of Monday", False),
        ("--all", False),
        ("main..topic", False),
        ("HEAD~1", False),
        ("a.lock", False),
        ("end/", False),
    ],
)
def test_the_commit_of_a_review_has_the_form_of_one(repo, commit, is_one):
    repo.write("playbook/reviews/2026-11-16.yaml", f"owner: jim\nexperiments: [subject-lines]\ncommit: {commit}\n")
    assert repo.said() == ([] if is_one else ["playbook/reviews/2026-11-16.yaml:3 review-commit-unclear"])


OWN = "fields: {x.vpat: {type: link, why: Purchasing asks for it}, x.fte: {type: number}, x.pilot: {type: yes-no}, x.paid: {type: money}, x.go: {type: day}}\n"


@pytest.mark.parametrize(
    ("own", "is_of_type"),
    [
        ("{vpat: https://docs.example/vpat, fte: 2.5, pilot: true, paid: 500 USD, go: 2026-02-02}", True),
        ("{other: anything at all}", True),
        ("{vpat: null}", True),
        ("{vpat: requested}", False),
        ("{vpat: [https://docs.example/vpat]}", False),
        ("{fte: many}", False),
        ("{pilot: yes}", False),
        ("{paid: 500}", False),
        ("{go: soon}", False),
    ],
)
def test_the_teams_own_fields_are_of_the_type_that_the_process_says(repo, sound, instead, own, is_of_type):
    repo.write("playbook/process/v3.yaml", instead(OWN, sound["process"]))
    repo.deal(f"x: {own}")
    assert repo.said() == ([] if is_of_type else ["deals/acme.yaml:1 own-field-type"])


def test_a_variant_names_its_experiment(repo):
    repo.deal("activity: [{date: 2026-01-20, kind: email, variant: named}]")
    (found,) = repo.problems()
    assert (found.code, found.field) == ("variant-unknown", "activity.0.variant")
    assert found.fix == "experiment: …  # subject-lines"
