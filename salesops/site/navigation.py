"""The menu: the generated pages stand in it by themselves, around the pages that a team lists under ``nav`` in mkdocs.yml."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

from mkdocs.structure.files import file_sort_key, get_files
from mkdocs.utils import nest_paths

from salesops.site.frames import SHELL
from salesops.site.pages import Page

if TYPE_CHECKING:
    from mkdocs.config.defaults import MkDocsConfig

Entry = Any
"""As MkDocs has it: the path of a page, a title with a path, or a title with the entries of a section."""


def menu(own: list[Entry], pages: Iterable[Page]) -> list[Entry]:
    """The team's entries and every generated page that they do not name.

    An overview comes behind the overview before it, in front where the team names none; a page of a section comes
    into the section of that title, which is made at the end where the team has none. What the team names stays where
    the team put it, under the team's title.
    """
    listed = frozenset(_paths(own))
    sections: dict[str, list[Page]] = {}
    for page in pages:
        sections.setdefault(page.section, []).append(page)
    entries = _joined(own, sections.pop("", []), listed)
    for title, found in sections.items():
        _join_section(entries, title, found, listed)
    return entries


def own_entries(config: MkDocsConfig, pages: Iterable[Page]) -> list[Entry]:
    """What a team lists under ``nav``; all of its own pages, titles and order as MkDocs has them, where it has none."""
    if config.nav is not None:
        return list(config.nav)
    generated = {f"{SHELL}.md", *(page.source for page in pages)}
    files = sorted(get_files(config).documentation_pages(), key=file_sort_key)
    shown = [file.src_uri for file in files if file.inclusion.is_in_nav()]  # type: ignore[no-untyped-call]
    return list(nest_paths(name for name in shown if name not in generated))  # type: ignore[no-untyped-call]


def _joined(entries: list[Entry], pages: list[Page], listed: frozenset[str]) -> list[Entry]:
    """The entries with the pages among them, each behind the one before it."""
    joined, place = list(entries), 0
    for page in pages:
        if page.source not in listed:
            joined.insert(place, {page.title: page.source})
        place = next((at + 1 for at, entry in enumerate(joined) if _path(entry) == page.source), place)
    return joined


def _join_section(entries: list[Entry], title: str, pages: list[Page], listed: frozenset[str]) -> None:
    for at, entry in enumerate(entries):
        if isinstance(entry, dict) and isinstance(entry.get(title), list):
            entries[at] = {title: _joined(entry[title], pages, listed)}
            return
    if made := _joined([], [page for page in pages if page.source not in listed], listed):
        entries.append({title: made})


def _paths(entry: Entry) -> Iterator[str]:
    """The files that an entry names, those of its sections among them."""
    if isinstance(entry, str):
        yield PurePosixPath(entry).as_posix().lstrip("/")
    for inner in entry.values() if isinstance(entry, dict) else entry if isinstance(entry, list) else ():
        yield from _paths(inner)


def _path(entry: Entry) -> str | None:
    """The one file that an entry names; None for a section."""
    inner = next(iter(entry.values())) if isinstance(entry, dict) else entry
    return next(_paths(inner)) if isinstance(inner, str) else None
