"""What git knows: the state of a clone, its files and commits."""

from __future__ import annotations

import os
import re
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO, NamedTuple

from salesops.problems import CannotDecide
from salesops.records.kinds import folders
from salesops.records.yaml_reader import MAX_BYTES
from salesops.store.git_call import answer_of, asks, batch, git

FETCH = "fetch the whole history: git fetch --unshallow, or fetch-depth: 0 where GitHub Actions checks out"
EARLIEST, LATEST = -62_135_510_400, 253_402_214_400
"""The clock on the second and on the last but one day of the calendar: there is a day for it in every time zone."""


class Blob(NamedTuple):
    """A file of a commit: its mode, as ``100644``, and the id of its content."""

    mode: str
    id: str


@dataclass(frozen=True, slots=True)
class Touched:
    """A file that a commit changed; ``before`` or ``after`` is None where it was not there."""

    path: str
    before: Blob | None
    after: Blob | None


@dataclass(frozen=True, slots=True)
class Logged:
    """A commit as git tells of it; ``time`` is the committer's clock, in seconds since 1970, never outside of the calendar."""

    id: str
    parents: tuple[str, ...]
    time: int
    author: str
    subject: str
    touched: tuple[Touched, ...]


# ── states ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def is_repository(root: Path) -> bool:
    """Whether the folder lies in a git work tree."""
    return asks(root, "rev-parse", "--is-inside-work-tree") == "true"


def branch_of(root: Path) -> str | None:
    """The branch that is checked out; where it is a commit, as in CI, the first one of where it came from; None where git cannot tell."""
    here = asks(root, "symbolic-ref", "--quiet", "--short", "HEAD")
    there = asks(root, "symbolic-ref", "--quiet", "--short", "refs/remotes/origin/HEAD")
    return here or (there or "").partition("/")[2] or None


def setting(root: Path, name: str) -> str | None:
    """What somebody has set for git under a name of ours, such as who they are; None where nothing is set, or there is no git."""
    try:
        return asks(root, "config", "--get", name) or None
    except CannotDecide:
        return None


def keep_setting(root: Path, name: str, value: str) -> bool:
    """Set something for git in this clone, under a name of ours; whether it could be kept."""
    try:
        return asks(root, "config", "--local", name, value) is not None
    except CannotDecide:
        return False


def is_shallow(root: Path) -> bool:
    """Whether the history was cut, as CI does unless it is told otherwise."""
    return asks(root, "rev-parse", "--is-shallow-repository") == "true"


def needs_history(root: Path, whole: bool = True) -> None:
    """Raise CannotDecide, with the way out, where there is no repository or (if ``whole``) its history was cut."""
    code, out, said = answer_of(root, ("rev-parse", "--is-inside-work-tree", "--is-shallow-repository"))
    if code:
        ways_out = {
            "not a git": "; create one with git init, and commit",
            "dubious ownership": "; where it may be trusted: git config --global --add safe.directory with that folder",
        }
        fault = next((fault for fault in ways_out if fault in said), "")
        told = "this is not a git repository" if fault == "not a git" else said
        raise CannotDecide(f"there is no git history here: {told}{ways_out.get(fault, '')}")
    if whole and out.split()[1:] == [b"true"]:
        raise CannotDecide(f"this clone does not have the full history: {FETCH}")


def _fetch(root: Path) -> str:
    """How to come by a commit that is not here."""
    return FETCH if is_shallow(root) else "git fetch origin; where GitHub Actions checks out, fetch-depth: 0"


def commit_of(root: Path, rev: str) -> str:
    """The id of the commit that ``rev`` names; raises CannotDecide where there is none, or more than one."""
    code, out, said = answer_of(root, ("rev-parse", "--verify", "--end-of-options", f"{rev}^{{commit}}"))
    found = None if code or out.startswith(b"^") else out.decode("ascii").strip()
    if found and found != rev and "is ambiguous" in said:
        raise CannotDecide(
            f"'{rev}' is the name of more than one branch or tag: write it in full, such as refs/heads/{rev}"
        )
    if found is None and rev == "HEAD":
        raise CannotDecide("there is no commit yet: git add --all && git commit --message Begin makes the first one")
    if found is None:
        raise CannotDecide(f"there is no commit '{rev}' in this clone: check the name, or {_fetch(root)}")
    return found


def needs_settled_tree(root: Path) -> None:
    """Raise CannotDecide while a merge or another git command is under way: what lies on the disk is then neither side."""
    folder = asks(root, "rev-parse", "--absolute-git-dir")
    # Inside of a hook of `git commit -a` the lock is that of the command which waits for us.
    in_its_hook = os.environ.get("GIT_INDEX_FILE", "").endswith(".lock")
    if folder and not in_its_hook and os.path.lexists(Path(folder, "index.lock")):
        raise CannotDecide(
            f"{folder}/index.lock is there: another git command is at work; wait for it, and delete the file only if there is none"
        )
    unmerged = git(root, "ls-files", "--unmerged", "-z", "--", ".")
    if unmerged:
        names = sorted(
            {entry.split(b"\t", 1)[1].decode("utf-8", "replace") for entry in unmerged.split(b"\0") if entry}
        )
        raise CannotDecide(f"a merge is not resolved: {', '.join(names[:5])}; resolve it, then git add and git commit")
    if folder and os.path.lexists(Path(folder, "MERGE_HEAD")):
        raise CannotDecide("a merge is under way: finish it with git commit, or give it up with git merge --abort")


