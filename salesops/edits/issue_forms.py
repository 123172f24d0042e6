"""Forms for issues on GitHub, one for each daily task, made from the process; and what somebody has said in one."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import get_args

from salesops.edits.sent_issue import WORD, fenced, lines_of
from salesops.edits.yaml_writer import Quoted, in_brackets
from salesops.records.deal import ActivityKind, CallOutcome, MeetingAbout, MeetingStatus
from salesops.records.process import Process
from salesops.records.team import Team, kinds_known

HEAD = "# Made by `salesops schema --issue-forms` from the process: write it anew when that changes.\n"
OPEN = "_No response_"
"""What GitHub writes for a field that was left open."""


@dataclass(frozen=True)
class FormField:
    """One field of a form: its label, the option or argument of the command that it stands for, and what may be chosen.

    ``else_gives`` are the choices that stand for another option. Where it ``is_many``, each line is one.
    """

    label: str
    gives: str
    choices: tuple[str, ...] = ()
    says: str = ""
    example: str = ""
    is_needed: bool = False
    is_long: bool = False
    is_many: bool = False
    else_gives: Mapping[str, str] = field(default_factory=dict)

    @property
    def is_option(self) -> bool:
        """Whether it stands for an option of the command."""
        return self.gives.startswith("--")


@dataclass(frozen=True)
class IssueForm:
    """A form: the name of its file, the command that it stands for, and its fields in their order."""

    name: str
    title: str
    says: str
    command: tuple[str, ...]
    fields: tuple[FormField, ...]


def forms(process: Process, team: Team | None) -> tuple[IssueForm, ...]:
    """Every form, with the words of the process and the people of the team."""
    return (_lead(process, team), _log(), _move(process))


def _lead(process: Process, team: Team | None) -> IssueForm:
    tiers = tuple(process.tiers)
    return IssueForm(
        "lead",
        "A new lead",
        "A new deal, and its institution where that is new.",
        ("new", "deal"),
        (
            FormField("Institution", "INSTITUTION", says="A name, an id or a part of one.", example="Pinecrest College", is_needed=True),
            FormField("What it is", "--kind", tuple(kinds_known(team)), "Of a new institution."),
            FormField("Country", "--country", says="Of a new institution.", example="canada, CA, unknown"),
            FormField("Which tier", "--tier", tiers, is_needed=True),
            FormField("Who leads it", "--owner", tuple(team.people) if team else (), "You, where it is left open."),
            FormField("Whom do you know", "--with", says="By role.", example="dean"),
            FormField("What happened", "--happened", example="Met at the fair, wants a demo", is_long=True),
            FormField("Next step", "--next", says="And by when, after a comma.", example="Send slides, fri"),
        ),
    )  # fmt: skip


def _move(process: Process) -> IssueForm:
    return IssueForm(
        "move",
        "Move a deal",
        "A deal enters another stage, and what the process asks for with it.",
        ("move",),
        (
            FormField("Deal", "DEAL", says="An id, a member's name, or a part of it.", example="owlspruce", is_needed=True),
            FormField("To which stage", "STAGE", tuple(process.stages), is_needed=True),
            FormField("When", "--date", says="Today where it is left open.", example="thu, or 2026-11-19"),
            FormField("What the process asks for", "--set", says="One field a line. Send it without, and the answer names what is missing.", example="proposal.requested=thu", is_long=True, is_many=True),
            FormField("Go without", "--waive", says="A need that you sign for, one a line.", example="maniac_t.timeline", is_long=True, is_many=True),
            FormField("Why", "--why", says="Why you go without it, or why the deal goes back."),
            FormField("Next step", "--next", says="And by when, after a comma.", example="Send the proposal, 27 nov"),
        ),
    )  # fmt: skip


def _log() -> IssueForm:
    return IssueForm(
        "log",
        "Log a call, an e-mail, a meeting or a note",
        "What happened on a deal, and what comes next.",
        ("log",),
        (
            FormField(
                "Deal", "DEAL", says="An id, a member's name, or a part of it.", example="owlspruce", is_needed=True
            ),
            FormField("What it was", "KIND", get_args(ActivityKind), is_needed=True),
            FormField(
                "What happened", "WORDS", example="Wants the price in CAD, and a letter for the board", is_long=True
            ),
            FormField("When", "--date", says="Today where it is left open.", example="thu, or 2026-11-19"),
            FormField("With", "--with", says="A contact, by id, name or role.", example="director"),
            FormField(
                "What came of it",
                "--outcome",
                (*get_args(CallOutcome), *get_args(MeetingStatus)),
                "Of a call the first three, of a meeting the others.",
                else_gives=dict.fromkeys(get_args(MeetingStatus), "--status"),
            ),
            FormField("What it was about", "--about", get_args(MeetingAbout), "Of a meeting."),
            FormField("Next step", "--next", says="And by when, after a comma.", example="Send both, tue"),
        ),
    )


# ── as files ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def as_file(form: IssueForm) -> str:
    """A form as GitHub reads it."""
    label = in_brackets([WORD])
    head = f"{HEAD}name: {_quoted(form.title)}\ndescription: {_quoted(form.says)}\nlabels: {label}\nbody:\n"
    return head + "".join(_field(number, asked) for number, asked in enumerate(form.fields, 1))


def _field(number: int, asked: FormField) -> str:
    kind = "dropdown" if asked.choices else "textarea" if asked.is_long else "input"
    said: dict[str, object] = {"label": Quoted(asked.label)}
    said |= {"description": Quoted(asked.says)} if asked.says else {}
    said |= {"placeholder": Quoted(asked.example)} if asked.example else {}
    said |= {"options": [Quoted(choice) for choice in asked.choices]} if asked.choices else {}
    needed = "    validations: {required: true}\n" if asked.is_needed else ""
    return f"  - type: {kind}\n    id: field-{number}\n    attributes: {in_brackets(said)}\n{needed}"


def _quoted(text: str) -> str:
    return in_brackets(Quoted(text))


# ── what was said ─────────────────────────────────────────────────────────────────────────────────────────────────────


def form_in(body: str, known: Iterable[IssueForm]) -> IssueForm | None:
    """The form that a text was made with: every label stands in it as a heading, and it begins with the first."""
    lines = lines_of(body)
    first = next((line for line in lines if line.strip()), "")
    fits = (form for form in known if first == _heading(form.fields[0]))
    return next((form for form in fits if all(_heading(asked) in lines for asked in form.fields)), None)


def _heading(asked: FormField) -> str:
    return f"### {asked.label}"


def answers_in(form: IssueForm, body: str) -> dict[str, str] | str:
    """What was said in a form, by what each field gives; else a sentence that says why it cannot be read."""
    lines = lines_of(body)
    places = [[at for at, line in enumerate(lines) if line == _heading(asked)] for asked in form.fields]
    twice = next((asked for asked, found in zip(form.fields, places, strict=True) if len(found) > 1), None)
    if twice:
        return f"The line '{_heading(twice)}' stands in it more than once: leave it to the form."
    if any(block.word == WORD for block in fenced(body)):
        return "It is a form and holds a list of changes, too: send two issues."
    begins = [found[0] for found in places]
    if begins != sorted(begins):
        return "The headings of the form are in another order than the form has them."
    said = _between(form, lines, begins)
    wrong = next((asked for asked in form.fields if asked.is_needed and not said[asked.gives]), None)
    return f"'{wrong.label}' was left open." if wrong else {key: value for key, value in said.items() if value}


def _between(form: IssueForm, lines: list[str], begins: list[int]) -> dict[str, str]:
    """The text below each heading; nothing where the field was left open."""
    ends = [*begins[1:], len(lines)]
    texts = ("\n".join(lines[begin + 1 : end]).strip() for begin, end in zip(begins, ends, strict=True))
    return {asked.gives: "" if text == OPEN else text for asked, text in zip(form.fields, texts, strict=True)}


def as_words(form: IssueForm, said: Mapping[str, str], *more: str) -> list[str]:
    """The command that says the same: what was typed is always the value of an option, or stands behind ``--``."""
    told = [(asked, part) for asked in form.fields if asked.gives in said for part in _parts(asked, said[asked.gives])]
    options = [f"{asked.else_gives.get(value, asked.gives)}={value}" for asked, value in told if asked.is_option]
    return [*form.command, "--yes", *more, *options, "--", *(value for asked, value in told if not asked.is_option)]


def _parts(asked: FormField, text: str) -> list[str]:
    """What was said in a field: one thing, or one on each line."""
    return [line.strip() for line in text.split("\n") if line.strip()] if asked.is_many else [text]


def labelled(form: IssueForm, message: str) -> str:
    """A message of the command, with the labels of the form in place of its options."""
    names = {name: asked.label for asked in form.fields for name in (asked.gives, *asked.else_gives.values())}
    for name, label in names.items():
        message = (
            re.sub(rf"(?<![\w-]){re.escape(name)}(?![\w-]):?", f"{label}:", message)
            if name.startswith("--")
            else message
        )
    return message.replace("nothing was written; say:", "Say in the form:")
