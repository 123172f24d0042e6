"""A report as text for a terminal, and as Markdown for a pull request's comment and a job's summary."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from itertools import groupby

from salesops.changes.bridges import TAKES_AWAY, Bridge, BridgeTerm
from salesops.changes.change import Change
from salesops.changes.effects import Effect
from salesops.changes.report import Report
from salesops.metrics.wording import amounts
from salesops.output import (
    Links,
    Style,
    code_span,
    counted,
    markdown,
    no_links,
    problems_as_markdown,
    show,
    table,
    unpainted,
)
from salesops.problems import Problem
from salesops.records.kinds import KINDS

MARK = "<!-- salesops -->"
"""The first line of a comment: by it the one comment on a pull request is found again."""
MOST_CHANGES, MOST_ERRORS, MOST_ADVICE = 24_000, 10_000, 6_000
"""Characters of the sections that may be long; with the rest they stay below the 65,536 that a comment on GitHub may have."""
MOST_LINES, MOST_DEALS, MOST_PROBLEMS = 25, 6, 40
"""Sentences of a record, deals of a number, and problems on a terminal."""
MINUS = "\N{MINUS SIGN}"

Words = Callable[[object], str]


def headline(report: Report) -> str:
    """The report in one line: what happened to how many, and whether it can be merged."""
    return " · ".join((_tally(report), *_verdict(report), *_signed(report)))


TOLD = {
    "new": "new",
    "moved": "moved",
    "won": "won",
    "lost": "lost",
    "reopened": "reopened",
    "parked": "parked",
    "resumed": "resumed",
    "removed": "removed",
    "past": "with rewritten history",
    "unreadable": "with errors",
}
"""What the headline counts, each record once for each, and how it says so."""


def _tally(report: Report) -> str:
    groups = [group for group in _records(report.changes) if any(change.kind != "wording" for change in group)]
    if not groups:
        return "No change to the data" if report.changes else "No records changed"
    deals = sum(group[0].ref[0] == "deal" for group in groups)
    others = len(groups) - deals
    parts = [counted(deals, "deal")] if deals else []
    parts += [counted(others, "other record" if deals else "record")] if others else []
    counts = Counter(kind for group in groups for kind in _happened(group, report))
    told = ", ".join(f"{counts[kind]:,} {words}" for kind, words in TOLD.items() if counts[kind])
    return f"{' and '.join(parts)} changed" + (f" ({told})" if told else "")


def _happened(group: Sequence[Change], report: Report) -> set[str]:
    """What the headline counts of a record: of several moves of a deal, only what they made of it in the end."""
    kinds = {change.kind for change in group} & TOLD.keys()
    closes = [change.kind for change in group if change.kind in ("won", "lost", "reopened")]
    new = next((change.after for change in group if change.kind == "new" and change.after), None)
    if closes:
        kinds = kinds - {"moved", "won", "lost", "reopened"} | {closes[-1]}
    elif new and (outcome := report.after.book.outcome(new)):
        kinds.add(outcome)
    return kinds


def _verdict(report: Report) -> Iterator[str]:
    if report.problems is not None:
        errors = sum(problem.is_error for problem in report.problems)
        clean = "no errors" if report.problems else "no problems"
        yield f"{counted(errors, 'error')} to fix before merging" if errors else clean


def _signed(report: Report) -> Iterator[str]:
    corrections = report.comparison.corrections
    if corrections:
        yield counted(len(corrections), "signed correction")


# ── text ──────────────────────────────────────────────────────────────────────────────────────────────────────────────


def as_text(report: Report, style: Style = unpainted) -> Iterator[str]:
    """The whole report for a terminal."""
    yield style(headline(report), "place")
    for group in _records(report.changes):
        yield ""
        yield style(show(group[0].who), "head") + (f" ({show(group[0].ref[1])})" if _needs_id(group[0]) else "")
        yield from (f"  {show(one.what)}" for one in group)
    if report.effects:
        yield ""
        rows = [(effect.metric.title, *effect.words, _deals(effect, str)) for effect in report.effects]
        yield from table(rows, ("metric", "before", "after", "deals"), frozenset({1, 2}), style)
    if not report.bridge.is_flat:
        yield ""
        yield from table(
            list(_bridge_rows(report.bridge, str)), ("pipeline", "deals", "money", "which"), frozenset({1, 2}), style
        )
    errors = [problem for problem in report.problems or () if problem.is_error]
    if errors:
        yield ""
        yield style(f"{counted(len(errors), 'error')} to fix before merging; salesops check says how:", "error")
        yield from (
            f"  {show(problem.place.path)}:{problem.place.line}: {show(problem.message)} [{problem.code}]"
            for problem in errors[:MOST_PROBLEMS]
        )


def _records(changes: Sequence[Change]) -> list[list[Change]]:
    """The changes by record."""
    return [list(group) for _, group in groupby(changes, key=lambda change: change.ref)]


def _needs_id(change: Change) -> bool:
    """Whether a record's name alone does not say which file it is."""
    kind, record_id = change.ref
    return KINDS[kind].has_own_name and not change.who.endswith(record_id)


def _deals(effect: Effect, words: Words) -> str:
    parts = [
        *(f"+ {words(deal_id)}" for deal_id in effect.joined),
        *(f"{MINUS} {words(deal_id)}" for deal_id in effect.left),
    ]
    parts += [words(deal_id) for deal_id in effect.altered]
    more = [f"and {len(parts) - MOST_DEALS:,} more"] if len(parts) > MOST_DEALS else []
    return ", ".join(parts[:MOST_DEALS] + more)


