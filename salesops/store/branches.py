"""Where changes go to: the remote, its main branch, and the commits that hold what has been merged already."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from salesops.store.git import is_repository, setting
from salesops.store.git_call import asks

MAIN = ("main", "master", "trunk")
"""How the branch that changes go to is called where the remote does not say."""


def remote_of(root: Path) -> str | None:
    """The remote to which changes are sent; None where there is none."""
    names = (asks(root, "remote") or "").split()
    wanted = setting(root, "remote.pushDefault") or "origin"
    return wanted if wanted in names else next(iter(names), None)


def main_branch(root: Path, remote: str | None) -> str | None:
    """The branch that changes go to, as the remote has it, or as it is called here; None where nothing tells."""
    if remote:
        told = asks(root, "symbolic-ref", "--quiet", "--short", f"refs/remotes/{remote}/HEAD")
        if told:
            return told.removeprefix(f"{remote}/")
        for name in MAIN:
            if commit_at(root, f"refs/remotes/{remote}/{name}"):
                return name
    own = setting(root, "init.defaultBranch")
    return next((name for name in (*MAIN, own) if name and commit_at(root, f"refs/heads/{name}")), None)


def commit_at(root: Path, ref: str) -> str | None:
    """The commit that a branch, written in full, is at; None where there is no such branch."""
    return asks(root, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{ref}^{{commit}}") or None


def merged_into(root: Path) -> list[str]:
    """The commits in which merged changes stand: the main branch as the remote was seen last, and as it is here."""
    return list(dict.fromkeys(_tips(root))) if is_repository(root) else []


def _tips(root: Path) -> Iterator[str]:
    remote = remote_of(root)
    name = main_branch(root, remote)
    for ref in (f"refs/remotes/{remote}/{name}", f"refs/heads/{name}"):
        if name and (commit := commit_at(root, ref)):
            yield commit
