"""The obvious site to compare with: an MkDocs project with one Markdown page for each deal: ``plain_site.py ROOT OUT``.

The pages are out of the navigation, since with all of them in it the build is quadratic, and the theme is the same.
What a page says is about what the product's page of a deal says, without anything that has to be worked out.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

CONFIG = """\
site_name: One page for each deal
theme: {name: material, font: false}
plugins: [search]
markdown_extensions: [tables]
nav: [{Pipeline: index.md}]
not_in_nav: /deals/
"""


def page(deal: dict[str, Any]) -> Iterator[str]:
    """A deal as Markdown."""
    yield f"# {deal['title']}\n"
    facts = {key: value for key, value in deal.items() if not isinstance(value, list | dict)}
    yield from table(("Field", "Value"), facts.items())
    yield "\n## Stages\n"
    yield from table(("Stage", "Since"), (move for line in deal["stages"] for move in line.items()))
    for section in ("maniac_t", "discovery", "proposal", "contract", "order", "win", "loss", "renewal"):
        if section in deal:
            yield f"\n## {section.replace('_', ' ').capitalize()}\n"
            entries = deal[section] if isinstance(deal[section], list) else [deal[section]]
            for entry in entries:
                yield from table(("Field", "Value"), ((key, said(value)) for key, value in entry.items()))
    yield "\n## Activity\n"
    for entry in deal.get("activity", []):
        more = {key: value for key, value in entry.items() if key not in ("date", "kind")}
        yield f"- **{entry['date']}** {entry['kind']}: {said(more)}"


def table(head: tuple[str, str], rows: Any) -> Iterator[str]:
    """Rows of two cells."""
    yield f"| {head[0]} | {head[1]} |\n|---|---|"
    for key, value in rows:
        yield f"| {key} | {value} |"


def said(value: Any) -> str:
    """A value in words."""
    if isinstance(value, dict):
        return ", ".join(f"{key} {said(inner)}" for key, inner in value.items())
    return "; ".join(said(inner) for inner in value) if isinstance(value, list) else str(value)


def main(root: Path, out: Path) -> None:
    """Write the project; ``mkdocs build -f OUT/mkdocs.yml`` is what is measured."""
    pages = out / "docs" / "deals"
    pages.mkdir(parents=True)
    (out / "mkdocs.yml").write_text(CONFIG, encoding="utf-8")
    rows = []
    for file in sorted((root / "deals").rglob("*.yaml")):
        deal = yaml.load(file.read_bytes(), yaml.CSafeLoader)
        (pages / f"{file.stem}.md").write_text("\n".join(page(deal)) + "\n", encoding="utf-8")
        rows.append((f"[{deal['title']}](deals/{file.stem}.md)", next(iter(deal["stages"][-1]))))
    text = "\n".join(["# Pipeline\n", *table(("Deal", "Stage"), rows[:200])])
    (out / "docs" / "index.md").write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
