"""An answer of HubSpot's interface for programs as a table: its deals with the columns of an export, and the days of their stages."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from io import BytesIO, TextIOWrapper
from typing import Any

from salesops.imports.csv.table import MAX_TABLE, RowsOnDisk, Table, TableRow
from salesops.imports.hubspot.headings import CANONICAL
from salesops.imports.json_parts import JsonParts
from salesops.problems import Place, Problem
from salesops.records.yaml_reader import UNSEEN
from salesops.store.scratch import ScratchList

HISTORY = "dealstage"
LISTS = ("deals", "results")
"""Where the deals of a page stand, of v1 and of v3."""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECONDS = re.compile(r"-?[0-9]{1,15}")
_IS_TIME = re.compile(r"(?:.*date|hs_(?:v2_)?date_(?:entered|exited)_.*)")
_DEEPEST = 60
"""Levels of a value that is written into a cell."""

Pairs = list[tuple[str, str]]


def is_json(raw: bytes) -> bool:
    """Whether a file is an answer of the interface and no table."""
    return raw.removeprefix(b"\xef\xbb\xbf").lstrip()[:1] in (b"{", b"[")


def read_answer(name: str, raw: bytes) -> tuple[Table | None, list[Problem]]:
    """The deals of an answer, or of a list of its pages; or why there are none in it."""
    if len(raw) > MAX_TABLE:
        return None, [
            _wrong(name, f"the file has more than {MAX_TABLE // 1024 // 1024} MiB", "ask for fewer deals at once")
        ]
    try:
        deals = _cells_of(JsonParts(TextIOWrapper(BytesIO(raw), "utf-8-sig", newline="").read, number=str))
    except (ValueError, TypeError, RecursionError):
        return None, [_no_json(name, raw)]
    if not deals:
        said = "the file holds no deals: neither deals (v1) nor results (v3)"
        return None, [_wrong(name, said, "ask for deals, with propertiesWithHistory=dealstage")]
    return _table(name, deals), []


def _no_json(name: str, raw: bytes) -> Problem:
    """Why a file is no JSON."""
    advice = "save what the interface answers as it is"
    try:
        json.loads(raw.decode("utf-8-sig"), parse_int=str)
    except UnicodeDecodeError:
        return _wrong(name, "the file is not UTF-8", advice)
    except ValueError as fault:
        return _wrong(
            name, f"the file is not JSON: {getattr(fault, 'msg', fault)}", advice, getattr(fault, "lineno", 1)
        )
    except RecursionError:
        pass
    return _wrong(name, "the file is nested too deeply", advice)


def _wrong(name: str, said: str, advice: str, line: int = 1) -> Problem:
    return Problem("not-a-table", said, Place(name, line), help=advice)


def _cells_of(text: JsonParts) -> Sequence[dict[str, str]]:
    """Every deal of an answer, or of a list of its pages, as the cells of a row; a list of deals is one page."""
    found = ScratchList[dict[str, str]]()
    if text.is_next("["):
        for _ in text.each_entry():
            _add_page(text, found)
    else:
        _add_page(text, found)
    text.end()
    return found


def _add_page(text: JsonParts, found: ScratchList[dict[str, str]]) -> None:
    """Put the deals of a page behind those that were found; of what may be a deal by itself that one."""
    if not text.is_next("{"):
        text.value()
        return
    page: dict[str, Any] = {}
    for key in text.each_key():
        is_list = key in LISTS and text.is_next("[")
        page[key] = ScratchList(_rows_of(text.value() for _ in text.each_entry())) if is_list else text.value()
    told = page.get("deals", page.get("results"))
    if told is None and isinstance(page.get("properties"), Mapping):
        told = ScratchList(_rows_of([page]))
    for cells in told if isinstance(told, ScratchList) else ():
        found.append(cells)


def _rows_of(deals: Iterable[Any]) -> Iterator[dict[str, str]]:
    """Each deal as the cells of a row; what is none is passed over."""
    for deal in deals:
        if isinstance(deal, Mapping) and isinstance(deal.get("properties", {}), Mapping):
            yield _cells(deal)


def _cells(deal: Mapping[str, Any]) -> dict[str, str]:
    """A deal as the cells of a row, by their headings."""
    properties = deal.get("properties", {})
    cells = {"Record ID": _words(deal.get("dealId", deal.get("id", "")))}
    for name, told in properties.items():
        value = told.get("value") if isinstance(told, Mapping) else told
        heading = UNSEEN.sub("", CANONICAL.get(name, name)).strip()
        cells.setdefault(heading, _time(_words(value)) if _IS_TIME.fullmatch(name) else _words(value))
        if cells[heading] == "" and heading in CANONICAL.values():
            cells[heading] = _words(value)
    cells["Record ID"] = cells["Record ID"] or _words(properties.get("hs_object_id", ""))
    cells |= _entered(_versions(deal, properties))
    cells["Associated Company IDs"] = _associated(deal, "associatedCompanyIds", "companies")
    cells["Associated Contact IDs"] = _associated(deal, "associatedVids", "contacts")
    cells["Is deleted"] = "true" if "true" in (_words(deal.get("isDeleted")), _words(deal.get("archived"))) else ""
    return cells


def _words(value: Any) -> str:
    """A value of JSON as a cell."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return value if isinstance(value, str) else _nested(value)


