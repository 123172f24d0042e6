"""What every command that writes shares: whom and what is meant, the questions on a terminal, and the change list at the end."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property, partial
from pathlib import Path
from typing import Any, NamedTuple

import click

from salesops.book.book import Book, Snapshot
from salesops.cli import names, way_back
from salesops.cli.day import day_of
from salesops.cli.door import Trial, carry_out, in_words, tell, three_lines, tried_on
from salesops.cli.names import Choice
from salesops.cli.options import Usage
from salesops.cli.printing import note, say, style
from salesops.cli.problem_sentences import problem_sentences
from salesops.cli.repository import read
from salesops.edits.change_list import as_list
from salesops.edits.fix import difference
from salesops.edits.spoken import DUE, HAPPENED, Unclear, day, ending_with_day
from salesops.edits.yaml_writer import FileChange
from salesops.output import show
from salesops.records.as_written import LEFT, is_placeholder
from salesops.records.yaml_reader import UNSEEN, unseen_words
from salesops.store.git import keep_setting, setting
from salesops.store.journal import saying_what_is_written

ME = "salesops.me"
"""The setting of git that says who works in this clone."""
NEEDED = "It cannot be left open."
Asked = dict[str, Any]


class Missing(click.ClickException):
    """What a command was not given, where it may not ask: each option, and why it is asked for (exit code 1)."""

    exit_code = 1

    def __init__(self, options: Sequence[tuple[str, str]], *more: str) -> None:
        width = max(len(option) for option, _ in options)
        lines = [*(f"{option:<{width}}    {show(why)}".rstrip() for option, why in options), *more]
        super().__init__("\n".join(("nothing was written; say:", *(f"  {line}" for line in lines))))


class NoWay(click.ClickException):
    """What cannot be done with a record as it is, and what can (exit code 1)."""

    exit_code = 1


class Writing(NamedTuple):
    """How a command writes: whether it asks, whether it only tries, and how it tells."""

    asks: bool
    dry_run: bool
    output_format: str


@dataclass(frozen=True)
class Desk:
    """The records that somebody works on, the day, and how the command writes."""

    root: Path
    book: Book
    day: date
    as_of: str | None
    writing: Writing

    @cached_property
    def snapshot(self) -> Snapshot:
        """The records on the day."""
        return self.book.on(self.day)

    @property
    def currency(self) -> str:
        """The team's currency."""
        return self.book.team.currency if self.book.team else "USD"

    # who and what is meant

    def deal(self, asked: str) -> str:
        """The deal that is meant, an open one before a closed one."""
        found = [choice for choice in names.records(self.book, self.day) if choice.id in self.book.deals]
        return self.chosen(asked, found, f"there is no deal '{show(asked)}'")

    def won_deal(self, asked: str) -> str:
        """The deal that is meant, a won one before the others."""
        won = {history.id for history in self.snapshot.won}
        found = [
            replace(choice, rank=int(choice.id not in won))
            for choice in names.records(self.book, self.day)
            if choice.id in self.book.deals
        ]
        return self.chosen(asked, found, f"there is no deal '{show(asked)}'")

    def person(self, asked: str) -> str:
        """The person of the team who is meant; ``me`` is whoever works here."""
        known = names.people(self.book.team)
        asked = self.me if asked == "me" else asked
        return self.chosen(asked, known, f"there is no '{show(asked)}' in the team")

    @cached_property
    def me(self) -> str:
        """Who works in this clone; a wrong call where nobody has said so, and nobody can be asked."""
        if not self.known_me:
            raise Usage(f"nobody has said here who you are: git config {ME} YOUR-ID")
        return self.known_me

    @cached_property
    def known_me(self) -> str | None:
        """Who works in this clone: on a terminal asked once, and kept; None where nobody has said so."""
        said, people = setting(self.root, ME), names.people(self.book.team)
        if said:
            return names.chosen(said, people, f"git config {ME}: there is no '{show(said)}'")
        if not self.writing.asks or not people:
            return None
        known = ", ".join(person.id for person in people[: names.MAX_SHOWN])
        me: str | None = ask("Who are you?", one_of(people), hint=f"asked once, kept in this clone: {known}")
        if me:
            keep_setting(self.root, ME, me)
        return me

    def stage(self, asked: str) -> str:
        """The stage that is meant, as the process of the day calls it."""
        process = self.snapshot.process
        return names.stage_named(process, asked, f"there is no stage '{show(asked)}'")

    def contact(self, deal_id: str, asked: str) -> str:
        """The contact of a deal's member who is meant, by id, name or role."""
        member = self.book.members.get(self.book.deals[deal_id].member)
        return self.chosen(asked, names.contacts(member), f"the member has no contact '{show(asked)}'")

    def chosen(self, asked: str, choices: Sequence[Choice], none: str) -> str:
        """The one that fits; on a terminal a numbered choice where several do."""
        fits = names.fitting(asked, choices)
        if len(fits) > 1 and self.writing.asks:
            for number, choice in enumerate(fits[: names.MAX_SHOWN], 1):
                say(f"  {number:>2}  {show(choice.id)}  {style(show(choice.says), 'faint')}")
            picked = ask(f"'{asked}' fits {len(fits)}; which one?", one_of(fits[: names.MAX_SHOWN]), needed=True)
            return str(picked)
        return names.chosen(asked, choices, none)

    # days

    def happened(self, asked: str | None, option: str = "--date") -> date:
        """The day of something that happened; today where none was said. What was understood is said back."""
        return self._day(asked, option, HAPPENED) if asked else self.day

    def due(self, asked: str, option: str = "--due") -> date:
        """The day of something to come."""
        return self._day(asked, option, DUE)

    def _day(self, asked: str, option: str, sense: str) -> date:
        try:
            found = day(asked, self.day, sense)
        except Unclear as unclear:
            raise Usage(f"{option}: {unclear}") from None
        if str(found) != asked and self.writing.output_format == "text":
            note(f"{show(asked)}: {found:%A} {found}")
        return found

    def next_step(self, words: str, due: str | None, option: str = "--next") -> Asked:
        """The next step and its day, which may stand at its end."""
        try:
            action, by = ending_with_day(words, self.day)
        except Unclear as unclear:
            raise Usage(f"{option}: {unclear}") from None
        found = self.due(due, option) if due else by
        if due and by not in (None, found):
            raise Usage(
                f"{option}: by {by} or by {found}? '{show(words)}' ends with a day, and '{show(due)}' is another"
            )
        if found is None:
            raise Usage(f'{option}: by when? Write the day at the end, after a comma: "{show(action)}, fri"')
        return {"action": action, "due": str(found)}

    def spoken_step(self, words: str) -> Asked:
        """The next step as it was answered, its day at the end; raises Unclear where it cannot be read."""
        try:
            return self.next_step(words, None)
        except Usage as unclear:
            raise Unclear(as_answered(unclear)) from None


