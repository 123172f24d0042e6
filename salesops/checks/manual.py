"""The manual: every check, refusal, metric, stage and field as entries that `explain` and the reference pages share, and what their sources name."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from salesops.checks import CHECKS
from salesops.checks.check import GUILTY, Check
from salesops.metrics import Metric
from salesops.problems import nearest
from salesops.records.error_codes import REFUSALS, Refusal
from salesops.records.field_reference import fields_of
from salesops.records.kinds import KINDS
from salesops.records.section import Section, sections_of

DEFINITIONS_PAGE, RECORDS_PAGE, FIELDS_PAGE = "reference/definitions", "reference/records", "reference/fields"
TITLES = {
    DEFINITIONS_PAGE: "How the numbers are counted",
    RECORDS_PAGE: "Records and their past",
    FIELDS_PAGE: "Fields",
}
"""The pages that a source may name, with their titles."""
SECTIONS: dict[str, tuple[Section, ...]] = {
    DEFINITIONS_PAGE: sections_of("salesops.metrics", "definitions.md"),
    RECORDS_PAGE: sections_of("salesops.records", "conventions.md"),
}
"""The pages of sections, which the program brings along."""


@dataclass(frozen=True)
class Cited:
    """One thing that a source names: a sales document by title and section, or a place on a page of the reference."""

    text: str
    page: str = ""
    anchor: str = ""


def cited(source: str) -> Iterator[Cited]:
    """What a source names, one after the other: ``reference/definitions#sqd`` is a place, anything else a document's title."""
    for part in source.split("; "):
        page, _, anchor = part.partition("#")
        yield Cited(f"{TITLES[page]}, {_title(page, anchor)}", page, anchor) if page in TITLES else Cited(part)


def _title(page: str, anchor: str) -> str:
    found = section(f"{page}#{anchor}")
    return found.title if found else anchor


def section(name: str) -> Section | None:
    """The section that a source names, such as ``reference/definitions#sqd``; None where there is none."""
    page, _, anchor = name.partition("#")
    return next((found for found in SECTIONS.get(page, ()) if found.anchor == anchor), None)


@dataclass(frozen=True)
class Rule:
    """The manual page of one code."""

    code: str
    severity: str
    paragraphs: tuple[str, ...]
    bad: str
    good: str
    source: str
    about: str
    before: str = ""
    """What the example said in an earlier commit, where the rule compares."""

    @property
    def summary(self) -> str:
        """The fact in one sentence."""
        return self.paragraphs[0]


def rules() -> dict[str, Rule]:
    """Every code, the reader's first."""
    return {rule.code: rule for rule in (*map(_of_refusal, REFUSALS.values()), *map(_of_check, CHECKS.values()))}


def _of_check(check: Check) -> Rule:
    paragraphs = tuple(" ".join(part.split()) for part in check.manual.split("\n\n"))
    texts = check.bad, check.good, check.source, check.subject, check.before
    return Rule(check.code, check.severity.value, paragraphs, *texts)


def _of_refusal(refusal: Refusal) -> Rule:
    paragraphs = tuple(refusal.manual.split("\n\n"))
    return Rule(
        refusal.code,
        refusal.severity.value,
        paragraphs,
        refusal.bad or refusal.example,
        refusal.good,
        refusal.source,
        "reading",
    )


def without_mark(example: str) -> str:
    """An example as it would stand in a file, without the mark of the guilty line."""
    return GUILTY.sub("", example)


def hint(name: str, metrics: dict[str, Metric], stages: list[str]) -> str | None:
    """What was probably meant by a name that the manual does not know."""
    paths = [field.path for kind in KINDS for field in fields_of(kind)]
    last = next((path for path in paths if path.rsplit(".", 1)[-1] == name), None)
    return last or nearest(name, [*rules(), *metrics, *stages, *KINDS, *paths])
