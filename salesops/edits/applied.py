"""What comes of a list of changes: the texts of the records with them, all or none; what is there already stays as it is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from itertools import pairwise
from typing import Any

from salesops.book.book import Book, Ref
from salesops.edits.change_list import Wanted, path_of
from salesops.edits.edit import CannotEdit, append_item, as_read, comments, remove_key, set_key
from salesops.edits.yaml_writer import FileChange, Quoted, in_brackets, in_order, render
from salesops.problems import Path, Problem, did_you_mean, dotted
from salesops.records.deal import Activity, NextStep
from salesops.records.kinds import KINDS, id_of, kind_at_path, own_named
from salesops.records.model_fields import fields_below, keyed_fields, type_at
from salesops.records.record import Record, value_at
from salesops.records.yaml_reader import Document, read

MAX_SHOWN = 60
_BARE = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.@/+")


@dataclass(frozen=True)
class Applied:
    """What a list comes to: the files to write, the changes that were there already, and why it cannot be done."""

    files: tuple[FileChange, ...] = ()
    there: frozenset[int] = frozenset()
    problems: tuple[Problem, ...] = ()


class Refused(Exception):
    """A change that cannot be made; it carries the problem."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.message)
        self.problem = problem


@dataclass
class Sheet:
    """The text of one record while a list is worked through; None where there is no such file yet."""

    ref: Ref
    path: str
    was: str | None
    text: str

    @property
    def model(self) -> type[Record]:
        """What the record may say."""
        return KINDS[self.ref[0]].model

    @property
    def data(self) -> dict[str, Any]:
        """What it says now."""
        return _data(self.text)

    def at(self, path: Path) -> Any:
        """What stands at a path; None where nothing does."""
        return value_at(self.data, path)

    def put(self, path: Path, value: Any) -> None:
        """A value at a path, in place of what is there or new; of a part that is there, key by key, so that its comments stay."""
        there = self.at(path)
        if not (isinstance(there, dict) and isinstance(value, dict) and value):
            self._change(lambda text: set_key(text, path, in_house(self.model, path, value), self._order))
            return
        for key in there:
            if value.get(key) is None:
                self.remove((*path, key))
        for key, below in value.items():
            if below is not None and there.get(key) != as_read(below):
                self.put((*path, key), below)

    def add(self, path: Path, entry: Any) -> None:
        """One more entry of a list; the only one of a list that was written without brackets becomes the first of two."""
        there = self.at(path)
        entry = in_house(self.model, (*path, 0), entry)
        if isinstance(there, dict):
            self._change(lambda text: set_key(text, path, [there, entry], self._order))
        else:
            self._change(lambda text: append_item(text, path, entry, self._order))

    def remove(self, path: Path) -> None:
        """A key, gone."""
        self._change(lambda text: remove_key(text, path))

    @property
    def _order(self) -> list[str]:
        return [key for key, _ in keyed_fields(self.model)]

    def _change(self, edit: Callable[[str], str]) -> None:
        if not self.text:
            raise CannotEdit("there is no such file yet")
        after = edit(self.text)
        lost = Counter(comments(self.text)) - Counter(comments(after))
        if lost:
            raise CannotEdit(f"the comment '{next(iter(lost))[:MAX_SHOWN]}' would be lost: edit the file by hand")
        self.text = after


@lru_cache(maxsize=64)
def _data(text: str) -> dict[str, Any]:
    document, _ = read("", text.encode("utf-8"))
    return document.data if document else {}


def in_house(model: type[Record], path: Path, value: Any) -> Any:
    """A value as the program writes it: sentences in quotes, the keys of a part in the order of the reference."""
    if isinstance(value, dict):
        part = type_at(model, path)
        known = part if isinstance(part, type) and issubclass(part, Record) else None
        ordered = in_order(known, value) if known else value
        return {key: in_house(model, (*path, key), below) for key, below in ordered.items()}
    if isinstance(value, list | tuple):
        return [in_house(model, (*path, at), entry) for at, entry in enumerate(value)]
    if isinstance(value, str) and set(value) - _BARE and type_at(model, path) is str:
        return Quoted(value)
    return value


