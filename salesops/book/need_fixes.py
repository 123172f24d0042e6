"""What to write so that a deal meets what a move asks for: one block for all that is missing, with nothing said that nobody said.

What only a person can say is left as a gap, ``…``, with the choices behind it; a record that still holds one is refused.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, get_args

from salesops.book.exit_criteria import Facts, times_met
from salesops.records.as_written import GAP
from salesops.records.deal import Deal
from salesops.records.model_fields import fields_below, inside
from salesops.records.process import CONTACT, TOUCH, Need
from salesops.records.record import is_given, value_at

Block = dict[str, Any]
"""Keys and what stands below them: another block, a list of entries as text, or a value with a remark."""


def block_for(needs: Iterable[Need], facts: Facts) -> str:
    """YAML for everything that a move lacks: each key once, with the keys above it."""
    block: Block = {}
    for need in needs:
        _put(block, need, facts)
    another = block.pop("loss", None) if facts.deal.loss and facts.loss is None else None
    return "\n".join((*_lines(block, 0), *(_another_loss(another) if another else ())))


def _another_loss(loss: Block) -> Iterator[str]:
    """A loss that follows others: an entry of the list that they become."""
    yield "loss:  # a list now: the losses that are there, each as an entry, and then"
    for at, line in enumerate(_lines(loss, 0)):
        yield f"  {'  ' if at else '- '}{line}"


def _put(block: Block, need: Need, facts: Facts) -> None:
    if need.activity:
        block.setdefault("activity", []).append(_activity(need, facts))
    elif need.link:
        block.setdefault("links", []).append(f"{{kind: {need.link}, url: {GAP}}}")
    elif need.learned:
        block.setdefault("learned", []).append(f"{{stage: {facts.stage}, date: {GAP}, note: {GAP}}}")
    elif need.field:
        _put_field(block, tuple(need.field.split(".")), need, facts)


def _activity(need: Need, facts: Facts) -> str:
    kind = {CONTACT: "call", TOUCH: "email"}.get(need.activity or "", need.activity)
    done = times_met(facts, need)
    parts = [f"date: {GAP}", f"kind: {kind}"]
    parts += [f"{key}: {value}" for key, value in (("about", need.about), ("status", need.status)) if value]
    parts += ["outcome: spoke"] if need.activity == CONTACT else []
    times = f"  # {need.times - done} {'more' if done else 'of them'}" if need.times > 1 else ""
    return "{" + ", ".join([*parts, f"note: {GAP}"]) + "}" + times


def _put_field(block: Block, path: tuple[str, ...], need: Need, facts: Facts) -> None:
    for depth, part in enumerate(path[:-1]):
        block = block.setdefault(part, {})
        for key, field in fields_below(Deal, path[: depth + 1]).items():
            if field.is_required() and not is_given(value_at(facts.deal, (*path[: depth + 1], key))):
                block.setdefault(key, _gap(field, ()))
    fields = fields_below(Deal, path[:-1])
    block[path[-1]] = _value(path, fields.get(path[-1]), need)


def _value(path: tuple[str, ...], field: Any, need: Need) -> Any:
    below = fields_below(Deal, path)
    entry = fields_below(Deal, (*path, 0))
    if field is None:
        return f"{need.is_[0] if len(need.is_) == 1 else GAP}{_remark(need.is_)}"
    if below and field.default != ():
        return _part(below, need)
    if entry:
        return [_flow(entry)]
    return f"[{GAP}]" if field.default == () else _gap(field, need.is_)


def _part(fields: dict[str, Any], need: Need) -> Block:
    """A part of the record: what it must hold, and what the need asks for beside it."""
    wanted = [key for key, field in fields.items() if field.is_required()] or list(fields)[:1]
    wanted += [key for key in need.with_[:1] if key not in wanted]
    return {key: _gap(fields[key], need.is_ if key == "status" else ()) for key in wanted}


def _flow(fields: dict[str, Any]) -> str:
    wanted = [key for key, field in fields.items() if field.is_required()] or list(fields)[:1]
    return "{" + ", ".join(f"{key}: {GAP}" for key in wanted) + "}"


def _gap(field: Any, accepted: tuple[str, ...]) -> str:
    """A gap for a person to fill, with the choices where there are any."""
    return f"{GAP}{_remark(accepted or tuple(map(str, _choices(field))))}"


def _choices(field: Any) -> tuple[Any, ...]:
    bare = inside(field.annotation)
    if bare is bool:
        return ("true", "false")
    return get_args(bare) if all(isinstance(word, str) for word in get_args(bare)) else ()


def _remark(words: tuple[str, ...]) -> str:
    return f"  # {', '.join(words)}" if words else ""


def _lines(block: Block, depth: int) -> Iterator[str]:
    margin = "  " * depth
    for key, value in block.items():
        if isinstance(value, dict):
            yield f"{margin}{key}:"
            yield from _lines(value, depth + 1)
        elif isinstance(value, list):
            yield f"{margin}{key}:"
            yield from (f"{margin}  - {entry}" for entry in value)
        else:
            yield f"{margin}{key}: {value}"