def needs_plain_files(root: Path) -> None:
    """Raise CannotDecide where record files are not stored as they lie on the disk: what is checked would not be what is merged."""
    for entry in git(root, "ls-files", "-t", "--stage", "-z", "--", *folders()).split(b"\0"):
        if entry and not entry.startswith(b"H 100"):
            told, path = entry.split(b"\t", 1)
            _needs_to_lie_here(root, told.split(b" ")[0], told.split(b" ")[1], os.fsdecode(path))
    for attribute in ("filter", "working-tree-encoding"):
        _needs_no_attribute(root, attribute)


def _needs_to_lie_here(root: Path, state: bytes, mode: bytes, path: str) -> None:
    if mode == b"160000":
        raise CannotDecide(_elsewhere(path, "here"))
    if state == b"S" and not os.path.lexists(root / path):
        raise CannotDecide(f"{path} is left out of this checkout: git sparse-checkout disable")
    if mode == b"120000" and (root / path).is_file() and not (root / path).is_symlink():
        raise CannotDecide(
            f"{path} is a link for git and a plain file here: git add it, or git config core.symlinks true and check it out again"
        )


def _needs_no_attribute(root: Path, attribute: str) -> None:
    otherwise = (f":(exclude,attr:!{attribute})", f":(exclude,attr:-{attribute})")
    listed = git(root, "ls-files", "-z", "--", *folders(), *otherwise)
    if listed:
        path = os.fsdecode(listed.split(b"\0")[0])
        raise CannotDecide(
            f"git changes {path} when storing it ('{attribute}' in .gitattributes), and records must be stored as they are: "
            "remove that attribute for deals, members and playbook"
        )


def needs_own_files(blobs: Mapping[str, Blob], commit: str) -> None:
    """Raise CannotDecide where a part of the records of a commit was a submodule: their past is not in this history."""
    inside = next((path for path, blob in blobs.items() if blob.mode == "160000"), None)
    if inside:
        raise CannotDecide(_elsewhere(inside, f"in {commit[:12]}"))


def _elsewhere(path: str, where: str) -> str:
    return (
        f"{path} is a submodule {where}, so its past is not in this history: put the files themselves here, "
        "and compare with a commit that has them"
    )


def needs_same_root(root: Path, commit: str) -> None:
    """Raise CannotDecide where the records of a commit lay in a folder that they have left: they would all seem new."""
    top = Path(asks(root, "rev-parse", "--show-toplevel") or root)
    listed = git(root, "ls-tree", "-r", "-z", "--full-tree", "--name-only", commit).split(b"\0")
    for path in map(os.fsdecode, listed):
        if f"/{path}".endswith("/playbook/team.yaml") and not os.path.lexists(top / path):
            raise CannotDecide(
                f"the records of {commit[:12]} were in another place ({path}): move its folders back, or move them in a change "
                "that alters nothing, and compare after it"
            )


def bases(root: Path, rev: str, head: str = "HEAD", exact: bool = False) -> list[str]:
    """The commits to compare ``head`` with: where it parted from ``rev`` (several after crossing merges), or ``rev`` itself.

    Raises CannotDecide wherever git cannot say for sure.
    """
    needs_history(root)
    tip, here = commit_of(root, rev), commit_of(root, head)
    if exact:
        return [tip]
    found = asks(root, "merge-base", "--all", tip, here)
    if not found:
        raise CannotDecide(f"'{rev}' and {head} have no commit in common: name another base, or {_fetch(root)}")
    return sorted(found.split())


# ── contents ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def tree(root: Path, commit: str, more: Iterable[str] = ()) -> dict[str, Blob]:
    """Every entry below the record folders of a commit, and at ``more`` paths, by its path from ``root``; links and submodules too."""
    listed = git(root, "ls-tree", "-r", "-z", commit, "--", *folders(), *more)
    found: dict[str, Blob] = {}
    for line in os.fsdecode(listed).split("\0"):
        if line:
            told, path = line.split("\t", 1)
            mode, _, object_id = told.split(" ")
            found[path] = Blob(mode, object_id)
    return found


def contents(root: Path, ids: Iterable[str], limit: int) -> Iterator[tuple[str, bytes | int]]:
    """The bytes of each blob, or its size where that is over the limit; one git process for all of them.

    Raises CannotDecide where one is missing, as in a partial clone.
    """
    wanted = list(dict.fromkeys(ids))
    if not wanted:
        return
    with tempfile.TemporaryFile() as asked:
        asked.write("".join(f"{object_id}\n" for object_id in wanted).encode("ascii"))
        asked.seek(0)
        with batch(root, asked) as process:
            assert process.stdout is not None
            try:
                for object_id in wanted:
                    yield object_id, _one(process.stdout, object_id, limit)
            finally:
                process.stdout.close()
                process.kill()


