"""What ``salesops check`` finds: the problems of the files and the findings of the checks, fixed first where that is asked."""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

from salesops import output
from salesops.book.book import Book
from salesops.checks.waiting import DECIDED_BY_THE_TEAM
from salesops.cli.day import day_of
from salesops.cli.gate import brought, checked, past_checked, renamed, without_later
from salesops.cli.names import chosen, records
from salesops.cli.options import Usage
from salesops.cli.printing import note, say, style
from salesops.cli.repository import read, root_of
from salesops.edits.clean import CLEANED
from salesops.edits.fix import Fixes, difference, fixes
from salesops.problems import Problem, Severity, in_order
from salesops.records.kinds import KINDS, own_named
from salesops.store.commits import Against
from salesops.store.commits import against as compared_with
from salesops.store.journal import saying_what_is_written
from salesops.store.load import read_bytes
from salesops.store.save import alone, save_all


def run(
    folder: str,
    paths: tuple[str, ...],
    output_format: str | None,
    as_of: str | None,
    *,
    against: str | None,
    exact: bool,
    for_site: bool,
    strict: bool,
    fix: bool,
    dry_run: bool,
) -> int:
    """Print every finding; 1 where there is an error, or with ``strict`` a warning."""
    if exact and against is None:
        raise Usage("--exact needs --against REV")
    if dry_run and not fix:
        raise Usage("--dry-run needs --fix")
    if fix:
        fixed, left = _fixed(folder, paths, as_of, dry_run)
        if dry_run:
            return _say_what_would_be_fixed(fixed, left)
        say(f"fixed {_amount(fixed)}", err=in_actions() if output_format is None else output_format != "text")
    root, book, problems = read(folder)
    day = day_of(as_of, book)
    compared = compared_with(root, book, against, exact) if against is not None else None
    found = in_order([*problems, *checked(book, day), *(past_checked(compared, day) if compared else ())])
    if not for_site and (compared is None or exact):
        found = [_of_the_team(problem) for problem in found]
    if paths:
        paths = _meant(book, day, paths, Path(folder).resolve(), root)
        found = _below(found, paths, Path(folder).resolve(), root)
    found, later = without_later(book, found, day, day_of(None, book))
    new, old = brought(found, compared, day) if compared else (found, [])
    told = CheckReport(book, day, new, old, later, paths, compared)
    _print(output_format or ("github" if in_actions() else "text"), told)
    return 1 if any(problem.is_error or strict for problem in found) else 0


def _of_the_team(problem: Problem) -> Problem:
    """A problem as it is told of all the records: what the team has to decide is an error there, and stops nobody's change."""
    return replace(problem, severity=Severity.ERROR) if problem.code in DECIDED_BY_THE_TEAM else problem


def in_actions() -> bool:
    """Whether this runs in GitHub Actions."""
    return os.environ.get("GITHUB_ACTIONS") == "true"


MAX_RENAMED = 20
"""How many renamed files are named."""


@dataclass(frozen=True)
class CheckReport:
    """What a check has to tell: its findings, how many facts of later days were left out, and what it looked at.

    ``found`` is what a change brings, ``before`` what was there before it; where nothing is compared, all is found.
    """

    book: Book
    day: date
    found: list[Problem]
    before: list[Problem]
    later: int
    paths: tuple[str, ...]
    compared: Against | None

    @property
    def counts(self) -> dict[str, int]:
        """How many records there are."""
        return {"deal": len(self.book.deals), "member": len(self.book.members)}

    @property
    def endings(self) -> list[str]:
        """The last lines: what was left out where anything was, what was looked at and what was found."""
        facts = output.counted(self.later, "later fact")
        left_out = [f"{facts} left out, dated after {self.day}"] if self.later else []
        where = f" in {', '.join(map(output.show, self.paths))}" if self.paths else ""
        none = f"no {'new ' if self.before else ''}problems{where}"
        tally = output.tally(self.found, self.counts).replace("no problems", none)
        return [*self._renamed, *self._before, *left_out, tally + _against_in_words(self.compared)]

    @property
    def _renamed(self) -> list[str]:
        pairs = renamed(self.compared.comparison) if self.compared else []
        said = [f"{output.show(was)} is now {output.show(now)}" for was, now in pairs[:MAX_RENAMED]]
        return said + (
            [f"… and {output.counted(len(pairs) - MAX_RENAMED, 'more file')}"] if pairs[MAX_RENAMED:] else []
        )

    @property
    def _before(self) -> list[str]:
        if not self.before:
            return []
        there = (
            f"{output.counted(len(self.before), 'problem')} {'was' if len(self.before) == 1 else 'were'} there before"
        )
        errors = sum(problem.is_error for problem in self.before)
        which = f", {output.counted(errors, 'error')} among them" if errors else ""
        return [f"{there}{which}; salesops check shows {'it' if len(self.before) == 1 else 'them'}"]


def _print(output_format: str, told: CheckReport) -> None:
    if output_format == "json":
        say(output.as_json(_as_data(told)))
        return
    if output_format == "markdown":
        say("\n".join((*output.problems_as_markdown(told.found), *map(output.markdown, told.endings))))
        return
    lines = {
        "text": output.problems_as_text(told.found, style),
        "concise": output.problems_as_lines(told.found),
        "github": output.problems_as_annotations(_changed_first(told.found, told.compared)),
    }[output_format]
    for line in lines:
        say(line)
    for line in told.endings:
        say(style(line, "place" if told.found else "good"), err=output_format == "concise")


