"""The audit bundle: records, definitions and results in one file, with a digest of each, that somebody else recomputes."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import PurePosixPath
from zipfile import ZIP_STORED, BadZipFile, ZipFile, ZipInfo

from salesops.book.book import Snapshot
from salesops.exports.evidence import Behind, numbers_of
from salesops.output import SCHEMA_VERSION, as_json

SUMS, ABOUT, RESULTS, DEFINITIONS, RECORDS = "SHA256SUMS", "about.json", "results.json", "definitions.md", "records/"
MOST_FILES, MOST_BYTES = 200_000, 2_000_000_000
"""More is no bundle: a file that a stranger sends must not fill the disk."""
FIRST_DAY = (1980, 1, 1, 0, 0, 0)
"""The day that all files in it have: the same records give the same bytes."""


class NoBundle(ValueError):
    """The file is no bundle; the message says why."""


def contents(snapshot: Snapshot, version: str, commit: str | None) -> dict[str, bytes]:
    """The files of a bundle by their names, all but the list of digests."""
    numbers = numbers_of(snapshot)
    files = {f"{RECORDS}{document.path}": document.text.encode() for document in snapshot.book.documents.values()}
    about = {"schema_version": SCHEMA_VERSION, "salesops": version, "as_of": snapshot.as_of, "commit": commit}
    told = {ABOUT: as_json(about), RESULTS: as_json(results(numbers)), DEFINITIONS: definitions(numbers)}
    return {**files, **{name: text.encode() for name, text in told.items()}}


def results(numbers: Iterable[Behind]) -> dict[str, object]:
    """Every number with all that it rests on, by its id."""
    return {each.metric.id: each.reading.as_data() for each in numbers}


def definitions(numbers: Iterable[Behind]) -> str:
    """What each number means and where that is from."""
    return "\n".join(_defined(numbers))


def _defined(numbers: Iterable[Behind]) -> Iterator[str]:
    yield "# How the numbers are counted\n"
    for each in numbers:
        metric = each.metric
        yield f"## {metric.title} (`{metric.id}`)\n\n{metric.definition}\n\nCounts: {metric.types}. Source: {metric.source}.\n"


def packed(files: Mapping[str, bytes]) -> bytes:
    """The bundle: every file, and a digest of each in the form of ``sha256sum``. The same files give the same bytes."""
    sums = "".join(f"{digest(data)}  {name}\n" for name, data in sorted(files.items()))
    out = BytesIO()
    with ZipFile(out, "w", ZIP_STORED) as bundle:
        for name, data in sorted({**files, SUMS: sums.encode()}.items()):
            bundle.writestr(ZipInfo(name, FIRST_DAY), data)
    return out.getvalue()


def digest(data: bytes) -> str:
    """The SHA-256 of some bytes."""
    return hashlib.sha256(data).hexdigest()


@dataclass
class Unpacked:
    """A bundle that was opened: its files, and what is wrong with it, each by the name of a file."""

    files: dict[str, bytes] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)


def unpacked(raw: bytes) -> Unpacked:
    """The files of a bundle, each held against its digest. Raises NoBundle."""
    found = Unpacked()
    try:
        with ZipFile(BytesIO(raw)) as bundle:
            _sizes(bundle)
            for entry in bundle.infolist():
                _take(found, bundle, entry)
    except (BadZipFile, NotImplementedError, OSError, ValueError, RuntimeError, EOFError) as fault:
        raise NoBundle(f"it cannot be opened: {fault}") from None
    if SUMS not in found.files:
        raise NoBundle(f"it holds no {SUMS}")
    found.faults += [fault for fault in _against_the_sums(found.files) if fault not in found.faults]
    if not found.faults and packed({name: data for name, data in found.files.items() if name != SUMS}) != raw:
        found.faults.append("the container: its files are whole, and bytes around them were changed")
    return found


def _sizes(bundle: ZipFile) -> None:
    entries = bundle.infolist()
    if len(entries) > MOST_FILES or sum(entry.file_size for entry in entries) > MOST_BYTES:
        raise NoBundle("it is too large")


def _take(found: Unpacked, bundle: ZipFile, entry: ZipInfo) -> None:
    name = entry.filename
    if name in found.files or not _is_plain(name):
        found.faults.append(f"{name}: no name for a file of a bundle")
        return
    try:
        found.files[name] = bundle.read(entry)
    except BadZipFile:
        found.faults.append(f"{name}: its bytes were changed")
        found.files[name] = b""


def _is_plain(name: str) -> bool:
    parts = PurePosixPath(name).parts
    return bool(parts) and "\\" not in name and not name.startswith("/") and ".." not in parts and ":" not in name


def _against_the_sums(files: Mapping[str, bytes]) -> Iterator[str]:
    lines = files[SUMS].decode("utf-8", "replace").splitlines()
    listed = {name: told for told, _, name in (line.partition("  ") for line in lines)}
    for name in sorted({*listed, *files} - {SUMS}):
        if name not in files:
            yield f"{name}: missing"
        elif name not in listed:
            yield f"{name}: it has no digest in {SUMS}"
        elif digest(files[name]) != listed[name]:
            yield f"{name}: its bytes were changed"


def unlike(files: Mapping[str, bytes], snapshot: Snapshot, by_another: bool = False) -> Iterator[str]:
    """The numbers that come out otherwise when they are computed again, by their ids.

    Where another version of the program made the bundle, ``by_another``, the sentences on why a deal is left out may have
    other words: their reason counts.
    """
    told = _as_dict(files.get(RESULTS, b""))
    again = _as_dict(as_json(results(numbers_of(snapshot))).encode())
    if by_another:
        told, again = ({name: _without_sentences(one) for name, one in side.items()} for side in (told, again))
    for name in sorted({*told, *again}):
        if name not in again:
            yield f"{name}: this program does not know the number"
        elif name not in told:
            yield f"{name}: it is not among the results"
        elif told[name] != again[name]:
            yield f"{name}: {_otherwise(told[name], again[name])}"


def _without_sentences(reading: object) -> object:
    """A reading without the words that say why a deal is left out."""
    left = reading.get("excluded") if isinstance(reading, dict) else None
    if not isinstance(reading, dict) or not isinstance(left, list):
        return reading
    bare = [{key: part for key, part in one.items() if key != "why"} for one in left if isinstance(one, dict)]
    return {**reading, "excluded": bare if len(bare) == len(left) else left}


def _otherwise(told: object, again: object) -> str:
    """In what a number is another one: in its value, or else in what stands beside it."""
    if _value(told) != _value(again) or not (isinstance(told, dict) and isinstance(again, dict)):
        return f"it was {_in_words(_value(told))}, and comes out as {_in_words(_value(again))}"
    parts = [
        part for part in (*again, *(part for part in told if part not in again)) if told.get(part) != again.get(part)
    ]
    return f"its value comes out again, and what it rests on does not: {', '.join(parts)}"


def _in_words(value: object) -> str:
    """A value, sums by their currencies."""
    return " + ".join(f"{sum_} {code}" for code, sum_ in value.items()) if isinstance(value, dict) else str(value)


def is_defined_otherwise(files: Mapping[str, bytes], snapshot: Snapshot) -> bool:
    """Whether the bundle defines its numbers in other words than this program."""
    return files.get(DEFINITIONS) != definitions(numbers_of(snapshot)).encode()


def _as_dict(raw: bytes) -> dict[str, object]:
    try:
        found = json.loads(raw)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _value(reading: object) -> object:
    return reading.get("value") if isinstance(reading, dict) else reading


def about(files: Mapping[str, bytes]) -> dict[str, object]:
    """What the bundle says of itself."""
    return _as_dict(files.get(ABOUT, b""))