def as_answered(wrong: click.UsageError) -> str:
    """What is wrong with an answer: nobody who is asked has written an option."""
    return wrong.message.removeprefix("--next: ")


def _seen(options: Mapping[str, Any]) -> None:
    """Refuse an option or an argument with a character that nobody sees: nothing that is written may hold one."""
    for name, said in options.items():
        for words in said if isinstance(said, tuple) else (said,):
            if isinstance(words, str) and (unseen := UNSEEN.search(words)):
                raise Usage(f"{_named(name)}: {unseen_words(unseen.group())}: write the words without it")


def _named(name: str) -> str:
    """An option or an argument as it is written on the command line."""
    context = click.get_current_context(silent=True)
    known = [it for it in context.command.params if it.name == name] if context else []
    return (max(known[0].opts, key=len) if isinstance(known[0], click.Option) else name.upper()) if known else name


def can_ask() -> bool:
    """Whether somebody sits at a terminal."""
    return sys.stdin.isatty() and sys.stdout.isatty()


def desk_of(folder: str, as_of: str | None, *, yes: bool, dry_run: bool, output_format: str) -> Desk:
    """The records that a command is to change; where they cannot be read, nothing was written, and that is said."""
    with saying_what_is_written():
        return desk_again(folder, as_of, yes=yes, dry_run=dry_run, output_format=output_format)


def desk_again(folder: str, as_of: str | None, *, yes: bool, dry_run: bool, output_format: str) -> Desk:
    """The records as they are now, perhaps in the middle of a command. It asks on a terminal, unless it was told not to."""
    context = click.get_current_context(silent=True)
    _seen(context.params if context else {})
    root, book, _ = read(folder)
    if not book.processes:
        raise Usage("there is no process version in playbook/process/: nothing can be judged without one")
    asks = not yes and not dry_run and output_format == "text" and can_ask()
    return Desk(root, book, day_of(as_of, book), as_of, Writing(asks, dry_run, output_format))


_COLLECTED: ContextVar[list[Mapping[str, Any]] | None] = ContextVar("collected", default=None)


@contextmanager
def collected() -> Iterator[list[Mapping[str, Any]]]:
    """Within it, what a command would send through the door is collected instead, for a list that something else makes."""
    changes: list[Mapping[str, Any]] = []
    before = _COLLECTED.set(changes)
    try:
        yield changes
    finally:
        _COLLECTED.reset(before)


