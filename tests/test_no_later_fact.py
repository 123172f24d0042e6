"""On no day does a deal, a list or a page of the demonstration tell what happened only afterwards."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta
from html import unescape
from itertools import pairwise
from typing import Any

import pytest

from salesops.book.book import Book, Snapshot
from salesops.book.status import standings
from salesops.cli.actions import list as listing
from salesops.cli.actions import show
from salesops.output import as_json
from salesops.site.pages import data_files, every_page, readings_of
from salesops.store.load import load

DAY = re.compile(r"\b20\d\d-\d\d-\d\d\b")
ADDRESS = re.compile(r"https?://\S+")
PLANS = frozenset(
    ("due", "expected_close", "until", "start", "end", "reengage", "event", "in_force", "deferred_until", "by")
)
"""Keys whose days may lie ahead: what is planned, agreed or bounded."""
TELLS = ("note", "why", "was")
MANUAL = "reference"
"""The pages that say how things are written hold examples of any day."""


@pytest.fixture(scope="module")
def book(home) -> Book:
    """The records of this repository."""
    return load(home)[0]


def mappings(value: Any) -> Iterator[dict[str, Any]]:
    """Every mapping in plain data."""
    if isinstance(value, dict):
        yield value
        for part in value.values():
            yield from mappings(part)
    elif isinstance(value, list):
        for part in value:
            yield from mappings(part)


@pytest.fixture(scope="module")
def plans(book) -> frozenset[str]:
    """Every day that some record plans, and those of meetings that are still to come."""
    every = [one for document in book.documents.values() for one in mappings(document.data)]
    planned = {str(one[key]) for one in every for key in PLANS & one.keys()}
    planned |= {str(one["cohort"]["since"]) for one in every if one.get("cohort")}
    return frozenset(planned | {str(one["date"]) for one in every if one.get("status") == "scheduled"})


def told(data: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """What a record says of a day, with the day: the sentences of dated entries, and those of the win and of each loss."""
    for one in mappings(data):
        if "date" in one and one.get("status") != "scheduled":
            yield from ((str(one["date"]), str(one[key])) for key in TELLS if one.get(key))
    moves = [
        (stage, str(day)) for move in data.get("stages", ()) if isinstance(move, dict) for stage, day in move.items()
    ]
    losses = [day for (before, _), (stage, day) in pairwise([("", ""), *moves]) if stage == "closed lost" != before]
    loss = data.get("loss") or []
    for day, one in zip(losses, [loss] if isinstance(loss, dict) else loss, strict=False):
        yield from ((day, one[key]) for key in ("learning", "playbook") if one.get(key))
    if data.get("win") and (won := [day for stage, day in moves if stage == "closed won"]):
        yield won[0], data["win"]["learning"]


@pytest.fixture(scope="module")
def sentences(book) -> dict[str, str]:
    """Every sentence that only one fact tells, with the day of that fact."""
    found = [
        pair for (kind, _), document in book.documents.items() if kind != "process" for pair in told(document.data)
    ]
    times = Counter(sentence for _, sentence in found)
    return {sentence: day for day, sentence in found if times[sentence] == 1 and len(sentence) > 15}


@pytest.fixture(scope="module")
def eves(book) -> tuple[date, ...]:
    """The day before each move of a deal: on none is more told too early, if anything is."""
    moves = {move.entered for deal in book.deals.values() for move in deal.stages}
    return tuple(sorted(day - timedelta(days=1) for day in moves))


@pytest.fixture(scope="module")
def days(book) -> tuple[date, ...]:
    """Every day of the demonstration, from the first move to the last."""
    moves = sorted(move.entered for deal in book.deals.values() for move in deal.stages)
    return tuple(moves[0] + timedelta(days=later) for later in range((moves[-1] - moves[0]).days + 1))


def later(text: str, on: date, plans: frozenset[str], sentences: dict[str, str]) -> list[str]:
    """What a text tells of a day that has not come."""
    dates = {found for found in DAY.findall(ADDRESS.sub("", text)) if found > str(on) and found not in plans}
    return [*dates, *(sentence for sentence, day in sentences.items() if day > str(on) and sentence in text)]


def assert_nothing_later(
    texts: Iterator[tuple[str, str]], on: date, plans: frozenset[str], sentences: dict[str, str]
) -> None:
    """One look at all the texts of a day; only where something is found is each looked at."""
    every = dict(texts)
    if later("\n".join(every.values()), on, plans, sentences):
        assert {what: found for what, text in every.items() if (found := later(text, on, plans, sentences))} == {}, on


def plain(html: str) -> str:
    """A page without its tags, with the signs that were escaped."""
    return unescape(re.sub(r"<[^>]+>", "|", html))


def shown(snapshot: Snapshot) -> Iterator[tuple[str, str]]:
    """What the commands tell of every deal and member, as text and to machines."""
    every = standings(snapshot)
    for standing in every:
        yield f"show {standing.id}", "\n".join(show._deal(standing))
        yield f"show {standing.id} --format json", as_json(show.deal_as_data(standing))
    for member in snapshot.book.members:
        yield f"show {member}", "\n".join(show._member(snapshot, member))
        yield f"show {member} --format json", as_json(show.member_as_data(snapshot, member))
    filters = listing.Filters(None, None, None, None, False, False, False)
    for form in ("text", "json", "csv"):
        yield f"list --format {form}", "\n".join(listing._deals(snapshot, filters, form))


def paged(snapshot: Snapshot) -> Iterator[tuple[str, str]]:
    """Every page of the site and the data beside it; those of the manual left out."""
    readings = readings_of(snapshot)
    for page in every_page(snapshot, readings):
        if not page.path.startswith(MANUAL):
            yield page.path, plain(str(page.body)) + page.words
    yield from data_files(snapshot, readings)


def test_there_is_much_that_could_be_told_too_early(sentences, days):
    assert len(sentences) > 200
    assert len(days) > 600


@pytest.mark.parametrize("every", [9, pytest.param(1, marks=pytest.mark.proof)], ids=["some", "all"])
def test_on_the_eve_of_every_move_no_command_tells_what_comes_after(book, eves, plans, sentences, every):
    for on in eves[::every]:
        assert_nothing_later(shown(book.on(on)), on, plans, sentences)


@pytest.mark.proof
def test_on_the_eve_of_a_move_no_page_tells_what_comes_after(book, eves, plans, sentences):
    for on in eves[::4]:
        assert_nothing_later(paged(book.on(on)), on, plans, sentences)


@pytest.mark.long
def test_on_no_day_does_a_command_or_a_page_tell_what_came_later(book, days, plans, sentences):
    for on in days:
        assert_nothing_later(shown(book.on(on)), on, plans, sentences)
        assert_nothing_later(paged(book.on(on)), on, plans, sentences)


def test_a_fact_that_is_told_too_early_is_found(book, days, plans, sentences):
    on = days[len(days) // 2]
    with pytest.raises(AssertionError):
        assert_nothing_later(shown(book.on(days[-1])), on, plans, sentences)
    day, sentence = next((day, sentence) for sentence, day in sentences.items() if day > str(on))
    assert later(f"as she said: {sentence}", on, plans, sentences) == [sentence]
    assert later(f"as she said: {sentence}", date.fromisoformat(day), plans, sentences) == []