@dataclass
class Draft:
    """All texts while a list is worked through."""

    book: Book
    sheets: dict[Ref, Sheet] = field(default_factory=dict)
    written: dict[Ref, set[Path]] = field(default_factory=dict)

    def sheet(self, wanted: Wanted) -> Sheet:
        """The record that a change is about."""
        ref = self._ref(wanted)
        if ref not in self.sheets:
            document = self.book.documents.get(ref)
            if document is None or not _data(document.text):
                said = "cannot be read" if ref in self.book.broken else "is not there"
                raise Refused(wanted.problem("change-record-unknown", f"the {ref[0]} '{ref[1]}' {said}", wanted.verb))
            self.sheets[ref] = Sheet(ref, document.path, document.text, document.text)
        return self.sheets[ref]

    def _ref(self, wanted: Wanted) -> Ref:
        kind = getattr(wanted.change, "kind", None) if wanted.verb in ("set", "clear", "add") else "deal"
        if kind is None:
            kinds = [name for name in own_named() if self.is_there((name, wanted.record))]
            if not kinds:
                known = [record for name in own_named() for record in self.book.of(name)]
                what = f"there is neither a deal nor a member '{wanted.record}'"
                way_out = did_you_mean(wanted.record, known) or "say what it is: kind: experiment"
                raise Refused(wanted.problem("change-record-unknown", what, wanted.verb, help=way_out))
            kind = kinds[0]
        if kind not in KINDS:
            raise Refused(
                wanted.problem(
                    "change-unclear", f"'{kind}' is no kind of record", "kind", help=did_you_mean(kind, KINDS)
                )
            )
        if not self.is_there((kind, wanted.record)) and wanted.verb != "new":
            hint = did_you_mean(wanted.record, [*self.book.of(kind)])
            raise Refused(
                wanted.problem("change-record-unknown", f"there is no {kind} '{wanted.record}'", wanted.verb, help=hint)
            )
        return kind, wanted.record

    def is_there(self, ref: Ref) -> bool:
        """Whether a record has a file, read or not, or was made in this list."""
        return ref in self.sheets or ref in self.book.documents or ref in self.book.broken

    def once(self, wanted: Wanted, sheet: Sheet, path: Path) -> None:
        """Refuse a second word on the same field in one list: done again, the first would undo the second."""
        before = self.written.setdefault(sheet.ref, set())
        if any(path[: len(other)] == other or other[: len(path)] == path for other in before):
            raise Refused(
                wanted.problem("change-twice", f"the list says {dotted(path)} of '{sheet.ref[1]}' twice", "fields")
            )
        before.add(path)


def applied(book: Book, wanted: Iterable[Wanted]) -> Applied:
    """The texts with every change of a list; no text at all where one of them cannot be made, or would be made anew each time."""
    every = list(wanted)
    once = _worked_through(book, every)
    if not once.files:
        return once
    documents = {ref: document for file in once.files for ref, document in _documents(file)}
    again = _worked_through(replace(book, documents={**book.documents, **documents}), every)
    if not again.files:
        return once
    message = f"done again, the list would change {again.files[0].path} once more"
    return Applied(problems=(every[0].problem("change-twice", message, help="make two lists of it"),))


def _documents(file: FileChange) -> Iterator[tuple[Ref, Document]]:
    kind, document = kind_at_path(file.path), read(file.path, file.data)[0]
    if kind and document:
        yield (kind.name, id_of(file.path)), document


def _worked_through(book: Book, every: list[Wanted]) -> Applied:
    draft, there, problems = Draft(book), set[int](), list[Problem]()
    for each in every:
        try:
            if DOES[each.verb](draft, each, every):
                there.add(each.at)
        except Refused as refused:
            problems.append(refused.problem)
        except CannotEdit as reason:
            problems.append(each.problem("change-impossible", str(reason), each.verb))
    if problems:
        return Applied(problems=tuple(problems))
    changed = (sheet for sheet in draft.sheets.values() if sheet.text != sheet.was)
    return Applied(tuple(FileChange(sheet.path, sheet.text, sheet.was) for sheet in changed), frozenset(there))


# ── each kind of change; True where it is there already ───────────────────────────────────────────────────────────────


