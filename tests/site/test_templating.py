"""Templates are kept compiled beside the modules; whatever is wrong with what is kept, a page comes out right."""

from __future__ import annotations

import sys

import pytest
from jinja2 import nodes

from salesops.site.pages.page import templates
from salesops.site.templating import Compiled, environment_of

PACKAGE = "salesops.site.public"
TEMPLATE = "home.html"


@pytest.fixture
def kept(tmp_path, monkeypatch):
    """A folder of compiled templates, and an environment that keeps them there."""
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    monkeypatch.setattr(sys, "pycache_prefix", str(tmp_path / "cache"))
    return tmp_path / "cache"


def compiled(folder):
    return [file for file in folder.rglob("*.jinja.pyc") if file.is_file()]


def program(environment):
    """What a template compiles to, as far as it can be compared."""
    return environment.get_template(TEMPLATE).root_render_func.__code__.co_code


def test_a_template_is_compiled_once(kept, monkeypatch):
    first = program(environment_of(PACKAGE))
    assert compiled(kept)
    again = environment_of(PACKAGE)
    monkeypatch.setattr(again, "compile", lambda *_, **__: pytest.fail("it was compiled again"))
    assert program(again) == first


@pytest.mark.parametrize("damage", [b"", b"\x80", b"not at all"], ids=["empty", "cut", "other"])
def test_a_damaged_one_is_compiled_anew(kept, damage):
    first = program(environment_of(PACKAGE))
    for file in compiled(kept):
        file.write_bytes(damage or b"")
    assert program(environment_of(PACKAGE)) == first
    for file in compiled(kept):
        whole = file.read_bytes()
        file.write_bytes(whole[: len(whole) // 2])
    assert program(environment_of(PACKAGE)) == first


def test_a_folder_that_is_none_is_no_fault(tmp_path, monkeypatch):
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setattr(sys, "pycache_prefix", str(tmp_path / "file"))
    assert program(environment_of(PACKAGE))


def test_other_settings_are_another_program(tmp_path, monkeypatch):
    before = Compiled(tmp_path).get_source_checksum("{{ x }}")
    monkeypatch.setattr("salesops.site.templating.COMPILED_IN", {"autoescape": False})
    assert Compiled(tmp_path).get_source_checksum("{{ x }}") != before


def test_no_template_has_a_filter_worked_out_while_it_is_compiled():
    environment = templates()
    ours = {name for name, work in environment.filters.items() if work.__module__.startswith("salesops.")}
    for name in environment.list_templates():
        source = environment.loader.get_source(environment, name)[0]
        for used in environment.parse(source).find_all(nodes.Filter):
            assert not (used.name in ours and isinstance(used.node, nodes.Const)), (name, used.lineno, used.name)
