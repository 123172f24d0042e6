"""The reference page of the commands, read off the commands themselves."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from dataclasses import dataclass

import click

from salesops.book.book import Snapshot
from salesops.cli import COMMANDS, salesops
from salesops.site.pages.page import Page, page
from salesops.site.pages.reference import REFERENCE


@dataclass(frozen=True)
class Described:
    """One command: its name, its help, how it is called, and its options."""

    name: str
    paragraphs: tuple[str, ...]
    usage: str
    options: tuple[tuple[str, str], ...]


WIDE = 10_000
"""Columns of a line: the page is the same whatever the terminal, and no word of a usage is broken."""


def commands_page(snapshot: Snapshot) -> Page:
    """Every command with its options."""
    return page(
        "reference/commands",
        "Commands",
        "commands",
        snapshot,
        section=REFERENCE,
        commands=list(described()),
        search=COMMANDS,
    )


def described() -> Iterator[Described]:
    """Every command, those inside groups among them."""
    context = click.Context(salesops, info_name="salesops")
    for name in COMMANDS:
        command = salesops.get_command(context, name)
        if command is not None:
            yield from _of(command, name, context)


def _of(command: click.Command, name: str, parent: click.Context) -> Iterator[Described]:
    context = click.Context(command, info_name=name.rsplit(" ", 1)[-1], parent=parent, terminal_width=WIDE)
    records = [record for parameter in command.params if (record := parameter.get_help_record(context))]
    paragraphs = inspect.cleandoc(command.help or "").split("\n\n")
    usage = command.get_usage(context).removeprefix("Usage: ")
    yield Described(name, tuple(" ".join(part.split()) for part in paragraphs), " ".join(usage.split()), tuple(records))
    if isinstance(command, click.Group):
        for inner in command.list_commands(context):
            found = command.get_command(context, inner)
            if found is not None:
                yield from _of(found, f"{name} {inner}", context)
