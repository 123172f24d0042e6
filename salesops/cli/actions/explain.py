"""What ``salesops explain`` tells: the manual page of a code, a metric, a stage or a field, and the evidence of a metric."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from textwrap import wrap
from typing import Any

from click.core import ParameterSource

from salesops.book.book import Book, Ref, Snapshot
from salesops.changes.need_words import condition
from salesops.changes.process_sentences import of_version
from salesops.changes.provenance import MetricEvidence, evidence
from salesops.changes.timeline import FileHistory
from salesops.checks.manual import FIELDS_PAGE, Rule, hint, rules, section
from salesops.cli import names
from salesops.cli.actions.explain_red_line import page_of_red_line, red_line_as_data
from salesops.cli.day import day_of
from salesops.cli.options import Usage
from salesops.cli.printing import note, say, style
from salesops.cli.repository import folder_of, numbers_are_whole, records_of
from salesops.metrics import Metric, Reading, metrics_of
from salesops.metrics.metric import METRICS
from salesops.metrics.velocity import SuggestedLimit, suggested_stale_after
from salesops.metrics.versions import impact_rows, impacts
from salesops.metrics.wording import detail, headline
from salesops.output import SCHEMA_VERSION, as_json, counted, masked, show, table
from salesops.problems import CannotDecide, Problem
from salesops.records.field_reference import Field, fields_of, find_fields
from salesops.records.kinds import KINDS
from salesops.records.process import Process, RedLine, Stage
from salesops.records.section import Section
from salesops.store.load import find_root, load
from salesops.store.record_histories import file_histories

IMPACT = ("conversion", "under it", "open", "under the one before", "difference", "")


def run(
    folder: str,
    name: str,
    output_format: str,
    as_of: str | None,
    known: str | None,
    *,
    format_from: ParameterSource | None,
) -> int:
    """Print the page of a name; 1 where it shows a number and a file could not be counted."""
    root, book, problems, as_of = _book(folder, as_of, known)
    process = book.process_on(day_of(as_of, book)) if book else None
    metrics = metrics_of(process) if process else METRICS
    codes = rules()
    name = _meant(name.removeprefix(f"{FIELDS_PAGE}#"), codes, metrics, process, book)
    is_number = name in metrics and name not in codes
    red = None if is_number or name in codes else _red_line_named(process, name)
    is_json = output_format == "json" and bool(is_number or red)
    if output_format == "json" and not is_json and format_from is ParameterSource.COMMANDLINE:
        raise Usage(f"--format json is for metrics and red lines, and '{show(name)}' is neither")
    has_numbers = bool(red) or (is_number and bool(as_of or is_json))
    whole = not (book and has_numbers) or numbers_are_whole(book, problems)
    lines: Iterator[str] | None
    if is_json:
        lines = iter([_told_as_json(root, red or metrics[name], book, as_of)])
    elif is_number:
        lines = _metric(root, metrics[name], book, as_of)
    else:
        snapshot = book.on(day_of(as_of, book)) if book and process else None
        lines = _rule(codes[name]) if name in codes else _page(name, process, snapshot) or _version(name, book, as_of)
    if lines is None:
        guess = hint(name, metrics, list(process.stages) if process else [])
        raise Usage(
            f"there is no code, metric, stage or field '{show(name)}'"
            + (f"; did you mean '{guess}'?" if guess else "")
            + ("" if book else "; stages and conversions are explained inside a repository")
        )
    for line in (*_former_name(book, name, as_of), *lines):
        say(line)
    return 0 if whole else 1


def _former_name(book: Book | None, name: str, as_of: str | None) -> Iterator[str]:
    """What a stage of an older process is called by now, and since when."""
    if book and (known := book.called_since(name, day_of(as_of, book))):
        yield show(f"'{name}' is called '{known[0]}' since {known[1]}")


def _meant(
    asked: str, known: Mapping[str, Rule], metrics: Mapping[str, Metric], process: Process | None, book: Book | None
) -> str:
    """The name that the manual has for what a person means; what was asked for, where nothing fits."""
    if asked in known or asked in metrics or (book and asked in book.versions) or _page(asked, process):
        return asked
    choices = [
        *(names.Choice(code, (), rule.summary) for code, rule in known.items()),
        *names.metrics(metrics),
        *(names.stages(process) if process else ()),
    ]
    return names.chosen(asked, choices, "") if names.fitting(asked, choices) else asked


def _page(name: str, process: Process | None, snapshot: Snapshot | None = None) -> Iterator[str] | None:
    """The page of a section, of a stage, of a kind of record, or of a field."""
    if part := section(name):
        return _section(part)
    if process and (line := _red_line_named(process, name)):
        return page_of_red_line(line, process, snapshot)
    if process and process.stage_named(name):
        return _stage(process, process.name_now(name), snapshot)
    if name in KINDS:
        return _kind(name)
    fields = list(find_fields(name))
    return _fields(fields) if fields else None


def _red_line_named(process: Process | None, name: str) -> RedLine | None:
    """The red line of this id in the process of the day; a section of the manual of that name goes before it."""
    every = process.red_lines if process and not section(name) else ()
    return next((line for line in every if line.id == name), None)


def _section(part: Section) -> Iterator[str]:
    yield style(part.title, "head")
    for block in part.blocks:
        yield ""
        if isinstance(block, str):
            yield from _wrapped(block)
        for point in block if isinstance(block, tuple) else ():
            yield from wrap(point, 100, initial_indent="- ", subsequent_indent="  ")


def _book(
    folder: str, as_of: str | None, known: str | None
) -> tuple[Path | None, Book | None, list[Problem], str | None]:
    """The repository and its book, where this is one, and the day: codes and fields can be explained anywhere."""
    if known is not None:
        records = records_of(folder, as_of, known)
        return records.root, records.book, records.problems, str(records.day)
    root = find_root(folder_of(folder))
    return (root, *load(root), as_of) if root else (None, None, [], as_of)


def _rule(rule: Rule) -> Iterator[str]:
    yield f"{style(rule.code, 'head')} ({style(rule.severity, rule.severity)})"
    for paragraph in rule.paragraphs:
        yield ""
        yield from _wrapped(paragraph)
    for title, example in (("Before", rule.before), ("Bad", rule.bad), ("Good", rule.good)):
        if example:
            yield ""
            yield style(title, "head")
            yield from (f"    {line}" for line in example.split("\n"))
    yield ""
    yield style(f"Source: {rule.source}", "faint")


def _wrapped(text: str) -> list[str]:
    return wrap(text, 100)


def _metric(root: Path | None, metric: Metric, book: Book | None, as_of: str | None) -> Iterator[str]:
    yield f"{style(metric.title, 'head')} ({metric.id}), {metric.status}"
    for paragraph in metric.definition.split("\n\n"):
        yield ""
        yield from _wrapped(" ".join(paragraph.split()))
    yield ""
    yield style(f"Counts {metric.types}. Source: {metric.source}", "faint")
    yield from (show(f"Red line {line.id}: {line.sentence}. {line.means}") for line in _red_lines(metric, book, as_of))
    found = _evidence(root, metric, book, as_of) if as_of else None
    if found:
        yield ""
        yield f"On {found.day}: {style(headline(found.reading), 'place')}  {show(detail(found.reading))}".rstrip()
        yield ""
        yield from _evidence_lines(found)


def _red_lines(metric: Metric, book: Book | None, as_of: str | None) -> list[RedLine]:
    """The red lines on a metric in the process of the day."""
    process = book.process_on(day_of(as_of, book)) if book else None
    return [line for line in process.red_lines if line.metric == metric.id] if process else []


def _evidence(root: Path | None, metric: Metric, book: Book | None, as_of: str | None) -> MetricEvidence | None:
    if root is None or book is None or metric.measure is None:
        return None
    snapshot = book.on(day_of(as_of, book))
    return evidence(metric, snapshot, *_lives(root, book, metric.measure(snapshot)))


def _lives(root: Path, book: Book, reading: Reading) -> tuple[dict[Ref, FileHistory], str]:
    """The versions of the deals behind a reading; none, and a sentence why, where git cannot tell."""
    wanted: list[Ref] = [("deal", deal) for deal in reading.included]
    try:
        return {life.ref: life for life in file_histories(root, book.zone, only=wanted)}, ""
    except CannotDecide as fault:
        note(f"salesops: the lines are shown without their commits: {show(fault)}")
        return {}, str(fault)


def _evidence_lines(found: MetricEvidence) -> Iterator[str]:
    yield style(f"Counted ({len(found.reading.included):,})", "head")
    for line in found.lines:
        yield f"  {show(line.path)}:{line.line}: {show(line.text)}"
        if not found.gap:
            who = f"{line.person}, {line.day} ({line.commit[:12]})" if line.commit else "not committed"
            yield f"      {style(show(who), 'faint')}"
    if found.left_out:
        yield ""
        yield style(f"Left out ({len(found.left_out):,})", "head")
        yield from (f"  {show(left.deal)}: {show(left.why)}" for left in found.left_out)


def _told_as_json(root: Path | None, of: Metric | RedLine, book: Book | None, as_of: str | None) -> str:
    """The evidence of a metric, or the state of a red line."""
    if book is None:
        raise Usage("a metric is computed from records: go into a salesops repository, or name it with -C DIR")
    day = day_of(as_of, book)
    told = red_line_as_data(of, book.on(day)) if isinstance(of, RedLine) else _evidence_as_data(root, of, book, as_of)
    return masked(as_json({"schema_version": SCHEMA_VERSION, "as_of": day, **told}))


def _evidence_as_data(root: Path | None, metric: Metric, book: Book, as_of: str | None) -> dict[str, Any]:
    found = _evidence(root, metric, book, as_of)
    nothing: dict[str, Any] = {"id": metric.id, "value": None, "counted": [], "left_out": [], "gap": None}
    return found.as_data() if found else nothing


def _stage(process: Process, name: str, snapshot: Snapshot | None) -> Iterator[str]:
    stage: Stage = process.stages[name]
    yield f"{style(show(stage.title), 'head')} ({show(name)}, process {process.version})"
    for text in (stage.purpose, stage.enter, stage.learning):
        if text:
            yield ""
            yield from _wrapped(show(text))
    for way in stage.exits:
        yield ""
        yield f"{style(show(f'To {way.to}'), 'head')}: {show(way.when)}"
        yield from (show(f"  - {condition(need)}" + (f" ({need.why})" if need.why else "")) for need in way.needs)
    if stage.completion:
        yield ""
        yield f"{style('Complete', 'head')}: {show(stage.completion.when)}"
        yield from (show(f"  - {condition(need)}") for need in stage.completion.needs)
    yield from _limit(stage, suggested_stale_after(snapshot, name) if snapshot else None)


def _limit(stage: Stage, suggested: SuggestedLimit | None) -> Iterator[str]:
    """After how many days a deal is stalled, and what its visits so far suggest."""
    if stage.stale_after is not None or suggested:
        yield ""
    if stage.stale_after is not None:
        yield f"Stalled after {counted(stage.stale_after, 'day')} in the stage (stale_after)."
    if suggested:
        yield f"Suggested: {counted(suggested.days, 'day')}; {suggested.sentence}."


def _version(name: str, book: Book | None, as_of: str | None) -> Iterator[str] | None:
    """The page of a version of the process; None where there is none of that name."""
    version = book.versions.get(name) if book else None
    return _of_version(version, book.on(day_of(as_of, book))) if book and version else None


def _of_version(version: Process, snapshot: Snapshot) -> Iterator[str]:
    is_there = version.in_force <= snapshot.as_of
    since = f"in force {'since' if is_there else 'from'} {version.in_force}"
    yield f"{style(show(f'Process {version.version}'), 'head')}, {'for what was imported' if version.is_of_imports else since}"
    for text in (version.changelog, version.source and f"Source: {version.source}"):
        if text:
            yield ""
            yield from _wrapped(show(text))
    if changes := of_version(version, snapshot.book, snapshot.as_of):
        yield from ("", style("Against the version before", "head"))
        for change in changes:
            yield from wrap(
                show(change.removeprefix(f"{version.version}: ")), 100, initial_indent="- ", subsequent_indent="  "
            )
    if found := impacts(snapshot).get(version.version):
        yield from ("", style(f"Attempts under it, up to {snapshot.as_of}", "head"), "")
        yield from table(list(impact_rows(found)), IMPACT, frozenset((1, 2, 3, 4)), style)


def _kind(name: str) -> Iterator[str]:
    kind = KINDS[name]
    yield f"{style(name, 'head')}: {kind.pattern}"
    yield ""
    yield from _wrapped((kind.model.__doc__ or "").split("\n")[0])
    yield ""
    yield from (f"  {field.name:<18} {field.description}" for field in fields_of(name) if field.depth == 0)


def _fields(fields: list[Field]) -> Iterator[str]:
    yield from _field(fields[0])
    for other in fields[1:]:
        yield ""
        if next(find_fields(other.address)) != other:
            yield from _field(other)
            continue
        yield style(
            f"The {other.kind} record has a field of that name, too: salesops explain {other.kind}.{other.path}",
            "faint",
        )


def _field(field: Field) -> Iterator[str]:
    yield f"{style(field.path, 'head')} in the {field.kind} record ({'required' if field.required else 'optional'})"
    yield ""
    yield from _wrapped(field.description)
    yield ""
    yield f"Value: {field.holds}"
    if field.examples:
        yield f"For example {', '.join(field.examples)}"
    below = [
        inner
        for inner in fields_of(field.kind)
        if inner.path.startswith(f"{field.path}.") and inner.depth == field.depth + 1
    ]
    if below:
        yield ""
        yield from (f"  {inner.name:<18} {inner.description}" for inner in below)
