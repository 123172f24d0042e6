"""The build of the public site: a folder, a configuration and a frame of its own; neither mkdocs.yml nor what the private site wrote is looked at."""

from __future__ import annotations

import re
import shutil
from collections.abc import Mapping
from importlib import resources
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import yaml
from markupsafe import escape
from mkdocs.commands.build import build as mkdocs_build
from mkdocs.config import load_config

from salesops.site.build import OWN_HEADING, dated, may_replace, page_text, put_in_place, refuse_twins
from salesops.site.frames import CHARSET, bannered, filled, frame, guarded, once, own_scripts
from salesops.site.own_pages import SOURCE, CannotBuild, own_pages
from salesops.site.pages.page import Page, file_of
from salesops.site.public.pages import public_pages
from salesops.site.public.view import PublicFacts
from salesops.store.kept_site import HTML

MARK = "assets/public"
"""The folder by which a public site is known; a private one has none, so that neither takes the place of the other."""
NOT_INDEXED = '<meta name="robots" content="noindex">'


def build_public(root: Path, facts: PublicFacts, shown: tuple[str, ...], out: Path, *, strict: bool = False) -> int:
    """Build the public site into ``out``, with the team's own pages that are ``shown``, and say how many pages there are.

    It is built beside the old one and takes its place when it is whole. Raises CannotBuild, or MkDocs' own exceptions.
    """
    may_replace(root, out, MARK, HTML)
    pages, own = public_pages(facts), _own(root, shown)
    fresh = out.with_name(f".{out.name}.new")
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.parent.mkdir(parents=True, exist_ok=True)
    try:
        with TemporaryDirectory(prefix="salesops-") as folder, dated(facts.day):
            _write(Path(folder), _sources(pages, own))
            config = Path(folder, "mkdocs.yml")
            config.write_text(yaml.safe_dump(_config(facts, pages, own)), encoding="utf-8")
            mkdocs_build(load_config(config_file=str(config), site_dir=str(fresh), strict=strict))
        _finish(fresh, facts, pages)
        put_in_place(out, fresh)
    finally:
        shutil.rmtree(fresh, ignore_errors=True)
    return len(list(out.rglob("*.html"))) - 1


def _own(root: Path, shown: tuple[str, ...]) -> dict[str, bytes]:
    """The team's own pages and pictures that the allow-list names; raises CannotBuild where one is not there."""
    found = {name: content for name, content in own_pages(root) if name in shown}
    for name in shown:
        if name not in found:
            raise CannotBuild(f"public.pages in playbook/team.yaml names {name}, and there is no page {SOURCE}/{name}")
    return found


def _sources(pages: list[Page], own: Mapping[str, bytes]) -> dict[str, bytes]:
    """What MkDocs reads: the pages that the team shows, a frame for each of ours, the style sheet."""
    texts = {name: page_text(name, content) for name, content in own.items() if name.endswith(".md")}
    refuse_twins(texts, pages)
    frames = {page.source: frame(page.title, OWN_HEADING.sub("", texts.get(page.source, ""))) for page in pages}
    style = resources.files("salesops.site.public").joinpath("public.css").read_bytes()
    return {**own, **frames, f"{MARK}/public.css": style}


def _write(folder: Path, files: Mapping[str, bytes]) -> None:
    for name, content in files.items():
        file = folder / "docs" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)


def _config(facts: PublicFacts, pages: list[Page], own: Mapping[str, bytes]) -> dict[str, Any]:
    """A configuration that leads nowhere: no repository, no search, no plug-in, nothing from another host."""
    ours = [page.source for page in pages]
    return {
        "site_name": str(escape(facts.title)),
        "use_directory_urls": False,
        "theme": {
            "name": "material",
            "variant": "classic",
            "font": False,
            "features": ["navigation.tabs"],
            "palette": {"primary": "teal"},
        },
        "plugins": [],
        "markdown_extensions": ["admonition", "tables", "toc"],
        "extra": {"generator": False},
        "extra_css": [f"{MARK}/public.css"],
        "nav": [
            *({page.title: page.source} for page in pages),
            *sorted(name for name in own if name.endswith(".md") and name not in ours),
        ],
    }


_COMMENT = re.compile(r"<!--.*?-->\s*", re.DOTALL)


def _finish(html: Path, facts: PublicFacts, pages: list[Page]) -> None:
    """Fill the frames, say on every page for whom it is, guard it, and take away what only machines read."""
    ours = {html / file_of(page.path): page for page in pages}
    scripts = own_scripts((html / file_of("")).read_text(encoding="utf-8"))
    for file in sorted(html.rglob("*.html")):
        text = bannered(file.read_text(encoding="utf-8"), facts.whose)
        if page := ours.get(file):
            text = filled(page, once(text, page.path), scripts)
        else:
            text = guarded(text, scripts)
        if not facts.indexed:
            text = text.replace(CHARSET, f"{CHARSET}{NOT_INDEXED}", 1)
        file.write_text(_COMMENT.sub("", text), encoding="utf-8")
    for name in ("sitemap.xml", "sitemap.xml.gz"):
        (html / name).unlink(missing_ok=True)
