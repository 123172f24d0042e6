"""What git is asked and how: whole answers, or one sentence that says why there is none."""

from __future__ import annotations

import os
import subprocess
import time
from pathlib import Path

import pytest
from gitting import CLEAN, Git

from salesops.problems import CannotDecide
from salesops.store import git_call
from salesops.store.git import (
    Blob,
    bases,
    branch_of,
    changed_between,
    commit_of,
    contents,
    is_repository,
    is_shallow,
    log,
    needs_settled_tree,
    tree,
)
from salesops.store.git_call import asks, git

MODES = {"deals/a.yaml": "100644", "deals/b.yaml": "100755", "deals/c.yaml": "120000", "members/m.yaml": "100644"}


@pytest.fixture
def here(tmp_path, monkeypatch) -> Git:
    """A git repository with one commit: a plain file, an executable one, a link, a member, and a file that is no record."""
    for name, value in CLEAN.items():
        monkeypatch.setenv(name, value)
    root = tmp_path / "crm"
    for folder in ("deals", "members", "playbook", "site"):
        (root / folder).mkdir(parents=True)
    for name, text in (("deals/a", "a"), ("deals/b", "b"), ("members/m", "m"), ("site/s", "s")):
        (root / f"{name}.yaml").write_text(f"{text}\n")
    (root / "deals/b.yaml").chmod(0o755)
    (root / "deals/c.yaml").symlink_to("a.yaml")
    here = Git(root)
    here.begin()
    return here


def why(*words, **more) -> str:
    """The sentence with which a call ends."""
    with pytest.raises(CannotDecide) as fault:
        words[0](*words[1:], **more)
    assert "\n" not in str(fault.value)
    return str(fault.value)


def test_the_tree_holds_the_record_files_with_their_modes(here):
    found = tree(here.root, "HEAD")
    assert {path: blob.mode for path, blob in found.items()} == MODES
    assert found["deals/a.yaml"].id == here("rev-parse", "HEAD:deals/a.yaml")


@pytest.mark.parametrize(
    "name", ["ä.yaml", "a b.yaml", "a\nb.yaml", 'a"b.yaml', "a\tb.yaml", "-n.yaml", ":(top)x.yaml", "*.yaml"]
)
def test_odd_names_are_told_as_they_are(here, name):
    (here.root / "deals" / name).write_text("x\n")
    before, after = "HEAD~1", here.commit()
    assert f"deals/{name}" in tree(here.root, "HEAD")
    assert [touched.path for touched in changed_between(here.root, before, after)] == [f"deals/{name}"]
    assert [touched.path for touched in log(here.root, "HEAD")[0].touched] == [f"deals/{name}"]


def test_a_name_that_is_not_utf8(here):
    blob = here("rev-parse", "HEAD:deals/a.yaml")
    name = b"deals/\xff.yaml"
    here("update-index", "-z", "--index-info", stdin=b"100644 " + blob.encode() + b"\t" + name + b"\0")
    here("commit", "-qm", "Odd")
    assert "deals/\udcff.yaml" in tree(here.root, "HEAD")


def test_paths_are_told_from_the_folder_of_the_records(here):
    top = here.root.parent
    here.root.joinpath(".git").rename(top / ".git")
    Git(top).commit()
    assert tree(here.root, "HEAD").keys() == MODES.keys()
    (here.root / "deals/a.yaml").write_text("A\n")
    Git(top).commit()
    assert [touched.path for touched in changed_between(here.root, "HEAD~1", "HEAD")] == ["deals/a.yaml"]
    assert [touched.path for touched in log(here.root, "HEAD")[0].touched] == ["deals/a.yaml"]


def test_contents_are_the_bytes_or_the_size(here):
    (here.root / "deals/a.yaml").write_bytes(b"\0\xff\r\n" * 10)
    (here.root / "deals/e.yaml").write_bytes(b"")
    here.commit()
    small, big, empty = (here("rev-parse", f"HEAD:deals/{name}.yaml") for name in "bae")
    found = dict(contents(here.root, [small, big, empty, small], limit=20))
    assert found == {small: b"b\n", big: 40, empty: b""}
    assert dict(contents(here.root, [], limit=20)) == {}
    assert next(contents(here.root, [small, big], limit=20)) == (small, b"b\n")


@pytest.mark.parametrize("id", ["0" * 40, "HEAD:deals", "HEAD", "x"])
def test_contents_that_are_not_there(here, id):
    assert "git does not have the file" in why(lambda: list(contents(here.root, [id], limit=20)))


