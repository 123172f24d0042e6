"""The architecture page draws the tree that is there, and imports go only upwards in it."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

HOME = Path(__file__).parents[1]
PACKAGE = HOME / "salesops"
DRAWN = (HOME / "site/contributing/architecture.md").read_text(encoding="utf-8").split("## The tree")[1].split("```")[1]
FORBIDDEN = {"utils", "util", "helpers", "helper", "common", "manager", "service", "misc"}


def drawn_modules() -> list[str]:
    """The modules and folders of the package as the page lists them, in its order."""
    names: list[str] = []
    for line in DRAWN.split("\n"):
        if re.match(r"  \S", line) and "──" not in line:
            names += [word.rstrip("/") for word in re.match(r"  ((?:[a-z_]+(?:\.py|/)\s+)+)", line)[1].split()]
    return [name.removesuffix(".py") for name in names]


def real_modules() -> set[str]:
    return {
        path.stem
        for path in PACKAGE.iterdir()
        if path.name not in ("__init__.py", "__pycache__", "py.typed") and (path.suffix == ".py" or path.is_dir())
    }


def test_every_module_is_drawn_and_every_drawn_module_exists():
    assert set(drawn_modules()) == real_modules()


def test_no_room_is_for_odds_and_ends():
    assert not {path.stem for path in PACKAGE.rglob("*.py")} & FORBIDDEN


def imports(file: Path) -> set[str]:
    """The top-level modules of the package that a file imports, wherever in it."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        names = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names = [f"salesops.{alias.name}" for alias in node.names] if node.module == "salesops" else [node.module]
        found |= {name.split(".")[1] for name in names if name.startswith("salesops.")}
    return found


@pytest.mark.parametrize("name", sorted(real_modules() - {"starter"}))
def test_a_module_imports_only_from_what_stands_above_it(name):
    order = drawn_modules()
    files = list((PACKAGE / name).rglob("*.py")) if (PACKAGE / name).is_dir() else [PACKAGE / f"{name}.py"]
    used = set().union(*(imports(file) for file in files)) - {name}
    below = {other for other in used if order.index(other) > order.index(name)}
    assert not below, f"{name} imports {sorted(below)}, which the page draws below it"


@pytest.mark.parametrize("file", sorted(PACKAGE.rglob("*.py")), ids=lambda file: str(file.relative_to(PACKAGE)))
def test_a_module_opens_with_a_sentence_that_says_what_it_is_for(file):
    said = ast.get_docstring(ast.parse(file.read_text(encoding="utf-8"))) or ""
    assert re.match(r"\S.*[.:]", said), "no opening sentence"
