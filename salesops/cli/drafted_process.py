"""A version of the process in a file, as it would be among the others: what it says, and what is wrong with it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from salesops.book.book import Book
from salesops.checks import check_book
from salesops.cli.day import day_of
from salesops.cli.named_file import bytes_of
from salesops.cli.options import Usage
from salesops.cli.repository import folder_of, numbers_are_whole, root_of
from salesops.edits.yaml_writer import FileChange
from salesops.output import show
from salesops.problems import Problem, in_order
from salesops.records.as_written import as_text
from salesops.records.kinds import KINDS
from salesops.records.process import Process
from salesops.records.scalars import ID_FORM, slug
from salesops.records.yaml_reader import MAX_BYTES
from salesops.records.yaml_reader import read as parsed
from salesops.store.drafted import Drafted


@dataclass(frozen=True)
class DraftedProcess:
    """The records as they are, the version that a file says, and the problems with that file; no version where it cannot be read."""

    root: Path
    book: Book
    are_whole: bool
    process: Process | None
    problems: list[Problem]


def drafted_process(folder: str, file: str, as_of: str | None) -> DraftedProcess:
    """The version in a file, wherever the file is; it takes the place of one of the same name."""
    root, text = root_of(folder), _text(folder_of(folder) / file, file)
    drafted = Drafted(root)
    book, faults = drafted.load()
    name, path = _place(root, folder_of(folder) / file, text, book)
    among, problems = drafted.load([FileChange(path, text)])
    found = [*problems, *check_book(among, day_of(as_of, among), deals=())]
    own = in_order(problem for problem in found if problem.place.path == path)
    is_read = ("process", name) not in among.broken
    others = [problem for problem in faults if problem.place.path != path]
    return DraftedProcess(root, book, _are_whole(book, others), among.versions.get(name) if is_read else None, own)


def _are_whole(book: Book, problems: list[Problem]) -> bool:
    """Whether every record could be read; a repository may be without a process of its own so far."""
    return not book.deals or numbers_are_whole(book, problems)


def _text(path: Path, name: str) -> str:
    raw = bytes_of(path, name, MAX_BYTES)
    if len(raw) > MAX_BYTES:
        raise Usage(f"{show(name)} is too long to be a version of the process")
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        raise Usage(f"{show(name)} is not text (UTF-8)") from None


def _place(root: Path, file: Path, text: str, book: Book) -> tuple[str, str]:
    """The name of the version, and where its file would be: where it is already, else by the name that it says."""
    where = KINDS["process"].where
    inside = file.resolve()
    if inside.is_relative_to(root / where) and inside.suffix == ".yaml":
        return inside.stem, inside.relative_to(root).as_posix()
    document, _ = parsed(file.name, text.encode("utf-8"))
    said = as_text(document.data.get("version")) if document else ""
    name = said if ID_FORM.fullmatch(said) else slug(file.stem) or "draft"
    known = book.documents.get(("process", name))
    return name, known.path if known else f"{where}/{name}.yaml"
