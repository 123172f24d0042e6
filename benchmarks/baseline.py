"""Bare loops over the same files that ``salesops check`` reads: ``baseline.py parse|model|lean|metrics ROOT``.

``parse``   PyYAML's CSafeLoader as it comes, and nothing else
``model``   CSafeLoader that leaves every scalar a text, and this project's own Deal and Member models: the yardstick
``lean``    the events of libyaml built into plain data without limits or complaints, and the same models
``metrics`` nothing of the reading is timed: prints the seconds that all metrics take on records in memory
Only deals/ and members/ are read: the handful of files in playbook/ does not count.
"""

from __future__ import annotations

import gc
import os
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any


def files(root: str) -> Iterator[tuple[str, str]]:
    """Every record file by kind."""
    for kind in ("deals", "members"):
        for folder, _, names in os.walk(os.path.join(root, kind)):
            for name in names:
                yield kind, os.path.join(folder, name)


def each(root: str, take: Callable[[str, bytes], object]) -> int:
    """Hand every file to ``take``, keeping what it makes of it, as a book would."""
    kept = []
    for kind, path in files(root):
        with open(path, "rb", buffering=0) as file:
            kept.append(take(kind, file.read()))
    return len(kept)


def parse(root: str) -> int:
    """CSafeLoader alone."""
    import yaml

    return each(root, lambda _, raw: yaml.load(raw, yaml.CSafeLoader))


def validators() -> dict[str, Callable[[Any], object]]:
    """The models' own validators."""
    from salesops.records.deal import Deal
    from salesops.records.member import Member

    return {"deals": Deal.model_validate, "members": Member.model_validate}


def model(root: str) -> int:
    """CSafeLoader and the models."""
    import yaml

    class Texts(yaml.CSafeLoader):
        yaml_implicit_resolvers: dict[str, Any] = {}  # noqa: RUF012

    validate = validators()
    return each(root, lambda kind, raw: validate[kind](yaml.load(raw, Texts)))


def lean(root: str) -> int:
    """Events and the models."""
    from yaml._yaml import CParser
    from yaml.events import MappingEndEvent, MappingStartEvent, ScalarEvent, SequenceEndEvent

    validate = validators()

    def built(next: Callable[[], Any], event: Any) -> Any:
        if event.__class__ is ScalarEvent:
            return event.value
        if event.__class__ is MappingStartEvent:
            found = {}
            while (key := next()).__class__ is not MappingEndEvent:
                found[key.value] = built(next, next())
            return found
        entries = []
        while (entry := next()).__class__ is not SequenceEndEvent:
            entries.append(built(next, entry))
        return entries

    def take(kind: str, raw: bytes) -> object:
        parser = CParser(raw)
        parser.get_event(), parser.get_event()
        data = built(parser.get_event, parser.get_event())
        parser.dispose()
        return validate[kind](data)

    return each(root, take)


def metrics(root: str) -> int:
    """Every metric on a book in memory: the best of five, each from a fresh snapshot of a fresh book."""
    from dataclasses import replace
    from datetime import date

    from salesops.metrics import measure, metrics_of
    from salesops.store.load import load

    book, _ = load(Path(root))
    day = date.fromisoformat(os.environ["SALESOPS_AS_OF"])
    times = []
    for _ in range(5):
        snapshot = replace(book).on(day)
        start = time.perf_counter()
        measure(snapshot, metrics_of(snapshot.process).values())
        times.append(time.perf_counter() - start)
    print(f"{min(times):.3f}")
    return len(book.deals)


if __name__ == "__main__":
    mode, root = sys.argv[1:]
    gc.disable()
    count = {"parse": parse, "model": model, "lean": lean, "metrics": metrics}[mode](root)
    print(count, "records", file=sys.stderr)
