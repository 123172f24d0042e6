"""``salesops history``: who changed what and when, in sentences."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

import click

from salesops.cli.shared import Usage, as_of_option, day_of, day_option, format_option, note, root_of, say, style

if TYPE_CHECKING:
    from datetime import date
    from pathlib import Path

    from salesops.book.book import Ref
    from salesops.changes.timeline import Timeline


@click.command("history")
@click.argument("ids", nargs=-1, metavar="[DEAL|MEMBER]...")
@click.option("--since", metavar="YYYY-MM-DD", help="Only what became known from this day on.")
@format_option("text", "json", "atom")
@as_of_option
@click.pass_context
def command(ctx: click.Context, ids: tuple[str, ...], since: str | None, format: str, as_of: str | None) -> None:
    """Say who changed what and when, of every record or of those named: the newest first.

    It is told from the commits of the branch that is checked out, as far back as they go; renamed files are followed.
    """
    from salesops.output import SCHEMA_VERSION, as_json, masked
    from salesops.site.feed import atom
    from salesops.store.file_history import NAMING, timeline_of
    from salesops.store.load import load

    root = root_of(ctx.obj)
    book, _ = load(root, NAMING)
    today = day_of(as_of, book)
    first = day_option(since, "--since")
    only: list[Ref] | None = [(kind, id) for id in ids for kind in ("deal", "member")] if ids else None
    known = timeline_of(root, book, today, only=only)
    _known(root, ids, known)
    known = known.until(today)
    if first:
        known = known.since(first)
    if format == "json":
        say(masked(as_json({"schema_version": SCHEMA_VERSION, "as_of": today, "commits": known.as_data()})))
    elif format == "atom":
        say(atom(known, book, today).rstrip("\n"))
    else:
        _print(known, today)


def _known(root: Path, ids: tuple[str, ...], known: Timeline) -> None:
    """Refuse a name that no record ever had; say of a new one that git does not know it yet."""
    from salesops.output import show
    from salesops.problems import did_you_mean
    from salesops.store.file_history import every_ref
    from salesops.store.load import load

    said = {ref[1] for ref in known.records}
    said |= {entry.change.ref[1] for entries in known.records.values() for entry in entries}
    unknown = [id for id in ids if id not in said]
    book = load(root)[0] if unknown else None
    for id in unknown:
        if book and any(id in book.of(kind) or (kind, id) in book.broken for kind in ("deal", "member")):
            note(f"salesops: no commit has anything to tell of {show(id)} yet")
        else:
            hint = did_you_mean(id, [ref[1] for ref in every_ref(root) if ref[0] in ("deal", "member")])
            raise Usage(f"there never was a deal or member '{show(id)}'; {hint}".rstrip("; "))


def _print(known: Timeline, today: date) -> None:
    from salesops.output import show

    for commit, entries in known.commits:
        say(
            f"{style(str(commit.day), 'head')} {show(commit.author)}: {show(commit.subject)} {style(f'({commit.short})', 'faint')}"
        )
        for ref, told in groupby(entries, key=lambda entry: entry.change.ref):
            first, *more = [entry.change for entry in told]
            is_said = ref[0] not in ("deal", "member") or first.who.endswith(ref[1])
            say(f"  {show(first.who)}{'' if is_said else f' ({show(ref[1])})'}")
            for change in (first, *more):
                say(f"    {show(change.what)}")
        say()
    if not known.commits:
        say(f"nothing by {today}")
