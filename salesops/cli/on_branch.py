"""Where the problems of a branch are mended in the browser: links to its files, and the lines that can be accepted in a review.

A branch and a repository are a stranger's words: data, of which an address is made, or nothing.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from salesops.book.book import Book
from salesops.edits.suggested import suggestions
from salesops.output import SCHEMA_VERSION, Links, no_links
from salesops.problems import Problem
from salesops.records.as_written import as_text, question
from salesops.records.kinds import id_of
from salesops.records.scalars import ID_FORM
from salesops.records.team import kinds_known
from salesops.records.yaml_reader import MAX_BYTES
from salesops.site.pages.hosts import edit_address, new_file_address
from salesops.store.git import contents, lines_brought, tree
from salesops.store.git_call import asks

LONGEST_BRANCH = 250
"""Characters: git takes no longer name on most systems, and an address has to stay one."""

_REPOSITORY = re.compile(r"https?://[A-Za-z0-9.-]+(?::[0-9]{1,5})?(?:/[A-Za-z0-9._~-]+)+/?")


@dataclass(frozen=True)
class Branch:
    """A branch of a repository, and the folder of the records in it."""

    repository: str
    name: str
    folder: str = ""

    def links(self, book: Book) -> Callable[[Problem], Links]:
        """The links of a problem: its file on this branch, and the file of a member that is not there."""

        def found(problem: Problem) -> Links:
            path = problem.place.path
            edit = edit_address(self.repository, self.name, self.folder + path) if _is_path(path) else None
            return Links(edit, self._new_member(book, problem))

        return found

    def _new_member(self, book: Book, problem: Problem) -> tuple[str, str] | None:
        document = book.documents.get(("deal", id_of(problem.place.path)))
        member = as_text(document.data.get("member")) if document and problem.code == "member-unknown" else ""
        if not ID_FORM.fullmatch(member):
            return None
        path = f"members/{member}.yaml"
        address = new_file_address(self.repository, self.name, self.folder + path, _new_member(book))
        return (path, address) if address else None


def _new_member(book: Book) -> str:
    """The text of a member of whom nothing is known but the id: whoever adds it says the rest."""
    return "\n".join((question("name"), question("kind", kinds_known(book.team)), question("country"), ""))


def links_on(root: Path, repository: str | None, branch: str | None, book: Book) -> Callable[[Problem], Links]:
    """The links of problems on a branch; none where the branch or its repository is not known, or cannot be one."""
    if not (repository and branch and _REPOSITORY.fullmatch(repository) and _is_branch(branch)):
        return no_links
    return Branch(repository, branch, _folder(root)).links(book)


def _folder(root: Path) -> str:
    """The folder of the records in the repository, with a slash behind it; nothing where they lie at its top."""
    return asks(root, "rev-parse", "--show-prefix") or ""


def _is_branch(name: str) -> bool:
    return len(name) <= LONGEST_BRANCH and name.isprintable() and _is_path(name)


def _is_path(path: str) -> bool:
    """Whether each part is a name: none is left out, and none leads elsewhere."""
    return all(part not in ("", ".", "..") for part in path.split("/"))


def review(root: Path, base: str, head: str, book: Book, problems: tuple[Problem, ...], day: date) -> dict[str, Any]:
    """The comments of a review: each is a line that the change brings, as it would be without its problem."""
    changed = lines_brought(root, base, head)
    blobs = {path: blob.id for path, blob in tree(root, head).items() if path in changed}
    held = dict(contents(root, {blobs[each.place.path] for each in problems if each.place.path in blobs}, MAX_BYTES))
    texts = {path: text for path, blob in blobs.items() if (text := _text(held.get(blob))) is not None}
    brought = {path: lines for path, lines in changed.items() if path in texts}
    made = [each.as_data() for each in suggestions(book, problems, brought, texts, day)]
    comments = [{**each, "path": _folder(root) + each["path"]} for each in made]
    return {"schema_version": SCHEMA_VERSION, "comments": comments}


def _text(raw: bytes | int | None) -> str | None:
    try:
        return raw.decode("utf-8") if isinstance(raw, bytes) else None
    except UnicodeDecodeError:
        return None
