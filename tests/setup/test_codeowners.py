"""CODEOWNERS: each deal's reviewer is its owner, and what decides how deals are judged stays with the team."""

from __future__ import annotations

import re

import pytest
from pydantic_core import PydanticCustomError

from salesops.records import scalars
from salesops.setup import codeowners as module
from salesops.setup.codeowners import GUARDED, codeowners

TEAM = """\
organisation: Test
time_zone: UTC
currency: USD
people:
  jim: {name: Jim, github: octocat}
  april: {name: April, github: our-org/delivery}
  sam: {name: Sam}
"""


@pytest.fixture
def crm(repo):
    repo.write("playbook/team.yaml", TEAM)
    return repo


def rules(text: str) -> list[tuple[str, str]]:
    """Each pattern and who it asks, in order."""
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    return [(re.sub(r"\\(.)", r"\1", found[1]), found[2]) for line in lines if (found := RULE.fullmatch(line))]


RULE = re.compile(r"((?:\\.|[^\s\\])+) (@[^@]+(?: @[^@ ]+)*)")


def asked(text: str, path: str) -> str:
    """Who GitHub asks to review a file: the last line that fits."""

    def fits(pattern: str) -> bool:
        if pattern.endswith("/"):
            return f"/{path}".startswith(pattern)
        return (
            re.fullmatch(re.escape(pattern).replace(r"\*", ".*"), pattern if pattern == "*" else f"/{path}") is not None
        )

    return [owners for pattern, owners in rules(text) if fits(pattern)][-1]


def test_a_deal_is_reviewed_by_its_owner(crm):
    crm.deal("owner: jim", id="acme")
    crm.deal("owner: april", id="birch")
    text = crm.run("schema", "--codeowners").out
    assert asked(text, "deals/acme.yaml") == "@octocat"
    assert asked(text, "deals/birch.yaml") == "@our-org/delivery"


def test_what_is_nobodys_deal_is_reviewed_by_everybody_who_has_an_account(crm):
    text = codeowners(crm.book())
    assert asked(text, "members/cascadia-university.yaml") == "@octocat @our-org/delivery"


def test_the_team_may_name_one_account_for_that(crm):
    crm.write("playbook/team.yaml", TEAM + "github: our-org/sales\n")
    assert asked(codeowners(crm.book()), "members/cascadia-university.yaml") == "@our-org/sales"


@pytest.mark.parametrize(
    "path",
    ["playbook/process/v3.yaml", ".github/workflows/check.yml", ".github/CODEOWNERS", "mkdocs.yml", "requirements.lock", "CODEOWNERS"],
)  # fmt: skip
def test_what_decides_how_deals_are_judged_is_never_left_to_one_owner(crm, path):
    crm.deal()
    assert asked(codeowners(crm.book()), path) == "@octocat @our-org/delivery"


def test_what_is_guarded_stands_last_because_the_last_line_counts(crm):
    crm.deal()
    assert [pattern for pattern, _ in rules(codeowners(crm.book()))][-len(GUARDED) :] == list(GUARDED)


def test_a_deal_whose_owner_has_no_account_is_left_to_everybody_and_that_is_said(crm):
    crm.deal("owner: sam", id="acme")
    crm.deal("owner: sam", id="birch")
    text = codeowners(crm.book())
    assert asked(text, "deals/acme.yaml") == "@octocat @our-org/delivery"
    assert "# sam has no GitHub account in playbook/team.yaml: 2 deals left to everybody." in text


def test_an_owner_who_is_not_in_the_team_is_left_to_everybody_too(crm):
    crm.deal("owner: nobody-known")
    assert asked(codeowners(crm.book()), "deals/acme.yaml") == "@octocat @our-org/delivery"


def test_a_team_without_any_account_gets_a_file_that_asks_nobody_and_says_how(repo):
    ran = repo.run("schema", "--codeowners")
    assert ran.code == 0
    assert rules(ran.out) == []
    assert "add one, such as github: octocat" in ran.out
    assert all(line.startswith("#") or not line for line in ran.out.splitlines())


