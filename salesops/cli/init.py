"""``salesops init``: a new CRM repository."""

from __future__ import annotations

import click

from salesops.cli.options import as_of_option


@click.command("init")
@click.argument("folder", metavar="DIR")
@click.option("--name", metavar="WORDS", help="Your organisation.")
@click.option("--zone", metavar="ZONE", help="Its time zone: America/Vancouver, or a city.")
@click.option("--currency", metavar="CODE", help="Its own currency: USD, CAD.")
@click.option(
    "--person",
    metavar='"NAME @ACCOUNT"',
    multiple=True,
    help="Who sells, perhaps with a GitHub account; once for each.",
)
@click.option("--repository", metavar="URL", help="Where the records live; default: the remote of the folder.")
@click.option("--process", help="The process to begin with: memberships, services, plain.")
@click.option(
    "-y", "--yes", is_flag=True, help="Ask nothing; without any of the above, write an example of everything."
)
@click.option(
    "--upgrade",
    is_flag=True,
    help="Write anew what an older salesops wrote; shown first, and nothing that is the team's is touched.",
)
@click.option("--no-git", is_flag=True, help="Leave git init to you.")
@click.option("-v", "--verbose", is_flag=True, help="Name every file that is written, and not only its folder.")
@click.option("--dry-run", is_flag=True, help="Show what would be written, and write nothing.")
@as_of_option
@click.pass_context
def command(ctx: click.Context, /, folder: str, as_of: str | None, **options: object) -> None:
    """Create a new CRM repository in DIR: your team, a process, guides, workflows, mkdocs.yml and a README.

    On a terminal it asks who you are, and writes no example. Elsewhere, without any option, it writes an example of
    everything: one deal, one member, two people. Existing files are left as they are, and so are the records of an
    existing repository. --as-of is the day of the sample deal.

    --upgrade, with a newer salesops, shows the difference of the program in vendor/, the packages, workflows, schemas
    and guides, and writes it after a yes, or with --yes. A file that somebody has changed since stays as it is: its
    difference is shown, to take from it what you like.

    \b
      salesops init our-sales
      salesops init . --upgrade
      salesops init our-sales --name "Our organisation" --zone vancouver --currency CAD \\
        --person "Ada Smith @ada" --person "Bo Li" --process services
    """
    from salesops.cli.actions.init import run  # noqa: PLC0415 - loaded when the command runs

    ctx.exit(run(ctx.obj, folder, as_of, **options))
