"""The records of earlier commits, read straight from git: the same Book as the disk gives, each distinct file once."""

from __future__ import annotations

import shutil

import pytest
from gitting import CLEAN, Git

from salesops.cli.gate import past_checked
from salesops.problems import CannotDecide
from salesops.store import commits
from salesops.store import git as repository
from salesops.store.commits import CommitBooks, against, files_of
from salesops.store.load import load

DEAL = "deals/acme.yaml"


@pytest.fixture
def git(repo, monkeypatch) -> Git:
    """A CRM with one open deal, committed."""
    for name, value in CLEAN.items():
        monkeypatch.setenv(name, value)
    repo.deal()
    git = Git(repo.root)
    git.begin()
    return git


def same_books(repo, commit: str) -> bool:
    """Whether a commit, just made of the working copy, reads as the working copy."""
    there, here = CommitBooks(repo.root).book(commit), load(repo.root)
    return there == here


def test_a_commit_reads_as_the_disk_does(repo, git):
    assert same_books(repo, "HEAD")


def test_a_commit_with_every_kind_of_fault_reads_as_the_disk_does(repo, git):
    repo.write("deals/2026/b.yaml", "title: [")
    repo.write("deals/2026/acme.yaml", "title: twice")
    repo.write("deals/Upper.yaml", "")
    repo.write("deals/c.yml", "")
    repo.write("deals/README.md", "")
    repo.write("deals/.hidden.yaml", "")
    repo.write("deals/folder.yaml/x", "")
    repo.write("deals/latin.yaml", b"title: \xe9\n")
    repo.write("deals/long.yaml", "x" * (256 * 1024 + 1))
    repo.write("deals/script.yaml", "title: A").chmod(0o755)
    (repo.root / "deals/link.yaml").symlink_to("acme.yaml")
    (repo.root / "deals/nowhere.yaml").symlink_to("nowhere")
    (repo.root / "deals/around").symlink_to("..")
    (repo.root / "playbook/rates.yaml").symlink_to("team.yaml")
    repo.write("playbook/icp/sub/deep.yaml", "claim: A")
    git.commit()
    (repo.root / DEAL).unlink()
    git("checkout", "-q", "--", DEAL)
    assert same_books(repo, "HEAD")


@pytest.mark.parametrize("what", ["file", "link"])
def test_a_commit_whose_folder_of_deals_is_none_reads_as_the_disk_does(repo, git, what):
    shutil.rmtree(repo.root / "deals")
    if what == "file":
        repo.write("deals", "no folder")
    else:
        (repo.root / "deals").symlink_to("members")
    git.commit()
    assert same_books(repo, "HEAD")


def test_a_commit_without_records(repo, git):
    git("rm", "-rq", "--cached", ".")
    git("commit", "-q", "-m", "Nothing", "--allow-empty")
    book, problems = CommitBooks(repo.root).book("HEAD")
    assert (book.deals, book.team) == ({}, None)
    assert [problem.code for problem in problems] == ["field-missing"]


def test_a_file_is_read_once_however_many_commits_have_it(repo, git, monkeypatch):
    asked: list[str] = []

    def contents(root, ids, limit):
        wanted = list(ids)
        asked.extend(wanted)
        return repository.contents(root, wanted, limit)

    monkeypatch.setattr(commits, "contents", contents)
    archive = CommitBooks(repo.root)
    first, _ = archive.book("HEAD")
    count = len(asked)
    repo.deal("owner: april")
    git.commit()
    second, _ = archive.book("HEAD")
    assert len(asked) == count + 1 == len(set(asked))
    assert first.members["cascadia-university"] is second.members["cascadia-university"]
    assert first.deals["acme"] is not second.deals["acme"]


def test_what_lies_on_the_disk_is_not_read_again(repo, git, monkeypatch):
    monkeypatch.setattr(
        commits, "contents", lambda root, ids, limit: pytest.fail(f"asked for {ids}") if [*ids] else iter(())
    )
    repo.write("members/cascadia-university.yaml", (repo.root / "members/cascadia-university.yaml").read_bytes())
    found = against(repo.root, load(repo.root)[0], "HEAD")
    assert found.comparison.before.deals["acme"] is found.comparison.after.deals["acme"]
    assert past_checked(found, None) == []


def test_what_was_moved_is_read_under_its_own_path(repo, git):
    (repo.root / "deals/2026").mkdir()
    (repo.root / DEAL).rename(repo.root / "deals/2026/acme.yaml")
    found = against(repo.root, load(repo.root)[0], "HEAD").comparison
    assert found.before.documents["deal", "acme"].path == DEAL
    assert found.after.documents["deal", "acme"].path == "deals/2026/acme.yaml"


