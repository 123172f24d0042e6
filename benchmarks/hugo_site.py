"""The same plain pages for Hugo, in the same frame: ``hugo_site.py PLAIN OUT``, where PLAIN was written by plain_site.py and built.

The frame is the page of a deal as MkDocs built it, theme and all; Hugo turns the Markdown of each page into HTML and puts it in.
"""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path

CONFIG = """\
baseURL = "https://example.org/"
title = "One page for each deal"
disableKinds = ["taxonomy", "term", "RSS", "sitemap"]
"""
BODY = re.compile(r"(<article[^>]*>).*?(</article>)", re.DOTALL)


def main(plain: Path, out: Path) -> None:
    """Write the project; ``hugo -s OUT`` is what is measured."""
    pages = sorted((plain / "docs" / "deals").glob("*.md"))
    built = plain / "html" / "deals" / pages[0].stem / "index.html"
    frame = BODY.sub(r"\1{{ .Content }}\2", built.read_text(encoding="utf-8"), count=1).replace(
        pages[0].stem, "{{ .File.ContentBaseName }}"
    )
    layouts, content = out / "layouts" / "_default", out / "content" / "deals"
    layouts.mkdir(parents=True)
    content.mkdir(parents=True)
    (out / "hugo.toml").write_text(CONFIG, encoding="utf-8")
    (layouts / "single.html").write_text(frame, encoding="utf-8")
    home = frame.replace("{{ .File.ContentBaseName }}", "x")
    for name in (layouts / "list.html", out / "layouts" / "index.html"):
        name.write_text(home, encoding="utf-8")
    for page in pages:
        text = page.read_text(encoding="utf-8")
        title = text.split("\n", 1)[0].removeprefix("# ")
        (content / page.name).write_text(f"---\ntitle: {json.dumps(title)}\n---\n{text}", encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