def test_the_log_tells_what_each_commit_changed(here):
    (here.root / "deals/a.yaml").write_text("A\n")
    (here.root / "deals/b.yaml").unlink()
    (here.root / "deals/d.yaml").write_text("b\n")
    here.commit("Äpfel: a subject\n\nand more")
    newest, first = log(here.root, "HEAD")
    assert (newest.id, newest.parents) == (here("rev-parse", "HEAD"), (first.id,))
    assert (newest.author, newest.subject, newest.time) == ("Jim", "Äpfel: a subject", 1_793_534_400)
    assert {touched.path: (bool(touched.before), bool(touched.after)) for touched in newest.touched} == {
        "deals/a.yaml": (True, True),
        "deals/b.yaml": (True, False),
        "deals/d.yaml": (False, True),
    }
    assert first.parents == ()
    assert {touched.path: touched.after.mode for touched in first.touched if touched.after} == MODES


@pytest.mark.parametrize("subject", [":100644 100644 a b M", "", "a\tb", " ", "x" * 3_000, "é\x1b[31m"])
def test_no_subject_is_taken_for_something_else(here, subject):
    (here.root / "deals/a.yaml").write_text("A\n")
    here("add", "-A")
    here("commit", "-q", "--allow-empty-message", "-m", subject)
    newest, first = log(here.root, "HEAD")
    assert newest.subject == subject.strip()
    assert [touched.path for touched in newest.touched] == ["deals/a.yaml"]
    assert len(first.touched) == 4


def test_a_merge_is_told_against_its_first_parent_or_against_each(here):
    here.branch("one")
    (here.root / "deals/one.yaml").write_text("1\n")
    here.commit()
    here.branch("two", "main")
    (here.root / "deals/two.yaml").write_text("2\n")
    here.commit()
    here("merge", "-q", "--no-edit", "one")
    merge = here("rev-parse", "HEAD")
    told = [entry for entry in log(here.root, "HEAD") if entry.id == merge]
    assert [[touched.path for touched in entry.touched] for entry in told] == [["deals/one.yaml"]]
    here("config", "log.diffMerges", "off")
    told = [entry for entry in log(here.root, "--diff-merges=separate", "HEAD") if entry.id == merge]
    assert sorted(touched.path for entry in told for touched in entry.touched) == ["deals/one.yaml", "deals/two.yaml"]


def test_what_differs_between_two_commits(here):
    (here.root / "deals/c.yaml").unlink()
    (here.root / "deals/c.yaml").write_text("c\n")
    here.commit()
    (touched,) = changed_between(here.root, "HEAD~1", "HEAD")
    assert (touched.before.mode, touched.after.mode) == ("120000", "100644")
    assert changed_between(here.root, "HEAD", "HEAD") == []


def test_where_two_branches_parted(here):
    base = commit_of(here.root, "HEAD")
    here.branch()
    (here.root / "deals/a.yaml").write_text("A\n")
    tip = here.commit()
    assert bases(here.root, "main") == [base]
    assert bases(here.root, "HEAD") == [tip]
    assert bases(here.root, "main", head="main") == [base]
    here("checkout", "-q", "main")
    assert bases(here.root, "change") == [base]
    assert bases(here.root, "change", exact=True) == [tip]


def test_a_commit_has_many_names(here):
    here("tag", "-a", "v1", "-m", "One")
    commit = here("rev-parse", "HEAD")
    for name in ("HEAD", "main", "v1", "@", commit, commit[:8], "refs/heads/main", "v1^{commit}"):
        assert commit_of(here.root, name) == commit


@pytest.mark.parametrize("rev", ["", "nowhere", "-n", "--all", "^HEAD", "HEAD..HEAD", "HEAD:deals", "0" * 40, "a b"])
def test_what_is_no_name_of_a_commit(here, rev):
    assert why(commit_of, here.root, rev).startswith("there is no commit")


def test_a_name_that_git_reads_in_two_ways(here):
    here("tag", "main")
    assert "more than one" in why(commit_of, here.root, "main")
    assert commit_of(here.root, "refs/heads/main") == commit_of(here.root, "refs/tags/main")


def test_whether_there_is_a_repository(here, tmp_path, monkeypatch):
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path))
    assert is_repository(here.root)
    assert is_repository(here.root / "deals")
    assert not is_repository(tmp_path)
    assert not is_shallow(here.root)
    (here.root / ".git/shallow").write_text(here("rev-parse", "HEAD") + "\n")
    assert is_shallow(here.root)


def test_a_question_without_an_answer(here):
    assert asks(here.root, "rev-parse", "HEAD") == here("rev-parse", "HEAD")
    assert asks(here.root, "rev-parse", "--verify", "nowhere") is None
    assert why(git, here.root, "rev-parse", "--verify", "nowhere") == "git rev-parse: fatal: Needed a single revision"