def test_a_broken_file_on_the_disk_does_not_stand_in_for_an_earlier_one(repo, git):
    repo.deal("fax: 1")
    git.commit()
    found = against(repo.root, load(repo.root)[0], "HEAD").comparison
    assert ("deal", "acme") in found.before.broken
    assert found.before.lost == found.after.lost


def test_it_is_told_what_was_compared(repo, git):
    base = git("rev-parse", "HEAD")
    git.branch()
    repo.deal("owner: april")
    git.commit()
    found = against(repo.root, load(repo.root)[0], "main")
    assert (found.rev, found.base, found.bases, len(found.comparisons)) == ("main", base, (base,), 1)


def deleted(repo, git: Git, *fragments: str) -> None:
    """A deal said these things on as many branches, which were merged into a commit without it."""
    (repo.root / DEAL).unlink()
    without = git.commit()
    tips = []
    for fragment in fragments:
        git("checkout", "-q", "--detach", without)
        repo.deal(fragment)
        tips.append(git.commit())
    tree = git("rev-parse", f"{without}^{{tree}}")
    parents = [word for tip in tips for word in ("-p", tip)]
    git("checkout", "-q", "-f", git("commit-tree", tree, *parents, "-m", "None of it"))


E5, O12, O13, D19 = (
    "{enrichment: 2026-01-05}",
    "{outreach: 2026-01-12}",
    "{outreach: 2026-01-13}",
    "{discovery: 2026-01-19}",
)


def stages(*moves: str) -> str:
    return f"stages: [{', '.join(moves)}]\n"


def returned(repo) -> list[int]:
    """From how many moves the deal may have come back, for each comparison."""
    found = against(repo.root, load(repo.root)[0], "HEAD")
    return sorted(len(each.returned["acme"].stages) for each in found.comparisons if each.returned)


def test_a_deal_that_is_back_goes_on_from_what_it_said_last(repo, git):
    deleted(repo, git, stages(E5, O12, D19), stages(E5), stages(E5, O12))
    repo.deal()
    assert returned(repo) == [3]


def test_a_deal_that_is_back_may_have_said_several_things_last(repo, git):
    deleted(repo, git, stages(E5, O12, D19), stages(E5), stages(E5, O13))
    repo.deal()
    assert returned(repo) == [2, 3]


def test_a_correction_makes_one_state_go_on_from_another(repo, git):
    signed = 'corrections: [{field: stages.1, was: "2026-01-12", by: jim, date: 2026-03-01, why: Mistyped}]\n'
    deleted(repo, git, stages(E5, O12), stages(E5, O13) + signed)
    repo.deal()
    assert returned(repo) == [2]


def test_a_deal_that_never_was_is_new(repo, git):
    repo.deal("", "other")
    assert returned(repo) == []


def test_an_older_state_that_nobody_can_read_does_not_matter(repo, git):
    repo.write(DEAL, "stages: [")
    git.commit()
    (repo.root / DEAL).unlink()
    git.commit()
    repo.deal(stages(E5, O12))
    git.commit()
    (repo.root / DEAL).unlink()
    git.commit()
    repo.deal()
    assert returned(repo) == [2]


def test_the_last_state_must_be_readable(repo, git):
    repo.write(DEAL, "stages: [")
    git.commit()
    (repo.root / DEAL).unlink()
    git.commit()
    repo.deal()
    with pytest.raises(CannotDecide, match="the deal 'acme' cannot be read in the last commit before"):
        against(repo.root, load(repo.root)[0], "HEAD")


def test_a_deal_was_larger_than_what_is_read(repo, git):
    repo.write(DEAL, "x: " + "y" * 300_000)
    git.commit()
    (repo.root / DEAL).unlink()
    git.commit()
    repo.deal()
    with pytest.raises(CannotDecide, match="cannot be read"):
        against(repo.root, load(repo.root)[0], "HEAD")


@pytest.mark.parametrize("name", ["..", "../../outside.yaml", "/outside.yaml", "..\\outside.yaml"])
def test_a_commit_made_by_hand_does_not_write_outside_of_its_folder(repo, git, name):
    blob = git("hash-object", "-w", "--", DEAL).strip()
    entry = b"100644 " + name.encode() + b"\0" + bytes.fromhex(blob)
    folder = repo.write("tree", entry)
    tree = git("hash-object", "-t", "tree", "-w", "--literally", "tree").strip()
    folder.write_bytes(b"40000 deals\0" + bytes.fromhex(tree))
    top = git("hash-object", "-t", "tree", "-w", "--literally", "tree").strip()
    commit = git("commit-tree", "-m", "By hand", top).strip()
    with pytest.raises(CannotDecide, match="is no path of a file in a repository"), files_of(repo.root, commit, ()):
        pass
