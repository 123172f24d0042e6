"""``salesops propose``: checked, committed, pushed and opened in one command; where anything refuses, all is as it was."""

from __future__ import annotations

import json
import sys

import pytest
from gitting import Git, cloned
from terminal import typed

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="stubs are shell scripts")


@pytest.fixture
def crm(repo, tmp_path, monkeypatch):
    """A clone of a bare remote on this disk, without GitHub's program."""
    repo.deal("activity:\n  - {date: 2026-01-06, kind: note, note: Begun}\n")
    return cloned(repo, tmp_path, monkeypatch)


@pytest.fixture
def git(crm) -> Git:
    return Git(crm.root)


@pytest.fixture
def remote(crm) -> Git:
    return Git(crm.root.parent / "remote.git")


def log(crm, words: str, *more: str) -> None:
    ran = crm.run("log", "acme", "note", words, *more)
    assert ran.code == 0, ran.out + ran.err


def state(crm, git: Git) -> tuple[str, ...]:
    """All that must be as it was: branch, commit, branches, what is staged, what lies there."""
    return (
        git("symbolic-ref", "HEAD"), git("rev-parse", "HEAD"), git("for-each-ref", "refs/heads"), git("diff", "--cached"),
        git("status", "--porcelain"), (crm.root / "deals/acme.yaml").read_text(),
    )  # fmt: skip


def other_clone(crm) -> Git:
    """A colleague's clone."""
    Git(crm.root.parent)("clone", "-q", "remote.git", "colleague")
    return Git(crm.root.parent / "colleague")


def hook(crm, name: str, script: str) -> None:
    file = crm.write(f".git/hooks/{name}", f"#!/bin/sh\n{script}\n")
    file.chmod(0o755)


def stub_gh(crm, script: str) -> None:
    file = crm.root.parent / "bin/gh"
    file.write_text(f"#!/bin/sh\n{script}\n")
    file.chmod(0o755)


def test_a_call_is_sent_for_review_in_one_command(crm, git, remote):
    log(crm, "They pay by school", "--next", "Call the dean, fri")
    ran = crm.run("propose")
    assert ran.code == 0, ran.out + ran.err
    branch = git("symbolic-ref", "--short", "HEAD")
    assert branch.startswith("acme-")
    assert f"branch    {branch} (new, from main of today)" in ran.out
    assert "check     no errors" in ran.out
    assert "pushed; open a pull request for it on the page of origin" in ran.out
    assert remote("rev-parse", branch) == git("rev-parse", "HEAD")
    assert git("rev-parse", "HEAD~1") == git("rev-parse", "main") == remote("rev-parse", "main")
    assert git("log", "-1", "--format=%s").startswith("Cascadia University, acme: ")
    assert git("status", "--porcelain") == ""
    assert crm.run("check", "--against", "main").code == 0
    again = crm.run("propose")
    assert (again.code, again.out.splitlines()[0]) == (0, f"branch    {branch} (goes on, to main)")
    assert "commit    nothing new: it is there as it was sent last" in again.out
    assert "nothing new" not in ran.out


def test_what_comes_later_goes_on_there_until_it_is_merged(crm, git, remote):
    log(crm, "One")
    assert crm.run("propose").code == 0
    branch = git("symbolic-ref", "--short", "HEAD")
    log(crm, "Two")
    assert crm.run("propose").code == 0
    assert (git("symbolic-ref", "--short", "HEAD"), git("rev-list", "--count", "main..HEAD")) == (branch, "2")
    squashed = git("commit-tree", "-p", "main", "-m", "Squashed", f"{branch}^{{tree}}")
    git("push", "-q", "origin", f"{squashed}:refs/heads/main")
    log(crm, "Three")
    ran = crm.run("propose")
    assert ran.code == 0, ran.out + ran.err
    new = git("symbolic-ref", "--short", "HEAD")
    assert new != branch
    assert git("rev-parse", "HEAD~1") == remote("rev-parse", "main") == squashed
    assert git("diff", "--stat", "HEAD~1", "HEAD", "--", "deals").count("|") == 1
    assert git("status", "--porcelain") == ""


def test_nothing_to_send_is_said(crm, git):
    before = state(crm, git)
    ran = crm.run("propose")
    assert (ran.code, ran.out) == (0, "Nothing to send: the records are as they were merged, or sent, last.\n")
    assert state(crm, git) == before


