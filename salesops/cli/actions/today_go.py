"""What ``salesops today --go`` does: what waits for somebody, record by record, and what is said of each is written at once."""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

import click

from salesops.book.book import Ref
from salesops.book.status import Standing
from salesops.book.waiting import Waiting
from salesops.checks.waiting import everything_waiting, name_of
from salesops.cli import COMMANDS, way_back
from salesops.cli.actions.log import KINDS_OF_ACTIVITY, happening
from salesops.cli.door import carry_out
from salesops.cli.hands import Asked, Desk, ask, can_ask, desk_again, desk_of
from salesops.cli.options import Usage
from salesops.cli.printing import say, style
from salesops.edits.change_list import as_list
from salesops.edits.spoken import Unclear, ending_with_day
from salesops.output import counted, problems_as_text, show

ASIDE = "     "
NO_TERMINAL = (
    "--go asks, and there is no terminal here: salesops today lists what waits, salesops log writes what happened"
)
OPENED = {"m": ("move", "move"), "p": ("park", "park"), "x": ("close", "lost"), "e": ("edit", "edit")}
"""The letters that lead to another command, and what each says of it."""
FOR_OPEN_DEALS = "mpx"


def needs_terminal() -> None:
    """Raise Usage where nobody can be asked."""
    if not can_ask():
        raise Usage(NO_TERMINAL)


def go(folder: str, as_of: str | None, person: str | None) -> int:
    """Take what waits for a person, or for everybody, record by record, the oldest first."""
    first = desk_of(folder, as_of, yes=False, dry_run=False, output_format="text")
    every = list(dict.fromkeys((it.kind, it.record) for it in _waiting(first, person)))
    if every:
        way_back.tell(f"Enter skips; {way_back.TOLD}")
    for number, ref in enumerate(every, 1):
        desk = _desk(folder, as_of)
        things = [it for it in _waiting(desk, person) if (it.kind, it.record) == ref]
        turn = _Turn(desk, folder, ref, things)
        if things and not way_back.with_way_back(partial(turn.taken, f"{number}/{len(every)}")):
            break
    left = len(list(_waiting(_desk(folder, as_of), person)))
    say(
        style(
            f"{counted(left, 'thing')} still {'waits' if left == 1 else 'wait'}" if left else "nothing waits any more",
            "good",
        )
    )
    return 0


def _desk(folder: str, as_of: str | None) -> Desk:
    return desk_again(folder, as_of, yes=False, dry_run=False, output_format="text")


def _waiting(desk: Desk, person: str | None) -> Iterator[Waiting]:
    return (it for it in everything_waiting(desk.snapshot) if person in (None, it.person))


