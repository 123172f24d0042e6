"""Taking somebody out of a repository: every file, name, message and commit of real git, and nothing else."""

from __future__ import annotations

import pytest
from gitting import Git

from salesops.problems import CannotDecide
from salesops.store.erasing import Words, rewritten, standing, usable

ADA = Words(("Ada Smith", "a-smith", "ada@c.example"), "erased")


@pytest.fixture
def git(repo):
    found = Git(repo.root)
    found.begin()
    repo.member("contacts: [{id: a-smith, name: Ada Smith, email: ada@c.example}]\n")
    found("add", "-A")
    found("commit", "-qm", "Met ADA SMITH")
    (repo.root / "notes-a-smith.bin").write_bytes(b"\x00\xffAda Smith\xfe\r\n")
    found("add", "-A")
    found("-c", "user.name=Ada Smith", "-c", "user.email=ada@c.example", "commit", "-qm", "Notes")
    found("rm", "-q", "notes-a-smith.bin")
    found("commit", "-qm", "Gone again, and kept in the history")
    found("branch", "talk-with-a-smith")
    found("tag", "-a", "v1", "-m", "with Ada Smith")
    return found


def everything(folder):
    """All that git holds in a folder: each object, each name."""
    there = Git(folder)
    objects = there("rev-list", "--all", "--objects")
    ids = [line.split()[0] for line in objects.splitlines()]
    texts = [there("cat-file", "-p", each) for each in ids]
    return "\n".join(
        [objects, there("for-each-ref"), there("log", "--all", "--format=%an %ae %cn %ce %B"), *map(str, texts)]
    )


def test_it_says_where_the_words_stand_now_and_in_how_many_commits(repo, git):
    found = standing(repo.root, ADA)
    assert found.files == {"members/cascadia-university.yaml": 3, "deals/cascadia-2025.yaml": 2}
    assert found.commits == 4, (
        "the first deal, the message and the file, the notes and who wrote them, the name of what went"
    )


def test_nothing_of_the_words_is_left_and_every_other_byte_is_as_it_was(repo, git, tmp_path):
    (tmp_path / "anew").mkdir()
    assert rewritten(repo.root, tmp_path / "anew", ADA) == int(git("rev-list", "--all", "--count"))
    left = everything(tmp_path / "anew").casefold()
    assert not any(word.casefold() in left for word in ADA.words)
    assert "ada smith" in everything(repo.root).casefold(), "the repository itself stays as it is"
    there = Git(tmp_path / "anew")
    assert there("cat-file", "-p", "HEAD~1:notes-erased.bin") is not None
    for path in git("ls-files").split():
        was, now = (repo.root / path).read_bytes(), (tmp_path / "anew" / path).read_bytes()
        for word in (b"ada@c.example", b"a-smith", b"Ada Smith"):
            was = was.replace(word, b"erased")
        assert now == was, path
    assert there("log", "--format=%ad") == git("log", "--format=%ad")


@pytest.mark.parametrize("words", [["Al"], ["Ada", " x "], [""]])
def test_a_word_that_is_in_every_other_one_is_refused(words):
    assert "too short" in usable(words, "erased")


def test_the_word_that_is_put_in_is_none_of_those_that_are_taken_out():
    assert "another word" in usable(["Somebody"], "somebody-2")
    assert usable(["Ada Smith"], "somebody") is None


def test_without_a_branch_nothing_is_written(repo, git, tmp_path):
    git("checkout", "-q", "--detach")
    (tmp_path / "anew").mkdir()
    with pytest.raises(CannotDecide, match="git switch"):
        rewritten(repo.root, tmp_path / "anew", ADA)
    assert not any((tmp_path / "anew").iterdir())


def test_words_with_signs_are_no_pattern():
    assert Words(("a.b+", "[x]"), "y").taken_out_of(b"aXb A.B+ [X]") == b"aXb y y"
