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
NEIGHBOURS = {"imports", "exports", "setup", "site"}
"""Rooms on one floor: none of them knows another."""
MOST_ROOMS, MOST_LOOSE = 13, 2


def drawn() -> dict[str, list[str]]:
    """The rooms as the page draws them, in its order, each with its modules; a loose module has none."""
    rooms: dict[str, list[str]] = {}
    for line in DRAWN.split("salesops/\n")[1].split("\ntests/")[0].split("\n"):
        if found := re.match(r"  ([a-z_]+)(?:\.py|/)\s", line):
            rooms[found[1]] = []
        elif line.startswith("    "):
            rooms[list(rooms)[-1]] += line.split()
    return {name: modules for name, modules in rooms.items() if name != "__init__"}


def names_in(folder: Path) -> set[str]:
    """The modules, folders and pages of prose of a folder."""
    return {
        path.name.removesuffix(".py")
        for path in folder.iterdir()
        if path.name not in ("__init__.py", "__pycache__") and (path.suffix in (".py", ".md") or path.is_dir())
    }


ROOMS = drawn()
FILES = sorted(path for path in PACKAGE.rglob("*.py") if "starter" not in path.parts)


def name_of(file: Path) -> str:
    """The dotted name of a module below the package; a folder's own module has the folder's name."""
    return ".".join(file.relative_to(PACKAGE).with_suffix("").parts).removesuffix(".__init__").removesuffix("__init__")


MODULES = {name_of(file): file for file in FILES}


def test_every_module_is_drawn_and_every_drawn_module_exists():
    assert set(ROOMS) == names_in(PACKAGE)
    for room, modules in ROOMS.items():
        if (PACKAGE / room).is_dir():
            assert sorted(modules) == sorted(names_in(PACKAGE / room)), room


def test_the_house_has_at_most_thirteen_rooms_and_two_loose_modules():
    loose = {file.stem for file in PACKAGE.glob("*.py")} - {"__init__"}
    assert len(loose) <= MOST_LOOSE
    assert len(names_in(PACKAGE) - loose) <= MOST_ROOMS


def test_no_room_is_for_odds_and_ends():
    assert not {path.stem for path in PACKAGE.rglob("*.py")} & FORBIDDEN


def imports(file: Path) -> set[str]:
    """The modules of the package that a file imports, wherever in it."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    inside = {name.removeprefix("salesops.") for name in found if name.startswith("salesops.")}
    return {name if name in MODULES else name.rpartition(".")[0] for name in inside}


def room_of(module: str) -> str:
    return module.split(".")[0]


@pytest.mark.parametrize("name", [name for name in MODULES if name])
def test_a_module_imports_only_from_what_stands_above_it(name):
    order = list(ROOMS)
    used = {room_of(module) for module in imports(MODULES[name])} - {room_of(name)}
    below = {room for room in used if order.index(room) > order.index(room_of(name))}
    assert not below, f"{name} imports {sorted(below)}, which the page draws below it"


@pytest.mark.parametrize("name", [name for name in MODULES if room_of(name) in NEIGHBOURS])
def test_imports_exports_setup_and_site_do_not_know_each_other(name):
    used = {room_of(module) for module in imports(MODULES[name])}
    assert not used & (NEIGHBOURS - {room_of(name)})


def test_no_two_modules_import_each_other_in_a_circle():
    waiting = {name: imports(file) - {name} for name, file in MODULES.items()}
    while free := {name for name, used in waiting.items() if not used & waiting.keys()}:
        waiting = {name: used for name, used in waiting.items() if name not in free}
    assert not waiting, f"in a circle: {sorted(waiting)}"


def functions_of(module: str) -> list[ast.FunctionDef]:
    return [
        node
        for node in ast.walk(ast.parse(MODULES[module].read_text(encoding="utf-8")))
        if isinstance(node, ast.FunctionDef)
    ]


COMMANDS = [
    name for name in MODULES if re.fullmatch(r"cli\.\w+", name) and "command" in {it.name for it in functions_of(name)}
]
ACTIONS = [name for name in MODULES if name.startswith("cli.actions.")]


@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_is_its_options_and_the_call_of_its_action(name):
    action = name.replace("cli.", "cli.actions.")
    assert imports(MODULES[name]) <= {"cli", "cli.options", "cli.printing", action}
    if action in ACTIONS:  # a command without one needs nothing that takes time to load
        functions = functions_of(name)
        groups = [it for it in functions if any(".group(" in ast.unparse(each) for each in it.decorator_list)]
        assert all(len(group.body) == 1 for group in groups), "a group has its help and nothing else"
        assert len(groups) < len(functions), "a group without a command"
        for command in (it for it in functions if it not in groups):
            _, loaded, called = map(ast.unparse, command.body)
            assert loaded == f"from salesops.{action} import run"
            assert called.startswith("ctx.exit(run(ctx.obj")


def test_every_action_belongs_to_a_command():
    assert all(any(action.startswith(name.replace("cli.", "cli.actions.")) for name in COMMANDS) for action in ACTIONS)


SPARED = {"cli.actions.site"}
"""What loads the rest only where it is needed, for it takes longer than all else that it does."""


@pytest.mark.parametrize("name", sorted({*ACTIONS} - SPARED))
def test_an_action_imports_at_its_top(name):
    inside = [node for function in functions_of(name) for node in ast.walk(function)]
    assert not [node.lineno for node in inside if isinstance(node, ast.Import | ast.ImportFrom)]


@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.relative_to(PACKAGE)))
def test_a_module_opens_with_a_sentence_that_says_what_it_is_for(file):
    said = ast.get_docstring(ast.parse(file.read_text(encoding="utf-8"))) or ""
    assert re.match(r"\S.*[.:]", said), "no opening sentence"


def test_one_class_name_is_one_class():
    homes: dict[str, list[str]] = {}
    for name, file in MODULES.items():
        for node in ast.parse(file.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.ClassDef):
                homes.setdefault(node.name, []).append(name)
    assert not {name: found for name, found in homes.items() if len(found) > 1}