def _nested(value: Any) -> str:
    try:
        return json.dumps(value, ensure_ascii=False)
    except (RecursionError, ValueError):
        return ""


def _time(words: str) -> str:
    """A time in milliseconds since 1970, as the interface tells it, as a time in UTC; anything else as it is."""
    if not _MILLISECONDS.fullmatch(words):
        return words
    try:
        return (_EPOCH + timedelta(milliseconds=int(words))).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    except OverflowError:
        return words


def _versions(deal: Mapping[str, Any], properties: Mapping[str, Any]) -> Pairs:
    """The stages that a deal entered and when, oldest first: of v1 in the property, of v3 beside it."""
    told = properties.get(HISTORY)
    beside = deal.get("propertiesWithHistory")
    versions = told.get("versions") if isinstance(told, Mapping) else None
    if versions is None and isinstance(beside, Mapping):
        versions = beside.get(HISTORY)
    found = [each for each in versions if isinstance(each, Mapping)] if isinstance(versions, list) else []
    pairs = [(_words(each.get("value")), _time(_words(each.get("timestamp")))) for each in found]
    return sorted((pair for pair in pairs if all(pair)), key=lambda pair: pair[1])


def _entered(versions: Pairs) -> dict[str, str]:
    """A column for each stay in a stage; the second one in the same stage has a column of its own."""
    return entered_cells(pair for at, pair in enumerate(versions) if at == 0 or versions[at - 1][0] != pair[0])


def entered_cells(stays: Iterable[tuple[str, str]]) -> dict[str, str]:
    """The cells of the days on which stages were entered, by their headings; ``stays`` are stages and days, oldest first."""
    cells: dict[str, str] = {}
    for stage, day in stays:
        heading, times = f'Date entered "{stage}"', 1
        while heading in cells:
            times += 1
            heading = f'Date entered "{stage}" again{f" {times - 1}" if times > 2 else ""}'
        cells[heading] = day
    return cells


def _associated(deal: Mapping[str, Any], of_v1: str, of_v3: str) -> str:
    """The numbers of what a deal is associated with, such as its companies, by what the two versions call them."""
    told = deal.get("associations")
    told = told if isinstance(told, Mapping) else {}
    if isinstance(listed := told.get(of_v1), list):
        found = [_words(each) for each in listed]
    else:
        parts = told.get(of_v3)
        results = parts.get("results") if isinstance(parts, Mapping) else None
        found = (
            [_words(each.get("id")) for each in results or () if isinstance(each, Mapping)]
            if isinstance(results, list)
            else []
        )
    return ";".join(dict.fromkeys(found))


def _table(name: str, deals: Sequence[dict[str, str]]) -> Table:
    """The deals as rows of one table; the first has the number 2, as if the headings were row 1."""
    used = (
        heading
        for deal in deals
        for heading, words in deal.items()
        if heading and (words or not heading.startswith(("Associated", "Is ")))
    )
    header = tuple(dict.fromkeys(used))
    rows = (
        TableRow(number, number, [deal.get(heading, "") for heading in header]) for number, deal in enumerate(deals, 2)
    )
    return Table(name, header, RowsOnDisk(rows))