def _one(stream: IO[bytes], object_id: str, limit: int) -> bytes | int:
    head = stream.readline().split()
    if len(head) != 3 or head[1] != b"blob":
        raise CannotDecide(
            f"git does not have the file {object_id[:12]} of an earlier commit: fetch it whole, without a filter"
        )
    size = int(head[2])
    content = b""
    left = size + 1  # git ends each file with a line end
    while left and (part := stream.read(min(left, limit + 1))):
        left -= len(part)
        content = content + part if size <= limit else b""
    if left:
        raise CannotDecide("git stopped in the middle of a file")
    return size if size > limit else content[:-1]


def log(root: Path, *which: str, paths: Iterable[str] = ()) -> list[Logged]:
    """Commits, the newest first and each before its parents, with the record files that each changed against its first parent.

    ``paths`` narrows it to some of the folders that hold records.
    """
    out = git(
        root, "log", "-z", "--topo-order", "--raw", "--no-abbrev", "--no-renames", "--no-ext-diff", "--no-textconv",
        "--diff-merges=first-parent", "--full-history", "--relative", "--no-show-signature", "--no-notes", "--no-color",
        "-O/dev/null", "--encoding=UTF-8", "--format=%H%x00%P%x00%ct%x00%an%x00%s", *which, "--", *(paths or folders()),
    )  # fmt: skip
    return list(_logged(out.split(b"\0")))


def _logged(parts: list[bytes]) -> Iterator[Logged]:
    at = 0
    while at + 4 < len(parts):
        if not parts[at].strip():
            at += 1
            continue
        commit, parents, time, author, subject = (part.decode("utf-8", "replace") for part in parts[at : at + 5])
        at += 5
        touched: list[Touched] = []
        while at + 1 < len(parts) and (told := parts[at].lstrip(b"\n")).startswith(b":"):
            touched.append(_touched(told, parts[at + 1]))
            at += 2
        yield Logged(commit.strip(), tuple(parents.split()), _clock(time), author, subject, tuple(touched))


def _touched(told: bytes, path: bytes) -> Touched:
    modes = told.decode("ascii").lstrip(":").split(" ")
    before, after = Blob(modes[0], modes[2]), Blob(modes[1], modes[3])
    return Touched(os.fsdecode(path), _present(before), _present(after))


def _present(blob: Blob) -> Blob | None:
    return None if blob.mode == "000000" else blob


def spine(root: Path, head: str = "HEAD") -> list[tuple[str, int]]:
    """The commits of a branch as it grew, newest first: ids and clocks, along first parents."""
    out = git(root, "log", "--first-parent", "--no-show-signature", "--format=%H %ct", head, "--")
    found = (line.partition(" ") for line in out.decode("ascii").splitlines())
    return [(commit, _clock(time)) for commit, _, time in found]


def _clock(seconds: str) -> int:
    """A commit's clock, within the years that there are; 1970 where it has none that can be read."""
    try:
        return min(max(int(seconds), EARLIEST), LATEST)
    except ValueError:
        return 0


def lines_brought(root: Path, before: str, after: str) -> dict[str, frozenset[int]]:
    """The lines, counted from 1, that one commit has and another had not, by the path of the file.

    A file that may have been renamed has none: its host shows it beside what it was, and git is not asked to guess.
    """
    touched = changed_between(root, before, after)
    goes = any(each.after is None for each in touched)
    return {
        each.path: _new_lines(root, each.before, each.after)
        for each in touched
        if each.after and not (goes and each.before is None)
    }


_HUNK = re.compile(rb"(?m)^@@ -\S+ \+(\d+)(?:,(\d+))? @@")


def _new_lines(root: Path, before: Blob | None, after: Blob) -> frozenset[int]:
    if before is None:
        held = next(contents(root, [after.id], MAX_BYTES))[1]
        return frozenset(range(1, held.count(b"\n") + 2)) if isinstance(held, bytes) else frozenset()
    words = ("--unified=0", "--no-color", "--no-ext-diff", "--no-textconv", "--text", before.id, after.id)
    hunks = _HUNK.findall(git(root, "diff", *words))
    return frozenset(line for at, size in hunks for line in range(int(at), int(at) + int(size or 1)))


def changed_between(root: Path, before: str, after: str) -> list[Touched]:
    """The record files that differ between two commits."""
    out = git(
        root, "diff-tree", "-r", "-z", "--raw", "--no-abbrev", "--no-renames", "--no-ext-diff", "--no-textconv",
        "--relative", before, after, "--", *folders(),
    )  # fmt: skip
    parts = out.split(b"\0")
    return [_touched(parts[at], parts[at + 1]) for at in range(0, len(parts) - 1, 2)]
