"""The way back to a question that was answered: the command begins again, and takes the answers before it by itself.

Nothing is written before the last question, so a command that begins again has done nothing yet. What it says on the way to
the question is not said a second time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import TypeVar

from salesops.cli.printing import hold, release, say, style

WORD = "<"
"""What is typed to go back; no record says it, and no choice begins with it."""
TOLD = f"{WORD} goes back to the question before."
Made = TypeVar("Made")


class Back(BaseException):
    """Somebody wants to go back to the question before; no fault, so nothing that catches faults keeps it."""


@dataclass
class Given:
    """The answers of a command so far, by their questions, and those that it takes by itself once it has begun again."""

    answers: list[tuple[str, str]] = field(default_factory=list)
    again: list[tuple[str, str]] = field(default_factory=list)
    told: bool = False


_GIVEN: ContextVar[Given | None] = ContextVar("given", default=None)


def with_way_back(run: Callable[[], Made]) -> Made:
    """Run what asks; as often as somebody goes back, run it again up to the question before."""
    outer = _GIVEN.get()
    given = Given(told=outer.told if outer else False)
    with _known(given):
        while True:
            try:
                return run()
            except Back:
                given.again, given.answers = given.answers[:-1], []
                hold()


@contextmanager
def _known(given: Given) -> Iterator[None]:
    before = _GIVEN.set(given)
    try:
        yield
    finally:
        release()
        _GIVEN.reset(before)


def taken_again(question: str) -> str | None:
    """The answer that was given to a question before somebody went back; None where it is to be asked."""
    given = _GIVEN.get()
    while given and given.again:
        asked, answer = given.again.pop(0)
        if asked == question:
            return answer
    return None


def asks_now() -> None:
    """From here on somebody is asked, and hears what was held back on the way."""
    if given := _GIVEN.get():
        given.again.clear()
    release()


def go_back() -> None:
    """Go to the question before; where there is none, say so."""
    if (given := _GIVEN.get()) and given.answers:
        raise Back
    say("There is no question before this one.")


def keep(question: str, answer: str, *, again: bool = False) -> None:
    """Keep an answer, so that somebody can come back to a later question; what was said before one taken ``again`` is known."""
    if given := _GIVEN.get():
        given.answers.append((question, answer))
    if again:
        hold()


def forget() -> None:
    """What has been done by now cannot be done again: nobody goes back behind it."""
    if given := _GIVEN.get():
        given.answers.clear()


def tell(line: str = TOLD) -> None:
    """Say once that there is a way back, in the first line of what is asked."""
    if (given := _GIVEN.get()) and not given.told:
        given.told = True
        say(style(line, "faint"))