def _as_data(told: CheckReport) -> dict[str, Any]:
    return {
        "schema_version": output.SCHEMA_VERSION,
        "as_of": told.day,
        **({"against": _against_as_data(told.compared)} if told.compared else {}),
        **({"before": len(told.before)} if told.compared else {}),
        "checked": {f"{kind}s": count for kind, count in told.counts.items()},
        "later": told.later,
        "problems": _problems_as_data(told),
    }


def _problems_as_data(told: CheckReport) -> list[dict[str, Any]]:
    """Every problem in its place; where records are compared, also whether the change brings it."""
    new = set(told.found)
    return [
        {**output.problem_as_data(problem), **({"new": problem in new} if told.compared else {})}
        for problem in in_order([*told.found, *told.before])
    ]


def _changed_first(found: list[Problem], compared: Against | None) -> list[Problem]:
    """GitHub keeps only the first few: those of the files that the change touches."""
    changed = compared.comparison.changed_paths if compared else frozenset()
    return sorted(found, key=lambda problem: problem.place.path not in changed)


def _against_as_data(compared: Against) -> dict[str, Any]:
    corrections = [
        {"deal": deal, "field": entry.field, "was": entry.was, "by": entry.by, "date": entry.date, "why": entry.why}
        for deal, entry in compared.comparison.corrections
    ]
    moved = [{"from": was, "to": now} for was, now in renamed(compared.comparison)]
    return {"rev": compared.rev, "bases": list(compared.bases), "corrections": corrections, "renamed": moved}


def _against_in_words(compared: Against | None) -> str:
    if compared is None:
        return ""
    signed = len(compared.comparison.corrections)
    bases = ", ".join(base[:12] for base in compared.bases)
    name = "" if compared.rev in compared.bases else f" ({output.show(compared.rev)})"
    corrected = f", {output.counted(signed, 'signed correction')}" if signed else ""
    return f"; compared with {bases}{name}{corrected}"


def _fixed(folder: str, paths: tuple[str, ...], as_of: str | None, dry_run: bool) -> tuple[Fixes, list[Problem]]:
    """What can be fixed safely, written unless this is a dry run, and every finding in what was on file."""
    with alone(root_of(folder)):
        with saying_what_is_written():
            root, fixed, found = _fixable(folder, paths, as_of)
        if not dry_run:
            save_all(root, fixed.changes)
    return fixed, found


def _fixable(folder: str, paths: tuple[str, ...], as_of: str | None) -> tuple[Path, Fixes, list[Problem]]:
    """What can be fixed in the records that are there, and every finding."""
    root, book, problems = read(folder)
    day = day_of(as_of, book)
    found = in_order([*problems, *checked(book, day)])
    if paths:
        found = _below(found, _meant(book, day, paths, Path(folder).resolve(), root), Path(folder).resolve(), root)
    return root, fixes(book, found, day, _unread(root, book, found)), found


def _unread(root: Path, book: Book, found: list[Problem]) -> dict[str, str]:
    """The texts of the files that could not be read as YAML, by path."""
    known = {document.path for document in book.documents.values()}
    paths = {problem.place.path for problem in found if problem.code in CLEANED} - known
    texts = {path: read_bytes(root, path) for path in paths}
    return {path: raw.decode("utf-8") for path, raw in texts.items() if isinstance(raw, bytes)}


def _say_what_would_be_fixed(fixed: Fixes, found: list[Problem]) -> int:
    """Print the difference, and end as the check of what is on file would."""
    for line in (line for change in fixed.changes for line in difference(change)):
        say(output.show(line))
    note(f"would fix {_amount(fixed)}; nothing was written")
    return 1 if any(problem.is_error for problem in found) else 0


def _amount(fixed: Fixes) -> str:
    return f"{output.counted(fixed.things, 'problem')} in {output.counted(len(fixed.changes), 'file')}"


def _meant(book: Book, day: date, asked: tuple[str, ...], start: Path, root: Path) -> tuple[str, ...]:
    """The paths that are meant: what names no file is a record, by its id or a part of its name."""
    return tuple(
        path for each in asked for path in ([each] if _is_path(each, start) else _files(book, day, each, start, root))
    )


def _is_path(asked: str, start: Path) -> bool:
    return "/" in asked or os.sep in asked or asked.endswith((".yaml", ".yml")) or os.path.lexists(start / asked)


def _files(book: Book, day: date, asked: str, start: Path, root: Path) -> list[str]:
    """The files of the one record that a name fits."""
    none = f"'{output.show(asked)}' does not exist, and there is no deal or member of that name"
    record = chosen(asked, records(book, day), none)
    paths = [book.documents[ref].path for ref in book.documents if ref[0] in own_named() and ref[1] == record]
    paths += [f"{KINDS[kind].where}/{name}.yaml" for kind, name in book.broken if name == record]
    return [os.path.relpath(root / path, start) for path in sorted(set(paths))]


def _below(problems: list[Problem], paths: tuple[str, ...], start: Path, root: Path) -> list[Problem]:
    wanted = []
    for path in paths:
        full = start / path
        try:
            inside = full.resolve().relative_to(root)
        except (ValueError, RuntimeError, OSError):  # outside, a link that leads to itself, a name that is too long
            raise Usage(f"{path!r} is not in this repository") from None
        if not full.exists():
            raise Usage(f"{path!r} does not exist")
        wanted.append(str(inside))
    return [
        problem
        for problem in problems
        if any(within in (".", problem.place.path) or problem.place.path.startswith(f"{within}/") for within in wanted)
    ]
