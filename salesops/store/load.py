"""The only reader of record files: a folder on disk, or a commit, to a Book and every problem with its files."""

from __future__ import annotations

import gc
import os
import stat
from collections.abc import Callable, Iterable, Iterator, Mapping, MutableMapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from itertools import chain, islice
from pathlib import Path as FilePath
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from salesops.book.book import Book, Ref
from salesops.book.names_on_file import known_here
from salesops.problems import CannotDecide, Path, Place, Problem
from salesops.records.building_on import builds_on, faults, line_of, whole
from salesops.records.kinds import KINDS, Kind
from salesops.records.process import Process
from salesops.records.record import Record
from salesops.records.salvage import salvage
from salesops.records.scalars import ID_FORM, slug
from salesops.records.validation import typed
from salesops.records.yaml_reader import MAX_BYTES, Document, read, too_large
from salesops.store.misplaced import kind_of, misplaced, stray
from salesops.store.parallel import can_split, elsewhere
from salesops.store.root import MARKER, find_root

if TYPE_CHECKING:
    from salesops.store.scratch import ScratchDict

__all__ = ["MARKER", "CannotDecide", "find_root", "load", "load_from"]

TEMPLATES = "playbook/templates"
ALONGSIDE = frozenset({"README.md", "CODEOWNERS"})
RESERVED = frozenset({"con", "prn", "aux", "nul", *(f"{port}{n}" for port in ("com", "lpt") for n in range(1, 10))})
CAREFUL = sum(getattr(os, name, 0) for name in ("O_NOFOLLOW", "O_NONBLOCK", "O_CLOEXEC", "O_BINARY"))
"""Never follow a link, never wait on a pipe, as far as the system knows how."""
ASIDE = frozenset({"text-cut-by-comma", "unknown-key"})
"""Words beside the fields: an error, and yet the record, where there is one, says all that its fields say."""
AT_ONCE = 5_000
"""So many files are read before the next ones, where what they say is put aside."""
FORK_FROM = 400
"""From this many files on a second process reads half of them; below it, starting one costs more than it brings."""


class Is(StrEnum):
    """What an entry of a folder is; the words end a sentence that begins with "the entry"."""

    FILE = "is a plain file"
    FOLDER = "is a folder"
    LINK = "is a link to somewhere else"
    OTHER = "is not a plain file"


class DirEntry(NamedTuple):
    """A name in a folder and what it is."""

    name: str
    what: Is


@dataclass(frozen=True, slots=True)
class FoundFile:
    """A file that holds the record ``id`` of a kind."""

    kind: Kind
    id: str
    path: str


@dataclass(frozen=True, slots=True)
class ReadFile:
    """What became of a file: its document and record, as far as it has them, and what is wrong with it.

    ``lost`` names the fields that could not be read, ``meant`` the kind of record that it is where its folder is another's.
    """

    document: Document | None
    record: Record | None
    problems: tuple[Problem, ...] = ()
    lost: frozenset[Path] | None = None
    meant: str = ""

    @property
    def is_broken(self) -> bool:
        """Whether it is no record that a number may count."""
        if self.record is None or self.lost is not None:
            return True
        return has_errors(self.problems)


def has_errors(problems: Iterable[Problem]) -> bool:
    """Whether any of these problems makes a record one that no number may count."""
    return any(problem.is_error and problem.code not in ASIDE for problem in problems)


class Files(Protocol):
    """Where records are: a folder on disk, or a commit."""

    def entries(self, folder: str) -> Iterable[DirEntry]:
        """What is in a folder; nothing where there is none. Raises NotADirectoryError where a file stands there."""

    def what_is(self, path: str) -> Is | None:
        """What stands at a path; None where nothing does."""

    def read_all(self, files: list[FoundFile]) -> Iterable[ReadFile]:
        """Every file, read, in the order given."""


