"""A record that nobody would read is named, with where it belongs; what is no record is left alone."""

from __future__ import annotations

import pytest

from salesops.store import misplaced
from salesops.store.load import load

ICP = "claim: They buy.\nversion: 1\nsince: 2025-01-01\nstatus: testing\n"
MEMBER = "name: Cascadia\nkind: university\ncountry: US\n"


@pytest.fixture
def deal(repo) -> str:
    """The text of a sound deal that is not on file."""
    file = repo.deal()
    text = file.read_text()
    file.unlink()
    return text


def said(repo) -> list[tuple[str, str]]:
    found = load(repo.root)[1]
    assert {problem.code for problem in found} <= {"file-name"}
    assert all(problem.help for problem in found)
    return [(problem.place.path, problem.message) for problem in found]


@pytest.mark.parametrize(
    "path",
    [
        "deal/acme.yaml",
        "acme.yaml",
        "acme.yml",
        "sales/deals/2026/acme.yaml",
        "playbook/acme.yaml",
        "members/acme.yaml",
        "members/old/acme.yaml",
    ],
)
def test_a_deal_outside_of_the_deals_is_called_one_and_sent_there(repo, deal, path):
    repo.write(path, deal)
    (found,) = load(repo.root)[1]
    assert (found.place.path, found.code, found.message) == (
        path,
        "file-name",
        "this is a deal; it belongs into deals/",
    )
    assert found.help == "move it to deals/acme.yaml"
    assert repo.run("check").code == 1


@pytest.mark.parametrize(
    ("path", "text", "message"),
    [
        ("member/cascadia.yaml", MEMBER, "this is a member; it belongs into members/"),
        ("deals/cascadia.yaml", MEMBER, "this is a member; it belongs into members/"),
        ("deals/teaching.yaml", ICP, "this is an ICP hypothesis; it belongs into playbook/icp/"),
        ("playbook/hypotheses/teaching.yaml", ICP, "this is an ICP hypothesis; it belongs into playbook/icp/"),
        ("team.yaml", "organisation: A\npeople: {}\n", "this is a the team; it belongs into playbook/team.yaml"),
        ("playbook/process/v4.yaml", ICP, "this is an ICP hypothesis; it belongs into playbook/icp/"),
    ],
)
def test_records_of_other_kinds_are_known_by_their_keys_too(repo, path, text, message):
    repo.write(path, text)
    assert said(repo) == [(path, message.replace("a the team", "the team"))]


@pytest.mark.parametrize(
    ("path", "place", "meant"),
    [
        ("Deals/acme.yaml", "Deals", "deals"),
        ("MEMBERS/a.yaml", "MEMBERS", "members"),
        ("playbook/ICP/a.yaml", "playbook/ICP", "icp"),
    ],
)
def test_a_folder_that_differs_by_its_capitals_is_named_once(repo, path, place, meant):
    repo.write(path, "a: b\n")
    repo.write(f"{path.removesuffix('.yaml')}-2.yaml", "a: b\n")
    assert said(repo) == [(place, f"'{place.rpartition('/')[2]}' is not '{meant}': nothing in it is read")]


@pytest.mark.parametrize(
    "path", ["deals/.old/acme.yaml", "deals/2026/.trash/x/acme.yaml", "deals/.acme.yaml", "members/.old/acme.yaml"]
)
def test_a_record_in_a_hidden_place_is_found(repo, deal, path):
    repo.write(path, deal)
    assert said(repo) == [(path, "this is a deal in a hidden place, where nothing is read")]


@pytest.mark.parametrize(
    "path",
    [
        "mkdocs.yml", ".github/workflows/acme.yml", ".venv/lib/acme.yaml", "node_modules/a/acme.yaml",
        "site/records/acme.yaml", "build/demo/deals/acme.yaml", "tests/sound/acme.yaml", "other/.git/acme.yaml",
    ],
)  # fmt: skip
def test_nobody_keeps_records_where_programs_keep_their_files(repo, deal, path):
    repo.write(path, deal.replace("stages:", "pages:") if path == "mkdocs.yml" else deal)
    assert said(repo) == []


@pytest.mark.parametrize(
    "text",
    [
        "apiVersion: v1\nkind: Pod\nname: x\ncountry: y\n",
        "name: Publish\non: push\njobs: {}\n",
        "stages: [build, test]\n",
        "title: My notes\nowner: jim\n",
        "just words",
        "",
    ],
)
def test_other_peoples_yaml_is_left_alone(repo, text):
    for path in ("chart.yaml", "deal/values.yaml", "playbook/notes.yaml", "deals/.obsidian/app.yaml"):
        repo.write(path, text)
    assert said(repo) == []


def test_another_repository_below_this_one_is_not_looked_into(repo, deal):
    repo.write("other/playbook/team.yaml", "organisation: B\npeople: {}\n")
    repo.write("other/deals/acme.yaml", deal)
    assert said(repo) == []


def test_what_a_text_in_the_deals_could_be_is_said(repo, deal):
    repo.write("deals/acme.txt", deal)
    (found,) = load(repo.root)[1]
    assert found.help == "rename it to acme.yaml if it is one, or move it elsewhere"


def test_a_huge_neighbour_does_not_hold_the_check_up(repo, deal, monkeypatch):
    monkeypatch.setattr(misplaced, "MAX_ENTRIES", 3)
    for number in range(5):
        repo.write(f"data/{number}.yaml", deal)
    assert said(repo) == []
