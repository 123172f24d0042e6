"""The only writer of the site: MkDocs renders the frame, this fills it.

The team's own Markdown goes through MkDocs. For each generated page MkDocs is given a title and a sentinel, for record
pages one shared shell; after the build the bodies are put in place of the sentinels. Untrusted text never meets
Markdown, and ten thousand deals build in seconds. The same steps work behind any builder that reads mkdocs.yml.
"""

from __future__ import annotations

import json
import os
import re
import shutil
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from functools import cached_property, partial
from importlib import resources
from pathlib import Path
from typing import Any

from markupsafe import escape
from mkdocs.commands.build import build as mkdocs_build
from mkdocs.config import load_config
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.utils.meta import get_data

from salesops.book.book import Snapshot
from salesops.changes.timeline import NO_GIT_HISTORY, GitHistory
from salesops.metrics.own import installed
from salesops.records.kinds import folders as record_folders
from salesops.site.frames import PRIVATE, SHELL, TITLE, Stamp, bannered, filled, frame, guarded, once, own_scripts
from salesops.site.navigation import menu, own_entries
from salesops.site.own_pages import SOURCE, CannotBuild, own_pages
from salesops.site.pages import Page, Readings, data_files, every_page, readings_of
from salesops.site.pages.page import file_of
from salesops.store.parallel import from_both_ends

DOCS = "build/docs"
PUBLIC_HTML = "build/public"
"""Where the public site is, so that the private one is never put there."""
ASSETS = "assets/salesops"
SEARCH = f"{ASSETS}/search.js"
"""What lets the search run from the disk."""
SPLIT_FROM = 150
"""From this many pages on a second process writes some of them."""
PAGES_AT_ONCE = 10
"""Record pages that a process takes at a time, where there are not very many."""


class NoPlace(CannotBuild):
    """There is no mkdocs.yml to build by, or the folder to build into is not free: it was asked for wrongly."""


