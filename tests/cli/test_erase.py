"""``salesops erase`` as somebody types it."""

from __future__ import annotations

import pytest
from gitting import Git


@pytest.fixture
def crm(repo):
    repo.member("contacts: [{id: a-smith, name: Ada Smith}]\n")
    Git(repo.root).begin()
    return repo


def test_it_looks_first_and_writes_nothing(crm):
    before = sorted(crm.root.rglob("*"))
    ran = crm.run("erase", "Ada Smith", "a-smith")
    assert (ran.code, "2  members/cascadia-university.yaml" in ran.out, "1 commit in all" in ran.out) == (0, True, True)
    assert sorted(crm.root.rglob("*")) == before


def test_the_repository_is_written_anew_and_is_sound(crm, tmp_path):
    ran = crm.run("erase", "Ada Smith", "a-smith", "--into", str(tmp_path / "anew"), "--as", "somebody")
    assert (ran.code, "the words stand in none of them" in ran.out) == (0, True), ran.out + ran.err
    there = type(crm)(tmp_path / "anew")
    assert there.run("check").code == 0
    assert "id: somebody, name: somebody" in (tmp_path / "anew/members/cascadia-university.yaml").read_text()


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        (["Al"], 2, "too short"),
        (["Nobody Here"], 1, "stand nowhere"),
        (["Ada Smith", "--as", "No Body"], 2, "lower-case letters"),
        (["Ada Smith", "--into", "deals"], 2, "is not empty"),
    ],
)
def test_a_wrong_call_is_told(crm, words, code, says):
    ran = crm.run("erase", *words)
    assert (ran.code, says in ran.err) == (code, True), ran.err


def test_what_is_not_committed_would_be_left_behind(crm, tmp_path):
    crm.deal()
    ran = crm.run("erase", "Ada Smith", "--into", str(tmp_path / "anew"))
    assert (ran.code, "not committed" in ran.err, (tmp_path / "anew").exists()) == (1, True, False), ran.err