@dataclass(frozen=True)
class _Turn:
    """One record that waits, and what is done with it."""

    desk: Desk
    folder: str
    ref: Ref
    things: list[Waiting]

    @property
    def standing(self) -> Standing | None:
        """Where the deal stands; None where it is no deal, or closed."""
        history = self.desk.snapshot.history(self.ref[1]) if self.ref[0] == "deal" else None
        standing = Standing(self.desk.snapshot, history) if history else None
        return standing if standing and standing.is_open else None

    @property
    def is_deal(self) -> bool:
        """Whether something can be logged on it."""
        return self.ref[0] == "deal" and self.ref[1] in self.desk.book.deals

    @property
    def letters(self) -> dict[str, str]:
        """What one letter does, as far as there is a command for it."""
        there = {letter: says for letter, (command, says) in OPENED.items() if command in COMMANDS}
        mine = {letter: says for letter, says in there.items() if self.standing or letter not in FOR_OPEN_DEALS}
        return ({"n": "next step"} if self.standing else {}) | mine | {"s": "skip", "q": "stop"}

    def taken(self, which: str) -> bool:
        """Show it and ask until something is done or it is skipped; whether there is a next one."""
        self._show(which)
        while True:
            said = ask(self._question(), str) or "s"
            if said in ("s", "S", "q", "Q"):
                return said.casefold() == "s"
            try:
                if self._done(said):
                    return True
            except click.Abort:
                raise
            except click.ClickException as wrong:
                say(f"{ASIDE}{show(wrong.format_message())}")

    def _show(self, which: str) -> None:
        where = f", {self.standing.stage.title} {self.standing.age_in_words}" if self.standing else ""
        name = name_of(self.desk.snapshot, self.things[0])
        id_ = f" ({self.ref[1]})" if name != self.ref[1] else ""
        first, *others = self.things
        say(
            f"{which}  {style(show(name), 'head')}{show(id_)}{show(where)}: {show(first.message)}{show(self._step(first))}"
        )
        for it in others:
            say(f"{ASIDE}{show(it.message)}{show(self._step(it))}")
        for help_ in dict.fromkeys(it.help for it in self.things if it.help and not self.is_deal):
            say(style(f"{ASIDE}{show(help_)}", "faint"))

    def _step(self, it: Waiting) -> str:
        """The step that is overdue, in its words."""
        step = self.standing.deal.next if self.standing and it.code == "next-step-overdue" else None
        return f": {step.action}" if step else ""

    def _question(self) -> str:
        letters = " · ".join(f"{letter} {says}" for letter, says in self.letters.items())
        return f"{ASIDE}{'what happened, or  ' if self.is_deal else ''}{letters}"

    def _done(self, said: str) -> bool:
        """Do what was said; whether anything came of it."""
        letter = said.casefold()
        if letter in self.letters:
            return self._write({"set": self.ref[1], "kind": "deal"}) if letter == "n" else self._open(letter)
        if len(said) == 1 or not self.is_deal:
            say(f"{ASIDE}one of: {', '.join(self.letters)}" + (", or what happened in words" if self.is_deal else ""))
            return False
        first, _, rest = said.partition(" ")
        kind, words = (first, rest.strip()) if first in KINDS_OF_ACTIVITY else ("note", said)
        options: Asked = dict.fromkeys(("about", "status", "outcome", "template", "channel", "replied"))
        return self._write(happening(self.desk, self.ref[1], kind, words, {**options, "with_": (), "date_": None}))

    def _write(self, change: Asked) -> bool:
        """Write it with the next step, where there is one."""
        step = self._next_step() if self.standing else None
        if "set" in change:
            if not step:
                return False
            change = {**change, "fields": {"next": step}}
        elif step:
            change = {**change, "next": step}
        tried, written = carry_out(self.desk.root, "what was said", as_list([change]).encode("utf-8"), self.desk.as_of)
        for line in problems_as_text([it for it in tried.problems if it.is_error], style):
            say(line)
        if written:
            say(f"{ASIDE}written: {show('; '.join(each.what for each in tried.report.changes))}")
        elif not tried.is_refused:
            say(f"{ASIDE}that is there already")
        return not tried.is_refused

    def _next_step(self) -> Asked | None:
        """The next step and its day; None where it stays as it is."""

        def reads(said: str) -> Asked:
            action, due = ending_with_day(said, self.desk.day)
            if due is None:
                raise Unclear(f'by when? Write the day at the end, after a comma: "{said}, fri"')
            return {"action": action, "due": str(due)}

        step = self.desk.book.deals[self.ref[1]].next
        now = f" (now: {step.action}, by {step.due})" if step else ""
        found: Asked | None = ask(f"{ASIDE}next step{now}", reads)
        return found

    def _open(self, letter: str) -> bool:
        """Go on in the command of a letter, as if it had been typed; whether it did something."""
        name, _ = OPENED[letter]
        words = [self.ref[1]]
        if letter == "m":
            stage = ask(f"{ASIDE}to which stage", str)
            if not stage:
                return False
            words.append(stage)
        words += ["lost"] if letter == "x" else []
        words += ["--as-of", self.desk.as_of] if self.desk.as_of else []
        command: click.Command = importlib.import_module(f"salesops.cli.{name}").command
        ended: Any = command.main(words, prog_name=f"salesops {name}", obj=self.folder, standalone_mode=False)
        return not ended