def test_blanks_in_a_path_are_escaped(crm):
    crm.write("deals/two words/odd place.yaml", crm.deal().read_bytes())
    crm.write("deals/two words/acme-two.yaml", crm.deal().read_bytes())
    assert "\n/deals/two\\ words/acme-two.yaml @octocat\n" in codeowners(crm.book())


@pytest.mark.parametrize("folder", ["a*b", "a?b", "[ab]", "a#b", "!a", "a\\b", 'a"b', "a\tb", "a\nb @mallory\n"])
def test_a_path_that_github_cannot_write_is_left_to_everybody_and_never_becomes_another_line(crm, folder):
    crm.write(f"deals/{folder}/acme.yaml", crm.deal().read_bytes())
    crm.root.joinpath("deals/acme.yaml").unlink()
    text = codeowners(crm.book())
    assert "mallory" not in text
    assert [pattern for pattern, _ in rules(text)] == ["*", "/deals/cascadia-2025.yaml", *GUARDED]
    assert "1 deal left to everybody: GitHub cannot express the name of the file" in text


def test_every_line_is_a_comment_or_a_rule_that_github_takes(crm):
    crm.deal("owner: sam", id="acme")
    crm.deal(id="birch")
    lines = codeowners(crm.book()).splitlines()
    assert all(not line or line.startswith("#") or RULE.fullmatch(line) for line in lines)


def test_the_same_records_give_the_same_bytes(crm):
    for id in ("zinc", "acme", "birch"):
        crm.deal(id=id)
    once, again = (crm.spawn("schema", "--codeowners").stdout for _ in range(2))
    assert once == again
    assert "\r" not in once
    assert once.endswith("\n")
    assert not once.endswith("\n\n")
    assert [p for p, _ in rules(once) if p.startswith("/deals")] == sorted(
        p for p, _ in rules(once) if p.startswith("/deals")
    )


def test_the_file_never_outgrows_what_github_reads(crm, monkeypatch):
    for number in range(40):
        crm.deal(id=f"deal-{number}")
    monkeypatch.setattr(module, "MAX_CODEOWNERS_BYTES", 1500)
    text = codeowners(crm.book())
    assert len(text.encode()) <= 1500
    assert re.search(r"# No room for \d+ more deals\.", text)
    assert asked(text, "playbook/team.yaml") == "@octocat @our-org/delivery"


def test_ten_thousand_deals_fit():
    line = "/deals/2026/some-rather-long-university-name-general-membership.yaml @somebody-with-a-long-account-name\n"
    assert len(line) * 10_000 < module.MAX_CODEOWNERS_BYTES


def test_without_a_team_nothing_can_be_said(repo):
    repo.write("playbook/team.yaml", "organisation: [\n")
    ran = repo.run("schema", "--codeowners")
    assert ran.code == 3
    assert ran.out == ""
    assert "run salesops check" in ran.err


@pytest.mark.parametrize("words", [("deal",), ("-o", "schemas")])
def test_it_is_not_a_kind_of_schema(crm, words):
    ran = crm.run("schema", "--codeowners", *words)
    assert ran.code == 2
    assert not (crm.root / "schemas").exists()


@pytest.mark.parametrize(
    "account", ["octocat", "a", "A-1", "our-org/sales", "our-org/sales_team", "octocat_acme", "x" * 39]
)
def test_an_account_is_a_name_or_a_team_of_an_organisation(account):
    assert scalars.handle(account) == account


@pytest.mark.parametrize(
    "account",
    ["", "-a", "a b", "a\n@b", "a@b.example", "a/b/c", "a/", "/b", "x" * 40, "jörg", "$(touch x)", "a #b", "@", "a/../b"],
)  # fmt: skip
def test_anything_else_is_refused(account):
    with pytest.raises(PydanticCustomError) as refused:
        scalars.handle(account)
    assert refused.value.type == "not-a-github-account"


@pytest.mark.parametrize(
    ("words", "fix"),
    [("@octocat", "octocat"), ("https://github.com/octocat/", "octocat"), ("@our-org/sales", "our-org/sales")],
)
def test_what_was_meant_is_offered(crm, words, fix):
    crm.write("playbook/team.yaml", TEAM + f'github: "{words}"\n')
    [problem] = crm.problems()
    assert (problem.code, problem.place.line, problem.fix) == ("not-a-github-account", 8, f"github: {fix}")
