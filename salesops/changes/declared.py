"""Since when an experiment says what it says, and the older versions of a hypothesis: from the versions of their files."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from pydantic import ValidationError

from salesops.changes.timeline import Beliefs, FileHistory, FileVersion
from salesops.metrics.experiments import Declared
from salesops.records.learning import Hypothesis

DECLARED_BY = ("hypothesis", "variants", "cohort", "measure", "stop")
"""The fields of an experiment that have to be there before its first attempt."""
KINDS_TOLD = ("experiment", "icp")


def beliefs_of(histories: Iterable[FileHistory], as_of: date) -> Beliefs:
    """The declarations and the older versions that were committed up to a day."""
    declared: dict[str, Declared] = {}
    earlier: dict[str, tuple[Hypothesis, ...]] = {}
    for history in histories:
        kind, name = history.ref
        if kind == "experiment" and (found := declaration(history, as_of)):
            declared[name] = found
        if kind == "icp" and (older := older_versions(history, as_of)):
            earlier[name] = older
    return Beliefs(declared, earlier)


def declaration(history: FileHistory, as_of: date) -> Declared | None:
    """The commit since which an experiment has been declared as it is; None where the file was not committed up to the day."""
    known = _known(history, as_of)
    if not known:
        return None
    says = _declares(known[-1])
    first = known[-1]
    for version in reversed(known):
        if _declares(version) != says:
            break
        first = version
    return Declared(first.commit.day, history.was_brought and first is history.versions[0])


def _known(history: FileHistory, as_of: date) -> list[FileVersion]:
    return [each for each in history.versions if each.data is not None and each.commit.day <= as_of]


def _declares(version: FileVersion) -> dict[str, Any]:
    return {name: (version.data or {}).get(name) for name in DECLARED_BY}


def older_versions(history: FileHistory, as_of: date) -> tuple[Hypothesis, ...]:
    """Each version of a hypothesis as its last commit left it, but the newest one, oldest first; what cannot be read is left out."""
    found: dict[int, Hypothesis] = {}
    for each in _known(history, as_of):
        try:
            read = Hypothesis.model_validate(each.data)
        except ValidationError:
            continue
        found[read.version] = read
    return tuple(found[version] for version in sorted(found)[:-1])
