"""``salesops erase``: a person out of the records and the history."""

from __future__ import annotations

import click


@click.command("erase")
@click.argument("words", nargs=-1, required=True, metavar="WORDS...")
@click.option("--into", metavar="DIR", help="Write the repository anew into this folder, without the words.")
@click.option(
    "--as", "instead", metavar="WORD", default="erased", show_default=True, help="What is put in their place."
)
@click.pass_context
def command(ctx: click.Context, /, words: tuple[str, ...], into: str | None, instead: str) -> None:
    """Take a person out of the records and of the whole history: each name, id, address and number that is given as WORDS.

    Without --into it says where they stand and writes nothing. With it, every branch is written anew into an empty folder: files, file
    names, messages, and the names of those who committed; this repository stays as it is. Then check what is there, and follow the
    guide "Taking somebody out": each commit has another id, and what others have copied is not reached from here.

    \b
      salesops erase "Ada Smith" a-smith ada@cascadia.example
      salesops erase "Ada Smith" a-smith ada@cascadia.example --into ../our-sales-anew
    """
    from salesops.cli.actions.erase import run  # noqa: PLC0415 - loaded when the command runs

    ctx.exit(run(ctx.obj, words, into, instead))
