"""The guides: what they show can be pasted, and the check accepts it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

HOME = Path(__file__).parents[2]
BLOCKS = re.findall(r"```yaml\n(.*?)```", (HOME / "site/guides/closing.md").read_text(encoding="utf-8"), re.DOTALL)
DEALS = [block for block in BLOCKS if block.startswith("title:")]
"""The examples that are whole deals; the others are parts that take the place of theirs."""


def errors(repo, text):
    repo.write("deals/cascadia-general.yaml", text)
    return [f"{each.code}: {each.message}" for each in repo.problems() if each.is_error]


def with_part(text, part):
    """A deal with the sections of a part in the place of its own."""
    sections = re.findall(r"(?m)^(\w+):.*\n(?:[ -].*\n)*", part)
    for name in sections:
        text = re.sub(rf"(?m)^{name}:.*\n(?:[ -].*\n)*", "", text)
    return text + part


@pytest.mark.parametrize("text", DEALS, ids=["lost", "lost again", "won"])
def test_every_deal_that_the_guide_on_closing_shows_is_sound(repo, text):
    assert errors(repo, text) == []


def test_every_step_that_the_guide_on_closing_shows_is_sound(repo):
    reopened, handed_over = (block for block in BLOCKS if block not in DEALS)
    lost, _, won = DEALS
    assert errors(repo, with_part(lost, reopened)) == []
    assert errors(repo, with_part(won, handed_over)) == []


def test_every_guide_is_in_the_menu(home):
    menu = (home / "mkdocs.yml").read_text(encoding="utf-8")
    assert [path.name for path in (home / "site/guides").glob("*.md") if f"guides/{path.name}" not in menu] == []


def test_what_the_guide_on_the_public_site_shows_can_be_pasted(repo, starting):
    text = (HOME / "site/guides/public-site.md").read_text(encoding="utf-8")
    found = re.findall(r"```yaml\n(public:.*?)```", text, re.DOTALL)
    assert len(found) == 2
    for block in found:
        repo.write("playbook/team.yaml", starting["playbook/team.yaml"] + block)
        assert [each for each in repo.problems() if each.place.path == "playbook/team.yaml"] == []
