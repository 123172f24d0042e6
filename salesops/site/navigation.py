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
    into the section of that title, which is made at the end where the team has none; ``Help/Reference`` is a section in
    a section, unless the team has a section Reference of its own. What the team names stays where the team put it,
    under the team's title.
    """
    listed = frozenset(_paths(own))
    sections: dict[str, list[Page]] = {}
    for page in pages:
        sections.setdefault(page.section, []).append(page)
    entries = _joined(own, sections.pop("", []), listed)
    for section, found in sections.items():
        titles = section.split("/")
        is_on_top = any(isinstance(entry, dict) and isinstance(entry.get(titles[-1]), list) for entry in entries)
        _join_section(entries, titles[-1:] if is_on_top else titles, found, listed)
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


def _join_section(entries: list[Entry], titles: list[str], pages: list[Page], listed: frozenset[str]) -> None:
    """Put pages into a section, or a section of one, which is made where there is none."""
    title, *deeper = titles
    places = (at for at, entry in enumerate(entries) if isinstance(entry, dict) and isinstance(entry.get(title), list))
    place = next(places, None)
    inner = list(entries[place][title]) if place is not None else []
    if deeper:
        _join_section(inner, deeper, pages, listed)
    elif place is not None:
        inner = _joined(inner, pages, listed)
    else:
        inner = _joined([], [page for page in pages if page.source not in listed], listed)
    if place is not None:
        entries[place] = {title: inner}
    elif inner:
        entries.append({title: inner})


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
