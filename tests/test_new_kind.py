"""A kind of record that is added on the fly, as the recipe says: one model, one entry. Every command knows it."""

import json
from datetime import date

import pytest
from gitting import Git

from salesops.records.kinds import KINDS, Kind
from salesops.records.learning import Since
from salesops.records.record import Record, given, many
from salesops.records.scalars import Day, Text, Whole
from salesops.site.pages import every_page


class Partner(Record):
    """An institution that sells with us: partners/<id>.yaml."""

    name: Text = given("How it is called.", "Northern Grid")
    since: Day = given("Since when it is a partner.", "2026-01-15")
    seats: Whole = given("How many seats it may sell.", "40")
    changelog: tuple[Since, ...] = many("What changed, and when.")


GRID = "name: Northern Grid\nsince: 2026-01-15\nseats: 40\n"


@pytest.fixture(autouse=True)
def partner(monkeypatch):
    """The kind, known for one test."""
    monkeypatch.setitem(
        KINDS, "partner", Kind("partner", Partner, "partners", 12, "Partner", ("seats",), has_own_name=True)
    )


@pytest.fixture
def git(repo):
    """A sound repository with one partner, committed."""
    repo.write("partners/northern-grid.yaml", GRID)
    git = Git(repo.root)
    git.begin()
    return git


def test_its_files_are_read_and_checked(repo):
    repo.write("partners/northern-grid.yaml", GRID.replace("seats: 40", "seats: forty"))
    repo.write("partners/typo.yaml", GRID.replace("name", "nmae"))
    assert repo.said() == [
        "partners/northern-grid.yaml:3 not-a-number",
        "partners/typo.yaml:1 field-missing",
        "partners/typo.yaml:1 unknown-key",
    ]
    ran = repo.run("check")
    assert ran.code == 1
    assert "partners/northern-grid.yaml:3" in ran.out


def test_the_gate_of_a_pull_request_sees_a_file_of_it_that_cannot_be_read_any_more(repo, git):
    repo.write("partners/northern-grid.yaml", "name: [")
    ran = repo.run("check", "--against", "HEAD")
    assert ran.code == 1
    assert "partners/northern-grid.yaml" in ran.out


def test_diff_tells_of_a_new_one_a_change_and_one_that_went(repo, git):
    repo.write("partners/northern-grid.yaml", GRID.replace("40", "50"))
    repo.write("partners/southern-cloud.yaml", GRID.replace("Northern Grid", "Southern Cloud"))
    git.commit()
    told = repo.run("diff", "HEAD~1", "HEAD").out
    assert "Partner northern-grid" in told
    assert "seats 50, was 40" in told
    assert "Partner southern-cloud" in told
    (repo.root / "partners/southern-cloud.yaml").unlink()
    git.commit()
    changes = json.loads(repo.run("diff", "HEAD~1", "HEAD", "--format", "json").out)["changes"]
    assert [change["partner"] for change in changes] == ["southern-cloud"]


def test_history_tells_who_changed_it(repo, git):
    repo.write("partners/northern-grid.yaml", GRID.replace("40", "50"))
    git.commit("More seats")
    told = repo.run("history", "northern-grid").out
    assert "seats 50, was 40" in told
    assert "Jim" in told


def test_explain_schema_and_the_fields_page_know_its_fields(repo):
    assert "How many seats it may sell." in repo.run("explain", "partner.seats").out
    assert json.loads(repo.run("schema", "partner").out)["required"] == ["name", "since", "seats"]
    (fields,) = (page for page in every_page(repo.book().on(date(2026, 11, 20))) if page.path == "reference/fields")
    assert "partners/**/&lt;id&gt;.yaml" in fields.body
    assert "How many seats it may sell." in fields.body


def test_editors_know_it_in_a_new_repository(repo, tmp_path):
    assert repo.run("init", str(tmp_path / "new")).code == 0
    assert (tmp_path / "new/schemas/partner.json").is_file()
    assert '"partners/**/*.yaml"' in (tmp_path / "new/.vscode/settings.json").read_text()
