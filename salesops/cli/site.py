"""``salesops site``: check, write the pages, build."""

from __future__ import annotations

import logging
from pathlib import Path

import click

from salesops.cli.shared import Usage, as_of_option, day_of, note, read, say, style


@click.command("site")
@click.option("-o", "--output", "out", metavar="DIR", help="Where to build; build/html where it is not said.")
@click.option("--strict", is_flag=True, help="Let warnings, of the records and of MkDocs, stop the build.")
@as_of_option
@click.pass_context
def command(ctx: click.Context, out: str | None, strict: bool, as_of: str | None) -> None:
    """Check every record and build the site; nothing is built while a record breaks the rules.

    The site works on a server, and opened from the disk. A site as of an earlier day is built from records that are
    checked as of today.
    """
    from mkdocs.exceptions import MkDocsException

    from salesops import output
    from salesops.cli.gate import gate
    from salesops.cli.reference import commands_page
    from salesops.site.build import HTML, NoPlace, Site, build
    from salesops.site.own_pages import CannotBuild
    from salesops.store.file_history import git_history

    root, book, problems = read(ctx)
    day = day_of(as_of, book)
    found = [
        problem for problem in gate(root, book, problems, max(day, day_of(None, book))) if problem.is_error or strict
    ]
    if found or not book.processes:
        for line in output.problems_as_text(found, style):
            click.echo(line, err=True)
        note(
            "salesops: the site is not built from records that break the rules"
            if book.processes
            else "salesops: there is no process version in playbook/process/"
        )
        ctx.exit(1)
    snapshot = book.on(day)
    let_mkdocs_speak()
    target = Path(ctx.obj, out) if out else root / HTML
    try:
        count = build(
            Site(root, snapshot, (commands_page(snapshot),), git_history(root, book, day)),
            target.absolute(),
            strict=strict,
        )
    except NoPlace as fault:
        raise Usage(output.show(fault)) from None
    except (CannotBuild, MkDocsException) as fault:
        note(f"salesops: the site is not built: {output.show(str(fault).strip() or 'see above')}")
        ctx.exit(1)
    say(f"{output.counted(count, 'page')} as of {day}: open {output.show(target / 'index.html')}")


class _Shown(logging.Formatter):
    """What MkDocs warns of, written as every foreign text is."""

    def format(self, record: logging.LogRecord) -> str:
        from salesops.output import show

        return show(record.getMessage())


def let_mkdocs_speak() -> None:
    """Say on stderr what MkDocs warns of; in a strict build it would otherwise count its warnings and keep them to itself."""
    handler = logging.StreamHandler()
    handler.setFormatter(_Shown())
    logging.basicConfig(level=logging.WARNING, handlers=[handler])
