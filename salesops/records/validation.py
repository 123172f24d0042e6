"""A Document to a typed record: Pydantic's complaints, put at their places and into words, without a single value of another field."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Literal, TypeVar, get_args, get_origin

from pydantic import ValidationError

from salesops.problems import Edit, Path, Problem, did_you_mean, nearest
from salesops.records.as_written import GAP, LEFT, WRITE, is_placeholder, question
from salesops.records.cut_by_comma import CutText, cut_texts, is_field, may_be_cut, rejoined
from salesops.records.model_fields import fields_below, inside, type_at
from salesops.records.record import Record, value_at
from salesops.records.scalars import shown
from salesops.records.slips import ODD_BLANK
from salesops.records.yaml_errors import in_quotes
from salesops.records.yaml_reader import MAX_COMPLAINTS, Document

R = TypeVar("R", bound=Record)

SHAPES = frozenset({"model_type", "dict_type", "tuple_type", "model_attributes_type"})


def typed(document: Document, model: type[R]) -> tuple[R | None, list[Problem]]:
    """The record that a document holds, or every way in which it is not one."""
    record, faults = validated(document.data, model)
    if not faults and not document.empty:
        return record, []
    cuts = _cuts(document, model, faults)
    known = {*document.lost, *(path for cut in cuts if cut.is_certain for path in (cut.path, *cut.keys))}
    found = [fault for fault in (*faults, *_strays(document, model)) if _place_of(fault) not in known]
    problems = [_in_words(document, model, fault, cuts) for fault in found[:MAX_COMPLAINTS]]
    problems += [_cut(document, cut) for cut in cuts if cut.is_certain]
    return record, problems if len(found) <= MAX_COMPLAINTS else [*problems, _more(document, len(found))]


def explained(document: Document, model: type[Record], faults: Sequence[Any]) -> list[Problem]:
    """Pydantic's faults in words, each at its place in a document."""
    return [_in_words(document, model, fault) for fault in faults[:MAX_COMPLAINTS]]


def validated(data: Any, model: type[R]) -> tuple[R | None, list[Any]]:
    """The record in plain data, or Pydantic's faults, without any value."""
    try:
        record = model.__pydantic_validator__.validate_python(data)
        return record, []
    except ValidationError as faults:
        found = faults.errors(include_url=False, include_input=False)
        return None, [{**fault, "loc": _as_written(data, fault["loc"])} for fault in found]


def _as_written(data: Any, path: Path) -> Path:
    """The path of a field in what was written: where a list may be one entry alone, that entry has no position."""
    found: list[str | int] = []
    for part in path:
        if part == 0 and isinstance(data, dict) and part not in data:
            continue
        found.append(part)
        data = value_at(data, (part,))
    return tuple(found)


def _strays(document: Document, model: type[Record]) -> list[Any]:
    """A fault for each key without a value that is not a field."""
    return [{"type": "extra_forbidden", "loc": path} for path in document.empty if not is_field(model, path)]


def _cuts(document: Document, model: type[Record], faults: list[Any]) -> list[CutText]:
    """The values that a comma ended, each with the words that its field takes; none where no key is out of place."""
    strange = any(fault["type"] == "extra_forbidden" for fault in faults)
    if not strange and not any(may_be_cut(document.text, path, model) for path in document.empty):
        return []
    cuts = cut_texts(document, model)
    refused = {
        _place_of(fault): _context(fault).get("fix", "") for fault in validated(rejoined(document.data, cuts), model)[1]
    }
    taken = (replace(cut, value=refused.get(cut.path, cut.words)) for cut in cuts)
    return [cut for cut in taken if cut.value]


def _context(fault: Any) -> dict[str, Any]:
    return fault.get("ctx") or {}


def _place_of(fault: Any) -> Path:
    """The path that a fault is about; the day of a move is below its line."""
    at = _context(fault).get("at")
    return (*fault["loc"], at) if at else tuple(fault["loc"])


def _cut(document: Document, cut: CutText) -> Problem:
    is_whole = cut.value == cut.words
    found = document.problem(
        "text-cut-by-comma",
        f"a comma ends a value here: {'put the sentence in quotes' if is_whole else 'write the amount without it'}",
        cut.path,
        help=f"between braces, {shown(cut.lost)} is read as a field, and would be lost",
        fix=cut.mended_lines(document.text),
    )
    return replace(found, edit=Edit(cut.path, cut.value, through=cut.rest[-1]))


def _more(document: Document, count: int) -> Problem:
    return document.problem("too-many-problems", f"{count:,} problems in one file; {MAX_COMPLAINTS} of them are shown")


