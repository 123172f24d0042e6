"""What an earlier commit recorded of the past stays: it is added to, and altered only by a correction that somebody signs.

These checks compare: they run where ``salesops check --against`` names a commit.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from salesops.changes.alterations import Alteration, MoveLike, alterations, is_accounted_for
from salesops.changes.compare import signature
from salesops.changes.field_differences import Difference, differences
from salesops.checks.check import EVERY, GONE, Case, Finding, Findings, check
from salesops.problems import Path, dotted
from salesops.records.as_written import GAP, Data
from salesops.records.building_on import BUILDS_ON
from salesops.records.deal import Deal
from salesops.records.kinds import KINDS
from salesops.records.process import Process
from salesops.records.record import Record, value_at

BEFORE = """
stages:
  - enrichment: 2026-01-05
  - outreach: 2026-01-12
icp: {hypothesis: teaching-led, version: 1, fit: true}
"""


def _line(move: MoveLike) -> str:
    return f"{move.stage}: {move.entered}"


SIGN = "sign a correction"
"""The way out where a change of the past is right all the same; the runner prints it ready to be pasted."""


def quoted(text: str) -> str:
    """A text as YAML takes it inside of braces, whatever it holds."""
    return json.dumps(text, ensure_ascii=False)


@check(
    "past-altered",
    source="reference/records#the-past",
    before=BEFORE,
    bad="""
    stages:
      - enrichment: 2026-01-05
      - outreach: 2026-01-19  # <--
    """,
    good="""
    stages:
      - enrichment: 2026-01-05
      - outreach: 2026-01-19
    corrections: [{field: stages.1, was: 2026-01-12, by: jim, date: 2026-03-01, why: The call was a week later}]
    """,
)
def past_altered(case: Case[Deal]) -> Findings:
    """A move that was committed earlier was changed, removed, or another was inserted before it.

    `stages` is append-only: every number of an earlier day depends on it. Restore the line. If it had been wrong, keep the
    right line and add an entry to `corrections` that says what it was, who signs, and why.
    """
    earlier = case.earlier
    if earlier is None or case.has_lost("stages"):
        return
    left = case.then.new_corrections(case.id)
    if is_accounted_for(earlier.stages, case.record.stages, left):
        return
    for altered in alterations(earlier.stages, case.record.stages):
        signed = next((entry for entry in left if altered.is_signed(entry)), None)
        if signed:
            left.remove(signed)
        else:
            yield _altered(case, altered)


def _altered(case: Case[Deal], altered: Alteration) -> Finding:
    count = len(case.record.stages)
    path: Path = ("stages", altered.line_now) if altered.line_now < count else ("stages",)
    field = f"stages.{altered.line}"
    if altered.was is None and altered.now is not None:
        return Finding(
            path,
            f"the move '{_line(altered.now)}' was put before moves that an earlier commit had",
            help=f"new moves go at the end; if it was missing, {SIGN}",
            signs=((f"stages.{altered.line_now}", "none"),),
        )
    assert altered.was is not None
    restore = f"put the line '- {_line(altered.was)}' back; if it had been wrong, {SIGN}"
    if altered.now is None:
        message = f"the move '{_line(altered.was)}' is gone"
    else:
        message = f"the move was '{_line(altered.was)}' in an earlier commit"
    was = str(altered.was.entered) if altered.now and altered.now.stage == altered.was.stage else _line(altered.was)
    return Finding(path, message, help=restore, signs=((field, was),))


@check(
    "import-mark-changed",
    source="reference/records#imported",
    before="""
    stages: [{enrichment: 2026-01-05}]
    imported: {from: old.csv, date: 2026-01-08}
    """,
    bad="""
    stages: [{enrichment: 2026-01-05}]
    imported: {from: old.csv, date: 2026-01-02}  # <--
    """,
    good="""
    stages: [{enrichment: 2026-01-05}]
    imported: {from: new.csv, date: 2026-01-09}
    """,
)
def import_mark_changed(case: Case[Deal]) -> Findings:
    """A move that was in an earlier commit is said to have come with an import, and was not, or the other way round.

    What came with an import is not judged by the process, and is counted apart: nobody may slip a move of the team's own
    past the process so. Restore the mark.
    """
    earlier = case.earlier
    if earlier is None or case.has_lost("stages") or case.has_lost("imported"):
        return
    changed = [
        move
        for move in earlier.stages
        if move in case.record.stages and earlier.was_brought(move) != case.record.was_brought(move)
    ]
    if changed:
        was = f"{{from: {quoted(earlier.imported.from_)}, date: {earlier.imported.date}}}" if earlier.imported else ""
        yield Finding(
            ("imported",) if case.record.imported else ("stages",),
            f"the move '{_line(changed[0])}' {'came' if was else 'did not come'} with an import in an earlier commit",
            help="restore the mark" if was else "delete the mark",
            fix=f"imported: {was}" if was else "",
        )


@check(
    "type-changed",
    source="Sales Operations Overview (2025), Key Metrics (Tracked Weekly); reference/records#the-past",
    before="type: existing business",
    bad="""
    type: new business  # <--
    """,
    good="""
    type: new business
    corrections: [{field: type, was: existing business, by: jim, date: 2026-03-01, why: They had left in 2024}]
    """,
)
def type_changed(case: Case[Deal]) -> Findings:
    """The type of a deal changed without a correction.

    Every number is split by type: an unexplained change alters the numbers of earlier days. Restore the type, or sign a
    correction.
    """
    earlier = case.earlier
    if earlier is None or case.has_lost("type") or earlier.type == case.record.type:
        return
    if not any(
        entry.field == "type" and entry.was.strip() == earlier.type for entry in case.then.new_corrections(case.id)
    ):
        way_out = f"write 'type: {earlier.type}' again; if it had been wrong, {SIGN}"
        yield Finding(("type",), f"the type was '{earlier.type}'", help=way_out, signs=(("type", earlier.type),))


@check(
    "signature-removed",
    source="reference/records#signatures",
    before=BEFORE + "corrections: [{field: stages.0, was: 2026-01-02, by: jim, date: 2026-02-01, why: Mistyped}]\n",
    bad="""
    stages:  # <--
      - enrichment: 2026-01-05
      - outreach: 2026-01-12
    corrections: []
    """,
    good="""
    stages:
      - enrichment: 2026-01-05
      - outreach: 2026-01-12
    corrections: [{field: stages.0, was: 2026-01-02, by: jim, date: 2026-02-01, why: Mistyped in the import}]
    """,
)
def signature_removed(case: Case[Deal]) -> Findings:
    """A signed correction or waiver was deleted.

    Exceptions are counted, so they cannot be removed again. Restore it. Its reason may be reworded.
    """
    earlier = case.earlier
    if earlier is None:
        return
    for name in ("corrections", "waived"):
        if case.has_lost(name):
            continue
        kept = [signature(entry) for entry in getattr(case.record, name)]
        for entry in getattr(earlier, name):
            if signature(entry) in kept:
                kept.remove(signature(entry))
            else:
                what = f"the entry of {entry.by} of {entry.date} under {name}"
                yield Finding(
                    (name,) if getattr(case.record, name) else ("stages",),
                    f"{what} is gone",
                    help="restore it",
                    fix=f"{name}:\n  - {_written(entry)}",
                    key=True,
                )


def _written(entry: Record) -> str:
    given = ((name, getattr(entry, name)) for name in type(entry).model_fields)
    return "{" + ", ".join(f"{name}: {quoted(said) if isinstance(said, str) else said}" for name, said in given) + "}"


@check(
    "record-deleted",
    of=GONE,
    source="reference/records#removing",
    before=BEFORE,
    bad="removed: []",
    good="removed: [{kind: deal, id: acme, date: 2026-11-20, by: jim, why: Entered twice}]",
)
def record_deleted(case: Case[Any]) -> Findings:
    """A record was deleted, and playbook/removed.yaml does not say why.

    A deleted deal disappears from every rate. Restore the file; if it is to stay deleted, add an entry with
    kind, id, day, person and reason to playbook/removed.yaml, which itself stays as long as it has any. A file that was
    renamed or moved is not gone.
    """
    if case.kind == "removed" and not all(map(case.then.is_back, case.record.removed)):
        yield Finding((), "the list of the records that were removed is gone", help="restore the file")
    if case.kind == "rates":
        yield Finding((), "the exchange rates are gone", help="restore the file: amounts of earlier days rest on it")
    if case.kind == "corrections":
        yield Finding((), "the list of what was corrected is gone", help="restore the file")
    if not KINDS[case.kind].leaves_signed:
        return
    if any((removal.kind, removal.id) == (case.kind, case.id) for removal in case.then.removals):
        return
    fix = f"removed:\n  - {{kind: {case.kind}, id: {case.id}, date: {case.as_of}, by: {GAP}, why: {GAP}}}"
    yield Finding(
        (),
        f"the {case.kind} '{case.id}' is gone",
        help="restore the file, or say in playbook/removed.yaml who removed it and why",
        fix=fix,
    )


@check(
    "removal-erased",
    of="removed",
    source="reference/records#removing",
    before="removed: [{kind: deal, id: twice, date: 2026-03-01, by: jim, why: Entered twice}]",
    bad="removed: []  # <--",
    good="removed: [{kind: deal, id: twice, date: 2026-03-01, by: jim, why: It was entered twice}]",
)
def removal_erased(case: Case[Any]) -> Findings:
    """An entry of playbook/removed.yaml was deleted, and its record was not restored.

    It is all that is left of a record that was deleted. Restore it; its reason may be reworded.
    """
    kept = [signature(entry) for entry in case.record.removed]
    for entry in case.earlier.removed if case.earlier else ():
        if signature(entry) in kept:
            kept.remove(signature(entry))
        elif not case.then.is_back(entry):
            yield Finding(
                ("removed",),
                f"the entry for the {entry.kind} '{entry.id}' is gone",
                help="restore it",
                fix=f"- {_written(entry)}",
            )


@check(
    "correction-erased",
    of="corrections",
    source="reference/records#signatures",
    before="corrections: [{kind: team, id: team, field: currency, was: EUR, by: jim, date: 2026-03-01, why: Mistyped}]",
    bad="corrections: []  # <--",
    good="corrections: [{kind: team, id: team, field: currency, was: EUR, by: jim, date: 2026-03-01, why: It was mistyped}]",
)
def correction_erased(case: Case[Any]) -> Findings:
    """An entry of playbook/corrections.yaml was deleted.

    It says who changed the past, and why. Restore it; its reason may be reworded.
    """
    kept = [signature(entry) for entry in case.record.corrections]
    for entry in case.earlier.corrections if case.earlier else ():
        if signature(entry) in kept:
            kept.remove(signature(entry))
        else:
            what = f"the correction of {entry.field} of the {entry.kind} '{entry.id}' is gone"
            yield Finding(("corrections",), what, help="restore it", fix=f"- {_written(entry)}")


@check(
    "process-changed",
    of="process",
    source="Sales Operations Overview (2025), Monthly Template Evolution; reference/records#process-versions",
    before="",
    bad="""
    in_force: 2026-01-01  # <--
    """,
    good="""
    changelog: A new version begins with the next move.
    in_force: 2099-01-01
    """,
)
def process_changed(case: Case[Process]) -> Findings:
    """A version of the process was changed, or its days were, after deals had moved under it.

    A move is judged for ever by the version that was in force on its day; otherwise old deals turn red, and old numbers
    change, because a rule did. Words may be corrected at any time: titles, purpose, activities, learning questions, `why`,
    `means`, the changelog. For anything else restore the version, and write the change as a new version that begins after
    the last move.
    """
    then, process = case.then, case.record
    earlier = case.earlier
    made = then.moves_under.get(earlier.version, []) if earlier else []
    signed = {entry.field.strip() for entry in then.signatures("process", case.id)}
    if earlier is not None and made:
        for path in _rules_changed(case):
            if not any(dotted(path) == field or dotted(path).startswith(f"{field}.") for field in signed):
                yield Finding(
                    path,
                    f"{_moves(len(made))} made under version {earlier.version}, of which this changes a rule",
                    help=f"restore it; a change is a new file in playbook/process/ that is in force from a later day; if it had been wrong, {SIGN}",
                    signs=((dotted(path), _said_before(case, path)),),
                )
        if earlier != process:
            return
    taken = [
        day
        for version, moves in then.moves_under.items()
        for _, day in moves
        if case.book.process_on(day) is process and version != process.version
    ]
    if taken and "in_force" not in signed:
        yield Finding(
            ("in_force",),
            f"{_moves(len(taken))} made on days that {process.version} now covers, the last on {max(taken)}",
            help="a version must begin after the last move that was made before it was merged",
        )


WORDING = frozenset({"title", "purpose", "enter", "activities", "learning", "why", "means", "changelog", "source"})
"""The words of a process: they may be corrected at any time."""
BY_NAME = frozenset({"stages", "tiers", "starts", "becomes", "fields", "path"})
"""The parts of a process whose keys are names that the team chose, whatever word they are."""


def _rules_changed(case: Case[Process]) -> Iterator[Path]:
    """The places where a version says something else than it did, but for its words, and for how much of it another one says."""
    before, after = _rules(_whole_before(case)), _rules(case.book.written_whole(case.id))
    changed = [one for one in differences(before, after) if one.section not in BUILDS_ON]
    yield from dict.fromkeys(one.path for one in changed if not (case.record.is_of_imports and _is_more(one)))


def _is_more(one: Difference) -> bool:
    """What a further import adds to the version of imports: stages and tiers, an earlier first day; no move is judged by it."""
    return (
        one.before is None
        or one.section in ("starts", "path")
        or (one.path == ("in_force",) and str(one.after) < str(one.before))
    )


def _rules(said: Data) -> Data:
    """What a version says without its words: a need whose reason is better said is the same need."""
    return {
        name: {each: _wordless(part) for each, part in value.items()}
        if name in BY_NAME and isinstance(value, dict)
        else _wordless(value)
        for name, value in said.items()
        if name not in WORDING
    }


def _wordless(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _wordless(part) for name, part in value.items() if name not in WORDING}
    return [_wordless(each) for each in value] if isinstance(value, list) else value


def _said_before(case: Case[Process], path: Path) -> str:
    told = value_at(_whole_before(case), path)
    return str(told)[:40] if told is not None else "none"


def _whole_before(case: Case[Process]) -> Data:
    """All that the version said, with what it took from others then."""
    return case.then.before.written_whole(case.id_before)


def _moves(count: int) -> str:
    return f"{count:,} {'move was' if count == 1 else 'moves were'}"


@check(
    "process-deleted",
    of=GONE,
    source="reference/records#process-versions",
    before="",
    bad="",
    good="",
)
def process_deleted(case: Case[Any]) -> Findings:
    """A version of the process was deleted after deals had moved under it.

    Those moves would be judged by another version. Restore the file.
    """
    if case.kind == "process" and (made := case.then.moves_under.get(case.record.version)):
        yield Finding(
            (), f"{_moves(len(made))} made under version {case.record.version}, which is gone", help="restore the file"
        )


@check(
    "changed-there-too",
    of=EVERY,
    advice=True,
    source="reference/records#merging",
    before="",
    bad="",
    good="",
)
def changed_there_too(case: Case[Any]) -> Findings:
    """The branch you are merging into has changed the same record since.

    The two changes may not fit together, and what is checked here is not what will be merged. Bring your branch up to
    date (git merge, or the button on the pull request), and look at the record again.
    """
    if (case.kind, case.id) in case.then.also_changed:
        yield Finding(
            (),
            f"the {case.kind} '{case.id}' has also changed on the branch you are merging into",
            help="bring your branch up to date and look at it again",
        )
