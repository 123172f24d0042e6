"""What a team says of itself at the beginning, as people say it, and the processes that it may begin with."""

from __future__ import annotations

from datetime import date
from importlib import resources

import pytest
from gitting import Git

from salesops.checks import check_book
from salesops.edits.spoken import Unclear
from salesops.setup.own import PROCESSES, address, currency, people, remote, zone
from salesops.store.load import load


@pytest.mark.parametrize(
    ("said", "meant"),
    [("America/Vancouver", "America/Vancouver"), ("new york", "America/New_York"), ("utc", "UTC"), ("reykj", "Atlantic/Reykjavik")],
)  # fmt: skip
def test_a_time_zone_is_known_by_its_city(said, meant):
    assert zone(said) == meant


def test_a_currency_is_three_letters():
    assert currency(" cad") == "CAD"
    with pytest.raises(Unclear, match="is no currency"):
        currency("$")


@pytest.mark.parametrize(
    ("said", "ids"),
    [
        (["Ada Smith"], ["ada"]),
        (["Ada Smith @ada", "Ada Li (@li)", "Ada Li"], ["ada", "ada-li", "ada-li-2"]),
        (["Zoë Ólafs"], ["zoe"]),
    ],
)
def test_people_have_short_ids_of_their_own(said, ids):
    assert [person.id for person in people(said)] == ids


def test_an_account_stands_behind_an_at_sign():
    assert [(person.name, person.github) for person in people(["Ada Smith @ada", "Bo Li"])] == [
        ("Ada Smith", "ada"),
        ("Bo Li", None),
    ]
    for nobody in ([], ["@ada"], [" "], ["東京"]):
        with pytest.raises(Unclear):
            people(nobody)


@pytest.mark.parametrize(
    "said",
    ["git@github.com:our/sales.git", "https://github.com/our/sales", "https://me:word@github.com/our/sales.git", "ssh://git@github.com/our/sales"],
)  # fmt: skip
def test_an_address_is_the_page_and_carries_no_password(said):
    assert address(said) == "https://github.com/our/sales"


def test_a_folder_inside_of_a_repository_has_no_remote_of_its_own(tmp_path):
    git = Git(tmp_path)
    git("init", "--quiet")
    git("remote", "add", "origin", "git@github.com:our/sales.git")
    (tmp_path / "inner").mkdir()
    assert remote(tmp_path) == "https://github.com/our/sales"
    assert remote(tmp_path / "inner") is None
    assert remote(tmp_path / "nowhere") is None


WON = {
    "services": """
      - inquiry: 2026-01-05
      - scoping: 2026-01-12
      - offer: 2026-02-02
      - won: 2026-03-02
    tier: project
    effort: Two weeks
    discovery: {requirements: [A map]}
    order: {delivery_owner: april, created: 2026-03-03}
    """,
    "plain": """
      - lead: 2026-01-05
      - talking: 2026-01-12
      - offer: 2026-02-02
      - won: 2026-03-02
    tier: standard
    """,
}


@pytest.mark.parametrize("process", [name for name in PROCESSES if name != "memberships"])
def test_a_deal_goes_all_the_way_in_each_process(repo, process):
    text = resources.files("salesops.setup").joinpath("processes", f"{process}.process").read_text(encoding="utf-8")
    for folder in ("deals", "playbook/process", "playbook/icp", "playbook/experiments"):
        for file in (repo.root / folder).iterdir():
            file.unlink()
    repo.write("playbook/process/v1.yaml", text)
    repo.write("deals/one.yaml", f"""
    title: A project
    member: cascadia-university
    type: new business
    owner: jim
    stages:{WON[process]}
    maniac_t:
      need: {{status: met, date: 2026-01-06, note: Their server died}}
      money: {{status: met, date: 2026-01-06, note: In the budget}}
    activity:
      - {{date: 2026-01-08, kind: call, outcome: spoke}}
    proposal: {{requested: 2026-01-30, presented: 2026-02-04}}
    contract: {{signed: 2026-03-02, start: 2026-03-02, end: 2026-06-30, one_off: 9000 USD}}
    win: {{learning: They knew us}}
    """)  # fmt: skip
    book, problems = load(repo.root)
    assert [problem for problem in [*problems, *check_book(book, date(2026, 3, 5))] if problem.is_error] == []