def _in_words(document: Document, model: type[Record], fault: Any, cuts: Sequence[CutText] = ()) -> Problem:
    context = _context(fault)
    path: Path = tuple(fault["loc"])
    kind = fault["type"]
    if kind not in ("missing", "extra_forbidden") and is_placeholder(value_at(document.data, _place_of(fault))):
        return _left(document, model, _place_of(fault))
    if kind == "missing":
        return _missing(document, model, path)
    if kind == "extra_forbidden":
        return _unknown(document, model, path, next((cut for cut in cuts if path in cut.keys), None))
    if kind == "literal_error":
        return _not_a_choice(document, model, path)
    on_key = bool(path) and path[-1] == "[key]"
    if on_key:
        path = path[:-1]
    if kind in SHAPES:
        return _shape(document, model, kind, path)
    if "at" in context:
        path = (*path, context["at"])
    return document.problem(
        kind,
        fault["msg"],
        path,
        key=on_key,
        help=context.get("help", ""),
        fix=context.get("fix", ""),
        edit=_edit(path, context.get("fix", ""), on_key),
    )


def _left(document: Document, model: type[Record], path: Path) -> Problem:
    """A placeholder where a value belongs; the words to choose from are named."""
    words = _choices(model, path)
    way_out = f"choose one of: {', '.join(words)}" if words else WRITE
    return document.problem("placeholder-left", LEFT.format(value_at(document.data, path)), path, help=way_out)


def _choices(model: type[Record], path: Path) -> list[str]:
    """The words that a field takes; none where it is open."""
    return [str(word) for word in get_args(type_at(model, path)) if isinstance(word, str)]


def _edit(path: Path, fix: str, on_key: bool) -> Edit | None:
    """The value, or the name of the key, that would do; None where nothing is known or the fix is a line of its own."""
    if not fix or not path or fix.startswith("- ") or fix.startswith('"&'):
        return None
    return Edit(path, name=fix) if on_key else Edit(path, fix)


def _shape(document: Document, model: type[Record], kind: str, path: Path) -> Problem:
    """Something else stands where fields or a list belong: what it is, and how it would look with its own words."""
    value, below = value_at(document.data, path), fields_below(model, path)
    entry = fields_below(model, (*path, 0))
    if kind == "tuple_type" and not (entry and isinstance(value, str)):
        if isinstance(value, dict) and (bullet := _BULLET.match(next(iter(value), ""))):
            return _bullets(document, path, bullet.group(), texts=not entry)
        advice, edit = _as_list(document, model, kind, path)
        return document.problem(
            "wrong-shape", f"{_stands(value)} stands here, where a list belongs", path, help=advice, edit=edit
        )
    listed = kind == "tuple_type"
    fields = entry if listed else below
    words = value[0] if isinstance(value, list) and len(value) == 1 else value
    shape = example_of(fields, words) if fields and isinstance(words, str) else ""
    fix = f"- {shape}" if isinstance(path[-1], int) else f"{path[-1]}: {f'[{shape}]' if listed else shape}"
    message = f"{_stands(value)} stands here, where {'entries with ' if listed else ''}fields of their own belong"
    way_out = f"the fields are: {', '.join(fields)}" if fields else "write lines of `key: value`"
    return document.problem("wrong-shape", message, path, help=way_out, fix=fix if shape else "")


def _bullets(document: Document, path: Path, bullet: str, *, texts: bool) -> Problem:
    """Entries of a list behind what looks like a hyphen and is none; a text with a colon in it needs its quotes too."""
    said = f"what looks like a hyphen here is '{bullet.strip()}', pasted from a document"
    found = document.problem("wrong-shape", said, path, help="write - before an entry of a list")
    words = found.excerpt.strip().removeprefix(bullet)
    is_plain = not texts or words.startswith(('"', "'")) or not re.search(r": |:$| #", words)
    return replace(found, fix=f"  - {words if is_plain else in_quotes(words)}")


def _stands(value: Any) -> str:
    if isinstance(value, str):
        return shown(value)
    return "nothing" if value is None else "a list" if isinstance(value, list) else "a group of fields"


_BULLET = re.compile(r"[•‣▪–—·]\s+")
WORDS_GO_TO = ("action", "note", "why", "learning", "name", "value", "mrr", "channel", "hypothesis", "about")
"""The fields that take a sentence that stands where a whole part of a record belongs."""
DAYS_GO_TO = ("date", "due", "since")
"""The fields that take a day that stands there."""
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


