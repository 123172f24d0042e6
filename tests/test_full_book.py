"""A book in which every field of a deal and of a member says something: it is sound, no command stumbles, and whoever looks finds each value."""

import re
from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from html import unescape
from pathlib import Path
from typing import Any

import pytest
import yaml

from salesops.changes.need_words import path_in_words
from salesops.records.kinds import KINDS
from salesops.records.model_fields import fields_below
from salesops.site.pages import every_page

TODAY = date(2026, 11, 20)

TEXTS = {file.stem: file.read_text(encoding="utf-8") for file in (Path(__file__).parent / "full").glob("*.yaml")}
WRITTEN: dict[str, Any] = {name: yaml.load(text, yaml.BaseLoader) for name, text in TEXTS.items()}
IMPORTED = "".join(
    line if not line.startswith(("version:", "in_force:")) else ""
    for line in (Path(__file__).parents[1] / "playbook/process/v3.yaml").read_text(encoding="utf-8").splitlines(True)
)
IMPORTED += "version: imported\nin_force: 2020-01-01\n"
"""What an import leaves behind, for the deal that is marked."""
DEALS = ("won", "lost", "open")
FILES = {
    **{f"deals/{name}.yaml": TEXTS[name] for name in DEALS},
    "members/cascadia-university.yaml": TEXTS["member"],
    "playbook/prices/2026-01.yaml": "since: 2026-01-01\nfees: {general: 1250 USD}\nusage: [{to: 10, fee: 10.00 USD}]\n",
    "playbook/process/imported.yaml": IMPORTED,
    **{f"playbook/templates/{name}.md": "Dear colleague\n" for name in ("intro@2", "general@3", "outbound@5")},
}
COMMANDS = (
    "check|today --for all|list|list --format csv|list members|list experiments|list questions|board|metrics|metrics --evidence won-value|metrics --since 2026-06-01 --every month|"
    "show won --format json|show lost --format json|show cascadia-university --format json|explain sqd"
).split("|")
PEOPLE = {
    "cascadia-university": "Cascadia University",
    "jim": "Jim",
    "april": "April",
    "a-smith": "Director of Research Computing",
    "b-jones": "Bea Jones",
}
IMPLIED = frozenset({"spoke", "held"})
"""What a page leaves unsaid of a call and a meeting, because it is the rule."""
AS_A_MARK = frozenset({"fit", "resolved", "decides", "opened", "bounced", "would_refer", "paid_first", "go"})
"""What is told by a word of its own."""


@pytest.fixture
def full(repo):
    for path, text in FILES.items():
        repo.write(path, text.encode())
    return repo


def leaves(value: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], str]]:
    """Each value with its path; of lists without the position."""
    if isinstance(value, Mapping):
        for key, part in value.items():
            yield from leaves(part, (*path, key))
    elif isinstance(value, list):
        for part in value:
            yield from leaves(part, path)
    else:
        yield path, value


def fields(model: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """Each field of a model that holds a value and no further fields."""
    below = fields_below(model, path)
    for key in below:
        yield from fields(model, (*path, key))
    if not below and path:
        yield path


def words_for(path: tuple[str, ...], value: str) -> set[str]:
    """How a value may be told: as it is written, people by name, money and shares as people read them."""
    if path[-1] in AS_A_MARK or value in IMPLIED:
        return {""}
    money = re.fullmatch(r"([\d.]+) (USD)", value)
    if money:
        whole = Decimal(money[1]) % 1 == 0
        return {f"{Decimal(money[1]):,.{0 if whole else 2}f} USD"}
    if path == ("waived", "need"):
        return {value, path_in_words(value)}
    if value.endswith("%") and value[:-1].isdecimal():
        return {value[:-1]}
    return {value, PEOPLE.get(value, value), value.replace("true", "yes").replace("false", "no")}


def untold(name: str, text: str) -> list[str]:
    """What a record says and a text does not."""
    return [
        f"{'.'.join(path)}: {value}"
        for path, value in leaves(WRITTEN[name])
        if not any(words in text for words in words_for(path, value))
    ]


@pytest.mark.parametrize(("kind", "names"), [("deal", DEALS), ("member", ("member",))])
def test_every_field_is_given(kind, names):
    said = {path for name in names for path, _ in leaves(WRITTEN[name])}
    assert [path for path in fields(KINDS[kind].model) if not any(one[: len(path)] == path for one in said)] == []


def test_it_is_sound(full):
    assert [problem.message for problem in full.problems() if problem.is_error] == []


@pytest.mark.parametrize("command", COMMANDS)
def test_no_command_stumbles_over_it(full, command):
    ran = full.run(*command.split())
    assert (ran.code, ran.out == "") == (0, False), ran.err


@pytest.mark.parametrize("name", [*DEALS, "member"])
def test_show_tells_all_that_a_record_says(full, name):
    out = full.run("show", "cascadia-university" if name == "member" else name).out
    assert untold(name, out) == []


@pytest.mark.parametrize("name", [*DEALS, "member"])
def test_its_page_tells_all_that_a_record_says(full, name):
    path = "members/cascadia-university" if name == "member" else f"deals/{name}"
    body = next(page.body for page in every_page(full.book().on(TODAY)) if page.path == path)
    addresses = re.findall(r'(?:href|datetime)="([^"]*)"', body)
    words = unescape(" ".join([re.sub(r"<[^>]+>", "", body), *addresses]))
    assert untold(name, f"{words} {words.casefold()}") == []
