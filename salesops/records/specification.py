"""What a configurator's link specifies: the ``state`` in its address, which is base64url of JSON (``reference/records#orders``)."""

from __future__ import annotations

import json
from base64 import urlsafe_b64decode
from binascii import Error
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, urlsplit

from salesops.records.contract import Hub, Order
from salesops.records.yaml_reader import UNSEEN

PARTS = ("environment", "authentication", "storage")
"""What is said of a hub, there and in an order."""
CATALOGUE = ("catalogue", "catalog", "version")
MAX_HUBS = 100
MAX_WORDS = 500


class Unreadable(ValueError):
    """A link has a ``state``, and nobody can tell what it says; the message says why."""


@dataclass(frozen=True)
class Specification:
    """What a link specifies: the hubs, and the version of the catalogue from which they were chosen, where it names one."""

    catalogue: str | None
    hubs: tuple[Hub, ...]


def specified(link: str) -> Specification | None:
    """What a link specifies; None where it has no ``state``. Raises Unreadable."""
    try:
        parts = urlsplit(link)
    except ValueError:
        raise Unreadable("it is no address") from None
    states = parse_qs(parts.query).get("state") or parse_qs(parts.fragment).get("state")
    return _specification(_decoded(states[0])) if states else None


def _decoded(state: str) -> Any:
    try:
        raw = urlsafe_b64decode(state + "=" * (-len(state) % 4))
        return json.loads(raw.decode("utf-8"), parse_constant=_refused)
    except (Error, ValueError, RecursionError):
        raise Unreadable("its state is not base64url of JSON") from None


def _refused(constant: str) -> Any:
    raise ValueError(constant)


def _specification(said: Any) -> Specification:
    hubs = said.get("hubs") if isinstance(said, dict) else None
    if not isinstance(hubs, list) or not hubs or len(hubs) > MAX_HUBS:
        raise Unreadable(f"its state names no hubs, or more than {MAX_HUBS}")
    catalogue = next((words for name in CATALOGUE if (words := _words(said.get(name)))), None)
    found = tuple(map(_hub, hubs))
    if len({hub.name for hub in found}) < len(found):
        raise Unreadable("its state names two hubs alike")
    return Specification(catalogue, found)


def _hub(said: Any) -> Hub:
    name = _words(said.get("name")) if isinstance(said, dict) else None
    if not name:
        raise Unreadable("a hub in its state has no name")
    return Hub(name=name, **{part: words for part in PARTS if (words := _words(said.get(part)))})


def _words(value: Any) -> str | None:
    """A word or a number as it is written; raises Unreadable for what no record may hold."""
    if value is None or value == "":
        return None
    if isinstance(value, (dict, list, bool)):
        raise Unreadable("its state says something of a hub that is neither words nor a number")
    words = " ".join(str(value).split())
    if not words or len(words) > MAX_WORDS or UNSEEN.search(words) or not words.isprintable():
        raise Unreadable("its state holds characters that nobody sees, or too many of them")
    return words


def frozen_copy(found: Specification, on: str) -> dict[str, Any]:
    """The copy of a specification as it is written in an order, made on a day."""
    catalogue = {"catalogue": found.catalogue} if found.catalogue else {}
    return {"date": on, **catalogue, "hubs": [as_written(hub) for hub in found.hubs]}


def as_written(hub: Hub) -> dict[str, str]:
    """A hub as it stands in an order: what is said of it."""
    return {name: said for name in ("name", *PARTS) if (said := getattr(hub, name)) is not None}


Difference = tuple[tuple[str | int, ...], str]
"""A place in an order, and what differs there."""


def differences(order: Order) -> Iterator[Difference]:
    """Each way in which the link, its frozen copy and the hubs that were ordered do not agree. Raises Unreadable."""
    found = specified(order.configurator) if order.configurator else None
    copied = order.frozen
    if found and copied:
        if copied.catalogue != found.catalogue:
            yield (
                ("frozen",),
                f"the copy is of catalogue {copied.catalogue or 'unnamed'}, and the link of {found.catalogue or 'unnamed'}",
            )
        yield from _hubs_differ(("frozen", "hubs"), found.hubs, copied.hubs, "the link", "the copy")
    meant = copied.hubs if copied else found.hubs if found else ()
    if meant and order.hubs:
        yield from _hubs_differ(("hubs",), meant, order.hubs, "the copy" if copied else "the link", "the order")


def _hubs_differ(
    path: tuple[str | int, ...], meant: tuple[Hub, ...], written: tuple[Hub, ...], there: str, here: str
) -> Iterator[Difference]:
    by_name: Mapping[str, Hub] = {hub.name: hub for hub in meant}
    for at, hub in enumerate(written):
        other = by_name.get(hub.name)
        if other is None:
            yield (*path, at), f"{here} has a hub '{hub.name}', which {there} does not specify"
            continue
        for part in PARTS:
            own, theirs = getattr(hub, part), getattr(other, part)
            if own is not None and theirs is not None and own != theirs:
                yield (*path, at, part), f"{part} of '{hub.name}' is '{own}', and '{theirs}' in {there}"
    for name in sorted(by_name.keys() - {hub.name for hub in written}):
        yield path, f"{there} specifies a hub '{name}', which {here} does not have"
