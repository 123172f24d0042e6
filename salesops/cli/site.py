"""``salesops site``: check, write the pages, build."""

from __future__ import annotations

import click

from salesops.cli.options import as_of_option, known_option, months_option


@click.command("site")
@click.option(
    "-o", "--output", "out", metavar="DIR", help="Output folder; default: build/html, with --public build/public."
)
@click.option("--public", is_flag=True, help="Build the public site: what `public` in playbook/team.yaml names.")
@click.option("--strict", is_flag=True, help="Fail on warnings, from the records or from MkDocs.")
@click.option("--rebuild", is_flag=True, help="Build it even where nothing has changed since it was built.")
@months_option
@as_of_option
@known_option
@click.pass_context
def command(
    ctx: click.Context,
    out: str | None,
    public: bool,
    strict: bool,
    rebuild: bool,
    months: int | None,
    as_of: str | None,
    known: str | None,
) -> None:
    """Check every record and build the site; nothing is built while a record breaks the rules.

    The site works on a server and from disk. For a site as of an earlier day, the records are still checked as of
    today. With --known it is the site that was built, or could have been, at a commit or on the evening of a day: its
    records, its own pages, its history.

    Where nothing has changed since the site was built, no record, page, setting or commit, and the day is the same, it says
    so at once and leaves the site as it is; --rebuild builds it all the same. Some sites are always built: those with a hook,
    theme, metric, plugin or Markdown extension of your own, those without git's whole history, and those MkDocs warns of.

    The site is for the team. With --public another one is built, of a few pages of its own: it tells what `public` in
    playbook/team.yaml names, and nothing else. Numbers are rounded, and withheld where too few members stand behind
    them; a member is named only where the team says so.

    With --months 12, the pages Board and Weekly review lead to those of the last twelve month-ends, as they were known on
    each evening, such as board-2026-10-31.html. It takes longer, and needs the whole git history.

    \b
    Examples:
      salesops site                              the team's site, in build/html
      salesops site --as-of 2026-06-30           the same as of another day
      salesops site --months 12                  with the board and the review of the last twelve month-ends
      salesops site --public                     the public site, in build/public
      salesops site --public -o /srv/www/sales   the same elsewhere
    """
    from salesops.cli.actions.site import run  # noqa: PLC0415 - loaded when the command runs

    ctx.exit(run(ctx.obj, out, as_of, known, strict=strict, public=public, months=months or 0, rebuild=rebuild))