def example_of(fields: Mapping[str, Any], words: str) -> str:
    """A part of a record in braces: the words in the field that takes them, and a question mark where a choice is somebody's own."""
    takes = (
        ("value", *WORDS_GO_TO)
        if words.strip("%").isdecimal()
        else (*DAYS_GO_TO, *WORDS_GO_TO)
        if _DAY.fullmatch(words)
        else WORDS_GO_TO
    )
    home = next((name for name in takes if name in fields), "")
    chosen = [name for name, field in fields.items() if get_origin(inside(field.annotation)) is Literal]
    asked = [name for name, field in fields.items() if field.is_required() and name != home] or chosen[:1]
    said = f"{words}%" if home == "value" and words.isdecimal() else words
    taken = said if re.fullmatch(r"[\w.%][\w .%/-]*", said) else in_quotes(said)
    parts = [f"{name}: {GAP}" for name in asked] + ([f"{home}: {taken}"] if home else [])
    return f"{{{', '.join(parts)}}}" if parts and home else ""


def _as_list(document: Document, model: type[Record], kind: str, path: Path) -> tuple[str, Edit | None]:
    """What to do about a single value where a list belongs."""
    value = value_at(document.data, path)
    if kind != "tuple_type" or not isinstance(value, str) or fields_below(model, (*path, 0)):
        return "", None
    plain = len(value) <= 60 and not set(value) & set(",[]{}\"'#:\n")
    return "put it in brackets, even if there is only one", Edit(path, (value,)) if plain else None


def _not_a_choice(document: Document, model: type[Record], path: Path) -> Problem:
    on_key = path[-1] == "[key]"
    words = [str(word) for word in get_args(type_at(model, (*path[:-2], "[key]") if on_key else path))]
    path = path[:-1] if on_key else path
    value = path[-1] if on_key else value_at(document.data, path)
    if not isinstance(value, str):
        return document.problem("wrong-shape", f"one of {', '.join(words)} is expected here", path)
    guess = nearest(value, words)
    return document.problem(
        "not-a-choice",
        f"{shown(value)} is not one of: {', '.join(words)}",
        path,
        key=on_key,
        help=f"did you mean '{guess}'?" if guess else "pick one of them",
        edit=_edit(path, guess or "", on_key),
    )


def _missing(document: Document, model: type[Record], path: Path) -> Problem:
    name = str(path[-1])
    field = fields_below(model, path[:-1]).get(name)
    meaning = (field.description or "") if field else ""
    fix = question(name, _choices(model, path))
    if field and inside(field.annotation) and get_origin(inside(field.annotation)) in (tuple, dict):
        fix = f"{name}:\n  - {GAP}: {GAP}" if name == "stages" else f"{name}:\n  - {GAP}"
    return document.problem("field-missing", f"'{name}' is missing", path, key=True, why=meaning, fix=fix)


def _unknown(document: Document, model: type[Record], path: Path, cut: CutText | None) -> Problem:
    if cut:
        way_out = f"put the sentence before it in quotes if the comma belongs to it; {_hint(model, path)}"
        fix = cut.mended_lines(document.text)
        return document.problem("unknown-key", _no_field(path), path, key=True, help=way_out, fix=fix)
    if ODD_BLANK.search(str(path[-1])):
        found = document.problem("unknown-key", _no_field(path), path, key=True, help=_hint(model, path))
        return replace(found, fix=ODD_BLANK.sub(" ", found.excerpt))
    guess = nearest(str(path[-1]), fields_below(model, path[:-1]))
    stage = value_at(document.data, path)
    if path == ("stage",) and isinstance(stage, str) and "stages" in document.data:
        way_out = f"a move is a line under stages, with its day: - {stage}: {GAP}"
        return document.problem("unknown-key", _no_field(path), path, key=True, help=way_out)
    is_free = guess and value_at(document.data, (*path[:-1], guess)) is None
    edit = Edit(path, name=guess) if guess and is_free else None
    way_out = _hint(model, path) if is_free or not guess else f"'{guess}' is given as well: keep one of the two"
    return document.problem("unknown-key", _no_field(path), path, key=True, help=way_out, edit=edit)


def _no_field(path: Path) -> str:
    return f"'{str(path[-1])[:60]}' is not a field here"


def _hint(model: type[Record], path: Path) -> str:
    name = str(path[-1])
    if odd := ODD_BLANK.search(name):
        return (
            f"what looks like a blank in it is U+{ord(odd.group()):04X}, pasted from a document: write ordinary blanks"
        )
    known = list(fields_below(model, path[:-1]))
    guess = nearest(name, known)
    hint = did_you_mean(name, known) or "see the reference of the fields"
    if not guess and len(path) == 1 and "x" in known:
        return f"{hint}; the team's own fields go under x:" if hint else "the team's own fields go under x:"
    return hint
