"""The meetings of an ICS file as a table; one that names no deal, or several, is listed and never guessed."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from icalendar import Calendar

from salesops.book.book import Book
from salesops.book.sounds_alike import words_in
from salesops.edits.yaml_writer import in_brackets
from salesops.imports.csv.mapping import Format
from salesops.imports.csv.table import Table, TableRow
from salesops.imports.deals_named import DealsNamed
from salesops.imports.names import id_for
from salesops.imports.remarks import Remark, Verdict, Wrong
from salesops.output import show
from salesops.problems import Place, Problem
from salesops.records.process import Process

HEADER = ("id", "deal", "day", "status", "about", "title", "description", "attendees")
MAX_CALENDAR = 16 * 1024 * 1024
"""Bytes of a calendar: some ten thousand meetings."""
BETWEEN = ","
"""What stands between the addresses of the attendees."""
ABOUT = ("discovery", "proposal", "renewal")
MIN_NAME = 4
"""Letters of a name that a title can be searched for; a shorter one is in too many words."""


def meetings_table(name: str, raw: bytes, book: Book) -> tuple[Table | None, Format, list[Problem]]:
    """The meetings of a file that name one deal; ``refused`` says of the others why they are not taken."""
    if len(raw) > MAX_CALENDAR:
        said = f"the file has more than {MAX_CALENDAR // 1024 // 1024} MiB"
        return None, Format(), [Problem("file-too-large", said, Place(name), help="export fewer months")]
    try:
        calendars = Calendar.from_ical(raw.decode("utf-8-sig").encode("utf-8"), multiple=True)
        events = [event for calendar in calendars for event in calendar.walk("VEVENT")]
    except Exception:
        return _no_calendar(name, "the file is no calendar in ICS")
    if not calendars or len(events) != len(_BEGINS.findall(raw)):
        return _no_calendar(name, "the file is no whole calendar in ICS: it ends before an event does, or has none")
    reading = _CalendarFile(name, book)
    rows = tuple(row for at, event in enumerate(events, 1) if (row := reading.row(at, event)))
    return Table(name, HEADER, rows, tuple(reading.refused)), Format(), []


_BEGINS = re.compile(rb"^BEGIN:VEVENT[ \t]*\r?$", re.MULTILINE | re.IGNORECASE)


def _no_calendar(name: str, why: str) -> tuple[None, Format, list[Problem]]:
    return None, Format(), [Problem("not-a-calendar", why, Place(name), help="export the calendar again, as .ics")]


def meetings_mapping(table: Table, shape: Format, book: Book, process: Process | None) -> str:
    """The ready-made mapping for a calendar."""
    del shape, book, process
    return f"""\
# The mapping for {show(table.name)}, ready-made for a calendar.
activities:
  deal: {{column: deal}}
  date: {{column: day}}
  kind: meeting
  contact: {{column: attendees, split: {in_brackets(BETWEEN)}}}
  fields:
    id: {{column: id}}
    status: [{{column: status, when: {{column: status, is: cancelled}}}}, scheduled]
    about: {{column: about, missing: other}}
    note: {{column: title}}
