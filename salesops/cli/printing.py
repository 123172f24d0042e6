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

_HELD: list[tuple[str, bool]] | None = None
"""The lines that are held back, with where they go; None where each is said at once."""


class ReaderGone(Exception):
    """Whoever read our output has gone, as ``| head`` does."""


def style(text: str, role: str) -> str:
    """Colour for a terminal; click takes it out again where there is none."""
    return click.style(text, **LOOKS.get(role, {}))


def say(line: str = "", err: bool = False) -> None:
    """One line of data; raises ReaderGone where nobody reads it any more."""
    if _HELD is not None:
        _HELD.append((line, err))
        return
    try:
        click.echo(line, err=err)
    except BrokenPipeError:
        raise ReaderGone from None


def note(line: str) -> None:
    """One line that is not data: to stderr."""
    say(line, err=True)


def hold() -> None:
    """Hold back what is said from here on, and drop what was held back before."""
    global _HELD
    _HELD = []


def release() -> None:
    """Say what was held back since."""
    global _HELD
    held, _HELD = _HELD, None
    for line, err in held or ():
        say(line, err)