def load(root: FilePath, kinds: Iterable[str] = KINDS) -> tuple[Book, list[Problem]]:
    """Every record below ``root``, joined, and every problem with the files themselves; only of some ``kinds`` where that will do.

    Raises CannotDecide where a file or folder cannot be read at all.
    """
    reading = _read(_Disk(root), kinds)
    strays = misplaced(root, reading.hidden) if kinds is KINDS else []
    book = reading.book()
    return book, [*known_here(book, reading.problems), *strays]


def load_aside(root: FilePath) -> tuple[Book, list[Problem]]:
    """Every record as ``load`` has it, for a command that asks for few of them at a time: files wait on the disk as they were read.

    Of the problems with files only those of playbook/team.yaml come along.
    """
    from salesops.store.scratch import ScratchDict  # noqa: PLC0415 - no other command puts anything aside

    reading = _read(_Disk(root), KINDS, lambda source: _ReadingAside(source, ScratchDict))
    book = reading.book()
    return book, known_here(book, [problem for problem in reading.problems if problem.place.path == MARKER])


def load_from(source: Files, kinds: Iterable[str] = KINDS) -> tuple[Book, list[Problem]]:
    """Every record of a folder or a commit, joined, and every problem with the files themselves."""
    reading = _read(source, kinds)
    book = reading.book()
    return book, known_here(book, reading.problems)


def link_to(source: Files, where: str) -> str | None:
    """The folder on the way to the files of a kind that is a link: what it leads to is not part of the repository."""
    folders = where.split("/")[: -1 if where.endswith(".yaml") else None]
    ways = ("/".join(folders[: end + 1]) for end in range(len(folders)))
    return next((way for way in ways if source.what_is(way) is Is.LINK), None)


def templates(source: Files) -> dict[str, str]:
    """The templates below playbook/templates/: each by its name without the ending, and its path; of two of a name, the first."""
    if link_to(source, TEMPLATES):
        return {}
    return dict(reversed(list(_templates(source, TEMPLATES))))


def _templates(source: Files, folder: str) -> Iterator[tuple[str, str]]:
    try:
        entries = sorted(source.entries(folder))
    except NotADirectoryError:
        return
    for name, what in entries:
        if what is Is.FOLDER:
            yield from _templates(source, f"{folder}/{name}")
        elif what is Is.FILE and name not in ALONGSIDE and not name.startswith("."):
            yield name.rpartition(".")[0] or name, f"{folder}/{name}"


def files_on_disk(root: FilePath) -> Files:
    """The files of a folder on disk."""
    return _Disk(root)


def _read(source: Files, kinds: Iterable[str], way: Callable[[Files], _Reading] | None = None) -> _Reading:
    collecting = gc.isenabled()
    gc.disable()  # tens of thousands of records are born and none dies: the collector would only walk them
    try:
        reading = (way or _Reading)(source)
        reading.all(KINDS[name] for name in kinds)
        return reading
    finally:
        if collecting:
            gc.enable()


