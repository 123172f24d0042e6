"""What the declarations of commands share: options, and the complaint about a wrong call. Only click is imported here."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from typing import Any

import click


class Usage(click.UsageError):
    """Called wrongly (exit code 2)."""


def completed(*kinds: str) -> Callable[[click.Context, click.Parameter, str], list[Any]]:
    """What a shell offers for an argument: the names of these kinds, such as ``deal`` or ``stage``."""

    def complete(ctx: click.Context, _: click.Parameter, typed: str) -> list[Any]:
        from salesops.cli.names import completions  # noqa: PLC0415 - loaded when a shell asks

        folder, deal = ctx.find_root().params.get("folder") or ".", ctx.params.get("deal")
        named = deal or next((word for word in ctx.args if not word.startswith("-")), "")
        return list(completions(folder, kinds, typed, named))

    return complete


def as_of_option(command: Any) -> Any:
    """``--as-of``: the day that the numbers and checks are about."""
    return click.option(
        "--as-of",
        "as_of",
        metavar="YYYY-MM-DD",
        envvar="SALESOPS_AS_OF",
        help="The day to report on; default: SALESOPS_AS_OF, else today in the team's time zone.",
    )(command)


def months_option(command: Any) -> Any:
    """``--months``: of how many month-ends a site shows the board and the review."""
    return click.option(
        "--months",
        type=click.IntRange(1, 120),
        metavar="N",
        help="Also show the board and the review as they were known at the ends of the last N months.",
    )(command)


def known_option(command: Any) -> Any:
    """``--known``: whose records are used, those of a day or a commit instead of those that lie here."""
    return click.option(
        "--known",
        metavar="REV|DATE",
        help="Use the records as they were known at a commit, or at the end of a day, which is then also the day to report on.",
    )(command)


def format_option(*formats: str) -> Callable[[Any], Any]:
    """``--format``: the first one is the default."""
    return click.option(
        "--format",
        "output_format",
        type=click.Choice(formats),
        default=lambda: asked_format(formats) or formats[0],
        help=f"Output format; default: SALESOPS_FORMAT, else {formats[0]}.",
    )


def writing_options(command: Any) -> Any:
    """What every command that writes takes: not to ask, only to try, and the form in which it tells."""
    yes = click.option("-y", "--yes", is_flag=True, help="Ask nothing: write what was given.")
    trial = click.option("--dry-run", is_flag=True, help="Print the difference and write nothing.")
    return yes(trial(format_option("text", "json")(command)))


def ready_options(command: Any) -> Any:
    """What every import takes whose mapping is ready."""
    own = click.option("--map", "column_map", metavar="MAP", help="A mapping in place of the ready-made one.")
    detect = click.option("--detect", is_flag=True, help="Print the ready-made mapping, to be changed; write nothing.")
    trial = click.option(
        "--dry-run", is_flag=True, help="Show what would be written, with the first file in full, and write nothing."
    )
    return own(detect(trial(format_option("text", "json")(as_of_option(command)))))


def update_option(command: Any) -> Any:
    """``--update``: records that are there gain what they lack, and what only the file changed since the last import."""
    words = "Add what existing records lack, and take what only the file changed since the last import."
    return click.option("--update", is_flag=True, help=words)(command)


def asked_format(formats: Sequence[str]) -> str | None:
    """The format that SALESOPS_FORMAT asks for, where a command has it: it is set once for all of them."""
    asked = os.environ.get("SALESOPS_FORMAT")
    return asked if asked in formats else None
