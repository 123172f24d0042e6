"""The pages of the site, each a pure function from a Snapshot; adding a page is adding a module with a ``pages`` function."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Protocol

from salesops.book.book import Snapshot
from salesops.changes.timeline import NO_GIT_HISTORY, GitHistory
from salesops.metrics import Metric, Reading, as_data, measure, metrics_of
from salesops.output import SCHEMA_VERSION, as_json
from salesops.site.calendars import calendars
from salesops.site.feed import atom
from salesops.site.lists import lists
from salesops.site.pages import (
    board,
    changes,
    closed,
    deals,
    debt,
    decisions,
    experiments,
    forecast,
    hypotheses,
    integrity,
    invoices,
    knowledge,
    members,
    messages,
    metrics,
    month_ends,
    new_deal,
    people,
    pipeline,
    prices,
    process,
    reference,
    renewals,
    retention,
    reviews,
    stages,
    team,
    today,
    waiting,
)
from salesops.site.pages.page import Page

Readings = dict[str, Reading | None]


class Subject(Protocol):
    """A module of pages."""

    def pages(self, snapshot: Snapshot, readings: Mapping[str, Reading | None], past: GitHistory) -> Iterator[Page]:
        """Its pages on a day."""


MENU: tuple[tuple[str, tuple[Subject, ...]], ...] = (
    ("", (today, board, pipeline, renewals, members)),
    ("Numbers", (reviews, metrics, closed, forecast, retention, invoices, changes, integrity, debt)),
    ("Playbook", (process, knowledge, hypotheses, experiments, decisions, prices, messages, team)),
    ("Help", (new_deal, waiting, reference)),
    ("", (people, stages, deals)),
)
"""The sections of the menu with the modules of their pages, in the order in which a reader meets them; those of "" are tabs of their own."""
SUBJECTS: tuple[Subject, ...] = tuple(subject for _, subjects in MENU for subject in subjects)
"""The modules of pages, in that order."""

__all__ = ["SUBJECTS", "Metric", "Page", "data_files", "every_page", "readings_of"]


def readings_of(snapshot: Snapshot) -> Readings:
    """Every metric on the day; computed once for all pages."""
    return measure(snapshot, metrics_of(snapshot.process).values())


def every_page(snapshot: Snapshot, readings: Readings | None = None, past: GitHistory | None = None) -> Iterator[Page]:
    """Every page of the site as of a day; ``past`` is what git tells of it."""
    readings = readings_of(snapshot) if readings is None else readings
    past, there = past or NO_GIT_HISTORY, []
    for section, subjects in MENU:
        for subject in subjects:
            for each in subject.pages(snapshot, readings, past):
                there.append(replace(each, section=section) if each.in_navigation and not each.section else each)
                yield there[-1]
    yield from month_ends.pages(snapshot, past, there)


def data_files(
    snapshot: Snapshot, readings: Readings | None = None, past: GitHistory | None = None
) -> Iterator[tuple[str, str]]:
    """What the site holds for programs: the metrics, together and each alone, the lists, the calendars, and the feed of the changes."""
    known = metrics_of(snapshot.process)
    readings = readings_of(snapshot) if readings is None else readings
    head = {"schema_version": SCHEMA_VERSION, "as_of": snapshot.as_of}
    every = [as_data(metric, readings[metric_id]) for metric_id, metric in known.items()]
    yield "metrics.json", as_json({**head, "metrics": every})
    for metric in every:
        yield f"metrics/{metric['id']}.json", as_json({**head, **metric})
    yield from lists(snapshot)
    yield from calendars(snapshot)
    yield "changes.xml", atom((past or NO_GIT_HISTORY).timeline, snapshot.book, snapshot.as_of)
