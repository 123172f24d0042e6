"""Who reviews what on GitHub: the text of a CODEOWNERS file, from the owners of the deals."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from salesops.book.book import Book
from salesops.output import counted

MAX_CODEOWNERS_BYTES = 3_000_000
"""Bytes; GitHub takes no notice of a file above 3 MB."""
GUARDED = ("/playbook/", "/.github/", "/mkdocs.yml", "/requirements.*", "/vendor/", "/CODEOWNERS")
"""What decides how a deal is judged, and who is asked: never left to the owner of a deal."""
_NAME = re.compile(r"[\w ./@+,=~-]+")
"""Paths that a pattern can hold, blanks escaped; GitHub knows no escape for the rest."""
HEAD = """\
# Who reviews what. Written by `salesops schema --codeowners` from playbook/team.yaml and the owners of the deals:
# update it when an owner changes. Where several lines fit a file, the last one counts.
"""


@dataclass(frozen=True)
class _Line:
    """A file of a deal and who reviews it."""

    path: str
    account: str

    def __str__(self) -> str:
        return f"/{self.path.replace(' ', chr(92) + ' ')} @{self.account}\n"


def codeowners(book: Book) -> str:
    """The whole file: everybody's first, then each deal's, then what nobody's deal may loosen."""
    everybody = _everybody(book)
    before = HEAD + "".join(f"# {remark}\n" for remark in _remarks(book)) + (f"\n* {everybody}\n" if everybody else "")
    after = "".join(f"{path} {everybody}\n" for path in GUARDED) if everybody else ""
    lines = [str(line) for line in _lines(book)]
    kept = _fitting(lines, MAX_CODEOWNERS_BYTES - len((before + after).encode()) - 200)
    cut = f"# No room for {counted(len(lines) - kept, 'more deal')}.\n" if kept < len(lines) else ""
    return "\n".join(part for part in (before, "".join(lines[:kept]) + cut, after) if part)


def _everybody(book: Book) -> str:
    """Who is asked where no line names an owner: the team's account, else every person's."""
    if book.team is None:
        return ""
    accounts = [book.team.github] if book.team.github else [person.github for person in book.team.people.values()]
    return " ".join(sorted({f"@{account}" for account in accounts if account}))


def _lines(book: Book) -> Iterator[_Line]:
    """The deals that can be named and whose owner can be asked, in the order of their paths."""
    for path, owner in sorted(_owned(book)):
        account = _account(book, owner)
        if account and _NAME.fullmatch(path):
            yield _Line(path, account)


def _owned(book: Book) -> Iterator[tuple[str, str]]:
    for deal_id, deal in book.deals.items():
        document = book.documents.get(("deal", deal_id))
        if document is not None and deal.owner:
            yield document.path, deal.owner


def _account(book: Book, owner: str) -> str | None:
    person = book.team.people.get(owner) if book.team else None
    return person.github if person else None


def _remarks(book: Book) -> Iterator[str]:
    """What the file cannot say: whose account is not known, and which paths it cannot hold."""
    if not _everybody(book):
        yield "Nobody in playbook/team.yaml has a GitHub account yet: add one, such as github: octocat."
    owned = list(_owned(book))
    unknown = Counter(owner for _, owner in owned if not _account(book, owner))
    for owner, deals in sorted(unknown.items()):
        yield f"{owner} has no GitHub account in playbook/team.yaml: {counted(deals, 'deal')} left to everybody."
    odd = sum(not _NAME.fullmatch(path) for path, owner in owned)
    if odd:
        yield f"{counted(odd, 'deal')} left to everybody: GitHub cannot express the name of the file."


def _fitting(lines: Sequence[str], room: int) -> int:
    """How many of the lines fit into the room."""
    for count, line in enumerate(lines):
        room -= len(line.encode())
        if room < 0:
            return count
    return len(lines)