def send(desk: Desk, changes: Sequence[Mapping[str, Any]]) -> int:
    """Make the changes by the one door, after a last yes on a terminal; the exit code."""
    if (collecting := _COLLECTED.get()) is not None:
        collecting.extend(changes)
        return 0
    raw = as_list(list(changes)).encode("utf-8")
    how = desk.writing
    if how.asks:
        with saying_what_is_written():
            tried, written = _after_a_yes(desk, raw)
    else:
        tried, written = carry_out(desk.root, NAME, raw, desk.as_of, agrees=lambda _: not how.dry_run)
    told = how.asks and not tried.is_refused
    return tell(
        tried,
        written,
        how.output_format,
        dry_run=how.dry_run,
        told=told,
        tells=partial(problem_sentences, in_files=True),
    )


NAME = "the change"
"""What messages call the list that a command makes."""


def _after_a_yes(desk: Desk, raw: bytes) -> tuple[Trial, bool]:
    """Show what would be written, and write it after a yes; nobody is kept out while somebody thinks.

    Where the records have changed by then, so that something else would be written, it is shown again.
    """
    while True:
        shown = tried_on(desk.root, NAME, raw, desk.as_of)
        if shown.is_refused or not shown.result.files or not _agrees(shown):
            return shown, False
        tried, written = carry_out(desk.root, NAME, raw, desk.as_of, agrees=partial(_would_write, shown.result.files))
        if written or tried.is_refused or not tried.result.files:
            return tried, written
        note("salesops: the records have changed meanwhile; look again")


def _would_write(files: Sequence[FileChange], tried: Trial) -> bool:
    return tuple(files) == tried.result.files


def _agrees(tried: Trial) -> bool:
    for line in three_lines(tried):
        say(line)
    files = ", ".join(map(in_words, tried.result.files))
    return agreed(f"Write {files}?", lambda: (line for file in tried.result.files for line in difference(file)))


def agreed(question: str, differences: Callable[[], Iterable[str]]) -> bool:
    """The last yes, or no; the differences as often as they are wanted before."""
    while True:
        answer = ask(
            f"{question}  [Y/n/diff]", lambda said: word_of(("yes", "no", "diff"), said), default="y", is_last=True
        )
        if answer != "diff":
            return bool(answer == "yes")
        for line in differences():
            say(show(line))


# ── questions ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def ask(
    question: str,
    reads: Callable[[str], Any],
    *,
    default: str = "",
    hint: str = "",
    needed: bool = False,
    is_last: bool = False,
) -> Any:
    """An answer, asked for again until it can be read; None where a question was left open by Enter, unless it is ``needed``.

    ``<`` goes back to the question before, which is told once; the ``is_last`` question of a command does not tell it.
    """
    known = None if is_last else way_back.taken_again(question)
    if known is not None and (answer := _answer(known, reads, needed=needed)):
        way_back.keep(question, known, again=True)
        return answer[0]
    way_back.asks_now()
    if not is_last:
        way_back.tell()
    if hint:
        say(style(show(hint), "faint"))
    while True:
        said = click.prompt(show(question), default=default, show_default=False, prompt_suffix=" ▸ ").strip() or default
        if said == way_back.WORD:
            way_back.go_back()
        elif answer := _answer(said, reads, needed=needed):
            if not is_last:
                way_back.keep(question, said)
            return answer[0]


def _answer(said: str, reads: Callable[[str], Any], *, needed: bool) -> tuple[Any] | None:
    """What an answer means; None where it is said why it is none."""
    if not said:
        if needed:
            say(NEEDED)
        return None if needed else (None,)
    if unseen := UNSEEN.search(said):
        say(f"{unseen_words(unseen.group())}: write it without that")
        return None
    try:
        return (reads(said),)
    except Unclear as unclear:
        say(show(str(unclear)))
        return None


def as_words(said: str) -> str:
    """Words as they are; raises Unclear where they stand for an answer that nobody has given."""
    if is_placeholder(said):
        raise Unclear(f"{LEFT.format(said)}: write what is true")
    return said


def one_of(choices: Sequence[Choice]) -> Callable[[str], str]:
    """Reads one of some choices, by number, id, name, or the beginning of one."""

    def reads(said: str) -> str:
        if said.isdecimal() and 1 <= int(said) <= len(choices):
            return choices[int(said) - 1].id
        found = names.fitting(said, choices)
        if len(found) == 1:
            return found[0].id
        raise Unclear(
            f"'{said[:60]}' fits {len(found) or 'none'}: {', '.join(choice.id for choice in (found or choices))}"
        )

    return reads


def word_of(words: Sequence[str], asked: str) -> str:
    """The word of a list that begins as it was said, whatever the letter case; raises Unclear where none does, or several."""
    wanted = names.folded(asked)
    exact = [word for word in words if names.folded(word) == wanted]
    found = exact or [word for word in words if names.folded(word).startswith(wanted)] if wanted else []
    if len(found) != 1:
        raise Unclear(f"'{asked[:60]}' is {'more than one' if found else 'none'} of: {', '.join(found or words)}")
    return found[0]
