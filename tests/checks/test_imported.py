"""A mark of an import holds: it is not for slipping moves of the team's own past the process."""

from __future__ import annotations

from datetime import date

import pytest

from salesops.changes.compare import Comparison
from salesops.checks import check_past, imported

TODAY = date(2026, 11, 20)
OWN = "stages: [{enrichment: 2026-01-05}, {outreach: 2026-01-12}]\n"
MARK = "imported: {from: deals.csv, date: 2026-01-20}\n"


@pytest.fixture
def version(repo):
    """What an import leaves: a version with the stages that it brought, the oldest of 5 January."""
    repo.process("version: imported\nin_force: 2026-01-05\n", "imported")


def unfit(repo, deal: str) -> list[str]:
    repo.deal(deal)
    return [each.message for each in repo.problems() if each.code == "import-mark-unfit"]


def test_a_mark_where_nothing_was_ever_imported_is_an_error(repo):
    assert unfit(repo, OWN + MARK) == ["no import left this mark: there is no process version 'imported'"]


@pytest.mark.usefixtures("version")
def test_a_mark_that_agrees_with_what_the_import_left_is_none(repo):
    assert unfit(repo, OWN + MARK) == []


@pytest.mark.usefixtures("version")
def test_a_move_older_than_any_that_was_imported_is_an_error(repo):
    (message,) = unfit(repo, OWN.replace("01-05", "01-02") + MARK)
    assert message == "the oldest move that came with an import is of 2026-01-05; this deal has one of 2026-01-02"


@pytest.mark.usefixtures("version")
def test_a_stage_that_the_import_did_not_bring_is_an_error(repo):
    repo.deal(OWN.replace("outreach", "bargaining") + MARK)
    assert "deals/acme.yaml:1 stage-unknown" in repo.said()


def test_a_version_of_the_imports_that_cannot_be_read_blames_no_deal(repo):
    repo.write("playbook/process/imported.yaml", "version: [")
    assert unfit(repo, OWN + MARK) == []


@pytest.fixture
def against(repo, version):
    """``against(before, after)``: what is found in the deal of the second state, compared with the first."""

    def found(before: str | None, after: str) -> dict[str, str]:
        if before is not None:
            repo.deal(before)
        earlier = repo.book()
        repo.deal(after)
        return {each.code: each.message for each in check_past(Comparison(earlier, repo.book()), TODAY)}

    return found


def test_a_mark_put_on_a_deal_of_the_teams_own_is_an_error(against):
    assert "import-mark-changed" in against(OWN, OWN + MARK)
    assert "import-mark-changed" in against(OWN, OWN.replace("}]", "}, {discovery: 2026-01-19}]") + MARK)


@pytest.mark.parametrize("before", [None, OWN], ids=["new", "there before"])
def test_a_mark_on_a_deal_that_began_after_the_import_is_an_error(against, before):
    assert against(before, OWN + MARK.replace("01-20", "01-04")) == {
        "import-brought-nothing": "no move of this deal is of 2026-01-04, the day of the import, or before"
    }


def test_a_new_deal_with_a_mark_is_named(against):
    assert against(None, OWN + MARK) == {
        "import-new": "1 deal says of 2 moves that the import of 2026-01-20 brought from 'deals.csv': no process judges that"
    }


def test_a_mark_that_moves_on_over_moves_of_the_teams_own_is_an_error(against):
    before = OWN + MARK.replace("01-20", "01-08")
    assert "import-mark-changed" in against(before, OWN + MARK)


def test_a_mark_that_moves_on_together_with_new_moves_is_named(against):
    before = "stages: [{enrichment: 2026-01-05}]\n" + MARK.replace("01-20", "01-08")
    assert list(against(before, OWN + MARK)) == ["import-new"]


def test_a_deal_that_was_imported_is_worked_on_without_a_word(against):
    assert against(OWN + MARK, OWN.replace("}]", "}, {discovery: 2026-02-02}]") + MARK) == {}


def test_an_import_of_many_deals_is_named_once(repo, version):
    earlier = repo.book()
    for number in range(3):
        repo.deal(OWN + MARK, f"acme-{number}")
    repo.deal(OWN + MARK.replace("deals.csv", "others.csv"), "other")
    found = check_past(Comparison(earlier, repo.book()), TODAY)
    assert [(each.code, each.place.path, each.message.split(" that")[0]) for each in found] == [
        ("import-new", "deals/acme-0.yaml", "3 deals say of 6 moves"),
        ("import-new", "deals/other.yaml", "1 deal says of 2 moves"),
    ]


def test_the_moves_of_an_import_are_counted_for_one_of_its_deals_and_not_anew_for_each(repo, version, monkeypatch):
    earlier, deals, asked = repo.book(), 30, []
    count = imported._new_moves
    monkeypatch.setattr(imported, "_new_moves", lambda case, deal: asked.append(deal) or count(case, deal))
    for number in range(deals):
        repo.deal(OWN + MARK, f"acme-{number:02}")
    (found,) = check_past(Comparison(earlier, repo.book()), TODAY)
    assert found.message.startswith("30 deals say of 60 moves")
    assert len(asked) <= 3 * deals