def fake(folder: Path, text: str) -> str:
    """A folder with a program that calls itself git."""
    (folder / "bin").mkdir()
    (folder / "bin/git").write_text(f"#!/bin/sh\n{text}\n")
    (folder / "bin/git").chmod(0o755)
    return f"{folder / 'bin'}:/bin:/usr/bin"


def test_git_that_hangs(here, tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", fake(tmp_path, "exec sleep 60"))
    monkeypatch.setattr(git_call, "GIT_SECONDS", 0.2)
    begun = time.monotonic()
    assert why(git, here.root, "log") == "git log did not answer within 0.2 seconds"
    assert time.monotonic() - begun < 20


def test_git_that_dies_without_a_word(here, tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", fake(tmp_path, "exit 7"))
    assert why(git, here.root, "log") == "git log: ended with 7"


def test_git_that_stops_in_the_middle(here, tmp_path, monkeypatch):
    id = "a" * 40
    monkeypatch.setenv("PATH", fake(tmp_path, f"printf '{id} blob 10\\nabc'"))
    assert why(lambda: list(contents(here.root, [id], 20))) == "git stopped in the middle of a file"


def test_git_that_is_not_there(here, monkeypatch):
    monkeypatch.setenv("PATH", "/nowhere")
    for ask in (lambda: git(here.root, "log"), lambda: list(contents(here.root, ["a"], 20))):
        assert why(ask) == "git is not installed"


def test_git_is_asked_in_an_environment_of_its_own(here, tmp_path, monkeypatch):
    for name in (
        "GIT_DIR",
        "GIT_INDEX_FILE",
        "GIT_ALLOW_PROTOCOL",
        "GIT_EXTERNAL_DIFF",
        "GIT_SSH_COMMAND",
        "GIT_WHATEVER",
    ):
        monkeypatch.setenv(name, "x")
    monkeypatch.setenv("GIT_CONFIG_COUNT", "0")
    monkeypatch.setenv("PATH", fake(tmp_path, "env | sort | grep ^GIT_"))
    told = dict(line.split("=", 1) for line in git(here.root, "x").decode().splitlines())
    assert not {"GIT_DIR", "GIT_INDEX_FILE", "GIT_EXTERNAL_DIFF", "GIT_SSH_COMMAND", "GIT_WHATEVER"} & told.keys()
    assert (told["GIT_ALLOW_PROTOCOL"], told["GIT_NO_REPLACE_OBJECTS"], told["GIT_CONFIG_COUNT"]) == ("", "1", "0")


def test_another_command_at_work_holds_the_index(here, monkeypatch):
    (here.root / ".git/index.lock").write_text("")
    assert "index.lock is there" in why(needs_settled_tree, here.root)
    monkeypatch.setenv("GIT_INDEX_FILE", ".git/index.lock")  # as a hook of `git commit -a` has it
    needs_settled_tree(here.root)


def test_a_lock_of_a_second_work_tree_is_its_own(here):
    second = here.root.parent / "second"
    here("worktree", "add", "-q", str(second), "-b", "second")
    (here.root / ".git/worktrees/second/index.lock").write_text("")
    needs_settled_tree(here.root)
    assert "index.lock is there" in why(needs_settled_tree, second)


def test_no_object_is_taken_for_another(here):
    a, b = (here("rev-parse", f"HEAD:deals/{name}.yaml") for name in "ab")
    here("replace", a, b)
    assert dict(contents(here.root, [a], limit=20)) == {a: b"a\n"}
    assert tree(here.root, "HEAD")["deals/a.yaml"] == Blob("100644", a)


def test_the_caller_goes_away_in_the_middle(here):
    ids = []
    for count in range(50):
        ids.append(here("hash-object", "-w", "--stdin", stdin=f"{count}\n" * 5_000))
    reading = contents(here.root, ids, limit=1_000_000)
    next(reading)
    reading.close()
    running = subprocess.run(
        ["ps", "-o", "args", "--ppid", str(os.getpid())], capture_output=True, text=True, check=False
    )
    assert "cat-file" not in running.stdout


def test_the_branch_is_the_one_that_is_checked_out_else_that_of_where_it_came_from(tmp_path):
    origin = Git(tmp_path / "origin")
    origin.root.mkdir()
    assert branch_of(origin.root) is None
    origin("init", "-q", "-b", "trunk")
    assert branch_of(origin.root) == "trunk", "also before the first commit"
    origin.commit()
    origin("clone", "-q", str(origin.root), str(tmp_path / "clone"))
    clone = Git(tmp_path / "clone")
    clone("checkout", "-q", "--detach")
    assert branch_of(clone.root) == "trunk"
    clone("remote", "remove", "origin")
    assert branch_of(clone.root) is None