"""


@dataclass(frozen=True)
class _Name:
    """A name that a title may hold, word by word, and the deal or member that it is of."""

    words: tuple[str, ...]
    record: str
    is_deal: bool

    def is_at(self, said: list[str], at: int) -> bool:
        """Whether a title has it at a place."""
        return tuple(said[at : at + len(self.words)]) == self.words


def _names(book: Book) -> Iterator[_Name]:
    """The ids of the deals, the ids and names of the members."""
    named = [(deal_id, deal_id, True) for deal_id in book.deals]
    named += [(member_id, member_id, False) for member_id in book.members]
    named += [(member.name, member_id, False) for member_id, member in book.members.items()]
    for name, record, is_deal in named:
        if len(name) >= MIN_NAME and (words := words_in(name)):
            yield _Name(tuple(words), record, is_deal)


class _CalendarFile:
    """One file being read; what is not taken is in ``refused``."""

    def __init__(self, name: str, book: Book) -> None:
        self.name = name
        self.book = book
        self.zone = ZoneInfo(book.team.time_zone) if book.team else None
        self.deals = DealsNamed(book)
        self.addresses = {
            contact.email.casefold() for member in book.members.values() for contact in member.contacts if contact.email
        }
        self.names: dict[str, list[_Name]] = {}
        for one in _names(book):
            self.names.setdefault(one.words[0], []).append(one)
        self.refused: list[Remark] = []

    def row(self, at: int, event: Any) -> TableRow | None:
        """A meeting that names one deal; None for any other."""
        title = " ".join(_words(event, "SUMMARY").split())
        day = self._day(event)
        if day is None:
            self._refuse(Verdict.REJECTED, at, Wrong("not-a-date", "has no day that can be read"), title)
        elif _words(event, "CLASS").upper() in ("PRIVATE", "CONFIDENTIAL"):
            self._refuse(Verdict.SKIPPED, at, Wrong("private", "is private in the calendar"), "")
        elif event.get("RRULE") is not None:
            wrong = Wrong("series", "is a series: the file does not tell which of its meetings took place")
            self._refuse(Verdict.SKIPPED, at, wrong, title)
        else:
            return self._meeting(at, event, title, day)
        return None

    def _meeting(self, at: int, event: Any, title: str, day: date) -> TableRow | None:
        attendees = [address for address in _attendees(event) if address in self.addresses]
        found = self._deals(attendees, title, day)
        if len(found) != 1:
            said = (
                "names several deals"
                if found
                else "names no deal: no attendee is a contact, and no institution is in the title"
            )
            code, verdict = ("deal-unclear", Verdict.ASKED) if found else ("deal-unknown", Verdict.SKIPPED)
            self._refuse(verdict, at, Wrong(code, said), f"{day} {title}{': ' if found else ''}{', '.join(found)}")
            return None
        status = "cancelled" if _words(event, "STATUS").upper() == "CANCELLED" else "scheduled"
        cells = [self._id(event, day), found[0], str(day), status, _about(title), title, _words(event, "DESCRIPTION")]
        return TableRow(at, at, [*cells, BETWEEN.join(attendees)])

    def _deals(self, attendees: list[str], title: str, day: date) -> list[str]:
        """The deals that attendees and title name; where attendees leave several, those of them that the title names too."""
        by_title = self._in_title(title, day)
        members = {member for address in attendees for member in self.deals.addresses.get(address, ())}
        if not members:
            return by_title
        by_people = self.deals.going_on(members, day)
        both = [deal for deal in by_people if deal in by_title]
        return both if len(by_people) > 1 and both else by_people

    def _in_title(self, title: str, day: date) -> list[str]:
        """The deals whose id, or whose institution, is in a title word for word."""
        said = words_in(title)
        found = {one for at, word in enumerate(said) for one in self.names.get(word, ()) if one.is_at(said, at)}
        ids = sorted(one.record for one in found if one.is_deal)
        return ids or self.deals.going_on({one.record for one in found}, day)

    def _day(self, event: Any) -> date | None:
        """The day on which a meeting begins, in the team's zone."""
        try:
            start = getattr(event.get("DTSTART"), "dt", None)
            if isinstance(start, datetime):
                return (start.astimezone(self.zone) if start.tzinfo and self.zone else start).date()
        except Exception:
            return None
        return start if isinstance(start, date) else None

    def _id(self, event: Any, day: date) -> str:
        """An id that the same meeting has in the next export; one of a series that was moved has its day too."""
        again = f" {day}" if event.get("RECURRENCE-ID") is not None else ""
        made = id_for(f"{_words(event, 'UID')}{again}") if _words(event, "UID") else ""
        return made if isinstance(made, str) else ""

    def _refuse(self, verdict: Verdict, at: int, wrong: Wrong, value: str) -> None:
        self.refused.append(Remark(verdict, self.name, at, at, "title", wrong.code, wrong.reason, value))


def _about(title: str) -> str:
    """What a meeting was about, where its title says it in one of the words for it."""
    found = {word for word in ABOUT if word in words_in(title)}
    return found.pop() if len(found) == 1 else ""


def _words(event: Any, key: str) -> str:
    """A text of an event; the first where it has several."""
    value = event.get(key)
    first = value[0] if isinstance(value, list) and value else value
    return str(first) if first is not None else ""


def _attendees(event: Any) -> Iterator[str]:
    """The addresses of those who were invited, and of whoever invited."""
    held = (event.get(key) for key in ("ATTENDEE", "ORGANIZER"))
    each: Iterable[Any] = (one for value in held for one in (value if isinstance(value, list) else [value]))
    found = (str(one).strip().casefold() for one in each if one is not None)
    yield from dict.fromkeys(address.removeprefix("mailto:") for address in found)