def _bridge_rows(bridge: Bridge, words: Words) -> Iterator[tuple[str, str, str, str]]:
    yield "opening", f"{bridge.opening.count:,}", amounts(bridge.opening.sums), ""
    for term in bridge.told:
        sign = MINUS if term.name in TAKES_AWAY else "+"
        count = "" if term.name == "re-priced" else f"{sign} {abs(term.count):,}" if term.deals else "0"
        yield term.name, count, _money(term), _which(term, words)
    yield "closing", f"{bridge.closing.count:,}", amounts(bridge.closing.sums), ""


def _money(term: BridgeTerm) -> str:
    if not term.sums:
        return "–"
    return ", ".join(
        f"{MINUS if amount < 0 else '+'} {amounts({currency: abs(amount)})}" for currency, amount in term.sums.items()
    )


def _which(term: BridgeTerm, words: Words) -> str:
    more = [f"and {len(term.deals) - MOST_DEALS:,} more"] if len(term.deals) > MOST_DEALS else []
    return ", ".join([words(deal_id) for deal_id in term.deals[:MOST_DEALS]] + more)


# ── Markdown ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def as_markdown(report: Report, links: Callable[[Problem], Links] = no_links) -> str:
    """The whole report as the comment on a pull request: whatever stands in the records, it stays text.

    ``links`` says where a problem is mended in the browser.
    """
    sections = [
        [MARK, f"## {markdown(headline(report))}", ""],
        _fitting(_changes_section(report), MOST_CHANGES, "record"),
        _problems_section(report, links),
        list(_metrics_section(report)),
        list(_bridge_section(report)),
        [f"<sub>{markdown(_foot(report))}</sub>"],
    ]
    return "\n".join(line for section in sections for line in section) + "\n"


def _fitting(blocks: Iterator[list[str]], room: int, noun: str) -> list[str]:
    """The lines of as many blocks as there is room for, whole ones only; how many more there are is said."""
    lines: list[str] = []
    left_out = 0
    for block in blocks:
        size = sum(len(line) + 1 for line in block)
        if left_out or size > room:
            left_out += 1
            continue
        room -= size
        lines += block
    if left_out:
        lines += [f"… and {counted(left_out, f'more {noun}')}: run `salesops diff` to see all.", ""]
    return lines


def _foot(report: Report) -> str:
    before, after = report.before, report.after
    days = str(after.as_of) if before.as_of == after.as_of else f"{before.as_of} and {after.as_of}"
    return f"From {before.name} to {after.name}; numbers as of {days}."


def _changes_section(report: Report) -> Iterator[list[str]]:
    for group in _records(report.changes):
        suffix = f" ({code_span(group[0].ref[1])})" if _needs_id(group[0]) else ""
        more = [f"- … and {len(group) - MOST_LINES:,} more"] if len(group) > MOST_LINES else []
        yield [
            f"**{markdown(group[0].who)}**{suffix}",
            "",
            *(f"- {markdown(one.what)}" for one in group[:MOST_LINES]),
            *more,
            "",
        ]


OF_THE_PAST = frozenset({"past-fact-named", "record-renamed", "record-attribute", "record-ignored-soon"})
"""Warnings of what a change says of days gone by: whoever reviews it is told, not only who wrote it."""


def _problems_section(report: Report, links: Callable[[Problem], Links]) -> list[str]:
    errors = [problem for problem in report.problems or () if problem.is_error]
    warnings = [problem for problem in report.problems or () if not problem.is_error]
    of_the_past = [problem for problem in warnings if problem.code in OF_THE_PAST]
    advice = [problem for problem in warnings if problem.code not in OF_THE_PAST]
    lines = ["### Fix before merging", "", *_listed(errors, MOST_ERRORS, links), ""] if errors else []
    if of_the_past:
        lines += ["### What it says of the past", "", *_listed(of_the_past, MOST_ADVICE, links), ""]
    if advice:
        head = f"<details><summary>Warnings ({len(advice):,})</summary>"
        lines += [head, "", *_listed(advice, MOST_ADVICE, links), "", "</details>", ""]
    return lines


def _listed(problems: Sequence[Problem], room: int, links: Callable[[Problem], Links]) -> list[str]:
    return _fitting((_without_last_blank(problem, links) for problem in problems), room, "problem")


def _without_last_blank(problem: Problem, links: Callable[[Problem], Links]) -> list[str]:
    return list(problems_as_markdown([problem], links=links))[:-1]


def _metrics_section(report: Report) -> Iterator[str]:
    yield "### Metric changes"
    yield ""
    if not report.effects:
        yield "No metric changes."
        yield ""
        return
    yield "| metric | before | after | deals |"
    yield "|---|--:|--:|---|"
    for effect in report.effects:
        before, after = effect.words
        yield f"| {markdown(effect.metric.title)} | {markdown(before)} | **{markdown(after)}** | {_deals(effect, code_span)} |"
    yield ""


def _bridge_section(report: Report) -> Iterator[str]:
    if report.bridge.is_flat:
        return
    yield "### Pipeline"
    yield ""
    yield "| | deals | money | which |"
    yield "|---|--:|--:|---|"
    for name, count, money, which in _bridge_rows(report.bridge, code_span):
        shown = f"**{name}**" if name in ("opening", "closing") else name
        yield f"| {shown} | {count} | {money} | {which} |"
    yield ""
