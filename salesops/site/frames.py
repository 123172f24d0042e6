"""Frames and what fills them: MkDocs renders the frame with marks in it, the bodies are put in their place, and a policy guards the page."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Iterator
from functools import cached_property

from markupsafe import escape

from salesops.site.own_pages import CannotBuild
from salesops.site.pages.page import Page

SHELL = "records/salesops-shell"
OPENING = "<!--salesops-introduction-->"
BODY = "<!--salesops-body-->"
TITLE = "salesops-title-goes-here"


def frame(title: str, introduction: str = "", *, has_menu: bool = False) -> bytes:
    """The Markdown of a page that is filled later: its title, the team's introduction, and the mark for the body.

    The width belongs to the content: only a page of a section has the menu of its section at the left.
    """
    # Titles of frames are the program's own words (or the sentinel): a title of a record would reach the page unescaped.
    head = f"---\ntitle: {title}\nhide: [{'' if has_menu else 'navigation, '}toc]\nsearch:\n  exclude: true\n---\n"
    return f"{head}\n{OPENING}\n\n{introduction}\n\n<h1 hidden></h1>\n\n{BODY}\n".encode()


def once(frame: str, path: str) -> str:
    """The frame of a page, which must hold each mark exactly once."""
    for mark in (OPENING, BODY):
        count = frame.count(mark)
        if count != 1:
            raise CannotBuild(
                f"the frame of {path or 'the home page'} has {mark} {count} times; it must have it once, and no page of site/ may"
            )
    return frame.replace("<h1 hidden></h1>", "")


def filled(page: Page, frame: str, scripts: frozenset[str] | None) -> str:
    """A framed page; the team's introduction stands below the heading."""
    safe = frame if scripts is None else guarded(frame, scripts)
    before, rest = safe.split(OPENING)
    introduction, after = rest.split(BODY)
    body = str(page.body)
    top = _TOP.match(body)
    end = top.end() if top else 0
    return widened("".join((before, body[:end], introduction, body[end:], after)), body)


def widened(html: str, body: str) -> str:
    """The page, told before its first word is drawn whether it takes the whole width: nothing moves once the rest of it comes."""
    return html.replace("<body ", '<body class="so-wide-page" ', 1) if 'class="so-head so-head-wide"' in body else html


class Stamp:
    """The shell, cut at its marks, to be stamped with one record page after another."""

    def __init__(self, shell: str, scripts: frozenset[str] | None) -> None:
        empty = once(shell, SHELL).replace(OPENING, "")
        if TITLE not in empty:
            raise CannotBuild("the shell of the record pages has no place for a title")
        self._empty, self._scripts = empty, scripts

    @cached_property
    def _in_a_folder(self) -> list[str]:
        return self._cut(self._empty)

    @cached_property
    def _at_home(self) -> list[str]:
        """For a page that stands beside the home page: what led one folder up leads on from here."""
        return self._cut(_UP.sub(r"\1.", self._empty))

    def _cut(self, shell: str) -> list[str]:
        ready = shell if self._scripts is None else guarded(shell, self._scripts)
        return re.split(f"({TITLE}|{re.escape(BODY)}|{SHELL})", ready)

    def page(self, page: Page) -> str:
        """The whole HTML of a record page."""
        body = str(page.body)
        values = {TITLE: str(escape(page.title)), BODY: body, SHELL: page.path}
        parts = self._in_a_folder if "/" in page.path else self._at_home
        return widened("".join(values.get(part, part) for part in parts), body)


_UP = re.compile(r"""(["'])\.\.(?=[/"'])""")


_TOP = re.compile(r"\s*(?:<header class=\"so-head[^\"]*\">.*?</header>|<h1>.*?</h1>)", re.DOTALL)
_FOOT = re.compile(r"<footer\b[^>]*>")
PRIVATE = "Private: for the team"
"""For whom a site is, unless it says otherwise."""


def bannered(html: str, whose: str) -> str:
    """The page with a line at its foot that says for whom it is, whatever the theme looks like."""
    feet = list(_FOOT.finditer(html))
    if feet:
        end = feet[-1].end()
        return f'{html[:end]}<p class="so-whose">{escape(whose)}</p>{html[end:]}'
    before, body, after = html.rpartition("</body>")
    return f'{before}<footer><p class="so-whose">{escape(whose)}</p></footer>{body}{after}'


SCRIPT = re.compile(r"<script(?P<attributes>[^>]*)>(?P<text>.*?)</script>", re.DOTALL)
CHARSET = '<meta charset="utf-8">'
SEARCH = 'data-md-component="search" role="dialog"'
"""What the theme begins its search with; it gives it no name."""
SKIP = '<div data-md-component="skip">'
"""Where the theme leads past the menu, on pages whose headings it knows."""
BASE = re.compile(r'new URL\("[./]*",location\)')


def _inline(html: str) -> Iterator[str]:
    for match in SCRIPT.finditer(html):
        if "src=" not in match["attributes"] and "json" not in match["attributes"]:
            yield match["text"]


def own_scripts(shell: str) -> frozenset[str]:
    """The theme's inline scripts, learned from a page without any foreign text; only the path to the home page differs by depth."""
    return frozenset(BASE.sub("", text) for text in _inline(shell))


def guarded(html: str, scripts: frozenset[str]) -> str:
    """The page with a content security policy that lets only the theme's own inline scripts run, with a name for its search and a way past the menu."""
    hashes = sorted({_hash(text) for text in _inline(html) if BASE.sub("", text) in scripts})
    policy = "; ".join(
        [
            "default-src 'none'",
            " ".join(["script-src 'self'", *hashes]),
            "style-src 'self'",
            "img-src 'self' data:",
            "font-src 'self'",
            "connect-src 'self'",
            "worker-src 'self'",
            "manifest-src 'self'",
            "base-uri 'none'",
            "form-action 'none'",
        ]
    )
    if CHARSET not in html:
        raise CannotBuild(f"a page of the theme has no {CHARSET}: the content security policy cannot be added")
    named = html.replace(SEARCH, f'{SEARCH} aria-label="Search"')
    if 'class="md-skip"' not in named:
        named = named.replace(SKIP, f'{SKIP}<a href="#main" class="md-skip">Skip to content</a>').replace(
            "<article ", '<article id="main" ', 1
        )
    return named.replace(CHARSET, f'{CHARSET}<meta http-equiv="Content-Security-Policy" content="{policy}">', 1)


def _hash(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"
