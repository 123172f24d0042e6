"""The pages of a site of ours, word for word, for MkDocs alone and for Hugo: ``same_pages.py SITE OUT``.

Plain pages say less than ours, so that they tell little of what MkDocs and Hugo would take for what ours say. Here they are given the
finished body of every page, so that nothing is left to be worked out but the page itself: the frame, the Markdown, the search.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path

CONFIG = """\
site_name: The same pages
theme: {name: material, font: false}
plugins: [search]
nav: [{Today: index.md}]
not_in_nav: |
  *
"""
FOR_HUGO = """\
baseURL = "https://example.org/"
title = "The same pages"
disableKinds = ["taxonomy", "term", "RSS", "sitemap"]
[markup.goldmark.renderer]
unsafe = true
"""
BODY = re.compile(r"(<article[^>]*>)(.*?)(</article>)", re.DOTALL)
HEADING = re.compile(r"<h1[^>]*>(.*?)</h1>", re.DOTALL)
MARKUP = re.compile(r"<[^>]+>")
BLANK = re.compile(r"\n\s*\n")


def pages(site: Path) -> Iterator[tuple[str, str, str]]:
    """The name, the title and the body of every page; a body is one block of HTML, which Markdown leaves alone."""
    for file in sorted(site.rglob("*.html")):
        text = file.read_text(encoding="utf-8")
        found, name = BODY.search(text), file.relative_to(site).with_suffix("").as_posix()
        if found and name != "404":
            heading = HEADING.search(found[2])
            title = " ".join(MARKUP.sub("", heading[1] if heading else name).split())
            yield name, title, f"<div>\n{BLANK.sub(chr(10), found[2]).strip()}\n</div>\n"


def main(site: Path, out: Path) -> None:
    """Write both projects; ``mkdocs build -f OUT/mkdocs.yml`` and ``hugo -s OUT/hugo`` are what is measured."""
    layouts = out / "hugo" / "layouts" / "_default"
    layouts.mkdir(parents=True)
    frame = BODY.sub(r"\1{{ .Content }}\3", next(site.glob("deals/*.html")).read_text(encoding="utf-8"), count=1)
    for name in (layouts / "single.html", layouts / "list.html", out / "hugo" / "layouts" / "index.html"):
        name.write_text(frame, encoding="utf-8")
    (out / "mkdocs.yml").write_text(CONFIG, encoding="utf-8")
    (out / "hugo" / "hugo.toml").write_text(FOR_HUGO, encoding="utf-8")
    for name, title, body in pages(site):
        text = f"---\ntitle: {json.dumps(title)}\n---\n{body}"
        in_hugo = re.sub(r"(^|/)index$", r"\1_index", name)  # an index of Hugo's takes the pages beside it for its own
        for file in (out / "docs" / f"{name}.md", out / "hugo" / "content" / f"{in_hugo}.md"):
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
