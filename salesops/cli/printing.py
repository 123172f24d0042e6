"""Lines for a terminal or a pipe: data to stdout, remarks to stderr, and colours. Only click is imported here."""

from __future__ import annotations

from typing import Any

import click

LOOKS: dict[str, dict[str, Any]] = {
    "error": {"fg": "red", "bold": True},
    "warning": {"fg": "yellow", "bold": True},
    "place": {"bold": True},
    "field": {"fg": "cyan"},
    "head": {"bold": True},
    "good": {"fg": "green"},
    "faint": {"dim": True},
}


class ReaderGone(Exception):
    """Whoever read our output has gone, as ``| head`` does."""


def style(text: str, role: str) -> str:
    """Colour for a terminal; click takes it out again where there is none."""
    return click.style(text, **LOOKS.get(role, {}))


def say(line: str = "", err: bool = False) -> None:
    """One line of data; raises ReaderGone where nobody reads it any more."""
    try:
        click.echo(line, err=err)
    except BrokenPipeError:
        raise ReaderGone from None


def note(line: str) -> None:
    """One line that is not data: to stderr."""
    click.echo(line, err=True)
