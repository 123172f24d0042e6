"""``salesops log``: something that happened, and what comes next."""

from __future__ import annotations

import click

from salesops.cli.options import as_of_option, completed, writing_options


@click.command("log")
@click.argument("deal", shell_complete=completed("deal"))
@click.argument("kind", metavar="KIND", required=False, shell_complete=completed("activity"))
@click.argument("words", required=False)
@click.argument("due", metavar="[DUE]", required=False)
@click.option(
    "--with",
    "with_",
    metavar="CONTACT",
    multiple=True,
    help="Who was there, by id, name or role; once for each.",
    shell_complete=completed("contact"),
)
@click.option("--date", "date_", metavar="DAY", help="When: thu, 3 nov, yesterday, 2026-11-19; default: today.")
@click.option("--next", "next_", metavar='"WORDS, DAY"', help="The next step; by when, after a comma or as DUE.")
@click.option(
    "--about", help="What a meeting was about: discovery, proposal, renewal, other.", shell_complete=completed("about")
)
@click.option(
    "--status",
    help="What became of a meeting: held, scheduled, cancelled, no-show; of a day to come: scheduled.",
    shell_complete=completed("status"),
)
@click.option(
    "--outcome",
    help="What came of a call: spoke, voicemail, no answer; --with says that they spoke.",
    shell_complete=completed("call"),
)
@click.option("--replied", metavar="DAY", help="When an e-mail was answered.")
@click.option("--template", help="The message template and its version, such as intro@2.")
@click.option("--channel", help="How it reached them, such as warm intro.")
@writing_options
@as_of_option
@click.pass_context
def command(
    ctx: click.Context, /, deal: str, kind: str | None, words: str | None, due: str | None, **options: object
) -> None:
    """Log a call, an e-mail, a meeting, an event or a note on a deal, and what comes next.

    DEAL is an id, a member's name or a part of them; KIND is email, call, meeting, event or note, or how it begins.

    \b
      salesops log owlspruce call "Wants the price in CAD" --with director --next "Send it" tue
      salesops log larkspur meeting "They teach 300 students" --about discovery --date thu
      salesops log morrow note "The dean leaves in January"
    """
    from salesops.cli.actions.log import run  # noqa: PLC0415 - loaded when the command runs

    ctx.exit(run(ctx.obj, deal, kind, words, due, **options))