def _new(draft: Draft, wanted: Wanted, every: list[Wanted]) -> bool:
    kind = KINDS.get(wanted.change.new)
    if kind is None:
        message = f"'{wanted.change.new}' is no kind of record"
        raise Refused(wanted.problem("change-unclear", message, "new", help=did_you_mean(wanted.change.new, KINDS)))
    data = _of_record(kind.name, wanted.data)
    ref = (kind.name, kind.name if kind.is_single else wanted.record)
    if draft.is_there(ref):
        sheet = draft.sheets.get(ref) or _sheet_of(draft, ref, wanted)
        differs = [
            key
            for key in data
            if not _begins(sheet.at((key,)), as_read(data[key])) and key not in _later(wanted, every)
        ]
        if differs:
            message = f"there is a {kind.name} '{wanted.record}' already, and its {differs[0]} is another"
            raise Refused(
                wanted.problem("change-id-taken", message, "id", help="choose another id, or change that one")
            )
        return True
    if kind.has_own_name and (
        taken := next((name for name in own_named() if draft.is_there((name, wanted.record))), None)
    ):
        raise Refused(wanted.problem("change-id-taken", f"a {taken} is called '{wanted.record}' already", "id"))
    path = kind.where if kind.is_single else f"{kind.where}/{wanted.record}.yaml"
    text = render(in_house(kind.model, (), data))
    draft.sheets[ref] = Sheet(ref, path, None, text)
    return False


def _sheet_of(draft: Draft, ref: Ref, wanted: Wanted) -> Sheet:
    document = draft.book.documents.get(ref)
    if document is None:
        raise Refused(
            wanted.problem(
                "change-id-taken", f"there is a file of the {ref[0]} '{ref[1]}', and it cannot be read", "id"
            )
        )
    return Sheet(ref, document.path, document.text, document.text)


