"""Hard texts in every option and every typed answer of the commands that write: they come back as they were said, or are refused by name."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any
from unittest import mock

import click
import pytest
from hard_texts import OWN, naughty
from underway import IN_DISCOVERY, IN_PROPOSAL, held

from salesops.changes.report import Report
from salesops.records.yaml_reader import UNSEEN, unseen_words

DEAL, MEMBER = "deals/acme.yaml", "members/cascadia-university.yaml"
LOST = """
stages:
  - enrichment: 2026-01-05
  - outreach: 2026-01-12
  - closed lost: 2026-01-19
loss: {reason: timing, learning: Too early, verdict: execution, reengage: never, playbook: none needed}
"""
LATE = "next: {action: Find out, due: 2026-11-18}\nactivity:\n  - {date: 2026-11-10, kind: note, note: Begun}\n"
BEGUN = "activity:\n  - {date: 2026-01-06, kind: note, note: Begun}\n"


@dataclass(frozen=True)
class Text:
    """A text that a command takes, as an option or as a typed answer: how it is given, and where it is found again."""

    name: str
    given: Callable[[str], Sequence[str]] = lambda _: ()
    answers: Callable[[str], dict[str, str]] = lambda _: {}
    kept: Callable[[Any], Any] = lambda _: None
    otherwise: str = "Words"
    is_trimmed: bool = False
    """Blanks at its ends are no part of it: a typed answer, or words with a day behind them."""
    is_begun: bool = False
    """It may be the beginning of a word that is known, which is then written whole."""
    is_read: bool = False
    """What is a day in it, or the first letter of a role, is written in the exact form."""


@dataclass(frozen=True)
class Way:
    """A command with all the texts that it takes at once, on a deal of a kind."""

    command: str
    texts: tuple[Text, ...]
    words: tuple[str, ...] = ()
    deal: str = BEGUN
    answers: dict[str, str] = field(default_factory=dict)
    is_typed: bool = False

    def __str__(self) -> str:
        return f"{self.command}{' (typed)' if self.is_typed else ''}"

    def line(self, hard: str, tried: Sequence[Text]) -> list[str]:
        said = [word for text in self.texts for word in text.given(hard if text in tried else text.otherwise)]
        return [*self.command.split(), *self.words, *said]

    def typing(self, hard: str, tried: Sequence[Text]) -> dict[str, str]:
        said = [text.answers(hard if text in tried else text.otherwise) for text in self.texts]
        return {part: answer for each in (*said, self.answers) for part, answer in each.items()}


def option(name: str, kept: Callable[[Any], Any], **more: Any) -> Text:
    return Text(name, lambda said: (f"{name}={said}",), kept=kept, **more)


def dated(name: str, kept: Callable[[Any], Any]) -> Text:
    """A next step: the words, and the day behind a comma."""
    return Text(name, lambda said: (f"{name}={said}, 27 nov",), kept=kept, is_trimmed=True)


def answer(question: str, kept: Callable[[Any], Any], end: str = "", **more: Any) -> Text:
    return Text(question, answers=lambda said: {question: f"{said}{end}"}, kept=kept, is_trimmed=True, **more)


def at(path: str, *keys: str | int) -> Callable[[Any], Any]:
    """What stands in a file under some keys."""

    def kept(repo: Any) -> Any:
        found: Any = held(repo, path)
        for key in keys:
            found = found[key]
        return found

    return kept


def new_deal(repo: Any) -> dict[str, Any]:
    (file,) = [it for it in (repo.root / "deals").iterdir() if it.stem not in ("acme", "cascadia-2025")]
    return held(repo, f"deals/{file.name}")


def new_member(repo: Any) -> dict[str, Any]:
    (file,) = [it for it in (repo.root / "members").iterdir() if it.stem != "cascadia-university"]
    return held(repo, f"members/{file.name}")


def only(folder: str, known: str = "") -> Callable[[Any], dict[str, Any]]:
    def found(repo: Any) -> dict[str, Any]:
        (file,) = [it for it in (repo.root / folder).iterdir() if it.stem != known]
        return held(repo, f"{folder}/{file.name}")

    return found


def of(found: Callable[[Any], Any], *keys: str | int) -> Callable[[Any], Any]:
    def kept(repo: Any) -> Any:
        there = found(repo)
        for key in keys:
            there = there[key]
        return there

    return kept


EXPERIMENT = only("playbook/experiments", "subject-lines")
DECISION = only("playbook/decisions")
YES = {"Write ": "y", "one more": ""}
PLACE = ("--kind", "edu", "--country", "canada", "--tier", "gen", "--owner", "jim", "--id", "hard", "--member-id", "hard-u", "--new")  # fmt: skip

WAYS = [
    Way(
        "log",
        (
            option("--template", at(DEAL, "activity", 1, "template")),
            option("--channel", at(DEAL, "activity", 1, "channel")),
            dated("--next", at(DEAL, "next", "action")),
            Text("WORDS", lambda said: ("--", "acme", "email", said), kept=at(DEAL, "activity", 1, "note")),
        ),
    ),
    Way(
        "log",
        (
            Text(
                "WORDS DUE",
                lambda said: (f"--next={said}", "--", "acme", "email", "Words", "tue"),
                kept=at(DEAL, "next", "action"),
                is_trimmed=True,
            ),
        ),
    ),
    Way(
        "log acme meeting --about other --status held",
        (answer("what did you learn", at(DEAL, "activity", 1, "note")),),
        answers=YES,
        is_typed=True,
    ),
    *(
        Way(
            "set",
            (Text(name, lambda said, record=record, name=name: ("--", record, name, said), kept=kept),),
            deal=IN_PROPOSAL,
        )
        for record, name, kept in (
            ("acme", "title", at(DEAL, "title")),
            ("acme", "maniac_t.money.note", at(DEAL, "maniac_t", "money", "note")),
            ("cascadia-university", "name", at(MEMBER, "name")),
            ("cascadia-university", "contacts.a-smith.role", at(MEMBER, "contacts", 0, "role")),
        )
    ),
    Way(
        "set",
        (
            Text(
                "+",
                lambda said: ("--", "acme", "discovery.jobs", f"+{said}"),
                kept=at(DEAL, "discovery", "jobs", 1),
                is_trimmed=True,
            ),
        ),
        deal=IN_PROPOSAL,
    ),
    Way(
        "set",
        (
            Text(
                "next",
                lambda said: ("--", "acme", "next", f"{said}, 27 nov"),
                kept=at(DEAL, "next", "action"),
                is_trimmed=True,
            ),
        ),
    ),
    Way("set acme probability 70", (option("--why", at(DEAL, "probability", "why")),)),
    Way(
        "set acme probability 70",
        (answer("why?", at(DEAL, "probability", "why")),),
        answers=YES,
        is_typed=True,
    ),
    Way(
        "move acme proposal --set proposal.requested=thu --set timeline=met",
        (
            Text(
                "--set note",
                lambda said: (f"--set=timeline.note={said}",),
                kept=at(DEAL, "maniac_t", "timeline", "note"),
            ),
            Text("--set learned", lambda said: (f"--set=learned={said}",), kept=at(DEAL, "learned", 0, "note")),
            dated("--next", at(DEAL, "next", "action")),
        ),
        deal=IN_DISCOVERY,
    ),
    Way(
        "move acme proposal --set proposal.requested=thu --waive maniac_t.timeline --by jim",
        (option("--why", at(DEAL, "waived", 0, "why")),),
        deal=IN_DISCOVERY,
    ),
    Way("move acme outreach", (option("--why", at(DEAL, "moved_back", 0, "why")),), deal=IN_DISCOVERY),
    Way(
        "move acme proposal",
        (
            answer("what do you know", at(DEAL, "maniac_t", "timeline", "note")),
            answer("", at(DEAL, "next", "action"), end=", 27 nov"),
        ),
        deal=IN_DISCOVERY,
        answers={"day": "thu", "met, partial": "met", **YES},
        is_typed=True,
    ),
    Way(
        "move acme proposal --by jim",
        (answer("why without Timeline", at(DEAL, "waived", 0, "why")),),
        deal=IN_DISCOVERY,
        answers={"day": "thu", "met, partial": "", "Not written": "s", "what do you know": "", "": "", **YES},
        is_typed=True,
    ),
    Way(
        "move acme outreach",
        (answer("why does it go back", at(DEAL, "moved_back", 0, "why")),),
        deal=IN_DISCOVERY,
        answers={**YES, "": ""},
        is_typed=True,
    ),
    Way(
        "close acme lost --reason other --verdict icp --again never",
        (option("--learned", at(DEAL, "loss", "learning")), option("--playbook", at(DEAL, "loss", "playbook"))),
    ),
    Way(
        "close acme won --signed thu --start 2026-12-01 --end open --mrr 1250 --agreement https://docs.example/a",
        (
            option("--learned", at(DEAL, "win", "learning")),
            option("--signal", at(DEAL, "win", "signals", 0)),
            option("--entity", at(DEAL, "contract", "entity")),
        ),
        deal=IN_PROPOSAL,
    ),
    Way(
        "close acme lost --reason other --verdict icp --again never",
        (answer("in words", at(DEAL, "loss", "learning")),),
        answers={**YES, "Not written": "n"},
        is_typed=True,
    ),
    Way("park acme --until open", (option("--why", at(DEAL, "parked", 0, "why")),)),
    Way(
        "park acme --until open",
        (answer("what does it wait for", at(DEAL, "parked", 0, "why")),),
        answers=YES,
        is_typed=True,
    ),
    Way(
        "reopen acme",
        (option("--why", at(DEAL, "reopened", 0, "why")), dated("--next", at(DEAL, "next", "action"))),
        deal=LOST,
    ),
    Way(
        "reopen acme",
        (answer("why is it opened again", at(DEAL, "reopened", 0, "why")),),
        deal=LOST,
        answers={**YES, "": ""},
        is_typed=True,
    ),
    Way("renew cascadia-2025 --id hard", (dated("--next", of(new_deal, "next", "action")),)),
    Way(
        "resume acme",
        (dated("--next", at(DEAL, "next", "action")),),
        deal="parked:\n  - {since: 2026-10-01, until: 2027-03-01, why: A grant}\n",
    ),
    Way(
        "new deal",
        (
            option("--what", of(new_deal, "title")),
            option("--source", of(new_deal, "source", "channel"), is_begun=True),
            option("--happened", of(new_deal, "activity", 0, "note")),
            dated("--next", of(new_deal, "next", "action")),
            Text(
                "--with",
                lambda said: (f"--with={said}",),
                kept=of(new_member, "contacts", 0, "role"),
                is_trimmed=True,
                is_read=True,
            ),
            Text("INSTITUTION", lambda said: ("--", said), kept=of(new_member, "name"), is_trimmed=True),
        ),
        PLACE,
    ),
    Way(
        "new deal --kind edu --country canada --tier gen --what Words --worth 1450 --owner jim --id hard --member-id hard-u --with dean",
        (
            answer("Institution", of(new_member, "name"), otherwise="Pinecrest"),
            answer("How did it come about", of(new_deal, "source", "channel"), is_begun=True),
            answer("What happened", of(new_deal, "activity", 0, "note")),
            answer("What next", of(new_deal, "next", "action"), end=", 27 nov"),
        ),
        answers={**YES, "Its number": "n", "There already": "n"},
        is_typed=True,
    ),
    Way(
        "new member --kind edu --country canada --id hard-u --new",
        (
            Text(
                "--with",
                lambda said: (f"--with={said}",),
                kept=of(new_member, "contacts", 0, "role"),
                is_trimmed=True,
                is_read=True,
            ),
            Text("NAME", lambda said: ("--", said), kept=of(new_member, "name"), is_trimmed=True),
        ),
    ),
    Way(
        "new experiment --cohort outreach,2026-12-01 --measure outreach-to-discovery --owner jim --id hard",
        (
            Text(
                "--variant", lambda said: (f"--variant={said}", "--variant=Other"), kept=of(EXPERIMENT, "variants", 0)
            ),
            option("--stop", of(EXPERIMENT, "stop"), is_read=True),
            Text("HYPOTHESIS", lambda said: ("--", said), kept=of(EXPERIMENT, "hypothesis")),
        ),
    ),
    Way(
        "new experiment --variant A --variant B --cohort outreach,2026-12-01 --measure outreach-to-discovery --owner jim --id hard",
        (
            answer("What do you believe", of(EXPERIMENT, "hypothesis")),
            answer("When does it end", of(EXPERIMENT, "stop"), is_read=True),
        ),
        answers=YES,
        is_typed=True,
    ),
    Way("new decision --verdict hold --id hard", (option("--why", of(DECISION, "why")),)),
    Way(
        "new decision --verdict hold --id hard",
        (answer("Why", of(DECISION, "why")),),
        answers={**YES, "What does it answer": "", "Looked at again": ""},
        is_typed=True,
    ),
    Way(
        "today --go --for jim",
        (
            answer("what happened", at(DEAL, "activity", 1, "note")),
            answer("next step", at(DEAL, "next", "action"), end=", 27 nov"),
        ),
        deal=LATE,
        answers=YES,
        is_typed=True,
    ),
]
"""Every text of every command that writes a record."""


def typing(answers: dict[str, str]) -> Callable[..., str]:
    """Somebody at a terminal, who stops where the same question is asked for the fourth time."""
    asked: Counter[str] = Counter()

    def prompt(question: str, **_: Any) -> str:
        words = question.strip()
        asked[words] += 1
        if asked[words] > 3:
            raise click.Abort
        fits = [said for part, said in answers.items() if (words.startswith(part) if part else not words)]
        assert fits, f"nobody said what to answer to: {question}"
        return fits[0]

    return prompt


def files(repo) -> dict[str, bytes]:
    found = (file for folder in ("deals", "members", "playbook") for file in (repo.root / folder).rglob("*.yaml"))
    return {str(file.relative_to(repo.root)): file.read_bytes() for file in found}


def restored(repo, before: dict[str, bytes]) -> None:
    for path, now in files(repo).items():
        if path not in before:
            (repo.root / path).unlink()
        elif now != before[path]:
            (repo.root / path).write_bytes(before[path])


def faults(repo, way: Way, hard: str, tried: Sequence[Text]) -> Iterator[str]:
    """What is wrong with how a command took a text; the repository is left as it was."""
    before = files(repo)
    with (
        mock.patch("salesops.cli.hands.can_ask", return_value=way.is_typed),
        mock.patch("salesops.cli.actions.today_go.can_ask", return_value=way.is_typed),
        mock.patch("click.prompt", typing(way.typing(hard, tried))),
        mock.patch.object(Report, "effects", []),
        mock.patch("salesops.store.journal._folder", lambda root: root / ".salesops"),
        mock.patch("os.fsync", return_value=None),
    ):
        ran = repo.run(*way.line(hard, tried))
    said, now = ran.out + ran.err, files(repo)
    if UNSEEN.search(said):
        yield f"shown as it is: {said!r}"
    if ran.code == 0 and now != before:
        yield from differing(repo, hard, tried)
    elif now != before:
        yield f"refused ({ran.code}), and written all the same"
    elif ran.code not in (0, 1, 2, 130) or not said.strip():
        yield f"ended with {ran.code}: {said}"
    elif len(tried) > 1:
        for text in tried:
            yield from (f"{text.name}: {each}" for each in faults(repo, way, hard, [text]))
    elif not is_named(hard, said):
        yield f"refused ({ran.code}) without its reason: {said[:300]}"
    restored(repo, before)


def differing(repo, hard: str, tried: Sequence[Text]) -> Iterator[str]:
    for text in tried if hard.strip() else ():
        wanted = hard.strip() if text.is_trimmed else hard
        try:
            found = text.kept(repo)
        except (KeyError, IndexError, TypeError, ValueError, AssertionError) as fault:
            found = f"{type(fault).__name__} {fault}"
        if text.is_read:
            found = wanted if isinstance(found, dict) or str(found).casefold() == wanted.casefold() else found
        if text.is_begun and str(found).casefold().startswith(wanted.casefold()):
            found = wanted
        if found != wanted:
            yield f"{text.name} says {found!r}"


def is_named(hard: str, said: str) -> bool:
    """Whether a refusal says why: nothing was said, it is a placeholder, a character is named, or an id cannot be made of it."""
    return (
        not hard.strip()
        or "is a placeholder" in said
        or "has no letter or digit" in said
        or (len(hard) == 1 and "one of: n, " in said)
        or any(unseen_words(mark) in said for mark in UNSEEN.findall(hard))
    )


@pytest.fixture
def crm(repo):
    (repo.root / "playbook/decisions").mkdir()
    return repo


def wrong(crm, texts: Sequence[str], ways: Sequence[Way] = WAYS) -> list[str]:
    found = []
    for way in ways:
        crm.deal(way.deal)
        typeable = [text for text in texts if not way.is_typed or len(text.splitlines()) < 2]
        found += [f"{way} {text[:60]!r}: {fault}" for text in typeable for fault in faults(crm, way, text, way.texts)]
    return found


def test_the_hardest_come_back_from_every_text_or_are_refused_by_name(crm):
    assert wrong(crm, ['Costs $5,000: she said "yes" #1, it\'s {a} [b] \\n', "turned \u202e round"]) == []


@pytest.mark.long
@pytest.mark.parametrize("way", range(len(WAYS)))
def test_every_hard_text_comes_back_or_is_refused_by_name(crm, data, way):
    texts = [*OWN, *naughty(data)]
    assert len(texts) == 556
    assert wrong(crm, texts, [WAYS[way]]) == []
