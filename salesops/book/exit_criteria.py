"""Whether a deal meets what the process needs, and what to write where it does not."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from salesops.book.book import Book
from salesops.records.deal import Activity, Deal
from salesops.records.model_fields import fields_below
from salesops.records.process import CONTACT, Exit, Need
from salesops.records.record import Record, is_given, value_at


def is_met(deal: Deal, need: Need, by: date) -> bool:
    """Whether the deal has what a need asks for; what has to have happened must have happened by that day."""
    if need.activity:
        return sum(_counts(entry, need, by) for entry in deal.activity) >= (need.at_least or 1)
    if not need.field:
        return True
    value = value_at(deal, need.field)
    return said(value) in need.is_ if need.is_ else is_given(value)


def _counts(entry: Activity, need: Need, by: date) -> bool:
    if need.activity == CONTACT:
        return entry.contact is not None and entry.contact <= by
    return (
        entry.kind == need.activity
        and (need.about is None or entry.about == need.about)
        and (need.status is None or entry.status == need.status)
        and (entry.status == "scheduled" or entry.date <= by)
    )


def said(value: Any) -> str:
    """A value as a need's ``is`` compares it: text as written, ``true``, a date, the status of an answer."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    if isinstance(value, Record):
        return said(getattr(value, "status", None) or getattr(value, "value", None))
    return "" if value is None else str(value)


def waived(deal: Deal, need: Need, stage: str) -> bool:
    """Whether a signed waiver lets the deal enter the stage without the need."""
    return any(waiver.stage == stage and waiver.need in (need.field, need.name) for waiver in deal.waived)


def missing(deal: Deal, way_out: Exit, by: date) -> list[Need]:
    """The needs of an exit that the deal neither meets nor has waived."""
    return [need for need in way_out.needs if not is_met(deal, need, by) and not waived(deal, need, way_out.to)]


@dataclass(frozen=True)
class Way:
    """A way out of the stage where a deal is, and what still stands before it."""

    exit: Exit
    missing: tuple[Need, ...]


def nearest_way(deal: Deal, exits: Iterable[Exit], by: date) -> Way | None:
    """The alternative for which the least is missing; None where there is no exit."""
    ways = (Way(way_out, tuple(missing(deal, way_out, by))) for way_out in exits)
    return min(ways, key=lambda way: len(way.missing), default=None)


def ways_out(deal: Deal, book: Book, as_of: date) -> list[Way]:
    """Every exit of the stage where the deal is on a day, with what is missing for it."""
    process = book.process_on(as_of)
    now = next((move for move in reversed(deal.stages) if move.entered <= as_of), None)
    if process is None or now is None:
        return []
    stage = process.stage_named(now.stage)
    return [Way(way_out, tuple(missing(deal, way_out, as_of))) for way_out in stage.exits] if stage else []


def unfinished(deal: Deal, book: Book, as_of: date) -> list[Need]:
    """What a closed deal still lacks to be complete."""
    process = book.process_on(as_of)
    now = next((move for move in reversed(deal.stages) if move.entered <= as_of), None)
    stage = process.stage_named(now.stage) if process and now else None
    if stage is None or stage.completion is None:
        return []
    return [need for need in stage.completion.needs if not is_met(deal, need, as_of)]


def meaning(need: Need) -> str:
    """Why a need is asked for, in the process's words, else what its field means."""
    if need.why or not need.field:
        return need.why or ""
    path = tuple(need.field.split("."))
    field = fields_below(Deal, path[:-1]).get(path[-1])
    return field.description or "" if field else ""


def home_of(need: Need, deal: Deal) -> str:
    """The key under which a fix goes, where the deal has it already; nothing where the fix brings its own."""
    if need.activity:
        return "activity" if deal.activity else ""
    path = (need.field or "").split(".")
    held = [
        ".".join(path[:depth]) for depth in range(1, len(path)) if value_at(deal, ".".join(path[:depth])) is not None
    ]
    return held[-1] if held else ""


def paste(need: Need, deal: Deal, as_of: date) -> str:
    """YAML that would meet a need, without the keys that the deal has already."""
    lines = fix_for(need, as_of).split("\n")
    home = home_of(need, deal)
    if not home:
        return "\n".join(lines)
    if need.activity:
        return lines[-1].strip()
    depth = home.count(".") + 1
    part = (need.field or "").split(".")[depth]
    below = [line[2 * depth :] for line in lines if line.startswith("  " * depth)]
    return "\n".join(line for line in below if line.startswith((" ", f"{part}:")))


def fix_for(need: Need, as_of: date) -> str:
    """YAML that would meet a need once its words are made true."""
    if need.activity:
        kind = "call" if need.activity == CONTACT else need.activity
        parts = [f"date: {as_of}", f"kind: {kind}"]
        parts += [f"{key}: {value}" for key, value in (("about", need.about), ("status", need.status)) if value]
        return "activity:\n  - {" + ", ".join([*parts, "note: …"]) + "}"
    path = (need.field or "").split(".")
    lines: list[str] = []
    for depth, part in enumerate(path):
        beside = fields_below(Deal, tuple(path[:depth])) if depth else {}
        required = {key: field for key, field in beside.items() if field.is_required() and key != part}
        lines += [f"{'  ' * depth}{key}: {_sample(field, as_of)}" for key, field in required.items()]
        lines.append(f"{'  ' * depth}{part}:")
    lines[-1] += " " + _example(path, need, as_of)
    return "\n".join(lines)


def _example(path: list[str], need: Need, as_of: date) -> str:
    field = fields_below(Deal, tuple(path[:-1])).get(path[-1]) if path else None
    if field is None:
        return need.is_[0] if need.is_ else "…"
    first = need.is_[0] if need.is_ else ""
    if below := fields_below(Deal, tuple(path)):
        return _part(below, first, as_of)
    if entry := fields_below(Deal, (*path, 0)):
        return f"[{_part(entry, '', as_of)}]"
    return first or _sample(field, as_of)


def _part(fields: dict[str, Any], status: str, as_of: date) -> str:
    """A mapping with what it must hold, or with its first field where it need not hold any."""
    required = {key: field for key, field in fields.items() if field.is_required()} or dict([*fields.items()][:1])
    parts = [
        f"{key}: {status if key == 'status' and status else _sample(field, as_of)}" for key, field in required.items()
    ]
    return "{" + ", ".join([*parts, "note: …"] if "note" in fields else parts) + "}"


def _sample(field: Any, as_of: date) -> str:
    example = next((example for example in (field.examples or []) if isinstance(example, str)), None)
    if example and len(example) == 10 and example[4] == "-":
        example = str(as_of)
    listed = field.default == ()
    return f"[{example or '…'}]" if listed else example or "…"
