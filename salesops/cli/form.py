"""The questions of a form: what was given by an option is read, what was not is asked on a terminal, or named as missing, all at once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from salesops.cli import way_back
from salesops.cli.hands import Desk, Missing, Writing, ask
from salesops.cli.options import Usage
from salesops.cli.printing import note
from salesops.edits.spoken import Unclear
from salesops.output import show

WIDTH = 24
"""The questions of a form stand in a column."""
INTRODUCED = f"Enter leaves open what nobody knows; {way_back.TOLD}"
Reads = Callable[[str], Any]


@dataclass
class Questions:
    """What a command is told, piece by piece, and what nobody has said."""

    writing: Writing
    missing: list[tuple[str, str]] = field(default_factory=list)

    @property
    def asks(self) -> bool:
        """Whether somebody is there to answer."""
        return self.writing.asks

    def needed(
        self, option: str, said: str | None, question: str, reads: Reads, *, hint: str = "", why: str = ""
    ) -> Any:
        """What the record cannot be without: asked until it is said; None where nobody can be asked, and it is missing."""
        if said is not None:
            return self._read(option, said, reads)
        if not self.asks:
            self.missing.append((option, why or hint or question))
            return None
        return self._asked(question, reads, hint, needed=True)

    def open(self, option: str, said: str | None, question: str, reads: Reads, *, hint: str = "") -> Any:
        """What may be left open, by Enter or by saying nothing."""
        if said is not None:
            return self._read(option, said, reads)
        return self._asked(question, reads, hint) if self.asks else None

    def complete(self) -> None:
        """Refuse where anything is missing, and name all of it."""
        if self.missing:
            raise Missing(self.missing)

    def echo(self, said: str, meant: str) -> None:
        """Say back what was understood, where that is not what was written."""
        if said.strip().casefold() != meant.casefold() and self.writing.output_format == "text":
            note(f"{show(said.strip())}: {show(meant)}")

    def echoed(self, reads: Callable[[str], str]) -> Callable[[str], str]:
        """Reads something and says back what was understood."""

        def reading(said: str) -> str:
            meant = reads(said)
            self.echo(said, meant)
            return meant

        return reading

    def _asked(self, question: str, reads: Reads, hint: str, *, needed: bool = False) -> Any:
        way_back.tell(INTRODUCED)
        return ask(f"{question:<{WIDTH}}", reads, hint=hint, needed=needed)

    def _read(self, option: str, said: str, reads: Reads) -> Any:
        if not said.strip():
            raise Usage(f"{option.split(' ')[0]}: nothing was said")
        try:
            return reads(said)
        except Unclear as unclear:
            raise Usage(f"{option.split(' ')[0]}: {unclear}") from None


class Form(Questions):
    """The questions about records that are there."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk.writing)
        self.desk = desk
