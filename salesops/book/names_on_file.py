"""What a name that is no id may mean here: a person by full or first name, a contact, an institution, any record by its title."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from salesops.book.book import Book
from salesops.book.sounds_alike import words_in
from salesops.problems import Edit, Path, Problem
from salesops.records.as_written import GAP, as_text, question
from salesops.records.money import Money, money_from_text
from salesops.records.record import value_at
from salesops.records.scalars import slug
from salesops.records.yaml_reader import Document

PEOPLE = frozenset({"owner", "by", "delivery_owner", "attended", "asked_by"})
CONTACTS = frozenset({"with", "contacts", "representative"})
RECORDS = {
    "member": "member",
    "referred_by": "member",
    "renews": "deal",
    "deal": "deal",
    "deals": "deal",
    "hypothesis": "icp",
    "experiment": "experiment",
    "experiments": "experiment",
}
MANY = 12


def known_here(book: Book, problems: Iterable[Problem]) -> list[Problem]:
    """The problems, those of names made to fit this repository: a fix names only what is on file."""
    found = list(problems)
    paths = {problem.place.path for problem in found}
    named = (document for document in book.documents.values() if document.path in paths) if found else ()
    documents = {document.path: document for document in named}
    return [_known(book, problem, documents.get(problem.place.path)) for problem in found]


def _known(book: Book, problem: Problem, document: Document | None) -> Problem:
    if document is not None and problem.code == "not-money" and not problem.fix and book.team:
        return _in_our_currency(book.team.currency, problem, document)
    if document is None or problem.code not in ("not-an-id", "field-missing"):
        return problem
    path = tuple(int(part) if part.isdecimal() else part for part in problem.field.split("."))
    names = names_for(book, path, document)
    if names is None:
        return problem
    return _chosen(problem, path, names, document) if problem.code == "not-an-id" else _asked(problem, names)


def _in_our_currency(currency: str, problem: Problem, document: Document) -> Problem:
    """An amount without a currency: the team's own is the likely one."""
    path = tuple(int(part) if part.isdecimal() else part for part in problem.field.split("."))
    found = money_from_text(f"{as_text(value_at(document.data, path))} {currency}")
    if not isinstance(found, Money):
        return problem
    edit = Edit(path, str(found))
    return replace(problem, help=f"the currency is missing: {found} in the team's own", edit=edit, fix=edit.line)


def _chosen(problem: Problem, path: Path, names: Mapping[str, str], document: Document) -> Problem:
    meant = meant_by(as_text(value_at(document.data, path)), names)
    if meant:
        edit = Edit(path, meant)
        return replace(problem, help=f"did you mean '{meant}'?", edit=edit, fix=edit.line)
    known = f"known here: {', '.join(names)}" if 0 < len(names) <= MANY else problem.help
    return replace(problem, help=known, edit=None, fix="")


def _asked(problem: Problem, names: Mapping[str, str]) -> Problem:
    is_one = problem.fix.endswith(f": {GAP}")
    return (
        replace(problem, fix=question(problem.fix.removesuffix(f": {GAP}"), list(names)[:MANY])) if is_one else problem
    )


def names_for(book: Book, path: Path, document: Document) -> dict[str, str] | None:
    """The ids that may stand in a field, each with what it is called; None where the field is open."""
    key = next((part for part in reversed(path) if isinstance(part, str)), "")
    if key in PEOPLE:
        return {person: it.name for person, it in book.team.people.items()} if book.team else {}
    if key in CONTACTS and document.path.startswith("deals/"):
        member = book.members.get(as_text(value_at(document.data, "member")))
        return {contact.id: contact.name or "" for contact in member.contacts} if member else {}
    if key not in RECORDS:
        return None
    return {record_id: _title(record) for record_id, record in book.of(RECORDS[key]).items()}


def _title(record: Any) -> str:
    return str(getattr(record, "name", None) or getattr(record, "title", ""))


def meant_by(words: str, names: Mapping[str, str]) -> str:
    """The one id that words mean: the same but for its spelling, a whole name, or a part of only one; else nothing."""
    said = words.casefold().strip()
    spelling = slug(said)
    if spelling in names:
        return spelling
    found = _by_name(said, names) or _by_part(said, spelling, names)
    return found[0] if len(found) == 1 else ""


def _by_name(said: str, names: Mapping[str, str]) -> list[str]:
    """The same words, whatever their accents and punctuation; in every script, where an id has Latin letters alone."""
    wanted = words_in(said)
    return [known for known, name in names.items() if wanted and words_in(name) == wanted]


def _by_part(said: str, spelling: str, names: Mapping[str, str]) -> list[str]:
    return [known for known, name in names.items() if said in name.casefold().split() or spelling in known.split("-")]
