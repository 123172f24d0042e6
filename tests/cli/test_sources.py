"""What people read names only what they can open: no code, no row and no chapter of a paper that is not here."""

from __future__ import annotations

import re

import click
import pytest

from salesops.checks.manual import SECTIONS, rules
from salesops.cli import COMMANDS, Commands, salesops
from salesops.metrics import metrics_of
from salesops.records.field_reference import fields_of
from salesops.records.kinds import KINDS

PAPER = re.compile(
    r"\b(?:S\d{1,2}|[A-L]\d{1,2})\b(?! bucket)|\brow \d|\b(?:product|format|metrics|rulings|house|hands|cli|features|ecosystem|security|site"
    r"|architecture|performance)\.md\b|§|\b(?:ruling|chapter|section)s? \d"
)
"""A paper's code such as S2, a row or a chapter of one, or the file of one."""


def papers_in(texts) -> list[str]:
    return [text for text in texts if PAPER.search(str(text))]


def test_the_pattern_finds_what_must_not_be_said():
    assert papers_in(["as S2 says", "product.md row 17", "see section 3", "the rule (C4)"]) != []
    assert (
        papers_in(["Sales Sync, WHY", "reference/definitions#sqd", "Sales Operations Overview (2025), Closed Won"])
        == []
    )


def test_no_code_that_explain_tells_names_a_paper():
    for rule in rules().values():
        assert papers_in([*rule.paragraphs, rule.source, rule.bad, rule.good]) == [], rule.code


def test_no_metric_names_a_paper(repo):
    for metric in metrics_of(repo.book().processes[-1]).values():
        assert papers_in([metric.title, metric.source, metric.definition, metric.types]) == [], metric.id


def test_no_field_names_a_paper():
    for kind in KINDS:
        for field in fields_of(kind):
            assert papers_in([field.description, field.holds, *field.examples]) == [], f"{kind}.{field.path}"
        assert papers_in([KINDS[kind].model.__doc__]) == [], kind


def test_no_section_of_the_definitions_names_a_paper():
    for page, sections in SECTIONS.items():
        for section in sections:
            assert papers_in([section.title, *section.blocks]) == [], f"{page}#{section.anchor}"


def helps_of(command: click.Command, ctx: click.Context):
    yield command.get_help(ctx)
    for name in command.list_commands(ctx) if isinstance(command, click.Group) else ():
        below = command.get_command(ctx, name)
        assert below
        yield from helps_of(below, click.Context(below, parent=ctx, info_name=name))


def test_no_help_names_a_paper():
    assert isinstance(salesops, Commands)
    helps = list(helps_of(salesops, click.Context(salesops, info_name="salesops")))
    assert len(helps) > len(COMMANDS)
    assert papers_in(helps) == []


@pytest.mark.parametrize("name", ["enrichment", "closed won", "deal.contract", "sqd", "stage-skipped"])
def test_no_page_of_explain_names_a_paper(repo, name):
    assert papers_in([repo.run("explain", name).out]) == []
