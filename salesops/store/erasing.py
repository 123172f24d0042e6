"""A repository written anew without some words: in its files, their names, its messages and the names of who committed."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from salesops.problems import CannotDecide
from salesops.store.git_call import git, told

_DATA = re.compile(rb"data ([0-9]+)\n")
BRANCH = "main"


@dataclass(frozen=True)
class Words:
    """What is taken out, whatever its letter case, and what is put in its place."""

    words: tuple[str, ...]
    instead: str

    @property
    def pattern(self) -> re.Pattern[str]:
        """Any of the words, the longest first."""
        return re.compile("|".join(map(re.escape, sorted(self.words, key=len, reverse=True))), re.IGNORECASE)

    def taken_out_of(self, raw: bytes) -> bytes:
        """Some bytes without the words, every other byte as it was."""
        text = raw.decode("utf-8", "surrogateescape")
        return self.pattern.sub(lambda _: self.instead, text).encode("utf-8", "surrogateescape")

    def times_in(self, raw: bytes) -> int:
        """How often they stand in some bytes."""
        return len(self.pattern.findall(raw.decode("utf-8", "surrogateescape")))


@dataclass(frozen=True)
class WordsFound:
    """Where the words stand: in which files now, and in how many commits."""

    files: dict[str, int]
    commits: int


def standing(root: Path, words: Words) -> WordsFound:
    """Where words stand now, in the files that git keeps track of and their names, and which commits hold them."""
    tracked = [name for name in git(root, "ls-files", "-z").split(b"\0") if name]
    files: dict[str, int] = {}
    for name in tracked:
        path = root / name.decode("utf-8", "surrogateescape")
        times = words.times_in(name) + (
            words.times_in(path.read_bytes()) if path.is_file() and not path.is_symlink() else 0
        )
        if times:
            files[name.decode("utf-8", "replace")] = times
    return WordsFound(files, sum(bool(words.times_in(each)) for each in _commits(_stream(root))))


def rewritten(root: Path, target: Path, words: Words) -> int:
    """All branches and tags written anew into an empty folder, without the words; how many commits there are. Raises CannotDecide."""
    head = git(root, "rev-parse", "--abbrev-ref", "HEAD").decode().strip()
    if head == "HEAD":
        raise CannotDecide("no branch is checked out: git switch main, and again")
    stream = b"".join(_without(_stream(root), words))
    git(target, "init", "--quiet", f"--initial-branch={BRANCH}")
    told(target, stream, "fast-import", "--quiet", "--force")
    branch = words.taken_out_of(head.encode()).decode()
    git(target, "symbolic-ref", "HEAD", f"refs/heads/{branch}")
    git(target, "reset", "--quiet", "--hard")
    if left := _left(target, words):
        raise CannotDecide(f"the words still stand in {left} objects of {target}")
    return int(git(target, "rev-list", "--all", "--count"))


def _stream(root: Path) -> bytes:
    """Everything that was ever committed, in one stream."""
    return git(
        root,
        "fast-export",
        "--all",
        "--signed-tags=strip",
        "--tag-of-filtered-object=drop",
        "--reencode=no",
        "--show-original-ids",
    )


def _parts(stream: bytes) -> Iterator[tuple[bytes, bool]]:
    """The stream in pieces: its lines, and the data of files and messages, of which the length is told before."""
    at = 0
    while at < len(stream):
        found = _DATA.match(stream, at)
        if found:
            end = found.end() + int(found[1])
            yield stream[found.end() : end], True
        else:
            end = stream.find(b"\n", at) + 1 or len(stream)
            yield stream[at:end], False
        at = end


def _without(stream: bytes, words: Words) -> Iterator[bytes]:
    for part, is_data in _parts(stream):
        if is_data:
            clean = words.taken_out_of(part)
            yield b"data %d\n" % len(clean) + clean
        elif not part.startswith(b"original-oid"):
            yield words.taken_out_of(part)


def _commits(stream: bytes) -> Iterator[bytes]:
    """What each commit brought: its message, who made it, the names and the texts of its files."""
    blobs: dict[bytes, bytes] = {}
    mark, commit, is_commit = b"", [b""], False
    for part, is_data in _parts(stream):
        if part.startswith((b"commit ", b"blob\n", b"reset ", b"tag ")) and not is_data:
            if is_commit:
                yield b"".join(commit)
            is_commit, commit = part.startswith(b"commit "), [b""]
        elif part.startswith(b"mark ") and not is_data:
            mark = part.split()[1]
        elif is_data and not is_commit:
            blobs[mark] = part
        elif is_commit:
            commit.append(part)
            if part.startswith(b"M ") and not is_data:
                commit.append(blobs.get(part.split(b" ")[2], b""))
    if is_commit:
        yield b"".join(commit)


def _left(target: Path, words: Words) -> int:
    """In how many objects of a repository the words stand."""
    return sum(bool(words.times_in(each)) for each in _commits(_stream(target)))


def usable(words: Sequence[str], instead: str) -> str | None:
    """Why some words cannot be taken out; None where they can."""
    short = next((word for word in words if len(word.strip()) < 3), None)
    if short is not None:
        return f"'{short}' is too short: it would be taken out of other words, too"
    again = next((word for word in words if word.casefold() in instead), None)
    return f"'{again}' stands in '{instead}', which is put in its place: name another word with --as" if again else None
