"""A report as text for a terminal, and as Markdown for a pull request's comment and a job's summary."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import groupby

from salesops.changes.bridges import TAKES_AWAY, Bridge, Term
from salesops.changes.change import Change
from salesops.changes.effects import Effect
from salesops.changes.report import Report
from salesops.metrics.words import amounts
from salesops.output import Style, code_span, counted, markdown, problems_as_markdown, show, table, unpainted
from salesops.problems import Problem

MARK = "<!-- salesops -->"
"""The first line of a comment: by it the one comment on a pull request is found again."""
LONGEST = 60_000
"""Characters of a comment; GitHub takes 65,536."""
MOST_RECORDS, MOST_DEALS, MOST_PROBLEMS = 60, 6, 40
MINUS = "\N{MINUS SIGN}"

Words = Callable[[object], str]


def headline(report: Report) -> str:
    """The report in one line: what happened to how many, and whether it can be merged."""
    return " · ".join((_tally(report.changes), *_verdict(report.problems), *_signed(report)))


def _tally(changes: Sequence[Change]) -> str:
    if not changes:
        return "Nothing changes in the records"
    deals = {change.ref for change in changes if change.ref[0] == "deal"}
    others = {change.ref for change in changes} - deals
    kinds = {
        kind: sum(change.kind == kind for change in changes)
        for kind in ("new", "moved", "won", "lost", "reopened", "removed")
    }
    parts = [counted(len(deals), "deal")] if deals else []
    parts += [counted(len(others), "other record")] if others else []
    told = ", ".join(f"{count} {kind}" for kind, count in kinds.items() if count)
    return f"{' and '.join(parts)} changed" + (f" ({told})" if told else "")


def _verdict(problems: Sequence[Problem]) -> Iterator[str]:
    errors = sum(problem.is_error for problem in problems)
    yield f"{counted(errors, 'error')} to mend first" if errors else "nothing to mend"


def _signed(report: Report) -> Iterator[str]:
    corrections = report.comparison.corrections
    if corrections:
        yield f"{counted(len(corrections), 'correction')} of the past, signed"


# ── text ──────────────────────────────────────────────────────────────────────────────────────────────────────────────


def as_text(report: Report, style: Style = unpainted) -> Iterator[str]:
    """The whole report for a terminal."""
    yield style(headline(report), "place")
    for change, group in _records(report.changes):
        yield ""
        yield f"{style(show(change.who), 'head')} ({show(change.ref[1])})"
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
    errors = [problem for problem in report.problems if problem.is_error]
    if errors:
        yield ""
        yield style(f"{counted(len(errors), 'error')} to mend first; salesops check says how:", "error")
        yield from (
            f"  {show(problem.place.path)}:{problem.place.line}: {show(problem.message)} [{problem.code}]"
            for problem in errors[:MOST_PROBLEMS]
        )


def _records(changes: Sequence[Change]) -> list[tuple[Change, list[Change]]]:
    grouped = [list(group) for _, group in groupby(changes, key=lambda change: change.ref)]
    return [(group[0], group) for group in grouped]


def _deals(effect: Effect, words: Words) -> str:
    parts = [*(f"+ {words(id)}" for id in effect.joined), *(f"{MINUS} {words(id)}" for id in effect.left)]
    parts = parts or [words(id) for id in effect.altered]
    more = [f"and {len(parts) - MOST_DEALS} more"] if len(parts) > MOST_DEALS else []
    return ", ".join(parts[:MOST_DEALS] + more)


def _bridge_rows(bridge: Bridge, words: Words) -> Iterator[tuple[str, str, str, str]]:
    yield "opening", f"{bridge.opening.count:,}", amounts(bridge.opening.sums), ""
    for term in bridge.told:
        sign = MINUS if term.name in TAKES_AWAY else "+"
        count = "" if term.name == "re-priced" else f"{sign} {abs(term.count):,}" if term.deals else "0"
        yield term.name, count, _money(term), _which(term, words)
    yield "closing", f"{bridge.closing.count:,}", amounts(bridge.closing.sums), ""


def _money(term: Term) -> str:
    if not term.sums:
        return "–"
    return ", ".join(
        f"{MINUS if amount < 0 else '+'} {amounts({currency: abs(amount)})}" for currency, amount in term.sums.items()
    )


def _which(term: Term, words: Words) -> str:
    more = [f"and {len(term.deals) - MOST_DEALS} more"] if len(term.deals) > MOST_DEALS else []
    return ", ".join([words(id) for id in term.deals[:MOST_DEALS]] + more)


# ── Markdown ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def as_markdown(report: Report) -> str:
    """The whole report as the comment on a pull request: whatever stands in the records, it stays text."""
    lines = [
        MARK,
        f"## {markdown(headline(report))}",
        "",
        *_changes_section(report),
        *_problems_section(report),
        *_metrics_section(report),
        *_bridge_section(report),
        f"<sub>{markdown(_foot(report))}</sub>",
    ]
    return _cut(lines)


def _foot(report: Report) -> str:
    before, after = report.before, report.after
    days = str(after.as_of) if before.as_of == after.as_of else f"{before.as_of} and {after.as_of}"
    return f"From {before.name} to {after.name}; numbers as of {days}."


def _changes_section(report: Report) -> Iterator[str]:
    records = _records(report.changes)
    for change, group in records[:MOST_RECORDS]:
        yield f"**{markdown(change.who)}** ({code_span(change.ref[1])})"
        yield ""
        yield from (f"- {markdown(one.what)}" for one in group)
        yield ""
    if len(records) > MOST_RECORDS:
        yield f"… and {counted(len(records) - MOST_RECORDS, 'more record')}."
        yield ""


def _problems_section(report: Report) -> Iterator[str]:
    errors = [problem for problem in report.problems if problem.is_error]
    advice = [problem for problem in report.problems if not problem.is_error]
    if errors:
        yield "### To mend first"
        yield ""
        yield from problems_as_markdown(errors, MOST_PROBLEMS)
        yield ""
    if advice:
        yield f"<details><summary>Worth a look ({len(advice)})</summary>"
        yield ""
        yield from problems_as_markdown(advice, MOST_PROBLEMS)
        yield "</details>"
        yield ""


def _metrics_section(report: Report) -> Iterator[str]:
    yield "### What it does to the numbers"
    yield ""
    if not report.effects:
        yield "No metric moves."
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
    yield "### The pipeline"
    yield ""
    yield "| | deals | money | which |"
    yield "|---|--:|--:|---|"
    for name, count, money, which in _bridge_rows(report.bridge, code_span):
        shown = f"**{name}**" if name in ("opening", "closing") else name
        yield f"| {shown} | {count} | {money} | {which} |"
    yield ""


def _cut(lines: list[str]) -> str:
    """The text, or as many of its lines as a comment holds; an opened block is closed."""
    kept: list[str] = []
    size = 0
    for line in lines:
        size += len(line) + 1
        if size > LONGEST:
            kept += ["```"] if sum(one.strip().startswith("```") for one in kept) % 2 else []
            kept += ["</details>"] if any("<details>" in one for one in kept) and "</details>" not in kept else []
            kept += ["", "… the rest is too long for a comment: run `salesops diff` to read it."]
            break
        kept.append(line)
    return "\n".join(kept) + "\n"