def test_an_error_that_the_change_brings_stops_it(crm, git):
    crm.write("deals/acme.yaml", (crm.root / "deals/acme.yaml").read_text().replace("owner: jim", "owner: nobody"))
    before = state(crm, git)
    ran = crm.run("propose")
    assert ran.code == 1
    assert "[owner-unknown]" in ran.out or "nobody" in ran.out
    assert ran.out.endswith("Nothing was sent: mend the errors first.\n")
    assert state(crm, git) == before


def test_only_records_are_committed_and_what_else_is_staged_stays(crm, git):
    log(crm, "One")
    crm.write("README.md", "# Theirs\n")
    crm.write("notes.txt", "private\n")
    git("add", "README.md")
    ran = crm.run("propose")
    assert ran.code == 0, ran.out + ran.err
    assert "README.md is staged and no record: it stays as it is" in ran.out
    assert git("diff", "--name-only", "HEAD~1", "HEAD") == "deals/acme.yaml"
    assert git("diff", "--cached", "--name-only") == "README.md"
    assert "?? notes.txt" in git("status", "--porcelain")


def test_it_begins_at_the_main_of_today_although_somebody_merged_meanwhile(crm, git, remote):
    theirs = other_clone(crm)
    (theirs.root / "members/pine.yaml").write_text("name: Pine\nkind: university\ncountry: US\n")
    theirs.commit("Pine")
    theirs("push", "-q", "origin", "main")
    log(crm, "One")
    crm.write("README.md", "# Theirs\n")
    ran = crm.run("propose")
    assert ran.code == 0, ran.out + ran.err
    assert git("rev-parse", "HEAD~1") == remote("rev-parse", "main")
    assert (crm.root / "members/pine.yaml").exists()
    assert git("status", "--porcelain").split() == ["M", "README.md"]
    assert git("rev-parse", "HEAD") == remote("rev-parse", git("symbolic-ref", "--short", "HEAD"))


def test_the_same_lines_changed_by_somebody_else_are_named_and_nothing_is_changed(crm, git):
    theirs = other_clone(crm)
    file = theirs.root / "deals/acme.yaml"
    file.write_text(file.read_text().replace("Call the dean", "Write to the dean"))
    theirs.commit("Theirs")
    theirs("push", "-q", "origin", "main")
    log(crm, "One", "--next", "Call the registrar, fri")
    before = state(crm, git)
    ran = crm.run("propose")
    assert ran.code == 1
    assert "deals/acme.yaml: somebody has changed the same lines meanwhile" in ran.out
    assert state(crm, git) == before


@pytest.mark.parametrize(
    ("break_it", "code", "says"),
    [
        (lambda crm, git: git("remote", "remove", "origin"), 3, "there is no remote to send it to"),
        (lambda crm, git: git("remote", "set-url", "origin", "../nowhere.git"), 3, "origin cannot be reached, and nothing was changed"),
        (lambda crm, git: git("checkout", "-q", "--detach"), 3, "no branch is checked out, but the commit"),
        (lambda crm, git: (crm.root.parent / "gitconfig").write_text(""), 3, 'git config --global user.name "Jim"'),
        (lambda crm, git: hook(crm, "pre-commit", "echo 'no calls on Sundays' >&2; exit 1"), 1, "no calls on Sundays"),
        (lambda crm, git: hook(crm, "commit-msg", "exit 1"), 1, "refuses the commit"),
        (lambda crm, git: hook(crm, "pre-push", "echo 'not today' >&2; exit 1"), 1, "not today"),
        (lambda crm, git: Git(crm.root.parent / "remote.git")("config", "receive.denyCurrentBranch", "true") or ((crm.root.parent / "remote.git/hooks/pre-receive").write_text("#!/bin/sh\necho 'the branch is protected' >&2\nexit 1\n") and (crm.root.parent / "remote.git/hooks/pre-receive").chmod(0o755)), 1, "the branch is protected"),
    ],
    ids=["no remote", "no network", "detached", "no name", "pre-commit", "commit-msg", "pre-push", "protected"],
)  # fmt: skip
def test_whatever_refuses_is_said_with_the_way_out_and_all_is_as_it_was(crm, git, monkeypatch, break_it, code, says):
    for name in ("AUTHOR", "COMMITTER"):
        monkeypatch.delenv(f"GIT_{name}_NAME")
        monkeypatch.delenv(f"GIT_{name}_EMAIL")
    log(crm, "One")
    git("add", "deals/acme.yaml")
    crm.write("deals/acme.yaml", (crm.root / "deals/acme.yaml").read_text() + "# later\n")
    break_it(crm, git)
    before = (
        git("rev-parse", "HEAD", "refs/heads/main"),
        git("diff", "--cached"),
        git("for-each-ref", "refs/heads"),
        git("status", "--porcelain", "-b").splitlines()[1:],
    )
    ran = crm.run("propose")
    assert ran.code == code, ran.out + ran.err
    assert says in ran.out + ran.err
    assert (
        git("rev-parse", "HEAD", "refs/heads/main"),
        git("diff", "--cached"),
        git("for-each-ref", "refs/heads"),
        git("status", "--porcelain", "-b").splitlines()[1:],
    ) == before


