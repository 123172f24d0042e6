"""What an import did, or would do, as text for people and as data for machines."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import chain, islice
from typing import Any

from salesops.imports.additions import Question
from salesops.imports.outcomes import Outcome, RecordOutcome
from salesops.imports.plan import IMPORTED_KINDS, Plan
from salesops.imports.remarks import LONGEST, Remark, Verdict, cut
from salesops.output import SCHEMA_VERSION, Style, counted, show, table, unpainted

EXAMPLES = 3
"""Rows that the text names for each reason; JSON names all."""
GLANCE = 40
"""Characters of a cell that the text repeats."""
REASONS = 25
"""Reasons that the text lists for each verdict."""

_HEADINGS = {
    Verdict.REJECTED: ("Rejected", "error"),
    Verdict.ASKED: ("Asked, and not imported yet", "warning"),
    Verdict.SKIPPED: ("Skipped", "warning"),
    Verdict.STAND_IN: ("Imported with a default", "head"),
    Verdict.NOTE: ("Imported, with a remark", "head"),
}


def as_data(plan: Plan, file: str, map_file: str, is_dry: bool) -> dict[str, Any]:
    """The report as ``--format json`` gives it."""
    return {
        "schema_version": SCHEMA_VERSION,
        "file": file,
        "map": map_file,
        "dry_run": is_dry,
        "rows": plan.rows,
        "taken": plan.taken,
        "became": plan.became,
        "beside": [
            {"file": name, "rows": rows, "became": plan.became_in(name, rows)} for name, rows in plan.beside.items()
        ],
        **{called: {outcome.value: plan.count(kind, outcome) for outcome in Outcome} for kind, called in _told(plan)},
        "people": {"added": dict(plan.new_people), "unknown": dict(plan.unknown_people), "fix": plan.people_to_paste},
        "rejected": [remark.as_data() for remark in plan.remarks.of(Verdict.REJECTED)],
        "asked": [remark.as_data() for remark in plan.remarks.of(Verdict.ASKED)],
        "skipped": [remark.as_data() for remark in plan.remarks.of(Verdict.SKIPPED)],
        "stand_ins": [remark.as_data() for remark in plan.remarks.of(Verdict.STAND_IN)],
        "notes": [remark.as_data() for remark in plan.remarks.of(Verdict.NOTE)],
        "kept": [_difference(entry) for entry in plan.entries.of(Outcome.KEPT)],
        "updated": [_difference(entry) for entry in plan.entries.of(Outcome.UPDATED)],
        "written": [change.path for change in plan.changes],
    }


def _difference(entry: RecordOutcome) -> dict[str, Any]:
    asked = [{key: show(cut(words, LONGEST)) for key, words in question.as_data().items()} for question in entry.asked]
    return {"path": entry.path, "differs": list(entry.differs), "asked": asked, "why": entry.why}


def as_text(plan: Plan, file: str, is_dry: bool, style: Style = unpainted) -> Iterator[str]:
    """The report as people read it: what became of the rows, of the records, and why."""
    yield f"{show(file)}: {counted(plan.rows, 'row')}, {plan.taken:,} accepted"
    for name, rows in plan.beside.items():
        yield f"{show(name)}: {counted(rows, 'row')}, {plan.became_in(name, rows)['taken']:,} used"
    yield ""
    yield from _counts(plan, is_dry, style)
    for verdict, (heading, look) in _HEADINGS.items():
        yield from _reasons(heading, look, plan.remarks.of(verdict), file, style)
    yield from _differences(plan, style)
    yield from _people(plan, is_dry, style)


def _told(plan: Plan) -> list[tuple[str, str]]:
    """The kinds of record to tell of: deals and members always, others where there are any."""
    found = plan.entries.kinds
    return [(kind, called) for kind, called in IMPORTED_KINDS.items() if kind in found or kind in ("deal", "member")]


def _counts(plan: Plan, is_dry: bool, style: Style) -> Iterator[str]:
    heads = ["", "would be new" if is_dry else "new", "unchanged", "would be updated" if is_dry else "updated", "kept"]
    rows = [[called, *(f"{plan.count(kind, outcome):,}" for outcome in Outcome)] for kind, called in _told(plan)]
    yield from table(rows, heads, frozenset({1, 2, 3, 4}), style)


@dataclass
class _Reason:
    """A reason that rows share: how many these are, and the first of them."""

    examples: list[Remark] = field(default_factory=list)
    count: int = 0

    def add(self, remark: Remark) -> None:
        """One more."""
        self.count += 1
        if self.count <= EXAMPLES:
            self.examples.append(remark)


def _reasons(heading: str, look: str, remarks: Iterable[Remark], file: str, style: Style) -> Iterator[str]:
    """One line a reason, the most frequent first, with a few rows as examples."""
    groups: dict[tuple[str, str, str], _Reason] = {}
    rows, last = 0, None
    for remark in remarks:
        groups.setdefault((remark.file, remark.column, remark.reason), _Reason()).add(remark)
        rows, last = rows + ((remark.file, remark.row) != last), (remark.file, remark.row)
    if not groups:
        return
    yield ""
    yield style(f"{heading}: {counted(rows, 'row')}", look)
    for group in sorted(groups.values(), key=lambda group: group.count, reverse=True)[:REASONS]:
        yield f"  {_reason(group, file)}"
    if len(groups) > REASONS:
        yield f"  … and {len(groups) - REASONS:,} more reasons: --format json has them all"


def _reason(group: _Reason, file: str) -> str:
    first = group.examples[0]
    column = f"{show(first.column)} " if first.column else ""
    rows = ", ".join(
        f"{remark.row}{f' ({show(cut(remark.value, GLANCE))})' if remark.value else ''}" for remark in group.examples
    )
    more = ", …" if group.count > EXAMPLES else ""
    where = "" if first.file == file else f"{show(first.file)} "
    row = "row" if group.count == 1 else "rows"
    return f"{group.count:>6,}  {column}{show(first.reason)}: {where}{row} {rows}{more}"


def _differences(plan: Plan, style: Style) -> Iterator[str]:
    """The records on file that say something else than the table, with both values, or less."""
    for outcome, words in (
        (
            Outcome.KEPT,
            "differs from the file and is kept: decide which of the two is right, and change the record or the file"
            if plan.updates
            else "differs from the file and is kept; --update adds what a record lacks, and takes what only the file changed since the last import",
        ),
        (Outcome.UPDATED, "takes what it lacked, and what only the file changed since the last import"),
    ):
        entries = list(plan.entries.of(outcome))
        if not entries:
            continue
        yield ""
        yield style(f"{counted(len(entries), 'record')}: {words}", "warning")
        for entry in entries[: EXAMPLES * 3]:
            yield f"  {show(entry.path)}: {show(entry.why or ', '.join(entry.differs))}"
            yield from (f"    asked: {_question(question)}" for question in entry.asked)
        if len(entries) > EXAMPLES * 3:
            yield f"  … and {len(entries) - EXAMPLES * 3:,} more: --format json has them all"


def since_last(columns: list[str], gone: list[str], style: Style = unpainted) -> Iterator[str]:
    """What is otherwise than in the last import: columns, and rows that are gone."""
    if columns:
        yield ""
        yield from (style(show(line), "warning") for line in columns)
    if gone:
        yield ""
        yield style(f"No longer in the file, and nothing is removed: {len(gone):,}", "warning")
        yield from (f"  {show(line)}" for line in gone[: EXAMPLES * 3])
        if len(gone) > EXAMPLES * 3:
            yield f"  … and {len(gone) - EXAMPLES * 3:,} more: --format json has them all"


def _question(question: Question) -> str:
    """One field and its two values; which one is right is for a person to say, in the record."""
    asked = question.apart.as_data()
    sides = {"record": question.record, "table": question.table}
    record, file = ("nothing" if held is None else show(cut(asked[side], GLANCE * 2)) for side, held in sides.items())
    if question.apart is question:
        return f"{show(asked['field'])} is {record} in the record, {file} in the file"
    only = [f"only the {side} has {words}" for side, words in (("record", record), ("file", file)) if words != "[]"]
    return f"{show(asked['field'])}: {', '.join(only) or 'the same, in another order'}"


def _people(plan: Plan, is_dry: bool, style: Style) -> Iterator[str]:
    if plan.new_people:
        yield ""
        who = "1 person" if len(plan.new_people) == 1 else f"{len(plan.new_people):,} people"
        yield style(f"{who} {'would be added' if is_dry else 'added'} to playbook/team.yaml", "head")
        yield f"  {', '.join(show(person_id) for person_id in plan.new_people)}"
    if plan.unknown_people:
        yield ""
        yield style(
            "Not in playbook/team.yaml; paste the lines that are right, or set people: add under owner:", "warning"
        )
        yield from (show(line) for line in plan.people_to_paste.split("\n"))


def first_file(plan: Plan) -> Iterator[str]:
    """The first deal that would be written, whole."""
    for change in islice(chain(plan.entries.changed("deal"), plan.changes), 1):
        yield ""
        yield f"{show(change.path)} would contain:"
        yield ""
        yield from (f"  {show(line)}" for line in change.text.rstrip("\n").split("\n"))