@dataclass(frozen=True)
class Site:
    """The site of one repository on one day."""

    root: Path
    snapshot: Snapshot
    more: tuple[Page, ...] = ()
    """Pages that do not follow from the records, such as the reference of the commands."""
    past: GitHistory = NO_GIT_HISTORY
    """What git tells of the records."""

    @property
    def docs(self) -> Path:
        """What MkDocs reads: written here, from scratch."""
        return self.root / DOCS

    @cached_property
    def readings(self) -> Readings:
        """Every metric on the day."""
        return readings_of(self.snapshot)

    @cached_property
    def pages(self) -> list[Page]:
        """Every generated page, its body not yet rendered."""
        return [*every_page(self.snapshot, self.readings, self.past), *self.more]

    @property
    def framed(self) -> list[Page]:
        """The pages that MkDocs frames one by one; the others share one shell."""
        return [page for page in self.pages if not page.is_record]

    def _write_data(self, html: Path) -> None:
        """Write the files for programs."""
        for path, text in data_files(self.snapshot, self.readings, self.past):
            file = html / _address(path)
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, encoding="utf-8", newline="")

    def prepare(self) -> None:
        """Write what MkDocs reads: the team's own pages, a frame for each generated page, the shell, the assets.

        A team's page of the same name as a generated one becomes its introduction. Only what differs is written, so
        that a preview does not chase its own tail.
        """
        wanted: dict[str, bytes] = dict(own_pages(self.root))
        texts = {name: page_text(name, content) for name, content in wanted.items() if name.endswith(".md")}
        refuse_twins(texts, self.pages)
        for page in self.framed:
            wanted[page.source] = frame(
                page.title, OWN_HEADING.sub("", texts.get(page.source, "")), has_menu=bool(page.section)
            )
        wanted[f"{SHELL}.md"] = frame(TITLE)
        wanted.update(_assets())
        _mirror(self.docs, wanted)

    def configure(self, config: MkDocsConfig) -> None:
        """Say what mkdocs.yml leaves to us: the generated pages are in the menu, and the site works without a server, too.

        From the disk each link leads to a file, and the search does without a worker. Call it when the pages are prepared.
        """
        config.use_directory_urls = False
        config.extra["polyfills"] = [*(config.extra.get("polyfills") or ()), SEARCH]
        config.nav = menu(own_entries(config, self.framed), self.framed)

    def finish(self, html: Path, *, policy: bool = True) -> int:
        """Fill what MkDocs built, and say how many pages there are; raises CannotBuild where a frame is not as it must be.

        Without ``policy`` no content security policy is written: a preview needs the reloading script.
        """
        shell = bannered((html / file_of(SHELL)).read_text(encoding="utf-8"), PRIVATE)
        scripts = own_scripts(shell)
        stamp = Stamp(shell, scripts if policy else None)
        records = [page for page in self.pages if page.is_record]
        size = max(PAGES_AT_ONCE, len(records) // 1000)
        parts: list[Callable[[], object]] = [
            *(_framed(html, page, scripts if policy else None) for page in self.framed),
            partial(self._write_data, html),
            *(partial(_stamp, html, stamp, records[at : at + size]) for at in range(0, len(records), size)),
        ]
        from_both_ends(parts, at_all=len(self.pages) >= SPLIT_FROM)
        _remove_shell(html)
        _tell_what_is_missing(html)
        _finish_own_pages(html, (page.file for page in self.pages), scripts if policy else None)
        _forget_shell(html)
        _add_to_search(html, self.pages)
        return len(self.pages)


def _framed(html: Path, page: Page, scripts: frozenset[str] | None) -> Callable[[], object]:
    """What fills the frame of a page; the frame itself is looked at now."""
    file = html / _address(page.file)
    text = once(bannered(file.read_text(encoding="utf-8"), PRIVATE), page.path)
    return lambda: file.write_text(filled(page, text, scripts), encoding="utf-8")


def _stamp(html: Path, stamp: Stamp, pages: list[Page]) -> None:
    """Write some record pages."""
    for page in pages:
        file = html / _address(page.file)
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(stamp.page(page), encoding="utf-8")


_MARKUP = re.compile('[<>"]')
OWN_HEADING = re.compile(r"\A\s*(?:#[ \t][^\n]*|[^\n]+\n=+[ \t]*)(?:\n|\Z)")
"""The first heading of an introduction, which makes way for the heading of the page."""
_ADDRESS = re.compile(r"(?:[\w-]+(?:/[\w-]+)?(?:\.html|\.json|\.xml|\.csv|\.ics)?)?")
"""At most one folder deep, as the shell is: its links to the style sheets lead up that far."""


def _address(path: str) -> str:
    """A page's address as a path below the output; a stage's name is part of some, and must not lead out of it."""
    if not _ADDRESS.fullmatch(path):
        raise CannotBuild(
            f"'{path}' cannot be the address of a page: the names of stages may have letters, digits, spaces and hyphens"
        )
    return path


def page_text(name: str, content: bytes) -> str:
    """The Markdown of a team's own page; refused where its name or title would be markup on every page, in the menu."""
    if _MARKUP.search(name) or not name.isprintable():
        raise CannotBuild(
            f"{SOURCE}/{name}: the name would be markup in the menu of every page; use letters and hyphens"
        )
    try:
        text, told = get_data(content.decode("utf-8-sig").replace("\r\n", "\n").replace("\r", "\n"))
    except UnicodeDecodeError:
        raise CannotBuild(f"{SOURCE}/{name} is not UTF-8 text: save it as that") from None
    if _MARKUP.search(str(told.get("title", ""))):
        raise CannotBuild(
            f"{SOURCE}/{name}: its title would be markup in the menu of every page; write it without < and >"
        )
    return text


def refuse_twins(names: Iterable[str], pages: Iterable[Page]) -> None:
    """Refuse a team's own page that MkDocs would put where a generated page stands, unless it introduces that page.

    The first page of a folder of that name is refused, too: nobody could tell members/ from members.html.
    """
    taken = {_address(page.path): "" if page.is_record else page.source for page in pages} | {SHELL: ""}
    for name in names:
        path = re.sub(r"/README$", "/index", name.removesuffix(".md"))
        for address in {path, re.sub(r"(?:^|/)index$", "", path)} & taken.keys():
            if taken[address] != name:
                way_out = f"call it {SOURCE}/{taken[address]} to introduce that page" if taken[address] else "rename it"
                raise CannotBuild(f"{SOURCE}/{name} has the address of a generated page: {way_out}")


def _assets() -> Iterator[tuple[str, bytes]]:
    for asset in sorted(resources.files("salesops.site").joinpath("assets").iterdir(), key=lambda entry: entry.name):
        yield f"{ASSETS}/{asset.name}", asset.read_bytes()


def _mirror(folder: Path, wanted: dict[str, bytes]) -> None:
    """Make a folder hold exactly these files, touching only what differs."""
    if folder.is_symlink():
        folder.unlink()
    if folder.is_dir():
        for path in sorted(folder.rglob("*"), reverse=True):
            name = path.relative_to(folder).as_posix()
            if path.is_symlink() or (path.is_file() and name not in wanted):
                path.unlink()
            elif path.is_dir() and not any(path.iterdir()):
                path.rmdir()
    for name, content in wanted.items():
        path = folder / name
        if not path.is_file() or path.read_bytes() != content:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)


