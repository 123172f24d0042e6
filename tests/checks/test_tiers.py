"""Hubs of a member against the tiers of its contracts in force."""

HUBS = "hubs: [{name: one}, {name: two}, {name: three}, {name: four}]\n"


def test_hubs_of_a_member_without_a_contract_in_force_are_held_against_nothing(repo):
    repo.member(HUBS)
    (repo.root / "deals/cascadia-2025.yaml").unlink()
    assert repo.said() == []


def test_two_contracts_in_force_include_the_hubs_of_both(repo):
    repo.member(HUBS)
    assert repo.said() == ["members/cascadia-university.yaml:1 hubs-beyond-contracts"]
    text = (repo.root / "deals/cascadia-2025.yaml").read_text(encoding="utf-8")
    repo.write("deals/second.yaml", text.replace("mrr: 1000 USD", "mrr: 900 USD"))
    assert repo.said() == []


def test_a_hub_that_begins_to_run_tomorrow_is_not_counted_today(repo):
    repo.member("hubs: [{name: one}, {name: two}, {name: three}, {name: four, since: 2026-11-21}]")
    assert "hubs-beyond-contracts" not in " ".join(repo.said())