@dataclass
class _Reading:
    source: Files
    problems: list[Problem] = field(default_factory=list)
    records: dict[str, MutableMapping[str, Any]] = field(default_factory=lambda: {name: {} for name in KINDS})
    documents: MutableMapping[Ref, Document] = field(default_factory=dict)
    broken: set[Ref] = field(default_factory=set)
    lost: dict[Ref, frozenset[Path]] = field(default_factory=dict)
    misnamed: set[Ref] = field(default_factory=set)
    hidden: list[str] = field(default_factory=list)
    paths: MutableMapping[Ref, str] = field(default_factory=dict)

    def all(self, kinds: Iterable[Kind]) -> None:
        files = self.unique(chain.from_iterable(self.files(kind) for kind in kinds))
        for group in self.groups(files):
            for file, found in zip(group, self.source.read_all(group), strict=True):
                self.take(file, found)
        self.join_versions()

    def groups(self, files: Iterable[FoundFile]) -> Iterable[list[FoundFile]]:
        """The files that are read at once."""
        return [list(files)]

    def files(self, kind: Kind) -> Iterator[FoundFile]:
        if link := link_to(self.source, kind.where):
            self.problems.append(_not_a_file(link, Is.LINK))
            return
        if kind.is_single:
            what = self.source.what_is(kind.where)
            if what is not None:
                yield from self.regular(kind, kind.where, kind.name, what)
            elif kind.name == "team":
                self.problems.append(Problem("field-missing", "there is no playbook/team.yaml", Place(kind.where)))
            return
        yield from self.below(kind, kind.where)

    def below(self, kind: Kind, folder: str) -> Iterator[FoundFile]:
        try:
            entries = sorted(self.source.entries(folder))
        except NotADirectoryError:
            self.problems.append(_not_a_file(folder, "is not a folder"))
            return
        for name, what in entries:
            path = f"{folder}/{name}"
            if name.startswith("."):
                self.hidden.extend([path] if what is Is.FOLDER or (what is Is.FILE and name.endswith(".yaml")) else [])
                continue
            if name in ALONGSIDE:
                continue
            if what is Is.FOLDER and not name.endswith((".yaml", ".yml")):
                yield from self.below(kind, path)
            elif problem := _name_problem(kind, name, path):
                self.problems.append(problem)
                self.misnamed.add((kind.name, slug(name.split(".", 1)[0])))
            else:
                yield from self.regular(kind, path, name[: -len(".yaml")], what)

    def regular(self, kind: Kind, path: str, record_id: str, what: Is) -> Iterator[FoundFile]:
        if what is Is.FILE:
            yield FoundFile(kind, record_id, path)
            return
        self.problems.append(_not_a_file(path, what))
        self.broken.add((kind.name, record_id))

    def unique(self, files: Iterable[FoundFile]) -> Iterator[FoundFile]:
        """One file for each id over the deals and members and within each other kind; the later ones are problems."""
        for file in files:
            space = "record" if file.kind.has_own_name else file.kind.name
            taken = self.paths.setdefault((space, file.id), file.path)
            if taken == file.path:
                yield file
                continue
            self.problems.append(
                Problem(
                    "id-taken",
                    f"the id '{file.id}' is already used by {taken}",
                    Place(file.path),
                    help="rename one of the two files: ids are unique over all folders",
                )
            )

    def take(self, file: FoundFile, found: ReadFile) -> None:
        ref = (file.kind.name, file.id)
        if found.document is not None:
            self.documents[ref] = found.document
        if found.lost is not None:
            self.lost[ref] = found.lost
        if found.problems:
            self.problems.extend(found.problems)
        if _is_part(file.kind, found.document):
            if has_errors(found.problems):
                self.broken.add(ref)
            return
        if found.is_broken:
            self.broken.add(ref)
        if found.meant:
            self.misnamed.add((found.meant, file.id))
        if found.record is not None:
            self.records[file.kind.name][file.id] = found.record

    def join_versions(self) -> None:
        """Make whole the process versions that say only what differs from another one; those that others build on first."""
        written = {name: self.documents[kind, name].data for kind, name in self.documents if kind == "process"}
        parts = [name for name, data in written.items() if builds_on(data)]
        for name in sorted(parts, key=lambda name: len(line_of(name, written))):
            base = ("process", builds_on(written[name]))
            found = [] if base in self.unread() else self.faults_of(name, written)
            self.problems.extend(found)
            if base in self.broken | self.misnamed or any(problem.field == "from" for problem in found):
                self.broken.add(("process", name))
            else:
                self.join_version(name, written, found)

    def unread(self) -> set[Ref]:
        """Records of which nothing is known but their name."""
        return (self.broken | self.misnamed) - self.documents.keys()

    def faults_of(self, name: str, written: dict[str, dict[str, Any]]) -> list[Problem]:
        document = self.documents["process", name]
        return [
            document.problem("process-from-unknown", message, path, help=advice)
            for path, message, advice in faults(name, written)
        ]

    def join_version(self, name: str, written: dict[str, dict[str, Any]], found: list[Problem]) -> None:
        record, shape = typed(replace(self.documents["process", name], data=whole(name, written)), Process)
        self.problems.extend(shape)
        if record is None or has_errors([*found, *shape]):
            self.broken.add(("process", name))
        if record is not None:
            self.records["process"][name] = record

    def in_order(self, records: Mapping[str, Any]) -> Mapping[str, Any]:
        """Records by id."""
        return dict(sorted(records.items()))

    def book(self) -> Book:
        return Book(
            {**self.records, "deal": self.in_order(self.records["deal"])},
            documents=self.documents,
            broken=frozenset(self.broken | (self.misnamed - self.documents.keys())),
            lost=self.lost,
            templates=frozenset(templates(self.source)),
        )


