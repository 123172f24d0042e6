"""What ``salesops bundle`` does: write the bundle, or hold one against its digests and compute its numbers again."""

from __future__ import annotations

from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory

from salesops.book.book import Snapshot
from salesops.cli.actions.export import FOLDER, in_place_of, never_into_the_records
from salesops.cli.named_file import bytes_of
from salesops.cli.options import Usage
from salesops.cli.printing import note, say, style
from salesops.cli.repository import records_of
from salesops.exports.bundle import (
    MOST_BYTES,
    RECORDS,
    NoBundle,
    about,
    contents,
    digest,
    is_defined_otherwise,
    packed,
    unlike,
    unpacked,
)
from salesops.output import counted, show
from salesops.records.scalars import day_or_none
from salesops.store.load import load


def run(folder: str, out: str | None, verify: str | None, as_of: str | None, known: str | None) -> int:
    """Write it, or verify one; 1 where a file cannot be counted, or where a bundle is not what it says."""
    if verify is None:
        return _write(folder, out, as_of, known)
    if out or known:
        raise Usage("--verify stands alone")
    return _verify(Path(folder, verify), verify)


def _write(folder: str, out: str | None, as_of: str | None, known: str | None) -> int:
    records = records_of(folder, as_of, known)
    if not records.are_whole:
        note("salesops: a bundle of records with errors proves nothing: run salesops check")
        return 1
    records.say_whose()
    target = Path(folder, out) if out else records.root / FOLDER / f"bundle-{records.day}.zip"
    never_into_the_records(records, target)
    raw = packed(contents(records.snapshot, version("salesops"), records.point.commit if records.point else None))
    with in_place_of(target, is_file=True) as draft:
        draft.write_bytes(raw)
    say(
        f"{show(str(out or target.relative_to(records.root)))}: {counted(len(records.book.documents), 'record')}, as of {records.day}"
    )
    say(f"sha256 {digest(raw)}")
    return 0


# ── somebody else's ───────────────────────────────────────────────────────────────────────────────────────────────────


def _verify(path: Path, name: str) -> int:
    raw = bytes_of(path, name, MOST_BYTES)
    if len(raw) > MOST_BYTES:
        raise Usage(f"{show(name)} is too large for a bundle")
    try:
        found = unpacked(raw)
    except NoBundle as why:
        raise Usage(f"{show(name)} is no bundle: {show(str(why))}") from None
    told = about(found.files)
    faults = found.faults or _recomputed(found.files, str(told.get("as_of")))
    _say_by_whom(told)
    for fault in faults:
        say(f"{style('differs', 'error')}  {show(fault)}")
    if faults:
        say(f"{show(name)}: not what it says: {counted(len(faults), 'difference')}")
        return 1
    whole = sum(each.startswith(RECORDS) for each in found.files)
    say(
        f"{show(name)}: {counted(whole, 'record')} whole, every number as of {show(str(told['as_of']))} comes out again"
    )
    say(f"sha256 {digest(raw)}")
    return 0


def _recomputed(files: dict[str, bytes], as_of: str) -> list[str]:
    """The numbers that come out otherwise from the records of the bundle alone."""
    day = day_or_none(as_of)
    if day is None:
        return [f"about.json: it names no day, but {as_of!r}"]
    with TemporaryDirectory(prefix="salesops-") as folder:
        for name, data in files.items():
            if name.startswith(RECORDS):
                file = Path(folder, name.removeprefix(RECORDS))
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_bytes(data)
        book, problems = load(Path(folder))
        errors = [f"{problem.place.path}: {problem.message}" for problem in problems if problem.is_error]
        if errors or not book.processes:
            return errors or ["records/playbook/process: there is no process to count by"]
        snapshot: Snapshot = book.on(day)
        is_ours = about(files).get("salesops") == version("salesops")
        defined = ["definitions.md: it does not define the numbers as the program of that version does"]
        return [
            *(defined if is_ours and is_defined_otherwise(files, snapshot) else ()),
            *unlike(files, snapshot, not is_ours),
        ]


def _say_by_whom(told: dict[str, object]) -> None:
    made, here = str(told.get("salesops")), version("salesops")
    if made != here:
        note(f"salesops: it was made by salesops {show(made)}, and this is {here}: a definition may have changed")
