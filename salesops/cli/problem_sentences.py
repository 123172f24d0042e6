"""Problems as somebody reads them who gave a command or filled a form, and has no file before them: in words, with the command that answers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from salesops.changes.need_words import path_in_words
from salesops.output import Style, show, unpainted
from salesops.problems import Problem
from salesops.records.kinds import id_of

WAYS = {
    "next-step-missing": 'salesops set {id} next "WORDS, DAY"',
    "next-step-overdue": 'salesops set {id} next "WORDS, DAY"',
    "contract-differs": 'salesops set {id} contract.why_different "WORDS"',
    "close-date-passed": "salesops set {id} expected_close DAY",
    "deal-stalled": 'salesops log {id} call "WORDS"',
    "handoff-unowned": "salesops handoff {id} --owner PERSON",
    "handoff-unused": "salesops handoff {id}",
    "renewal-missing": "salesops renew {id}",
}
"""By code, the command that answers a problem with a deal."""
UNNAMED = frozenset({"", "stages", "activity"})
"""What the message itself speaks of: the record, and the entries of these lists."""


def problem_sentences(
    problems: Iterable[Problem], style: Style = unpainted, *, in_files: bool = False
) -> Iterator[str]:
    """Each problem as a sentence, what to do, and ``in_files`` where it is."""
    for problem in problems:
        field = _field(problem.field)
        severity = style(problem.severity.value, problem.severity.value)
        yield f"{severity}: {f'{show(field)}: ' if field else ''}{show(problem.message)}"
        if advice := problem.help or problem.fix:
            yield f"  {show(advice)}"
        record = show(id_of(problem.place.path))
        if way := WAYS.get(problem.code):
            yield f"  {way.format(id=record)}"
        elif in_files and problem.help and problem.fix:
            yield f"  salesops edit {record}, and write there:"
            yield from (f"      {show(line)}" for line in problem.fix.split("\n"))
        if in_files:
            yield style(f"  in {show(problem.place.path)}, line {problem.place.line} ({problem.code})", "faint")


def _field(path: str) -> str:
    """A field as people call it, an entry of a list by the list."""
    names = [part for part in path.split(".") if part and not part.isdecimal()]
    return "" if ".".join(names) in UNNAMED else path_in_words(".".join(names))