def _finish_own_pages(html: Path, done: Iterable[str], scripts: frozenset[str] | None) -> None:
    filled = {html / file for file in done}
    for file in sorted(html.rglob("*.html")):
        if file not in filled:
            text = bannered(file.read_text(encoding="utf-8"), PRIVATE)
            file.write_text(text if scripts is None else guarded(text, scripts), encoding="utf-8")


_BOARD = re.compile(r'href="([^"]*?)board\.html"')


def _tell_what_is_missing(html: Path) -> None:
    """What stands where there is no page: why that may be, and where to look. It may be shown at any address, so its links are those of the theme."""
    file = html / "404.html"
    if not file.is_file():
        return
    text = file.read_text(encoding="utf-8")
    home = found[1] if (found := _BOARD.search(text)) else "/"
    places = (("", "Today"), ("board", "Board"), ("pipeline", "Pipeline"), ("members", "Members"))
    links = ", ".join(f'<a href="{escape(home)}{file_of(path)}">{title}</a>' for path, title in places)
    told = (
        "<h1>There is no page here</h1>"
        "<p>Records are found by their file name; it may have been renamed or removed.</p>"
        f'<p data-home="{escape(home)}" data-missing>Look in {links}.</p>'
        f'<script defer src="{escape(home)}{ASSETS}/page.js"></script>'
    )
    file.write_text(re.sub(r"<h1>404[^<]*</h1>", lambda _: told, text, count=1), encoding="utf-8")


def _remove_shell(html: Path) -> None:
    """Take the shell away, and its folder where the team has no pages of its own in there."""
    shell = html / file_of(SHELL)
    shell.unlink()
    if not any(shell.parent.iterdir()):
        shell.parent.rmdir()


def _forget_shell(html: Path) -> None:
    """Take the shell out of the site map, where there is one."""
    sitemap = html / "sitemap.xml"
    if sitemap.is_file():
        text = sitemap.read_text(encoding="utf-8")
        sitemap.write_text(
            re.sub(rf"\s*<url>(?:(?!</url>).)*{SHELL}(?:(?!</url>).)*</url>", "", text, flags=re.DOTALL),
            encoding="utf-8",
        )
        (html / "sitemap.xml.gz").unlink(missing_ok=True)


def _add_to_search(html: Path, pages: Iterable[Page]) -> None:
    """Short entries for the generated pages; the search shows titles and texts as HTML, so both are escaped here.

    The index is written twice: from the disk a browser lets no page read JSON, but does let it run a script.
    """
    file = html / "search" / "search_index.json"
    if not file.is_file():
        return
    index: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    index["docs"] = [entry for entry in index["docs"] if not entry["location"].startswith(SHELL)]
    index["docs"] += [
        {
            "location": page.file,
            "title": str(escape(page.title)),
            "text": str(escape(page.words)),
            **({"boost": page.rank} if page.rank != 1 else {}),
        }
        for page in pages
    ]
    text = json.dumps(index, ensure_ascii=False, separators=(",", ":"))
    file.write_text(text, encoding="utf-8")
    file.with_suffix(".js").write_text(f"var __index = {text};\n", encoding="utf-8")


