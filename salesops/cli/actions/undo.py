"""What ``salesops undo`` does: the files as they were; of what was merged, with a correction that somebody signs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from salesops.book.book import Book, Ref
from salesops.changes.compare import Comparison
from salesops.checks import check_book, check_past, to_sign
from salesops.checks.check import Signing
from salesops.cli.door import Trial, in_words, what_it_does
from salesops.cli.gate import parted
from salesops.cli.hands import Desk, Missing, agreed, ask, desk_of
from salesops.cli.options import Usage
from salesops.cli.printing import say, style
from salesops.edits.applied import Applied, applied
from salesops.edits.change_list import as_list, changes_in
from salesops.edits.fix import difference
from salesops.edits.yaml_writer import FileChange
from salesops.output import SCHEMA_VERSION, as_json, counted, masked, problem_as_data, problems_as_text, show
from salesops.problems import CannotDecide, Problem, errors, in_order
from salesops.records.kinds import KINDS, id_of, kind_at_path
from salesops.store.branches import merged_into
from salesops.store.commits import CommitBooks
from salesops.store.drafted import Drafted
from salesops.store.journal import Write, as_one, finish, last_writes, moved_on, take_all_back
from salesops.store.save import alone

WHY = "it has been merged already, so it is taken back by a signed correction: why was it wrong?"


@dataclass(frozen=True)
class Undoing:
    """The writes that are to be taken back, as data; what comes of it, the files that go, what is signed for, and errors that it leaves."""

    writes: Sequence[Mapping[str, Any]]
    tried: Trial
    gone: tuple[FileChange, ...]
    signed: tuple[Mapping[str, Any], ...]
    left: tuple[Problem, ...]

    @property
    def differences(self) -> Iterator[str]:
        """What is written, line by line."""
        for file in (*self.tried.result.files, *self.gone):
            yield from difference(file)

    @property
    def files(self) -> str:
        """The files, and how much of each is written."""
        return ", ".join((*map(in_words, self.tried.result.files), *(f"{show(it.path)} (deleted)" for it in self.gone)))


def run(folder: str, number: int, **how: Any) -> int:
    """Take them back; 1 where it is refused."""
    listed, why = how.pop("listed"), how.pop("why")
    desk = desk_of(folder, **how)
    with alone(desk.root):
        finish(desk.root)
        every = list(last_writes(desk.root))
        if listed or not every:
            return _list(desk, every)
        if number > len(every):
            raise Usage(
                f"{counted(len(every), 'write')} can be taken back, not {number:,}: salesops undo --list shows them"
            )
        return _undo(desk, every[:number], why)


def _list(desk: Desk, every: Sequence[Write]) -> int:
    if desk.writing.output_format == "json":
        head = {"schema_version": SCHEMA_VERSION, "as_of": desk.day, "written": False}
        say(masked(as_json({**head, "writes": [_write_as_data(write) for write in every]})))
        return 0
    if not every:
        say("Nothing to take back: no command has written here.")
    for number, write in enumerate(every, 1):
        say(f"{number:>3}  {show(write.sentence)}")
        say(style(f"     {', '.join(show(file.path) for file in write.files)}", "faint"))
    return 0


def _undo(desk: Desk, writes: Sequence[Write], why: str | None) -> int:
    text = desk.writing.output_format == "text"
    for write in writes if text else ():
        say(f"Take back: {show(write.sentence)}")
    if changed := moved_on(desk.root, writes):
        return _refused(desk, writes, [_moved(path) for path in changed])
    undoing = _undoing(desk, writes, why)
    if undoing.tried.is_refused:
        return _refused(desk, writes, [], undoing.tried.problems)
    if text:
        _tell(undoing, desk)
    is_wanted = not desk.writing.dry_run and (
        not desk.writing.asks or agreed(f"Write {undoing.files}?", lambda: undoing.differences)
    )
    if is_wanted:
        take_all_back(desk.root, writes, undoing.tried.result.files)
    if not text:
        say(masked(as_json(_as_data(desk, undoing, is_wanted))))
    else:
        say(f"Written: {undoing.files}." if is_wanted else "Nothing was written.")
    return 0


def _moved(path: str) -> str:
    return (
        f"{path} has changed since, by hand or by git: it is left as it is. Take that change out first (git diff -- {path} "
        "shows it, where it is not committed), or write by a command what is to stand there now"
    )


def _refused(desk: Desk, writes: Sequence[Write], words: Sequence[str], problems: Sequence[Problem] = ()) -> int:
    if desk.writing.output_format == "json":
        told = {"writes": [_write_as_data(write) for write in writes], "reasons": words}
        found = [problem_as_data(problem) for problem in problems]
        head = {"schema_version": SCHEMA_VERSION, "as_of": desk.day, "written": False, "refused": True}
        say(masked(as_json({**head, **told, "problems": found})))
        return 1
    for line in (*map(show, words), *problems_as_text(problems, style)):
        say(line)
    say(style("Nothing was written.", "error"))
    return 1


# ── what comes of it ──────────────────────────────────────────────────────────────────────────────────────────────────


def _undoing(desk: Desk, writes: Sequence[Write], why: str | None) -> Undoing:
    """The records without the writes, and with a correction for each line that has been merged."""
    drafted = Drafted(desk.root)
    now, known = drafted.load()
    together = as_one(writes)
    back = {
        file.path: FileChange(file.path, file.was.whole, file.now.whole if file.now else None)
        for file in together
        if file.was
    }
    gone = tuple(FileChange(file.path, "", file.now.whole) for file in together if file.now and not file.was)
    bare, _ = drafted.load(back.values(), [file.path for file in gone])
    bases = [CommitBooks(desk.root).book(commit)[0] for commit in merged_into(desk.root)]
    refs = [(kind.name, id_of(file.path)) for file in together if (kind := kind_at_path(file.path))]
    signed = _signed(desk, bare, _wanted(bases, now, bare, refs, desk), why)
    for file in _corrected(bare, signed):
        known_as = back.get(file.path)
        back[file.path] = FileChange(file.path, file.text, known_as.was if known_as else file.was)
    after, later = drafted.load(back.values(), [file.path for file in gone])
    found, _ = parted([*later, *check_book(after, desk.day)], [*known, *check_book(now, desk.day)])
    files = tuple(file for file in back.values() if file.text != file.was)
    tried = Trial(now, after, desk.day, (), Applied(files), tuple(_new_past(bases, now, after, desk)))
    return Undoing([*map(_write_as_data, writes)], tried, gone, tuple(signed), tuple(in_order(errors(found))))


def _new_past(bases: Sequence[Book], now: Book, after: Book, desk: Desk) -> list[Problem]:
    """What stands against it in what has been merged: a signature that would be gone."""
    found: list[Problem] = []
    for base in bases:
        known = check_past(Comparison(base, now), desk.day)
        found += [each for each in parted(check_past(Comparison(base, after), desk.day), known)[0] if each.is_error]
    return in_order(found)


def _wanted(
    bases: Sequence[Book], now: Book, bare: Book, refs: Sequence[Ref], desk: Desk
) -> list[tuple[Ref, Signing | None]]:
    """What is to be signed for: a field of a record that says something else than was merged, or a record that goes."""
    found: list[tuple[Ref, Signing | None]] = []
    for base in bases:
        then, before = Comparison(base, bare), Comparison(base, now)
        for ref in refs:
            known = to_sign(before, ref, desk.day)
            found += [(ref, each) for each in to_sign(then, ref, desk.day) if each not in known]
            if ref[1] in base.of(ref[0]) and ref[1] not in bare.of(ref[0]) and KINDS[ref[0]].leaves_signed:
                found.append((ref, None))
    return list(dict.fromkeys(found))


def _signed(
    desk: Desk, bare: Book, wanted: Sequence[tuple[Ref, Signing | None]], why: str | None
) -> list[Mapping[str, Any]]:
    """The entries that somebody signs, as changes: in the deal, or in the file of the playbook for them."""
    if not wanted:
        return []
    if why is None and desk.writing.asks:
        why = ask(WHY, str, needed=True)
    if not why or not why.strip():
        raise Missing([('--why "WORDS"', WHY)])
    by = {"by": desk.me, "date": str(desk.day), "why": why}
    own = [_in_deal(ref[1], signing, by) for ref, signing in wanted if signing and ref[0] == "deal"]
    others = [
        {"kind": ref[0], "id": ref[1], "field": signing[0], "was": signing[1], **by}
        for ref, signing in wanted
        if signing and ref[0] != "deal"
    ]
    removed = [{"kind": ref[0], "id": ref[1], **by} for ref, signing in wanted if not signing]
    return [*own, *_filed(bare, "corrections", others), *_filed(bare, "removed", removed)]


def _in_deal(deal: str, signing: Signing, by: Mapping[str, str]) -> dict[str, Any]:
    entry = {"field": signing[0], "was": signing[1], **by}
    return {"add": deal, "kind": "deal", "to": "corrections", "entry": entry}


def _filed(bare: Book, kind: str, entries: list[dict[str, str]]) -> list[dict[str, Any]]:
    """The entries of a file of the playbook that keeps signatures, which is made where it is missing."""
    if entries and kind not in bare.of(kind):
        return [{"new": kind, "id": kind, kind: entries}]
    return [{"add": kind, "kind": kind, "to": kind, "entry": entry} for entry in entries]


def _corrected(bare: Book, signed: Sequence[Mapping[str, Any]]) -> tuple[FileChange, ...]:
    if not signed:
        return ()
    wanted, mistakes = changes_in("the correction", as_list(list(signed)).encode("utf-8"))
    result = applied(bare, wanted)
    for problem in (*mistakes, *result.problems):
        raise CannotDecide(f"the correction cannot be written: {problem.message}")
    return result.files


# ── what is said of it ────────────────────────────────────────────────────────────────────────────────────────────────


def _tell(undoing: Undoing, desk: Desk) -> None:
    if desk.writing.dry_run:
        for line in undoing.differences:
            say(show(line))
    for line in what_it_does(undoing.tried):
        say(show(line))
    if undoing.signed:
        say(f"It has been merged: signed by {show(desk.me)}, {counted(len(undoing.signed), 'correction')} of the past.")
    if undoing.left:
        say("The records will have errors then:")
        for line in problems_as_text(undoing.left, style):
            say(line)


def _write_as_data(write: Write) -> dict[str, Any]:
    return {"number": write.number, "sentence": write.sentence, "files": [file.path for file in write.files]}


def _as_data(desk: Desk, undoing: Undoing, written: bool) -> dict[str, Any]:
    report = undoing.tried.report.as_data()
    return {
        "schema_version": SCHEMA_VERSION,
        "as_of": desk.day,
        "written": written,
        "refused": False,
        "writes": undoing.writes,
        "signed": [dict(each) for each in undoing.signed],
        "files": [{"path": file.path, "text": file.text} for file in undoing.tried.result.files],
        "gone": [file.path for file in undoing.gone],
        "changes": report["changes"],
        "metrics": report["metrics"],
        "problems": [problem_as_data(problem) for problem in undoing.left],
    }
