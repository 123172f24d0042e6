"""What is written with git: a commit on a branch, and its way to the remote; with the user's own settings, keys and hooks.

Nothing here is done by half: until the remote has taken the commit, the way back is to where it began, and no file of the
work tree is touched.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from salesops.problems import CannotDecide
from salesops.records.kinds import folders
from salesops.store.branches import commit_at
from salesops.store.git import commit_of, setting
from salesops.store.git_call import asks, git

SECONDS = 600
"""Seconds after which a command of git, with its hooks and the network, is given up."""
LEADS_ELSEWHERE = (
    "GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_OBJECT_DIRECTORY", "GIT_ALTERNATE_OBJECT_DIRECTORIES",
    "GIT_COMMON_DIR", "GIT_NAMESPACE", "GIT_PREFIX",
)  # fmt: skip
"""Settings that a hook or a shell has set for another repository, or another index."""
MAX_LINES = 12
"""So many lines of what git, a hook or the remote says are passed on."""


class NotSent(Exception):
    """Git, a hook or the remote refused; it carries a sentence with the way out, and their own words."""


class GitAnswer(NamedTuple):
    """How a command of git ended, what it answered, and what it said."""

    code: int
    out: str
    said: str


@dataclass(frozen=True)
class Standpoint:
    """Where a clone stands: its top folder, the branch and commit that are checked out, and what is staged."""

    top: Path
    branch: str
    head: str
    index: Path
    staged: bytes | None


@dataclass(frozen=True)
class LocalChanges:
    """The files that differ from the last commit, by their paths from the top folder: records, and others that are staged."""

    records: tuple[str, ...]
    others_staged: tuple[str, ...]


def tell_git(folder: Path, *words: str) -> GitAnswer:
    """Tell git to do something as the user would; it may run their hooks and use their keys."""
    return run_program(folder, ["git", *words])


def run_program(folder: Path, words: Sequence[str]) -> GitAnswer:
    """Run a program in a folder as the user would; raises CannotDecide where it is missing or does not end."""
    env = {name: value for name, value in os.environ.items() if name not in LEADS_ELSEWHERE} | {"LC_ALL": "C.UTF-8"}
    if not sys.stdin.isatty():
        env["GIT_TERMINAL_PROMPT"] = "0"
    try:
        ended = subprocess.run(
            words, cwd=folder, env=env, stdin=subprocess.DEVNULL, capture_output=True, timeout=SECONDS, check=False
        )
    except FileNotFoundError:
        raise CannotDecide(f"{words[0]} is not installed") from None
    except subprocess.TimeoutExpired:
        raise CannotDecide(f"{words[0]} {words[1]} did not end within {SECONDS} seconds") from None
    return GitAnswer(ended.returncode, ended.stdout.decode("utf-8", "replace"), ended.stderr.decode("utf-8", "replace"))


def _words_of(told: GitAnswer) -> str:
    """What was said, without hints, shortened: below a sentence of ours."""
    lines = [
        line.rstrip() for line in (told.said + told.out).splitlines() if line.strip() and not line.startswith("hint:")
    ]
    return "\n".join(f"  {line}" for line in lines[-MAX_LINES:])


# ── where it stands ───────────────────────────────────────────────────────────────────────────────────────────────────


def where(root: Path) -> Standpoint:
    """Where the clone stands; raises CannotDecide where no branch is checked out, or there is no commit yet."""
    top = asks(root, "rev-parse", "--show-toplevel")
    if not top:
        raise CannotDecide("this is not a git repository: git init makes one; then commit, and add a remote")
    head = commit_of(root, "HEAD")
    branch = asks(root, "symbolic-ref", "--quiet", "--short", "HEAD")
    if not branch:
        raise CannotDecide(
            f"no branch is checked out, but the commit {head[:12]}: git switch main goes back to main and takes your "
            "changes along; then try again"
        )
    index = Path(top, asks(Path(top), "rev-parse", "--git-path", "index") or ".git/index")
    return Standpoint(Path(top), branch, head, index, index.read_bytes() if index.exists() else None)


def needs_name(root: Path, name: str) -> None:
    """Raise CannotDecide where git does not know who commits; ``name`` is what the team calls them, where it is known."""
    wanted = {"user.name": f'"{name or "Your Name"}"', "user.email": "you@example.org"}
    variables = {"user.name": ("NAME",), "user.email": ("EMAIL",)}
    missing = [
        f"git config --global {key} {example}"
        for key, example in wanted.items()
        if not setting(root, key)
        and not all(os.environ.get(f"GIT_{who}_{end}") for who in ("AUTHOR", "COMMITTER") for end in variables[key])
        and not (key == "user.email" and os.environ.get("EMAIL"))
    ]
    if missing:
        raise CannotDecide(
            f"git does not know who you are, and a commit has an author; say it once: {'; '.join(missing)}"
        )


def local_changes(root: Path, here: Standpoint) -> LocalChanges:
    """What differs from the last commit."""
    prefix = asks(root, "rev-parse", "--show-prefix") or ""
    inside = tuple(f"{prefix}{folder}/" for folder in folders())
    listed = git(here.top, "status", "--porcelain=v1", "-z", "--no-renames", "--untracked-files=all")
    found = [(entry[:2], entry[3:]) for entry in os.fsdecode(listed).split("\0") if entry]
    records = tuple(path for _, path in found if path.startswith(inside))
    others = tuple(path for state, path in found if not path.startswith(inside) and state[0] not in " ?!")
    return LocalChanges(records, others)


def fetched(here: Standpoint, remote: str) -> None:
    """Look at the remote; raises CannotDecide where it cannot be reached."""
    told = tell_git(here.top, "fetch", "--quiet", "--no-tags", "--end-of-options", remote)
    if told.code:
        raise CannotDecide(
            f"{remote} cannot be reached, and nothing was changed: look at the network, or at your key, and try again; "
            f"git says:\n{_words_of(told)}"
        )


def is_in(here: Standpoint, commit: str, target: str) -> bool:
    """Whether a commit, or all that it brings, has been merged into another one."""
    if tell_git(here.top, "merge-base", "--is-ancestor", commit, target).code == 0:
        return True
    merged = tell_git(here.top, "merge-tree", "--write-tree", "--no-messages", target, commit)
    return merged.code == 0 and merged.out.strip() == asks(here.top, "rev-parse", f"{target}^{{tree}}")


def free_name(here: Standpoint, remote: str, wanted: str) -> str:
    """A name that no branch has, here or there."""
    for name in (wanted, *(f"{wanted}-{number}" for number in range(2, 1_000))):
        if not commit_at(here.top, f"refs/heads/{name}") and not commit_at(here.top, f"refs/remotes/{remote}/{name}"):
            return name
    raise CannotDecide(f"there are a thousand branches called {wanted}: delete old ones")


# ── the way there, and back ───────────────────────────────────────────────────────────────────────────────────────────


@contextmanager
def or_back(here: Standpoint, branch: str) -> Iterator[None]:
    """Whatever goes wrong inside: the branch, its commit and what was staged are as they were; no file is touched."""
    try:
        yield
    except BaseException:
        git(here.top, "symbolic-ref", "HEAD", f"refs/heads/{here.branch}")
        if branch != here.branch:
            asks(here.top, "update-ref", "-d", f"refs/heads/{branch}")
        git(here.top, "update-ref", f"refs/heads/{here.branch}", here.head)
        if here.staged is not None:
            here.index.write_bytes(here.staged)
        raise


def committed(here: Standpoint, branch: str, paths: Sequence[str], message: str) -> str:
    """Commit these files and no others on a branch, which is made where it is another one; the commit."""
    if branch != here.branch:
        _must(tell_git(here.top, "switch", "--quiet", "--no-track", "--create", branch), "the branch cannot be made")
    if not paths:
        return here.head
    with tempfile.TemporaryDirectory(prefix="salesops-") as folder:
        listed, words = Path(folder, "paths"), Path(folder, "message")
        listed.write_bytes(b"".join(os.fsencode(path) + b"\0" for path in paths))
        words.write_bytes(message.encode("utf-8"))
        these = (f"--pathspec-from-file={listed}", "--pathspec-file-nul")
        told = tell_git(here.top, "--literal-pathspecs", "add", "--all", *these)
        _must(told, "the files cannot be staged")
        verbatim = ("--quiet", "--cleanup=verbatim", f"--file={words}", "--only")
        told = tell_git(here.top, "--literal-pathspecs", "commit", *verbatim, *these)
        _must(told, "a hook of this repository, or git, refuses the commit; mend what it names, and try again")
    return commit_of(here.top, "HEAD")


def _must(told: GitAnswer, sentence: str) -> None:
    if told.code:
        raise NotSent(f"{sentence}:\n{_words_of(told)}")


def on_top_of(here: Standpoint, commit: str, target: str, is_alone: bool, message: str) -> str:
    """The commit as one on top of the newest of the branch that it goes to, where it ``is_alone`` and git can do that.

    Raises NotSent where the two changed the same lines.
    """
    if tell_git(here.top, "merge-base", "--is-ancestor", target, commit).code == 0:
        return commit
    newest = _as_if_after(here, target) if is_alone else target
    merged = tell_git(here.top, "merge-tree", "--write-tree", "--name-only", "--no-messages", newest, commit)
    if merged.code == 1:
        names = ", ".join(merged.out.splitlines()[1:6])
        raise NotSent(
            f"{names}: somebody has changed the same lines meanwhile, and it has been merged. Bring it here (git stash; "
            f"git merge {target[:12]}; git stash pop), look at the lines between <<<<<<< and >>>>>>>, keep what is true, "
            "and try again"
        )
    if merged.code or not is_alone or commit == here.head:
        return commit
    sign = ("-S",) if asks(here.top, "config", "--type=bool", "--get", "commit.gpgSign") == "true" else ()
    tree = merged.out.strip()
    with tempfile.TemporaryDirectory(prefix="salesops-") as folder:
        words = Path(folder, "message")
        words.write_bytes(message.encode("utf-8"))
        made = tell_git(here.top, "commit-tree", *sign, "-F", str(words), "-p", target, tree)
    new = made.out.strip()
    fits = made.code == 0 and tell_git(here.top, "read-tree", "-m", "-u", "-n", commit, new).code == 0
    return new if fits else commit


def _as_if_after(here: Standpoint, target: str) -> str:
    """The newest state as if it came right after the last commit here, whose lines it holds, under whatever commit they were merged."""
    tree = f"{target}^{{tree}}"
    return tell_git(here.top, "commit-tree", "-p", here.head, "-m", "merged", tree).out.strip() or target


def pushed(here: Standpoint, remote: str, commit: str, branch: str) -> None:
    """Send a commit to a branch of the remote; raises NotSent where it, a hook or the network refuses."""
    told = tell_git(here.top, "push", "--quiet", "--end-of-options", remote, f"{commit}:refs/heads/{branch}")
    if told.code and ("non-fast-forward" in told.said or "fetch first" in told.said):
        raise NotSent(
            f"{remote} has more on {branch} than is here: git pull --rebase --autostash {remote} {branch} brings it; then try again"
        )
    _must(told, f"{remote} refuses it, or cannot be reached; nothing was changed here, so that you can try again")


def settled(here: Standpoint, remote: str, branch: str, commit: str, sent: str) -> None:
    """After the push: the branch here is what was sent, files with it, and it follows the one of the remote."""
    if sent != commit:
        git(here.top, "read-tree", "-m", "-u", commit, sent)
        git(here.top, "update-ref", f"refs/heads/{branch}", sent)
    asks(here.top, "update-ref", f"refs/remotes/{remote}/{branch}", sent)
    tell_git(here.top, "branch", "--quiet", f"--set-upstream-to={remote}/{branch}", branch)


def opened_by_gh(here: Standpoint, branch: str, target: str, title: str, body: str) -> str | None:
    """The address of the pull request, as GitHub's own program opens it, or has it already; None where it cannot."""
    program = shutil.which("gh")
    if program is None:
        return None
    with suppress(CannotDecide):
        made = run_program(
            here.top,
            [program, "pr", "create", f"--head={branch}", f"--base={target}", f"--title={title}", f"--body={body}"],
        )
        if made.code:
            made = run_program(here.top, [program, "pr", "view", branch, "--json=url", "--jq=.url"])
        address = made.out.strip().splitlines()[-1:] if made.code == 0 else []
        return next((line for line in address if line.startswith("https://")), None)
    return None
