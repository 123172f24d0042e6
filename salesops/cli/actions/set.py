"""What ``salesops set`` does: one field says something else, or nothing, from now on."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from salesops.cli import names
from salesops.cli.field_values import Fields, SpokenField, item, place_of, said_of
from salesops.cli.hands import Asked, Desk, Missing, as_words, ask, desk_of, send
from salesops.cli.options import Usage
from salesops.edits.change_list import path_of
from salesops.edits.spoken import Unclear
from salesops.output import show
from salesops.problems import dotted
from salesops.records.model_fields import fields_below
from salesops.records.record import value_at

ADDS = "+"

KNOWN = "what do you know? (Enter: nothing more)"


def run(folder: str, record: str, field: str | None, values: Sequence[str], **options: Any) -> int:
    """Set it; 1 where it is refused."""
    how = {name: options.pop(name) for name in ("yes", "dry_run", "output_format", "as_of")}
    desk = desk_of(folder, **how)
    if field is None and not options["clear"]:
        raise Usage("which field, and what does it say? salesops set DEAL FIELD VALUE")
    known = [it for it in names.records(desk.book, desk.day) if it.id in desk.book.deals or it.id in desk.book.members]
    record_id = desk.chosen(record, known, f"there is no deal or member '{show(record)}'")
    kind = "deal" if record_id in desk.book.deals else "member"
    changes: list[Asked] = []
    if field is not None:
        if not values:
            raise Usage(f"what does {show(field)} say? --clear {show(field)} takes it away")
        changes += _said(desk, kind, record_id, field, values, options)
    cleared = [place_of(desk, kind, record_id, _of_last_loss(desk, kind, record_id, name)) for name in options["clear"]]
    if cleared:
        was = {place.name: place.there for place in cleared if place.there is not None}
        changes.append({"clear": record_id, "fields": [place.name for place in cleared], "was": was})
    return send(desk, changes)


def _said(desk: Desk, kind: str, record_id: str, field: str, values: Sequence[str], options: Asked) -> list[Asked]:
    link = field.removeprefix("links.")
    if link != field and not link.split(".")[0].isdecimal():
        return [{"add": record_id, "to": "links", "entry": {"kind": link, "url": value}} for value in values]
    place = place_of(desk, kind, record_id, _of_last_loss(desk, kind, record_id, field))
    try:
        if place.is_list and all(value.startswith(ADDS) for value in values):
            entries = [item(place, value.removeprefix(ADDS).strip()) for value in values]
            return [{"add": record_id, "to": place.name, "entry": entry} for entry in entries]
        fields = said_of(place, values, desk.happened(options["date_"]))
    except Unclear as unclear:
        raise Usage(f"{place.name}: {unclear}{_words_apart(place.first or place, values)}") from None
    fields |= _reason(desk, place.first or place, fields, options["why"])
    data = desk.book.documents[kind, record_id].data
    was = {name: there for name in fields if (there := value_at(data, path_of(name))) is not None}
    if all(was.get(name) == value for name, value in fields.items() if not name.endswith(".date")):
        fields = {name: was.get(name, value) for name, value in fields.items()}
    return [{"set": record_id, "fields": fields, "was": was}]


def _words_apart(place: SpokenField, values: Sequence[str]) -> str:
    """Where the first word is the value and the others are said of it: the option for those."""
    if len(values) < 2:
        return ""
    try:
        place.read(values[0])
    except Unclear:
        return ""
    return f'; if the rest is the words beside it: {values[0]} --why "{" ".join(values[1:])}"'


def _of_last_loss(desk: Desk, kind: str, record_id: str, field: str) -> str:
    """A field of the last loss where there are several and none was named."""
    losses = desk.book.documents[kind, record_id].data.get("loss") if kind == "deal" else None
    first, _, rest = field.partition(".")
    if first != "loss" or not isinstance(losses, list) or not rest or rest.split(".")[0].isdecimal():
        return field
    return f"loss.{len(losses) - 1}.{rest}"


def _reason(desk: Desk, place: SpokenField, fields: Fields, why: str | None) -> Fields:
    """The words beside a value: how an answer is known, why an estimate or a decision is what it is."""
    above = place.path[:-1]
    if place.path[0] == "maniac_t" and place.key == "status":
        known = ask(KNOWN, as_words) if why is None and desk.writing.asks else why
        return {dotted((*above, "note")): known} if known else {}
    beside = fields_below(place.model, above) if above else {}
    if "why" not in beside or place.key == "why":
        if why:
            raise Usage(f"{place.name} has no reason beside it")
        return {}
    name = dotted((*above, "why"))
    if why is None and beside["why"].is_required() and dotted((*above, "date")) in fields:
        why = ask("why?", as_words, needed=True) if desk.writing.asks else None
        if why is None:
            raise Missing([('--why "WORDS"', beside["why"].description or "the reason")])
    return {name: why} if why else {}
