"""What a public site may show: the section ``public`` of playbook/team.yaml. What it does not name is private."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, PlainValidator, WithJsonSchema

from salesops.records.knowledge import QUESTIONS, Question
from salesops.records.record import Entries, Record, given, many, maybe
from salesops.records.scalars import Amount, Id, Text, YesNo, refuse, text, whole

LEAST, MOST = 3, 1_000
SECRET = 16
"""So many characters has a secret that nobody can guess by trying."""


def _few(value: object) -> int:
    """A whole number from 3 to 1,000: of two, each would know the other."""
    found = whole(value)
    if not LEAST <= found <= MOST:
        refuse("not-a-number", f"{found:,} is not between {LEAST} and {MOST:,}", f"write {LEAST} or more, such as 5")
    return found


def _token(value: object) -> str:
    """A random text that is long enough not to be guessed; what it is is not shown."""
    words = text(value)
    if len(words) < SECRET:
        refuse(
            "token-too-short",
            f"this has {len(words)} characters and could be guessed",
            f"write at least {SECRET} characters drawn at random, such as openssl rand -hex 16 prints",
        )
    return words


Few = Annotated[
    int,
    PlainValidator(_few),
    WithJsonSchema({"type": ["integer", "string"], "pattern": "^([3-9]|[1-9][0-9]{1,2}|1000)$"}),
]
Token = Annotated[str, PlainValidator(_token), WithJsonSchema({"type": "string", "minLength": SECRET})]


class PublicMember(Record):
    """A member that may be spoken of, and how."""

    member: Id = given("Which member.", "cascadia-university")
    as_: Literal["name", "pseudonym"] = given(
        "By its name, once it agreed to that, or by a pseudonym.", "name", "pseudonym", key="as"
    )
    token: Token | None = maybe(
        "What its pseudonym is made from: 16 characters or more, drawn at random; default: the key in SALESOPS_PUBLIC_KEY. Without either it has no pseudonym.",
    )


class Public(Record):
    """What a public site may show; what is not named here is private."""

    title: Text = given("What the public site is called.", "How Fernwater sells")
    indexed: YesNo = Field(
        default=False, description="Whether search engines may list it. Default: false.", examples=["true"]
    )
    k: Few = Field(
        default=5,
        description="The least count: what rests on fewer members is withheld, and counts are rounded down to multiples of it. From 3 on. Default: 5.",
        examples=["5"],
    )
    money_step: Amount | None = maybe(
        "Sums are rounded down to multiples of it, and withheld where one member makes up as much; without it no sum is shown.",
        "50000 USD",
    )
    numbers: tuple[Text, ...] = many("The numbers that may show, by id.", "sqd", "win-rate")
    process: YesNo = Field(
        default=False,
        description="Whether the stages may show: their titles, what they are for, what is asked in them. Default: false.",
        examples=["true"],
    )
    tiers: YesNo = Field(
        default=False,
        description="Whether the names of the tiers may show; prices never do. Default: false.",
        examples=["true"],
    )
    hypotheses: tuple[Id, ...] = many("The hypotheses that may show, without their evidence.", "teaching-led")
    experiments: tuple[Id, ...] = many("The experiments that may show, with their results in words.", "subject-lines")
    answers: tuple[Question, ...] = many("The standing questions whose newest answer may show.", *QUESTIONS)
    lessons: tuple[Id, ...] = many(
        "The closed deals of which what was learned may show, as it is written.", "cascadia-general"
    )
    members: tuple[PublicMember, ...] = many(
        "The members that may be spoken of; all others are counted only.", entries=Entries(("member",))
    )
    pages: tuple[Text, ...] = many(
        "The team's own pages and pictures that may show, by their path below site/.", "how-we-work.md"
    )
