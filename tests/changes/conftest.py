"""Two states of a small repository, and what is said of the way from the one to the other."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

import pytest

from salesops.book.book import Book
from salesops.changes.change import Change
from salesops.changes.compare import Comparison
from salesops.changes.report import Report, Side, changes

TODAY = date(2026, 11, 20)


@dataclass
class Story:
    """A repository as it was when the story began, and as it is now."""

    repo: Any
    before: Book

    def begins(self) -> None:
        """From here on."""
        self.before = self.repo.book()

    @property
    def changes(self) -> list[Change]:
        """Everything that happened."""
        return list(changes(Comparison(self.before, self.repo.book()), TODAY))

    @property
    def said(self) -> list[str]:
        """The sentences without whom they are said of."""
        return [change.what for change in self.changes]

    @property
    def kinds(self) -> list[str]:
        """What machines are told."""
        return [change.kind for change in self.changes]

    def report(self, day: date = TODAY) -> Report:
        """The whole report."""
        book = self.repo.book()
        return Report(Side(self.before, day, "before"), Side(book, day, "after"), Comparison(self.before, book), ())


@pytest.fixture
def story(repo) -> Story:
    """The sound repository with an open deal `acme`; what a test writes now is what happened."""
    repo.deal()
    return Story(repo, repo.book())
