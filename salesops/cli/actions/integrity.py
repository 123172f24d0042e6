"""What ``salesops integrity`` tells: how far the history can be trusted, by the commits that told it."""

from __future__ import annotations

from collections.abc import Iterator

from salesops.changes.integrity import Integrity, integrity
from salesops.cli.day import day_of
from salesops.cli.printing import say, style
from salesops.cli.repository import root_of
from salesops.metrics.wording import detail, headline
from salesops.output import SCHEMA_VERSION, as_json, masked, show
from salesops.store.load import load
from salesops.store.record_histories import NAMING, timeline_of


def run(folder: str, output_format: str, as_of: str | None) -> int:
    """Print the report; nothing in it is an error."""
    root = root_of(folder)
    book, _ = load(root, NAMING)
    today = day_of(as_of, book)
    report = integrity(timeline_of(root, book, today).until(today), book.outcome, book.deals)
    if output_format == "json":
        say(masked(as_json({"schema_version": SCHEMA_VERSION, "as_of": today, **report.as_data()})))
        return 0
    for line in _as_text(report):
        say(line)
    return 0


def _as_text(report: Integrity) -> Iterator[str]:
    yield f"{style('From the event to the commit', 'head')}: {headline(report.lag)}  {detail(report.lag)}".rstrip()
    for entry in report.imported:
        yield f"{style('Imported', 'head')}: {show(entry.sentence)}; in none of the other figures"
    for chapter in report.chapters:
        yield ""
        yield f"{style(chapter.title, 'head')} ({len(chapter.findings):,})  {style(chapter.meaning, 'faint')}"
        for finding in chapter.findings:
            days = f", {finding.days:,} {chapter.days}" if chapter.days else ""
            known = f"{show(finding.commit.author)}, {finding.commit.day}"
            yield f"  {show(finding.deal)}{days}: {show(finding.what)} ({known})"