def test_a_colleague_who_pushed_to_the_branch_is_not_overwritten(crm, git, remote):
    log(crm, "One")
    assert crm.run("propose").code == 0
    branch = git("symbolic-ref", "--short", "HEAD")
    theirs = other_clone(crm)
    theirs("checkout", "-q", branch)
    (theirs.root / "members/pine.yaml").write_text("name: Pine\nkind: university\ncountry: US\n")
    theirs.commit("Pine")
    theirs("push", "-q", "origin", branch)
    log(crm, "Two")
    before = state(crm, git)
    ran = crm.run("propose")
    assert ran.code == 1
    assert f"git pull --rebase --autostash origin {branch}" in ran.out
    assert state(crm, git) == before
    assert remote("rev-parse", branch) == theirs("rev-parse", branch)


def test_words_of_records_stay_words_in_the_message(crm, git):
    crm.write(
        "members/cascadia-university.yaml",
        (crm.root / "members/cascadia-university.yaml")
        .read_text()
        .replace("name: Cascadia University", 'name: "# $(touch pwned) --amend @all"'),
    )
    git.commit("A hard name")
    git("push", "-q", "origin", "main")
    log(crm, "One", "--next", "Signed-off-by: Eve <eve@example.org>, fri")
    assert crm.run("propose", "-m", "--amend").code == 0
    message = git("log", "-1", "--format=%B")
    assert message.startswith("--amend\n\n- # $(touch pwned) --amend @all, acme: ")
    assert git("log", "-1", "--format=%(trailers)") == ""
    log(crm, "Two")
    assert crm.run("propose").code == 0
    assert git("log", "-1", "--format=%s").startswith("# $(touch pwned) --amend @all, acme: ")
    assert not list(crm.root.rglob("pwned"))


def test_the_pull_request_is_opened_where_the_program_of_github_works(crm, git):
    stub_gh(crm, 'for word in "$@"; do echo "$word"; done > "$HOME_LOG"; echo https://github.com/team/crm/pull/7')
    log(crm, "One")
    ran = crm.run("propose", HOME_LOG=str(crm.root.parent / "gh.log"))
    assert ran.out.endswith("pushed; the pull request is here: https://github.com/team/crm/pull/7\n")
    words = (crm.root.parent / "gh.log").read_text().splitlines()
    assert words[:2] == ["pr", "create"]
    assert f"--head={git('symbolic-ref', '--short', 'HEAD')}" in words
    assert "--base=main" in words


def test_where_it_does_not_the_address_is_printed(crm, git):
    stub_gh(crm, "echo 'log in first' >&2; exit 4")
    git("remote", "set-url", "origin", "git@github.com:team/crm.git")
    git("config", "url.../remote.git.insteadOf", "git@github.com:team/crm.git")
    log(crm, "One")
    ran = crm.run("propose")
    branch = git("symbolic-ref", "--short", "HEAD")
    assert ran.out.endswith(
        f"pushed; open the pull request here: https://github.com/team/crm/compare/main...{branch}?expand=1\n"
    )


def test_to_try_it_sends_nothing_and_json_tells_it(crm, git):
    log(crm, "One")
    before = state(crm, git)
    ran = crm.run("propose", "--dry-run")
    assert (ran.code, ran.out.splitlines()[-1]) == (0, "Nothing was sent.")
    told = json.loads(crm.run("propose", "--dry-run", "--format", "json").out)
    assert (told["sent"], told["files"], told["is_new"]) == (False, ["deals/acme.yaml"], True)
    assert state(crm, git) == before
    assert json.loads(crm.run("propose", "--format", "json").out)["sent"] is True


@pytest.mark.proof
def test_on_a_terminal_it_asks_before_it_sends(crm, git, remote):
    log(crm, "One")
    before = state(crm, git)
    code, screen = typed(crm.root, ["propose"], ["diff", "n"])
    assert code == 0, screen
    assert "+  - {date: 2026-11-20, kind: note, note: One}" in screen
    assert state(crm, git) == before
    code, screen = typed(crm.root, ["propose"], ["y"])
    assert code == 0, screen
    assert remote("for-each-ref", "--format=%(refname:short)").splitlines()[0].startswith("acme")
