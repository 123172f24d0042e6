"""``salesops integrity``: what was entered late, pushed, or changed after the fact."""

from __future__ import annotations

import click

from salesops.cli.shared import as_of_option, day_of, format_option, root_of, say, style


@click.command("integrity")
@format_option("text", "json")
@as_of_option
@click.pass_context
def command(ctx: click.Context, format: str, as_of: str | None) -> None:
    """Say how far the history can be trusted: late entries, close dates that drift, changes after the close.

    It is told from the commits: when something happened stands in the records, when we knew it stands in git. What came
    with the first commit that had deals was entered elsewhere and is not measured. Nothing here is an error.
    """
    from salesops.changes.integrity import integrity
    from salesops.metrics.wording import detail, headline
    from salesops.output import SCHEMA_VERSION, as_json, masked, show
    from salesops.store.file_history import NAMING, timeline_of
    from salesops.store.load import load

    root = root_of(ctx.obj)
    book, _ = load(root, NAMING)
    today = day_of(as_of, book)
    report = integrity(timeline_of(root, book, today).until(today), book.outcome)
    if format == "json":
        say(masked(as_json({"schema_version": SCHEMA_VERSION, "as_of": today, **report.as_data()})))
        return
    say(f"{style('From the event to the commit', 'head')}: {headline(report.lag)}  {detail(report.lag)}".rstrip())
    for chapter in report.chapters:
        say()
        say(f"{style(chapter.title, 'head')} ({len(chapter.findings)})  {style(chapter.meaning, 'faint')}")
        for finding in chapter.findings:
            days = f", {finding.days} {chapter.days}" if chapter.days else ""
            known = f"{show(finding.commit.author)}, {finding.commit.day}"
            say(f"  {show(finding.deal)}{days}: {show(finding.what)} ({known})")