class _ReadingAside(_Reading):
    """Puts every file aside that was read; deals and members, of which there are many, are typed again when they are asked for."""

    def __init__(self, source: Files, aside: Callable[[], Any]) -> None:
        documents = aside()
        super().__init__(source, documents=documents, paths=aside())
        self.records |= {name: _RecordsAside(KINDS[name], documents, aside()) for name in ("deal", "member")}

    def groups(self, files: Iterable[FoundFile]) -> Iterable[list[FoundFile]]:
        left = iter(files)
        while group := list(islice(left, AT_ONCE)):
            yield group

    def in_order(self, records: Mapping[str, Any]) -> Mapping[str, Any]:
        return records


class _RecordsAside(MutableMapping[str, Record]):
    """Records of one kind by id, of which nothing is held: each is made of its document anew."""

    def __init__(self, kind: Kind, documents: Mapping[Ref, Document], ids: ScratchDict[str, None]) -> None:
        self.kind = kind
        self.documents = documents
        self.ids = ids

    def __getitem__(self, record_id: str) -> Record:
        if record_id not in self.ids:
            raise KeyError(record_id)
        document = self.documents[self.kind.name, record_id]
        record = _typed(FoundFile(self.kind, record_id, document.path), document, []).record
        assert record is not None
        return record

    def __setitem__(self, record_id: str, record: Record) -> None:
        self.ids[record_id] = None

    def __delitem__(self, record_id: str) -> None:
        del self.ids[record_id]

    def __contains__(self, record_id: object) -> bool:
        return record_id in self.ids

    def __iter__(self) -> Iterator[str]:
        return self.ids.in_order()

    def __len__(self) -> int:
        return len(self.ids)


def read_file(file: FoundFile, raw: bytes | int) -> ReadFile:
    """A file from its bytes, or from its size where that is over the limit."""
    document, problems = _document(file, raw)
    return _typed(file, document, problems)


def read_files(files: list[FoundFile], raw_of: Callable[[FoundFile], bytes | int]) -> Iterator[ReadFile]:
    """Every file, read, in the order given; a second process takes half of them where there are many."""
    if len(files) < FORK_FROM or not can_split():
        for file in files:
            yield read_file(file, raw_of(file))
        return
    share = len(files) * 9 // 20  # the first process also types what the second has read
    theirs = elsewhere(lambda: [_clean(file, raw_of) for file in files[-share:]])
    for file in files[:-share]:
        yield read_file(file, raw_of(file))
    for file, found in zip(files[-share:], theirs(), strict=True):
        yield read_file(file, raw_of(file)) if found is None else _typed(file, Document(file.path, *found), [])


def _clean(
    file: FoundFile, raw_of: Callable[[FoundFile], bytes | int]
) -> tuple[str, dict[str, Any], tuple[()], tuple[Path, ...]] | None:
    """What the second process sends: text, data and keys without a value of a file without any problem; whatever else, the first one reads again."""
    try:
        document, problems = _document(file, raw_of(file))
    except CannotDecide:
        return None
    return None if document is None or problems else (document.text, document.data, (), document.empty)


def _document(file: FoundFile, raw: bytes | int) -> tuple[Document | None, list[Problem]]:
    return (None, [too_large(file.path, raw)]) if isinstance(raw, int) else read(file.path, raw)


