"""The changes as an Atom feed: one entry for each commit, its sentences as plain text."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, date, datetime, time
from xml.sax.saxutils import escape

from salesops.book.book import Book
from salesops.changes.timeline import Commit, Event, Timeline
from salesops.output import masked
from salesops.records.scalars import slug

MAX_FEED_COMMITS = 100
"""Commits that the feed holds."""
_NUMBERED = re.compile(
    r"[\r\x7f-\x9f\xad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\U000e0000-\U000e007f]|:(?=:)|(?<=##)\["
)
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def atom(known: Timeline, book: Book, as_of: date) -> str:
    """The newest commits as a feed; ids are those of the commits, so a reader shows none twice."""
    commits = known.commits[:MAX_FEED_COMMITS]
    title = f"{book.team.organisation}: changes" if book.team else "Changes"
    newest = _stamp(commits[0][0].time) if commits else datetime.combine(as_of, time(), UTC).isoformat()
    lines = [
        '<?xml version="1.0" encoding="utf-8"?>',
        '<feed xmlns="http://www.w3.org/2005/Atom">',
        f"<title>{_xml(title)}</title>",
        f"<id>urn:salesops:changes{_whose(book)}</id>",
        f"<updated>{newest}</updated>",
        *(_entry(commit, entries) for commit, entries in commits),
        "</feed>",
    ]
    return "\n".join(lines) + "\n"


def _whose(book: Book) -> str:
    """What tells the feed of one team from that of another."""
    name = slug(book.team.organisation) if book.team else ""
    return f":{name}" if name else ""


def _entry(commit: Commit, entries: Sequence[Event]) -> str:
    said = "\n".join(entry.change.sentence for entry in entries)
    return (
        f"<entry><title>{_xml(commit.subject)}</title><id>urn:salesops:commit:{commit.id}</id>"
        f"<updated>{_stamp(commit.time)}</updated><author><name>{_xml(commit.author)}</name></author>"
        f'<content type="text">{_xml(said)}</content></entry>'
    )


def _stamp(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat()


def _xml(text: str) -> str:
    """Any text as XML: what XML does not allow is dropped, what looks like a secret is not written.

    The feed is printed too: what cannot be seen, or would be a command to a runner, is written by its number.
    """
    return _NUMBERED.sub(lambda match: f"&#{ord(match.group())};", escape(_NOT_XML.sub("", masked(text)))) or "–"