def _of_record(kind: str, data: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of a new record; the first move of a deal as its file says it."""
    fields = {key: value for key, value in data.items() if key not in ("new", "id")}
    if kind == "deal" and "stage" in fields and "stages" not in fields:
        fields["stages"] = [{fields.pop("stage"): fields.pop("date", None)}]
    return fields


def _begins(there: Any, value: Any) -> bool:
    """Whether what stands there is what was given, or began with it."""
    if isinstance(there, list) and isinstance(value, list):
        return there[: len(value)] == value
    return bool(there == value)


def _later(wanted: Wanted, every: list[Wanted]) -> set[str]:
    """The fields of a new record of which the same list says more later on."""
    after = [each for each in every if each.at > wanted.at and each.record == wanted.record]
    named = {
        part
        for each in after
        for part in (getattr(each.change, "fields", None) or getattr(each.change, "set", None) or ())
    }
    return {str(path_of(path)[0]) for path in named} | {"next" for each in after if each.verb == "log"}


def _log(draft: Draft, wanted: Wanted, every: list[Wanted]) -> bool:
    sheet = draft.sheet(wanted)
    entry = in_order(Activity, {key: wanted.data[key] for key in fields_below(Activity, ()) if key in wanted.data})
    if entry in (sheet.at(("activity",)) or ()):
        if "next" in wanted.data and "next" not in _later(wanted, every):
            _is_said(
                wanted, sheet, ("next",), wanted.data["next"], "it is logged already, and the next step is another"
            )
        return True
    sheet.add(("activity",), entry)
    if "next" in wanted.data:
        if wanted.change.was is not None:
            _unchanged(wanted, sheet, ("next",), wanted.change.was.get("next"))
        sheet.put(("next",), in_order(NextStep, wanted.data["next"]))
    return False


def _move(draft: Draft, wanted: Wanted, every: list[Wanted]) -> bool:
    sheet, change = draft.sheet(wanted), wanted.change
    line = {change.to: str(change.date)}
    stages = sheet.at(("stages",)) or []
    stage = next(iter(stages[-1]), None) if stages and isinstance(stages[-1], dict) else None
    if line in stages and not (stage == change.was and _was_there_before(stages, line, stage)):
        later = _later(wanted, every)
        for name, value in (change.set or {}).items():
            if name.partition(".")[0] not in later:
                _is_said(wanted, sheet, path_of(name), value, f"it has moved already, and {name} is another")
        return True
    if change.was is not None and change.was != stage:
        message = f"'{wanted.record}' was to move from {change.was}, and is in {stage or 'no stage'}"
        raise Refused(
            wanted.problem("change-grown-old", message, "was", help="look at it again, and make the change anew")
        )
    sheet.add(("stages",), line)
    for path, value in _together(sheet, change.set or {}):
        there = sheet.at(path)
        if there is not None and there != as_read(value):
            message = f"{dotted(path)} says {_shown(there)} already"
            way_out = "a move takes the place of nothing: say it by set, with was"
            raise Refused(wanted.problem("change-grown-old", message, "set", help=way_out))
        if there is None:
            sheet.put(path, value)
    return False


def _was_there_before(stages: list[Any], line: Mapping[str, str], stage: str | None) -> bool:
    """Whether a line tells only of a way that the deal went on the same day before: from ``stage`` it has not gone it yet."""
    return stages[-1] != line and not any(
        isinstance(came, dict) and stage in came and entry == line for came, entry in pairwise(stages)
    )


def _together(sheet: Sheet, fields: Mapping[str, Any]) -> Iterator[tuple[Path, Any]]:
    """Fields and values; those of a part that is not there yet as that part."""
    parts: dict[Path, Any] = {}
    for name, value in fields.items():
        path = path_of(name)
        missing = next((end for end in range(1, len(path)) if sheet.at(path[:end]) is None), len(path))
        here = parts.setdefault(path[:missing], {} if missing < len(path) else value)
        for part in path[missing:-1]:
            here = here.setdefault(part, {})
        if missing < len(path):
            here[path[-1]] = value
    yield from parts.items()


def _set(draft: Draft, wanted: Wanted, _: list[Wanted]) -> bool:
    sheet, change = draft.sheet(wanted), wanted.change
    todo: dict[str, Any] = {}
    for name, value in change.fields.items():
        draft.once(wanted, sheet, path_of(name))
        if sheet.at(path_of(name)) != as_read(value):
            if change.was is not None:
                _unchanged(wanted, sheet, path_of(name), change.was.get(name))
            todo[name] = value
    for path, value in _together(sheet, todo):
        sheet.put(path, value)
    return not todo


def _clear(draft: Draft, wanted: Wanted, _: list[Wanted]) -> bool:
    sheet, change = draft.sheet(wanted), wanted.change
    done = False
    for name in change.fields:
        path = path_of(name)
        draft.once(wanted, sheet, path)
        if isinstance(path[-1], int):
            raise Refused(
                wanted.problem("change-impossible", f"{name} is an entry of a list: only keys are cleared", "fields")
            )
        if sheet.at(path) is not None:
            if change.was is not None:
                _unchanged(wanted, sheet, path, change.was.get(name))
            sheet.remove(path)
            done = True
    return not done


def _add(draft: Draft, wanted: Wanted, _: list[Wanted]) -> bool:
    sheet, path = draft.sheet(wanted), path_of(wanted.change.to)
    entry, there = as_read(wanted.change.entry), sheet.at(path)
    if there == entry or (isinstance(there, list) and entry in there):
        return True
    sheet.add(path, wanted.change.entry)
    return False


def _unchanged(wanted: Wanted, sheet: Sheet, path: Path, was: Any) -> None:
    """Refuse where something else stands at a path than did when the list was made."""
    there = sheet.at(path)
    if there != as_read(was):
        message = f"{dotted(path)} of '{sheet.ref[1]}' was {_shown(was)} and is {_shown(there)}"
        way_out = "somebody changed it meanwhile: look at it again, and make the change anew"
        raise Refused(wanted.problem("change-grown-old", message, "was", help=way_out))


def _is_said(wanted: Wanted, sheet: Sheet, path: Path, value: Any, message: str) -> None:
    """Refuse where what came with a line that is there already is not there with it: it would be lost in silence."""
    there = sheet.at(path)
    if there != as_read(value):
        way_out = "say it by set, with what stands there now as was"
        raise Refused(wanted.problem("change-grown-old", f"{message}: {_shown(there)}", wanted.verb, help=way_out))


def _shown(value: Any) -> str:
    return "nothing" if value is None else f"'{in_brackets(as_read(value))[:MAX_SHOWN]}'"


DOES: dict[str, Callable[[Draft, Wanted, list[Wanted]], bool]] = {
    "new": _new,
    "log": _log,
    "move": _move,
    "set": _set,
    "clear": _clear,
    "add": _add,
}