def _typed(file: FoundFile, document: Document | None, problems: list[Problem]) -> ReadFile:
    if document is None:
        return ReadFile(None, None, tuple(problems))
    if _is_part(file.kind, document):
        return ReadFile(document, None, tuple(problems))
    record, shape = typed(document, file.kind.model)
    lost = None
    meant = kind_of(document.data) if record is None else None
    if meant and meant is not file.kind:
        return ReadFile(None, None, (*problems, stray(meant, file.path)), meant=meant.name)
    if record is None and file.kind.is_checked_half_read:
        record, lost = salvage(document, file.kind.model)
    return ReadFile(document, record, (*problems, *shape), lost)


def _is_part(kind: Kind, document: Document | None) -> bool:
    """Whether a file says only what differs from another one, so that it is no record by itself."""
    return document is not None and kind.model is Process and bool(builds_on(document.data))


def _name_problem(kind: Kind, name: str, path: str) -> Problem | None:
    stem, dot, ending = name.rpartition(".")
    if not dot or ending != "yaml":
        meant = f"{slug(stem or name)}.yaml" if ending.lower() in ("yml", "yaml") else ""
        return Problem(
            "file-name",
            f"only {kind.name} files belong here, and their names end in .yaml",
            Place(path),
            help=f"rename it to {slug(stem or name) or 'its-id'}.yaml if it is one, or move it elsewhere",
            fix=meant,
        )
    if not ID_FORM.fullmatch(stem) or stem in RESERVED:
        return Problem(
            "file-name",
            "the file name is the record's id: lower-case letters, digits and hyphens, at most 80",
            Place(path),
            help="rename the file",
            fix=f"{slug(stem)}.yaml" if slug(stem) and slug(stem) not in RESERVED else "",
        )
    return None


def _not_a_file(path: str, what: str) -> Problem:
    return Problem(
        "not-a-file",
        f"the entry {what}",
        Place(path),
        why="only plain files can be reviewed",
        help="replace it by a plain file",
    )


def read_bytes(root: FilePath, path: str, limit: int = MAX_BYTES) -> bytes | int:
    """The bytes of a plain file, or its size where that is over the limit, that of a record; links are never followed."""
    try:
        handle = os.open(root / path, os.O_RDONLY | CAREFUL)
    except OSError as fault:
        raise CannotDecide(f"{path}: {fault.strerror}") from None
    try:
        parts: list[bytes] = []
        size = 0
        while part := os.read(handle, min(limit, MAX_BYTES) + 1):
            parts.append(part)
            size += len(part)
            if size > limit:
                return max(size, os.fstat(handle).st_size)
        return b"".join(parts)
    except OSError as fault:
        raise CannotDecide(f"{path}: {fault.strerror}") from None
    finally:
        os.close(handle)


@dataclass(frozen=True)
class _Disk:
    """The files of a folder on disk."""

    root: FilePath

    def entries(self, folder: str) -> Iterable[DirEntry]:
        try:
            with os.scandir(self.root / folder) as listing:
                return [DirEntry(entry.name, _what(entry)) for entry in listing]
        except FileNotFoundError:
            return []
        except NotADirectoryError:
            raise
        except OSError as fault:
            raise CannotDecide(f"{folder}: {fault.strerror}") from None

    def what_is(self, path: str) -> Is | None:
        try:
            mode = os.lstat(self.root / path).st_mode
        except (FileNotFoundError, NotADirectoryError):
            return None
        except OSError as fault:
            raise CannotDecide(f"{path}: {fault.strerror}") from None
        kinds = ((stat.S_ISREG, Is.FILE), (stat.S_ISLNK, Is.LINK), (stat.S_ISDIR, Is.FOLDER))
        return next((what for is_one, what in kinds if is_one(mode)), Is.OTHER)

    def read_all(self, files: list[FoundFile]) -> Iterator[ReadFile]:
        return read_files(files, lambda file: read_bytes(self.root, file.path))


def _what(entry: os.DirEntry[str]) -> Is:
    if entry.is_symlink():
        return Is.LINK
    if entry.is_dir(follow_symlinks=False):
        return Is.FOLDER
    return Is.FILE if entry.is_file(follow_symlinks=False) else Is.OTHER