def config_file(root: Path) -> Path:
    """The repository's mkdocs.yml; raises CannotBuild where there is none."""
    file = root / "mkdocs.yml"
    if not file.is_file():
        raise NoPlace("there is no mkdocs.yml next to playbook/")
    return file


@dataclass(frozen=True)
class Built:
    """What was built: how many pages were made, and whether all of the site follows from files of the repository and of the program.

    Where git could not tell the history nobody knows what it will say the next time.
    """

    pages: int
    follows_from_files: bool


def build(site: Site, out: Path, *, strict: bool = False) -> Built:
    """Build the whole site into ``out``.

    The new site is built beside the old one and takes its place when it is whole. Raises CannotBuild, or MkDocs' own
    exceptions for faults of mkdocs.yml.
    """
    config_file(site.root)
    may_replace(site.root, out, ASSETS, PUBLIC_HTML)
    fresh = out.with_name(f".{out.name}.new")
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.parent.mkdir(parents=True, exist_ok=True)
    site.prepare()
    try:
        with dated(site.snapshot.as_of):
            config: MkDocsConfig = load_config(
                config_file=str(config_file(site.root)), docs_dir=str(site.docs), site_dir=str(fresh), strict=strict
            )
            site.configure(config)
            mkdocs_build(config)
        count = site.finish(fresh)
        put_in_place(out, fresh)
    finally:
        shutil.rmtree(fresh, ignore_errors=True)
    return Built(count, follows_from_files(config) and not site.past.timeline.gap)


OWN_PLUGINS = frozenset({"search", "material/search", "salesops"})
PLAIN_EXTENSION = re.compile(
    r"(?:markdown\.extensions\.)?(?:abbr|admonition|attr_list|codehilite|def_list|extra|fenced_code|footnotes|legacy_attrs|legacy_em"
    r"|md_in_html|meta|nl2br|sane_lists|smarty|tables|toc|wikilinks)|pymdownx\.(?!snippets\b|b64\b)[\w.]+"
)
"""Extensions of Markdown that take in no other files."""


def follows_from_files(config: MkDocsConfig) -> bool:
    """Whether nothing may read what we do not know of: a hook, a plugin or an extension of others, a theme or a metric of one's own."""
    plain = not config.hooks and not config.theme.custom_dir and not installed()
    extensions = all(PLAIN_EXTENSION.fullmatch(name) for name in config.markdown_extensions)
    return plain and extensions and {*config.plugins} <= OWN_PLUGINS


@contextmanager
def dated(day: date) -> Iterator[None]:
    """Let MkDocs stamp what it writes with the day that the site is about, unless the environment says another."""
    if "SOURCE_DATE_EPOCH" in os.environ:
        yield
        return
    os.environ["SOURCE_DATE_EPOCH"] = str(int(datetime.combine(day, time(), UTC).timestamp()))
    try:
        yield
    finally:
        del os.environ["SOURCE_DATE_EPOCH"]


def may_replace(root: Path, out: Path, mark: str, *taken: str) -> None:
    """Refuse a folder that holds anything but an earlier site of this sort, known by its ``mark``, or that lies among the records or what else is ``taken``."""
    if out.exists() and not out.is_dir():
        raise NoPlace(f"{out} is not a folder")
    place, home = out.resolve(), root.resolve()
    kept = [home / name for name in (SOURCE, *record_folders(), ".git", DOCS, *taken)]
    if place in (home, *home.parents) or any(place in (it, *it.parents) or it in place.parents for it in kept):
        raise NoPlace(f"{out} is where the repository's own files are: choose another folder")
    if out.is_dir() and any(out.iterdir()) and not (out / mark).is_dir():
        raise NoPlace(f"{out} has files that are not a site: choose an empty folder")


def put_in_place(out: Path, fresh: Path) -> None:
    """Let the new site take the place of the old one."""
    old = out.with_name(f".{out.name}.old")
    shutil.rmtree(old, ignore_errors=True)
    if out.exists():
        out.rename(old)
    fresh.rename(out)
    shutil.rmtree(old, ignore_errors=True)
