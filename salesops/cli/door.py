"""The one door for changes: tried on the records, checked, shown, and then written as a whole or not at all."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any

from salesops.book.book import Book, Snapshot
from salesops.book.status import Standing
from salesops.changes.compare import Comparison
from salesops.changes.need_words import in_a_line
from salesops.changes.report import Report, Side
from salesops.checks import check_book, check_past
from salesops.cli.day import day_of
from salesops.cli.gate import parted
from salesops.cli.printing import say, style
from salesops.edits.applied import Applied, applied
from salesops.edits.change_list import Wanted, changes_in
from salesops.edits.fix import difference
from salesops.edits.yaml_writer import FileChange
from salesops.output import SCHEMA_VERSION, Style, as_json, counted, masked, problem_as_data, problems_as_text, show
from salesops.problems import Problem, errors, in_order
from salesops.records.kinds import id_of, kind_at_path
from salesops.store.drafted import Drafted
from salesops.store.journal import finish, saying_what_is_written, write
from salesops.store.save import alone

MAX_EFFECTS = 4
"""So many metrics are named in the line that says what a change does to the numbers."""
HOW_ON = "salesops undo takes it back; salesops propose sends it for review."


@dataclass(frozen=True)
class Trial:
    """A list of changes tried on the records of a day: nothing is written yet."""

    before: Book
    after: Book
    day: date
    wanted: tuple[Wanted, ...]
    result: Applied
    problems: tuple[Problem, ...]

    @property
    def is_refused(self) -> bool:
        """Whether anything stands against it."""
        return any(True for _ in errors(self.problems))

    @cached_property
    def report(self) -> Report:
        """What it changes, in sentences and in numbers."""
        return Report(
            Side(self.before, self.day, "before"),
            Side(self.after, self.day, "after"),
            Comparison(self.before, self.after),
        )

    @property
    def sentence(self) -> str:
        """What it does, in one line."""
        records: dict[str, list[str]] = {}
        for change in self.report.changes:
            records.setdefault(change.who, []).append(change.what)
        return " · ".join(f"{who}: {'; '.join(what)}" for who, what in records.items())

    @property
    def deals(self) -> list[str]:
        """The deals that it writes."""
        paths = (file.path for file in self.result.files)
        return [id_of(path) for path in paths if (kind := kind_at_path(path)) and kind.name == "deal"]


def tried_on(root: Path, name: str, raw: bytes, as_of: str | None) -> Trial:
    """Try a list on the records that are there: what it would write, and every error that it would bring."""
    drafted = Drafted(root)
    before, problems = drafted.load()
    day = day_of(as_of, before)
    wanted, mistakes = changes_in(name, raw)
    if mistakes:
        return Trial(before, before, day, (), Applied(), tuple(mistakes))
    result = applied(before, wanted)
    if result.problems or not result.files:
        return Trial(before, before, day, tuple(wanted), result, result.problems)
    return replace(tried_with(drafted, before, problems, day, result.files), wanted=tuple(wanted), result=result)


def tried_with(
    drafted: Drafted, before: Book, problems: Iterable[Problem], day: date, files: Sequence[FileChange]
) -> Trial:
    """Try some files on the records ``before``, which have ``problems`` of their own: every problem that they would bring."""
    after, later = drafted.load(files)
    deals = _near(before, after, files)
    found = [*later, *check_book(after, day, deals=[deal for deal in deals if deal in after.deals])]
    known = [*problems, *check_book(before, day, deals=[deal for deal in deals if deal in before.deals])]
    past = check_past(Comparison(before, after), day)
    touched = {file.path for file in files}
    new = [each for each in parted(found, known)[0] if each.is_error or each.place.path in touched]
    return Trial(before, after, day, (), Applied(tuple(files)), tuple(in_order([*new, *past])))


def _near(before: Book, after: Book, files: Iterable[FileChange]) -> list[str]:
    """The deals that are written, and those of members that are; all where the playbook is: what is said of others stays as it was."""
    ids = {id_of(file.path) for file in files}
    both = {**before.deals, **after.deals}
    if any((kind := kind_at_path(file.path)) is None or not kind.has_own_name for file in files):
        return list(both)
    return [deal_id for deal_id, deal in both.items() if deal_id in ids or deal.member in ids]


def carry_out(
    root: Path, name: str, raw: bytes, as_of: str | None, *, agrees: Callable[[Trial], bool] = lambda _: True
) -> tuple[Trial, bool]:
    """Try a list, and write it where nothing stands against it and ``agrees`` says so; whether it was written.

    Reading, deciding and writing are one: whatever other commands write comes before or after it.
    """
    with saying_what_is_written(), alone(root):
        finish(root)
        tried = tried_on(root, name, raw, as_of)
        if tried.is_refused or not tried.result.files or not agrees(tried):
            return tried, False
        write(root, tried.result.files, tried.sentence)
        return tried, True


# ── what is said of it ────────────────────────────────────────────────────────────────────────────────────────────────


Tells = Callable[[Sequence[Problem], Style], Iterator[str]]
"""How problems are printed."""


def tell(
    tried: Trial,
    written: bool,
    output_format: str,
    *,
    dry_run: bool = False,
    told: bool = False,
    tells: Tells = problems_as_text,
) -> int:
    """Print what came of a list, but what was ``told`` before it was written; the exit code."""
    if output_format == "json":
        say(masked(as_json(_as_data(tried, written))))
    else:
        for line in lines_of(tried, written, dry_run=dry_run, told=told, tells=tells):
            say(line)
    return 1 if tried.is_refused else 0


def lines_of(
    tried: Trial,
    written: bool,
    *,
    dry_run: bool = False,
    told: bool = False,
    tells: Tells = problems_as_text,
) -> Iterator[str]:
    """What came of a list, in lines."""
    found = [problem for problem in tried.problems if problem.is_error or not tried.is_refused]
    if tried.is_refused:
        yield from tells(found, style)
        yield style("Nothing was written.", "error")
        return
    if not tried.result.files:
        yield "There already: nothing to write." + _hint(tried)
        return
    if dry_run:
        yield from (show(line) for file in tried.result.files for line in difference(file))
    yield from () if told else three_lines(tried)
    yield from tells(found, style)
    if written:
        yield f"Written: {', '.join(map(in_words, tried.result.files))}. {HOW_ON}"
    else:
        yield "Nothing was written."


def _hint(tried: Trial) -> str:
    logged = any(each.verb == "log" for each in tried.wanted)
    return " If it happened twice on that day, say in the note what was different." if logged else ""


def three_lines(tried: Trial) -> Iterator[str]:
    """What changed, what it does to the numbers, and what comes next."""
    yield style(show(tried.sentence), "head")
    yield from map(show, what_it_does(tried))


def what_it_does(tried: Trial) -> Iterator[str]:
    """What a change does to the numbers, and what comes next."""
    if effects := tried.report.effects:
        told = [f"{effect.metric.title} {' → '.join(effect.words)}" for effect in effects[:MAX_EFFECTS]]
        more = [counted(len(effects) - MAX_EFFECTS, "more metric")] if len(effects) > MAX_EFFECTS else []
        yield " · ".join((*told, *more))
    for deal_id in tried.deals[:1]:
        if following := "; ".join(what_follows(tried.after.on(tried.day), deal_id)):
            yield following


def what_follows(snapshot: Snapshot, deal_id: str) -> Iterator[str]:
    """The next step of a deal, and what the process will ask for before its next stage; of a closed one what it still wants."""
    history = snapshot.history(deal_id)
    if history is None:
        return
    standing = Standing(snapshot, history)
    if not standing.is_open:
        if standing.unfinished:
            yield f"still wanted within the process: {in_a_line(standing.unfinished)}"
        return
    step = standing.deal.next
    yield f"next: {step.action}, by {step.due}" if step else standing.parked or "no next step yet"
    onward = [way for way in standing.ways if snapshot.process.stages[way.exit.to].is_open]
    way = min(onward, key=lambda way: len(way.missing), default=None)
    if way and way.missing:
        yield f"before {snapshot.process.title_of(way.exit.to)} the process will ask: {in_a_line(way.missing)}"


def in_words(file: FileChange) -> str:
    """A file and how much of it is written."""
    if file.was is None:
        return f"{show(file.path)} (new)"
    added, changed, gone = _lines_changed(file.was.splitlines(), file.text.splitlines())
    parts = [f"{counted(added, 'line')} added"] if added else []
    parts += [f"{changed:,} changed"] if changed else []
    parts += [f"{gone:,} removed"] if gone else []
    return f"{show(file.path)} ({', '.join(parts)})"


def _lines_changed(before: Sequence[str], after: Sequence[str]) -> tuple[int, int, int]:
    """How many lines were added, changed and removed."""
    added = changed = gone = 0
    for tag, i, j, k, m in difflib.SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if tag != "equal":
            same = min(j - i, m - k)
            changed, added, gone = changed + same, added + (m - k) - same, gone + (j - i) - same
    return added, changed, gone


def _as_data(tried: Trial, written: bool) -> dict[str, Any]:
    report = tried.report.as_data()
    files = [{"path": file.path, "is_new": file.was is None, "text": file.text} for file in tried.result.files]
    return {
        "schema_version": SCHEMA_VERSION,
        "as_of": tried.day,
        "written": written,
        "refused": tried.is_refused,
        "list": [dict(each.data) for each in tried.wanted],
        "there_already": sorted(tried.result.there),
        "files": files,
        "changes": report["changes"],
        "metrics": report["metrics"],
        "problems": [problem_as_data(problem) for problem in tried.problems],
    }
